//! Days: what is said about which day, week or month is meant, looking forward from today, and how several such
//! things meet in one ("nächste Woche Dienstag", "Donnerstag, den sechsundzwanzigsten").

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::super::land::Land;
use super::super::reading::Reading;
use super::super::understood::Grain;
use super::calendar::{Dated, date_at, months, next_day_of_month, year_at};
use super::counted::{Count, shift_at, window_at};
use super::day_words::{ADJECTIVES, RELATIVE, inflected};
use super::feasts::{bridge_day, feast_at, holiday, working_day};
use super::parts::{Part, part};
use super::portions::nth_at;
use super::stretches::stretch_at;

pub(super) use super::day_words::{ahead, noun_behind, plain_weekday, weekday};

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
        Some((DayPiece::Weekday(day, weeks_on(count)), end))
    })
}

/// Parts of the day that a feast's name ends with.
const PARTED: &[&str] = &["vormittag", "nachmittag", "mittag", "abend", "nacht", "morgen"];

/// Weeks on from the next such day that an adjective means: "nächsten Dienstag" is the one that comes next.
const fn weeks_on(count: i64) -> i64 {
    if count > 0 { count - 1 } else { count }
}

/// "Dienstagabend", "letzten Dienstagabend", "Silvesternacht": a day and its part in one word.
pub(super) fn with_part_at(
    reading: &Reading<'_>,
    index: usize,
    today: Date,
) -> Option<(DayPiece, Part, usize)> {
    let told = ahead(reading.at(index)).map(|(count, _)| weeks_on(count));
    let at = index + usize::from(told.is_some());
    if let Some((day, rest)) = weekday(reading.at(at))
        && let Some(named) = part(rest)
    {
        return Some((DayPiece::Weekday(day, told.unwrap_or(0)), named, at + 1));
    }
    let word = reading.at(index);
    let (name, named) = PARTED.iter().find_map(|end| word.strip_suffix(end).zip(part(end)))?;
    let first = super::feasts::on_one_day(name.strip_suffix('s').unwrap_or(name), today)?;
    Some((DayPiece::Known(Stretch::day(first)?), named, index + 1))
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
    // "in drei Wochen am Montag" is in that week; "Montag in drei Wochen" is counted from Monday.
    if let [DayPiece::Shift(count), DayPiece::Weekday(day, 0)] = pieces
        && count.days % 7 == 0
        && count.months == 0
    {
        let week = super::stretches::week(count.after(today)?, 0)?;
        return Some((Stretch::day(within(week, |date| date.weekday() == *day)?)?, true));
    }
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
