//! The turn: one input's worth of outputs, and the moment it happens in.

use jiff::civil::DateTime;

use super::{DialogueOutput, Move};
use crate::call::actions::{Order, OrderId};
use crate::call::speech::Phrase;
use crate::record::Entry;

/// Collects what the conversation wants in answer to one input.
pub(super) struct Turn<'a> {
    /// The site's clock.
    pub now: DateTime,
    /// What was said in it, in order.
    pub said: Vec<String>,
    /// Whether it says again what was said before, so that "repeat" still means that.
    pub repeats: bool,
    /// Whether there is an apology in it.
    pub apologises: bool,
    out: &'a mut Vec<DialogueOutput>,
}

impl<'a> Turn<'a> {
    pub(super) const fn new(now: DateTime, out: &'a mut Vec<DialogueOutput>) -> Self {
        Self { now, said: Vec::new(), repeats: false, apologises: false, out }
    }

    pub(super) fn decide(&mut self, decided: Move) {
        self.out.push(DialogueOutput::Move(decided));
    }

    /// Says something that the caller may interrupt.
    pub(super) fn say(&mut self, text: &str) {
        self.phrase(text, true);
    }

    /// Says something that is heard to its end.
    pub(super) fn say_to_its_end(&mut self, text: &str) {
        self.phrase(text, false);
    }

    /// Says something only if what was ordered takes its time.
    pub(super) fn fill_wait(&mut self, text: &str) {
        let phrase = Phrase { text: text.trim().to_owned().into(), interruptible: true, filler: true };
        self.out.push(DialogueOutput::Say(phrase));
    }

    pub(super) fn order(&mut self, id: OrderId, order: Order) {
        self.out.push(DialogueOutput::Order(id, order));
    }

    pub(super) fn keep(&mut self, entry: Entry) {
        self.out.push(DialogueOutput::Keep(entry));
    }

    /// Anything else.
    pub(super) fn push(&mut self, output: DialogueOutput) {
        self.out.push(output);
    }

    fn phrase(&mut self, text: &str, interruptible: bool) {
        let text = text.trim();
        if !text.is_empty() {
            self.said.push(text.to_owned());
            let phrase = Phrase { text: text.to_owned().into(), interruptible, filler: false };
            self.out.push(DialogueOutput::Say(phrase));
        }
    }
}
