//! Speech: from phrases to frames, stoppable at every frame.

mod phrase;

pub use phrase::{Phrase, PhraseId, Rendered};
