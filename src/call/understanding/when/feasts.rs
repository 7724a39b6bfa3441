//! Days that have names: feasts, the holidays of each Land and what lies around them. Movable ones by the Gregorian
//! Easter rule (Gauss, as completed by Lichtenberg); Advent and what is counted from it by the Sundays before
//! Christmas. Holidays by the laws of the Länder, as of 2026.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::super::land::Land;
use super::super::reading::Reading;
use super::feast_names::NAMES;

/// When a feast is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// Month and day.
    Fixed(i8, i8),
    /// Days after Easter Sunday.
    Easter(i32),
    /// Days after the first Sunday of Advent.
    Advent(i32),
    /// The so manieth such weekday of a month, and days after it.
    Nth(i8, Weekday, i8, i32),
}

impl Rule {
    fn of(self, year: i16) -> Option<Date> {
        let after = |date: Date, days: i32| date.checked_add(days.days()).ok();
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Easter(days) => after(easter(year)?, days),
            Self::Advent(days) => after(first_advent(year)?, days),
            Self::Nth(month, weekday, nth, days) => {
                let first = Date::new(year, month, 1).ok()?;
                after(first.nth_weekday_of_month(nth, weekday).ok()?, days)
            }
        }
    }
}

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

/// The fourth Sunday before Christmas.
fn first_advent(year: i16) -> Option<Date> {
    let eve = Date::new(year, 12, 24).ok()?;
    let back = i64::from(eve.weekday().to_sunday_zero_offset()) + 21;
    eve.checked_sub(back.days()).ok()
}

/// A feast that was named: its rule, how many days it lasts, the index after its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Feast {
    rule: Rule,
    days: i32,
    pub end: usize,
}

impl Feast {
    /// First day and the day after the last: of that year, or the next one that is not over by `today`.
    pub fn on(&self, today: Date, year: Option<i16>) -> Option<(Date, Date)> {
        let lasting = |year: i16| {
            let first = self.rule.of(year)?;
            Some((first, first.checked_add(self.days.days()).ok()?))
        };
        match year {
            Some(year) => lasting(year),
            None => (0..3)
                .filter_map(|ahead| lasting(today.year().checked_add(ahead)?))
                .find(|(_, end)| *end > today),
        }
    }
}

/// What the week before Easter is found by.
pub(super) const GOOD_FRIDAY: Feast = Feast { rule: Rule::Easter(-2), days: 1, end: 0 };

/// The feast whose name begins at `index`; of several the longest name.
pub(super) fn feast_at(reading: &Reading<'_>, index: usize) -> Option<Feast> {
    if reading.is(index.wrapping_sub(1), &["frohe", "froehliche", "schoene", "wie"]) {
        return None;
    }
    let first = reading.at(index);
    let begins =
        |name: &str| name.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let (name, rule, days) = NAMES
        .iter()
        .filter(|(name, ..)| !first.is_empty() && begins(name))
        .filter(|(name, ..)| name.split(' ').enumerate().all(|(at, word)| reading.at(index + at) == word))
        .max_by_key(|(name, ..)| name.len())?;
    Some(Feast { rule: *rule, days: *days, end: index + name.split(' ').count() })
}

/// The next day of the feast of that name, where it has one day only.
pub(super) fn on_one_day(name: &str, today: Date) -> Option<Date> {
    let (_, rule, days) = NAMES.iter().find(|(known, ..)| *known == name)?;
    let feast = Feast { rule: *rule, days: *days, end: 0 };
    Some(feast.on(today, None).filter(|_| *days == 1)?.0)
}

/// Holidays of the whole country.
const EVERYWHERE: [Rule; 9] = [
    Rule::Fixed(1, 1),
    Rule::Easter(-2),
    Rule::Easter(1),
    Rule::Fixed(5, 1),
    Rule::Easter(39),
    Rule::Easter(50),
    Rule::Fixed(10, 3),
    Rule::Fixed(12, 25),
    Rule::Fixed(12, 26),
];

