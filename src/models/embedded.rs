//! Our own recogniser: letters by the embedded weights, words by the lexicon.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::condition::condition;
use super::decoder::confidence::{misfit, shares};
use super::decoder::{Decoder, Reading};
use super::features::{LogMel, STEP_SAMPLES};
use super::letters::{Letter, spell};
use super::recogniser::{Fed, Recognise};
use super::runtime::FRAMES_PER_STEP;
use super::{LetterModel, Lexicon, ModelError};
use crate::call::hearing::{Ask, Expect, HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript};

/// What has been said so far in one stretch of one call.
pub struct EmbeddedStream {
    lexicon: Arc<Lexicon>,
    expect: Vec<Expect>,
    samples: Vec<i16>,
}

/// Our recogniser on one thread: weights and every buffer that a run needs.
pub struct Embedded {
    weights: PathBuf,
    letters: LetterModel,
    features: LogMel,
    decoder: Decoder,
    sound: Vec<f32>,
    frames: Vec<f32>,
    log_probs: Vec<f32>,
    scratch: Vec<f32>,
}

impl Embedded {
    /// Loads the weights; the library must be [`open`](super::runtime::open).
    ///
    /// # Errors
    /// The file is missing, damaged or of another model.
    pub fn load(weights: &Path) -> Result<Self, ModelError> {
        Ok(Self {
            weights: weights.to_owned(),
            letters: LetterModel::load(weights)?,
            features: LogMel::default(),
            decoder: Decoder::default(),
            sound: Vec::new(),
            frames: Vec::new(),
            log_probs: Vec::new(),
            scratch: Vec::new(),
        })
    }

    fn recognise(
        &mut self,
        samples: &[i16],
        expect: &[Expect],
        lexicon: &Lexicon,
    ) -> Result<Transcript, ModelError> {
        let Some(later) = condition(samples, &mut self.sound) else { return Ok(Transcript::default()) };
        self.features.frames(&self.sound, FRAMES_PER_STEP, &mut self.frames);
        self.log_probs.clear();
        self.letters.run(&self.frames, &mut self.log_probs)?;
        self.log_probs.iter_mut().for_each(|value| *value = soften(*value));
        let weights = Lexicon::weights(expect);
        let readings = self.decoder.decode(&lexicon.graph, &self.log_probs, &weights, HYPOTHESES_MAX);
        Ok(self.judge(&readings, lexicon, later))
    }

    /// Readings with confidences and times. `later`: how many samples later a moment lies in the conditioned sound.
    fn judge(&mut self, readings: &[Reading], lexicon: &Lexicon, later: i64) -> Transcript {
        let scores: Vec<f32> = readings.iter().map(|reading| reading.score).collect();
        let shares = shares(&scores, TEMPER);
        let ms = |step: u32| {
            let sample = i64::from(step) * (FRAMES_PER_STEP * STEP_SAMPLES) as i64 - later;
            u32::try_from(sample / 8).unwrap_or(0)
        };
        let hypotheses = readings.iter().zip(&shares).map(|(reading, share)| {
            let words: Vec<HeardWord> = reading
                .words
                .iter()
                .map(|&(word, start, end)| {
                    let text = &lexicon.graph.words[word as usize];
                    let letters: Vec<Letter> = spell(text).collect();
                    let misfit =
                        misfit(&self.log_probs, &letters, start as usize..end as usize, &mut self.scratch);
                    HeardWord {
                        text: text.to_string().into(),
                        confidence: sure(misfit),
                        start_ms: ms(start),
                        end_ms: ms(end),
                    }
                })
                .collect();
            let count = words.len().max(1) as f32;
            let mean = words.iter().map(|word| word.confidence).sum::<f32>() / count;
            Hypothesis { words, confidence: (mean * share).clamp(0.0, 1.0) }
        });
        let hypotheses: Vec<Hypothesis> = hypotheses.collect();
        let heard =
            hypotheses.first().is_some_and(|best| !best.words.is_empty() && best.confidence >= HEARD_MIN);
        Transcript { hypotheses: if heard { hypotheses } else { Vec::new() } }
    }
}

impl Recognise for Embedded {
    type Stream = EmbeddedStream;

    fn another(&self) -> Result<Self, ModelError> {
        Self::load(&self.weights)
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<EmbeddedStream, ModelError> {
        Ok(EmbeddedStream { lexicon: Arc::clone(lexicon), expect: expect.to_vec(), samples: Vec::new() })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, EmbeddedStream>]) -> Result<(), ModelError> {
        for fed in batch {
            fed.stream.samples.extend_from_slice(fed.samples);
        }
        Ok(())
    }

    fn transcript(&mut self, stream: &mut EmbeddedStream, _ask: Ask) -> Result<Transcript, ModelError> {
        self.recognise(&stream.samples, &stream.expect, &stream.lexicon)
    }
}

/// Probability that any letter keeps at any step: the weights are surer of themselves than they have reason to be.
const DOUBT: f32 = 3e-3;

fn soften(log_prob: f32) -> f32 {
    (log_prob.exp() * (1.0 - 32.0 * DOUBT) + DOUBT).ln()
}

/// Below it nothing was heard: of 39 such readings of people, synthetic callers, noise and unlisted sentences, one
/// was right (measured November 2026).
const HEARD_MIN: f32 = 0.1;

/// How much the scores of readings are trusted against each other.
const TEMPER: f32 = 0.5;

/// Confidence of a word by its misfit.
fn sure(misfit: f32) -> f32 {
    1.0 / (1.0 + (2.0 * (misfit - 1.5)).exp())
}
