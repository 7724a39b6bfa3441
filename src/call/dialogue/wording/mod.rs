//! Wording: values as words, spoken (for the voice: numbers digit by digit, dates seen from today) and written
//! (for records and job sheets: `Lindenstraße 14, 70173 Stuttgart`, `071123456`).

mod english;
mod german;
mod measures;

use jiff::civil::{Date, DateTime};

use crate::call::understanding::{Address, Grain, PersonName, Value};
use crate::config::read_back::{names, parts};
use crate::config::site::Language;
use crate::private::Private;

/// A value as the voice says it to someone whose clock shows `now`.
#[must_use]
pub fn spoken(value: &Value, now: DateTime, language: Language) -> String {
    match value {
        Value::YesNo { value } => yes_no(*value, language).to_owned(),
        Value::DateTime { value, until, grain, .. } => spoken_time(*value, *until, *grain, now, language),
        Value::Number { value } => value.to_string(),
        Value::Digits { value } | Value::Code { value } | Value::Iban { value } => in_groups(value.reveal()),
        Value::Telephone { value } => spoken_telephone(value.reveal()),
        Value::Name(name) => written_name(name),
        Value::Address(address) => spoken_address(address, language),
        Value::Email { value } | Value::Note { value } => value.reveal().clone(),
        Value::Choice { value } => value.clone(),
        Value::Money { value, until, currency, .. } => measures::money(*value, *until, currency, language),
        Value::Duration { value, until, .. } => measures::duration(*value, *until, language),
    }
}

/// A value as it is written down.
#[must_use]
pub fn written(value: &Value, language: Language) -> String {
    match value {
        Value::YesNo { value } => yes_no(*value, language).to_owned(),
        Value::DateTime { value, grain, .. } => written_time(*value, *grain, language),
        Value::Number { value } => value.to_string(),
        Value::Digits { value } | Value::Telephone { value } => value.reveal().clone(),
        Value::Code { value } | Value::Iban { value } | Value::Email { value } | Value::Note { value } => {
            value.reveal().clone()
        }
        Value::Choice { value } => value.clone(),
        Value::Name(name) => written_name(name),
        Value::Address(address) => written_address(address, language),
        Value::Money { value, until, currency, .. } => measures::money(*value, *until, currency, language),
        Value::Duration { value, until, .. } => measures::duration(*value, *until, language),
    }
}

/// The start of an appointment as the voice says it: "morgen früh um 8 Uhr".
#[must_use]
pub fn spoken_start(start: DateTime, now: DateTime, language: Language) -> String {
    match language {
        Language::German => german::start(start, now.date()),
        Language::English => english::start(start, now.date()),
    }
}

/// Fills `{name}` with its value. What is filled in is not looked at again, and a name without a value is left
/// out, so nothing that a caller said can reach another value.
#[must_use]
pub fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Fills a read-back: a part in brackets is left out where a value in it is missing; one without a value is padding,
/// left out for a caller who is `hurried`.
#[must_use]
pub fn fill_read_back(text: &str, values: &[(&str, String)], hurried: bool) -> String {
    let Ok(parts) = parts(text) else { return fill(text, values) };
    let known = |part: &str| {
        let names = names(part);
        let padding = hurried && names.is_empty();
        !padding && names.iter().all(|name| values.iter().any(|(known, _)| known == name))
    };
    let said = parts.into_iter().filter(|(part, falls_away)| !falls_away || known(part));
    said.map(|(part, _)| fill(part, values)).collect()
}

/// Several things as one asks which: "Gas, Öl oder Wärmepumpe".
#[must_use]
pub fn one_of(things: &[&str], language: Language) -> String {
    let or = if language == Language::German { "oder" } else { "or" };
    match things {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {or} {last}", first.join(", ")),
    }
}

const fn yes_no(yes: bool, language: Language) -> &'static str {
    match (language, yes) {
        (Language::German, true) => "ja",
        (Language::German, false) => "nein",
        (Language::English, true) => "yes",
        (Language::English, false) => "no",
    }
}

fn spoken_time(from: DateTime, until: DateTime, grain: Grain, now: DateTime, language: Language) -> String {
    match (language, grain) {
        (_, Grain::Minute | Grain::Hour) => spoken_start(from, now, language),
        (Language::German, _) => german::stretch(from, until, grain, now.date()),
        (Language::English, _) => english::stretch(from, until, grain, now.date()),
    }
}