/// Holidays that only some Länder have. Mariä Himmelfahrt counts in Bavaria: most of its communes have it.
const SOMEWHERE: &[(Rule, &[Land])] = &[
    (Rule::Fixed(1, 6), &[Land::BadenWuerttemberg, Land::Bayern, Land::SachsenAnhalt]),
    (Rule::Fixed(3, 8), &[Land::Berlin, Land::MecklenburgVorpommern]),
    (Rule::Easter(0), &[Land::Brandenburg]),
    (Rule::Easter(49), &[Land::Brandenburg]),
    (
        Rule::Easter(60),
        &[
            Land::BadenWuerttemberg,
            Land::Bayern,
            Land::Hessen,
            Land::NordrheinWestfalen,
            Land::RheinlandPfalz,
            Land::Saarland,
        ],
    ),
    (Rule::Fixed(8, 15), &[Land::Bayern, Land::Saarland]),
    (Rule::Fixed(9, 20), &[Land::Thueringen]),
    (
        Rule::Fixed(10, 31),
        &[
            Land::Brandenburg,
            Land::Bremen,
            Land::Hamburg,
            Land::MecklenburgVorpommern,
            Land::Niedersachsen,
            Land::Sachsen,
            Land::SachsenAnhalt,
            Land::SchleswigHolstein,
            Land::Thueringen,
        ],
    ),
    (
        Rule::Fixed(11, 1),
        &[
            Land::BadenWuerttemberg,
            Land::Bayern,
            Land::NordrheinWestfalen,
            Land::RheinlandPfalz,
            Land::Saarland,
        ],
    ),
    (Rule::Advent(-11), &[Land::Sachsen]),
];

/// Days that are looked through for a holiday or a day beside one.
const SEARCHED_DAYS: i32 = 400;

/// Whether that day is a holiday there; without a Land, everywhere in Germany.
pub fn is_holiday(date: Date, land: Option<Land>) -> bool {
    let on = |rule: &Rule| rule.of(date.year()) == Some(date);
    let here = |lands: &[Land]| land.is_some_and(|land| lands.contains(&land));
    EVERYWHERE.iter().any(on) || SOMEWHERE.iter().any(|(rule, lands)| here(lands) && on(rule))
}

fn first_from(from: Date, fits: impl Fn(Date) -> bool) -> Option<Date> {
    (0..SEARCHED_DAYS).filter_map(|days| from.checked_add(days.days()).ok()).find(|date| fits(*date))
}

/// The first holiday from a day on.
pub(super) fn holiday(from: Date, land: Option<Land>) -> Option<Date> {
    first_from(from, |date| is_holiday(date, land))
}

/// The first day from a day on between a holiday and a weekend.
pub(super) fn bridge_day(from: Date, land: Option<Land>) -> Option<Date> {
    first_from(from, |date| {
        let beside = |days: i32| date.checked_add(days.days()).is_ok_and(|beside| is_holiday(beside, land));
        let bridges = match date.weekday() {
            Weekday::Monday => beside(1),
            Weekday::Friday => beside(-1),
            _ => false,
        };
        bridges && !is_holiday(date, land)
    })
}

/// The first day from a day on that people work on.
pub(super) fn working_day(from: Date, land: Option<Land>) -> Option<Date> {
    let weekend = |date: Date| matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    first_from(from, |date| !weekend(date) && !is_holiday(date, land))
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

    #[test]
    fn advent_is_the_fourth_sunday_before_christmas() {
        for day in [date(2022, 11, 27), date(2023, 12, 3), date(2026, 11, 29), date(2027, 11, 28)] {
            assert_eq!(first_advent(day.year()), Some(day));
        }
    }

    #[test]
    fn each_land_has_its_holidays() {
        assert_eq!(holiday(date(2027, 3, 1), Some(Land::Berlin)), Some(date(2027, 3, 8)));
        assert_eq!(holiday(date(2027, 3, 1), Some(Land::Hamburg)), Some(date(2027, 3, 26)));
        assert_eq!(holiday(date(2027, 11, 2), Some(Land::Sachsen)), Some(date(2027, 11, 17)));
        assert_eq!(bridge_day(date(2027, 5, 18), Some(Land::Hessen)), Some(date(2027, 5, 28)));
    }
}
