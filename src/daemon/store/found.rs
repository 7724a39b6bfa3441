//! Visits that other calls have booked: found by the pseudonyms they bear, read, and taken out. Whose they are is
//! decided in `daemon/connectors/calendar`.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row};

use super::visits::{Taken, Traces, VisitSheet};
use super::{Store, StoreError};
use crate::record::CallId;

/// A booked visit of whichever call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoundVisit {
    pub number: i64,
    pub time: Taken,
    pub sheet: VisitSheet,
    pub traces: Traces,
}

/// A row as it stands in the file, with the call whose key opens it.
struct SealedVisit {
    number: i64,
    time_s: (i64, i64),
    traces: Traces,
    call: CallId,
    sealed: Vec<u8>,
}

/// Booked, and not begun by ?2.
const COMING: &str = "SELECT v.number, v.start_s, v.end_s, v.caller, v.code, c.id, v.sealed
    FROM visit v JOIN call c ON c.number = v.call
    WHERE v.held_until_s IS NULL AND v.start_s > ?2 AND ";

impl Store {
    /// The pseudonyms of a caller's number and of a code at that site.
    pub(crate) fn traces(&self, site: &str, caller: Option<&str>, code: Option<&str>) -> Traces {
        let of = |kind: &str, name: &str| self.pseudonym(&format!("{kind} of {site}"), name);
        Traces { caller: caller.map(|caller| of("caller", caller)), code: code.map(|code| of("code", code)) }
    }

    /// Visits that begin after `now` and bear one of these, the earliest first. Those of the code alone, where there
    /// is one.
    pub(crate) fn coming(&mut self, traces: Traces, now: Timestamp) -> Result<Vec<FoundVisit>, StoreError> {
        let now_s = now.as_second();
        match traces {
            Traces { code: Some(code), .. } => self.booked("v.code = ?1", (code, now_s)),
            Traces { caller: Some(caller), .. } => {
                self.booked("v.caller = ?1 ORDER BY v.start_s", (caller, now_s))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The visit of that number, where it is booked and begins after `now`.
    pub(crate) fn coming_visit(
        &mut self,
        number: i64,
        now: Timestamp,
    ) -> Result<Option<FoundVisit>, StoreError> {
        Ok(self.booked("v.number = ?1", (number, now.as_second()))?.pop())
    }

    /// Whether a visit bears that code, past ones among them.
    pub(crate) fn is_in_use(&self, traces: Traces) -> Result<bool, StoreError> {
        let found: Option<i64> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT number FROM visit WHERE code = ?1")?
                .query_row([traces.code], |row| row.get(0))
                .optional()
        })?;
        Ok(found.is_some())
    }

    /// Takes a booked visit out of the calendar.
    pub(crate) fn take_out(&self, visit: &FoundVisit) -> Result<(), StoreError> {
        self.sql("write to", |connection| {
            connection
                .prepare_cached("DELETE FROM visit WHERE number = ?1 AND held_until_s IS NULL")?
                .execute([visit.number])
        })
        .map(|_| ())
    }

    fn booked(&mut self, which: &str, by: impl Params) -> Result<Vec<FoundVisit>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(SealedVisit {
                number: row.get(0)?,
                time_s: (row.get(1)?, row.get(2)?),
                traces: Traces { caller: row.get(3)?, code: row.get(4)? },
                call: CallId(row.get(5)?),
                sealed: row.get(6)?,
            })
        };
        let rows: Vec<SealedVisit> = self.sql("read", |connection| {
            connection.prepare_cached(&format!("{COMING}{which}"))?.query_map(by, read)?.collect()
        })?;
        rows.into_iter()
            .map(|SealedVisit { number, time_s: (start, end), traces, call, sealed }| {
                let known = self.existing_call(call)?;
                Ok(FoundVisit {
                    number,
                    time: (self.moment(start)?, self.moment(end)?),
                    sheet: self.unseal(&known, ("visit", number.unsigned_abs()), &sealed)?,
                    traces,
                })
            })
            .collect()
    }
}
