//! The written corpus (`models/training/expressions`): read as its README says, and held against what
//! the product understands.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Zoned;
use jiff::civil::Time;
use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{Land, Understander};
use klinke::config::site::WeekHours;

use crate::notation::{moment, slots};
use crate::site;

/// When callers call, where a file does not say so.
const USUAL: &str = "2026-11-23T10:00";
const DAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];

/// What became of one line.
pub struct Outcome {
    pub line: usize,
    pub text: String,
    pub wanted: String,
    pub found: String,
}

impl Outcome {
    pub fn is_right(&self) -> bool {
        self.wanted == self.found
    }
}

/// The files, by name; English ones begin with "english".
pub fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/training/expressions");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "psv"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// Asks every line of a file. `asked` is called around each question, for whoever wants to know how long it takes.
pub fn ask(file: &str, mut timed: impl FnMut(&mut dyn FnMut())) -> Vec<Outcome> {
    let mut now = moment(USUAL);
    let mut open = site::heating().opening_hours;
    let mut land = None;
    let mut understander = made(&open, land);
    let mut outcomes = Vec::new();
    for (index, line) in file.lines().enumerate() {
        if let Some(written) = line.strip_prefix("@ open ") {
            open = opening_hours(written);
            understander = made(&open, land);
        } else if let Some(written) = line.strip_prefix("@ land ") {
            land = Some(written.trim().parse::<Land>().unwrap());
            understander = made(&open, land);
        } else if let Some(written) = line.strip_prefix("@ ") {
            now = moment(written);
        } else if !line.starts_with('#') && !line.is_empty() {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            let [text, kinds, wanted] = fields[..] else { panic!("line {}: {line}", index + 1) };
            let (heard, expect) = (Transcript::typed(text), expected(kinds));
            let mut found = String::new();
            timed(&mut || found = understood(&understander, &heard, &now, &expect));
            outcomes.push(Outcome { line: index + 1, text: text.into(), wanted: wanted.into(), found });
        }
    }
    outcomes
}

fn understood(understander: &Understander, heard: &Transcript, now: &Zoned, expect: &[Expect]) -> String {
    slots(&understander.understand(heard, now, expect))
}

fn made(open: &WeekHours, land: Option<Land>) -> Understander {
    let mut site = site::heating();
    site.opening_hours = open.clone();
    Understander::new(&site).in_land(land)
}

/// What a call hopes for.
fn expected(kinds: &str) -> Vec<Expect> {
    kinds.split(',').filter(|kind| !kind.is_empty()).map(|kind| kind.parse().unwrap()).collect()
}

/// `Mo-Fr 08:00-12:00, Mo 15:00-18:00`; `-`: none are known. What ends after midnight ends on the next day.
fn opening_hours(written: &str) -> WeekHours {
    let mut days: [Vec<(Time, Time)>; 7] = Default::default();
    let written = if written.trim() == "-" { "" } else { written };
    for stretch in written.split(',').map(str::trim).filter(|stretch| !stretch.is_empty()) {
        let (on, hours) = stretch.split_once(' ').unwrap();
        let (first, last) = on.split_once('-').unwrap_or((on, on));
        let place = |day: &str| DAYS.iter().position(|name| *name == day).unwrap();
        let (open, close) = hours.split_once('-').unwrap();
        let time = |text: &str| if text == "24:00" { Time::MAX } else { text.parse().unwrap() };
        let (open, close) = (time(open), time(close));
        for day in place(first)..=place(last) {
            if open < close {
                days[day].push((open, close));
            } else {
                days[day].push((open, Time::MAX));
                days[(day + 1) % 7].push((Time::midnight(), close));
            }
        }
    }
    WeekHours::new(days)
}
