//! Hours of the week and the technicians who keep them.

use jiff::civil::Time;

use super::nearest::instead;
use super::site::{Technician, WeekHours};
use super::tree::{Item, Table, Written};

/// Days, Monday first, and the groups that a line can stand for.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Stretches of one day.
const STRETCHES_MAX: usize = 8;

/// Reads a week: `every_day` and `monday_to_friday` hold for the days that have no line of their own; a day
/// without any line is closed.
pub fn read(table: Option<Table<'_>>) -> Option<WeekHours> {
    let table = table?;
    let every_day = table.get("every_day").map(|item| stretches(&item));
    let workdays = table.get("monday_to_friday").map(|item| stretches(&item));
    let own = DAYS.map(|day| table.get(day).map(|item| stretches(&item)));
    let mut whole = true;
    let mut nth = 0;
    let days = own.map(|own| {
        let group = workdays.as_ref().filter(|_| nth < 5).or(every_day.as_ref());
        nth += 1;
        let day = own.or_else(|| group.cloned()).unwrap_or(Some(Vec::new()));
        whole &= day.is_some();
        day.unwrap_or_default()
    });
    if whole && days.iter().all(Vec::is_empty) && !table.is_empty() {
        table.found.mistake(
            &table.place,
            "not one hour of the week is in it",
            "monday_to_friday = [\"08:00-17:00\"]".to_owned(),
        );
    }
    table.close();
    whole.then(|| WeekHours::new(days))
}

fn stretches(item: &Item<'_>) -> Option<Vec<(Time, Time)>> {
    let list = item.list()?;
    if list.len() > STRETCHES_MAX {
        item.mistake(format!("has {} stretches; a day has at most {STRETCHES_MAX}", list.len()), None);
        return None;
    }
    let count = list.len();
    let mut day: Vec<((Time, Time), Written)> =
        list.iter().filter_map(|item| item.written()).filter_map(|w| Some((stretch(&w, item)?, w))).collect();
    let mut whole = day.len() == count;
    day.sort_by_key(|(stretch, _)| *stretch);
    for pair in day.windows(2) {
        let (((_, close), earlier), ((open, _), later)) = (&pair[0], &pair[1]);
        if open < close {
            let why = format!("overlaps \"{}\"", earlier.text);
            item.found.mistake(&later.place, why, "stretches that do not overlap".to_owned());
            whole = false;
        }
    }
    whole.then(|| day.into_iter().map(|(stretch, _)| stretch).collect())
}

/// `07:30-16:30`; `24:00` is the end of the day.
fn stretch(written: &Written, item: &Item<'_>) -> Option<(Time, Time)> {
    let parsed =
        written.text.split_once(['-', '–']).and_then(|(open, close)| Some((time(open)?, time(close)?)));
    let Some((open, close)) = parsed else {
        let why = "is not a stretch of a day: from and to, hours and minutes";
        item.found.mistake(&written.place, why, "\"07:30-16:30\"".to_owned());
        return None;
    };
    if open >= close {
        let why = "ends before it begins; a stretch over midnight is written on both days";
        let instead =
            format!("\"{}-24:00\" here and \"00:00-{}\" on the day after", shown(open), shown(close));
        item.found.mistake(&written.place, why, instead);
        return None;
    }
    Some((open, close))
}

/// `07:30`; `24:00` is [`Time::MAX`], the end of the day.
pub fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let figures =
        |text: &str, most| text.len() <= most && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !figures(hour, 2) || minute.len() != 2 || !figures(minute, 2) {
        return None;
    }
    match (hour.parse().ok()?, minute.parse().ok()?) {
        (24, 0) => Some(Time::MAX),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

fn shown(time: Time) -> String {
    if time == Time::MAX { "24:00".to_owned() } else { format!("{:02}:{:02}", time.hour(), time.minute()) }
}

/// Reads one of `[[technicians]]`, with the place of the name.
pub fn technician(table: Table<'_>) -> Option<(Written, Technician)> {
    let name = table.need("name", "name = \"Frau Keller\"").and_then(|item| item.written());
    let skills = table.need("skills", "skills = [\"heating\"]").map(|item| (item.texts(), item));
    if let Some((texts, item)) = &skills {
        if texts.is_empty() {
            item.mistake("is empty: nobody could book them", "[\"heating\"]".to_owned());
        }
        for skill in texts {
            super::tree::check_name(skill, item.found);
        }
    }
    let working = read(table.need_table("working_hours"));
    let emergency = match table.get("emergency_hours") {
        Some(item) => read(item.table()),
        None => working.clone(),
    };
    table.close();
    let (name, (skills, _)) = (name?, skills?);
    let technician = Technician {
        name: name.text.clone(),
        skills: skills.into_iter().map(|skill| skill.text).collect(),
        working_hours: working?,
        emergency_hours: emergency?,
    };
    Some((name, technician))
}

/// Checks that somebody has the skill.
pub fn check_skill(skill: &Written, technicians: &[Technician], table: &super::place::Findings) {
    let mut known: Vec<&str> = technicians.iter().flat_map(|who| &who.skills).map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    if !known.contains(&skill.text.as_str()) {
        let why = format!("no technician has the skill \"{}\", so nobody could be sent", skill.text);
        table.mistake(&skill.place, why, instead(&skill.text, &known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_hours_and_minutes() {
        assert_eq!(time("07:30"), Time::new(7, 30, 0, 0).ok());
        assert_eq!(time("7:30"), Time::new(7, 30, 0, 0).ok());
        assert_eq!(time("24:00"), Some(Time::MAX));
        for wrong in ["", "7", "24:01", "25:00", "07:60", "7:3", "-1:00", "+7:30", "07:30:00", "٧:30"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
