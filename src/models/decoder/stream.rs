//! What is known of one stream between two steps, and what it may be asked.

use std::sync::Arc;

use super::arriving::keep;
use super::lattice::{Lattice, Reading, START, Way};
use super::token::{NEVER, Origin, Pause, Rubbish, Token};
use super::walk::{BEAM, Decoder, PAUSES_MAX, Probs, Step, TOKENS_MAX};
use crate::call::hearing::Expect;
use crate::models::Lexicon;
use crate::models::graph::{Graph, Junction, Node, Phrases};
use crate::models::letters::BLANK;
use crate::models::lexicon::Section;
use crate::models::runtime::LETTERS;

/// Price of a sound that ends before what was begun is complete.
const END_EARLY: f32 = 5.0;
/// Price of a sound that ends inside a word; the word is left out.
const END_IN_WORD: f32 = 14.0;
/// Probability that any letter keeps at any step: the weights are surer of themselves than they have reason to be.
const DOUBT: f32 = 1.5e-2;
/// What the probability of a blank is multiplied with: in noise the weights rather say nothing than something wrong.
const BLANK_TRUST: f32 = 0.5;
/// A blank that is likelier than this needs no walk: everything rests. Most steps of such weights are like that.
const BLANK_SURE: f32 = 0.99;

/// The decoding of one stretch of sound: fed step by step, asked at any moment. Its memory is bounded whatever is
/// said and for how long: at most `TOKENS_MAX` paths in words (36 bytes each), `PAUSES_MAX` between words (52)
/// and the lattice, 640 KiB in all.
#[derive(Clone, Debug)]
pub struct Decoding {
    pub(super) lexicon: Arc<Lexicon>,
    sections: [f32; Section::ALL.len()],
    pub(super) active: Vec<Token>,
    pub(super) pauses: Vec<Pause>,
    pub(super) rubbish: Option<Rubbish>,
    pub(super) lattice: Lattice,
    /// Best score after the last step.
    pub(super) best: f32,
    /// How far behind the best a path may fall in the next step.
    pub(super) beam: f32,
    pub(super) steps: u32,
    /// Nothing but certain blanks since the last step that was walked.
    resting: bool,
}

/// What was read out of the paths at one moment.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    /// The likeliest first, with distinct words.
    pub readings: Vec<Reading>,
    /// The listed phrases that the first of them may still become.
    pub begun: Phrases,
    /// Letters of an unfinished word at its end.
    pub unfinished: u8,
}

/// Where a path stands when it is asked.
#[derive(Clone, Copy)]
enum Place {
    Node(Node),
    Junction(Junction),
}

impl Decoding {
    /// Begins with what the dialogue expects (likeliest first; empty: anything).
    #[must_use]
    pub fn begin(lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Self {
        let mut stream = Self {
            lexicon: Arc::clone(lexicon),
            sections: [0.0; Section::ALL.len()],
            active: Vec::with_capacity(TOKENS_MAX),
            pauses: Vec::with_capacity(PAUSES_MAX),
            rubbish: None,
            lattice: Lattice::default(),
            best: 0.0,
            beam: BEAM,
            steps: 0,
            resting: false,
        };
        stream.begin_again(expect);
        stream
    }

    /// Forgets everything and begins with the same lexicon; keeps its buffers.
    pub fn begin_again(&mut self, expect: &[Expect]) {
        self.sections = self.lexicon.weights(expect);
        self.active.clear();
        self.pauses.clear();
        self.rubbish = None;
        self.lattice.clear();
        (self.best, self.beam, self.steps, self.resting) = (0.0, BEAM, 0, false);
        let way = Way { start: 0, end: 0, ..Way::on(START, 0, 0.0, 0.0) };
        let to = self.lexicon.graph.root;
        self.pauses.push(Pause { to, space: NEVER, blank: 0.0, way });
    }

    /// Steps heard so far.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// Memory that it holds besides the shared lexicon, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.active.capacity() * size_of::<Token>()
            + self.pauses.capacity() * size_of::<Pause>()
            + self.lattice.bytes()
    }

    pub(super) fn section(&self, index: u8) -> f32 {
        self.sections[usize::from(index)]
    }

    /// The next steps: [`LETTERS`] natural logarithms of probabilities each. Whatever is no number counts as
    /// unlikely.
    pub fn push(&mut self, decoder: &mut Decoder, log_probs: &[f32]) {
        let lexicon = Arc::clone(&self.lexicon);
        decoder.fit(&lexicon.graph);
        for step in log_probs.chunks_exact(LETTERS) {
            if step[BLANK as usize] > BLANK_SURE.ln() {
                self.rest();
            } else {
                self.resting = false;
                Step::new(decoder, self, &lexicon.graph).make(&soften(step));
                self.tidy();
            }
            self.steps += 1;
        }
    }

