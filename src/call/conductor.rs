//! The conductor: carries what each room emits to the next one, and the three things that go against the flow
//! (barge-in, expectation, outcome). It decides nothing but who has the floor.
//!
//! # Contract
//! - [`Call::begin`] once, then [`handle`](Call::handle) for every input, in the order in which things happened,
//!   with the monotonic moment; [`deadline`](Call::deadline) says when a [`Input::Tick`] is due at the latest.
//! - For every [`LineEvent::Frame`] exactly one [`LineCommand::Frame`] comes out.
//! - The outputs of one call to `handle` are carried out in order; entries before what follows them.
//! - After [`LineCommand::Release`] or [`LineCommand::HangUp`], or after [`LineEvent::HungUp`] went in, nothing
//!   comes out any more ([`is_over`](Call::is_over)).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::actions::{OrderId, Outcome};
use super::dialogue::{Dialogue, DialogueInput, DialogueOutput};
use super::floor::{Floor, Verdict};
use super::hearing::{Ear, Expect, Heard, Transcript, Utterance};
use super::line::{Arrival, Destination, Digit, Frame, LineCommand, LineEvent};
use super::output::{Event, Output};
use super::speech::{Mouth, Phrase, Spoken};
use super::understanding::Understander;
use super::{Input, SiteRooms};
use crate::clock::{Instant, MediaTime};
use crate::config::Limits;
use crate::record::{Ending, Entry};

