//! On call: who is rung when something cannot wait, in which order, at which hour. A rota that goes on by itself, because a
//! list of dates has an end, and the night after it nobody would be rung.

use jiff::civil::{Date, DateTime, Time};

use super::destinations;
use super::hours;
use super::nearest::instead;
use super::place::Findings;
use super::site::WeekHours;
use super::tree::{Item, Table, Written, unique};
use crate::call::line::Destination;

/// People of a chain: after so many nobody waits any longer.
const PEOPLE_MAX: usize = 8;
/// How often all of them may be rung.
const ROUNDS: std::ops::RangeInclusive<i64> = 1..=3;
/// How long each telephone may ring.
const RING_S: std::ops::RangeInclusive<i64> = 5..=60;
/// How long telephones may ring in all, in seconds: a caller waits for it.
const CHAIN_S_MAX: usize = 900;
/// Stretches of days that somebody is or is not on call.
const STRETCHES_MAX: usize = 60;
/// Rings of one telephone, where the site does not say: a voice mail mostly answers later.
const RING_S_DEFAULT: u16 = 25;
/// Rounds, where the site does not say: who sleeps wakes at the second one.
const ROUNDS_DEFAULT: u8 = 2;
/// When a day on call begins, where the site does not say.
const DAY_BEGINS_DEFAULT: (i8, i8) = (7, 0);

/// Days, both of them included.
type Days = (Date, Date);

/// Who is on call, and how they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCall {
    /// In the order of the file.
    pub people: Vec<OnCallPerson>,
    /// Whoever takes turns, a week each: places in `people`.
    pub rota: Vec<usize>,
    /// The day on which the week of the first of them begins.
    pub rota_from: Date,
    /// A day on call goes from this hour to the same one of the next day.
    pub day_begins: Time,
    /// How long each telephone rings, in seconds.
    pub ring_s_max: u16,
    /// How often all of them are rung.
    pub rounds: u8,
    /// What happens when somebody takes the job.
    pub accepted: Accepted,
    /// Where the caller goes when nobody does; `None`: he stays and is told so.
    pub way_out: Option<Destination>,
}

/// Someone who can be on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCallPerson {
    /// As callers hear it: "Herr Yilmaz".
    pub name: String,
    /// What is rung.
    pub telephone: Destination,
    /// Hours of the week; `None`: always.
    hours: Option<WeekHours>,
    /// Only on these days; none: on all.
    dates: Vec<Days>,
    /// Not on these.
    away: Vec<Days>,
}

/// What happens when somebody takes the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The caller is told who comes.
    Tell,
    /// The caller is put through.
    Connect,
}

impl OnCall {
    /// Who is to be rung at that moment of the site's clock, in this order: those of the rota, beginning with the one
    /// whose week it is, then the others in the order of the file.
    #[must_use]
    pub fn chain(&self, now: DateTime) -> Vec<&OnCallPerson> {
        let early = now.time() < self.day_begins;
        let day = if early { now.date().yesterday().unwrap_or(now.date()) } else { now.date() };
        let turns = i64::try_from(self.rota.len()).unwrap_or(1).max(1);
        let days = self.rota_from.until(day).map_or(0, |span| i64::from(span.get_days()));
        let first = usize::try_from(days.div_euclid(7).rem_euclid(turns)).unwrap_or(0);
        let in_turn = self.rota.iter().cycle().skip(first).take(self.rota.len()).copied();
        let others = (0..self.people.len()).filter(|at| !self.rota.contains(at));
        let people = in_turn.chain(others).filter_map(|at| self.people.get(at));
        people.filter(|who| who.is_on_call(day, now)).collect()
    }

