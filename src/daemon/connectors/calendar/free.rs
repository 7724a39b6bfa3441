//! The search for free time. Pure: what is taken and what time it is are passed in.
//!
//! A visit begins on the site's grid by the site's clocks, not before the lead time is over, within the
//! technician's hours, and ends within them; between two visits lies the way from one to the next. Hours that touch, also over midnight, count as one stretch. On the
//! nights when the clocks change, a time that does not exist is never offered, one that exists twice means the
//! first, and a visit always lasts its full length.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::call::understanding::is_holiday;
use crate::config::site::{Site, Technician, WeekHours};

/// What a caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// What the technician must be able to do.
    pub skill: &'a str,
    /// On-call hours and the shorter lead time.
    pub emergency: bool,
    /// Local time; not before this.
    pub from: DateTime,
    /// Local time; must begin before this.
    pub until: Option<DateTime>,
    /// Local time; what begins nearest to it comes first.
    pub near: Option<DateTime>,
}

impl Wish<'_> {
    /// What comes first: the nearest to what was wished, the earlier of two.
    fn rank(&self, zone: &TimeZone, start: Timestamp) -> (SignedDuration, Timestamp) {
        let wished = self.near.and_then(|near| zone.to_ambiguous_timestamp(near).compatible().ok());
        (wished.map_or(SignedDuration::ZERO, |wished| start.duration_since(wished).abs()), start)
    }
}

/// A stretch of a technician's time that can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Free<'a> {
    /// Whose.
    pub technician: &'a Technician,
    /// First moment of the visit.
    pub start: Timestamp,
    /// Last moment, exclusive.
    pub end: Timestamp,
}

/// From the first moment up to but not including the last.
type Stretch = (Timestamp, Timestamp);

/// The first visit that fits `wish`; of several technicians who are free then, the first of the site's file.
/// `taken` holds those who could come with the stretches in which they cannot.
#[must_use]
pub fn first_free<'a>(
    site: &'a Site,
    wish: &Wish<'_>,
    now: Timestamp,
    taken: &[(&'a Technician, Vec<Stretch>)],
) -> Option<Free<'a>> {
    taken
        .iter()
        .filter_map(|(technician, taken)| {
            let (start, end) = first_visit(site, technician, wish, now, taken)?;
            Some(Free { technician, start, end })
        })
        .min_by_key(|free| wish.rank(&site.time_zone, free.start))
}

fn first_visit(
    site: &Site,
    technician: &Technician,
    wish: &Wish<'_>,
    now: Timestamp,
    taken: &[Stretch],
) -> Option<Stretch> {
    let (week, lead_minutes) = if wish.emergency {
        (&technician.emergency_hours, site.calendar.lead_minutes_emergency)
    } else {
        (&technician.working_hours, site.calendar.lead_minutes)
    };
    let earliest = now.checked_add(SignedDuration::from_mins(lead_minutes.into())).ok()?;
    let today = site.time_zone.to_datetime(now).date();
    let first = wish.from.date().max(today);
    let horizon = today.saturating_add(i64::from(site.calendar.horizon_days).days());
    let last = wish.until.map_or(horizon, |until| until.date().min(horizon));
    if first > last {
        return None;
    }
    let closed = |day| !wish.emergency && site.closed_on_holidays && is_holiday(day, site.land);
    let open = stretches(&site.time_zone, week, (first, last), closed);
    let length = SignedDuration::from_mins(site.calendar.visit_minutes.max(1).into());
    let way = SignedDuration::from_mins(site.calendar.travel_minutes.into());
    let mut free = days(first, last)
        .flat_map(|day| grid(day, site.calendar.grid_minutes))
        .filter(|start| *start >= wish.from && wish.until.is_none_or(|until| *start < until))
        .filter_map(|start| Some((existing(&site.time_zone, start)?, length)))
        .filter_map(|(start, length)| Some((start, start.checked_add(length).ok()?)))
        .filter(|(start, _)| *start >= earliest)
        .filter(|visit| lies_within(visit, &open))
        .filter(|visit| !taken.iter().any(|taken| overlaps(visit, taken, way)));
    match wish.near {
        None => free.next(),
        Some(_) => free.min_by_key(|(start, _)| wish.rank(&site.time_zone, *start)),
    }
}

/// Whether there is less than the `way` between two visits.
fn overlaps(one: &Stretch, other: &Stretch, way: SignedDuration) -> bool {
    let there = |end: Timestamp| end.saturating_add(way).unwrap_or(Timestamp::MAX);
    other.0 < there(one.1) && one.0 < there(other.1)
}

/// Each day from the first to the last.
fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last)
}

/// The times of `day` on which a visit may begin: multiples of `grid_minutes` from each full hour.
fn grid(day: Date, grid_minutes: u16) -> impl Iterator<Item = DateTime> {
    let step = usize::from(grid_minutes.max(1));
    (0..24).flat_map(move |hour| (0..60).step_by(step).map(move |minute| day.at(hour, minute, 0, 0)))
}

/// When the clocks show `time` for the first time; `None` where they leave it out.
fn existing(zone: &TimeZone, time: DateTime) -> Option<Timestamp> {
    let found = zone.to_ambiguous_timestamp(time);
    match found.offset() {
        AmbiguousOffset::Gap { .. } => None,
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => found.earlier().ok(),
    }
}

/// The week's hours from `first` to the day after `last`, sorted, those that touch as one; none on days that are
/// `closed`.
fn stretches(
    zone: &TimeZone,
    week: &WeekHours,
    (first, last): (Date, Date),
    closed: impl Fn(Date) -> bool,
) -> Vec<Stretch> {
    let mut open: Vec<Stretch> = Vec::new();
    for day in days(first, last.saturating_add(1.day())).filter(|day| !closed(*day)) {
        for &(from, to) in week.on(day.weekday()) {
            let closes = if ends_the_day(from, to) {
                day.saturating_add(1.day()).to_datetime(Time::midnight())
            } else {
                day.to_datetime(to)
            };
            let moment = |time| zone.to_ambiguous_timestamp(time).compatible().ok();
            let (Some(from), Some(to)) = (moment(day.to_datetime(from)), moment(closes)) else { continue };
            match open.last_mut() {
                Some(before) if before.1 >= from => before.1 = before.1.max(to),
                _ => open.push((from, to)),
            }
        }
    }
    open
}

/// Whether all of `visit` lies in one of the sorted stretches of `open`.
fn lies_within(visit: &Stretch, open: &[Stretch]) -> bool {
    let after = open.partition_point(|open| open.0 <= visit.0);
    after.checked_sub(1).is_some_and(|last| visit.1 <= open[last].1)
}

/// Whether hours end with the day: `civil::Time` has no 24:00, so 00:00 and the day's last minute stand for it.
fn ends_the_day(from: Time, to: Time) -> bool {
    to <= from || (to.hour(), to.minute()) == (23, 59)
}
