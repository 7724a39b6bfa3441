//! What can go wrong with the store. Every message names the operation, the object, the cause and what to do;
//! none holds personal data.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ffi;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refuses.
    #[error("cannot {doing} {}: {source}; data_dir must be a folder that Klinke may write", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Nothing is stored there.
    #[error("no call is stored yet: {} does not exist; the daemon makes it when it starts", file.display())]
    Missing {
        /// Where the store would be.
        file: PathBuf,
    },
    /// The file has no bytes. Klinke never leaves one behind.
    #[error("{} is empty: something cut it off; restore it from a backup, or move it away to start anew", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// Another program's file.
    #[error("{} is not a store of Klinke's: {cause}; check data_dir, or restore the file from a backup", file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
        /// By what it was seen.
        cause: String,
    },
    /// Written by a later Klinke; it was not touched.
    #[error("{} was written by a newer Klinke (format {found}, this one knows {known}): upgrade Klinke; the file was not touched", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// Sealed under another root key; it was not touched.
    #[error("the root key does not fit {}: it was sealed under another one; give Klinke that key back (root_key_file, or the credential klinke-root-key); the file was not touched", file.display())]
    WrongRootKey {
        /// The file.
        file: PathBuf,
    },
    /// Bytes on the disk are not what was written.
    #[error("{what} is damaged: {cause}; restore the store from a backup")]
    Damaged {
        /// The whole file or one thing in it.
        what: String,
        /// How it was seen.
        cause: String,
    },
    /// No room. What was stored is safe, and the store works again when there is room.
    #[error("no room left on the disk of {}: nothing that was stored is lost; make room", file.display())]
    DiskFull {
        /// The file.
        file: PathBuf,
    },
    /// Another process holds the file.
    #[error("{} is in use by another process for more than {} s; end that process, or try again", file.display(), super::BUSY_S_MAX)]
    Busy {
        /// The file.
        file: PathBuf,
    },
    /// No such call.
    #[error("no call {wanted}; `klinke calls list` shows all of them")]
    UnknownCall {
        /// Its id, or the beginning of it.
        wanted: String,
    },
    /// More than one call begins like that.
    #[error("{count} calls begin with {wanted}; give more digits")]
    AmbiguousCall {
        /// The beginning of the id.
        wanted: String,
        /// How many.
        count: usize,
    },
    /// That cannot be a call's id.
    #[error("{wanted:?} is not a call: {} to 32 hex digits are", super::ID_DIGITS_MIN)]
    NotAnId {
        /// As given.
        wanted: String,
    },
    /// SQLite refuses for another reason.
    #[error("cannot {doing} {}: {source}", file.display())]
    Sqlite {
        /// What was tried.
        doing: &'static str,
        /// On what.
        file: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// The system gives no randomness.
    #[error("cannot draw a key or a name: the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The thread that owns the store has ended.
    #[error("the store is closed; the daemon is going down")]
    Closed,
}

impl StoreError {
    /// What SQLite's refusal means.
    pub(crate) fn of_sqlite(doing: &'static str, file: &Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        let Some(code) = source.sqlite_error().map(|error| error.extended_code) else {
            return Self::Sqlite { doing, file, source };
        };
        match (code & 0xff, code) {
            // SHMSIZE: the shared memory of the WAL could not be given its size.
            (ffi::SQLITE_FULL, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::DiskFull { file },
            (ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED, _) => Self::Busy { file },
            (ffi::SQLITE_NOTADB, _) => Self::NotOurs { file, cause: source.to_string() },
            (ffi::SQLITE_CORRUPT, _) | (_, ffi::SQLITE_IOERR_SHORT_READ) => {
                Self::Damaged { what: file.display().to_string(), cause: source.to_string() }
            }
            _ => Self::Sqlite { doing, file, source },
        }
    }
}
