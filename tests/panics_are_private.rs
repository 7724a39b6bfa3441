//! Promise: a fault of Klinke's own is told with its place and without a word of what it failed on.

use std::process::Command;

/// Makes the test's second process of it.
const SECOND: &str = "KLINKE_TEST_PANIC";

#[test]
fn a_panic_tells_its_place_and_quotes_nobody() {
    if std::env::var_os(SECOND).is_some() {
        klinke::daemon::journal::open().unwrap();
        let name = "Müller".to_owned();
        // as slicing a text in the middle of a letter does
        let cut = std::thread::spawn(move || name[..2].len()).join();
        assert!(cut.is_err(), "it was to panic");
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_panic_tells_its_place_and_quotes_nobody", "--nocapture"])
        .env(SECOND, "1")
        .env_remove("JOURNAL_STREAM")
        .output()
        .unwrap();
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("error: Klinke panicked at tests/panics_are_private.rs:"), "{told}");
    assert!(!told.contains("Müller"), "{told}");
}
