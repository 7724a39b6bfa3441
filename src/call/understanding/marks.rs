//! Marks: what the words around a value say about it: doubt, refusal, correction.

use super::found::Found;
pub(super) use super::mark_words::CORRECTIONS;
use super::mark_words::{
    BETWEEN, COMPARED, CORRECTING, DOUBTING, DOUBTS, EXCEPTING, LEADING_OVER, REFUSALS, RULED_OUT,
    TAKEN_BACK, UNABLE, UNABLE_VERBS,
};
use super::reading::Reading;
use super::understood::{Grain, SlotKind, Value};

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
            // "nicht zwei Wochen, drei": its unit is the other's.
            let measured = kind == SlotKind::Number
                && matches!(other.kind(), SlotKind::Duration | SlotKind::Money)
                && other.end == first;
            (other.kind() == kind || measured) && other.negated && Some(other.end) >= first.checked_sub(REACH)
        });
        // "morgen, äh, übermorgen"
        let hesitated = earlier.is_some_and(|other| {
            other.end == first && alike(other, &found[index]) && reading.hesitated_before(first)
        });
        // "außer montags und dienstags"
        let listed = earlier.is_some_and(|other| {
            let before = other.first.checked_sub(1).is_some_and(|at| reading.is(at, EXCEPTING));
            before && other.negated && other.end + 1 == first && reading.is(other.end, &["und", "oder"])
        });
        found[index].hedged |= doubted(reading, from, first, end, to);
        if kind == SlotKind::YesNo {
            continue;
        }
        let refused =
            refused_before(reading, from, first, same_before) || refused_behind(reading, end, to, kind);
        let corrected = corrected_before(reading, from, first)
            || (declined && alone)
            || (replaces_refused && !refused)
            || hesitated;
        let corrected = corrected && (same_before || !refused);
        let this = &mut found[index];
        this.negated |= refused || listed;
        this.corrects |= corrected && !listed;
    }
    beside(reading, found);
}

/// What two values of a kind that stand side by side say of one another: "Freitag statt Donnerstag" corrects, "zehn, elf
/// Uhr" and "zwei, drei Leute" are both about so much.
fn beside(reading: &Reading<'_>, found: &mut [Found]) {
    for index in 1..found.len() {
        let (Some(one), Some(other)) = (found.get(index - 1), found.get(index)) else { continue };
        if one.kind() != other.kind() {
            continue;
        }
        let instead = other.negated
            && !one.negated
            && reading.is(one.end, &["statt", "anstatt"])
            && (one.end + 1..other.first).all(|at| reading.is(at, BETWEEN));
        let about =
            one.end == other.first && !other.corrects && !other.negated && next_to(&one.value, &other.value);
        found[index - 1].corrects |= instead;
        found[index - 1].hedged |= about;
        found[index].hedged |= about;
    }
}

/// Whether one is the next after the other, so that both together are "about so much".
fn next_to(one: &Value, other: &Value) -> bool {
    let clock = |grain: Grain| matches!(grain, Grain::Hour | Grain::Minute);
    match (one, other) {
        (Value::Number { value: one }, Value::Number { value: other }) => {
            one.thousandths() + 1000 == other.thousandths()
        }
        (
            Value::DateTime { value: one, grain, .. },
            Value::DateTime { value: other, grain: other_grain, dated: false, .. },
        ) => {
            let minutes = (one.time().until(other.time()))
                .map_or(0, |span| span.get_hours() * 60 + span.get_minutes() as i32);
            clock(*grain) && clock(*other_grain) && (1..=60).contains(&minutes)
        }
        _ => false,
    }
}

/// Whether one can be said in the place of the other: an hour and "anderthalb" are both lengths.
fn alike(one: &Found, other: &Found) -> bool {
    let measured = |found: &Found| matches!(found.kind(), SlotKind::Duration | SlotKind::Money);
    one.kind() == other.kind() || (measured(one) && other.kind() == SlotKind::Number)
}

