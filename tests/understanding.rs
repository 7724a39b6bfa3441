//! Promise to callers: what Germans say on the telephone is understood as they mean it.
//!
//! The tables in `tests/understanding/*.psv` hold what is said and what it means, in a notation a person can read.

#[path = "understanding/notation.rs"]
mod notation;
#[path = "understanding/site.rs"]
mod site;

use jiff::Zoned;
use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{Understander, Understood};

use notation::{moment, signals, slots};

/// When the tables' callers call, where they do not say so.
const USUAL: &str = "2026-11-23T10:00";

struct Row<'t> {
    line: usize,
    text: &'t str,
    expect: Vec<Expect>,
    wanted: &'t str,
    now: Zoned,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let mut now = moment(USUAL);
    let mut rows = Vec::new();
    for (index, line) in table.lines().enumerate() {
        if let Some(written) = line.strip_prefix("@ ") {
            now = moment(written);
        } else if !line.starts_with('#') && !line.is_empty() {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            let [text, expect, wanted] = fields[..] else { panic!("line {}: {line}", index + 1) };
            let expect = expect.split(',').filter(|kind| !kind.is_empty()).map(|kind| kind.parse().unwrap());
            rows.push(Row { line: index + 1, text, expect: expect.collect(), wanted, now: now.clone() });
        }
    }
    rows
}

/// Every row means what it says; all that do not are told at once.
fn holds(table: &str, rendered: fn(&Understood) -> String) {
    let understander = Understander::new(&site::heating());
    let mut wrong = Vec::new();
    let rows = rows(table);
    assert!(rows.len() > 10, "the table is nearly empty");
    for row in &rows {
        let found = rendered(&understander.understand(&Transcript::typed(row.text), &row.now, &row.expect));
        if found != row.wanted {
            wrong.push(format!(
                "line {}: {:?}\n  wanted {}\n  found  {found}",
                row.line, row.text, row.wanted
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn yes_and_no() {
    holds(include_str!("understanding/yes_no.psv"), slots);
}

#[test]
fn times_of_day() {
    holds(include_str!("understanding/times.psv"), slots);
}

#[test]
fn days() {
    holds(include_str!("understanding/days.psv"), slots);
}

#[test]
fn quantities() {
    holds(include_str!("understanding/numbers.psv"), slots);
}

#[test]
fn telephone_numbers_and_digits() {
    holds(include_str!("understanding/digits.psv"), slots);
}

#[test]
fn names() {
    holds(include_str!("understanding/names.psv"), slots);
}

#[test]
fn addresses() {
    holds(include_str!("understanding/addresses.psv"), slots);
}

#[test]
fn what_is_typed_and_not_said() {
    holds(include_str!("understanding/written.psv"), slots);
}

#[test]
fn several_things_in_one_sentence() {
    holds(include_str!("understanding/together.psv"), slots);
}

#[test]
fn words_that_signal_something() {
    holds(include_str!("understanding/signals.psv"), signals);
}
