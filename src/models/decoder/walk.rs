//! The walk through the graph, one step of 30 ms after the other.

use super::arriving::Arriving;
use super::lattice::{WAYS_MAX, Way, extend};
use super::stream::Decoding;
use super::token::{NEVER, Origin, Pause, Rubbish, Token};
use crate::models::graph::{Graph, Junction, Node, WordEnd};
use crate::models::letters::{BLANK, SPACE};
use crate::models::runtime::LETTERS;

/// Paths that fall this far behind the best one are given up; natural logarithm.
pub const BEAM: f32 = 18.0;
/// Paths inside words that are kept from one step to the next; of more, the best.
pub const TOKENS_MAX: usize = 2400;
/// Paths between words that are kept from one step to the next; of more, the best.
pub const PAUSES_MAX: usize = 512;
/// What the beam grows by again, a step, after the number of paths has narrowed it.
const BEAM_GROWTH: f32 = 2.0;
/// Price of two words without the space between them.
const NO_SPACE: f32 = 2.0;
/// Price of a word whose end is missing, and of each letter that is.
const SWALLOWED: f32 = 4.0;
const SWALLOWED_LETTER: f32 = 2.0;
/// Price of taking something for rubbish.
const RUBBISH_ENTER: f32 = 12.0;
/// Price of each step of rubbish that is not blank.
const RUBBISH_STEP: f32 = 2.0;

/// Logarithmic probabilities of one step against its likeliest letter.
pub type Probs = [f32; LETTERS];

/// No token: place in [`Decoder::index`].
const NO_TOKEN: u32 = u32::MAX;

/// What walking needs on one thread, whatever streams walk: no state of any of them outlives a step in here.
#[derive(Debug, Default)]
pub struct Decoder {
    /// By node: place of its token in `next`.
    index: Vec<u32>,
    next: Vec<Token>,
    pub(super) arriving: Arriving,
    pub(super) ending: Vec<Way>,
    scores: Vec<f32>,
}

/// One step of one stream.
pub struct Step<'a> {
    pub decoder: &'a mut Decoder,
    pub stream: &'a mut Decoding,
    pub graph: &'a Graph,
    /// Best score among the paths that this step made so far; before, the best of the step before.
    best: f32,
    /// How far behind `best` a path may fall.
    beam: f32,
}

impl Decoder {
    /// Room for a graph.
    pub(super) fn fit(&mut self, graph: &Graph) {
        if self.index.len() < graph.node_count() {
            self.index.resize(graph.node_count(), NO_TOKEN);
        }
        self.arriving.fit(graph.junction_count());
    }
}

impl<'a> Step<'a> {
    pub fn new(decoder: &'a mut Decoder, stream: &'a mut Decoding, graph: &'a Graph) -> Self {
        let (best, beam) = (stream.best, stream.beam);
        Self { decoder, stream, graph, best, beam }
    }

    /// One step: what ended before it arrives at junctions, then everything moves on by one letter or blank.
    pub fn make(&mut self, probs: &Probs) {
        self.arrive(NO_SPACE);
        self.best = NEVER;
        self.move_rubbish(probs);
        self.move_pauses(probs);
        self.move_letters(probs);
        let likeliest = probs[SPACE as usize + 1..].iter().copied().fold(NEVER, f32::max);
        let root = self.graph.root;
        let now = self.stream.steps;
        self.settle(likeliest, |step, junction, from, score| {
            for &(node, weight) in step.graph.entries(junction) {
                let score = score + weight + probs[step.graph.label(node) as usize];
                step.letter(node, score, from);
            }
            if junction == root {
                let score = score - RUBBISH_ENTER + rubbish(probs);
                if step.stream.rubbish.is_none_or(|other| other.score < score) {
                    let from = Origin { start: now, price: from.price - RUBBISH_ENTER, ..from };
                    step.stream.rubbish = Some(Rubbish { score, from });
                }
            }
        });
        self.survive();
    }

