//! On call: a job that cannot wait is written down first, so that it is not lost whatever happens, and then those on call
//! are rung, one after the other, until somebody takes it. Who is rung is the site's file and the clock, never a word of
//! the caller's. He waits meanwhile and hears in the end who comes, or that nobody was reached.

use std::collections::VecDeque;

use super::booking::{Purpose, TICKET_DIGITS};
use super::consulting::{Asked, Consulting};
use super::leaving::Exit;
use super::notes::shortened;
use super::topic::Progress;
use super::turn::Turn;
use super::wording::{fill, spoken};
use super::{Dialogue, DialogueOutput, Move};
use crate::call::actions::{JobSheet, Order, TakenBy, Tried};
use crate::call::line::{Absence, Digit};
use crate::call::understanding::{SlotKind, Value};
use crate::config::site::Accepted;
use crate::record::Answer;

/// How often those on call are rung anew for the same job: once more where the caller corrected it.
const CHAINS_MAX: u8 = 2;
/// Characters of a note that somebody hears who was asleep; the sheet has all of it.
const NOTE_CHARS_TOLD_MAX: usize = 160;
/// Reaches the dialplan.
const REASON: &str = "on_call";
/// What is told to whoever is on call, beside the number to call back on.
const TOLD: [SlotKind; 4] = [SlotKind::Name, SlotKind::Address, SlotKind::Choice, SlotKind::Note];

impl Dialogue {
    /// The job goes on paper before anybody is rung.
    pub(super) fn write_job_down(&mut self, job: JobSheet, turn: &mut Turn<'_>) {
        let order = self.with_attendance(job);
        self.wait_for(Purpose::OnCall, order, turn);
    }

    fn with_attendance(&self, job: JobSheet) -> Order {
        let attendance = self.topic.as_ref().map(|topic| topic.attendance.clone()).unwrap_or_default();
        let ticket = self.topic.as_ref().and_then(|topic| topic.ticket);
        Order::OpenTicket { ticket, job: JobSheet { on_call: Some(Box::new(attendance)), ..job } }
    }

    /// Writes on the sheet what has come of ringing. Nobody waits for it: it is true whether it can be written or not.
    fn note_attendance(&mut self, turn: &mut Turn<'_>) {
        let sheet = self.topic.as_ref().and_then(|topic| topic.sheet.clone());
        let order = self.with_attendance(sheet.unwrap_or_default());
        self.order(order, turn);
    }

    /// It is on paper: those on call at this hour are rung.
    pub(super) fn job_written_down(&mut self, ticket: i64, turn: &mut Turn<'_>) {
        let Some(topic) = &mut self.topic else { return self.failed(turn) };
        topic.ticket = Some(ticket);
        topic.progress = Progress::Noted;
        topic.chains = topic.chains.saturating_add(1);
        let may_ring = topic.chains <= CHAINS_MAX;
        let knows = topic.attendance.taken_by.as_ref().map(|taken| taken.name.clone());
        if self.is_outdated() {
            return self.proceed(turn);
        }
        let mut others = if may_ring { self.on_call_now(knows.as_deref(), turn) } else { VecDeque::new() };
        let Some(first) = others.pop_front() else { return self.tell_nobody(turn) };
        turn.decide(Move::RingOnCall);
        turn.say(&self.site.texts.on_call);
        self.leave_by(Exit::Consult { first, others, reason: REASON }, turn);
    }

    /// Whoever is on call now, as often as the site says. `knows`: has the job already, and hears of the change first.
    fn on_call_now(&self, knows: Option<&str>, turn: &Turn<'_>) -> VecDeque<Asked> {
        let Some(on_call) = &self.site.on_call else { return VecDeque::new() };
        let mut chain = on_call.chain(turn.now);
        chain.sort_by_key(|who| Some(who.name.as_str()) != knows);
        let rounds = chain.len() * usize::from(on_call.rounds);
        let asked = |name: &String, destination| Asked { destination, name: Some(name.clone()) };
        chain.iter().cycle().take(rounds).map(|who| asked(&who.name, who.telephone.clone())).collect()
    }

    /// The key for yes: the job is his from now on.
    pub(super) fn job_taken(&mut self, turn: &mut Turn<'_>) {
        let Some(consulting) = &mut self.consulting else { return };
        consulting.answer = Some(Answer::Accepted);
        let name = consulting.asked.name.clone().unwrap_or_default();
        let reason = consulting.reason;
        if let Some(topic) = &mut self.topic {
            topic.attendance.taken_by = Some(TakenBy { name, at: turn.now });
        }
        turn.decide(Move::JobTaken);
        self.note_attendance(turn);
        if self.site.on_call.as_ref().is_some_and(|on_call| on_call.accepted == Accepted::Connect) {
            turn.push(DialogueOutput::Connect { reason });
            self.ended = true;
            return;
        }
        turn.push(DialogueOutput::Accepted);
        turn.say(self.sentences().job_taken);
    }

