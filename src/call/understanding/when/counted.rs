//! Counted days, weeks, months and years: "in drei Tagen", "in acht Tagen" (a week, as the idiom has it), "in einem
//! halben Jahr", "innerhalb der nächsten zwei Wochen".

use jiff::civil::Date;

use super::super::numbers::cardinal_at;
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::days::{Stretch, ahead};

/// So many days and months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub days: i64,
    pub months: i64,
    /// Of a range ("zwei bis drei Wochen") how much more it may be.
    pub more_days: i64,
    pub more_months: i64,
    /// "ein, zwei Tage", "circa zwei Wochen"
    pub vague: bool,
}

impl Count {
    fn of(unit: Unit, low: i64, high: i64) -> Self {
        let (days, months) = unit;
        let times = |each: i64, count: i64| each * count / 2;
        Self {
            days: times(days, low),
            months: times(months, low),
            more_days: times(days, high - low),
            more_months: times(months, high - low),
            vague: false,
        }
    }

    fn back(self) -> Self {
        Self { days: -self.days, months: -self.months, ..self }
    }

    /// As long as it may be.
    pub fn longest(self) -> Self {
        Self { days: self.days + self.more_days, months: self.months + self.more_months, ..self }
    }

    /// Whether it is a range.
    pub const fn is_range(self) -> bool {
        self.more_days != 0 || self.more_months != 0
    }
}

/// Days and months that a unit has.
type Unit = (i64, i64);

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "tag" | "tage" | "tagen" | "taeg" => (1, 0),
        "woche" | "wochen" => (7, 0),
        "monat" | "monate" | "monaten" | "monats" => (0, 1),
        "vierteljahr" | "quartal" | "quartale" | "quartalen" => (0, 3),
        "halbjahr" => (0, 6),
        "dreivierteljahr" => (0, 9),
        "jahr" | "jahre" | "jahren" => (0, 12),
        _ => return None,
    })
}

/// Words that say "about" in front of what is counted, and those that say nothing.
const VAGUE: &[&str] = &["circa", "ca", "etwa", "ungefaehr", "rund", "gut", "knapp", "vielleicht"];
const EXACT: &[&str] = &["genau", "spaetestens", "fruehestens", "schon", "so"];
const ONE: &[&str] = &["ein", "einen", "einem", "einer", "eine", "eines", "ne", "ner", "nem"];

/// "drei Wochen", "ein, zwei Tage", "zwei bis drei Monate", "einem halben Jahr" and the index after it.
pub(super) fn count_at(reading: &Reading<'_>, index: usize) -> Option<(Count, usize)> {
    let mut at = index;
    let mut vague = false;
    while reading.is(at, VAGUE) || reading.is(at, EXACT) {
        vague |= reading.is(at, VAGUE);
        at += 1;
    }
    let (low, high, next, listed) = halves_at(reading, at)?;
    let (part, next) = match reading.at(next) {
        "halben" | "halbes" | "halbe" => (Some(6), next + 1),
        "viertel" => (Some(3), next + 1),
        "dreiviertel" => (Some(9), next + 1),
        _ => (None, next),
    };
    let unit = match (part, unit(reading.at(next))?) {
        (None, unit) => unit,
        // "ein halbes Jahr"
        (Some(months), (0, 12)) => (0, months),
        _ => return None,
    };
    // "acht Tage" are a week, "vierzehn Tage" are two.
    let idiom = unit == (1, 0) && low == 16 && high == 16 && reading.is(at, &["acht"]);
    let count = if idiom { Count::of((7, 0), 2, 2) } else { Count::of(unit, low, high) };
    Some((Count { vague: vague || listed, ..count }, next + 1))
}

/// How many, in halves: from, to, the index after it, and whether it was "ein, zwei".
fn halves_at(reading: &Reading<'_>, index: usize) -> Option<(i64, i64, usize, bool)> {
    let one = |at: usize| -> Option<(i64, usize)> {
        let halves = match reading.at(at) {
            word if ONE.contains(&word) => 2,
            "beiden" => 4,
            "anderthalb" | "eineinhalb" => 3,
            "zweieinhalb" => 5,
            "dreieinhalb" => 7,
            _ => return cardinal_at(reading, at).map(|(count, end)| (2 * i64::from(count), end)),
        };
        Some((halves, at + 1))
    };
    let (low, next) = one(index)?;
    let joined = next + usize::from(reading.is(next, &["bis", "oder"]));
    match one(joined).filter(|(high, _)| *high > low && (joined > next || *high == low + 2)) {
        Some((high, end)) => Some((low, high, end, joined == next)),
        None => Some((low, low, next, false)),
    }
}

/// "in drei Tagen", "vor einem Monat", "über vierzehn Tage", "eine Woche später".
pub(super) fn shift_at(reading: &Reading<'_>, index: usize) -> Option<(Count, usize)> {
    match reading.at(index) {
        "in" | "ueber" => count_at(reading, index + 1).filter(|(_, end)| !reading.is(*end, &["vor", "nach"])),
        "vor" => count_at(reading, index + 1).map(|(count, end)| (count.back(), end)),
        _ => count_at(reading, index)
            .filter(|(_, end)| reading.is(*end, &["spaeter", "darauf", "drauf", "danach"]))
            .map(|(count, end)| (count, end + 1)),
    }
}

/// Days of "in den nächsten Tagen".
const NEXT_DAYS: i64 = 7;

/// "in den nächsten drei Tagen", "die letzten zwei Wochen", "innerhalb einer Woche", "binnen acht Tagen", "in zwei bis drei Wochen".
pub(super) fn window_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let within = reading.is(index, &["innerhalb", "binnen", "innert"]);
    let mut at = index + usize::from(within || reading.is(index, &["in"]));
    if !within
        && let Some((count, end)) = count_at(reading, at).filter(|(count, _)| at > index && count.is_range())
    {
        let last = count.longest().after(today)?;
        let stretch = Stretch::new(count.after(today)?, last.tomorrow().ok()?, Grain::Day);
        return Some((Stretch { vague: count.vague, ..stretch }, end));
    }
    at += usize::from(reading.is(at, &["von"]));
    at += usize::from(reading.is(at, &["den", "der", "die"]));
    let side = ahead(reading.at(at)).map(|(count, _)| count).filter(|count| matches!(count, 1 | -1));
    let next = side == Some(1);
    at += usize::from(side.is_some());
    if !within && side.is_none() {
        return None;
    }
    if next && reading.is(at, &["tagen", "tage"]) {
        let stretch = Stretch::days(today, NEXT_DAYS, Grain::Day)?;
        return Some((Stretch { vague: true, ..stretch }, at + 1));
    }
    let (count, end) = count_at(reading, at)?;
    if side == Some(-1) {
        let stretch = Stretch::new(count.longest().back().after(today)?, today, Grain::Day);
        return Some((Stretch { vague: count.vague, ..stretch }, end));
    }
    Some((
        Stretch { vague: count.vague, ..Stretch::new(today, count.longest().after(today)?, Grain::Day) },
        end,
    ))
}
