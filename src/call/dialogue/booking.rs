//! Booking: the orders of a topic, and what became of them.

use jiff::civil::DateTime;

use super::notes::is_confirmed_by_reading_back;
use super::open::Open;
use super::topic::{Held, Progress};
use super::turn::Turn;
use super::wish::Wish;
use super::wording::{fill, spoken, written};
use super::{Dialogue, Move};
use crate::call::actions::{JobSheet, Order, OrderId, Outcome};
use crate::call::line::Destination;
use crate::call::understanding::{Grain, Value};
use crate::config::site::Action;
use crate::private::Private;
use crate::record::{Entry, SlotRecord};

/// Offers that are declined before Klinke asks when it would suit.
const DECLINED_MAX: u8 = 2;

/// Fewest digits in which a ticket's number is read.
pub(super) const TICKET_DIGITS: usize = 4;

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Purpose {
    /// An appointment to offer.
    Hold(Search),
    /// The appointment that the caller agreed to.
    Book,
    /// The booked appointment's job sheet, after the caller corrected it.
    Amend,
    /// A call-back.
    Note,
    /// A ticket.
    Ticket,
    /// A job for those on call, before anybody is rung.
    OnCall,
    /// A message.
    Message,
    /// An appointment of the caller's; `next`: another one than before.
    Find { next: bool },
    /// That it is taken out of the calendar.
    Cancel,
    /// That it gets another time.
    Move,
}

/// Where an appointment is looked for, and where next if nothing is free there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Search {
    from: DateTime,
    until: Option<DateTime>,
    /// What was wished, where what lies nearest to it is to be offered first.
    near: Option<DateTime>,
    /// Whether earlier ones than `from` may be offered too.
    else_any: bool,
}

impl Dialogue {
    /// Looks for what suits the caller's wish, or the earliest.
    pub(super) fn look_for_appointment(&mut self, turn: &mut Turn<'_>) {
        let wish = self.topic.as_ref().and_then(|topic| topic.wish).filter(|wish| wish.until > turn.now);
        let search =
            wish.map_or(Search { from: turn.now, until: None, near: None, else_any: false }, |wish| Search {
                from: wish.from.max(turn.now),
                until: Some(wish.until),
                near: wish.near,
                else_any: true,
            });
        turn.decide(Move::LookUp);
        turn.fill_wait(&self.texts().look_up);
        self.search(search, turn);
    }

    /// The caller wants another time.
    pub(super) fn seek(&mut self, wish: Wish, turn: &mut Turn<'_>) {
        if let Some(topic) = &mut self.topic {
            topic.wish = Some(wish);
            topic.progress = Progress::Open;
        }
        self.look_for_appointment(turn);
    }

    /// The offer does not suit: the next one after it, and after `until` where the caller ruled out a whole day.
    pub(super) fn decline(&mut self, until: Option<DateTime>, turn: &mut Turn<'_>) {
        let Some(topic) = &mut self.topic else { return self.proceed(turn) };
        topic.progress = Progress::Open;
        topic.declined = topic.declined.saturating_add(1);
        let end = topic.held.as_ref().map_or(turn.now, |held| held.end);
        if topic.declined > DECLINED_MAX && until.is_none() {
            topic.declined = 0;
            return self.ask(Open::When, turn);
        }
        let from = until.map_or(end, |until| until.max(end));
        turn.decide(Move::LookUp);
        turn.fill_wait(&self.texts().look_up);
        self.search(Search { from, until: None, near: None, else_any: false }, turn);
    }

    fn search(&mut self, search: Search, turn: &mut Turn<'_>) {
        let skill = self.form().and_then(|form| match &form.action {
            Action::Appointment { skill } => Some(skill.clone()),
            Action::MoveAppointment => {
                self.topic.as_ref().and_then(|topic| topic.found.as_ref()).map(|found| found.skill.clone())
            }
            _ => None,
        });
        let (Some(skill), Some(topic)) = (skill, &mut self.topic) else { return self.failed(turn) };
        topic.held = None;
        topic.progress = Progress::Open;
        let emergency = topic.emergency;
        let Search { from, until, near, .. } = search;
        let order = Order::HoldAppointment { skill, emergency, from, until, near };
        self.wait_for(Purpose::Hold(search), order, turn);
    }

    /// The caller agreed to everything that was read back. Nothing is said: what became of it follows at once.
    pub(super) fn carry_out(&mut self, turn: &mut Turn<'_>) {
        if self.is_changing() {
            return self.carry_out_change(turn);
        }
        self.confirm_everything(turn);
        let held = self.topic.as_ref().and_then(|topic| topic.held.as_ref()).map(|held| held.hold);
        let job = self.write_sheet();
        match held {
            Some(hold) => self.wait_for(Purpose::Book, Order::BookAppointment { hold, job }, turn),
            None => self.write_down(job, turn),
        }
    }

