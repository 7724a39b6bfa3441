//! Intents: which of the site's concerns and approved answers an utterance is.
//!
//! A sentence is a vector over the stems of all examples, each weighted by how telling it is (inverse document
//! frequency). Words that are not the same but look alike (shared letter trigrams: "heizungsausfall", "heizung", a
//! recogniser's error) count in part. Its length is the share of the sentence that the site knows at all, so that
//! what is about something else lies near zero. Where there is an encoder, its vector of the whole sentence stands
//! beside that. A softmax regression fitted on the examples says how likely each intent is; zero itself is an example
//! of "none of these". Where two parts of a sentence surely want different things, both are told.

use std::collections::HashMap;
use std::sync::Arc;

use rust_stemmers::{Algorithm, Stemmer};

use super::alike::{shared, trigrams};
use super::common_words::COMMON;
use super::meaning::Meaning;
use super::no_concern::no_concern;
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
/// Words between two concerns.
const JOINTS: &[&str] = &[
    "und",
    "aber",
    "ausserdem",
    "zudem",
    "uebrigens",
    "dazu",
    "sowie",
    "zweitens",
    "ferner",
    "dann",
    "and",
    "also",
    "besides",
    "plus",
    "then",
];
/// How many of them are tried.
const JOINTS_MAX: usize = 5;
/// Words of a part, at least.
const PART_WORDS_MIN: usize = 2;
/// How sure both parts must be.
const PART_MIN: f32 = 0.65;
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

/// What is usually no concern is one where an example of the site is as alike as this.
const CONCERN_MIN: f32 = 0.75;
/// Length of the encoder's vector beside that of the words, which is 1 at most. 2 was best of 1, 2 and 3 on xSID's
/// validation part and on intents that the encoder was not trained on (November 2026).
const MEANING_WEIGHT: f32 = 2.0;

/// One word of an example or an utterance.
#[derive(Clone, Debug)]
struct Word {
    stem: String,
    trigrams: Vec<u32>,
    common: bool,
}

/// A word as it was said.
struct Said {
    /// Its normal form.
    norm: String,
    word: Word,
}

/// What of an utterance is compared.
#[derive(Default)]
struct Sentence {
    /// Its words, each once.
    words: Vec<Word>,
    /// What the encoder makes of it.
    meaning: Option<Vec<f32>>,
}

impl Sentence {
    /// How alike the encoder finds two sentences, 1 at most.
    fn alike(&self, other: &Self) -> f32 {
        let pairs = self.meaning.iter().flatten().zip(other.meaning.iter().flatten());
        pairs.map(|(one, other)| one * other).sum()
    }
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
    encoder: Option<Arc<dyn Meaning>>,
    /// Numbers in the encoder's vectors; 0 without one.
    meaning_len: usize,
}

