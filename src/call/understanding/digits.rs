//! Digits as callers dictate them: telephone numbers, customer numbers, postcodes.
//!
//! "null sieben elf dreiundzwanzig doppel vier" is 07112344: every number is written down as it was said, and a
//! repetition ("doppel", "zweimal die", "dreimal") repeats what follows.

use super::found::Found;
use super::marks::CORRECTIONS;
use super::numbers::group_at as number_group_at;
use super::reading::Reading;
use super::understood::Value;
use crate::call::hearing::Expect;

/// Digits of a telephone number that was asked for; extensions are short.
pub const TELEPHONE_DIGITS_MIN: usize = 3;
/// Digits of a telephone number that nobody asked for.
const TELEPHONE_DIGITS_UNASKED_MIN: usize = 7;
/// How sure a shorter one is: it may be half of one, so it is confirmed.
const SHORT_NUMBER: f32 = 0.6;
/// Longest telephone number: E.164 has 15 digits, and two for a leading 00.
pub const TELEPHONE_DIGITS_MAX: usize = 17;
/// Longest string of digits of any kind.
pub const DIGITS_MAX: usize = 34;
/// Digits that were dictated one by one are digits even where nobody asked.
const DIGITS_UNASKED_MIN: usize = 4;
/// A single dictated group is at most this: "vierundzwanzigtausend" is five digits.
const GROUP_MAX: u32 = 99_999;

/// Words between digits that carry none.
pub(super) const CONNECTORS: &[&str] = &[
    "und",
    "dann",
    "die",
    "strich",
    "schraegstrich",
    "bindestrich",
    "minus",
    "pause",
    "durchwahl",
    "vorwahl",
    "weiter",
    "danach",
    "nochmals",
    "wieder",
    "so",
    "ja",
    "bitte",
    "komma",
    "leerzeichen",
    "noch",
    "eine",
    "nummer",
    "glaube",
    "ich",
    "moment",
    "punkt",
    "klammer",
    "klammern",
    "auf",
    "zu",
    "in",
];
const REPEATS: &[(&str, usize)] = &[
    ("doppel", 2),
    ("doppelt", 2),
    ("zweimal", 2),
    ("zwomal", 2),
    ("dreimal", 3),
    ("dreifach", 3),
    ("viermal", 4),
    ("fuenfmal", 5),
    ("sechsmal", 6),
    ("siebenmal", 7),
    ("achtmal", 8),
    ("neunmal", 9),
    ("zehnmal", 10),
];

/// A run of digits over tokens.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub digits: String,
    pub plus: bool,
    pub first: usize,
    pub end: usize,
    /// How many things were said: "null sieben elf" are three.
    pub groups: usize,
}

/// The run of digits that begins at `first`.
pub(super) fn run_at(reading: &Reading<'_>, first: usize) -> Option<Run> {
    let plus = reading.is(first, &["plus"]);
    let mut run = Run { digits: String::new(), plus, first, end: first, groups: 0 };
    let mut index = first + usize::from(plus);
    let mut bracket = false;
    while index < reading.len() && run.digits.len() < DIGITS_MAX {
        if let Some((digits, end)) = group_at(reading, index) {
            if digits.starts_with('+') && run.groups == 0 {
                run.plus = true;
            }
            // "(0)" is never dialled after a country code.
            let abroad = run.plus || run.digits.len() == 4 && run.digits.starts_with("00");
            let national = abroad
                && run.groups == 1
                && (reading.at(index).starts_with("(0)") || (bracket && digits == "0"));
            run.digits.push_str(&digits.trim_start_matches('+')[usize::from(national)..]);
            run.groups += 1;
            run.end = end;
            index = end;
            if matches!(reading.after(end - 1), Some(';' | '?' | '!')) {
                break;
            }
        } else if run.groups > 0 && reading.is(index, CONNECTORS) {
            bracket |= reading.is(index, &["klammer", "klammern"]);
            index += 1;
        } else {
            break;
        }
    }
    (run.groups > 0 && run.digits.len() <= DIGITS_MAX).then_some(run)
}

/// One group at `index`: typed digits, a number word, or a repetition of one.
pub(super) fn group_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let norm = reading.at(index);
    if let Some((times, start)) = repeat_at(reading, index) {
        let (digits, end) = group_at_plain(reading, start)?;
        return Some((digits.repeat(times), end));
    }
    typed(norm).map(|digits| (digits, index + 1)).or_else(|| group_at_plain(reading, index))
}

fn group_at_plain(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    if let Some(digits) = typed(reading.at(index)) {
        return Some((digits, index + 1));
    }
    let (value, end) = number_group_at(reading, index)?;
    (value <= GROUP_MAX).then(|| (value.to_string(), end))
}

