//! Ranges of days: "von Montag bis Mittwoch", "ab dem zehnten", "vor Weihnachten"; and days told from other days: "am
//! Tag nach Neujahr", "zwei Wochen vor Ostern", "am Freitag nach Himmelfahrt".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::super::numbers::ordinal_at;
use super::super::reading::Reading;
use super::super::understood::{Grain, OPEN_END};
use super::counted::count_at;
use super::days::{DayPiece, Now, Stretch, day_at, go_together, meet, plain_weekday, weekday_from};
use super::feasts::{bridge_day, holiday};
use super::stretches::{week, week_beside_at, weekend};

/// What a word in front of a day makes of it.
#[derive(Clone, Copy, PartialEq)]
enum Bound {
    /// From its first day on.
    From,
    /// From the day after it on.
    After,
    /// From today to its last day.
    Until,
    /// From today to the day before it.
    Before,
}

const BOUNDS: &[(&[&str], Bound)] = &[
    (&["nicht", "frueher", "als"], Bound::From),
    (&["nicht", "spaeter", "als"], Bound::Until),
    (&["nicht", "vor"], Bound::From),
    (&["nicht", "nach"], Bound::Until),
    (&["erst", "ab"], Bound::From),
    (&["erst", "nach"], Bound::After),
    (&["spaeter", "als"], Bound::After),
    (&["frueher", "als"], Bound::Before),
    (&["bis", "spaetestens"], Bound::Until),
    (&["bis", "einschliesslich"], Bound::Until),
    (&["noch", "vor"], Bound::Before),
    (&["ab"], Bound::From),
    (&["fruehestens"], Bound::From),
    (&["nach"], Bound::After),
    (&["bis"], Bound::Until),
    (&["spaetestens"], Bound::Until),
    (&["vor"], Bound::Before),
];
const ARTICLES: &[&str] =
    &["dem", "den", "der", "zum", "zur", "am", "im", "die", "das", "einschliesslich", "spaetestens"];
/// Words between the pieces of one day.
const BETWEEN: &[&str] = &["am", "an", "den", "der", "dem", "des", "im", "in", "vom"];
/// Pieces of one day, and tokens between two of them, at most.
const PIECES_MAX: usize = 4;
const GAP_MAX: usize = 2;

/// Verbs by which something goes from one day to another.
const MOVING: &[&str] =
    &["verschieben", "verlegen", "schieben", "umbuchen", "aendern", "umlegen", "verschoben", "verlegt"];

/// The end of a range without one.
pub(super) fn open_end() -> Date {
    OPEN_END.date()
}

fn skip(reading: &Reading<'_>, index: usize, words: &[&str]) -> usize {
    (index..index + GAP_MAX).take_while(|at| reading.is(*at, words)).last().map_or(index, |at| at + 1)
}

/// The pieces of one day from `index` on, articles before them included.
fn pieces_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Vec<DayPiece>, usize)> {
    let mut at = skip(reading, index, ARTICLES);
    let mut pieces: Vec<DayPiece> = Vec::new();
    let mut end = at;
    while pieces.len() < PIECES_MAX {
        let found = if pieces.is_empty() { anchored_at(reading, at, now) } else { None };
        let found = found.map(|(stretch, end)| (DayPiece::Known(stretch), end));
        // "Montag in acht Tagen": the "in" belongs to what follows.
        let joined = if pieces.is_empty() { None } else { day_at(reading, end, now, true) };
        let Some((piece, next)) = found.or(joined).or_else(|| day_at(reading, at, now, true)) else { break };
        if !pieces.iter().all(|other| go_together(other, &piece)) {
            break;
        }
        pieces.push(piece);
        end = next;
        at = skip(reading, next, BETWEEN);
    }
    (!pieces.is_empty()).then_some((pieces, end))
}

/// The stretch that the pieces from `index` on mean.
fn stretch_from(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Stretch, usize)> {
    let (pieces, end) = pieces_at(reading, index, now)?;
    Some((meet(&pieces, now.today)?.0, end))
}

/// The range of days at `index`.
pub(super) fn range_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Stretch, usize)> {
    between_at(reading, index, now).or_else(|| bound_at(reading, index, now))
}

