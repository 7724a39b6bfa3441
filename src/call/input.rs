//! Everything that can reach a call.

use super::actions::{OrderId, Outcome};
use super::hearing::JobResult;
use super::line::LineEvent;
use super::speech::{PhraseId, Rendered};

/// Something that happened to the call.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// On the line.
    Line(LineEvent),
    /// A model answered.
    Job(JobResult),
    /// The voice has read a phrase; `None`: it could not, and the call goes to its fallback, unless nobody waits for
    /// that phrase any more.
    Rendered(PhraseId, Option<Rendered>),
    /// An order was carried out, or not.
    Outcome(OrderId, Outcome),
    /// An entry could not be kept: the call goes to its way out.
    KeepFailed,
    /// The deadline has come.
    Tick,
}
