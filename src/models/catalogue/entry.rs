//! What a catalogue says of a model.

use serde::Deserialize;
use thiserror::Error;

use super::{FILES_MAX, MODEL_BYTES_MAX, Purpose, Sum, is_id, is_plain};

/// Ours.
const OURS: &str = include_str!("../../../models/catalogue.toml");
/// Models of a catalogue.
const MODELS_MAX: usize = 500;
/// Rates that models are made for, in Hz.
const RATES_HZ: [u32; 2] = [8_000, 16_000];

/// A list of models.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// In the order of the file.
    #[serde(default, rename = "model")]
    pub models: Vec<Entry>,
}

/// A model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name: lower-case letters, digits, `-`, `.`, `_`.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// What it does.
    pub kind: Purpose,
    /// Of the callers: `de`; `any` where it does not matter.
    pub language: String,
    /// What it was made for; telephones have 8,000 Hz.
    pub rate_hz: u32,
    /// SPDX where it has a name there.
    pub licence: String,
    /// What it is good for.
    pub good_for: Told,
    /// What to know before it is used.
    pub note: Option<Told>,
    /// Comes with Klinke, at this path below the folder of the package.
    pub shipped: Option<String>,
    /// Where its files come from; empty: only with Klinke.
    #[serde(default, rename = "file")]
    pub files: Vec<Remote>,
}

/// A text in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Auf Deutsch.
    pub de: String,
    /// In English.
    pub en: String,
}

/// A file somewhere else.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// Its place in the model's folder; of an archive, its name.
    pub path: String,
    /// Where it is fetched.
    pub url: String,
    /// Its sum; `None`: no public source gives it.
    pub sha256: Option<Sum>,
    /// Its length.
    pub bytes: u64,
    /// An archive, whose files are the model's.
    #[serde(default)]
    pub unpack: bool,
}

/// Why a catalogue cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Mistake {
    /// It is no TOML of this form.
    #[error("line {line}: {cause}")]
    Form {
        /// From 1.
        line: usize,
        /// What TOML says.
        cause: String,
    },
    /// It says something about a model that cannot be.
    #[error("model {id:?}: {cause}")]
    Model {
        /// Which.
        id: String,
        /// What is wrong, and what to write instead.
        cause: String,
    },
    /// It has too many.
    #[error("it lists {0} models; {MODELS_MAX} are the most")]
    Length(usize),
}

impl Catalogue {
    /// The one that is compiled in.
    ///
    /// # Errors
    /// A mistake of ours; a test keeps it out.
    pub fn ours() -> Result<Self, Mistake> {
        Self::parse(OURS)
    }

    /// Reads one.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let catalogue: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Mistake::Form { line, cause: error.message().to_owned() }
        })?;
        if catalogue.models.len() > MODELS_MAX {
            return Err(Mistake::Length(catalogue.models.len()));
        }
        for (place, model) in catalogue.models.iter().enumerate() {
            let mistake = |cause: String| Mistake::Model { id: model.id.clone(), cause };
            model.check().map_err(mistake)?;
            if catalogue.models[..place].iter().any(|other| other.id == model.id) {
                return Err(mistake("is there twice".to_owned()));
            }
        }
        Ok(catalogue)
    }

    /// With another one's models after ours.
    ///
    /// # Errors
    /// A model of that name is here already.
    pub fn with(mut self, other: Self) -> Result<Self, Mistake> {
        for model in other.models {
            if self.find(&model.id).is_some() {
                let cause = "is in Klinke's own catalogue; give it another id".to_owned();
                return Err(Mistake::Model { id: model.id, cause });
            }
            self.models.push(model);
        }
        Ok(self)
    }

    /// The model of that name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.models.iter().find(|model| model.id == id)
    }
}

impl Entry {
    /// Whether its files have sums.
    #[must_use]
    pub fn is_vouched(&self) -> bool {
        self.files.iter().all(|file| file.sha256.is_some())
    }

