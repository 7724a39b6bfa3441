//! Consulting: while a colleague is asked, the frames both ways are his or nobody's, the ear is deaf, and every wait
//! has an end. What is said and decided is the dialogue's.

use std::time::Duration;

use super::Call;
use crate::call::Output;
use crate::call::dialogue::DialogueInput;
use crate::call::line::{ColleagueEvent, Destination, Digit, LineCommand};
use crate::clock::Instant;
use crate::record::{Answer, Ending, Entry};

/// What the PBX may need on top of the ringing, from the order to the word that somebody answered.
const SET_UP_MS_MAX: u64 = 3_000;
/// How long a caller without music waits before he is told that somebody is still being called, and again.
const STILL_TRYING_S: u64 = 8;
/// How long it may take until everything has been said to a colleague: a line that takes no sound never gets there.
const BRIEFING_S_MAX: u64 = 60;
/// From answering to the first word: until the receiver is at the ear.
const EAR_MS: u64 = 600;
/// How long a colleague may take to press a key once he has heard everything.
const KEY_S_MAX: u64 = 6;
/// How long the PBX may take to give the caller back.
const RETURN_S_MAX: u64 = 5;

/// A colleague who is being asked.
#[derive(Debug)]
pub(super) struct Consultation {
    destination: Destination,
    stage: Stage,
    began: Instant,
    /// When it has taken too long.
    due: Option<Instant>,
    /// When the caller is to hear that it goes on.
    still_trying_due: Option<Instant>,
    /// When the colleague is to hear what it is about.
    brief_due: Option<Instant>,
    /// Whether what became of it is kept already.
    kept: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Calling,
    Listening,
    Returning,
}

impl Consultation {
    pub(super) fn deadline(&self) -> Option<Instant> {
        [self.due, self.still_trying_due, self.brief_due].into_iter().flatten().min()
    }
}

impl Call {
    /// The dialogue wants a colleague to be asked.
    pub(super) fn consult(
        &mut self,
        now: Instant,
        destination: Destination,
        ring_s: u16,
        out: &mut Vec<Output>,
    ) {
        let ring = Duration::from_secs(u64::from(ring_s));
        (self.silence_due, self.unanswered) = (None, None);
        self.ear.rest();
        self.consulting = Some(Consultation {
            destination: destination.clone(),
            stage: Stage::Calling,
            began: now,
            due: Some(now + ring + Duration::from_millis(SET_UP_MS_MAX)),
            still_trying_due: None,
            brief_due: None,
            kept: false,
        });
        let screen = self.dialogue.screen_pop();
        out.push(Output::Line(LineCommand::Consult { destination, screen, ring }));
    }

    /// Something happened on the colleague's side.
    pub(super) fn colleague(&mut self, now: Instant, event: ColleagueEvent, out: &mut Vec<Output>) {
        let Some(consultation) = &mut self.consulting else {
            return log::debug!("nobody is being asked, and {event:?}");
        };
        match event {
            ColleagueEvent::Calling { music } => {
                let due = now + Duration::from_secs(STILL_TRYING_S);
                consultation.still_trying_due =
                    (!music && consultation.stage == Stage::Calling).then_some(due);
            }
            ColleagueEvent::Answered => {
                if consultation.stage != Stage::Calling {
                    return;
                }
                consultation.stage = Stage::Listening;
                (consultation.due, consultation.still_trying_due) = (None, None);
                consultation.brief_due = Some(now + Duration::from_millis(EAR_MS));
                return self.hush(out);
            }
            ColleagueEvent::Digit(_) => {
                if consultation.stage != Stage::Listening {
                    return;
                }
                if consultation.brief_due.take().is_some() {
                    self.converse(now, DialogueInput::Colleague(ColleagueEvent::Answered), out);
                }
                self.interrupt(now, out);
            }
            ColleagueEvent::Gone(absence) => {
                self.keep_answer(Answer::of(absence), out);
                let began = self.consulting.take().map_or(now, |consultation| consultation.began);
                self.waited += now.since(began);
                self.hush(out);
            }
        }
        self.converse(now, DialogueInput::Colleague(event), out);
        self.watch_silence(now);
    }

