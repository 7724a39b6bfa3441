//! `klinke models`: which recognisers and scorers there are, and how one comes to this machine, is checked and is
//! put to use. Nothing that is not asked for here fetches anything.

mod bring;
mod choose;
mod list;
mod progress;
mod trial;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::output::print;
use super::tongue::{Both, Tongue};
use crate::config::{self, Config, RECOGNISER_FILE, SPEECH_FILE};
use crate::daemon::weights::Shelf;
use crate::daemon::weights::trial::Subject;
use crate::models::catalogue::{Catalogue, Entry, Purpose, Receipt};
use crate::models::places;

/// Longest catalogue of a site, in bytes.
const CATALOGUE_BYTES_MAX: u64 = 1024 * 1024;
/// Its name beside the configuration.
const CATALOGUE: &str = "models.toml";
/// Where data lie while there is no configuration.
const DATA_DIR: &str = "/var/lib/klinke";
/// The folder of models in it.
const FOLDER: &str = "models";

/// Arguments of `klinke models`.
#[derive(Args)]
pub struct Models {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    config: super::ConfigFile,
    /// Where models are kept; without it: `models` in `data_dir` of the configuration (/var/lib/klinke/models).
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    /// A catalogue of your own besides Klinke's; without it: models.toml beside the configuration.
    #[arg(long, value_name = "FILE", global = true)]
    catalogue: Option<PathBuf>,
    #[command(flatten)]
    tongue: Tongue,
}

#[derive(Subcommand)]
enum What {
    /// Show which models there are, what they are good for, and which are here.
    List(list::List),
    /// Fetch a model of the catalogue; goes on where it was cut off.
    Pull(bring::Pull),
    /// Take a model from a file, an archive (.zip, .tar.gz, .tar.bz2) or a folder: for machines without a network.
    Import(bring::Import),
    /// Check that models are as they came, and that they hear.
    Verify(verify::Verify),
    /// Write a model into the configuration, once it has been tried out.
    Use(choose::Choose),
    /// Try one out in this process; the other commands call it.
    #[command(hide = true)]
    Trial(trial::Trial),
}

impl Models {
    /// Runs it.
    ///
    /// # Errors
    /// What was refused, and why; what was there before stays.
    pub fn run(self) -> anyhow::Result<()> {
        if let What::Trial(trial) = self.what {
            return trial.run();
        }
        let stock = Stock::open(&self.config.config, self.folder, self.catalogue.as_deref(), self.tongue)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        match self.what {
            What::List(list) => list.run(&stock),
            What::Pull(pull) => runtime.block_on(pull.run(&stock)),
            What::Import(import) => runtime.block_on(import.run(&stock)),
            What::Verify(verify) => runtime.block_on(verify.run(&stock)),
            What::Use(choose) => runtime.block_on(choose.run(&stock)),
            What::Trial(_) => Ok(()),
        }
    }
}

/// What all of them look at.
struct Stock {
    shelf: Shelf,
    catalogue: Catalogue,
    config_file: PathBuf,
    /// `None`: there is none, or it has mistakes.
    config: Option<Config>,
    tongue: Tongue,
}

impl Stock {
    fn open(
        config_file: &Path,
        folder: Option<PathBuf>,
        own: Option<&Path>,
        tongue: Tongue,
    ) -> anyhow::Result<Self> {
        let config = match config::load(config_file) {
            Ok(config) => Some(config),
            // a fresh machine has none yet
            Err(_) if !config_file.exists() => None,
            Err(mistakes) if folder.is_none() => {
                bail!(
                    "{mistakes}\nwithout a configuration that can be read, say where models lie: --folder DIR"
                )
            }
            Err(_) => None,
        };
        let data_dir = config.as_ref().map_or(Path::new(DATA_DIR), |config| &config.data_dir);
        // absolute, as the configuration names models
        let folder = std::path::absolute(folder.unwrap_or_else(|| data_dir.join(FOLDER)))?;
        let shelf = Shelf::new(folder);
        let catalogue = catalogue(config_file, own)?;
        Ok(Self { shelf, catalogue, config_file: config_file.to_owned(), config, tongue })
    }

    fn say(&self, words: &Both) -> anyhow::Result<()> {
        print(words.in_language(self.tongue.language()))
    }

    /// What the configuration names for that purpose.
    fn used(&self, purpose: Purpose) -> PathBuf {
        match (&self.config, purpose) {
            (Some(config), Purpose::Speech) => config.models.speech.clone(),
            (Some(config), _) => config.models.recogniser.clone(),
            (None, Purpose::Speech) => places::weights(SPEECH_FILE),
            (None, _) => places::weights(RECOGNISER_FILE),
        }
    }

    /// A model to try out, at that path.
    fn subject(&self, kind: Purpose, path: PathBuf, language: &str) -> Subject {
        let onnx_runtime = self.config.as_ref().and_then(|config| config.models.onnx_runtime.clone());
        Subject { kind, path, language: language.to_owned(), onnx_runtime }
    }

    /// The model of that name as it lies here: brought in, else with Klinke.
    fn find(&self, id: &str) -> anyhow::Result<Here<'_>> {
        let entry = self.catalogue.find(id);
        match self.shelf.receipt(id) {
            Ok(receipt) => Ok(Here::Brought(Box::new(receipt))),
            Err(missing) => match entry.and_then(|entry| Some((entry, entry.shipped.as_deref()?))) {
                Some((entry, file)) => Ok(Here::Shipped(entry, places::weights(file))),
                None if entry.is_some() => bail!("{missing}; first: klinke models pull {id}"),
                None => Err(missing.into()),
            },
        }
    }
}

/// A model that is here.
enum Here<'a> {
    /// With its receipt.
    Brought(Box<Receipt>),
    /// With Klinke, at that path.
    Shipped(&'a Entry, PathBuf),
}

impl Here<'_> {
    fn subject(&self, stock: &Stock) -> Subject {
        match self {
            Self::Brought(receipt) => {
                stock.subject(receipt.kind, stock.shelf.path(receipt), &receipt.language)
            }
            Self::Shipped(entry, path) => stock.subject(entry.kind, path.clone(), &entry.language),
        }
    }
}

/// Ours and the site's.
fn catalogue(config_file: &Path, own: Option<&Path>) -> anyhow::Result<Catalogue> {
    let ours = Catalogue::ours()?;
    let beside = config_file.with_file_name(CATALOGUE);
    let Some(file) = own.or_else(|| beside.is_file().then_some(&*beside)) else { return Ok(ours) };
    let told = || format!("cannot use the catalogue {}", file.display());
    let text = super::read_text(file, CATALOGUE_BYTES_MAX).with_context(told)?;
    Catalogue::parse(&text).and_then(|own| ours.with(own)).with_context(told)
}

/// A length as people read it: `70 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        10_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
