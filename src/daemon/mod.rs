//! The only room that touches the world.
pub mod admission;
pub mod clock;
pub mod connectors;
pub mod credentials;
pub mod examination;
pub mod inference;
pub mod journal;
pub mod pbx;
pub mod scribe;
pub mod store;
pub mod switchboard;
pub mod vitals;
pub mod voice;
pub mod watchdog;
pub mod weights;
