//! What several tests need: a real Asterisk, the daemon as a process, telephones and callers at them, a wire that
//! can be cut, and the log.

pub mod caller;
pub mod daemon;
pub mod freezer;
pub mod logs;
pub mod process;
pub mod proxy;
pub mod systemd;
pub mod telephone;
pub mod testbed;
