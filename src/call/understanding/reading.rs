//! Reading: one hypothesis as the tokens that every grammar works on.
//!
//! A token is a word in its normal form: lower case, without punctuation around it, `ä ö ü ß` as `ae oe ue ss`
//! (so that typed and heard words meet, and every table of words here is plain ASCII). Hesitations and
//! greetings are left out; each token remembers which heard word it came from.

use super::understood::Span;
use super::{english, written};
use crate::call::hearing::Hypothesis;
use crate::config::site::Language;

/// Words of an utterance that are read; what follows is not.
pub const WORDS_MAX: usize = 200;
/// Characters of a word that are read; what follows is not.
pub const WORD_CHARS_MAX: usize = 64;

/// Sounds and words that carry nothing.
const HESITATIONS: &[&str] = &[
    "aeh",
    "aehm",
    "oeh",
    "oehm",
    "eh",
    "ehm",
    "hm",
    "hmm",
    "hmmm",
    "mh",
    "ah",
    "oh",
    "aha",
    "ach",
    "tja",
    "naja",
    "also",
    "halt",
    "eben",
    "quasi",
    "sozusagen",
    "aehh",
    "uh",
    "uhm",
    "hach",
];
/// Those of them behind which people say something else than before.
const SIGHS: &[&str] = &["aeh", "aehm", "oeh", "oehm", "eh", "ehm", "aehh", "uh", "uhm", "ach"];
/// First words of greetings of two words, with what may follow.
const GREETINGS: &[(&str, &[&str])] = &[
    ("guten", &["tag", "morgen", "abend", "mittag"]),
    ("gute", &["nacht"]),
    ("gruess", &["gott", "dich", "sie", "euch"]),
    ("gruesse", &["sie", "dich", "euch"]),
    ("schoenen", &["guten"]),
    ("einen", &["schoenen"]),
    ("na", &["ja"]),
    ("good", &["morning", "afternoon", "evening", "day"]),
];
/// Greetings of one word.
const HELLOS: &[&str] = &["hallo", "hallochen", "moin", "servus", "hi", "hello", "mahlzeit", "gruezi"];

/// One word in its normal form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'a> {
    /// Normal form; never empty.
    pub norm: String,
    /// As heard, without the punctuation around it.
    pub written: &'a str,
    /// Index of the heard word.
    pub word: usize,
    /// Index of the last heard word that it stands for.
    pub last: usize,
    /// The recogniser's, 0 to 1.
    pub confidence: f32,
    /// Punctuation that followed directly.
    pub after: Option<char>,
    /// Whether a hesitation ("äh") went before it.
    pub hesitant: bool,
}

/// The tokens of a hypothesis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading<'a> {
    pub tokens: Vec<Token<'a>>,
    /// The words as heard, with their indices, hesitations left out.
    heard: Vec<(usize, &'a str)>,
}

impl<'a> Reading<'a> {
    /// Reads a hypothesis.
    pub fn new(hypothesis: &'a Hypothesis) -> Self {
        Self::of(all_tokens(hypothesis))
    }

    /// Reads a hypothesis in the words of the grammars: what is only written, and an English one, are put into theirs.
    pub fn for_values(hypothesis: &'a Hypothesis, site: Language) -> Self {
        let mut tokens = all_tokens(hypothesis);
        drop_greetings(&mut tokens);
        let heard = words(&tokens);
        let english = english::is_english(&tokens, site);
        let mut said = written::said(hypothesis, tokens, english);
        if english {
            drop_greetings(&mut said);
            said = english::translated(&said);
        }
        Self { heard, ..Self::of(said) }
    }

    fn of(mut tokens: Vec<Token<'a>>) -> Self {
        drop_greetings(&mut tokens);
        for index in 1..tokens.len() {
            tokens[index].hesitant |= SIGHS.contains(&tokens[index - 1].norm.as_str());
        }
        tokens.retain(|token| !HESITATIONS.contains(&token.norm.as_str()));
        let heard = words(&tokens);
        Self { tokens, heard }
    }

    /// The words as heard that the tokens from `first` up to `end` stand for, and where they are.
    pub fn heard(&self, first: usize, end: usize) -> Option<(String, Span)> {
        let tokens = self.tokens.get(first..end)?;
        // "twelve Lindenstraße": not always in the order in which they were heard.
        let first = tokens.iter().map(|token| token.word).min()?;
        let last = tokens.iter().map(|token| token.last).max()?;
        let span = Span { first, end: last + 1 };
        let inside = self.heard.iter().filter(|(word, _)| (span.first..span.end).contains(word));
        let words: Vec<&str> = inside.map(|(_, written)| *written).collect();
        Some((words.join(" "), span))
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The normal form at `index`; empty past the end.
    pub fn at(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| token.norm.as_str())
    }

