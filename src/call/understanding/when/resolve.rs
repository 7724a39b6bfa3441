//! From what was said to a stretch of local time.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use super::clocks::{Clock, Moment};
use super::days::{Stretch, meet};
use super::parts::Part;
use super::ranges::open_end;
use super::{Draft, Scene};
use crate::call::understanding::understood::{Grain, OPEN_END, Value};

/// Where no opening hours tell the two halves of the day apart, people mean these hours: from, until.
const USUAL_HOURS: (i64, i64) = (7, 19);

/// The value of a draft, its end, and how sure the rules are.
pub(super) fn resolve(draft: &Draft, scene: &Scene<'_>) -> Option<(Value, DateTime, f32)> {
    let today = scene.present().date();
    let (stretch, agree) = match draft.days.as_slice() {
        [] => (None, true),
        pieces => meet(pieces, today).map(|(stretch, agree)| (Some(stretch), agree))?,
    };
    let day = stretch.filter(|stretch| {
        stretch.is_day() || (stretch.grain == Grain::Day && draft.part == Some(Part::Night))
    });
    let asked = draft.clock.as_ref().map(|piece| piece.clock);
    let supper =
        matches!(asked, Some(Clock::At(moment)) if !moment.certain && (5..=10).contains(&moment.hour));
    let supper = (draft.at_table && supper && draft.part.is_none()).then_some(Part::Evening);
    let (value, until, grain) = match (&draft.clock, draft.part.or(supper)) {
        (Some(piece), part) if stretch.is_none() || day.is_some() => clock(piece.clock, part, day, scene)?,
        (None, Some(part)) if stretch.is_none() || day.is_some() => part_of(part, day, scene)?,
        _ => {
            let stretch = stretch?;
            (midnight(stretch.first), midnight(stretch.end), stretch.grain)
        }
    };
    let relative =
        matches!(draft.clock.map(|piece| piece.clock), Some(Clock::In(_) | Clock::Within(..) | Clock::Now));
    let sure = draft.clock.map_or(0.95, |piece| piece.sure) * if agree { 1.0 } else { 0.5 };
    let dated = stretch.is_some() || relative;
    Some((Value::DateTime { value, until, grain, dated }, until, sure))
}

/// The value of a stretch of days, and its end.
pub(super) fn of_days(stretch: &Stretch) -> (Value, DateTime) {
    let until = if stretch.end == open_end() { OPEN_END } else { midnight(stretch.end) };
    (Value::DateTime { value: midnight(stretch.first), until, grain: stretch.grain, dated: true }, until)
}

fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::midnight())
}

/// `hour` o'clock of a day; 24 and more fall on the next one.
fn at(date: Date, hour: i64, minute: i64) -> Option<DateTime> {
    midnight(date).checked_add((hour * 60 + minute).minutes()).ok()
}

/// The same where the clock is put forward at that time: the moment an hour later that exists.
fn existing(time: DateTime, scene: &Scene<'_>) -> Option<DateTime> {
    let zoned = scene.now.time_zone().to_ambiguous_zoned(time).compatible().ok()?;
    Some(zoned.datetime())
}

fn part_of(part: Part, day: Option<Stretch>, scene: &Scene<'_>) -> Option<(DateTime, DateTime, Grain)> {
    let today = scene.present().date();
    let (from, until) = part.hours();
    let date = match day {
        Some(day) => day.first,
        None if at(today, until, 0)? > scene.present() => today,
        None => today.tomorrow().ok()?,
    };
    Some((at(date, from, 0)?, at(date, until, 0)?, Grain::DayPart))
}

