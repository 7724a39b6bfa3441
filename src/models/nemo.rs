//! Larger CTC models of NeMo as sherpa-onnx lays them out: a folder with `model*.onnx` and `tokens.txt`.
//!
//! They hear a whole utterance at once, because each band is brought to mean 0 and deviation 1 over all of it. What
//! is wanted before the end is had by running on what there is, and only when a quarter more has come since: all
//! those runs together cost at most five times the last one. Checked piece for piece against sherpa-onnx
//! (`tests/recognisers_of_others.rs`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::boost::Boosts;
use super::folder;
use super::kaldi::{self, Fbank, Flavour, Waiting};
use super::leaning::Leaning;
use super::pieces::Pieces;
use super::prefixes;
use super::recogniser::{Fed, Recognise};
use super::runtime::network::{Element, Network, Tensor};
use super::spoken_pieces::{Spoken, transcript};
use super::transducer::read_pieces;
use super::{Lexicon, ModelError};
use crate::call::audio::halfband::Doubler;
use crate::call::hearing::{Ask, Expect, Transcript};
use crate::config::Device;

/// What messages call it.
const MODEL: &str = "recogniser (NeMo CTC)";
/// Paths that are kept where nothing else is asked for.
pub const PATHS: usize = 8;
/// Sound of a stream that is heard, in samples of 8 kHz: one minute. What follows is not.
const SAMPLES_MAX: usize = 60 * 8000;
/// Least new frames that are worth a run before the end: 400 ms.
const FRESH_FRAMES: usize = 40;
/// What blanks are called.
const BLANKS: [&str; 3] = ["<blk>", "<eps>", "<blank>"];
/// Frames a step, at most.
const SUBSAMPLING_MAX: usize = 32;

type Readings = Vec<(Vec<Spoken>, f64)>;

/// What has been said so far in one stretch of one call.
#[derive(Clone)]
pub struct NemoStream {
    doubler: Doubler,
    waiting: Waiting,
    frames: Vec<f32>,
    boosts: Option<Arc<Boosts>>,
    heard_samples: usize,
    /// What the last run made of how many frames.
    so_far: (Readings, usize),
}

/// A CTC model of NeMo on one thread.
pub struct Nemo {
    folder: PathBuf,
    paths: usize,
    device: Device,
    network: Network,
    pieces: Pieces,
    leaning: Leaning,
    fbank: Fbank,
    bands: usize,
    outputs: usize,
    subsampling: usize,
    normalises: bool,
    blank: usize,
    wide: Vec<i16>,
}

impl Nemo {
    /// Loads what lies in `folder`; the library must be [`open`](super::runtime::open). `paths`: how many readings
    /// are followed; 1 is greedy and leans towards nothing.
    ///
    /// # Errors
    /// A file is missing, damaged, or does not fit the others; the message names the file and what is wrong with it.
    pub fn load(folder: &Path, paths: usize, device: Device) -> Result<Self, ModelError> {
        let pieces = read_pieces(MODEL, folder)?;
        let network = Network::load(MODEL, &folder::weights(MODEL, folder, "model")?, device)?;
        let unusable = |cause| network.unusable(cause);
        let bands = bands(&network).map_err(unusable)?;
        let number = |key: &str, max| super::transducer::number(&network, key, max).map_err(unusable);
        let subsampling = number("subsampling_factor", SUBSAMPLING_MAX)?;
        let outputs = number("vocab_size", pieces.count())?;
        // files differ in whether they count the blank, which comes last
        let outputs = if outputs + 1 == pieces.count() { pieces.count() } else { outputs };
        let normalises = match network.property("normalize_type").as_deref() {
            Some("per_feature") => true,
            Some("" | "NA") => false,
            other => {
                return Err(unusable(format!(
                    "its normalize_type is {other:?}; this release runs per_feature"
                )));
            }
        };
        let blank = BLANKS.iter().find_map(|blank| pieces.number(blank));
        let blank = blank.map(|blank| blank as usize).filter(|blank| *blank < outputs);
        let blank = blank.ok_or_else(|| unusable(format!("tokens.txt has none of {BLANKS:?}")))?;
        let fbank = Fbank::new(Flavour::Nemo, bands);
        Ok(Self {
            folder: folder.to_owned(),
            paths,
            device,
            network,
            pieces,
            leaning: Leaning::default(),
            fbank,
            bands,
            outputs,
            subsampling,
            normalises,
            blank,
            wide: Vec::new(),
        })
    }

