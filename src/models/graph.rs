//! The letter graph that the decoder walks: words between junctions, spelled out as prefix tries, in dense arrays.
//!
//! A *junction* is a place between two words. A *word arc* leads from one junction to another; all word arcs that
//! leave a junction share one trie of letters. A *skip* leads on without a word. Weights are natural logarithms, 0
//! or less; those of words are pushed towards the root of their trie, so that the decoder sees them early.
//!
//! [`Builder`] takes arcs in any order; [`Graph`] holds junctions in topological order of their skips, so that one
//! sweep an instant settles all of them. A circle of skips (a rule that can be empty inside a repetition) is a
//! mistake and refused.

use std::collections::HashMap;

use super::letters::{Letter, spell};
use super::sounds::sound;

/// Index of a junction.
pub type Junction = u32;
/// Index of a word in [`Graph::words`].
pub type Word = u32;
/// Index of a node of a trie.
pub type Node = u32;

/// A way on without a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skip {
    /// Where to.
    pub to: Junction,
    /// Logarithm, 0 or less.
    pub weight: f32,
    /// Which of the expectation's weights is added.
    pub section: Option<u8>,
}

/// A word that ends at a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WordEnd {
    /// Which.
    pub word: Word,
    /// What is left of its weight.
    pub weight: f32,
    /// Where it leads.
    pub to: Junction,
}

#[derive(Clone, Copy, Debug)]
struct WordArc {
    from: Junction,
    word: Word,
    weight: f32,
    to: Junction,
    /// Spelled as it sounds.
    sound: bool,
}

/// Price of a word that is spelled as it sounds.
const SOUND_PRICE: f32 = 0.3;

/// Collects junctions, words and arcs.
#[derive(Debug)]
pub struct Builder {
    words: Vec<Box<str>>,
    known: HashMap<Box<str>, Word>,
    junctions: u32,
    arcs: Vec<WordArc>,
    skips: Vec<(Junction, Skip)>,
    phrases: Vec<(Junction, Phrases)>,
}

/// The listed phrases that a way through a junction may still become: a range of the lexicon's sorted list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phrases {
    /// The first of them.
    pub first: u32,
    /// One past the last; as large as `first`: none.
    pub end: u32,
}

impl Builder {
    /// An empty graph with its root.
    pub fn new() -> Self {
        Self {
            words: Vec::new(),
            known: HashMap::new(),
            junctions: 1,
            arcs: Vec::new(),
            skips: Vec::new(),
            phrases: Vec::new(),
        }
    }

    /// Where every utterance begins and ends.
    pub const ROOT: Junction = 0;

    /// A new junction.
    pub fn junction(&mut self) -> Junction {
        self.junctions += 1;
        self.junctions - 1
    }

    /// A word between two junctions. One without a letter of the alphabet is left out: nobody can say it.
    pub fn word(&mut self, from: Junction, word: &str, weight: f32, to: Junction) {
        if spell(word).next().is_none() {
            return;
        }
        let word = match self.known.get(word) {
            Some(&known) => known,
            None => {
                let number = self.words.len() as Word;
                self.words.push(word.into());
                self.known.insert(word.into(), number);
                number
            }
        };
        self.arcs.push(WordArc { from, word, weight, to, sound: false });
    }

