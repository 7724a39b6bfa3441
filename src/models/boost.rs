//! What a search leans towards: the site's words as a tree of pieces. Each piece that goes on in a word of it gains;
//! where a path leaves a word before its end, what it gained is taken back (Aho and Corasick 1975, as sherpa-onnx
//! weighs it).

use std::collections::BTreeMap;

/// A place in the tree; 0 is its root.
pub type Place = u32;

/// Pieces of all words together.
const NODES_MAX: usize = 200_000;

#[derive(Clone, Debug, Default)]
struct Node {
    nexts: BTreeMap<u32, Place>,
    /// What its own piece gains.
    gain: f32,
    /// What a path has gained that stands here.
    gained: f32,
    /// Where not 0: words end here; what they gained.
    kept: f32,
    ends: bool,
    /// Where a path stands that leaves its words here.
    back: Place,
    /// The next place on the way back where a word ends.
    inner: Option<Place>,
}

/// The tree.
#[derive(Clone, Debug)]
pub struct Boosts {
    nodes: Vec<Node>,
}

impl Boosts {
    /// The tree of `words` (pieces and what each of them gains). Those beyond 200,000 pieces are left out.
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a [u32], f32)>) -> Self {
        let mut boosts = Self { nodes: vec![Node::default()] };
        for (pieces, gain) in words {
            if boosts.nodes.len() + pieces.len() > NODES_MAX {
                break;
            }
            boosts.lay(pieces, gain);
        }
        boosts.link();
        boosts
    }

    /// Whether it leans towards nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    fn lay(&mut self, pieces: &[u32], gain: f32) {
        let mut at = 0usize;
        for (index, piece) in pieces.iter().enumerate() {
            let last = index + 1 == pieces.len();
            let fresh = self.nodes.len();
            let next = *self.nodes[at].nexts.entry(*piece).or_insert(fresh as Place) as usize;
            if next == fresh {
                self.nodes.push(Node::default());
            }
            let before = self.nodes[at].gained;
            let node = &mut self.nodes[next];
            node.gain = node.gain.max(gain);
            node.gained = before + node.gain;
            node.ends |= last;
            node.kept = if node.ends { node.gained } else { 0.0 };
            at = next;
        }
    }

    /// Breadth first: where to stand after leaving, and which words end inside others.
    fn link(&mut self) {
        let mut queue: std::collections::VecDeque<Place> = self.nodes[0].nexts.values().copied().collect();
        while let Some(at) = queue.pop_front() {
            let nexts: Vec<(u32, Place)> =
                self.nodes[at as usize].nexts.iter().map(|(piece, next)| (*piece, *next)).collect();
            for (piece, next) in nexts {
                let back = self.leave(self.nodes[at as usize].back, piece);
                let inner =
                    if self.nodes[back as usize].ends { Some(back) } else { self.nodes[back as usize].inner };
                let kept = inner.map_or(0.0, |inner| self.nodes[inner as usize].kept);
                let node = &mut self.nodes[next as usize];
                node.back = back;
                node.inner = inner;
                node.kept += kept;
                queue.push_back(next);
            }
        }
    }

    /// The place that `piece` leads to from `at` or on its way back.
    fn leave(&self, mut at: Place, piece: u32) -> Place {
        loop {
            let node = &self.nodes[at as usize];
            match node.nexts.get(&piece) {
                Some(next) => return *next,
                None if at == 0 => return 0,
                None => at = node.back,
            }
        }
    }

    /// What `piece` gains (or loses) a path that stands at `at`, and where it stands then.
    #[must_use]
    pub fn step(&self, at: Place, piece: u32) -> (f32, Place) {
        let here = &self.nodes[at as usize];
        let (next, gain) = match here.nexts.get(&piece) {
            Some(next) => (*next, self.nodes[*next as usize].gain),
            None => {
                let next = self.leave(here.back, piece);
                (next, self.nodes[next as usize].gained - here.gained)
            }
        };
        let node = &self.nodes[next as usize];
        if node.kept == 0.0 {
            return (gain, next);
        }
        let word =
            if node.ends { node } else { node.inner.map_or(node, |inner| &self.nodes[inner as usize]) };
        (gain + word.gained - node.gained, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(boosts: &Boosts, pieces: &[u32]) -> f32 {
        let mut at = 0;
        pieces.iter().fold(0.0, |sum, piece| {
            let (gain, next) = boosts.step(at, *piece);
            at = next;
            sum + gain
        })
    }

    #[test]
    fn words_gain_and_what_is_left_loses() {
        let boosts = Boosts::new([(&[1, 2, 3][..], 1.5), (&[2, 4][..], 1.0)]);
        assert_eq!(sum(&boosts, &[1, 2, 3]), 4.5);
        assert_eq!(sum(&boosts, &[1, 2, 9]), 0.0);
        assert_eq!(sum(&boosts, &[1, 2, 4]), 2.0, "the other word was inside");
        assert_eq!(sum(&boosts, &[7, 7]), 0.0);
        assert!(Boosts::new([]).is_empty());
    }

    proptest! {
        /// Nothing is gained for good that no word ends for.
        #[test]
        fn only_words_gain(words in prop::collection::vec(prop::collection::vec(0u32..4, 1..5), 0..6),
                           path in prop::collection::vec(0u32..5, 0..20)) {
            let boosts = Boosts::new(words.iter().map(|word| (word.as_slice(), 1.0)));
            let holds = words.iter().any(|word| path.windows(word.len()).any(|part| part == word.as_slice()));
            let left: Vec<u32> = path.iter().copied().chain([9]).collect();
            let gained = sum(&boosts, &left);
            prop_assert!(gained >= -1e-4 && (holds || gained.abs() < 1e-4), "{}", gained);
        }
    }
}
