//! E-mail addresses as they are spoken: "karo Punkt fisch at example Punkt de".

use super::digits::group_at;
use super::found::Found;
use super::reading::Reading;
use super::spelling::{letter_at, spelled_at};
use super::understood::Value;
use super::variants::hinted;
use crate::call::hearing::Expect;

/// What the sign is called.
const AT: &[&str] = &["at", "aet", "klammeraffe", "affenschwanz", "et"];
/// Words in front of an address that are no part of it.
const LEADS: &[&str] = &[
    "ist", "lautet", "an", "mir", "glaube", "nein", "sondern", "unter", "adresse", "mail", "von", "ja",
    "ich", "meine", "es", "das", "auf",
];
/// Words inside an address that are no part of it.
const SILENT: &[&str] = &[
    "dann",
    "zusammengeschrieben",
    "zusammen",
    "alles",
    "klein",
    "kleingeschrieben",
    "zeichen",
    "erst",
    "vorname",
    "nachname",
    "name",
    "also",
];
/// Endings of addresses that are heard as words.
const ENDINGS: &[&str] = &[
    "de", "com", "net", "org", "info", "eu", "at", "ch", "io", "biz", "uk", "li", "lu", "fr", "it", "nl",
    "pl", "cz",
];
/// Words of a part, at most.
const WORDS_MAX: usize = 24;
/// Longest address (RFC 5321).
const CHARS_MAX: usize = 254;

/// What a word in an address stands for, where it is no letters.
fn sign(word: &str) -> Option<char> {
    Some(match word {
        "punkt" | "dot" => '.',
        "unterstrich" | "underscore" => '_',
        "minus" | "bindestrich" | "strich" | "dash" | "hyphen" => '-',
        "plus" => '+',
        _ => return None,
    })
}

/// One item of an address at `index`: its characters, and the index after it. `before`: what is there already.
fn item_at(reading: &Reading<'_>, index: usize, before: &str) -> Option<(String, usize)> {
    let word = reading.at(index);
    if let Some(sign) = sign(word) {
        return Some((sign.to_string(), index + 1));
    }
    if let Some((digits, end)) = group_at(reading, index) {
        return Some((digits, end));
    }
    if let Some((spelled, end)) = spelled_at(reading, index, false) {
        return Some((ascii(&spelled), end));
    }
    // Two letters, or one in front of a dot: "T online", "we Punkt Pfefferkorn".
    if let Some((letter, end)) = letter_at(reading, index) {
        let alone = reading.tokens.get(index).is_some_and(|token| token.written.chars().count() == 1);
        let short = word.len() <= 2 || word == "ypsilon" || word == "zett";
        let between =
            sign(reading.at(end)).is_some() && (before.is_empty() || before.ends_with(['.', '-', '_']));
        if alone || (short && (letter_at(reading, end).is_some() || between)) {
            return Some((ascii(&letter), end));
        }
    }
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (plain && !word.is_empty()).then(|| (word.to_owned(), index + 1))
}

/// Umlauts in two letters.
fn ascii(letters: &str) -> String {
    super::reading::normal(letters)
}

/// The characters that the words from `first` up to `end` stand for.
fn written(reading: &Reading<'_>, first: usize, end: usize) -> Option<String> {
    let mut text = String::new();
    let mut last_word = String::new();
    let mut at = first;
    while at < end {
        // "anna Unterstrich klein": behind a sign it is a name.
        let named = reading.is(at, &["klein"]) && text.ends_with(['_', '.', '-']);
        if (reading.is(at, SILENT) && !named)
            || (reading.is(at, &["und"]) && reading.is(at + 1, SILENT))
            || reading.starts(at, &["ohne", "punkt"])
        {
            at += 1 + usize::from(reading.starts(at, &["ohne", "punkt"]));
            continue;
        }
        if reading.is(at, &["der", "die", "das", "dann"]) && reading.is(at + 1, SILENT) {
            at += 1;
            continue;
        }
        // "fisch wie der fisch", "Müller mit u e"
        if reading.is(at, &["wie"]) && !last_word.is_empty() {
            at += 2 + usize::from(reading.is(at + 1, &["der", "die", "das"]));
            continue;
        }
        if let Some((hinted, next)) =
            hinted(reading, at, &last_word).filter(|(_, next)| *next <= end && !last_word.is_empty())
        {
            text.truncate(text.len() - last_word.len());
            text.push_str(&ascii(&hinted));
            at = next;
            continue;
        }
        if reading.is(at, &["mit"]) && !last_word.is_empty() {
            at += 2;
            continue;
        }
        let (item, next) = item_at(reading, at, &text)?;
        // "weber w e b e r"
        let again = next > at + 1 && item == last_word;
        if !again {
            text.push_str(&item);
        }
        last_word = if item.chars().all(|c| c.is_ascii_alphabetic()) { item } else { String::new() };
        at = next;
    }
    Some(text)
}

