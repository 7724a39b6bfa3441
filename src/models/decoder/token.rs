//! Paths on their way: inside words, in the spaces behind words, in rubbish.

use super::lattice::{ArrivalId, START, Way};
use crate::models::graph::{Junction, Node};

/// The score of what cannot be.
pub const NEVER: f32 = f32::NEG_INFINITY;

/// Where and when a path entered the word that it is in.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The arrival that it came from.
    pub arrival: ArrivalId,
    /// First step of the word.
    pub start: u32,
    /// Weights on the way from that arrival to the word's first letter.
    pub price: f32,
}

impl Origin {
    const NOWHERE: Self = Self { arrival: START, start: 0, price: 0.0 };
}

/// A path inside a word: in the letter of a node, or in the blank behind it.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub node: Node,
    pub letter: f32,
    pub blank: f32,
    pub letter_from: Origin,
    pub blank_from: Origin,
}

impl Token {
    pub const fn new(node: Node) -> Self {
        Self { node, letter: NEVER, blank: NEVER, letter_from: Origin::NOWHERE, blank_from: Origin::NOWHERE }
    }

    pub fn score(&self) -> f32 {
        self.letter.max(self.blank)
    }

    pub fn best(&self) -> (f32, Origin) {
        if self.letter >= self.blank {
            (self.letter, self.letter_from)
        } else {
            (self.blank, self.blank_from)
        }
    }

    /// A blank that is certain: what was in the letter is behind it.
    pub fn rest(&mut self) {
        (self.blank, self.blank_from) = self.best();
        self.letter = NEVER;
    }
}

/// A path in the space before a junction, or in the blank behind that space.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    pub to: Junction,
    pub space: f32,
    pub blank: f32,
    pub way: Way,
}

impl Pause {
    pub fn score(&self) -> f32 {
        self.space.max(self.blank)
    }
}

/// A path in sound that is no word.
#[derive(Clone, Copy, Debug)]
pub struct Rubbish {
    pub score: f32,
    /// Where it began; its `price` is that of entering.
    pub from: Origin,
}
