//! Pieces of words that recognisers of others put out: `tokens.txt`, how words are cut into them, and back.
//!
//! `tokens.txt` has one piece a line with its number behind it; `▁` stands for the space before a word, `<0x41>` for
//! a byte. Cutting words takes the scores of `bpe.vocab` (piece and score a line) or `bpe.model` (of sentencepiece,
//! of which only pieces and scores are read); without either the fewest pieces win.

use std::collections::HashMap;

/// Pieces of a model.
pub const PIECES_MAX: usize = 1 << 16;
/// Bytes of a piece.
const PIECE_BYTES_MAX: usize = 256;
/// Bytes of a word that is cut.
const WORD_BYTES_MAX: usize = 256;
/// What stands for the space before a word.
const SPACE: char = '▁';

/// The pieces of a model by number.
#[derive(Clone, Debug)]
pub struct Pieces {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
    /// What cutting goes by; every piece costs the same where nothing is known.
    scores: HashMap<String, f32>,
    longest: usize,
}

impl Pieces {
    /// Reads `tokens.txt`.
    ///
    /// # Errors
    /// In words, with the line: a line without a number, a number twice or too large, a number that nobody has.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut texts: Vec<Option<String>> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let at = index + 1;
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let (piece, number) = line.rsplit_once([' ', '\t']).unwrap_or((" ", line));
            let piece = if piece.trim().is_empty() { " " } else { piece.trim() };
            let number: usize =
                number.parse().ok().filter(|number| *number < PIECES_MAX).ok_or_else(|| {
                    format!("line {at} of tokens.txt does not end in a number below {PIECES_MAX}")
                })?;
            if piece.len() > PIECE_BYTES_MAX {
                return Err(format!(
                    "line {at} of tokens.txt has a piece of more than {PIECE_BYTES_MAX} bytes"
                ));
            }
            if texts.len() <= number {
                texts.resize(number + 1, None);
            }
            if texts[number].replace(piece.to_owned()).is_some() {
                return Err(format!("line {at} of tokens.txt has a number that was there before: {number}"));
            }
        }
        let hole = texts.iter().position(Option::is_none);
        if let Some(number) = hole {
            return Err(format!("tokens.txt has no piece with the number {number}, but larger ones"));
        }
        let texts: Vec<String> = texts.into_iter().flatten().collect();
        if texts.is_empty() {
            return Err("tokens.txt has no pieces".to_owned());
        }
        Ok(Self::of(texts))
    }

    fn of(texts: Vec<String>) -> Self {
        let mut numbers = HashMap::new();
        for (number, text) in texts.iter().enumerate() {
            numbers.entry(text.clone()).or_insert(number as u32);
        }
        let words = texts.iter().filter(|text| !is_special(text));
        let scores: HashMap<String, f32> = words.map(|text| (text.clone(), -1.0)).collect();
        let longest = scores.keys().map(String::len).max().unwrap_or(0);
        Self { texts, numbers, scores, longest }
    }

    /// Takes the scores for cutting from `bpe.vocab`.
    ///
    /// # Errors
    /// In words, with the line: one that has no score.
    pub fn score_by_vocabulary(&mut self, text: &str) -> Result<(), String> {
        let mut scores = HashMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let mut parts = line.split_whitespace();
            let (piece, score) = (parts.next(), parts.next().and_then(|score| score.parse::<f32>().ok()));
            match (piece, score) {
                (Some(piece), Some(score)) if score.is_finite() => scores.insert(piece.to_owned(), score),
                _ => return Err(format!("line {} of bpe.vocab is not a piece and its score", index + 1)),
            };
        }
        self.score(scores)
    }

    /// Takes the scores for cutting from `bpe.model`.
    ///
    /// # Errors
    /// It is cut off or no model of sentencepiece.
    pub fn score_by_model(&mut self, bytes: &[u8]) -> Result<(), String> {
        let scores = super::sentencepiece::pieces(bytes).ok_or("bpe.model is damaged")?;
        self.score(scores.into_iter().collect())
    }

    fn score(&mut self, mut scores: HashMap<String, f32>) -> Result<(), String> {
        scores.retain(|piece, score| {
            self.numbers.contains_key(piece) && !is_special(piece) && score.is_finite()
        });
        if scores.is_empty() {
            return Err("the scores for cutting words know none of the pieces of tokens.txt".to_owned());
        }
        self.longest = scores.keys().map(String::len).max().unwrap_or(0);
        self.scores = scores;
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.texts.len()
    }

    /// The number of a piece.
    #[must_use]
    pub fn number(&self, piece: &str) -> Option<u32> {
        self.numbers.get(piece).copied()
    }

    /// A piece; nothing for a number that there is none of.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }

    /// Whether a word begins with it.
    #[must_use]
    pub fn begins_word(&self, number: u32) -> bool {
        self.text(number).starts_with([SPACE, ' '])
    }

    /// Appends what a piece sounds like: nothing for marks like `<unk>`.
    pub fn append(&self, number: u32, bytes: &mut Vec<u8>) {
        let text = self.text(number);
        if let Some(byte) = byte(text) {
            bytes.push(byte);
        } else if !is_special(text) {
            bytes.extend_from_slice(text.trim_start_matches([SPACE, ' ']).as_bytes());
        }
    }

    /// The numbers of the pieces of `words`, each word cut for itself with the best sum of scores; `None` where a
    /// word cannot be made of them.
    #[must_use]
    pub fn cut(&self, words: &str) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        for word in words.split_whitespace() {
            self.cut_word(&format!("{SPACE}{word}"), &mut numbers)?;
        }
        Some(numbers)
    }

    fn cut_word(&self, word: &str, numbers: &mut Vec<u32>) -> Option<()> {
        if word.len() > WORD_BYTES_MAX {
            return None;
        }
        // best[at]: the score of what follows `at`, and where its first piece ends; from the end, as f32, ties to
        // the longer piece: as the reference does
        let mut best: Vec<Option<(f32, usize)>> = vec![None; word.len() + 1];
        best[word.len()] = Some((0.0, 0));
        for (at, _) in word.char_indices().rev() {
            for end in at + 1..=word.len().min(at + self.longest) {
                let Some(piece) = word.get(at..end) else { continue };
                let (Some(score), Some((rest, _))) = (self.scores.get(piece), best[end]) else { continue };
                if best[at].is_none_or(|(other, _)| score + rest >= other) {
                    best[at] = Some((score + rest, end));
                }
            }
        }
        let mut at = 0;
        while at < word.len() {
            let (_, end) = best[at]?;
            numbers.push(self.number(&word[at..end])?);
            at = end;
        }
        Some(())
    }
}

