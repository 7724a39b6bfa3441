//! Everything that Klinke logs in a test's process: kept, so that a test can look for a word, and printed where
//! `KLINKE_TEST_LOG` is set.

#![allow(dead_code, reason = "not every test looks into the log")]

use std::sync::{Mutex, Once};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static INSTALLED: Once = Once::new();

struct Keeper;

impl log::Log for Keeper {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if !record.target().starts_with("klinke") {
            return;
        }
        let line = format!("{} {}", record.level(), record.args());
        if std::env::var_os("KLINKE_TEST_LOG").is_some() {
            eprintln!("{line}");
        }
        LINES.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

/// Begins to keep.
pub fn keep() {
    INSTALLED.call_once(|| {
        log::set_logger(&Keeper).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// Lines so far with that word in it.
pub fn with(word: &str) -> Vec<String> {
    LINES.lock().unwrap().iter().filter(|line| line.contains(word)).cloned().collect()
}
