//! Vosk: models of Kaldi, run by libvosk (0.3.45, out of the PyPI wheel), which is loaded at run time and only where
//! such a model is configured.
//!
//! A stretch of speech has a decoder of its own. What is heard so far is libvosk's partial answer, with confidences
//! from its lattice. Asked as if the stretch had ended, the decoder gets near silence, so that its last words come out
//! of the network, tells them with confidences, and then ends, because only then libvosk gives its n-best list; sound
//! that follows begins a new part of the same stretch. Where the caller is in mid-word the decoder is not ended.
//!
//! Where the question is closed the decoder listens to a grammar of the site's words (`wording`), with `[unk]` for
//! everything else. That is no cage: where `[unk]` was heard, the same sound is decoded once more with all words.
//!
//! Confidences of words are libvosk's own; those of readings are shares of their scores and not calibrated.

mod answer;
mod folder;
mod library;
mod wording;

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use self::answer::{Reading, Word};
use self::library::{Decoder, Model};
use super::recogniser::Fed;
use super::{Lexicon, ModelError, Recognise};
use crate::call::hearing::{Ask, Expect, HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript};

pub use library::open;

const NAME: &str = "recogniser";
/// What calls sound like.
const RATE_HZ: u16 = 8_000;
const SAMPLES_PER_MS: usize = 8;
/// Near silence that brings the last words out of the network: its right context and one of its pieces.
const PAD_MS: u32 = 400;
/// Sound of a stretch that is kept to be decoded once more, in ms.
const KEPT_MS_MAX: usize = 30_000;
/// The end of the sound that has to be quiet for a decoder to be ended.
const TAIL_MS: usize = 100;
/// How much quieter than the loudest `TAIL_MS` it has to be, in amplitude.
const QUIET_SHARE: f32 = 0.2;
/// Grammars that are kept ready: a site has one for each of its questions.
const GRAMMARS_MAX: usize = 64;
/// Parts of one stretch whose words are kept.
const PARTS_MAX: usize = 50;
/// How much differences between scores count: libvosk's are in the scale of the acoustic model.
const TEMPER: f32 = 0.5;

/// A recogniser for one thread; all share the model.
pub struct Vosk {
    shared: Arc<Shared>,
}

struct Shared {
    model: Arc<Model>,
    takes_grammar: bool,
    /// The latest last.
    grammars: Mutex<Vec<Grammar>>,
}

struct Grammar {
    /// Held so that no other lexicon can take its place in memory.
    lexicon: Arc<Lexicon>,
    expect: Vec<Expect>,
    text: Option<Arc<CStr>>,
}

/// One stretch of speech.
pub struct VoskStream {
    decoder: Decoder,
    grammar: Option<Arc<CStr>>,
    /// What was heard since the decoder was last ended.
    kept: Vec<i16>,
    /// Sound of the caller before that, in ms.
    before_ms: u32,
    /// Padding that the decoder has heard before what it is hearing now, in ms.
    padding_ms: u32,
    /// Words of the parts that were ended.
    parts: Vec<Hypothesis>,
}

