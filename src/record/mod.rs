//! Record: what is kept of a call.

mod entry;

pub use entry::{AppointmentRecord, CallId, CallRecord, Ending, Entry, SlotRecord};
