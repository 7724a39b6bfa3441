//! Dialogue: from what was understood to a move, with the orders and phrases that carry it out.
//!
//! A machine without clock, randomness or I/O: [`Dialogue::handle`] takes one [`DialogueInput`] and appends what
//! the conversation wants. Everything that is said comes from the site's texts and forms with values filled in,
//! or is one of the few fixed sentences in `sentences`; nothing is made up.
//!
//! Where to look: `state` holds what is remembered, `open` the questions that can be open, `heard` sorts what
//! was understood, `signals` is what every state reacts to, `replies` and `concerns` are the answers to each
//! question, `turning` is the caller who wants something else, `taking` puts values into the form, `conditions` says which
//! slots apply, `patience` when to stop asking, `notes` keeps free words, `nothing` passes over what the caller has nothing for, `mending` takes them out again, `naming` hears what is wrong, `back` goes
//! back to questions before, `asking` asks, `booking` orders and hears
//! what became of it, `changing` cancels and moves what was booked before, `leaving` ends calls, `limits` those without
//! anybody at the other end, `consulting` asks a colleague first, `on_call` rings
//! those on call for a job, `messages` are for one of the site's people, `tone` fits the wording to a caller in a hurry or in distress,
//! `keys` is the telephone keypad, `wording` turns values into words.

mod asking;
mod back;
mod booking;
mod changing;
mod concerns;
mod conditions;
mod consulting;
mod contract;
mod further;
mod heard;
mod keys;
mod leaving;
mod limits;
mod mending;
mod messages;
mod moves;
mod naming;
mod notes;
mod nothing;
mod on_call;
mod open;
mod patience;
mod replies;
mod sentences;
mod signals;
mod state;
mod taking;
mod tone;
mod topic;
mod turn;
mod turning;
mod wish;
pub mod wording;

pub use contract::{DialogueInput, DialogueOutput};
pub use limits::Limit;
pub use moves::Move;
pub use state::Dialogue;
