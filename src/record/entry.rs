//! Entries: what is kept of a call as it goes on, and the call record they add up to.
//!
//! What was said is not kept: an entry holds the structured account (concern, values that the form asked for,
//! what was done), never a transcript and never sound. The store seals each entry whole.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use crate::call::actions::{Answer, JobSheet, Order, OrderId, Outcome};
use crate::call::line::{Destination, HangUp};
use crate::clock::MediaTime;
use crate::private::Private;

/// Names a call for good: 16 random bytes, written as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub [u8; 16]);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for CallId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a call: 32 hex digits are");
        if text.len() != 32 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for CallId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One thing that is kept. Written in order; a later one for the same slot replaces the earlier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// The call began.
    Began {
        /// Wall clock.
        at: Timestamp,
        /// The site's name in the configuration.
        site: String,
        /// The caller's number as the PBX gave it.
        caller: Option<Private<String>>,
    },
    /// The caller was told that this is an AI.
    Disclosed {
        /// Where in the call.
        at: MediaTime,
        /// SHA-256 of the wording, hex.
        wording: String,
    },
    /// A concern was taken up.
    Concern {
        /// The site's intent.
        intent: String,
        /// Its title.
        title: String,
        /// Whether it was triaged as the craftsman's emergency.
        emergency: bool,
    },
    /// A slot of the form was filled, or filled anew.
    Slot(SlotRecord),
    /// Something was ordered.
    Ordered {
        /// Within the call.
        id: OrderId,
        /// What.
        #[serde(flatten)]
        order: Order,
    },
    /// What became of it.
    Became {
        /// Within the call.
        id: OrderId,
        /// What.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// A colleague was asked whether he takes the call.
    Consulted {
        /// Who.
        destination: Destination,
        /// What became of it.
        answer: Answer,
    },
    /// The call ended. The last entry of every call.
    Ended {
        /// Wall clock.
        at: Timestamp,
        /// Length of the call.
        length: MediaTime,
        /// How.
        #[serde(flatten)]
        ending: Ending,
    },
}

/// A value of the form as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotRecord {
    /// The slot's name in the form.
    pub name: String,
    /// As it is read to people: `Lindenstraße 4, 70173 Stuttgart`.
    pub value: Private<String>,
    /// 0 to 1, as understood. What is not a number is kept as 0: JSON has no word for it.
    #[serde(serialize_with = "finite")]
    pub confidence: f32,
    /// Whether the caller agreed to it when it was read back.
    pub confirmed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn finite<S: serde::Serializer>(confidence: &f32, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f32(if confidence.is_finite() { *confidence } else { 0.0 })
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// Klinke said goodbye and hung up.
    Completed,
    /// The other side went.
    HungUp {
        /// Who.
        by: HangUp,
    },
    /// Handed over.
    HandedOver {
        /// Where to.
        destination: Destination,
        /// Why.
        reason: String,
    },
    /// The daemon was ended in mid-call (killed, a crash, a power cut). Written at its next start: how long the
    /// call was and how it went on for the caller is not known.
    CutOff,
    /// The record has no end: the call is still going on. Only ever read, never written.
    Unfinished,
}

/// What a call adds up to: the last word on each slot, what was done, how it ended. Its JSON is what
/// `klinke calls show --json` prints and is stable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub id: CallId,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Which site took it.
    pub site: String,
    /// The caller's number as the PBX gave it.
    pub caller: Option<Private<String>>,
    /// Whether the caller was told that this is an AI.
    pub disclosed: bool,
    /// The last concern taken up: its intent.
    pub intent: Option<String>,
    /// Its title.
    pub concern: Option<String>,
    /// Whether it was triaged as the craftsman's emergency.
    pub emergency: bool,
    /// The last value of each slot, in the order in which they were first filled.
    pub slots: Vec<SlotRecord>,
    /// What was booked.
    pub appointment: Option<AppointmentRecord>,
    /// What was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<AppointmentRecord>,
    /// What `appointment` was before it was moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<AppointmentRecord>,
    /// The last ticket that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketRecord>,
    /// What a call-back was asked for.
    pub call_back: Option<JobSheet>,
    /// The last message that was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRecord>,
    /// Colleagues who were asked whether they take the call, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consulted: Vec<ConsultedRecord>,
    /// How it ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// How long it was, in ms of sound.
    pub length_ms: u64,
}

impl CallRecord {
    /// Whether those on call were to be rung for a job that nobody has taken.
    #[must_use]
    pub fn has_open_job(&self) -> bool {
        let on_call = self.ticket.as_ref().and_then(|ticket| ticket.job.on_call.as_ref());
        on_call.is_some_and(|attendance| attendance.taken_by.is_none())
    }
}

/// A colleague who was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultedRecord {
    /// Who.
    pub destination: Destination,
    /// What became of it.
    pub answer: Answer,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// One of the site's recipients.
    pub to: String,
    /// What it is about, with the caller's words among its fields.
    pub job: JobSheet,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketRecord {
    /// Its number, as it was told to the caller.
    pub number: i64,
    /// What it is about.
    pub job: JobSheet,
}

/// A booked appointment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppointmentRecord {
    /// Its number in the calendar.
    pub appointment: i64,
    /// Who comes.
    pub technician: String,
    /// Local time.
    pub start: civil::DateTime,
    /// Local time.
    pub end: civil::DateTime,
}