fn written_time(from: DateTime, grain: Grain, language: Language) -> String {
    let with_time = matches!(grain, Grain::Minute | Grain::Hour | Grain::DayPart);
    match language {
        Language::German => german::written(from, with_time),
        Language::English => english::written(from, with_time),
    }
}

/// Whole days from `today` to `day`; negative where it has passed.
fn days_ahead(day: Date, today: Date) -> i32 {
    today.until(day).map_or(i32::MAX, |span| span.get_days())
}

/// The last day of several that end with midnight; `None`: it is one day.
fn last_day(from: DateTime, until: DateTime) -> Option<Date> {
    until.date().yesterday().ok().filter(|last| *last > from.date())
}

/// Digits one by one: the first four together, as in most German area codes, then by threes.
fn in_groups(digits: &str) -> String {
    grouped(digits, if digits.len() <= 5 { digits.len() } else { 4 })
}

/// Digits one by one: `first` together, the rest by threes; a rest of four falls into pairs, so that no digit
/// stands alone.
fn grouped(digits: &str, first: usize) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let (first, mut rest) = digits.split_at(first.min(digits.len()));
    let mut groups = vec![one_by_one(first)];
    while !rest.is_empty() {
        let (group, behind) = rest.split_at(if rest.len() == 4 { 2 } else { rest.len().min(3) });
        groups.push(one_by_one(group));
        rest = behind;
    }
    groups.join(", ")
}

fn one_by_one(digits: &[char]) -> String {
    let digits: Vec<String> = digits.iter().map(char::to_string).collect();
    digits.join(" ")
}

/// `+49…` keeps its country code as a group of its own, and the area code behind it has lost its zero. A code of
/// one or three digits is grouped a little oddly and still heard rightly.
fn spoken_telephone(number: &str) -> String {
    match number.strip_prefix('+') {
        Some(digits) if digits.len() > 2 && digits.is_ascii() => {
            let (country, rest) = digits.split_at(2);
            format!("plus {}, {}", in_groups(country), grouped(rest, 3))
        }
        Some(digits) => format!("plus {}", in_groups(digits)),
        None => in_groups(number),
    }
}

fn written_name(name: &PersonName) -> String {
    let parts = [name.title.as_ref(), inside(name.given.as_ref()), inside(name.family.as_ref())];
    joined(&parts)
}

/// English houses have their number before the street.
fn written_address(address: &Address, language: Language) -> String {
    let street = inside(address.street.as_ref());
    let number = inside(address.house_number.as_ref());
    let house = match language {
        Language::German => joined(&[street, number]),
        Language::English => joined(&[number, street]),
    };
    in_two(house, joined(&[inside(address.postcode.as_ref()), inside(address.place.as_ref())]))
}

/// The house number's letter and the postcode's digits stand apart, and a number without a street is called one.
fn spoken_address(address: &Address, language: Language) -> String {
    let apart = |part: Option<&Private<String>>, how: fn(&str) -> String| {
        inside(part).map(|text| Private::new(how(text)))
    };
    let number = apart(address.house_number.as_ref(), letter_apart);
    let postcode = apart(address.postcode.as_ref(), in_groups);
    if let (None, Some(number)) = (&address.street, &number) {
        let word = if language == Language::German { "Hausnummer" } else { "number" };
        let town = joined(&[inside(postcode.as_ref()), inside(address.place.as_ref())]);
        return in_two(format!("{word} {}", number.reveal()), town);
    }
    written_address(&Address { house_number: number, postcode, ..address.clone() }, language)
}

fn in_two(house: String, town: String) -> String {
    match (house.is_empty(), town.is_empty()) {
        (false, false) => format!("{house}, {town}"),
        (true, _) => town,
        (false, true) => house,
    }
}

/// `12b` → `12 b`.
fn letter_apart(house_number: &str) -> String {
    let letters = house_number.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let digits = &house_number[..house_number.len() - letters.len()];
    joined(&[Some(&digits.to_owned()), Some(&letters.trim().to_owned())])
}

fn inside(part: Option<&Private<String>>) -> Option<&String> {
    part.map(Private::reveal)
}

fn joined(parts: &[Option<&String>]) -> String {
    let parts: Vec<&str> =
        parts.iter().flatten().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests;
