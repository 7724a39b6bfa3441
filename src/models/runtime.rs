//! The one file that knows ONNX Runtime, with `network` beside it for networks of others.
//!
//! Any call into `ort` before a successful `init_from` panics, so there is one gate, [`open`], and everything
//! that is made here has passed it. Releases of the library from 1.29 on report to their vendor as soon as an
//! environment exists; the version is therefore read from the file before it is loaded, and such a file is
//! refused unless `ORT_DISABLE_TELEMETRY=1` stands in the environment (we cannot set it ourselves: changing the
//! environment of a running process is unsound with threads about).
//!
//! One session serves one thread (`run` takes `&mut self`); `intra_threads = 1` because two would spin against
//! each other (measured: p99 5 ms).

mod device;
pub mod network;

use device::gpu;
pub use device::{RunsOn, runs_on};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::TensorRef;

use super::{ModelError, elf, places};
use crate::call::hearing::{SCORE_CONTEXT_SAMPLES, SCORE_STATE_LEN, SCORE_WINDOW_SAMPLES, ScoreWindow};
use crate::config::Device;

/// The first release that reports to its vendor.
const VERSION_REPORTING: (u32, u32) = (1, 29);
/// The library's version as the linker wrote it into every release: `VERS_1.28.0`.
const VERSION_MARK: &[u8] = b"VERS_";

/// The process's one environment; never taken out again, because sessions point into it.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// Loads the library, once a process: `library` where given, else where packages and builds put it. Later calls
/// find it loaded and change nothing.
///
/// # Errors
/// The library is missing, refused or unusable; another call may then try another file.
pub fn open(library: Option<&Path>) -> Result<(), ModelError> {
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if environment.is_some() {
        return Ok(());
    }
    let path = places::library(library)?;
    look_at(&path)?;
    let unusable = |cause: String| ModelError::LibraryUnusable { path: path.clone(), cause };
    let builder = ort::init_from(&path).map_err(|error| unusable(error.to_string()))?;
    let built = builder
        .with_name("klinke")
        .with_telemetry(false)
        .with_logger(Arc::new(|level, _, _, _, message| forward(level, message)))
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    *environment = Some(built);
    Ok(())
}

/// ONNX Runtime is talkative: its warnings are our debugging notes.
fn forward(level: LogLevel, message: &str) {
    match level {
        LogLevel::Fatal | LogLevel::Error => log::warn!("onnxruntime: {message}"),
        LogLevel::Warning => log::debug!("onnxruntime: {message}"),
        _ => log::trace!("onnxruntime: {message}"),
    }
}

/// Whether that file may be loaded.
fn look_at(path: &Path) -> Result<(), ModelError> {
    let unusable = |cause: String| ModelError::LibraryUnusable { path: path.to_owned(), cause };
    let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let version = version_in(&bytes).ok_or_else(|| unusable("no version of ONNX Runtime in it".into()))?;
    let reports = numbers(&version).is_none_or(|numbers| numbers >= VERSION_REPORTING);
    let silenced = std::env::var_os("ORT_DISABLE_TELEMETRY").is_some_and(|value| value == "1");
    if reports && !silenced {
        return Err(ModelError::LibraryReports { path: path.to_owned(), version });
    }
    if !elf::is_whole(&bytes) {
        return Err(unusable("it is cut off or no library".into()));
    }
    Ok(())
}

/// The version that stands in a library's bytes: `1.28.0`.
fn version_in(bytes: &[u8]) -> Option<String> {
    let at = bytes
        .windows(VERSION_MARK.len() + 1)
        .position(|window| window.starts_with(VERSION_MARK) && window[VERSION_MARK.len()].is_ascii_digit())?;
    let tail = bytes[at + VERSION_MARK.len()..].iter();
    let text = tail.take_while(|byte| byte.is_ascii_digit() || **byte == b'.').map(|byte| char::from(*byte));
    Some(text.take(16).collect())
}

