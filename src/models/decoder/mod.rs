//! From letter probabilities to readings: time-synchronous token passing over the letter graph, with a beam.
//!
//! Connectionist temporal classification lets a letter last for several steps and puts blanks between letters, so
//! each node of a trie carries two scores: the path is in the letter, or in the blank behind it. Words end in a
//! *space* that belongs to the junction they lead to; there, and only there, several ways are kept side by side
//! ([`lattice::WAYS_MAX`]), from which other readings are put together afterwards.
//!
//! What no word explains is taken up by the *rubbish* path: it follows the likeliest letter of each step at a price
//! for every step that is not blank. Noise and words that nobody listed end there instead of in a wrong word.
//!
//! All buffers are kept between sounds; nothing is allocated in the loop over steps but growth of the lattice.

mod arriving;
pub(super) mod confidence;
mod lattice;
mod walk;

pub(super) use lattice::Reading;
pub(super) use walk::Decoder;
