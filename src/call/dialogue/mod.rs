//! Dialogue: from what was understood to a move, with the orders and phrases that carry it out.

mod contract;
mod moves;

pub use contract::{DialogueInput, DialogueOutput};
pub use moves::Move;
