//! The walk through the graph, one step of 30 ms after the other.

use super::arriving::{Arriving, keep};
use super::lattice::{ArrivalId, Lattice, Reading, START, WAYS_MAX, Way, extend};
use crate::models::graph::{Graph, Junction, Node, WordEnd};
use crate::models::letters::{BLANK, SPACE};
use crate::models::runtime::LETTERS;

/// Paths that fall this far behind the best one are given up; natural logarithm.
const BEAM: f32 = 14.0;
/// Price of two words without the space between them.
const NO_SPACE: f32 = 2.0;
/// Price of a sound that ends before what was begun is complete.
const END_EARLY: f32 = 4.5;
/// Price of a sound that ends inside a word; the word is left out.
const END_IN_WORD: f32 = 8.0;
/// Price of taking something for rubbish.
const RUBBISH_ENTER: f32 = 6.0;
/// Price of each step of rubbish that is not blank.
const RUBBISH_STEP: f32 = 2.0;

const NEVER: f32 = f32::NEG_INFINITY;

/// A path inside a word: in a letter, or in the blank behind it; each with where and when the word began.
#[derive(Clone, Copy)]
struct Token {
    letter: f32,
    blank: f32,
    letter_from: (ArrivalId, u32),
    blank_from: (ArrivalId, u32),
}

impl Token {
    const NOWHERE: Self =
        Self { letter: NEVER, blank: NEVER, letter_from: (START, 0), blank_from: (START, 0) };

    fn best(&self) -> (f32, (ArrivalId, u32)) {
        if self.letter >= self.blank {
            (self.letter, self.letter_from)
        } else {
            (self.blank, self.blank_from)
        }
    }
}

/// A path in the space before a junction, or in the blank behind that space.
#[derive(Clone, Copy)]
struct Pause {
    space: f32,
    blank: f32,
    way: Way,
}

impl Pause {
    fn best(&self) -> f32 {
        self.space.max(self.blank)
    }
}

/// Walks graphs; keeps its buffers.
#[derive(Default)]
pub struct Decoder {
    tokens: Vec<Token>,
    active: Vec<Node>,
    next: NextTokens,
    pauses: Vec<Vec<Pause>>,
    pausing: Vec<Junction>,
    arriving: Arriving,
    rubbish: Option<(f32, ArrivalId, u32)>,
    lattice: Lattice,
    /// Best score after the last step.
    best: f32,
}

/// Tokens of the step that is being made.
#[derive(Default)]
struct NextTokens {
    tokens: Vec<Token>,
    active: Vec<Node>,
    /// The step at which a node's token was made; older ones are leftovers.
    stamps: Vec<u64>,
    stamp: u64,
    best: f32,
}

impl NextTokens {
    /// The token of a node, made where there is none yet.
    fn at(&mut self, node: Node) -> &mut Token {
        let place = node as usize;
        if self.stamps[place] != self.stamp {
            self.stamps[place] = self.stamp;
            self.tokens[place] = Token::NOWHERE;
            self.active.push(node);
        }
        &mut self.tokens[place]
    }

    fn letter(&mut self, node: Node, score: f32, from: (ArrivalId, u32)) {
        if score < self.best - BEAM {
            return;
        }
        self.best = self.best.max(score);
        let token = self.at(node);
        if score > token.letter {
            (token.letter, token.letter_from) = (score, from);
        }
    }

    fn blank(&mut self, node: Node, score: f32, from: (ArrivalId, u32)) {
        if score < self.best - BEAM {
            return;
        }
        self.best = self.best.max(score);
        let token = self.at(node);
        (token.blank, token.blank_from) = (score, from);
    }
}

impl Decoder {
    /// The best readings of a sound: `log_probs` are [`LETTERS`] values a step; `sections` the weights that the
    /// expectation gives to the sections of the graph; at most `count` readings, with distinct words.
    pub fn decode(
        &mut self,
        graph: &Graph,
        log_probs: &[f32],
        sections: &[f32],
        count: usize,
    ) -> Vec<Reading> {
        self.begin(graph);
        let mut steps = 0;
        for probs in log_probs.chunks_exact(LETTERS) {
            self.step(graph, probs, sections, steps);
            steps += 1;
        }
        let end = self.end(graph, sections, steps);
        end.map_or_else(Vec::new, |end| self.lattice.best(end, count))
    }

