//! Streaming transducers as sherpa-onnx lays them out: a folder with `encoder*.onnx`, `decoder*.onnx`,
//! `joiner*.onnx`, `tokens.txt` and, for cutting the site's words, `bpe.vocab` or `bpe.model`.
//!
//! 8 kHz sound is brought to 16 kHz, turned into Kaldi's features, heard by the encoder chunk by chunk (many streams
//! in one run) and searched for pieces of words. Checked piece for piece against sherpa-onnx
//! (`tests/recognisers_of_others.rs`); `docs/recognisers.md` says what that covers.

mod encoder;
mod search;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use self::encoder::number;
use self::encoder::{Encoder, States};
use self::search::{Paths, Search};
use super::folder;
use super::kaldi::{Fbank, Flavour, Waiting};
use super::leaning::Leaning;
use super::pieces::Pieces;
use super::recogniser::{Fed, Recognise};
use super::spoken_pieces::{Spoken, transcript};
use super::{Lexicon, ModelError};
use crate::call::audio::halfband::Doubler;
use crate::call::hearing::{Ask, Expect, Transcript};
use crate::config::Device;

/// What messages call it.
const MODEL: &str = "recogniser (transducer)";
/// Paths that are kept where nothing else is asked for; sherpa-onnx's own default.
pub const PATHS: usize = 4;
/// Streams in one run.
const BATCH_MAX: usize = 16;
/// Length of a step of the encoder: all architectures take four frames of 10 ms together.
const STEP_MS: u32 = 40;
/// Bytes of `tokens.txt`, `bpe.vocab` and `bpe.model`.
pub(super) const TEXT_BYTES_MAX: u64 = 8 << 20;
/// Sound of a stream that is heard, in samples of 8 kHz: two minutes. What follows is not.
const SAMPLES_MAX: usize = 120 * 8000;

/// What has been said so far in one stretch of one call.
#[derive(Clone)]
pub struct TransducerStream {
    doubler: Doubler,
    waiting: Waiting,
    features: Vec<f32>,
    states: States,
    paths: Paths,
    heard_samples: usize,
}

/// A transducer on one thread.
pub struct Transducer {
    folder: PathBuf,
    paths: usize,
    device: Device,
    pieces: Pieces,
    leaning: Leaning,
    fbank: Fbank,
    encoder: Encoder,
    search: Search,
    wide: Vec<i16>,
}

impl Transducer {
    /// Loads what lies in `folder`; the library must be [`open`](super::runtime::open). `paths`: how many readings
    /// are followed; 1 is greedy, more than 8 are 8. `device`: what runs the encoder; decoder and joiner are small and
    /// run step by step, on the CPU.
    ///
    /// # Errors
    /// A file is missing, damaged, or does not fit the others; the message names the file and what is wrong with it.
    pub fn load(folder: &Path, paths: usize, device: Device) -> Result<Self, ModelError> {
        let pieces = read_pieces(MODEL, folder)?;
        let encoder = Encoder::load(MODEL, &folder::weights(MODEL, folder, "encoder")?, device)?;
        let decoder = folder::weights(MODEL, folder, "decoder")?;
        let joiner = folder::weights(MODEL, folder, "joiner")?;
        let search = Search::load(MODEL, &decoder, &joiner, &pieces, paths)?;
        let fbank = Fbank::new(Flavour::Kaldi, encoder.bands);
        let folder = folder.to_owned();
        Ok(Self {
            folder,
            paths,
            device,
            pieces,
            leaning: Leaning::default(),
            fbank,
            encoder,
            search,
            wide: Vec::new(),
        })
    }

    /// The numbers of the pieces of the best reading, and the steps of 40 ms they were put out at.
    #[must_use]
    pub fn pieces(&self, stream: &TransducerStream) -> Vec<(u32, u32)> {
        let readings = stream.paths.readings(self.search.look_back);
        let best = readings.into_iter().next().unwrap_or_default().0;
        best.iter().map(|it| (it.piece, it.step)).collect()
    }

    /// A stream at its end: near silence for what the encoder still looks ahead to, and the last frames.
    ///
    /// # Errors
    /// A run failed.
    pub fn ended(&mut self, stream: &TransducerStream) -> Result<TransducerStream, ModelError> {
        let mut ended = stream.clone();
        ended.heard_samples = 0;
        let silence = vec![0; (self.encoder.chunk_frames + self.encoder.step_frames) * 80];
        self.take_in(&mut ended, &silence);
        self.fbank.frames(&mut ended.waiting, true, &mut ended.features);
        self.run(&mut [&mut ended])?;
        Ok(ended)
    }

