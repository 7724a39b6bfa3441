//! What the walk leaves behind: at each instant and junction the few best ways there, from which whole readings
//! are put together. Bounded: what no living path came through is swept out when the room is used up.

use std::collections::BinaryHeap;

use crate::models::graph::Word;

/// Index of an [`Arrival`].
pub type ArrivalId = u32;
/// Where every way begins.
pub const START: ArrivalId = 0;
/// Ways kept at one arrival.
pub const WAYS_MAX: usize = 4;
/// Partial readings looked at while the best are put together; a bound on time, not on quality.
const STEPS_MAX: usize = 1500;
/// Ways at which the lattice is swept: 40 bytes each, 160 KiB.
pub const SWEEP_AT: usize = 4096;
/// The word of a way that ends no word: what came before just goes on, or sound that is no word.
pub const NO_WORD: Word = Word::MAX;
/// The times of a way that takes no time.
pub const NO_TIME: u32 = u32::MAX;

/// The last step of a way to a junction.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Tells sequences of words apart.
    pub history: u64,
    /// The word that ends here, or [`NO_WORD`].
    pub word: Word,
    /// First step of it; [`NO_TIME`]: a mere way on.
    pub start: u32,
    /// One past its last step.
    pub end: u32,
    /// Where it began.
    pub from: ArrivalId,
    /// Score of the whole way up to here.
    pub score: f32,
    /// How the word fits its sound: 0 or less.
    pub sound: f32,
    /// Weights of this last step of the way: the part of `score` that is not sound.
    pub price: f32,
}

impl Way {
    /// A way on from `from` that ends no word.
    pub const fn on(from: ArrivalId, history: u64, score: f32, price: f32) -> Self {
        let (start, end) = (NO_TIME, NO_TIME);
        Self { history, word: NO_WORD, start, end, from, score, sound: 0.0, price }
    }

    /// Whether it only leads on.
    pub const fn passes(&self) -> bool {
        self.word == NO_WORD && self.start == NO_TIME
    }
}

/// The best ways to one junction at one instant.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    first: u32,
    count: u32,
}

/// All arrivals of one sound that still matter.
#[derive(Clone, Debug, Default)]
pub struct Lattice {
    arrivals: Vec<Arrival>,
    ways: Vec<Way>,
    /// While sweeping: which arrivals stay, then their new places.
    places: Vec<ArrivalId>,
    /// Ways at which to sweep next.
    sweep_at: usize,
}

/// A word of a reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// Which.
    pub word: Word,
    /// First step.
    pub start: u32,
    /// One past the last step.
    pub end: u32,
    /// How it fits its sound against the likeliest letters: 0, the best, or less.
    pub sound: f32,
}

/// A whole reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Words in order.
    pub words: Vec<Said>,
    /// Logarithmic score, weights included.
    pub score: f32,
    /// The part of it that is sound, words and what is between them: 0, the best, or less.
    pub sound: f32,
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
        self.sweep_at = SWEEP_AT;
        let start = Way { start: 0, end: 0, ..Way::on(START, 0, 0.0, 0.0) };
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
        self.top(arrival).history
    }

    /// The best way to an arrival.
    pub fn top(&self, arrival: ArrivalId) -> &Way {
        &self.ways[self.arrivals[arrival as usize].first as usize]
    }

    fn ways(&self, arrival: ArrivalId) -> &[Way] {
        let Arrival { first, count } = self.arrivals[arrival as usize];
        &self.ways[first as usize..(first + count) as usize]
    }

    /// How much there is, so that [`Self::back_to`] can take off what came later.
    pub fn mark(&self) -> (usize, usize) {
        (self.arrivals.len(), self.ways.len())
    }

    /// Takes off what came after `mark`.
    pub fn back_to(&mut self, (arrivals, ways): (usize, usize)) {
        self.arrivals.truncate(arrivals);
        self.ways.truncate(ways);
    }

    /// Memory that it holds, in bytes.
    pub fn bytes(&self) -> usize {
        self.arrivals.capacity() * size_of::<Arrival>()
            + self.ways.capacity() * size_of::<Way>()
            + self.places.capacity() * size_of::<ArrivalId>()
    }

    /// Whether it is time to sweep.
    pub const fn is_full(&self) -> bool {
        self.ways.len() >= self.sweep_at
    }

    /// Sweeps out what none of `roots` came through, and tells each its new place. Where even that leaves the room
    /// more than half full, of all but the latest arrivals only the best way stays: other readings of what was said
    /// long ago are given up, and a caller who speaks for minutes costs no more.
    pub fn sweep<'a>(&mut self, roots: impl Iterator<Item = &'a mut ArrivalId>) {
        let roots: Vec<&mut ArrivalId> = roots.collect();
        self.keep_living(roots.iter().map(|root| **root));
        if self.ways.len() > SWEEP_AT / 2 {
            let early = self.arrivals.len() / 2;
            for arrival in &mut self.arrivals[..early] {
                arrival.count = 1;
            }
            let places: Vec<ArrivalId> = std::mem::take(&mut self.places);
            self.keep_living(roots.iter().map(|root| places[**root as usize]));
            let second = std::mem::take(&mut self.places);
            self.places =
                places.iter().map(|&place| second.get(place as usize).copied().unwrap_or(GONE)).collect();
        }
        self.sweep_at = (self.ways.len() + SWEEP_AT / 4).max(SWEEP_AT);
        for root in roots {
            *root = self.places[*root as usize];
        }
    }

    /// Keeps what `roots` came through; `self.places` tells where everything went.
    fn keep_living(&mut self, roots: impl Iterator<Item = ArrivalId>) {
        self.places.clear();
        self.places.resize(self.arrivals.len(), GONE);
        self.places[START as usize] = START;
        roots.for_each(|root| self.places[root as usize] = 0);
        for index in (1..self.arrivals.len()).rev() {
            if self.places[index] != GONE {
                let Arrival { first, count } = self.arrivals[index];
                for way in first..first + count {
                    self.places[self.ways[way as usize].from as usize] = 0;
                }
            }
        }
        let (mut arrivals, mut ways) = (0, 0);
        for index in 0..self.arrivals.len() {
            if self.places[index] == GONE {
                continue;
            }
            let Arrival { first, count } = self.arrivals[index];
            self.places[index] = arrivals;
            self.arrivals[arrivals as usize] = Arrival { first: ways, count };
            for way in first..first + count {
                let way = self.ways[way as usize];
                self.ways[ways as usize] = Way { from: self.places[way.from as usize], ..way };
                ways += 1;
            }
            arrivals += 1;
        }
        self.back_to((arrivals as usize, ways as usize));
    }

    /// The best readings that end in `end`, with distinct words, the best first: best-first search backwards, where
    /// what is lost by not taking the best way is known exactly.
    pub fn best(&self, end: ArrivalId, count: usize) -> Vec<Reading> {
        let top = self.ways(end)[0].score;
        let mut taken: Vec<(usize, Way)> = Vec::new();
        let mut open = BinaryHeap::from([Partial { loss: 0.0, at: end, taken: NOTHING, words: 0 }]);
        let mut found: Vec<u64> = Vec::new();
        let mut readings: Vec<Reading> = Vec::new();
        for _ in 0..STEPS_MAX {
            let Some(partial) = open.pop() else { break };
            if partial.at == START {
                if !found.contains(&partial.words) {
                    found.push(partial.words);
                    readings.push(reading(&taken, partial.taken, top - partial.loss));
                }
                if readings.len() == count {
                    break;
                }
                continue;
            }
            let ways = self.ways(partial.at);
            for way in if count == 1 { &ways[..1] } else { ways } {
                taken.push((partial.taken, *way));
                let words = if way.word == NO_WORD { partial.words } else { extend(partial.words, way.word) };
                let loss = partial.loss + ways[0].score - way.score;
                open.push(Partial { loss, at: way.from, taken: taken.len() - 1, words });
            }
        }
        readings
    }
}

