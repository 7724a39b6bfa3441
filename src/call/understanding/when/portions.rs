//! Portions of stretches: "Anfang nächster Woche", "Ende März", "erste Hälfte", "der letzte Freitag im November".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::super::numbers::ordinal_at;
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::calendar::{month, month_compound, months, year_at};
use super::days::{Now, Stretch, plain_weekday};
use super::feasts::working_day;
use super::stretches::{month_named, month_of, week, weekend, whole_at, year_of};

/// Beginning, middle or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Beginning,
    Middle,
    End,
}

fn edge(word: &str) -> Option<Edge> {
    Some(match word {
        "anfang" | "beginn" | "anfangs" => Edge::Beginning,
        "mitte" => Edge::Middle,
        "ende" => Edge::End,
        _ => return None,
    })
}

/// The stretch that "der Woche", "des Monats", "März" or any whole one at `index` names.
fn named_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let mut at = index;
    while reading.is(at, &["der", "des", "vom", "von", "im", "in", "dem", "diesem"]) && at < index + 2 {
        at += 1;
    }
    if reading.is(at, &["jahr", "jahres", "jahre"])
        && let Some((year, end)) = year_at(reading, at, today, false)
    {
        return Some((year_of(year)?, end));
    }
    let whole = match reading.at(at) {
        "woche" if !reading.is(at + 1, &["drauf", "darauf", "noch"]) => week(today, 0),
        "monat" | "monats" => month_of(today.year(), today.month()),
        "jahr" | "jahres" | "jahre" => year_of(today.year()),
        _ => return whole_at(reading, at, today),
    };
    Some((whole?, at + 1))
}

/// "monatsende", "wochenmitte": the stretch and what of it.
fn compound(word: &str, today: Date) -> Option<(Stretch, &str)> {
    let quarter = || {
        let first = today.first_of_month().checked_sub(months(i64::from((today.month() - 1) % 3))).ok()?;
        Some(Stretch::new(first, first.checked_add(months(3)).ok()?, Grain::Month))
    };
    let (whole, rest) = if let Some(rest) = word.strip_prefix("wochen") {
        (week(today, 0), rest)
    } else if let Some(rest) = word.strip_prefix("monats") {
        (month_of(today.year(), today.month()), rest)
    } else if let Some(rest) = word.strip_prefix("quartals") {
        (quarter(), rest)
    } else if let Some(rest) = word.strip_prefix("jahres") {
        (year_of(today.year()), rest)
    } else {
        let (number, rest) = month_compound(word)?;
        (month_named(today, number, None), rest)
    };
    Some((whole?, rest))
}

/// "Anfang nächster Woche", "Mitte bis Ende Mai", "Monatsende".
pub(super) fn edge_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let word = reading.at(index);
    if let Some((whole, rest)) = compound(word, today).filter(|_| word != "wochenende")
        && let Some(which) = edge(rest)
    {
        if which == Edge::Beginning && rest == "anfang" && word.starts_with("jahres") {
            let next = year_of(today.year().checked_add(1)?)?;
            return Some((portion(next, which)?, index + 1));
        }
        return Some((ahead_of_today(portion(whole, which)?, whole, today)?, index + 1));
    }
    let from = edge(word)?;
    let second = index + 2;
    let (until, next) = match edge(reading.at(second)).filter(|_| reading.is(index + 1, &["bis"])) {
        Some(until) => (until, second + 1),
        None => (from, index + 1),
    };
    let (whole, end) = named_at(reading, next, today)?;
    let (first, last) = (portion(whole, from)?, portion(whole, until)?);
    let stretch = Stretch { end: last.end.max(first.end), ..first };
    let bare = reading.is(end - 1, &["woche"]) && reading.is(end - 2, &["der", "anfang", "mitte", "ende"]);
    let bare_year = reading.is(end - 1, &["jahres"]) && reading.is(end - 2, &["des"]);
    let stretch = if bare { ahead_of_today(stretch, whole, today)? } else { stretch };
    if bare_year && stretch.end <= today {
        return Some((portion(year_of(today.year().checked_add(1)?)?, from)?, end));
    }
    Some((stretch, end))
}

