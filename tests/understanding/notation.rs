//! The tables' notation: what was understood in one line that a person can read.

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use klinke::call::understanding::{Amount, Grain, OPEN_END, SlotValue, Understood, Value};

/// Local time in Berlin.
pub fn moment(written: &str) -> Zoned {
    let local: DateTime = written.trim().parse().unwrap();
    local.to_zoned(TimeZone::get("Europe/Berlin").unwrap()).unwrap()
}

pub fn signals(understood: &Understood) -> String {
    let mut names: Vec<String> = understood
        .signals
        .iter()
        .map(|signal| serde_json::to_value(signal).unwrap().as_str().unwrap().to_owned())
        .collect();
    names.sort();
    or_nothing(names, ", ")
}

pub fn slots(understood: &Understood) -> String {
    or_nothing(understood.slots.iter().map(slot).collect(), "; ")
}

fn or_nothing(parts: Vec<String>, between: &str) -> String {
    if parts.is_empty() { "-".to_owned() } else { parts.join(between) }
}

fn slot(slot: &SlotValue) -> String {
    assert!((0.0..=1.0).contains(&slot.confidence), "confidence {}", slot.confidence);
    let marks: String = [(slot.corrects, '='), (slot.negated, '!'), (slot.hedged, '~')]
        .iter()
        .filter_map(|(set, mark)| set.then_some(*mark))
        .collect();
    marks + &value(&slot.value)
}

fn value(value: &Value) -> String {
    let join = |parts: Vec<Option<&String>>| {
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    match value {
        Value::YesNo { value } => if *value { "yes" } else { "no" }.to_owned(),
        Value::DateTime { value, until, grain, dated } => time(*value, *until, *grain, *dated),
        Value::Number { value } => format!("number {value}"),
        Value::Digits { value } => format!("digits {}", value.reveal()),
        Value::Telephone { value } => format!("tel {}", value.reveal()),
        Value::Code { value } => format!("code {}", value.reveal()),
        Value::Iban { value } => format!("iban {}", value.reveal()),
        Value::Email { value } => format!("email {}", value.reveal()),
        Value::Choice { value } => format!("choice {value}"),
        Value::Note { value } => format!("note {}", value.reveal()),
        Value::Duration { value, until, open } => {
            format!("duration {value}{}", end(until.as_ref().map(ToString::to_string), *open))
        }
        Value::Money { value, until, open, currency } => {
            format!("money {}{} {currency}", coins(*value), end(until.map(coins), *open))
        }
        Value::Name(name) => {
            let inside =
                |part: &Option<klinke::private::Private<String>>| part.clone().map(|it| it.into_revealed());
            let (given, family) = (inside(&name.given), inside(&name.family));
            format!("name {}", join(vec![name.title.as_ref(), given.as_ref(), family.as_ref()]))
        }
        Value::Address(address) => {
            let parts = [&address.street, &address.house_number, &address.postcode, &address.place];
            format!("address {}", join(parts.map(|part| part.as_ref().map(|it| it.reveal())).into()))
        }
    }
}

/// The end of a range: `/3h`, or `/..` where there is none.
fn end(until: Option<String>, open: bool) -> String {
    until.map_or_else(|| if open { "/..".to_owned() } else { String::new() }, |until| format!("/{until}"))
}

/// Two decimals where there are cents.
fn coins(amount: Amount) -> String {
    let written = amount.to_string();
    match written.split_once('.') {
        Some((_, cents)) if cents.len() == 1 => format!("{written}0"),
        _ => written,
    }
}

fn time(value: DateTime, until: DateTime, grain: Grain, dated: bool) -> String {
    let clock = |time: DateTime| format!("{:02}:{:02}", time.hour(), time.minute());
    let moment =
        if dated { format!("{}T{}", value.date(), clock(value)) } else { format!("T{}", clock(value)) };
    let days = i64::from((until.date() - value.date()).get_days());
    let stretch = |name: &str, usual: i64| {
        let length = match until {
            OPEN_END => "/..".to_owned(),
            _ if days == usual => String::new(),
            _ => format!("/{days}"),
        };
        format!("{name} {}{length}", value.date())
    };
    match grain {
        Grain::Minute => format!("minute {moment}"),
        Grain::Hour => format!("hour {moment}"),
        Grain::Year => stretch("year", if value.date().in_leap_year() { 366 } else { 365 }),
        Grain::DayPart => format!("part {moment}/{}", clock(until)),
        Grain::Day => stretch("day", 1),
        Grain::Week => stretch("week", 7),
        Grain::Month => {
            let whole = i64::from(value.date().days_in_month());
            stretch("month", if value.day() == 1 { whole } else { 0 })
        }
    }
}