/// Where the part in front of the sign begins.
fn local_start(reading: &Reading<'_>, at: usize) -> usize {
    let mut first = at;
    while first > 0
        && at - first < WORDS_MAX
        && !LEADS.contains(&reading.at(first - 1))
        && !reading.is(first - 1, AT)
    {
        first -= 1;
    }
    first
}

/// The part behind the sign, and the index after it.
fn domain_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let mut dot = None;
    let mut at = index;
    while at < (index + WORDS_MAX).min(reading.len()) {
        if sign(reading.at(at)) == Some('.') {
            dot = Some(at);
            let (ending, end) = ending_at(reading, at + 1)?;
            let more = sign(reading.at(end)) == Some('.') && ending_at(reading, end + 1).is_some();
            let name = written(reading, index, at)?;
            if !more {
                return (!name.is_empty()).then(|| (format!("{name}.{ending}"), end));
            }
        }
        at += 1;
    }
    // "gmail com"
    if dot.is_none()
        && let Some(end) =
            (index + 1..reading.len()).find(|at| reading.is(*at, ENDINGS) && reading.at(*at).len() > 2)
    {
        return Some((format!("{}.{}", written(reading, index, end)?, reading.at(end)), end + 1));
    }
    None
}

/// What stands behind the last dot: "de", "d e", "ce ha", "komm".
fn ending_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let word = reading.at(index);
    if ENDINGS.contains(&word) {
        let end = index + 1;
        // "de e"
        let end = end + usize::from(word == "de" && reading.is(end, &["e"]));
        return Some((word.to_owned(), end));
    }
    if matches!(word, "komm" | "kom") {
        return Some(("com".to_owned(), index + 1));
    }
    if let (Some((one, next)), Some((two, end))) = (letter_at(reading, index), letter_at(reading, index + 1))
        && next == index + 1
    {
        let pair = format!("{one}{two}");
        if ENDINGS.contains(&pair.as_str()) {
            return Some((pair, end));
        }
    }
    (word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic())).then(|| (word.to_owned(), index + 1))
}

/// Whether it can be an address at all.
fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    let part = |text: &str| {
        !text.is_empty()
            && !text.starts_with(['.', '-'])
            && !text.ends_with(['.', '-'])
            && !text.contains("..")
    };
    let host = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    address.len() <= CHARS_MAX && part(local) && part(domain) && domain.chars().all(host)
}

/// All e-mail addresses in a reading.
pub(super) fn find(reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
    let asked = expect.iter().any(|kind| matches!(kind, Expect::Spelling | Expect::Email));
    let mut found: Vec<Found> = Vec::new();
    for at in 0..reading.len() {
        // As it is typed.
        if let Some(address) = Some(reading.at(at)).filter(|word| word.contains('@') && is_address(word)) {
            found.push(Found::new(Value::Email { value: address.to_owned().into() }, at, at + 1, 0.97));
            continue;
        }
        let by = asked && reading.is(at, &["bei"]);
        if at == 0 || !(by || reading.is(at, AT)) {
            continue;
        }
        let free_from = found.last().map_or(0, |last| last.end);
        let first = local_start(reading, at).max(free_from);
        let Some((domain, end)) = domain_at(reading, at + 1) else { continue };
        let address = written(reading, first, at).map(|local| format!("{local}@{domain}").to_lowercase());
        if let Some(address) = address.filter(|address| is_address(address)) {
            found.push(Found::new(Value::Email { value: address.into() }, first, end, 0.95));
        }
    }
    corrected(reading, &mut found);
    found
}

/// "…, nein, Punkt com": only the ending is another one.
fn corrected(reading: &Reading<'_>, found: &mut [Found]) {
    let Some(last) = found.last_mut() else { return };
    let Value::Email { value } = &last.value else { return };
    if reading.is(last.end, &["nein", "nee", "quatsch"])
        && reading.is(last.end + 1, &["punkt"])
        && let Some((ending, end)) = ending_at(reading, last.end + 2)
        && let Some((rest, _)) = value.reveal().rsplit_once('.')
    {
        last.value = Value::Email { value: format!("{rest}.{ending}").into() };
        (last.end, last.corrects) = (end, true);
    }
}
