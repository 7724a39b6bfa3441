//! Times of day as German callers say them: "halb acht", "Viertel vor drei", "viertel sechs" (quarter past
//! five), "dreiviertel acht", "fünf vor halb neun", "vierzehn Uhr dreißig", "zwischen acht und zehn".

use super::super::numbers::cardinal_at;
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::from_now::from_now_at;

/// A time of day as said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// 0 to 24.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// Whether only one of the day's two can be meant: "vierzehn", "null", "08:00".
    pub certain: bool,
    /// Minute or hour.
    pub grain: Grain,
}

/// What was said about the time of day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Clock {
    /// "um acht"
    At(Moment),
    /// "ab acht", "nicht vor acht"
    From(Moment),
    /// "bis acht", "spätestens um acht"
    Until(Moment),
    /// "zwischen acht und zehn"
    Between(Moment, Moment),
    /// "in zwei Stunden": minutes from now.
    In(i64),
    /// "in ein, zwei Stunden": minutes from now, from and until.
    Within(i64, i64),
    /// "sofort": from now on.
    Now,
}

/// A clock with where it ends and how it was said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ClockPiece {
    pub clock: Clock,
    pub end: usize,
    pub hedged: bool,
    /// 0 to 1.
    pub sure: f32,
}

/// What is counted, so that the number before it is no time.
pub(in crate::call::understanding) const COUNTED: &[&str] = &[
    "euro",
    "grad",
    "meter",
    "stueck",
    "prozent",
    "tag",
    "tage",
    "tagen",
    "woche",
    "wochen",
    "minute",
    "minuten",
    "stunde",
    "stunden",
    "jahr",
    "jahre",
    "jahren",
    "monat",
    "monate",
    "monaten",
    "liter",
    "zimmer",
    "personen",
    "leute",
    "quadratmeter",
    "bar",
    "kilo",
    "kilometer",
    "mal",
    "wohnungen",
    "stock",
    "etage",
    "heizkoerper",
    "familien",
    "parteien",
    "zentimeter",
    "kubikmeter",
    "prozente",
    "cent",
    "sekunden",
    "mann",
    "mieter",
    "pfund",
];
/// Words in front of a bound, and whether it is the earlier one.
const BOUNDS: &[(&[&str], bool)] = &[
    (&["auf", "keinen", "fall", "vor"], true),
    (&["auf", "keinen", "fall", "nach"], false),
    (&["nicht", "frueher", "als"], true),
    (&["nicht", "spaeter", "als"], false),
    (&["spaeter", "als"], true),
    (&["frueher", "als"], false),
    (&["nicht", "vor"], true),
    (&["nicht", "nach"], false),
    (&["noch", "vor"], false),
    (&["ab"], true),
    (&["nach"], true),
    (&["fruehestens"], true),
    (&["bis"], false),
    (&["vor"], false),
    (&["spaetestens"], false),
];
/// Hours as they are said where the clock is spoken of.
const COLLOQUIAL: &[(&str, i64)] = &[
    ("dreie", 3),
    ("viere", 4),
    ("fuenfe", 5),
    ("fuemfe", 5),
    ("sechse", 6),
    ("siebene", 7),
    ("sieme", 7),
    ("achte", 8),
    ("neune", 9),
    ("zehne", 10),
    ("elfe", 11),
    ("zwoelfe", 12),
];
/// Verbs behind a bare hour that make it a time: "vor neun bin ich nicht da".
const HINDERED: &[&str] =
    &["bin", "kann", "geht", "passt", "komme", "muss", "arbeite", "habe", "hab", "waere", "koennte"];
const APPROXIMATE: &[&str] = &["gegen", "circa", "ca", "etwa", "ungefaehr", "rund"];

/// What is said about the time of day at `index`. `loose`: a number alone is a time.
pub(super) fn clock_at(reading: &Reading<'_>, index: usize, loose: bool) -> Option<ClockPiece> {
    from_now_at(reading, index)
        .or_else(|| range_at(reading, index, loose))
        .or_else(|| bound_at(reading, index, loose))
        .or_else(|| {
            let (start, hedged, led) = lead(reading, index);
            let (moment, end, strong) = moment_at(reading, start)?;
            let sure = match (strong, led, loose) {
                (true, ..) => 0.95,
                (false, true, true) => 0.9,
                (false, true, false) => 0.8,
                (false, false, true) => 0.7,
                (false, false, false) => return None,
            };
            Some(ClockPiece { clock: Clock::At(moment), end, hedged, sure })
        })
}

/// "um", "so gegen", "um circa": where the time itself begins, whether it is approximate, whether there was any.
fn lead(reading: &Reading<'_>, index: usize) -> (usize, bool, bool) {
    let mut start = index;
    let (mut hedged, mut led) = (false, false);
    loop {
        match (reading.at(start), reading.at(start + 1)) {
            ("kurz" | "knapp", "vor" | "nach") => (hedged, led, start) = (true, true, start + 1),
            ("um" | "punkt" | "schlag", _) => led = true,
            (word, _) if APPROXIMATE.contains(&word) => (hedged, led) = (true, true),
            ("so" | "genau", _) => {}
            _ => break,
        }
        start += 1;
    }
    (start, hedged, led)
}

