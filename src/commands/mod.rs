//! The commands, one file each: thin. Each reads its arguments, calls the rooms, prints.

mod calls;
mod check;
mod demo;
mod dialplan;
mod doctor;
mod keys;
mod models;
mod output;
mod ready;
mod recognise;
mod serve;
mod show;
mod talk;
mod test;
mod tongue;
mod trial;
mod r#try;
mod understand;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};

pub use output::told;

use crate::config::Config;

/// Where packages put the configuration.
const INSTALLED: &str = "/etc/klinke/klinke.toml";

/// What Klinke can be asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Answer the telephone: the daemon.
    Serve(serve::Serve),
    /// Find every mistake in the configuration.
    Check(check::Check),
    /// Find out whether this machine and its PBX can answer the telephone, and what to do where they cannot.
    Doctor(doctor::Doctor),
    /// Print what the PBX's dialplan has to say, with the fallback in place.
    Dialplan(dialplan::Dialplan),
    /// Hold one call without a PBX, from a sound file or a text script.
    Try(r#try::Try),
    /// Hold the conversations of a folder against its site, and say what did not become of them what should.
    Test(test::Test),
    /// Hold one call with this machine's microphone and loudspeaker.
    Talk(talk::Talk),
    /// Hold the demonstration call and show what is kept of it.
    Demo(demo::Demo),
    /// List calls, or show what is kept of one.
    Calls(calls::Calls),
    /// Bring in, check and choose recognisers.
    Models(models::Models),
    /// Make the root key.
    Keys(keys::Keys),
    /// Turn speech files into text.
    Recognise(recognise::Recognise),
    /// Show what a sentence means to a site.
    Understand(understand::Understand),
}

impl Command {
    /// Runs the command to its end.
    ///
    /// # Errors
    /// What went wrong, for the terminal: operation, object, cause, hint.
    pub fn run(self) -> anyhow::Result<()> {
        if !matches!(self, Self::Serve(_)) {
            crate::daemon::journal::open_for_command()?;
        }
        let done = match self {
            Self::Serve(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Doctor(command) => command.run(),
            Self::Dialplan(command) => command.run(),
            Self::Try(command) => command.run(),
            Self::Test(command) => command.run(),
            Self::Talk(command) => command.run(),
            Self::Demo(command) => command.run(),
            Self::Calls(command) => command.run(),
            Self::Models(command) => command.run(),
            Self::Keys(command) => command.run(),
            Self::Recognise(command) => command.run(),
            Self::Understand(command) => command.run(),
        };
        match done {
            // Whoever read has seen enough: `klinke calls list | head`.
            Err(error) if nobody_reads(&error) => Ok(()),
            done => done,
        }
    }
}

/// Whether standard output was closed by whoever read it.
fn nobody_reads(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Which configuration a command reads.
#[derive(Args)]
pub struct ConfigFile {
    /// The daemon's configuration.
    #[arg(long, value_name = "FILE", default_value = INSTALLED, global = true)]
    pub config: PathBuf,
}

/// The place of the site of that id in the configuration; of the first one where none is named.
fn place(config: &Config, wanted: Option<&str>) -> anyhow::Result<usize> {
    let Some(wanted) = wanted else { return Ok(0) };
    let ids: Vec<&str> = config.sites.iter().map(|site| site.id.as_str()).collect();
    let place = ids.iter().position(|id| *id == wanted);
    place.with_context(|| {
        format!("there is no site {wanted:?} in {}; there are: {}", config.file.display(), ids.join(", "))
    })
}

/// The text of a file of at most `bytes_max`. The message does not name the file; the caller does.
fn read_text(path: &Path, bytes_max: u64) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        bail!("it has more than {bytes_max} bytes");
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8 text; save it as UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_stops_reading_is_no_error() {
        let error = anyhow::Error::from(io::Error::from(ErrorKind::BrokenPipe));
        assert!(nobody_reads(&error));
        assert!(nobody_reads(&error.context("write to standard output")));
        assert!(!nobody_reads(&anyhow::Error::from(io::Error::from(ErrorKind::StorageFull))));
    }
}
