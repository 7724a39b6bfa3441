//! Carrying: what the dialogue wants on its way to the world, and what became of it on its way back.

use std::time::Duration;

use jiff::Zoned;

use super::Call;
use crate::call::actions::{Order, OrderId, Outcome};
use crate::call::dialogue::{DialogueInput, DialogueOutput};
use crate::call::line::{Destination, LineCommand};
use crate::call::speech::Phrase;
use crate::call::{Event, Output};
use crate::clock::Instant;
use crate::record::{Answer, Ending, Entry};

/// How long an order may take before it counts as failed.
const ORDER_MS_MAX: u64 = 5_000;
/// The order that gives back what is still held when the call ends; the dialogue counts up from 1.
const LAST_ORDER: OrderId = OrderId(u32::MAX as u64);

impl Call {
    pub(super) fn outcome(&mut self, now: Instant, id: OrderId, outcome: Outcome, out: &mut Vec<Output>) {
        if self.orders.remove(&id).is_none() {
            return;
        }
        match &outcome {
            Outcome::Held { hold, .. } => self.held = Some(*hold),
            Outcome::Booked { .. } | Outcome::Moved { .. } | Outcome::Released | Outcome::HoldExpired => {
                self.held = None;
            }
            Outcome::NothingFree
            | Outcome::Found { .. }
            | Outcome::NotFound
            | Outcome::Cancelled
            | Outcome::Opened { .. }
            | Outcome::Noted
            | Outcome::Refused { .. }
            | Outcome::Failed { .. } => {}
        }
        out.push(Output::Entry(Entry::Became { id, outcome: outcome.clone() }));
        out.push(Output::Event(Event::Outcome { at_ms: self.media.ms(), id, outcome: outcome.clone() }));
        self.converse(now, DialogueInput::Outcome(id, outcome), out);
        self.watch_silence(now);
    }

    /// Gives the dialogue an input and carries out what it wants.
    pub(super) fn converse(&mut self, now: Instant, input: DialogueInput, out: &mut Vec<Output>) {
        let wall = self.wall(now);
        let mut decided = std::mem::take(&mut self.decided);
        self.dialogue.handle(&wall, input, &mut decided);
        for wanted in decided.drain(..) {
            if !self.over {
                self.carry_out(now, wanted, out);
            }
        }
        self.decided = decided;
    }

    fn carry_out(&mut self, now: Instant, wanted: DialogueOutput, out: &mut Vec<Output>) {
        let at_ms = self.media.ms();
        self.note_news(now, &wanted);
        match wanted {
            DialogueOutput::Move(decided) => out.push(Output::Event(Event::Move { at_ms, decided })),
            DialogueOutput::Say(phrase) => self.say(now, phrase, out),
            DialogueOutput::Order(id, order) => {
                self.orders.insert(id, now + Duration::from_millis(ORDER_MS_MAX));
                self.silence_due = None;
                out.push(Output::Entry(Entry::Ordered { id, order: order.clone() }));
                out.push(Output::Event(Event::Order { at_ms, id, order: order.clone() }));
                out.push(Output::Order(id, order));
            }
            DialogueOutput::Keep(Entry::Disclosed { wording, .. }) => self.disclosing = Some(wording),
            DialogueOutput::Keep(entry) => out.push(Output::Entry(entry)),
            DialogueOutput::Listen(expect) => {
                self.expect.clone_from(&expect);
                self.ear.expect(expect);
            }
            DialogueOutput::SpeakSlowly => self.slowly = true,
            DialogueOutput::Release { destination, reason } => self.release(now, destination, reason, out),
            DialogueOutput::Consult { destination, ring_s } => self.consult(now, destination, ring_s, out),
            DialogueOutput::Accepted => self.keep_answer(Answer::Accepted, out),
            DialogueOutput::Return { answer } => self.give_up_colleague(now, answer, out),
            DialogueOutput::Connect { reason } => self.connect(now, reason, out),
            DialogueOutput::HangUp => {
                self.end(now, Ending::Completed, out);
                out.push(Output::Line(LineCommand::HangUp));
            }
        }
    }

    fn say(&mut self, now: Instant, phrase: Phrase, out: &mut Vec<Output>) {
        self.silence_due = None;
        let text = phrase.text.clone();
        match self.mouth.say(now, phrase) {
            Some(id) => {
                // An outcome may come while the caller speaks; what we say about it waits for him.
                if self.ear.in_utterance() && self.mouth.is_interruptible() {
                    self.mouth.pause();
                }
                out.push(Output::Render { id, text, slowly: self.slowly });
            }
            None => log::error!("more phrases than the line holds; one was dropped"),
        }
    }

    pub(super) fn release(
        &mut self,
        now: Instant,
        destination: Destination,
        reason: &'static str,
        out: &mut Vec<Output>,
    ) {
        if self.over {
            return;
        }
        let ending = Ending::HandedOver { destination: destination.clone(), reason: reason.to_owned() };
        self.end(now, ending, out);
        let screen = self.dialogue.screen_pop();
        out.push(Output::Line(LineCommand::Release { destination, reason, screen }));
    }

    pub(super) fn end(&mut self, now: Instant, ending: Ending, out: &mut Vec<Output>) {
        if let Some(spoken) = self.mouth.stop(self.media) {
            self.report(spoken, out);
        }
        self.break_off(out);
        if let Some(hold) = self.held.take() {
            // Nobody waits for the outcome.
            out.push(Output::Order(LAST_ORDER, Order::ReleaseAppointment { hold }));
        }
        let at = self.wall(now).timestamp();
        out.push(Output::Entry(Entry::Ended { at, length: self.media, ending }));
        out.push(Output::Event(Event::Ended { at, length_ms: self.media.ms() }));
        self.over = true;
    }

    /// The wall clock at a monotonic moment of this call.
    pub(super) fn wall(&self, now: Instant) -> Zoned {
        self.began_at.saturating_add(now.since(self.began))
    }
}
