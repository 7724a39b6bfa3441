//! xSID (0.7, validation part; CC BY-SA 4.0; not part of this project): sentences with intents, for measuring.

use std::fmt;

#[path = "../shared/material.rs"]
mod material;

use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::Understander;
use klinke::config::site::{Intent, Then};
use material::shared;

/// Sentences of an intent that are given as examples.
const EXAMPLES: usize = 10;
/// Intents nobody gives examples of.
const UNKNOWN: [&str; 2] = ["alarm/set_alarm", "weather/find"];

pub struct Sentence {
    text: String,
    intent: String,
}

/// All sentences of a variety of German; `None` where the shared folder is missing.
pub fn sentences(variety: &str) -> Option<Vec<Sentence>> {
    let text = std::fs::read_to_string(shared().join(format!("text/{variety}.valid.conll"))).ok()?;
    let mut found = Vec::new();
    let mut said = String::new();
    for line in text.lines() {
        if let Some(text) = line.strip_prefix("# text = ") {
            said = text.to_owned();
        } else if let Some(intent) = line.strip_prefix("# intent = ") {
            found.push(Sentence { text: said.clone(), intent: intent.to_owned() });
        }
    }
    Some(found)
}

#[derive(Default)]
pub struct Measured {
    known: usize,
    right: usize,
    missed: usize,
    unknown: usize,
    refused: usize,
    /// Sums of confidence and of right answers in tenths of confidence.
    tenths: [(f32, f32, usize); 10],
    micros: u128,
}

impl Measured {
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.known as f64
    }

    pub fn refusals(&self) -> f64 {
        self.refused as f64 / self.unknown as f64
    }

    fn calibration_error(&self) -> f32 {
        let all: usize = self.tenths.iter().map(|(_, _, count)| count).sum();
        self.tenths.iter().map(|(sure, right, _)| (sure - right).abs()).sum::<f32>() / all.max(1) as f32
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        write!(
            f,
            "in scope {:.1} % of {} right ({:.1} % nothing found); unknown {:.1} % of {} refused; calibration error \
             {:.3}; {} µs a sentence",
            share(self.right, self.known),
            self.known,
            share(self.missed, self.known),
            share(self.refused, self.unknown),
            self.unknown,
            self.calibration_error(),
            self.micros / (self.known + self.unknown).max(1) as u128,
        )
    }
}

/// Fits on the first sentences of each intent and asks the others.
pub fn measure(sentences: &[Sentence]) -> Measured {
    let mut site = crate::site::heating();
    site.answers.clear();
    site.intents.clear();
    let mut asked: Vec<&Sentence> = Vec::new();
    for sentence in sentences {
        if UNKNOWN.contains(&sentence.intent.as_str()) {
            asked.push(sentence);
            continue;
        }
        let at = site.intents.iter().position(|intent| intent.name == sentence.intent).unwrap_or_else(|| {
            let name = sentence.intent.clone();
            let title = name.clone();
            site.intents.push(Intent {
                name,
                title,
                emergency: false,
                examples: Vec::new(),
                then: Then::HandOver(Vec::new()),
                closed: Vec::new(),
                announced: None,
            });
            site.intents.len() - 1
        });
        if site.intents[at].examples.len() < EXAMPLES {
            site.intents[at].examples.push(sentence.text.clone());
        } else {
            asked.push(sentence);
        }
    }
    let understander = Understander::new(&site);
    let now = crate::notation::moment("2026-11-23T10:00");
    let mut measured = Measured::default();
    for sentence in asked {
        let began = std::time::Instant::now();
        let understood = understander.understand(&Transcript::typed(&sentence.text), &now, &[Expect::Free]);
        measured.micros += began.elapsed().as_micros();
        let first = understood.intents.first();
        let right = first.is_some_and(|intent| intent.name == sentence.intent);
        if let Some(first) = first {
            let tenth = &mut measured.tenths[((first.confidence * 10.0) as usize).min(9)];
            *tenth = (tenth.0 + first.confidence, tenth.1 + f32::from(u8::from(right)), tenth.2 + 1);
        }
        if UNKNOWN.contains(&sentence.intent.as_str()) {
            measured.unknown += 1;
            measured.refused += usize::from(first.is_none());
        } else {
            measured.known += 1;
            measured.right += usize::from(right);
            measured.missed += usize::from(first.is_none());
        }
    }
    measured
}