/// "zwischen acht und zehn", "von acht bis zehn", "acht bis zehn Uhr".
fn range_at(reading: &Reading<'_>, index: usize, loose: bool) -> Option<ClockPiece> {
    let (word, start) = match reading.at(index) {
        "zwischen" => ("und", index + 1),
        "von" => ("bis", index + 1),
        _ => ("bis", index),
    };
    let (start, ..) = lead(reading, start);
    let (mut from, middle, strong) = moment_at(reading, start)?;
    if reading.is(index, &["von"]) && reading.is(middle, &["an"]) {
        return Some(ClockPiece { clock: Clock::From(from), end: middle + 1, hedged: false, sure: 0.9 });
    }
    if reading.at(middle) != word {
        return None;
    }
    let (next, ..) = lead(reading, middle + 1);
    let (until, end, strong_end) = moment_at(reading, next)?;
    let sure = if strong || strong_end { 0.95 } else { 0.75 };
    if start == index && !strong && !strong_end && !loose {
        return None;
    }
    // "von acht bis vierzehn": the first is in the same half where that fits.
    if until.certain && until.hour > 12 && from.hour < 12 && from.hour + 12 < until.hour && from.hour < 6 {
        from = Moment { hour: from.hour + 12, certain: true, ..from };
    }
    Some(ClockPiece { clock: Clock::Between(from, until), end, hedged: false, sure })
}

/// "ab acht", "nach siebzehn Uhr", "nicht vor zehn", "bis zwölf", "spätestens um zwölf", "vor zehn Uhr".
fn bound_at(reading: &Reading<'_>, index: usize, loose: bool) -> Option<ClockPiece> {
    let (words, from) = BOUNDS.iter().find(|(words, _)| reading.starts(index, words))?;
    let start = index + words.len();
    let start = start + usize::from(reading.is(start, &["dem", "zum", "maximal", "spaetestens"]));
    let (start, hedged, led) = lead(reading, start);
    let (moment, end, strong) = moment_at(reading, start)?;
    let strong = strong || words.len() > 1 || reading.is(end, HINDERED);
    if !strong && !led && !loose {
        return None;
    }
    let clock = if *from { Clock::From(moment) } else { Clock::Until(moment) };
    Some(ClockPiece { clock, end, hedged, sure: if strong { 0.95 } else { 0.75 } })
}

/// An hour as a word or typed: "ein" counts before "uhr" only.
fn hour_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    if reading.is(index, &["ein"]) && reading.is(index + 1, &["uhr"]) {
        return Some((1, index + 1));
    }
    // "achte" is an ordinal too.
    let spoken_of = reading.at(index) != "achte"
        || reading.is(
            index.wrapping_sub(1),
            &["um", "halb", "halbe", "viertel", "dreiviertel", "gegen", "vor", "nach"],
        );
    if let Some((_, hour)) = COLLOQUIAL.iter().find(|(word, _)| *word == reading.at(index) && spoken_of) {
        return Some((*hour, index + 1));
    }
    let (value, end) = cardinal_at(reading, index)?;
    // "der 15." is a day.
    let stopped =
        reading.after(index) == Some('.') && reading.at(index).starts_with(|c: char| c.is_ascii_digit());
    if stopped && reading.is(index.wrapping_sub(1), &["der", "den", "dem", "am", "zum", "vom"]) {
        return None;
    }
    let week = !reading.is(index.wrapping_sub(1), &["um", "gegen"])
        && (2..=4).any(|back| matches!(reading.before(index, back), "kw" | "kalenderwochen"));
    (value <= 24 && !week && !reading.is(end, COUNTED)).then(|| (i64::from(value), end))
}

