//! Marks: what the words around a value say about it: doubt, refusal, correction.

use super::found::Found;
use super::reading::Reading;
use super::understood::{SlotKind, Value};

/// Words that take back what was said before them.
pub(super) const CORRECTIONS: &[&str] = &[
    "nein",
    "nee",
    "noe",
    "quatsch",
    "sondern",
    "korrektur",
    "vielmehr",
    "pardon",
    "entschuldigung",
    "verzeihung",
    "stopp",
    "falsch",
    "bloedsinn",
    "unsinn",
    "no",
    "sorry",
];
/// The same in several words.
const CORRECTING: &[&[&str]] = &[
    &["ich", "meine"],
    &["ich", "meinte"],
    &["meine", "ich"],
    &["besser", "gesagt"],
    &["genauer", "gesagt"],
    &["doch", "lieber"],
    &["lieber"],
    &["stattdessen"],
    &["anstatt"],
    &["doch", "besser"],
    &["ich", "habe", "mich", "versprochen"],
    &["i", "mean"],
];
const DOUBTS: &[&str] = &[
    "vielleicht",
    "eventuell",
    "moeglicherweise",
    "wahrscheinlich",
    "vermutlich",
    "ungefaehr",
    "circa",
    "ca",
    "etwa",
    "glaube",
    "glaub",
    "denke",
    "schaetze",
    "irgendwann",
    "wohl",
    "gegen",
    "womoeglich",
    "notfalls",
    "maybe",
    "perhaps",
    "about",
    "around",
    "probably",
    "jein",
    "schaetzungsweise",
    "rund",
    "zirka",
];
const REFUSALS: &[&str] = &["nicht", "kein", "keine", "keinen", "keinem", "keiner", "ausser", "not"];
/// Words that may stand between "nicht" and the value it rules out.
const BETWEEN: &[&str] = &[
    "am",
    "an",
    "um",
    "im",
    "in",
    "den",
    "der",
    "die",
    "das",
    "dem",
    "so",
    "gegen",
    "vor",
    "nach",
    "zu",
    "erst",
    "schon",
    "unbedingt",
    "gerade",
    "wieder",
    "hausnummer",
    "nummer",
    "herr",
    "frau",
    "ab",
];
/// Words between a time and the "nicht" behind it that rules it out: "Montag kann ich leider nicht".
const UNABLE: &[&str] = &[
    "geht",
    "gehts",
    "passt",
    "passts",
    "kann",
    "koennen",
    "koennte",
    "klappt",
    "will",
    "moechte",
    "habe",
    "bin",
    "sind",
    "ist",
    "da",
    "das",
    "ich",
    "wir",
    "es",
    "bei",
    "mir",
    "uns",
    "leider",
    "gar",
    "auch",
    "aber",
    "am",
    "schaffe",
    "nun",
    "ueberhaupt",
    "wirklich",
    "eher",
    "waere",
    "hab",
    "an",
    "dem",
    "tag",
    "lieber",
];
/// Verbs that end a refusal of what stood before: "Montag geht nicht, Dienstag".
const UNABLE_VERBS: &[&str] = &[
    "geht",
    "gehts",
    "passt",
    "passts",
    "kann",
    "koennen",
    "klappt",
    "ich",
    "wir",
    "uns",
    "mir",
    "leider",
    "da",
    "es",
    "auch",
    "gar",
    "ueberhaupt",
    "aber",
    "eher",
    "lieber",
    "waere",
];
/// "nicht" before these speaks of more or less, not of the value.
const COMPARED: &[&str] = &["frueher", "spaeter", "vorher", "eher", "laenger", "mehr", "nur", "ganz", "so"];
/// Tokens around a value that are looked at.
const REACH: usize = 6;

/// Marks all values; they must be in the order in which they were said.
pub(super) fn mark(reading: &Reading<'_>, found: &mut [Found]) {
    for index in 0..found.len() {
        let (first, end) = (found[index].first, found[index].end);
        let kind = found[index].kind();
        let declined = found[..index].iter().any(|other| other.value == Value::YesNo { value: false });
        let yes_no = |other: &&Found| matches!(other.value, Value::YesNo { .. });
        let earlier = found[..index].iter().rev().find(|other| !yes_no(other) && other.end <= first);
        let from = earlier.map_or(0, |other| other.end).max(first.saturating_sub(REACH));
        let to =
            found[index + 1..].iter().find(|other| !yes_no(other)).map_or(reading.len(), |other| other.first);
        let alone = earlier.is_none();
        let same_before = earlier.is_some_and(|other| other.kind() == kind);
        let replaces_refused = earlier.is_some_and(|other| {
            other.kind() == kind && other.negated && Some(other.end) >= first.checked_sub(REACH)
        });
        found[index].hedged |= doubted(reading, from, first, end, to);
        if kind == SlotKind::YesNo {
            continue;
        }
        let refused =
            refused_before(reading, from, first, same_before) || refused_behind(reading, end, to, kind);
        let corrected =
            corrected_before(reading, from, first) || (declined && alone) || (replaces_refused && !refused);
        let corrected = corrected && (same_before || !refused);
        let this = &mut found[index];
        this.negated |= refused;
        this.corrects |= corrected;
    }
}

/// "nicht Montag", "auf keinen Fall am Montag".
fn refused_before(reading: &Reading<'_>, from: usize, first: usize, same_before: bool) -> bool {
    let mut index = first;
    while index > from && reading.is(index - 1, BETWEEN) {
        index -= 1;
    }
    if index > from && reading.is(index - 1, &["fall"]) && index >= 2 && reading.is(index - 2, REFUSALS) {
        return true;
    }
    let Some(at) = index.checked_sub(1).filter(|at| *at >= from) else { return false };
    if !reading.is(at, REFUSALS) {
        return false;
    }
    // "Montag geht nicht, Dienstag": that refusal is about Monday.
    let unable = |words: &[&str]| at > 0 && reading.is(at - 1, words);
    let about_earlier = unable(&["stimmt", "passt"]) || (same_before && at > from && unable(UNABLE_VERBS));
    let compared = first > at + 1 && reading.is(at + 1, COMPARED);
    !about_earlier && !compared && reading.after(at).is_none_or(|c| c != ',')
}

/// "Montag geht leider nicht", "am Montag kann ich nicht".
fn refused_behind(reading: &Reading<'_>, end: usize, to: usize, kind: SlotKind) -> bool {
    if kind != SlotKind::DateTime {
        return false;
    }
    let Some(at) = (end..to.min(end + REACH)).find(|at| !reading.is(*at, UNABLE)) else { return false };
    // "nicht Dienstag": about what follows, unless a verb went before.
    let about_next = at == end && at + 1 >= to && to < reading.len();
    reading.is(at, &["nicht", "schlecht", "unmoeglich"]) && !reading.is(at + 1, COMPARED) && !about_next
}

fn corrected_before(reading: &Reading<'_>, from: usize, first: usize) -> bool {
    (from..first).any(|index| {
        reading.is(index, CORRECTIONS) || CORRECTING.iter().any(|words| reading.starts(index, words))
    })
}

fn doubted(reading: &Reading<'_>, from: usize, first: usize, end: usize, to: usize) -> bool {
    let near = from.max(first.saturating_sub(4));
    let doubt = |index: usize| reading.is(index, DOUBTS);
    let behind = reading.is(end, &["oder"]) && reading.is(end + 1, &["so"]);
    (near..end).any(doubt)
        || (end..to.min(end + 2)).any(|index| doubt(index) && to == reading.len())
        || behind
}
