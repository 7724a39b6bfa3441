//! Arguments → a command. The only place that picks an exit code.

#![warn(clippy::unwrap_used)]

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use klinke::commands::Command;

/// The telephone operator in a box for sites that run their own PBX.
#[derive(Parser)]
#[command(name = "klinke", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A standard error that is gone ends nothing; the exit code tells it all the same.
            let _ = writeln!(std::io::stderr(), "klinke: {}", klinke::commands::told(&error));
            ExitCode::FAILURE
        }
    }
}
