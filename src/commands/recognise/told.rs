//! What `klinke recognise` prints: text for people, or JSON that is stable (docs/json.md).

use std::path::Path;

use serde::Serialize;

use super::Listed;
use super::print;
use crate::call::hearing::{HeardWord, Hypothesis, Transcript};
use crate::call::line::SAMPLE_RATE_HZ;
use crate::models::telephone::Line;

/// Tells what was heard.
pub struct Teller<'a> {
    json: bool,
    line: Option<Line>,
    listed: &'a Listed,
}

impl<'a> Teller<'a> {
    /// `line`: the simulated telephone.
    pub const fn new(json: bool, line: Option<Line>, listed: &'a Listed) -> Self {
        Self { json, line, listed }
    }

    /// Tells people which chance was drawn; in JSON it stands in each line.
    pub fn begin(&self) -> anyhow::Result<()> {
        match self.rough() {
            Some(line) if !self.json => print(&format!(
                "(a telephone with noise {}, loss {} %, seed {})",
                line.noise_db.map_or("none".to_owned(), |db| format!("{db} dB below the speech")),
                line.loss_percent,
                line.seed
            )),
            _ => Ok(()),
        }
    }

    /// A file to its end. Text: file, confidence, words. JSON: [`Recognised`].
    pub fn heard(&self, file: &Path, samples: usize, transcript: &Transcript) -> anyhow::Result<()> {
        let line = match transcript.best() {
            _ if self.json => serde_json::to_string(&self.recognised(file, samples, transcript))?,
            Some(best) if !transcript.is_empty() => {
                format!("{}: {} ({:.2})", file.display(), best.text().reveal(), best.confidence)
            }
            _ => format!("{}: (nothing)", file.display()),
        };
        print(&line)
    }

    /// What was heard when only `samples` of the file were there.
    pub fn partial(&self, file: &Path, samples: usize, so_far: &Transcript) -> anyhow::Result<()> {
        let text = so_far.best().map(|best| best.text().into_revealed()).unwrap_or_default();
        let confidence = so_far.best().map_or(0.0, |best| best.confidence);
        let at_ms = samples as u64 * 1000 / u64::from(SAMPLE_RATE_HZ);
        if self.json {
            let file = file.display().to_string();
            return print(&serde_json::to_string(&Partial { file, at_ms, partial: text, confidence })?);
        }
        print(&format!("{}: {:6.2} s … {text} ({confidence:.2})", file.display(), at_ms as f64 / 1000.0))
    }

    /// A file that is no sound.
    pub fn unusable(&self, file: &Path, cause: &str) -> anyhow::Result<()> {
        let file = file.display();
        if self.json {
            let error = Unusable { file: file.to_string(), error: cause.to_owned() };
            return print(&serde_json::to_string(&error)?);
        }
        print(&format!("{file}: cannot use it: {cause}"))
    }

    /// The line, where chance is in it.
    fn rough(&self) -> Option<Line> {
        self.line.filter(|line| line.noise_db.is_some() || line.loss_percent > 0.0)
    }

    fn as_written(&self, spelling: &str) -> String {
        self.listed.by_spelling.get(spelling).cloned().unwrap_or_else(|| spelling.to_owned())
    }

    fn recognised<'t>(&self, file: &Path, samples: usize, transcript: &'t Transcript) -> Recognised<'t> {
        let best = transcript.best();
        let text = best.map(text).unwrap_or_default();
        let others = transcript.hypotheses.iter().skip(1);
        Recognised {
            file: file.display().to_string(),
            seconds: samples as f64 / f64::from(SAMPLE_RATE_HZ),
            phrase: self.listed.by_spelling.get(&text).cloned(),
            begun: best.and_then(|best| best.begun.as_ref()).map(|begun| self.as_written(begun.reveal())),
            text,
            confidence: best.map_or(0.0, |best| best.confidence),
            words: best.map_or(&[], |best| &best.words),
            alternatives: others
                .map(|other| Alternative { text: self::text(other), confidence: other.confidence })
                .collect(),
            line: self.rough().map(|line| Condition {
                noise_db: line.noise_db,
                loss_percent: line.loss_percent,
                seed: line.seed,
            }),
        }
    }
}

fn text(hypothesis: &Hypothesis) -> String {
    hypothesis.text().into_revealed()
}

/// What `--json` prints for each file. Stable: fields may come, none goes.
#[derive(Serialize)]
struct Recognised<'a> {
    /// As given.
    file: String,
    /// Length of the sound.
    seconds: f64,
    /// The likeliest reading; empty: nothing that is speech.
    text: String,
    /// The line of `--phrases` that this is, as written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    phrase: Option<String>,
    /// The only listed sentence that this begins and does not end, as written in `--phrases`.
    #[serde(skip_serializing_if = "Option::is_none")]
    begun: Option<String>,
    /// 0 to 1.
    confidence: f32,
    /// Its words with times.
    words: &'a [HeardWord],
    /// The other readings, the likeliest first.
    alternatives: Vec<Alternative>,
    /// Noise and loss of the simulated telephone, where there was any.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<Condition>,
}

#[derive(Serialize)]
struct Alternative {
    text: String,
    confidence: f32,
}

#[derive(Serialize)]
struct Condition {
    noise_db: Option<f32>,
    loss_percent: f32,
    seed: u64,
}

/// What `--json --partials` prints besides, whenever it changes.
#[derive(Serialize)]
struct Partial {
    file: String,
    /// So much of the file had been fed.
    at_ms: u64,
    /// The likeliest reading by then.
    partial: String,
    confidence: f32,
}

/// What `--json` prints for a file that cannot be used.
#[derive(Serialize)]
struct Unusable {
    file: String,
    error: String,
}
