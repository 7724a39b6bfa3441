//! `klinke demo`: the demonstration call. A caller whose voice a synthesizer makes rings up the demonstration
//! site; the call is shown as it happens, then the record as it is kept.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::ready::ready;
use super::show::Terminal;
use super::trial::{self, Trial};
use super::r#try::{Material, read_script};
use crate::call::line::Arrival;
use crate::config;
use crate::daemon::credentials;
use crate::daemon::store::{FILE_NAME, Store};
use crate::record::CallRecord;

/// Arguments of `klinke demo`.
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    config: super::ConfigFile,
    /// What the caller says.
    #[arg(long, value_name = "SCRIPT", default_value = "etc/demo/caller.txt")]
    text: PathBuf,
    /// The caller's voice: an espeak-ng voice other than Klinke's.
    #[arg(long, value_name = "VOICE", default_value = "de+f3")]
    speak: String,
}

impl Demo {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(&self.config.config)?;
        let site = config.sites.first().context("the configuration has no site")?;
        if !config.root_key_file.exists() {
            credentials::make_root_key(&config.root_key_file)?;
        }
        let mut terminal = Terminal::new(site.language);
        terminal.print(&format!("{} – {}\n", site.name, self.text.display()));
        let runtime = tokio::runtime::Runtime::new()?;
        let ready = runtime.block_on(ready(&config))?;
        let script = Material::Script(read_script(&self.text)?);
        let telephone = script.telephone(Some(&self.speak), &config, 0)?;
        let store = Store::open(&config.data_dir, credentials::root_key(&config.root_key_file)?)?;
        let trial = Trial { telephone, arrival: Arrival::default(), site: 0, fast: false };
        let call = trial::hold(&config, ready, store, &runtime, trial, &mut terminal)?;
        // Read back from the disk, with the key from the disk.
        let mut store =
            Store::open_existing(&config.data_dir, credentials::root_key(&config.root_key_file)?)?;
        let record = store.record(call)?;
        terminal.print(&format!(
            "\nThe record, decrypted (klinke calls show {call}):\n{}\n\n\
             Records and calendar, sealed: {}\n\
             Root key:                     {}\n\
             Configuration and its sites:  {}",
            serde_json::to_string_pretty(&record)?,
            config.data_dir.join(FILE_NAME).display(),
            config.root_key_file.display(),
            config.file.display(),
        ));
        let summary = summary(&mut terminal.reactions_ms);
        terminal.print(&summary);
        if store.appointments(call)?.is_empty() {
            bail!("the call ended without a booking in the store: {}", what_happened(&record));
        }
        Ok(())
    }
}

/// The reaction times in one line.
fn summary(reactions_ms: &mut [u64]) -> String {
    reactions_ms.sort_unstable();
    let (Some(last), Some(median)) = (reactions_ms.last(), reactions_ms.get(reactions_ms.len() / 2)) else {
        return "Reaction: Klinke answered nothing".to_owned();
    };
    format!(
        "Reaction, end of the caller's speech to our first sample: median {median} ms, longest {last} ms, {} turns",
        reactions_ms.len()
    )
}

fn what_happened(record: &CallRecord) -> String {
    serde_json::to_string(&record.ending).unwrap_or_default()
}
