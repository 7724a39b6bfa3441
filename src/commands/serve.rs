//! `klinke serve`.

use clap::Args;

/// Arguments of `klinke serve`.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Serve {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
