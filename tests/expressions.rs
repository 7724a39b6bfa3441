//! Promise to callers: the thousands of expressions in `models/training/expressions` are understood as their authors
//! mean them, file by file at least as well as they ever were.
//!
//! `cargo test --test expressions -- --nocapture` prints every line that is not; `KLINKE_EXPRESSIONS=clock` only those of
//! that file.

#[path = "understanding/corpus.rs"]
mod corpus;
#[path = "understanding/notation.rs"]
#[expect(dead_code, reason = "signals are not asked for here")]
mod notation;
#[path = "understanding/site.rs"]
mod site;

/// Lines that are right, at least. Whoever makes more of them right raises the figure.
const RIGHT_MIN: &[(&str, usize)] = &[
    ("addresses", 170),
    ("callers_nothing", 91),
    ("callers_numbers", 71),
    ("callers_people", 74),
    ("callers_when", 150),
    ("clock", 258),
    ("corrections", 120),
    ("day_and_time", 185),
    ("day_ranges", 112),
    ("days_dates", 179),
    ("days_relative", 196),
    ("digits", 107),
    ("durations", 173),
    ("email", 116),
    ("english_callers", 107),
    ("english_days", 171),
    ("english_other", 182),
    ("english_times", 148),
    ("english_wording", 58),
    ("hedged_negated", 124),
    ("holidays", 202),
    ("iban", 71),
    ("money", 113),
    ("months", 152),
    ("names", 143),
    ("nothing", 291),
    ("numbers", 164),
    ("opening_hours", 93),
    ("other_moments", 243),
    ("parts_and_ranges", 189),
    ("spelling", 149),
    ("telephone", 153),
    ("together", 39),
    ("weeks", 179),
    ("wording", 487),
    ("yes_no", 306),
];

#[test]
fn every_file_is_understood_as_well_as_before() {
    let only = std::env::var("KLINKE_EXPRESSIONS").ok();
    let files = corpus::files();
    let (mut all, mut right_of_all, mut worse) = (0, 0, Vec::new());
    for (name, text) in &files {
        let outcomes = corpus::ask(text, |ask| ask());
        let right = outcomes.iter().filter(|outcome| outcome.is_right()).count();
        (all, right_of_all) = (all + outcomes.len(), right_of_all + right);
        if only.as_ref().is_none_or(|only| only == name) {
            for outcome in outcomes.iter().filter(|outcome| !outcome.is_right()) {
                let (line, text) = (outcome.line, &outcome.text);
                println!(
                    "{name}:{line}: {text}\n    wanted {}\n    found  {}",
                    outcome.wanted, outcome.found
                );
            }
        }
        println!("{name}: {right} of {}", outcomes.len());
        let least = RIGHT_MIN.iter().find(|(known, _)| known == name);
        let least = least.unwrap_or_else(|| panic!("{name} has no floor in RIGHT_MIN")).1;
        if right < least {
            worse.push(format!("{name}: {right} of {}, it were {least}", outcomes.len()));
        }
    }
    println!("all: {right_of_all} of {all}");
    assert_eq!(files.len(), RIGHT_MIN.len(), "a file of the corpus is missing, or its floor");
    assert!(worse.is_empty(), "worse than before:\n{}", worse.join("\n"));
}
