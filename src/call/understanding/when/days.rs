//! Days: words and dates that say which day, week or month is meant, looking forward from today.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::super::numbers::{cardinal_at, ordinal_at};
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::holidays::holiday_at;

/// Days from the first up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub first: Date,
    pub end: Date,
    pub grain: Grain,
}

impl Stretch {
    fn days(first: Date, count: i64, grain: Grain) -> Option<Self> {
        Some(Self { first, end: first.checked_add(count.days()).ok()?, grain })
    }

    /// One day.
    pub fn day(date: Date) -> Option<Self> {
        Self::days(date, 1, Grain::Day)
    }
}

/// One thing that was said about the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum DayPiece {
    /// A known stretch of days.
    Known(Stretch),
    /// A day of the week, so many weeks after its next one.
    Weekday(Weekday, i64),
    /// So many days after another day, or after today.
    Shift(i64),
}

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("montag", Weekday::Monday),
    ("dienstag", Weekday::Tuesday),
    ("mittwoch", Weekday::Wednesday),
    ("donnerstag", Weekday::Thursday),
    ("freitag", Weekday::Friday),
    ("samstag", Weekday::Saturday),
    ("sonnabend", Weekday::Saturday),
    ("sonntag", Weekday::Sunday),
];
const MONTHS: &[(&str, i8)] = &[
    ("januar", 1),
    ("jaenner", 1),
    ("februar", 2),
    ("feber", 2),
    ("maerz", 3),
    ("april", 4),
    ("mai", 5),
    ("juni", 6),
    ("juno", 6),
    ("juli", 7),
    ("julei", 7),
    ("august", 8),
    ("september", 9),
    ("oktober", 10),
    ("november", 11),
    ("dezember", 12),
];
const RELATIVE: &[(&str, i64)] = &[
    ("heute", 0),
    ("heut", 0),
    ("morgen", 1),
    ("uebermorgen", 2),
    ("ueberuebermorgen", 3),
    ("gestern", -1),
    ("vorgestern", -2),
];

/// The weekday that a word begins with, and what follows it in the word: "dienstagabend".
pub(super) fn weekday(word: &str) -> Option<(Weekday, &str)> {
    WEEKDAYS.iter().find_map(|(name, day)| word.strip_prefix(name).map(|rest| (*day, rest)))
}

fn plain_weekday(word: &str) -> Option<Weekday> {
    weekday(word).filter(|(_, rest)| matches!(*rest, "" | "s")).map(|(day, _)| day)
}

