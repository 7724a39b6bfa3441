//! What was heard: the type that hearing emits and understanding reads.

use serde::{Deserialize, Serialize};

use crate::clock::MediaTime;
use crate::private::Private;

/// One word as heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardWord {
    /// Lower case, letters only (`dreiundzwanzig`, `straße`), as the recogniser's lexicon spells it.
    pub text: Private<String>,
    /// Probability that it was said, 0 to 1.
    pub confidence: f32,
    /// Where the word begins, in ms from the start of the utterance's sound.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
}

/// One reading of an utterance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// The words in order; empty: nothing was said.
    pub words: Vec<HeardWord>,
    /// Probability that all of it was said, 0 to 1.
    pub confidence: f32,
    /// The listed sentence that the words begin, where the sound broke off before its end and only one is left that
    /// begins so (the word that it broke off in counts); `None`: what was said is complete, or begins no or several
    /// listed sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Private<String>>,
}

impl Hypothesis {
    /// The words, separated by single spaces.
    #[must_use]
    pub fn text(&self) -> Private<String> {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.reveal().as_str()).collect();
        Private::new(words.join(" "))
    }
}

/// What a recogniser makes of a stretch of sound: readings, the likeliest first. Empty: nothing that is speech.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Best first, at most [`HYPOTHESES_MAX`].
    pub hypotheses: Vec<Hypothesis>,
}

/// Readings kept of an utterance.
pub const HYPOTHESES_MAX: usize = 5;

impl Transcript {
    /// A transcript of words that were typed: one reading, no doubt.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let words: Vec<HeardWord> = text
            .split_whitespace()
            .map(|word| HeardWord { text: word.to_owned().into(), confidence: 1.0, start_ms: 0, end_ms: 0 })
            .collect();
        Self { hypotheses: vec![Hypothesis { words, confidence: 1.0, begun: None }] }
    }

    /// The likeliest reading.
    #[must_use]
    pub fn best(&self) -> Option<&Hypothesis> {
        self.hypotheses.first()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.best().is_none_or(|best| best.words.is_empty())
    }
}

/// A stretch of caller speech that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// First sound of it.
    pub began: MediaTime,
    /// Last sound of it: from here the caller's ear counts our reaction.
    pub ended: MediaTime,
    /// What was said.
    pub transcript: Transcript,
}
