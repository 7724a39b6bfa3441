//! Quantities with more to them than a number word: "zwei Komma fünf", "anderthalb", "eine halbe Million", "minus
//! fünf", "zwei Dutzend".

use super::numbers::{cardinal, cardinal_at};
use super::reading::Reading;
use super::understood::Amount;

/// What one is, in thousandths.
const ONE: i64 = 1000;
/// Decimals that are kept.
const DECIMALS_MAX: usize = 3;

/// "ein" in its forms, as callers say them.
pub(super) const ARTICLES: &[&str] =
    &["ein", "eine", "einen", "einem", "einer", "eines", "ne", "ner", "nem", "nen", "n"];
const HALVES: &[&str] = &["halb", "halbe", "halben", "halber", "halbes"];

/// A number at `index`, in thousandths, and the index after it.
pub(super) fn thousandths_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    if reading.is(index, &["minus"]) {
        let (value, end) = positive_at(reading, index + 1)?;
        return Some((-value, end));
    }
    let (value, end) = positive_at(reading, index)?;
    // "fünf Grad unter null"
    let below = reading.is(end, &["grad"]) && reading.starts(end + 1, &["unter", "null"]);
    Some(if below { (-value, end + 3) } else { (value, end) })
}

/// The same as an amount.
pub(super) fn amount_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    thousandths_at(reading, index).map(|(value, end)| (Amount::from_thousandths(value), end))
}

fn positive_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let (value, end) = mixed_at(reading, index).or_else(|| share_at(reading, index)).or_else(|| {
        let (whole, end) = cardinal_at(reading, index)?;
        let whole = i64::from(whole) * ONE;
        decimals_at(reading, end).map(|(decimals, end)| (whole + decimals, end)).or(Some((whole, end)))
    })?;
    if let Some((factor, end)) = multiple_at(reading, end) {
        return Some((value.checked_mul(factor)?, end));
    }
    // "zwei und eine halbe Stunde"
    if reading.is(end, &["und"]) && reading.is(end + 1, ARTICLES) && reading.is(end + 2, HALVES) {
        return Some((value + ONE / 2, end + 3));
    }
    Some((value, end))
}

/// "Komma sieben fünf": thousandths, and the index after them.
fn decimals_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    if !reading.is(index, &["komma"]) {
        return None;
    }
    let mut digits = String::new();
    let mut end = index + 1;
    while digits.len() < DECIMALS_MAX
        && let Some((group, next)) = cardinal_at(reading, end).filter(|(group, _)| *group < 1000)
    {
        digits.push_str(&group.to_string());
        end = next;
    }
    digits.truncate(DECIMALS_MAX);
    let value: i64 = format!("{digits:0<3}").parse().ok().filter(|_| !digits.is_empty())?;
    Some((value, end))
}

/// "anderthalb", "zweieinhalb", "eineinviertel", "zweieinhalbtausend".
fn mixed_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let word = reading.at(index);
    if word == "ein" && reading.is(index + 1, &["einhalb"]) {
        return Some((ONE * 3 / 2, index + 2));
    }
    let (word, factor) = word.strip_suffix("tausend").map_or((word, 1), |word| (word, 1000));
    let whole = |stem: &str| match stem {
        "ein" => Some(1),
        stem => cardinal(stem).map(i64::from),
    };
    let value = if word == "anderthalb" {
        ONE * 3 / 2
    } else if let Some(stem) = word.strip_suffix("einhalb").or_else(|| word.strip_suffix("undeinhalb")) {
        whole(stem.trim_end_matches("und"))? * ONE + ONE / 2
    } else if let Some(stem) = word.strip_suffix("einviertel") {
        whole(stem)? * ONE + ONE / 4
    } else {
        return None;
    };
    Some((value * factor, index + 1))
}

/// "ein halbes", "ein Viertel", "drei Viertel", "eine Viertelmillion".
fn share_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let article = reading.is(index, ARTICLES);
    match reading.at(index + 1) {
        word if article && HALVES.contains(&word) => Some((ONE / 2, index + 2)),
        "viertelmillion" if article => Some((250_000 * ONE, index + 2)),
        "million" | "dutzend" if article => Some((ONE, index + 1)),
        _ => None,
    }
}

fn multiple_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let factor = match reading.at(index) {
        "dutzend" => 12,
        "tausend" => 1000,
        "million" | "millionen" => 1_000_000,
        _ => return None,
    };
    Some((factor, index + 1))
}
