//! Speech: from phrases to frames, stoppable at every frame.

mod mouth;
mod phrase;

pub use mouth::{Mouth, Spoken};
pub use phrase::{Phrase, PhraseId, Rendered};
