//! Forms: what must be known before something can be done.

use super::site::{Action, Form, Language, Slot};
use super::spoken::check_placeholders;
use super::texts::shipped_ask;
use super::tree::{Item, Table, Written, check_name, unique};
use crate::call::understanding::SlotKind;

/// Slots of a form: more than that nobody answers on the telephone.
const SLOTS_MAX: usize = 12;
/// Ways to ask for one slot.
const ASKS_MAX: usize = 5;
/// What a read-back may say beside the slots.
const APPOINTMENT: [&str; 2] = ["start", "technician"];

/// Kinds of slots as they are written.
const KINDS: [(&str, SlotKind); 11] = [
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
];

/// A form with the places of what is checked later.
pub struct ReadForm {
    /// Its name.
    pub name: Written,
    /// The skill of its appointment.
    pub skill: Option<Written>,
    /// The form, where all of it could be read.
    pub form: Option<Form>,
}

/// Reads all forms of `[forms]`, in the order of the file.
pub fn read(table: Option<Table<'_>>, language: Language) -> Vec<ReadForm> {
    let named = table.map(|table| table.named()).unwrap_or_default();
    named.into_iter().map(|(name, item)| form(name, &item, language)).collect()
}

fn form(name: Written, item: &Item<'_>, language: Language) -> ReadForm {
    check_name(&name, item.found);
    let Some(table) = item.table() else { return ReadForm { name, skill: None, form: None } };
    let appointment = table
        .need("action", "action = \"appointment\" (with a skill) or action = \"call_back\"")
        .and_then(|item| item.one_of(&[("appointment", true), ("call_back", false)]));
    let skill = match (appointment, table.get("skill")) {
        (Some(true), None) => table.need("skill", "skill = \"heating\"").and_then(|item| item.name()),
        (Some(false), Some(item)) => {
            item.mistake("only an appointment needs a skill", "leave it out".to_owned());
            None
        }
        (_, item) => item.and_then(|item| item.name()),
    };
    let slots = table.need("slots", "slots = [\"name\", \"telephone\"]").map(|item| slots(&item, language));
    let read_back = table.need("read_back", "read_back = \"…, {name}, {telephone}. Stimmt das?\"");
    let read_back = read_back.and_then(|item| item.written());
    if let (Some(read_back), Some((Some(names), _)), Some(appointment)) = (&read_back, &slots, appointment) {
        let names = names.iter().map(|name| name.text.as_str());
        let needed: Vec<&str> = names.clone().chain(appointment.then_some("start")).collect();
        let known: Vec<&str> = names.chain(APPOINTMENT.into_iter().filter(|_| appointment)).collect();
        check_placeholders(read_back, &known, &needed, table.found);
    }
    table.close();
    let action = match (appointment, &skill) {
        (Some(true), Some(skill)) => Some(Action::Appointment { skill: skill.text.clone() }),
        (Some(false), _) => Some(Action::CallBack),
        _ => None,
    };
    let whole = || {
        Some(Form { name: name.text.clone(), slots: slots?.1?, action: action?, read_back: read_back?.text })
    };
    let form = whole();
    ReadForm { name, skill, form }
}

/// The slots' names, where all of them could be read, and the slots, where all of each could.
fn slots(item: &Item<'_>, language: Language) -> (Option<Vec<Written>>, Option<Vec<Slot>>) {
    let Some(list) = item.list() else { return (None, None) };
    if list.is_empty() || list.len() > SLOTS_MAX {
        item.mistake(format!("has {} slots; 1 to {SLOTS_MAX} are allowed", list.len()), None);
    }
    let (names, slots): (Vec<_>, Vec<_>) = list.iter().map(|item| slot(item, language)).unzip();
    for name in names.iter().flatten().filter(|name| APPOINTMENT.contains(&name.text.as_str())) {
        let why = "this name stands for the appointment's own value";
        item.found.mistake(&name.place, why, "another name".to_owned());
    }
    unique("slot of this form", names.iter().flatten(), item.found);
    (names.into_iter().collect(), slots.into_iter().collect())
}

/// A slot is the name of its kind, or a table where it is asked for in the site's own words.
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
        let whole = || Some(Slot { name: name.as_ref()?.text.clone(), kind: kind?, ask: ask? });
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
    table.close();
    let whole = || Some(Slot { name: name.as_ref()?.text.clone(), kind: kind?, ask: ask? });
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
        check_placeholders(text, &[], &[], item.found);
    }
    Some(texts.into_iter().map(|text| text.text).collect())
}
