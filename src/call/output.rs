//! Everything a call can want of the world, and the events that people watch.

use jiff::Timestamp;
use serde::Serialize;

use super::actions::{Order, OrderId, Outcome};
use super::dialogue::Move;
use super::hearing::Job;
use super::line::LineCommand;
use super::speech::PhraseId;
use super::understanding::Understood;
use crate::private::Private;
use crate::record::Entry;

/// Something the call wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Of the line.
    Line(LineCommand),
    /// Of the models.
    Job(Job),
    /// Of the voice: this text as sound.
    Render {
        /// To answer by.
        id: PhraseId,
        /// What to read.
        text: Private<String>,
        /// Slower than usual.
        slowly: bool,
    },
    /// Of the world.
    Order(OrderId, Order),
    /// Of the store. Written before what follows it is carried out.
    Entry(Entry),
    /// Of nobody: for people who watch.
    Event(Event),
}

/// What people see of a call as it happens. Its JSON is what `klinke try --json` prints, one object a line, and
/// is stable. All times are in ms of the call's sound.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An utterance ended.
    Heard {
        /// First sound.
        began_ms: u64,
        /// Last sound.
        ended_ms: u64,
        /// When Klinke decided that it had ended.
        decided_ms: u64,
        /// The likeliest words.
        text: Private<String>,
        /// Of those words, 0 to 1.
        confidence: f32,
    },
    /// What it means.
    Understood {
        /// When.
        at_ms: u64,
        /// What.
        #[serde(flatten)]
        understood: Understood,
    },
    /// What Klinke does.
    Move {
        /// When.
        at_ms: u64,
        /// What.
        #[serde(flatten)]
        decided: Move,
    },
    /// Something is to be done.
    Order {
        /// When.
        at_ms: u64,
        /// Its number.
        id: OrderId,
        /// What.
        #[serde(flatten)]
        order: Order,
    },
    /// What became of it.
    Outcome {
        /// When.
        at_ms: u64,
        /// Its number.
        id: OrderId,
        /// What.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// A phrase was said, or as much of it as the caller let it.
    Spoke {
        /// Its number.
        id: PhraseId,
        /// First sample on the wire.
        began_ms: u64,
        /// Last sample on the wire.
        ended_ms: u64,
        /// From the end of the caller's speech to the first sample; `None`: nobody had spoken before it.
        reaction_ms: Option<u64>,
        /// Whether the caller interrupted it.
        interrupted: bool,
        /// The whole text.
        text: Private<String>,
    },
    /// The call ended.
    Ended {
        /// Wall clock.
        at: Timestamp,
        /// Its length.
        length_ms: u64,
    },
}
