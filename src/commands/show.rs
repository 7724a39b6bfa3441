//! A call on the terminal, as it happens, in the language of the site.

use std::io::{IsTerminal, Write, stdout};

use crate::call::actions::Outcome;
use crate::call::understanding::{SlotValue, Understood, Value};
use crate::call::{Event, Onlooker};
use crate::config::site::Language;

/// Prints events for people.
pub struct Terminal {
    language: Language,
    colour: bool,
    /// Reaction times, for the summary.
    pub reactions_ms: Vec<u64>,
}

impl Terminal {
    /// On standard output; coloured where that is a terminal.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, colour: stdout().is_terminal(), reactions_ms: Vec::new() }
    }

    /// Prints something that is no event. A terminal that is gone ends nothing.
    pub fn print(&self, text: &str) {
        let _ = writeln!(stdout(), "{text}");
    }

    fn say<'a>(&self, german: &'a str, english: &'a str) -> &'a str {
        match self.language {
            Language::German => german,
            Language::English => english,
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn line(&self, at_ms: u64, who: &str, text: &str) {
        let at = format!("{:>3}:{:04.1}", at_ms / 60_000, (at_ms % 60_000) as f64 / 1000.0);
        let mut out = stdout().lock();
        // A terminal that is gone ends nothing.
        let _ = writeln!(out, "{} {who} {text}", self.paint("2", &at));
        let _ = out.flush();
    }

    fn note(&self, at_ms: u64, text: &str) {
        self.line(at_ms, "         ", &self.paint("2", text));
    }
}

impl Onlooker for Terminal {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Heard { ended_ms, text, confidence, .. } => {
                let who = self.paint("36", &format!("{:<9}", self.say("Anrufer", "caller")));
                self.line(*ended_ms, &who, &format!("„{}“  ({:.0} %)", text.reveal(), confidence * 100.0));
            }
            Event::Understood { at_ms, understood } => {
                self.note(
                    *at_ms,
                    &format!("{} {}", self.say("verstanden:", "understood:"), meaning(understood)),
                );
            }
            Event::Move { at_ms, decided } => {
                let json = serde_json::to_value(decided).unwrap_or_default();
                self.note(*at_ms, &format!("{} {}", self.say("Zug:", "move:"), flat(&json, "move")));
            }
            Event::Order { at_ms, order, .. } => {
                let json = serde_json::to_value(order).unwrap_or_default();
                self.note(*at_ms, &format!("{} {}", self.say("Auftrag:", "order:"), flat(&json, "order")));
            }
            Event::Outcome { at_ms, outcome, .. } => {
                let json = serde_json::to_value(outcome).unwrap_or_default();
                let text = format!("{} {}", self.say("Ergebnis:", "outcome:"), flat(&json, "outcome"));
                match outcome {
                    Outcome::Failed { .. } => self.line(*at_ms, "         ", &self.paint("31", &text)),
                    _ => self.note(*at_ms, &text),
                }
            }
            Event::Spoke { began_ms, reaction_ms, interrupted, text, .. } => {
                let who = self.paint("32", &format!("{:<9}", "Klinke"));
                let cut = if *interrupted { self.say(" — unterbrochen", " — interrupted") } else { "" };
                let reaction = reaction_ms.map_or_else(String::new, |ms| {
                    self.reactions_ms.push(ms);
                    format!("  [{} {ms} ms]", self.say("nach", "after"))
                });
                self.line(
                    *began_ms,
                    &who,
                    &format!("„{}“{cut}{}", text.reveal(), self.paint("33", &reaction)),
                );
            }
            Event::Ended { length_ms, .. } => {
                self.note(*length_ms, self.say("Gespräch beendet", "call ended"))
            }
        }
    }
}

/// Intents and slots in one line.
fn meaning(understood: &Understood) -> String {
    let intents = understood.intents.iter().take(2).map(|it| format!("{} {:.2}", it.name, it.confidence));
    let signals = understood.signals.iter().map(|signal| {
        serde_json::to_value(signal).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
    });
    let parts: Vec<String> = intents.chain(signals).chain(understood.slots.iter().map(slot)).collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join("; ") }
}

fn slot(slot: &SlotValue) -> String {
    let value = match &slot.value {
        Value::YesNo { value } => format!("yes_no={value}"),
        other => {
            let json = serde_json::to_value(other).unwrap_or_default();
            format!("{}={}", json["kind"].as_str().unwrap_or_default(), flat(&json, "kind"))
        }
    };
    let marks: Vec<&str> = slot.marks().collect();
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    format!("{value}{marks} {:.2}", slot.confidence)
}

/// A JSON object as a line: its tag first, then what it holds.
fn flat(json: &serde_json::Value, tag: &str) -> String {
    let Some(object) = json.as_object() else { return json.to_string() };
    let head =
        if tag == "kind" { None } else { object.get(tag).and_then(|name| name.as_str()).map(str::to_owned) };
    let rest = object.iter().filter(|(key, value)| *key != tag && !value.is_null()).map(|(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if tag == "kind" { value } else { format!("{key}={value}") }
    });
    head.into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}