    /// How many bytes are fetched.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    fn check(&self) -> Result<(), String> {
        if !is_id(&self.id) {
            return Err(
                "an id has lower-case letters, digits, - . _ and begins with a letter or digit".into()
            );
        }
        if !RATES_HZ.contains(&self.rate_hz) {
            return Err(format!("rate_hz = {} is not 8000 or 16000", self.rate_hz));
        }
        if self.files.is_empty() && self.shipped.is_none() {
            return Err("it has no [[model.file]]".into());
        }
        if self.files.len() > FILES_MAX {
            return Err(format!("it has more than {FILES_MAX} files"));
        }
        let known = self.files.iter().try_fold(0u64, |sum, file| sum.checked_add(file.bytes));
        if known.is_none_or(|bytes| bytes > MODEL_BYTES_MAX) {
            return Err(format!("its files are longer than {MODEL_BYTES_MAX} bytes"));
        }
        self.files.iter().try_for_each(Remote::check)
    }
}

impl Remote {
    fn check(&self) -> Result<(), String> {
        if !is_plain(&self.path) {
            return Err(format!("path = {:?} does not stay in the model's folder", self.path));
        }
        if !self.url.starts_with("https://") && !self.url.starts_with("http://") {
            return Err(format!("url = {:?} is no address for HTTP", self.url));
        }
        if self.bytes == 0 {
            return Err(format!("{:?} has no bytes; write its length", self.path));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: &str = r#"
        [[model]]
        id = "one"
        name = "One"
        kind = "vosk"
        language = "de"
        rate_hz = 16000
        licence = "MIT"
        good_for = { de = "a", en = "b" }
        [[model.file]]
        path = "one.zip"
        url = "https://models.example/one.zip"
        bytes = 5
        unpack = true
    "#;

    #[test]
    fn ours_is_right() {
        let ours = Catalogue::ours().unwrap();
        assert!(ours.models.len() >= 6);
        for model in &ours.models {
            assert!(
                model.is_vouched() && model.files.iter().all(|file| file.url.starts_with("https://")),
                "{}",
                model.id
            );
            let paths: Vec<&str> =
                model.files.iter().filter(|file| !file.unpack).map(|file| &*file.path).collect();
            if model.files.iter().any(|file| !file.unpack) && model.kind != Purpose::Speech {
                assert_eq!(Purpose::of(paths), Some(model.kind), "{}", model.id);
            }
        }
    }

    #[test]
    fn a_sites_own_comes_after_ours_and_replaces_nothing() {
        let own = Catalogue::parse(ONE).unwrap();
        assert!(!own.find("one").unwrap().is_vouched(), "it has no sum");
        let both = Catalogue::ours().unwrap().with(own.clone()).unwrap();
        assert_eq!(both.models.last().unwrap().id, "one");
        assert!(both.with(own).unwrap_err().to_string().contains("another id"));
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, said) in [
            ("\"one\"", "\"../one\"", "an id has"),
            ("16000", "44100", "44100"),
            ("https://", "file://", "no address"),
            ("one.zip\"\n", "../one.zip\"\n", "does not stay"),
            ("bytes = 5", "bytes = 0", "no bytes"),
            ("bytes = 5", "bytes = 99999999999999", "longer than"),
            ("\"vosk\"", "\"magic\"", "line 5"),
            ("licence", "license", "unknown field"),
        ] {
            let text = ONE.replacen(from, to, 1);
            assert_ne!(text, ONE, "{from}");
            let error = Catalogue::parse(&text).unwrap_err().to_string();
            assert!(error.contains(said), "{from} → {to}: {error}");
        }
        let twice = format!("{ONE}{ONE}");
        assert!(Catalogue::parse(&twice).unwrap_err().to_string().contains("twice"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,200}") {
            let _ = Catalogue::parse(&text);
        }
    }
}