    /// The numbers of the pieces of the best reading so far as if the sound ended here, and the steps they begin at.
    ///
    /// # Errors
    /// The run failed.
    pub fn pieces(&mut self, stream: &NemoStream) -> Result<Vec<(u32, u32)>, ModelError> {
        let readings = self.readings(stream)?;
        let best = readings.into_iter().next().unwrap_or_default().0;
        Ok(best.iter().map(|it| (it.piece, it.step)).collect())
    }

    fn readings(&mut self, stream: &NemoStream) -> Result<Readings, ModelError> {
        let mut frames = stream.frames.clone();
        self.fbank.frames(&mut stream.waiting.clone(), true, &mut frames);
        let count = frames.len() / self.bands;
        let steps = count / self.subsampling;
        if steps == 0 {
            return Ok(Readings::new());
        }
        if self.normalises {
            kaldi::normalise_per_band(&mut frames, self.bands);
        }
        let by_band = (0..self.bands).flat_map(|band| frames.iter().skip(band).step_by(self.bands).copied());
        let features = Tensor::floats(&[1, self.bands, count], by_band.collect());
        let outputs = self.network.run(&[features, Tensor::wholes(&[1], vec![count as i64])])?;
        let heard = outputs.first();
        let dims = heard.map(|heard| heard.dims.clone()).unwrap_or_default();
        let values = heard.and_then(Tensor::as_floats).unwrap_or_default();
        let fits = matches!(dims[..], [1, given, outputs] if given >= steps && outputs == self.outputs);
        if !fits || values.iter().any(|value| value.is_nan()) {
            let cause = format!(
                "{count} frames gave the shape {dims:?}, or no numbers; {steps} steps of {} were due",
                self.outputs
            );
            return Err(self.network.strange(cause));
        }
        let values = &values[..steps * self.outputs];
        Ok(if self.paths == 1 {
            prefixes::greedy(values, self.outputs, self.blank)
        } else {
            prefixes::search(values, self.outputs, self.blank, self.paths, stream.boosts.as_deref())
        })
    }
}

/// The bands that the file wants, if its inputs are those of such a model.
fn bands(network: &Network) -> Result<usize, String> {
    let [signal, length] = network.inputs() else {
        return Err(format!("it has {} inputs, not a signal and its length", network.inputs().len()));
    };
    let bands = match signal.dims[..] {
        [_, bands, _] => bands.unwrap_or(80),
        _ => {
            return Err(format!(
                "its first input has the shape {:?}, not [batch, bands, frames]",
                signal.dims
            ));
        }
    };
    if signal.element != Element::Float || length.element != Element::Whole || !kaldi::BANDS.contains(&bands)
    {
        return Err(format!("its inputs are {signal:?} and {length:?}"));
    }
    Ok(bands)
}

impl Recognise for Nemo {
    type Stream = NemoStream;

    fn another(&self) -> Result<Self, ModelError> {
        Self::load(&self.folder, self.paths, self.device)
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<NemoStream, ModelError> {
        let boosts = self.leaning.towards(lexicon, expect, &self.pieces);
        Ok(NemoStream {
            doubler: Doubler::new(),
            waiting: Waiting::default(),
            frames: Vec::new(),
            boosts: (!boosts.is_empty()).then_some(boosts),
            heard_samples: 0,
            so_far: (Readings::new(), 0),
        })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, NemoStream>]) -> Result<(), ModelError> {
        for Fed { stream, samples } in batch {
            let samples = &samples[..samples.len().min(SAMPLES_MAX.saturating_sub(stream.heard_samples))];
            stream.heard_samples += samples.len();
            self.wide.clear();
            self.wide.resize(2 * samples.len(), 0);
            stream.doubler.double(samples, &mut self.wide);
            stream.waiting.push(&self.wide);
            self.fbank.frames(&mut stream.waiting, false, &mut stream.frames);
        }
        Ok(())
    }

    fn transcript(&mut self, stream: &mut NemoStream, ask: Ask) -> Result<Transcript, ModelError> {
        let count = stream.frames.len() / self.bands;
        let known = stream.so_far.1;
        if ask == Ask::AsIfEnded || count >= known + (known / 4).max(FRESH_FRAMES) {
            stream.so_far = (self.readings(stream)?, count);
        }
        let step_ms = (self.subsampling * kaldi::STEP_SAMPLES * 1000 / kaldi::RATE_HZ) as u32;
        Ok(transcript(&stream.so_far.0, &self.pieces, step_ms))
    }
}
