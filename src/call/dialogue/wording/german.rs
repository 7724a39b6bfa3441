//! German days and times.

use jiff::civil::{Date, DateTime, Time};

use crate::call::understanding::{Grain, OPEN_END};

const WEEKDAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// "heute um 16 Uhr", "morgen früh um 8 Uhr", "am Donnerstag, den 26. November, um 8 Uhr 30".
pub(super) fn start(start: DateTime, today: Date) -> String {
    let clock = clock(start.time());
    match super::days_ahead(start.date(), today) {
        0 => format!("heute um {clock}"),
        1 if (4..10).contains(&start.hour()) => format!("morgen früh um {clock}"),
        1 => format!("morgen um {clock}"),
        _ => format!("{}, um {clock}", day(start.date(), today)),
    }
}

/// "am Donnerstag, den 26. November", "morgen zwischen 8 Uhr und 12 Uhr", "im März".
pub(super) fn stretch(from: DateTime, until: DateTime, grain: Grain, today: Date) -> String {
    match grain {
        Grain::Year => format!("im Jahr {}", from.year()),
        Grain::Month => format!("im {}", month(from.date())),
        Grain::Week => format!("in der Woche ab {}, dem {}", weekday(from.date()), date(from.date())),
        Grain::DayPart => {
            format!("{} zwischen {} und {}", day(from.date(), today), clock(from.time()), clock(until.time()))
        }
        Grain::Day | Grain::Hour | Grain::Minute => {
            let named = |date: Date| day(date, today).trim_start_matches("am ").to_owned();
            match super::last_day(from, until) {
                Some(_) if until == OPEN_END => format!("ab {}", named(from.date())),
                Some(last) => format!("von {} bis {}", named(from.date()), named(last)),
                None => day(from.date(), today),
            }
        }
    }
}

/// "Donnerstag, 26.11.2026, 8:30 Uhr".
pub(super) fn written(at: DateTime, with_time: bool) -> String {
    let day = format!("{}, {:02}.{:02}.{}", weekday(at.date()), at.day(), at.month(), at.year());
    if with_time { format!("{day}, {}:{:02} Uhr", at.hour(), at.minute()) } else { day }
}

fn day(day: Date, today: Date) -> String {
    match super::days_ahead(day, today) {
        0 => "heute".to_owned(),
        1 => "morgen".to_owned(),
        _ => format!("am {}, den {}", weekday(day), date(day)),
    }
}

fn date(day: Date) -> String {
    format!("{}. {}", day.day(), month(day))
}

fn clock(time: Time) -> String {
    match time.minute() {
        0 => format!("{} Uhr", time.hour()),
        minute => format!("{} Uhr {minute}", time.hour()),
    }
}

fn weekday(day: Date) -> &'static str {
    WEEKDAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())]
}

fn month(day: Date) -> &'static str {
    MONTHS[usize::from(day.month().unsigned_abs()) - 1]
}
