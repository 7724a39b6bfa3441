//! Promise: nothing personal can be read from what Klinke writes without the root key, and nothing sealed opens
//! anywhere but where it was put.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use klinke::call::actions::{JobSheet, Order, OrderId, Outcome};
use klinke::call::line::Destination;
use klinke::clock::MediaTime;
use klinke::daemon::store::{FILE_NAME, Store, StoreError};
use klinke::record::{CallId, Ending, Entry, SlotRecord};
use rusqlite::Connection;

#[path = "shared/keys.rs"]
mod keys;
#[path = "shared/sites.rs"]
mod sites;

use keys::{call, root};
use sites::{everything, site, technician};

/// In every field that can hold text; found anywhere in plaintext, the promise is broken.
const CANARY: &str = "Kanarienvögel";

fn canary(field: &str) -> String {
    format!("{CANARY}-{field}-{CANARY}")
}

fn job() -> JobSheet {
    JobSheet {
        concern: canary("concern"),
        emergency: true,
        fields: vec![(canary("field"), canary("value").into())],
        family_name: Some(canary("family_name").into()),
        on_call: None,
    }
}

fn hold(technician_skill: &str) -> Order {
    Order::HoldAppointment {
        skill: technician_skill.into(),
        emergency: false,
        from: date(2026, 11, 9).at(0, 0, 0, 0),
        until: None,
        near: None,
    }
}

/// One of every kind of entry, order and outcome, a canary in every text.
fn entries() -> Vec<Entry> {
    let (start, end) = (date(2026, 11, 9).at(8, 0, 0, 0), date(2026, 11, 9).at(9, 0, 0, 0));
    let hold_id = klinke::call::actions::HoldId(1);
    let orders = [
        hold(&canary("skill")),
        Order::BookAppointment { hold: hold_id, job: job() },
        Order::ReleaseAppointment { hold: hold_id },
        Order::NoteCallBack { job: job() },
    ];
    let outcomes = [
        Outcome::Held { hold: hold_id, technician: canary("technician"), start, end },
        Outcome::NothingFree,
        Outcome::Booked { appointment: 1, code: None },
        Outcome::HoldExpired,
        Outcome::Released,
        Outcome::Noted,
        Outcome::Failed { cause: canary("cause") },
    ];
    let mut entries = vec![
        Entry::Began {
            at: Timestamp::UNIX_EPOCH,
            site: canary("site"),
            caller: Some(canary("caller").into()),
        },
        Entry::Disclosed { at: MediaTime::START, wording: canary("wording") },
        Entry::Concern { intent: canary("intent"), title: canary("title"), emergency: true },
        Entry::Slot(SlotRecord {
            name: canary("slot"),
            value: canary("value").into(),
            confidence: 0.5,
            confirmed: true,
        }),
    ];
    entries.extend(orders.map(|order| Entry::Ordered { id: OrderId(1), order }));
    entries.extend(outcomes.map(|outcome| Entry::Became { id: OrderId(1), outcome }));
    entries.push(Entry::Ended {
        at: Timestamp::UNIX_EPOCH,
        length: MediaTime::START,
        ending: Ending::HandedOver {
            destination: Destination::Extension(canary("extension")),
            reason: canary("reason"),
        },
    });
    entries
}

/// Whether the canary stands in any file under `directory`, also in another encoding of the same letters.
fn canary_in(directory: &Path) -> Option<String> {
    let spellings: [Vec<u8>; 4] = [
        CANARY.as_bytes().to_vec(),
        CANARY.to_uppercase().into_bytes(),
        CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        b"Kanarienv".to_vec(),
    ];
    let mut files = 0;
    for file in fs::read_dir(directory).unwrap() {
        let file = file.unwrap();
        let bytes = fs::read(file.path()).unwrap();
        files += 1;
        for spelling in &spellings {
            if bytes.windows(spelling.len()).any(|window| window == spelling) {
                return Some(file.file_name().to_string_lossy().into_owned());
            }
        }
    }
    assert!(files > 0, "nothing was searched");
    None
}

