//! `klinke try`.

use clap::Args;

/// Arguments of `klinke try`.
#[derive(Args)]
pub struct Try {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Try {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
