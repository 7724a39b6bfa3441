//! `klinke models verify`.

use anyhow::bail;
use clap::Args;

use super::{Here, Stock};
use crate::commands::tongue::{Both, both};
use crate::daemon::weights::check_sum;
use crate::daemon::weights::trial::{Outcome, WORDS, apart};

/// Arguments of `klinke models verify`.
#[derive(Args)]
pub struct Verify {
    /// Which; without one: all that are here.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

impl Verify {
    /// Runs it.
    ///
    /// # Errors
    /// A model is not as it came, or does not hear.
    pub async fn run(self, stock: &Stock) -> anyhow::Result<()> {
        let mut ids = self.ids;
        if ids.is_empty() {
            let shipped = stock.catalogue.models.iter().filter(|entry| entry.shipped.is_some());
            ids = shipped.map(|entry| entry.id.clone()).collect();
            ids.extend(stock.shelf.ids().into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
        }
        let mut wrong = 0;
        for id in ids {
            let verdict = match verify(stock, &id).await {
                Ok(verdict) => verdict,
                Err(error) => {
                    wrong += 1;
                    let error = super::super::told(&error);
                    both!("FALSCH, {error}", "WRONG, {error}")
                }
            };
            let Both { german, english } = verdict;
            stock.say(&both!("{id}: {german}", "{id}: {english}"))?;
        }
        match wrong {
            0 => Ok(()),
            1 => bail!("1 of the models cannot be used; bring it in again"),
            wrong => bail!("{wrong} of the models cannot be used; bring them in again"),
        }
    }
}

async fn verify(stock: &Stock, id: &str) -> anyhow::Result<Both> {
    let here = stock.find(id)?;
    let files = match &here {
        Here::Brought(receipt) => {
            stock.shelf.check(receipt)?;
            let (count, vouched) = (receipt.files.len(), receipt.vouched);
            match (count, vouched) {
                (1, true) => both!("die Datei wie im Katalog", "its file as in the catalogue"),
                (1, false) => both!("die Datei, wie sie kam", "its file as it came"),
                (_, true) => both!("{count} Dateien wie im Katalog", "{count} files as in the catalogue"),
                (_, false) => both!("{count} Dateien, wie sie kamen", "{count} files as they came"),
            }
        }
        Here::Shipped(entry, path) => match entry.files.iter().find_map(|file| file.sha256) {
            Some(sum) => {
                check_sum(path, &path.display().to_string(), sum, None)?;
                both!("die Datei wie im Katalog", "its file as in the catalogue")
            }
            None => both!("bei Klinke dabei", "with Klinke"),
        },
    };
    let heard = outcome(apart(&here.subject(stock)).await)?;
    Ok(Both {
        german: format!("{}; {}", files.german, heard.german),
        english: format!("{}; {}", files.english, heard.english),
    })
}

/// An outcome in words.
///
/// # Errors
/// It is broken.
pub fn outcome(outcome: Outcome) -> anyhow::Result<Both> {
    match outcome {
        Outcome::Heard { text, loading_ms, took_ms } if text.is_empty() => Ok(both!(
            "läuft (geladen in {loading_ms} ms, gehört in {took_ms} ms)",
            "runs (loaded in {loading_ms} ms, listened in {took_ms} ms)"
        )),
        Outcome::Heard { text, loading_ms, took_ms } => Ok(both!(
            "hört \"{text}\" (gesagt: \"{WORDS}\"; geladen in {loading_ms} ms, gehört in {took_ms} ms)",
            "hears \"{text}\" (said: \"{WORDS}\"; loaded in {loading_ms} ms, listened in {took_ms} ms)"
        )),
        Outcome::Untried { cause } => Ok(both!("nicht erprobt: {cause}", "not tried: {cause}")),
        Outcome::Broken { cause } => bail!("it does not work: {cause}"),
    }
}
