//! Promise: what was acknowledged survives a kill, a full disk and a damaged file are told, and nothing panics.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use klinke::daemon::store::{FILE_NAME, Store, StoreError};
use klinke::record::{CallId, Entry};
use proptest::prelude::*;

#[path = "shared/keys.rs"]
mod keys;

use keys::{call, root};

fn concern(title: &str) -> Entry {
    Entry::Concern { intent: "outage".into(), title: title.into(), emergency: false }
}

fn call_of(number: u64) -> CallId {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    CallId(id)
}

/// The bytes of a closed store with some calls in it.
fn some_calls() -> &'static [u8] {
    static MADE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path(), root(1)).unwrap();
        for number in 1..=20 {
            store.append(call(number), &[concern("a"), concern(&"long ".repeat(200))]).unwrap();
        }
        drop(store);
        fs::read(directory.path().join(FILE_NAME)).unwrap()
    });
    &MADE
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
            .env("KLINKE_TEST_STORE", directory.path())
            .env("KLINKE_TEST_FIRST", (acknowledged.last().map_or(0, |last| last + 1000)).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut this_round = 0;
        for line in lines {
            // What it said before it died counts, also what was still in the pipe.
            if let Some(number) = line.unwrap().strip_prefix("written ").and_then(|n| n.parse().ok()) {
                acknowledged.push(number);
                this_round += 1;
            }
            if this_round == 20 + 13 * round {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success(), "it was to be killed");
    }
    assert!(acknowledged.len() >= 300, "{}", acknowledged.len());
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    for number in &acknowledged {
        let entries = store.entries(call_of(*number)).unwrap();
        assert_eq!(entries, [concern(&number.to_string()), concern("second")], "call {number}");
    }
    // What was not acknowledged is there whole or not at all.
    for id in store.call_ids().unwrap() {
        assert_eq!(store.entries(id).unwrap().len(), 2);
    }
    assert!(store.call_ids().unwrap().len() <= acknowledged.len() + 6);
}

/// The other process of the test above.
#[test]
fn writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os("KLINKE_TEST_STORE") else { return };
    let first: u64 = std::env::var("KLINKE_TEST_FIRST").unwrap().parse().unwrap();
    let mut store = Store::open(Path::new(&directory), root(1)).unwrap();
    for number in first..first + 100_000 {
        store.append(call_of(number), &[concern(&number.to_string()), concern("second")]).unwrap();
        println!("written {number}");
    }
}

#[test]
fn a_full_disk_is_told_and_the_store_works_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        println!("skipped: mounting a small tmpfs takes root and the right to mount");
        return;
    };
    let data = disk.0.path().join("data");
    let filler = disk.0.path().join("filler");
    let mut store = Store::open(&data, root(1)).unwrap();
    store.append(call(1), &[concern("before")]).unwrap();
    fs::write(&filler, vec![1; 600_000]).unwrap();
    let mut written = 0u64;
    let refused = loop {
        match store.append(call_of(written), &[concern(&"x".repeat(2000))]) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 5000, "the disk does not fill");
    };
    assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
    assert!(refused.to_string().contains("make room"), "{refused}");
    assert_eq!(store.entries(call(1)).unwrap(), [concern("before")], "it still reads");
    // A daemon that starts on the full disk.
    let mut other = Store::open_existing(&data, root(1)).unwrap();
    assert_eq!(other.entries(call(1)).unwrap(), [concern("before")]);
    drop(other);
    let fresh = Store::open(&disk.0.path().join("fresh"), root(1));
    assert!(fresh.is_err());
    assert!(!disk.0.path().join("fresh").join(FILE_NAME).exists(), "half a store is left behind");

    fs::remove_file(&filler).unwrap();
    store.append(call(2), &[concern("after")]).unwrap();
    drop(store);
    let mut store = Store::open_existing(&data, root(1)).unwrap();
    assert_eq!(store.entries(call(2)).unwrap(), [concern("after")]);
    for number in 0..written {
        assert_eq!(store.entries(call_of(number)).unwrap(), [concern(&"x".repeat(2000))]);
    }
}