fn clock(
    clock: Clock,
    part: Option<Part>,
    day: Option<Stretch>,
    scene: &Scene<'_>,
) -> Option<(DateTime, DateTime, Grain)> {
    let today = scene.present().date();
    let date = day.map_or(today, |day| day.first);
    let moment = |moment: Moment| existing(ahead(date, moment, part, day.is_some(), scene)?, scene);
    match clock {
        Clock::In(minutes) => {
            let then = scene.now.checked_add(minutes.minutes()).ok()?.datetime();
            let then = then.date().to_datetime(Time::new(then.hour(), then.minute(), 0, 0).ok()?);
            Some((then, then.checked_add(1.minute()).ok()?, Grain::Minute))
        }
        Clock::Within(from, until) => {
            let after = |minutes: i64| Some(scene.now.checked_add(minutes.minutes()).ok()?.datetime());
            Some((after(from)?, after(until)?, Grain::DayPart))
        }
        Clock::Now => Some((scene.present(), midnight(today.tomorrow().ok()?), Grain::DayPart)),
        Clock::At(said) => {
            let then = moment(said)?;
            let length = if said.grain == Grain::Hour { 60 } else { 1 };
            Some((then, then.checked_add(length.minutes()).ok()?, said.grain))
        }
        Clock::From(said) => {
            let then = moment(said)?;
            let end = part.map_or(24, |part| part.hours().1);
            let end = at(then.date(), end, 0)?;
            Some((
                then,
                if end > then { end } else { midnight(then.date().tomorrow().ok()?) },
                Grain::DayPart,
            ))
        }
        Clock::Until(said) => {
            let then = moment(said)?;
            let start = part.map_or(0, |part| part.hours().0);
            let start = at(then.date(), start, 0)?;
            Some((if start < then { start } else { midnight(then.date()) }, then, Grain::DayPart))
        }
        Clock::Between(from, until) => {
            let first = moment(from)?;
            let halves = [until.hour, until.hour + 12, until.hour + 24];
            let halves = if until.certain { &halves[..1] } else { &halves[..] };
            let last = halves
                .iter()
                .find_map(|hour| at(first.date(), *hour, until.minute).filter(|end| *end > first));
            Some((first, last?, Grain::DayPart))
        }
    }
}

/// A time of day on that date: of the two it can be, the one that the part of the day, the opening hours or habit
/// say, and where the date is today, one that lies ahead. Without a date, the next such moment.
fn ahead(date: Date, moment: Moment, part: Option<Part>, dated: bool, scene: &Scene<'_>) -> Option<DateTime> {
    let hour = hour(date, moment, part, dated, scene);
    let then = at(date, hour, moment.minute)?;
    if then > scene.present() {
        return Some(then);
    }
    if !dated {
        return at(date.tomorrow().ok()?, hour, moment.minute);
    }
    if part == Some(Part::Night) && date == scene.present().date() {
        // "heute Nacht um drei" is the night to come.
        return at(date.tomorrow().ok()?, hour, moment.minute);
    }
    let later = at(date, hour + 12, moment.minute)?;
    let open = !moment.certain && part.is_none() && hour < 12 && date == scene.present().date();
    Some(if open && later > scene.present() { later } else { then })
}

fn hour(date: Date, moment: Moment, part: Option<Part>, dated: bool, scene: &Scene<'_>) -> i64 {
    if moment.certain {
        return moment.hour;
    }
    let early = moment.hour % 12;
    if part == Some(Part::Night) && early == 0 {
        return 24;
    }
    let halves = [early, early + 12];
    let only = |fits: &dyn Fn(i64) -> bool| match halves.map(fits) {
        [true, false] => Some(halves[0]),
        [false, true] => Some(halves[1]),
        _ => None,
    };
    if let Some(part) = part {
        let first = halves.into_iter().find(|hour| part.goes_with(*hour));
        return only(&|hour| part.goes_with(hour)).or(first).unwrap_or(early);
    }
    let open = |hour: i64| {
        let Ok(time) = i8::try_from(hour)
            .map_err(|_| ())
            .and_then(|hour| Time::new(hour, i8::try_from(moment.minute).unwrap_or(0), 0, 0).map_err(|_| ()))
        else {
            return false;
        };
        let days = if dated { 0..1 } else { 0..7 };
        days.filter_map(|ahead| date.checked_add(i64::from(ahead).days()).ok())
            .any(|date| scene.opening_hours.contains(date.weekday(), time))
    };
    let usual = |hour: i64| (USUAL_HOURS.0..USUAL_HOURS.1).contains(&hour);
    only(&open).or_else(|| only(&usual)).unwrap_or(early)
}
