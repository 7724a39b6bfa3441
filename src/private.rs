//! Personal data that cannot be printed by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something about a person: a name, a number, what was said. It has no `Display`, its `Debug` shows nothing,
/// and whoever wants the inside has to write [`reveal`](Self::reveal), which a reviewer can search for.
///
/// It serialises as its inside, because that is how it reaches the sealed record and the administrator's own
/// `klinke try`; nothing that logs serialises.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Marks `inside` as personal.
    pub const fn new(inside: T) -> Self {
        Self(inside)
    }

    /// The inside, for a reader who may have it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// The inside, taken out.
    pub fn into_revealed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹private›")
    }
}

impl<T> From<T> for Private<T> {
    fn from(inside: T) -> Self {
        Self(inside)
    }
}
