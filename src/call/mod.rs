//! One call, from the first sample to the last.
//!
//! [`Input`] in, [`Output`] out; no clock, no randomness, no I/O inside.
pub mod actions;
pub mod audio;
pub mod dialogue;
pub mod hearing;
pub mod line;
pub mod speech;
pub mod understanding;

mod input;
mod output;

pub use input::Input;
pub use output::{Event, Output};
