//! Mending: values that were heard wrongly are settled, refused, taken back, and what was changed is said.

use super::heard::Heard;
use super::open::Open;
use super::taking::Taken;
use super::topic::Filled;
use super::turn::Turn;
use super::wording::{fill, spoken};
use super::{Dialogue, Move};
use crate::config::site::Confirm;

impl Dialogue {
    /// Says what was changed, in these words, so that the caller need not wait for the read-back to know.
    pub(super) fn acknowledge(&self, taken: &Taken, words: &str, turn: &mut Turn<'_>) {
        let changed: Vec<usize> = taken.corrected.iter().chain(&taken.struck).copied().collect();
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return };
        let slots: Vec<String> = changed.iter().map(|at| form.slots[*at].name.clone()).collect();
        if slots.is_empty() {
            return;
        }
        turn.decide(Move::Correct { slots });
        let values: Vec<String> = taken
            .corrected
            .iter()
            .filter_map(|at| topic.value(*at))
            .map(|value| spoken(value, turn.now, self.site.language))
            .collect();
        if !values.is_empty() {
            turn.say(&fill(words, &[("value", values.join(", "))]));
        }
    }

    /// Whether the caller is asked every time whether the slot's value was heard rightly.
    pub(super) fn is_always_confirmed(&self, slot: usize) -> bool {
        let slot = self.form().and_then(|form| form.slots.get(slot));
        slot.is_some_and(|slot| slot.confirm == Confirm::Always)
    }

    /// The caller agreed to a value in doubt.
    pub(super) fn settle(&mut self, slot: usize, filled: Filled, turn: &mut Turn<'_>) {
        let Some(mut topic) = self.topic.take() else { return };
        if let Some(form) = self.site.form(&topic.form) {
            self.store(slot, filled, (&mut topic, form), turn);
            self.reconsider((&mut topic, form), turn);
        }
        self.topic = Some(topic);
    }

    /// The caller said that a value in doubt is wrong: the slot is asked for again. Klinke heard wrongly, unless
    /// it only offered what the PBX shows.
    pub(super) fn refuse(&mut self, slot: usize, turn: &mut Turn<'_>) {
        let from_line = matches!(self.open, Open::Confirm { from_line: true, .. });
        if !from_line {
            self.misses = self.misses.saturating_add(1);
        }
        self.put(Open::Slot(slot));
        if from_line || !self.stop_asking(&Heard::default(), turn) {
            self.ask_open(turn);
        }
    }

    /// Remembers when the caller would like to be visited.
    pub(super) fn wish_for(&mut self, taken: &Taken) {
        if let (Some(topic), Some(_)) = (&mut self.topic, taken.wish) {
            topic.wish = taken.wish;
        }
    }
}
