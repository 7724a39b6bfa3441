//! `klinke keys`: makes the root key under which every record is sealed.

use std::io::Write;

use clap::{Args, Subcommand};

use crate::config::Config;
use crate::daemon::credentials::{self, CREDENTIAL};
use crate::daemon::store::FILE_NAME;

/// Arguments of `klinke keys`.
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    config: super::ConfigFile,
}

#[derive(Subcommand)]
enum What {
    /// Make the root key in the file that the configuration names; never replaces one.
    Init,
}

impl Keys {
    /// Runs it.
    ///
    /// # Errors
    /// Above all: there is a root key already.
    pub fn run(self) -> anyhow::Result<()> {
        let config = crate::config::load(&self.config.config)?;
        match self.what {
            What::Init => init(&config, &mut std::io::stdout().lock()),
        }
    }
}

fn init(config: &Config, out: &mut impl Write) -> anyhow::Result<()> {
    let file = &config.root_key_file;
    credentials::make_root_key(file)?;
    writeln!(out, "The root key is made: {} (mode 0600).", file.display())?;
    writeln!(
        out,
        "Keep a copy of it in a safe place, away from this machine: without it, nobody can read the records.\n\
         To give it to the daemon through systemd: LoadCredential={CREDENTIAL}:{}",
        file.display()
    )?;
    let store = config.data_dir.join(FILE_NAME);
    if store.exists() {
        writeln!(
            out,
            "Attention: {} is there already and was sealed under another root key, which this one does not \
             replace. Give Klinke the old key back, or move that file away.",
            store.display()
        )?;
    }
    Ok(())
}
