//! Days and times as German callers say them, resolved against the moment of the call, looking forward.
//!
//! `days`, `parts` and `clocks` each read one thing ("übernächsten Dienstag", "vormittags", "halb acht"); here
//! neighbouring pieces become one [`Draft`], and a draft becomes a stretch of local time (`resolve`).

mod calendar;
mod clocks;
mod counted;
mod day_words;
mod days;
mod feast_names;
mod feasts;
mod from_now;
mod parts;
mod portions;
mod ranges;
mod resolve;
mod stretches;
mod talk;
mod words;

pub use feasts::is_holiday;
use jiff::Zoned;
use jiff::civil::{Date, DateTime};

use self::clocks::{ClockPiece, clock_at};
use self::counted::Count;
use self::days::{DayPiece, Now, Stretch, day_at, weekday};
use self::parts::{Part, part_at};
use self::words::{CONNECTORS, PREPOSITIONS, STORY};
use super::found::Found;
use super::land::Land;
use super::marks::CORRECTIONS;
use super::reading::Reading;
use super::understood::{Grain, Value};
use crate::call::hearing::Expect;
use crate::config::site::WeekHours;

pub(in crate::call::understanding) use self::clocks::COUNTED;

/// Tokens between two pieces of one date, at most.
const GAP_MAX: usize = 3;
/// What is known of the moment and the place.
pub(super) struct Scene<'a> {
    /// The moment of the call, in the site's time zone.
    pub now: &'a Zoned,
    pub opening_hours: &'a WeekHours,
    pub expect: &'a [Expect],
    pub land: Option<Land>,
}

impl Scene<'_> {
    fn asked(&self) -> bool {
        self.expect.iter().any(|kind| matches!(kind, Expect::DateTime | Expect::Date | Expect::Time))
    }

    /// Whether the caller is telling why he calls: then a past day is part of the story.
    fn telling(&self) -> bool {
        self.expect.contains(&Expect::Free) && !self.asked()
    }

    fn now(&self) -> Now {
        Now { today: self.present().date(), land: self.land, asked: self.asked() }
    }

    fn present(&self) -> DateTime {
        self.now.datetime()
    }
}

/// What was said about one time.
#[derive(Clone, Debug, Default)]
struct Draft {
    /// In the order said.
    days: Vec<DayPiece>,
    part: Option<Part>,
    clock: Option<ClockPiece>,
    hedged: bool,
    /// Whether somebody wants to eat.
    at_table: bool,
    /// Tokens of the days, and of part and clock.
    days_span: Option<(usize, usize)>,
    time_span: Option<(usize, usize)>,
}

/// Whether a word names a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    weekday(word).is_some()
}

/// All days and times in a reading.
pub(super) fn find(reading: &Reading<'_>, scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < reading.len() {
        if let Some(end) = talk::talk_at(reading, index) {
            index = end;
            continue;
        }
        if let Some((stretch, end)) = ranges::range_at(reading, index, scene.now())
            .filter(|(stretch, end)| !goes_on_with_a_time(reading, *end, stretch, scene))
        {
            found.extend(of_days(reading, scene, stretch, index, end));
            index = end;
            continue;
        }
        match draft_at(reading, index, scene) {
            Some((mut draft, end)) => {
                if let Some(last) = found.last() {
                    draft.follow(last, reading, index);
                }
                let (values, end) = values(reading, scene, &draft, index, end);
                found.extend(values);
                index = end;
            }
            None => index += 1,
        }
    }
    found
}

/// "ab Donnerstag um acht" is about a time of that day.
fn goes_on_with_a_time(reading: &Reading<'_>, end: usize, stretch: &Stretch, scene: &Scene<'_>) -> bool {
    let one_end = stretch.end == ranges::open_end() || stretch.first == scene.present().date();
    one_end
        && (part_at(reading, end, true, false).is_some()
            || clock_at(reading, end, true).is_some_and(|piece| piece.sure > 0.7))
}

/// The value of a stretch of days.
fn of_days(
    reading: &Reading<'_>,
    scene: &Scene<'_>,
    stretch: Stretch,
    start: usize,
    end: usize,
) -> Option<Found> {
    let first = with_prepositions(reading, start);
    if is_since(reading, first) || is_story(reading, scene, end) {
        return None;
    }
    let (value, until) = resolve::of_days(&stretch);
    if scene.telling() && until <= scene.present() {
        return None;
    }
    let mut found = Found::new(value, first, end, 0.95);
    found.hedged = stretch.vague;
    Some(found)
}

fn with_prepositions(reading: &Reading<'_>, start: usize) -> usize {
    let mut first = start;
    while first > 0 && start - first < 2 && PREPOSITIONS.contains(&reading.at(first - 1)) {
        first -= 1;
    }
    first
}

/// Whether the time between these tokens is part of the caller's story.
fn is_story(reading: &Reading<'_>, scene: &Scene<'_>, end: usize) -> bool {
    scene.telling() && (end..end + 4).any(|index| reading.is(index, STORY))
}

