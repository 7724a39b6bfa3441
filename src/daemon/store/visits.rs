//! Rows of the calendar: stretches of technicians' time that are held or booked, call-backs, and what became of
//! each order. What may stand where is decided in `daemon/connectors/calendar`; here it is read and written.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

use super::{Known, Store, StoreError};
use crate::call::actions::{JobSheet, OrderId, Outcome};
use crate::private::Private;
use crate::record::CallId;

/// A stretch of time: from its first moment up to but not including its last.
pub(crate) type Taken = (Timestamp, Timestamp);

/// What is sealed of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct VisitSheet {
    pub site: String,
    pub technician: String,
    /// `None` while it is only held.
    pub job: Option<JobSheet>,
    /// What it was held for; empty in a store of an earlier version.
    #[serde(default)]
    pub skill: String,
    /// The code that was read to the caller.
    #[serde(default)]
    pub code: Option<Private<String>>,
}

/// By what a booked visit is found again, as it stands in plaintext: pseudonyms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    pub caller: Option<[u8; 16]>,
    pub code: Option<[u8; 16]>,
}

/// A held or booked stretch of a technician's time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VisitRow {
    pub number: i64,
    pub time: Taken,
    /// `None`: booked.
    pub held_until: Option<Timestamp>,
    pub sheet: VisitSheet,
}

/// A row as it stands in the file.
struct SealedVisit {
    number: i64,
    time_s: (i64, i64),
    held_until_s: Option<i64>,
    sealed: Vec<u8>,
}

/// A booked visit with its job sheet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Appointment {
    /// Its number in the calendar.
    pub number: i64,
    /// Whose technician.
    pub site: String,
    /// Who comes.
    pub technician: String,
    /// First moment.
    pub start: Timestamp,
    /// Last moment, exclusive.
    pub end: Timestamp,
    /// What the technician needs to know.
    pub job: JobSheet,
}