/// A store with two full calls and a calendar.
fn full(directory: &Path) -> Store {
    let mut store = Store::open(directory, root(1)).unwrap();
    let mut technician = technician(&canary("technician"));
    technician.skills.push(canary("skill"));
    let mut site = site(vec![technician]);
    site.id = canary("site");
    let mut may = everything(&site, &[&canary("concern")], &[&canary("field")]);
    may.caller = Some(canary("caller").into());
    let now = date(2026, 11, 9).at(7, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    for number in [1, 2] {
        store.append(call(number), &entries()).unwrap();
        let first = hold(&canary("skill"));
        let held = store.carry_out(call(number), (&site, &may), (OrderId(1), &first), &now).unwrap();
        let Outcome::Held { hold, .. } = held else { panic!("{held:?}") };
        let orders = [Order::BookAppointment { hold, job: job() }, Order::NoteCallBack { job: job() }];
        for (id, order) in (2..).zip(orders) {
            store.carry_out(call(number), (&site, &may), (OrderId(id), &order), &now).unwrap();
        }
    }
    store
}

#[test]
fn no_canary_sings_in_database_wal_or_temporary_files() {
    let directory = tempfile::tempdir().unwrap();
    let store = full(directory.path());
    let beside = |suffix: &str| directory.path().join(format!("{FILE_NAME}{suffix}"));
    assert!(beside("-wal").metadata().unwrap().len() > 10_000, "the WAL is part of the search");
    assert!(beside("-shm").exists());
    assert_eq!(canary_in(directory.path()), None, "while it is open");
    drop(store);
    assert!(!beside("-wal").exists());
    assert_eq!(canary_in(directory.path()), None, "after it was closed");

    // The search would find one.
    fs::write(directory.path().join("proof"), canary("proof")).unwrap();
    assert_eq!(canary_in(directory.path()), Some("proof".into()));
    // And it was there to be found.
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    assert_eq!(store.entries(call(2)).unwrap(), entries());
    assert_eq!(store.appointments(call(2)).unwrap()[0].job, job());
    assert_eq!(store.call_backs(call(1)).unwrap()[0].job, job());
}

#[test]
fn nothing_is_written_outside_the_data_directory() {
    // SQLite's own temporary files would go there.
    let directory = tempfile::tempdir().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_a_full_store_where_it_is_told", "--nocapture"])
        .env("KLINKE_TEST_STORE", directory.path())
        .env("TMPDIR", temporary.path())
        .env("SQLITE_TMPDIR", temporary.path())
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    assert!(fs::read_dir(directory.path()).unwrap().count() > 0, "it wrote nothing at all");
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    let said = [status.stdout, status.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains(CANARY));
}

/// The other process of the test above.
#[test]
fn writes_a_full_store_where_it_is_told() {
    if let Some(directory) = std::env::var_os("KLINKE_TEST_STORE") {
        drop(full(Path::new(&directory)));
    }
}

#[test]
fn files_are_for_their_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("made/for/klinke");
    let store = full(&data);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = fs::read_dir(&data).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(store);
    fs::set_permissions(data.join(FILE_NAME), fs::Permissions::from_mode(0o644)).unwrap();
    Store::open(&data, root(1)).unwrap();
    assert_eq!(mode(&data.join(FILE_NAME)), 0o600);
}

#[test]
fn a_wrong_root_key_is_told_and_touches_nothing() {
    let directory = tempfile::tempdir().unwrap();
    drop(full(directory.path()));
    let before = fs::read(directory.path().join(FILE_NAME)).unwrap();
    let refused = Store::open(directory.path(), root(2)).unwrap_err();
    assert!(matches!(refused, StoreError::WrongRootKey { .. }), "{refused}");
    assert!(refused.to_string().contains("root_key_file"), "{refused}");
    assert!(fs::read(directory.path().join(FILE_NAME)).unwrap() == before);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    assert_eq!(Store::open(directory.path(), root(1)).unwrap().entries(call(1)).unwrap(), entries());
}

/// Runs `sql` on a full store behind Klinke's back.
fn tampered(sql: &str) -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    drop(full(directory.path()));
    Connection::open(directory.path().join(FILE_NAME)).unwrap().execute_batch(sql).unwrap();
    let store = Store::open_existing(directory.path(), root(1)).unwrap();
    (directory, store)
}

