//! A task for intents: examples to fit, and sentences to ask, some of them of no intent at all.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{Meaning, Understander};
use klinke::config::site::{Intent, Language, Then};

/// Sentences of an intent that are given as examples.
pub const EXAMPLES: usize = 10;

/// What is fitted and what is asked.
#[derive(Default)]
pub struct Task {
    /// Intents with their examples.
    pub examples: Vec<(String, Vec<String>)>,
    /// Sentences with their intent; `None`: none of these.
    pub asked: Vec<(String, Option<String>)>,
}

#[derive(Default)]
pub struct Measured {
    pub known: usize,
    pub right: usize,
    missed: usize,
    pub unknown: usize,
    refused: usize,
    /// Sums of confidence and of right answers in tenths of confidence.
    tenths: [(f32, f32, usize); 10],
    micros: u128,
}

impl Measured {
    /// Of known intents, found.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.known.max(1) as f64
    }

    /// Of unknown ones, refused.
    pub fn refusals(&self) -> f64 {
        self.refused as f64 / self.unknown.max(1) as f64
    }

    /// Expected calibration error in ten bins, of what was answered.
    pub fn calibration_error(&self) -> f32 {
        let all: usize = self.tenths.iter().map(|(_, _, count)| count).sum();
        self.tenths.iter().map(|(sure, right, _)| (sure - right).abs()).sum::<f32>() / all.max(1) as f32
    }

    /// Of a sentence, with everything that understanding does.
    pub fn micros(&self) -> u128 {
        self.micros / (self.known + self.unknown).max(1) as u128
    }

    fn add(&mut self, wanted: Option<&str>, found: Option<(&str, f32)>) {
        let right = found.is_some() && found.map(|(name, _)| name) == wanted;
        if let Some((_, confidence)) = found {
            let tenth = &mut self.tenths[((confidence * 10.0) as usize).min(9)];
            *tenth = (tenth.0 + confidence, tenth.1 + f32::from(u8::from(right)), tenth.2 + 1);
        }
        if wanted.is_some() {
            self.known += 1;
            self.right += usize::from(right);
            self.missed += usize::from(found.is_none());
        } else {
            self.unknown += 1;
            self.refused += usize::from(found.is_none());
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "in scope {:.1} % of {} right ({} nothing found); unknown {:.1} % of {} refused; calibration error {:.3}; \
             {} µs a sentence",
            100.0 * self.accuracy(),
            self.known,
            self.missed,
            100.0 * self.refusals(),
            self.unknown,
            self.calibration_error(),
            self.micros(),
        )
    }
}

/// Fits the examples.
pub fn fitted(task: &Task, language: Language, encoder: Option<Arc<dyn Meaning>>) -> Understander {
    let mut site = crate::site::heating();
    site.language = language;
    site.answers.clear();
    let intent = |(name, examples): &(String, Vec<String>)| Intent {
        name: name.clone(),
        title: name.clone(),
        emergency: false,
        examples: examples.clone(),
        then: Then::HandOver(Vec::new()),
        closed: Vec::new(),
        form_closed: None,
        announced: None,
    };
    site.intents = task.examples.iter().map(intent).collect();
    Understander::with_meaning(&site, encoder)
}

/// Fits the examples and asks.
pub fn measure(task: &Task, language: Language, encoder: Option<Arc<dyn Meaning>>) -> Measured {
    let understander = fitted(task, language, encoder);
    let now = crate::notation::moment("2026-11-23T10:00");
    let mut measured = Measured::default();
    for (text, wanted) in &task.asked {
        let began = Instant::now();
        let understood = understander.understand(&Transcript::typed(text), &now, &[Expect::Free]);
        measured.micros += began.elapsed().as_micros();
        let found = understood.intents.first().map(|intent| (intent.name.as_str(), intent.confidence));
        measured.add(wanted.as_deref(), found);
    }
    measured
}
