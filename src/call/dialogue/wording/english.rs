//! English days and times.

use jiff::civil::{Date, DateTime, Time};

use crate::call::understanding::{Grain, OPEN_END};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "today at 4 pm", "tomorrow morning at 8 am", "on Thursday, 26 November, at 8:30 am".
pub(super) fn start(start: DateTime, today: Date) -> String {
    let clock = clock(start.time());
    match super::days_ahead(start.date(), today) {
        0 => format!("today at {clock}"),
        1 if (4..10).contains(&start.hour()) => format!("tomorrow morning at {clock}"),
        1 => format!("tomorrow at {clock}"),
        _ => format!("{}, at {clock}", day(start.date(), today)),
    }
}

/// "on Thursday, 26 November", "tomorrow between 8 am and 12 noon", "in March".
pub(super) fn stretch(from: DateTime, until: DateTime, grain: Grain, today: Date) -> String {
    match grain {
        Grain::Year => format!("in {}", from.year()),
        Grain::Month => format!("in {}", month(from.date())),
        Grain::Week => format!("in the week of {}, {}", weekday(from.date()), date(from.date())),
        Grain::DayPart => {
            format!("{} between {} and {}", day(from.date(), today), clock(from.time()), clock(until.time()))
        }
        Grain::Day | Grain::Hour | Grain::Minute => {
            let named = |date: Date| day(date, today).trim_start_matches("on ").to_owned();
            match super::last_day(from, until) {
                Some(_) if until == OPEN_END => format!("from {} on", named(from.date())),
                Some(last) => format!("from {} to {}", named(from.date()), named(last)),
                None => day(from.date(), today),
            }
        }
    }
}

/// "Thursday, 26 November 2026, 08:30".
pub(super) fn written(at: DateTime, with_time: bool) -> String {
    let day = format!("{}, {} {}", weekday(at.date()), date(at.date()), at.year());
    if with_time { format!("{day}, {:02}:{:02}", at.hour(), at.minute()) } else { day }
}

fn day(day: Date, today: Date) -> String {
    match super::days_ahead(day, today) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => format!("on {}, {}", weekday(day), date(day)),
    }
}

fn date(day: Date) -> String {
    format!("{} {}", day.day(), month(day))
}

fn clock(time: Time) -> String {
    let (hour, half) = match time.hour() {
        0 => (12, "am"),
        hour @ 1..12 => (hour, "am"),
        12 => (12, "pm"),
        hour => (hour - 12, "pm"),
    };
    match (time.hour(), time.minute()) {
        (0, 0) => "12 midnight".to_owned(),
        (12, 0) => "12 noon".to_owned(),
        (_, 0) => format!("{hour} {half}"),
        (_, minute) => format!("{hour}:{minute:02} {half}"),
    }
}

fn weekday(day: Date) -> &'static str {
    WEEKDAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())]
}

fn month(day: Date) -> &'static str {
    MONTHS[usize::from(day.month().unsigned_abs()) - 1]
}
