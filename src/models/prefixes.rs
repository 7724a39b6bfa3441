//! Pieces out of CTC probabilities: the likeliest at each step, or a search over prefixes that leans towards words.

use super::boost::{Boosts, Place};
use super::spoken_pieces::Spoken;

/// Pieces that a step may go on with; the others are too unlikely to matter.
const PIECES_A_STEP: usize = 12;

/// The likeliest output of each step, repeated ones once, blanks left out: one reading.
pub fn greedy(log_probs: &[f32], outputs: usize, blank: usize) -> Vec<(Vec<Spoken>, f64)> {
    let (mut spoken, mut score, mut before) = (Vec::new(), 0.0, None);
    for (step, row) in log_probs.chunks(outputs).enumerate() {
        let first = (0, f32::NEG_INFINITY);
        let (best, log_prob) =
            row.iter().copied().enumerate().fold(first, |best, it| if it.1 > best.1 { it } else { best });
        score += f64::from(log_prob);
        if best != blank && before != Some(best) {
            spoken.push(Spoken { piece: best as u32, step: step as u32, log_prob });
        }
        before = Some(best);
    }
    vec![(spoken, score)]
}

/// A prefix: what it scores with its last piece and with a blank behind it.
#[derive(Clone)]
struct Prefix {
    spoken: Vec<Spoken>,
    on_piece: f64,
    on_blank: f64,
    gained: f64,
    place: Place,
}

impl Prefix {
    fn total(&self) -> f64 {
        sum(self.on_piece, self.on_blank) + self.gained
    }
}

/// The logarithm of the sum of what two logarithms stand for.
fn sum(one: f64, other: f64) -> f64 {
    let (high, low) = (one.max(other), one.min(other));
    if low == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

/// The best `paths` readings, best first (prefix search over CTC outputs: Hannun et al. 2014).
pub fn search(
    log_probs: &[f32],
    outputs: usize,
    blank: usize,
    paths: usize,
    boosts: Option<&Boosts>,
) -> Vec<(Vec<Spoken>, f64)> {
    let start =
        Prefix { spoken: Vec::new(), on_piece: f64::NEG_INFINITY, on_blank: 0.0, gained: 0.0, place: 0 };
    let mut prefixes = vec![start];
    for (step, row) in log_probs.chunks(outputs).enumerate() {
        let likely = likeliest(row, blank);
        let mut next: Vec<Prefix> = Vec::with_capacity(prefixes.len() * (likely.len() + 1));
        for prefix in &prefixes {
            let last = prefix.spoken.last().map(|it| it.piece as usize);
            let stay = last.map_or(f64::NEG_INFINITY, |last| prefix.on_piece + f64::from(row[last]));
            let rest = sum(prefix.on_piece, prefix.on_blank) + f64::from(row[blank]);
            merge(&mut next, Prefix { on_piece: stay, on_blank: rest, ..prefix.clone() });
            for &piece in &likely {
                let before =
                    if last == Some(piece) { prefix.on_blank } else { sum(prefix.on_piece, prefix.on_blank) };
                if before > f64::NEG_INFINITY {
                    merge(&mut next, longer(prefix, piece, step, row[piece], before, boosts));
                }
            }
        }
        next.sort_by(|one, other| other.total().total_cmp(&one.total()));
        next.truncate(paths.max(1));
        prefixes = next;
    }
    prefixes
        .into_iter()
        .map(|prefix| (prefix.total(), prefix.spoken))
        .map(|(total, it)| (it, total))
        .collect()
}

fn longer(
    prefix: &Prefix,
    piece: usize,
    step: usize,
    log_prob: f32,
    before: f64,
    boosts: Option<&Boosts>,
) -> Prefix {
    let (gain, place) = boosts.map_or((0.0, 0), |boosts| boosts.step(prefix.place, piece as u32));
    let mut spoken = prefix.spoken.clone();
    spoken.push(Spoken { piece: piece as u32, step: step as u32, log_prob });
    let gained = prefix.gained + f64::from(gain);
    Prefix { spoken, on_piece: before + f64::from(log_prob), on_blank: f64::NEG_INFINITY, gained, place }
}

/// The likeliest pieces of a step.
fn likeliest(row: &[f32], blank: usize) -> Vec<usize> {
    let mut pieces: Vec<usize> = (0..row.len()).filter(|piece| *piece != blank).collect();
    let by_worth = |one: &usize, other: &usize| row[*other].total_cmp(&row[*one]);
    if pieces.len() > PIECES_A_STEP {
        pieces.select_nth_unstable_by(PIECES_A_STEP, by_worth);
        pieces.truncate(PIECES_A_STEP);
    }
    pieces.sort_by(by_worth);
    pieces
}

/// Adds a prefix; two of the same pieces become one.
fn merge(prefixes: &mut Vec<Prefix>, prefix: Prefix) {
    let same = |other: &&mut Prefix| {
        other.spoken.len() == prefix.spoken.len()
            && other.spoken.iter().zip(&prefix.spoken).all(|(one, other)| one.piece == other.piece)
    };
    match prefixes.iter_mut().find(same) {
        Some(other) => {
            other.on_piece = sum(other.on_piece, prefix.on_piece);
            other.on_blank = sum(other.on_blank, prefix.on_blank);
        }
        None => prefixes.push(prefix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(readings: &[(Vec<Spoken>, f64)], at: usize) -> Vec<u32> {
        readings[at].0.iter().map(|it| it.piece).collect()
    }

    fn logs(rows: &[[f32; 3]]) -> Vec<f32> {
        rows.iter().flatten().map(|value| value.ln()).collect()
    }

    #[test]
    fn repeats_count_once_unless_a_blank_parts_them() {
        let rows =
            logs(&[[0.8, 0.1, 0.1], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]);
        assert_eq!(pieces(&greedy(&rows, 3, 2), 0), [0, 0, 1]);
        assert_eq!(pieces(&search(&rows, 3, 2, 8, None), 0), [0, 0, 1]);
    }

    /// Two steps in which nothing is likelier than a blank each, but a piece in one of them is likelier still.
    #[test]
    fn ways_of_the_same_pieces_add_up() {
        let rows = logs(&[[0.4, 0.0001, 0.6], [0.4, 0.0001, 0.6]]);
        assert_eq!(pieces(&greedy(&rows, 3, 2), 0), [0; 0]);
        let readings = search(&rows, 3, 2, 4, None);
        assert_eq!(pieces(&readings, 0), [0]);
        assert!((readings[0].1.exp() - 0.64).abs() < 1e-3, "{}", readings[0].1.exp());
    }

    #[test]
    fn words_are_leant_towards() {
        let rows = logs(&[[0.5, 0.45, 0.05], [0.05, 0.05, 0.9]]);
        assert_eq!(pieces(&search(&rows, 3, 2, 4, None), 0), [0]);
        let boosts = Boosts::new([(&[1][..], 1.0)]);
        assert_eq!(pieces(&search(&rows, 3, 2, 4, Some(&boosts)), 0), [1]);
    }
}