    /// Something was corrected after colleagues were told: they are told again.
    pub(super) fn tell_colleagues_anew(&mut self, turn: &mut Turn<'_>) {
        let booked = self.topic.as_ref().filter(|topic| topic.progress == Progress::Booked);
        let held = booked.and_then(|topic| topic.held.as_ref()).map(|held| held.hold);
        let job = self.write_sheet();
        match held {
            Some(hold) => self.wait_for(Purpose::Amend, Order::BookAppointment { hold, job }, turn),
            None => self.write_down(job, turn),
        }
    }

    /// What the form's action is, where it books nothing.
    fn write_down(&mut self, job: JobSheet, turn: &mut Turn<'_>) {
        let ticket = self.topic.as_ref().and_then(|topic| topic.ticket);
        let (purpose, order) = match (self.form().map(|form| &form.action), self.recipient()) {
            (Some(Action::Ticket), _) => (Purpose::Ticket, Order::OpenTicket { ticket, job }),
            (Some(Action::OnCall), _) => return self.write_job_down(job, turn),
            (Some(Action::Message), Some(to)) => (Purpose::Message, Order::LeaveMessage { to, job }),
            _ => (Purpose::Note, Order::NoteCallBack { job }),
        };
        self.wait_for(purpose, order, turn);
    }

    /// Another time is wanted after one was booked: colleagues call back about it, the booking stays.
    pub(super) fn note_other_time(&mut self, wish: Wish, turn: &mut Turn<'_>) {
        let grain = if wish.of_days { Grain::Day } else { Grain::Hour };
        let value = Value::DateTime { value: wish.from, until: wish.until, grain, dated: true };
        let mut job = self.write_sheet();
        job.fields.push(("start".to_owned(), written(&value, self.site.language).into()));
        self.wait_for(Purpose::Note, Order::NoteCallBack { job }, turn);
    }

    /// What became of an order. What nobody waits for any more is given back or dropped.
    pub(super) fn outcome(&mut self, id: OrderId, outcome: Outcome, turn: &mut Turn<'_>) {
        let Some((_, purpose)) = self.pending.take_if(|(pending, _)| *pending == id) else {
            return self.too_late(&outcome, turn);
        };
        if self.exit.is_some() || self.consulting.is_some() {
            self.done_meanwhile(purpose, &outcome);
            return self.too_late(&outcome, turn);
        }
        match (purpose, outcome) {
            (Purpose::Hold(_), Outcome::Held { hold, technician, start, end }) => {
                if let Some(topic) = &mut self.topic {
                    topic.held = Some(Held { hold, technician, start, end });
                }
                self.proceed(turn);
            }
            (Purpose::Hold(search), Outcome::NothingFree) => self.nothing_free(search, turn),
            (Purpose::Book, Outcome::Booked { code, .. }) => self.booked(code.as_ref(), turn),
            (Purpose::Amend, Outcome::Booked { .. }) => self.booked(None, turn),
            (Purpose::Book | Purpose::Move, Outcome::HoldExpired) => self.taken_by_others(turn),
            (Purpose::Note, Outcome::Noted) => self.noted(turn),
            (Purpose::Message, Outcome::Noted) => self.message_noted(turn),
            (Purpose::Ticket, Outcome::Opened { ticket }) => self.opened(ticket, turn),
            (Purpose::OnCall, Outcome::Opened { ticket }) => self.job_written_down(ticket, turn),
            (purpose @ (Purpose::Find { .. } | Purpose::Cancel | Purpose::Move), outcome) => {
                self.changed(purpose, outcome, turn);
            }
            (_, Outcome::Refused { .. }) => self.refused(turn),
            // the booking stands; a colleague learns of the correction by a call-back
            (Purpose::Amend, _) => {
                let job = self.write_sheet();
                self.wait_for(Purpose::Note, Order::NoteCallBack { job }, turn);
            }
            _ => self.failed(turn),
        }
    }

    /// Nobody is told now; should the caller come back from a colleague, nothing is done twice.
    fn done_meanwhile(&mut self, purpose: Purpose, outcome: &Outcome) {
        let Some(topic) = &mut self.topic else { return };
        match (purpose, outcome) {
            (Purpose::Book, Outcome::Booked { .. }) | (Purpose::Move, Outcome::Moved { .. }) => {
                topic.progress = Progress::Booked;
            }
            (Purpose::Cancel, Outcome::Cancelled) => topic.progress = Progress::Cancelled,
            (Purpose::Note | Purpose::Message, Outcome::Noted)
            | (Purpose::Ticket | Purpose::OnCall, Outcome::Opened { .. })
                if topic.progress != Progress::Booked =>
            {
                topic.progress = Progress::Noted;
            }
            _ => {}
        }
    }

    fn too_late(&mut self, outcome: &Outcome, turn: &mut Turn<'_>) {
        if let Outcome::Held { hold, .. } = outcome {
            self.order(Order::ReleaseAppointment { hold: *hold }, turn);
        }
    }