fn month(word: &str) -> Option<i8> {
    let word = word.strip_suffix('s').unwrap_or(word);
    MONTHS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

/// "nächste", "kommenden", "dieser", "übernächsten": how many weeks or months ahead.
fn ahead(word: &str) -> Option<i64> {
    [("uebernaechst", 2), ("naechst", 1), ("kommend", 1), ("dies", 0)]
        .into_iter()
        .find(|(stem, _)| {
            word.strip_prefix(stem).is_some_and(|end| matches!(end, "e" | "en" | "er" | "es" | "em"))
        })
        .map(|(_, weeks)| weeks)
}

/// Monday of the week `weeks` ahead.
fn week(today: Date, weeks: i64) -> Option<Stretch> {
    let back = i64::from(today.weekday().to_monday_zero_offset());
    Stretch::days(today.checked_add((weeks * 7 - back).days()).ok()?, 7, Grain::Week)
}

fn month_of(year: i16, month: i8) -> Option<Stretch> {
    let first = Date::new(year, month, 1).ok()?;
    Some(Stretch { first, end: first.checked_add(1.month()).ok()?, grain: Grain::Month })
}

/// What is said about the day at `index`, and the index after it.
pub(super) fn day_at(
    reading: &Reading<'_>,
    index: usize,
    today: Date,
    asked: bool,
) -> Option<(DayPiece, usize)> {
    let word = reading.at(index);
    let known = |stretch: Option<Stretch>, end| Some((DayPiece::Known(stretch?), end));
    if let Some((first, end, next)) = holiday_at(reading, index, today) {
        return known(Some(Stretch { first, end, grain: Grain::Day }), next);
    }
    if let Some((_, days)) = RELATIVE.iter().find(|(name, _)| *name == word) {
        return known(Stretch::day(today.checked_add(days.days()).ok()?), index + 1);
    }
    if let Some(day) = plain_weekday(word) {
        return Some((DayPiece::Weekday(day, 0), index + 1));
    }
    if let Some(found) = edge_at(reading, index, today).or_else(|| ahead_at(reading, index, today)) {
        return Some(found);
    }
    if let Some(found) = shift_at(reading, index) {
        return Some(found);
    }
    if matches!(word, "kw" | "kalenderwoche") {
        let (number, end) = cardinal_at(reading, index + 1)?;
        return known(iso_week(today, number), end);
    }
    if word == "wochenende" {
        return known(weekend(today, 0), index + 1);
    }
    if let Some((date, end)) =
        typed_date(reading, index, today).or_else(|| spoken_date(reading, index, today, asked))
    {
        return known(Stretch::day(date), end);
    }
    let preceded = matches!(reading.before(index, 1), "im" | "ab" | "bis" | "seit");
    let number = month(word).filter(|_| preceded || asked)?;
    known(next_month_named(today, number), index + 1)
}

fn next_month_named(today: Date, number: i8) -> Option<Stretch> {
    let year = if number < today.month() { today.year().checked_add(1)? } else { today.year() };
    month_of(year, number)
}

fn weekend(today: Date, weeks: i64) -> Option<Stretch> {
    let monday = week(today, weeks)?.first;
    let saturday = monday.checked_add(5.days()).ok()?;
    Stretch::days(saturday, 2, Grain::Day)
}

fn iso_week(today: Date, number: u32) -> Option<Stretch> {
    let number = i8::try_from(number).ok()?;
    let year = today.iso_week_date().year();
    [year, year.checked_add(1)?]
        .into_iter()
        .filter_map(|year| ISOWeekDate::new(year, number, Weekday::Monday).ok())
        .filter_map(|monday| Stretch::days(monday.date(), 7, Grain::Week))
        .find(|stretch| stretch.end > today)
}

/// "nächste Woche", "übernächsten Dienstag", "dieses Wochenende", "nächsten Monat".
fn ahead_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(DayPiece, usize)> {
    let count = ahead(reading.at(index))?;
    let (noun, end) = (reading.at(index + 1), index + 2);
    let stretch = match noun {
        "woche" => week(today, count)?,
        "wochenende" => {
            weekend(today, if today.weekday() == Weekday::Sunday { count.max(1) } else { count })?
        }
        "monat" | "monats" => {
            let then = today.first_of_month().checked_add(count.months()).ok()?;
            month_of(then.year(), then.month())?
        }
        // "nächsten Dienstag" is the one that comes next.
        noun => return Some((DayPiece::Weekday(plain_weekday(noun)?, (count - 1).max(0)), end)),
    };
    Some((DayPiece::Known(stretch), end))
}

/// "Anfang nächster Woche", "Ende März", "Mitte des Monats".
fn edge_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(DayPiece, usize)> {
    let edge = ["anfang", "mitte", "ende"].iter().position(|word| *word == reading.at(index))?;
    let next = index + 1 + usize::from(reading.is(index + 1, &["der", "des", "dieser", "vom", "von"]));
    let (whole, end) = match reading.at(next) {
        "woche" => (week(today, 0)?, next + 1),
        "monat" | "monats" => (month_of(today.year(), today.month())?, next + 1),
        word => match month(word) {
            Some(number) => (next_month_named(today, number)?, next + 1),
            None => match ahead_at(reading, next, today)? {
                (DayPiece::Known(stretch), end) => (stretch, end),
                _ => return None,
            },
        },
    };
    // Of a week: Monday and Tuesday, Wednesday, Thursday and Friday. Of a month: its tens of days.
    let (from, until) = match (whole.grain, edge) {
        (Grain::Week, 0) => (0, Some(2)),
        (Grain::Week, 1) => (2, Some(3)),
        (Grain::Week, _) => (3, Some(5)),
        (_, 0) => (0, Some(10)),
        (_, 1) => (10, Some(20)),
        _ => (20, None),
    };
    let first = whole.first.checked_add(i64::from(from).days()).ok()?;
    let last = match until {
        Some(days) => whole.first.checked_add(i64::from(days).days()).ok()?,
        None => whole.end,
    };
    Some((DayPiece::Known(Stretch { first, end: last, grain: whole.grain }), end))
}

/// "in drei Tagen", "in acht Tagen" (a week, as the idiom has it), "in einer Woche", "über vierzehn Tage".
fn shift_at(reading: &Reading<'_>, index: usize) -> Option<(DayPiece, usize)> {
    let sign = match reading.at(index) {
        "in" | "ueber" => 1,
        "vor" => -1,
        _ => return None,
    };
    let (count, next) = match reading.at(index + 1) {
        "einer" | "einem" | "eine" | "einen" => (1, index + 2),
        _ => cardinal_at(reading, index + 1)?,
    };
    let days = match reading.at(next) {
        "tag" | "tage" | "tagen" if count == 8 && reading.is(index + 1, &["acht"]) => 7,
        "tag" | "tage" | "tagen" => i64::from(count),
        "woche" | "wochen" => 7 * i64::from(count),
        _ => return None,
    };
    Some((DayPiece::Shift(sign * days), next + 1))
}

/// `26.11.`, `26.11.2026`, `2026-11-26`.
fn typed_date(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Date, usize)> {
    let word = reading.at(index);
    if let Ok(date) = word.parse::<Date>()
        && word.len() == 10
    {
        return Some((date, index + 1));
    }
    let mut parts = word.split('.');
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let year = match parts.next() {
        None if reading.after(index) != Some('.') && !preceded(reading, index) => return None,
        None => None,
        Some(year) => Some(full_year(year.parse().ok()?)?),
    };
    if parts.next().is_some() || reading.is(index + 1, &["uhr"]) {
        return None;
    }
    Some((on(today, day, month, year)?, index + 1))
}

/// A preposition or a weekday before a date.
fn preceded(reading: &Reading<'_>, index: usize) -> bool {
    let word = reading.before(index, 1);
    matches!(word, "am" | "den" | "dem" | "zum" | "vom" | "bis" | "ab") || plain_weekday(word).is_some()
}

fn full_year(year: u32) -> Option<i16> {
    let year = if year < 100 { 2000 + year } else { year };
    i16::try_from(year).ok().filter(|year| (1900..=2199).contains(year))
}

/// "vierten achten", "sechsundzwanzigsten November zweitausendsechsundzwanzig", "am fünfzehnten".
fn spoken_date(reading: &Reading<'_>, index: usize, today: Date, asked: bool) -> Option<(Date, usize)> {
    let named = |next: usize| month(reading.at(next)).map(|number| (number, next + 1));
    if let Some((day, next)) = ordinal_at(reading, index) {
        let day = i8::try_from(day).ok()?;
        let numbered = || ordinal_at(reading, next).and_then(|(m, end)| Some((i8::try_from(m).ok()?, end)));
        if let Some((month, end)) = named(next).or_else(numbered).filter(|(month, _)| *month <= 12) {
            let (year, end) = year_at(reading, end).map_or((None, end), |(year, end)| (Some(year), end));
            return Some((on(today, day, month, year)?, end));
        }
        let counted = reading.is(next, &["mal", "stock", "etage", "weihnachtstag", "versuch"]);
        let alone = preceded(reading, index) || (asked && reading.before(index, 1) == "der");
        return (alone && !counted).then(|| Some((next_day_of_month(today, day)?, next)))?;
    }
    let (day, next) = cardinal_at(reading, index)?;
    let (month, end) = named(next)?;
    let (year, end) = year_at(reading, end).map_or((None, end), |(year, end)| (Some(year), end));
    Some((on(today, i8::try_from(day).ok()?, month, year)?, end))
}

fn year_at(reading: &Reading<'_>, index: usize) -> Option<(i16, usize)> {
    let (first, next) = cardinal_at(reading, index)?;
    if first == 20
        && let Some((second, end)) = cardinal_at(reading, next)
        && (10..100).contains(&second)
    {
        return Some((full_year(second)?, end));
    }
    (first >= 1900).then(|| Some((full_year(first)?, next)))?
}

/// That day of that month: in the year said, or the next one from today on (29 February: in a leap year).
fn on(today: Date, day: i8, month: i8, year: Option<i16>) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    (0..=8)
        .filter_map(|ahead| Date::new(today.year().checked_add(ahead)?, month, day).ok())
        .find(|date| *date >= today)
}

