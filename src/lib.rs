//! Klinke: the telephone operator in a box. The map, in the order in which the sound travels.
//!
//! A PBX hands a call to [`daemon::pbx`], which turns whatever it is into a *line*: one [frame](call::line) of
//! the caller every 20 ms, one of ours back. The [`daemon::switchboard`] gives every call a task; the task does
//! nothing but carry inputs to the [`Call`](call::Call) and its outputs to the world.
//!
//! The call is a pure machine. Its [ear](call::hearing) sends windows of sound out to be scored, finds
//! utterances, sends them out to be recognised and takes a transcript back; [`call::understanding`] makes
//! intents, slots and signals of it; [`call::dialogue`] decides the move, from the site's file alone;
//! [`call::actions`] names what is ordered of the world; [`call::speech`] says phrases, stoppable at every
//! frame. Three things go against the flow: *barge-in* (hearing → speech), *expectation* (dialogue → hearing),
//! *outcome* (actions → dialogue). The conductor carries them.
//!
//! What the call asks for is done elsewhere: [`models`] has features, decoder and weights,
//! [`daemon::inference`] runs them for all calls together, [`daemon::voice`] renders phrases in a process of its
//! own, [`daemon::connectors`] keeps the calendar, and beside it all, write-only, [`daemon::scribe`] puts every
//! [entry](record) sealed into [`daemon::store`].
//!
//! [`config`] is where sites say what is said and done; [`sim`] is the pretend world in which the same call runs
//! without clock or PBX; [`commands`] are the thin ways in.

pub mod call;
pub mod clock;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod models;
pub mod private;
pub mod record;
pub mod sim;