    /// Words one after the other; the weight counts once.
    pub fn words(&mut self, from: Junction, text: &str, weight: f32, to: Junction) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (mut at, mut weight) = (from, weight);
        for (index, word) in words.iter().enumerate() {
            let next = if index + 1 == words.len() { to } else { self.junction() };
            self.word(at, word, weight, next);
            (at, weight) = (next, 0.0);
        }
    }

    /// A way on without a word.
    pub fn skip(&mut self, from: Junction, to: Junction, weight: f32, section: Option<u8>) {
        self.skips.push((from, Skip { to, weight, section }));
    }

    /// Notes which listed phrases a way through a junction may still become.
    pub fn phrases(&mut self, at: Junction, phrases: Phrases) {
        self.phrases.push((at, phrases));
    }

    /// The graph, or the fact that some skips go round in a circle.
    pub fn build(mut self) -> Option<Graph> {
        let place = self.order()?;
        for arc in &mut self.arcs {
            (arc.from, arc.to) = (place[arc.from as usize], place[arc.to as usize]);
        }
        for (from, skip) in &mut self.skips {
            (*from, skip.to) = (place[*from as usize], place[skip.to as usize]);
        }
        self.arcs.sort_by_key(|arc| arc.from);
        self.skips.sort_by_key(|(from, _)| *from);
        let mut graph = Graph { root: place[Self::ROOT as usize], words: self.words, ..Graph::default() };
        let (mut arcs, mut skips) = (self.arcs.as_slice(), self.skips.as_slice());
        for junction in 0..self.junctions {
            let count = arcs.iter().take_while(|arc| arc.from == junction).count();
            graph.add_trie(&arcs[..count]);
            arcs = &arcs[count..];
            let count = skips.iter().take_while(|(from, _)| *from == junction).count();
            let span = append(&mut graph.skips, skips[..count].iter().map(|(_, skip)| *skip));
            graph.skip_spans.push(span);
            skips = &skips[count..];
        }
        graph.phrases.resize(self.junctions as usize, Phrases::default());
        for (at, phrases) in self.phrases {
            graph.phrases[place[at as usize] as usize] = phrases;
        }
        Some(graph)
    }

    /// For each junction its place in topological order of skips (Kahn).
    fn order(&self) -> Option<Vec<Junction>> {
        let count = self.junctions as usize;
        let mut into = vec![0u32; count];
        let mut out: Vec<Vec<Junction>> = vec![Vec::new(); count];
        for (from, skip) in &self.skips {
            into[skip.to as usize] += 1;
            out[*from as usize].push(skip.to);
        }
        let mut ready: Vec<Junction> =
            (0..self.junctions).filter(|junction| into[*junction as usize] == 0).collect();
        let mut place = vec![Junction::MAX; count];
        let mut next = 0;
        while let Some(junction) = ready.pop() {
            place[junction as usize] = next;
            next += 1;
            for &to in &out[junction as usize] {
                into[to as usize] -= 1;
                if into[to as usize] == 0 {
                    ready.push(to);
                }
            }
        }
        (next == self.junctions).then_some(place)
    }
}

/// The compiled graph.
#[derive(Debug, Default)]
pub struct Graph {
    /// Where every utterance begins and ends.
    pub root: Junction,
    /// Texts of the words.
    pub words: Vec<Box<str>>,
    labels: Vec<Letter>,
    weights: Vec<f32>,
    depths: Vec<u8>,
    nexts: Vec<(Node, f32)>,
    next_spans: Vec<Span>,
    word_ends: Vec<WordEnd>,
    word_end_spans: Vec<Span>,
    entries: Vec<(Node, f32)>,
    entry_spans: Vec<Span>,
    skips: Vec<Skip>,
    skip_spans: Vec<Span>,
    phrases: Vec<Phrases>,
}

/// Where in a shared list something's own part lies.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    first: u32,
    end: u32,
}

/// Appends `items` to the shared `list`.
fn append<T>(list: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> Span {
    let first = list.len() as u32;
    list.extend(items);
    Span { first, end: list.len() as u32 }
}

fn part<'a, T>(list: &'a [T], spans: &[Span], index: u32) -> &'a [T] {
    let span = spans[index as usize];
    &list[span.first as usize..span.end as usize]
}

impl Graph {
    /// How many junctions there are.
    pub fn junction_count(&self) -> usize {
        self.skip_spans.len()
    }

    /// How many nodes all tries have.
    pub fn node_count(&self) -> usize {
        self.labels.len()
    }

    /// The letter of a node.
    pub fn label(&self, node: Node) -> Letter {
        self.labels[node as usize]
    }

    /// How much of its words' weight stands before and at a node.
    pub fn weight(&self, node: Node) -> f32 {
        self.weights[node as usize]
    }

    /// How many letters a node's word has up to there.
    pub fn depth(&self, node: Node) -> u8 {
        self.depths[node as usize]
    }

    /// The node where the only words end that begin as a node does, and how many letters away it is.
    pub fn only_end(&self, node: Node) -> Option<(Node, u32)> {
        let (mut at, mut letters) = (node, 0);
        while self.word_ends(at).is_empty() {
            let &[(next, _)] = self.nexts(at) else { return None };
            (at, letters) = (next, letters + 1);
        }
        (letters > 0 && self.nexts(at).is_empty()).then_some((at, letters))
    }

    /// The listed phrases that a way through a junction may still become.
    pub fn phrases(&self, junction: Junction) -> Phrases {
        self.phrases[junction as usize]
    }

    /// The letters that may follow.
    pub fn nexts(&self, node: Node) -> &[(Node, f32)] {
        part(&self.nexts, &self.next_spans, node)
    }

    /// The words that end here.
    pub fn word_ends(&self, node: Node) -> &[WordEnd] {
        part(&self.word_ends, &self.word_end_spans, node)
    }

