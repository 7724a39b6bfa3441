//! Calls and keys made by hand, for tests of the store.

use klinke::record::CallId;
use klinke::record::envelope::{KEY_BYTES, RootKey};
use zeroize::Zeroizing;

/// The call of that number.
pub fn call(number: u8) -> CallId {
    CallId([number; 16])
}

/// A root key; the same for the same byte.
pub fn root(byte: u8) -> RootKey {
    RootKey::new(&Zeroizing::new([byte; KEY_BYTES]))
}
