//! `klinke models list`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Stock, size};
use crate::commands::output::print;
use crate::commands::tongue::{Both, both};
use crate::config::site::Language;
use crate::models::catalogue::{Entry, Purpose, Receipt, Told};
use crate::models::places;

/// Arguments of `klinke models list`.
#[derive(Args)]
pub struct List {
    /// One JSON object a line instead of words for people.
    #[arg(long)]
    json: bool,
}

/// What is known of a model. As JSON stable: fields may come, none goes.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    kind: Purpose,
    /// Of the callers; `any`; `unknown`.
    language: String,
    rate_hz: Option<u32>,
    licence: String,
    good_for: Option<String>,
    note: Option<String>,
    /// Length of what is fetched, or of what lies here.
    bytes: Option<u64>,
    state: State,
    /// Where it lies.
    path: Option<PathBuf>,
    /// Whether the configuration names it.
    used: bool,
    /// Whether sums are known for all of its files.
    vouched: bool,
    urls: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// With Klinke.
    Shipped,
    /// Brought in.
    Here,
    /// Comes with Klinke, but not on this machine.
    Missing,
    /// To be fetched or imported.
    Absent,
    /// Brought in, and its receipt cannot be read.
    Damaged,
}

impl List {
    /// Runs it.
    ///
    /// # Errors
    /// Standard output takes nothing.
    pub fn run(self, stock: &Stock) -> anyhow::Result<()> {
        let language = stock.tongue.language();
        let lines = lines(stock, language);
        if self.json {
            return lines.iter().try_for_each(|line| print(&serde_json::to_string(line)?));
        }
        print(&table(&lines, &stock.shelf.folder().display().to_string(), language))
    }
}

/// The catalogue's models, then those that only lie here.
fn lines(stock: &Stock, language: Language) -> Vec<Line> {
    let mut lines: Vec<Line> =
        stock.catalogue.models.iter().map(|entry| of_entry(stock, entry, language)).collect();
    for id in stock.shelf.ids().into_iter().filter(|id| stock.catalogue.find(id).is_none()) {
        lines.push(match stock.shelf.receipt(&id) {
            Ok(receipt) => of_receipt(stock, &receipt),
            Err(error) => damaged(stock, id, error.to_string()),
        });
    }
    lines
}

fn of_entry(stock: &Stock, entry: &Entry, language: Language) -> Line {
    let told = |told: &Told| match language {
        Language::German => told.de.clone(),
        Language::English => told.en.clone(),
    };
    let receipt = stock.shelf.receipt(&entry.id);
    let shipped = entry.shipped.as_deref().map(places::weights);
    let (state, path) = match (&receipt, &shipped) {
        (Ok(receipt), _) => (State::Here, Some(stock.shelf.path(receipt))),
        (Err(_), _) if stock.shelf.ids().contains(&entry.id) => (State::Damaged, None),
        (Err(_), Some(path)) if path.is_file() => (State::Shipped, shipped.clone()),
        (Err(_), Some(_)) => (State::Missing, None),
        (Err(_), None) => (State::Absent, None),
    };
    let lies = path.as_ref().filter(|_| state == State::Shipped).and_then(|path| path.metadata().ok());
    let bytes = match &receipt {
        Ok(receipt) => Some(receipt.bytes()),
        Err(_) => lies.map(|found| found.len()).or((entry.bytes() > 0).then(|| entry.bytes())),
    };
    Line {
        id: entry.id.clone(),
        name: entry.name.clone(),
        kind: entry.kind,
        language: entry.language.clone(),
        rate_hz: Some(entry.rate_hz),
        licence: entry.licence.clone(),
        good_for: Some(told(&entry.good_for)),
        note: entry.note.as_ref().map(told),
        bytes,
        state,
        used: path.as_ref().is_some_and(|path| *path == stock.used(entry.kind)),
        path,
        vouched: entry.is_vouched(),
        urls: entry.files.iter().map(|file| file.url.clone()).collect(),
    }
}

