//! Tables of the store and how a file of an earlier version is brought forward.
//!
//! What stands in plaintext, and why:
//!
//! | column | what | why it must be readable |
//! |---|---|---|
//! | `file.*` | random id of the file, proof of the root key, number of openings | to know the key, and so that no nonce repeats |
//! | `call.number`, `call.id` | order of arrival, 16 random bytes | to find a call |
//! | `entry.seq`, `outcome.order_id` | place within the call | to find an entry, and to answer an order once |
//! | `visit.technician` | keyed pseudonym of site and name | so that nobody is booked twice |
//! | `visit.start_s`, `end_s`, `held_until_s` | UTC, seconds | the same |
//! | `visit.caller` | keyed pseudonym of site and the number that the PBX showed when it was booked | so that whoever booked it finds it again |
//! | `visit.code` | keyed pseudonym of site and the code that was read to the caller | the same |
//!
//! Everything else is sealed (`record::envelope`), its length rounded up to [`super::SIZE_STEP_BYTES`]. When a
//! call began, how long it was, which site took it and what it was about is not readable without the root key.

use rusqlite::Connection;

/// "KLNK": tells a store of Klinke's from other SQLite files.
pub(super) const APPLICATION_ID: i64 = 0x4b4c_4e4b;

/// The steps from each version to the next; `user_version` counts those taken. Steps that have been released
/// never change.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE file (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        id BLOB NOT NULL CHECK (length(id) = 16),
        root_key_proof BLOB NOT NULL,
        openings INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE call (
        number INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        key BLOB NOT NULL
    ) STRICT;

    CREATE TABLE entry (
        call INTEGER NOT NULL REFERENCES call,
        seq INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (call, seq)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE outcome (
        call INTEGER NOT NULL REFERENCES call,
        order_id INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (call, order_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE visit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        call INTEGER NOT NULL REFERENCES call,
        technician BLOB NOT NULL CHECK (length(technician) = 16),
        start_s INTEGER NOT NULL,
        end_s INTEGER NOT NULL CHECK (end_s > start_s),
        held_until_s INTEGER,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX visit_by_time ON visit (technician, end_s);
    CREATE INDEX visit_by_call ON visit (call);
    CREATE INDEX visit_held ON visit (held_until_s) WHERE held_until_s IS NOT NULL;
    CREATE TRIGGER nobody_twice BEFORE INSERT ON visit
        WHEN EXISTS (SELECT 1 FROM visit WHERE technician = NEW.technician
                     AND start_s < NEW.end_s AND end_s > NEW.start_s)
        BEGIN SELECT RAISE(ABORT, 'the technician is taken at that time'); END;
    CREATE TRIGGER nobody_moved BEFORE UPDATE OF call, technician, start_s, end_s ON visit
        BEGIN SELECT RAISE(ABORT, 'a visit does not move'); END;

    CREATE TABLE call_back (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        call INTEGER NOT NULL REFERENCES call,
        sealed BLOB NOT NULL
    ) STRICT;
",
    "
    ALTER TABLE visit ADD COLUMN caller BLOB CHECK (length(caller) = 16);
    ALTER TABLE visit ADD COLUMN code BLOB CHECK (length(code) = 16);
    CREATE INDEX visit_by_caller ON visit (caller) WHERE caller IS NOT NULL;
    CREATE UNIQUE INDEX visit_by_code ON visit (code) WHERE code IS NOT NULL;

    CREATE TABLE ticket (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        call INTEGER NOT NULL REFERENCES call,
        sealed BLOB NOT NULL
    ) STRICT;
",
];

/// Takes the steps that `connection` has not taken yet, all or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let taken: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in steps.iter().skip(taken as usize) {
        transaction.execute_batch(step)?;
    }
    if (taken as usize) < steps.len() {
        transaction.pragma_update(None, "user_version", steps.len() as u32)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> u32 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn only_the_missing_steps_are_taken() {
        let mut file = Connection::open_in_memory().unwrap();
        migrate(&mut file, &["CREATE TABLE a (x)"]).unwrap();
        let steps = ["CREATE TABLE a (x)", "CREATE TABLE b (x)", "CREATE TABLE c (x)"];
        migrate(&mut file, &steps).unwrap();
        migrate(&mut file, &steps).unwrap();
        assert_eq!(version(&file), 3);
        file.execute_batch("SELECT * FROM a, b, c").unwrap();
    }

    #[test]
    fn appointments_of_an_earlier_version_stay_and_nobody_is_booked_twice_beside_them() {
        let mut file = Connection::open_in_memory().unwrap();
        migrate(&mut file, &MIGRATIONS[..1]).unwrap();
        let visit = "INSERT INTO visit (call, technician, start_s, end_s, sealed)
                     VALUES (1, zeroblob(16), 100, 200, x'00')";
        file.execute_batch("INSERT INTO call (id, key) VALUES (zeroblob(16), x'00')").unwrap();
        file.execute_batch(visit).unwrap();
        migrate(&mut file, MIGRATIONS).unwrap();
        let traces = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let traces: (Option<Vec<u8>>, Option<Vec<u8>>) =
            file.query_row("SELECT caller, code FROM visit", [], traces).unwrap();
        assert_eq!(traces, (None, None));
        assert!(file.execute_batch(visit).is_err(), "booked twice");
        assert!(file.execute_batch("UPDATE visit SET code = x'00'").is_err(), "no pseudonym");
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_at_its_version() {
        let mut file = Connection::open_in_memory().unwrap();
        migrate(&mut file, &["CREATE TABLE a (x)"]).unwrap();
        assert!(migrate(&mut file, &["CREATE TABLE a (x)", "CREATE TABLE b (x)", "nonsense"]).is_err());
        assert_eq!(version(&file), 1);
        assert!(file.execute_batch("SELECT * FROM b").is_err());
    }
}
