//! Promise to callers: whoever is in danger, wants a human or asks who listens is heard in whatever ordinary words he
//! says it, and nobody else is.
//!
//! `tests/understanding/said.txt` holds the sentences. Danger to life must never be missed and hardly ever be false, so no
//! line of it may be wrong; of the others none may be either.

#[path = "understanding/notation.rs"]
#[expect(dead_code, reason = "values are not asked for here")]
mod notation;
#[path = "understanding/site.rs"]
mod site;

use klinke::call::hearing::Transcript;
use klinke::call::understanding::Understander;

const SAID: &str = include_str!("understanding/said.txt");
/// Sentences that raise a signal, and such that raise none, at least.
const RAISING_MIN: usize = 250;
const SILENT_MIN: usize = 150;

#[test]
fn whoever_signals_something_is_heard_and_nobody_else() {
    let understander = Understander::new(&site::heating());
    let now = notation::moment("2026-11-23T10:00");
    let (mut under, mut raising, mut silent, mut wrong) = ("none", 0, 0, Vec::new());
    for line in SAID.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(name) = line.strip_prefix("@ ") {
            under = name;
            continue;
        }
        let found = notation::signals(&understander.understand(&Transcript::typed(line), &now, &[]));
        let raised = |name: &str| found.split(", ").any(|one| one == name);
        let right = match under {
            "none" => found == "-",
            "no danger" => !raised("danger_to_life"),
            name => raised(name),
        };
        *(if matches!(under, "none" | "no danger") { &mut silent } else { &mut raising }) += 1;
        if !right {
            wrong.push(format!("{under}: {line}: {found}"));
        }
    }
    assert!(raising >= RAISING_MIN && silent >= SILENT_MIN, "{raising} and {silent} sentences");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
