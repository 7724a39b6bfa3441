//! Nothing: answers that say that there is none. "Nein", "nichts", "weiß ich nicht", "keine Ahnung".

use super::heard::Heard;
use super::open::Open;
use super::turn::Turn;
use super::{Dialogue, Move};
use crate::call::understanding::SlotKind;

/// Longest answer that may mean nothing, in words.
const WORDS_MAX: usize = 8;
/// Words of which one is enough, where nothing else is said.
const NONE: &str = "nein nee nö ne nichts nix ahnung keine keinen keins no nope nothing none idea";
/// Words that deny only what follows.
const NOT: &str = "nicht don't not dont";
/// What is denied with them.
const KNOWING: &str = "weiß weiss wüsste wüßte sagen auswendig parat sicher know sure say remember";
/// Words around them that say no more.
const AROUND: &str = "ich wir das da es leider gerade jetzt im moment eigentlich danke vielen dank bitte äh ähm öh hm also \
                      kann ihnen gibt ist habe hab haben weiter weiteres besonderes sonst noch mehr so aber auch keine \
                      keinen kein zur hand i we it that there is have isn't haven't any by heart right now thank \
                      thanks you sorry can't cannot else more special really off of hand um uh well a the";

impl Dialogue {
    /// Goes on without the slot in question where it is optional and was not answered: it is asked for once.
    pub(super) fn pass_over_optional(&mut self, said: &str, turn: &mut Turn<'_>) -> bool {
        let slot = self.open.slot().and_then(|at| self.form()?.slots.get(at));
        slot.is_some_and(|slot| slot.optional) && self.pass_over(said, turn)
    }

    /// Goes on without the slot in question; a note that was there goes.
    pub(super) fn pass_over(&mut self, said: &str, turn: &mut Turn<'_>) -> bool {
        let Some(at) = self.open.slot() else { return false };
        let Some(mut topic) = self.topic.take() else { return false };
        if let Some(form) = self.site.form(&topic.form) {
            if form.slots[at].is_note() && topic.slots[at].is_some() {
                self.empty(at, (&mut topic, form), turn);
            }
            topic.doubts.retain(|(slot, _)| *slot != at);
            topic.passed[at] = true;
            topic.last = Some(at);
            turn.decide(Move::PassOver { slot: form.slots[at].name.clone() });
        }
        self.topic = Some(topic);
        turn.say(said);
        self.proceed(turn);
        true
    }

    /// Whether the slot in question may stay empty and the answer is that there is nothing for it. Where yes or no is
    /// asked for, a no is an answer; where "keine" can be chosen, so is that.
    pub(super) fn has_nothing(&self, heard: &Heard<'_>) -> bool {
        let Open::Slot(at) = self.open else { return false };
        let Some(slot) = self.form().and_then(|form| form.slots.get(at)) else { return false };
        let answered = matches!(slot.kind, SlotKind::YesNo | SlotKind::Choice) && heard.has(slot.kind);
        slot.may_be_empty() && !answered && means_nothing(heard.words)
    }
}

/// Whether the words say that there is nothing, and nothing else.
fn means_nothing(words: &str) -> bool {
    let lower = words.to_lowercase().replace('’', "'");
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty()).collect();
    let is_in = |list: &str, word: &str| list.split_whitespace().any(|known| known == word);
    let any = |list| words.iter().any(|word| is_in(list, word));
    let denies = any(NONE) || (any(NOT) && any(KNOWING));
    let known = |word: &&str| [NONE, NOT, KNOWING, AROUND].iter().any(|list| is_in(list, word));
    denies && words.len() <= WORDS_MAX && words.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nothing_means_nothing() {
        for words in [
            "nein",
            "Nein, danke.",
            "nein nichts besonderes",
            "weiß ich nicht",
            "das weiß ich leider nicht auswendig",
            "keine Ahnung",
            "äh da habe ich keine ahnung",
            "no idea",
            "I don't know",
            "no thanks",
            "nothing special",
        ] {
            assert!(means_nothing(words), "{words}");
        }
        for words in [
            "",
            "ja",
            "nein da muss man hinten rum",
            "nicht da",
            "ich bin nicht da",
            "kein Schlüssel",
            "keine Heizung mehr",
            "nichts geht mehr an der Therme",
            "der Schlüssel liegt beim Nachbarn",
            "the key is under the mat",
        ] {
            assert!(!means_nothing(words), "{words}");
        }
    }
}
