//! Ways on their way into junctions.

use super::lattice::{WAYS_MAX, Way};
use crate::models::graph::Junction;

/// Ways that arrive at junctions at the present boundary between steps. Empty between steps, so that one serves all
/// streams of a thread.
#[derive(Debug, Default)]
pub struct Arriving {
    /// By junction.
    pub ways: Vec<Vec<Way>>,
    /// A bit for each junction.
    marks: Vec<u64>,
}

impl Arriving {
    /// Room for so many junctions.
    pub fn fit(&mut self, junctions: usize) {
        if self.ways.len() < junctions {
            self.ways.resize(junctions, Vec::new());
            self.marks.resize(junctions.div_ceil(64), 0);
        }
    }

    /// One more way to a junction.
    pub fn offer(&mut self, junction: Junction, way: Way) {
        self.marks[junction as usize / 64] |= 1 << (junction % 64);
        keep(&mut self.ways[junction as usize], way);
    }

    /// The first marked junction at or behind `from`; its mark is taken off.
    pub fn take(&mut self, from: Junction) -> Option<Junction> {
        let mut place = from as usize / 64;
        let mut bits = self.marks.get(place)? & (!0 << (from % 64));
        while bits == 0 {
            place += 1;
            bits = *self.marks.get(place)?;
        }
        let bit = bits.trailing_zeros();
        self.marks[place] &= !(1 << bit);
        Some(place as u32 * 64 + bit)
    }
}

/// Keeps the best few ways, the best first, no history twice.
pub fn keep(ways: &mut Vec<Way>, way: Way) {
    if let Some(same) = ways.iter().position(|other| other.history == way.history) {
        if ways[same].score >= way.score {
            return;
        }
        ways.remove(same);
    }
    let place = ways.iter().position(|other| other.score < way.score).unwrap_or(ways.len());
    if place < WAYS_MAX {
        ways.truncate(WAYS_MAX - 1);
        ways.insert(place, way);
    }
}
