//! Values as words, in both languages.

use jiff::civil::date;

use super::*;
use crate::call::understanding::OPEN_END;

#[test]
fn starts_are_seen_from_today() {
    let now = date(2026, 11, 23).at(9, 5, 0, 0);
    let cases = [
        (date(2026, 11, 23).at(16, 0, 0, 0), "heute um 16 Uhr", "today at 4 pm"),
        (date(2026, 11, 24).at(8, 0, 0, 0), "morgen früh um 8 Uhr", "tomorrow morning at 8 am"),
        (date(2026, 11, 24).at(12, 0, 0, 0), "morgen um 12 Uhr", "tomorrow at 12 noon"),
        (
            date(2026, 11, 26).at(8, 30, 0, 0),
            "am Donnerstag, den 26. November, um 8 Uhr 30",
            "on Thursday, 26 November, at 8:30 am",
        ),
        (
            date(2027, 1, 1).at(0, 5, 0, 0),
            "am Freitag, den 1. Januar, um 0 Uhr 5",
            "on Friday, 1 January, at 12:05 am",
        ),
    ];
    for (start, german, english) in cases {
        assert_eq!(spoken_start(start, now, Language::German), german);
        assert_eq!(spoken_start(start, now, Language::English), english);
    }
}

#[test]
fn stretches_keep_their_grain() {
    let now = date(2026, 11, 23).at(9, 5, 0, 0);
    let say = |from, until, grain, language| {
        spoken(&Value::DateTime { value: from, until, grain, dated: true }, now, language)
    };
    let [from, noon] = [date(2026, 11, 26).at(8, 0, 0, 0), date(2026, 11, 26).at(12, 0, 0, 0)];
    assert_eq!(say(from, noon, Grain::Day, Language::German), "am Donnerstag, den 26. November");
    assert_eq!(
        say(from, noon, Grain::DayPart, Language::German),
        "am Donnerstag, den 26. November zwischen 8 Uhr und 12 Uhr"
    );
    assert_eq!(say(from, noon, Grain::Week, Language::English), "in the week of Thursday, 26 November");
    assert_eq!(say(from, noon, Grain::Month, Language::German), "im November");
    let [first, end] = [date(2026, 11, 26).at(0, 0, 0, 0), date(2026, 11, 29).at(0, 0, 0, 0)];
    assert_eq!(
        say(first, end, Grain::Day, Language::German),
        "von Donnerstag, den 26. November bis Samstag, den 28. November"
    );
    assert_eq!(say(first, OPEN_END, Grain::Day, Language::English), "from Thursday, 26 November on");
}

#[test]
fn telephone_numbers_are_said_digit_by_digit() {
    let cases = [
        ("071123456", "0 7 1 1, 2 3 4, 5 6"),
        ("07112345678", "0 7 1 1, 2 3 4, 5 6, 7 8"),
        ("110", "1 1 0"),
        ("+49711234567", "plus 4 9, 7 1 1, 2 3 4, 5 6 7"),
        ("+4", "plus 4"),
        ("", ""),
    ];
    for (number, said) in cases {
        let value = Value::Telephone { value: number.to_owned().into() };
        assert_eq!(spoken(&value, date(2026, 11, 23).at(9, 0, 0, 0), Language::German), said);
        assert_eq!(written(&value, Language::German), number);
    }
}

#[test]
fn addresses_are_spoken_and_written() {
    let part = |text: &str| Some(text.to_owned().into());
    let whole = Address {
        street: part("Lindenstraße"),
        house_number: part("12b"),
        postcode: part("70173"),
        place: part("Stuttgart"),
    };
    let number = Address { house_number: part("6"), ..Address::default() };
    let now = date(2026, 11, 23).at(9, 0, 0, 0);
    let say = |address: &Address, language| spoken(&Value::Address(address.clone()), now, language);
    assert_eq!(say(&whole, Language::German), "Lindenstraße 12 b, 7 0 1 7 3 Stuttgart");
    assert_eq!(say(&whole, Language::English), "12 b Lindenstraße, 7 0 1 7 3 Stuttgart");
    assert_eq!(say(&number, Language::German), "Hausnummer 6");
    let whole = Value::Address(whole);
    assert_eq!(written(&whole, Language::German), "Lindenstraße 12b, 70173 Stuttgart");
    assert_eq!(written(&whole, Language::English), "12b Lindenstraße, 70173 Stuttgart");
}

#[test]
fn names_keep_their_title() {
    let name = PersonName {
        title: Some("Frau Doktor".to_owned()),
        given: None,
        family: Some("Müller-Lüdenscheidt".to_owned().into()),
    };
    assert_eq!(written(&Value::Name(name), Language::German), "Frau Doktor Müller-Lüdenscheidt");
}

#[test]
fn what_is_filled_in_is_not_looked_at_again() {
    let values = [("name", "{address}".to_owned()), ("address", "Lindenstraße 4".to_owned())];
    assert_eq!(fill("{name}, {address}{nothing}: { open", &values), "{address}, Lindenstraße 4: { open");
    assert_eq!(fill("}{", &values), "}{");
}

#[test]
fn dates_are_written_in_full() {
    let at = date(2026, 11, 26).at(8, 30, 0, 0);
    let value = |grain| Value::DateTime { value: at, until: at, grain, dated: true };
    assert_eq!(written(&value(Grain::Minute), Language::German), "Donnerstag, 26.11.2026, 8:30 Uhr");
    assert_eq!(written(&value(Grain::Day), Language::German), "Donnerstag, 26.11.2026");
    assert_eq!(written(&value(Grain::Minute), Language::English), "Thursday, 26 November 2026, 08:30");
}
