//! Connectors: carry out orders in the world. The calendar that comes with Klinke is one of them.

pub mod calendar;
