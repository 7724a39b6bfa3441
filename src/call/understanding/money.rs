//! Amounts of money: "zwölf Euro fünfzig", "fünfzig bis achtzig Euro", "höchstens zweihundert Franken".

use super::found::{Found, one_after_another};
use super::measures::{count_at, measured_at};
use super::numbers::cardinal_at;
use super::quantities::thousandths_at;
use super::reading::Reading;
use super::understood::{Amount, Value};
use crate::call::hearing::Expect;

/// Names of currencies and their ISO 4217 codes.
const CURRENCIES: &[(&str, &str)] = &[
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("tacken", "EUR"),
    ("franken", "CHF"),
    ("dollar", "USD"),
    ("zloty", "PLN"),
    ("mark", "DEM"),
    ("eur", "EUR"),
    ("chf", "CHF"),
    ("usd", "USD"),
    ("us-dollar", "USD"),
    ("gbp", "GBP"),
    ("yen", "JPY"),
];
/// Currencies whose names need a country: "britische Pfund", "tschechische Kronen".
const FOREIGN: &[(&str, &str, &str)] = &[
    ("britische", "pfund", "GBP"),
    ("englische", "pfund", "GBP"),
    ("pfund", "sterling", "GBP"),
    ("tschechische", "kronen", "CZK"),
    ("daenische", "kronen", "DKK"),
    ("schwedische", "kronen", "SEK"),
    ("norwegische", "kronen", "NOK"),
    ("polnische", "zloty", "PLN"),
    ("schweizer", "franken", "CHF"),
    ("amerikanische", "dollar", "USD"),
    ("us", "dollar", "USD"),
];
/// Notes by their names, in euros.
const NOTES: &[(&str, i64)] = &[
    ("fuenfer", 5),
    ("zehner", 10),
    ("zwanziger", 20),
    ("fuenfziger", 50),
    ("fuffi", 50),
    ("fuffziger", 50),
    ("hunderter", 100),
    ("hunni", 100),
    ("tausender", 1000),
];
/// Cents, kopecks and the like.
const CENTS: &[&str] = &["cent", "cents", "rappen"];

/// Thousandths and currency.
type Sum = (i64, &'static str);

fn currency_at(reading: &Reading<'_>, index: usize) -> Option<(&'static str, usize)> {
    let word = reading.at(index);
    let foreign = FOREIGN.iter().find(|(land, name, _)| *land == word && reading.is(index + 1, &[name]));
    if let Some((_, _, code)) = foreign {
        return Some((code, index + 2));
    }
    CURRENCIES.iter().find(|(name, _)| *name == word).map(|(_, code)| (*code, index + 1))
}

/// One amount with its currency, and whether it is approximate.
fn one_at(reading: &Reading<'_>, index: usize) -> Option<(Sum, usize, bool)> {
    let (count, next) = count_at(reading, index)?;
    if let Some((_, euros)) = NOTES.iter().find(|(name, _)| *name == reading.at(next)) {
        return Some(((count.checked_mul(*euros)?, "EUR"), next + 1, false));
    }
    if reading.is(next, CENTS) {
        let code = if reading.is(next, &["rappen"]) { "CHF" } else { "EUR" };
        return Some(((count / 100, code), next + 1, false));
    }
    let (code, end) = currency_at(reading, next)?;
    let (cents, end) = cents_at(reading, end).unwrap_or((0, end));
    Some(((count + cents * 10, code), end, false))
}

/// "(und) fünfzig (Cent)", "null acht": the cents behind the euros.
fn cents_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let joined = reading.is(index, &["und"]);
    let at = index + usize::from(joined);
    let nought = reading.is(at, &["null"]);
    let (cents, end) = cardinal_at(reading, at + usize::from(nought))
        .filter(|(cents, _)| *cents < if nought { 10 } else { 100 })?;
    let named = reading.is(end, CENTS);
    let counted = !named && reading.is(end, super::when::COUNTED);
    ((named || !joined) && !counted).then_some((i64::from(cents), end + usize::from(named)))
}

/// All amounts of money in a reading.
pub(super) fn find(reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
    let asked = expect.contains(&Expect::Money);
    one_after_another(reading, |index| {
        at(reading, index).or_else(|| asked.then(|| bare_at(reading, index))?)
    })
}

/// "neunzehn neunzig", "zwanzig": in answer to "how much", euros.
fn bare_at(reading: &Reading<'_>, index: usize) -> Option<Found> {
    let (euros, end) = thousandths_at(reading, index)?;
    if reading.is(end, super::when::COUNTED) {
        return None;
    }
    let (cents, end) = cents_at(reading, end).filter(|_| euros % 1000 == 0).unwrap_or((0, end));
    let value = Value::Money {
        value: Amount::from_thousandths(euros + cents * 10),
        until: None,
        open: false,
        currency: "EUR".to_owned(),
    };
    Some(Found::new(value, index, end, 0.8))
}

fn at(reading: &Reading<'_>, index: usize) -> Option<Found> {
    // "ein Gutschein über fünfzig Euro" is one of fifty.
    let named = reading.is(index, &["ueber"])
        && index > 0
        && !reading.is(index - 1, &["etwas", "weit", "kostet", "sind", "ist", "auf"]);
    if named {
        return None;
    }
    let measured = measured_at(
        reading,
        index,
        (0, ""),
        &|at| one_at(reading, at),
        &|at| thousandths_at(reading, at),
        &|count, last| currency_at(reading, last).map(|(code, _)| (count, code)),
    )?;
    let (low, high) = (measured.low, measured.high);
    let code = high.map_or(low.1, |(_, code)| code);
    let value = Value::Money {
        value: Amount::from_thousandths(low.0),
        until: high.map(|(high, _)| Amount::from_thousandths(high)),
        open: measured.open,
        currency: code.to_owned(),
    };
    let mut found = Found::new(value, index, measured.end, 0.95);
    found.hedged = measured.vague;
    Some(found)
}
