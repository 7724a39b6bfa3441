//! Our own recogniser: letters by the embedded weights, words by the lexicon, while the sound comes in.
//!
//! The weights take chunks of 60 ms of all streams of a batch in one run and carry a state a stream. What a step says
//! lies `lookahead_steps` earlier in the sound: so the first steps of a stream say nothing, and at its end that much
//! must follow. Whoever asks as if it had ended gets near silence for it, on a copy of the state.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decoder::{Decoder, Decoding};
use super::features::{FRAME_SAMPLES, LogMel, MEL_BANDS, STEP_SAMPLES};
use super::recogniser::{Fed, Recognise};
use super::runtime::{FRAMES_PER_STEP, LETTERS, LetterBatch};
use super::{LetterModel, Lexicon, ModelError};
use crate::call::audio::pcm::sample_to_float;
use crate::call::hearing::{Ask, Expect, Transcript};
use crate::config::Device;

/// Frames of a chunk: 60 ms. Weights were trained with chunks of any length; this one waits little and costs little.
const CHUNK_FRAMES: usize = 6;
/// Chunks of a stream in one run, where a whole sound is there at once: 1.2 s.
const CHUNKS_MAX: usize = 20;
/// Near silence before the first sound, as loud as the caller's room: training knows no caller who begins with the line,
/// and the weights need it to find their level.
const LEAD_IN_MS: usize = 200;
/// The room is as loud as the quietest stretch of this length, …
const QUIET_MS: usize = 10;
/// … before the first sound, of so much of it.
const FIRST_MS: usize = 20;
/// No room is louder (root mean square): that is somebody who speaks at once.
const ROOM_MAX: f32 = 0.05;
/// Samples a millisecond.
const SAMPLES_PER_MS: usize = 8;
/// No room is more silent (root mean square), as in training.
const ROOM_MIN: f32 = 3e-4;

/// What has been said so far in one stretch of one call.
pub struct EmbeddedStream {
    /// Sound that frames to come still need, ±1.
    tail: Vec<f32>,
    /// Frames that fill no chunk yet.
    frames: Vec<f32>,
    state: Vec<f32>,
    /// How loud the caller's room is, root mean square; `None`: nothing was heard yet.
    room: Option<f32>,
    /// Steps that are still to come before one speaks of this sound.
    silent_steps: usize,
    /// Steps that the decoder has not seen: it is asked by those who want words.
    steps: Vec<f32>,
    decoding: Decoding,
}

impl EmbeddedStream {
    fn hear(&mut self, samples: &[i16], features: &mut LogMel) {
        if self.room.is_none() && !samples.is_empty() {
            let room = quietest(&samples[..samples.len().min(FIRST_MS * SAMPLES_PER_MS)]);
            self.tail.extend(near_silence(room).take(LEAD_IN_MS * SAMPLES_PER_MS));
            self.room = Some(room);
        }
        self.room = self.room.map(|room| room.min(quietest(samples)));
        self.tail.extend(samples.iter().map(|sample| sample_to_float(*sample)));
        features.take(&mut self.tail, &mut self.frames);
    }

    fn chunks(&self) -> usize {
        self.frames.len() / (CHUNK_FRAMES * MEL_BANDS)
    }

    /// Takes the steps of a run in.
    fn take(&mut self, log_probs: &[f32]) {
        let silent = self.silent_steps.min(log_probs.len() / LETTERS);
        self.silent_steps -= silent;
        self.steps.extend_from_slice(&log_probs[silent * LETTERS..]);
    }
}

/// Our recogniser on one thread: weights and every buffer that a run needs.
pub struct Embedded {
    weights: PathBuf,
    device: Device,
    letters: LetterModel,
    features: LogMel,
    decoder: Decoder,
    batch: LetterBatch,
}

impl Embedded {
    /// Loads the weights; the library must be [`open`](super::runtime::open).
    ///
    /// # Errors
    /// The file is missing, damaged or of another model, or the device is not there.
    pub fn load(weights: &Path, device: Device) -> Result<Self, ModelError> {
        Ok(Self {
            weights: weights.to_owned(),
            device,
            letters: LetterModel::load(weights, device)?,
            features: LogMel::default(),
            decoder: Decoder::default(),
            batch: LetterBatch::default(),
        })
    }

