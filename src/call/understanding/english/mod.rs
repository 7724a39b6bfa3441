//! English, read with the same grammars: an English sentence is put into the words that they know ("half past five"
//! becomes "halb sechs", "next Tuesday" "naechsten dienstag"), so that there is one machinery and one meaning for both
//! tongues. `times` and `phrases` are the tables, `rules` applies them, `numbers` makes number words.
//!
//! Whether a sentence is English is told by its words alone. One that both tongues have says nothing; where as many
//! are German as English, the site's language decides. Names, letters and digits stay as they were heard.

mod dates;
mod numbers;
mod phrases;
mod rules;
mod times;
mod words;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use self::rules::{DAYS, MONTHS, Rules, UNITS};
use super::numbers as german_numbers;
use super::reading::Token;
use super::streets::street_ending;
use crate::config::site::Language;

/// All rules, read once.
static RULES: LazyLock<Rules> = LazyLock::new(|| {
    Rules::new(&[dates::DATES, times::CLOCK, phrases::MEASURES, phrases::DICTATED, phrases::ANSWERS])
});
/// Words that only English has.
static ENGLISH: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let classes = [DAYS, MONTHS, UNITS].into_iter().flatten().map(|(name, _)| *name);
    let mut all: HashSet<&str> = RULES.words().chain(classes).chain(words::ENGLISH.iter().copied()).collect();
    all.retain(|word| word.len() > 1 && !words::BOTH.contains(word));
    all
});
static GERMAN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| words::GERMAN.iter().copied().collect());

/// What is written in the place of what was heard, where a word became another one.
const TRANSLATED: &str = "#";

/// The tokens of an English sentence in the words of the grammars.
pub(super) fn translated<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let plain: Vec<Cow<'_, str>> = tokens.iter().map(|token| plain(&token.norm)).collect();
    let words: Vec<&str> = plain.iter().map(AsRef::as_ref).collect();
    let mail = words.contains(&"at") && words.contains(&"dot");
    let mut made: Vec<Token<'a>> = Vec::with_capacity(tokens.len());
    let mut index = 0;
    while index < tokens.len() {
        let (german, taken) = row_at(&words, index, mail).unwrap_or_else(|| (Vec::new(), 0));
        if taken == 0 {
            // What is an English word is no name.
            let word = ENGLISH.contains(words[index]);
            made.push(Token {
                written: if word { TRANSLATED } else { tokens[index].written },
                ..tokens[index].clone()
            });
            index += 1;
            continue;
        }
        let (first, last) = (&tokens[index], &tokens[index + taken - 1]);
        let count = german.len();
        made.extend(german.into_iter().enumerate().map(|(at, norm)| Token {
            norm,
            written: TRANSLATED,
            word: first.word,
            last: last.last,
            confidence: first.confidence.min(last.confidence),
            after: last.after.filter(|_| at + 1 == count),
            hesitant: first.hesitant,
        }));
        index += taken;
    }
    turn_house_numbers(&mut made);
    made
}

/// The German of what begins at `index`, and how many words that is.
fn row_at(words: &[&str], index: usize, mail: bool) -> Option<(Vec<String>, usize)> {
    let word = words[index];
    let near = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|word| is_digit(word));
    // "oh seven one one": a nought among digits, else a sigh.
    if matches!(word, "oh" | "o") && (near(index.checked_sub(1)) || near(Some(index + 1))) {
        return Some((vec!["null".to_owned()], 1));
    }
    if mail && matches!(word, "at" | "dot" | "in") {
        return None;
    }
    RULES.german(&words[index..])
}

fn is_digit(word: &str) -> bool {
    matches!(word, "oh" | "o" | "double" | "treble" | "triple") || numbers::cardinal(&[word]).is_some()
}

/// Without apostrophes, and without the dots of "a.m.".
fn plain(norm: &str) -> Cow<'_, str> {
    let silent: &[char] = if matches!(norm, "a.m" | "p.m") { &['.'] } else { &['\'', '’'] };
    if norm.contains(silent) { Cow::Owned(norm.replace(silent, "")) } else { Cow::Borrowed(norm) }
}

