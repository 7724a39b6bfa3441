//! The phrase: speech that can be stopped at its edge.

use std::sync::Arc;

use crate::private::Private;

/// Names a phrase within its call.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct PhraseId(pub u64);

/// Something to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// In the site's language, as the voice reads it.
    pub text: Private<String>,
    /// Whether the caller may interrupt it. The disclosure is heard to its end.
    pub interruptible: bool,
    /// Whether it only fills a wait ("Einen Moment bitte"): said when the wait is long enough to be felt, and
    /// not at all where something else is to be said before that.
    pub filler: bool,
}

/// A phrase as sound: 16 kHz, 16 bit, shared with the cache it came from.
pub type Rendered = Arc<[i16]>;
