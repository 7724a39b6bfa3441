//! Pretend models, voice, calendar and disk: everything outside a call that does what it should, until it is
//! told to fail.
//!
//! Sound carries its text in its level, so that the recogniser can read it: text number *n* of a script is a
//! stretch of samples of [`LEVEL_FIRST`] + *n*, and a recogniser that has heard half of it knows half of the
//! words. Klinke's own voice has a level of its own.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use jiff::civil;

use super::caller::{Act, Sound, Telephone};
use super::script::Script;
use super::world::World;
use crate::call::actions::{HoldId, Order, OrderId, Outcome};
use crate::call::hearing::{Ask, Job, JobResult, StretchId, Transcript};
use crate::call::line::{
    Absence, Arrival, ColleagueEvent, FRAME_SAMPLES, Frame, LineCommand, VOICE_FRAME_SAMPLES, VoiceFrame,
};
use crate::call::speech::Rendered;
use crate::call::{Event, Input, Onlooker};
use crate::clock::Instant;
use crate::record::Entry;
use crate::sim::trace::{Header, Step, TRACE_VERSION, Trace};

/// Level of the first text of a caller.
pub const LEVEL_FIRST: i16 = 4_000;
/// Level of Klinke's voice.
pub const LEVEL_KLINKE: i16 = 2_000;
/// A caller's speech for one character, in samples: 60 ms.
const SAMPLES_A_CHARACTER: usize = 480;
/// Klinke's, as long.
const VOICE_SAMPLES_A_CHARACTER: usize = 960;

/// What should go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Jobs answered before the models fail; `None`: never.
    pub jobs_until_failure: Option<u32>,
    /// Phrases rendered before the voice fails.
    pub phrases_until_failure: Option<u32>,
    /// Orders carried out before the calendar fails.
    pub orders_until_failure: Option<u32>,
    /// Entries kept before the disk is full.
    pub entries_until_failure: Option<u32>,
}

/// A colleague who is called, in the order in which colleagues are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colleague {
    /// Whether the caller hears music meanwhile.
    pub music: bool,
    /// Frames until something happens from the moment of the call, and from each thing that happened to the next.
    pub does: VecDeque<(u32, ColleagueEvent)>,
}

impl Colleague {
    /// Nobody is there.
    #[must_use]
    pub fn absent(after_frames: u32, absence: Absence) -> Self {
        Self { music: true, does: [(after_frames, ColleagueEvent::Gone(absence))].into() }
    }

    /// Answers, and then does this.
    #[must_use]
    pub fn who_answers(after_frames: u32, then: &[(u32, ColleagueEvent)]) -> Self {
        let answered = [(after_frames, ColleagueEvent::Answered)];
        Self { music: true, does: answered.into_iter().chain(then.iter().copied()).collect() }
    }
}

/// A pretend world with one caller.
pub struct Pretend {
    telephone: Box<dyn Telephone>,
    texts: Vec<String>,
    faults: Faults,
    next_visit: civil::DateTime,
    /// What was heard of the stretch that goes on.
    hearing: Option<(StretchId, Vec<i16>)>,
    /// Whoever is called next.
    pub colleagues: VecDeque<Colleague>,
    /// Whoever is being called or listens.
    asked: Option<Colleague>,
    listening: bool,
    waited: u32,
    /// What was wanted of the line besides frames.
    pub commands: Vec<LineCommand>,
    /// What was kept.
    pub entries: Vec<Entry>,
    /// What people saw.
    pub events: Vec<Event>,
    /// Each frame of Klinke's: whether it was audible.
    pub audible: Vec<bool>,
    /// Everything that reached the call.
    pub trace: Option<Trace>,
}

/// The texts of a script as sound that a [`Pretend`] world understands.
#[must_use]
pub fn voice(script: &Script) -> HashMap<String, Sound> {
    let sound = |text: &str, level| vec![level; text.chars().count() * SAMPLES_A_CHARACTER].into();
    script.texts().zip(LEVEL_FIRST..).map(|(text, level)| (text.to_owned(), sound(text, level))).collect()
}

impl Pretend {
    /// A world in which `telephone` calls, who says the texts of `script`.
    #[must_use]
    pub fn new(script: &Script, telephone: Box<dyn Telephone>, faults: Faults) -> Self {
        Self {
            telephone,
            texts: script.texts().map(str::to_owned).collect(),
            faults,
            next_visit: civil::datetime(2026, 11, 23, 16, 0, 0, 0),
            hearing: None,
            colleagues: VecDeque::new(),
            asked: None,
            listening: false,
            waited: 0,
            commands: Vec::new(),
            entries: Vec::new(),
            events: Vec::new(),
            audible: Vec::new(),
            trace: None,
        }
    }

    /// Which text this is, and how many of its words have been said.
    fn recognise(&self, samples: &[i16]) -> Transcript {
        let said = samples.iter().filter(|sample| **sample >= LEVEL_FIRST);
        let Some(&level) = said.clone().max() else { return Transcript::default() };
        let heard = said.filter(|sample| **sample == level).count();
        let Some(text) = self.texts.get(usize::from((level - LEVEL_FIRST).unsigned_abs())) else {
            return Transcript::default();
        };
        let plain: String =
            text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let whole = text.chars().count() * SAMPLES_A_CHARACTER;
        let words: Vec<&str> = plain.split_whitespace().collect();
        let known = (words.len() * heard).div_ceil(whole.max(1)).min(words.len());
        Transcript::typed(&words[..known].join(" "))
    }
}

/// Counts down; `true` once it has run out.
fn fails(left: &mut Option<u32>) -> bool {
    match left {
        Some(0) => true,
        Some(count) => {
            *count -= 1;
            false
        }
        None => false,
    }
}

