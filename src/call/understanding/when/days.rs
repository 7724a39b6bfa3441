//! Days: what is said about which day, week or month is meant, looking forward from today, and how several such
//! things meet in one ("nächste Woche Dienstag", "Donnerstag, den sechsundzwanzigsten").

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::super::land::Land;
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::calendar::{Dated, date_at, months, next_day_of_month, year_at};
use super::counted::{Count, shift_at, window_at};
use super::feasts::{bridge_day, feast_at, holiday, working_day};
use super::portions::nth_at;
use super::stretches::stretch_at;

/// Tokens between two adjectives of one noun, at most.
const GAP_MAX: usize = 2;

/// Days from the first up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub first: Date,
    pub end: Date,
    pub grain: Grain,
    /// A feast: what is "zwischen" two of them excludes both.
    pub feast: bool,
    /// "in den nächsten Tagen"
    pub vague: bool,
}

impl Stretch {
    /// From the first day up to but not including `end`.
    pub const fn new(first: Date, end: Date, grain: Grain) -> Self {
        Self { first, end, grain, feast: false, vague: false }
    }

    /// So many days.
    pub fn days(first: Date, count: i64, grain: Grain) -> Option<Self> {
        Some(Self::new(first, first.checked_add(count.days()).ok()?, grain))
    }

    /// One day.
    pub fn day(date: Date) -> Option<Self> {
        Self::days(date, 1, Grain::Day)
    }

    /// Whether it is one day.
    pub fn is_day(&self) -> bool {
        self.grain == Grain::Day && self.first.tomorrow().is_ok_and(|next| next == self.end)
    }

    /// Whether it is one whole month.
    pub fn is_month(&self) -> bool {
        self.first.day() == 1 && self.first.last_of_month().tomorrow().is_ok_and(|next| next == self.end)
    }

    fn contains(&self, date: Date) -> bool {
        self.first <= date && date < self.end
    }
}

/// When and where it is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub today: Date,
    pub land: Option<Land>,
    /// Whether a date was asked for.
    pub asked: bool,
}

/// One thing that was said about the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum DayPiece {
    /// A known stretch of days.
    Known(Stretch),
    /// A day of the week, so many weeks after its next one; negative: before today.
    Weekday(Weekday, i64),
    /// The so manieth of a month.
    OfMonth(i8),
    /// So much after another day, or after today.
    Shift(Count),
    /// A date that does not exist.
    Never,
}

/// Weekdays as they are written, and as they are said in the south and west.
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
const REGIONAL: &[(&str, Weekday)] = &[
    ("montach", Weekday::Monday),
    ("mondag", Weekday::Monday),
    ("maandag", Weekday::Monday),
    ("dienstach", Weekday::Tuesday),
    ("dienschtag", Weekday::Tuesday),
    ("dienschdag", Weekday::Tuesday),
    ("irta", Weekday::Tuesday),
    ("irtag", Weekday::Tuesday),
    ("erchtag", Weekday::Tuesday),
    ("mittwuch", Weekday::Wednesday),
    ("mittwoche", Weekday::Wednesday),
    ("donnerstach", Weekday::Thursday),
    ("donnerschtag", Weekday::Thursday),
    ("dunnerschdag", Weekday::Thursday),
    ("dunnerstag", Weekday::Thursday),
    ("pfinztag", Weekday::Thursday),
    ("freitach", Weekday::Friday),
    ("freidag", Weekday::Friday),
    ("samstach", Weekday::Saturday),
    ("samschtag", Weekday::Saturday),
    ("samschdig", Weekday::Saturday),
    ("samschdag", Weekday::Saturday),
    ("sonntach", Weekday::Sunday),
    ("sunntig", Weekday::Sunday),
    ("sonndag", Weekday::Sunday),
];
const RELATIVE: &[(&str, i64)] = &[
    ("heute", 0),
    ("heut", 0),
    ("heit", 0),
    ("morgen", 1),
    ("uebermorgen", 2),
    ("ueberuebermorgen", 3),
    ("gestern", -1),
    ("vorgestern", -2),
    ("vorvorgestern", -3),
];
/// "am morgigen Tag", "am heutigen Montag".
const ADJECTIVES: &[(&str, i64)] = &[("heutig", 0), ("morgig", 1), ("uebermorgig", 2), ("gestrig", -1)];
/// How many weeks, months or years ahead, by the stem of the adjective.
const AHEAD: &[(&str, i64)] = &[
    ("ueberuebernaechst", 3),
    ("uebernaechst", 2),
    ("naechst", 1),
    ("kommend", 1),
    ("folgend", 1),
    ("dies", 0),
    ("laufend", 0),
    ("aktuell", 0),
    ("letzt", -1),
    ("vergangen", -1),
    ("vorig", -1),
    ("vorletzt", -2),
];

