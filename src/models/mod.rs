//! What runs the weights.
//!
//! In the order the sound travels: `condition` brings a stretch of telephone sound to the level the recogniser
//! was trained at, [`features`] turns it into log-mel frames, [`runtime`] (the one file that knows ONNX Runtime)
//! turns those into letter probabilities, and the decoder finds the words in them that a [`Lexicon`] and the
//! dialogue's expectation allow. That is our own recogniser (`embedded`); [`recogniser`] is the one interface to
//! it and to the others, and finds out by the files which one is meant ([`Kind`]). [`SpeechScorer`] tells speech
//! from the rest. [`places`] knows where weights and libraries lie, [`catalogue`] which models there are besides.

pub mod catalogue;
mod condition;
mod decoder;
mod elf;
mod embedded;
mod error;
pub mod features;
mod grammar;
mod graph;
mod kind;
mod letters;
mod lexicon;
mod listed;
mod ngram;
pub mod places;
pub mod recogniser;
pub mod runtime;
mod sounds;
pub mod telephone;

pub use decoder::{Decoder, Decoding};
pub use error::ModelError;
pub use kind::Kind;
pub use letters::plain;
pub use lexicon::Lexicon;
pub use recogniser::{Fed, Recognise, Recogniser, Stream};
pub use runtime::{LetterModel, SpeechScorer};
