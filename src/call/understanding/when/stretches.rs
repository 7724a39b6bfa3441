//! Stretches of days that have a name: weeks, weekends, months, quarters, seasons, years.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::super::numbers::{cardinal_at, ordinal_at};
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::calendar::{month, months, year_at};
use super::days::{DayPiece, Now, Stretch, ahead, noun_behind};
use super::feasts::feast_at;
use super::portions::{edge_at, half_at, last_day_at};
use super::talk::is_told_of;

/// Months, by the first and how many: the meteorological seasons.
const SEASONS: &[(&str, i8, i64)] = &[
    ("fruehling", 3, 3),
    ("fruehjahr", 3, 3),
    ("sommer", 6, 3),
    ("hochsommer", 7, 2),
    ("spaetsommer", 8, 2),
    ("herbst", 9, 3),
    ("winter", 12, 3),
];
/// Days that are left of a season which is still meant.
const SEASON_LEFT_DAYS_MIN: i64 = 14;
/// Weeks of a year have numbers up to here; a bare "dritte Woche" below [`WEEK_NUMBER_MIN`] is none of them.
const WEEK_NUMBER_MIN: u32 = 6;
/// Words in front of a month or season that make it a time.
const LEADS: &[&str] = &[
    "im", "ab", "bis", "seit", "in", "vor", "nach", "zum", "den", "der", "fuer", "zwischen", "von", "und",
    "oder", "erst",
];

/// A stretch at `index`, whole or a part of it.
pub(super) fn stretch_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(DayPiece, usize)> {
    let known = |(stretch, end)| (DayPiece::Known(stretch), end);
    if ahead(reading.at(index)).is_some_and(|(count, _)| count == 1)
        && let Some((1, end)) = ordinal_at(reading, index + 1)
    {
        // "zum nächsten Ersten"
        return Some((DayPiece::OfMonth(1), end));
    }
    if reading.is(index, &["monatsersten", "monatserster", "monatserste"]) {
        return Some((DayPiece::OfMonth(1), index + 1));
    }
    last_day_at(reading, index, now.today)
        .or_else(|| edge_at(reading, index, now.today))
        .or_else(|| half_at(reading, index, now.today))
        .map(known)
        .or_else(|| {
            if matches!(iso_week_number(reading, index), Some((_, end, true)) if whole_at(reading, index, now.today).is_none() && end > index) {
                return iso_week_number(reading, index).map(|(_, end, _)| (DayPiece::Never, end));
            }
            whole_at(reading, index, now.today)
                .filter(|(stretch, end)| is_meant(reading, index, *end, stretch, now))
                .map(known)
        })
}

/// Whether a month, season or year that stands alone is a time and not a name or a number.
fn is_meant(reading: &Reading<'_>, index: usize, end: usize, stretch: &Stretch, now: Now) -> bool {
    let alone = end == index + 1
        || (end == index + 2 && stretch.grain != Grain::Week && month(reading.at(index)).is_some());
    let bare =
        alone && matches!(stretch.grain, Grain::Month | Grain::Year) && ahead(reading.at(index)).is_none();
    // "Januar bis März", "Oktober 2027"
    let span = reading.is(end, &["bis"]) && month(reading.at(end + 1)).is_some();
    let dated = end == index + 2 && month(reading.at(index)).is_some() && reading.at(index + 1).len() >= 4;
    let led = reading.is(index.wrapping_sub(1), LEADS) || span || dated;
    if bare && is_told_of(reading, end) {
        return false;
    }
    let unmistakable = reading.is(index, &["heuer", "jahr", "karwoche"]) || reading.at(index).contains('/');
    !bare || led || now.asked || unmistakable
}