/// Whether more of the words are only English than German.
pub(super) fn is_english(tokens: &[Token<'_>], site: Language) -> bool {
    let plain: Vec<Cow<'_, str>> = tokens.iter().map(|token| plain(&token.norm)).collect();
    let words: Vec<&str> = plain.iter().map(AsRef::as_ref).collect();
    let pair = |pair: &&[&str]| match *pair {
        [one, "pm"] => one.starts_with(|c: char| c.is_ascii_digit()),
        [one, other] => words::PAIRS.contains(&[one, other]),
        _ => false,
    };
    let pairs = words.windows(2).filter(pair).count();
    let single = words.iter().filter(|word| is_english_word(word)).count();
    let english = pairs + single;
    let german = words.iter().filter(|word| is_german(word)).count();
    match site {
        Language::English => english >= german && (english > 0 || german == 0),
        Language::German => english > german,
    }
}

fn is_english_word(word: &str) -> bool {
    let figures = word.starts_with(|c: char| c.is_ascii_digit());
    // "3pm", "14th"
    if figures && ["am", "pm", "st", "nd", "rd", "th"].iter().any(|end| word.ends_with(end)) {
        return true;
    }
    let number = || !figures && (numbers::cardinal(&[word]).is_some() || numbers::ordinal(&[word]).is_some());
    let days = || word.strip_suffix('s').is_some_and(|day| DAYS.iter().any(|(name, _)| *name == day));
    ENGLISH.contains(word) || word.starts_with("mid-") || number() || days()
}

fn is_german(word: &str) -> bool {
    let figures = word.starts_with(|c: char| c.is_ascii_digit());
    GERMAN.contains(word)
        || (!figures && (german_numbers::cardinal(word).is_some() || german_numbers::ordinal(word).is_some()))
        || super::when::is_weekday(word)
}

/// "twelve Lindenstraße": the number comes behind the street.
fn turn_house_numbers(tokens: &mut [Token<'_>]) {
    for index in 1..tokens.len() {
        let street = street_ending(&tokens[index].norm) == Some(false);
        let number =
            |at: usize| tokens.get(at).is_some_and(|token| german_numbers::cardinal(&token.norm).is_some());
        if street && number(index - 1) && !number(index + 1) {
            tokens.swap(index - 1, index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Transcript;
    use crate::call::understanding::reading::Reading;

    fn read(text: &str, site: Language) -> String {
        let heard = Transcript::typed(text);
        let reading = Reading::for_values(&heard.hypotheses[0], site);
        reading.tokens.iter().map(|token| token.norm.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn english_is_put_into_the_words_of_the_grammars() {
        for (text, words) in [
            ("half past five", "halb sechs"),
            ("next Tuesday at a quarter to three", "naechsten dienstag um viertel vor drei"),
            ("the fourth of August", "den vierten august"),
            ("a week from Friday", "freitag in acht tagen"),
            ("oh double seven", "null doppel sieben"),
        ] {
            assert_eq!(read(text, Language::German), words, "{text}");
        }
    }

    #[test]
    fn german_with_english_words_stays_german() {
        for text in [
            "der Service ist super, am Black Friday",
            "ich hätte gern ein Meeting um zehn",
            "sorry, am Dienstag",
            "no Weber",
            "info at klinke dot de",
            "das war last minute im Second Hand Laden",
            "in der Nummer acht",
        ] {
            let german = read(text, Language::German);
            assert!(!german.contains('#') && german == read_plainly(text), "{text}: {german}");
        }
    }

    fn read_plainly(text: &str) -> String {
        let heard = Transcript::typed(text);
        let reading = Reading::new(&heard.hypotheses[0]);
        reading.tokens.iter().map(|token| token.norm.as_str()).collect::<Vec<_>>().join(" ")
    }
}
