//! Changing: an appointment that was booked before is found by what the caller knows of it, then cancelled or moved.
//!
//! What counts as knowing stands in [`crate::call::actions::Claim`]. Whoever knows too little hears the same words
//! whether there is such an appointment or not. What is to be moved keeps its time until the new one is booked.

use super::booking::Purpose;
use super::heard::Heard;
use super::open::Open;
use super::taking::Taken;
use super::topic::{Filled, Found, Progress, Topic, family_name};
use super::turn::Turn;
use super::wording::{fill, spoken_start};
use super::{Dialogue, Move};
use crate::call::actions::{CODE_DIGITS, Claim, FIND_TRIES_MAX, Order, Outcome, callable};
use crate::call::understanding::{SlotKind, Value};
use crate::config::site::{Action, Form};
use crate::private::Private;

impl Dialogue {
    /// Whether the topic is about an appointment that was booked before.
    pub(super) fn is_changing(&self) -> bool {
        self.form().is_some_and(|form| form.action.changes())
    }

    pub(super) fn is_cancelling(&self) -> bool {
        self.form().is_some_and(|form| form.action == Action::CancelAppointment)
    }

    /// Goes on with the change: whose it is, when it shall be instead, whether it is right.
    pub(super) fn proceed_with_change(&mut self, turn: &mut Turn<'_>) {
        let cancelling = self.is_cancelling();
        let Some(topic) = &self.topic else { return self.ask(Open::Concern, turn) };
        match (&topic.found, &topic.held, topic.progress) {
            _ if topic.is_done() => self.ask(Open::AnythingElse, turn),
            (None, ..) => self.identify(turn),
            (Some(_), _, Progress::Accepted) => self.ask(Open::ReadBack, turn),
            (Some(_), ..) if cancelling => self.ask(Open::ReadBack, turn),
            (Some(_), Some(_), _) => self.ask(Open::Offer, turn),
            (Some(_), None, _) if topic.wish.is_some() => self.look_for_appointment(turn),
            (Some(found), None, _) => {
                let start = spoken_start(found.start, turn.now, self.site.language);
                turn.say(&fill(self.sentences().your_appointment, &[("value", start)]));
                self.ask(Open::When, turn);
            }
        }
    }

