//! Rules: how English words become the words that the grammars read.
//!
//! A rule is a row of words and its German. In the row `(the)` may be missing, `at|around` is one of both, and classes
//! stand for whatever is of their kind: `%n` a number, `%h` an hour of the clock, `%m` minutes in front of "past" or "to",
//! `%o` the ordinal of a day, `%d` a day of the week, `%M` a month, `%u` a unit of time, `%D` the number of a
//! day, `%T` a clock in figures. In the German `$1` is the first
//! class of the row, `$1+` the next hour, `$1pm` the hour after noon, `$1.` the ordinal.

use std::collections::HashMap;
use std::ops::Range;

use super::numbers::{cardinal, german, german_ordinal, ordinal, small};

/// Days of the week, months and units of time, with their German.
pub(super) const DAYS: &[(&str, &str)] = &[
    ("monday", "montag"),
    ("tuesday", "dienstag"),
    ("wednesday", "mittwoch"),
    ("thursday", "donnerstag"),
    ("friday", "freitag"),
    ("saturday", "samstag"),
    ("sunday", "sonntag"),
];
pub(super) const MONTHS: &[(&str, &str)] = &[
    ("january", "januar"),
    ("february", "februar"),
    ("march", "maerz"),
    ("april", "april"),
    ("may", "mai"),
    ("june", "juni"),
    ("july", "juli"),
    ("august", "august"),
    ("september", "september"),
    ("october", "oktober"),
    ("november", "november"),
    ("december", "dezember"),
];
pub(super) const UNITS: &[(&str, &str)] = &[
    ("second", "sekunde"),
    ("seconds", "sekunden"),
    ("minute", "minute"),
    ("minutes", "minuten"),
    ("hour", "stunde"),
    ("hours", "stunden"),
    ("day", "tag"),
    ("days", "tage"),
    ("night", "nacht"),
    ("nights", "naechte"),
    ("week", "woche"),
    ("weeks", "wochen"),
    ("month", "monat"),
    ("months", "monate"),
    ("year", "jahr"),
    ("years", "jahre"),
];

/// One place of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Word(&'static str),
    Maybe(&'static str),
    OneOf(&'static str),
    Number,
    Hour,
    Minutes,
    Ordinal,
    Day,
    Month,
    Unit,
    DayOfMonth,
    Clock,
}

/// What a class stood for.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Number(u32),
    Word(String),
}

struct Rule {
    places: Vec<Place>,
    german: &'static str,
}

/// Rules by their first word; those that begin with a class or a choice are asked everywhere.
pub(super) struct Rules {
    rules: Vec<Rule>,
    by_word: HashMap<&'static str, Vec<usize>>,
    anywhere: Vec<usize>,
}

impl Rules {
    /// Takes up tables of rows and their German.
    pub fn new(tables: &[&'static [(&'static str, &'static str)]]) -> Self {
        let mut made = Self { rules: Vec::new(), by_word: HashMap::new(), anywhere: Vec::new() };
        for (row, german) in tables.iter().flat_map(|table| table.iter()) {
            let places: Vec<Place> = row.split(' ').map(place).collect();
            let index = made.rules.len();
            match places.first() {
                Some(Place::Word(word)) => made.by_word.entry(word).or_default().push(index),
                _ => made.anywhere.push(index),
            }
            made.rules.push(Rule { places, german });
        }
        made
    }

    /// Every word that stands in a row.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.rules.iter().flat_map(|rule| rule.places.iter()).flat_map(|place| match *place {
            Place::Word(word) | Place::Maybe(word) | Place::OneOf(word) => word.split('|').collect(),
            _ => Vec::new(),
        })
    }

    /// The German of the longest row that `words` begin with, and how many words that are; of several the first.
    pub fn german(&self, words: &[&str]) -> Option<(Vec<String>, usize)> {
        let first = words.first()?;
        let known = self.by_word.get(first).into_iter().flatten().chain(&self.anywhere);
        let mut best: Option<(&Rule, Vec<Said>, usize)> = None;
        for index in known {
            let Some(rule) = self.rules.get(*index) else { continue };
            let mut said = Vec::new();
            if let Some(end) = follows(&rule.places, words, 0, &mut said)
                && best.as_ref().is_none_or(|(_, _, longest)| end > *longest)
            {
                best = Some((rule, said, end));
            }
        }
        let (rule, said, end) = best?;
        Some((rule.german.split_whitespace().map(|word| filled(word, &said)).collect(), end))
    }
}