/// "zwischen Dienstag und Freitag", "vom dritten bis fünften August", "Montag bis Mittwoch".
fn between_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Stretch, usize)> {
    let (words, start): (&[&str], usize) = match reading.at(index) {
        "zwischen" => (&["und"], index + 1),
        "von" | "vom" | "ab" => (&["bis", "auf"], index + 1),
        _ => (&["bis"], index),
    };
    let (from, middle) = pieces_at(reading, start, now)?;
    // "den Termin von Montag auf Dienstag verschieben": two days
    if reading.is(middle, &["auf"]) && (middle..reading.len()).any(|at| reading.is(at, MOVING)) {
        return None;
    }
    if reading.is(index, &["von", "vom"]) && reading.is(middle, &["an"]) {
        let stretch = meet(&from, now.today)?.0;
        return Some((Stretch { end: open_end(), ..stretch }, middle + 1));
    }
    if !reading.is(middle, words) {
        return None;
    }
    let (until, end) = pieces_at(reading, middle + 1, now)?;
    let last = meet(&until, now.today)?.0;
    // "von Dienstag bis Donnerstag nächster Woche": both of that week
    let week = until.iter().find_map(|piece| match piece {
        DayPiece::Known(stretch) if stretch.grain == Grain::Week => Some(*stretch),
        _ => None,
    });
    let first = match from.as_slice() {
        [DayPiece::Weekday(day, 0)] if let Some(week) = week => {
            meet(&[DayPiece::Weekday(*day, 0), DayPiece::Known(week)], now.today)?.0
        }
        [DayPiece::OfMonth(day)] if !matches!(until.as_slice(), [DayPiece::OfMonth(_)]) => {
            let same_month = Date::new(last.first.year(), last.first.month(), *day).ok();
            Stretch::day(same_month.filter(|date| *date <= last.first)?)?
        }
        pieces => meet(pieces, now.today)?.0,
    };
    // "von Freitag bis Dienstag": the Tuesday after that Friday.
    let last = if last.end <= first.first { meet(&until, first.first)?.0 } else { last };
    if reading.is(index, &["zwischen"]) && first.feast && last.feast {
        return (first.end < last.first).then(|| (Stretch::new(first.end, last.first, Grain::Day), end));
    }
    let months = first.first.day() == 1 && last.end.day() == 1;
    let grain = match (first.grain, last.grain) {
        (Grain::Month, Grain::Month) if months => Grain::Month,
        (Grain::Week, Grain::Week) => Grain::Week,
        _ => Grain::Day,
    };
    (first.first < last.end).then(|| (Stretch::new(first.first, last.end, grain), end))
}

/// "ab Donnerstag", "bis Ende nächster Woche", "vor dem ersten Dezember", "nach Ostern".
fn bound_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Stretch, usize)> {
    let (words, bound) = BOUNDS.iter().find(|(words, _)| reading.starts(index, words))?;
    let (named, end) = stretch_from(reading, index + words.len(), now)?;
    let stretch = bounded(named, *bound, now.today)?;
    // "ab Mittwoch für drei Tage"
    if *bound == Bound::From
        && reading.is(end, &["fuer"])
        && let Some((count, after)) = count_at(reading, end + 1)
    {
        return Some((Stretch::new(named.first, count.after(named.first)?, Grain::Day), after));
    }
    Some((stretch, end))
}

fn bounded(named: Stretch, bound: Bound, today: Date) -> Option<Stretch> {
    let several_days = named.grain == Grain::Day && !named.is_day();
    let stretch = match bound {
        Bound::From => Stretch { end: open_end(), ..named },
        Bound::After => {
            let grain = if named.grain == Grain::Week && named.first.until(named.end).ok()?.get_days() < 7 {
                Grain::Day
            } else {
                named.grain
            };
            Stretch { first: named.end, end: open_end(), grain, ..named }
        }
        // A feast or weekend of several days has begun before it is over.
        Bound::Until if several_days => Stretch::new(today, named.first, Grain::Day),
        Bound::Until => Stretch::new(today, named.end, Grain::Day),
        Bound::Before => Stretch::new(today, named.first, Grain::Day),
    };
    (stretch.first < stretch.end).then_some(stretch)
}

/// What "frühestens" or "spätestens" behind a day makes of it.
pub(super) fn bounded_behind(
    reading: &Reading<'_>,
    end: usize,
    named: Stretch,
    today: Date,
) -> Option<Stretch> {
    match reading.at(end) {
        "fruehestens" => bounded(named, Bound::From, today),
        "spaetestens" => bounded(named, Bound::Until, today),
        _ => None,
    }
}

