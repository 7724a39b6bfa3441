//! `klinke recognise`.

use clap::Args;

/// Arguments of `klinke recognise`.
#[derive(Args)]
pub struct Recognise {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Recognise {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet: {}", self.config.config.display())
    }
}