    /// The first hour of the week, in steps of a quarter, at which nobody is on call in any week. Those with dates of
    /// their own do not count.
    #[must_use]
    pub fn gap(&self) -> Option<(jiff::civil::Weekday, Time)> {
        let always: Vec<_> = self.people.iter().filter(|who| who.dates.is_empty()).collect();
        let covered = |day, time| {
            always.iter().any(|who| who.hours.as_ref().is_none_or(|hours| hours.contains(day, time)))
        };
        let week = jiff::civil::Weekday::Monday.cycle_forward().take(7);
        let quarters = (0..24 * 4).filter_map(|at: i8| Time::new(at / 4, at % 4 * 15, 0, 0).ok());
        week.flat_map(|day| quarters.clone().map(move |time| (day, time)))
            .find(|&(day, time)| !covered(day, time))
    }
}

impl OnCallPerson {
    /// Someone who is always on call.
    #[must_use]
    pub const fn always(name: String, telephone: Destination) -> Self {
        Self { name, telephone, hours: None, dates: Vec::new(), away: Vec::new() }
    }

    fn is_on_call(&self, day: Date, now: DateTime) -> bool {
        let within = |days: &[Days]| days.iter().any(|&(from, to)| from <= day && day <= to);
        (self.dates.is_empty() || within(&self.dates))
            && !within(&self.away)
            && self.hours.as_ref().is_none_or(|hours| hours.contains(now.weekday(), now.time()))
    }
}

/// Reads `[on_call]`.
pub fn read(table: Table<'_>) -> Option<OnCall> {
    let people: Vec<_> = table.tables("people").into_iter().map(person).collect();
    let list = table.need("people", "[[on_call.people]] with name and telephone");
    if let Some(item) = list.filter(|_| people.is_empty() || people.len() > PEOPLE_MAX) {
        item.mistake(format!("has {} people; 1 to {PEOPLE_MAX} are allowed", people.len()), None);
    }
    unique("person on call", people.iter().flatten().map(|(name, _)| name), table.found);
    let turns = table.texts("rota");
    let from = table.get("rota_from").map(|item| date(&item));
    if let (false, None) = (turns.is_empty(), &from) {
        let why = "does not say when the first week of the rota begins";
        table.found.mistake(&table.place, why, "rota_from = \"2026-11-23\"".to_owned());
    }
    let begins = table.get("day_begins").map(|item| time(&item));
    let ring = table.get("ring_s_max").map_or(Some(RING_S_DEFAULT), |item| item.number(RING_S));
    let rounds = table.get("rounds").map_or(Some(ROUNDS_DEFAULT), |item| item.number(ROUNDS));
    let accepted = table.get("accepted").map_or(Some(Accepted::Tell), |item| {
        item.one_of(&[("tell", Accepted::Tell), ("connect", Accepted::Connect)])
    });
    let way_out = table.get("way_out").map(|item| destinations::read_one(&item));
    if let (Some(ring), Some(rounds)) = (ring, rounds) {
        check_length(people.len() * usize::from(ring) * usize::from(rounds), &table);
    }
    let people: Option<Vec<_>> = people.into_iter().collect();
    let rota = people.as_ref().and_then(|people| places(&turns, people, table.found));
    table.close();
    let default = Time::constant(DAY_BEGINS_DEFAULT.0, DAY_BEGINS_DEFAULT.1, 0, 0);
    Some(OnCall {
        people: people?.into_iter().map(|(_, person)| person).collect(),
        rota: rota?,
        rota_from: from.unwrap_or(Some(Date::constant(2024, 1, 1)))?,
        day_begins: begins.unwrap_or(Some(default))?,
        ring_s_max: ring?,
        rounds: rounds?,
        accepted: accepted?,
        way_out: way_out.map_or(Some(None), |read| read.map(Some))?,
    })
}

fn person(table: Table<'_>) -> Option<(Written, OnCallPerson)> {
    let name = table.need("name", "name = \"Herr Yilmaz\"").and_then(|item| item.written());
    let telephone =
        table.need("telephone", "telephone = \"device:PJSIP/yilmaz\", or an extension that dials out");
    let telephone = telephone.and_then(|item| destinations::read_one(&item));
    let hours = table.get("hours").map(|item| hours::read(item.table()));
    let stretches = |key| table.get(key).map_or(Some(Vec::new()), |item| days(&item));
    let (dates, away) = (stretches("dates"), stretches("away"));
    table.close();
    let name = name?;
    let person = OnCallPerson {
        name: name.text.clone(),
        telephone: telephone?,
        hours: hours.map_or(Some(None), |read| read.map(Some))?,
        dates: dates?,
        away: away?,
    };
    Some((name, person))
}

