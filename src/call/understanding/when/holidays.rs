//! Days that have names. Movable ones by the Gregorian Easter rule (Gauss, as completed by Lichtenberg).

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::reading::Reading;

/// Month, day, and how many days it lasts.
const FIXED: &[(&[&str], i8, i8, i32)] = &[
    (&["zwischen", "den", "jahren"], 12, 27, 4),
    (&["tag", "der", "deutschen", "einheit"], 10, 3, 1),
    (&["tag", "der", "arbeit"], 5, 1, 1),
    (&["heilige", "drei", "koenige"], 1, 6, 1),
    (&["heiligabend"], 12, 24, 1),
    (&["heilig", "abend"], 12, 24, 1),
    (&["erster", "weihnachtstag"], 12, 25, 1),
    (&["ersten", "weihnachtstag"], 12, 25, 1),
    (&["zweiter", "weihnachtstag"], 12, 26, 1),
    (&["zweiten", "weihnachtstag"], 12, 26, 1),
    (&["weihnachten"], 12, 25, 2),
    (&["silvester"], 12, 31, 1),
    (&["neujahr"], 1, 1, 1),
    (&["neujahrstag"], 1, 1, 1),
    (&["dreikoenigstag"], 1, 6, 1),
    (&["nikolaus"], 12, 6, 1),
    (&["nikolaustag"], 12, 6, 1),
    (&["allerheiligen"], 11, 1, 1),
    (&["reformationstag"], 10, 31, 1),
];

/// Days after Easter Sunday, and how many days it lasts.
const MOVABLE: &[(&str, i32, i32)] = &[
    ("rosenmontag", -48, 1),
    ("aschermittwoch", -46, 1),
    ("gruendonnerstag", -3, 1),
    ("karfreitag", -2, 1),
    ("ostersonntag", 0, 1),
    ("ostermontag", 1, 1),
    ("ostern", 0, 2),
    ("himmelfahrt", 39, 1),
    ("vatertag", 39, 1),
    ("pfingstsonntag", 49, 1),
    ("pfingstmontag", 50, 1),
    ("pfingsten", 49, 2),
    ("fronleichnam", 60, 1),
];

/// Easter Sunday of a year.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let k = y / 100;
    let m = 15 + (3 * k + 3) / 4 - (8 * k + 13) / 25;
    let s = 2 - (3 * k + 3) / 4;
    let a = y % 19;
    let d = (19 * a + m) % 30;
    let r = (d + a / 11) / 29;
    let og = 21 + d - r;
    let sz = 7 - (y + y / 4 + s) % 7;
    let march = og + 7 - (og - sz) % 7;
    Date::new(year, 3, 1).ok()?.checked_add((march - 1).days()).ok()
}

/// A named day at `index`, the next one from `today` on: first day, day after the last, index after the name.
pub(super) fn holiday_at(reading: &Reading<'_>, index: usize, today: Date) -> Option<(Date, Date, usize)> {
    let fixed = FIXED.iter().find(|(words, ..)| reading.starts(index, words));
    let years = || (0..2).filter_map(move |ahead| today.year().checked_add(ahead));
    let lasting = |first: Date, days: i32| Some((first, first.checked_add(days.days()).ok()?));
    let ahead = |(_, end): &(Date, Date)| *end > today;
    if let Some((words, month, day, days)) = fixed {
        let (first, end) =
            years().filter_map(|year| lasting(Date::new(year, *month, *day).ok()?, *days)).find(ahead)?;
        return Some((first, end, index + words.len()));
    }
    let (_, after_easter, days) = MOVABLE.iter().find(|(word, ..)| *word == reading.at(index))?;
    let (first, end) = years()
        .filter_map(|year| lasting(easter(year)?.checked_add(after_easter.days()).ok()?, *days))
        .find(ahead)?;
    Some((first, end, index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn easter_is_where_the_calendar_has_it() {
        for day in
            [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)]
        {
            assert_eq!(easter(day.year()), Some(day));
        }
    }
}