    /// The normal form `back` tokens before `index`; empty before the beginning.
    pub fn before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |index| self.at(index))
    }

    /// Whether the token at `index` is one of `words`.
    pub fn is(&self, index: usize, words: &[&str]) -> bool {
        words.contains(&self.at(index))
    }

    /// Whether the tokens from `index` on are these words.
    pub fn starts(&self, index: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(offset, word)| self.at(index + offset) == *word)
    }

    /// Whether somebody hesitated in front of the token at `index`.
    pub fn hesitated_before(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.hesitant)
    }

    /// Punctuation after the token at `index`.
    pub fn after(&self, index: usize) -> Option<char> {
        self.tokens.get(index).and_then(|token| token.after)
    }

    /// Confidence of the tokens from `first` to `end`: half their mean, half their least.
    pub fn confidence(&self, first: usize, end: usize) -> f32 {
        let tokens = self.tokens.get(first..end).unwrap_or_default();
        if tokens.is_empty() {
            return 0.0;
        }
        let mean = tokens.iter().map(|token| token.confidence).sum::<f32>() / tokens.len() as f32;
        let least = tokens.iter().map(|token| token.confidence).fold(1.0, f32::min);
        (mean + least) / 2.0
    }
}

fn all_tokens(hypothesis: &Hypothesis) -> Vec<Token<'_>> {
    hypothesis
        .words
        .iter()
        .take(WORDS_MAX)
        .enumerate()
        .filter_map(|(index, word)| token(index, word.text.reveal(), word.confidence))
        .collect()
}

fn words<'a>(tokens: &[Token<'a>]) -> Vec<(usize, &'a str)> {
    let meant = tokens.iter().filter(|token| !HESITATIONS.contains(&token.norm.as_str()));
    meant.map(|token| (token.word, token.written)).collect()
}

/// One heard word; `None` where nothing is in it.
pub(super) fn token(index: usize, text: &str, confidence: f32) -> Option<Token<'_>> {
    let text = text.char_indices().nth(WORD_CHARS_MAX).map_or(text, |(cut, _)| &text[..cut]);
    let start = text.find(|c: char| c.is_alphanumeric() || c == '+' || c == '(')?;
    let rest = &text[start..];
    let written = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
    if written.is_empty() {
        return None;
    }
    let confidence = if confidence.is_finite() { confidence.clamp(0.0, 1.0) } else { 0.0 };
    let after = rest[written.len()..].chars().next();
    Some(Token {
        norm: normal(written),
        written,
        word: index,
        last: index,
        confidence,
        after,
        hesitant: false,
    })
}

/// The normal form of a word: lower case, umlauts and sharp s in two letters.
pub(super) fn normal(word: &str) -> String {
    let mut norm = String::with_capacity(word.len() + 2);
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => norm.push_str("ae"),
            'ö' => norm.push_str("oe"),
            'ü' => norm.push_str("ue"),
            'ß' => norm.push_str("ss"),
            'é' | 'è' | 'ê' => norm.push('e'),
            c => norm.push(c),
        }
    }
    norm
}

fn drop_greetings(tokens: &mut Vec<Token<'_>>) {
    let mut keep = vec![true; tokens.len()];
    for index in 0..tokens.len() {
        let norm = tokens[index].norm.as_str();
        if HELLOS.contains(&norm) {
            keep[index] = false;
        }
        let second = tokens.get(index + 1).map_or("", |token| token.norm.as_str());
        if GREETINGS.iter().any(|(first, rest)| *first == norm && rest.contains(&second)) {
            keep[index] = false;
            // "schönen guten Tag": the next round sees "guten Tag".
            if second != "guten" && second != "schoenen" {
                keep[index + 1] = false;
            }
        }
    }
    let mut keep = keep.into_iter();
    tokens.retain(|_| keep.next().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Transcript;

    #[test]
    fn hesitations_and_greetings_are_left_out_and_places_kept() {
        let heard = Transcript::typed("Guten Morgen, äh also Müller, Lindenstraße 14b.");
        let reading = Reading::new(&heard.hypotheses[0]);
        let norms: Vec<_> = reading.tokens.iter().map(|t| (t.norm.as_str(), t.word)).collect();
        assert_eq!(norms, [("mueller", 4), ("lindenstrasse", 5), ("14b", 6)]);
        assert_eq!(reading.after(0), Some(','));
    }
}
