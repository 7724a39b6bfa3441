//! Codes: letters and digits as callers dictate them ("K vier sieben eins eins"), and the IBANs among them.

use super::digits::{CONNECTORS, group_at};
use super::found::{Found, one_after_another};
use super::numbers::cardinal;
use super::reading::Reading;
use super::spelling::letter_at;
use super::understood::Value;
use crate::call::hearing::Expect;

/// Longest code: an IBAN has at most 34 characters (ISO 13616).
const CODE_CHARS_MAX: usize = 34;
/// Digits of a code, at least; letters alone are a spelling.
const CODE_DIGITS_MIN: usize = 2;
/// So much of an IBAN, and it is one that was not heard rightly rather than another code.
const IBAN_CHARS_MIN: usize = 14;
/// Words that say that a code follows.
const LEADS: &[&str] =
    &["kennzeichen", "seriennummer", "versichertennummer", "geraetenummer", "zaehlernummer", "iban"];
/// Words that are passed over inside a code.
const PAUSES: &[&str] = &["am", "ende", "moment", "punkt", "mit", "is", "mal"];

/// Countries and the characters their IBANs have (ISO 13616 registry).
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TR", 26),
];
/// Countries that are said by their names.
const NAMED: &[(&str, &str)] = &[
    ("deutschland", "DE"),
    ("oesterreich", "AT"),
    ("schweiz", "CH"),
    ("luxemburg", "LU"),
    ("niederlande", "NL"),
    ("frankreich", "FR"),
];

/// Letters and digits from an index on.
struct Code {
    /// Capital letters and digits.
    text: String,
    end: usize,
    /// Where each item ends: characters so far, and the index after them.
    ends: Vec<(usize, usize)>,
}

impl Code {
    fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_ascii_alphabetic()).count()
    }
}

/// The letters and digits that begin at `index`. `apart`: "acht zehn" are two groups and not a number in two pieces.
fn code_at(reading: &Reading<'_>, index: usize, apart: bool) -> Option<Code> {
    let mut code = Code { text: String::new(), end: index, ends: Vec::new() };
    let mut at = index;
    if let Some((_, letters)) = NAMED.iter().find(|(name, _)| *name == reading.at(at)) {
        at += 1;
        // "Österreich, A T": the name only announces the letters.
        let spelled = letter_at(reading, at).is_some() && letter_at(reading, at + 1).is_some();
        if !spelled {
            code.text.push_str(letters);
        }
    }
    // "I B A N, D E": what it is, letter by letter.
    if at == index
        && ["i", "b", "a", "n"].iter().enumerate().all(|(nth, letter)| reading.at(at + nth) == *letter)
    {
        at += 4;
    }
    let group = |at: usize| {
        let alone = || Some((cardinal(reading.at(at))?.to_string(), at + 1));
        let group = if apart { alone() } else { None };
        group
            .or_else(|| group_at(reading, at))
            .filter(|(digits, _)| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    if reading.is(at, &["de"]) && group(at + 1).is_some() {
        code.text.push_str("DE");
        at += 1;
    }
    let led = (1..=3).any(|back| LEADS.contains(&reading.before(index, back)));
    while at < reading.len() && code.text.len() < CODE_CHARS_MAX {
        if let Some((part, end)) = typed(reading.at(at))
            .or_else(|| letters_at(reading, at, &code, led))
            .map(|part| (part, at + 1))
            .or_else(|| group(at))
            .or_else(|| letter_at(reading, at).filter(|(letter, _)| letter.is_ascii() && letter.len() <= 2))
        {
            code.text.push_str(&part.to_uppercase());
            (at, code.end) = (end, end);
            code.ends.push((code.text.len(), end));
        } else if !code.text.is_empty() && (reading.is(at, CONNECTORS) || reading.is(at, PAUSES)) {
            at += 1;
        } else {
            break;
        }
    }
    (!code.ends.is_empty()).then_some(code)
}

/// `DE89`, `K4711`, `345/26`: letters and figures as they are typed.
fn typed(word: &str) -> Option<String> {
    let figures = word.bytes().filter(u8::is_ascii_digit).count();
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/'));
    let mixed = figures < word.len() && figures > 0 && !word.starts_with('0') && word.len() <= CODE_CHARS_MAX;
    (plain && mixed).then(|| word.chars().filter(char::is_ascii_alphanumeric).collect())
}

/// Letters in capitals as they are typed: the bank in an IBAN ("NL91 ABNA"), what stands behind "Kennzeichen" ("M AB").
fn letters_at(reading: &Reading<'_>, index: usize, code: &Code, led: bool) -> Option<String> {
    let written = reading.tokens.get(index)?.written;
    let letters: String = written.chars().filter(|c| *c != '-').collect();
    let capitals = letters.bytes().all(|b| b.is_ascii_uppercase());
    let bank = letters.len() == 4 && code.text.len() >= 4 && code.text.len().is_multiple_of(4);
    (capitals && !letters.is_empty() && (bank || (led && letters.len() <= 5))).then_some(letters)
}

/// Whether the checksum is right (ISO 7064, MOD 97-10): the first four characters moved to the end, letters as 10 to 35.
fn checksum_is_right(iban: &str) -> bool {
    let moved = iban.chars().skip(4).chain(iban.chars().take(4));
    let rest = moved.filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shifted = if value < 10 { rest * 10 } else { rest * 100 };
        (shifted + value) % 97
    });
    rest == 1
}

/// The IBAN that the code begins with, and the index after it.
fn iban_in(code: &Code) -> Option<(String, usize)> {
    let (_, length) = IBAN_LENGTHS.iter().find(|(country, _)| code.text.starts_with(country))?;
    let (_, end) = code.ends.iter().find(|(chars, _)| chars == length)?;
    let iban = code.text.get(..*length)?;
    checksum_is_right(iban).then(|| (iban.to_owned(), *end))
}

/// All codes and IBANs in a reading. An IBAN that is not right is found with an empty value, so that nothing else is
/// made of it; whoever chooses leaves it out.
pub(super) fn find(reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
    let asked = expect.iter().any(|kind| matches!(kind, Expect::Digits | Expect::Code));
    let iban = expect.contains(&Expect::Iban);
    one_after_another(reading, |index| at(reading, index, asked, iban))
}

fn at(reading: &Reading<'_>, index: usize, asked: bool, iban: bool) -> Option<Found> {
    let code = code_at(reading, index, false)?;
    let apart = || iban_in(&code_at(reading, index, true)?);
    if let Some((iban, end)) = iban_in(&code).or_else(apart) {
        return Some(Found::new(Value::Iban { value: iban.into() }, index, end, 0.99));
    }
    let country = IBAN_LENGTHS.iter().any(|(country, _)| code.text.starts_with(country));
    // Where one was asked for, half of one is none either.
    if country && (code.text.len() >= IBAN_CHARS_MIN || (iban && code.ends.len() > code.letters())) {
        return Some(Found::new(Value::Iban { value: String::new().into() }, index, code.end, 0.99));
    }
    let led = asked || (1..=3).any(|back| LEADS.contains(&reading.before(index, back)));
    let digits = code.text.len() - code.letters();
    (led && code.letters() > 0 && digits >= CODE_DIGITS_MIN)
        .then(|| Found::new(Value::Code { value: code.text.into() }, index, code.end, 0.95))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standard() {
        for (iban, right) in [
            ("DE89370400440532013000", true),
            ("GB82WEST12345698765432", true),
            ("DE89370400440532013001", false),
            ("DE98370400440532013000", false),
        ] {
            assert_eq!(checksum_is_right(iban), right, "{iban}");
        }
    }
}
