//! Naming: a caller who says what is wrong and not what is right ("nein, der Name stimmt nicht"). What he names goes and
//! is asked for again.

use super::heard::{Heard, TAKE_MIN};
use super::nothing::words_of;
use super::open::Open;
use super::topic::Filled;
use super::turn::Turn;
use super::{Dialogue, Move};
use crate::call::understanding::{Address, SlotKind, Value};

/// What kinds of values are called. What merely ends in "nummer" is some number of the site's own.
const CALLED: [(SlotKind, &str); 6] = [
    (SlotKind::Name, "name namen nachname nachnamen familienname familiennamen surname"),
    (SlotKind::Address, "adresse anschrift straße strasse hausnummer straßenname address street house"),
    (
        SlotKind::Telephone,
        "telefonnummer rufnummer rückrufnummer handynummer telefon nummer telephone phone number",
    ),
    (SlotKind::Email, "email mail mailadresse emailadresse"),
    (SlotKind::Iban, "iban kontonummer account"),
    (SlotKind::DateTime, "termin uhrzeit zeit tag datum time day date appointment"),
];
/// What is said of something that is wrong.
const WRONG: &str = "falsch, falsche, falschen, falscher, falsches, verkehrt, stimmt nicht, stimmt noch nicht, stimmt so nicht, stimmt leider nicht, \
                     nicht richtig, nicht ganz richtig, nicht korrekt, ändern, korrigieren, falsch verstanden, vertan, versprochen, geirrt, \
                     zurück zur, zurück zum, zurück zu, wrong, isn't right, is not right, not right, not correct, incorrect, change, mistake, \
                     back to the, back to my";
/// Longest sentence that only names what is wrong, in words.
const WORDS_MAX: usize = 12;

impl Dialogue {
    /// Takes out what the caller names as wrong and asks for it again. Whether he named anything that is there.
    pub(super) fn names_what_is_wrong(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) -> bool {
        let words = words_of(heard.words);
        let right = heard.values.iter().any(|said| !said.negated && said.confidence >= TAKE_MIN);
        let asked = self.open == Open::WhatIsWrong;
        let refuses = self.open == Open::ReadBack && heard.no();
        // what is being ordered is asked about when it is there
        let other = self.is_changing() || self.open == Open::Ordered;
        if right || other || words.len() > WORDS_MAX || !(asked || refuses || is_wrong(&words)) {
            return false;
        }
        let named = self.named(&words);
        let of_time = named.is_empty() && words.iter().any(|word| is_called(SlotKind::DateTime, word));
        let held = self.topic.as_ref().is_some_and(|topic| topic.held.is_some() && !topic.is_done());
        if of_time && held {
            self.ask(Open::When, turn);
            return true;
        }
        if named.is_empty() {
            return false;
        }
        let Some(mut topic) = self.topic.take() else { return false };
        if let Some(form) = self.site.form(&topic.form) {
            let slots = named.iter().map(|at| form.slots[*at].name.clone()).collect();
            turn.decide(Move::Correct { slots });
            for at in named {
                match topic.slots[at].clone().map(|filled| without_house_number(filled, &words)) {
                    Some(Some(street)) => self.store(at, street, (&mut topic, form), turn),
                    _ => self.empty(at, (&mut topic, form), turn),
                }
            }
            self.reconsider((&mut topic, form), turn);
        }
        self.topic = Some(topic);
        self.proceed(turn);
        true
    }

    /// The slots with a value that the words are for.
    fn named(&self, words: &[String]) -> Vec<usize> {
        let (Some(topic), Some(form)) = (&self.topic, self.form()) else { return Vec::new() };
        let filled = |at: &usize| topic.slots[*at].is_some();
        let of_kind =
            |kind: SlotKind| (0..form.slots.len()).filter(filled).find(|at| form.slots[*at].kind == kind);
        let mut named = Vec::new();
        for word in words {
            let kind = CALLED.iter().map(|(kind, _)| *kind).find(|kind| is_called(*kind, word));
            let own_number = word.ends_with("nummer") || word == "number" || word == "aktenzeichen";
            let at = kind.and_then(of_kind).or_else(|| of_kind(SlotKind::Digits).filter(|_| own_number));
            named.extend(at.filter(|at| !named.contains(at)));
        }
        named
    }
}

/// The address as far as it is right, where only the number of the house is named.
fn without_house_number(filled: Filled, words: &[String]) -> Option<Filled> {
    let only_number = words.iter().any(|word| word == "hausnummer" || word == "house")
        && !words
            .iter()
            .any(|word| ["straße", "strasse", "adresse", "street", "address"].contains(&word.as_str()));
    match filled.value {
        Value::Address(address) if only_number && address.street.is_some() => {
            let value = Value::Address(Address { house_number: None, ..address });
            Some(Filled { value, confirmed: false, ..filled })
        }
        _ => None,
    }
}

fn is_wrong(words: &[String]) -> bool {
    let words = format!(" {} ", words.join(" "));
    WRONG.split(',').any(|phrase| words.contains(&format!(" {} ", phrase.trim())))
}

fn is_called(kind: SlotKind, word: &str) -> bool {
    CALLED.iter().any(|(called, names)| *called == kind && names.split_whitespace().any(|name| name == word))
}