    /// Looks for the appointment as soon as enough is known of it, and asks for what is missing until then.
    fn identify(&mut self, turn: &mut Turn<'_>) {
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return self.failed(turn) };
        let by_number = self.is_known_by_number(topic, form);
        let claim = claim(topic, form);
        if claim.is_enough(by_number) {
            return self.find(claim, None, turn);
        }
        let empty = |kind: fn(SlotKind) -> bool| {
            let slots = form.slots.iter().zip(&topic.slots);
            slots.clone().position(|(slot, filled)| filled.is_none() && kind(slot.kind))
        };
        let code = empty(|kind| kind == SlotKind::Digits);
        let other = empty(|kind| kind != SlotKind::Digits);
        match if by_number { other.or(code) } else { code.or(other) } {
            Some(slot) => self.ask(Open::Slot(slot), turn),
            None => self.nothing_found(turn),
        }
    }

    /// Whether the caller's number and a name or a day may be enough.
    fn is_known_by_number(&self, topic: &Topic, form: &Form) -> bool {
        let shown = self.arrival.caller.as_ref().and_then(|shown| callable(shown.reveal()));
        let asks_for_code = form.slots.iter().any(|slot| slot.kind == SlotKind::Digits);
        let in_vain = topic.number_in_vain && asks_for_code;
        self.site.calendar.trust_caller_number && shown.is_some() && !in_vain
    }

    fn find(&mut self, claim: Claim, after: Option<jiff::civil::DateTime>, turn: &mut Turn<'_>) {
        turn.fill_wait(&self.texts().look_up);
        let next = after.is_some();
        self.wait_for(Purpose::Find { next }, Order::FindAppointment { claim, after }, turn);
    }

    /// Whether the one that was found is to be cancelled.
    pub(super) fn reply_to_cancelling(
        &mut self,
        heard: &Heard<'_>,
        taken: &Taken,
        turn: &mut Turn<'_>,
    ) -> bool {
        if taken.changed() {
            // another day or another code: another appointment is meant
            if let Some(topic) = &mut self.topic {
                topic.found = None;
            }
            self.proceed(turn);
        } else if heard.yes() && !heard.hedged {
            self.farewell = heard.goodbye;
            self.carry_out(turn);
        } else if heard.no() && !heard.goodbye {
            self.look_for_another(turn);
        } else {
            return (heard.no() || self.misses > 0) && self.goodbye_if_said(heard, turn);
        }
        true
    }

    /// Not this one; the caller may have several.
    fn look_for_another(&mut self, turn: &mut Turn<'_>) {
        turn.decide(Move::Leave);
        turn.say(self.sentences().stays);
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return self.proceed(turn) };
        let claim = Claim { day: None, ..claim(topic, form) };
        let after = topic.found.as_ref().map(|found| found.start);
        let alone = claim.code.is_some() || !claim.is_enough(self.is_known_by_number(topic, form));
        if alone {
            return self.ask(Open::AnythingElse, turn);
        }
        self.find(claim, after, turn);
    }

    /// The caller wants nothing changed after all.
    pub(super) fn leave_as_it_is(&mut self, turn: &mut Turn<'_>) {
        turn.decide(Move::Leave);
        turn.say(self.sentences().stays);
        self.ask(Open::AnythingElse, turn);
    }

    /// The caller agreed to what was read back.
    pub(super) fn carry_out_change(&mut self, turn: &mut Turn<'_>) {
        let Some(topic) = &self.topic else { return self.failed(turn) };
        let Some(appointment) = topic.found.as_ref().map(|found| found.appointment) else {
            return self.failed(turn);
        };
        match topic.held.as_ref().map(|held| held.hold) {
            Some(hold) => {
                self.wait_for(Purpose::Move, Order::MoveAppointment { appointment, hold }, turn);
            }
            None => self.wait_for(Purpose::Cancel, Order::CancelAppointment { appointment }, turn),
        }
    }

    /// What became of it.
    pub(super) fn changed(&mut self, purpose: Purpose, outcome: Outcome, turn: &mut Turn<'_>) {
        match (purpose, outcome) {
            (Purpose::Find { .. }, Outcome::Found { appointment, technician, start, skill, .. }) => {
                if let Some(topic) = &mut self.topic {
                    topic.found = Some(Found { appointment, technician, start, skill });
                    // "my appointment on Thursday" is no wish for that Thursday
                    topic.wish = topic.wish.filter(|wish| !wish.contains(start));
                }
                self.proceed(turn);
            }
            (Purpose::Find { next: true }, Outcome::NotFound) => self.ask(Open::AnythingElse, turn),
            (Purpose::Find { next: false }, Outcome::NotFound) => self.claimed_in_vain(turn),
            (Purpose::Cancel, Outcome::Cancelled) => {
                self.close_change(Progress::Cancelled, Move::Cancelled, turn);
            }
            (Purpose::Move, Outcome::Moved { .. }) => self.close_change(Progress::Booked, Move::Moved, turn),
            // somebody else was quicker, or its time has come
            (_, Outcome::NotFound) => self.nothing_found(turn),
            (_, Outcome::Refused { .. }) => self.refused(turn),
            _ => self.failed(turn),
        }
    }

    fn close_change(&mut self, progress: Progress, decided: Move, turn: &mut Turn<'_>) {
        if let Some(topic) = &mut self.topic {
            topic.progress = progress;
        }
        let texts = self.texts();
        let text = if decided == Move::Moved { &texts.moved } else { &texts.cancelled };
        turn.decide(decided);
        turn.say(&fill(text, &self.values(turn)));
        self.put(Open::AnythingElse);
        if self.farewell { self.say_goodbye(turn) } else { self.ask_open(turn) }
    }

    /// None was found: what was said is asked for again, or something else; after a few times a human is offered.
    fn claimed_in_vain(&mut self, turn: &mut Turn<'_>) {
        let Some(mut topic) = self.topic.take() else { return self.failed(turn) };
        topic.not_found = topic.not_found.saturating_add(1);
        let again = usize::from(topic.not_found) < FIND_TRIES_MAX;
        if let Some(form) = self.site.form(&topic.form) {
            let by_code = claim(&topic, form).code.is_some();
            let next = form.slots.iter().any(|slot| slot.kind == SlotKind::Digits) && !by_code;
            topic.number_in_vain |= !by_code;
            // a wrong code is not remembered for the rest of the call
            let forgets = if again { !next } else { by_code };
            for at in (0..form.slots.len()).filter(|_| forgets) {
                let of_code = form.slots[at].kind == SlotKind::Digits;
                if topic.slots[at].is_some() && of_code == by_code {
                    self.empty(at, (&mut topic, form), turn);
                }
            }
        }
        self.topic = Some(topic);
        if !again {
            return self.nothing_found(turn);
        }
        turn.decide(Move::NotFound);
        turn.say(&self.texts().not_found);
        self.proceed(turn);
    }

    fn nothing_found(&mut self, turn: &mut Turn<'_>) {
        if let Some(topic) = &mut self.topic {
            topic.found = None;
        }
        self.give_back_hold(turn);
        turn.decide(Move::NotFound);
        turn.say(&self.texts().not_found);
        self.put(Open::AnythingElse);
        self.offer_human(turn);
    }
}

/// What the caller has said of the appointment so far.
fn claim(topic: &Topic, form: &Form) -> Claim {
    let value = |kind: SlotKind| {
        let of_kind = form.slots.iter().zip(&topic.slots).filter(move |(slot, _)| slot.kind == kind);
        of_kind.filter_map(|(_, filled)| filled.as_ref()).map(|Filled { value, .. }| value).next()
    };
    let digits = |value: &Value| match value {
        Value::Digits { value } | Value::Code { value } => {
            let digits: String =
                value.reveal().chars().filter(char::is_ascii_digit).take(CODE_DIGITS + 1).collect();
            Some(Private::new(digits)).filter(|digits| !digits.reveal().is_empty())
        }
        _ => None,
    };
    let day = |value: &Value| match value {
        Value::DateTime { value, .. } => Some(value.date()),
        _ => None,
    };
    Claim {
        code: value(SlotKind::Digits).and_then(digits),
        family_name: value(SlotKind::Name).and_then(family_name),
        day: value(SlotKind::DateTime).and_then(day),
    }
}