impl Intents {
    /// Fits names with their example sentences.
    pub fn new<'s>(
        language: Language,
        all: impl Iterator<Item = (&'s String, &'s [String])>,
        encoder: Option<Arc<dyn Meaning>>,
    ) -> Self {
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
            encoder,
            meaning_len: 0,
        };
        let mut examples = Vec::new();
        for (intent, (name, texts)) in all.enumerate() {
            fitted.names.push(name.clone());
            for text in texts {
                let typed = Transcript::typed(text);
                let sentence =
                    typed.best().map(|typed| fitted.sentence(&fitted.said(typed, &[]))).unwrap_or_default();
                fitted.meaning_len = fitted.meaning_len.max(sentence.meaning.as_ref().map_or(0, Vec::len));
                examples.push((intent, sentence));
            }
        }
        fitted.weigh(&examples);
        let idle = |text: &&str| {
            let typed = Transcript::typed(text);
            typed.best().map(|typed| fitted.sentence(&fitted.said(typed, &[])))
        };
        let idle: Vec<Sentence> = no_concern(language).iter().filter_map(idle).collect();
        fitted.fit(&examples, &idle);
        fitted
    }

    /// How sentences are compared, one vector each.
    pub fn compared<'s>(&self, texts: impl Iterator<Item = &'s String>) -> Vec<Vec<(usize, f32)>> {
        let vector = |text: &String| {
            let typed = Transcript::typed(text);
            typed.best().map(|typed| self.vector(&self.sentence(&self.said(typed, &[])))).unwrap_or_default()
        };
        texts.map(vector).collect()
    }

    /// Weighs every word of the examples by how few of them have it.
    fn weigh(&mut self, examples: &[(usize, Sentence)]) {
        let mut seen: Vec<f32> = Vec::new();
        for word in examples.iter().flat_map(|(_, sentence)| &sentence.words) {
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

    /// `idle`: sentences that are no concern; those that some example is like are the site's concern nevertheless.
    fn fit(&mut self, examples: &[(usize, Sentence)], idle: &[Sentence]) {
        let none = self.names.len();
        let vectors = examples.iter().map(|(intent, sentence)| (*intent, self.vector(sentence)));
        let mut labelled: Vec<(usize, Vec<(usize, f32)>)> = vectors.collect();
        // As many of nothing as an intent has examples on average.
        let nothing = examples.len().checked_div(none).unwrap_or(0).max(1);
        labelled.extend((0..nothing).map(|_| (none, Vec::new())));
        if self.meaning_len > 0 {
            let idle =
                idle.iter().filter(|idle| examples.iter().all(|(_, known)| known.alike(idle) < CONCERN_MIN));
            let vectors: Vec<_> = idle.map(|idle| (none, self.vector(idle))).collect();
            labelled.extend(vectors);
        }
        self.regression = Regression::fit(self.places_in_all(), none + 1, &labelled);
    }

    /// Places of a vector: the vocabulary's, then the encoder's.
    fn places_in_all(&self) -> usize {
        self.vocabulary.len() + self.meaning_len
    }

    /// The words of a hypothesis that count, but those in `taken` spans of heard words.
    fn said(&self, hypothesis: &Hypothesis, taken: &[(usize, usize)]) -> Vec<Said> {
        let mut said = Vec::new();
        for token in Reading::new(hypothesis).tokens {
            let value = taken.iter().any(|(first, end)| (*first..*end).contains(&token.word));
            if !token.norm.chars().any(char::is_alphabetic) {
                continue;
            }
            // The stemmer knows umlauts; its result is brought to the normal form again.
            let stem = normal(&self.stemmer.stem(&token.written.to_lowercase()));
            // A value counts where examples speak of it: "haben Sie samstags geöffnet".
            if value && !self.places.contains_key(&stem) {
                continue;
            }
            let common = COMMON.contains(&token.norm.as_str());
            let word = Word { trigrams: trigrams(&stem), stem, common };
            said.push(Said { norm: token.norm, word });
        }
        said
    }

    /// A sentence, or a part of one.
    fn sentence(&self, said: &[Said]) -> Sentence {
        let mut words: Vec<Word> = Vec::new();
        for Said { word, .. } in said {
            if !words.iter().any(|known| known.stem == word.stem) {
                words.push(word.clone());
            }
        }
        let norms: Vec<&str> = said.iter().map(|said| said.norm.as_str()).collect();
        let meaning = self.encoder.as_ref().and_then(|encoder| encoder.vector(&norms));
        Sentence { words, meaning }
    }

    /// The sentence as a vector: its words, then what the encoder makes of it.
    fn vector(&self, sentence: &Sentence) -> Vec<(usize, f32)> {
        let mut entries = self.word_vector(&sentence.words);
        if let Some(meaning) = &sentence.meaning {
            let places = self.vocabulary.len()..self.places_in_all();
            entries.extend(places.zip(meaning.iter().map(|value| value * MEANING_WEIGHT)));
        }
        entries
    }

    /// Words as a vector over the vocabulary: its length is the share of it that the vocabulary covers.
    fn word_vector(&self, words: &[Word]) -> Vec<(usize, f32)> {
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

    /// What fits, the likeliest first, and what else is wanted in the same breath. `taken`: words that are values and
    /// say nothing about the concern.
    pub fn find(
        &self,
        hypothesis: &Hypothesis,
        taken: &[(usize, usize)],
    ) -> (Vec<IntentScore>, Vec<IntentScore>) {
        if self.names.is_empty() {
            return Default::default();
        }
        let said = self.said(hypothesis, taken);
        self.parts(&said).unwrap_or_else(|| (self.scores(&said), Vec::new()))
    }

    /// Where two parts of a sentence surely want different things: what the first wants, and the second.
    fn parts(&self, said: &[Said]) -> Option<(Vec<IntentScore>, Vec<IntentScore>)> {
        let joints = (PART_WORDS_MIN..said.len().saturating_sub(PART_WORDS_MIN))
            .filter(|at| JOINTS.contains(&said[*at].norm.as_str()))
            .take(JOINTS_MAX);
        let parted = joints.filter_map(|at| {
            let (first, second) = (self.scores(&said[..at]), self.scores(&said[at + 1..]));
            let (one, other) = (first.first()?, second.first()?);
            let sure = one.confidence.min(other.confidence);
            (one.name != other.name && sure >= PART_MIN).then_some((sure, first, second))
        });
        let (_, first, mut second) = parted.max_by(|one, other| one.0.total_cmp(&other.0))?;
        second.truncate(1);
        Some((first, second))
    }

    fn scores(&self, said: &[Said]) -> Vec<IntentScore> {
        let likely = self.regression.probabilities(&self.vector(&self.sentence(said)));
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
