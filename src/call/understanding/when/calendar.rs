//! Dates of the calendar as they are said or typed: "vierten achten", "am fünfzehnten", "26.11.", years.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::super::numbers::{cardinal_at, ordinal_at};
use super::super::reading::Reading;
use super::clocks::COUNTED;
use super::days::{ahead, plain_weekday};

/// What an ordinal in front of it counts, so that it is no day.
const COUNTED_BY_PLACE: &[&str] = &[
    "mal",
    "stock",
    "etage",
    "versuch",
    "person",
    "rate",
    "mahnung",
    "geschoss",
    "blick",
    "hand",
    "klasse",
    "liga",
    "wahl",
    "reihe",
    "linie",
    "hilfe",
    "stelle",
    "platz",
    "welt",
    "tuer",
    "haus",
    "eingang",
    "gang",
    "monat",
    "arbeitstag",
    "kind",
    "mann",
    "frau",
    "sohn",
    "brief",
    "rechnung",
    "teil",
    "schritt",
    "termin",
    "anruf",
    "anlauf",
    "eindruck",
    "rang",
    "moment",
    "stockwerk",
    "hinterhof",
    "besuch",
    "advent",
    "feiertag",
    "lehrjahr",
    "schultag",
];
/// Papers that bear a date: it has passed.
const PAPERS: &[&str] = &[
    "rechnung",
    "mahnung",
    "brief",
    "schreiben",
    "bescheid",
    "lieferschein",
    "lieferung",
    "bestellung",
    "auftrag",
    "angebot",
    "quittung",
    "rezept",
    "urteil",
    "vertrag",
    "mail",
    "anruf",
];
/// Tokens between such a paper and its date.
const PAPER_REACH: usize = 6;
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
/// Two figures up to here are a year of this century.
const YOUNG_YEARS_MAX: u32 = 44;
/// Two figures from here on are no hour, so that behind a date they are its year.
const SHORT_YEAR_MIN: u32 = 25;

/// What a date in words or figures turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Dated {
    /// A day.
    On(Date),
    /// "am fünfzehnten": of which month, others say.
    OfMonth(i8),
    /// "am einunddreißigsten Juni"
    Never,
}

/// The number of a month's name.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.strip_suffix('s').unwrap_or(word);
    MONTHS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

/// Whether a month was said between these tokens, by its name or as the second of two ordinals.
pub(super) fn names_month(reading: &Reading<'_>, first: usize, end: usize) -> bool {
    let ordinals = (first..end).filter(|at| ordinal_at(reading, *at).is_some()).count();
    ordinals > 1 || (first..end).any(|at| month(reading.at(at)).is_some())
}

/// The month that a compound begins with, and the rest: "januarwoche".
pub(super) fn month_compound(word: &str) -> Option<(i8, &str)> {
    MONTHS.iter().find_map(|(name, number)| {
        word.strip_prefix(name).filter(|rest| rest.len() > 3).map(|rest| (*number, rest))
    })
}

/// The date at `index` and the index after it. `open`: a bare "zehnten" is one too.
pub(super) fn date_at(
    reading: &Reading<'_>,
    index: usize,
    today: Date,
    open: bool,
) -> Option<(Dated, usize)> {
    if let Some((date, end)) = typed_date(reading, index, today) {
        return Some((Dated::On(date), end));
    }
    if let Some((date, end)) = month_first_at(reading, index, today) {
        return Some((Dated::On(date), end));
    }
    let (day, next) = day_number_at(reading, index, open)?;
    let counted = reading.is(next, COUNTED_BY_PLACE) && reading.after(next - 1).is_none();
    let of = next + usize::from(reading.is(next, &["im"]));
    if let Some((number, end)) = month_number_at(reading, of).filter(|_| !list(reading, next, day)) {
        let (year, end) =
            year_at(reading, end, today, true).map_or((None, end), |(year, end)| (Some(year), end));
        let date = i8::try_from(number).ok().and_then(|month| on(today, day, month, year));
        let date = date.map(|date| passed(reading, index, today, date, year));
        return Some((date.map_or(Dated::Never, Dated::On), end));
    }
    let (_, ordinal_end) = ordinal_at(reading, index).or_else(|| split_ordinal(reading, index))?;
    let alone =
        preceded(reading, index) || open || reading.before(index, 1) == "der" && ordinal_end == reading.len();
    (alone && !counted && day <= 31 && !is_noun(reading.at(next))).then_some((Dated::OfMonth(day), next))
}