    /// The caller presses a key. Only as long as it rings: what is said later may be for the colleague.
    pub(super) fn waiting_caller_pressed(&mut self, now: Instant, digit: Digit, out: &mut Vec<Output>) {
        if self.consulting.as_ref().is_some_and(|it| it.stage == Stage::Calling) {
            self.converse(now, DialogueInput::Digit(digit), out);
        }
    }

    /// A wait has come to its end.
    pub(super) fn check_consultation(&mut self, now: Instant, out: &mut Vec<Output>) {
        let Some(consultation) = &mut self.consulting else { return };
        if consultation.brief_due.take_if(|due| *due <= now).is_some() {
            self.converse(now, DialogueInput::Colleague(ColleagueEvent::Answered), out);
        } else if consultation.due.take_if(|due| *due <= now).is_some() {
            if consultation.stage == Stage::Returning {
                log::error!(
                    "the caller was not given back in time; the call goes to the dialplan's fallback"
                );
                return self.release(now, Destination::Fallback, "fault", out);
            }
            self.hush(out);
            self.converse(now, DialogueInput::ColleagueOverdue, out);
        } else if consultation.still_trying_due.is_some_and(|due| due <= now) {
            consultation.still_trying_due = Some(now + Duration::from_secs(STILL_TRYING_S));
            self.converse(now, DialogueInput::StillTrying, out);
        }
        self.watch_key(now);
    }

    /// Starts waiting for everything to be said to the colleague, or, where it has been, for his key.
    pub(super) fn watch_key(&mut self, now: Instant) {
        if let Some(consultation) = &mut self.consulting
            && consultation.stage == Stage::Listening
            && consultation.brief_due.is_none()
        {
            let wait_s = if self.mouth.is_busy() { BRIEFING_S_MAX } else { KEY_S_MAX };
            consultation.due = Some(now + Duration::from_secs(wait_s));
        }
    }

    /// The dialogue lets go of the colleague.
    pub(super) fn give_up_colleague(&mut self, now: Instant, answer: Answer, out: &mut Vec<Output>) {
        self.keep_answer(answer, out);
        self.hush(out);
        if let Some(consultation) = &mut self.consulting {
            consultation.stage = Stage::Returning;
            (consultation.still_trying_due, consultation.brief_due) = (None, None);
            consultation.due = Some(now + Duration::from_secs(RETURN_S_MAX));
            out.push(Output::Line(LineCommand::Return));
        }
    }

    /// The colleague takes the call.
    pub(super) fn connect(&mut self, now: Instant, reason: &'static str, out: &mut Vec<Output>) {
        self.keep_answer(Answer::Accepted, out);
        let Some(consultation) = self.consulting.take() else { return };
        let destination = consultation.destination;
        self.end(now, Ending::HandedOver { destination, reason: reason.to_owned() }, out);
        out.push(Output::Line(LineCommand::Connect { reason }));
    }

    /// Something of ours broke while the caller waits: he goes where he was to go, without being announced. One who
    /// was refused goes to the fallback.
    pub(super) fn release_unannounced(&mut self, now: Instant, out: &mut Vec<Output>) {
        let asked = self.consulting.as_ref().filter(|it| it.stage != Stage::Returning);
        let destination = asked.map_or(Destination::Fallback, |asked| asked.destination.clone());
        self.release(now, destination, "fault", out);
    }

    /// The call ends while somebody is asked.
    pub(super) fn break_off(&mut self, out: &mut Vec<Output>) {
        self.keep_answer(Answer::BrokenOff, out);
        self.consulting = None;
    }

    /// Keeps what became of asking; only the first word on it counts.
    pub(super) fn keep_answer(&mut self, answer: Answer, out: &mut Vec<Output>) {
        if let Some(consultation) = &mut self.consulting
            && !std::mem::replace(&mut consultation.kept, true)
        {
            let destination = consultation.destination.clone();
            out.push(Output::Entry(Entry::Consulted { destination, answer }));
        }
    }

    /// What is being said was for somebody who does not hear it any more.
    fn hush(&mut self, out: &mut Vec<Output>) {
        if let Some(spoken) = self.mouth.stop(self.media) {
            self.report(spoken, out);
        }
    }
}