fn next_day_of_month(today: Date, day: i8) -> Option<Date> {
    let first = today.first_of_month();
    (0..=2i64)
        .filter_map(|ahead| {
            let month = first.checked_add(ahead.months()).ok()?;
            Date::new(month.year(), month.month(), day).ok()
        })
        .find(|date| *date >= today)
}

/// Whether a number at `index` is the day of a date.
pub(super) fn is_date(reading: &Reading<'_>, index: usize) -> bool {
    cardinal_at(reading, index).is_some_and(|(_, next)| month(reading.at(next)).is_some())
        || reading.at(index).matches('.').count() == 2
}

/// Whether two pieces can be about one day: "Donnerstag, den sechsundzwanzigsten", "Montag in acht Tagen".
pub(super) fn go_together(one: &DayPiece, other: &DayPiece) -> bool {
    let day = |piece: &DayPiece| matches!(piece, DayPiece::Known(stretch) if stretch.grain == Grain::Day);
    match (one, other) {
        (DayPiece::Weekday(..), DayPiece::Known(_)) | (DayPiece::Known(_), DayPiece::Weekday(..)) => true,
        (DayPiece::Weekday(..), DayPiece::Shift(_)) | (DayPiece::Shift(_), DayPiece::Weekday(..)) => true,
        (one, DayPiece::Shift(_)) => day(one),
        _ => false,
    }
}

