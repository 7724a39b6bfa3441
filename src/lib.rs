//! Klinke.

#![warn(clippy::unwrap_used)]

pub mod call;
pub mod clock;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod models;
pub mod private;
pub mod record;
pub mod sim;