/// A time of day, the index after it, and whether its form alone says that it is one.
fn moment_at(reading: &Reading<'_>, index: usize) -> Option<(Moment, usize, bool)> {
    let skip_uhr = |end: usize| end + usize::from(reading.is(end, &["uhr"]));
    if let Some((moment, end)) = typed(reading, index) {
        return Some((moment, skip_uhr(end), true));
    }
    match reading.at(index) {
        "mitternacht" => return Some((exact(24, 0, true, Grain::Hour)?, index + 1, true)),
        "mittag" | "mittags"
            if reading.is(index.wrapping_sub(1), &["um", "gegen", "ab", "bis", "dem", "vor"]) =>
        {
            return Some((exact(12, 0, true, Grain::Hour)?, index + 1, true));
        }
        _ => {}
    }
    if let Some((offset, next)) = offset_at(reading, index) {
        let (hour, end) = hour_at(reading, next)?;
        return Some((shifted(hour, offset)?, skip_uhr(end), true));
    }
    let (hour, end) = hour_at(reading, index)?;
    if !reading.is(end, &["uhr"]) {
        // "neun dreißig", "acht null null"
        if let Some((minute, after)) = bare_minute_at(reading, end) {
            return Some((exact(hour, minute, false, Grain::Minute)?, after, false));
        }
        return Some((exact(hour, 0, false, Grain::Hour)?, end, false));
    }
    if reading.is(end + 1, &["null"])
        && let Some((minute, after)) = cardinal_at(reading, end + 2).filter(|(minute, _)| *minute < 10)
    {
        return Some((exact(hour, i64::from(minute), false, Grain::Minute)?, after, true));
    }
    let minutes = end + 1 + usize::from(reading.is(end + 1, &["und"]));
    if let Some((minute, after)) = cardinal_at(reading, minutes)
        && minute < 60
        && !reading.is(after, &["uhr"])
        && (reading.is(after, &["minuten", "minute"]) || !reading.is(after, COUNTED))
        && (!reading.is(after, &["bis"]) || (after..after + 4).any(|at| reading.is(at, &["uhr"])))
    {
        let after = after + usize::from(reading.is(after, &["minuten", "minute"]));
        return Some((exact(hour, i64::from(minute), false, Grain::Minute)?, after, true));
    }
    Some((exact(hour, 0, false, Grain::Hour)?, end + 1, true))
}

/// Minutes that follow an hour without "Uhr": tens and fives, "null null", "null fünf".
fn bare_minute_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let nought = reading.is(index, &["null"]);
    let (minute, end) = cardinal_at(reading, index + usize::from(nought))?;
    let fits = if nought { minute < 10 } else { (15..60).contains(&minute) && minute.is_multiple_of(5) };
    let other = reading.is(end, COUNTED)
        || reading.is(end, &["uhr", "bis", "vor", "nach"])
        || cardinal_at(reading, end).is_some();
    (fits && !other).then_some((i64::from(minute), end))
}

fn exact(hour: i64, minute: i64, certain: bool, grain: Grain) -> Option<Moment> {
    let whole = hour * 60 + minute <= 24 * 60;
    whole.then_some(Moment { hour, minute, certain: certain || hour == 0 || hour > 12, grain })
}

/// So many minutes before or after an hour; in front of twelve and one both halves of the day stay open.
fn shifted(hour: i64, offset: i64) -> Option<Moment> {
    let certain = hour > 12 || hour == 0;
    let minutes = (if certain { hour } else { hour % 12 + 12 }) * 60 + offset;
    let minutes = if certain { minutes.rem_euclid(24 * 60) } else { minutes % (12 * 60) };
    let mut moment = exact(minutes / 60, minutes % 60, certain, Grain::Minute)?;
    moment.certain = certain;
    Some(moment)
}

/// "halb", "viertel vor", "dreiviertel", "zehn nach", "fünf vor halb": minutes relative to the hour that follows.
fn offset_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    if let Some(base) = base_at(reading, index) {
        return Some(base);
    }
    let article = reading.is(index, &["eine"]) && reading.is(index + 1, &["minute"]);
    let (minutes, next) = if article {
        (1, index + 1)
    } else {
        cardinal_at(reading, index).filter(|(minutes, _)| (1..30).contains(minutes))?
    };
    let next = next + usize::from(reading.is(next, &["minuten", "minute"]));
    let sign = match reading.at(next) {
        "nach" => 1,
        "vor" => -1,
        _ => return None,
    };
    // "fünf vor halb", "fünf nach dreiviertel"
    let (base, end) = base_at(reading, next + 1).unwrap_or((0, next + 1));
    Some((base + sign * i64::from(minutes), end))
}

/// "halb", "viertel vor", "dreiviertel": minutes relative to the hour that follows.
fn base_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    Some(match (reading.at(index), reading.at(index + 1)) {
        ("halb" | "halber" | "halbe", _) => (-30, index + 1),
        ("dreiviertel" | "dreiviertl", _) => (-15, index + 1),
        ("drei", "viertel") => (-15, index + 2),
        ("viertel" | "viertl", "nach" | "ueber" | "ab") => (15, index + 2),
        ("viertel" | "viertl", "vor") => (-15, index + 2),
        ("viertel" | "viertl", "auf") => (-45, index + 2),
        ("viertel" | "viertl", _) => (-45, index + 1),
        _ => return None,
    })
}

/// `14:30`, `8.15 Uhr`.
fn typed(reading: &Reading<'_>, index: usize) -> Option<(Moment, usize)> {
    let word = reading.at(index);
    let dotted = || word.split_once('.').filter(|_| reading.is(index + 1, &["uhr"]));
    let (hour, minute) = word.split_once(':').or_else(dotted)?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let certain = hour.starts_with('0');
    let minute: i64 = minute.parse().ok().filter(|minute| *minute < 60)?;
    Some((exact(hour.parse().ok()?, minute, certain, Grain::Minute)?, index + 1))
}
