//! Slots: what a form asks for, of which kind, in which words.

use super::choices;
use super::site::{Language, NOTE_CHARS_MAX_DEFAULT, Slot};
use super::spoken::check_placeholders;
use super::texts::shipped_ask;
use super::tree::{Item, Table, Written, unique};
use crate::call::understanding::SlotKind;

/// Slots of a form: more than that nobody answers on the telephone.
const SLOTS_MAX: usize = 12;
/// Ways to ask for one slot.
const ASKS_MAX: usize = 5;
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

/// The slots' names, where all of them could be read, and the slots, where all of each could.
pub fn read(item: &Item<'_>, language: Language) -> (Option<Vec<Written>>, Option<Vec<Slot>>) {
    let Some(list) = item.list() else { return (None, None) };
    if list.is_empty() || list.len() > SLOTS_MAX {
        item.mistake(format!("has {} slots; 1 to {SLOTS_MAX} are allowed", list.len()), None);
    }
    let (names, slots): (Vec<_>, Vec<_>) = list.iter().map(|item| slot(item, language)).unzip();
    for name in names.iter().flatten().filter(|name| OWN_VALUES.contains(&name.text.as_str())) {
        let why = "this name stands for the appointment's own value";
        item.found.mistake(&name.place, why, "another name".to_owned());
    }
    unique("slot of this form", names.iter().flatten(), item.found);
    (names.into_iter().collect(), slots.into_iter().collect())
}

/// A slot is the name of its kind, or a table where there is more to say.
fn slot(item: &Item<'_>, language: Language) -> (Option<Written>, Option<Slot>) {
    if item.is_text() {
        let kind = item.one_of(&KINDS);
        let name = item.written();
        let ask = kind.map(|kind| shipped_ask(language, kind));
        if ask.as_ref().is_some_and(Vec::is_empty) {
            let example =
                "{ name = \"customer\", kind = \"digits\", ask = [\"Wie ist Ihre Kundennummer?\"] }";
            item.mistake("nobody but you can know how to ask for that", example.to_owned());
            return (name, None);
        }
        let whole = || Some(Slot::new(name.as_ref()?.text.clone(), kind?, ask?));
        let slot = whole();
        return (name, slot);
    }
    let Some(table) = item.table() else { return (None, None) };
    let kind = table.need("kind", "kind = \"name\"").and_then(|item| item.one_of(&KINDS));
    let name = table.need("name", "name = \"name\"").and_then(|item| item.name());
    // without a kind nobody knows whether the questions may be left out
    let ask = match kind {
        Some(kind) => asks(&table, kind, language),
        None => {
            table.get("ask");
            None
        }
    };
    let optional = table.get("optional").map_or(Some(false), |item| item.boolean());
    let chars_max = chars_max(&table, kind);
    let choices = choices::read(&table, kind);
    table.close();
    let whole = || {
        let slot = Slot::new(name.as_ref()?.text.clone(), kind?, ask?);
        Some(Slot { optional: optional?, chars_max: chars_max?, choices: choices?, ..slot })
    };
    let slot = whole();
    (name, slot)
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
        let known: &[&str] = if kind == SlotKind::Choice { &["choices"] } else { &[] };
        check_placeholders(text, known, &[], item.found);
    }
    Some(texts.into_iter().map(|text| text.text).collect())
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