    fn begin(&mut self, graph: &Graph) {
        let (nodes, junctions) = (graph.node_count(), graph.junction_count());
        if self.tokens.len() < nodes {
            self.tokens.resize(nodes, Token::NOWHERE);
            self.next.tokens.resize(nodes, Token::NOWHERE);
            self.next.stamps.resize(nodes, 0);
        }
        if self.pauses.len() < junctions {
            self.pauses.resize(junctions, Vec::new());
            self.arriving.ways.resize(junctions, Vec::new());
            self.arriving.marks.resize(junctions.div_ceil(64), 0);
        }
        self.active.clear();
        for junction in self.pausing.drain(..) {
            self.pauses[junction as usize].clear();
        }
        self.rubbish = None;
        self.lattice.clear();
        self.best = 0.0;
        let way = Way { word: None, start: 0, end: 0, from: START, score: 0.0, history: 0 };
        self.pauses[graph.root as usize].push(Pause { space: NEVER, blank: 0.0, way });
        self.pausing.push(graph.root);
    }

    /// One step: first what ended before it arrives at junctions, then everything moves on by one letter or blank.
    fn step(&mut self, graph: &Graph, probs: &[f32], sections: &[f32], now: u32) {
        self.next.stamp += 1;
        self.next.best = NEVER;
        self.arrive(graph, now, NO_SPACE);
        self.move_pauses(probs);
        self.move_letters(graph, probs, now);
        self.move_rubbish(probs);
        self.settle(graph, sections, |decoder, junction, arrival, score| {
            for &(node, weight) in graph.entries(junction) {
                let score = score + weight + probs[graph.label(node) as usize];
                decoder.next.letter(node, score, (arrival, now));
            }
            if junction == graph.root {
                decoder.enter_rubbish(probs, arrival, score, now);
            }
        });
        std::mem::swap(&mut self.tokens, &mut self.next.tokens);
        std::mem::swap(&mut self.active, &mut self.next.active);
        self.next.active.clear();
        self.best = self.next.best;
    }

    /// Offers to junctions what has come to its end: words without a space behind them, pauses, rubbish.
    fn arrive(&mut self, graph: &Graph, now: u32, no_space: f32) {
        let least = self.best - BEAM;
        for &node in &self.active {
            let (score, (from, start)) = self.tokens[node as usize].best();
            for end in graph.word_ends(node) {
                let score = score + end.weight - no_space;
                if score > least {
                    let way = word_way(&self.lattice, *end, from, start, now, score);
                    self.arriving.offer(end.to, way);
                }
            }
        }
        for &junction in &self.pausing {
            for pause in &self.pauses[junction as usize] {
                self.arriving.offer(junction, Way { score: pause.best(), ..pause.way });
            }
        }
        if let Some((score, from, start)) = self.rubbish {
            let history = self.lattice.history(from);
            let way = Way { word: None, start, end: now, from, score, history };
            self.arriving.offer(graph.root, way);
        }
    }

    /// Sweeps junctions in order: notes each arrival, passes it on along skips, and hands it to `enter`.
    fn settle(
        &mut self,
        graph: &Graph,
        sections: &[f32],
        mut enter: impl FnMut(&mut Self, Junction, ArrivalId, f32),
    ) {
        let least = self.best - BEAM;
        let mut place = 0;
        while let Some(junction) = self.arriving.take(place) {
            place = junction;
            let mut ways = std::mem::take(&mut self.arriving.ways[junction as usize]);
            if let Some(&best) = ways.first().filter(|way| way.score > least) {
                // a single way that only goes on needs no arrival of its own
                let passing = ways.len() == 1 && best.word.is_none() && best.start == u32::MAX;
                let arrival = if passing { best.from } else { self.lattice.arrive(&ways) };
                for skip in graph.skips(junction) {
                    let score = best.score
                        + skip.weight
                        + skip.section.map_or(0.0, |index| sections[usize::from(index)]);
                    if score > least {
                        let (start, end) = (u32::MAX, u32::MAX);
                        let way = Way { word: None, start, end, from: arrival, score, history: best.history };
                        self.arriving.offer(skip.to, way);
                    }
                }
                enter(self, junction, arrival, best.score);
            }
            ways.clear();
            self.arriving.ways[junction as usize] = ways;
        }
    }