/// The weekday that a word begins with, and what follows it in the word: "dienstagabend".
pub(super) fn weekday(word: &str) -> Option<(Weekday, &str)> {
    let known = |table: &'static [(&str, Weekday)]| {
        table.iter().find_map(|(name, day)| word.strip_prefix(name).map(|rest| (*day, rest)))
    };
    known(WEEKDAYS).or_else(|| known(REGIONAL).filter(|(_, rest)| rest.is_empty()))
}

/// A weekday and nothing else in the word.
pub(super) fn plain_weekday(word: &str) -> Option<Weekday> {
    weekday(word).filter(|(_, rest)| matches!(*rest, "" | "s")).map(|(day, _)| day)
}

fn inflected<'t>(table: &'t [(&str, i64)], word: &str) -> Option<(i64, &'t str)> {
    table
        .iter()
        .find(|(stem, _)| {
            word.strip_prefix(stem).is_some_and(|end| matches!(end, "e" | "en" | "er" | "es" | "em"))
        })
        .map(|(stem, count)| (*count, *stem))
}

/// "nächste", "kommenden", "dieser", "übernächsten": how many weeks or months ahead, and the word's stem.
pub(super) fn ahead(word: &str) -> Option<(i64, &'static str)> {
    inflected(AHEAD, word)
}

/// The noun of an adjective in front of `index`, and the index after it: of "nächste oder übernächste Woche" the first
/// one has that of the second.
pub(super) fn noun_behind<'r>(reading: &'r Reading<'_>, index: usize) -> (&'r str, usize) {
    let mut at = index;
    while at < index + GAP_MAX
        && reading.is(at, &["oder", "und", "sondern", "nicht", "den", "die", "das", "der"])
    {
        at += 1;
    }
    if at > index && ahead(reading.at(at)).is_some() {
        return (reading.at(at + 1), index);
    }
    (reading.at(index), index + 1)
}

/// What is said about the day at `index`, and the index after it. `open`: a bare "zehnten" is a date too.
pub(super) fn day_at(reading: &Reading<'_>, index: usize, now: Now, open: bool) -> Option<(DayPiece, usize)> {
    let today = now.today;
    if let Some(feast) = feast_at(reading, index) {
        let (year, end) = year_at(reading, feast.end, today, true)
            .map_or((None, feast.end), |(year, end)| (Some(year), end));
        let (first, after) = feast.on(today, year)?;
        return known(Stretch { feast: true, ..Stretch::new(first, after, Grain::Day) }, end);
    }
    if let Some((date, end)) =
        date_at(reading, index, today, open || (now.asked && reading.before(index, 1) == "der"))
    {
        let piece = match date {
            Dated::On(date) => DayPiece::Known(Stretch::day(date)?),
            Dated::OfMonth(day) => DayPiece::OfMonth(day),
            Dated::Never => DayPiece::Never,
        };
        return Some((piece, end));
    }
    nth_at(reading, index, now)
        .and_then(|(stretch, end)| known(stretch, end))
        .or_else(|| relative_at(reading, index, now))
        .or_else(|| window_at(reading, index, today).and_then(|(stretch, end)| known(stretch, end)))
        .or_else(|| shift_at(reading, index).map(|(count, end)| (DayPiece::Shift(count), end)))
        .or_else(|| stretch_at(reading, index, now))
}

