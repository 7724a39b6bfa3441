//! Store: call records and the calendar in one SQLite file, `klinke.db` in the data directory.
//!
//! **Format.** Tables and what of them is readable without the root key: `schema.rs`. How the rest is sealed:
//! [`crate::record::envelope`]. WAL, `synchronous = FULL`: what was acknowledged survives a crash and a power cut.
//! The file has mode 0600 (its WAL and shared memory take it over), the directory is made with 0700; deleted
//! content is overwritten, temporary tables stay in memory.
//!
//! **Errors.** [`StoreError`]. A file that is not ours, of a newer version or under another root key is refused
//! and left untouched. A full disk costs only what was not acknowledged, and the store works on when there is
//! room. Damage is said, never repaired by guessing.
//!
//! **Who calls what.** Commands use [`Store`], which blocks. The daemon starts the one thread that owns a store
//! ([`StoreHandle::start`]) and every call gets a clone of the [`StoreHandle`]. Several processes may have the
//! same file open; SQLite makes them take turns.

mod calls;
mod error;
mod file;
mod found;
mod guessing;
mod owner;
mod schema;
mod tickets;
mod visits;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

pub use error::StoreError;
pub use file::FILE_NAME;
pub use guessing::WRONG_CODES_AN_HOUR_MAX;
pub use owner::{GROUP_JOBS_MAX, QUEUE_JOBS_ADMIT, QUEUE_JOBS_MAX, STALL_MS_MAX, StoreHandle, StoreThread};
pub use tickets::Ticket;
pub use visits::{Appointment, CallBack};

pub(crate) use found::FoundVisit;
pub(crate) use visits::{VisitRow, VisitSheet};

use crate::record::CallId;
use crate::record::envelope::{CallKey, KEY_BYTES, Nonces, Place, RootKey, SALT_BYTES};

/// How long a process waits for another one's turn, in seconds.
pub const BUSY_S_MAX: u64 = 5;
/// Fewest digits by which a call can be named.
pub const ID_DIGITS_MIN: usize = 4;
/// Sealed things are filled up to a multiple of it, in bytes, so that their size tells little.
pub const SIZE_STEP_BYTES: usize = 64;
/// Keys of calls that are kept unwrapped in memory.
const KEYS_MAX: usize = 256;

/// A name that no call has had and none will have.
///
/// # Errors
/// [`StoreError::Randomness`].
pub fn new_call_id() -> Result<CallId, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(StoreError::Randomness)?;
    Ok(CallId(bytes))
}

/// An open store. Blocks; not shared between threads.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    id: [u8; 16],
    root: RootKey,
    /// Drawn when something is first written, so that reading writes nothing.
    nonces: Option<Nonces>,
    known: HashMap<CallId, Arc<Known>>,
    /// Codes that were named in vain since the store was opened.
    pub(crate) wrong_codes: guessing::WrongCodes,
}

/// A call that is in the file.
#[derive(Debug)]
pub(crate) struct Known {
    pub id: CallId,
    pub number: i64,
    key: CallKey,
}

impl Store {
    /// Opens the store in `data_dir`; makes directory and file where they are missing.
    ///
    /// # Errors
    /// [`StoreError`]; see the top of this module.
    pub fn open(data_dir: &Path, root: RootKey) -> Result<Self, StoreError> {
        let file = file::open_or_make(data_dir, &root)?;
        Ok(Self::of(file, root))
    }

    /// Opens the store in `data_dir` if there is one.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none; otherwise as [`open`](Self::open).
    pub fn open_existing(data_dir: &Path, root: RootKey) -> Result<Self, StoreError> {
        let file = file::open(data_dir, &root)?;
        Ok(Self::of(file, root))
    }