    fn move_pauses(&mut self, probs: &[f32]) {
        let least = self.best - BEAM;
        let (space, blank) = (probs[SPACE as usize], probs[BLANK as usize]);
        let next = &mut self.next;
        let pauses = &mut self.pauses;
        self.pausing.retain(|&junction| {
            let list = &mut pauses[junction as usize];
            list.retain_mut(|pause| {
                let alive = pause.best() > least;
                (pause.space, pause.blank) = (pause.space + space, pause.best() + blank);
                next.best = next.best.max(pause.best());
                alive
            });
            !list.is_empty()
        });
    }

    fn move_letters(&mut self, graph: &Graph, probs: &[f32], now: u32) {
        let least = self.best - BEAM;
        for index in 0..self.active.len() {
            let node = self.active[index];
            let token = self.tokens[node as usize];
            let (best, from) = token.best();
            if best < least {
                continue;
            }
            let label = graph.label(node);
            self.next.blank(node, best + probs[BLANK as usize], from);
            self.next.letter(node, token.letter + probs[label as usize], token.letter_from);
            for &(after, weight) in graph.nexts(node) {
                let letter = graph.label(after);
                let (score, from) =
                    if letter == label { (token.blank, token.blank_from) } else { (best, from) };
                self.next.letter(after, score + weight + probs[letter as usize], from);
            }
            for end in graph.word_ends(node) {
                self.pause(*end, from, now, best + end.weight, probs[SPACE as usize]);
            }
        }
    }

    /// A word is followed by a space.
    fn pause(&mut self, end: WordEnd, from: (ArrivalId, u32), now: u32, score: f32, space: f32) {
        if score < self.best - BEAM || score + space < self.next.best - BEAM {
            return;
        }
        let way = word_way(&self.lattice, end, from.0, from.1, now, score);
        let score = score + space;
        self.next.best = self.next.best.max(score);
        let list = &mut self.pauses[end.to as usize];
        if list.is_empty() {
            self.pausing.push(end.to);
        }
        if let Some(same) = list.iter_mut().find(|pause| pause.way.history == way.history) {
            if score > same.best() {
                same.way = way;
            }
            same.space = same.space.max(score);
            return;
        }
        let pause = Pause { space: score, blank: NEVER, way };
        if list.len() < WAYS_MAX {
            list.push(pause);
        } else if let Some(worst) = list.iter_mut().min_by(|a, b| a.best().total_cmp(&b.best()))
            && worst.best() < score
        {
            *worst = pause;
        }
    }

    fn move_rubbish(&mut self, probs: &[f32]) {
        if let Some((score, _, _)) = &mut self.rubbish {
            *score += rubbish(probs);
            self.next.best = self.next.best.max(*score);
        }
    }

    fn enter_rubbish(&mut self, probs: &[f32], arrival: ArrivalId, score: f32, now: u32) {
        let score = score - RUBBISH_ENTER + rubbish(probs);
        if self.rubbish.is_none_or(|(other, _, _)| other < score) {
            self.rubbish = Some((score, arrival, now));
        }
    }

    /// Where all ends meet: the root, at a price whatever else was begun; `None`: nothing survived.
    fn end(&mut self, graph: &Graph, sections: &[f32], steps: u32) -> Option<ArrivalId> {
        let mut ending: Vec<Way> = Vec::new();
        for &node in &self.active {
            let (score, (from, start)) = self.tokens[node as usize].best();
            let history = self.lattice.history(from);
            keep(
                &mut ending,
                Way { word: None, start, end: steps, from, score: score - END_IN_WORD, history },
            );
        }
        // what was said last needs no space behind it
        self.arrive(graph, steps, 0.0);
        self.settle(graph, sections, |decoder, junction, arrival, score| {
            let price = if junction == graph.root { 0.0 } else { END_EARLY };
            let history = decoder.lattice.history(arrival);
            let (start, end) = (steps, steps);
            keep(&mut ending, Way { word: None, start, end, from: arrival, score: score - price, history });
        });
        (!ending.is_empty()).then(|| self.lattice.arrive(&ending))
    }
}

fn word_way(lattice: &Lattice, end: WordEnd, from: ArrivalId, start: u32, now: u32, score: f32) -> Way {
    let history = extend(lattice.history(from), end.word);
    Way { word: Some(end.word), start, end: now, from, score, history }
}

/// Score of a step as rubbish: its likeliest letter's, less a price where it is not blank.
fn rubbish(probs: &[f32]) -> f32 {
    let best = probs.iter().copied().fold(NEVER, f32::max);
    best - RUBBISH_STEP * (1.0 - probs[BLANK as usize].exp())
}
