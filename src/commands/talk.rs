//! `klinke talk`: one call with this machine's microphone and loudspeaker.

use anyhow::{Context, bail};
use clap::Args;

use super::ready::ready;
use super::show::Terminal;
use super::trial::{self, Scratch};
use crate::config;
use crate::daemon::pbx::local::sound_card;
use crate::daemon::store::Store;

/// Arguments of `klinke talk`.
#[derive(Args)]
pub struct Talk {
    #[command(flatten)]
    config: super::ConfigFile,
    /// The microphone by its name; the machine's own choice unless given.
    #[arg(long, value_name = "DEVICE")]
    input: Option<String>,
    /// The loudspeaker by its name; the machine's own choice unless given. Use a headset: nothing takes Klinke's
    /// voice out of what the microphone hears.
    #[arg(long, value_name = "DEVICE")]
    output: Option<String>,
}

impl Talk {
    /// Runs it. What is booked goes into a scratch store that is gone afterwards.
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(&self.config.config)?;
        let site = config.sites.first().context("the configuration has no site")?;
        let mut terminal = Terminal::new(site.language);
        let runtime = tokio::runtime::Runtime::new()?;
        let scratch = Scratch::new()?;
        let (store, again) = scratch.store()?;
        let call = runtime.block_on(async {
            let ready = ready(&config).await?;
            let line = sound_card::open(&site.id, self.input.as_deref(), self.output.as_deref())?;
            tokio::select! {
                held = trial::live(&config, ready, store, line, &mut terminal) => held,
                _ = tokio::signal::ctrl_c() => bail!("interrupted: nothing of the call is kept"),
            }
        })?;
        let record = Store::open_existing(scratch.dir(), again)?.record(call)?;
        terminal.print(&format!("\n{}", serde_json::to_string_pretty(&record)?));
        Ok(())
    }
}
