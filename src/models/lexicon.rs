//! What callers of a site may say: compiled once a site, shared by all its calls.

use super::ModelError;
use crate::config::site::Site;

/// The words and sentences of one site, ready for the decoder.
#[derive(Debug, Default)]
pub struct Lexicon {}

impl Lexicon {
    /// The lexicon of a site.
    ///
    /// # Errors
    /// A word that has no letters of the recogniser's alphabet.
    pub fn for_site(_site: &Site) -> Result<Self, ModelError> {
        Ok(Self {})
    }
}
