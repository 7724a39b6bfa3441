//! Actions: what can be done in the world on behalf of a caller. A closed set: an [`Order`] is decided by the
//! dialogue from the site's file, carried out by `daemon/connectors`, and answered by an [`Outcome`].
//!
//! Every order is idempotent under its [`OrderId`] and touches only what its own call created: callers' words
//! never choose an order, and no order reaches another caller's appointment.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::private::Private;

/// Names an order within its call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderId(pub u64);

/// A hold on a stretch of a technician's time. Made by the calendar, expires by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HoldId(pub i64);

/// Something to be done in the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Find the earliest free stretch and hold it for this call. A hold that the call already has is given
    /// back first.
    HoldAppointment {
        /// What the technician must be able to do (`skills` in the site's file).
        skill: String,
        /// The site's file decides lead time, opening or on-call hours by it.
        emergency: bool,
        /// Local time; not before this.
        from: civil::DateTime,
        /// Local time; must begin before this. `None`: as far as the calendar reaches.
        until: Option<civil::DateTime>,
    },
    /// Turn the hold into an appointment with its job sheet. Ordered again for what is booked, it gives the
    /// appointment a new job sheet: the caller corrected something.
    BookAppointment {
        /// The hold that was offered and accepted.
        hold: HoldId,
        /// What the technician needs to know.
        job: JobSheet,
    },
    /// Give the hold back.
    ReleaseAppointment {
        /// The hold that was declined.
        hold: HoldId,
    },
    /// Write down that someone wants to be called back.
    NoteCallBack {
        /// What it is about and whom to call.
        job: JobSheet,
    },
}

/// What a technician or colleague needs to know. Sealed wherever it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JobSheet {
    /// The intent's title from the site's file: "Heizung ausgefallen".
    pub concern: String,
    /// Whether it was triaged as the craftsman's emergency.
    pub emergency: bool,
    /// Slot name → the value as it is read to people. In the order of the form.
    pub fields: Vec<(String, Private<String>)>,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// To `HoldAppointment`: this stretch is held.
    Held {
        /// To book or release it by.
        hold: HoldId,
        /// Who would come, as callers hear it: "Herr Yilmaz".
        technician: String,
        /// Local time.
        start: civil::DateTime,
        /// Local time.
        end: civil::DateTime,
    },
    /// To `HoldAppointment`: nothing is free there.
    NothingFree,
    /// To `BookAppointment`: it is in the calendar and on disk.
    Booked {
        /// The appointment's number in the calendar.
        appointment: i64,
    },
    /// To `BookAppointment`: the hold had run out and someone else has the time.
    HoldExpired,
    /// To `ReleaseAppointment`.
    Released,
    /// To `NoteCallBack`: it is on disk.
    Noted,
    /// It could not be done; the caller is told and offered a human.
    Failed {
        /// For the journal; holds no personal data.
        cause: String,
    },
}