/// A whole stretch at `index`: "nächste Woche", "KW 37", "März", "im Frühjahr 2028", "nächstes Jahr".
pub(super) fn whole_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let word = reading.at(index);
    let start = index + usize::from(word == "ueber");
    if let Some((count, stem)) = ahead(reading.at(start)) {
        let count = count + i64::from(start > index);
        let (noun, end) = noun_behind(reading, start + 1);
        // "das letzte Quartal 2026"
        if let Some((year, after)) = year_at(reading, end, today, false)
            && matches!((noun, stem), ("quartal", "letzt"))
        {
            return Some((from_month(Date::new(year, 10, 1).ok()?, 3)?, after));
        }
        return ahead_of(noun, count, stem, today).map(|stretch| (stretch, end));
    }
    if let Some((number, end, _)) = iso_week_number(reading, index) {
        let year = year_at(reading, end, today, false);
        let stretch = iso_week(today, number, year.map(|(year, _)| year))?;
        return Some((stretch, year.map_or(end, |(_, end)| end)));
    }
    if let Some(number) = month(word) {
        let (year, end) = year_at(reading, index + 1, today, true)
            .map_or((None, index + 1), |(year, end)| (Some(year), end));
        return Some((month_named(today, number, year)?, end));
    }
    if let Some((_, first, count)) = SEASONS.iter().find(|(name, ..)| *name == word) {
        let (year, end) = year_at(reading, index + 1, today, true)
            .map_or((None, index + 1), |(year, end)| (Some(year), end));
        // What has nearly passed is not what a caller waits for.
        let from = today.checked_add(SEASON_LEFT_DAYS_MIN.days()).ok()?;
        return Some((season(from, *first, *count, year)?, end));
    }
    match word {
        "wochenende" | "wochenend" => Some((weekend(today, 0)?, index + 1)),
        "uebers" if reading.is(index + 1, &["wochenende", "wochenend"]) => {
            Some((weekend(today, 0)?, index + 2))
        }
        "werktags" | "werktagen" | "wochentags" => Some((working_days(today, 0)?, index + 1)),
        "unter" if reading.starts(index + 1, &["der", "woche"]) => Some((working_days(today, 0)?, index + 3)),
        "im" if reading.starts(index + 1, &["laufe", "der", "woche"]) => Some((week(today, 0)?, index + 4)),
        "im" if reading.starts(index + 1, &["laufe", "des", "tages"]) => {
            Some((Stretch::day(today)?, index + 4))
        }
        "im" if reading.starts(index + 1, &["laufe", "des", "monats"]) => {
            Some((month_of(today.year(), today.month())?, index + 4))
        }
        "woche" if reading.is(index + 1, &["drauf", "darauf"]) => Some((week(today, 1)?, index + 2)),
        "woche" if reading.is(index + 1, &["noch"]) => Some((week(today, 0)?, index + 2)),
        "karwoche" => holy_week(reading, index, today),
        "heuer" => Some((year_of(today.year())?, index + 1)),
        "neuen" | "neues" if reading.is(index + 1, &["jahr", "jahres", "jahre"]) => {
            Some((year_of(today.year().checked_add(1)?)?, index + 2))
        }
        _ => numbered_at(reading, index, today),
    }
}

/// "im ersten Quartal", "zweites Halbjahr", "Q eins", "2027".
fn numbered_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    if reading.is(index, &["q", "ku"]) && !reading.is(index.wrapping_sub(1), &["mit"]) {
        let (number, end) = cardinal_at(reading, index + 1).filter(|(number, _)| (1..=4).contains(number))?;
        let (year, end) =
            year_at(reading, end, today, true).map_or((None, end), |(year, end)| (Some(year), end));
        return Some((part_of_year(today, number, 3, year)?, end));
    }
    // "03/2027"
    if let Some((number, year)) = reading.at(index).split_once('/').filter(|(_, year)| year.len() == 4) {
        let named =
            month_of(year.parse().ok()?, number.parse().ok().filter(|month| (1..=12).contains(month))?);
        return Some((named?, index + 1));
    }
    let roman = ["i", "ii", "iii", "iv"].iter().zip(1..).find(|(name, _)| reading.is(index, &[**name]));
    let roman = roman.filter(|_| reading.is(index + 1, &["quartal"])).map(|(_, number)| (number, index + 1));
    if let Some((number, next)) = ordinal_at(reading, index).or(roman) {
        let months = match reading.at(next) {
            "quartal" | "quartals" | "vierteljahr" if number <= 4 => 3,
            "halbjahr" | "halbjahres" | "jahreshaelfte" if number <= 2 => 6,
            _ => return None,
        };
        let (year, end) =
            year_at(reading, next + 1, today, true).map_or((None, next + 1), |(year, end)| (Some(year), end));
        return Some((part_of_year(today, number, months, year)?, end));
    }
    let (year, end) = year_at(reading, index, today, false)?;
    Some((year_of(year)?, end))
}

