//! What runs the weights.
//!
//! In the order the sound travels: [`features`] turns it into log-mel frames, [`runtime`] (the one file that knows ONNX Runtime)
//! turns those into letter probabilities, and the decoder finds the words in them that a [`Lexicon`] and the
//! dialogue's expectation allow. That is our own recogniser (`embedded`); [`recogniser`] is the one interface to
//! it and to the others, and finds out by the files which one is meant ([`Kind`]). [`SpeechScorer`] tells speech
//! from the rest. [`Transducer`] and [`Nemo`] run models of others: [`kaldi`] features, pieces of words, site words to
//! lean towards. [`vosk`] is libvosk's. [`places`] knows where weights and libraries lie, [`catalogue`] which models
//! there are besides.

mod boost;
pub mod catalogue;
mod decoder;
mod elf;
mod embedded;
mod error;
pub mod features;
mod folder;
mod grammar;
mod graph;
pub mod kaldi;
mod kind;
mod leaning;
mod letters;
mod lexicon;
mod listed;
mod nemo;
mod ngram;
mod pieces;
pub mod places;
mod prefixes;
pub mod recogniser;
pub mod runtime;
mod sentencepiece;
pub mod sentences;
mod sounds;
mod spelled;
mod spoken_pieces;
pub mod telephone;
mod transducer;
pub mod vosk;

pub use decoder::{Decoder, Decoding};
pub use error::ModelError;
pub use kind::Kind;
pub use letters::plain;
pub use lexicon::Lexicon;
pub use nemo::{Nemo, NemoStream};
pub use recogniser::{Fed, Recognise, Recogniser, Stream};
pub use runtime::{LetterModel, SpeechScorer};
pub use transducer::{Transducer, TransducerStream};