fn of_receipt(stock: &Stock, receipt: &Receipt) -> Line {
    let path = stock.shelf.path(receipt);
    Line {
        id: receipt.id.clone(),
        name: receipt.from.clone(),
        kind: receipt.kind,
        language: receipt.language.clone(),
        rate_hz: None,
        licence: receipt.licence.clone(),
        good_for: None,
        note: None,
        bytes: Some(receipt.bytes()),
        state: State::Here,
        used: path == stock.used(receipt.kind),
        path: Some(path),
        vouched: receipt.vouched,
        urls: Vec::new(),
    }
}

fn damaged(stock: &Stock, id: String, why: String) -> Line {
    Line {
        name: id.clone(),
        path: Some(stock.shelf.folder().join(&id)),
        id,
        kind: Purpose::Letters,
        language: "unknown".into(),
        rate_hz: None,
        licence: "unknown".into(),
        good_for: None,
        note: Some(why),
        bytes: None,
        state: State::Damaged,
        used: false,
        vouched: false,
        urls: Vec::new(),
    }
}

/// For people: a line with what is short, then what is to be read.
fn table(lines: &[Line], folder: &str, language: Language) -> String {
    let widest = lines.iter().map(|line| line.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for line in lines {
        let rate = line.rate_hz.map_or_else(|| "–".to_owned(), |rate| format!("{} kHz", rate / 1000));
        let bytes = line.bytes.map_or_else(|| "–".to_owned(), size);
        let state = state(line);
        let _ = writeln!(
            out,
            "{:<widest$}  {:<10}  {:<3}  {:>6}  {:>7}  {:<12}  {}",
            line.id,
            line.kind.name(),
            short(&line.language),
            rate,
            bytes,
            line.licence,
            state.in_language(language)
        );
        let unvouched =
            both!("Prüfsumme unbekannt: pull verlangt --sha256", "sum unknown: pull wants --sha256");
        let unvouched = (!line.vouched && line.state == State::Absent)
            .then(|| unvouched.in_language(language).to_owned());
        for text in line.good_for.iter().chain(&line.note).chain(&unvouched) {
            let _ = writeln!(out, "{:widest$}  {text}", "");
        }
    }
    let end = both!("\nGeholte Modelle liegen in {folder}.", "\nModels that are brought in lie in {folder}.");
    out.push_str(end.in_language(language));
    out
}

fn short(language: &str) -> &str {
    match language {
        "unknown" => "?",
        other => other,
    }
}

fn state(line: &Line) -> Both {
    let Both { german, english } = match line.state {
        State::Shipped => both!("bei Klinke dabei", "with Klinke"),
        State::Here => both!("hier", "here"),
        State::Missing => {
            both!("fehlt hier (Paket neu installieren)", "missing here (install the package again)")
        }
        State::Absent => both!("nicht hier", "not here"),
        State::Damaged => both!("beschädigt", "damaged"),
    };
    match line.used {
        true => both!("{german}, in Gebrauch", "{english}, in use"),
        false => Both { german, english },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_reads_well() {
        let line = |id: &str, state, used, vouched| Line {
            id: id.into(),
            name: id.into(),
            kind: Purpose::Vosk,
            language: "de".into(),
            rate_hz: Some(16_000),
            licence: "Apache-2.0".into(),
            good_for: Some("dictation".into()),
            note: None,
            bytes: Some(46_499_967),
            state,
            path: None,
            used,
            vouched,
            urls: Vec::new(),
        };
        let lines = [
            line("de-telephone", State::Shipped, true, true),
            line("own", State::Absent, false, false),
            Line {
                language: "unknown".into(),
                rate_hz: None,
                bytes: None,
                ..line("x", State::Here, false, true)
            },
        ];
        let english = table(&lines, "/var/lib/klinke/models", Language::English);
        let first = "de-telephone  vosk        de   16 kHz    46 MB  Apache-2.0    with Klinke, in use";
        assert_eq!(english.lines().next(), Some(first), "{english}");
        assert!(english.contains("sum unknown: pull wants --sha256"), "{english}");
        assert!(english.ends_with("lie in /var/lib/klinke/models."), "{english}");
        let german = table(&lines, "/var/lib/klinke/models", Language::German);
        assert!(german.contains("bei Klinke dabei, in Gebrauch"), "{german}");
    }
}