/// What an adjective and a noun mean together.
fn ahead_of(noun: &str, count: i64, stem: &str, today: Date) -> Option<Stretch> {
    let sunday = today.weekday() == Weekday::Sunday;
    match noun {
        "woche" => week(today, count),
        "wochenende" | "wochenend" => {
            // "kommendes" is the coming one, "nächstes" the one after it.
            let count = if stem == "kommend" { 0 } else { count };
            weekend(today, if sunday && count >= 0 { count.max(1) } else { count })
        }
        "monat" | "monats" => {
            let then = today.first_of_month().checked_add(months(count)).ok()?;
            month_of(then.year(), then.month())
        }
        "quartal" | "quartals" => {
            let first =
                today.first_of_month().checked_sub(months(i64::from((today.month() - 1) % 3))).ok()?;
            from_month(first.checked_add(months(3 * count)).ok()?, 3)
        }
        "jahr" | "jahres" | "jahre" => year_of(today.year().checked_add(i16::try_from(count).ok()?)?),
        noun => {
            let named = month(noun).map(|number| (number, 1));
            let season =
                SEASONS.iter().find(|(name, ..)| *name == noun).map(|(_, first, count)| (*first, *count));
            let (first, length) = named.or(season)?;
            let this_year = |year: i16| from_month(Date::new(year, first, 1).ok()?, length);
            let mut years =
                (-3..=3).filter_map(|ahead| today.year().checked_add(ahead)).filter_map(this_year);
            match count {
                ..0 => years.rev().find(|stretch| stretch.end <= today),
                0 => years.find(|stretch| stretch.end > today),
                _ => this_year(today.year().checked_add(i16::try_from(count).ok()?)?),
            }
        }
    }
}

/// Monday of the week `weeks` ahead.
pub(super) fn week(today: Date, weeks: i64) -> Option<Stretch> {
    let back = i64::from(today.weekday().to_monday_zero_offset());
    Stretch::days(today.checked_add((weeks.clamp(-10_000, 10_000) * 7 - back).days()).ok()?, 7, Grain::Week)
}

fn working_days(today: Date, weeks: i64) -> Option<Stretch> {
    Stretch::days(week(today, weeks)?.first, 5, Grain::Week)
}

/// Saturday and Sunday of the week `weeks` ahead.
pub(super) fn weekend(today: Date, weeks: i64) -> Option<Stretch> {
    let monday = week(today, weeks)?.first;
    let saturday = monday.checked_add(5.days()).ok()?;
    Stretch::days(saturday, 2, Grain::Day)
}

fn from_month(first: Date, count: i64) -> Option<Stretch> {
    Some(Stretch::new(first, first.checked_add(months(count)).ok()?, Grain::Month))
}

/// A month of a year.
pub(super) fn month_of(year: i16, month: i8) -> Option<Stretch> {
    from_month(Date::new(year, month, 1).ok()?, 1)
}

/// The next month of that number that is not over, or that of a year.
pub(super) fn month_named(today: Date, number: i8, year: Option<i16>) -> Option<Stretch> {
    let next = if number < today.month() { today.year().checked_add(1)? } else { today.year() };
    month_of(year.unwrap_or(next), number)
}

