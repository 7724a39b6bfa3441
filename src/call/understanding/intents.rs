//! Intents: which of the site's concerns and approved answers an utterance is nearest to.
//!
//! Each example sentence is a bag of stems weighted by how telling they are (inverse document frequency over all
//! examples). Words that are not the same but look alike (shared letter trigrams: "heizungsausfall", "heizung",
//! a recogniser's error) count in part. An utterance is as near to an example as both cover each other; its
//! confidence is calibrated by a fixed curve, and below a threshold nothing fits.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::alike::{shared, trigrams};
use super::reading::{Reading, normal};
use super::understood::IntentScore;
use crate::call::hearing::{Hypothesis, Transcript};
use crate::config::site::Language;

/// Below this nothing fits.
const CONFIDENCE_MIN: f32 = 0.35;
/// Intents that are reported, at most.
const REPORTED_MAX: usize = 5;
/// Words that look less alike than this are different words.
const ALIKE_MIN: f32 = 0.45;
/// Weight of words that say little whatever the site is about.
const COMMON_WEIGHT: f32 = 0.15;
/// How much covering the example counts against covering the utterance.
const EXAMPLE_SHARE: f32 = 0.6;
/// The curve from nearness to confidence: its middle and its steepness.
const CURVE: (f32, f32) = (0.42, 11.0);

/// Words of every German and English conversation.
const COMMON: &[&str] = &[
    "ich",
    "du",
    "er",
    "sie",
    "es",
    "wir",
    "ihr",
    "mich",
    "mir",
    "uns",
    "ihnen",
    "und",
    "oder",
    "aber",
    "die",
    "der",
    "das",
    "den",
    "dem",
    "des",
    "ein",
    "eine",
    "einen",
    "einem",
    "einer",
    "eines",
    "mein",
    "meine",
    "meinen",
    "meiner",
    "meinem",
    "unser",
    "unsere",
    "unserem",
    "unseren",
    "ist",
    "sind",
    "war",
    "bin",
    "habe",
    "hab",
    "haben",
    "hat",
    "in",
    "im",
    "am",
    "an",
    "auf",
    "aus",
    "bei",
    "beim",
    "mit",
    "nach",
    "von",
    "vom",
    "vor",
    "zu",
    "zum",
    "zur",
    "fuer",
    "ja",
    "bitte",
    "danke",
    "gern",
    "gerne",
    "hier",
    "da",
    "so",
    "wie",
    "was",
    "wer",
    "dass",
    "mal",
    "noch",
    "schon",
    "auch",
    "nur",
    "sehr",
    "ganz",
    "jetzt",
    "dann",
    "moechte",
    "wuerde",
    "wollte",
    "will",
    "kann",
    "koennen",
    "koennte",
    "koennten",
    "muss",
    "soll",
    "werden",
    "wird",
    "sich",
    "man",
    "mal",
    "doch",
    "einfach",
    "gerade",
    "ihre",
    "ihren",
    "the",
    "a",
    "an",
    "i",
    "is",
    "are",
    "my",
    "our",
    "to",
    "and",
    "of",
    "it",
    "you",
    "your",
    "for",
    "please",
    "would",
    "like",
    "can",
    "have",
    "hallo",
    "tag",
    "guten",
    "name",
    "heisse",
    "frau",
    "herr",
    "brauche",
    "braeuchte",
    "haette",
    "gibt",
    "mache",
    "machen",
    "also",
    "eigentlich",
    "irgendwie",
    "wohl",
];

/// One word of an example or an utterance.
#[derive(Clone, Debug)]
struct Word {
    stem: String,
    trigrams: Vec<u32>,
    common: bool,
}

/// One example sentence: words of the vocabulary with their weights.
#[derive(Clone, Debug)]
struct Example {
    intent: usize,
    words: Vec<(usize, f32)>,
    weight: f32,
}