/// One that has passed altogether is next week's or next month's.
fn ahead_of_today(stretch: Stretch, whole: Stretch, today: Date) -> Option<Stretch> {
    if stretch.end > today || whole.grain != Grain::Week {
        return Some(stretch);
    }
    let later = |date: Date| date.checked_add(1.week()).ok();
    Some(Stretch { first: later(stretch.first)?, end: later(stretch.end)?, ..stretch })
}

/// Of a week: Monday and Tuesday, Wednesday, Thursday and Friday. Of a month: its tens of days. Of a year: its first
/// month, June and July, its last one.
fn portion(whole: Stretch, edge: Edge) -> Option<Stretch> {
    let day = |days: i64| whole.first.checked_add(days.days()).ok();
    let month = |count: i64| whole.first.checked_add(months(count)).ok();
    let length = whole.first.until(whole.end).ok()?.get_days();
    let (first, end) = match (whole.grain, edge) {
        (Grain::Week, Edge::Beginning) => (whole.first, day(2)?),
        (Grain::Week, Edge::Middle) => (day(2)?, day(3)?),
        (Grain::Week, Edge::End) => (day(3)?, day(5)?),
        (Grain::Month, Edge::Beginning) if length <= 31 => (whole.first, day(10)?),
        (Grain::Month, Edge::Middle) if length <= 31 => (day(10)?, day(20)?),
        (Grain::Month, Edge::End) if length <= 31 => (day(20)?, whole.end),
        (Grain::Year, Edge::Middle) => (month(5)?, month(7)?),
        (Grain::Month | Grain::Year, Edge::Beginning) => (whole.first, month(1)?),
        (Grain::Month, Edge::Middle) => (month(1)?, month(2)?),
        (Grain::Month | Grain::Year, Edge::End) => (whole.end.checked_sub(months(1)).ok()?, whole.end),
        _ => return None,
    };
    let grain = if whole.grain == Grain::Year { Grain::Month } else { whole.grain };
    Some(Stretch::new(first, end, grain))
}

/// "erste Hälfte der nächsten Woche", "in der zweiten Dezemberhälfte".
pub(super) fn half_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let (number, next) = ordinal_at(reading, index).filter(|(number, _)| matches!(number, 1 | 2))?;
    let (whole, end) = match reading.at(next) {
        "haelfte" => named_at(reading, next + 1, today)?,
        word => (compound(word, today).filter(|(_, rest)| *rest == "haelfte")?.0, next + 1),
    };
    let passed =
        number == 1 && whole.grain == Grain::Year && whole.first.checked_add(months(6)).ok()? <= today;
    let whole = if passed { year_of(whole.end.year())? } else { whole };
    let day = |days: i64| whole.first.checked_add(days.days()).ok();
    let middle = match whole.grain {
        Grain::Week => day(3)?,
        Grain::Month => day(15)?,
        Grain::Year => whole.first.checked_add(months(6)).ok()?,
        _ => return None,
    };
    let grain = if whole.grain == Grain::Year { Grain::Month } else { whole.grain };
    let workdays_end = if whole.grain == Grain::Week { day(5)? } else { whole.end };
    let half = if number == 1 { (whole.first, middle) } else { (middle, workdays_end) };
    Some((Stretch::new(half.0, half.1, grain), end))
}

