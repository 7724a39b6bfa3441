//! Signals: fixed rules over words, German and English. No model, no voice: what danger is and who wants a human
//! must be the same on every call.

use super::reading::Reading;
use super::signal_rules::{RULES, Unless};
use super::understood::Signal;

/// Tokens that `~` may skip.
const GAP_MAX: usize = 3;
/// Tokens of an utterance in which a signal's word can be all that is meant.
const SHORT_MAX: usize = 4;

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
    &["nicht", "kein", "keine", "keinen", "keiner", "keinerlei", "niemand", "nie", "no", "not"];

/// All signals of a reading, each once, in the order of [`Signal`].
pub(super) fn find(reading: &Reading<'_>) -> Vec<Signal> {
    let mut found: Vec<Signal> = Vec::new();
    for (signal, unless, patterns) in RULES {
        if !found.contains(signal)
            && patterns.split(',').any(|pattern| holds(reading, pattern.trim(), *unless, *signal))
        {
            found.push(*signal);
        }
    }
    // "Spreche ich mit einem Menschen?" asks; it does not demand one.
    if found.contains(&Signal::AsksWhetherHuman) {
        found.retain(|signal| *signal != Signal::WantsHuman);
    }
    // "Aufnahme stopp" is not about what was last taken up.
    if found.contains(&Signal::StopRecording) {
        found.retain(|signal| *signal != Signal::Back);
    }
    found
}

fn holds(reading: &Reading<'_>, pattern: &str, unless: Unless, signal: Signal) -> bool {
    let words_max = match unless {
        Unless::Long => SHORT_MAX,
        Unless::Accompanied => 1,
        _ => usize::MAX,
    };
    if reading.len() > words_max {
        return false;
    }
    (0..reading.len()).any(|start| {
        let Some(end) = matches(reading, start, pattern) else { return false };
        let negated = |index: usize| reading.is(index, NEGATIONS);
        match unless {
            Unless::Never => !others_staff(reading, start, signal),
            Unless::Accompanied => true,
            Unless::Long => {
                !(reading.is(start, &["zurueck"]) && (0..start).any(|at| reading.at(at).starts_with("ruf")))
            }
            Unless::NegatedBefore => !(1..=2).any(|back| NEGATIONS.contains(&reading.before(start, back))),
            Unless::NegatedAfter => {
                let glowing = pattern.starts_with("br") && glows(reading, start);
                !glowing && !(start..end + 2).any(negated)
            }
        }
    })
}

/// "Die Lampe brennt": on, not on fire.
fn glows(reading: &Reading<'_>, verb: usize) -> bool {
    (1..=3).any(|back| GLOWING.contains(&reading.before(verb, back))) || reading.is(verb + 2, GLOWING)
}

/// "Ihr Mitarbeiter war gestern hier" speaks of one and does not ask for one.
fn others_staff(reading: &Reading<'_>, start: usize, signal: Signal) -> bool {
    signal == Signal::WantsHuman
        && (reading.at(start).starts_with("mitarbeiter") || reading.at(start).starts_with("kolleg"))
        && matches!(reading.before(start, 1), "ihr" | "der" | "euer" | "ihre" | "die")
}

/// Where the pattern that begins at `start` ends.
fn matches(reading: &Reading<'_>, start: usize, pattern: &str) -> Option<usize> {
    let mut index = start;
    let mut gap = 0;
    for word in pattern.split(' ') {
        if word == "~" {
            gap = GAP_MAX;
            continue;
        }
        index = (index..=index + gap).find(|at| same(reading.at(*at), word))? + 1;
        gap = 0;
    }
    Some(index)
}

fn same(norm: &str, word: &str) -> bool {
    match word.strip_suffix('*') {
        Some(stem) => norm.starts_with(stem),
        None => norm == word,
    }
}
