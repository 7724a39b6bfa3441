//! Understanding: from a transcript to intents, slots and signals. Pure: the same words, moment and site give
//! the same answer.

mod understood;

pub use understood::{
    Address, Grain, IntentScore, PersonName, Signal, SlotKind, SlotValue, Span, Understood, Value,
};
