//! Our own recogniser: letters by the embedded weights, words by the lexicon.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::condition::condition;
use super::decoder::{Decoder, Decoding};
use super::features::LogMel;
use super::recogniser::{Fed, Recognise};
use super::runtime::FRAMES_PER_STEP;
use super::{LetterModel, Lexicon, ModelError};
use crate::call::hearing::{Ask, Expect, Transcript};

/// What has been said so far in one stretch of one call.
pub struct EmbeddedStream {
    lexicon: Arc<Lexicon>,
    expect: Vec<Expect>,
    samples: Vec<i16>,
    /// The last words, and of how many samples.
    known: (usize, Transcript),
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
        })
    }

    fn recognise(
        &mut self,
        samples: &[i16],
        expect: &[Expect],
        lexicon: &Arc<Lexicon>,
    ) -> Result<Transcript, ModelError> {
        let Some(later) = condition(samples, &mut self.sound) else { return Ok(Transcript::default()) };
        self.features.frames(&self.sound, FRAMES_PER_STEP, &mut self.frames);
        self.log_probs.clear();
        self.letters.run(&self.frames, &mut self.log_probs)?;
        let mut decoding = Decoding::begin(lexicon, expect);
        decoding.push(&mut self.decoder, &self.log_probs);
        Ok(decoding.transcript(&mut self.decoder, Ask::AsIfEnded, -later / 8))
    }
}

/// These weights hear all of a sound anew each time, so that partial words come each 400 ms only.
const PARTIAL_EVERY_SAMPLES: usize = 3_200;

impl Recognise for Embedded {
    type Stream = EmbeddedStream;

    fn another(&self) -> Result<Self, ModelError> {
        Self::load(&self.weights)
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<EmbeddedStream, ModelError> {
        let (lexicon, expect, known) = (Arc::clone(lexicon), expect.to_vec(), (0, Transcript::default()));
        Ok(EmbeddedStream { lexicon, expect, samples: Vec::new(), known })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, EmbeddedStream>]) -> Result<(), ModelError> {
        for fed in batch {
            fed.stream.samples.extend_from_slice(fed.samples);
        }
        Ok(())
    }

    fn transcript(&mut self, stream: &mut EmbeddedStream, ask: Ask) -> Result<Transcript, ModelError> {
        let EmbeddedStream { samples, expect, lexicon, known } = stream;
        if ask == Ask::AsIfEnded || samples.len() - known.0 >= PARTIAL_EVERY_SAMPLES {
            *known = (samples.len(), self.recognise(samples, expect, lexicon)?);
        }
        Ok(known.1.clone())
    }
}