impl Vosk {
    /// Loads the model in `folder`, and the library where it is not [`open`] yet.
    ///
    /// # Errors
    /// The library is missing; a file is missing or damaged; libvosk refuses the model.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let unusable =
            |cause: String| ModelError::WeightsUnusable { model: NAME, path: folder.to_owned(), cause };
        if !folder.is_dir() {
            return Err(ModelError::WeightsMissing { model: NAME, path: folder.to_owned() });
        }
        let layout = folder::look_at(folder).map_err(unusable)?;
        let path =
            CString::new(folder.as_os_str().as_bytes()).map_err(|error| unusable(error.to_string()))?;
        let model = Model::load(&path)?.ok_or_else(|| unusable("libvosk refuses it".to_owned()))?;
        let shared =
            Shared { model: Arc::new(model), takes_grammar: layout.grammar, grammars: Mutex::default() };
        let vosk = Self { shared: Arc::new(shared) };
        // a graph that is cut off shows only here
        vosk.decoder(None)?;
        Ok(vosk)
    }

    fn decoder(&self, grammar: Option<&CStr>) -> Result<Decoder, ModelError> {
        Decoder::new(&self.shared.model, RATE_HZ, grammar, HYPOTHESES_MAX as u8)
            .ok_or_else(|| failed("libvosk gives no decoder"))
    }

    /// The grammar of an expectation, made once.
    fn grammar(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Option<Arc<CStr>> {
        if !self.shared.takes_grammar {
            return None;
        }
        let mut grammars = self.shared.grammars.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |it: &Grammar| Arc::ptr_eq(&it.lexicon, lexicon) && it.expect == expect;
        if let Some(known) = grammars.iter().find(|it| same(it)) {
            return known.text.clone();
        }
        let text =
            wording::grammar(lexicon, expect, &mut |word| self.shared.model.knows(word)).map(Arc::from);
        if grammars.len() >= GRAMMARS_MAX {
            grammars.remove(0);
        }
        grammars.push(Grammar { lexicon: Arc::clone(lexicon), expect: expect.to_vec(), text: text.clone() });
        text
    }

    /// Ends the decoder and gives its readings, or, where it heard something outside its grammar, those of all words.
    fn end(&self, stream: &mut VoskStream, so_far: &Reading) -> Result<Vec<Hypothesis>, ModelError> {
        let json = stream.decoder.finish().ok_or_else(|| failed("libvosk gives no answer"))?;
        let mut readings = answer::finished(&json).map_err(failed)?;
        let mut sure = so_far.clone();
        let mut offset_ms = -i64::from(stream.padding_ms);
        let outside = so_far.unknown || readings.first().is_some_and(|best| best.unknown);
        if stream.grammar.is_some() && outside {
            let mut free = self.decoder(None)?;
            let heard = free.accept(&stream.kept) && free.accept(&silence());
            let partial =
                if heard { free.partial() } else { None }.ok_or_else(|| failed("libvosk gives no answer"))?;
            sure = answer::partial(&partial).map_err(failed)?;
            let json = free.finish().ok_or_else(|| failed("libvosk gives no answer"))?;
            readings = answer::finished(&json).map_err(failed)?;
            offset_ms = i64::from(stream.before_ms);
        }
        Ok(hypotheses(&readings, &sure, offset_ms))
    }
}

fn failed(cause: impl Into<String>) -> ModelError {
    ModelError::Run { model: NAME, cause: cause.into() }
}

fn silence() -> Vec<i16> {
    vec![0; PAD_MS as usize * SAMPLES_PER_MS]
}

impl Recognise for Vosk {
    type Stream = VoskStream;

    fn another(&self) -> Result<Self, ModelError> {
        Ok(Self { shared: Arc::clone(&self.shared) })
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<VoskStream, ModelError> {
        let grammar = self.grammar(lexicon, expect);
        Ok(VoskStream {
            decoder: self.decoder(grammar.as_deref())?,
            grammar,
            kept: Vec::new(),
            before_ms: 0,
            padding_ms: 0,
            parts: Vec::new(),
        })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, VoskStream>]) -> Result<(), ModelError> {
        for Fed { stream, samples } in batch {
            if samples.is_empty() {
                continue;
            }
            if !stream.decoder.accept(samples) {
                return Err(failed("libvosk could not decode"));
            }
            let room = (KEPT_MS_MAX * SAMPLES_PER_MS).saturating_sub(stream.kept.len());
            stream.kept.extend_from_slice(&samples[..samples.len().min(room)]);
        }
        Ok(())
    }

    fn transcript(&mut self, stream: &mut VoskStream, ask: Ask) -> Result<Transcript, ModelError> {
        if stream.kept.is_empty() || ask == Ask::Nothing {
            return Ok(stream.with_parts(Vec::new()));
        }
        let ends = ask == Ask::AsIfEnded && is_quiet_at_the_end(&stream.kept);
        if ends && !stream.decoder.accept(&silence()) {
            return Err(failed("libvosk could not decode"));
        }
        let json = stream.decoder.partial().ok_or_else(|| failed("libvosk gives no answer"))?;
        let so_far = answer::partial(&json).map_err(failed)?;
        let nothing = so_far.words.is_empty() && !so_far.unknown;
        if ends && !nothing {
            let hypotheses = self.end(stream, &so_far)?;
            let transcript = stream.with_parts(hypotheses);
            stream.part_is_over(transcript.best().cloned());
            return Ok(transcript);
        }
        let offset_ms = -i64::from(stream.padding_ms);
        if ends {
            // what is said from now on comes after the padding
            stream.padding_ms = stream.padding_ms.saturating_add(PAD_MS);
        }
        Ok(stream.with_parts(hypotheses(std::slice::from_ref(&so_far), &so_far, offset_ms)))
    }
}

impl VoskStream {
    /// Readings of what is being heard, after the words of the parts that were ended.
    fn with_parts(&self, hypotheses: Vec<Hypothesis>) -> Transcript {
        let Some(before) = self.parts.last() else { return Transcript { hypotheses } };
        let mut hypotheses = hypotheses;
        if hypotheses.is_empty() {
            hypotheses.push(Hypothesis { confidence: 1.0, ..Hypothesis::default() });
        }
        for hypothesis in &mut hypotheses {
            let (earlier, later) = (before.words.len() as f32, hypothesis.words.len() as f32);
            let sum = before.confidence * earlier + hypothesis.confidence * later;
            hypothesis.confidence = (sum / (earlier + later).max(1.0)).clamp(0.0, 1.0);
            hypothesis.words.splice(0..0, before.words.iter().cloned());
        }
        Transcript { hypotheses }
    }

