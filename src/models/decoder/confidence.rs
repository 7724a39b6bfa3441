//! How sure a reading is: how well its words fit their sound against the best that any letters could make of it,
//! and the readings against each other.

use super::lattice::{Reading, Said};
use super::stream::{Decoding, Readings};
use super::walk::Decoder;
use crate::call::hearing::{Ask, HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript};
use crate::models::Lexicon;
use crate::models::letters::spell;
use crate::models::runtime::STEP_MS;
use crate::private::Private;

/// Below it nothing was heard: of 39 such readings of people, synthetic callers, noise and unlisted sentences, one
/// was right (measured November 2026).
const HEARD_MIN: f32 = 0.1;
/// How much the scores of readings are trusted against each other: below 1, because scores of steps that follow each
/// other are too sure of themselves.
const TEMPER: f32 = 0.5;
/// Worst misfit a letter; beyond it numbers mean nothing.
const MISFIT_MAX: f32 = 20.0;

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
}

/// Readings with confidences and times.
fn judge(found: &Readings, lexicon: &Lexicon, begin_ms: i64) -> Transcript {
    let scores: Vec<f32> = found.readings.iter().map(|reading| reading.score).collect();
    let shares = shares(&scores, TEMPER);
    let rated = found.readings.iter().zip(shares);
    let mut hypotheses: Vec<Hypothesis> =
        rated.map(|(one, share)| rate(one, share, lexicon, begin_ms)).collect();
    if let Some(best) = hypotheses.first_mut() {
        best.begun = begun(found, lexicon);
    }
    let heard = hypotheses.first().is_some_and(|best| !best.words.is_empty() && best.confidence >= HEARD_MIN);
    if !heard {
        hypotheses.clear();
    }
    Transcript { hypotheses }
}

fn rate(reading: &Reading, share: f32, lexicon: &Lexicon, begin_ms: i64) -> Hypothesis {
    let words: Vec<HeardWord> = reading.words.iter().map(|said| heard(said, lexicon, begin_ms)).collect();
    let count = words.len().max(1) as f32;
    let mean = words.iter().map(|word| word.confidence).sum::<f32>() / count;
    Hypothesis { words, confidence: (mean * share).clamp(0.0, 1.0), begun: None }
}

fn heard(said: &Said, lexicon: &Lexicon, begin_ms: i64) -> HeardWord {
    let text = &lexicon.graph.words[said.word as usize];
    let letters = spell(text).count().max(1) as f32;
    let misfit = (-said.sound / letters).clamp(0.0, MISFIT_MAX);
    let ms = |step: u32| u32::try_from(i64::from(step) * STEP_MS + begin_ms).unwrap_or(0);
    HeardWord {
        text: text.to_string().into(),
        confidence: sure(misfit),
        start_ms: ms(said.start),
        end_ms: ms(said.end),
    }
}

/// The one listed sentence that the best reading begins and does not end.
fn begun(found: &Readings, lexicon: &Lexicon) -> Option<Private<String>> {
    let phrase = lexicon
        .phrases
        .get(found.begun.first as usize)
        .filter(|_| found.begun.end == found.begun.first + 1)?;
    let words = found.readings.first()?.words.iter().map(|said| &*lexicon.graph.words[said.word as usize]);
    let (said, listed) = (words.collect::<Vec<_>>(), phrase.split(' ').collect::<Vec<_>>());
    (said != listed).then(|| Private::new(phrase.clone()))
}

/// Confidence of a word by its misfit a letter.
fn sure(misfit: f32) -> f32 {
    1.0 / (1.0 + (2.0 * (misfit - 1.5)).exp())
}

/// Shares of readings with these logarithmic scores, if the truth is one of them. `temper`: below 1 where scores
/// are too sure of themselves.
fn shares(scores: &[f32], temper: f32) -> Vec<f32> {
    let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| ((score - best) * temper).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let shares = shares(&[-1.0, -1.0, -50.0], 1.0);
        assert!((shares[0] - 0.5).abs() < 1e-3 && shares[2] < 1e-6);
    }
}