/// How long an order may take before it counts as failed.
const ORDER_MS_MAX: u64 = 5_000;

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
    slowly: bool,
    silence_due: Option<Instant>,
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
            slowly: false,
            silence_due: None,
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
        !self.over && !self.mouth.is_busy() && self.orders.is_empty() && !self.ear.in_utterance()
    }

    /// Takes in what happened and says what is to be done about it.
    pub fn handle(&mut self, now: Instant, input: Input, out: &mut Vec<Output>) {
        if self.over {
            return;
        }
        match input {
            Input::Line(LineEvent::Frame(frame)) => self.frame(now, &frame, out),
            Input::Line(LineEvent::Digit(digit)) => self.digit(now, digit, out),
            Input::Line(LineEvent::Typed(text)) => {
                let transcript = Transcript::typed(text.reveal());
                self.utterance(now, Utterance { began: self.media, ended: self.media, transcript }, out);
            }
            Input::Line(LineEvent::HungUp(by)) => self.end(now, Ending::HungUp { by }, out),
            Input::Job(result) => {
                let mut heard = std::mem::take(&mut self.heard);
                self.ear.answer(result, &mut heard);
                self.listen(now, &mut heard, out);
            }
            Input::Rendered(id, Some(sound)) => self.mouth.rendered(id, sound),
            Input::Rendered(_, None) => self.release(now, Destination::Fallback, "fault", out),
            Input::Outcome(id, outcome) => self.outcome(now, id, outcome, out),
            Input::KeepFailed => self.fault(now, out),
            Input::Tick => {}
        }
        self.check_deadlines(now, out);
    }

    /// When something is due even if nothing happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        let too_long = (!self.too_long_said).then(|| self.longest());
        let order = self.orders.values().min().copied();
        [too_long, order, self.silence_due, self.mouth.deadline()].into_iter().flatten().min()
    }

    fn longest(&self) -> Instant {
        self.began + Duration::from_secs(u64::from(self.limits.call_s_max))
    }

    fn check_deadlines(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.over {
            return;
        }
        if self.mouth.deadline().is_some_and(|due| due <= now) {
            log::error!("the voice took too long for a phrase; the call goes to the dialplan's fallback");
            self.release(now, Destination::Fallback, "fault", out);
        } else if !self.too_long_said && self.longest() <= now {
            self.too_long_said = true;
            self.interrupt(now, out);
            self.converse(now, DialogueInput::TooLong, out);
        } else if self.silence_due.take_if(|due| *due <= now).is_some() {
            self.converse(now, DialogueInput::Silence, out);
        } else if let Some(id) = self.orders.iter().find(|(_, due)| **due <= now).map(|(id, _)| *id) {
            self.outcome(now, id, Outcome::Failed { cause: "no answer in time".to_owned() }, out);
        }
    }

    fn frame(&mut self, now: Instant, frame: &Frame, out: &mut Vec<Output>) {
        let (voice, spoken) = self.mouth.frame(self.media);
        out.push(Output::Line(LineCommand::Frame(voice)));
        self.ear.over_voice(self.mouth.is_audible());
        let mut heard = std::mem::take(&mut self.heard);
        self.ear.frame(frame, &mut heard);
        self.media = self.media.next_frame();
        if let Some(spoken) = spoken {
            self.spoke(now, spoken, out);
        }
        self.listen(now, &mut heard, out);
    }

    /// Carries what the ear noticed on, and gives the buffer back.
    fn listen(&mut self, now: Instant, heard: &mut Vec<Heard>, out: &mut Vec<Output>) {
        for noticed in heard.drain(..) {
            match noticed {
                Heard::Job(job) => out.push(Output::Job(job)),
                Heard::Began => {
                    self.silence_due = None;
                    if self.mouth.is_busy() && self.mouth.is_interruptible() {
                        self.mouth.pause();
                    }
                }
                Heard::Nothing => self.carry_on(now),
                Heard::Utterance(utterance) => self.utterance(now, utterance, out),
                Heard::Failed(cause) => {
                    log::error!("hearing failed in mid-call: {cause}; the call goes to its way out");
                    self.fault(now, out);
                }
            }
        }
        self.heard = std::mem::take(heard);
    }

    /// Something of ours is broken: say so where possible, and out. Once.
    fn fault(&mut self, now: Instant, out: &mut Vec<Output>) {
        if !std::mem::replace(&mut self.faulty, true) {
            self.interrupt(now, out);
            self.converse(now, DialogueInput::Fault, out);
        }
    }

    /// The caller only made a noise: go on with what was being said, or with waiting.
    fn carry_on(&mut self, now: Instant) {
        if self.mouth.is_paused() {
            self.mouth.resume();
        }
        self.watch_silence(now);
    }

    fn utterance(&mut self, now: Instant, utterance: Utterance, out: &mut Vec<Output>) {
        let heard = self.heard_event(&utterance);
        match self.floor.take(&self.mouth, utterance) {
            Verdict::CarryOn => {
                out.extend(heard);
                self.carry_on(now);
            }
            Verdict::Hold => {
                out.extend(heard);
                self.mouth.stop(self.media);
            }
            Verdict::Hear(utterance) => {
                self.interrupt(now, out);
                out.extend(heard);
                self.said(now, &utterance, out);
            }
        }
    }

    /// What people see of an utterance; nothing where no words were heard.
    fn heard_event(&self, utterance: &Utterance) -> Option<Output> {
        let best = utterance.transcript.best().filter(|best| !best.words.is_empty())?;
        Some(Output::Event(Event::Heard {
            began_ms: utterance.began.ms(),
            ended_ms: utterance.ended.ms(),
            decided_ms: self.media.ms(),
            text: best.text(),
            confidence: best.confidence,
        }))
    }

    fn said(&mut self, now: Instant, utterance: &Utterance, out: &mut Vec<Output>) {
        self.unanswered = Some(utterance.ended);
        let understood = self.understander.understand(&utterance.transcript, &self.wall(now), &self.expect);
        let confidence = utterance.transcript.best().map_or(0.0, |best| best.confidence);
        out.push(Output::Event(Event::Understood { at_ms: self.media.ms(), understood: understood.clone() }));
        self.converse(now, DialogueInput::Said { understood, confidence }, out);
        self.watch_silence(now);
    }

    fn digit(&mut self, now: Instant, digit: Digit, out: &mut Vec<Output>) {
        self.unanswered = Some(self.media);
        self.interrupt(now, out);
        self.converse(now, DialogueInput::Digit(digit), out);
        self.watch_silence(now);
    }

    /// Stops our voice where it may be stopped.
    fn interrupt(&mut self, now: Instant, out: &mut Vec<Output>) {
        if !self.mouth.is_busy() {
            return;
        }
        if let Some(spoken) = self.mouth.stop(self.media) {
            self.report(spoken, out);
        }
        if !self.mouth.is_busy() {
            self.converse(now, DialogueInput::FloorFree { interrupted: true }, out);
        }
    }

    /// A phrase was said to its end.
    fn spoke(&mut self, now: Instant, spoken: Spoken, out: &mut Vec<Output>) {
        if !spoken.phrase.interruptible
            && let Some(wording) = self.disclosing.take()
        {
            out.push(Output::Entry(Entry::Disclosed { at: spoken.ended, wording }));
        }
        self.report(spoken, out);
        if self.mouth.is_busy() {
            return;
        }
        let held = self.floor.held();
        self.converse(now, DialogueInput::FloorFree { interrupted: held.is_some() }, out);
        if let Some(utterance) = held {
            self.said(now, &utterance, out);
        }
        self.watch_silence(now);
    }

    fn report(&mut self, spoken: Spoken, out: &mut Vec<Output>) {
        let ended_before = self.unanswered.filter(|ended| *ended <= spoken.began);
        if ended_before.is_some() {
            self.unanswered = None;
        }
        out.push(Output::Event(Event::Spoke {
            id: spoken.id,
            began_ms: spoken.began.ms(),
            ended_ms: spoken.ended.ms(),
            reaction_ms: ended_before.map(|ended| spoken.began.ms() - ended.ms()),
            interrupted: spoken.interrupted,
            text: spoken.phrase.text,
        }));
    }

    /// Starts waiting for the caller where he has the floor.
    fn watch_silence(&mut self, now: Instant) {
        let patience = Duration::from_secs(u64::from(self.limits.silence_s_max));
        self.silence_due = self.caller_has_floor().then(|| now + patience);
    }

    fn outcome(&mut self, now: Instant, id: OrderId, outcome: Outcome, out: &mut Vec<Output>) {
        if self.orders.remove(&id).is_none() {
            return;
        }
        out.push(Output::Entry(Entry::Became { id, outcome: outcome.clone() }));
        out.push(Output::Event(Event::Outcome { at_ms: self.media.ms(), id, outcome: outcome.clone() }));
        self.converse(now, DialogueInput::Outcome(id, outcome), out);
        self.watch_silence(now);
    }

    /// Gives the dialogue an input and carries out what it wants.
    fn converse(&mut self, now: Instant, input: DialogueInput, out: &mut Vec<Output>) {
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

    fn release(
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
        out.push(Output::Line(LineCommand::Release { destination, reason }));
    }

    fn end(&mut self, now: Instant, ending: Ending, out: &mut Vec<Output>) {
        if let Some(spoken) = self.mouth.stop(self.media) {
            self.report(spoken, out);
        }
        let at = self.wall(now).timestamp();
        out.push(Output::Entry(Entry::Ended { at, length: self.media, ending }));
        out.push(Output::Event(Event::Ended { at, length_ms: self.media.ms() }));
        self.over = true;
    }

    /// The wall clock at a monotonic moment of this call.
    fn wall(&self, now: Instant) -> Zoned {
        self.began_at.saturating_add(now.since(self.began))
    }
}
