//! The trace of a call: everything that reached it, moment by moment, so that it can be held again exactly.
//!
//! A trace holds no sound: the call decides by scores, words and lengths alone, so silence of the same length
//! replays it to the last frame. It does hold words, which makes it personal data; it is written only where
//! someone asks for it (`klinke try --trace FILE`) and in tests.
//!
//! The file is JSON lines: a [`Header`], then one [`Step`] a line.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::actions::{OrderId, Outcome};
use crate::call::hearing::{JobId, JobResult, Transcript};
use crate::call::line::{Arrival, ColleagueEvent, Digit, Frame, HangUp, LineEvent, Tone, VOICE_RATE_HZ};
use crate::call::speech::PhraseId;
use crate::call::{Call, Event, Input, Output, SiteRooms};
use crate::clock::Instant;
use crate::config::Limits;
use crate::private::Private;

/// Version of the format. 2: our phrases are counted in samples at 16 kHz, which were 8 kHz before. 3: the recogniser
/// hears as the caller speaks and answers each piece.
pub const TRACE_VERSION: u32 = 3;
/// Longest line of a trace, in bytes.
const LINE_BYTES_MAX: usize = 1 << 20;

/// How a trace begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`TRACE_VERSION`].
    pub trace: u32,
    /// Wall clock at the first moment.
    pub at: Timestamp,
    /// The site's id.
    pub site: String,
    /// The caller's number, if the PBX gave one.
    pub caller: Option<Private<String>>,
}

/// One input and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Since the call began.
    pub ns: Instant,
    /// What reached the call.
    #[serde(flatten)]
    pub input: Reached,
}

/// An [`Input`] without its sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the input of the same name")]
pub enum Reached {
    Frame,
    Digit {
        digit: Digit,
    },
    Typed {
        text: Private<String>,
    },
    HungUp {
        by: HangUp,
    },
    Colleague {
        colleague: ColleagueEvent,
    },
    Held,
    Resumed,
    Tone {
        tone: Tone,
    },
    Scored {
        id: JobId,
        probability: f32,
    },
    Heard {
        id: JobId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<Transcript>,
    },
    Failed {
        id: JobId,
        cause: String,
    },
    Rendered {
        id: PhraseId,
        samples: Option<usize>,
    },
    Outcome {
        id: OrderId,
        #[serde(flatten)]
        outcome: Outcome,
    },
    KeepFailed,
    Tick,
}

impl From<&Input> for Reached {
    fn from(input: &Input) -> Self {
        match input {
            Input::Line(LineEvent::Frame(_)) => Self::Frame,
            Input::Line(LineEvent::Digit(digit)) => Self::Digit { digit: *digit },
            Input::Line(LineEvent::Typed(text)) => Self::Typed { text: text.clone() },
            Input::Line(LineEvent::HungUp(by)) => Self::HungUp { by: *by },
            Input::Line(LineEvent::Colleague(event)) => Self::Colleague { colleague: *event },
            Input::Line(LineEvent::Held) => Self::Held,
            Input::Line(LineEvent::Resumed) => Self::Resumed,
            Input::Line(LineEvent::Tone(tone)) => Self::Tone { tone: *tone },
            Input::Job(JobResult::Scored { id, probability, .. }) => {
                Self::Scored { id: *id, probability: *probability }
            }
            Input::Job(JobResult::Heard { id, transcript }) => {
                Self::Heard { id: *id, transcript: transcript.clone() }
            }
            Input::Job(JobResult::Failed { id, cause }) => Self::Failed { id: *id, cause: cause.clone() },
            Input::Rendered(id, sound) => {
                Self::Rendered { id: *id, samples: sound.as_ref().map(|sound| sound.len()) }
            }
            Input::Outcome(id, outcome) => Self::Outcome { id: *id, outcome: outcome.clone() },
            Input::KeepFailed => Self::KeepFailed,
            Input::Tick => Self::Tick,
        }
    }
}

