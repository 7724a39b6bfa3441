//! The verdict on a call: what of a test's expectations did not hold, and what happened instead. Pure: script and
//! account in, failures out.

use super::account::{Account, Speaker, Turn};
use super::script::{Expected, Script, Sense, Step, What};
use crate::call::dialogue::Move;
use crate::call::dialogue::wording::written;
use crate::call::line::Destination;
use crate::call::understanding::{SlotKind, SlotValue, Understood, Value};
use crate::config::site::Language;
use crate::record::{CallRecord, Ending};

/// An expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its line in the test.
    pub line: usize,
    /// What was expected.
    pub wanted: String,
    /// What happened instead.
    pub instead: String,
}

/// Values that colleagues were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Other than the test has them stored.
    pub wrong: usize,
    /// Of slots that the test says nothing of.
    pub unchecked: usize,
    /// All of them.
    pub all: usize,
}

/// What did not hold, in the order of the file.
#[must_use]
pub fn failures(script: &Script, account: &Account) -> Vec<Failure> {
    let record = account.record();
    let mut failures: Vec<Failure> =
        script.expected.iter().filter_map(|expected| failure(expected, account, &record)).collect();
    failures.extend(unsaid(script, account, &record));
    if let Ending::HandedOver { reason, .. } = &record.ending
        && reason == "fault"
        && !script.expected.iter().any(|expected| matches!(expected.what, What::HandedOver(_)))
    {
        let line = script.lines.last().copied().unwrap_or(1);
        let instead = "something failed, and the call was handed over (fault)".to_owned();
        failures.push(Failure { line, wanted: "a call without a fault".to_owned(), instead });
    }
    failures.sort_by_key(|failure| failure.line);
    failures
}

/// How the values of the orders that were carried out compare with what the test has stored.
#[must_use]
pub fn told(script: &Script, account: &Account) -> Told {
    let mut last: Vec<(&str, &str)> = Vec::new();
    for (slot, value) in account.done().flat_map(|done| &done.fields) {
        last.retain(|(known, _)| known != slot);
        last.push((slot, value));
    }
    let mut told = Told { all: last.len(), ..Told::default() };
    for (slot, value) in last {
        let stored = script.expected.iter().rev().find_map(|expected| match &expected.what {
            What::Stored(name, wanted) if name == slot && expected.sense == Sense::Here => Some(wanted),
            _ => None,
        });
        match stored {
            Some(wanted) if same(wanted, value) => {}
            Some(wanted) if !wanted.is_empty() => told.wrong += 1,
            // what is no slot, such as another time that is wanted
            _ if script.expected.iter().any(|expected| is_done_with(expected, value)) => {}
            _ => told.unchecked += 1,
        }
    }
    told
}

/// Whether something is expected to be done with a word of this value.
fn is_done_with(expected: &Expected, value: &str) -> bool {
    let What::Done(_, words) = &expected.what else { return false };
    expected.sense == Sense::Here && words.iter().any(|word| has_words(value, std::slice::from_ref(word)))
}

/// The first thing that the caller did not come to do.
fn unsaid(script: &Script, account: &Account, record: &CallRecord) -> Option<Failure> {
    let reached = account.turns.len() - 1;
    let step =
        script.steps.get(reached).filter(|step| !matches!(step, Step::HangUp | Step::HangUpAfter(_)))?;
    let what = match step {
        Step::Say(text) | Step::Interrupt(_, text) => format!("the caller says: {text}"),
        _ => "the caller does this".to_owned(),
    };
    let line = script.lines.get(reached).copied().unwrap_or(1);
    Some(Failure { line, wanted: what, instead: format!("the call was over: {}", ending(record)) })
}

