//! `klinke models pull` and `import`: a model comes in, is checked and tried out, and only then takes its place.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::progress::Progress;
use super::verify::outcome;
use super::{Stock, size};
use crate::commands::tongue::{Both, both};
use crate::daemon::weights::trial::{Outcome, apart};
use crate::daemon::weights::{
    Draft, Fetcher, Open, Wanted, WeightsError, check_sum, is_archive, sum_of, unpack,
};
use crate::models::catalogue::{Entry, Kept, Purpose, Receipt, Remote, Sum, id_of, is_id};

/// Where nobody said what it is.
const UNKNOWN: &str = "unknown";

/// Arguments of `klinke models pull`.
#[derive(Args)]
pub struct Pull {
    /// Which, as `klinke models list` names it.
    #[arg(value_name = "ID")]
    id: String,
    /// The SHA-256 of a file whose sum the catalogue does not know; where there are several: FILE=SUM.
    #[arg(long, value_name = "SUM")]
    sha256: Vec<String>,
}

/// Arguments of `klinke models import`.
#[derive(Args)]
pub struct Import {
    /// The file, archive or folder.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The name that it gets; without one: that of the catalogue, or of the file.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// What it is, where its files do not tell: letters, transducer, nemo-ctc, vosk, speech.
    #[arg(long, value_name = "KIND")]
    kind: Option<Purpose>,
    /// The SHA-256 that the file has to have.
    #[arg(long, value_name = "SUM")]
    sha256: Option<Sum>,
}

/// What is known of a model that comes in.
struct Paper<'a> {
    id: String,
    entry: Option<&'a Entry>,
    kind: Option<Purpose>,
    from: String,
    vouched: bool,
}

impl Pull {
    /// Runs it.
    ///
    /// # Errors
    /// It cannot be fetched, is another file than it should be, or does not work.
    pub async fn run(self, stock: &Stock) -> anyhow::Result<()> {
        let id = &self.id;
        let Some(entry) = stock.catalogue.find(id) else {
            bail!("there is no model {id:?} in the catalogue; `klinke models list` shows them");
        };
        if entry.files.is_empty() {
            return stock.say(&both!("{id} ist bei Klinke dabei.", "{id} comes with Klinke."));
        }
        let sums = sums(entry, &self.sha256)?;
        if let Ok(receipt) = stock.shelf.receipt(id)
            && stock.shelf.check(&receipt).is_ok()
        {
            return stock
                .say(&both!("{id} ist schon hier, wie es kam.", "{id} is here already, as it came."));
        }
        let open = stock.shelf.open()?;
        let draft = open.draft(id)?;
        let fetcher = Fetcher::new(entry.files.iter().map(|file| &*file.url))?;
        for (file, sha256) in entry.files.iter().zip(sums) {
            let part = open.part(sha256);
            let mut progress = Progress::new(&file.path, file.bytes);
            let wanted = Wanted { url: &file.url, bytes: file.bytes, sha256 };
            fetcher.fetch(&wanted, &part, &mut |bytes| progress.seen(bytes)).await?;
            drop(progress);
            take(file, &part, &draft)?;
        }
        let from = entry.files.first().map(|file| file.url.clone()).unwrap_or_default();
        let paper = Paper { id: id.clone(), entry: Some(entry), kind: Some(entry.kind), from, vouched: true };
        settle(stock, &open, draft, paper).await
    }
}

