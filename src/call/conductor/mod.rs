//! The conductor: carries what each room emits to the next one, and the three things that go against the flow
//! (barge-in, expectation, outcome). It decides nothing but who has the floor.
//!
//! # Contract
//! - [`Call::begin`] once, then [`handle`](Call::handle) for every input, in the order in which things happened,
//!   with the monotonic moment; [`deadline`](Call::deadline) says when a [`Input::Tick`] is due at the latest.
//! - For every [`LineEvent::Frame`] exactly one [`LineCommand::Frame`] comes out.
//! - The outputs of one call to `handle` are carried out in order; entries before what follows them.
//! - After [`LineCommand::Release`], [`LineCommand::Connect`] or [`LineCommand::HangUp`], or after
//!   [`LineEvent::HungUp`] went in, nothing comes out any more ([`is_over`](Call::is_over)).

mod carrying;
mod consulting;
mod holding;
mod listening;
mod watching;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, Zoned};

use self::consulting::Consultation;
use super::actions::{HoldId, OrderId, Outcome};
use super::dialogue::{Dialogue, DialogueInput, DialogueOutput};
use super::floor::Floor;
use super::hearing::{Ear, Expect, Heard, Transcript, Utterance};
use super::line::{Arrival, LineEvent};
use super::speech::Mouth;
use super::understanding::Understander;
use super::watch::Watch;
use super::{Input, Output, SiteRooms};
use crate::clock::{Instant, MediaTime};
use crate::config::Limits;
use crate::record::{Ending, Entry};

/// One call.
pub struct Call {
    understander: Arc<Understander>,
    dialogue: Dialogue,
    ear: Ear,
    mouth: Mouth,
    limits: Limits,
    began: Instant,
    began_at: Zoned,
    media: MediaTime,
    expect: Vec<Expect>,
    floor: Floor,
    /// End of the last thing the caller said that nothing has answered yet.
    unanswered: Option<MediaTime>,
    /// The wording of the disclosure, until it has been heard to its end.
    disclosing: Option<String>,
    orders: BTreeMap<OrderId, Instant>,
    /// The hold that is neither booked nor given back.
    held: Option<HoldId>,
    /// The colleague who is being asked.
    consulting: Option<Consultation>,
    /// How long the caller has waited for colleagues: that is no part of the longest call.
    waited: Duration,
    slowly: bool,
    silence_due: Option<Instant>,
    watch: Watch,
    /// On hold by the caller's telephone; until when.
    on_hold: Option<Instant>,
    /// Until when something has to be heard of what is said on the way out.
    leaving_due: Option<Instant>,
    /// When we stopped speaking, in the call's sound.
    spoke_to: Option<MediaTime>,
    too_long_said: bool,
    faulty: bool,
    over: bool,
    /// Reused, so that a frame allocates nothing.
    heard: Vec<Heard>,
    decided: Vec<DialogueOutput>,
}

impl Call {
    /// A call that has just been answered.
    pub fn begin(
        now: Instant,
        at: Timestamp,
        rooms: &SiteRooms,
        limits: Limits,
        arrival: Arrival,
        out: &mut Vec<Output>,
    ) -> Self {
        out.push(Output::Entry(Entry::Began {
            at,
            site: rooms.site.id.clone(),
            caller: arrival.caller.clone(),
        }));
        let mut call = Self {
            understander: Arc::clone(&rooms.understander),
            dialogue: Dialogue::new(Arc::clone(&rooms.site), arrival),
            ear: Ear::new(),
            mouth: Mouth::default(),
            limits,
            began: now,
            began_at: at.to_zoned(rooms.site.time_zone.clone()),
            media: MediaTime::START,
            expect: vec![Expect::Free],
            floor: Floor::default(),
            unanswered: None,
            disclosing: None,
            orders: BTreeMap::new(),
            held: None,
            consulting: None,
            waited: Duration::ZERO,
            slowly: false,
            silence_due: None,
            watch: Watch::new(now, limits),
            on_hold: None,
            leaving_due: None,
            spoke_to: None,
            too_long_said: false,
            faulty: false,
            over: false,
            heard: Vec::new(),
            decided: Vec::new(),
        };
        call.converse(now, DialogueInput::Began, out);
        call
    }

