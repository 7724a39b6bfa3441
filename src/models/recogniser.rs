//! One interface to every recogniser: streaming, batched over calls, readings with words, times and confidences.
//!
//! Whoever recognises implements [`Recognise`]; [`Recogniser`] is whichever of them the files call for
//! ([`Kind`]). A stream is one stretch of speech of one call: begun with the site's words and what the dialogue
//! hopes to hear, fed as the caller speaks, asked for words whenever they are wanted, dropped when the stretch is
//! over. Streams belong to no thread: the recogniser of any thread may go on with them.

use std::path::Path;
use std::sync::Arc;

use super::embedded::{Embedded, EmbeddedStream};
use super::kind::Kind;
use super::vosk::{Vosk, VoskStream};
use super::{Lexicon, ModelError, Nemo, NemoStream, Transducer, TransducerStream, nemo, transducer};
use crate::call::hearing::{Ask, Expect, Transcript};
use crate::config::Device;

/// New sound of one stream.
pub struct Fed<'a, S> {
    /// The stream; each is in a batch once at most.
    pub stream: &'a mut S,
    /// What followed, 8 kHz; any number of samples.
    pub samples: &'a [i16],
}

/// What a recogniser does. One serves one thread.
pub trait Recognise: Sized + Send {
    /// A stretch of speech that is being listened to.
    type Stream: Send;

    /// Another one of the same weights for another thread, sharing with this one what threads can share.
    ///
    /// # Errors
    /// The weights are gone or damaged by now, or there is no memory for them.
    fn another(&self) -> Result<Self, ModelError>;

    /// A stream that has heard nothing yet. `expect`: the likeliest first; empty: anything.
    ///
    /// # Errors
    /// There is no memory, or a library of others says no.
    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<Self::Stream, ModelError>;