/// A call-back that was asked for, or a message that was left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallBack {
    /// Who is to call.
    pub site: String,
    /// Whom, and what about.
    pub job: JobSheet,
    /// Whom a message is for; `None`: it is a call-back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Store {
    /// What `call` has booked, in the order of its holds.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`], [`StoreError::Damaged`].
    pub fn appointments(&mut self, call: CallId) -> Result<Vec<Appointment>, StoreError> {
        let known = self.existing_call(call)?;
        let visits = self.visits(&known)?.into_iter().filter(|visit| visit.held_until.is_none());
        Ok(visits
            .map(|VisitRow { number, time: (start, end), sheet, .. }| {
                let VisitSheet { site, technician, job, .. } = sheet;
                Appointment { number, site, technician, start, end, job: job.unwrap_or_default() }
            })
            .collect())
    }

    /// The call-backs that were noted in `call`.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`], [`StoreError::Damaged`].
    pub fn call_backs(&mut self, call: CallId) -> Result<Vec<CallBack>, StoreError> {
        let known = self.existing_call(call)?;
        let rows: Vec<(i64, Vec<u8>)> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT number, sealed FROM call_back WHERE call = ?1 ORDER BY number")?
                .query_map([known.number], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.iter()
            .map(|(number, sealed)| self.unseal(&known, ("call_back", number.unsigned_abs()), sealed))
            .collect()
    }

    /// When the technician is booked or held at `now` or later.
    pub(crate) fn taken(
        &self,
        (site, technician): (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<Taken>, StoreError> {
        let rows: Vec<(i64, i64)> = self.sql("read", |connection| {
            connection
                .prepare_cached(
                    "SELECT start_s, end_s FROM visit WHERE technician = ?1 AND end_s > ?2
                     AND (held_until_s IS NULL OR held_until_s > ?2) ORDER BY end_s",
                )?
                .query_map((self.pseudonym(site, technician), now.as_second()), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect()
        })?;
        rows.into_iter().map(|(start, end)| Ok((self.moment(start)?, self.moment(end)?))).collect()
    }

    /// Gives back every hold that the call has, and those of anybody whose time has passed.
    pub(crate) fn give_back_holds(&self, known: &Known, now: Timestamp) -> Result<(), StoreError> {
        self.sql("write to", |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM visit WHERE held_until_s IS NOT NULL AND (call = ?1 OR start_s <= ?2)",
                )?
                .execute((known.number, now.as_second()))
        })
        .map(|_| ())
    }

    /// Holds a stretch of a technician's time and gives back its number. Holds of others that have run out by `now` make
    /// room as far as the `way` before and after it; the file itself refuses where anything else stands in it.
    pub(crate) fn hold(
        &mut self,
        known: &Known,
        sheet: &VisitSheet,
        (start, end, way): (Timestamp, Timestamp, SignedDuration),
        (now, until): (Timestamp, Timestamp),
    ) -> Result<i64, StoreError> {
        let technician = self.pseudonym(&sheet.site, &sheet.technician);
        let (start_s, end_s) = (start.as_second(), end.as_second());
        let number: i64 = self.sql("write to", |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM visit WHERE technician = ?1 AND start_s < ?3 AND end_s > ?2
                     AND held_until_s <= ?4",
                )?
                .execute((technician, start_s - way.as_secs(), end_s + way.as_secs(), now.as_second()))?;
            connection
                .prepare_cached(
                    "INSERT INTO visit (call, technician, start_s, end_s, held_until_s, sealed)
                     VALUES (?1, ?2, ?3, ?4, ?5, x'')",
                )?
                .insert((known.number, technician, start_s, end_s, until.as_second()))
        })?;
        self.write_visit(known, number, Some(until), sheet)?;
        Ok(number)
    }

    /// Turns a hold of the call into an appointment, or gives a booked one a new job sheet.
    pub(crate) fn book(
        &mut self,
        known: &Known,
        number: i64,
        sheet: &VisitSheet,
        traces: Traces,
    ) -> Result<(), StoreError> {
        self.write_visit(known, number, None, sheet)?;
        self.sql("write to", |connection| {
            connection.prepare_cached("UPDATE visit SET caller = ?2, code = ?3 WHERE number = ?1")?.execute((
                number,
                traces.caller,
                traces.code,
            ))
        })
        .map(|_| ())
    }

    fn write_visit(
        &mut self,
        known: &Known,
        number: i64,
        held_until: Option<Timestamp>,
        sheet: &VisitSheet,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(known, ("visit", number.unsigned_abs()), sheet)?;
        self.sql("write to", |connection| {
            connection
                .prepare_cached(
                    "UPDATE visit SET held_until_s = ?3, sealed = ?4 WHERE number = ?1 AND call = ?2",
                )?
                .execute((number, known.number, held_until.map(Timestamp::as_second), sealed))
        })
        .map(|_| ())
    }

    /// The call's hold or appointment of that number. Another call's does not exist here.
    pub(crate) fn visit(&self, known: &Known, number: i64) -> Result<Option<VisitRow>, StoreError> {
        Ok(self.visits(known)?.into_iter().find(|visit| visit.number == number))
    }

    fn visits(&self, known: &Known) -> Result<Vec<VisitRow>, StoreError> {
        let rows: Vec<SealedVisit> = self.sql("read", |connection| {
            connection
                .prepare_cached(
                    "SELECT number, start_s, end_s, held_until_s, sealed FROM visit
                     WHERE call = ?1 ORDER BY number",
                )?
                .query_map([known.number], |row| {
                    let (number, time_s) = (row.get(0)?, (row.get(1)?, row.get(2)?));
                    Ok(SealedVisit { number, time_s, held_until_s: row.get(3)?, sealed: row.get(4)? })
                })?
                .collect()
        })?;
        rows.into_iter()
            .map(|SealedVisit { number, time_s: (start, end), held_until_s, sealed }| {
                Ok(VisitRow {
                    number,
                    time: (self.moment(start)?, self.moment(end)?),
                    held_until: held_until_s.map(|second| self.moment(second)).transpose()?,
                    sheet: self.unseal(known, ("visit", number.unsigned_abs()), &sealed)?,
                })
            })
            .collect()
    }

    /// Gives the call's hold of that number back.
    pub(crate) fn release(&self, known: &Known, number: i64) -> Result<(), StoreError> {
        self.sql("write to", |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM visit WHERE number = ?1 AND call = ?2 AND held_until_s IS NOT NULL",
                )?
                .execute((number, known.number))
        })
        .map(|_| ())
    }

    /// Notes a call-back.
    pub(crate) fn note(&mut self, known: &Known, call_back: &CallBack) -> Result<(), StoreError> {
        let number: i64 = self.sql("write to", |connection| {
            connection
                .prepare_cached("INSERT INTO call_back (call, sealed) VALUES (?1, x'')")?
                .insert([known.number])
        })?;
        let sealed = self.seal(known, ("call_back", number.unsigned_abs()), call_back)?;
        self.sql("write to", |connection| {
            connection
                .prepare_cached("UPDATE call_back SET sealed = ?2 WHERE number = ?1")?
                .execute((number, sealed))
        })
        .map(|_| ())
    }

    /// What became of the call's order of that number, where it was carried out before.
    pub(crate) fn outcome(&self, known: &Arc<Known>, id: OrderId) -> Result<Option<Outcome>, StoreError> {
        let sealed: Option<Vec<u8>> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT sealed FROM outcome WHERE call = ?1 AND order_id = ?2")?
                .query_row((known.number, id.0.cast_signed()), |row| row.get(0))
                .optional()
        })?;
        sealed.map(|sealed| self.unseal(known, ("outcome", id.0), &sealed)).transpose()
    }

    /// What became of the call's orders so far.
    pub(crate) fn outcomes(&self, known: &Known) -> Result<Vec<Outcome>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT order_id, sealed FROM outcome WHERE call = ?1 ORDER BY order_id")?
                .query_map([known.number], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.iter().map(|(id, sealed)| self.unseal(known, ("outcome", id.cast_unsigned()), sealed)).collect()
    }

    /// Keeps what became of an order, so that it is never carried out twice.
    pub(crate) fn keep_outcome(
        &mut self,
        known: &Known,
        id: OrderId,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(known, ("outcome", id.0), outcome)?;
        self.sql("write to", |connection| {
            connection
                .prepare_cached("INSERT INTO outcome (call, order_id, sealed) VALUES (?1, ?2, ?3)")?
                .execute((known.number, id.0.cast_signed(), sealed))
        })
        .map(|_| ())
    }

    pub(super) fn pseudonym(&self, site: &str, technician: &str) -> [u8; 16] {
        self.root.pseudonym(&self.id, site, technician)
    }

    pub(super) fn moment(&self, second: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_second(second).map_err(|cause| self.damaged("a time in the calendar", &cause))
    }
}