/// A whole year.
pub(super) fn year_of(year: i16) -> Option<Stretch> {
    let first = Date::new(year, 1, 1).ok()?;
    Some(Stretch::new(first, first.checked_add(1.year()).ok()?, Grain::Year))
}

fn season(today: Date, first: i8, count: i64, year: Option<i16>) -> Option<Stretch> {
    let of = |year: i16| from_month(Date::new(year, first, 1).ok()?, count);
    match year {
        Some(year) => of(year),
        None => (-1..=1)
            .filter_map(|ahead| of(today.year().checked_add(ahead)?))
            .find(|stretch| stretch.end > today),
    }
}

/// The so manieth quarter or half: the next one that is not over, or that of a year.
fn part_of_year(today: Date, number: u32, length: i64, year: Option<i16>) -> Option<Stretch> {
    let first = i8::try_from((i64::from(number) - 1) * length + 1).ok()?;
    season(today, first, length, year)
}

/// The number of a calendar week, the index after it, and whether nothing else can be meant.
fn iso_week_number(reading: &Reading<'_>, index: usize) -> Option<(u32, usize, bool)> {
    const WEEKS: &[&str] = &["kw", "kalenderwoche", "kalenderwochen"];
    let listed = index >= 2
        && reading.is(index - 1, &["oder", "und", "bis"])
        && (2..=4).any(|back| WEEKS.contains(&reading.before(index, back)))
        && cardinal_at(reading, index).is_some();
    let named = match reading.at(index) {
        _ if listed => Some((index, false)),
        word if WEEKS.contains(&word) => Some((index + 1, true)),
        "ka" if reading.is(index + 1, &["we"]) => Some((index + 2, true)),
        "woche" => Some((index + 1, false)),
        _ => None,
    };
    if let Some((at, sure)) = named {
        return cardinal_at(reading, at).map(|(number, end)| (number, end, sure));
    }
    let (number, next) = ordinal_at(reading, index)?;
    let sure = reading.is(next, WEEKS);
    (sure || (reading.is(next, &["woche"]) && number >= WEEK_NUMBER_MIN)).then_some((number, next + 1, sure))
}

/// The next calendar week of that number that is not over, or that of a year.
pub(super) fn iso_week(today: Date, number: u32, year: Option<i16>) -> Option<Stretch> {
    let number = i8::try_from(number).ok()?;
    let this = today.iso_week_date().year();
    let monday = |year: i16| Some(ISOWeekDate::new(year, number, Weekday::Monday).ok()?.date());
    if let Some(year) = year {
        return Stretch::days(monday(year)?, 7, Grain::Week);
    }
    // The 53rd week is rare: the longest way to the next one is seven years.
    (0..=7)
        .filter_map(|ahead| Stretch::days(monday(this.checked_add(ahead)?)?, 7, Grain::Week))
        .find(|stretch| stretch.end > today)
}

fn holy_week(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    let year = year_at(reading, index + 1, today, true);
    let good_friday = super::feasts::GOOD_FRIDAY.on(today, year.map(|(year, _)| year))?.0;
    Some((week(good_friday, 0)?, year.map_or(index + 1, |(_, end)| end)))
}

/// The week around a feast: "die Woche nach Ostern".
pub(super) fn week_beside_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Stretch, usize)> {
    if !reading.is(index, &["woche"]) || !reading.is(index + 1, &["nach", "vor"]) {
        return None;
    }
    if reading.is(index.wrapping_sub(1), &["eine", "einer"]) {
        return None;
    }
    let feast = feast_at(reading, index + 2)?;
    let (first, _) = feast.on(today, None)?;
    // A feast on a Sunday closes its week.
    let weeks = if reading.is(index + 1, &["nach"]) { 1 } else { -1 };
    Some((week(first, weeks)?, feast.end))
}
