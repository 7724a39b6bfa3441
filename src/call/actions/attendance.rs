//! Attendance: what has come of ringing those on call for a job. It stands on the job sheet, so that whoever finds a job
//! that nobody has taken sees who was rung.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::record::Answer;

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