fn place(written: &'static str) -> Place {
    match written {
        "%n" => Place::Number,
        "%h" => Place::Hour,
        "%m" => Place::Minutes,
        "%o" => Place::Ordinal,
        "%d" => Place::Day,
        "%M" => Place::Month,
        "%u" => Place::Unit,
        "%D" => Place::DayOfMonth,
        "%T" => Place::Clock,
        _ if written.contains('|') => Place::OneOf(written),
        _ => match written.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
            Some(inner) => Place::Maybe(inner),
            None => Place::Word(written),
        },
    }
}

/// Where the row ends that begins at `at`; what its classes stand for is added to `said`.
fn follows(places: &[Place], words: &[&str], at: usize, said: &mut Vec<Said>) -> Option<usize> {
    let mut at = at;
    for place in places {
        let word = words.get(at).copied().unwrap_or_default();
        let rest = words.get(at..).unwrap_or_default();
        let taken = match place {
            Place::Word(known) => usize::from(*known == word).checked_sub(1).map(|_| 1),
            Place::Maybe(known) => Some(usize::from(*known == word)),
            Place::OneOf(known) => known.split('|').any(|one| one == word).then_some(1),
            Place::Number => number(cardinal(rest), 0..1_000_000, said),
            Place::Hour => number(small(rest), 0..25, said),
            Place::Minutes => number(small(rest), 1..30, said),
            Place::Ordinal => ordinal(rest).map(|(value, taken)| {
                said.push(Said::Word(german_ordinal(value)));
                taken
            }),
            Place::Day => named(DAYS, word.strip_suffix('s').unwrap_or(word), said),
            Place::Month => named(MONTHS, word, said),
            Place::Unit => named(UNITS, word, said),
            Place::DayOfMonth => number(small(rest), 1..32, said),
            Place::Clock => word.contains(':').then(|| {
                said.push(Said::Word(word.to_owned()));
                1
            }),
        };
        at += taken?;
    }
    Some(at)
}

fn number(found: Option<(u32, usize)>, range: Range<u32>, said: &mut Vec<Said>) -> Option<usize> {
    let (value, taken) = found.filter(|(value, _)| range.contains(value))?;
    said.push(Said::Number(value));
    Some(taken)
}

fn named(table: &[(&str, &str)], word: &str, said: &mut Vec<Said>) -> Option<usize> {
    let (_, german) = table.iter().find(|(name, _)| *name == word)?;
    said.push(Said::Word((*german).to_owned()));
    Some(1)
}

/// `3:20` as the clock has it after noon.
fn afternoon(clock: &str) -> Option<String> {
    let (hour, minute) = clock.split_once(':')?;
    let hour: u32 = hour.parse().ok().filter(|hour| *hour < 12)?;
    Some(format!("{}:{minute}", hour + 12))
}

/// A word of the German, with what its class stood for.
fn filled(word: &str, said: &[Said]) -> String {
    let Some((head, rest)) = word.split_once('$') else { return word.to_owned() };
    let (which, how) = rest.split_at(rest.len().min(1));
    let Some(said) = which.parse::<usize>().ok().and_then(|which| said.get(which.checked_sub(1)?)) else {
        return String::new();
    };
    let said = match (said, how) {
        (Said::Word(word), "pm") => afternoon(word).unwrap_or_else(|| word.clone()),
        (Said::Word(word), _) => word.clone(),
        (Said::Number(hour), "+") => german(hour % 12 + 1),
        (Said::Number(hour), "pm") => german(if *hour < 12 { hour + 12 } else { *hour }),
        (Said::Number(hour), "am") => german(hour % 12),
        (Said::Number(value), ".") => german_ordinal(*value),
        (Said::Number(value), _) => german(*value),
    };
    format!("{head}{said}")
}
