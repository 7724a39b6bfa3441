//! Watching: what the watch is told, what its alarms lead to, and the limits that hold by the wall clock whatever
//! becomes of the sound.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use super::Call;
use crate::call::Output;
use crate::call::dialogue::{DialogueInput, DialogueOutput, Limit, Move};
use crate::call::hearing::Utterance;
use crate::call::line::Tone;
use crate::call::understanding::{Signal, Understood};
use crate::call::watch::{Alarm, Said, Sign};
use crate::clock::Instant;
use crate::record::Entry;

/// How long nothing may be heard of what is said on the way out, before it is taken without a word: the voice has
/// its own limit, so this is a line that takes no sound, or sound that drowns ours.
const LEAVING_S_MAX: u64 = 30;

impl Call {
    /// A machine's tone.
    pub(super) fn tone(&mut self, now: Instant, tone: Tone, out: &mut Vec<Output>) {
        match tone {
            _ if !self.listens() => {}
            Tone::Fax => self.limit(now, Limit::Fax, out),
            Tone::Beep => self.sign(now, Sign::Beep, out),
            Tone::Lasting => self.sign(now, Sign::Sound, out),
        }
    }

    /// Tells the watch something, and does what has to be done.
    pub(super) fn sign(&mut self, now: Instant, sign: Sign<'_>, out: &mut Vec<Output>) {
        match self.watch.handle(now, sign) {
            None | Some(Alarm::Unheeded) => {}
            // What waits to be said is a question too.
            Some(Alarm::AskPresence) if self.mouth.is_busy() => self.mouth.resume(),
            Some(Alarm::AskPresence) => self.converse(now, DialogueInput::Silence, out),
            Some(Alarm::Music) => self.limit(now, Limit::Music, out),
            Some(Alarm::Machine) => self.limit(now, Limit::Machine, out),
        }
    }

    /// Whether an utterance is for the dialogue. Danger to life always is.
    pub(super) fn is_heeded(
        &mut self,
        now: Instant,
        utterance: &Utterance,
        understood: &Understood,
        out: &mut Vec<Output>,
    ) -> bool {
        if understood.signals.contains(&Signal::DangerToLife) {
            return true;
        }
        // In a noisy room nobody need be told that he was not understood.
        let noise = utterance.transcript.is_empty() && self.watch.hears_sound();
        let pause = self.spoke_to.filter(|ended| *ended <= utterance.began);
        let said = Said {
            transcript: &utterance.transcript,
            length: utterance.ended - utterance.began,
            pause: pause.map(|ended| utterance.began - ended),
            understood: *understood != Understood::default(),
        };
        match self.watch.handle(now, Sign::Said(said)) {
            None => !noise,
            Some(Alarm::Machine) => {
                self.limit(now, Limit::Machine, out);
                false
            }
            Some(_) => false,
        }
    }

    /// What is new in what the dialogue decided. Kept by its fingerprint: it may be about a person.
    pub(super) fn note_news(&mut self, now: Instant, decided: &DialogueOutput) {
        let what = match decided {
            DialogueOutput::Keep(Entry::Slot(slot)) => format!("{}={}", slot.name, slot.value.reveal()),
            DialogueOutput::Order(_, order) => format!("{order:?}"),
            DialogueOutput::Move(Move::TakeUp { intent, .. }) => format!("takes up {intent}"),
            DialogueOutput::Move(Move::Answer { source }) => format!("answers {source}"),
            DialogueOutput::Move(
                Move::Booked | Move::Noted | Move::OfferFurther { .. } | Move::AskAnythingElse,
            ) => "done".to_owned(),
            _ => return,
        };
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.watch.handle(now, Sign::News(hasher.finish()));
    }

    /// A limit is reached: what is being said is broken off.
    fn limit(&mut self, now: Instant, limit: Limit, out: &mut Vec<Output>) {
        self.on_hold = None;
        if self.dialogue.is_leaving() {
            return;
        }
        log::info!("nobody to talk to any more: {}", limit.reason());
        self.speak_in_spite(now, DialogueInput::Limit(limit), out);
    }

    /// Has something said in spite of hold and of whatever sounds.
    pub(super) fn speak_in_spite(&mut self, now: Instant, why: DialogueInput, out: &mut Vec<Output>) {
        self.on_hold = None;
        self.interrupt(now, out);
        self.mouth.resume();
        if !self.over {
            self.converse(now, why, out);
        }
    }

    /// Nobody was heard while he had the floor. Where there is sound, the watch says how long that may go on.
    pub(super) fn silent(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.watch.hears_sound() && self.watch.has_asked() {
            return;
        }
        self.watch.handle(now, Sign::Asked);
        self.converse(now, DialogueInput::Silence, out);
    }

    /// Holds the limits that are due; whether one was.
    pub(super) fn is_out_of_limits(&mut self, now: Instant, out: &mut Vec<Output>) -> bool {
        let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= now);
        if is_due(self.leaving_due) {
            self.leaving_due = None;
            if let Some(spoken) = self.mouth.drop_all(self.media) {
                self.report(spoken, out);
            }
            self.hear_held(now, out);
            self.converse(now, DialogueInput::OutOfTime, out);
        } else if is_due(self.hold_due()) {
            self.limit(now, Limit::Hold, out);
        } else if is_due(self.watch.deadline()) {
            self.sign(now, Sign::Time, out);
        } else {
            return false;
        }
        true
    }

    /// After every input: whose time it is that passes, and how long the way out may take.
    pub(super) fn watch_over(&mut self, now: Instant) {
        if self.over {
            return;
        }
        self.hold_back();
        let quiet = !self.mouth.is_busy() || self.mouth.is_paused();
        let leaving = self.dialogue.is_leaving() && self.consulting.is_none();
        let callers = quiet && !leaving && self.listens() && self.orders.is_empty();
        self.watch.handle(now, Sign::Floor(callers));
        if !leaving {
            self.leaving_due = None;
        } else if self.leaving_due.is_none() || self.mouth.is_audible() {
            self.leaving_due = Some(now + Duration::from_secs(LEAVING_S_MAX));
        }
    }
}
