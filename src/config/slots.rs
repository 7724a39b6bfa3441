//! Slots: what a form asks for, of which kind, in which words.

use super::choices;
use super::conditions::{self, Unresolved};
use super::place::Place;
use super::shipped_texts::{shipped_ask, shipped_ask_short};
use super::site::{Confirm, Language, NOTE_CHARS_MAX_DEFAULT, Otherwise, Slot};
use super::spoken::check_placeholders;
use super::tree::{Item, Table, Written, unique};
use crate::call::understanding::SlotKind;

/// Slots of a form: more than that nobody answers on the telephone.
const SLOTS_MAX: usize = 12;
/// Ways to ask for one slot.
const ASKS_MAX: usize = 5;
/// How often a slot may be asked for.
const ASKS_RANGE: std::ops::RangeInclusive<i64> = 1..=5;
/// How long a note may be set to be, in characters.
const NOTE_CHARS: std::ops::RangeInclusive<i64> = 20..=1000;
/// Names of the appointment's own values; no slot has one of them.
pub const OWN_VALUES: [&str; 3] = ["start", "technician", "old_start"];

/// Kinds of slots as they are written.
const KINDS: [(&str, SlotKind); 13] = [
    ("address", SlotKind::Address),
    ("name", SlotKind::Name),
    ("telephone", SlotKind::Telephone),
    ("date_time", SlotKind::DateTime),
    ("number", SlotKind::Number),
    ("digits", SlotKind::Digits),
    ("yes_no", SlotKind::YesNo),
    ("duration", SlotKind::Duration),
    ("money", SlotKind::Money),
    ("iban", SlotKind::Iban),
    ("email", SlotKind::Email),
    ("note", SlotKind::Note),
    ("choice", SlotKind::Choice),
];

/// What happens where no answer is understood, as it is written.
const OTHERWISE: [(&str, Otherwise); 3] =
    [("skip", Otherwise::Skip), ("hand_over", Otherwise::HandOver), ("note", Otherwise::Note)];
/// When a value is confirmed, as it is written.
const CONFIRM: [(&str, Confirm); 3] =
    [("always", Confirm::Always), ("doubtful", Confirm::Doubtful), ("never", Confirm::Never)];

/// The slots of a form.
#[derive(Default)]
pub struct ReadSlots {
    /// Their names, where all of them could be read.
    pub names: Option<Vec<Written>>,
    /// The slots, where all of each could be read.
    pub slots: Option<Vec<Slot>>,
    /// Where it says of an address that it is never confirmed.
    pub unconfirmed: Option<Place>,
}

/// One slot; what could not be read is missing.
#[derive(Default)]
struct ReadSlot<'a> {
    name: Option<Written>,
    slot: Option<Slot>,
    only_if: Option<Unresolved<'a>>,
    unconfirmed: Option<Place>,
}

/// Reads the slots of a form, each with what it depends on.
pub fn read(item: &Item<'_>, language: Language) -> ReadSlots {
    let Some(list) = item.list() else { return ReadSlots::default() };
    if list.is_empty() || list.len() > SLOTS_MAX {
        item.mistake(format!("has {} slots; 1 to {SLOTS_MAX} are allowed", list.len()), None);
    }
    let mut read: Vec<ReadSlot<'_>> = list.iter().map(|item| slot(item, language)).collect();
    let unconfirmed = read.iter_mut().find_map(|read| read.unconfirmed.take());
    let unresolved = read.iter_mut().map(|read| read.only_if.take()).collect();
    let slots: Option<Vec<_>> = read.iter_mut().map(|read| read.slot.take()).collect();
    let names: Vec<_> = read.into_iter().map(|read| read.name).collect();
    for name in names.iter().flatten().filter(|name| OWN_VALUES.contains(&name.text.as_str())) {
        let why = "this name stands for the appointment's own value";
        item.found.mistake(&name.place, why, "another name".to_owned());
    }
    unique("slot of this form", names.iter().flatten(), item.found);
    let slots = slots.and_then(|slots| conditions::resolve(slots, unresolved));
    ReadSlots { names: names.into_iter().collect(), slots, unconfirmed }
}

