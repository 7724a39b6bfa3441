//! What several tests need: a real Asterisk, and telephones that call it.

pub mod logs;
pub mod telephone;
pub mod testbed;
