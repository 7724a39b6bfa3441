//! Trying a model out: it is loaded and listens to a sentence that Klinke brings along.
//!
//! A library of others that gets damaged weights may end its process, so [`apart`] does it in a process of its own:
//! this program, called with the hidden command `klinke models trial`, which calls [`here`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::call::audio::g711::Law;
use crate::call::hearing::{SCORE_WINDOW_SAMPLES, ScoreWindow};
use crate::config::Device;
use crate::models::catalogue::Purpose;
use crate::models::{Lexicon, ModelError, Recogniser, SpeechScorer, runtime};

/// The sentence, spoken by espeak-ng (130 words a minute, 300 to 3,400 Hz), 8 kHz µ-law.
const SENTENCE: &[u8] = include_bytes!("sentence.ulaw");
/// Its words.
pub const WORDS: &str = "guten tag ich brauche morgen einen termin";
/// Its language.
const LANGUAGE: &str = "de";
/// Longest that loading and listening may take; a model of 2 GB from a slow disk takes a minute.
const TRIAL_S_MAX: u64 = 180;
/// A scorer that is never so sure in a whole sentence hears no speech.
const SPEECH_MIN: f32 = 0.5;

/// What is tried out, and with which libraries.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it is for.
    pub kind: Purpose,
    /// File or folder, as the configuration would name it.
    pub path: PathBuf,
    /// Of the callers; `de` is expected to understand the sentence.
    pub language: String,
    /// ONNX Runtime's library, where the configuration names it.
    pub onnx_runtime: Option<PathBuf>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It runs.
    Heard {
        /// What it made of [`WORDS`]; of a speech scorer: nothing.
        text: String,
        /// How long loading took.
        loading_ms: u64,
        /// How long listening took.
        took_ms: u64,
    },
    /// It does not, or understands nothing.
    Broken {
        /// Why.
        cause: String,
    },
    /// Nobody knows: what it needs is not on this machine.
    Untried {
        /// What is missing.
        cause: String,
    },
}

/// Tries it out in this process.
#[must_use]
pub fn here(subject: &Subject) -> Outcome {
    match listen(subject) {
        Ok(outcome) => outcome,
        Err(
            error @ (ModelError::LibraryMissing { .. }
            | ModelError::LibraryReports { .. }
            | ModelError::LibraryUnusable { .. }
            | ModelError::VoskMissing { .. }
            | ModelError::VoskUnusable { .. }),
        ) => Outcome::Untried { cause: error.to_string() },
        Err(error) => Outcome::Broken { cause: error.to_string() },
    }
}

fn listen(subject: &Subject) -> Result<Outcome, ModelError> {
    let mut sentence = vec![0; SENTENCE.len()];
    Law::Mu.decode_into(SENTENCE, &mut sentence);
    let begun = Instant::now();
    if subject.kind != Purpose::Vosk {
        runtime::open(subject.onnx_runtime.as_deref())?;
    }
    if subject.kind == Purpose::Speech {
        let mut scorer = SpeechScorer::load(&subject.path)?;
        let loading_ms = ms(begun);
        let begun = Instant::now();
        let surest = score(&mut scorer, &sentence)?;
        let heard = Outcome::Heard { text: String::new(), loading_ms, took_ms: ms(begun) };
        let cause = format!("it finds no speech in a sentence (its surest score is {surest:.2})");
        return Ok(if surest >= SPEECH_MIN { heard } else { Outcome::Broken { cause } });
    }
    let mut recogniser = Recogniser::load(&subject.path, Device::Cpu)?;
    let loading_ms = ms(begun);
    let lexicon = Arc::new(Lexicon::new(None, &[WORDS.to_owned()])?);
    let begun = Instant::now();
    let transcript = recogniser.recognise(&sentence, &[], &lexicon)?;
    let took_ms = ms(begun);
    let text = transcript.best().map(|best| best.text().into_revealed()).unwrap_or_default();
    if subject.language == LANGUAGE
        && !text.split(' ').any(|word| WORDS.split(' ').any(|known| known == word))
    {
        let cause = format!("it understands not a word of {WORDS:?}; it heard {text:?}");
        return Ok(Outcome::Broken { cause });
    }
    Ok(Outcome::Heard { text, loading_ms, took_ms })
}

/// The surest score of any window.
fn score(scorer: &mut SpeechScorer, sentence: &[i16]) -> Result<f32, ModelError> {
    let mut windows = vec![Box::<ScoreWindow>::default()];
    let (mut surest, mut scores) = (0.0f32, Vec::new());
    for samples in sentence.chunks_exact(SCORE_WINDOW_SAMPLES) {
        let window = &mut windows[0];
        let kept = SCORE_WINDOW_SAMPLES - window.context.len();
        window.context.copy_from_slice(&window.samples[kept..]);
        for (to, from) in window.samples.iter_mut().zip(samples) {
            *to = f32::from(*from) / 32_768.0;
        }
        scores.clear();
        scorer.score(&mut windows, &mut scores)?;
        surest = scores.iter().copied().fold(surest, f32::max);
    }
    Ok(surest)
}

fn ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Tries it out in a process of its own, so that whatever happens there ends only that.
pub async fn apart(subject: &Subject) -> Outcome {
    let untried = |cause: String| Outcome::Untried { cause };
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return untried(format!("this program cannot find itself: {error}")),
    };
    let child =
        Command::new(program).args(arguments(subject)).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = match tokio::time::timeout(Duration::from_secs(TRIAL_S_MAX), child).await {
        Err(_) => {
            return Outcome::Broken { cause: format!("it did not come to an end within {TRIAL_S_MAX} s") };
        }
        Ok(Err(error)) => return untried(format!("no process for it can be started: {error}")),
        Ok(Ok(output)) => output,
    };
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        let last: String = errors.lines().last().unwrap_or_default().chars().take(200).collect();
        Outcome::Broken { cause: format!("it made the program end ({}) {last}", output.status) }
    })
}

fn arguments(subject: &Subject) -> Vec<OsString> {
    let mut arguments: Vec<OsString> =
        ["models", "trial", "--kind", subject.kind.name()].map(Into::into).into();
    arguments.extend(["--callers".into(), subject.language.clone().into()]);
    if let Some(library) = &subject.onnx_runtime {
        arguments.extend(["--onnx-runtime".into(), library.into()]);
    }
    arguments.extend(["--".into(), path(&subject.path)]);
    arguments
}

fn path(path: &Path) -> OsString {
    path.as_os_str().to_owned()
}
