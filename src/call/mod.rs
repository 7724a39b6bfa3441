//! One call, from the first sample to the last: a pure machine. [`Input`] in, [`Output`] out; no clock, no
//! randomness, no I/O inside.
//!
//! In the order in which the sound travels: [`mod@line`] → [`audio`] → [`hearing`] → [`understanding`] →
//! [`dialogue`] → [`actions`] → [`speech`] → line. The [`Call`] carries things from one to the next.

use std::sync::Arc;

pub mod actions;
pub mod audio;
pub mod dialogue;
pub mod hearing;
pub mod line;
pub mod speech;
pub mod understanding;

mod conductor;
mod floor;
mod input;
mod onlooker;
mod output;
mod watch;

pub use conductor::Call;
pub use input::Input;
pub use onlooker::Onlooker;
pub use output::{Event, Output};

/// What all calls of a site share: its file, and what was made of it at start.
#[derive(Clone)]
pub struct SiteRooms {
    /// The file.
    pub site: Arc<crate::config::site::Site>,
    /// Its intents and words, ready to understand with.
    pub understander: Arc<understanding::Understander>,
}

impl SiteRooms {
    /// Makes a site ready.
    #[must_use]
    pub fn new(site: crate::config::site::Site) -> Self {
        Self::with_meaning(site, None)
    }

    /// The same with an encoder that knows more of a sentence than its words.
    #[must_use]
    pub fn with_meaning(
        site: crate::config::site::Site,
        encoder: Option<Arc<dyn understanding::Meaning>>,
    ) -> Self {
        let understander = Arc::new(understanding::Understander::with_meaning(&site, encoder));
        Self { site: Arc::new(site), understander }
    }
}