fn failure(expected: &Expected, account: &Account, record: &CallRecord) -> Option<Failure> {
    let whole = matches!(expected.what, What::HandedOver(_) | What::Ended);
    let turns: &[Turn] = match expected.sense {
        Sense::Never => &account.turns,
        _ if whole => &account.turns,
        _ => account.turns.get(expected.after..=expected.after).unwrap_or_default(),
    };
    let fail =
        |instead: String| Some(Failure { line: expected.line, wanted: expected.text.clone(), instead });
    if turns.is_empty() {
        return fail(format!("the call was over: {}", ending(record)));
    }
    let holds = match &expected.what {
        What::HandedOver(_) if expected.sense == Sense::NotHere => {
            let decided = account.turns.get(expected.after).map_or(&[][..], |turn| &turn.moves);
            decided.iter().any(|it| matches!(it, Move::HandOver { .. } | Move::SayDanger))
        }
        What::HandedOver(words) => handed_over(words, record),
        What::Ended => record.ending == Ending::Completed,
        what => turns.iter().any(|turn| holds(what, turn, account.language)),
    };
    if holds == (expected.sense == Sense::Here) {
        return None;
    }
    fail(instead(&expected.what, turns, account.language, record))
}

fn holds(what: &What, turn: &Turn, language: Language) -> bool {
    let understood = || turn.understood.iter();
    let slots = || understood().flat_map(|understood| &understood.slots);
    match what {
        What::Intent(name) => {
            understood().any(|it| it.intents.first().is_some_and(|intent| intent.name == *name))
        }
        What::Signal(signal) => understood().any(|it| it.signals.contains(signal)),
        What::Value(kind, wanted) => {
            slots().filter(|slot| slot.kind() == *kind).any(|slot| means(slot, wanted, language))
        }
        What::Nothing => turn.understood.iter().all(|it| *it == Understood::default()),
        What::Concern(name) => turn.concern.as_ref().is_some_and(|(concern, _)| concern == name),
        What::Emergency => turn.concern.as_ref().is_some_and(|(_, emergency)| *emergency),
        What::Asked(name) => turn.moves.iter().any(|decided| match decided {
            Move::Ask { slot, .. } | Move::Confirm { slot } => slot == name,
            _ => false,
        }),
        What::Answered(id) => {
            turn.moves.iter().any(|it| matches!(it, Move::Answer { source } if source == id))
        }
        What::Said(parts) => is_said(parts, &klinke(turn)),
        What::Done(action, words) => {
            turn.done.iter().any(|done| done.action == *action && has_words(&done.text, words))
        }
        What::Stored(slot, wanted) => {
            turn.slots.iter().any(|(name, value)| name == slot && !value.is_empty() && fits(wanted, value))
        }
        What::HandedOver(_) | What::Ended => false,
    }
}

/// Everything Klinke said in a turn.
fn klinke(turn: &Turn) -> String {
    let said = turn.said.iter().filter(|(who, _)| *who == Speaker::Klinke).map(|(_, text)| text.as_str());
    said.collect::<Vec<_>>().join(" ")
}

