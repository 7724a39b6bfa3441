//! The pretend world: a caller who follows a script, a clock turned by hand, and traces that replay a call.

pub mod caller;
pub mod pretend;
pub mod script;
pub mod sounds;
pub mod trace;
pub mod world;
