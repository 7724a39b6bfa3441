//! `klinke talk`.

use clap::Args;

/// Arguments of `klinke talk`.
#[derive(Args)]
pub struct Talk {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Talk {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
