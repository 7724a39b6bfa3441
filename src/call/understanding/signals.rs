//! Signals: fixed rules over words, German and English. No model, no voice: what danger is and who wants a human
//! must be the same on every call.

use std::sync::LazyLock;

use super::reading::Reading;
use super::signal_rules::{HARMLESS, PERSONS, RULES, Unless};
use super::understood::Signal;

/// Tokens that `~` may skip.
const GAP_MAX: usize = 3;
/// Tokens of an utterance in which a signal's word can be all that is meant.
const SHORT_MAX: usize = 4;

/// The words of a pattern.
type Pattern = Vec<&'static str>;
/// All rules with their patterns taken apart, once.
static PATTERNS: LazyLock<Vec<(Signal, Unless, Vec<Pattern>)>> =
    LazyLock::new(|| RULES.iter().map(|(signal, unless, rows)| (*signal, *unless, patterns(rows))).collect());
/// The same for what only sounds so.
static SOUNDS_SO: LazyLock<Vec<(Signal, Vec<Pattern>)>> =
    LazyLock::new(|| HARMLESS.iter().map(|(signal, rows)| (*signal, patterns(rows))).collect());

fn patterns(rows: &'static str) -> Vec<Pattern> {
    rows.split(',').map(|row| row.split_whitespace().collect()).collect()
}

/// What burns or glows by design.
const GLOWING: &[&str] = &[
    "lampe",
    "laempchen",
    "licht",
    "leuchte",
    "led",
    "flamme",
    "zuendflamme",
    "brenner",
    "kontrolllampe",
    "kontrollleuchte",
    "warnlampe",
    "warnleuchte",
    "stoerlampe",
    "stoerungslampe",
    "pilotflamme",
    "birne",
    "kerze",
    "lichter",
    "lampen",
    "augen",
    "auge",
];
const NEGATIONS: &[&str] =
    &["nicht", "kein", "keine", "keinen", "keiner", "keinerlei", "niemand", "nie", "no", "not", "nobody"];

/// The words of an utterance, without apostrophes.
struct Words {
    plain: Vec<String>,
}

impl Words {
    fn at(&self, index: usize) -> &str {
        self.plain.get(index).map_or("", String::as_str)
    }

    fn before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |index| self.at(index))
    }

    fn is(&self, index: usize, words: &[&str]) -> bool {
        words.contains(&self.at(index))
    }
}

/// All signals of a reading, each once, in the order of [`Signal`].
pub(super) fn find(reading: &Reading<'_>) -> Vec<Signal> {
    let plain = reading.tokens.iter().map(|token| token.norm.replace(['\'', '’'], "")).collect();
    let words = Words { plain };
    let mut found: Vec<Signal> = Vec::new();
    for (signal, unless, patterns) in PATTERNS.iter() {
        if !found.contains(signal) && patterns.iter().any(|pattern| holds(&words, pattern, *unless, *signal))
        {
            found.push(*signal);
        }
    }
    // "Spreche ich mit einem Menschen?" asks; it does not demand one.
    if found.contains(&Signal::AsksWhetherHuman) {
        found.retain(|signal| *signal != Signal::WantsHuman);
    }
    // "Aufnahme stopp" is not about what was last taken up, and does not ask whether there is one.
    if found.contains(&Signal::StopRecording) {
        found.retain(|signal| !matches!(signal, Signal::Back | Signal::AsksPrivacy));
    }
    found
}

fn holds(words: &Words, pattern: &[&str], unless: Unless, signal: Signal) -> bool {
    let words_max = match unless {
        Unless::Long => SHORT_MAX,
        Unless::Accompanied => 1,
        _ => usize::MAX,
    };
    let length = words.plain.len();
    if length > words_max {
        return false;
    }
    (0..length).any(|start| {
        let Some(end) = matches(words, start, pattern) else { return false };
        if sounds_so(words, start, end, signal) {
            return false;
        }
        let negated = |index: usize| words.is(index, NEGATIONS);
        match unless {
            Unless::Never => !others_staff(words, start, signal),
            Unless::Accompanied => true,
            Unless::Long => {
                !(words.is(start, &["zurueck"]) && (0..start).any(|at| words.at(at).starts_with("ruf")))
            }
            Unless::NegatedBefore => !(1..=2).any(|back| NEGATIONS.contains(&words.before(start, back))),
            Unless::NegatedAfter => {
                let glowing =
                    pattern.first().is_some_and(|word| word.starts_with("br")) && glows(words, start);
                !glowing && !(start..end + 2).any(negated)
            }
        }
    })
}

/// Whether the words from `start` to `end` are part of what only sounds like the signal: "Feuer und Flamme".
fn sounds_so(words: &Words, start: usize, end: usize, signal: Signal) -> bool {
    let of_signal = SOUNDS_SO.iter().filter(|(harmless, _)| *harmless == signal);
    of_signal.flat_map(|(_, patterns)| patterns).any(|pattern| {
        (start.saturating_sub(2 * GAP_MAX)..end)
            .any(|first| matches(words, first, pattern).is_some_and(|last| first < end && start < last))
    })
}

/// "Die Lampe brennt": on, not on fire.
fn glows(words: &Words, verb: usize) -> bool {
    (1..=3).any(|back| GLOWING.contains(&words.before(verb, back))) || words.is(verb + 2, GLOWING)
}

/// "Ihr Mitarbeiter war gestern hier" speaks of one and does not ask for one.
fn others_staff(words: &Words, start: usize, signal: Signal) -> bool {
    signal == Signal::WantsHuman
        && (words.at(start).starts_with("mitarbeiter") || words.at(start).starts_with("kolleg"))
        && matches!(words.before(start, 1), "ihr" | "der" | "euer" | "ihre" | "die")
}

/// Where the pattern that begins at `start` ends.
fn matches(words: &Words, start: usize, pattern: &[&str]) -> Option<usize> {
    let mut index = start;
    let mut gap = 0;
    for word in pattern {
        if *word == "~" {
            gap = GAP_MAX;
            continue;
        }
        index = (index..=index + gap).find(|at| same(words.at(*at), word))? + 1;
        gap = 0;
    }
    Some(index)
}

fn same(norm: &str, word: &str) -> bool {
    if word.contains('|') {
        return word.split('|').any(|one| same(norm, one));
    }
    match word.strip_suffix('*') {
        Some(stem) => norm.starts_with(stem),
        None if word == "@person" => PERSONS.contains(&norm),
        None => norm == word,
    }
}
