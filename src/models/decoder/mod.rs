//! From letter probabilities to readings: time-synchronous token passing over the letter graph, with a beam, while the
//! sound still comes in.
//!
//! A [`Decoding`] is one stream: it is begun with a lexicon and what the dialogue expects, fed steps of letter
//! probabilities as they come, and asked at any moment. A [`Decoder`] is the room that walking needs on one thread; it
//! serves all streams and remembers none.
//!
//! Connectionist temporal classification lets a letter last for several steps and puts blanks between letters, so
//! each node of a trie carries two scores: the path is in the letter, or in the blank behind it. Words end in a
//! *space* that belongs to the junction they lead to; there, and only there, several ways are kept side by side
//! ([`lattice::WAYS_MAX`]), from which other readings are put together afterwards. Every score counts against the
//! likeliest letters of each step, so that 0 is the best that any letters could make of the sound: what a reading
//! lacks to it tells how sure it is.
//!
//! What no word explains is taken up by the *rubbish* path: it follows the likeliest letter of each step at a price
//! for every step that is not blank. Noise and words that nobody listed end there instead of in a wrong word.
//!
//! The cost of a step is bounded by the numbers of paths that are kept ([`walk::TOKENS_MAX`]); steps that are surely
//! blank, which most are, cost nothing. All buffers are kept between steps; nothing is allocated but by the
//! lattice while it grows to its size.

mod arriving;
mod confidence;
mod lattice;
mod stream;
#[cfg(test)]
mod tests;
mod token;
mod walk;

pub use stream::Decoding;
pub use walk::Decoder;