/// What reading a tampered call must say.
fn assert_damaged<T: std::fmt::Debug>(read: Result<T, StoreError>, naming: &str) {
    match read {
        Err(error @ StoreError::Damaged { .. }) => {
            let said = error.to_string();
            assert!(said.contains(naming) && !said.contains(CANARY), "{said}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_entry_that_was_moved_does_not_open() {
    let swapped = "
        UPDATE entry SET seq = 100 WHERE call = 1 AND seq = 2;
        UPDATE entry SET seq = 2 WHERE call = 1 AND seq = 3;
        UPDATE entry SET seq = 3 WHERE call = 1 AND seq = 100;";
    let (_directory, mut store) = tampered(swapped);
    assert_damaged(store.entries(call(1)), "entry 2 of call 0101");
    assert_eq!(store.entries(call(2)).unwrap(), entries(), "the other call is whole");
}

#[test]
fn rows_swapped_between_calls_do_not_open() {
    let (_directory, mut store) = tampered(
        "UPDATE entry SET call = 3 - call WHERE 0;
         PRAGMA foreign_keys = OFF;
         UPDATE entry SET call = call + 10 WHERE seq = 1;
         UPDATE entry SET call = 13 - call WHERE call > 10;",
    );
    assert_damaged(store.entries(call(1)), "entry 1");
    assert_damaged(store.entries(call(2)), "entry 1");

    let (_directory, mut store) = tampered(
        "UPDATE call SET key = (SELECT other.key FROM call other WHERE other.number = 3 - call.number);",
    );
    assert_damaged(store.entries(call(1)), "the key of call 0101");

    let (_directory, mut store) = tampered("UPDATE call SET id = randomblob(16) WHERE number = 1;");
    let id: CallId = store.call_ids().unwrap()[1];
    assert_damaged(store.entries(id), "the key of call");
}

#[test]
fn an_entry_that_was_taken_out_is_missed() {
    let (_directory, mut store) = tampered("DELETE FROM entry WHERE call = 1 AND seq = 4;");
    assert_damaged(store.record(call(1)), "entry 4 is missing");
}

#[test]
fn rows_of_one_table_do_not_open_in_another() {
    // Both stand in row 1 of the same call.
    let (_directory, mut store) = tampered(
        "UPDATE call_back SET sealed = (SELECT sealed FROM visit WHERE number = 1) WHERE number = 1;
         UPDATE entry SET sealed = (SELECT sealed FROM outcome WHERE call = 1 AND order_id = 1)
             WHERE call = 1 AND seq = 1;",
    );
    assert_damaged(store.call_backs(call(1)), "call_back 1");
    assert_damaged(store.entries(call(1)), "entry 1");
}

#[test]
fn flipped_bits_and_garbage_are_found() {
    for (at, sealed) in [
        (0, "x''"),
        (1, "x'01'"),
        (2, "x'02' || substr(sealed, 2)"),
        (3, "substr(sealed, 1, 30)"),
        (4, "randomblob(120)"),
        (5, "x'01' || randomblob(500)"),
        (6, "zeroblob(200)"),
        (7, "CAST(substr(sealed, 1, 60) || x'00' || substr(sealed, 62) AS BLOB)"),
        (8, "CAST(sealed || x'20' AS BLOB)"),
    ] {
        let (_directory, mut store) = tampered(&format!(
            "UPDATE entry SET sealed = CAST({sealed} AS BLOB) WHERE call = 1 AND seq = {at};"
        ));
        assert_damaged(store.entries(call(1)), &format!("entry {at} "));
    }
    let (_directory, mut store) = tampered("UPDATE visit SET sealed = randomblob(99);");
    assert_damaged(store.appointments(call(1)), "visit 1");
}

#[test]
fn a_visit_is_neither_moved_nor_doubled_behind_klinkes_back() {
    let directory = tempfile::tempdir().unwrap();
    drop(full(directory.path()));
    let file = Connection::open(directory.path().join(FILE_NAME)).unwrap();
    let double = "INSERT INTO visit (call, technician, start_s, end_s, sealed)
                  SELECT call, technician, start_s + 60, end_s + 60, sealed FROM visit WHERE number = 1";
    assert!(file.execute(double, []).unwrap_err().to_string().contains("taken"));
    assert!(file.execute("UPDATE visit SET start_s = start_s - 1", []).is_err());
}
