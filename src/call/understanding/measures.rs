//! Measures: what durations and amounts of money have in common: ranges ("zwei bis drei"), bounds ("höchstens",
//! "mindestens", "über"), and words that make them approximate.

use super::quantities::{ARTICLES, thousandths_at};
use super::reading::Reading;

/// What words in front make of what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// "mindestens", "über"
    AtLeast,
    /// "höchstens", "unter"
    AtMost,
}

const LIMITS: &[(&[&str], Limit)] = &[
    (&["nicht", "laenger", "als"], Limit::AtMost),
    (&["nicht", "mehr", "als"], Limit::AtMost),
    (&["weniger", "als"], Limit::AtMost),
    (&["kuerzer", "als"], Limit::AtMost),
    (&["bis", "zu"], Limit::AtMost),
    (&["bis"], Limit::AtMost),
    (&["hoechstens"], Limit::AtMost),
    (&["maximal"], Limit::AtMost),
    (&["unter"], Limit::AtMost),
    (&["mehr", "als"], Limit::AtLeast),
    (&["laenger", "als"], Limit::AtLeast),
    (&["mindestens"], Limit::AtLeast),
    (&["wenigstens"], Limit::AtLeast),
    (&["minimum"], Limit::AtLeast),
    (&["minimal"], Limit::AtLeast),
    (&["ab"], Limit::AtLeast),
    (&["ueber"], Limit::AtLeast),
];

/// Words that make what follows approximate; they are part of what is measured.
const APPROXIMATE: &[&str] = &["gut", "knapp", "fast", "beinahe", "ungefaehr", "etwa", "circa", "ca", "rund"];

/// The limit at `index`, and the index after it.
pub(super) fn limit_at(reading: &Reading<'_>, index: usize) -> Option<(Limit, usize)> {
    let (words, limit) = LIMITS.iter().find(|(words, _)| reading.starts(index, words))?;
    Some((*limit, index + words.len()))
}

/// Skips what makes the amount approximate: the index after it, and whether there was any.
pub(super) fn approximate_at(reading: &Reading<'_>, index: usize) -> (usize, bool) {
    let mut at = index;
    let mut vague = false;
    loop {
        if reading.is(at, APPROXIMATE) {
            (at, vague) = (at + 1, true);
        } else if reading.starts(at, &["so", "um", "die"]) {
            (at, vague) = (at + 3, true);
        } else if reading.starts(at, &["um", "die"]) || reading.starts(at, &["an", "die"]) {
            (at, vague) = (at + 2, true);
        } else {
            return (at, vague);
        }
    }
}

/// How many, in thousandths, "ein" included.
pub(super) fn count_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    thousandths_at(reading, index).or_else(|| reading.is(index, ARTICLES).then_some((1000, index + 1)))
}

/// What is measured in a range.
pub(super) struct Measured<T> {
    pub low: T,
    pub high: Option<T>,
    pub open: bool,
    pub vague: bool,
    pub end: usize,
}

/// A range or a limit or one at `index`. `one` reads one with its unit; `bare` reads the lower end of a range, whose unit
/// follows with the upper one; `unit` gives it the unit of the upper one.
pub(super) fn measured_at<T: Copy, B: Copy>(
    reading: &Reading<'_>,
    index: usize,
    nothing: T,
    one: &impl Fn(usize) -> Option<(T, usize, bool)>,
    bare: &impl Fn(usize) -> Option<(B, usize)>,
    unit: &impl Fn(B, usize) -> Option<T>,
) -> Option<Measured<T>> {
    let (start, vague) = approximate_at(reading, index);
    if let Some((limit, at)) = limit_at(reading, start) {
        let (at, _) = approximate_at(reading, at);
        // "mindestens zwei, aber höchstens vier Stunden"
        if limit == Limit::AtLeast
            && let Some((low, middle)) = bare(at)
            && let Some((Limit::AtMost, second)) =
                limit_at(reading, middle + usize::from(reading.is(middle, &["aber", "und"])))
            && let Some((high, end, _)) = one(second)
            && let Some(low) = unit(low, end - 1)
        {
            return Some(Measured { low, high: Some(high), open: false, vague, end });
        }
        let (value, end, more_vague) = one(at)?;
        let vague = vague || more_vague;
        return Some(match limit {
            Limit::AtLeast => Measured { low: value, high: None, open: true, vague, end },
            Limit::AtMost => Measured { low: nothing, high: Some(value), open: false, vague, end },
        });
    }
    let (between, first) = match reading.at(start) {
        "zwischen" => ("und", start + 1),
        "von" => ("bis", start + 1),
        _ => ("bis", start),
    };
    if let Some((low, middle)) = bare(first) {
        let joined = reading.is(middle, &[between]);
        let listed = first == start && reading.at(middle) != "und";
        if (joined || listed)
            && let Some((high, end, more_vague)) = one(middle + usize::from(joined))
            && let Some(low) = unit(low, end - 1)
        {
            return Some(Measured {
                low,
                high: Some(high),
                open: false,
                vague: vague || more_vague || !joined,
                end,
            });
        }
    }
    let (low, end, more_vague) = one(start)?;
    Some(Measured { low, high: None, open: false, vague: vague || more_vague, end })
}
