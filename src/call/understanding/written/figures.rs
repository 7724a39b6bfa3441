//! One number as it is written, in words: `1.234,56`, `8.30` behind "um", `1/2`.

use super::words::{CODES, MEASURED, look_up};
use super::{BEFORE_TIMES, Near, Part, part};

/// Fractions: alone in front of a unit, and what they are behind a whole number.
const FRACTIONS: &[(&str, &str, &str)] = &[
    ("1/2", "halbe", "5"),
    ("1/4", "viertel", "25"),
    ("3/4", "dreiviertel", "75"),
    ("½", "halbe", "5"),
    ("¼", "viertel", "25"),
    ("¾", "dreiviertel", "75"),
];
/// A range with a hyphen has so many figures on each side at most; what is longer is a number with a mark in it.
const RANGE_FIGURES_MAX: usize = 5;

/// Whether a dash between two numbers is "bis".
pub(super) fn is_range(one: &str, other: &str, dash: char) -> bool {
    let clock = |figures: &str| figures.contains(':');
    if clock(one) && clock(other) {
        return true;
    }
    let value = |figures: &str| -> Option<u32> {
        let plain: String = figures.chars().filter(|c| *c != '.').collect();
        let short = plain.len() <= RANGE_FIGURES_MAX && !plain.starts_with('0');
        plain.split(',').next().filter(|_| short)?.parse().ok()
    };
    let rising = value(one).zip(value(other)).is_some_and(|(one, other)| one < other);
    rising || (dash != '-' && (clock(one) || clock(other)))
}

/// The words of one number. `unit`: its unit follows directly. `dated`: a point stands behind it.
pub(super) fn number(figures: &str, near: &Near<'_>, unit: bool, dated: bool) -> Vec<Part<'static>> {
    let plain = || vec![part(figures)];
    let unspaced: String = figures.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let next = near.next();
    let measured = unit || MEASURED.contains(&next.as_str());
    // "Lindenstraße 3/4" is a house number.
    let fraction =
        FRACTIONS.iter().find(|(known, ..)| *known == unspaced).filter(|_| measured || unspaced.len() == 2);
    if fraction.is_none() && unspaced.contains(['/', '(', ')', '+']) {
        return plain();
    }
    if let Some((clock, _)) = unspaced.match_indices(':').nth(1).map(|(at, _)| unspaced.split_at(at)) {
        return vec![part(clock)];
    }
    if let Some((_, alone, tenths)) = fraction {
        let whole = near.before.len() <= 2 && near.before.starts_with(|c: char| c.is_ascii_digit());
        return if whole { decimals(tenths) } else { vec![part(*alone)] };
    }
    match (unspaced.rfind('.'), unspaced.rfind(',')) {
        (None, None) => vec![part(unspaced)],
        (Some(dot), Some(comma)) => decimal(&unspaced, dot.max(comma)),
        (None, Some(comma)) if next == "uhr" => {
            vec![part(unspaced[..comma].to_owned() + ":" + &unspaced[comma + 1..])]
        }
        (None, Some(comma)) => {
            let grouped = unspaced.matches(',').count() > 1 || near.english;
            let thousands = grouped && unspaced.split(',').skip(1).all(|group| group.len() == 3);
            if !thousands && unspaced.matches(',').count() > 1 {
                return unspaced.split(',').map(part).collect();
            }
            if thousands { vec![part(unspaced.replace(',', ""))] } else { decimal(&unspaced, comma) }
        }
        (Some(dot), None) => {
            let (whole, rest) = (&unspaced[..dot], &unspaced[dot + 1..]);
            let measured = measured || look_up(CODES, near.before).is_some();
            let short = (1..=2).contains(&rest.len()) && !whole.contains('.');
            let minutes =
                rest.len() == 2 && rest.parse::<u8>().is_ok_and(|m| m < 60 && !(1..=12).contains(&m));
            let timed = BEFORE_TIMES.contains(&near.before) || next == "bis" || next == "uhr";
            if short && !dated && measured {
                decimal(&unspaced, dot)
            } else if short && !dated && minutes && timed {
                vec![part(format!("{whole}:{rest}"))]
            } else {
                vec![part(unspaced)]
            }
        }
    }
}

/// "Komma 2 5"
fn decimals(figures: &str) -> Vec<Part<'static>> {
    std::iter::once(part("komma")).chain(figures.chars().map(part)).collect()
}

/// "1234 Komma 5 6"
fn decimal(figures: &str, mark: usize) -> Vec<Part<'static>> {
    let whole: String = figures[..mark].chars().filter(char::is_ascii_digit).collect();
    let rest: String = figures[mark + 1..].chars().filter(char::is_ascii_digit).collect();
    std::iter::once(part(whole)).chain(decimals(&rest)).collect()
}