impl From<Reached> for Input {
    fn from(reached: Reached) -> Self {
        match reached {
            Reached::Frame => Self::Line(LineEvent::Frame(Frame::SILENCE)),
            Reached::Digit { digit } => Self::Line(LineEvent::Digit(digit)),
            Reached::Typed { text } => Self::Line(LineEvent::Typed(text)),
            Reached::HungUp { by } => Self::Line(LineEvent::HungUp(by)),
            Reached::Colleague { colleague } => Self::Line(LineEvent::Colleague(colleague)),
            Reached::Held => Self::Line(LineEvent::Held),
            Reached::Resumed => Self::Line(LineEvent::Resumed),
            Reached::Tone { tone } => Self::Line(LineEvent::Tone(tone)),
            Reached::Scored { id, probability } => {
                Self::Job(JobResult::Scored { id, probability, window: Box::default() })
            }
            Reached::Heard { id, transcript } => Self::Job(JobResult::Heard { id, transcript }),
            Reached::Failed { id, cause } => Self::Job(JobResult::Failed { id, cause }),
            Reached::Rendered { id, samples } => {
                let samples = samples.map(|count| count.min(SOUND_SAMPLES_MAX));
                Self::Rendered(id, samples.map(|count| vec![0; count].into()))
            }
            Reached::Outcome { id, outcome } => Self::Outcome(id, outcome),
            Reached::KeepFailed => Self::KeepFailed,
            Reached::Tick => Self::Tick,
        }
    }
}

/// Longest phrase that a trace may claim, in samples: ten minutes.
const SOUND_SAMPLES_MAX: usize = 600 * VOICE_RATE_HZ as usize;

/// What is wrong with a trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// A line is not what the format says.
    #[error("trace, line {line}: {cause}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        cause: String,
    },
    /// Written by another version.
    #[error("trace: version {found}, but this program reads version {TRACE_VERSION}")]
    Version {
        /// The file's.
        found: u32,
    },
}

/// A whole trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// How it begins.
    pub header: Header,
    /// What reached the call.
    pub steps: Vec<Step>,
}

impl Trace {
    /// Reads JSON lines.
    ///
    /// # Errors
    /// The first line that is not of the format.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let wrong = |line: usize, cause: String| TraceError::Line { line: line + 1, cause };
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().ok_or_else(|| wrong(0, "the file is empty".to_owned()))?;
        let header: Header = serde_json::from_str(first).map_err(|error| wrong(0, error.to_string()))?;
        if header.trace != TRACE_VERSION {
            return Err(TraceError::Version { found: header.trace });
        }
        let mut steps = Vec::new();
        for (at, line) in lines {
            if line.len() > LINE_BYTES_MAX {
                return Err(wrong(at, format!("longer than {LINE_BYTES_MAX} bytes")));
            }
            steps.push(serde_json::from_str(line).map_err(|error| wrong(at, error.to_string()))?);
        }
        Ok(Self { header, steps })
    }

    /// As JSON lines.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        let header = serde_json::to_string(&self.header);
        let steps = self.steps.iter().map(serde_json::to_string);
        let lines: Vec<String> =
            std::iter::once(header).chain(steps).map(Result::unwrap_or_default).collect();
        lines.join("\n") + "\n"
    }

    /// Holds the call again and returns everything people would have seen.
    #[must_use]
    pub fn replay(&self, rooms: &SiteRooms, limits: Limits) -> Vec<Event> {
        let arrival = Arrival { caller: self.header.caller.clone(), ..Arrival::default() };
        let mut out = Vec::new();
        let mut call = Call::begin(Instant::START, self.header.at, rooms, limits, arrival, &mut out);
        for step in &self.steps {
            call.handle(step.ns, step.input.clone().into(), &mut out);
        }
        out.into_iter()
            .filter_map(|output| match output {
                Output::Event(event) => Some(event),
                _ => None,
            })
            .collect()
    }
}