    /// Whether the call has ended.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Where the call's sound is.
    #[must_use]
    pub const fn media(&self) -> MediaTime {
        self.media
    }

    /// Whether the caller has the floor: nothing is being said, looked up or still being listened to.
    #[must_use]
    pub fn caller_has_floor(&self) -> bool {
        !self.over
            && self.consulting.is_none()
            && !self.mouth.is_busy()
            && self.orders.is_empty()
            && !self.ear.in_utterance()
    }

    /// Takes in what happened and says what is to be done about it.
    pub fn handle(&mut self, now: Instant, input: Input, out: &mut Vec<Output>) {
        if self.over {
            return;
        }
        match input {
            Input::Line(LineEvent::Frame(frame)) => self.frame(now, &frame, out),
            Input::Line(LineEvent::Digit(digit)) => self.digit(now, digit, out),
            // the caller waits, and nobody listens to him
            Input::Line(LineEvent::Typed(_)) if self.consulting.is_some() => {}
            Input::Line(LineEvent::Typed(text)) => {
                self.is_there();
                let transcript = Transcript::typed(text.reveal());
                self.utterance(now, Utterance { began: self.media, ended: self.media, transcript }, out);
            }
            Input::Line(LineEvent::Colleague(event)) => self.colleague(now, event, out),
            Input::Line(LineEvent::Held) => self.put_on_hold(now),
            Input::Line(LineEvent::Resumed) => self.taken_back(now, out),
            Input::Line(LineEvent::Tone(tone)) => self.tone(now, tone, out),
            Input::Line(LineEvent::HungUp(by)) => self.end(now, Ending::HungUp { by }, out),
            Input::Job(result) => {
                let mut heard = std::mem::take(&mut self.heard);
                self.ear.answer(result, &mut heard);
                self.listen(now, &mut heard, out);
            }
            Input::Rendered(id, Some(sound)) => self.mouth.rendered(id, sound),
            Input::Rendered(id, None) if self.mouth.waits_for(id) => self.release_unannounced(now, out),
            Input::Rendered(_, None) => {}
            Input::Outcome(id, outcome) => self.outcome(now, id, outcome, out),
            Input::KeepFailed => self.fault(now, out),
            Input::Tick => {}
        }
        self.check_deadlines(now, out);
        self.watch_over(now);
    }

    /// When something is due even if nothing happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        let too_long = self.may_be_too_long().then(|| self.longest());
        let consulting = self.consulting.as_ref().and_then(Consultation::deadline);
        let order = self.orders.values().min().copied();
        let limits = [consulting, self.hold_due(), self.leaving_due, self.watch.deadline()];
        [too_long, order, self.silence_due, self.mouth.deadline()].into_iter().chain(limits).flatten().min()
    }

    /// Whoever is saying goodbye may come back, and the limit with him; who waits for a colleague waits for nothing
    /// else.
    fn may_be_too_long(&self) -> bool {
        !self.too_long_said && self.consulting.is_none() && !self.dialogue.is_leaving()
    }

    fn longest(&self) -> Instant {
        self.began + Duration::from_secs(u64::from(self.limits.call_s_max)) + self.waited
    }

    fn check_deadlines(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.over {
            return;
        }
        if self.mouth.deadline().is_some_and(|due| due <= now) {
            log::error!("the voice took too long for a phrase; the call goes to the dialplan");
            self.release_unannounced(now, out);
        } else if self.consulting.as_ref().and_then(Consultation::deadline).is_some_and(|due| due <= now) {
            self.check_consultation(now, out);
        } else if self.may_be_too_long() && self.longest() <= now {
            self.too_long_said = true;
            self.speak_in_spite(now, DialogueInput::TooLong, out);
        } else if self.is_out_of_limits(now, out) {
        } else if self.silence_due.take_if(|due| *due <= now).is_some() {
            self.silent(now, out);
        } else if let Some(id) = self.orders.iter().find(|(_, due)| **due <= now).map(|(id, _)| *id) {
            self.outcome(now, id, Outcome::Failed { cause: "no answer in time".to_owned() }, out);
        }
    }
}
