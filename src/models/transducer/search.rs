//! From what the encoder heard to pieces: greedy where one path is kept, else modified beam search (at most one piece
//! a step), leaning towards words; as sherpa-onnx does it, so that both give the same pieces.

use std::path::Path as FilePath;
use std::sync::Arc;

use super::super::ModelError;
use super::super::boost::{Boosts, Place};
use super::super::pieces::Pieces;
use super::super::runtime::network::{Network, Tensor};
use super::super::spoken_pieces::Spoken;
use super::encoder::number;
use crate::config::Device;

/// Paths that a stream keeps, at most.
pub const PATHS_MAX: usize = 8;
/// Pieces that the decoder looks back over, at most.
const LOOK_BACK_MAX: usize = 8;
/// The number of the blank.
const BLANK: usize = 0;

/// One way to read what was heard.
#[derive(Clone)]
struct Path {
    spoken: Vec<Spoken>,
    score: f64,
    place: Place,
    /// What the decoder says to the last pieces; the same as long as nothing is put out.
    decoded: Option<Arc<[f32]>>,
}

/// The paths of one stream.
#[derive(Clone)]
pub struct Paths {
    paths: Vec<Path>,
    boosts: Option<Arc<Boosts>>,
    step: u32,
}

impl Paths {
    /// Of a stream that has heard nothing.
    #[must_use]
    pub fn begin(boosts: Option<Arc<Boosts>>) -> Self {
        let path = Path { spoken: Vec::new(), score: 0.0, place: 0, decoded: None };
        Self { paths: vec![path], boosts, step: 0 }
    }

    /// The readings with their scores, best first: by score for each piece, as sherpa-onnx picks.
    #[must_use]
    pub fn readings(&self, look_back: usize) -> Vec<(Vec<Spoken>, f64)> {
        let mut paths: Vec<&Path> = self.paths.iter().collect();
        let worth = |path: &Path| path.score / (path.spoken.len() + look_back) as f64;
        paths.sort_by(|one, other| worth(other).total_cmp(&worth(one)));
        paths.into_iter().map(|path| (path.spoken.clone(), path.score)).collect()
    }
}

/// Decoder and joiner.
pub struct Search {
    decoder: Network,
    joiner: Network,
    /// Pieces that the decoder looks back over.
    pub look_back: usize,
    outputs: usize,
    unknown: Option<usize>,
    paths: usize,
}

impl Search {
    /// Loads both and checks that they and the pieces belong together.
    ///
    /// # Errors
    /// One is missing or damaged, or they do not fit.
    pub fn load(
        model: &'static str,
        decoder: &FilePath,
        joiner: &FilePath,
        pieces: &Pieces,
        paths: usize,
    ) -> Result<Self, ModelError> {
        let decoder = Network::load(model, decoder, Device::Cpu)?;
        let joiner = Network::load(model, joiner, Device::Cpu)?;
        let properties = number(&decoder, "context_size", LOOK_BACK_MAX)
            .and_then(|look_back| Ok((look_back, number(&decoder, "vocab_size", pieces.count())?)));
        let (look_back, outputs) = properties.map_err(|cause| {
            decoder.unusable(format!("{cause} (tokens.txt has {} pieces)", pieces.count()))
        })?;
        let joined = joiner.outputs().first().and_then(|port| port.dims.last().copied().flatten());
        if joined.is_some_and(|joined| joined != outputs) {
            return Err(
                joiner.unusable(format!("it has {joined:?} outputs, but the decoder knows {outputs} pieces"))
            );
        }
        if decoder.inputs().len() != 1 || joiner.inputs().len() != 2 {
            return Err(joiner.unusable("decoder and joiner have not one and two inputs".to_owned()));
        }
        let unknown = pieces.number("<unk>").map(|number| number as usize);
        Ok(Self { decoder, joiner, look_back, outputs, unknown, paths: paths.clamp(1, PATHS_MAX) })
    }

    /// Goes on with each stream: `heard` is [streams, steps, width].
    ///
    /// # Errors
    /// A run failed or gave something else than the files say.
    pub fn hear(
        &mut self,
        streams: &mut [&mut Paths],
        heard: &[f32],
        (steps, width): (usize, usize),
    ) -> Result<(), ModelError> {
        for step in 0..steps {
            self.decode(streams)?;
            let mut frames = Vec::new();
            let mut decoded = Vec::new();
            for (index, stream) in streams.iter().enumerate() {
                for path in &stream.paths {
                    frames.extend_from_slice(&heard[(index * steps + step) * width..][..width]);
                    decoded.extend_from_slice(path.decoded.as_deref().unwrap_or_default());
                }
            }
            let rows: usize = streams.iter().map(|stream| stream.paths.len()).sum();
            let inputs = [
                Tensor::floats(&[rows, width], frames),
                Tensor::floats(&[rows, decoded.len() / rows], decoded),
            ];
            let joined = self.joiner.run(&inputs)?;
            let logits = joined.first().and_then(Tensor::as_floats).unwrap_or_default();
            if logits.len() != rows * self.outputs || logits.iter().any(|logit| logit.is_nan()) {
                let cause = format!(
                    "the joiner gave {} values for {rows} paths, or none that are numbers",
                    logits.len()
                );
                return Err(self.joiner.strange(cause));
            }
            let mut rest = logits;
            for stream in &mut *streams {
                let (own, others) = rest.split_at(stream.paths.len() * self.outputs);
                rest = others;
                self.expand(stream, own);
            }
        }
        Ok(())
    }

