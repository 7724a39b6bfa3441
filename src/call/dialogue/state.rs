//! What a conversation remembers, and its one way in.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use jiff::Zoned;

use super::consulting::{Concern, Consulting};
use super::leaving::Exit;
use super::open::Open;
use super::tone::Tone;
use super::topic::{Filled, Topic};
use super::turn::Turn;
use super::{DialogueInput, DialogueOutput};
use crate::call::actions::{Order, OrderId};
use crate::call::hearing::Expect;
use crate::call::line::Arrival;
use crate::call::understanding::{SlotKind, SlotValue};
use crate::config::site::{Form, Site};

use super::booking::Purpose;

/// One conversation.
///
/// Contract: [`DialogueInput::Began`] comes first; [`DialogueInput::FloorFree`] comes once after the last of the
/// phrases that were said, or when the caller interrupted them; each order is answered at most once. In return:
/// whatever the caller says, something is said, an order is under way, or the call is let go; `Release` and
/// `HangUp` come once, last, and only when the floor is free.
pub struct Dialogue {
    pub(super) site: Arc<Site>,
    pub(super) arrival: Arrival,
    /// Whether the call was answered.
    pub(super) begun: bool,
    pub(super) open: Open,
    pub(super) topic: Option<Topic>,
    /// Values of earlier topics by slot name and kind: nobody is asked twice.
    pub(super) known: Vec<(String, SlotKind, Filled)>,
    /// Concerns that the caller named beside the one that was taken up.
    pub(super) further: VecDeque<String>,
    /// Values said before the concern was clear.
    pub(super) early: Vec<SlotValue>,
    /// The order whose outcome is waited for.
    pub(super) pending: Option<(OrderId, Purpose)>,
    pub(super) orders: u64,
    /// Misunderstandings of the open question in a row.
    pub(super) misses: u8,
    /// Silences in a row.
    pub(super) silences: u8,
    /// Whether the caller asked for time: the next silence does not count.
    pub(super) given_time: bool,
    /// Keys pressed so far in answer to a question for a number.
    pub(super) keys: String,
    /// Whether something was keyed and taken without a `#`, which may still come.
    pub(super) late_hash: bool,
    /// Whether the caller has said goodbye while something was still to be done.
    pub(super) farewell: bool,
    /// Whether something is being said.
    pub(super) speaking: bool,
    /// How the call ends as soon as the floor is free.
    pub(super) exit: Option<Exit>,
    /// The colleague who is asked.
    pub(super) consulting: Option<Consulting>,
    /// How often all colleagues were asked in vain.
    pub(super) rounds: u8,
    /// What the caller wants, for colleagues.
    pub(super) concern: Option<Concern>,
    /// Whether life is in danger.
    pub(super) danger: bool,
    /// How things are said.
    pub(super) tone: Tone,
    /// Whether the call was let go.
    pub(super) ended: bool,
    last_said: Vec<String>,
    listening: Vec<Expect>,
}

/// Shows where the conversation stands and nothing of what was said.
impl fmt::Debug for Dialogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialogue").field("open", &self.open).field("exit", &self.exit).finish_non_exhaustive()
    }
}

impl Dialogue {
    /// A conversation that has not begun.
    #[must_use]
    pub const fn new(site: Arc<Site>, arrival: Arrival) -> Self {
        Self {
            site,
            arrival,
            begun: false,
            open: Open::Concern,
            topic: None,
            known: Vec::new(),
            further: VecDeque::new(),
            early: Vec::new(),
            pending: None,
            orders: 0,
            misses: 0,
            silences: 0,
            given_time: false,
            keys: String::new(),
            late_hash: false,
            farewell: false,
            speaking: false,
            exit: None,
            consulting: None,
            rounds: 0,
            concern: None,
            danger: false,
            tone: Tone::PLAIN,
            ended: false,
            last_said: Vec::new(),
            listening: Vec::new(),
        }
    }

    /// Takes one input, which happened at `now`, and appends to `out` what is to be done, in order.
    pub fn handle(&mut self, now: &Zoned, input: DialogueInput, out: &mut Vec<DialogueOutput>) {
        if self.ended {
            return;
        }
        let local = now.with_time_zone(self.site.time_zone.clone()).datetime();
        let mut turn = Turn::new(local, out);
        match input {
            DialogueInput::Colleague(event) => self.colleague(event, &mut turn),
            DialogueInput::ColleagueOverdue => self.colleague_overdue(&mut turn),
            DialogueInput::StillTrying => self.still_trying(&mut turn),
            DialogueInput::Digit(digit) if self.consulting.is_some() => {
                self.waiting_caller_pressed(digit, &mut turn)
            }
            // the caller waits, and nothing of his is decided meanwhile
            DialogueInput::Said { .. }
            | DialogueInput::Silence
            | DialogueInput::TooLong
            | DialogueInput::Resumed
            | DialogueInput::Limit(_)
            | DialogueInput::OutOfTime
            | DialogueInput::Fault
                if self.consulting.is_some() => {}
            DialogueInput::Began => self.begin(&mut turn),
            DialogueInput::Said { understood, confidence } => self.said(&understood, confidence, &mut turn),
            DialogueInput::Digit(digit) => self.digit(digit, &mut turn),
            DialogueInput::Silence => self.silence(&mut turn),
            // what he said comes next and is heard first: it may be danger to life
            DialogueInput::FloorFree { interrupted: true } => return self.interrupted(),
            DialogueInput::FloorFree { interrupted: false } => {
                self.speaking = false;
                self.job_was_taken(&mut turn);
            }
            DialogueInput::Outcome(id, outcome) => self.outcome(id, outcome, &mut turn),
            DialogueInput::TooLong => self.too_long(&mut turn),
            DialogueInput::Resumed => self.resumed(&mut turn),
            DialogueInput::Limit(limit) => self.limit(limit, &mut turn),
            DialogueInput::OutOfTime => self.out_of_time(),
            DialogueInput::Fault => self.fault(&mut turn),
        }
        self.close(turn);
    }

    /// What every turn ends with: leaving where nothing is left to say, or else listening.
    fn close(&mut self, mut turn: Turn<'_>) {
        if !turn.said.is_empty() {
            self.speaking = true;
            if !turn.repeats {
                self.tone.apologised = turn.apologises;
                self.last_said = std::mem::take(&mut turn.said);
            }
        }
        if !self.speaking
            && let Some(exit) = self.exit.take()
        {
            return self.let_out(exit, turn);
        }
        if self.consulting.is_some() {
            return;
        }
        let expects = self.open.expects(self.topic.as_ref(), self.form());
        if !expects.is_empty() && expects != self.listening {
            self.listening.clone_from(&expects);
            turn.push(DialogueOutput::Listen(expects));
        }
    }

    /// Says again what was said last.
    pub(super) fn say_again(&self, turn: &mut Turn<'_>) {
        turn.repeats = true;
        for text in &self.last_said {
            turn.say(text);
        }
    }

    /// The topic's form.
    pub(super) fn form(&self) -> Option<&Form> {
        self.site.form(&self.topic.as_ref()?.form)
    }

    /// Opens a question. Misunderstandings are counted anew where it is another one.
    pub(super) fn put(&mut self, open: Open) {
        if !self.open.is_about_the_same_as(&open) {
            self.misses = 0;
        }
        self.keys.clear();
        self.open = open;
    }

    /// Orders something.
    pub(super) fn order(&mut self, order: Order, turn: &mut Turn<'_>) -> OrderId {
        self.orders += 1;
        let id = OrderId(self.orders);
        turn.order(id, order);
        id
    }
}
