//! Meaning: what a sentence encoder gives to the comparison of sentences.

/// Turns the words of a sentence into a vector that lies near those of sentences with the same meaning.
///
/// The same words give the same vector; no clock and no chance has a part in it.
pub trait Meaning: Send + Sync {
    /// The vector, of length 1, always with as many numbers; `None` where there is nothing to say or it failed.
    /// `words`: lower case, `ä ö ü ß` as two letters, without punctuation.
    fn vector(&self, words: &[&str]) -> Option<Vec<f32>>;
}