/// `August 8`, as English has it, in figures.
fn month_first_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Date, usize)> {
    let month = month(reading.at(index))?;
    let figures = reading.at(index + 1).bytes().all(|b| b.is_ascii_digit());
    let (day, end) = cardinal_at(reading, index + 1).filter(|(day, _)| figures && (1..=31).contains(day))?;
    let year = year_at(reading, end, today, false);
    (year.is_some() || end == reading.len() || reading.is(end, &["bis"])).then_some(())?;
    let date = on(today, i8::try_from(day).ok()?, month, year.map(|(year, _)| year))?;
    Some((date, year.map_or(end, |(_, end)| end)))
}

/// Whether the date at `index` is that of a paper: "die Rechnung vom".
pub(super) fn is_of_paper(reading: &Reading<'_>, index: usize) -> bool {
    reading.before(index, 1) == "vom"
        && (2..2 + PAPER_REACH).any(|back| PAPERS.contains(&reading.before(index, back)))
}

/// "die Rechnung vom dritten November": the last one, not the next.
fn passed(reading: &Reading<'_>, index: usize, today: Date, date: Date, year: Option<i16>) -> Date {
    let paper = is_of_paper(reading, index);
    let last = || Date::new(date.year() - 1, date.month(), date.day()).ok();
    if paper && year.is_none() && date > today { last().unwrap_or(date) } else { date }
}

/// Whether a date with its month stands at `index`, so that its number is no time of day.
pub(super) fn is_date(reading: &Reading<'_>, index: usize, today: Date) -> bool {
    matches!(date_at(reading, index, today, false), Some((Dated::On(_) | Dated::Never, _)))
}

/// Nouns that an ordinal in front of them counts.
fn is_noun(word: &str) -> bool {
    matches!(
        word,
        "tag"
            | "woche"
            | "wochenende"
            | "werktag"
            | "quartal"
            | "halbjahr"
            | "haelfte"
            | "kw"
            | "kalenderwoche"
    ) || plain_weekday(word).is_some()
        || month_compound(word).is_some()
        || word.ends_with("haelfte")
        || word.ends_with("quartal")
}

/// The day's number: "vierten", "sechs zwanzigster", and "vier" where a month follows.
fn day_number_at(reading: &Reading<'_>, index: usize, open: bool) -> Option<(i8, usize)> {
    if let Some((day, next)) = ordinal_at(reading, index).or_else(|| split_ordinal(reading, index)) {
        return Some((i8::try_from(day).ok()?, next));
    }
    let (day, next) = cardinal_at(reading, index)?;
    let numbered = (open || preceded(reading, index)) && ordinal_at(reading, next).is_some();
    (month(reading.at(next)).is_some() || numbered).then_some((i8::try_from(day).ok()?, next))
}

/// "drei zwanzigsten": the "und" was not heard.
fn split_ordinal(reading: &Reading<'_>, index: usize) -> Option<(u32, usize)> {
    let (unit, next) = cardinal_at(reading, index).filter(|(unit, _)| (1..=9).contains(unit))?;
    let (tens, end) = ordinal_at(reading, next).filter(|(tens, _)| matches!(tens, 20 | 30))?;
    Some((unit + tens, end))
}

/// "november", "elften".
fn month_number_at(reading: &Reading<'_>, index: usize) -> Option<(u32, usize)> {
    if let Some(number) = month(reading.at(index)) {
        return Some((u32::from(number.unsigned_abs()), index + 1));
    }
    ordinal_at(reading, index)
        .filter(|(number, _)| *number <= 13)
        .filter(|(_, end)| !is_noun(reading.at(*end)))
}

