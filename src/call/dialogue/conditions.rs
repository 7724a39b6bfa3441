//! Conditions: slots that are asked for only where others have certain values. A value whose condition does not hold, or
//! no longer, is not stored.

use super::Dialogue;
use super::topic::Topic;
use super::turn::Turn;
use crate::call::understanding::Value;
use crate::config::site::{Condition, Decides, Form};

/// Whether that is the value.
fn decides(is: &Decides, value: &Value) -> bool {
    match (is, value) {
        (Decides::YesNo(is), Value::YesNo { value }) => is == value,
        (Decides::OneOf(choices), Value::Choice { value }) => choices.contains(value),
        _ => false,
    }
}

impl Topic {
    /// Whether the slot is to be asked for; `None`: that is not known yet. Configuration has made sure that conditions
    /// go in no circle.
    pub(super) fn applies(&self, form: &Form, at: usize) -> Option<bool> {
        let conditions = form.slots.get(at).map_or(&[][..], |slot| &slot.only_if);
        let held: Vec<Option<bool>> = conditions.iter().map(|on| self.holds(form, on)).collect();
        if held.contains(&Some(false)) {
            return Some(false);
        }
        held.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
    }

    /// What stays empty, or was left out, has none of the values.
    fn holds(&self, form: &Form, on: &Condition) -> Option<bool> {
        let Some(at) = form.slots.iter().position(|slot| slot.name == on.slot) else { return Some(false) };
        match self.value(at) {
            Some(value) => Some(decides(&on.is, value)),
            None if self.passed.get(at).copied().unwrap_or(false) => Some(false),
            None => self.applies(form, at).filter(|applies| !applies),
        }
    }

    /// The first slot whose condition does not hold, and of which something is known.
    fn idle(&self, form: &Form) -> Option<usize> {
        let known = |at: &usize| {
            self.slots[*at].is_some() || self.passed[*at] || self.doubts.iter().any(|(slot, _)| slot == at)
        };
        (0..form.slots.len()).filter(known).find(|at| self.applies(form, *at) == Some(false))
    }
}

impl Dialogue {
    /// Takes out what depends on something that was corrected, and what depends on that. The slots that were emptied.
    pub(super) fn reconsider(&self, (topic, form): (&mut Topic, &Form), turn: &mut Turn<'_>) -> Vec<usize> {
        let mut emptied = Vec::new();
        while let Some(at) = topic.idle(form) {
            self.empty(at, (topic, form), turn);
            emptied.push(at);
        }
        emptied
    }
}