/// Whether the parts are said in their order, whatever their case.
fn is_said(parts: &[String], said: &str) -> bool {
    let said = said.to_lowercase();
    let mut rest = said.as_str();
    parts.iter().all(|part| match rest.split_once(&part.to_lowercase()) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

fn has_words(text: &str, words: &[String]) -> bool {
    let known: Vec<&str> = text.split_whitespace().map(bare).collect();
    words.iter().all(|word| known.contains(&bare(word)))
}

fn bare(word: &str) -> &str {
    word.trim_matches([',', ';', '.'])
}

/// Whether a value is the one that is written in a test, as records have it; a time also as `2026-11-24`,
/// `2026-11-24 08:00` or `08:00`.
fn means(slot: &SlotValue, wanted: &str, language: Language) -> bool {
    if fits(wanted, &written(&slot.value, language)) {
        return true;
    }
    match &slot.value {
        Value::YesNo { value } => wanted == if *value { "yes" } else { "no" },
        Value::DateTime { value, .. } => ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%H:%M"]
            .iter()
            .any(|form| value.strftime(form).to_string() == wanted),
        _ => false,
    }
}

fn fits(wanted: &str, value: &str) -> bool {
    wanted.is_empty() || same(wanted, value)
}

/// Whether two values differ in nothing but spaces, commas and strokes.
fn same(one: &str, other: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| !c.is_whitespace() && !",/-".contains(*c)).collect::<String>();
    bare(one) == bare(other)
}

fn handed_over(words: &[String], record: &CallRecord) -> bool {
    let Ending::HandedOver { destination, reason } = &record.ending else { return false };
    words
        .iter()
        .all(|word| word == reason || whither(destination).split_whitespace().any(|known| known == word))
}

fn whither(destination: &Destination) -> String {
    match destination {
        Destination::Extension(extension) => extension.clone(),
        Destination::Device(device) => format!("device:{device}"),
        Destination::Queue(queue) => format!("queue:{queue}"),
        Destination::Fallback => "fallback".to_owned(),
    }
}

fn ending(record: &CallRecord) -> String {
    match &record.ending {
        Ending::Completed => "ended with a goodbye".to_owned(),
        Ending::HungUp { .. } => "the caller hung up".to_owned(),
        Ending::HandedOver { destination, reason } => {
            format!("handed over {} {reason}", whither(destination))
        }
        Ending::CutOff | Ending::Unfinished => "without an end".to_owned(),
    }
}

/// What happened where something else was expected.
fn instead(what: &What, turns: &[Turn], language: Language, record: &CallRecord) -> String {
    let each = |of: &dyn Fn(&Turn) -> Vec<String>| turns.iter().flat_map(of).collect::<Vec<_>>();
    let happened = match what {
        What::Intent(_) | What::Signal(_) | What::Value(..) | What::Nothing => {
            each(&|turn| turn.understood.iter().flat_map(|it| meaning(it, language)).collect())
        }
        What::Concern(_) | What::Emergency => each(&|turn| {
            let told = |(name, emergency): &(String, bool)| {
                format!("concern {name}{}", if *emergency { ", an emergency" } else { "" })
            };
            turn.concern.iter().map(told).collect()
        }),
        What::Asked(_) | What::Answered(_) => each(&|turn| turn.moves.iter().map(decided).collect()),
        What::Said(_) => each(&|turn| vec![format!("“{}”", klinke(turn))]),
        What::Done(..) => {
            each(&|turn| turn.done.iter().map(|done| format!("{} {}", done.action, done.text)).collect())
        }
        What::Stored(slot, _) => each(&|turn| {
            let known = turn.slots.iter().filter(|(name, value)| name == slot && !value.is_empty());
            known.map(|(name, value)| format!("{name} {value}")).collect()
        }),
        What::HandedOver(_) | What::Ended => vec![ending(record)],
    };
    if happened.is_empty() { "nothing of the kind".to_owned() } else { happened.join("; ") }
}

fn meaning(understood: &Understood, language: Language) -> Vec<String> {
    let intents =
        understood.intents.iter().take(2).map(|it| format!("intent {} ({:.2})", it.name, it.confidence));
    let values = understood.slots.iter().map(|slot| {
        let marks: String = slot.marks().map(|mark| format!(", {mark}")).collect();
        format!("{} {} ({:.2}{marks})", word(&slot.kind()), shown(slot, language), slot.confidence)
    });
    let signals = understood.signals.iter().map(|signal| format!("signal {}", word(signal)));
    intents.chain(values).chain(signals).collect()
}

fn shown(slot: &SlotValue, language: Language) -> String {
    match (&slot.value, slot.kind()) {
        (Value::DateTime { value, .. }, SlotKind::DateTime) => value.strftime("%Y-%m-%d %H:%M").to_string(),
        (value, _) => written(value, language),
    }
}

fn decided(decided: &Move) -> String {
    let json = serde_json::to_value(decided).unwrap_or_default();
    let rest = json.as_object().into_iter().flatten().filter(|(key, _)| *key != "move").map(|(_, it)| it);
    let words = [&json["move"]].into_iter().chain(rest).filter_map(serde_json::Value::as_str);
    words.collect::<Vec<_>>().join(" ")
}

/// One of our own words, as JSON has it.
fn word(of: &impl serde::Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
}