    /// Nothing is free there: the next possible, and where there is none, a human or a call-back.
    fn nothing_free(&mut self, search: Search, turn: &mut Turn<'_>) {
        if search.until.is_some() {
            turn.say(&self.texts().nothing_free);
            return self.search(Search { until: None, near: None, ..search }, turn);
        }
        if search.else_any {
            return self.search(Search { from: turn.now, until: None, near: None, else_any: false }, turn);
        }
        turn.say(&self.texts().nothing_free);
        if self.is_changing() {
            turn.say(self.sentences().stays);
        }
        match self.human(turn) {
            Destination::Fallback => {
                let job = self.write_sheet();
                self.wait_for(Purpose::Note, Order::NoteCallBack { job }, turn);
            }
            _ => self.hand_over("nothing_free", turn),
        }
    }

    fn booked(&mut self, code: Option<&Private<String>>, turn: &mut Turn<'_>) {
        if let Some(topic) = &mut self.topic {
            topic.progress = Progress::Booked;
        }
        if self.is_outdated() {
            return self.proceed(turn);
        }
        turn.decide(Move::Booked);
        turn.say(&fill(&self.texts().booked, &self.values(turn)));
        if let Some(code) = code {
            let code = spoken(&Value::Digits { value: code.clone() }, turn.now, self.site.language);
            turn.say(&fill(&self.texts().appointment_code, &[("code", code)]));
        }
        self.done(turn);
    }

    fn noted(&mut self, turn: &mut Turn<'_>) {
        if let Some(topic) = self.topic.as_mut().filter(|topic| topic.progress != Progress::Booked) {
            topic.progress = Progress::Noted;
        }
        turn.decide(Move::Noted);
        turn.say(&self.texts().noted);
        self.done(turn);
    }

    /// The ticket's number is told, digit by digit.
    fn opened(&mut self, ticket: i64, turn: &mut Turn<'_>) {
        if let Some(topic) = &mut self.topic {
            topic.progress = Progress::Noted;
            topic.ticket = Some(ticket);
        }
        turn.decide(Move::Opened);
        let number = Value::Digits { value: format!("{ticket:0TICKET_DIGITS$}").into() };
        let number = spoken(&number, turn.now, self.site.language);
        turn.say(&fill(&self.texts().ticket, &[("number", number)]));
        self.done(turn);
    }

    /// The call may not order that. It goes on: with a human, or with something else.
    pub(super) fn refused(&mut self, turn: &mut Turn<'_>) {
        self.give_back_hold(turn);
        self.put(Open::AnythingElse);
        turn.say(self.sentences().cannot);
        self.offer_human(turn);
    }

    /// What was wanted is done. Who has said goodbye meanwhile is not asked for more.
    pub(super) fn done(&mut self, turn: &mut Turn<'_>) {
        let settled = self.topic.is_none() || self.is_full();
        if self.farewell && settled {
            self.put(Open::AnythingElse);
            self.say_goodbye(turn);
        } else {
            self.proceed(turn);
        }
    }

    /// The hold ran out and someone else was quicker: the next one is offered.
    fn taken_by_others(&mut self, turn: &mut Turn<'_>) {
        turn.say(self.sentences().taken);
        let held = self.topic.as_mut().and_then(|topic| topic.held.take());
        let from = held.map_or(turn.now, |held| held.start.max(turn.now));
        self.farewell = false;
        self.search(Search { from, until: None, near: None, else_any: true }, turn);
    }

    /// Whether an appointment is being looked for.
    pub(super) const fn is_searching(&self) -> bool {
        matches!(self.pending, Some((_, Purpose::Hold(_))))
    }

    pub(super) fn wait_for(&mut self, purpose: Purpose, order: Order, turn: &mut Turn<'_>) {
        self.put(Open::Ordered);
        self.pending = Some((self.order(order, turn), purpose));
    }

    /// The job sheet as colleagues get it now, remembered so that a later correction shows.
    pub(super) fn write_sheet(&mut self) -> JobSheet {
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return JobSheet::default() };
        let sheet = topic.job_sheet(form, self.site.language);
        if let Some(topic) = &mut self.topic {
            topic.sheet = Some(sheet.clone());
        }
        sheet
    }

    /// The caller agreed to what was read back: every value is kept as confirmed.
    fn confirm_everything(&mut self, turn: &mut Turn<'_>) {
        let Some(topic) = &mut self.topic else { return };
        let Some(form) = self.site.form(&topic.form) else { return };
        for (slot, filled) in form.slots.iter().zip(topic.slots.iter_mut().map(Option::as_mut)) {
            let Some(filled) = filled else { continue };
            if !is_confirmed_by_reading_back(form, slot, &filled.value) {
                continue;
            }
            filled.confirmed = true;
            turn.keep(Entry::Slot(SlotRecord {
                name: slot.name.clone(),
                value: written(&filled.value, self.site.language).into(),
                confidence: filled.confidence,
                confirmed: true,
            }));
        }
    }
}