fn known(stretch: Stretch, end: usize) -> Option<(DayPiece, usize)> {
    Some((DayPiece::Known(stretch), end))
}

/// "übermorgen", "am morgigen Tag", "Dienstag", "über nächsten Samstag", "am nächsten Feiertag".
fn relative_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(DayPiece, usize)> {
    let word = reading.at(index);
    let on = |days: i64, end: usize| known(Stretch::day(now.today.checked_add(days.days()).ok()?)?, end);
    if word == "ueber" && reading.is(index + 1, &["morgen"]) {
        return on(2, index + 2);
    }
    if word == "ueber" && reading.is(index + 1, &["uebermorgen"]) {
        return on(3, index + 2);
    }
    if let Some((_, days)) = RELATIVE.iter().find(|(name, _)| *name == word) {
        return on(*days, index + 1);
    }
    let noun = reading.at(index + 1);
    if let Some((days, _)) = inflected(ADJECTIVES, word)
        && (noun == "tag" || plain_weekday(noun).is_some())
    {
        return on(days, index + 2);
    }
    if let Some(day) = plain_weekday(word) {
        return Some((DayPiece::Weekday(day, 0), index + 1));
    }
    special_at(reading, index, now).or_else(|| {
        let start = index + usize::from(word == "ueber");
        let (count, _) = ahead(reading.at(start))?;
        let count = count + i64::from(start > index);
        let (noun, end) = noun_behind(reading, start + 1);
        let day = plain_weekday(noun)?;
        // "nächsten Dienstag" is the one that comes next.
        let weeks = if count < 0 { count } else { (count - 1).max(0) };
        Some((DayPiece::Weekday(day, weeks), end))
    })
}

/// "am nächsten Feiertag", "am Brückentag", "am nächsten Werktag", "am nächsten Tag".
fn special_at(reading: &Reading<'_>, index: usize, now: Now) -> Option<(DayPiece, usize)> {
    let mut at = index;
    let next = ahead(reading.at(at)).is_some_and(|(count, _)| count == 1)
        || reading.is(at, &["naechster", "kommender"]);
    at += usize::from(next);
    at += usize::from(reading.is(at, &["gesetzliche", "gesetzlichen", "gesetzlicher"]));
    let tomorrow = now.today.tomorrow().ok()?;
    let led =
        next || now.asked || reading.is(index.wrapping_sub(1), &["am", "zum", "vor", "nach", "dem", "der"]);
    let date = match reading.at(at) {
        "feiertag" if led && !reading.is(index.wrapping_sub(1), &["kein", "keinen"]) => {
            holiday(now.today, now.land)?
        }
        "brueckentag" if led => bridge_day(now.today, now.land)?,
        "tag" if reading.is(at + 1, &["darauf", "drauf", "danach"]) && led => {
            return known(Stretch::day(tomorrow)?, at + 2);
        }
        "werktag" | "arbeitstag" if next => working_day(tomorrow, now.land)?,
        "tag" if next => tomorrow,
        _ => return None,
    };
    known(Stretch::day(date)?, at + 1)
}

/// Whether two pieces can be about one day: "Donnerstag, den sechsundzwanzigsten", "Montag in acht Tagen".
pub(super) fn go_together(one: &DayPiece, other: &DayPiece) -> bool {
    use DayPiece::{Known, OfMonth, Shift, Weekday};
    match (one, other) {
        (Weekday(_, weeks), Known(_)) => *weeks >= 0,
        (Known(stretch), Weekday(day, weeks)) => {
            *weeks == 0 && (!stretch.is_day() || !stretch.feast || stretch.first.weekday() == *day)
        }
        (Weekday(..), Shift(_) | OfMonth(_)) | (Shift(_) | OfMonth(_), Weekday(..)) => true,
        (Known(stretch), OfMonth(day)) | (OfMonth(day), Known(stretch)) => {
            !stretch.is_day() || stretch.first.day() == *day
        }
        (Known(one), Known(other)) => {
            let inside = |inner: &Stretch, outer: &Stretch| {
                inner.is_day()
                    && outer.contains(inner.first)
                    && (outer.feast || !outer.is_day() || inner == outer)
            };
            let week = |stretch: &Stretch| matches!(stretch.grain, Grain::Week | Grain::Month);
            // "nächstes Jahr im März"
            if one.grain == Grain::Year && other.is_month() {
                return true;
            }
            (week(one) && inside(other, one))
                || (week(other) && inside(one, other))
                || (one.first == other.first && one.is_day() && other.is_day())
        }
        (Known(stretch), Shift(_)) => stretch.is_day(),
        _ => false,
    }
}

