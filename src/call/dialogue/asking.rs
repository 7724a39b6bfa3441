//! Asking: what comes next, in which words, and what happens when the answer is not understood.

use super::open::Open;
use super::tone::Manner;
use super::topic::{Filled, Progress};
use super::turn::Turn;
use super::wording::{fill, fill_read_back, one_of, spoken, spoken_start};
use super::{Dialogue, Move};
use crate::call::understanding::{Address, SlotKind, Value};
use crate::config::site::Action;

/// Fewest and most digits of a number that the PBX shows and that someone outside can be called back on
/// (ITU-T E.164: 15 at most).
const CALL_BACK_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Concerns that can be chosen by key; 9 is privacy and 0 a human.
pub(super) const CONCERN_KEYS_MAX: usize = 8;

impl Dialogue {
    /// Goes on with the topic: the next value in doubt, the next slot, or what the full form is for.
    pub(super) fn proceed(&mut self, turn: &mut Turn<'_>) {
        let Some(topic) = &mut self.topic else { return self.ask(Open::Concern, turn) };
        if !topic.doubts.is_empty() {
            let (slot, doubted) = topic.doubts.remove(0);
            return self.ask(Open::Confirm { slot, doubted, from_line: false }, turn);
        }
        if self.is_changing() {
            return self.proceed_with_change(turn);
        }
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return };
        if let Some(slot) = topic.missing(form) {
            let open = self.number_from_line(slot).unwrap_or(Open::Slot(slot));
            return self.ask(open, turn);
        }
        let visit = self.form().is_some_and(|form| matches!(form.action, Action::Appointment { .. }));
        let Some(topic) = &self.topic else { return };
        match topic.progress {
            Progress::Booked | Progress::Noted if self.is_outdated() => self.tell_colleagues_anew(turn),
            Progress::Booked | Progress::Noted | Progress::Cancelled => self.ask(Open::AnythingElse, turn),
            Progress::Open if visit && topic.held.is_none() => self.look_for_appointment(turn),
            Progress::Open if visit => self.ask(Open::Offer, turn),
            Progress::Open | Progress::Accepted => self.ask(Open::ReadBack, turn),
        }
    }

    /// What was read back has been corrected, and what changed was said: it is not all read back again.
    pub(super) fn go_on_with_read_back(&mut self, turn: &mut Turn<'_>) {
        if self.is_full() {
            turn.decide(Move::ReadBack);
            turn.say(self.sentences().right_now);
        } else {
            self.proceed(turn);
        }
    }

    /// Whether there is a topic and nothing left to ask for.
    pub(super) fn is_full(&self) -> bool {
        self.topic.as_ref().zip(self.form()).is_some_and(|(topic, form)| topic.is_full(form))
    }

    /// Opens a question and asks it.
    pub(super) fn ask(&mut self, open: Open, turn: &mut Turn<'_>) {
        let further = if open == Open::AnythingElse { self.further.pop_front() } else { None };
        self.put(further.map_or(open, Open::Further));
        self.ask_open(turn);
    }

    /// Asks what is open, in the words for as many misunderstandings as there have been.
    pub(super) fn ask_open(&mut self, turn: &mut Turn<'_>) {
        let texts = self.texts();
        match self.open.clone() {
            Open::Concern => {
                turn.decide(Move::AskConcern);
                turn.say(if self.misses == 0 { &texts.concern } else { &texts.concern_again });
            }
            Open::Slot(slot) => self.ask_slot(slot, turn),
            Open::Confirm { slot, doubted, from_line } => {
                let name = self.form().and_then(|form| form.slots.get(slot)).map(|slot| slot.name.clone());
                turn.decide(Move::Confirm { slot: name.unwrap_or_default() });
                let text = if from_line { self.sentences().your_number } else { &texts.confirm };
                let value = spoken(&doubted.value, turn.now, self.site.language);
                turn.say(&fill(text, &[("value", value)]));
            }
            Open::Offer => {
                turn.decide(Move::Offer);
                turn.say(&fill(&texts.offer, &self.values(turn)));
            }
            Open::When => {
                turn.decide(Move::AskWhen);
                turn.say(self.sentences().when);
            }
            Open::ReadBack => {
                turn.decide(Move::ReadBack);
                let hurried = self.tone.manner == Manner::Short;
                let text =
                    self.form().map(|form| fill_read_back(&form.read_back, &self.values(turn), hurried));
                turn.say(&text.unwrap_or_default());
            }
            Open::WhatIsWrong => {
                turn.decide(Move::AskWhatIsWrong);
                turn.say(&texts.what_is_wrong);
            }
            Open::Further(intent) => {
                let title = self.site.intent(&intent).map(|intent| intent.title.clone());
                turn.decide(Move::OfferFurther { intent });
                turn.say(&fill(self.sentences().further, &[("title", title.unwrap_or_default())]));
            }
            Open::AnythingElse | Open::Parting => {
                turn.decide(Move::AskAnythingElse);
                turn.say(&texts.anything_else);
            }
            Open::Human(_) => {
                turn.decide(Move::OfferHuman);
                turn.say(self.sentences().human);
            }
            Open::CallBack => {
                turn.decide(Move::OfferCallBack);
                turn.say(self.sentences().call_back);
            }
            Open::Ordered => {}
        }
    }

    /// Asks for a slot; where only a part of an address is missing, for that part.
    fn ask_slot(&mut self, slot: usize, turn: &mut Turn<'_>) {
        let misses = usize::from(self.misses);
        let (sentences, manner) = (self.sentences(), self.tone.manner);
        let first = misses == 0;
        let kind = self.form().and_then(|form| form.slots.get(slot)).map(|slot| slot.kind);
        let Some(topic) = &mut self.topic else { return };
        let part = match topic.value(slot) {
            None if first && manner == Manner::Gentle && kind == Some(SlotKind::Address) => {
                Some(sentences.street_first)
            }
            Some(Value::Address(Address { house_number: None, .. })) => Some(sentences.house_number),
            Some(Value::Address(_)) => Some(sentences.street),
            _ => None,
        };
        let again = topic.asked.get(slot).copied().unwrap_or(0);
        if let Some(asked) = topic.asked.get_mut(slot) {
            *asked = asked.saturating_add(1);
        }
        let Some(slot) = self.form().and_then(|form| form.slots.get(slot)) else { return };
        let short = slot.short.as_ref().filter(|_| first && manner == Manner::Short);
        let wording = short.or(slot.ask.get(misses)).or(slot.ask.last()).map_or("", String::as_str);
        turn.decide(Move::Ask { slot: slot.name.clone(), again });
        let values: Vec<&str> = slot.choices.iter().map(|choice| choice.value.as_str()).collect();
        let wording = fill(wording, &[("choices", one_of(&values, self.site.language))]);
        turn.say(part.unwrap_or(&wording));
    }

    /// Words of impatience: a human is offered; whoever goes on being impatient gets one.
    pub(super) fn offer_human(&mut self, turn: &mut Turn<'_>) {
        match self.open.clone() {
            Open::Human(_) => self.hand_over("caller_asked", turn),
            Open::Parting => self.part(),
            open => self.ask(Open::Human(Box::new(open)), turn),
        }
    }

    /// What can be keyed in answer to the open question; to someone who has no ear for it, only how to reach a human.
    pub(super) fn explain_keys(&self, turn: &mut Turn<'_>) {
        let sentences = self.sentences();
        let form = self.form();
        if self.tone.manner != Manner::Plain {
            turn.say(sentences.key_human);
        } else if self.open == Open::Concern {
            let intents = self.site.intents.iter().zip(1..=CONCERN_KEYS_MAX);
            let lines = intents.map(|(intent, key)| {
                fill(sentences.key_concern, &[("title", intent.title.clone()), ("key", key.to_string())])
            });
            let lines: Vec<String> = lines.chain([sentences.key_human.to_owned()]).collect();
            turn.say(&lines.join(" "));
        } else if let choices @ [_, ..] = self.open.choices(form) {
            let lines = choices.iter().zip(1..).map(|(choice, key): (_, u8)| {
                let values = [("title", choice.value.clone()), ("key", key.to_string())];
                fill(sentences.key_concern, &values)
            });
            turn.say(&lines.collect::<Vec<_>>().join(" "));
        } else if self.open.takes_digits(form) {
            turn.say(sentences.key_number);
        } else if self.open.takes_yes_no(form) {
            turn.say(sentences.key_yes_no);
        } else {
            turn.say(sentences.key_human);
        }
        if matches!(self.open, Open::Slot(_)) && !self.open.takes_digits(form) {
            turn.say(sentences.key_back);
        }
    }

    /// A number to be called back on is offered once where the PBX shows it; nobody's number is taken unasked.
    fn number_from_line(&mut self, slot: usize) -> Option<Open> {
        let kind = self.form()?.slots.get(slot)?.kind;
        let number = self.arrival.caller.as_ref()?.reveal();
        let digits = number.strip_prefix('+').unwrap_or(number);
        let callable =
            digits.bytes().all(|digit| digit.is_ascii_digit()) && CALL_BACK_DIGITS.contains(&digits.len());
        let topic = self.topic.as_mut()?;
        if kind != SlotKind::Telephone || !callable || std::mem::replace(&mut topic.number_offered, true) {
            return None;
        }
        let value = Value::Telephone { value: number.clone().into() };
        Some(Open::Confirm {
            slot,
            doubted: Filled { value, confidence: 1.0, confirmed: false },
            from_line: true,
        })
    }

    /// Everything that a text of the topic can hold.
    pub(super) fn values(&self, turn: &Turn<'_>) -> Vec<(&str, String)> {
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return Vec::new() };
        let language = self.site.language;
        let slots = form.slots.iter().zip(&topic.slots).filter_map(|(slot, filled)| {
            let value = &filled.as_ref()?.value;
            // words that were not understood are for colleagues: read out, they mend nothing
            let told = slot.is_note() || !matches!(value, Value::Note { .. });
            told.then(|| (slot.name.as_str(), spoken(value, turn.now, language)))
        });
        let mut values: Vec<_> = slots.collect();
        let held = topic.held.as_ref().map(|held| (&held.technician, held.start));
        let found = topic.found.as_ref().map(|found| (&found.technician, found.start));
        if let Some((technician, start)) = held.or(found) {
            values.push(("technician", technician.clone()));
            values.push(("start", spoken_start(start, turn.now, language)));
        }
        if let Some((_, start)) = found {
            values.push(("old_start", spoken_start(start, turn.now, language)));
        }
        values
    }

    /// Whether the caller changed something that colleagues were already told.
    pub(super) fn is_outdated(&self) -> bool {
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return false };
        topic.is_outdated(form, self.site.language)
    }
}
