//! What a grammar finds: a value over a range of tokens. Grammars only look; choosing between what overlaps is
//! done in one place (`slots`).

use jiff::civil::DateTime;

use super::reading::Reading;
use super::understood::{Grain, SlotKind, SlotValue, Value};

/// What `at` finds from each token on, one after another: what was found is not looked into again.
pub(super) fn one_after_another(
    reading: &Reading<'_>,
    mut at: impl FnMut(usize) -> Option<Found>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < reading.len() {
        match at(index) {
            Some(value) => {
                index = value.end.max(index + 1);
                found.push(value);
            }
            None => index += 1,
        }
    }
    found
}

/// A value over tokens `first` up to but not including `end`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub value: Value,
    pub first: usize,
    pub end: usize,
    /// How sure the rule is, 0 to 1, were every word heard rightly.
    pub sure: f32,
    pub hedged: bool,
    pub negated: bool,
    pub corrects: bool,
}

impl Found {
    pub fn new(value: Value, first: usize, end: usize, sure: f32) -> Self {
        Self { value, first, end, sure, hedged: false, negated: false, corrects: false }
    }

    /// A date that does not exist: no value, and its words are no other one either.
    pub fn never(first: usize, end: usize, now: DateTime) -> Self {
        Self::new(
            Value::DateTime { value: now, until: now, grain: Grain::Day, dated: true },
            first,
            end,
            0.95,
        )
    }

    /// Whether there is no value in it, so that it only keeps others from being made of its words: a date that does not
    /// exist, an IBAN that is not right.
    pub fn is_void(&self) -> bool {
        match &self.value {
            Value::DateTime { value, until, .. } => value == until,
            Value::Iban { value } => value.reveal().is_empty(),
            _ => false,
        }
    }

    pub fn kind(&self) -> SlotKind {
        self.value.kind()
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.first < other.end && other.first < self.end
    }

    /// The value as others see it: with the words as heard and their place in the utterance.
    pub fn into_slot(self, reading: &Reading<'_>) -> Option<SlotValue> {
        let (words, span) = reading.heard(self.first, self.end)?;
        Some(SlotValue {
            value: self.value,
            words: words.into(),
            span,
            confidence: self.sure * reading.confidence(self.first, self.end),
            hedged: self.hedged,
            negated: self.negated,
            corrects: self.corrects,
        })
    }
}
