//! What this machine is like, as far as Klinke depends on it: facts for `klinke doctor`, which judges them.
//! Looking changes nothing that is not taken back at once.

pub mod disk;
pub mod ports;
pub mod unit;
