//! Whoever watches a call without taking part: the terminal, a trace, a recording of a trial call.

use jiff::Timestamp;

use super::line::{Arrival, Frame, VoiceFrame};
use super::{Event, Input};
use crate::clock::Instant;

/// Sees a call go by. Nothing it does reaches the call.
pub trait Onlooker {
    /// The call begins.
    fn began(&mut self, _at: Timestamp, _site: &str, _arrival: &Arrival) {}
    /// Something people may see.
    fn event(&mut self, _event: &Event) {}
    /// Something reached the call.
    fn input(&mut self, _now: Instant, _input: &Input) {}
    /// 20 ms of both tracks.
    fn frames(&mut self, _caller: &Frame, _klinke: &VoiceFrame) {}
}

/// Nobody watches.
impl Onlooker for () {}