    /// The decoder was ended; `all`: the best reading up to here.
    fn part_is_over(&mut self, all: Option<Hypothesis>) {
        let heard = u32::try_from(self.kept.len() / SAMPLES_PER_MS).unwrap_or(u32::MAX);
        self.before_ms = self.before_ms.saturating_add(heard);
        self.padding_ms = self.padding_ms.saturating_add(PAD_MS);
        self.kept.clear();
        if let Some(all) = all.filter(|all| !all.words.is_empty()) {
            self.parts.push(all);
            if self.parts.len() > PARTS_MAX {
                self.parts.remove(0);
            }
        }
    }
}

/// Whether the caller does not speak just now: a decoder that ends would cut his word in two.
fn is_quiet_at_the_end(samples: &[i16]) -> bool {
    let level = |piece: &[i16]| {
        let sum: f64 = piece.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        (sum / piece.len().max(1) as f64).sqrt() as f32
    };
    let tail = TAIL_MS * SAMPLES_PER_MS;
    let loudest = samples.chunks(tail).map(level).fold(0.0, f32::max);
    level(&samples[samples.len().saturating_sub(tail)..]) <= loudest * QUIET_SHARE
}

/// Readings as the interface has them. `sure`: the same words with confidences; `offset_ms` is added to times.
fn hypotheses(readings: &[Reading], sure: &Reading, offset_ms: i64) -> Vec<Hypothesis> {
    let best = readings.iter().map(|reading| reading.score).fold(f32::NEG_INFINITY, f32::max);
    let weight = |reading: &Reading| ((reading.score - best) * TEMPER).exp();
    let all: f32 = readings.iter().map(weight).sum();
    let at = |ms: u32| u32::try_from((i64::from(ms) + offset_ms).max(0)).unwrap_or(u32::MAX);
    let mut found: Vec<Hypothesis> = Vec::new();
    for reading in readings.iter().filter(|reading| !reading.words.is_empty()).take(HYPOTHESES_MAX) {
        let share = weight(reading) / all.max(f32::MIN_POSITIVE);
        let words: Vec<HeardWord> = reading
            .words
            .iter()
            .map(|word| HeardWord {
                text: word.text.clone().into(),
                confidence: word
                    .confidence
                    .or_else(|| confidence(word, sure))
                    .unwrap_or(share)
                    .clamp(0.0, 1.0),
                start_ms: at(word.start_ms),
                end_ms: at(word.end_ms),
            })
            .collect();
        let mean = words.iter().map(|word| word.confidence).sum::<f32>() / words.len() as f32;
        found.push(Hypothesis { words, confidence: (mean * share).clamp(0.0, 1.0), ..Hypothesis::default() });
    }
    found
}

/// How sure libvosk is of that word at that time.
fn confidence(word: &Word, sure: &Reading) -> Option<f32> {
    let same = |other: &&Word| {
        other.text == word.text && other.start_ms < word.end_ms && word.start_ms < other.end_ms
    };
    sure.words.iter().find(same)?.confidence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start_ms: u32, confidence: Option<f32>) -> Word {
        Word { text: text.into(), confidence, start_ms, end_ms: start_ms + 200 }
    }

    #[test]
    fn readings_share_what_is_sure_and_words_keep_their_own() {
        let sure = Reading { words: vec![word("ja", 100, Some(0.9))], ..Reading::default() };
        let readings = [
            Reading { words: vec![word("ja", 120, None)], score: 10.0, unknown: false },
            Reading { words: vec![word("na", 120, None)], score: 8.0, unknown: false },
            Reading { words: Vec::new(), score: 1.0, unknown: true },
        ];
        let found = hypotheses(&readings, &sure, -50);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].words[0].confidence, found[0].words[0].start_ms), (0.9, 70));
        assert!(found[0].confidence > found[1].confidence && found[1].words[0].confidence < 0.5);
    }

    #[test]
    fn a_pause_is_told_from_mid_word() {
        let speech: Vec<i16> = (0..8_000).map(|n| if n % 20 < 10 { 3_000 } else { -3_000 }).collect();
        assert!(!is_quiet_at_the_end(&speech));
        let paused: Vec<i16> = speech.iter().copied().chain([20; 1_600]).collect();
        assert!(is_quiet_at_the_end(&paused));
    }
}
