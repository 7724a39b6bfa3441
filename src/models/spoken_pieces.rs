//! From pieces with times and probabilities to the words of a transcript.

use super::grammar::numbers::cardinal;
use super::letters::plain;
use super::pieces::Pieces;
use crate::call::hearing::{HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript};

/// A piece that a search put out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spoken {
    /// Its number.
    pub piece: u32,
    /// The step of the network that it was put out at.
    pub step: u32,
    /// Logarithm of its probability there.
    pub log_prob: f32,
}

/// Figures longer than this are read digit by digit.
const FIGURES_MAX: usize = 6;

/// The transcript of `readings` (pieces and total score, best first): words as our own recogniser spells them, times
/// by the steps of `step_ms`. A word's confidence is the geometric mean of its pieces' probabilities; a reading's is
/// that of its words times its share among the readings.
pub fn transcript(readings: &[(Vec<Spoken>, f64)], pieces: &Pieces, step_ms: u32) -> Transcript {
    let top = readings.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = readings.iter().map(|(_, score)| (score - top).exp()).collect();
    let total: f64 = shares.iter().sum();
    let mut hypotheses: Vec<Hypothesis> = Vec::new();
    for ((spoken, _), share) in readings.iter().zip(&shares) {
        let words = words(spoken, pieces, step_ms);
        let share = (share / total.max(f64::MIN_POSITIVE)) as f32;
        let same = |other: &&mut Hypothesis| {
            other.words.iter().map(|word| word.text.reveal()).eq(words.iter().map(|word| word.text.reveal()))
        };
        match hypotheses.iter_mut().find(same) {
            Some(other) => other.confidence += share,
            None => hypotheses.push(Hypothesis { words, confidence: share, begun: None }),
        }
    }
    if hypotheses.first().is_none_or(|best| best.words.is_empty()) {
        return Transcript::default();
    }
    hypotheses.retain(|reading| !reading.words.is_empty());
    hypotheses.truncate(HYPOTHESES_MAX);
    for reading in &mut hypotheses {
        let logs: f32 = reading.words.iter().map(|word| word.confidence.max(1e-6).ln()).sum();
        reading.confidence = (reading.confidence * (logs / reading.words.len() as f32).exp()).clamp(0.0, 1.0);
    }
    Transcript { hypotheses }
}

/// The words that pieces make up.
fn words(spoken: &[Spoken], pieces: &Pieces, step_ms: u32) -> Vec<HeardWord> {
    let mut words = Vec::new();
    let mut from = 0;
    for index in 1..=spoken.len() {
        if spoken.get(index).is_none_or(|next| pieces.begins_word(next.piece)) {
            word(&spoken[from..index], pieces, step_ms, &mut words);
            from = index;
        }
    }
    words
}

/// Appends what `spoken` is: nothing where it is punctuation, several words for figures and hyphens.
fn word(spoken: &[Spoken], pieces: &Pieces, step_ms: u32, words: &mut Vec<HeardWord>) {
    let mut bytes = Vec::new();
    spoken.iter().for_each(|it| pieces.append(it.piece, &mut bytes));
    let text = plain(&figures(&String::from_utf8_lossy(&bytes)));
    let (Some(first), Some(last)) = (spoken.first(), spoken.last()) else { return };
    let mean = spoken.iter().map(|it| it.log_prob).sum::<f32>() / spoken.len() as f32;
    let (start_ms, end_ms) = (first.step.saturating_mul(step_ms), (last.step + 1).saturating_mul(step_ms));
    words.extend(text.split(' ').filter(|text| !text.is_empty()).map(|text| HeardWord {
        text: text.to_owned().into(),
        confidence: mean.exp().clamp(0.0, 1.0),
        start_ms,
        end_ms,
    }));
}

/// Figures as words: callers' words are letters.
fn figures(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let (number, after) = from.split_at(from.find(|it: char| !it.is_ascii_digit()).unwrap_or(from.len()));
        words.push_str(before);
        let whole = number.len() <= FIGURES_MAX && (number == "0" || !number.starts_with('0'));
        match number.parse().ok().filter(|_| whole) {
            Some(number) => words.push_str(&format!(" {} ", cardinal(number))),
            None => number.bytes().for_each(|figure| {
                words.push_str(&format!(" {} ", cardinal(u32::from(figure - b'0'))));
            }),
        }
        rest = after;
    }
    words.push_str(rest);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(pieces: &[u32]) -> Vec<Spoken> {
        pieces
            .iter()
            .enumerate()
            .map(|(at, &piece)| Spoken { piece, step: at as u32, log_prob: -0.1 })
            .collect()
    }

    #[test]
    fn pieces_become_words_with_times() {
        let pieces = Pieces::parse("<blk> 0\n▁Mü 1\nller 2\n▁20 3\n. 4\n▁Uhr 5\n").expect("good");
        let transcript = transcript(&[(spoken(&[1, 2, 4, 3, 5]), -2.0), (spoken(&[5]), -3.0)], &pieces, 40);
        let best = transcript.best().expect("two readings");
        assert_eq!(best.text().reveal(), "müller zwanzig uhr");
        assert_eq!((best.words[0].start_ms, best.words[0].end_ms), (0, 120));
        assert!((best.words[0].confidence - (-0.1f32).exp()).abs() < 1e-6);
        assert_eq!(transcript.hypotheses.len(), 2);
        assert!(transcript.hypotheses[1].confidence < best.confidence);
    }

    #[test]
    fn nothing_is_nothing() {
        let pieces = Pieces::parse("<blk> 0\n▁. 1\n").expect("good");
        assert_eq!(transcript(&[(spoken(&[1]), 0.0)], &pieces, 40), Transcript::default());
        assert_eq!(transcript(&[], &pieces, 40), Transcript::default());
        assert_eq!(plain(&figures("um 14:30, nr. 007")), "um vierzehn dreißig nr null null sieben");
    }
}