    /// Offers to junctions what has come to its end: words without a space behind them, pauses, rubbish.
    pub fn arrive(&mut self, no_space: f32) {
        let least = self.stream.best - self.beam;
        let now = self.stream.steps;
        for token in &self.stream.active {
            let ends = self.graph.word_ends(token.node);
            if ends.is_empty() {
                continue;
            }
            let (score, origin) = token.best();
            for end in ends {
                let score = score + end.weight - no_space;
                if score > least {
                    let way = self.way(token.node, end, origin, now, score, no_space);
                    self.decoder.arriving.offer(end.to, way);
                }
            }
        }
        for pause in &self.stream.pauses {
            self.decoder.arriving.offer(pause.to, Way { score: pause.score(), ..pause.way });
        }
        if let Some(Rubbish { score, from }) = self.stream.rubbish {
            let history = self.stream.lattice.history(from.arrival);
            let on = Way::on(from.arrival, history, score, from.price);
            self.decoder.arriving.offer(self.graph.root, Way { start: from.start, end: now, ..on });
        }
    }

    /// Offers to junctions the words whose last letters are missing at the end of the sound, where no other word
    /// begins like that: callers swallow them, and lines do.
    pub fn arrive_swallowed(&mut self) {
        let least = self.stream.best - self.beam;
        let now = self.stream.steps;
        for token in &self.stream.active {
            let Some((last, missing)) = self.graph.only_end(token.node) else { continue };
            if 2 * missing > u32::from(self.graph.depth(token.node)) {
                continue;
            }
            let swallowed = SWALLOWED + SWALLOWED_LETTER * missing as f32;
            let (score, origin) = token.best();
            for end in self.graph.word_ends(last) {
                let weight = self.graph.weight(last) - self.graph.weight(token.node) + end.weight;
                let score = score + weight - swallowed;
                if score > least {
                    let way = self.way(last, end, origin, now, score, 0.0);
                    // the missing letters are part of its misfit, not of its price
                    self.decoder.arriving.offer(end.to, way);
                }
            }
        }
    }

    /// The way of a word that ends.
    fn way(&self, node: Node, end: &WordEnd, origin: Origin, now: u32, score: f32, no_space: f32) -> Way {
        let before = self.stream.lattice.top(origin.arrival);
        let price = origin.price + self.graph.weight(node) + end.weight - no_space;
        Way {
            history: extend(before.history, end.word),
            word: end.word,
            start: origin.start,
            end: now,
            from: origin.arrival,
            score,
            sound: (score - before.score - price).min(0.0),
            price,
        }
    }

    /// Sweeps junctions in order: notes each arrival, passes it on along skips, and hands it to `enter`. Those whose
    /// best way would not survive a loss of `likeliest` are left alone.
    pub fn settle(&mut self, likeliest: f32, mut enter: impl FnMut(&mut Self, Junction, Origin, f32)) {
        let mut place = 0;
        let now = self.stream.steps;
        while let Some(junction) = self.decoder.arriving.take(place) {
            place = junction;
            let mut ways = std::mem::take(&mut self.decoder.arriving.ways[junction as usize]);
            if let Some(&best) = ways.first().filter(|way| way.score + likeliest > self.best - self.beam) {
                // a single way that only goes on needs no arrival of its own
                let (arrival, price) = if ways.len() == 1 && best.passes() {
                    (best.from, best.price)
                } else {
                    (self.stream.lattice.arrive(&ways), 0.0)
                };
                for skip in self.graph.skips(junction) {
                    let section = skip.section.map_or(0.0, |index| self.stream.section(index));
                    let score = best.score + skip.weight + section;
                    if score + likeliest > self.best - self.beam {
                        let price = price + skip.weight + section;
                        self.decoder.arriving.offer(skip.to, Way::on(arrival, best.history, score, price));
                    }
                }
                enter(self, junction, Origin { arrival, start: now, price }, best.score);
            }
            ways.clear();
            self.decoder.arriving.ways[junction as usize] = ways;
        }
    }

    fn move_rubbish(&mut self, probs: &Probs) {
        if let Some(path) = &mut self.stream.rubbish {
            path.score += rubbish(probs);
            self.best = self.best.max(path.score);
        }
    }

    fn move_pauses(&mut self, probs: &Probs) {
        let (space, blank) = (probs[SPACE as usize], probs[BLANK as usize]);
        for pause in &mut self.stream.pauses {
            (pause.space, pause.blank) = (pause.space + space, pause.score() + blank);
            self.best = self.best.max(pause.score());
        }
    }

