//! Envelope: how bytes are sealed before they reach a disk.
//!
//! AES-256-GCM (NIST SP 800-38D) under a key of the call's own ([`CallKey`]), which lies wrapped under the root
//! key ([`RootKey`]) in the same file. Whoever destroys a call's wrapped key has destroyed the call.
//!
//! **Nonces** are counters, never random: 4 bytes that number the opening of the store and 8 bytes that count
//! what was sealed since. The store makes the number of its opening durable before it seals anything and counts
//! attempts, not successes, so a write that failed, was rolled back or was cut off by a crash has used up its
//! nonce. [`Nonce`] is neither `Copy` nor `Clone` and sealing consumes it. (A store that is put back from an older
//! copy must have its number of openings raised beyond any that was used since; whoever restores does that.)
//!
//! **Place.** The associated data is format version, table, column, call and row: a sealed thing that was moved
//! to another row, column or call does not open.
//!
//! | sealed | bytes |
//! |---|---|
//! | anything | version 1 · nonce 12 · ciphertext · tag 16 |
//! | a call's key | version 1 · salt 32 · ciphertext 32 · tag 16 |
//!
//! A call's key is wrapped under a key that exists for this one wrapping only (HKDF-SHA256 over the root key with
//! a random salt and the call's id), so its nonce is zero. Nothing here draws randomness: the shell passes it in.

use std::fmt;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::CallId;

/// Bytes in every key.
pub const KEY_BYTES: usize = 32;
/// Bytes of randomness that one wrapping of a call's key takes.
pub const SALT_BYTES: usize = 32;
/// Version of the format; the first byte of everything sealed.
pub const FORMAT: u8 = 1;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Why something sealed did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Fewer bytes than the format has at least.
    #[error("it is cut off: {0} bytes")]
    CutOff(usize),
    /// The first byte names a format that this program does not know.
    #[error("its format {0} is not known to this version of Klinke")]
    UnknownFormat(u8),
    /// Altered, moved from another place, or sealed under another key.
    #[error("it was altered, moved from another place, or sealed under another key")]
    NotAuthentic,
}

/// Where a sealed thing stands; nowhere else does it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Table of the store.
    pub table: &'static str,
    /// Column of the table.
    pub column: &'static str,
    /// The call that it belongs to.
    pub call: CallId,
    /// Number of the row, or of the entry within its call.
    pub row: u64,
}

impl Place {
    /// Version, table, column, call, row; names end in a zero byte, so no two places read the same.
    fn associated_data(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(FORMAT);
        for name in [self.table, self.column] {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
        }
        bytes.extend_from_slice(&self.call.0);
        bytes.extend_from_slice(&self.row.to_be_bytes());
        bytes
    }
}

/// A number that is used once.
#[derive(Debug, PartialEq, Eq)]
pub struct Nonce([u8; NONCE_BYTES]);

/// Counts nonces from one opening of the store to its end.
#[derive(Debug)]
pub struct Nonces {
    opening: u32,
    used: u64,
}

impl Nonces {
    /// For the opening of that number. The number must be on disk as used before the first nonce is.
    #[must_use]
    pub const fn of_opening(opening: u32) -> Self {
        Self { opening, used: 0 }
    }

    /// The next one.
    pub fn next_nonce(&mut self) -> Nonce {
        self.used = self.used.checked_add(1).expect("2^64 sealings take 584 years at one a nanosecond");
        let mut bytes = [0; NONCE_BYTES];
        bytes[..4].copy_from_slice(&self.opening.to_be_bytes());
        bytes[4..].copy_from_slice(&self.used.to_be_bytes());
        Nonce(bytes)
    }
}

/// The key that everything hangs on. Wiped when dropped, never printed.
#[derive(ZeroizeOnDrop)]
pub struct RootKey([u8; KEY_BYTES]);

/// The key of one call. Wiped when dropped, never printed.
#[derive(ZeroizeOnDrop)]
pub struct CallKey([u8; KEY_BYTES]);

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹root key›")
    }
}

impl fmt::Debug for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹call key›")
    }
}

