//! What the walk leaves behind: at each instant and junction the few best ways there, from which whole readings
//! are put together once the sound has ended.

use std::collections::BinaryHeap;

use crate::models::graph::Word;

/// Index of an [`Arrival`].
pub type ArrivalId = u32;
/// Where every way begins.
pub const START: ArrivalId = 0;
/// Ways kept at one arrival.
pub const WAYS_MAX: usize = 4;
/// Partial readings looked at while the best are put together; a bound on time, not on quality.
const STEPS_MAX: usize = 4000;

/// The last step of a way to a junction.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The word that ends here; `None`: what came before just goes on, or sound that is no word.
    pub word: Option<Word>,
    /// First frame of it.
    pub start: u32,
    /// One past its last frame.
    pub end: u32,
    /// Where it began.
    pub from: ArrivalId,
    /// Score of the whole way up to here.
    pub score: f32,
    /// Tells sequences of words apart.
    pub history: u64,
}

/// The best ways to one junction at one instant.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    first: u32,
    count: u32,
}

/// All arrivals of one sound. Cleared, not freed, between sounds.
#[derive(Debug, Default)]
pub struct Lattice {
    arrivals: Vec<Arrival>,
    ways: Vec<Way>,
}

/// A whole reading: its words in order, with frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Word, first frame, one past the last frame.
    pub words: Vec<(Word, u32, u32)>,
    /// Logarithmic score, weights included.
    pub score: f32,
}

/// Mixes a word into a history.
pub fn extend(history: u64, word: Word) -> u64 {
    (history ^ (u64::from(word) + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

impl Lattice {
    /// Forgets everything and makes [`START`].
    pub fn clear(&mut self) {
        self.arrivals.clear();
        self.ways.clear();
        let start = Way { word: None, start: 0, end: 0, from: START, score: 0.0, history: 0 };
        self.arrive(&[start]);
    }

    /// Notes an arrival; `ways`: the best first, at least one.
    pub fn arrive(&mut self, ways: &[Way]) -> ArrivalId {
        let first = self.ways.len() as u32;
        self.ways.extend_from_slice(ways);
        self.arrivals.push(Arrival { first, count: ways.len() as u32 });
        self.arrivals.len() as u32 - 1
    }

    /// History of the best way to an arrival.
    pub fn history(&self, arrival: ArrivalId) -> u64 {
        self.ways[self.arrivals[arrival as usize].first as usize].history
    }

    fn ways(&self, arrival: ArrivalId) -> &[Way] {
        let Arrival { first, count } = self.arrivals[arrival as usize];
        &self.ways[first as usize..(first + count) as usize]
    }

    /// The best readings that end in `end`, with distinct words, the best first: best-first search backwards, where
    /// what is lost by not taking the best way is known exactly.
    pub fn best(&self, end: ArrivalId, count: usize) -> Vec<Reading> {
        let top = self.ways(end)[0].score;
        let mut open = BinaryHeap::from([Partial { loss: 0.0, at: end, words: Vec::new() }]);
        let mut readings: Vec<Reading> = Vec::new();
        for _ in 0..STEPS_MAX {
            let Some(partial) = open.pop() else { break };
            if partial.at == START {
                let words: Vec<_> = partial.words.iter().rev().copied().collect();
                let same =
                    |one: &Reading| one.words.iter().map(|word| word.0).eq(words.iter().map(|word| word.0));
                if !readings.iter().any(same) {
                    readings.push(Reading { words, score: top - partial.loss });
                }
                if readings.len() == count {
                    break;
                }
                continue;
            }
            let ways = self.ways(partial.at);
            for way in ways {
                let mut words = partial.words.clone();
                words.extend(way.word.map(|word| (word, way.start, way.end)));
                open.push(Partial { loss: partial.loss + ways[0].score - way.score, at: way.from, words });
            }
        }
        readings
    }
}

/// A reading put together from its end so far.
struct Partial {
    loss: f32,
    at: ArrivalId,
    words: Vec<(Word, u32, u32)>,
}

impl Ord for Partial {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.loss.total_cmp(&self.loss)
    }
}

impl PartialOrd for Partial {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Partial {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Partial {}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(word: Option<Word>, from: ArrivalId, score: f32) -> Way {
        Way { word, start: 0, end: 1, from, score, history: 0 }
    }

    #[test]
    fn readings_come_best_first_and_only_once() {
        let mut lattice = Lattice::default();
        lattice.clear();
        let one = lattice.arrive(&[way(Some(1), START, -1.0), way(Some(2), START, -2.0)]);
        let two = lattice.arrive(&[way(Some(1), START, -1.5)]);
        let end = lattice.arrive(&[way(Some(7), one, -3.0), way(Some(7), two, -3.1), way(None, one, -9.0)]);
        let readings = lattice.best(end, 5);
        let words: Vec<Vec<Word>> =
            readings.iter().map(|reading| reading.words.iter().map(|word| word.0).collect()).collect();
        assert_eq!(words, [vec![1, 7], vec![2, 7], vec![1], vec![2]]);
        let scores: Vec<f32> = readings.iter().map(|reading| reading.score).collect();
        assert_eq!(scores, [-3.0, -4.0, -9.0, -10.0]);
    }
}