/// Major and minor number of a version.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// Loads weights and checks that they are those of this model.
fn load(model: &'static str, path: &Path, inputs: &[&str], device: Device) -> Result<Session, ModelError> {
    let unusable = |cause: String| ModelError::WeightsUnusable { model, path: path.to_owned(), cause };
    match std::fs::metadata(path) {
        Err(_) => return Err(ModelError::WeightsMissing { model, path: path.to_owned() }),
        Ok(found) if found.is_dir() => return Err(unusable("it is a folder".to_owned())),
        Ok(found) if found.is_file() && found.len() == 0 => return Err(unusable("it is empty".to_owned())),
        Ok(_) => {}
    }
    let session = session(model, path, device)?;
    let names: Vec<&str> = session.inputs().iter().map(|input| input.name()).collect();
    if names != inputs {
        return Err(unusable(format!("its inputs are {names:?}, not {inputs:?}")));
    }
    Ok(session)
}

/// A session of the weights in a file: by name, so that ONNX Runtime maps weights that lie in a file of their own.
fn session(model: &'static str, path: &Path, device: Device) -> Result<Session, ModelError> {
    let cuda = match device {
        Device::Cpu => false,
        Device::Auto => gpu().is_ok(),
        Device::Cuda => {
            gpu().map_err(|cause| ModelError::DeviceUnusable { device: "cuda", cause })?;
            true
        }
    };
    builder()
        .and_then(|builder| if cuda { on_gpu(builder) } else { Ok(builder) })
        .and_then(|mut builder| builder.commit_from_file(path).map_err(|error| error.to_string()))
        .map_err(|cause| ModelError::WeightsUnusable { model, path: path.to_owned(), cause })
}

fn builder() -> Result<SessionBuilder, String> {
    let environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    let environment = environment.as_ref().ok_or("ONNX Runtime is not loaded")?;
    let builder = Session::builder(environment).map_err(|error| error.to_string())?;
    let builder = builder.with_intra_threads(1).map_err(|error| error.to_string())?;
    builder.with_inter_threads(1).map_err(|error| error.to_string())
}

/// A session on the GPU, or not at all: the provider's default would fall back and only log it.
fn on_gpu(builder: SessionBuilder) -> Result<SessionBuilder, String> {
    let provider = ort::ep::CUDA::default().build().error_on_failure();
    builder.with_execution_providers([provider]).map_err(|error| error.to_string())
}

/// Letters that the recogniser's weights know, in the order of their output; the blank is 0.
pub const ALPHABET: &str = " abcdefghijklmnopqrstuvwxyzäöüß";
/// Outputs a step: the blank and the letters.
pub const LETTERS: usize = 32;
/// Log-mel frames a step.
pub const FRAMES_PER_STEP: usize = 3;
/// Length of a step: 30 ms.
pub const STEP_MS: i64 = 30;

/// The acoustic half of our recogniser: log-mel frames of many streams to probabilities of letters.
pub struct LetterModel {
    session: Session,
    state_len: usize,
    lookahead_steps: usize,
}

/// A chunk of each of many streams: frames by stream, states by stream; answers in the same order.
#[derive(Default)]
pub struct LetterBatch {
    /// Streams in it.
    pub streams: usize,
    /// Frames of each stream, a multiple of [`FRAMES_PER_STEP`].
    pub frames: usize,
    /// [`MEL_BANDS`](super::features::MEL_BANDS) values a frame.
    pub log_mel: Vec<f32>,
    /// [`LetterModel::state_len`] values a stream; brought forward by a run.
    pub state: Vec<f32>,
    /// What a run gives: [`LETTERS`] values a step.
    pub log_probs: Vec<f32>,
}

