//! `klinke recognise`: speech files to text, for administrators who tune a site, and for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::output::print;
use crate::call::hearing::{Expect, HeardWord, Hypothesis, Transcript};
use crate::config::{self, Config, Device};
use crate::daemon::pbx::local::wav;
use crate::models::{Lexicon, Recogniser, places, runtime, telephone};

/// Longest file of phrases, in bytes.
const PHRASES_BYTES_MAX: u64 = 1024 * 1024;

/// Arguments of `klinke recognise`.
#[derive(Args)]
pub struct Recognise {
    /// WAV files of any usual rate and width.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line instead of text.
    #[arg(long)]
    json: bool,
    /// Listen as if the sound had come over a telephone: 300 to 3,400 Hz, G.711.
    #[arg(long)]
    telephone: bool,
    /// What the dialogue would expect; may be given several times, the likeliest first.
    #[arg(long, value_name = "KIND", value_parser = parse_expect)]
    expect: Vec<Expect>,
    /// Sentences to be known besides what callers say anywhere, one a line.
    #[arg(long, value_name = "FILE")]
    phrases: Option<PathBuf>,
    /// The daemon's configuration: its models, and the words of its site. Without it, what callers say anywhere.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which of its sites, where it has several.
    #[arg(long, value_name = "ID", requires = "config")]
    site: Option<String>,
}

fn parse_expect(name: &str) -> Result<Expect, String> {
    name.parse()
}

impl Recognise {
    /// Runs it.
    ///
    /// # Errors
    /// No models, a mistake in the configuration, or a file that is not sound; the files before it are printed.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.config.as_deref().map(config::load).transpose()?;
        let lexicon = Arc::new(self.lexicon(config.as_ref())?);
        runtime::open(config.as_ref().and_then(|config| config.models.onnx_runtime.as_deref()))?;
        let (weights, device) = config.map_or_else(
            || (places::weights(places::RECOGNISER), Device::Auto),
            |config| (config.models.recogniser, config.models.device),
        );
        let mut recogniser = Recogniser::load(&weights, device)?;
        for file in &self.files {
            let sound = wav::read_file(file).with_context(|| format!("cannot use {}", file.display()))?;
            let sound = if self.telephone { telephone::through_telephone(&sound) } else { sound };
            let transcript = recogniser.recognise(&sound, &self.expect, &lexicon)?;
            self.print(file, &transcript)?;
        }
        Ok(())
    }

    fn lexicon(&self, config: Option<&Config>) -> anyhow::Result<Lexicon> {
        let mut phrases = Vec::new();
        if let Some(path) = &self.phrases {
            let text = super::read_text(path, PHRASES_BYTES_MAX)
                .with_context(|| format!("cannot use the phrases {}", path.display()))?;
            phrases.extend(text.lines().map(str::to_owned));
        }
        let site = match config {
            Some(config) => Some(&config.sites[super::place(config, self.site.as_deref())?]),
            None => None,
        };
        Ok(Lexicon::new(site, &phrases)?)
    }

    /// Text: file, confidence, words. JSON: [`Recognised`].
    fn print(&self, file: &Path, transcript: &Transcript) -> anyhow::Result<()> {
        let line = match transcript.best() {
            _ if self.json => serde_json::to_string(&Recognised::new(file, transcript))?,
            Some(best) if !transcript.is_empty() => {
                format!("{}: {} ({:.2})", file.display(), best.text().reveal(), best.confidence)
            }
            _ => format!("{}: (nothing)", file.display()),
        };
        print(&line)
    }
}

/// What `--json` prints for each file. Stable: fields may come, none goes.
#[derive(Serialize)]
struct Recognised<'a> {
    /// As given.
    file: String,
    /// The likeliest reading; empty: nothing that is speech.
    text: String,
    /// 0 to 1.
    confidence: f32,
    /// Its words with times.
    words: &'a [HeardWord],
    /// The other readings, the likeliest first.
    alternatives: Vec<Alternative>,
}

#[derive(Serialize)]
struct Alternative {
    text: String,
    confidence: f32,
}

impl<'a> Recognised<'a> {
    fn new(file: &Path, transcript: &'a Transcript) -> Self {
        let text = |hypothesis: &Hypothesis| hypothesis.text().into_revealed();
        let best = transcript.best();
        let others = transcript.hypotheses.iter().skip(1);
        Self {
            file: file.display().to_string(),
            text: best.map(text).unwrap_or_default(),
            confidence: best.map_or(0.0, |best| best.confidence),
            words: best.map_or(&[], |best| &best.words),
            alternatives: others
                .map(|other| Alternative { text: text(other), confidence: other.confidence })
                .collect(),
        }
    }
}