impl RootKey {
    /// The key made of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: &Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(**bytes)
    }

    /// The key of `call`, wrapped for the disk. `salt` must be random and fresh for each wrapping.
    #[must_use]
    pub fn wrap(&self, call: CallId, salt: [u8; SALT_BYTES], key: &CallKey) -> Vec<u8> {
        let mut wrapped = Vec::with_capacity(1 + SALT_BYTES + KEY_BYTES + TAG_BYTES);
        wrapped.push(FORMAT);
        wrapped.extend_from_slice(&salt);
        let sealed = seal(&self.wrapping_key(call, &salt), &[0; NONCE_BYTES], &wrapping_place(call), &key.0);
        wrapped.extend_from_slice(&sealed);
        wrapped
    }

    /// The key of `call` out of what [`wrap`](Self::wrap) made.
    ///
    /// # Errors
    /// [`EnvelopeError`]: cut off, of another format, altered, of another call, or under another root key.
    pub fn unwrap_key(&self, call: CallId, wrapped: &[u8]) -> Result<CallKey, EnvelopeError> {
        let (salt, sealed) = after_format(wrapped)?
            .split_first_chunk::<SALT_BYTES>()
            .ok_or(EnvelopeError::CutOff(wrapped.len()))?;
        let key = open(&self.wrapping_key(call, salt), &[0; NONCE_BYTES], &wrapping_place(call), sealed)?;
        let key = <&[u8; KEY_BYTES]>::try_from(&key[..]).map_err(|_| EnvelopeError::CutOff(wrapped.len()))?;
        Ok(CallKey(*key))
    }

    /// A value by which a store of that id recognises its root key; tells nothing of the key.
    #[must_use]
    pub fn proof(&self, store: &[u8; 16]) -> [u8; 32] {
        *self.derive(store, &[b"klinke 1 proof of the root key"])
    }

    /// A name for `name` in the plaintext of the store of that id: the same for the same `name`, and without the
    /// root key neither to be read nor to be guessed at.
    #[must_use]
    pub fn pseudonym(&self, store: &[u8; 16], group: &str, name: &str) -> [u8; 16] {
        let group_bytes = (group.len() as u64).to_be_bytes();
        let derived =
            self.derive(store, &[b"klinke 1 pseudonym", &group_bytes, group.as_bytes(), name.as_bytes()]);
        let mut pseudonym = [0; 16];
        pseudonym.copy_from_slice(&derived[..16]);
        pseudonym
    }

    fn wrapping_key(&self, call: CallId, salt: &[u8; SALT_BYTES]) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derive(salt, &[b"klinke 1 wrapping of a call's key", &call.0])
    }

    fn derive(&self, salt: &[u8], purpose: &[&[u8]]) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut derived = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(salt), &self.0)
            .expand_multi_info(purpose, &mut *derived)
            .expect("32 bytes are fewer than HKDF-SHA256 can give");
        derived
    }
}

impl CallKey {
    /// The key made of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: &Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(**bytes)
    }

    /// `plain`, sealed for `place`.
    #[must_use]
    pub fn seal(&self, nonce: Nonce, place: &Place, plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + plain.len() + TAG_BYTES);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce.0);
        sealed.extend_from_slice(&seal(&self.0, &nonce.0, place, plain));
        sealed
    }

    /// What [`seal`](Self::seal) made of some bytes for `place`, opened.
    ///
    /// # Errors
    /// [`EnvelopeError`]: cut off, of another format, altered, of another place, or under another key.
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        let (nonce, sealed_bytes) = after_format(sealed)?
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(EnvelopeError::CutOff(sealed.len()))?;
        open(&self.0, nonce, place, sealed_bytes)
    }
}

fn wrapping_place(call: CallId) -> Place {
    Place { table: "call", column: "key", call, row: 0 }
}

fn after_format(sealed: &[u8]) -> Result<&[u8], EnvelopeError> {
    match sealed.split_first() {
        Some((&FORMAT, rest)) => Ok(rest),
        Some((&other, _)) => Err(EnvelopeError::UnknownFormat(other)),
        None => Err(EnvelopeError::CutOff(0)),
    }
}

fn seal(key: &[u8; KEY_BYTES], nonce: &[u8; NONCE_BYTES], place: &Place, plain: &[u8]) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(plain.len() + TAG_BYTES);
    buffer.extend_from_slice(plain);
    Aes256Gcm::new(key.into())
        .encrypt_in_place(&(*nonce).into(), &place.associated_data(), &mut buffer)
        .expect("an entry is far below the 64 GiB that AES-GCM takes");
    buffer
}