/// Whether it is only where something began: "seit Montag".
fn is_since(reading: &Reading<'_>, first: usize) -> bool {
    (1..=2).any(|back| reading.before(first, back) == "seit")
}

/// The values of a draft, and the index after them: one, or two where a time belongs to several days.
fn values(
    reading: &Reading<'_>,
    scene: &Scene<'_>,
    draft: &Draft,
    start: usize,
    end: usize,
) -> (Vec<Found>, usize) {
    let stretch = days::meet(&draft.days, scene.present().date()).map(|(stretch, _)| stretch);
    let several = stretch.filter(|stretch| !draft.days.is_empty() && !stretch.is_day());
    if let (Some(stretch), Some((first, days_end)), Some((time_first, time_end))) =
        (several, draft.days_span, draft.time_span)
    {
        let time = Draft { days: Vec::new(), days_span: None, ..draft.clone() };
        let mut both: Vec<Found> = of_days(reading, scene, stretch, first, days_end).into_iter().collect();
        both.extend(value(reading, scene, &time, time_first, time_end));
        both.sort_by_key(|found| found.first);
        return (both, end);
    }
    if draft.time_span.is_none()
        && let Some(bounded) =
            stretch.and_then(|named| ranges::bounded_behind(reading, end, named, scene.present().date()))
    {
        return (of_days(reading, scene, bounded, start, end + 1).into_iter().collect(), end + 1);
    }
    (value(reading, scene, draft, start, end).into_iter().collect(), end)
}

fn value(reading: &Reading<'_>, scene: &Scene<'_>, draft: &Draft, start: usize, end: usize) -> Option<Found> {
    let first = with_prepositions(reading, start);
    if is_since(reading, first) {
        return None;
    }
    if is_story(reading, scene, end) {
        // "vor zwei Tagen ausgefallen" says no number either.
        return Some(Found::never(first, end, scene.present()));
    }
    if draft.days.contains(&DayPiece::Never) {
        return Some(Found::never(first, end, scene.present()));
    }
    let (value, until, sure) = resolve::resolve(draft, scene)?;
    let kept = long_ago(until, scene) || calendar::is_of_paper(reading, start);
    if scene.telling() && until <= scene.present() && !kept {
        return Some(Found::never(first, end, scene.present()));
    }
    let mut found = Found::new(value, first, end, sure);
    found.hedged = draft.hedged;
    Some(found)
}

/// Whether it lies years back: a date of birth, not the beginning of a story.
fn long_ago(until: DateTime, scene: &Scene<'_>) -> bool {
    until.year() + 1 < scene.present().year()
}

/// The pieces from `index` on that make one time.
fn draft_at(reading: &Reading<'_>, index: usize, scene: &Scene<'_>) -> Option<(Draft, usize)> {
    let mut draft = Draft::default();
    let (mut position, mut gap, mut end) = (index, 0, index);
    while position < reading.len() && gap <= GAP_MAX {
        if let Some(next) = draft.take(reading, position, scene) {
            (position, gap, end) = (next, 0, next);
            if matches!(reading.after(next - 1), Some(';' | '?' | '!')) {
                break;
            }
        } else if end > index && reading.is(position, CONNECTORS) {
            position += 1;
            gap += 1;
        } else {
            break;
        }
    }
    // "ein Tisch um sieben": people eat in the evening.
    draft.at_table = (0..reading.len()).any(|at| reading.is(at, &["tisch", "abendessen", "dinner"]));
    (end > index).then_some((draft, end))
}

impl Draft {
    /// "am vierten August, nein, am fünften", "am zwölften Januar, ich meine Februar": the month or the day is that of the
    /// date which is corrected.
    fn follow(&mut self, last: &Found, reading: &Reading<'_>, index: usize) {
        self.follow_week(last, reading, index);
        let Value::DateTime { value, grain: Grain::Day | Grain::Hour | Grain::Minute, dated: true, .. } =
            last.value
        else {
            return;
        };
        let corrected = (last.end..index).any(|at| reading.is(at, CORRECTIONS) || reading.is(at, &["meine"]));
        if !corrected || index > last.end + GAP_MAX + 1 {
            return;
        }
        let said = last.end - last.first;
        let date = match self.days.as_slice() {
            // Where the month was said.
            [DayPiece::OfMonth(day)] if said > 1 && calendar::names_month(reading, last.first, last.end) => {
                Date::new(value.year(), value.month(), *day).ok()
            }
            [DayPiece::Known(stretch)]
                if stretch.grain == Grain::Month && stretch.is_month() && last.end - last.first > 1 =>
            {
                Date::new(stretch.first.year(), stretch.first.month(), value.day()).ok()
            }
            _ => None,
        };
        if let Some(stretch) = date.and_then(Stretch::day) {
            self.days = vec![DayPiece::Known(stretch)];
        }
    }