/// A day told from another: "am Tag nach Neujahr", "zwei Tage vor dem zehnten", "Freitag nach Himmelfahrt".
pub(super) fn anchored_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Stretch, usize)> {
    if let Some(found) = week_beside_at(reading, index, now.today) {
        return Some(found);
    }
    // The other day must not be told from yet another.
    let plain = |at: usize| {
        let at = skip(reading, at, ARTICLES);
        let (piece, end) = day_at(reading, at, now, true)?;
        Some((meet(&[piece], now.today)?.0, end))
    };
    match reading.at(index) {
        "woche" => {
            let at = match (reading.at(index + 1), reading.at(index + 2), reading.at(index + 3)) {
                ("vom" | "zum", ..) => index + 2,
                ("ab" | "um", "dem" | "den", _) => index + 3,
                ("in", "der", "der") => index + 4,
                _ => return None,
            };
            let (named, end) = plain(at).filter(|(named, _)| named.is_day())?;
            return Some((week(named.first, 0)?, end + usize::from(reading.is(end, &["ist"]))));
        }
        "vorabend" if reading.is(index + 1, &["von", "vom", "des", "vor"]) => {
            let (named, end) = plain(index + 2)?;
            return Some((Stretch::day(named.first.yesterday().ok()?)?, end));
        }
        "wochenende" if reading.is(index + 1, &["vor", "nach"]) => {
            let (named, end) = plain(index + 2).filter(|(named, _)| named.feast || named.is_day())?;
            let near = if reading.is(index + 1, &["vor"]) {
                weekday_from(named.first, Weekday::Saturday, -1)?
            } else {
                weekday_from(named.end.yesterday().ok()?, Weekday::Saturday, 0)?
            };
            return Some((weekend(near, 0)?, end));
        }
        "wochenende" if reading.is(index + 1, &["um", "vom"]) => {
            let (named, end) = plain(index + 2).filter(|(named, _)| named.is_day())?;
            return Some((weekend(named.first, 0)?, end));
        }
        "feiertag" => {
            let (named, end) = plain(index + 1).filter(|(named, _)| !named.is_day())?;
            return Some((Stretch::day(holiday(named.first.max(now.today), now.land)?)?, end));
        }
        _ => {}
    }
    // "zweiter Montag nach Neujahr"
    if let Some((nth @ 1..=5, at)) = ordinal_at(reading, index)
        && plain_weekday(reading.at(at)).is_some()
        && reading.is(at + 1, &["nach", "vor"])
    {
        let (first, end) = anchored_at(reading, at, now)?;
        let weeks = i64::from(nth - 1) * if reading.is(at + 1, &["nach"]) { 1 } else { -1 };
        return Some((Stretch::day(first.first.checked_add(weeks.weeks()).ok()?)?, end));
    }
    let weekday = plain_weekday(reading.at(index));
    let counted = match reading.at(index) {
        "tag" => Some((None, index + 1)),
        _ => count_at(reading, index).map(|(count, end)| (Some(count), end)),
    };
    let bridge = reading.is(index, &["brueckentag"]);
    let at = match (&counted, weekday, bridge) {
        (Some((_, end)), ..) => *end,
        (None, Some(_), _) | (None, _, true) => index + 1,
        _ => return None,
    };
    let word = reading.at(at);
    if !matches!(word, "nach" | "vor" | "ab") {
        return None;
    }
    let (named, end) = plain(at + 1)?;
    if let Some(day) = weekday {
        let date = match word {
            "nach" => (0..7)
                .filter_map(|days| named.end.checked_add(days.days()).ok())
                .find(|date| date.weekday() == day),
            "vor" => (1..8)
                .filter_map(|days| named.first.checked_sub(days.days()).ok())
                .find(|date| date.weekday() == day),
            _ => None,
        };
        return Some((Stretch::day(date?)?, end));
    }
    if bridge {
        return Some((Stretch::day(bridge_day(named.first, now.land)?)?, end));
    }
    let count = counted.and_then(|(count, _)| count);
    let stretch = match (word, count) {
        ("ab", Some(count)) => Stretch::new(named.first, count.after(named.first)?, Grain::Day),
        ("nach", None) => Stretch::day(named.end)?,
        ("vor", None) => Stretch::day(named.first.yesterday().ok()?)?,
        ("nach", Some(count)) if named.feast && count.days < 7 && count.months == 0 => {
            Stretch::day(count.after(named.end.yesterday().ok()?)?)?
        }
        ("nach", Some(count)) => Stretch::day(count.after(named.first)?)?,
        ("vor", Some(count)) => Stretch::day(count.before(named.first)?)?,
        _ => return None,
    };
    Some((stretch, end))
}
