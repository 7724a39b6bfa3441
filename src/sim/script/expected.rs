//! What has to become of a call: the lines of a test that begin with `>`.

use crate::call::understanding::{Signal, SlotKind};

/// What can be expected.
const KNOWN: &str = "one of understood, concern, emergency, asked, answered, said, done, stored, handed over, ended; \
                     with `not` before it: not here, with `never`: nowhere in the call";

/// One expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Where it stands, counted from 1.
    pub line: usize,
    /// How many things the caller has done before it: it holds for what follows from the last of them.
    pub after: usize,
    /// Whether it has to be so.
    pub sense: Sense,
    /// What.
    pub what: What,
    /// As it is written.
    pub text: String,
}

/// Whether something has to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// Here it is.
    Here,
    /// Here it is not.
    NotHere,
    /// Nowhere in this call.
    Never,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// This concern, approved answer or question was the likeliest.
    Intent(String),
    /// A signal.
    Signal(Signal),
    /// A value of that kind; any where nothing is written.
    Value(SlotKind, String),
    /// Nothing at all was understood.
    Nothing,
    /// The call record has this concern (its intent).
    Concern(String),
    /// The call record has it as the craftsman's emergency.
    Emergency,
    /// Klinke asked for this slot, or whether its value is right.
    Asked(String),
    /// Klinke gave this approved answer.
    Answered(String),
    /// Klinke said this: parts in their order, in one or several sentences.
    Said(Vec<String>),
    /// Something was done: `appointment`, `call_back`, …, and words that belong to it.
    Done(String, Vec<String>),
    /// The call record has this value of a slot; any where nothing is written.
    Stored(String, String),
    /// The call was handed over: destination and reason, as far as they are written.
    HandedOver(Vec<String>),
    /// Klinke said goodbye and ended the call.
    Ended,
}

impl Expected {
    /// Reads what stands behind the `>`.
    pub(super) fn parse(line: usize, after: usize, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (sense, wanted) = match split(text) {
            ("not", rest) => (Sense::NotHere, rest),
            ("never", rest) => (Sense::Never, rest),
            _ => (Sense::Here, text),
        };
        let what = what(wanted)?;
        Ok(Self { line, after, sense, what, text: text.to_owned() })
    }
}

fn what(text: &str) -> Result<What, String> {
    let (verb, rest) = split(text);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let need = |example: &str| match rest {
        "" => Err(format!("write what: `> {example}`")),
        rest => Ok(rest.to_owned()),
    };
    match verb {
        "understood" => understood(&need("understood intent heating_failure")?),
        "concern" => need("concern heating_failure").map(What::Concern),
        "emergency" => Ok(What::Emergency),
        "asked" => need("asked address").map(What::Asked),
        "answered" => need("answered opening_hours").map(What::Answered),
        "said" => said(&need("said \"Stimmt das?\"")?),
        "done" => {
            let wanted = need("done appointment 2026-11-24 08:00")?;
            let (action, details) = split(&wanted);
            Ok(What::Done(action.to_owned(), words(details)))
        }
        "stored" => {
            let wanted = need("stored name Weber")?;
            let (slot, value) = split(&wanted);
            Ok(What::Stored(slot.to_owned(), unquoted(value).to_owned()))
        }
        "handed" => match split(rest) {
            ("over", details) => Ok(What::HandedOver(words(details))),
            _ => Err("write `> handed over`, with destination and reason where they matter".to_owned()),
        },
        "ended" => Ok(What::Ended),
        "" => Err(format!("write what is expected: {KNOWN}")),
        verb => Err(format!("\"{verb}\" is not known; {KNOWN}")),
    }
}

fn understood(text: &str) -> Result<What, String> {
    let (kind, value) = split(text);
    match kind {
        "intent" if !value.is_empty() => Ok(What::Intent(value.to_owned())),
        "intent" => Err("write which: `> understood intent heating_failure`".to_owned()),
        "signal" => match named::<Signal>(value) {
            Some(signal) => Ok(What::Signal(signal)),
            None => Err(format!(
                "\"{value}\" is no signal; docs/json.md lists them: wants_human, repeat, wait, …"
            )),
        },
        "nothing" => Ok(What::Nothing),
        "yes" | "no" => Ok(What::Value(SlotKind::YesNo, kind.to_owned())),
        kind => match named::<SlotKind>(kind) {
            Some(kind) => Ok(What::Value(kind, unquoted(value).to_owned())),
            None => Err(format!(
                "\"{kind}\" is no kind of value: intent, signal, nothing, yes, no, or a slot's kind such as address, name, \
                 telephone, date_time"
            )),
        },
    }
}

/// "Ihre Nummer ist … Stimmt das?" is two parts.
fn said(text: &str) -> Result<What, String> {
    let parts = unquoted(text).split('…').map(|part| part.trim().to_owned());
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { Err("write what is said".to_owned()) } else { Ok(What::Said(parts)) }
}

/// One of our own words, as JSON has it.
fn named<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// The first word, and what stands behind it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

/// Without quotation marks around it.
fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '„', '“', '”', '«', '»'])
}