/// The sums of all files: the catalogue's, and the administrator's where it has none.
fn sums(entry: &Entry, given: &[String]) -> anyhow::Result<Vec<Sum>> {
    let mut by_file: HashMap<&str, Sum> = HashMap::new();
    for given in given {
        let without: Vec<&str> =
            entry.files.iter().filter(|file| file.sha256.is_none()).map(|file| &*file.path).collect();
        let (file, sum) = match given.split_once('=') {
            Some(pair) => pair,
            None => match without[..] {
                [only] => (only, &**given),
                _ => bail!("--sha256 {given}: say of which file: --sha256 FILE=SUM"),
            },
        };
        by_file.insert(file, sum.parse().map_err(anyhow::Error::msg)?);
    }
    let sums = entry.files.iter().map(|file| {
        let given = by_file.remove(&*file.path);
        match (file.sha256, given) {
            (Some(known), Some(given)) if known != given => {
                bail!("{} has the SHA-256 {known} in the catalogue, not {given}", file.path)
            }
            (Some(sum), _) | (None, Some(sum)) => Ok(sum),
            (None, None) => bail!(
                "will not fetch {}: nobody vouches for it, because the catalogue knows no SHA-256 of {}; get the sum \
                 from its vendor and run: klinke models pull {} --sha256 SUM",
                entry.id, file.path, entry.id
            ),
        }
    });
    let sums = sums.collect::<Result<_, _>>()?;
    match by_file.keys().next() {
        Some(unknown) => bail!("{} has no file {unknown:?}", entry.id),
        None => Ok(sums),
    }
}

/// Takes a file that was fetched into the draft.
fn take(file: &Remote, part: &Path, draft: &Draft) -> anyhow::Result<()> {
    if file.unpack {
        unpack(part, draft.folder())?;
        fs::remove_file(part).with_context(|| format!("cannot remove {}", part.display()))?;
        return Ok(());
    }
    let place = draft.folder().join(&file.path);
    let moved = place.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::rename(part, &place));
    moved.with_context(|| format!("cannot move a file to {}", place.display()))
}

impl Import {
    /// Runs it.
    ///
    /// # Errors
    /// It is no model, another one than it says, or does not work.
    pub async fn run(self, stock: &Stock) -> anyhow::Result<()> {
        let path = &self.path;
        let whole = if path.is_dir() { None } else { Some(sum_of(path)?) };
        if let (Some((got, _)), Some(wanted)) = (whole, self.sha256)
            && got != wanted
        {
            return Err(WeightsError::Sum { what: path.display().to_string(), wanted, got }.into());
        }
        if whole.is_none() && self.sha256.is_some() {
            bail!("--sha256 is of a file; {} is a folder", path.display());
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let known = self.known(stock, name, whole.map(|(sum, _)| sum))?;
        let id = self.id.clone().or_else(|| known.map(|entry| entry.id.clone())).or_else(|| id_of(name));
        let Some(id) = id.filter(|id| is_id(id)) else {
            bail!("{name:?} cannot be the name of a model; give it one: --id NAME (a-z, 0-9, - . _)");
        };
        let open = stock.shelf.open()?;
        let draft = open.draft(&id)?;
        if path.is_dir() || is_archive(path) {
            unpack(path, draft.folder())?;
        } else {
            let place = draft.folder().join(if name.ends_with(".onnx") { name } else { "model.onnx" });
            fs::copy(path, &place)
                .with_context(|| format!("cannot copy {} to {}", path.display(), place.display()))?;
        }
        let entry = known.or_else(|| stock.catalogue.find(&id));
        let mut vouched = self.sha256.is_some();
        if let Some(entry) = entry {
            let as_packed =
                whole.is_some_and(|(sum, _)| entry.files.iter().any(|file| file.sha256 == Some(sum)));
            if !as_packed {
                as_listed(entry, &draft)?;
            }
            vouched = true;
        }
        let kind = self.kind.or(entry.map(|entry| entry.kind));
        settle(stock, &open, draft, Paper { id, entry, kind, from: name.to_owned(), vouched }).await
    }

    /// The catalogue's model that a file is: by its sum, else by its name, and then its sum has to be right.
    fn known<'a>(&self, stock: &'a Stock, name: &str, sum: Option<Sum>) -> anyhow::Result<Option<&'a Entry>> {
        let files = || {
            stock.catalogue.models.iter().flat_map(|entry| entry.files.iter().map(move |file| (entry, file)))
        };
        let mut alone = files().filter(|(entry, file)| file.unpack || entry.files.len() == 1);
        let wanted = |entry: &Entry| self.id.as_ref().is_none_or(|id| *id == entry.id);
        if let Some((entry, _)) =
            files().find(|(entry, file)| wanted(entry) && sum.is_some() && file.sha256 == sum)
        {
            return Ok(Some(entry));
        }
        match alone.find(|(entry, file)| wanted(entry) && sum.is_some() && file.path == name) {
            Some((entry, Remote { sha256: Some(wanted), .. })) => {
                let refused = WeightsError::Sum {
                    what: self.path.display().to_string(),
                    wanted: *wanted,
                    got: sum.unwrap_or(*wanted),
                };
                let hint =
                    format!("it is not the catalogue's {}; to take it all the same: --id NAME", entry.id);
                Err(anyhow::Error::from(refused).context(hint))
            }
            Some((entry, _)) => Ok(Some(entry)),
            None => Ok(None),
        }
    }
}

