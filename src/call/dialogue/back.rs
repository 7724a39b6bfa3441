//! Back: one question back, as often as the caller likes, in words or with `#`. What was stored there goes and is asked
//! for again; before the first question of a form lies the one for the concern.

use super::heard::Heard;
use super::open::Open;
use super::topic::Progress;
use super::turn::Turn;
use super::wording::{fill, spoken};
use super::{Dialogue, Move};
use crate::call::understanding::Value;

/// Words that mean the question before, wherever they stand.
const BEFORE: &str = "schritt zurück, frage zurück, angabe zurück, eins zurück, einen zurück, zurück zur letzten, zurück zur vorigen, \
                      zurück zur vorherigen, zurückgehen, letzte angabe, letzte antwort, letzte eingabe, letzten angabe, vorige angabe, \
                      vorige frage, vorherige frage, step back, go back, going back, question back, one back, previous question, \
                      previous answer, last answer, last question";
/// Words that mean it where nothing but a signal is heard.
const ALONE: &str = "zurück, zurueck, back";
/// Words that begin so speak of a call back.
const CALLING: [&str; 7] = ["ruf", "anruf", "rück", "meld", "call", "ring", "phone"];
/// Longest sentence that may mean it, in words.
const WORDS_MAX: usize = 12;

/// Whether the words mean the question before. `signal`: whether they were heard as a signal to stop.
pub(super) fn steps_back(words: &str, signal: bool) -> bool {
    let lower = words.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = format!(" {} ", words.join(" "));
    let holds = |list: &str| list.split(',').any(|phrase| joined.contains(&format!(" {} ", phrase.trim())));
    let calling = words.iter().any(|word| CALLING.iter().any(|begin| word.starts_with(begin)));
    words.len() <= WORDS_MAX && !calling && (holds(BEFORE) || (signal && holds(ALONE)))
}

impl Dialogue {
    /// The caller wants to go back. Whether there is a question before the open one.
    pub(super) fn step_back(&mut self, turn: &mut Turn<'_>) -> bool {
        let held = self.topic.as_ref().is_some_and(|topic| topic.held.is_some() && !topic.is_done());
        match &self.open {
            Open::Slot(_) | Open::When => self.undo(turn),
            Open::Confirm { from_line: false, slot, .. } => {
                let open = Open::Slot(*slot);
                turn.say(self.sentences().back);
                self.ask(open, turn);
            }
            Open::Confirm { from_line: true, .. } => {
                if let Some(topic) = &mut self.topic {
                    topic.number_offered = false;
                }
                self.undo(turn);
            }
            Open::ReadBack if held => {
                if let Some(topic) = &mut self.topic {
                    topic.progress = Progress::Open;
                }
                turn.say(self.sentences().back);
                self.ask(Open::Offer, turn);
            }
            Open::Offer if self.is_changing() => {
                turn.say(self.sentences().back);
                self.ask(Open::When, turn);
            }
            Open::Offer | Open::ReadBack | Open::WhatIsWrong => self.undo(turn),
            _ => return false,
        }
        true
    }

    /// What was taken last goes and is asked for again; where nothing is left of it, the concern.
    pub(super) fn undo(&mut self, turn: &mut Turn<'_>) {
        let Some(mut topic) = self.topic.take() else { return self.ask(Open::Concern, turn) };
        let last = topic.trail.pop().zip(self.site.form(&topic.form));
        let Some((at, form)) = last else {
            self.topic = Some(topic);
            return self.back_to_concern(turn);
        };
        let slot = &form.slots[at];
        turn.decide(Move::StepBack { slot: slot.name.clone() });
        let dropped = topic.value(at).cloned().filter(|value| !matches!(value, Value::Note { .. }));
        match dropped {
            Some(value) => {
                let value = spoken(&value, turn.now, self.site.language);
                turn.say(&fill(self.sentences().dropped, &[("value", value)]));
            }
            None => turn.say(self.sentences().back),
        }
        self.empty(at, (&mut topic, form), turn);
        self.reconsider((&mut topic, form), turn);
        // whose appointment it was is shown by what was dropped
        topic.found = None;
        self.topic = Some(topic);
        self.ask(Open::Slot(at), turn);
    }

    /// Says that there is no question before the one for the concern. Who goes on wanting one gets a human.
    pub(super) fn nothing_before(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) {
        self.misses = self.misses.saturating_add(1);
        if !self.stop_asking(heard, turn) {
            turn.say(self.sentences().first);
            self.ask_open(turn);
        }
    }

    fn back_to_concern(&mut self, turn: &mut Turn<'_>) {
        self.topic_is_over(turn);
        self.forget_search();
        self.put(Open::Concern);
        self.misses = 1;
        turn.say(self.sentences().from_the_start);
        self.ask_open(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::steps_back;

    #[test]
    fn going_back_is_told_from_calling_back() {
        for words in [
            "einen Schritt zurück",
            "Können wir bitte noch mal eine Frage zurück?",
            "die letzte Angabe war falsch",
            "Ich möchte nochmal zurückgehen.",
            "could we go back please",
            "my last answer was wrong",
        ] {
            assert!(steps_back(words, false), "{words}");
        }
        for words in ["zurück", "bitte zurück", "back please"] {
            assert!(steps_back(words, true) && !steps_back(words, false), "{words}");
        }
        for words in
            ["rufen Sie mich zurück", "falsch", "stopp", "please call me back", "melden Sie sich zurück"]
        {
            assert!(!steps_back(words, true), "{words}");
        }
    }
}
