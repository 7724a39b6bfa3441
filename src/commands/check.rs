//! `klinke check`: every mistake in the configuration, what departs from the strict legal defaults, what can never
//! come to pass, and what is still missing on this machine.

use std::path::Path;

use clap::Args;

use super::output::print;

use crate::call::understanding::{Clash, clashes};
use crate::config::site::Site;
use crate::config::{self, Config};
use crate::daemon::credentials;
use crate::daemon::voice::recordings;
use crate::models::places;
use crate::models::sentences::SENTENCES_FILE;

/// Arguments of `klinke check`.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    config: super::ConfigFile,
}

/// Something that the configuration names and this machine does not have yet.
struct Missing {
    key: &'static str,
    what: String,
    hint: String,
}

impl Check {
    /// Runs it. Mistakes end it with an error that lists them all; what is missing on this machine does not.
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(&self.config.config)?;
        print(&report(&config))
    }
}

/// What is printed of a configuration without mistakes, without the last line end.
fn report(config: &Config) -> String {
    let mut lines = vec![format!("{}: all in order", config.file.display())];
    for Site { id, name, intents, answers, forms, technicians, .. } in &config.sites {
        lines.push(format!(
            "  site {id} ({name}): {}, {}, {}, {}",
            counted(intents.len(), "intent"),
            counted(answers.len(), "answer"),
            counted(forms.len(), "form"),
            counted(technicians.len(), "technician")
        ));
    }
    let departures = config::departures(config);
    if departures.is_empty() {
        lines.push("  no setting departs from the strict legal defaults".to_owned());
    }
    for config::Departure { key, what, article } in departures {
        lines.push(format!("\nlegal: `{key}`: {what}\n  = touches {article}"));
    }
    for key in config::unwritten(config) {
        lines.push(format!("\nwarning: `{key}` still has « »\n  = instead: your own words, without them"));
    }
    for config::LooseEnd { key, what, instead } in config::loose_ends(config) {
        lines.push(format!("\nwarning: `{key}`: {what}\n  = instead: {instead}"));
    }
    for site in &config.sites {
        for Clash { one: (one, said), other: (other, also_said) } in clashes(site) {
            lines.push(format!(
                "\nwarning: `{}: {one}`: callers cannot be told apart from those of `{other}`: \"{said}\" and \
                 \"{also_said}\"\n  = instead: examples that say where the two differ, or one for both",
                site.id
            ));
        }
    }
    for site in &config.sites {
        let Some(folder) = &site.recordings else { continue };
        for finding in recordings::read(folder, &site.fixed_texts()).findings {
            lines.push(format!(
                "\nwarning: `{}: {}`: {}: {finding}\n  = instead: {}",
                site.id,
                finding.key,
                finding.file.display(),
                finding.instead()
            ));
        }
    }
    for Missing { key, what, hint } in missing(config) {
        lines.push(format!("\nwarning: `{key}`: {what}\n  = instead: {hint}"));
    }
    lines.join("\n")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn missing(config: &Config) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut add = |key, what: String, hint: &str| missing.push(Missing { key, what, hint: hint.to_owned() });
    let models = &config.models;
    if let Err(error) = places::library(models.onnx_runtime.as_deref()) {
        add("models.onnx_runtime", error.to_string(), "install the library, or write where it lies");
    }
    for (key, file) in [("models.speech", &models.speech), ("models.recogniser", &models.recogniser)] {
        if !file.is_file() {
            let what = format!("there is no file {}", file.display());
            add(key, what, "install the weights, or write where they lie");
        }
    }
    let encoder = places::weights(SENTENCES_FILE);
    if !encoder.is_file() {
        let what =
            format!("there is no file {}: sentences are compared by their words alone", encoder.display());
        add("models", what, "install the weights");
    }
    let program = config.voice.engine.program();
    if !on_search_path(program) {
        add(
            "voice.engine",
            format!("the program {program} is not installed"),
            "install it, or choose another",
        );
    }
    if let Err(error) = credentials::root_key(&config.root_key_file) {
        add("root_key_file", error.to_string(), "`klinke keys init`, once");
    }
    if let Some(why) = unusable_folder(&config.data_dir) {
        add("data_dir", why, "a folder that only Klinke's user may read");
    }
    missing
}

fn on_search_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Why nothing can be kept there. A folder that is not there yet is made by the daemon.
fn unusable_folder(folder: &Path) -> Option<String> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let shown = there.display();
    match std::fs::metadata(there) {
        Err(error) => Some(format!("{shown} cannot be looked at: {error}")),
        Ok(found) if !found.is_dir() => Some(format!("{shown} is a file")),
        Ok(found) if found.permissions().readonly() => Some(format!("{shown} is read-only")),
        Ok(_) => None,
    }
}