/// Whether a draft has the files of a catalogue's model, as they should be.
fn as_listed(entry: &Entry, draft: &Draft) -> anyhow::Result<()> {
    let root = draft.root()?;
    let hint = || format!("{} is the name of a model of the catalogue; for another one: --id NAME", entry.id);
    for file in &entry.files {
        let (Some(sum), false) = (file.sha256, file.unpack) else {
            bail!("{}; the catalogue knows only its archive {}", hint(), file.path);
        };
        check_sum(&root.join(&file.path), &file.path, sum, Some(file.bytes)).with_context(hint)?;
    }
    match entry.files.is_empty() {
        true => bail!("{}", hint()),
        false => Ok(()),
    }
}

/// Tries a draft out and puts it in its place.
async fn settle(stock: &Stock, open: &Open, draft: Draft, paper: Paper<'_>) -> anyhow::Result<()> {
    let (found, files) = draft.files().map_err(|error| match error {
        // where it lies for now tells nobody anything
        WeightsError::Unknown { .. } => WeightsError::Unknown { path: paper.from.clone().into() },
        error => error,
    })?;
    let kind = kind(found, paper.kind)?;
    let language = paper.entry.map_or(UNKNOWN, |entry| &entry.language).to_owned();
    let licence = paper.entry.map_or(UNKNOWN, |entry| &entry.licence).to_owned();
    let Paper { id, from, vouched, entry, .. } = paper;
    let receipt = Receipt { id: id.clone(), kind, language, licence, from, vouched, files };
    let root = draft.root()?;
    let path = receipt.named().map_or(root.clone(), |file| root.join(file));
    let heard = match apart(&stock.subject(kind, path, &receipt.language)).await {
        Outcome::Broken { cause } => Outcome::Broken { cause: beneath(&cause, &root, &id) },
        heard => heard,
    };
    let heard = outcome(heard).with_context(|| format!("will not take {id}"))?;
    let bytes = size(receipt.files.iter().map(|file: &Kept| file.bytes).sum());
    let place = open.place(draft, &receipt)?.display().to_string();
    let Both { german, english } = heard;
    stock.say(&both!(
        "{id} ist hier: {place} ({bytes}); {german}",
        "{id} is here: {place} ({bytes}); {english}"
    ))?;
    if !vouched {
        stock.say(&both!(
            "Niemand bürgt für seine Herkunft: der Katalog kennt es nicht, und --sha256 wurde nicht angegeben.",
            "Nobody vouches for where it comes from: the catalogue does not know it, and --sha256 was not given."
        ))?;
    }
    if let Some(note) = entry.and_then(|entry| entry.note.as_ref()) {
        let (de, en) = (&note.de, &note.en);
        stock.say(&both!("Zu beachten: {de}", "To be noted: {en}"))?;
    }
    stock.say(&both!("In Gebrauch nehmen: klinke models use {id}", "To have it used: klinke models use {id}"))
}

/// A cause that names a file of a draft, as the file of a model: where the draft lies tells nobody anything.
fn beneath(cause: &str, draft: &Path, id: &str) -> String {
    cause.replace(&draft.display().to_string(), id)
}

/// What it is for: as somebody said, where its files do not speak against it.
fn kind(found: Purpose, said: Option<Purpose>) -> anyhow::Result<Purpose> {
    let one_file = [Purpose::Letters, Purpose::Speech];
    match said {
        None => Ok(found),
        Some(said) if said == found || (one_file.contains(&said) && one_file.contains(&found)) => Ok(said),
        Some(said) => bail!("its files are those of the kind {}, not {}", found.name(), said.name()),
    }
}