impl LetterModel {
    const NAME: &'static str = "recogniser";
    /// What the weights' file says of itself.
    const KIND: &'static str = "letters";
    /// Values of a state, at most: 4 MiB.
    const STATE_LEN_MAX: usize = 1 << 20;
    /// Look-ahead, at most: the 320 ms that a caller may be kept waiting.
    const LOOKAHEAD_STEPS_MAX: usize = 10;

    /// Loads the weights; the library must be [`open`].
    ///
    /// # Errors
    /// The file is missing, damaged or of another model, or the device is not there.
    pub fn load(path: &Path, device: Device) -> Result<Self, ModelError> {
        let session = load(Self::NAME, path, &["log_mel", "state"], device)?;
        let unusable =
            |cause: String| ModelError::WeightsUnusable { model: Self::NAME, path: path.to_owned(), cause };
        let (state_len, lookahead_steps) = Self::properties(&session).map_err(unusable)?;
        Ok(Self { session, state_len, lookahead_steps })
    }

    /// Length of the state, and the look-ahead.
    fn properties(session: &Session) -> Result<(usize, usize), String> {
        let properties = session.metadata().map_err(|error| error.to_string())?;
        let text = |key: &str| properties.custom(key).ok_or_else(|| format!("it has no property {key}"));
        let number = |key: &str, max: usize| {
            let text = text(key)?;
            let value = text.parse().ok().filter(|value| (1..=max).contains(value));
            value.ok_or_else(|| format!("its property {key} is {text:?}, not 1 to {max}"))
        };
        match text("klinke.kind")? {
            kind if kind == Self::KIND => Ok((
                number("klinke.state_len", Self::STATE_LEN_MAX)?,
                number("klinke.lookahead_steps", Self::LOOKAHEAD_STEPS_MAX)?,
            )),
            kind => Err(format!("its property klinke.kind is {kind:?}, not {:?}", Self::KIND)),
        }
    }

    /// Values of the state of a stream; zeros at its beginning.
    #[must_use]
    pub const fn state_len(&self) -> usize {
        self.state_len
    }

    /// So many steps earlier lies the sound that a step speaks of.
    #[must_use]
    pub const fn lookahead_steps(&self) -> usize {
        self.lookahead_steps
    }

    /// Log probabilities of the letters of each stream of the batch, in place of those in it, and the states after
    /// them.
    ///
    /// # Errors
    /// The run failed or its output has another shape.
    pub fn run(&mut self, batch: &mut LetterBatch) -> Result<(), ModelError> {
        let failed = |error: ort::Error| ModelError::Run { model: Self::NAME, cause: error.to_string() };
        let LetterBatch { streams, frames, log_mel, state, log_probs } = batch;
        let shape = [*streams, *frames, super::features::MEL_BANDS];
        let frames = TensorRef::from_array_view((shape, &**log_mel)).map_err(failed)?;
        let before = TensorRef::from_array_view(([*streams, self.state_len], &**state)).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![frames, before]).map_err(failed)?;
        let (_, letters) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
        let (_, after) = outputs[1].try_extract_tensor::<f32>().map_err(failed)?;
        let steps = *streams * shape[1] / FRAMES_PER_STEP;
        if letters.len() != steps * LETTERS || after.len() != *streams * self.state_len {
            let cause = format!(
                "{steps} steps of {streams} streams gave {} probabilities and {} values of state",
                letters.len(),
                after.len()
            );
            return Err(ModelError::Run { model: Self::NAME, cause });
        }
        log_probs.clear();
        log_probs.extend_from_slice(letters);
        state.clear();
        state.extend_from_slice(after);
        Ok(())
    }
}

/// Windows that the scorer takes at once; beyond 16 a larger batch gains nothing (measured November 2026).
pub const SCORE_BATCH_MAX: usize = 16;

/// Tells speech from the rest: Silero VAD 6 at 8 kHz, over windows of many calls at once.
pub struct SpeechScorer {
    weights: PathBuf,
    session: Session,
    samples: Vec<f32>,
    state: Vec<f32>,
}

