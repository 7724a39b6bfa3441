//! Intents: which of the site's concerns and approved answers an utterance is.
//!
//! A sentence is a vector over the stems of all examples, each weighted by how telling it is (inverse document
//! frequency). Words that are not the same but look alike (shared letter trigrams: "heizungsausfall", "heizung", a
//! recogniser's error) count in part. Its length is the share of the sentence that the site knows at all, so that
//! what is about something else lies near zero. A softmax regression fitted on the examples says how likely each
//! intent is; zero itself is an example of "none of these".

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::alike::{shared, trigrams};
use super::common_words::COMMON;
use super::reading::{Reading, normal};
use super::regression::Regression;
use super::understood::IntentScore;
use crate::call::hearing::{Hypothesis, Transcript};
use crate::config::site::Language;

/// Where nothing is likelier than this, nothing fits.
const CONFIDENCE_MIN: f32 = 0.4;
/// What else may be meant is told from here on.
const OTHERS_MIN: f32 = 0.1;
/// Intents that are reported, at most.
const REPORTED_MAX: usize = 5;
/// Words that look less alike than this are different words.
const ALIKE_MIN: f32 = 0.45;
/// What a word of the examples gives to words that look like it.
const NEIGHBOUR_SHARE: f32 = 0.5;
/// How much of a sentence's length is lost with the share (of squared weights) that the site does not know. 0.25
/// was best of 0.15 to 0.5 on xSID's validation part (November 2026).
const COVERAGE_POWER: f32 = 0.25;
/// Least weight of a word that nearly all examples have.
const TELLING_MIN: f32 = 0.1;
/// Weight of words that say little whatever the site is about.
const COMMON_WEIGHT: f32 = 0.25;

/// One word of an example or an utterance.
#[derive(Clone, Debug)]
struct Word {
    stem: String,
    trigrams: Vec<u32>,
    common: bool,
}

/// The site's concerns and answers, fitted.
pub(super) struct Intents {
    stemmer: Stemmer,
    names: Vec<String>,
    vocabulary: Vec<Word>,
    places: HashMap<String, usize>,
    /// How telling each word of the vocabulary is.
    telling: Vec<f32>,
    /// The same for a word that no example has.
    telling_unknown: f32,
    regression: Regression,
}