    /// Everything was said: whoever has taken the job has heard so, and the caller is waiting.
    pub(super) fn job_was_taken(&mut self, turn: &mut Turn<'_>) {
        if self.consulting.as_ref().is_some_and(|it| it.answer == Some(Answer::Accepted)) {
            self.let_go(Answer::Accepted, turn);
        }
    }

    /// The caller is ours again: the next one is rung, or he hears what has come of it.
    pub(super) fn on_call_gone(&mut self, consulting: Consulting, absence: Absence, turn: &mut Turn<'_>) {
        let Consulting { asked, mut others, reason, answer, wants_human, .. } = consulting;
        let answer = answer.unwrap_or(Answer::of(absence));
        if answer == Answer::Accepted {
            return self.tell_taken(turn);
        }
        if let (Some(topic), Some(name)) = (&mut self.topic, &asked.name) {
            topic.attendance.tried.push(Tried { name: name.clone(), answer });
        }
        if absence == Absence::Unsupported {
            self.exit = Some(Exit::HandOver { destination: asked.destination, reason });
            return;
        }
        turn.decide(Move::ComeBack);
        if wants_human {
            return self.hand_over("caller_asked", turn);
        }
        if answer == Answer::Declined {
            // who has said no is not woken again
            others.retain(|other| *other != asked);
        }
        let Some(first) = others.pop_front() else {
            self.note_attendance(turn);
            return self.tell_nobody(turn);
        };
        turn.say(self.sentences().next_colleague);
        self.exit = Some(Exit::Consult { first, others, reason });
    }

    /// The caller presses a key while those on call are rung: 0 is a human, as everywhere.
    pub(super) fn waiting_caller_pressed(&mut self, digit: Digit, turn: &mut Turn<'_>) {
        let Some(consulting) = &mut self.consulting else { return };
        if digit.symbol() == '0' && consulting.asked.name.is_some() && consulting.answer.is_none() {
            consulting.wants_human = true;
            self.let_go(Answer::BrokenOff, turn);
        }
    }

    /// Somebody comes: the caller hears who.
    fn tell_taken(&mut self, turn: &mut Turn<'_>) {
        let taken_by = self.topic.as_ref().and_then(|topic| topic.attendance.taken_by.as_ref());
        let technician = taken_by.map(|taken| taken.name.clone()).unwrap_or_default();
        let values = [("technician", technician), ("number", self.ticket_number(turn))];
        turn.say(&fill(&self.site.texts.on_call_accepted, &values));
        self.done(turn);
    }

    /// Whether those on call are being rung, or are about to be.
    pub(super) fn is_ringing_on_call(&self) -> bool {
        matches!(&self.exit, Some(Exit::Consult { first, .. }) if first.name.is_some())
    }

    /// Nobody has taken it: the caller hears so, and goes the way out that the site names.
    fn tell_nobody(&mut self, turn: &mut Turn<'_>) {
        turn.decide(Move::NobodyOnCall);
        let number = self.ticket_number(turn);
        turn.say(&fill(&self.site.texts.on_call_nobody, &[("number", number)]));
        let way_out = self.site.on_call.as_ref().and_then(|on_call| on_call.way_out.clone());
        match way_out {
            Some(destination) => {
                let text = self.sentences().going_on;
                self.leave_to(destination, REASON, text, turn);
            }
            None => self.done(turn),
        }
    }

    fn ticket_number(&self, turn: &Turn<'_>) -> String {
        let number = self.topic.as_ref().and_then(|topic| topic.ticket).unwrap_or_default();
        let digits = Value::Digits { value: format!("{number:0TICKET_DIGITS$}").into() };
        spoken(&digits, turn.now, self.site.language)
    }

    /// The job in one breath, and what to press.
    pub(super) fn job_briefing(&self, turn: &Turn<'_>) -> String {
        let (sentences, language) = (self.sentences(), self.site.language);
        let title = self.topic.as_ref().map(|topic| {
            let emergency =
                if topic.emergency { format!("{}, ", sentences.emergency) } else { String::new() };
            emergency + &topic.title
        });
        let told = self.told_by_the_caller();
        let of_the_job = told.iter().filter(|(_, kind, _)| TOLD.contains(kind));
        let of_the_job = of_the_job.map(|(_, _, value)| match value {
            Value::Note { value } => shortened(value.reveal(), NOTE_CHARS_TOLD_MAX).to_owned(),
            value => spoken(value, turn.now, language),
        });
        let number = told.iter().find(|(_, kind, _)| *kind == SlotKind::Telephone);
        let number = number
            .map(|(.., value)| fill(sentences.job_number, &[("value", spoken(value, turn.now, language))]));
        let parts: Vec<String> = title.into_iter().chain(of_the_job).chain(number).collect();
        let parts: Vec<&str> = parts.iter().map(|part| part.trim_end_matches(['.', '!', '?', ' '])).collect();
        fill(sentences.job, &[("what", parts.join(". "))]) + " " + sentences.briefing_keys
    }
}
