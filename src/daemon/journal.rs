//! The log: to the journal where there is one, else to standard error. It never holds what callers say or who
//! they are: those are [`Private`](crate::private::Private) and cannot be printed. Libraries know nothing of that:
//! one that speaks to the PBX would trace every message, callers' numbers and our password in it. Of what they
//! log, only warnings and errors get through, at any level.
//! Of a panic only the place is told.

use std::io::Write;
use std::panic::PanicHookInfo;

use log::{Level, LevelFilter, Log, Metadata, Record};
use systemd_journal_logger::{JournalLog, connected_to_journal};

/// Opens the log of the daemon: down to `info`.
///
/// # Errors
/// A log is open already.
pub fn open() -> anyhow::Result<()> {
    open_at(LevelFilter::Info)
}

/// Opens the log of a command, where only what goes wrong is of interest.
///
/// # Errors
/// A log is open already.
pub fn open_for_command() -> anyhow::Result<()> {
    open_at(LevelFilter::Warn)
}

/// Level by `KLINKE_LOG` (`error`, `warn`, `info`, `debug`), `usual` otherwise.
fn open_at(usual: LevelFilter) -> anyhow::Result<()> {
    let wanted = std::env::var("KLINKE_LOG").ok().and_then(|level| level.parse().ok());
    let level = wanted.unwrap_or(usual);
    log::set_max_level(level);
    match connected_to_journal().then(JournalLog::new) {
        Some(Ok(journal)) => log::set_boxed_logger(Box::new(Ours(journal)))?,
        _ => log::set_boxed_logger(Box::new(Ours(StandardError)))?,
    }
    std::panic::set_hook(Box::new(tell_of_panic));
    Ok(())
}

/// The words of a panic may quote what it failed on, such as a caller's name: only its place is told.
fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "a place unknown".to_owned(), ToString::to_string);
    log::error!("Klinke panicked at {place}: a fault of its own; please tell its makers");
}

/// A log of our own lines, and of what libraries warn of.
struct Ours<L>(L);

impl<L: Log> Log for Ours<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().split("::").next() == Some(env!("CARGO_PKG_NAME"));
        (ours || metadata.level() <= Level::Warn) && self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}

struct StandardError;

impl Log for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        let level = record.level().as_str().to_lowercase();
        // A standard error that is gone ends nothing.
        let _ = writeln!(std::io::stderr(), "{level}: {}", record.args());
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_only_warn() {
        struct Everything;
        impl Log for Everything {
            fn enabled(&self, _: &Metadata<'_>) -> bool {
                true
            }
            fn log(&self, _: &Record<'_>) {}
            fn flush(&self) {}
        }
        let passes = |target, level| {
            Ours(Everything).enabled(&Metadata::builder().target(target).level(level).build())
        };
        assert!(passes("klinke", Level::Trace) && passes("klinke::daemon::voice", Level::Debug));
        for library in ["tungstenite::protocol", "klinke_alike", "reqwest::connect", ""] {
            assert!(!passes(library, Level::Trace) && !passes(library, Level::Info), "{library}");
            assert!(passes(library, Level::Warn) && passes(library, Level::Error), "{library}");
        }
    }
}