    /// Takes in what followed in each stream, in one run of the model where its kind can.
    ///
    /// # Errors
    /// A run failed. What the streams of the batch know afterwards is undefined; they are not used again.
    fn hear(&mut self, batch: &mut [Fed<'_, Self::Stream>]) -> Result<(), ModelError>;

    /// What was said: so far, or as if the stream ended here; it may be fed on afterwards all the same. Readings
    /// best first, at most [`HYPOTHESES_MAX`](crate::call::hearing::HYPOTHESES_MAX); empty where nothing was said.
    ///
    /// # Errors
    /// A run failed; the stream is not used again.
    fn transcript(&mut self, stream: &mut Self::Stream, ask: Ask) -> Result<Transcript, ModelError>;
}

/// The recogniser that is configured, on one thread.
#[non_exhaustive]
pub enum Recogniser {
    /// Our own.
    Embedded(Box<Embedded>),
    /// A streaming transducer as sherpa-onnx lays it out.
    Transducer(Box<Transducer>),
    /// A CTC model of NeMo as sherpa-onnx lays it out.
    Nemo(Box<Nemo>),
    /// Vosk's, by libvosk.
    Vosk(Vosk),
}

/// Its streams. A stream of another kind than the recogniser's is a mistake of ours and gives an error.
#[non_exhaustive]
pub enum Stream {
    /// Of [`Recogniser::Embedded`].
    Embedded(Box<EmbeddedStream>),
    /// Of [`Recogniser::Transducer`].
    Transducer(Box<TransducerStream>),
    /// Of [`Recogniser::Nemo`].
    Nemo(Box<NemoStream>),
    /// Of [`Recogniser::Vosk`].
    Vosk(Box<VoskStream>),
}

impl Recogniser {
    /// Loads what lies at `weights`: our own file, or the folder of another kind ([`Kind::of`]). ONNX Runtime must
    /// be [`open`](super::runtime::open) for those kinds that it runs.
    ///
    /// # Errors
    /// Something is missing, damaged or of a kind that nobody knows.
    pub fn load(weights: &Path, device: Device) -> Result<Self, ModelError> {
        match Kind::of(weights)? {
            Kind::Embedded => Ok(Self::Embedded(Box::new(Embedded::load(weights, device)?))),
            Kind::Transducer => {
                Ok(Self::Transducer(Box::new(Transducer::load(weights, transducer::PATHS, device)?)))
            }
            Kind::Nemo => Ok(Self::Nemo(Box::new(Nemo::load(weights, nemo::PATHS, device)?))),
            Kind::Vosk => Ok(Self::Vosk(Vosk::load(weights)?)),
        }
    }

    /// All of a sound at once: what was said in `samples` (8 kHz), leaning towards what is expected.
    ///
    /// # Errors
    /// The model could not be run.
    pub fn recognise(
        &mut self,
        samples: &[i16],
        expect: &[Expect],
        lexicon: &Arc<Lexicon>,
    ) -> Result<Transcript, ModelError> {
        let mut stream = self.begin(lexicon, expect)?;
        self.hear(&mut [Fed { stream: &mut stream, samples }])?;
        self.transcript(&mut stream, Ask::AsIfEnded)
    }
}

impl Recognise for Recogniser {
    type Stream = Stream;

    fn another(&self) -> Result<Self, ModelError> {
        Ok(match self {
            Self::Embedded(own) => Self::Embedded(Box::new(own.another()?)),
            Self::Transducer(own) => Self::Transducer(Box::new(own.another()?)),
            Self::Nemo(own) => Self::Nemo(Box::new(own.another()?)),
            Self::Vosk(vosk) => Self::Vosk(vosk.another()?),
        })
    }

    fn begin(&self, lexicon: &Arc<Lexicon>, expect: &[Expect]) -> Result<Stream, ModelError> {
        Ok(match self {
            Self::Embedded(own) => Stream::Embedded(Box::new(own.begin(lexicon, expect)?)),
            Self::Transducer(own) => Stream::Transducer(Box::new(own.begin(lexicon, expect)?)),
            Self::Nemo(own) => Stream::Nemo(Box::new(own.begin(lexicon, expect)?)),
            Self::Vosk(vosk) => Stream::Vosk(Box::new(vosk.begin(lexicon, expect)?)),
        })
    }

    fn hear(&mut self, batch: &mut [Fed<'_, Stream>]) -> Result<(), ModelError> {
        match self {
            Self::Embedded(own) => own.hear(&mut of_kind(batch, |stream| match stream {
                Stream::Embedded(stream) => Some(&mut **stream),
                _ => None,
            })?),
            Self::Transducer(own) => own.hear(&mut of_kind(batch, |stream| match stream {
                Stream::Transducer(stream) => Some(&mut **stream),
                _ => None,
            })?),
            Self::Nemo(own) => own.hear(&mut of_kind(batch, |stream| match stream {
                Stream::Nemo(stream) => Some(&mut **stream),
                _ => None,
            })?),
            Self::Vosk(own) => own.hear(&mut of_kind(batch, |stream| match stream {
                Stream::Vosk(stream) => Some(&mut **stream),
                _ => None,
            })?),
        }
    }

    fn transcript(&mut self, stream: &mut Stream, ask: Ask) -> Result<Transcript, ModelError> {
        match (self, stream) {
            (Self::Embedded(own), Stream::Embedded(stream)) => own.transcript(stream, ask),
            (Self::Transducer(own), Stream::Transducer(stream)) => own.transcript(stream, ask),
            (Self::Nemo(own), Stream::Nemo(stream)) => own.transcript(stream, ask),
            (Self::Vosk(vosk), Stream::Vosk(stream)) => vosk.transcript(stream, ask),
            _ => Err(another_kind()),
        }
    }
}

/// A batch as the recogniser of one kind takes it.
fn of_kind<'a, S>(
    batch: &'a mut [Fed<'_, Stream>],
    inner: impl Fn(&'a mut Stream) -> Option<&'a mut S>,
) -> Result<Vec<Fed<'a, S>>, ModelError> {
    let fed = batch.iter_mut().map(|fed| Some(Fed { stream: inner(fed.stream)?, samples: fed.samples }));
    fed.collect::<Option<_>>().ok_or_else(another_kind)
}

fn another_kind() -> ModelError {
    ModelError::Run { model: "recogniser", cause: "a stream of another kind of recogniser came".to_owned() }
}
