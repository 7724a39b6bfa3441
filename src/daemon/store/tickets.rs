//! Tickets: concerns that were written down under a number, in the order in which they came.

use serde::{Deserialize, Serialize};

use super::{Known, Store, StoreError};
use crate::call::actions::JobSheet;
use crate::record::CallId;

/// A concern under a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// As it was told to the caller. Not sealed: it says how many there were before it.
    #[serde(skip)]
    pub number: i64,
    /// Whose it is.
    pub site: String,
    /// What it is about.
    pub job: JobSheet,
}

impl Store {
    /// The tickets that were opened in `call`.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`], [`StoreError::Damaged`].
    pub fn tickets(&mut self, call: CallId) -> Result<Vec<Ticket>, StoreError> {
        let known = self.existing_call(call)?;
        let rows: Vec<(i64, Vec<u8>)> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT number, sealed FROM ticket WHERE call = ?1 ORDER BY number")?
                .query_map([known.number], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.iter()
            .map(|(number, sealed)| {
                let ticket: Ticket = self.unseal(&known, ("ticket", number.unsigned_abs()), sealed)?;
                Ok(Ticket { number: *number, ..ticket })
            })
            .collect()
    }

    /// Writes a ticket of the call: under a new number where it has none (0) yet. Gives the number; `None`: the call has
    /// no ticket of that number.
    pub(crate) fn write_ticket(&mut self, known: &Known, ticket: &Ticket) -> Result<Option<i64>, StoreError> {
        let number = match ticket.number {
            0 => self.sql("write to", |connection| {
                connection
                    .prepare_cached("INSERT INTO ticket (call, sealed) VALUES (?1, x'')")?
                    .insert([known.number])
            })?,
            number => number,
        };
        let sealed = self.seal(known, ("ticket", number.unsigned_abs()), ticket)?;
        let written = self.sql("write to", |connection| {
            connection
                .prepare_cached("UPDATE ticket SET sealed = ?3 WHERE number = ?1 AND call = ?2")?
                .execute((number, known.number, sealed))
        })?;
        Ok((written > 0).then_some(number))
    }
}