/// A tmpfs of 1 MiB, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "klinke-test"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(directory))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_file_that_is_not_ours_is_refused_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(FILE_NAME);
    let refused = |content: &[u8]| {
        fs::write(&file, content).unwrap();
        let error = Store::open(directory.path(), root(1)).unwrap_err();
        assert!(fs::read(&file).unwrap() == content, "it was touched: {error}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        error
    };
    assert!(matches!(refused(b""), StoreError::Empty { .. }));
    assert!(matches!(refused(b"not a database"), StoreError::NotOurs { .. }));
    assert!(matches!(refused(&[0x5a; 10_000]), StoreError::NotOurs { .. }));
    fs::remove_file(&file).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(matches!(refused(&fs::read(&file).unwrap()), StoreError::NotOurs { .. }));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(matches!(Store::open(directory.path(), root(1)), Err(StoreError::NotOurs { .. })));
    fs::remove_dir(&file).unwrap();
    std::os::unix::fs::symlink("elsewhere.db", &file).unwrap();
    assert!(matches!(Store::open(directory.path(), root(1)), Err(StoreError::NotOurs { .. })));
    assert!(!directory.path().join("elsewhere.db").exists());
}

#[test]
fn a_newer_file_is_refused_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(FILE_NAME);
    fs::write(&file, some_calls()).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let before = fs::read(&file).unwrap();
    let refused = Store::open(directory.path(), root(1)).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused}");
    assert!(fs::read(&file).unwrap() == before);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_wal_that_a_crash_left_is_not_moved_for_a_wrong_key() {
    let directory = tempfile::tempdir().unwrap();
    let open = Store::open(directory.path(), root(1)).map(|mut store| {
        store.append(call(1), &[concern("a")]).unwrap();
        store
    });
    // As a crash leaves them: database and WAL, copied while both are in use.
    let crashed = tempfile::tempdir().unwrap();
    for name in [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")] {
        fs::copy(directory.path().join(&name), crashed.path().join(&name)).unwrap();
    }
    drop(open);
    let read = |name: &str| fs::read(crashed.path().join(name)).unwrap();
    let (file, wal) = (read(FILE_NAME), read(&format!("{FILE_NAME}-wal")));
    assert!(matches!(Store::open(crashed.path(), root(2)), Err(StoreError::WrongRootKey { .. })));
    assert!(read(FILE_NAME) == file && read(&format!("{FILE_NAME}-wal")) == wal, "something was moved");
    let mut store = Store::open(crashed.path(), root(1)).unwrap();
    assert_eq!(store.entries(call(1)).unwrap(), [concern("a")]);
}

#[test]
fn a_missing_store_is_not_made_by_reading() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    assert!(matches!(Store::open_existing(&data, root(1)), Err(StoreError::Missing { .. })));
    assert!(!data.exists());
}

/// Everything that can be asked of a store; whatever it answers, it must not panic.
fn ask_everything(directory: &Path) -> Result<(), StoreError> {
    let mut store = Store::open(directory, root(1))?;
    let mut asked = Ok(());
    for id in store.call_ids()? {
        let record = store.record(id).map(|_| ());
        let visits = store.appointments(id).map(|_| ());
        asked = asked.and(record).and(visits);
    }
    let written = store.append(call(200), &[concern("b")]);
    asked.and(written)
}

#[test]
fn a_truncated_file_is_told() {
    let whole = some_calls();
    let mut told = 0;
    for length in (1..whole.len()).step_by(1777) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE_NAME), &whole[..length]).unwrap();
        let error = ask_everything(directory.path())
            .expect_err(&format!("{length} of {} bytes went unnoticed", whole.len()));
        assert!(
            matches!(error, StoreError::Damaged { .. } | StoreError::NotOurs { .. }),
            "{length} bytes: {error:?}"
        );
        told += 1;
    }
    assert!(told > 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn corrupt_bytes_never_panic_and_never_read_as_something_else(
        at: prop::sample::Index,
        bytes in prop::collection::vec(any::<u8>(), 1..300),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE_NAME);
        let mut content = some_calls().to_vec();
        let at = at.index(content.len());
        for (place, byte) in content[at..].iter_mut().zip(&bytes) {
            *place = *byte;
        }
        fs::write(&file, &content).unwrap();
        let _ = ask_everything(directory.path());
        // What still opens is what was written.
        if let Ok(mut store) = Store::open(directory.path(), root(1)) {
            for number in 1..=20 {
                if let Ok(entries) = store.entries(call(number)) {
                    let whole = [concern("a"), concern(&"long ".repeat(200))];
                    prop_assert!(entries.len() <= 2 && entries == whole[..entries.len()]);
                }
            }
        }
    }
}