/// A slot is the name of its kind, or a table where there is more to say.
fn slot<'a>(item: &Item<'a>, language: Language) -> ReadSlot<'a> {
    if item.is_text() {
        let kind = item.one_of(&KINDS);
        let name = item.written();
        let ask = kind.map(|kind| shipped_ask(language, kind));
        if ask.as_ref().is_some_and(Vec::is_empty) {
            let example =
                "{ name = \"customer\", kind = \"digits\", ask = [\"Wie ist Ihre Kundennummer?\"] }";
            item.mistake("nobody but you can know how to ask for that", example.to_owned());
            return ReadSlot { name, ..ReadSlot::default() };
        }
        let whole = || {
            let (kind, slot) = (kind?, Slot::new(name.as_ref()?.text.clone(), kind?, ask?));
            Some(Slot { short: shipped_ask_short(language, kind), ..slot })
        };
        let slot = whole();
        return ReadSlot { name, slot, ..ReadSlot::default() };
    }
    let Some(table) = item.table() else { return ReadSlot::default() };
    let kind = table.need("kind", "kind = \"name\"").and_then(|item| item.one_of(&KINDS));
    let name = table.need("name", "name = \"name\"").and_then(|item| item.name());
    // without a kind nobody knows whether the questions may be left out
    let (ask, short) = match kind {
        Some(kind) => (asks(&table, kind, language), short(&table, kind, language)),
        None => {
            table.get("ask");
            table.get("short");
            (None, None)
        }
    };
    let optional = table.get("optional").map_or(Some(false), |item| item.boolean());
    let chars_max = chars_max(&table, kind);
    let choices = choices::read(&table, kind);
    let only_if = conditions::read(&table);
    let (asks_max, otherwise) = patience(&table, kind);
    let (confirm, unconfirmed) = confirm(&table, kind);
    table.close();
    let readable = only_if.is_some();
    let whole = || {
        let slot = Slot::new(name.as_ref()?.text.clone(), kind?, ask?);
        let slot =
            Slot { short: short?, optional: optional?, chars_max: chars_max?, choices: choices?, ..slot };
        Some(Slot { asks_max: asks_max?, otherwise: otherwise?, confirm: confirm?, ..slot })
    };
    let slot = whole().filter(|_| readable);
    ReadSlot { name, slot, only_if: only_if.flatten(), unconfirmed }
}

/// When to stop asking, and what then. Free words are as they are: they are noted anyway.
fn patience(table: &Table<'_>, kind: Option<SlotKind>) -> (Option<Option<u8>>, Option<Option<Otherwise>>) {
    let asks_max = match table.get("asks_max") {
        Some(item) => item.number(ASKS_RANGE).map(Some),
        None => Some(None),
    };
    let otherwise = match table.get("else") {
        Some(item) => match item.one_of(&OTHERWISE) {
            Some(Otherwise::Note) if kind == Some(SlotKind::Note) => {
                let why = "a note is kept as it was heard; there are no other words to note";
                item.mistake(why, "\"skip\" or \"hand_over\"".to_owned());
                None
            }
            read => read.map(Some),
        },
        None => Some(None),
    };
    (asks_max, otherwise)
}

/// When to ask whether it was heard rightly, and where it says of an address that nobody ever does.
fn confirm(table: &Table<'_>, kind: Option<SlotKind>) -> (Option<Confirm>, Option<Place>) {
    let Some(item) = table.get("confirm") else { return (Some(Confirm::Doubtful), None) };
    let confirm = item.one_of(&CONFIRM);
    let never = confirm == Some(Confirm::Never) && kind == Some(SlotKind::Address);
    (confirm, never.then(|| item.place.clone()))
}

fn asks(table: &Table<'_>, kind: SlotKind, language: Language) -> Option<Vec<String>> {
    let shipped = Some(shipped_ask(language, kind)).filter(|shipped| !shipped.is_empty());
    let item = match (table.get("ask"), shipped) {
        (None, Some(shipped)) => return Some(shipped),
        (None, None) => table.need("ask", "ask = [\"Wie …?\", \"Bitte noch einmal: Wie …?\"]")?,
        (Some(item), _) => item,
    };
    let texts = item.texts();
    if texts.is_empty() || texts.len() > ASKS_MAX {
        item.mistake(format!("has {} questions; 1 to {ASKS_MAX} are allowed", texts.len()), None);
        return None;
    }
    for text in &texts {
        check_placeholders(text, asked_with(kind), &[], item.found);
    }
    Some(texts.into_iter().map(|text| text.text).collect())
}

/// What a question may hold.
const fn asked_with(kind: SlotKind) -> &'static [&'static str] {
    if matches!(kind, SlotKind::Choice) { &["choices"] } else { &[] }
}

/// How to ask someone in a hurry: as the site has it, else in Klinke's words where the long question is Klinke's too.
fn short(table: &Table<'_>, kind: SlotKind, language: Language) -> Option<Option<String>> {
    let Some(item) = table.get("short") else {
        return Some(shipped_ask_short(language, kind).filter(|_| !table.has("ask")));
    };
    let written = item.written()?;
    check_placeholders(&written, asked_with(kind), &[], item.found);
    Some(Some(written.text))
}

/// How long a note may be; only a note has a limit to set.
fn chars_max(table: &Table<'_>, kind: Option<SlotKind>) -> Option<usize> {
    let Some(item) = table.get("chars_max") else { return Some(NOTE_CHARS_MAX_DEFAULT) };
    if kind.is_some_and(|kind| kind != SlotKind::Note) {
        item.mistake("only a note has a limit in characters", "leave it out".to_owned());
        return None;
    }
    item.number(NOTE_CHARS)
}
