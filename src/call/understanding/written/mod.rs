//! Written: what people type and nobody says. Figures with their marks (`1.234,56`, `17h30`, `14-16`), signs (`€`, `%`,
//! `–`) and abbreviations (`Std.`, `24. Dez.`, `Mo-Fr`) become the words that are said for them, so that the grammars
//! know one way only.
//!
//! A heard word is cut into pieces, which say what they can by themselves; what only its neighbours tell ("Fr." is a day,
//! money or a lady) is settled over all tokens at the end. What has no pattern here stays one token, as it stands.

mod beside;
mod figures;
mod words;

use self::beside::settled;
use self::figures::{is_range, number};
use self::words::{MONTHS, SIGNS, UNITS, WEEKDAYS, look_up};
use super::reading::{Token, WORD_CHARS_MAX, WORDS_MAX, normal, token};
use super::streets::street_ending;
use crate::call::hearing::Hypothesis;

/// Dashes as they are typed.
const DASHES: &[char] = &['-', '–', '—', '−'];
/// What stands for a dash until its neighbours say what it is.
const DASH: &str = "-";
/// Marks inside figures.
const MARKS: &[char] = &['.', ',', ':', '/', '\'', '’', '(', ')', '+'];
/// Words in front of figures that are a time of day.
const BEFORE_TIMES: &[&str] =
    &["um", "ab", "bis", "von", "gegen", "zwischen", "und", "vor", "nach", "at", "from", "to", DASH];
/// Fractions in one character.
const VULGAR: &[char] = &['½', '¼', '¾'];
/// Signs of money in front of a number, which are said behind it.
const IN_FRONT: &[(&str, &str)] = &[("euro", "€"), ("dollar", "$"), ("gbp", "£"), ("yen", "¥")];
/// What has its number at it: `Q1`, `KW50`.
const NUMBERED: &[&str] = &["q", "kw"];
/// Feasts that are counted: `1. Advent`.
const FEASTS: &[&str] = &["advent", "weihnacht", "feiertag"];
const ORDINALS: &[(&str, &str)] = &[("1", "ersten"), ("2", "zweiten"), ("3", "dritten"), ("4", "vierten")];

/// The tokens of a hypothesis, `plain` ones, in words that are said.
pub(super) fn said<'a>(hypothesis: &'a Hypothesis, plain: Vec<Token<'a>>, english: bool) -> Vec<Token<'a>> {
    let words = || hypothesis.words.iter().take(WORDS_MAX).map(|word| cut(word.text.reveal()));
    if !words().any(is_written) {
        return plain;
    }
    let words: Vec<&str> = words().collect();
    let mut tokens: Vec<Token<'a>> = Vec::with_capacity(words.len());
    for (index, &word) in words.iter().enumerate() {
        let Some(confidence) = hypothesis.words.get(index).map(|word| word.confidence) else { break };
        let whole = token(index, word, confidence);
        let near = Near {
            before: tokens.last().map_or("", |token| token.norm.as_str()),
            before_after: tokens.last().and_then(|token| token.after),
            next: words.get(index + 1).copied().unwrap_or_default(),
            english,
        };
        match parts(word, &near) {
            Some(parts) => {
                let made = token(index, "x", confidence);
                let each = |part: Part<'a>| {
                    let Part { norm, written, after } = part;
                    Some(Token { norm, written, after, ..made.clone()? })
                };
                tokens.extend(parts.into_iter().filter_map(each));
            }
            None => tokens.extend(whole),
        }
    }
    let mut tokens = settled(tokens, english);
    tokens.truncate(WORDS_MAX);
    tokens
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(WORD_CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

/// Whether a word may be one that is written only.
fn is_written(word: &str) -> bool {
    word.ends_with('.')
        || (word.len() == 2 && word.starts_with(char::is_uppercase))
        || word.chars().filter(|c| !c.is_alphabetic()).any(|c| {
            c.is_ascii_digit() || DASHES.contains(&c) || VULGAR.contains(&c) || look_up(SIGNS, c).is_some()
        })
}

/// What stands around a word.
struct Near<'t> {
    before: &'t str,
    before_after: Option<char>,
    next: &'t str,
    english: bool,
}

impl Near<'_> {
    /// The next word without the marks around it.
    fn next(&self) -> String {
        normal(self.next.trim_matches(|c: char| !c.is_alphanumeric() && look_up(SIGNS, c).is_none()))
    }

    /// Whether figures go on from the word before: a telephone number in groups.
    fn dictated(&self) -> bool {
        let figures = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '/');
        (figures(self.before) && self.before_after.is_none())
            || figures(self.next)
            || self.before.ends_with("nummer")
            || matches!(self.before, "tel" | "telefon" | "handy" | "aktenzeichen")
    }
}

/// One word of what is said.
#[derive(Clone, Debug, PartialEq)]
struct Part<'a> {
    norm: String,
    written: &'a str,
    after: Option<char>,
}