    /// A blank that is certain.
    fn rest(&mut self) {
        if !self.resting {
            self.resting = true;
            self.active.iter_mut().for_each(Token::rest);
            for pause in &mut self.pauses {
                (pause.blank, pause.space) = (pause.score(), NEVER);
            }
        }
    }

    /// Makes room in the lattice where it is used up.
    fn tidy(&mut self) {
        if self.lattice.is_full() {
            let tokens = self
                .active
                .iter_mut()
                .flat_map(|token| [&mut token.letter_from.arrival, &mut token.blank_from.arrival]);
            let pauses = self.pauses.iter_mut().map(|pause| &mut pause.way.from);
            let rubbish = self.rubbish.iter_mut().map(|path| &mut path.from.arrival);
            self.lattice.sweep(tokens.chain(pauses).chain(rubbish));
        }
    }

    /// The best `count` readings of what was heard so far. `ended`: nothing more comes, so that what was only begun
    /// has its price; an unfinished word is no word in either case.
    pub fn readings(&mut self, decoder: &mut Decoder, count: usize, ended: bool) -> Readings {
        let lexicon = Arc::clone(&self.lexicon);
        let graph = &lexicon.graph;
        decoder.fit(graph);
        let (in_word, early) = if ended { (END_IN_WORD, END_EARLY) } else { (0.0, 0.0) };
        let mark = self.lattice.mark();
        let mut ending = std::mem::take(&mut decoder.ending);
        ending.clear();
        let mut best: Option<(f32, Place)> = None;
        let mut offer = |way: Way, place: Place| {
            if best.is_none_or(|(score, _)| score < way.score) {
                best = Some((way.score, place));
            }
            keep(&mut ending, way);
        };
        for token in &self.active {
            let (score, Origin { arrival, start, price }) = token.best();
            let on = Way::on(
                arrival,
                self.lattice.history(arrival),
                score - in_word,
                price + graph.weight(token.node) - in_word,
            );
            offer(Way { start, end: self.steps, ..on }, Place::Node(token.node));
        }
        // what was said last needs no space behind it
        let mut step = Step::new(decoder, self, graph);
        step.arrive(0.0);
        if ended {
            step.arrive_swallowed();
        }
        step.settle(0.0, |step, junction, from, score| {
            let early = if junction == graph.root { 0.0 } else { early };
            let history = step.stream.lattice.history(from.arrival);
            let on = Way::on(from.arrival, history, score - early, from.price - early);
            offer(on, Place::Junction(junction));
        });
        let mut found = Readings::default();
        if let Some((_, place)) = best {
            let end = self.lattice.arrive(&ending);
            found.readings = self.lattice.best(end, count);
            found.begun = begun(graph, place);
            found.unfinished = match place {
                Place::Node(node) => graph.depth(node),
                Place::Junction(_) => 0,
            };
        }
        decoder.ending = ending;
        self.lattice.back_to(mark);
        found
    }
}

/// The listed phrases that can still be reached.
fn begun(graph: &Graph, place: Place) -> Phrases {
    match place {
        Place::Junction(junction) => graph.phrases(junction),
        Place::Node(node) => {
            let ends = graph.word_ends(node).iter().map(|end| graph.phrases(end.to));
            let nexts = graph.nexts(node).iter().map(|(next, _)| begun(graph, Place::Node(*next)));
            ends.chain(nexts).filter(|found| found.first < found.end).fold(
                Phrases::default(),
                |all, found| match all.first < all.end {
                    true => Phrases { first: all.first.min(found.first), end: all.end.max(found.end) },
                    false => found,
                },
            )
        }
    }
}

/// Logarithmic probabilities against the likeliest letter, with [`DOUBT`].
pub(super) fn soften(step: &[f32]) -> Probs {
    let mut probs = [0.0; LETTERS];
    for (prob, value) in probs.iter_mut().zip(step) {
        // what is no number is no letter
        let share = if value.is_nan() { 0.0 } else { value.exp().clamp(0.0, 1.0) };
        *prob = share * (1.0 - LETTERS as f32 * DOUBT) + DOUBT;
    }
    probs[BLANK as usize] *= BLANK_TRUST;
    let best = probs.iter().copied().fold(0.0, f32::max);
    probs.map(|prob| (prob / best).ln())
}
