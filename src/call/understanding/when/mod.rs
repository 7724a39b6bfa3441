//! Days and times as German callers say them, resolved against the moment of the call, looking forward.
//!
//! `days`, `parts` and `clocks` each read one thing ("übernächsten Dienstag", "vormittags", "halb acht"); here
//! neighbouring pieces become one [`Draft`], and a draft becomes a stretch of local time (`resolve`).

mod clocks;
mod days;
mod holidays;
mod parts;
mod resolve;

use jiff::Zoned;
use jiff::civil::DateTime;

use self::clocks::{ClockPiece, clock_at};
use self::days::{DayPiece, day_at, weekday};
use self::parts::{Part, part, part_at};
use super::found::Found;
use super::reading::Reading;
use crate::call::hearing::Expect;
use crate::config::site::WeekHours;

pub(in crate::call::understanding) use self::clocks::COUNTED;

/// Words between the pieces of one date that change nothing about it.
const CONNECTORS: &[&str] = &[
    "am",
    "an",
    "den",
    "der",
    "dem",
    "des",
    "um",
    "so",
    "dann",
    "zum",
    "im",
    "in",
    "mal",
    "gern",
    "gerne",
    "bitte",
    "ruhig",
    "auch",
    "schon",
    "vielleicht",
    "eventuell",
    "moeglichst",
    "gegen",
    "und",
    "zwar",
    "frueh",
];
/// Tokens between two pieces of one date, at most.
const GAP_MAX: usize = 3;
/// Words that belong to the date though they carry nothing.
const PREPOSITIONS: &[&str] = &["am", "an", "den", "der", "dem", "im", "zum", "fuer"];
/// Verbs of what has happened: a time before them is part of the caller's story, not a wish.
const STORY: &[&str] = &[
    "ausgefallen",
    "kaputt",
    "kaputtgegangen",
    "passiert",
    "angefangen",
    "aufgefallen",
    "angerufen",
    "gegangen",
    "ausgegangen",
    "gekommen",
    "begonnen",
    "gemerkt",
    "festgestellt",
    "bekommen",
    "aufgehoert",
    "gewesen",
];

/// What is known of the moment and the place.
pub(super) struct Scene<'a> {
    /// The moment of the call, in the site's time zone.
    pub now: &'a Zoned,
    pub opening_hours: &'a WeekHours,
    pub expect: &'a [Expect],
}

impl Scene<'_> {
    fn asked(&self) -> bool {
        self.expect.iter().any(|kind| matches!(kind, Expect::DateTime | Expect::Date | Expect::Time))
    }

    /// Whether the caller is telling why he calls: then a past day is part of the story.
    fn telling(&self) -> bool {
        self.expect.contains(&Expect::Free) && !self.asked()
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
}

/// All days and times in a reading.
pub(super) fn find(reading: &Reading<'_>, scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < reading.len() {
        match draft_at(reading, index, scene) {
            Some((draft, end)) => {
                found.extend(value(reading, scene, &draft, index, end));
                index = end;
            }
            None => index += 1,
        }
    }
    found
}

fn value(reading: &Reading<'_>, scene: &Scene<'_>, draft: &Draft, start: usize, end: usize) -> Option<Found> {
    let mut first = start;
    while first > 0 && start - first < 2 && PREPOSITIONS.contains(&reading.at(first - 1)) {
        first -= 1;
    }
    let since = (1..=2).any(|back| reading.before(first, back) == "seit");
    let story = scene.telling() && (end..end + 4).any(|index| reading.is(index, STORY));
    if since || story {
        return None;
    }
    let (value, until, sure) = resolve::resolve(draft, scene)?;
    if scene.telling() && until <= scene.present() {
        return None;
    }
    let mut found = Found::new(value, first, end, sure);
    found.hedged = draft.hedged;
    Some(found)
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
    (end > index).then_some((draft, end))
}

impl Draft {
    /// Takes up the piece at `index`, if there is one that goes with what is there: where it ends.
    fn take(&mut self, reading: &Reading<'_>, index: usize, scene: &Scene<'_>) -> Option<usize> {
        if self.part.is_none()
            && let Some((part, end)) = part_at(reading, index, !self.days.is_empty(), self.clock.is_some())
        {
            self.part = Some(part);
            return Some(end);
        }
        if self.clock.is_none() {
            let loose = scene.asked() || !self.days.is_empty() || self.part.is_some();
            if let Some(piece) =
                clock_at(reading, index, loose).filter(|piece| self.believes(reading, index, piece))
            {
                self.clock = Some(piece);
                self.hedged |= piece.hedged;
                return Some(piece.end);
            }
        }
        self.take_day(reading, index, scene)
    }

    /// A number that is a date's day is no time: "am vier achten", "drei Mai".
    fn believes(&self, reading: &Reading<'_>, index: usize, piece: &ClockPiece) -> bool {
        let date = piece.sure < 0.9 && !matches!(piece.clock, clocks::Clock::Between(..));
        !(date && self.days.is_empty() && days::is_date(reading, index))
    }

    fn take_day(&mut self, reading: &Reading<'_>, index: usize, scene: &Scene<'_>) -> Option<usize> {
        let today = scene.present().date();
        // "dienstagabend"
        if let Some((day, rest)) = weekday(reading.at(index))
            && let Some(named) = part(rest)
            && self.days.is_empty()
            && self.part.is_none()
        {
            self.days.push(DayPiece::Weekday(day, 0));
            self.part = Some(named);
            return Some(index + 1);
        }
        let (piece, end) = day_at(reading, index, today, scene.asked())?;
        if !self.days.iter().all(|other| days::go_together(other, &piece)) {
            return None;
        }
        self.days.push(piece);
        Some(end)
    }
}
