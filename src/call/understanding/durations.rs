//! Durations: "anderthalb Stunden", "zwei bis drei Wochen", "eine Stunde zehn", "höchstens dreißig Minuten".

use super::found::{Found, one_after_another};
use super::measures::{self, Measured, count_at};
use super::numbers::cardinal_at;
use super::quantities::{ARTICLES, thousandths_at};
use super::reading::Reading;
use super::understood::{Length, Value};
use crate::call::hearing::Expect;

/// What is counted: in which unit, how many of it (in quarters) one is, and whether the word makes it approximate.
struct Unit {
    of: Of,
    quarters: i64,
    vague: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

const UNITS: &[(&[&str], Unit)] = &[
    (&["sekunde", "sekunden"], unit(Of::Second, 4, false)),
    (&["minute", "minuten"], unit(Of::Minute, 4, false)),
    (&["minuetchen"], unit(Of::Minute, 4, true)),
    (&["stunde", "stunden", "stund"], unit(Of::Hour, 4, false)),
    (&["stuendchen"], unit(Of::Hour, 4, true)),
    (&["viertelstunde", "viertelstunden", "viertelstund"], unit(Of::Hour, 1, false)),
    (&["viertelstuendchen"], unit(Of::Hour, 1, true)),
    (&["dreiviertelstunde", "dreiviertelstund", "dreiviertelstunden"], unit(Of::Hour, 3, false)),
    (
        &["tag", "tage", "tagen", "nacht", "naechte", "naechten", "uebernachtung", "uebernachtungen"],
        unit(Of::Day, 4, false),
    ),
    (&["werktage", "werktagen", "arbeitstage", "arbeitstagen"], unit(Of::Day, 4, false)),
    (&["jahrzehnt", "jahrzehnte", "jahrzehnten"], unit(Of::Year, 40, false)),
    (&["jahrhundert", "jahrhunderte"], unit(Of::Year, 400, false)),
    (&["woche", "wochen"], unit(Of::Week, 4, false)),
    (&["monat", "monate", "monaten"], unit(Of::Month, 4, false)),
    (&["jahr", "jahre", "jahren"], unit(Of::Year, 4, false)),
    (&["quartal", "quartale", "quartalen"], unit(Of::Year, 1, false)),
    (&["vierteljahr"], unit(Of::Year, 1, false)),
    (&["halbjahr"], unit(Of::Year, 2, false)),
    (&["dreivierteljahr"], unit(Of::Year, 3, false)),
];

const fn unit(of: Of, quarters: i64, vague: bool) -> Unit {
    Unit { of, quarters, vague }
}

fn unit_at(reading: &Reading<'_>, index: usize) -> Option<&'static Unit> {
    UNITS.iter().find(|(words, _)| reading.is(index, words)).map(|(_, unit)| unit)
}

/// Words between a number and its unit, and whether they make it approximate.
const BETWEEN: &[(&str, bool)] = &[
    ("ganze", false),
    ("ganzen", false),
    ("ganzer", false),
    ("volle", false),
    ("vollen", false),
    ("ganzes", false),
    ("volles", false),
    ("gutes", true),
    ("knappes", true),
    ("gute", true),
    ("guten", true),
    ("knappe", true),
    ("knappen", true),
];
/// What is told in front of a duration that comes again and again: "alle zwei Stunden".
const AGAIN: &[&str] = &[
    "alle", "jede", "jeden", "jedes", "pro", "zu", "zur", "zum", "am", "im", "letzter", "hoechste", "in",
    "vor", "die",
];

/// So many thousandths of a unit as a length; what is left goes into the next smaller unit.
fn length(thousandths: i64, unit: &Unit) -> Option<Length> {
    let thousandths = thousandths.checked_mul(unit.quarters)? / 4;
    let whole = |count: i64| u32::try_from(count / 1000).ok();
    let rest = |each: i64| u32::try_from(thousandths % 1000 * each / 1000).ok();
    let none = Length::default();
    let count = whole(thousandths).filter(|_| thousandths >= 0)?;
    Some(match unit.of {
        Of::Second => Length { seconds: count, ..none },
        Of::Minute => Length { minutes: count, seconds: rest(60)?, ..none },
        Of::Hour => Length { hours: count, minutes: rest(60)?, ..none },
        Of::Day => Length { days: count, hours: rest(24)?, ..none },
        Of::Week => Length { weeks: count, days: rest(7)?, hours: rest(7 * 24)? % 24, ..none },
        Of::Month => Length { months: count, days: rest(30)?, ..none },
        Of::Year => Length { years: count, months: rest(12)?, ..none },
    })
}

/// "halbe", "viertel", "drei viertel" in front of a unit, in thousandths.
fn share_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    match (reading.at(index), reading.at(index + 1)) {
        ("halbe" | "halbes" | "halben" | "halber", _) => Some((500, index + 1)),
        ("drei", "viertel") => Some((750, index + 2)),
        ("viertel", _) => Some((250, index + 1)),
        ("dreiviertel", _) => Some((750, index + 1)),
        _ => None,
    }
}

/// A number in front of a unit, and whether something makes it approximate.
fn number_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize, bool)> {
    // "Dreiviertelstunde": the word itself says how much.
    if unit_at(reading, index).is_some_and(|unit| unit.quarters < 4)
        && !reading.is(index.wrapping_sub(1), ARTICLES)
        && (index == 0 || cardinal_at(reading, index - 1).is_none())
    {
        return Some((1000, index, false));
    }
    let share = share_at(reading, index).filter(|(_, end)| unit_at(reading, *end).is_some());
    let (mut count, mut next) = share.or_else(|| count_at(reading, index))?;
    let mut vague = false;
    while let Some((_, more)) = BETWEEN.iter().find(|(word, _)| *word == reading.at(next)) {
        (next, vague) = (next + 1, vague | more);
    }
    // "eine gute halbe Stunde", "ein dreiviertel Jahr"
    if count == 1000
        && let Some((share, end)) =
            share_at(reading, next).filter(|(_, end)| unit_at(reading, *end).is_some())
    {
        (count, next) = (share, end);
    }
    Some((count, next, vague))
}