    fn move_letters(&mut self, probs: &Probs) {
        for place in 0..self.stream.active.len() {
            let token = self.stream.active[place];
            let node = token.node;
            let (best, from) = token.best();
            let label = self.graph.label(node);
            self.blank(node, best + probs[BLANK as usize], from);
            self.letter(node, token.letter + probs[label as usize], token.letter_from);
            for &(after, weight) in self.graph.nexts(node) {
                let letter = self.graph.label(after);
                let (score, from) =
                    if letter == label { (token.blank, token.blank_from) } else { (best, from) };
                self.letter(after, score + weight + probs[letter as usize], from);
            }
            let ends = self.graph.word_ends(node);
            for end in ends {
                self.pause(node, end, from, best + end.weight, probs[SPACE as usize]);
            }
        }
    }

    /// The token of a node, made where there is none yet.
    fn token(&mut self, node: Node) -> &mut Token {
        let decoder = &mut *self.decoder;
        let place = &mut decoder.index[node as usize];
        if *place == NO_TOKEN {
            *place = decoder.next.len() as u32;
            decoder.next.push(Token::new(node));
        }
        &mut decoder.next[*place as usize]
    }

    fn letter(&mut self, node: Node, score: f32, from: Origin) {
        if score > self.best - self.beam {
            self.best = self.best.max(score);
            let token = self.token(node);
            if score > token.letter {
                (token.letter, token.letter_from) = (score, from);
            }
        }
    }

    fn blank(&mut self, node: Node, score: f32, from: Origin) {
        if score > self.best - self.beam {
            self.best = self.best.max(score);
            let token = self.token(node);
            (token.blank, token.blank_from) = (score, from);
        }
    }

    /// A word is followed by a space.
    fn pause(&mut self, node: Node, end: &WordEnd, from: Origin, score: f32, space: f32) {
        let after = score + space;
        if after <= self.best - self.beam {
            return;
        }
        self.best = self.best.max(after);
        let way = self.way(node, end, from, self.stream.steps, score, 0.0);
        let pauses = &mut self.stream.pauses;
        let (mut count, mut worst): (usize, Option<(usize, f32)>) = (0, None);
        for (place, pause) in pauses.iter_mut().enumerate().filter(|(_, pause)| pause.to == end.to) {
            if pause.way.history == way.history {
                if after > pause.score() {
                    pause.way = way;
                }
                pause.space = pause.space.max(after);
                return;
            }
            count += 1;
            if worst.is_none_or(|(_, score)| pause.score() < score) {
                worst = Some((place, pause.score()));
            }
        }
        let pause = Pause { to: end.to, space: after, blank: NEVER, way };
        match worst {
            Some((place, score)) if count >= WAYS_MAX => {
                if score < after {
                    pauses[place] = pause;
                }
            }
            _ => pauses.push(pause),
        }
    }

    /// Keeps of what this step made what the beam and the named numbers allow.
    fn survive(&mut self) {
        let Self { decoder, stream, best, beam, .. } = self;
        let mut least = *best - *beam;
        let scores = &mut decoder.scores;
        scores.clear();
        scores.extend(decoder.next.iter().map(Token::score).filter(|score| *score > least));
        if scores.len() > TOKENS_MAX {
            let (_, &mut cut, _) = scores.select_nth_unstable_by(TOKENS_MAX, |a, b| b.total_cmp(a));
            least = least.max(cut);
        }
        stream.active.clear();
        for token in decoder.next.drain(..) {
            decoder.index[token.node as usize] = NO_TOKEN;
            if token.score() > least && stream.active.len() < TOKENS_MAX {
                stream.active.push(token);
            }
        }
        stream.beam = (*best - least + BEAM_GROWTH).min(BEAM);
        stream.pauses.retain(|pause| pause.score() > *best - *beam);
        if stream.pauses.len() > PAUSES_MAX {
            let by_score = |a: &Pause, b: &Pause| b.score().total_cmp(&a.score());
            stream.pauses.select_nth_unstable_by(PAUSES_MAX, by_score);
            stream.pauses.truncate(PAUSES_MAX);
        }
        if stream.rubbish.is_some_and(|path| path.score < *best - *beam) {
            stream.rubbish = None;
        }
        stream.best = *best;
    }
}

/// Score of a step as rubbish: its likeliest letter's, less a price where it is not blank.
fn rubbish(probs: &Probs) -> f32 {
    let sum: f32 = probs.iter().map(|value| value.exp()).sum();
    -RUBBISH_STEP * (1.0 - probs[BLANK as usize].exp() / sum)
}
