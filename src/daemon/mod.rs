//! The only room that touches the world.
pub mod clock;
pub mod connectors;
pub mod credentials;
pub mod inference;
pub mod pbx;
pub mod store;
pub mod voice;