impl SpeechScorer {
    const NAME: &'static str = "speech scorer";
    const RATE: [i64; 1] = [8000];
    /// Values of the state a layer; two layers.
    const LAYER: usize = SCORE_STATE_LEN / 2;

    /// Loads the weights; the library must be [`open`].
    ///
    /// # Errors
    /// The file is missing, damaged or of another model.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let session = load(Self::NAME, path, &["input", "state", "sr"], Device::Cpu)?;
        let samples = Vec::with_capacity(SCORE_BATCH_MAX * (SCORE_CONTEXT_SAMPLES + SCORE_WINDOW_SAMPLES));
        let state = Vec::with_capacity(SCORE_BATCH_MAX * SCORE_STATE_LEN);
        Ok(Self { weights: path.to_owned(), session, samples, state })
    }

    /// Another one for another thread.
    ///
    /// # Errors
    /// The file is gone or damaged by now.
    pub fn another(&self) -> Result<Self, ModelError> {
        Self::load(&self.weights)
    }

    /// Scores `windows`, brings their states forward and appends a probability each to `probabilities`. Our own
    /// buffers are kept between runs.
    ///
    /// # Errors
    /// The run failed or its output has another shape; states are then as before.
    pub fn score(
        &mut self,
        windows: &mut [Box<ScoreWindow>],
        probabilities: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        windows.chunks_mut(SCORE_BATCH_MAX).try_for_each(|batch| self.score_batch(batch, probabilities))
    }

    fn score_batch(
        &mut self,
        windows: &mut [Box<ScoreWindow>],
        probabilities: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.gather(windows);
        let count = windows.len();
        let failed = |error: ort::Error| ModelError::Run { model: Self::NAME, cause: error.to_string() };
        let width = SCORE_CONTEXT_SAMPLES + SCORE_WINDOW_SAMPLES;
        let samples = TensorRef::from_array_view(([count, width], &*self.samples)).map_err(failed)?;
        let state = TensorRef::from_array_view(([2, count, Self::LAYER], &*self.state)).map_err(failed)?;
        let rate: [usize; 0] = [];
        let rate = TensorRef::from_array_view((rate, &Self::RATE[..])).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![samples, state, rate]).map_err(failed)?;
        let (_, scores) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
        let (_, states) = outputs[1].try_extract_tensor::<f32>().map_err(failed)?;
        if scores.len() != count || states.len() != count * SCORE_STATE_LEN {
            let cause = format!("{count} windows gave {} scores and {} states", scores.len(), states.len());
            return Err(ModelError::Run { model: Self::NAME, cause });
        }
        for (index, window) in windows.iter_mut().enumerate() {
            for layer in 0..2 {
                let from = (layer * count + index) * Self::LAYER;
                window.state[layer * Self::LAYER..][..Self::LAYER]
                    .copy_from_slice(&states[from..from + Self::LAYER]);
            }
        }
        probabilities.extend_from_slice(scores);
        Ok(())
    }

    /// Lays the windows out as the model takes them: samples by window, states by layer, then by window.
    fn gather(&mut self, windows: &[Box<ScoreWindow>]) {
        self.samples.clear();
        self.state.clear();
        for window in windows {
            self.samples.extend_from_slice(&window.context);
            self.samples.extend_from_slice(&window.samples);
        }
        for layer in 0..2 {
            for window in windows {
                self.state.extend_from_slice(&window.state[layer * Self::LAYER..][..Self::LAYER]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_out_of_a_library() {
        assert_eq!(version_in(b"\0VERS_\0xVERS_1.28.0\0").as_deref(), Some("1.28.0"));
        assert_eq!(version_in(b"nothing of that"), None);
        assert!(numbers("1.28.0") < Some(VERSION_REPORTING));
        assert!(numbers("1.29.1") >= Some(VERSION_REPORTING));
        assert_eq!(numbers("next"), None);
    }
}