/// Marks like `<unk>`, `<blk>`, `#0`.
fn is_special(text: &str) -> bool {
    (text.starts_with('<') && text.ends_with('>')) || (text.starts_with('#') && text.len() > 1)
}

/// The byte that `<0x41>` stands for.
fn byte(text: &str) -> Option<u8> {
    u8::from_str_radix(text.strip_prefix("<0x")?.strip_suffix('>')?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKENS: &str = "<blk> 0\n<unk> 1\n▁ 2\n▁ja 3\n▁m 4\nü 5\nll 6\ner 7\nl 8\n<0xC3> 9\n<0xA4> 10\n";

    #[test]
    fn words_are_cut_and_come_back() {
        let mut pieces = Pieces::parse(TOKENS).expect("good");
        assert_eq!(pieces.cut("müller ja"), Some(vec![4, 5, 6, 7, 3]));
        assert_eq!(pieces.cut("jazz"), None);
        pieces.score_by_vocabulary("▁m -1\nü -1\nl -1\nll -3\ner -1\n").expect("good");
        assert_eq!(pieces.cut("müller"), Some(vec![4, 5, 8, 8, 7]));
        let mut bytes = Vec::new();
        [4, 5, 1, 9, 10].into_iter().for_each(|number| pieces.append(number, &mut bytes));
        assert_eq!(String::from_utf8_lossy(&bytes), "müä");
        assert!(pieces.begins_word(2) && !pieces.begins_word(5));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, told) in [
            ("a 0\nb\n", "line 2"),
            ("a 0\nb 0\n", "line 2 of tokens.txt has a number that was there before"),
            ("a 0\nb 2\n", "no piece with the number 1"),
            ("a 99999999999999999999\n", "line 1"),
            ("a 65536\n", "line 1"),
            ("", "has no pieces"),
        ] {
            let error = Pieces::parse(text).expect_err(text);
            assert!(error.contains(told), "{text:?}: {error}");
        }
        let mut pieces = Pieces::parse(TOKENS).expect("good");
        assert!(pieces.score_by_vocabulary("▁m").expect_err("no score").contains("line 1"));
        assert!(
            pieces.score_by_vocabulary("x 1\n").expect_err("other pieces").contains("none of the pieces")
        );
        assert!(pieces.score_by_model(&[0x0a, 0xff]).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[▁<>#a-c0-9 \t\n]{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(mut pieces) = Pieces::parse(&text) {
                let _ = pieces.cut("abc ▁a b");
                let _ = pieces.score_by_vocabulary(&text);
                let _ = pieces.score_by_model(&bytes);
                let _ = pieces.cut("aä c");
            }
        }

        /// Whatever can be cut, comes back as it was.
        #[test]
        fn cutting_loses_nothing(word in "[abcä]{1,12}") {
            let pieces = Pieces::parse("▁ 0\na 1\nb 2\n▁ab 3\nca 4\nä 5\nc 6\nbc 7\n").expect("good");
            let mut bytes = Vec::new();
            for number in pieces.cut(&word).expect("has every letter") {
                pieces.append(number, &mut bytes);
            }
            prop_assert_eq!(String::from_utf8(bytes).expect("whole letters"), word);
        }
    }
}
