//! How sure a reading is: each word's own sound against the best that any letters could make of it, and the
//! readings against each other.

use std::ops::Range;

use crate::models::letters::{BLANK, Letter};
use crate::models::runtime::LETTERS;

/// How much worse a word fits its steps than the likeliest letters do: logarithms a letter of the word, 0 for a
/// perfect fit. `scratch` is overwritten.
pub fn misfit(log_probs: &[f32], word: &[Letter], steps: Range<usize>, scratch: &mut Vec<f32>) -> f32 {
    let end = steps.end.min(log_probs.len() / LETTERS);
    let probs = &log_probs[steps.start.min(end) * LETTERS..end * LETTERS];
    let free: f32 =
        probs.chunks_exact(LETTERS).map(|step| step.iter().copied().fold(f32::NEG_INFINITY, f32::max)).sum();
    let aligned = align(probs, word, scratch);
    ((free - aligned) / word.len().max(1) as f32).clamp(0.0, MISFIT_MAX)
}

/// Worst misfit; beyond it numbers mean nothing.
pub const MISFIT_MAX: f32 = 20.0;

/// Score of the best path through `probs` that spells `word`, with or without blanks between the letters.
fn align(probs: &[f32], word: &[Letter], scores: &mut Vec<f32>) -> f32 {
    // states: blank, first letter, blank, second letter, …, blank
    let states = 2 * word.len() + 1;
    scores.clear();
    scores.resize(states, f32::NEG_INFINITY);
    scores[0] = 0.0;
    for (index, step) in probs.chunks_exact(LETTERS).enumerate() {
        for state in (0..states).rev() {
            let label = if state % 2 == 0 { BLANK } else { word[state / 2] };
            let mut best = scores[state];
            if state > 0 && (index > 0 || state == 1) {
                best = best.max(scores[state - 1]);
            }
            if state % 2 == 1 && state > 1 && word[state / 2 - 1] != label {
                best = best.max(scores[state - 2]);
            }
            scores[state] = best + step[label as usize];
        }
    }
    scores[states - 1].max(scores[states.saturating_sub(2)])
}

/// Shares of readings with these logarithmic scores, if the truth is one of them. `temper`: below 1 where scores
/// are too sure of themselves.
pub fn shares(scores: &[f32], temper: f32) -> Vec<f32> {
    let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| ((score - best) * temper).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps that are sure of these letters.
    fn sure(letters: &[Letter]) -> Vec<f32> {
        let step = |letter: Letter| {
            (0..LETTERS as Letter).map(move |other| if other == letter { -0.01 } else { -8.0 })
        };
        letters.iter().flat_map(|letter| step(*letter)).collect()
    }

    #[test]
    fn a_word_that_was_said_fits_and_another_does_not() {
        let probs = sure(&[2, 2, 0, 3, 0, 3]);
        let mut scratch = Vec::new();
        assert!(misfit(&probs, &[2, 3, 3], 0..6, &mut scratch) < 0.01);
        assert!(misfit(&probs, &[2, 3], 0..6, &mut scratch) > 3.0);
        assert!(misfit(&probs, &[9, 8, 7], 0..6, &mut scratch) > 5.0);
        assert_eq!(misfit(&probs, &[2; 30], 0..6, &mut scratch), MISFIT_MAX);
        assert!(misfit(&[], &[2], 3..9, &mut scratch).is_finite());
    }

    #[test]
    fn shares_add_up() {
        let shares = shares(&[-1.0, -1.0, -50.0], 1.0);
        assert!((shares[0] - 0.5).abs() < 1e-3 && shares[2] < 1e-6);
    }
}