    /// "nächste Woche Dienstag oder Donnerstag": the second day is one of that week, too.
    fn follow_week(&mut self, last: &Found, reading: &Reading<'_>, index: usize) {
        let Value::DateTime { value, grain: Grain::Day, .. } = last.value else { return };
        let week = (last.first..last.end).any(|at| reading.is(at, &["woche"]));
        if week
            && index == last.end + 1
            && reading.is(last.end, &["oder", "und"])
            && let [DayPiece::Weekday(day, 0)] = self.days.as_slice()
            && let Some(date) = days::weekday_from(value.date(), *day, 0)
            && let Some(stretch) = Stretch::day(date)
                .filter(|_| date.weekday().to_monday_zero_offset() > value.weekday().to_monday_zero_offset())
        {
            self.days = vec![DayPiece::Known(stretch)];
        }
    }

    /// "nicht heute. Morgen um zehn": with a stop in front of it, or behind a day that is refused, "morgen" is tomorrow;
    /// unless this day goes on ("nicht heute Morgen, sondern heute Nachmittag").
    fn begins_anew(&self, reading: &Reading<'_>, index: usize) -> bool {
        let Some((first, end)) = self.days_span.filter(|(_, end)| *end == index) else { return false };
        let stopped = matches!(reading.after(end - 1), Some(',' | '.' | ';'));
        let refused = reading.is(first.wrapping_sub(1), &["nicht"])
            && index + 1 < reading.len()
            && !(index + 1..reading.len()).any(|at| reading.is(at, &["sondern", "heute", "lieber"]));
        reading.is(index, &["morgen"]) && reading.is(first, &["heute"]) && (stopped || refused)
    }

    /// "die Nacht auf Dienstag", "die Nacht von Samstag auf Sonntag": it begins on the day before.
    fn take_night(&mut self, reading: &Reading<'_>, index: usize, scene: &Scene<'_>) -> Option<usize> {
        let from = reading.is(index + 1, &["von", "vom"]);
        if !reading.is(index, &["nacht"]) || !(from || reading.is(index + 1, &["auf", "zum", "zu"])) {
            return None;
        }
        let day = |at: usize| {
            let (piece, end) =
                day_at(reading, at + usize::from(reading.is(at, &["den"])), scene.now(), true)?;
            let (stretch, _) = days::meet(&[piece], scene.present().date())?;
            stretch.is_day().then_some((stretch.first, end))
        };
        let (said, mut end) = day(index + 2)?;
        let first = if from {
            let to;
            (to, end) = day(end + usize::from(reading.is(end, &["auf", "zum", "zu"])))?;
            // "vom 24. auf den 25. Dezember": the month comes with the second one.
            let eve = to.yesterday().ok()?;
            if eve.day() == said.day() { eve } else { said }
        } else {
            said.yesterday().ok()?
        };
        self.part = Some(Part::Night);
        self.days.push(DayPiece::Known(Stretch::day(first)?));
        Some(end)
    }

    /// Takes up the piece at `index`, if there is one that goes with what is there: where it ends.
    fn take(&mut self, reading: &Reading<'_>, index: usize, scene: &Scene<'_>) -> Option<usize> {
        let taken = |span: &mut Option<(usize, usize)>, end: usize| {
            *span = Some((span.map_or(index, |(first, _)| first), end));
            Some(end)
        };
        if self.part.is_none()
            && self.days.is_empty()
            && let Some(end) = self.take_night(reading, index, scene)
        {
            self.days_span = Some((index, end));
            return Some(end);
        }
        if self.part.is_none()
            && let Some((part, end)) = part_at(reading, index, !self.days.is_empty(), self.clock.is_some())
            && !self.begins_anew(reading, index)
        {
            self.part = Some(part);
            return taken(&mut self.time_span, end);
        }
        if self.clock.is_none() && !calendar::is_date(reading, index, scene.present().date()) {
            let loose = scene.asked() || !self.days.is_empty() || self.part.is_some();
            if let Some(piece) = clock_at(reading, index, loose) {
                self.clock = Some(piece);
                self.hedged |= piece.hedged;
                return taken(&mut self.time_span, piece.end);
            }
        }
        if self.days.is_empty()
            && self.part.is_none()
            && let Some((day, named, end)) = days::with_part_at(reading, index, scene.present().date())
        {
            self.days.push(day);
            self.part = Some(named);
            self.days_span = Some((index, end));
            return Some(end);
        }
        let end = self.take_day(reading, index, scene)?;
        taken(&mut self.days_span, end)
    }

    fn take_day(&mut self, reading: &Reading<'_>, index: usize, scene: &Scene<'_>) -> Option<usize> {
        let now = scene.now();
        let anchored = ranges::anchored_at(reading, index, now);
        let anchored = anchored.map(|(stretch, end)| (DayPiece::Known(stretch), end));
        let (piece, end) = anchored.or_else(|| day_at(reading, index, now, false))?;
        if !self.days.iter().all(|other| days::go_together(other, &piece)) {
            return None;
        }
        if let DayPiece::Known(Stretch { vague: true, .. }) | DayPiece::Shift(Count { vague: true, .. }) =
            piece
        {
            self.hedged = true;
        }
        self.days.push(piece);
        Some(end)
    }
}