/// What a word is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece<'a> {
    /// Figures and the marks between them; with a point behind them in front of a dash.
    Figures(&'a str, bool),
    Letters(&'a str),
    Sign(&'static str),
    Dash(char),
}

/// The pieces of a word; `None` where anything else is in it.
fn pieces(core: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = core;
    while let Some(first) = rest.chars().next() {
        let run = |fits: &dyn Fn(char) -> bool| rest.find(|c: char| !fits(c)).unwrap_or(rest.len());
        let (piece, length) = if first.is_ascii_digit() || matches!(first, '(' | '+') {
            let end = run(&|c| c.is_ascii_digit() || MARKS.contains(&c));
            let figures = rest[..end].trim_end_matches(|c: char| !c.is_ascii_digit() && c != ')');
            (Piece::Figures(figures, &rest[figures.len()..end] == "."), end)
        } else if VULGAR.contains(&first) {
            (Piece::Figures(&rest[..first.len_utf8()], false), first.len_utf8())
        } else if first.is_alphabetic() {
            let end = run(&char::is_alphabetic);
            (Piece::Letters(&rest[..end]), end)
        } else if let Some(name) = look_up(SIGNS, first) {
            (Piece::Sign(name), first.len_utf8())
        } else if first == '.'
            && matches!(pieces.last(), Some(Piece::Letters(_)))
            && rest[1..].starts_with(DASHES)
        {
            // "Mo.-Fr."
            rest = &rest[1..];
            continue;
        } else if DASHES.contains(&first) {
            (Piece::Dash(first), first.len_utf8())
        } else {
            return None;
        };
        pieces.push(piece);
        rest = &rest[length..];
    }
    Some(pieces)
}

/// What is said for a word; `None`: the word itself.
fn parts<'a>(word: &'a str, near: &Near<'_>) -> Option<Vec<Part<'a>>> {
    let kept = |c: char| c.is_alphanumeric() || look_up(SIGNS, c).is_some();
    let opened =
        word.trim_start_matches(|c: char| !kept(c) && !matches!(c, '+' | '(') && !DASHES.contains(&c));
    let core = opened.trim_end_matches(|c: char| !kept(c) && c != ')');
    if core.is_empty() {
        let part = Part { norm: DASH.to_owned(), written: "", after: None };
        return word.chars().any(|c| DASHES.contains(&c)).then(|| vec![part]);
    }
    let tail = &opened[core.len()..];
    // "20.–" is a price, no date.
    let after = tail.chars().next().filter(|_| !tail.ends_with(DASHES));
    let pieces = pieces(core)?;
    let mut said = match pieces.as_slice() {
        [Piece::Letters(_)] => return None,
        [Piece::Figures(figures, _)]
            if after == Some('.') && FEASTS.iter().any(|feast| near.next().starts_with(feast)) =>
        {
            return Some(vec![part(look_up(ORDINALS, figures)?)]);
        }
        [Piece::Letters(one), Piece::Dash(_), Piece::Letters(other)] => span(one, other)?,
        // "D-80331 München"
        [Piece::Letters(_), Piece::Dash('-'), Piece::Figures(postcode, _)] if is_postcode(&pieces) => {
            vec![part(*postcode)]
        }
        [Piece::Letters(_), Piece::Dash(_), ..] => letters(&pieces)?,
        [Piece::Letters(name), Piece::Figures(number, _)] if NUMBERED.contains(&normal(name).as_str()) => {
            vec![part(normal(name)), part(*number)]
        }
        _ => figures(&pieces, near, after)?,
    };
    if let Some(last) = said.last_mut() {
        last.after = last.after.or(after);
    }
    Some(said)
}

fn part(norm: impl Into<String>) -> Part<'static> {
    Part { norm: norm.into(), written: "#", after: None }
}

/// `Mo-Fr`, `Montag–Freitag`, and English `mid-March`.
fn span<'a>(one: &str, other: &'a str) -> Option<Vec<Part<'a>>> {
    // "mid-March", "mit Doppel-T"
    if matches!(normal(one).as_str(), "mid" | "doppel") {
        return Some(vec![part(normal(one)), Part { norm: normal(other), written: other, after: None }]);
    }
    let day = |word: &str| look_up(WEEKDAYS, normal(word).as_str());
    let month = |word: &str| look_up(MONTHS, normal(word).as_str());
    let pair = |named: &dyn Fn(&str) -> Option<&'static str>| Some((named(one)?, named(other)?));
    let (one, other) = pair(&day).or_else(|| pair(&month))?;
    Some(vec![part(one), part("bis"), part(other)])
}