/// The days that all pieces together mean, and whether they agree.
pub(super) fn meet(pieces: &[DayPiece], today: Date) -> Option<(Stretch, bool)> {
    let mut known: Option<Stretch> = None;
    let (mut named, mut of_month) = (None, None);
    let mut shift = Count::default();
    for piece in pieces {
        match *piece {
            DayPiece::Known(stretch) => {
                if let Some(year) = known.filter(|known| known.grain == Grain::Year && stretch.is_month()) {
                    known = super::stretches::month_of(year.first.year(), stretch.first.month());
                    continue;
                }
                known = Some(known.filter(|other| other.is_day() && !stretch.is_day()).unwrap_or(stretch));
            }
            DayPiece::Weekday(day, weeks) => named = Some((day, weeks)),
            DayPiece::OfMonth(day) => of_month = Some(day),
            DayPiece::Shift(count) => shift = count,
            DayPiece::Never => return None,
        }
    }
    let single = |date: Date| Some((Stretch::day(shift.after(date)?)?, true));
    let on_weekday = |date: Date| named.is_none_or(|(day, _)| date.weekday() == day);
    match (known, of_month, named) {
        (Some(stretch), Some(day), _) if !stretch.is_day() => {
            single(within(stretch, |date| date.day() == day && on_weekday(date))?)
        }
        (Some(stretch), _, None) if shift == Count::default() => Some((stretch, true)),
        (Some(stretch), _, None) => single(stretch.first),
        // "nächste Woche Dienstag"; "Donnerstag, den sechsundzwanzigsten".
        (Some(stretch), _, Some((day, _))) => {
            let found = within(stretch, |date| date.weekday() == day);
            let date = shift.after(found.unwrap_or(stretch.first))?;
            Some((Stretch::day(date)?, found.is_some()))
        }
        (None, Some(day), _) => single(next_day_of_month(today, day, on_weekday)?),
        (None, None, Some((day, weeks))) => single(weekday_from(today, day, weeks)?),
        (None, None, None) => single(today),
    }
}

fn within(stretch: Stretch, fits: impl Fn(Date) -> bool) -> Option<Date> {
    (0..366i64)
        .map_while(|ahead| stretch.first.checked_add(ahead.days()).ok())
        .take_while(|date| *date < stretch.end)
        .find(|date| fits(*date))
}

/// The next such weekday after today and so many weeks on; negative: the last one before today, and further back.
pub(super) fn weekday_from(today: Date, day: Weekday, weeks: i64) -> Option<Date> {
    let ahead = i64::from(today.weekday().until(day));
    let next = if ahead == 0 { 7 } else { ahead };
    // The last one lies a week before the next, or two where today is one itself.
    let days = match weeks {
        0.. => next + 7 * weeks,
        _ if ahead == 0 => 7 * weeks,
        _ => ahead + 7 * weeks,
    };
    today.checked_add(days.days()).ok()
}

/// So many days and months after a day.
impl Count {
    /// The day so much after another; where its month is shorter, the month's last.
    pub fn after(self, date: Date) -> Option<Date> {
        date.checked_add(months(self.months)).ok()?.checked_add(self.days.days()).ok()
    }

    /// The day so much before another.
    pub fn before(self, date: Date) -> Option<Date> {
        date.checked_sub(months(self.months)).ok()?.checked_sub(self.days.days()).ok()
    }
}