fn open(
    key: &[u8; KEY_BYTES],
    nonce: &[u8; NONCE_BYTES],
    place: &Place,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    if sealed.len() < TAG_BYTES {
        return Err(EnvelopeError::CutOff(sealed.len()));
    }
    let mut buffer = Zeroizing::new(sealed.to_vec());
    Aes256Gcm::new(key.into())
        .decrypt_in_place(&(*nonce).into(), &place.associated_data(), &mut *buffer)
        .map_err(|_| EnvelopeError::NotAuthentic)?;
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CALL: CallId = CallId([7; 16]);
    const PLACE: Place = Place { table: "entry", column: "sealed", call: CALL, row: 3 };

    fn call_key(byte: u8) -> CallKey {
        CallKey::new(&Zeroizing::new([byte; KEY_BYTES]))
    }

    fn root_key(byte: u8) -> RootKey {
        RootKey::new(&Zeroizing::new([byte; KEY_BYTES]))
    }

    #[test]
    fn keys_cannot_be_printed() {
        assert_eq!(format!("{:?} {:?}", root_key(7), call_key(7)), "‹root key› ‹call key›");
    }

    #[test]
    fn nonces_never_repeat_within_or_between_openings() {
        let mut seen = std::collections::HashSet::new();
        for opening in [0, 1, 2, u32::MAX] {
            let mut nonces = Nonces::of_opening(opening);
            for _ in 0..1000 {
                assert!(seen.insert(nonces.next_nonce().0));
            }
        }
    }

    #[test]
    fn a_sealed_thing_opens_only_in_its_place() {
        let key = call_key(1);
        let sealed = key.seal(Nonces::of_opening(1).next_nonce(), &PLACE, b"Weber");
        assert_eq!(&key.open(&PLACE, &sealed).unwrap()[..], b"Weber");
        for elsewhere in [
            Place { row: 4, ..PLACE },
            Place { call: CallId([8; 16]), ..PLACE },
            Place { table: "outcome", ..PLACE },
            Place { column: "key", ..PLACE },
            Place { table: "entr", column: "ysealed", ..PLACE },
        ] {
            assert_eq!(key.open(&elsewhere, &sealed), Err(EnvelopeError::NotAuthentic), "{elsewhere:?}");
        }
        assert_eq!(call_key(2).open(&PLACE, &sealed), Err(EnvelopeError::NotAuthentic));
    }

    #[test]
    fn a_wrapped_key_opens_only_for_its_call_and_root_key() {
        let wrapped = root_key(1).wrap(CALL, [5; SALT_BYTES], &call_key(9));
        assert_eq!(root_key(1).unwrap_key(CALL, &wrapped).unwrap().0, [9; KEY_BYTES]);
        assert_eq!(root_key(2).unwrap_key(CALL, &wrapped).unwrap_err(), EnvelopeError::NotAuthentic);
        assert_eq!(
            root_key(1).unwrap_key(CallId([8; 16]), &wrapped).unwrap_err(),
            EnvelopeError::NotAuthentic
        );
        assert!(!wrapped.windows(4).any(|bytes| bytes == [9; 4]), "the key shows in its wrapping");
    }

    #[test]
    fn pseudonyms_are_stable_and_apart() {
        let of = |key: &RootKey, group, name| key.pseudonym(&[1; 16], group, name);
        assert_eq!(of(&root_key(1), "heating", "Herr Yilmaz"), of(&root_key(1), "heating", "Herr Yilmaz"));
        assert_ne!(of(&root_key(1), "heating", "Herr Yilmaz"), of(&root_key(2), "heating", "Herr Yilmaz"));
        assert_ne!(of(&root_key(1), "heatingH", "err Yilmaz"), of(&root_key(1), "heating", "Herr Yilmaz"));
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_found(plain in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, bit in 0..8u8) {
            let key = call_key(1);
            let mut sealed = key.seal(Nonces::of_opening(1).next_nonce(), &PLACE, &plain);
            prop_assert_eq!(&key.open(&PLACE, &sealed).unwrap()[..], &plain[..]);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(key.open(&PLACE, &sealed).is_err());
        }

        #[test]
        fn garbage_neither_opens_nor_panics(garbage in prop::collection::vec(any::<u8>(), 0..150), formatted: bool) {
            let mut garbage = garbage;
            if formatted {
                garbage.insert(0, FORMAT);
            }
            prop_assert!(call_key(1).open(&PLACE, &garbage).is_err());
            prop_assert!(root_key(1).unwrap_key(CALL, &garbage).is_err());
        }
    }
}
