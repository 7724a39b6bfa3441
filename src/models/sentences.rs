//! The sentence encoder: words to a vector that lies near those of sentences with the same meaning
//! (`models/de-sentences`). A word is its letter n-grams, each a place in the encoder's table; the words are cut
//! here as `models/training/encoder/words.py` cuts them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::runtime;
use super::runtime::network::{Network, Tensor, Values};
use super::{ModelError, places};
use crate::call::understanding::Meaning;
use crate::config::Device;

/// Weights, below a folder of [`models`](super::places::models).
pub const SENTENCES_FILE: &str = "de-sentences/de-sentences.onnx";
/// What it is called in messages.
const MODEL: &str = "sentence encoder";
/// Places of the encoder's table; 0 is nothing.
const PLACES: u32 = 72_000;
/// N-grams of a word that are read.
const GRAMS_MAX: usize = 40;
/// Words of a sentence that are read.
const WORDS_MAX: usize = 32;

/// A loaded encoder. The same words give the same vector.
pub struct SentenceEncoder {
    /// One call at a time asks it: an answer takes some 100 µs.
    network: Mutex<Network>,
}

impl SentenceEncoder {
    /// Loads the weights that come along; opens the library, `library` where given.
    ///
    /// # Errors
    /// As [`load`](Self::load), or the library cannot be used.
    pub fn shipped(library: Option<&Path>) -> Result<Self, ModelError> {
        runtime::open(library)?;
        Self::load(&places::weights(SENTENCES_FILE))
    }

    /// The same for sites; where it cannot be had the journal says so, and sentences are compared by their words.
    #[must_use]
    pub fn for_sites(library: Option<&Path>) -> Option<Arc<dyn Meaning>> {
        match Self::shipped(library) {
            Ok(encoder) => Some(Arc::new(encoder)),
            Err(error) => {
                log::warn!("sentences are compared by their words alone: {}", why_not(&error));
                None
            }
        }
    }

    /// Loads the weights at `path`; the library must be open.
    ///
    /// # Errors
    /// The file is missing, damaged, or of another model.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let network = Network::load(MODEL, path, Device::Cpu)?;
        let places = network.property("klinke.places");
        if places.as_deref() != Some(PLACES.to_string().as_str()) {
            return Err(network.unusable(format!("its table has {places:?} places, not {PLACES}")));
        }
        Ok(Self { network: Mutex::new(network) })
    }
}

/// Why there is no encoder. Its file is no matter of the configuration, as those of the other models are.
#[must_use]
pub fn why_not(error: &ModelError) -> String {
    match error {
        ModelError::WeightsMissing { path, .. } => {
            format!("there is no file {}; install it again", path.display())
        }
        ModelError::WeightsUnusable { path, cause, .. } => {
            format!("{} is damaged or another file ({cause}); install it again", path.display())
        }
        error => error.to_string(),
    }
}

impl Meaning for SentenceEncoder {
    fn vector(&self, words: &[&str]) -> Option<Vec<f32>> {
        let words = &words[..words.len().min(WORDS_MAX)];
        if words.is_empty() {
            return None;
        }
        let mut network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        let made = network.run(&[tensor(words)]);
        let made = made.inspect_err(|error| log::warn!("a sentence is compared by its words alone: {error}"));
        match made.ok()?.into_iter().next()?.values {
            Values::Float(vector) => Some(vector),
            _ => None,
        }
    }
}

/// The n-grams of all words, those of shorter ones filled up with 0.
fn tensor(words: &[&str]) -> Tensor {
    let rows: Vec<Vec<i64>> = words.iter().map(|word| grams(word)).collect();
    let deep = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut grams = Vec::with_capacity(rows.len() * deep);
    for mut row in rows {
        row.resize(deep, 0);
        grams.extend(row);
    }
    Tensor::wholes(&[1, words.len(), deep], grams)
}

/// The word itself, then its n-grams of 3 to 5 letters, edges counted as letters.
fn grams(word: &str) -> Vec<i64> {
    let framed: Vec<char> = "^".chars().chain(word.chars()).chain("$".chars()).collect();
    let mut found = vec![place(&format!("={word}"))];
    for length in 3..=5 {
        found.extend(framed.windows(length).map(|gram| place(&gram.iter().collect::<String>())));
    }
    found.truncate(GRAMS_MAX);
    found
}

/// FNV-1a of the gram's bytes, folded to a place of the table.
fn place(gram: &str) -> i64 {
    let hashed =
        gram.bytes().fold(0x811C_9DC5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(1 + hashed % (PLACES - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_missing_or_another_is_told_without_a_key_that_there_is_not() {
        let path = std::path::PathBuf::from("/x/de-sentences.onnx");
        let missing = ModelError::WeightsMissing { model: MODEL, path: path.clone() };
        assert_eq!(why_not(&missing), "there is no file /x/de-sentences.onnx; install it again");
        let unusable = ModelError::WeightsUnusable { model: MODEL, path, cause: "no table".to_owned() };
        assert!(why_not(&unusable).contains("(no table)") && !why_not(&unusable).contains("`models`"));
    }

    /// The numbers are those of `words.py`.
    #[test]
    fn words_are_cut_as_in_training() {
        assert_eq!(grams("heizung")[..4], [10652, 10398, 57497, 18714]);
        assert_eq!(grams("heizung").len(), 19);
    }
}