/// The site's concerns and answers, fitted.
pub(super) struct Intents {
    stemmer: Stemmer,
    names: Vec<String>,
    vocabulary: Vec<Word>,
    weights: Vec<f32>,
    /// Weight of a word that no example has.
    unknown_weight: f32,
    examples: Vec<Example>,
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
            weights: Vec::new(),
            unknown_weight: 1.0,
            examples: Vec::new(),
        };
        let mut places: HashMap<String, usize> = HashMap::new();
        for (intent, (name, examples)) in all.enumerate() {
            fitted.names.push(name.clone());
            for text in examples {
                fitted.take_example(intent, text, &mut places);
            }
        }
        fitted.weigh();
        fitted
    }

    fn take_example(&mut self, intent: usize, text: &str, places: &mut HashMap<String, usize>) {
        let typed = Transcript::typed(text);
        let Some(hypothesis) = typed.best() else { return };
        let mut words = Vec::new();
        for word in self.words(hypothesis, &[]) {
            let next = self.vocabulary.len();
            let place = *places.entry(word.stem.clone()).or_insert(next);
            if place == next {
                self.vocabulary.push(word);
            }
            if !words.iter().any(|(known, _)| *known == place) {
                words.push((place, 0.0));
            }
        }
        if !words.is_empty() {
            self.examples.push(Example { intent, words, weight: 0.0 });
        }
    }

    /// Weighs every word by how few examples have it.
    fn weigh(&mut self) {
        let count = self.examples.len() as f32;
        let mut seen = vec![0.0_f32; self.vocabulary.len()];
        for (word, _) in self.examples.iter().flat_map(|example| &example.words) {
            seen[*word] += 1.0;
        }
        let telling = |seen: f32| ((count + 1.0) / (seen + 0.5)).ln().max(0.3);
        self.unknown_weight = telling(1.0);
        self.weights = self
            .vocabulary
            .iter()
            .zip(&seen)
            .map(|(word, seen)| telling(*seen) * if word.common { COMMON_WEIGHT } else { 1.0 })
            .collect();
        for example in &mut self.examples {
            for (word, weight) in &mut example.words {
                *weight = self.weights[*word];
            }
            example.weight = example.words.iter().map(|(_, weight)| weight).sum();
        }
    }

    /// The words of a hypothesis but those in `taken` spans of heard words.
    fn words(&self, hypothesis: &Hypothesis, taken: &[(usize, usize)]) -> Vec<Word> {
        Reading::new(hypothesis)
            .tokens
            .iter()
            .filter(|token| !taken.iter().any(|(first, end)| (*first..*end).contains(&token.word)))
            .filter(|token| token.norm.chars().any(char::is_alphabetic))
            .map(|token| self.word(&token.norm, token.written))
            .collect()
    }

    fn word(&self, norm: &str, written: &str) -> Word {
        // The stemmer knows umlauts; its result is brought to the normal form again.
        let stem = normal(&self.stemmer.stem(&written.to_lowercase()));
        Word { trigrams: trigrams(&stem), stem, common: COMMON.contains(&norm) }
    }

    /// What fits, the likeliest first. `taken`: words that are values and say nothing about the concern.
    pub fn find(&self, hypothesis: &Hypothesis, taken: &[(usize, usize)]) -> Vec<IntentScore> {
        let words = self.words(hypothesis, taken);
        if words
            .iter()
            .all(|word| word.common && !self.vocabulary.iter().any(|known| known.stem == word.stem))
        {
            return Vec::new();
        }
        let alike: Vec<Vec<(usize, f32)>> = words.iter().map(|word| self.alike(word)).collect();
        let asked: Vec<f32> =
            words.iter().zip(&alike).map(|(word, alike)| self.weight_of(word, alike)).collect();
        let mut best = vec![[0.0_f32; 2]; self.names.len()];
        for example in &self.examples {
            let near = nearness(example, &alike, &asked);
            let [first, second] = &mut best[example.intent];
            if near > *first {
                (*second, *first) = (*first, near);
            } else if near > *second {
                *second = near;
            }
        }
        self.scores(&best)
    }

    fn scores(&self, best: &[[f32; 2]]) -> Vec<IntentScore> {
        let near: Vec<f32> = best.iter().map(|[first, second]| 0.85 * first + 0.15 * second).collect();
        let confidence = |near: f32| 1.0 / (1.0 + (CURVE.1 * (CURVE.0 - near)).exp());
        let total: f32 = near.iter().map(|near| (12.0 * near).exp()).sum();
        let mut scores: Vec<IntentScore> = self
            .names
            .iter()
            .zip(&near)
            .map(|(name, near)| {
                // Sure that something fits, times how much it is this rather than another.
                let share = ((12.0 * near).exp() / total).max(0.0);
                IntentScore { name: name.clone(), confidence: confidence(*near) * share.powf(0.35) }
            })
            .filter(|score| score.confidence >= CONFIDENCE_MIN)
            .collect();
        scores.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        scores.truncate(REPORTED_MAX);
        scores
    }

    /// The words of the vocabulary that a word is or looks like.
    fn alike(&self, word: &Word) -> Vec<(usize, f32)> {
        let mut found = Vec::new();
        for (place, known) in self.vocabulary.iter().enumerate() {
            if known.stem == word.stem {
                return vec![(place, 1.0)];
            }
            if word.common || known.common {
                continue;
            }
            let alike = shared(&known.trigrams, &word.trigrams);
            if alike >= ALIKE_MIN {
                found.push((place, alike));
            }
        }
        found
    }

    fn weight_of(&self, word: &Word, alike: &[(usize, f32)]) -> f32 {
        let nearest = alike.iter().max_by(|one, other| one.1.total_cmp(&other.1));
        match nearest {
            Some((place, _)) => self.weights[*place],
            None if word.common => self.unknown_weight * COMMON_WEIGHT,
            None => self.unknown_weight,
        }
    }
}

/// How near an utterance is to an example: the harmonic mean of how much each covers of the other.
fn nearness(example: &Example, alike: &[Vec<(usize, f32)>], asked: &[f32]) -> f32 {
    let mut covered = 0.0;
    for (place, weight) in &example.words {
        let found = alike.iter().flatten().filter(|(known, _)| known == place).map(|(_, alike)| *alike);
        covered += weight * found.fold(0.0, f32::max);
    }
    let mut said = 0.0;
    for (alike, weight) in alike.iter().zip(asked) {
        let found = alike.iter().filter(|(known, _)| example.words.iter().any(|(place, _)| place == known));
        said += weight * found.map(|(_, alike)| *alike).fold(0.0, f32::max);
    }
    let of_example = covered / example.weight.max(f32::EPSILON);
    let of_utterance = said / asked.iter().sum::<f32>().max(f32::EPSILON);
    if of_example <= 0.0 || of_utterance <= 0.0 {
        return 0.0;
    }
    1.0 / (EXAMPLE_SHARE / of_example + (1.0 - EXAMPLE_SHARE) / of_utterance)
}
