//! What the store promises to the rooms around it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::*;
use crate::clock::MediaTime;
use crate::record::{Ending, Entry};

fn root(byte: u8) -> RootKey {
    RootKey::new(&Zeroizing::new([byte; KEY_BYTES]))
}

fn concern(title: &str) -> Entry {
    Entry::Concern { intent: "outage".into(), title: title.into(), emergency: false }
}

fn call(byte: u8) -> CallId {
    CallId([byte; 16])
}

/// A directory and an empty store in it.
fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), root(1)).unwrap();
    (directory, store)
}

#[test]
fn what_was_appended_is_read_back_in_order() {
    let (directory, mut store) = store();
    store.append(call(1), &[concern("a"), concern("b")]).unwrap();
    store.append(call(2), &[concern("x")]).unwrap();
    store.append(call(1), &[concern("c")]).unwrap();
    drop(store);
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    assert_eq!(store.entries(call(1)).unwrap(), [concern("a"), concern("b"), concern("c")]);
    assert_eq!(store.call_ids().unwrap(), [call(2), call(1)]);
    assert!(matches!(store.record(call(3)), Err(StoreError::UnknownCall { .. })));
}

#[test]
fn calls_without_an_end_are_cut_off_and_others_are_left_as_they_are() {
    let (directory, mut store) = store();
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let end = Entry::Ended { at: now, length: MediaTime::from_ms(5_000), ending: Ending::Completed };
    store.append(call(1), &[concern("a"), end.clone()]).unwrap();
    store.append(call(2), &[concern("b")]).unwrap();
    store.append(call(3), &[]).unwrap();
    drop(store);
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    assert_eq!(store.end_unfinished(now).unwrap(), 2);
    assert_eq!(store.end_unfinished(now).unwrap(), 0);
    assert_eq!(store.entries(call(1)).unwrap(), [concern("a"), end]);
    let record = store.record(call(2)).unwrap();
    assert_eq!((record.ending, record.concern.as_deref()), (Ending::CutOff, Some("b")));
    assert_eq!(store.record(call(3)).unwrap().ending, Ending::CutOff);
}

#[test]
fn a_call_is_found_by_the_beginning_of_its_id() {
    let (_directory, mut store) = store();
    let (one, other) = (CallId([0xab; 16]), CallId([[0xab; 8], [0xcd; 8]].concat().try_into().unwrap()));
    store.append(one, &[]).unwrap();
    store.append(other, &[]).unwrap();
    assert_eq!(store.find("ABABABABABABABABcd").unwrap(), other);
    assert_eq!(store.find(&one.to_string()).unwrap(), one);
    assert!(matches!(store.find("abab"), Err(StoreError::AmbiguousCall { count: 2, .. })));
    assert!(matches!(store.find("abac"), Err(StoreError::UnknownCall { .. })));
    for wrong in ["aba", "", "äbab", "xyzw", &"a".repeat(33)] {
        assert!(matches!(store.find(wrong), Err(StoreError::NotAnId { .. })), "{wrong}");
    }
}

#[test]
fn a_full_disk_costs_only_what_was_not_acknowledged() {
    let (directory, mut store) = store();
    store.append(call(1), &[concern("kept")]).unwrap();
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(())).unwrap();
    let mut written = 0;
    let refused = loop {
        match store.append(call(2), &[concern(&"long ".repeat(100))]) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 1000, "the limit does not hold");
    };
    assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
    assert_eq!(store.entries(call(1)).unwrap(), [concern("kept")]);
    // A call whose key was made in a transaction that failed must not live on in memory.
    assert!(matches!(
        store.append(call(3), &[concern(&"x".repeat(20_000))]),
        Err(StoreError::DiskFull { .. })
    ));

    store.connection.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    store.append(call(3), &[concern("after")]).unwrap();
    drop(store);
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    assert_eq!(store.entries(call(2)).unwrap().len(), written);
    assert_eq!(store.entries(call(3)).unwrap(), [concern("after")]);
}

#[test]
fn nonces_never_repeat_over_failures_and_openings() {
    let directory = tempfile::tempdir().unwrap();
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..3 {
        let mut store = Store::open(directory.path(), root(1)).unwrap();
        for _ in 0..3 {
            store.append(call(1), &[concern("a"), concern("b")]).unwrap();
            let failed: Result<(), _> = store.in_transaction(|store| {
                let known = store.call(call(1))?;
                let sealed = store.seal(&known, ("entry", 99), &concern("never written"))?;
                assert!(nonces.insert(sealed[1..13].to_vec()));
                Err(StoreError::Closed)
            });
            assert!(failed.is_err());
        }
        let written: Vec<Vec<u8>> = store
            .connection
            .prepare("SELECT sealed FROM entry WHERE seq >= (SELECT max(seq) - 5 FROM entry)")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(written.len(), 6);
        for sealed in written {
            assert!(nonces.insert(sealed[1..13].to_vec()), "a nonce was used twice");
        }
    }
}

