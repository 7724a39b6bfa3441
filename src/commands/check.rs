//! `klinke check`.

use clap::Args;

/// Arguments of `klinke check`.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Check {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
