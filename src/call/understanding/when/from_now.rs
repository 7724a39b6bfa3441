//! Times told from now: "in zwei Stunden", "vor einer halben Stunde", "innerhalb der nächsten Stunde", "sofort".

use super::super::durations::measured_at;
use super::super::reading::Reading;
use super::super::understood::Length;
use super::clocks::{Clock, ClockPiece};
use super::days::ahead;

const AT_ONCE: &[&[&str]] = &[
    &["so", "schnell", "wie", "moeglich"],
    &["so", "bald", "wie", "moeglich"],
    &["so", "schnell", "es", "geht"],
    &["auf", "der", "stelle"],
    &["ab", "jetzt"],
    &["ab", "sofort"],
    &["jetzt", "gleich"],
    &["jetzt", "sofort"],
    &["schnellstmoeglich"],
    &["baldmoeglichst"],
    &["sofort"],
];

/// The time told from now at `index`.
pub(super) fn from_now_at(reading: &Reading<'_>, index: usize) -> Option<ClockPiece> {
    let counted = within_at(reading, index).or_else(|| shifted_at(reading, index));
    if let Some((clock, end, hedged)) = counted {
        return Some(ClockPiece { clock, end, hedged, sure: 0.95 });
    }
    let end = at_once(reading, index)?;
    Some(ClockPiece { clock: Clock::Now, end, hedged: false, sure: 0.8 })
}

/// A length in hours and minutes: at least, at most, the index after it, and whether that is approximate.
fn minutes_at(reading: &Reading<'_>, index: usize) -> Option<(i64, Option<i64>, usize, bool)> {
    let measured = measured_at(reading, index).filter(|measured| !measured.open)?;
    let minutes = |length: Length| {
        let small = Length { hours: length.hours, minutes: length.minutes, ..Length::default() };
        (length == small && length != Length::default())
            .then(|| i64::from(length.hours) * 60 + i64::from(length.minutes))
    };
    let high = match measured.high {
        Some(high) => Some(minutes(high)?),
        None => None,
    };
    Some((minutes(measured.low)?, high, measured.end, measured.vague))
}

/// "in zwei Stunden vierzig", "in gut einer halben Stunde", "vor zwei Stunden", "in ein, zwei Stunden".
fn shifted_at(reading: &Reading<'_>, index: usize) -> Option<(Clock, usize, bool)> {
    let sign = match reading.at(index) {
        "in" => 1,
        "vor" => -1,
        _ => return None,
    };
    let (low, high, end, vague) = minutes_at(reading, index + 1)?;
    Some((high.map_or(Clock::In(sign * low), |high| Clock::Within(low, high)), end, vague))
}

/// "innerhalb von zwei Stunden", "in der nächsten Stunde", "die letzten drei Stunden".
fn within_at(reading: &Reading<'_>, index: usize) -> Option<(Clock, usize, bool)> {
    let inside = reading.is(index, &["innerhalb", "binnen", "innert"]);
    let mut at = index + usize::from(inside || reading.is(index, &["in", "waehrend"]));
    at += usize::from(reading.is(at, &["von"]));
    at += usize::from(reading.is(at, &["den", "der", "die"]));
    let side = ahead(reading.at(at)).map(|(count, _)| count);
    at += usize::from(side.is_some());
    if !inside && !matches!(side, Some(1 | -1)) {
        return None;
    }
    // "in der nächsten Stunde": one
    let one = || reading.is(at, &["stunde"]).then_some((60, None, at + 1, false));
    let (low, high, end, vague) = minutes_at(reading, at).or_else(one)?;
    let length = high.unwrap_or(low);
    let clock = if side == Some(-1) { Clock::Within(-length, 0) } else { Clock::Within(0, length) };
    Some((clock, end, vague))
}

/// "sofort", "so schnell wie möglich", "jetzt gleich", and "jetzt" as a whole answer.
fn at_once(reading: &Reading<'_>, index: usize) -> Option<usize> {
    if reading.len() == 1 && reading.is(index, &["jetzt"]) {
        return Some(index + 1);
    }
    AT_ONCE.iter().find(|words| reading.starts(index, words)).map(|words| index + words.len())
}
