//! Concerns: what the caller wants is taken up, changed in mid-course, or done with.

use super::consulting::Concern;
use super::heard::Heard;
use super::open::Open;
use super::taking::Taken;
use super::topic::{Progress, Topic};
use super::turn::Turn;
use super::wording::fill;
use super::{Dialogue, Move};
use crate::call::understanding::{IntentScore, SlotKind, SlotValue};
use crate::config::site::{Action, Confirm, Profile, Then};
use crate::record::Entry;

/// Values kept from what was said before the concern was clear.
const EARLY_MAX: usize = 16;

impl Dialogue {
    pub(super) fn reply_with_concern(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) -> bool {
        if heard.steps_back {
            self.nothing_before(heard, turn);
            return true;
        }
        if let Some(intent) = heard.intent {
            self.take_up(intent, heard, turn);
            return true;
        }
        let room = EARLY_MAX.saturating_sub(self.early.len());
        self.early.extend(heard.values.iter().take(room).map(|said| SlotValue::clone(said)));
        self.goodbye_if_said(heard, turn)
    }

    pub(super) fn reply_to_anything_else(
        &mut self,
        heard: &Heard<'_>,
        aside: bool,
        turn: &mut Turn<'_>,
    ) -> bool {
        let refuses = heard.no() || heard.goodbye;
        let intent = if refuses { heard.sure_intent() } else { heard.intent };
        if let Some(intent) = intent {
            self.take_up(intent, heard, turn);
            return true;
        }
        let done = self.topic.as_ref().is_some_and(Topic::is_done);
        let taken = if done { self.take(heard, turn) } else { Taken::default() };
        self.acknowledge(&taken, self.sentences().corrected, turn);
        let booked = self.topic.as_ref().filter(|topic| topic.progress == Progress::Booked);
        let booked_start = booked.and_then(|topic| topic.held.as_ref()).map(|held| held.start);
        let other_time = taken.wish.filter(|wish| booked_start.is_some_and(|start| !wish.contains(start)));
        if taken.changed() {
            self.proceed(turn);
        } else if let Some(wish) = other_time.filter(|_| !heard.goodbye) {
            self.note_other_time(wish, turn);
        } else if heard.back && !heard.goodbye && done {
            self.ask(Open::WhatIsWrong, turn);
        } else if self.open == Open::Parting && (refuses || heard.yes()) {
            self.part();
        } else if refuses {
            self.say_goodbye(turn);
        } else if heard.yes() && !aside {
            self.topic_is_over(turn);
            self.ask(Open::Concern, turn);
        } else {
            return false;
        }
        true
    }

    /// Takes up a concern with everything that was said along with it.
    pub(super) fn take_up(&mut self, score: &IntentScore, heard: &Heard<'_>, turn: &mut Turn<'_>) {
        let score = self.keep_further(score, heard.further);
        let Some(intent) = self.site.intent(&score.name).cloned() else { return self.failed(turn) };
        let unfinished = self.topic.as_ref().is_some_and(|topic| !topic.is_done());
        let unasked = unfinished
            && !matches!(self.open, Open::Concern | Open::AnythingElse | Open::Further(_) | Open::Parting);
        let wish = self.topic.as_ref().filter(|_| unfinished).and_then(|topic| topic.wish);
        self.topic_is_over(turn);
        self.pending = None;
        self.farewell = false;
        let emergency = intent.emergency && self.site.profile != Profile::Health;
        turn.decide(Move::TakeUp { intent: intent.name.clone(), emergency });
        let (name, title) = (intent.name.clone(), intent.title.clone());
        turn.keep(Entry::Concern { intent: name.clone(), title: title.clone(), emergency });
        self.concern = Some(Concern {
            intent: name.clone(),
            title: title.clone(),
            emergency,
            announced: intent.announced,
        });
        let form = match intent.then {
            Then::Form(form) => match intent.form_closed {
                Some(closed) if !self.is_open(turn) => closed,
                _ => form,
            },
            Then::HandOver(_) if !intent.closed.is_empty() && !self.is_open(turn) => {
                return self.hand_over_to(intent.closed, "caller_asked", turn);
            }
            Then::HandOver(to) if to.is_empty() => return self.hand_over("caller_asked", turn),
            Then::HandOver(to) => return self.hand_over_to(to, "caller_asked", turn),
        };
        let Some(slots) = self.site.form(&form).map(|form| form.slots.len()) else {
            return self.failed(turn);
        };
        self.topic = Some(Topic::new(name, title.clone(), emergency, form, slots));
        self.put(Open::Ordered);
        self.take_known();
        let early = std::mem::take(&mut self.early);
        self.take(&Heard { values: early.iter().collect(), ..Heard::default() }, turn);
        let said = self.take_message(heard, turn);
        let taken = self.take(&said, turn);
        if emergency {
            turn.say(&self.texts().emergency);
        } else {
            // who changes his mind in mid-form hears what he is understood to want now
            if unasked {
                turn.say(&fill(self.sentences().instead, &[("title", title)]));
            }
            let visit = self.form().is_some_and(|form| matches!(form.action, Action::Appointment { .. }));
            if let Some(topic) = self.topic.as_mut().filter(|_| visit) {
                topic.wish = topic.wish.or(wish);
            }
            self.wish_for(&taken);
        }
        self.proceed(turn);
    }

    /// The topic is left: what is only held is given back, and what is known of the caller stays known. Of what was
    /// begun and not done, everything but free words: nobody says it twice.
    pub(super) fn topic_is_over(&mut self, turn: &mut Turn<'_>) {
        self.give_back_hold(turn);
        let Some(topic) = self.topic.take() else { return };
        let Some(form) = self.site.form(&topic.form) else { return };
        let done = topic.is_done();
        for (slot, filled) in form.slots.iter().zip(topic.slots) {
            self.known.retain(|(name, kind, _)| (name, kind) != (&slot.name, &slot.kind));
            let Some(filled) = filled else { continue };
            let of_caller = matches!(
                slot.kind,
                SlotKind::Name | SlotKind::Address | SlotKind::Telephone | SlotKind::Digits
            );
            if of_caller || !(done || slot.is_note()) {
                self.known.push((slot.name.clone(), slot.kind, filled));
            }
        }
    }

    /// Fills the new topic's form with what is known from the ones before.
    pub(super) fn take_known(&mut self) {
        let Some(topic) = &mut self.topic else { return };
        let Some(form) = self.site.form(&topic.form) else { return };
        for (at, slot) in form.slots.iter().enumerate() {
            let known = self.known.iter().find(|(name, kind, _)| *name == slot.name && *kind == slot.kind);
            let Some((_, _, filled)) = known else { continue };
            if slot.confirm == Confirm::Always && !filled.confirmed {
                topic.doubts.push((at, filled.clone()));
            } else {
                topic.slots[at] = Some(filled.clone());
            }
        }
        // nothing of this concern was stored yet, so nothing of it is taken back
        for at in 0..form.slots.len() {
            if topic.applies(form, at) == Some(false) {
                topic.slots[at] = None;
                topic.doubts.retain(|(slot, _)| *slot != at);
            }
        }
    }
}