impl Intents {
    /// Fits names with their example sentences.
    pub fn new<'s>(language: Language, all: impl Iterator<Item = (&'s String, &'s [String])>) -> Self {
        let algorithm = match language {
            Language::German => Algorithm::German,
            Language::English => Algorithm::English,
        };
        let mut fitted = Self {
            stemmer: Stemmer::create(algorithm),
            names: Vec::new(),
            vocabulary: Vec::new(),
            places: HashMap::new(),
            telling: Vec::new(),
            telling_unknown: 1.0,
            regression: Regression::default(),
        };
        let mut examples = Vec::new();
        for (intent, (name, texts)) in all.enumerate() {
            fitted.names.push(name.clone());
            for text in texts {
                let words =
                    Transcript::typed(text).best().map(|typed| fitted.words(typed, &[])).unwrap_or_default();
                examples.push((intent, words));
            }
        }
        fitted.weigh(&examples);
        fitted.fit(&examples);
        fitted
    }

    /// How sentences are compared, one vector each.
    pub fn compared<'s>(&self, texts: impl Iterator<Item = &'s String>) -> Vec<Vec<(usize, f32)>> {
        let vector = |text: &String| {
            let typed = Transcript::typed(text);
            typed.best().map(|typed| self.vector(&self.words(typed, &[]))).unwrap_or_default()
        };
        texts.map(vector).collect()
    }

    /// Weighs every word of the examples by how few of them have it.
    fn weigh(&mut self, examples: &[(usize, Vec<Word>)]) {
        let mut seen: Vec<f32> = Vec::new();
        for word in examples.iter().flat_map(|(_, words)| words) {
            let place = *self.places.entry(word.stem.clone()).or_insert(self.vocabulary.len());
            if place == self.vocabulary.len() {
                self.vocabulary.push(word.clone());
                seen.push(0.0);
            }
            seen[place] += 1.0;
        }
        let count = examples.len() as f32;
        let telling = |seen: f32| ((count + 1.0) / (seen + 0.5)).ln().max(TELLING_MIN);
        self.telling_unknown = ((count + 1.0) / 1.5).ln().max(TELLING_MIN);
        self.telling = seen.into_iter().map(telling).collect();
    }

    fn fit(&mut self, examples: &[(usize, Vec<Word>)]) {
        let none = self.names.len();
        let vectors = examples.iter().map(|(intent, words)| (*intent, self.vector(words)));
        let mut labelled: Vec<(usize, Vec<(usize, f32)>)> = vectors.collect();
        // As many of nothing as an intent has examples on average.
        let nothing = examples.len().checked_div(none).unwrap_or(0).max(1);
        labelled.extend((0..nothing).map(|_| (none, Vec::new())));
        self.regression = Regression::fit(self.vocabulary.len(), none + 1, &labelled);
    }

    /// The words of a hypothesis, each once, but those in `taken` spans of heard words.
    fn words(&self, hypothesis: &Hypothesis, taken: &[(usize, usize)]) -> Vec<Word> {
        let reading = Reading::new(hypothesis);
        let mut words: Vec<Word> = Vec::new();
        for token in &reading.tokens {
            let value = taken.iter().any(|(first, end)| (*first..*end).contains(&token.word));
            if !token.norm.chars().any(char::is_alphabetic) {
                continue;
            }
            // The stemmer knows umlauts; its result is brought to the normal form again.
            let stem = normal(&self.stemmer.stem(&token.written.to_lowercase()));
            // A value counts where examples speak of it: "haben Sie samstags geöffnet".
            let idle = value && !self.places.contains_key(&stem);
            if !idle && !words.iter().any(|word| word.stem == stem) {
                let common = COMMON.contains(&token.norm.as_str());
                words.push(Word { trigrams: trigrams(&stem), stem, common });
            }
        }
        words
    }

    /// The sentence as a vector over the vocabulary: its length is the share of it that the vocabulary covers.
    fn vector(&self, words: &[Word]) -> Vec<(usize, f32)> {
        let mut entries: Vec<(usize, f32)> = Vec::new();
        let mut add = |place: usize, value: f32| match entries.iter_mut().find(|(known, _)| *known == place) {
            Some((_, old)) => *old = old.max(value),
            None => entries.push((place, value)),
        };
        let (mut whole, mut covered) = (0.0, 0.0);
        for word in words {
            let known = self.places.get(&word.stem).copied();
            let commonness = if word.common { COMMON_WEIGHT } else { 1.0 };
            let weight = commonness * known.map_or(self.telling_unknown, |place| self.telling[place]);
            let mut nearest = 0.0_f32;
            if let Some(place) = known {
                add(place, weight);
                nearest = 1.0;
            }
            let share = if known.is_some() { NEIGHBOUR_SHARE } else { 1.0 };
            for (place, alike) in self.neighbours(word) {
                add(place, share * alike * self.telling[place]);
                nearest = nearest.max(alike);
            }
            whole += weight * weight;
            covered += (weight * nearest).powi(2);
        }
        let length = entries.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            let scale = (covered / whole).powf(COVERAGE_POWER) / length;
            entries.iter_mut().for_each(|(_, value)| *value *= scale);
        }
        entries
    }

    /// Other words of the vocabulary that look like this one.
    fn neighbours<'w>(&'w self, word: &'w Word) -> impl Iterator<Item = (usize, f32)> + 'w {
        let others = self.vocabulary.iter().enumerate().filter(|(_, known)| !known.common && !word.common);
        others
            .filter(|(_, known)| known.stem != word.stem)
            .map(|(place, known)| (place, shared(&known.trigrams, &word.trigrams)))
            .filter(|(_, alike)| *alike >= ALIKE_MIN)
    }

    /// What fits, the likeliest first. `taken`: words that are values and say nothing about the concern.
    pub fn find(&self, hypothesis: &Hypothesis, taken: &[(usize, usize)]) -> Vec<IntentScore> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let vector = self.vector(&self.words(hypothesis, taken));
        let likely = self.regression.probabilities(&vector);
        let mut scores: Vec<IntentScore> = self
            .names
            .iter()
            .zip(likely)
            .filter(|(_, confidence)| *confidence >= OTHERS_MIN)
            .map(|(name, confidence)| IntentScore { name: name.clone(), confidence })
            .collect();
        scores.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        scores.truncate(REPORTED_MAX);
        if scores.first().is_none_or(|first| first.confidence < CONFIDENCE_MIN) {
            scores.clear();
        }
        scores
    }
}