/// "am siebten, achten oder neunten": days of one month, one after the other.
fn list(reading: &Reading<'_>, next: usize, day: i8) -> bool {
    ordinal_at(reading, next).is_some_and(|(second, end)| {
        i8::try_from(second).is_ok_and(|second| second == day + 1)
            && reading.is(end, &["oder", "und"])
            && ordinal_at(reading, end + 1).is_some_and(|(third, _)| third == second + 1)
    })
}

/// A preposition or a weekday before a date.
fn preceded(reading: &Reading<'_>, index: usize) -> bool {
    let word = reading.before(index, 1);
    matches!(
        word,
        "am" | "den" | "dem" | "zum" | "vom" | "bis" | "ab" | "des" | "spaetestens" | "fruehestens" | "oder"
    ) || plain_weekday(word).is_some()
        || (word == "der" && reading.is(index.wrapping_sub(2), &["heute", "morgen"]))
        || (word == "der" && plain_weekday(reading.before(index, 2)).is_some())
}

/// `26.11.`, `26.11.2026`, `2026-11-26`.
fn typed_date(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Date, usize)> {
    let word = reading.at(index);
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if word.len() == 10
        && let Ok(date) = word.parse::<Date>()
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
    if year.is_none() && reading.is(index + 1, &["uhr"]) {
        return None;
    }
    if parts.next().is_some() {
        return None;
    }
    let date = on(today, day, month, year)?;
    Some((passed(reading, index, today, date, year), index + 1))
}

fn full_year(year: u32) -> Option<i16> {
    let year = match year {
        100.. => year,
        _ if year <= YOUNG_YEARS_MAX => 2000 + year,
        _ => 1900 + year,
    };
    i16::try_from(year).ok().filter(|year| (1900..=2199).contains(year))
}

/// The year said at `index`: "zweitausendsiebenundzwanzig", "zwanzig siebenundzwanzig", "nächsten Jahres", and, where
/// `short`, "achtundzwanzig".
pub(super) fn year_at(reading: &Reading<'_>, index: usize, today: Date, short: bool) -> Option<(i16, usize)> {
    let index = index + usize::from(reading.is(index, &["im", "des", "in"]));
    let index = index + usize::from(reading.is(index, &["jahr", "jahre", "jahres"]));
    if reading.is(index, &["neuen", "neues"]) && reading.is(index + 1, &["jahr", "jahres", "jahre"]) {
        return Some((today.year().checked_add(1)?, index + 2));
    }
    if let Some((count, _)) =
        ahead(reading.at(index)).filter(|_| reading.is(index + 1, &["jahr", "jahres", "jahre"]))
    {
        return Some((today.year().checked_add(i16::try_from(count).ok()?)?, index + 2));
    }
    let (first, next) = cardinal_at(reading, index)?;
    if first == 20
        && let Some((second, end)) = cardinal_at(reading, next)
        && (10..100).contains(&second)
    {
        return Some((full_year(2000 + second)?, end));
    }
    let counted = reading.is(next, COUNTED) || reading.is(next, &["uhr", "nach", "vor"]);
    let long = (1900..2200).contains(&first);
    let figures = short && (SHORT_YEAR_MIN..100).contains(&first);
    ((long || figures) && !counted).then(|| Some((full_year(first)?, next)))?
}

/// That day of that month: in the year said, or the next one from today on (29 February: in a leap year).
pub(super) fn on(today: Date, day: i8, month: i8, year: Option<i16>) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    (0..=8)
        .filter_map(|ahead| Date::new(today.year().checked_add(ahead)?, month, day).ok())
        .find(|date| *date >= today)
}

/// The next day of that number from `today` on that fits.
pub(super) fn next_day_of_month(today: Date, day: i8, fits: impl Fn(Date) -> bool) -> Option<Date> {
    let first = today.first_of_month();
    (0..=24i64)
        .filter_map(|ahead| {
            let month = first.checked_add(months(ahead)).ok()?;
            Date::new(month.year(), month.month(), day).ok()
        })
        .find(|date| *date >= today && fits(*date))
}

/// So many months.
pub(super) fn months(count: i64) -> Span {
    count.clamp(-12_000, 12_000).months()
}