    /// One run over those streams of the batch that have so many chunks.
    fn run(&mut self, batch: &mut [Fed<'_, EmbeddedStream>], chunks: usize) -> Result<(), ModelError> {
        let values = chunks * CHUNK_FRAMES * MEL_BANDS;
        let LetterBatch { streams, frames, log_mel, state, .. } = &mut self.batch;
        (*streams, *frames) = (0, chunks * CHUNK_FRAMES);
        log_mel.clear();
        state.clear();
        for stream in batch.iter().map(|fed| &*fed.stream).filter(|stream| stream.chunks() >= chunks) {
            log_mel.extend_from_slice(&stream.frames[..values]);
            state.extend_from_slice(&stream.state);
            *streams += 1;
        }
        self.letters.run(&mut self.batch)?;
        let states = self.batch.state.chunks_exact(self.letters.state_len());
        let steps = self.batch.frames / FRAMES_PER_STEP * LETTERS;
        let results = states.zip(self.batch.log_probs.chunks_exact(steps));
        let streams = batch.iter_mut().map(|fed| &mut *fed.stream);
        for (stream, (state, log_probs)) in streams.filter(|stream| stream.chunks() >= chunks).zip(results) {
            stream.frames.drain(..values);
            stream.state.copy_from_slice(state);
            stream.take(log_probs);
        }
        Ok(())
    }

    /// The steps that are still to come where nothing but near silence follows; the stream stays as it is.
    fn rest(&mut self, stream: &EmbeddedStream) -> Result<Vec<f32>, ModelError> {
        let known = stream.frames.len() / MEL_BANDS;
        let sound = stream.tail.len().div_ceil(STEP_SAMPLES);
        let ahead = self.letters.lookahead_steps() * FRAMES_PER_STEP;
        let frames = (known + sound + ahead).next_multiple_of(FRAMES_PER_STEP);
        let mut samples = stream.tail.clone();
        let silence = (frames - known - 1) * STEP_SAMPLES + FRAME_SAMPLES - samples.len();
        samples.extend(near_silence(stream.room.unwrap_or(ROOM_MIN)).take(silence));
        let LetterBatch { log_mel, state, .. } = &mut self.batch;
        log_mel.clear();
        log_mel.extend_from_slice(&stream.frames);
        self.features.take(&mut samples, log_mel);
        state.clear();
        state.extend_from_slice(&stream.state);
        (self.batch.streams, self.batch.frames) = (1, frames);
        self.letters.run(&mut self.batch)?;
        let silent = stream.silent_steps.min(frames / FRAMES_PER_STEP);
        Ok(self.batch.log_probs[silent * LETTERS..].to_vec())
    }
}

impl Recognise for Embedded {
    type Stream = EmbeddedStream;

    fn another(&self) -> Result<Self, ModelError> {
        Self::load(&self.weights, self.device)
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<EmbeddedStream, ModelError> {
        Ok(EmbeddedStream {
            tail: Vec::new(),
            frames: Vec::new(),
            state: vec![0.0; self.letters.state_len()],
            room: None,
            silent_steps: self.letters.lookahead_steps(),
            steps: Vec::new(),
            decoding: Decoding::begin(lexicon, expect),
        })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, EmbeddedStream>]) -> Result<(), ModelError> {
        for fed in &mut *batch {
            fed.stream.hear(fed.samples, &mut self.features);
        }
        loop {
            let chunks = batch.iter().map(|fed| fed.stream.chunks()).filter(|chunks| *chunks > 0).min();
            let Some(chunks) = chunks else { return Ok(()) };
            self.run(batch, chunks.min(CHUNKS_MAX))?;
        }
    }

    fn transcript(&mut self, stream: &mut EmbeddedStream, ask: Ask) -> Result<Transcript, ModelError> {
        stream.decoding.push(&mut self.decoder, &stream.steps);
        stream.steps.clear();
        if ask != Ask::AsIfEnded {
            return Ok(stream.decoding.transcript(&mut self.decoder, ask, -(LEAD_IN_MS as i64)));
        }
        let rest = self.rest(stream)?;
        let mut ended = stream.decoding.clone();
        ended.push(&mut self.decoder, &rest);
        Ok(ended.transcript(&mut self.decoder, ask, -(LEAD_IN_MS as i64)))
    }
}

/// Level of the quietest whole stretch of [`QUIET_MS`], root mean square; within [`ROOM_MIN`] and [`ROOM_MAX`].
fn quietest(samples: &[i16]) -> f32 {
    let stretches = samples.chunks_exact(QUIET_MS * SAMPLES_PER_MS);
    let power = |stretch: &[i16]| stretch.iter().map(|sample| sample_to_float(*sample).powi(2)).sum::<f32>();
    let least = stretches.map(power).fold(f32::INFINITY, f32::min) / (QUIET_MS * SAMPLES_PER_MS) as f32;
    least.sqrt().clamp(ROOM_MIN, ROOM_MAX)
}

/// Noise of this level, the same every time: a 32-bit linear congruential generator (Numerical Recipes' constants).
fn near_silence(level: f32) -> impl Iterator<Item = f32> {
    let peak = level * 3f32.sqrt();
    std::iter::successors(Some(1u32), |state| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)))
        .map(move |state| ((state >> 8) as f32 / (1u32 << 23) as f32 - 1.0) * peak)
}
