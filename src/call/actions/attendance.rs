//! Attendance: what has come of ringing those on call for a job. It stands on the job sheet, so that whoever finds a job
//! that nobody has taken sees who was rung.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::call::line::Absence;

/// What became of asking a colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// He took the call.
    Accepted,
    /// He pressed the key for no, or refused at the telephone.
    Declined,
    /// Nobody answered in time.
    NoAnswer,
    /// The telephone was in use.
    Busy,
    /// There was no way to the telephone.
    Unreachable,
    /// Somebody or something answered, and pressed no key.
    NoKey,
    /// He answered and hung up.
    HungUp,
    /// The line cannot ask anybody first; the call went there unannounced.
    Unsupported,
    /// The call ended or broke before there was an answer.
    BrokenOff,
}

impl Answer {
    /// What it means that a colleague is not there (any more) whom nobody let go of.
    #[must_use]
    pub const fn of(absence: Absence) -> Self {
        match absence {
            Absence::NoAnswer => Self::NoAnswer,
            Absence::Busy => Self::Busy,
            Absence::Declined => Self::Declined,
            Absence::Unreachable => Self::Unreachable,
            Absence::HungUp => Self::HungUp,
            Absence::Returned => Self::BrokenOff,
            Absence::Unsupported => Self::Unsupported,
        }
    }
}

/// Who was rung for a job, and who has taken it. Neither: the job is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Who has taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_by: Option<TakenBy>,
    /// Who was rung before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
}

/// Somebody who has taken a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBy {
    /// One of the site's people on call.
    pub name: String,
    /// Local time.
    pub at: DateTime,
}

/// Somebody who was rung and has not taken it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// One of the site's people on call.
    pub name: String,
    /// What became of it.
    pub answer: Answer,
}

impl Attendance {
    /// Everybody who is named in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let tried = self.tried.iter().map(|tried| tried.name.as_str());
        tried.chain(self.taken_by.iter().map(|taken| taken.name.as_str()))
    }
}