/// "am Monatsletzten", "Ultimo", "zum Monatsende", "am letzten November", "letzter Tag des Jahres".
pub(super) fn last_day_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let this_month = || month_of(today.year(), today.month());
    let led = reading.is(index.wrapping_sub(1), &["am", "zum"]);
    let last = reading.is(index, &["letzten", "letzter", "letzte"]);
    let (whole, end) = match reading.at(index) {
        "ultimo" | "monatsletzten" | "monatsletzter" => (this_month()?, index + 1),
        word if word.ends_with("ende") && reading.is(index.wrapping_sub(1), &["zum"]) => {
            (compound(word, today).filter(|(_, rest)| *rest == "ende" && word != "wochenende")?.0, index + 1)
        }
        _ if last && led && month(reading.at(index + 1)).is_some() => whole_at(reading, index + 1, today)?,
        _ if last && reading.is(index + 1, &["tag"]) => named_at(reading, index + 2, today)?,
        _ => return None,
    };
    Some((Stretch::day(whole.end.yesterday().ok()?)?, end))
}

/// What is counted within a stretch.
enum Counted {
    Weekday(Weekday),
    Workday,
    Day,
    Weekend,
    Week,
}

/// "der letzte Freitag im November", "erste Januarwoche", "am ersten Werktag im Dezember".
pub(super) fn nth_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(Stretch, usize)> {
    let (nth, next) = match reading.at(index) {
        "letzten" | "letzter" | "letzte" | "letztes" => (-1, index + 1),
        "vorletzten" | "vorletzter" | "vorletzte" | "zweitletzten" | "zweitletzter" | "zweitletzte" => {
            (-2, index + 1)
        }
        "drittletzten" | "drittletzter" | "drittletzte" => (-3, index + 1),
        _ => {
            ordinal_at(reading, index).map(|(nth, end)| (i64::from(nth), end)).filter(|(nth, _)| *nth <= 5)?
        }
    };
    let noun = reading.at(next);
    if let Some((whole, "woche")) = month_compound(noun).and(compound(noun, now.today)) {
        let year = year_at(reading, next + 1, now.today, false);
        let named = year.and_then(|(year, _)| month_named(now.today, whole.first.month(), Some(year)));
        let end = year.map_or(next + 1, |(_, end)| end);
        return Some((counted(&named.unwrap_or(whole), nth, &Counted::Week, now)?, end));
    }
    let what = match noun {
        "werktag" | "arbeitstag" => Counted::Workday,
        "tag" => Counted::Day,
        "wochenende" => Counted::Weekend,
        "woche" => Counted::Week,
        noun => Counted::Weekday(plain_weekday(noun)?),
    };
    if !reading.is(next + 1, &["im", "in", "des", "vom", "von", "der"]) {
        return None;
    }
    let (mut whole, end) = named_at(reading, next + 1, now.today)?;
    let mut found = counted(&whole, nth, &what, now)?;
    // "jeden ersten Donnerstag im Monat": the next one.
    if found.end <= now.today && reading.is(end - 1, &["monat", "monats"]) {
        whole = month_of(whole.end.year(), whole.end.month())?;
        found = counted(&whole, nth, &what, now)?;
    }
    Some((found, end))
}

/// The so manieth within a stretch; below zero counted from its end. A week belongs where its Thursday lies (ISO 8601).
fn counted(whole: &Stretch, nth: i64, what: &Counted, now: Now) -> Option<Stretch> {
    let days = || {
        (0..366i64)
            .map_while(|ahead| whole.first.checked_add(ahead.days()).ok())
            .take_while(|date| *date < whole.end)
    };
    let fits = |date: &Date| match what {
        Counted::Weekday(day) => date.weekday() == *day,
        Counted::Workday => working_day(*date, now.land) == Some(*date),
        Counted::Day => true,
        Counted::Weekend => date.weekday() == Weekday::Saturday,
        Counted::Week => date.weekday() == Weekday::Thursday,
    };
    let found = match usize::try_from(nth) {
        Ok(nth) => days().filter(fits).nth(nth.checked_sub(1)?)?,
        Err(_) => {
            let all: Vec<Date> = days().filter(fits).collect();
            let back = usize::try_from(nth.unsigned_abs()).ok()?;
            *all.get(all.len().checked_sub(back)?)?
        }
    };
    match what {
        Counted::Weekend => weekend(found, 0),
        Counted::Week => week(found, 0),
        _ => Stretch::day(found),
    }
}