    /// First letters of the words that leave a junction.
    pub fn entries(&self, junction: Junction) -> &[(Node, f32)] {
        part(&self.entries, &self.entry_spans, junction)
    }

    /// Ways on without a word.
    pub fn skips(&self, junction: Junction) -> &[Skip] {
        part(&self.skips, &self.skip_spans, junction)
    }

    /// Adds the trie of one junction's words.
    fn add_trie(&mut self, arcs: &[WordArc]) {
        let text = |arc: &WordArc| &self.words[arc.word as usize];
        let plain: Vec<WordArc> = arcs
            .iter()
            .map(|arc| WordArc { weight: arc.weight - SOUND_PRICE, sound: true, ..*arc })
            .filter(|arc| sound(text(arc)).is_some())
            .collect();
        let arcs: Vec<WordArc> = arcs.iter().copied().chain(plain).collect();
        let spelled: Vec<Vec<Letter>> = arcs
            .iter()
            .map(|arc| match sound(text(arc)).filter(|_| arc.sound) {
                Some(sound) => spell(&sound).collect(),
                None => spell(text(arc)).collect(),
            })
            .collect();
        let mut order: Vec<usize> = (0..arcs.len()).collect();
        order.sort_by(|a, b| spelled[*a].cmp(&spelled[*b]));
        let words: Vec<Spelled<'_>> =
            order.iter().map(|&index| (spelled[index].as_slice(), &arcs[index])).collect();
        let entries = self.children(&words, 0, 0.0);
        let span = append(&mut self.entries, entries);
        self.entry_spans.push(span);
    }

    /// Nodes for the letter at `depth` of each of the sorted `words`, which agree before it; `taken`: how much of
    /// their weight stands before them already.
    fn children(&mut self, words: &[Spelled<'_>], depth: usize, taken: f32) -> Vec<(Node, f32)> {
        let longer = &words[words.iter().take_while(|(letters, _)| letters.len() == depth).count()..];
        let groups = longer.chunk_by(|(one, _), (other, _)| one[depth] == other[depth]);
        groups.map(|group| self.node(group, depth, taken)).collect()
    }

    fn node(&mut self, group: &[Spelled<'_>], depth: usize, taken: f32) -> (Node, f32) {
        let best = group.iter().map(|(_, arc)| arc.weight).fold(f32::NEG_INFINITY, f32::max);
        let node = self.labels.len() as Node;
        self.labels.push(group[0].0[depth]);
        self.weights.push(best);
        self.depths.push(u8::try_from(depth + 1).unwrap_or(u8::MAX));
        self.next_spans.push(Span::default());
        let here = group.iter().take_while(|(letters, _)| letters.len() == depth + 1);
        let ends = here.map(|(_, arc)| WordEnd { word: arc.word, weight: arc.weight - best, to: arc.to });
        let span = append(&mut self.word_ends, ends);
        self.word_end_spans.push(span);
        let nexts = self.children(group, depth + 1, best);
        self.next_spans[node as usize] = append(&mut self.nexts, nexts);
        (node, best - taken)
    }
}

type Spelled<'a> = (&'a [Letter], &'a WordArc);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_share_their_beginnings_and_keep_their_weights() {
        let mut builder = Builder::new();
        let end = builder.junction();
        builder.word(Builder::ROOT, "drei", -1.0, end);
        builder.word(Builder::ROOT, "dreist", -3.0, end);
        builder.word(Builder::ROOT, "zwei", -2.0, end);
        builder.word(Builder::ROOT, "…", 0.0, end);
        builder.skip(end, Builder::ROOT, 0.0, None);
        let graph = builder.build().expect("no circle");
        assert_eq!(graph.node_count(), 6 + 4);
        assert_eq!(graph.words.len(), 3);
        let mut weights = Vec::new();
        for &(mut node, mut weight) in graph.entries(graph.root) {
            loop {
                weights.extend(
                    graph
                        .word_ends(node)
                        .iter()
                        .map(|end| (graph.words[end.word as usize].to_string(), weight + end.weight)),
                );
                let Some(&(next, more)) = graph.nexts(node).first() else { break };
                (node, weight) = (next, weight + more);
            }
        }
        let expected = [("drei", -1.0), ("dreist", -3.0), ("zwei", -2.0)];
        assert_eq!(weights, expected.map(|(word, weight)| (word.to_owned(), weight)));
    }

    #[test]
    fn a_circle_of_skips_is_refused() {
        let mut builder = Builder::new();
        let other = builder.junction();
        builder.skip(Builder::ROOT, other, 0.0, None);
        builder.skip(other, Builder::ROOT, 0.0, None);
        assert!(builder.build().is_none());
    }
}
