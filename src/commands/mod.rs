//! The commands, one file each: thin. Each reads its arguments, calls the rooms, prints.

mod calls;
mod check;
mod demo;
mod keys;
mod ready;
mod recognise;
mod serve;
mod show;
mod talk;
mod trial;
mod r#try;
mod understand;

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What Klinke can be asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Answer the telephone: the daemon.
    Serve(serve::Serve),
    /// Find every mistake in the configuration.
    Check(check::Check),
    /// Hold one call without a PBX, from a sound file or a text script.
    Try(r#try::Try),
    /// Hold one call with this machine's microphone and loudspeaker.
    Talk(talk::Talk),
    /// Hold the demonstration call and show what is kept of it.
    Demo(demo::Demo),
    /// List calls, or show what is kept of one.
    Calls(calls::Calls),
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
        match self {
            Self::Serve(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Try(command) => command.run(),
            Self::Talk(command) => command.run(),
            Self::Demo(command) => command.run(),
            Self::Calls(command) => command.run(),
            Self::Keys(command) => command.run(),
            Self::Recognise(command) => command.run(),
            Self::Understand(command) => command.run(),
        }
    }
}

/// Which configuration a command reads.
#[derive(Args)]
pub struct ConfigFile {
    /// The daemon's configuration.
    #[arg(long, value_name = "FILE", default_value = "/etc/klinke/klinke.toml", global = true)]
    pub config: PathBuf,
}