/// `D-80331`, `A-5020`, `CH-8002`
fn is_postcode(pieces: &[Piece<'_>]) -> bool {
    let [Piece::Letters(country), _, Piece::Figures(figures, _)] = pieces else { return false };
    matches!((*country, figures.len()), ("D" | "DE", 5) | ("A" | "AT" | "CH" | "FL", 4))
}

/// `M-Ü-L-L-E-R`
fn letters<'a>(pieces: &[Piece<'a>]) -> Option<Vec<Part<'a>>> {
    let apart = pieces.iter().enumerate().all(|(at, piece)| match piece {
        Piece::Letters(letter) => at % 2 == 0 && letter.chars().count() == 1,
        Piece::Dash(_) => at % 2 == 1,
        _ => false,
    });
    let letter = |piece: &Piece<'a>| match piece {
        Piece::Letters(letter) => Some(Part { norm: normal(letter), written: letter, after: None }),
        _ => None,
    };
    (apart && pieces.len() > 4).then(|| pieces.iter().filter_map(letter).collect())
}

/// Figures with whatever is written at them: `17h30`, `5,80€`, `-3`, `24ten`, `14-16`.
fn figures(pieces: &[Piece<'_>], near: &Near<'_>, after: Option<char>) -> Option<Vec<Part<'static>>> {
    let mut said: Vec<Part<'static>> = Vec::new();
    let mut signed = false;
    for (at, piece) in pieces.iter().enumerate() {
        let next = pieces.get(at + 1);
        let previous = at.checked_sub(1).and_then(|at| pieces.get(at));
        match (previous, piece, next) {
            (_, Piece::Figures(figures, dotted), _) => {
                let unit = matches!(next, Some(Piece::Sign(_) | Piece::Letters(_))) || signed;
                let dated = after == Some('.') && next.is_none();
                let near = Near { before: said.last().map_or(near.before, |last| &last.norm), ..*near };
                let number = number(figures, &near, unit, dated);
                said.extend(number);
                if *dotted && let Some(last) = said.last_mut() {
                    last.after = Some('.');
                }
            }
            (None, Piece::Sign(name), _) => {
                said.push(part(look_up(IN_FRONT, *name)?));
                signed = true;
            }
            (Some(Piece::Figures(..)), Piece::Sign(name), _) => said.push(part(*name)),
            (None, Piece::Dash(_), Some(Piece::Figures(..))) if !near.dictated() => said.push(part("minus")),
            (Some(Piece::Figures(one, dotted)), Piece::Dash(dash), Some(Piece::Figures(other, _))) => {
                let whole = pieces.iter().filter(|piece| matches!(piece, Piece::Dash(_))).count() == 1;
                if !whole || near.dictated() || !(*dotted || is_range(one, other, *dash)) {
                    return None;
                }
                said.push(part("bis"));
            }
            (Some(Piece::Figures(figures, _)), Piece::Letters(letters), _) => {
                let letters = normal(letters);
                let plain = figures.bytes().all(|b| b.is_ascii_digit());
                match letters.as_str() {
                    "ten" | "te" | "ter" | "tes" | "sten" | "ste" | "ster" if plain => {
                        said.last_mut()?.after = Some('.');
                    }
                    // "Lindenstraße 14h"
                    "h" if street_ending(near.before).is_some() => return None,
                    "h" | "uhr" | "pm" | "am" => said.push(part(letters)),
                    _ => said.push(part(look_up(UNITS, letters.as_str())?)),
                }
            }
            (Some(Piece::Sign("grad")), Piece::Letters(_), None) => {}
            _ => return None,
        }
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use crate::call::hearing::Transcript;
    use crate::call::understanding::reading::Reading;
    use crate::config::site::Language;

    fn read(text: &str) -> String {
        let heard = Transcript::typed(text);
        let reading = Reading::for_values(&heard.hypotheses[0], Language::German);
        reading.tokens.iter().map(|token| token.norm.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_written_is_put_into_words() {
        for (text, words) in [
            ("1.234,56 €", "1234 komma 5 6 euro"),
            ("CHF 1'234.50", "1234 komma 5 0 franken"),
            ("17h30", "17 uhr 30"),
            ("1 h 30 min", "1 stunden 30 minuten"),
            ("14-16 Uhr", "14 bis 16 uhr"),
            ("9:30 – 11:00", "9:30 bis 11:00"),
            ("15.-17. Dez.", "15 bis 17 dezember"),
            ("Mo-Fr", "montag bis freitag"),
            ("Di, 24.11.", "dienstag 24.11"),
            ("Fr. 5.80", "5 komma 8 0 franken"),
            ("Fr. Müller", "frau mueller"),
            ("am 3. d. M.", "am 3 dieses monats"),
            ("-3", "minus 3"),
            ("M-Ü-L-L-E-R", "m ue l l e r"),
            ("25 500 Euro", "25500 euro"),
        ] {
            assert_eq!(read(text), words, "{text}");
        }
    }

    #[test]
    fn what_is_no_such_thing_stays_as_it_is() {
        for text in [
            "0711/23-44",
            "2026-11-26",
            "14b",
            "kundennummer 4711-08",
            "lindenstrasse 14 h",
            "jan becker",
            "k4711",
        ] {
            assert_eq!(read(text), text, "{text}");
        }
    }
}
