//! Promise: `klinke keys` and `klinke calls` do what they say and tell clearly what is missing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use klinke::daemon::credentials::root_key_from;
use klinke::daemon::store::{FILE_NAME, Store};
use klinke::record::{CallId, CallRecord, CallSummary, Ending, Entry};

/// A site's machine: the demonstration's configuration with a data directory of its own.
struct Machine {
    directory: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo");
        let here = directory.path().join("etc/demo");
        fs::create_dir_all(&here).unwrap();
        for file in fs::read_dir(shipped).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), here.join(file.file_name())).unwrap();
        }
        Self { directory }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("build/demo")
    }

    fn key(&self) -> PathBuf {
        self.data().join("root.key")
    }

    fn store(&self) -> Store {
        Store::open(&self.data(), root_key_from(None, &self.key()).unwrap()).unwrap()
    }

    /// Runs `klinke` and gives back whether it went well and what it said there and on standard error.
    fn klinke(&self, arguments: &[&str]) -> (bool, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_klinke"))
            .args(arguments)
            .arg("--config")
            .arg(self.directory.path().join("etc/demo/klinke.toml"))
            .env_remove("CREDENTIALS_DIRECTORY")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    /// Runs `klinke`, which must fail without a word on standard output, and gives back what it said.
    fn refuses(&self, arguments: &[&str]) -> String {
        let (went_well, out, said) = self.klinke(arguments);
        assert!(!went_well && out.is_empty() && said.starts_with("klinke: "), "{arguments:?}: {out}{said}");
        said
    }
}

fn concern(title: &str) -> Entry {
    Entry::Concern { intent: "outage".into(), title: title.into(), emergency: true }
}

#[test]
fn the_root_key_is_made_once() {
    let machine = Machine::new();
    assert!(machine.refuses(&["calls", "list"]).contains("keys init"));
    let (went_well, out, _) = machine.klinke(&["keys", "init"]);
    assert!(went_well && out.contains("Keep a copy"), "{out}");
    let key = fs::read_to_string(machine.key()).unwrap();
    assert!(!out.contains(key.trim()), "the key is printed");
    assert!(machine.refuses(&["keys", "init"]).contains("exists already"));
    assert_eq!(fs::read_to_string(machine.key()).unwrap(), key);

    assert!(machine.refuses(&["calls", "list"]).contains("no call is stored yet"));
    assert!(!machine.data().join(FILE_NAME).exists(), "listing made a store");
}

#[test]
fn calls_are_listed_and_shown() {
    let machine = Machine::new();
    machine.klinke(&["keys", "init"]);
    let mut store = machine.store();
    let (older, newer) = (CallId([0xab; 16]), CallId([0xcd; 16]));
    let began = Entry::Began {
        at: "2026-07-09T22:03:12Z".parse().unwrap(),
        site: "heating".into(),
        caller: Some("0711 55".to_owned().into()),
    };
    store.append(older, &[began, concern("Heizung fällt aus")]).unwrap();
    store.append(newer, &[concern("Rohrbruch")]).unwrap();

    // While the daemon has it open.
    let (went_well, out, said) = machine.klinke(&["calls", "list"]);
    assert!(went_well && said.is_empty(), "{said}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    assert!(lines[1].starts_with("cdcdcdcd") && lines[1].contains("Rohrbruch"), "{out}");
    assert!(lines[2].contains("2026-07-10 00:03") && lines[2].contains("Heizung fällt aus"), "{out}");

    let (_, out, _) = machine.klinke(&["calls", "list", "--json", "--last", "1"]);
    let listed: CallSummary = serde_json::from_str(&out).unwrap();
    assert_eq!((listed.id, listed.ending), (newer, Ending::Unfinished));
    assert!(!out.contains("0711"), "the list names nobody");

    let (_, out, _) = machine.klinke(&["calls", "show", "abab"]);
    assert!(out.contains("2026-07-10 00:03 Europe/Berlin") && out.contains("0711 55"), "{out}");
    let (_, out, _) = machine.klinke(&["calls", "show", &older.to_string(), "--json"]);
    let shown: CallRecord = serde_json::from_str(&out).unwrap();
    assert_eq!(shown, store.record(older).unwrap());

    assert!(machine.refuses(&["calls", "show", "abba"]).contains("no call abba"));
    assert!(machine.refuses(&["calls", "show", "ab"]).contains("is not a call"));
}

#[test]
fn a_damaged_call_does_not_hide_the_others() {
    let machine = Machine::new();
    machine.klinke(&["keys", "init"]);
    let mut store = machine.store();
    for number in 1..=3 {
        store.append(CallId([number; 16]), &[concern("Rohrbruch")]).unwrap();
    }
    drop(store);
    rusqlite::Connection::open(machine.data().join(FILE_NAME))
        .unwrap()
        .execute_batch("UPDATE entry SET sealed = x'00' WHERE call = 2")
        .unwrap();
    let (went_well, out, said) = machine.klinke(&["calls", "list", "--json"]);
    assert!(!went_well, "damage is no success");
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(said.contains(&CallId([2; 16]).to_string()) && said.contains("1 of the calls"), "{said}");
}

#[test]
fn a_wrong_key_and_a_key_that_others_can_read_are_told() {
    let machine = Machine::new();
    machine.klinke(&["keys", "init"]);
    drop(machine.store());
    fs::set_permissions(machine.key(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(machine.refuses(&["calls", "list"]).contains("chmod 600"));
    fs::remove_file(machine.key()).unwrap();
    let (_, out, _) = machine.klinke(&["keys", "init"]);
    assert!(out.contains("Attention"), "a new key beside an old store: {out}");
    assert!(machine.refuses(&["calls", "list"]).contains("root key does not fit"));
}