/// The days that all pieces together mean, and whether they agree.
pub(super) fn meet(pieces: &[DayPiece], today: Date) -> Option<(Stretch, bool)> {
    let known = pieces.iter().find_map(|piece| match piece {
        DayPiece::Known(stretch) => Some(*stretch),
        _ => None,
    });
    let named = pieces.iter().find_map(|piece| match piece {
        DayPiece::Weekday(day, weeks) => Some((*day, *weeks)),
        _ => None,
    });
    let shift: i64 =
        pieces.iter().map(|piece| if let DayPiece::Shift(days) = piece { *days } else { 0 }).sum();
    let shifted = |date: Date| date.checked_add(shift.days()).ok();
    match (known, named) {
        (Some(stretch), None) if shift == 0 => Some((stretch, true)),
        (Some(stretch), None) => Some((Stretch::day(shifted(stretch.first)?)?, true)),
        // "nächste Woche Dienstag"; "Donnerstag, den sechsundzwanzigsten".
        (Some(stretch), Some((day, _))) => {
            let mut days = (0..7).filter_map(|ahead| stretch.first.checked_add(i64::from(ahead).days()).ok());
            let within = days.find(|date| date.weekday() == day && *date < stretch.end);
            Some((Stretch::day(shifted(within.unwrap_or(stretch.first))?)?, within.is_some()))
        }
        (None, Some((day, weeks))) => {
            let ahead = i64::from(today.weekday().until(day));
            let ahead = if ahead == 0 { 7 } else { ahead };
            let date = today.checked_add((ahead + 7 * weeks).days()).ok()?;
            Some((Stretch::day(shifted(date)?)?, true))
        }
        (None, None) => Some((Stretch::day(shifted(today)?)?, true)),
    }
}
