//! What several tests need: a real Asterisk, telephones that call it, a wire that can be cut, and the log.

pub mod logs;
pub mod proxy;
pub mod telephone;
pub mod testbed;
