//! `klinke understand`.

use clap::Args;

/// Arguments of `klinke understand`.
#[derive(Args)]
pub struct Understand {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Understand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
