//! The file of the store: made whole or not at all, recognised before it is touched, readable by its owner only.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::schema::{self, APPLICATION_ID, MIGRATIONS};
use super::{BUSY_S_MAX, StoreError};
use crate::record::envelope::RootKey;

/// Name of the store in the data directory.
pub const FILE_NAME: &str = "klinke.db";

/// Size to which SQLite cuts the WAL back after a checkpoint, in bytes.
const WAL_BYTES_KEPT: i64 = 4 << 20;

/// An open file that is known to be ours.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub connection: Connection,
    pub path: PathBuf,
    pub id: [u8; 16],
}

/// Opens the store in `data_dir`; makes both where they are missing.
pub(super) fn open_or_make(data_dir: &Path, root: &RootKey) -> Result<OpenFile, StoreError> {
    make_directory(data_dir)?;
    let path = data_dir.join(FILE_NAME);
    if matches!(path.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        make(data_dir, root)?;
    }
    open(data_dir, root)
}

/// Opens the store in `data_dir`. Nothing is written before the file is known to be ours, of a version that we
/// know, and sealed under `root`.
pub(super) fn open(data_dir: &Path, root: &RootKey) -> Result<OpenFile, StoreError> {
    let named = data_dir.join(FILE_NAME);
    let length = match named.symlink_metadata() {
        Ok(found) if found.is_symlink() => {
            return Err(StoreError::NotOurs { file: named, cause: "it is a symbolic link".into() });
        }
        Ok(found) if !found.is_file() => {
            return Err(StoreError::NotOurs { file: named, cause: "it is not a plain file".into() });
        }
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::Missing { file: named });
        }
        Err(source) => return Err(StoreError::File { doing: "open", path: named, source }),
    };
    if length == 0 {
        return Err(StoreError::Empty { file: named });
    }
    // SQLite follows no link with NOFOLLOW, in the directory's path either; the directory may well be one.
    let directory = data_dir.canonicalize().map_err(|source| StoreError::File {
        doing: "open",
        path: data_dir.to_owned(),
        source,
    })?;
    let path = directory.join(FILE_NAME);
    let of = |doing| {
        let path = path.clone();
        move |error| StoreError::of_sqlite(doing, &path, error)
    };
    let mut connection = connect(&path).map_err(of("open"))?;
    // A WAL that a crash left behind belongs to the file: not even that is moved before the file is known.
    let wal_left = fs::metadata(directory.join(format!("{FILE_NAME}-wal"))).is_ok_and(|wal| wal.len() > 0);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wal_left).map_err(of("open"))?;
    let id = recognise(&connection, &path, root)?;

    if !wal_left {
        not_cut_off(&connection, &path)?;
    }

    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(of("open"))?;
    keep_private(&path, 0o600)?;
    configure(&connection).map_err(of("configure"))?;
    schema::migrate(&mut connection, MIGRATIONS).map_err(of("bring forward"))?;
    Ok(OpenFile { connection, path, id })
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(BUSY_S_MAX))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(connection)
}

/// Durable on return, nothing left behind in free pages, nothing in temporary files.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update_and_check(None, "journal_size_limit", WAL_BYTES_KEPT, |_| Ok(()))
}

/// The id of the file at `path`, if it is a store of a known version under this root key.
fn recognise(connection: &Connection, path: &Path, root: &RootKey) -> Result<[u8; 16], StoreError> {
    let of = |error| StoreError::of_sqlite("read", path, error);
    let pragma =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(of);
    let file = path.to_owned();
    if pragma("application_id")? != APPLICATION_ID {
        return Err(StoreError::NotOurs { file, cause: "it is another program's database".into() });
    }
    let (found, known) = (pragma("user_version")?, MIGRATIONS.len() as i64);
    if found > known {
        return Err(StoreError::Newer { file, found, known });
    }
    let (id, proof): ([u8; 16], Vec<u8>) = connection
        .query_row("SELECT id, root_key_proof FROM file", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows | rusqlite::Error::FromSqlConversionFailure(..) => {
                StoreError::Damaged { what: file.display().to_string(), cause: error.to_string() }
            }
            other => of(other),
        })?;
    if proof != root.proof(&id) {
        return Err(StoreError::WrongRootKey { file });
    }
    Ok(id)
}

/// Whether the file has all the pages that it says it has; SQLite looks only when it needs one. With a WAL beside
/// it, it may rightly be shorter.
fn not_cut_off(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let whole = pragma("page_size")
        .and_then(|size| Ok(size * pragma("page_count")?))
        .map_err(|error| StoreError::of_sqlite("read", path, error))?;
    let found = fs::metadata(path)
        .map_err(|source| StoreError::File { doing: "read", path: path.to_owned(), source })?
        .len();
    if found < whole.unsigned_abs() {
        let cause = format!("it is cut off, {found} of {whole} bytes are left");
        return Err(StoreError::Damaged { what: path.display().to_string(), cause });
    }
    Ok(())
}

/// Makes the store beside its place and moves it there whole, so that a crash never leaves half of one behind.
/// Where another process was quicker, its file stays.
fn make(data_dir: &Path, root: &RootKey) -> Result<(), StoreError> {
    let path = data_dir.join(FILE_NAME);
    let making = data_dir.join(format!(".{FILE_NAME}.{}", std::process::id()));
    let of = |doing: &'static str| {
        let path = path.clone();
        move |source| StoreError::File { doing, path, source }
    };
    let _ = fs::remove_file(&making);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&making).map_err(of("make"))?;
    let made = fill(&making, root).and_then(|()| {
        File::open(&making).and_then(|file| file.sync_all()).map_err(of("make"))?;
        match fs::hard_link(&making, &path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(of("make")(error)),
            _ => Ok(()),
        }
    });
    let _ = fs::remove_file(&making);
    made?;
    File::open(data_dir).and_then(|directory| directory.sync_all()).map_err(of("make"))
}

fn fill(making: &Path, root: &RootKey) -> Result<(), StoreError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(StoreError::Randomness)?;
    let fill = || {
        let mut connection = connect(making)?;
        connection.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()))?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        schema::migrate(&mut connection, MIGRATIONS)?;
        connection.execute("INSERT INTO file VALUES (1, ?1, ?2, 0)", (id, root.proof(&id)))?;
        connection.close().map_err(|(_, error)| error)
    };
    fill().map_err(|error| StoreError::of_sqlite("make", making, error))
}

/// Makes `data_dir` for its owner only. One that exists already keeps its mode: it may hold others' files.
fn make_directory(data_dir: &Path) -> Result<(), StoreError> {
    if data_dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(|source| StoreError::File {
        doing: "make",
        path: data_dir.to_owned(),
        source,
    })
}

fn keep_private(path: &Path, mode: u32) -> Result<(), StoreError> {
    let of = |source| StoreError::File { doing: "set the mode of", path: path.to_owned(), source };
    let found = fs::metadata(path).map_err(of)?.permissions().mode() & 0o777;
    if found & !mode != 0 {
        log::warn!("store: {} had mode {found:o}; it is {mode:o} now", path.display());
        fs::set_permissions(path, Permissions::from_mode(mode)).map_err(of)?;
    }
    Ok(())
}