fn check_length(seconds: usize, table: &Table<'_>) {
    if seconds > CHAIN_S_MAX {
        let why = format!(
            "telephones would ring for {seconds} s before the caller hears that nobody is there; at most {CHAIN_S_MAX} s \
             are allowed"
        );
        let what = "fewer people, fewer rounds or a smaller ring_s_max";
        table.found.mistake(&table.place, why, what.to_owned());
    }
}

/// Where those of the rota stand among the people.
fn places(turns: &[Written], people: &[(Written, OnCallPerson)], found: &Findings) -> Option<Vec<usize>> {
    let known: Vec<&str> = people.iter().map(|(name, _)| name.text.as_str()).collect();
    let place = |turn: &Written| {
        let at = known.iter().position(|name| *name == turn.text);
        if at.is_none() {
            let why = format!("\"{}\" is none of the people on call", turn.text);
            found.mistake(&turn.place, why, instead(&turn.text, &known));
        }
        at
    };
    let places: Vec<_> = turns.iter().map(place).collect();
    places.into_iter().collect()
}

/// `"2026-12-24"`, or `"2026-12-24 to 2026-12-31"` with both days.
fn days(item: &Item<'_>) -> Option<Vec<Days>> {
    let list = item.list()?;
    if list.len() > STRETCHES_MAX {
        item.mistake(format!("has {} stretches; at most {STRETCHES_MAX} are allowed", list.len()), None);
        return None;
    }
    let read: Vec<_> = list
        .iter()
        .map(|item| {
            let text = item.text()?;
            let parsed = stretch(&text);
            if parsed.is_none() {
                item.mistake("is no day and no stretch of days", "\"2026-12-24 to 2026-12-31\"".to_owned());
            }
            parsed
        })
        .collect();
    read.into_iter().collect()
}

fn stretch(text: &str) -> Option<Days> {
    let (from, to) = text.split_once(" to ").unwrap_or((text, text));
    let (from, to) = (day(from)?, day(to)?);
    (from <= to).then_some((from, to))
}

/// A day as `2026-12-24` and in no other way.
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    (text.len() == "2026-12-24".len()).then(|| text.parse().ok()).flatten()
}

fn date(item: &Item<'_>) -> Option<Date> {
    let read = day(&item.text()?);
    if read.is_none() {
        item.mistake("is no day", "\"2026-11-23\"".to_owned());
    }
    read
}

