//! The log: to the journal where there is one, else to standard error. It never holds what callers say or who
//! they are: those are [`Private`](crate::private::Private) and cannot be printed.

use std::io::Write;

use log::{LevelFilter, Log, Metadata, Record};
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
        Some(Ok(journal)) => journal.install()?,
        _ => log::set_boxed_logger(Box::new(StandardError))?,
    }
    Ok(())
}

struct StandardError;

impl Log for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let level = record.level().as_str().to_lowercase();
            // A standard error that is gone ends nothing.
            let _ = writeln!(std::io::stderr(), "{level}: {}", record.args());
        }
    }

    fn flush(&self) {}
}
