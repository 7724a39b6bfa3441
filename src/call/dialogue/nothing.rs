//! Nothing: answers that say that there is none. "Nein", "nichts", "weiß ich nicht", "keine Ahnung".

use super::heard::{Heard, TAKE_MIN};
use super::open::Open;
use super::turn::Turn;
use super::{Dialogue, Move};
use crate::call::understanding::{SlotKind, SlotValue};

/// Longest answer that may mean nothing, in words.
const WORDS_MAX: usize = 8;
/// Words of which one is enough, where nothing else is said.
const NONE: &str = "nein nee nö ne nichts nix ahnung keine keinen keins no nope nothing none idea";
/// Words that deny only what follows.
const NOT: &str = "nicht don't not dont";
/// What is denied with them.
const KNOWING: &str = "weiß weiss wüsste wüßte sagen auswendig parat sicher know sure say remember";
/// Where a value is asked for, all that needs to be said of it.
const HAVING_NONE: &str = "weiß ich nicht, weiß ich leider nicht, weiß nicht, weiss ich nicht, weiß ich gerade nicht, hab ich nicht, \
                           habe ich nicht, habe ich leider nicht, hab ich leider nicht, habe ich keine, hab ich keine, ich habe keine, \
                           ich hab keine, habe ich keinen, hab ich keinen, keine ahnung, finde ich nicht, nicht zur hand, \
                           nicht dabei, nicht im kopf, nicht auswendig, don't know, do not know, don't have, do not have, haven't got, \
                           no idea, can't find, cannot find, can't remember";
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
            topic.goes_on_from(at);
            turn.decide(Move::PassOver { slot: form.slots[at].name.clone() });
            self.reconsider((&mut topic, form), turn);
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
        let none = || means_nothing(heard.words) || (!slot.is_note() && has_none(heard.words));
        let sure = |said: &SlotValue| said.kind() == slot.kind && said.confidence >= TAKE_MIN;
        let answered = answered || heard.values.iter().any(|said| sure(said));
        slot.is_dispensable() && !answered && none() && self.other_intent(heard).is_none()
    }
}

/// The words, in lower case.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('’', "'");
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether the words say that the caller has none, whatever else he tells about it.
fn has_none(words: &str) -> bool {
    let words = format!(" {} ", words_of(words).join(" "));
    HAVING_NONE.split(',').any(|phrase| words.contains(&format!(" {} ", phrase.trim())))
}

/// Whether the words say that there is nothing, and nothing else.
fn means_nothing(words: &str) -> bool {
    let words = words_of(words);
    let is_in = |list: &str, word: &str| list.split_whitespace().any(|known| known == word);
    let any = |list| words.iter().any(|word| is_in(list, word));
    let denies = any(NONE) || (any(NOT) && any(KNOWING));
    let known = |word: &String| [NONE, NOT, KNOWING, AROUND].iter().any(|list| is_in(list, word));
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
            "Das weiß ich nicht, den Bon habe ich weggeworfen.",
            "die hab ich leider nicht hier bei mir",
            "I don't have the receipt any more",
        ] {
            assert!(has_none(words) && !means_nothing(words), "{words}");
        }
        assert!(!has_none("vier sieben elf") && !has_none("ich habe die Nummer"));
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
