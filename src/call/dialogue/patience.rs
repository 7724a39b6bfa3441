//! Patience: how often something is asked for where no answer is understood, and what happens then.

use super::heard::Heard;
use super::notes::shortened;
use super::open::Open;
use super::topic::Filled;
use super::turn::Turn;
use super::wording::{fill, written};
use super::{Dialogue, Move};
use crate::call::understanding::Value;
use crate::config::site::{NOTE_CHARS_MAX_DEFAULT, Otherwise};

/// Misunderstandings of one question before a human takes over, where the site does not say otherwise.
const MISSES_MAX: u8 = 3;
/// From this misunderstanding on the keys are explained.
const KEYS_FROM_MISS: u8 = 2;

impl Dialogue {
    /// The caller was not understood: ask in other words, explain the keys, and at last stop asking.
    pub(super) fn misunderstood(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) {
        match self.open {
            Open::Ordered => return,
            Open::Parting => return self.part(),
            _ => {}
        }
        self.misses = self.misses.saturating_add(1);
        if self.stop_asking(heard, turn) {
            return;
        }
        self.say_not_understood(turn);
        self.ask_open(turn);
        if self.misses >= KEYS_FROM_MISS {
            self.explain_keys(turn);
        }
    }

    /// Whether there were misunderstandings enough; then the site has said what happens. `heard`: the answer that was
    /// not understood.
    pub(super) fn stop_asking(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) -> bool {
        let slot = self.open.slot().and_then(|at| self.form()?.slots.get(at));
        let (asks_max, otherwise) =
            slot.map_or((MISSES_MAX, Otherwise::HandOver), |slot| (slot.asks_max(), slot.otherwise()));
        if self.misses < asks_max {
            return false;
        }
        match otherwise {
            Otherwise::HandOver => self.hand_over("not_understood", turn),
            Otherwise::Note if self.keep_words(heard, turn) => {}
            Otherwise::Note | Otherwise::Skip => {
                self.pass_over(self.sentences().left_open, turn);
            }
        }
        true
    }

    /// Notes what was heard for the slot in question, marked as what it is. Whether there was anything.
    fn keep_words(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) -> bool {
        let (at, words, confidence) = match &self.open {
            Open::Slot(at) => (*at, heard.words.trim().to_owned(), heard.confidence),
            Open::Confirm { slot, doubted, .. } => {
                (*slot, written(&doubted.value, self.site.language), doubted.confidence)
            }
            _ => return false,
        };
        let Some(slot) = self.form().and_then(|form| form.slots.get(at)).filter(|_| !words.is_empty()) else {
            return false;
        };
        turn.decide(Move::KeepWords { slot: slot.name.clone() });
        turn.say(self.sentences().words_kept);
        let words = shortened(&words, NOTE_CHARS_MAX_DEFAULT).to_owned();
        let value = Value::Note { value: fill(self.sentences().as_heard, &[("value", words)]).into() };
        self.settle(at, Filled { value, confidence, confirmed: false }, turn);
        self.proceed(turn);
        true
    }
}