/// "doppel", "zweimal die", "drei mal": how often, and where the repeated group begins.
fn repeat_at(reading: &Reading<'_>, index: usize) -> Option<(usize, usize)> {
    let once = REPEATS.iter().find(|(word, _)| *word == reading.at(index));
    // "drei mal die fünf"
    let apart = || {
        let (times, end) = number_group_at(reading, index).filter(|(times, _)| (2..=10).contains(times))?;
        let repeated = reading.is(end, &["mal"]) && reading.is(end + 1, &["die", "eine"]);
        repeated.then_some((usize::try_from(times).ok()?, end + 1))
    };
    let (times, start) = once.map(|(_, times)| (*times, index + 1)).or_else(apart)?;
    Some((times, start + usize::from(reading.is(start, &["die", "eine"]))))
}

/// Digits that were typed, perhaps with the marks people put between: `0711/23-44`, `(0711)`, `+49`.
fn typed(norm: &str) -> Option<String> {
    let mut digits = String::new();
    let norm = if norm.starts_with('+') { norm.replace("(0)", "") } else { norm.to_owned() };
    for (index, c) in norm.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if index == 0 => digits.push(c),
            '/' | '-' | '(' | ')' => {}
            _ => return None,
        }
    }
    let marked = norm.contains('/') && !digits.starts_with(['0', '+']);
    (digits.bytes().any(|b| b.is_ascii_digit()) && !marked).then_some(digits)
}

/// All runs that are telephone numbers or digits by what is expected or by their shape.
pub(super) fn find(reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < reading.len() {
        let Some(run) = run_at(reading, index) else {
            index += 1;
            continue;
        };
        let meant = meaning(reading, &run, expect);
        let whole = matches!(meant, Some(Found { value: Value::Telephone { .. }, .. }));
        found.extend(meant);
        // "Lindenstraße vierzehn null sieben elf …": the number may begin later in the run.
        index = if whole { run.end } else { group_at(reading, index).map_or(index + 1, |(_, end)| end) };
    }
    found
}

fn meaning(reading: &Reading<'_>, run: &Run, expect: &[Expect]) -> Option<Found> {
    let length = run.digits.len();
    let asked = expect.iter().find(|kind| matches!(kind, Expect::Telephone | Expect::Digits | Expect::Code));
    let named = (1..=4).find_map(|back| named(reading.before(run.first, back)));
    let shape = run.plus || run.digits.starts_with('0');
    let wanted = named.or(asked.map(|kind| if *kind == Expect::Code { Expect::Digits } else { *kind }));
    // "…, nein, drei vier": only the end was wrong.
    let mended = asked == Some(&Expect::Telephone)
        && run.groups > 1
        && CORRECTIONS.contains(&reading.before(run.first, 1));
    let telephone = match wanted {
        Some(Expect::Telephone) => length >= TELEPHONE_DIGITS_MIN || mended,
        Some(_) => false,
        None => shape && length >= TELEPHONE_DIGITS_UNASKED_MIN,
    } && length <= TELEPHONE_DIGITS_MAX;
    if telephone {
        let dialled = if run.plus { format!("+{}", run.digits) } else { run.digits.clone() };
        let sure = if shape && length >= TELEPHONE_DIGITS_UNASKED_MIN { 0.95 } else { SHORT_NUMBER };
        return Some(Found::new(Value::Telephone { value: dialled.into() }, run.first, run.end, sure));
    }
    let dictated =
        (run.groups >= 3 && length >= DIGITS_UNASKED_MIN) || (length >= 5 && typed_run(reading, run));
    if wanted == Some(Expect::Digits) || (wanted.is_none() && !run.plus && dictated) {
        let sure = if wanted.is_some() { 0.95 } else { 0.6 };
        let value = Value::Digits { value: run.digits.clone().into() };
        return Some(Found::new(value, run.first, run.end, sure));
    }
    None
}

fn typed_run(reading: &Reading<'_>, run: &Run) -> bool {
    (run.first..run.end).all(|index| reading.at(index).bytes().all(|b| b.is_ascii_digit()))
}

/// Words that say what the digits behind them are.
fn named(word: &str) -> Option<Expect> {
    let telephone =
        ["telefonnummer", "telefon", "handynummer", "handy", "rufnummer", "rueckrufnummer", "mobilnummer"];
    let digits = [
        "kundennummer",
        "rechnungsnummer",
        "vertragsnummer",
        "auftragsnummer",
        "postleitzahl",
        "aktenzeichen",
    ];
    if telephone.contains(&word) || word.ends_with("telefonnummer") {
        return Some(Expect::Telephone);
    }
    (digits.contains(&word)).then_some(Expect::Digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Transcript;

    #[test]
    fn groups_are_written_down_as_they_are_said() {
        for (text, digits, plus) in [
            ("null sieben elf dreiundzwanzig doppel vier", "07112344", false),
            ("plus neunundvierzig sieben elf", "49711", true),
            ("dreimal die null und dann zwo", "0002", false),
            ("+49 (0)711 23-44", "497112344", true),
            ("0711/2344", "07112344", false),
        ] {
            let heard = Transcript::typed(text);
            let run = run_at(&Reading::new(&heard.hypotheses[0]), 0).expect(text);
            assert_eq!((run.digits.as_str(), run.plus), (digits, plus), "{text}");
        }
    }
}