/// The place of an arrival that was swept out.
const GONE: ArrivalId = ArrivalId::MAX;
/// Nothing was taken yet.
const NOTHING: usize = usize::MAX;

/// Follows the ways that were taken, which lead from the beginning to the end.
fn reading(taken: &[(usize, Way)], mut at: usize, score: f32) -> Reading {
    let mut reading = Reading { words: Vec::new(), score, sound: score };
    while let Some((before, way)) = taken.get(at) {
        reading.sound -= way.price;
        if way.word != NO_WORD {
            let Way { word, start, end, sound, .. } = *way;
            reading.words.push(Said { word, start, end, sound });
        }
        at = *before;
    }
    reading.sound = reading.sound.min(0.0);
    reading
}

/// A reading put together from its end so far.
struct Partial {
    loss: f32,
    at: ArrivalId,
    /// The way that was taken last.
    taken: usize,
    /// Tells its words from others'.
    words: u64,
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

    fn way(word: Word, from: ArrivalId, score: f32) -> Way {
        Way { word, start: 0, end: 1, ..Way::on(from, 0, score, 0.0) }
    }

    fn words(readings: &[Reading]) -> Vec<Vec<Word>> {
        readings.iter().map(|reading| reading.words.iter().map(|said| said.word).collect()).collect()
    }

    #[test]
    fn readings_come_best_first_and_only_once() {
        let mut lattice = Lattice::default();
        lattice.clear();
        let one = lattice.arrive(&[way(1, START, -1.0), way(2, START, -2.0)]);
        let two = lattice.arrive(&[way(1, START, -1.5)]);
        let end = lattice.arrive(&[way(7, one, -3.0), way(7, two, -3.1), way(NO_WORD, one, -9.0)]);
        let readings = lattice.best(end, 5);
        assert_eq!(words(&readings), [vec![1, 7], vec![2, 7], vec![1], vec![2]]);
        let scores: Vec<f32> = readings.iter().map(|reading| reading.score).collect();
        assert_eq!(scores, [-3.0, -4.0, -9.0, -10.0]);
    }

    #[test]
    fn a_sweep_changes_no_reading() {
        let mut lattice = Lattice::default();
        lattice.clear();
        lattice.arrive(&[way(9, START, -5.0)]);
        let one = lattice.arrive(&[way(1, START, -1.0), way(2, START, -2.0)]);
        lattice.arrive(&[way(8, one, -7.0)]);
        let mut end = lattice.arrive(&[way(3, one, -3.0)]);
        let before = lattice.best(end, 5);
        lattice.sweep(std::iter::once(&mut end));
        assert_eq!(lattice.mark(), (3, 4));
        assert_eq!(lattice.best(end, 5), before);
    }
}
