//! What must stay fast: durable sealed entries, beside the same bytes in plain SQLite, in the same run.
//!
//! Every round waits for the disk (`synchronous = FULL`), so the figures are the disk's as much as ours; it is
//! the ratio of the two that says what sealing costs.

use std::sync::Arc;

use divan::{Bencher, counter::ItemsCount};
use klinke::daemon::store::{Store, StoreHandle};
use klinke::record::envelope::{KEY_BYTES, RootKey};
use klinke::record::{CallId, Entry, SlotRecord};
use zeroize::Zeroizing;

/// Entries that are written one after the other, in a round.
const SINGLY: usize = 50;
/// Calls that write at the same time, and what each writes in a round.
const CALLS: usize = 100;
const ENTRIES: usize = 10;
/// Bytes that one entry has on the disk.
const ROW_BYTES: usize = 1 + 12 + 128 + 16;

fn main() {
    divan::main();
}

fn entry() -> Entry {
    let value = "Lindenstraße 4, 70173 Stuttgart".to_owned().into();
    Entry::Slot(SlotRecord { name: "address".into(), value, confidence: 0.87, confirmed: true })
}

fn store(directory: &tempfile::TempDir) -> Store {
    let root = RootKey::new(&Zeroizing::new([1; KEY_BYTES]));
    Store::open(directory.path(), root).expect("an empty directory takes a store")
}

fn plain(directory: &tempfile::TempDir) -> rusqlite::Connection {
    let file = rusqlite::Connection::open(directory.path().join("plain.db")).expect("an empty directory");
    file.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
         CREATE TABLE entry (call INTEGER, seq INTEGER, sealed BLOB, PRIMARY KEY (call, seq)) WITHOUT ROWID",
    )
    .expect("plain SQLite");
    file
}

#[divan::bench]
fn sealed_singly(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("room for files");
    let (mut store, entry) = (store(&directory), entry());
    bencher.counter(ItemsCount::new(SINGLY)).bench_local(|| {
        for _ in 0..SINGLY {
            store.append(CallId([1; 16]), std::slice::from_ref(&entry)).expect("room");
        }
    });
}

#[divan::bench]
fn plain_singly(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("room for files");
    let file = plain(&directory);
    let mut seq = 0;
    bencher.counter(ItemsCount::new(SINGLY)).bench_local(|| {
        for _ in 0..SINGLY {
            seq += 1;
            file.prepare_cached("INSERT INTO entry VALUES (1, ?1, ?2)")
                .and_then(|mut insert| insert.execute((seq, [seq as u8; ROW_BYTES])))
                .expect("room");
        }
    });
}

#[divan::bench]
fn sealed_by_many_calls(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("room for files");
    let (handle, thread) = StoreHandle::start(store(&directory), Arc::from([])).expect("a thread");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    bencher.counter(ItemsCount::new(CALLS * ENTRIES)).bench_local(|| {
        runtime.block_on(async {
            let calls = (0..CALLS).map(|number| {
                let handle = handle.clone();
                tokio::spawn(async move {
                    for _ in 0..ENTRIES {
                        handle.append(CallId([number as u8; 16]), vec![entry()]).await.expect("room");
                    }
                })
            });
            for call in calls.collect::<Vec<_>>() {
                call.await.expect("no call panics");
            }
        });
    });
    drop(handle);
    thread.join();
}

#[divan::bench]
fn plain_in_groups(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("room for files");
    let file = plain(&directory);
    let mut seq = 0;
    bencher.counter(ItemsCount::new(CALLS * ENTRIES)).bench_local(|| {
        for _ in 0..ENTRIES {
            file.execute_batch("BEGIN IMMEDIATE").expect("alone");
            seq += 1;
            for call in 0..CALLS {
                file.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3)")
                    .and_then(|mut insert| insert.execute((call as i64, seq, [seq as u8; ROW_BYTES])))
                    .expect("room");
            }
            file.execute_batch("COMMIT").expect("room");
        }
    });
}
