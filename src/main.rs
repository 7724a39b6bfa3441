//! Arguments → a command. The only place that picks an exit code.

#![warn(clippy::unwrap_used)]

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
            eprintln!("klinke: {error:#}");
            ExitCode::FAILURE
        }
    }
}
