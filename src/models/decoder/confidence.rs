//! How sure a reading is: how well its words fit their sound against the best that any letters could make of it,
//! and the readings against each other.
//!
//! Probabilities come out of two small logistic models, of a word and of an utterance. Their coefficients stand in
//! [`WORD`] and [`UTTERANCE`]; `cargo bench --bench decoder -- confidence DIR` fits them anew and prints them
//! (weights that speak differently want other ones).

use super::lattice::{Reading, Said};
use super::stream::{Decoding, Readings};
use super::walk::Decoder;
use crate::call::hearing::{Ask, HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript};
use crate::models::Lexicon;
use crate::models::letters::spell;
use crate::models::runtime::STEP_MS;
use crate::private::Private;

/// What speaks for a word or an utterance, as a logistic model takes it: 1, the misfit, its square root, …
pub type Evidence<const N: usize> = [f32; N];

/// Of a word: constant, misfit a letter, logarithm of its number of letters.
pub const WORD: Evidence<3> = [1.60, -2.72, 0.53];
/// Of an utterance: constant, misfit a letter, the worst word's misfit a letter, logarithm of the number of letters,
/// logarithm of its share among the readings.
pub const UTTERANCE: Evidence<5> = [4.17, -2.21, -0.42, 0.22, 4.62];
/// Below it nothing was heard.
const HEARD_MIN: f32 = 0.05;
/// Of so many words…
const LONG_MIN: f32 = 4.0;
/// …this share has to be right, as the words' confidences have it, where all of them can hardly be.
const RIGHT_MIN: f32 = 0.5;
/// How much the scores of readings are trusted against each other: below 1, because scores of steps that follow each
/// other are too sure of themselves.
const TEMPER: f32 = 0.5;
/// Worst misfit a letter; beyond it numbers mean nothing.
const MISFIT_MAX: f32 = 8.0;

impl Decoding {
    /// What was heard so far, or as if nothing more came; `begin_ms`: where the first step lies in the utterance.
    pub fn transcript(&mut self, decoder: &mut Decoder, ask: Ask, begin_ms: i64) -> Transcript {
        let found = match ask {
            Ask::Nothing => return Transcript::default(),
            Ask::SoFar => self.readings(decoder, 1, false),
            Ask::AsIfEnded => self.readings(decoder, HYPOTHESES_MAX, true),
        };
        judge(&found, &self.lexicon, begin_ms)
    }

    /// The words of the best reading as if nothing more came, each with what speaks for it, and what speaks for all of
    /// them: what the coefficients are fitted to.
    pub fn evidence(&mut self, decoder: &mut Decoder) -> Option<(Vec<(String, Evidence<3>)>, Evidence<5>)> {
        let found = self.readings(decoder, HYPOTHESES_MAX, true);
        let best = found.readings.first()?;
        let word = |said: &Said| {
            (self.lexicon.graph.words[said.word as usize].to_string(), word_evidence(said, &self.lexicon))
        };
        let share = shares(&found.readings)[0];
        Some((best.words.iter().map(word).collect(), evidence(best, &found, share, &self.lexicon)))
    }
}

/// Readings with confidences and times.
fn judge(found: &Readings, lexicon: &Lexicon, begin_ms: i64) -> Transcript {
    let rated = found.readings.iter().zip(shares(&found.readings));
    let mut hypotheses: Vec<Hypothesis> = rated
        .map(|(one, share)| Hypothesis {
            words: one.words.iter().map(|said| heard(said, lexicon, begin_ms)).collect(),
            confidence: probability(&UTTERANCE, &evidence(one, found, share, lexicon)),
            begun: None,
        })
        .collect();
    if let Some(best) = hypotheses.first_mut() {
        best.begun = begun(found, lexicon);
    }
    if !hypotheses.first().is_some_and(is_heard) {
        hypotheses.clear();
    }
    // no other reading can be surer than the best one
    for index in 1..hypotheses.len() {
        hypotheses[index].confidence = hypotheses[index].confidence.min(hypotheses[index - 1].confidence);
    }
    Transcript { hypotheses }
}

/// Whether anything was heard: all of it could be right, or it is long and much of it is. Many words are seldom all
/// right, noise has few words that fit.
fn is_heard(best: &Hypothesis) -> bool {
    let right: f32 = best.words.iter().map(|word| word.confidence).sum();
    let words = best.words.len() as f32;
    words > 0.0 && (best.confidence >= HEARD_MIN || (words >= LONG_MIN && right / words >= RIGHT_MIN))
}

fn heard(said: &Said, lexicon: &Lexicon, begin_ms: i64) -> HeardWord {
    let ms = |step: u32| u32::try_from(i64::from(step) * STEP_MS + begin_ms).unwrap_or(0);
    HeardWord {
        text: lexicon.graph.words[said.word as usize].to_string().into(),
        confidence: probability(&WORD, &word_evidence(said, lexicon)),
        start_ms: ms(said.start),
        end_ms: ms(said.end),
    }
}

fn letters(said: &Said, lexicon: &Lexicon) -> f32 {
    spell(&lexicon.graph.words[said.word as usize]).count().max(1) as f32
}

fn word_evidence(said: &Said, lexicon: &Lexicon) -> Evidence<3> {
    let letters = letters(said, lexicon);
    [1.0, (-said.sound / letters).clamp(0.0, MISFIT_MAX), letters.ln()]
}

fn evidence(reading: &Reading, found: &Readings, share: f32, lexicon: &Lexicon) -> Evidence<5> {
    let said: f32 = reading.words.iter().map(|said| letters(said, lexicon)).sum();
    let all = (said + f32::from(found.unfinished)).max(1.0);
    let misfit = (-reading.sound / all).clamp(0.0, MISFIT_MAX);
    let worst = reading.words.iter().map(|said| word_evidence(said, lexicon)[1]).fold(0.0, f32::max);
    [1.0, misfit, worst, all.ln(), share.max(SHARE_MIN).ln()]
}

/// Smallest share that is told apart.
const SHARE_MIN: f32 = 1e-4;

/// The logistic model.
fn probability<const N: usize>(coefficients: &Evidence<N>, evidence: &Evidence<N>) -> f32 {
    let sum: f32 = coefficients.iter().zip(evidence).map(|(weight, value)| weight * value).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// The one listed sentence that the best reading begins and does not end.
fn begun(found: &Readings, lexicon: &Lexicon) -> Option<Private<String>> {
    let only = found.begun.end == found.begun.first + 1;
    let phrase = lexicon.phrases.get(found.begun.first as usize).filter(|_| only)?;
    let words = found.readings.first()?.words.iter().map(|said| &*lexicon.graph.words[said.word as usize]);
    (!words.eq(phrase.split(' '))).then(|| Private::new(phrase.clone()))
}

/// Shares of readings, if the truth is one of them.
fn shares(readings: &[Reading]) -> Vec<f32> {
    let best = readings.iter().map(|reading| reading.score).fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = readings.iter().map(|reading| ((reading.score - best) * TEMPER).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let reading = |score| Reading { words: Vec::new(), score, sound: 0.0 };
        let shares = shares(&[reading(-1.0), reading(-1.0), reading(-50.0)]);
        assert!((shares[0] - 0.5).abs() < 1e-3 && shares[2] < 1e-6);
    }

    #[test]
    fn a_better_fit_is_surer() {
        let sure = |misfit| probability(&WORD, &[1.0, misfit, 1.5]);
        assert!(sure(0.0) > 0.8 && sure(0.0) > sure(1.0) && sure(1.0) > sure(4.0) && sure(4.0) < 0.1);
    }
}
