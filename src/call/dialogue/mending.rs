//! Mending: values that were heard wrongly are settled, refused, taken back, and what was changed is said.

use super::asking::MISSES_MAX;
use super::open::Open;
use super::taking::Taken;
use super::topic::Filled;
use super::turn::Turn;
use super::wording::{fill, spoken};
use super::{Dialogue, Move};

impl Dialogue {
    /// Says what was changed, so that the caller need not wait for the read-back to know.
    pub(super) fn acknowledge(&self, taken: &Taken, turn: &mut Turn<'_>) {
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
            turn.say(&fill(self.sentences().corrected, &[("value", values.join(", "))]));
        }
    }

    /// The caller agreed to a value in doubt.
    pub(super) fn settle(&mut self, slot: usize, filled: Filled, turn: &mut Turn<'_>) {
        let Some(mut topic) = self.topic.take() else { return };
        if let Some(form) = self.site.form(&topic.form) {
            self.store(slot, filled, (&mut topic, form), turn);
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
        if self.misses >= MISSES_MAX {
            return self.hand_over("not_understood", turn);
        }
        if from_line || !self.pass_over_optional(self.sentences().left_open, turn) {
            self.ask(Open::Slot(slot), turn);
        }
    }

    /// "Falsch, zurück" in mid-form: what was taken last goes and is asked for again. Where nothing was, or when it
    /// is said once more, the concern itself was wrong.
    pub(super) fn undo(&mut self, turn: &mut Turn<'_>) {
        let Some(mut topic) = self.topic.take() else { return self.ask(Open::Concern, turn) };
        let last = topic.last.take();
        if let Some((at, form)) = last.zip(self.site.form(&topic.form)) {
            turn.decide(Move::Correct { slots: vec![form.slots[at].name.clone()] });
            self.empty(at, (&mut topic, form), turn);
        }
        self.topic = Some(topic);
        if let Some(at) = last {
            return self.ask(Open::Slot(at), turn);
        }
        self.topic_is_over(turn);
        self.put(Open::Concern);
        self.misses = 1;
        self.ask_open(turn);
    }

    /// Remembers when the caller would like to be visited.
    pub(super) fn wish_for(&mut self, taken: &Taken) {
        if let (Some(topic), Some(_)) = (&mut self.topic, taken.wish) {
            topic.wish = taken.wish;
        }
    }
}
