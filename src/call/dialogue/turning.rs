//! Turning: a caller who wants something else in the middle of a form. What he says must lead away from the open
//! question, and an answer to it that happens to sound like another concern must not: it is decided by how surely
//! either was understood, and by words that announce a change of mind.

use super::Dialogue;
use super::heard::{Heard, INTENT_MIN, TAKE_MIN};
use super::open::Open;
use super::topic::fitting;
use crate::call::understanding::{IntentScore, SlotKind, SlotValue};

/// What somebody says who takes back what he wanted.
const TAKES_BACK: &str = "doch lieber, dann lieber, viel lieber, stattdessen, anders überlegt, vergessen sie, vergiss es, wissen sie was, \
                          was anderes, etwas anderes, will ich gar nicht, möchte ich gar nicht, instead, changed my mind, \
                          second thought, second thoughts, never mind, forget it, forget that, forget about, you know what, \
                          something else, rather have, rather not";
/// What somebody says who puts something right, be it what he wants or only what he has just said.
const PUTS_RIGHT: &str = "eigentlich, ach nein, ach nee, nein warten sie, nein moment, nein halt, lieber, sondern, in wirklichkeit, \
                          genauer gesagt, actually, no wait, hang on, rather, in fact";

/// Whether the words announce that something else is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Turning {
    /// They do not.
    #[default]
    No,
    /// Something is put right: perhaps what is wanted.
    Perhaps,
    /// What was wanted is taken back.
    Surely,
}

impl Turning {
    pub(super) fn of(words: &str) -> Self {
        let lower = words.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words = format!(" {} ", words.collect::<Vec<_>>().join(" "));
        let holds =
            |list: &str| list.split(',').any(|phrase| words.contains(&format!(" {} ", phrase.trim())));
        match (holds(TAKES_BACK), holds(PUTS_RIGHT)) {
            (true, _) => Self::Surely,
            (false, true) => Self::Perhaps,
            _ => Self::No,
        }
    }
}

impl Dialogue {
    /// An intent other than the topic's that leads away from what Klinke asked.
    pub(super) fn other_intent<'a>(&self, heard: &Heard<'a>) -> Option<&'a IntentScore> {
        let topic = self.topic.as_ref()?;
        let intent = heard.intent.filter(|score| score.name != topic.intent)?;
        let booking = self.open == Open::Ordered && !self.is_searching();
        let sure = heard.sure_intent().is_some();
        let answered = self.answered(heard);
        let leads_away = match heard.turning {
            Turning::Surely if sure => true,
            Turning::No if !sure => false,
            // who announces a concern is heard as if he had been asked for one
            _ => intent.confidence >= INTENT_MIN && answered < TAKE_MIN && answered < intent.confidence,
        };
        (leads_away && !booking).then_some(intent)
    }

    /// How surely the open question got its answer, 0 to 1; 0: it got none.
    fn answered(&self, heard: &Heard<'_>) -> f32 {
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return 0.0 };
        let asked = self.open.slot();
        let answers = |kind: SlotKind| match &self.open {
            Open::Offer | Open::When => kind == SlotKind::DateTime,
            _ => false,
        };
        let fits =
            |at: usize, asked: bool, value| fitting(value, &form.slots[at], topic.value(at), asked).is_some();
        let values = heard.values.iter().filter(|said| match (asked, &self.open) {
            (Some(at), _) => at < form.slots.len() && fits(at, true, &said.value),
            (None, Open::ReadBack | Open::WhatIsWrong) => {
                said.kind() == SlotKind::DateTime
                    || (0..form.slots.len()).any(|at| fits(at, false, &said.value))
            }
            _ => answers(said.kind()),
        });
        let yes_no = match &self.open {
            Open::Slot(_) => heard.yes_no.is_some() && self.open.takes_yes_no(Some(form)),
            _ => heard.yes(),
        };
        // any word may be somebody's name; a number that was hardly heard is one all the same
        let unannounced = heard.turning == Turning::No;
        let surety = |said: &SlotValue| match said.kind() {
            SlotKind::Name => said.confidence,
            _ if unannounced => said.confidence.max(TAKE_MIN),
            _ => said.confidence,
        };
        values.map(|said| surety(said)).fold(if yes_no { 1.0 } else { 0.0 }, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::Turning;

    #[test]
    fn a_change_of_mind_is_told_from_an_answer() {
        for (words, turning) in [
            ("Ach nein, wissen Sie was, ich möchte doch lieber einen Rückruf.", Turning::Surely),
            ("vergessen Sie das, ich will jemanden sprechen", Turning::Surely),
            ("Actually I changed my mind", Turning::Surely),
            ("Nein, warten Sie, eigentlich ist die Heizung ganz ausgefallen.", Turning::Perhaps),
            ("actually it's number four", Turning::Perhaps),
            ("Lindenstraße vier", Turning::No),
            ("nein", Turning::No),
            ("Liebermann", Turning::No),
            ("", Turning::No),
        ] {
            assert_eq!(Turning::of(words), turning, "{words}");
        }
    }
}