    fn take_in(&mut self, stream: &mut TransducerStream, samples: &[i16]) {
        let samples = &samples[..samples.len().min(SAMPLES_MAX.saturating_sub(stream.heard_samples))];
        stream.heard_samples += samples.len();
        self.wide.clear();
        self.wide.resize(2 * samples.len(), 0);
        stream.doubler.double(samples, &mut self.wide);
        stream.waiting.push(&self.wide);
        self.fbank.frames(&mut stream.waiting, false, &mut stream.features);
    }

    /// Runs the chunks that the streams have features for, all streams together.
    fn run(&mut self, streams: &mut [&mut TransducerStream]) -> Result<(), ModelError> {
        let (bands, chunk) = (self.encoder.bands, self.encoder.chunk_frames);
        // one frame more than the chunk has to be there: so does sherpa-onnx, and the last chunk depends on it
        let ready = |stream: &TransducerStream| stream.features.len() > chunk * bands;
        let batch = self.encoder.batch(BATCH_MAX);
        loop {
            let mut some: Vec<&mut TransducerStream> = streams
                .iter_mut()
                .map(|stream| &mut **stream)
                .filter(|stream| ready(stream))
                .take(batch)
                .collect();
            if some.is_empty() {
                return Ok(());
            }
            let chunks =
                some.iter().flat_map(|stream| stream.features[..chunk * bands].iter().copied()).collect();
            let mut states: Vec<&mut States> = some.iter_mut().map(|stream| &mut stream.states).collect();
            let (heard, steps, width) = self.encoder.run(chunks, &mut states)?;
            for stream in &mut some {
                stream.features.drain(..self.encoder.step_frames * bands);
            }
            let mut paths: Vec<&mut Paths> = some.into_iter().map(|stream| &mut stream.paths).collect();
            self.search.hear(&mut paths, &heard, (steps, width))?;
        }
    }

    fn readings(&self, stream: &TransducerStream) -> Vec<(Vec<Spoken>, f64)> {
        stream.paths.readings(self.search.look_back)
    }
}

impl Recognise for Transducer {
    type Stream = TransducerStream;

    fn another(&self) -> Result<Self, ModelError> {
        Self::load(&self.folder, self.paths, self.device)
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<TransducerStream, ModelError> {
        let boosts = self.leaning.towards(lexicon, expect, &self.pieces);
        let leans = self.paths > 1 && !boosts.is_empty();
        Ok(TransducerStream {
            doubler: Doubler::new(),
            waiting: Waiting::default(),
            features: Vec::new(),
            states: self.encoder.begin(),
            paths: Paths::begin(leans.then_some(boosts)),
            heard_samples: 0,
        })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, TransducerStream>]) -> Result<(), ModelError> {
        for fed in &mut *batch {
            self.take_in(fed.stream, fed.samples);
        }
        self.run(&mut batch.iter_mut().map(|fed| &mut *fed.stream).collect::<Vec<_>>())
    }

    fn transcript(&mut self, stream: &mut TransducerStream, ask: Ask) -> Result<Transcript, ModelError> {
        let readings = match ask {
            Ask::AsIfEnded => {
                let ended = self.ended(stream)?;
                self.readings(&ended)
            }
            _ => self.readings(stream),
        };
        Ok(transcript(&readings, &self.pieces, STEP_MS))
    }
}

/// The pieces of a folder, with the scores for cutting where there are some.
pub(super) fn read_pieces(model: &'static str, folder: &Path) -> Result<Pieces, ModelError> {
    let unusable =
        |path: &Path, cause: String| ModelError::WeightsUnusable { model, path: path.to_owned(), cause };
    let text = |path: &Path| {
        let bytes = folder::read(model, path, TEXT_BYTES_MAX)?;
        String::from_utf8(bytes).map_err(|_| unusable(path, "it is no text in UTF-8".to_owned()))
    };
    let tokens = folder.join("tokens.txt");
    let mut pieces = Pieces::parse(&text(&tokens)?).map_err(|cause| unusable(&tokens, cause))?;
    let (vocabulary, sentencepiece) = (folder.join("bpe.vocab"), folder.join("bpe.model"));
    if vocabulary.is_file() {
        pieces.score_by_vocabulary(&text(&vocabulary)?).map_err(|cause| unusable(&vocabulary, cause))?;
    } else if sentencepiece.is_file() {
        let bytes = folder::read(model, &sentencepiece, TEXT_BYTES_MAX)?;
        pieces.score_by_model(&bytes).map_err(|cause| unusable(&sentencepiece, cause))?;
    }
    Ok(pieces)
}
