//! Entries in, call records out.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::{ID_DIGITS_MIN, Known, Store, StoreError};
use crate::clock::MediaTime;
use crate::record::{CallId, CallRecord, Ending, Entry};

/// Calls that are looked at for a missing end when the daemon starts, newest first. At most 500 are held at a time;
/// what began before so many others has long ended.
pub const UNFINISHED_LOOKED_AT_MAX: usize = 4_000;

impl Store {
    /// Writes `entries` after those that `call` already has: all of them durable on return, or none of them.
    ///
    /// # Errors
    /// [`StoreError`], above all [`StoreError::DiskFull`].
    pub fn append(&mut self, call: CallId, entries: &[Entry]) -> Result<(), StoreError> {
        self.in_transaction(|store| store.append_within(call, entries))
    }

    /// The same as part of a transaction.
    pub(super) fn append_within(&mut self, call: CallId, entries: &[Entry]) -> Result<(), StoreError> {
        let known = self.call(call)?;
        let first: i64 = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT coalesce(max(seq) + 1, 0) FROM entry WHERE call = ?1")?
                .query_row([known.number], |row| row.get(0))
        })?;
        for (seq, entry) in (first..).zip(entries) {
            let sealed = self.seal(&known, ("entry", seq.unsigned_abs()), entry)?;
            self.sql("write to", |connection| {
                connection
                    .prepare_cached("INSERT INTO entry (call, seq, sealed) VALUES (?1, ?2, ?3)")?
                    .execute((known.number, seq, sealed))
            })?;
        }
        Ok(())
    }

    /// Writes an end ([`Ending::CutOff`]) to every call that has none; gives how many. For a daemon that starts and
    /// holds no call yet. `now`: when this was found.
    ///
    /// # Errors
    /// [`StoreError`]. A call that cannot be read stays as it is.
    pub fn end_unfinished(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let mut ended = 0;
        for call in self.call_ids()?.into_iter().take(UNFINISHED_LOOKED_AT_MAX) {
            match self.last_entry(call) {
                Ok(Some(Entry::Ended { .. })) => {}
                Ok(_) => {
                    let end = Entry::Ended { at: now, length: MediaTime::START, ending: Ending::CutOff };
                    self.append(call, &[end])?;
                    ended += 1;
                }
                Err(error) => log::error!("store: {error}"),
            }
        }
        Ok(ended)
    }

    fn last_entry(&mut self, call: CallId) -> Result<Option<Entry>, StoreError> {
        let known = self.existing_call(call)?;
        let row: Option<(i64, Vec<u8>)> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT seq, sealed FROM entry WHERE call = ?1 ORDER BY seq DESC LIMIT 1")?
                .query_row([known.number], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        row.map(|(seq, sealed)| self.unseal(&known, ("entry", seq.unsigned_abs()), &sealed)).transpose()
    }

    /// Ids of all calls, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn call_ids(&self) -> Result<Vec<CallId>, StoreError> {
        self.sql("read", |connection| {
            connection
                .prepare("SELECT id FROM call ORDER BY number DESC")?
                .query_map([], |row| row.get(0).map(CallId))?
                .collect()
        })
    }

    /// The one call whose id is or begins with `wanted`: hex digits, at least [`ID_DIGITS_MIN`].
    ///
    /// # Errors
    /// [`StoreError::NotAnId`], [`StoreError::UnknownCall`], [`StoreError::AmbiguousCall`].
    pub fn find(&self, wanted: &str) -> Result<CallId, StoreError> {
        let wanted = wanted.to_ascii_lowercase();
        let digits = wanted.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits || !(ID_DIGITS_MIN..=32).contains(&wanted.len()) {
            return Err(StoreError::NotAnId { wanted });
        }
        let mut found = self.call_ids()?;
        found.retain(|call| call.to_string().starts_with(&wanted));
        match found[..] {
            [] => Err(StoreError::UnknownCall { wanted }),
            [call] => Ok(call),
            _ => Err(StoreError::AmbiguousCall { wanted, count: found.len() }),
        }
    }

    /// What is kept of `call`.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`], [`StoreError::Damaged`].
    pub fn record(&mut self, call: CallId) -> Result<CallRecord, StoreError> {
        Ok(CallRecord::from_entries(call, &self.entries(call)?))
    }

    /// The entries of `call` in the order in which they were written.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`]; [`StoreError::Damaged`] where one was altered, moved or taken out.
    pub fn entries(&mut self, call: CallId) -> Result<Vec<Entry>, StoreError> {
        let known = self.existing_call(call)?;
        let sealed: Vec<(i64, Vec<u8>)> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT seq, sealed FROM entry WHERE call = ?1 ORDER BY seq")?
                .query_map([known.number], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let mut entries = Vec::with_capacity(sealed.len());
        for (expected, (seq, sealed)) in (0..).zip(&sealed) {
            if *seq != expected {
                return Err(self.damaged(&format!("call {call}"), &format!("entry {expected} is missing")));
            }
            entries.push(self.unseal(&known, ("entry", seq.unsigned_abs()), sealed)?);
        }
        Ok(entries)
    }

    pub(super) fn existing_call(&mut self, call: CallId) -> Result<Arc<Known>, StoreError> {
        self.known_call(call)?.ok_or_else(|| StoreError::UnknownCall { wanted: call.to_string() })
    }
}