fn time(item: &Item<'_>) -> Option<Time> {
    let read = hours::time(&item.text()?).filter(|time| *time != Time::MAX);
    if read.is_none() {
        item.mistake("is no hour of the day", "\"07:00\"".to_owned());
    }
    read
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn person(name: &str) -> OnCallPerson {
        OnCallPerson::always(name.to_owned(), Destination::Extension("200".to_owned()))
    }

    fn firm() -> OnCall {
        OnCall {
            people: ["Yilmaz", "Brandt", "Wagner"].map(person).to_vec(),
            rota: vec![0, 1],
            rota_from: date(2026, 11, 23),
            day_begins: Time::constant(7, 0, 0, 0),
            ring_s_max: 25,
            rounds: 2,
            accepted: Accepted::Tell,
            way_out: None,
        }
    }

    fn names(on_call: &OnCall, now: DateTime) -> Vec<&str> {
        on_call.chain(now).iter().map(|who| who.name.as_str()).collect()
    }

    #[test]
    fn the_chain_begins_with_the_one_whose_week_it_is() {
        let firm = firm();
        assert_eq!(names(&firm, date(2026, 11, 23).at(7, 0, 0, 0)), ["Yilmaz", "Brandt", "Wagner"]);
        assert_eq!(names(&firm, date(2026, 11, 29).at(22, 0, 0, 0)), ["Yilmaz", "Brandt", "Wagner"]);
        // the night to Monday still is the week before
        assert_eq!(names(&firm, date(2026, 11, 30).at(6, 59, 0, 0)), ["Yilmaz", "Brandt", "Wagner"]);
        assert_eq!(names(&firm, date(2026, 11, 30).at(7, 0, 0, 0)), ["Brandt", "Yilmaz", "Wagner"]);
        assert_eq!(names(&firm, date(2026, 12, 7).at(12, 0, 0, 0)), ["Yilmaz", "Brandt", "Wagner"]);
        // before it began, and over the end of a year with 53 weeks, it goes on by turns
        assert_eq!(names(&firm, date(2026, 11, 16).at(12, 0, 0, 0)), ["Brandt", "Yilmaz", "Wagner"]);
        assert_eq!(names(&firm, date(2027, 1, 4).at(12, 0, 0, 0)), ["Yilmaz", "Brandt", "Wagner"]);
    }

    #[test]
    fn who_is_away_is_not_rung_and_the_next_one_comes_first() {
        let mut firm = firm();
        firm.people[0].away = vec![(date(2026, 11, 24), date(2026, 11, 25))];
        firm.people[2].dates = vec![(date(2026, 11, 25), date(2026, 11, 25))];
        let at = |day, hour| names(&firm, date(2026, 11, day).at(hour, 0, 0, 0));
        assert_eq!(at(24, 2), ["Yilmaz", "Brandt"]);
        assert_eq!(at(24, 7), ["Brandt"]);
        assert_eq!(at(26, 2), ["Brandt", "Wagner"]);
        assert_eq!(at(26, 8), ["Yilmaz", "Brandt"]);
    }

    #[test]
    fn hours_are_those_of_the_clock_and_a_gap_is_found() {
        let mut firm = firm();
        let nine = Time::constant(9, 0, 0, 0);
        let days =
            std::array::from_fn(
                |at| if at == 5 { vec![(nine, Time::MAX)] } else { vec![(Time::MIN, Time::MAX)] },
            );
        firm.people.truncate(1);
        firm.rota = vec![0];
        assert_eq!(firm.gap(), None);
        firm.people[0].hours = Some(WeekHours::new(days));
        assert_eq!(firm.gap(), Some((jiff::civil::Weekday::Saturday, Time::MIN)));
        assert_eq!(names(&firm, date(2026, 11, 28).at(8, 59, 0, 0)), Vec::<&str>::new());
        assert_eq!(names(&firm, date(2026, 11, 28).at(9, 0, 0, 0)), ["Yilmaz"]);
    }

    #[test]
    fn days_are_written_in_one_way() {
        assert_eq!(stretch("2026-12-24"), Some((date(2026, 12, 24), date(2026, 12, 24))));
        assert_eq!(stretch("2026-12-24 to 2027-01-01"), Some((date(2026, 12, 24), date(2027, 1, 1))));
        for wrong in ["", "24.12.2026", "2026-12-24 to", "2026-12-25 to 2026-12-24", "2026-02-30", "20261224"]
        {
            assert_eq!(stretch(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nobody_is_rung_twice_and_everybody_has_a_turn(days in -5_000i64..5_000, hour in 0i8..24) {
            let day = date(2026, 11, 23).checked_add(jiff::Span::new().days(days)).unwrap();
            let chain = firm();
            let mut found = names(&chain, day.at(hour, 0, 0, 0));
            prop_assert_eq!(found.last(), Some(&"Wagner"));
            found.sort_unstable();
            prop_assert_eq!(found, ["Brandt", "Wagner", "Yilmaz"]);
        }

        #[test]
        fn never_panics(text in "[-0-9to ]{0,30}|\\PC{0,20}") {
            let _ = stretch(&text);
        }
    }
}