    /// Asks the decoder for those paths that have put something out since.
    fn decode(&mut self, streams: &mut [&mut Paths]) -> Result<(), ModelError> {
        let open = || streams.iter().flat_map(|stream| &stream.paths).filter(|path| path.decoded.is_none());
        let rows = open().count();
        if rows == 0 {
            return Ok(());
        }
        let pieces: Vec<i64> = open().flat_map(|path| last_pieces(&path.spoken, self.look_back)).collect();
        let decoded = self.decoder.run(&[Tensor::wholes(&[rows, self.look_back], pieces)])?;
        let values = decoded.first().and_then(Tensor::as_floats).unwrap_or_default();
        if values.is_empty() || values.len() % rows != 0 {
            return Err(self
                .decoder
                .strange(format!("the decoder gave {} values for {rows} paths", values.len())));
        }
        let rows = values.chunks(values.len() / rows);
        let open =
            streams.iter_mut().flat_map(|stream| &mut stream.paths).filter(|path| path.decoded.is_none());
        open.zip(rows).for_each(|(path, row)| path.decoded = Some(row.into()));
        Ok(())
    }

    /// Takes a stream's paths one step further.
    fn expand(&self, stream: &mut Paths, logits: &[f32]) {
        let paths = std::mem::take(&mut stream.paths);
        let rows: Vec<Vec<f32>> = logits.chunks(self.outputs).map(log_softmax).collect();
        let total = |path: usize, piece: usize| {
            if self.paths == 1 { logits[piece] } else { rows[path][piece] + paths[path].score as f32 }
        };
        let mut best: Vec<(f32, usize, usize)> = Vec::with_capacity(self.paths + 1);
        for path in 0..paths.len() {
            for piece in 0..self.outputs {
                let score = total(path, piece);
                if best.len() < self.paths || best.last().is_some_and(|(last, ..)| score > *last) {
                    let at = best.partition_point(|(other, ..)| *other >= score);
                    best.insert(at, (score, path, piece));
                    best.truncate(self.paths);
                }
            }
        }
        for (score, path, piece) in best {
            let mut next = paths[path].clone();
            let log_prob = rows[path][piece];
            let score = if self.paths == 1 { next.score as f32 + log_prob } else { score };
            let mut gain = 0.0;
            if piece != BLANK && Some(piece) != self.unknown {
                next.spoken.push(Spoken { piece: piece as u32, step: stream.step, log_prob });
                next.decoded = None;
                if let Some(boosts) = &stream.boosts {
                    (gain, next.place) = boosts.step(next.place, piece as u32);
                }
            }
            next.score = f64::from(score + gain);
            keep(&mut stream.paths, next);
        }
        stream.step = stream.step.saturating_add(1);
    }
}

/// Adds a path; two of the same pieces become one.
fn keep(paths: &mut Vec<Path>, path: Path) {
    let pieces = |path: &Path| path.spoken.iter().map(|it| it.piece).collect::<Vec<_>>();
    let own = pieces(&path);
    match paths.iter_mut().find(|other| other.spoken.len() == own.len() && pieces(other) == own) {
        Some(other) => {
            let (high, low) = (other.score.max(path.score), other.score.min(path.score));
            other.score = high + (low - high).exp().ln_1p();
        }
        None => paths.push(path),
    }
}

/// The last `count` pieces; before the first one stand the blank and, before that, -1 for nothing.
fn last_pieces(spoken: &[Spoken], count: usize) -> Vec<i64> {
    let before = (0..count).map(|at| if at + 1 == count { BLANK as i64 } else { -1 });
    let all: Vec<i64> =
        before.chain(spoken.iter().rev().take(count).rev().map(|it| i64::from(it.piece))).collect();
    all[all.len() - count..].to_vec()
}

fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - top).exp()).sum();
    logits.iter().map(|logit| logit - top - sum.ln()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_sees_what_came_last() {
        let spoken: Vec<Spoken> = [7, 8, 9].map(|piece| Spoken { piece, step: 0, log_prob: 0.0 }).to_vec();
        assert_eq!(last_pieces(&[], 2), [-1, 0]);
        assert_eq!(last_pieces(&spoken[..1], 2), [0, 7]);
        assert_eq!(last_pieces(&spoken, 2), [8, 9]);
    }

    #[test]
    fn the_same_pieces_are_one_path() {
        let path = |score| Path { spoken: Vec::new(), score, place: 0, decoded: None };
        let mut paths = vec![path(-1.0)];
        keep(&mut paths, path(-1.0));
        assert_eq!(paths.len(), 1);
        assert!((paths[0].score - (-1.0 + std::f64::consts::LN_2)).abs() < 1e-9);
    }
}
