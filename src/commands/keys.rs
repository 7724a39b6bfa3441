//! `klinke keys`.

use clap::Args;

/// Arguments of `klinke keys`.
#[derive(Args)]
pub struct Keys {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Keys {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
