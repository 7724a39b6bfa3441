//! `klinke doctor`: whether this machine and its PBX can answer the telephone, a line for each thing that has to
//! be right, and where it is not, what to write where and which command to run.
//!
//! Facts are gathered by `daemon::examination` (the machine) and `daemon::pbx::asterisk::examination`; what they
//! mean is decided here, by functions of facts alone: `secrets`, `machine`, `hearing`, `asterisk`, `modules`,
//! `dialplan`. It changes nothing but what it takes back, also when it is interrupted, and it does not touch the
//! calls of a daemon that serves them.

mod asterisk;
mod dialplan;
mod examine;
mod finding;
mod hearing;
mod machine;
mod modules;
mod report;
mod secrets;

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use super::tongue::{Tongue, both};
use crate::config::site::Language;
use crate::config::{self, Config, Mistakes, PASSWORD_CREDENTIAL};
use crate::daemon::examination::unit;
use crate::daemon::pbx::asterisk::examination::Examination;
use examine::examine;
use finding::{Check, Finding, Fix};
use report::Report;

/// Longest that everything together may take.
const LIMIT_S: u64 = 60;
/// Longest that taking back may take.
const CLEAR_UP_S_MAX: u64 = 10;
/// How long a thread that still loads models is waited for at the end.
const THREADS_WAIT: Duration = Duration::from_millis(500);
/// Mistakes of the configuration that are told; `klinke check` tells all.
const MISTAKES_MAX: usize = 5;

/// Arguments of `klinke doctor`.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    config: super::ConfigFile,
    /// One JSON object a line instead of words for people.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tongue: Tongue,
}

impl Doctor {
    /// Runs it.
    ///
    /// # Errors
    /// Where anything has failed, or it was interrupted.
    pub fn run(self) -> anyhow::Result<()> {
        let language = self.tongue.language();
        let begun = Instant::now();
        let mut report = Report::new(language, self.json);
        let file = &self.config.config;
        let again = format!("klinke doctor --config {}", file.display());
        match config::load(file) {
            Ok(config) => {
                report.add(&configuration(&config))?;
                let runtime = tokio::runtime::Runtime::new()?;
                let examined = runtime.block_on(all(&config, &mut report, &again));
                runtime.shutdown_timeout(THREADS_WAIT);
                if examined?.is_none() {
                    bail!(match language {
                        Language::German => "abgebrochen; im PBX ist nichts davon übrig",
                        Language::English => "interrupted; nothing of it is left in the PBX",
                    });
                }
            }
            Err(mistakes) => {
                report.add(&unloadable(&mistakes, &again))?;
                report.rest(&both!(
                    "braucht eine Konfiguration ohne Fehler",
                    "needs a configuration without mistakes"
                ))?;
            }
        }
        report.sum(begun.elapsed())?;
        match (report.failed(), language) {
            (0, _) => Ok(()),
            (1, Language::German) => bail!("1 Prüfung ist fehlgeschlagen"),
            (1, Language::English) => bail!("1 check failed"),
            (failed, Language::German) => bail!("{failed} Prüfungen sind fehlgeschlagen"),
            (failed, Language::English) => bail!("{failed} checks failed"),
        }
    }
}

fn configuration(config: &Config) -> Finding {
    let check = Check::Configuration;
    let (file, sites, calls) = (config.file.display(), config.sites.len(), config.limits.calls_max);
    let found = both!(
        "{file}: Standorte: {sites}, Gespräche zugleich: {calls}",
        "{file}: sites: {sites}, calls at a time: {calls}"
    );
    let unwritten = config::unwritten(config);
    if unwritten.is_empty() {
        return Finding::ok(check, found);
    }
    let keys = unwritten.join(", ");
    Finding::warning(
        check,
        found,
        vec![Fix::Do(both!(
            "noch mit « », so hören es Anrufer: {keys}",
            "still with « », which callers would hear: {keys}"
        ))],
    )
}

fn unloadable(mistakes: &Mistakes, again: &str) -> Finding {
    let check = Check::Configuration;
    let mut fixes = Vec::new();
    for mistake in mistakes.iter().take(MISTAKES_MAX) {
        let line = mistake.position.as_ref().map_or_else(String::new, |at| format!(":{}", at.line));
        let key = if mistake.key.is_empty() { String::new() } else { format!("`{}`: ", mistake.key) };
        let (why, file) = (&mistake.why, format!("{}{line}", mistake.file.display()));
        fixes.push(Fix::Do(both!("{file}: {key}{why}", "{file}: {key}{why}")));
        if let Some(instead) = &mistake.instead {
            fixes.push(Fix::write(file, instead.clone()));
        }
    }
    let kept = unit::installed().and_then(|unit| unit.credential(PASSWORD_CREDENTIAL)?.found());
    if kept.is_some() && mistakes.iter().any(|mistake| mistake.key.contains("password")) {
        fixes.push(Fix::Do(secrets::password_is_systemds()));
        fixes.push(secrets::in_the_units_shoes(again));
    }
    let count = mistakes.len();
    if count > MISTAKES_MAX {
        fixes.push(Fix::run(again.replacen("doctor", "check", 1)));
    }
    Finding::failed(
        check,
        both!("Fehler in der Konfiguration: {count}", "mistakes in the configuration: {count}"),
        fixes,
    )
}

/// Everything, within the limit; takes back what was made in the PBX, however it ends. `None`: interrupted.
async fn all(config: &Config, report: &mut Report, again: &str) -> anyhow::Result<Option<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let examination = config.asterisk.as_ref().map(Examination::new);
    let ended = tokio::select! {
        ended = timeout(Duration::from_secs(LIMIT_S), examine(config, report, again, examination.as_ref())) => {
            Some(ended.ok().transpose()?)
        }
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    if let Some(Ok(examination)) = &examination {
        let cleared = timeout(Duration::from_secs(CLEAR_UP_S_MAX), examination.clear_up()).await;
        if cleared != Ok(true) {
            report.add(&Finding::warning(
                Check::Leftovers,
                both!(
                    "vom Testanruf kann etwas übrig sein: Kanäle klinke-doctor-…",
                    "something of the test call may be left: channels klinke-doctor-…"
                ),
                vec![
                    Fix::run("asterisk -rx 'core show channels concise' | grep klinke-doctor"),
                    Fix::run(again),
                ],
            ))?;
        }
    }
    let Some(in_time) = ended else { return Ok(None) };
    if in_time.is_none() {
        report.rest(&both!("nach {LIMIT_S} s abgebrochen", "broken off after {LIMIT_S} s"))?;
    }
    Ok(Some(()))
}