    fn of(file: file::OpenFile, root: RootKey) -> Self {
        let file::OpenFile { connection, path, id } = file;
        Self {
            connection,
            path,
            id,
            root,
            nonces: None,
            known: HashMap::new(),
            wrong_codes: guessing::WrongCodes::default(),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `work` writes: all of it durable on return, or nothing of it.
    pub(crate) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.draw_nonces()?;
        self.sql("begin in", |connection| connection.execute_batch("BEGIN IMMEDIATE"))?;
        let done = work(self).and_then(|done| {
            self.sql("write to", |connection| connection.execute_batch("COMMIT")).map(|()| done)
        });
        if done.is_err() {
            // Keys that were made in here are not in the file.
            self.known.clear();
            // SQLite has rolled back by itself after some errors (a full disk).
            if !self.connection.is_autocommit()
                && let Err(error) = self.connection.execute_batch("ROLLBACK")
            {
                log::error!("store: cannot roll back in {}: {error}", self.path.display());
            }
        }
        done
    }

    /// Numbers this opening, durably, before anything is sealed.
    fn draw_nonces(&mut self) -> Result<(), StoreError> {
        if self.nonces.is_none() {
            let opening: i64 = self.sql("write to", |connection| {
                connection.query_row(
                    "UPDATE file SET openings = openings + 1 RETURNING openings",
                    [],
                    |row| row.get(0),
                )
            })?;
            let opening = u32::try_from(opening)
                .map_err(|_| self.damaged("its number of openings", &"it has run over"))?;
            self.nonces = Some(Nonces::of_opening(opening));
        }
        Ok(())
    }

    /// The call's number and key, made where it is new.
    pub(crate) fn call(&mut self, id: CallId) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.known_call(id)? {
            return Ok(known);
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut *key).map_err(StoreError::Randomness)?;
        getrandom::fill(&mut salt).map_err(StoreError::Randomness)?;
        let key = CallKey::new(&key);
        let wrapped = self.root.wrap(id, salt, &key);
        let number = self.sql("write to", |connection| {
            connection.prepare_cached("INSERT INTO call (id, key) VALUES (?1, ?2)")?.insert((id.0, wrapped))
        })?;
        Ok(self.remember(Known { id, number, key }))
    }

    /// The call's number and key, where it is in the file.
    pub(crate) fn known_call(&mut self, id: CallId) -> Result<Option<Arc<Known>>, StoreError> {
        if let Some(known) = self.known.get(&id) {
            return Ok(Some(Arc::clone(known)));
        }
        let row: Option<(i64, Vec<u8>)> = self.sql("read", |connection| {
            connection
                .prepare_cached("SELECT number, key FROM call WHERE id = ?1")?
                .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        let Some((number, wrapped)) = row else { return Ok(None) };
        let key = self
            .root
            .unwrap_key(id, &wrapped)
            .map_err(|cause| self.damaged(&format!("the key of call {id}"), &cause))?;
        Ok(Some(self.remember(Known { id, number, key })))
    }

    fn remember(&mut self, known: Known) -> Arc<Known> {
        if self.known.len() >= KEYS_MAX {
            self.known.clear();
        }
        let known = Arc::new(known);
        self.known.insert(known.id, Arc::clone(&known));
        known
    }

    /// `thing` as sealed JSON for that row of the table, within a transaction.
    pub(crate) fn seal(
        &mut self,
        known: &Known,
        (table, row): (&'static str, u64),
        thing: &impl Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        let nonces = self.nonces.as_mut().expect("whatever seals does so in a transaction, which draws them");
        let mut plain = Zeroizing::new(Vec::with_capacity(1024));
        serde_json::to_writer(&mut *plain, thing).expect("our own types have a JSON, and memory takes it");
        let filled = plain.len().next_multiple_of(SIZE_STEP_BYTES);
        plain.resize(filled, b' ');
        let place = Place { table, column: "sealed", call: known.id, row };
        Ok(known.key.seal(nonces.next_nonce(), &place, &plain))
    }

    /// What [`seal`](Self::seal) made.
    pub(crate) fn unseal<T: DeserializeOwned>(
        &self,
        known: &Known,
        (table, row): (&'static str, u64),
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let what = || format!("{table} {row} of call {}", known.id);
        let place = Place { table, column: "sealed", call: known.id, row };
        let plain = known.key.open(&place, sealed).map_err(|cause| self.damaged(&what(), &cause))?;
        // The cause would quote what it could not read.
        serde_json::from_slice(&plain).map_err(|_| self.damaged(&what(), &"it does not read as one"))
    }

    /// Runs `work`; what SQLite says becomes an error of ours.
    pub(crate) fn sql<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        work(&self.connection).map_err(|error| StoreError::of_sqlite(doing, &self.path, error))
    }

    fn damaged(&self, what: &str, cause: &dyn std::fmt::Display) -> StoreError {
        StoreError::Damaged { what: format!("{what} in {}", self.path.display()), cause: cause.to_string() }
    }
}