/// One duration, in one unit or several: "eine Stunde und zehn Minuten", "zwei Stunden fünfundvierzig".
fn one_at(reading: &Reading<'_>, index: usize) -> Option<(Length, usize, bool)> {
    let (count, next, vague) = number_at(reading, index)?;
    let unit = unit_at(reading, next)?;
    let mut vague = vague || unit.vague;
    // "acht Tage" are a week.
    if unit.of == Of::Day && count == 8000 && reading.is(next, &["tage", "tagen"]) {
        return Some((Length { weeks: 1, ..Length::default() }, next + 1, vague));
    }
    let mut whole = length(count, unit)?;
    let mut end = next + 1;
    let joined = end + usize::from(reading.is(end, &["und"]));
    if reading.starts(joined, &["ein", "paar"]) && unit_at(reading, joined + 2).is_some() {
        return Some((whole, joined + 3, true));
    }
    if let Some((more, after, more_vague)) = number_at(reading, joined)
        && let Some(smaller) = unit_at(reading, after)
            .filter(|smaller| (smaller.of as u8) < (unit.of as u8) || smaller.quarters < unit.quarters)
    {
        let more = length(more, smaller)?;
        whole = Length {
            months: whole.months + more.months,
            weeks: whole.weeks + more.weeks,
            days: whole.days + more.days,
            hours: whole.hours + more.hours,
            minutes: whole.minutes + more.minutes,
            seconds: whole.seconds + more.seconds,
            ..whole
        };
        (end, vague) = (after + 1, vague | more_vague);
    } else if joined == end
        && matches!(unit.of, Of::Hour | Of::Minute)
        && let Some((more, after)) = cardinal_at(reading, end).filter(|(more, _)| (1..60).contains(more))
        && !reading.is(after, super::when::COUNTED)
        && !reading.is(after, &["uhr", "bis"])
    {
        match unit.of {
            Of::Hour => whole.minutes += more,
            _ => whole.seconds += more,
        }
        end = after;
    }
    Some((whole, end, vague))
}

/// All durations in a reading.
pub(super) fn find(reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
    let asked = expect.iter().any(|kind| matches!(kind, Expect::Number | Expect::Duration));
    one_after_another(reading, |index| at(reading, index, asked))
}

/// The duration at `index`, perhaps a range or with a limit.
pub(super) fn measured_at(reading: &Reading<'_>, index: usize) -> Option<Measured<Length>> {
    measures::measured_at(
        reading,
        index,
        Length::default(),
        &|at| one_at(reading, at),
        &|at| {
            if reading.is(at, &["drei"]) && reading.is(at + 1, &["viertel"]) {
                return None;
            }
            let share = share_at(reading, at + 1).filter(|_| count_at(reading, at) == Some((1000, at + 1)));
            share.or_else(|| thousandths_at(reading, at)).or_else(|| count_at(reading, at))
        },
        &|count, last| length(count, unit_at(reading, last)?),
    )
}

fn at(reading: &Reading<'_>, index: usize, asked: bool) -> Option<Found> {
    if reading.is(index.wrapping_sub(1), AGAIN) {
        return None;
    }
    let measured = measured_at(reading, index)?;
    // "lieber eine Stunde später": from when, nobody knows.
    if reading.is(measured.end, &["alt", "spaeter", "frueher", "eher", "vorher"]) {
        return None;
    }
    let bare_day =
        measured.end == index + 2 && reading.is(index + 1, &["tag", "nacht", "jahr", "sekunde", "minute"]);
    let led = reading.is(index.wrapping_sub(1), &["fuer", "seit", "dauert", "nur"])
        || reading.is(measured.end, &["lang", "laenger", "vom", "von"]);
    if bare_day && !asked && !led && reading.is(index, ARTICLES) {
        return None;
    }
    let value = Value::Duration { value: measured.low, until: measured.high, open: measured.open };
    let end = measured.end + usize::from(reading.is(measured.end, &["lang"]));
    let mut found = Found::new(value, index, end, 0.9);
    found.hedged = measured.vague;
    Some(found)
}
