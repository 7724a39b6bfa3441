//! The pretend world: a caller who follows a script, a clock turned by hand, what a test expects of a call, and traces
//! that replay one.

pub mod account;
pub mod caller;
pub mod pretend;
pub mod script;
pub mod sounds;
pub mod trace;
pub mod verdict;
pub mod world;
