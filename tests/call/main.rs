//! Promises about calls, held in the pretend world: the real call, understanding and dialogue; pretend models,
//! voice, calendar, disk and clock. One file a promise.

mod any_input;
mod barge_in;
mod between;
mod caller_hangs_up;
mod demo;
mod first_call;
mod hold;
mod limits;
mod longest_call;
mod never_silence;
mod on_call;
mod replay;
mod transfer;
mod two_ears;
mod waiting;
