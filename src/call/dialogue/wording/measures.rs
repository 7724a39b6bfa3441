//! Durations and amounts of money in words.

use crate::call::understanding::{Amount, Length};
use crate::config::site::Language;

/// Units by their letters: one and several, German and English.
const UNITS: &[(&str, [&str; 2], [&str; 2])] = &[
    ("y", ["Jahr", "Jahre"], ["year", "years"]),
    ("mo", ["Monat", "Monate"], ["month", "months"]),
    ("w", ["Woche", "Wochen"], ["week", "weeks"]),
    ("d", ["Tag", "Tage"], ["day", "days"]),
    ("h", ["Stunde", "Stunden"], ["hour", "hours"]),
    ("m", ["Minute", "Minuten"], ["minute", "minutes"]),
    ("s", ["Sekunde", "Sekunden"], ["second", "seconds"]),
];

/// "1 Stunde 30 Minuten", "2 Wochen bis 3 Wochen".
pub(super) fn duration(value: Length, until: Option<Length>, language: Language) -> String {
    between(length(value, language), until.map(|until| length(until, language)), language)
}

/// "50 Euro", "50 bis 80 Euro", "2,50 Euro".
pub(super) fn money(value: Amount, until: Option<Amount>, currency: &str, language: Language) -> String {
    let name = if currency == "EUR" { "Euro" } else { currency };
    let until = until.map(|until| amount(until, language));
    format!("{} {name}", between(amount(value, language), until, language))
}

fn between(from: String, until: Option<String>, language: Language) -> String {
    let word = match language {
        Language::German => "bis",
        Language::English => "to",
    };
    until.map_or_else(|| from.clone(), |until| format!("{from} {word} {until}"))
}

fn length(length: Length, language: Language) -> String {
    let told = |(count, letters): &(u32, &str)| {
        let (_, german, english) = UNITS.iter().find(|(unit, ..)| unit == letters)?;
        let [one, several] = match language {
            Language::German => german,
            Language::English => english,
        };
        Some(format!("{count} {}", if *count == 1 { one } else { several }))
    };
    let parts: Vec<String> = length.parts().iter().filter(|(count, _)| *count > 0).filter_map(told).collect();
    parts.join(" ")
}

/// With two decimals where it is not whole: money is said so.
fn amount(amount: Amount, language: Language) -> String {
    let Some(whole) = amount.whole() else {
        let cents = amount.thousandths().unsigned_abs() / 10;
        let point = if language == Language::German { ',' } else { '.' };
        let sign = if amount.thousandths() < 0 { "-" } else { "" };
        return format!("{sign}{}{point}{:02}", cents / 100, cents % 100);
    };
    whole.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_amounts_are_said_in_words() {
        let length = Length { hours: 1, minutes: 30, ..Length::default() };
        assert_eq!(duration(length, None, Language::German), "1 Stunde 30 Minuten");
        let (two, three) =
            (Length { weeks: 2, ..Length::default() }, Length { weeks: 3, ..Length::default() });
        assert_eq!(duration(two, Some(three), Language::English), "2 weeks to 3 weeks");
        let price = Amount::from_thousandths(2500);
        assert_eq!(money(price, None, "EUR", Language::German), "2,50 Euro");
        assert_eq!(
            money(Amount::from(50_i64), Some(Amount::from(80_i64)), "EUR", Language::German),
            "50 bis 80 Euro"
        );
    }
}
