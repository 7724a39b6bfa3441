//! Leaving: how calls end. Whatever the reason, it is said first, and the call is let go when the floor is free.

use std::collections::VecDeque;

use super::booking::Purpose;
use super::consulting::Asked;
use super::open::Open;
use super::turn::Turn;
use super::{Dialogue, DialogueOutput, Move};
use crate::call::actions::Order;
use crate::call::line::Destination;
use crate::call::understanding::is_holiday;

/// Silences in a row before the way out.
const SILENCES_MAX: u8 = 2;

/// How a call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// To a human, or the dialplan's fallback.
    HandOver { destination: Destination, reason: &'static str },
    /// To a colleague who is asked first, or one of the others.
    Consult { first: Asked, others: VecDeque<Asked>, reason: &'static str },
    /// With a goodbye.
    HangUp,
}

impl Dialogue {
    /// The floor is free.
    pub(super) fn let_out(&mut self, exit: Exit, mut turn: Turn<'_>) {
        self.ended = !matches!(exit, Exit::Consult { .. });
        match exit {
            Exit::HandOver { destination, reason } => {
                turn.push(DialogueOutput::Release { destination, reason });
            }
            Exit::Consult { first, others, reason } => self.consult((first, others), reason, &mut turn),
            Exit::HangUp => turn.push(DialogueOutput::HangUp),
        }
    }

    /// To a human, where one is at this hour.
    pub(super) fn hand_over(&mut self, reason: &'static str, turn: &mut Turn<'_>) {
        let to = self.humans(turn).to_vec();
        self.hand_over_to(to, reason, turn);
    }

    /// To these, in turn where they are asked first; where none are, the dialplan's fallback. Nobody gets a caller
    /// unasked after the colleagues were asked in vain.
    pub(super) fn hand_over_to(&mut self, to: Vec<Destination>, reason: &'static str, turn: &mut Turn<'_>) {
        let text = self.texts().hand_over.clone();
        let mut others = VecDeque::from(to);
        let exit = match others.pop_front() {
            Some(first) if self.is_announced(reason) && self.may_consult() => {
                let others = others.into_iter().map(Asked::from).collect();
                Exit::Consult { first: first.into(), others, reason }
            }
            Some(first) if self.rounds == 0 => Exit::HandOver { destination: first, reason },
            _ => Exit::HandOver { destination: Destination::Fallback, reason },
        };
        turn.decide(Move::HandOver { reason: reason.to_owned() });
        turn.say(&text);
        self.leave_by(exit, turn);
    }

    /// Danger to life: one fixed sentence, heard to its end, and a human at once. By rule, in every state.
    pub(super) fn danger(&mut self, turn: &mut Turn<'_>) {
        if let Some(Exit::HandOver { reason: "danger", .. }) = self.exit {
            return;
        }
        self.danger = true;
        turn.decide(Move::SayDanger);
        turn.say_to_its_end(&self.texts().danger);
        let destination = self.human(turn);
        self.leave_to(destination, "danger", "", turn);
    }

    /// An order could not be carried out, and nobody knows better: a human.
    pub(super) fn failed(&mut self, turn: &mut Turn<'_>) {
        let text = self.site.texts.fault.clone();
        let destination = self.human(turn);
        self.leave_to(destination, "fault", &text, turn);
    }

    /// A model or the voice failed: the dialplan's fallback.
    pub(super) fn fault(&mut self, turn: &mut Turn<'_>) {
        if self.is_handing_over() {
            return;
        }
        let text = self.site.texts.fault.clone();
        self.leave_to(Destination::Fallback, "fault", &text, turn);
    }

    /// Nobody was heard: a question first, then the way out. It leads to a human, because it may be Klinke that
    /// does not hear; where everything is done, to a goodbye.
    pub(super) fn silence(&mut self, turn: &mut Turn<'_>) {
        if self.exit.is_some() {
            return;
        }
        if !self.keys.is_empty() {
            self.late_hash = true;
            return self.keys_are_complete(turn);
        }
        if !std::mem::take(&mut self.given_time) {
            self.silences = self.silences.saturating_add(1);
        }
        let again = self.silences < SILENCES_MAX;
        match self.open {
            Open::Parting => self.part(),
            Open::Ordered if again => {
                turn.decide(Move::LookUp);
                turn.say(&self.texts().look_up);
            }
            Open::Ordered => self.failed(turn),
            _ if again => {
                turn.decide(Move::AskPresence);
                turn.say(&self.texts().presence);
                self.ask_open(turn);
            }
            Open::AnythingElse | Open::Further(_) => self.say_goodbye(turn),
            _ => self.hand_over("silence", turn),
        }
    }

    /// Goodbye was said, and the caller has nothing more to say either.
    pub(super) fn part(&mut self) {
        self.exit = Some(Exit::HangUp);
    }

    /// The last thing said; the call ends when the caller has let it be said.
    pub(super) fn say_goodbye(&mut self, turn: &mut Turn<'_>) {
        turn.decide(Move::Goodbye);
        turn.say(&self.texts().goodbye);
        self.give_back_hold(turn);
        self.forget_search();
        self.exit = Some(Exit::HangUp);
    }

    pub(super) const fn is_handing_over(&self) -> bool {
        matches!(self.exit, Some(Exit::HandOver { .. } | Exit::Consult { .. })) || self.consulting.is_some()
    }

    /// Gives back what is held and neither booked nor about to be.
    pub(super) fn give_back_hold(&mut self, turn: &mut Turn<'_>) {
        let booking = matches!(self.pending, Some((_, Purpose::Book | Purpose::Move)));
        let Some(topic) = self.topic.as_mut().filter(|topic| !booking && !topic.is_done()) else { return };
        if let Some(held) = topic.held.take() {
            self.order(Order::ReleaseAppointment { hold: held.hold }, turn);
        }
    }

    pub(super) fn leave_to(
        &mut self,
        destination: Destination,
        reason: &'static str,
        text: &str,
        turn: &mut Turn<'_>,
    ) {
        turn.decide(Move::HandOver { reason: reason.to_owned() });
        turn.say(text);
        self.leave(destination, reason, turn);
    }

    /// Lets go as soon as everything is said.
    pub(super) fn leave(&mut self, destination: Destination, reason: &'static str, turn: &mut Turn<'_>) {
        self.leave_by(Exit::HandOver { destination, reason }, turn);
    }

    pub(super) fn leave_by(&mut self, exit: Exit, turn: &mut Turn<'_>) {
        self.give_back_hold(turn);
        self.forget_search();
        self.keys.clear();
        self.exit = Some(exit);
    }

    /// Nobody waits for a hold any more: should it come, it is given back.
    pub(super) fn forget_search(&mut self) {
        if self.is_searching() {
            self.pending = None;
        }
    }

    /// Where humans are at this hour.
    fn humans(&self, turn: &Turn<'_>) -> &[Destination] {
        let to = &self.site.hand_over;
        if self.is_open(turn) { &to.open } else { &to.closed }
    }

    /// Whether people are there.
    pub(super) fn is_open(&self, turn: &Turn<'_>) -> bool {
        let holiday = self.site.closed_on_holidays && is_holiday(turn.now.date(), self.site.land);
        !holiday && self.site.opening_hours.contains(turn.now.weekday(), turn.now.time())
    }

    /// The first of them, or the dialplan's fallback.
    pub(super) fn human(&self, turn: &Turn<'_>) -> Destination {
        self.humans(turn).first().cloned().unwrap_or(Destination::Fallback)
    }
}
