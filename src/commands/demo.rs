//! `klinke demo`.

use clap::Args;

/// Arguments of `klinke demo`.
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Demo {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
