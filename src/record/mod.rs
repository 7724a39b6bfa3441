//! Record: what is kept of a call, what it adds up to, and how it is sealed before it reaches a disk.

pub mod envelope;

mod entry;
mod summary;

pub use crate::call::actions::Answer;
pub use entry::{
    AppointmentRecord, CallId, CallRecord, ConsultedRecord, Ending, Entry, MessageRecord, SlotRecord,
    TicketRecord,
};
pub use summary::CallSummary;