#[test]
fn an_opening_that_wrote_nothing_has_used_its_number_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..4 {
        let mut store = Store::open(directory.path(), root(1)).unwrap();
        let failed: Result<(), _> = store.in_transaction(|store| {
            let known = store.call(call(1))?;
            let sealed = store.seal(&known, ("entry", 0), &concern("rolled back"))?;
            assert!(nonces.insert(sealed[1..13].to_vec()), "a nonce was used twice");
            Err(StoreError::Closed)
        });
        assert!(failed.is_err());
    }
}

#[test]
fn sizes_are_rounded_up() {
    let (_directory, mut store) = store();
    store.append(call(1), &[concern("a"), concern("ab"), concern("abc")]).unwrap();
    let sizes: Vec<usize> = store
        .connection
        .prepare("SELECT DISTINCT length(sealed) FROM entry")
        .unwrap()
        .query_map([], |row| row.get::<_, i64>(0).map(|size| size as usize))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(sizes, [1 + 12 + 128 + 16]);
}

#[test]
fn reading_writes_nothing() {
    let (directory, mut store) = store();
    store.append(call(1), &[concern("a")]).unwrap();
    drop(store);
    let file = directory.path().join(FILE_NAME);
    let before = std::fs::read(&file).unwrap();
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    store.record(call(1)).unwrap();
    drop(store);
    assert!(std::fs::read(&file).unwrap() == before, "reading altered the file");
}

#[test]
fn jobs_that_wait_together_are_each_answered() {
    let (directory, store) = store();
    let (handle, thread) = StoreHandle::start(store, Arc::from([])).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let calls = (0..50u8).map(|number| {
            let handle = handle.clone();
            tokio::spawn(async move {
                for at in 0..20 {
                    handle.append(call(number), vec![concern(&at.to_string())]).await.unwrap();
                }
            })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
        assert!(!handle.is_full());
    });
    drop(handle);
    thread.join();
    let mut store = Store::open_existing(directory.path(), root(1)).unwrap();
    for number in 0..50 {
        let expected: Vec<Entry> = (0..20).map(|at| concern(&at.to_string())).collect();
        assert_eq!(store.entries(call(number)).unwrap(), expected);
    }
}

#[test]
fn a_job_that_fails_takes_no_other_with_it() {
    let (_directory, store) = store();
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update_and_check(None, "max_page_count", pages + 4, |_| Ok(())).unwrap();
    let (handle, thread) = StoreHandle::start(store, Arc::from([])).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let too_long = concern(&"x".repeat(100_000));
        let (first, second, third) = tokio::join!(
            handle.append(call(1), vec![concern("a")]),
            handle.append(call(2), vec![too_long]),
            handle.append(call(3), vec![concern("c")]),
        );
        first.unwrap();
        assert!(matches!(second, Err(StoreError::DiskFull { .. })));
        third.unwrap();
    });
    drop(handle);
    thread.join();
}

#[test]
fn whoever_goes_down_does_not_wait_for_ever() {
    let (directory, store) = store();
    let (handle, thread) = StoreHandle::start(store, Arc::from([])).unwrap();
    assert!(!thread.join_within(Duration::from_millis(50)), "somebody still has a handle");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(handle.append(call(1), vec![concern("kept all the same")])).unwrap();
    drop(handle);
    let (handle, thread) =
        StoreHandle::start(Store::open_existing(directory.path(), root(1)).unwrap(), Arc::from([])).unwrap();
    drop(handle);
    assert!(thread.join_within(Duration::from_secs(10)));
}

#[test]
fn an_order_for_a_site_that_is_not_configured_fails() {
    let (_directory, store) = store();
    let (handle, _thread) = StoreHandle::start(store, Arc::from([])).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let order = crate::call::actions::Order::NoteCallBack { job: Default::default() };
    let now = Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let outcome = runtime.block_on(handle.carry_out(
        call(1),
        ("nowhere", crate::config::site::Language::German),
        Arc::default(),
        (Default::default(), order),
        now,
    ));
    assert!(matches!(outcome, crate::call::actions::Outcome::Failed { .. }));
}