/// "zwei Stunden, nein, drei", "fünfzig Euro, quatsch, sechzig", "hundert oder hundertfünfzig Euro": a bare number that
/// corrects what was measured, or is said beside it, has its unit.
pub(super) fn give_units(reading: &Reading<'_>, found: &mut [Found]) {
    for index in 0..found.len() {
        let Value::Number { value: number } = found[index].value else { continue };
        let (first, end) = (found[index].first, found[index].end);
        let or = |at: usize| reading.is(at, &["oder"]);
        let earlier = found[..index].iter().rev().find(|other| !matches!(other.value, Value::YesNo { .. }));
        let earlier =
            earlier.filter(|other| found[index].corrects || (other.end + 1 == first && or(other.end)));
        let later = found.get(index + 1).filter(|other| end + 1 == other.first && or(end));
        let Some(other) = earlier.or(later) else { continue };
        let given =
            match &other.value {
                Value::Money { currency, .. } => {
                    Some(Value::Money { value: number, until: None, open: false, currency: currency.clone() })
                }
                Value::Duration { value, .. } => value
                    .in_the_same_unit(number)
                    .map(|value| Value::Duration { value, until: None, open: false }),
                _ => None,
            };
        if let Some(given) = given {
            found[index].value = given;
        }
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
    let except = |words: &[&str]| {
        let start = (at + 1).checked_sub(words.len());
        start.is_some_and(|start| start >= from && reading.starts(start, words))
    };
    if except(&["bis", "auf"])
        || except(&["mit", "ausnahme", "von"])
        || (same_before && except(&["noch"]) && neither(reading, at))
    {
        return true;
    }
    if !reading.is(at, REFUSALS) || except(&["warum", "nicht"]) || except(&["wieso", "nicht"]) {
        return false;
    }
    // "Montag geht nicht, Dienstag": that refusal is about Monday.
    let unable = |words: &[&str]| at > 0 && reading.is(at - 1, words);
    // "Dienstag, aber nicht vormittags": straight behind the other value it only leads over.
    let leads_over = at > from && (from..at).all(|between| reading.is(between, LEADING_OVER));
    let about_earlier =
        unable(&["stimmt", "passt"]) || (same_before && at > from && !leads_over && unable(UNABLE_VERBS));
    let compared = first > at + 1 && compared(reading, at + 1);
    !about_earlier && !compared && reading.after(at).is_none_or(|c| c != ',')
}

/// "Montag geht leider nicht", "am Montag kann ich nicht".
fn refused_behind(reading: &Reading<'_>, end: usize, to: usize, kind: SlotKind) -> bool {
    if kind != SlotKind::DateTime {
        return false;
    }
    let ruled_out = |at: usize| RULED_OUT.iter().any(|words| reading.starts(at, words));
    let within = to.min(end + REACH);
    // "Freitag, Moment, nein, da kann ich nicht"
    let taken_back =
        |at: usize| reading.is(at, TAKEN_BACK) && (at + 1..at + 3).any(|da| reading.is(da, &["da"]));
    let passed = |at: usize| reading.is(at, UNABLE) || taken_back(at);
    let Some(at) = (end..within).find(|at| ruled_out(*at) || !passed(*at)) else { return false };
    // "nicht Dienstag", "aber nicht am Dienstag": about what follows, unless a verb went before.
    let next = to < reading.len() && (at + 1..to).all(|at| reading.is(at, BETWEEN));
    let about_next = next && (at == end && at + 1 >= to || at == end + 1 && reading.is(end, LEADING_OVER));
    // "geht nicht, nur am Wochenende", but "nicht nur"
    let only = reading.is(at + 1, &["nur"]) && !(at > end && reading.is(at - 1, UNABLE_VERBS));
    let praised = reading.is(at, &["nicht"]) && (reading.is(at + 1, &["schlecht"]) || only);
    // "aus" alone is where somebody comes from.
    let falls = !reading.is(at, &["aus"]) || reading.is(at - 1, &["faellt"]);
    // "Montag arbeiten": only with a "muss".
    let must = !reading.is(at, &["arbeiten", "arzt"]) || (end..at).any(|at| reading.is(at, &["muss", "bin"]));
    ruled_out(at) && !praised && falls && must && !compared(reading, at + 1) && !about_next
}

/// Whether "nicht" in front of this speaks of more or less: "nicht später", "nicht mehr als", but not "nicht mehr".
fn compared(reading: &Reading<'_>, index: usize) -> bool {
    reading.is(index, COMPARED) && (!reading.is(index, &["mehr"]) || reading.is(index + 1, &["als"]))
}

/// "weder Montag noch Dienstag"
fn neither(reading: &Reading<'_>, at: usize) -> bool {
    (1..=REACH).any(|back| reading.before(at, back) == "weder")
}

fn corrected_before(reading: &Reading<'_>, from: usize, first: usize) -> bool {
    (from..first).any(|index| {
        reading.is(index, CORRECTIONS) || CORRECTING.iter().any(|words| reading.starts(index, words))
    })
}

fn doubted(reading: &Reading<'_>, from: usize, first: usize, end: usize, to: usize) -> bool {
    let near = from.max(first.saturating_sub(4));
    let doubt = |index: usize| reading.is(index, DOUBTS);
    let phrase = |index: usize| DOUBTING.iter().any(|words| reading.starts(index, words));
    let about = reading.is(end, &["rum", "herum"]) || reading.is(end.wrapping_sub(1), &["rum", "herum"]);
    let could_be = reading.is(first.wrapping_sub(1), &["koennte"]) && reading.is(end, &["sein", "werden"]);
    let behind = about || could_be || phrase(end) || (from..first).any(phrase);
    (near..end).any(doubt)
        || (end..to.min(end + 3)).any(|index| doubt(index) && to == reading.len())
        || behind
}