impl Onlooker for Pretend {
    fn began(&mut self, at: Timestamp, site: &str, arrival: &Arrival) {
        let caller = arrival.caller.clone();
        let header = Header { trace: TRACE_VERSION, at, site: site.to_owned(), caller };
        self.trace = Some(Trace { header, steps: Vec::new() });
    }

    fn event(&mut self, event: &Event) {
        if let Event::Spoke { text, .. } = event {
            self.telephone.told(text.reveal());
        }
        self.events.push(event.clone());
    }

    fn input(&mut self, ns: Instant, input: &Input) {
        if let Some(trace) = &mut self.trace {
            trace.steps.push(Step { ns, input: input.into() });
        }
    }

    fn frames(&mut self, _caller: &Frame, klinke: &VoiceFrame) {
        self.audible.push(*klinke != VoiceFrame::SILENCE);
    }
}

impl World for Pretend {
    fn answer(&mut self, job: Job) -> Option<JobResult> {
        match job {
            Job::Forget { stretch } => {
                self.hearing.take_if(|(known, _)| *known == stretch);
                None
            }
            Job::Score { id, .. } | Job::Hear { id, .. } if fails(&mut self.faults.jobs_until_failure) => {
                Some(JobResult::Failed { id, cause: "the models were told to fail".to_owned() })
            }
            Job::Score { id, window } => {
                let loud = window.samples.iter().filter(|sample| sample.abs() > 0.05).count();
                let probability = if loud > window.samples.len() / 2 { 0.97 } else { 0.02 };
                Some(JobResult::Scored { id, probability, window })
            }
            Job::Hear { id, stretch, samples, ask, .. } => {
                let known = self.hearing.take_if(|(known, _)| *known == stretch);
                let mut heard = known.map(|(_, heard)| heard).unwrap_or_default();
                heard.extend_from_slice(&samples);
                let transcript = (ask != Ask::Nothing).then(|| self.recognise(&heard));
                self.hearing = Some((stretch, heard));
                Some(JobResult::Heard { id, transcript })
            }
        }
    }

    fn render(&mut self, text: &str, _slowly: bool) -> Option<Rendered> {
        let samples = text.chars().count() * VOICE_SAMPLES_A_CHARACTER;
        (!fails(&mut self.faults.phrases_until_failure)).then(|| vec![LEVEL_KLINKE; samples].into())
    }

    fn carry_out(&mut self, id: OrderId, order: Order, _at: Timestamp) -> Outcome {
        if fails(&mut self.faults.orders_until_failure) {
            return Outcome::Failed { cause: "the calendar was told to fail".to_owned() };
        }
        match order {
            Order::HoldAppointment { from, .. } => {
                let start = self.next_visit.max(from);
                let end = start.saturating_add(jiff::Span::new().hours(1));
                self.next_visit = end;
                let hold = HoldId(i64::try_from(id.0).unwrap_or_default());
                Outcome::Held { hold, technician: "Herr Yilmaz".to_owned(), start, end }
            }
            Order::BookAppointment { hold, .. } => Outcome::Booked { appointment: hold.0, code: None },
            Order::ReleaseAppointment { .. } => Outcome::Released,
            Order::NoteCallBack { .. } | Order::LeaveMessage { .. } => Outcome::Noted,
            Order::OpenTicket { ticket, .. } => Outcome::Opened { ticket: ticket.unwrap_or(1) },
            Order::FindAppointment { .. } => Outcome::NotFound,
            Order::CancelAppointment { .. } => Outcome::Cancelled,
            Order::MoveAppointment { hold, .. } => Outcome::Moved { appointment: hold.0 },
        }
    }

    fn keep(&mut self, entry: Entry) -> bool {
        let kept = !fails(&mut self.faults.entries_until_failure);
        if kept {
            self.entries.push(entry);
        }
        kept
    }

    fn caller(&mut self, heard: &VoiceFrame) -> Act {
        let silence = VoiceFrame::SILENCE;
        let music = VoiceFrame([LEVEL_KLINKE; VOICE_FRAME_SAMPLES]);
        let heard = match &self.asked {
            Some(asked) if asked.music => &music,
            Some(_) if self.listening => &silence,
            _ => heard,
        };
        match self.telephone.frame(&heard.0) {
            // the caller hears nothing of the colleague, who never stops talking
            Act::Sound(_) if self.listening => Act::Sound(Frame([LEVEL_FIRST; FRAME_SAMPLES])),
            other => other,
        }
    }

    fn asked(&mut self, command: &LineCommand) -> Option<ColleagueEvent> {
        self.commands.push(command.clone());
        self.waited = 0;
        match command {
            LineCommand::Consult { .. } => {
                self.asked = self.colleagues.pop_front();
                let unsupported = ColleagueEvent::Gone(Absence::Unsupported);
                Some(
                    self.asked.as_ref().map_or(unsupported, |it| ColleagueEvent::Calling { music: it.music }),
                )
            }
            _ => {
                (self.asked, self.listening) = (None, false);
                Some(ColleagueEvent::Gone(Absence::Returned))
            }
        }
    }

    fn colleague(&mut self) -> Option<ColleagueEvent> {
        self.waited += 1;
        let asked = self.asked.as_mut()?;
        asked.does.front().filter(|(after, _)| *after <= self.waited)?;
        let (_, event) = asked.does.pop_front()?;
        self.waited = 0;
        match event {
            ColleagueEvent::Answered => self.listening = true,
            ColleagueEvent::Gone(_) => (self.asked, self.listening) = (None, false),
            _ => {}
        }
        Some(event)
    }
}
