//! Actions: what can be done in the world on behalf of a caller. A closed set: an [`Order`] is decided by the
//! dialogue from the site's file, carried out by `daemon/connectors`, and answered by an [`Outcome`].
//!
//! Every order is idempotent under its [`OrderId`]. What a call may order at all is fixed when it begins
//! ([`Capabilities`]) and looked at again where orders are carried out: callers' words never choose an order. An
//! order touches what its own call created, and of what other calls created only an appointment that was found to
//! be this caller's ([`Claim`]).

mod attendance;
mod capabilities;
mod claim;

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::private::Private;

pub use attendance::{Answer, Attendance, TakenBy, Tried};
pub use capabilities::{Beyond, Capabilities, FIELDS_MAX, VALUE_CHARS_MAX};
pub use claim::{CODE_DIGITS, Claim, FIND_TRIES_MAX, callable, sounds_like};

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
    /// Find the earliest free stretch, or the nearest one to `near`, and hold it for this call. A hold that the call already has is given
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
        /// Local time; what begins nearest to it is held, of two the earlier. `None`: the earliest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        near: Option<civil::DateTime>,
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
    /// Find the next appointment that is this caller's to change.
    FindAppointment {
        /// What the caller knows of it.
        claim: Claim,
        /// Local time; only one that begins after it: the caller meant another one.
        after: Option<civil::DateTime>,
    },
    /// Take an appointment that was found out of the calendar.
    CancelAppointment {
        /// Its number in the calendar.
        appointment: i64,
    },
    /// Turn the hold into the appointment that was found, with its job sheet and its code, and free the old time:
    /// both or neither.
    MoveAppointment {
        /// Its number in the calendar.
        appointment: i64,
        /// The new time, offered and accepted.
        hold: HoldId,
    },
    /// Write down a concern under a number that is told to the caller. With a number of this call's: write it anew, the
    /// caller corrected something.
    OpenTicket {
        /// The number that it has already.
        ticket: Option<i64>,
        /// What it is about.
        job: JobSheet,
    },
    /// Write down that someone wants to be called back.
    NoteCallBack {
        /// What it is about and whom to call.
        job: JobSheet,
    },
    /// Write a message down for somebody of the site's.
    LeaveMessage {
        /// One of the site's recipients.
        to: String,
        /// What it is about, with the caller's words among its fields.
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
    /// The caller's family name, where the form asked for a name: by it an appointment is found again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Private<String>>,
    /// Where those on call are rung for it: what has come of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_call: Option<Box<Attendance>>,
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
        /// [`CODE_DIGITS`] digits by which whoever knows them may change it, where the site lets callers do that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Private<String>>,
    },
    /// To `BookAppointment` and `MoveAppointment`: the hold had run out and someone else has the time.
    HoldExpired,
    /// To `ReleaseAppointment`.
    Released,
    /// To `FindAppointment`: this one is the caller's.
    Found {
        /// Its number in the calendar.
        appointment: i64,
        /// Who comes.
        technician: String,
        /// Local time.
        start: civil::DateTime,
        /// Local time.
        end: civil::DateTime,
        /// What the technician must be able to do.
        skill: String,
    },
    /// To `FindAppointment`: nothing, or nothing that is this caller's; which of the two is not told. To
    /// `CancelAppointment` and `MoveAppointment`: it is not there any more.
    NotFound,
    /// To `CancelAppointment`: it is out of the calendar.
    Cancelled,
    /// To `MoveAppointment`: the new time is booked, the old one free.
    Moved {
        /// Its new number in the calendar.
        appointment: i64,
    },
    /// To `OpenTicket`: it is on disk.
    Opened {
        /// Its number.
        ticket: i64,
    },
    /// To `NoteCallBack` and `LeaveMessage`: it is on disk.
    Noted,
    /// The call may not order that. Nothing was done; the caller is told and offered a human.
    Refused {
        /// For the journal; holds no personal data.
        cause: String,
    },
    /// It could not be done; the caller is told and offered a human.
    Failed {
        /// For the journal; holds no personal data.
        cause: String,
    },
}
