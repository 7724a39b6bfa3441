//! `klinke models use`: writes a model into the configuration, once it has been tried out. Comments and order of the
//! file stay; where anything is wrong, the file stays as it is.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;
use toml_edit::{DocumentMut, Item, Table, value};

use super::verify::outcome;
use super::{Here, Stock};
use crate::commands::tongue::{Both, both};
use crate::config;
use crate::daemon::weights::trial::{Outcome, apart};

/// Longest configuration, in bytes (as `config` reads it).
const CONFIG_BYTES_MAX: u64 = 1024 * 1024;
/// The section of the configuration.
const SECTION: &str = "models";

/// Arguments of `klinke models use`.
#[derive(Args)]
pub struct Choose {
    /// Which, as `klinke models list` names it.
    #[arg(value_name = "ID")]
    id: String,
}

impl Choose {
    /// Runs it.
    ///
    /// # Errors
    /// The model is not as it came or does not work, or the configuration cannot be written; it stays as it is.
    pub async fn run(self, stock: &Stock) -> anyhow::Result<()> {
        let id = &self.id;
        let file = fs::canonicalize(&stock.config_file)
            .with_context(|| format!("cannot write into {}", stock.config_file.display()))?;
        // its mistakes first: what is written has to be read by the daemon
        config::load(&stock.config_file)?;
        let here = stock.find(id)?;
        if let Here::Brought(receipt) = &here {
            stock.shelf.check(receipt)?;
        }
        let subject = here.subject(stock);
        let heard = match apart(&subject).await {
            Outcome::Untried { cause } => bail!("will not use {id} untried: {cause}"),
            heard => outcome(heard).with_context(|| format!("will not use {id}"))?,
        };
        let key = subject.kind.key();
        let text = super::super::read_text(&file, CONFIG_BYTES_MAX)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let path = std::path::absolute(&subject.path)?;
        let changed = with(&text, key, &path.display().to_string())?;
        let shown = file.display();
        if changed == text {
            return stock
                .say(&both!("{id} ist schon in Gebrauch ({shown}).", "{id} is in use already ({shown})."));
        }
        replace(&file, &changed)?;
        let before = stock.used(subject.kind);
        let (before, path) = (before.display(), path.display());
        let Both { german, english } = heard;
        stock.say(&both!(
            "{id} {german}.\n{shown}: {key} = \"{path}\" (vorher \"{before}\")\nDer laufende Dienst nimmt es mit dem \
             nächsten Start: systemctl restart klinke (Gespräche gehen dann im Wählplan weiter).",
            "{id} {english}.\n{shown}: {key} = \"{path}\" (before: \"{before}\")\nThe running daemon takes it with its \
             next start: systemctl restart klinke (calls then go on in the dialplan)."
        ))
    }
}

/// The configuration with another value for a key of `[models]`, everything else as it was.
fn with(text: &str, key: &str, path: &str) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse().context("the configuration is no TOML")?;
    let section = document.entry(SECTION).or_insert_with(|| Item::Table(Table::new()));
    let Some(section) = section.as_table_like_mut() else {
        bail!("`{SECTION}` in the configuration is no table")
    };
    match section.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = path.into();
            *old.decor_mut() = decor;
        }
        None => {
            section.insert(key, value(path));
        }
    }
    Ok(document.to_string())
}

/// Writes the file anew in one step, with owner and mode of the old one, once the new one has been read without a
/// mistake.
fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let old = fs::metadata(file)?;
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("klinke.toml");
    let draft = file.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = || -> anyhow::Result<()> {
        let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        fs::set_permissions(&draft, fs::Permissions::from_mode(old.mode() & 0o7777))?;
        std::os::unix::fs::chown(&draft, Some(old.uid()), Some(old.gid()))?;
        config::load(&draft)?;
        Ok(fs::rename(&draft, file)?)
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&draft);
        error.context(format!("cannot write {}; it is as it was", file.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_stay() {
        let text = "# mine\nsites = [\"a.toml\"] # one\n\n[models] # weights\n#speech = \"x\"\nrecogniser = \"old\" # tried in May\nthreads = 1\n";
        let changed = with(text, "recogniser", "/var/lib/klinke/models/kroko-de").unwrap();
        assert_eq!(changed, text.replace("\"old\"", "\"/var/lib/klinke/models/kroko-de\""));
        assert_eq!(with(&changed, "recogniser", "/var/lib/klinke/models/kroko-de").unwrap(), changed);
    }

    #[test]
    fn a_section_that_is_missing_is_made() {
        let text = "# mine\nsites = [\"a.toml\"]\n#[models]\n\n[limits]\ncalls_max = 8\n";
        let changed = with(text, "speech", "/a \"b\".onnx").unwrap();
        assert!(changed.starts_with(text), "{changed}");
        let read: toml::Table = changed.parse().unwrap();
        assert_eq!(read["models"]["speech"].as_str(), Some("/a \"b\".onnx"));
        let inline = with("models = { threads = 2 }\n", "speech", "x").unwrap();
        assert_eq!(inline.parse::<toml::Table>().unwrap()["models"]["speech"].as_str(), Some("x"));
        assert!(with("models = 1\n", "speech", "x").is_err());
    }
}
