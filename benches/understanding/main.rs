//! How much of the written corpus (`models/training/expressions`) the product understands, value by value,
//! and how long it takes; which concerns it finds; and how the conversations of the shipped sites go.
//!
//! `cargo bench --bench understanding [-- --out FOLDER]` writes `understanding.md` into `docs/measurements`, or into
//! that folder. Which lines are not understood `cargo test --test expressions -- --nocapture` tells.

mod conversations;
#[path = "../../tests/understanding/corpus.rs"]
#[expect(dead_code, reason = "the test tells which lines they are")]
mod corpus;
#[path = "../../tests/understanding/held_out.rs"]
mod held_out;
#[path = "../../tests/understanding/intent_task.rs"]
mod intent_task;
mod intents;
#[path = "../../tests/understanding/notation.rs"]
#[expect(dead_code, reason = "signals are not asked for here")]
mod notation;
#[path = "../../tests/understanding/site.rs"]
mod site;
#[path = "../../tests/understanding/xsid.rs"]
mod xsid;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use klinke::daemon::clock::Clock;

/// How often each expression is asked; the shortest counts, so that a busy machine does not.
const ROUNDS: usize = 5;

/// Lines or values: how many there are and how many were right.
#[derive(Clone, Copy, Default)]
struct Count {
    right: usize,
    all: usize,
}

impl Count {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }
}

/// What kind of value a written one is, as the corpus counts them.
fn kind(value: &str) -> &'static str {
    let value = value.trim_start_matches(['=', '!', '~']);
    let (name, rest) = value.split_once(' ').unwrap_or((value, ""));
    match name {
        "yes" | "no" => "yes and no",
        "day" | "week" | "month" | "year" => "days, weeks, months",
        "minute" | "hour" | "part" if rest.starts_with('T') => "times",
        "minute" | "hour" | "part" => "a day and a time",
        "tel" => "telephone numbers",
        "digits" => "digits",
        "code" => "codes",
        "number" => "numbers",
        "name" => "names",
        "address" => "addresses",
        "duration" => "durations",
        "money" => "money",
        "iban" => "IBAN",
        "email" => "e-mail addresses",
        _ => "no value at all",
    }
}

/// Counts each wanted value as right where it was found, once for each time it is wanted.
fn count(outcome: &corpus::Outcome, by_kind: &mut BTreeMap<&'static str, Count>) {
    let mut found: Vec<&str> = outcome.found.split("; ").collect();
    for wanted in outcome.wanted.split("; ") {
        let place = found.iter().position(|value| *value == wanted);
        by_kind.entry(kind(wanted)).or_default().add(place.is_some());
        if let Some(place) = place {
            found.swap_remove(place);
        }
    }
}

/// What machine this is.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": an unknown CPU");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{cores} cores ({})", name.trim_start_matches([' ', '\t', ':']))
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let folder =
        arguments.iter().position(|argument| argument == "--out").and_then(|at| arguments.get(at + 1));
    let folder = folder.map_or("docs/measurements", String::as_str);
    let (mut lines, mut values) = (BTreeMap::new(), BTreeMap::new());
    let mut times: Vec<Duration> = Vec::new();
    for (name, text) in corpus::files() {
        let outcomes = corpus::ask(&text, |ask| {
            let shortest = (0..ROUNDS).map(|_| {
                let began = Instant::now();
                ask();
                began.elapsed()
            });
            times.extend(shortest.min());
        });
        let of_file: &mut Count = lines.entry(name).or_default();
        for outcome in &outcomes {
            of_file.add(outcome.is_right());
            count(outcome, &mut values);
        }
    }
    let told = report(&lines, &values, &mut times) + &intents::report() + &conversations::report();
    print!("{told}");
    std::fs::create_dir_all(folder).expect("the folder can be made");
    std::fs::write(format!("{folder}/understanding.md"), told).expect("the report can be written");
}

fn report(
    lines: &BTreeMap<String, Count>,
    values: &BTreeMap<&'static str, Count>,
    times: &mut [Duration],
) -> String {
    times.sort_unstable();
    let at = |share: f64| {
        let place = ((times.len().saturating_sub(1)) as f64 * share) as usize;
        times.get(place).copied().unwrap_or_default().as_secs_f64() * 1e6
    };
    let all = lines.values().fold(Count::default(), |sum, count| Count {
        right: sum.right + count.right,
        all: sum.all + count.all,
    });
    let date = Clock::start().wall().strftime("%-d %B %Y").to_string();
    let mut told = format!(
        "# What is understood of what callers say\n\n\
         {date}; {}; {} build. `cargo bench --bench understanding` writes this page.\n\n\
         The corpus in `models/training/expressions` (German and English, written for this project, not a sample of real\n\
         calls; it asks for more than the grammars can do on purpose) run through the product's understanding as in a\n\
         call: the moment, the opening hours, the Land and what was asked for as the corpus' README has them. A line is\n\
         right where all its values, their marks and their order are; a value is, where it was found with its marks. The\n\
         grammars were worked on with this corpus in sight: what others say will be understood less often.\n\n\
         **{} of {} lines ({:.1} %).** Time an expression, typed words to values (shortest of {ROUNDS}): median {:.0} µs,\n\
         95th percentile {:.0} µs, longest {:.0} µs.\n\n",
        machine(),
        if cfg!(debug_assertions) { "debug" } else { "release" },
        all.right,
        all.all,
        all.percent(),
        at(0.5),
        at(0.95),
        at(1.0),
    );
    told.push_str("| kind of value | found exactly | of | % |\n|---|---|---|---|\n");
    for (kind, count) in values {
        let _ = writeln!(told, "| {kind} | {} | {} | {:.1} |", count.right, count.all, count.percent());
    }
    told.push_str("\n| file | lines right | of | % |\n|---|---|---|---|\n");
    for (file, count) in lines {
        let _ = writeln!(told, "| `{file}` | {} | {} | {:.1} |", count.right, count.all, count.percent());
    }
    told
}
