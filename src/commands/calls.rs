//! `klinke calls`.

use clap::Args;

/// Arguments of `klinke calls`.
#[derive(Args)]
pub struct Calls {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Calls {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
