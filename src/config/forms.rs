//! Forms: what must be known before something can be done.

use super::place::{Findings, Place};
use super::site::{Action, Calendar, Form, Language, Slot};
use super::spoken::check_placeholders;
use super::texts::shipped_ask;
use super::tree::{Item, Table, Written, check_name, unique};
use crate::call::understanding::SlotKind;

/// Slots of a form: more than that nobody answers on the telephone.
const SLOTS_MAX: usize = 12;
/// Ways to ask for one slot.
const ASKS_MAX: usize = 5;
/// Names of the appointment's own values; no slot has one of them.
const OWN_VALUES: [&str; 3] = ["start", "technician", "old_start"];
/// A slot for the code of an appointment, as an example.
const CODE_SLOT: &str =
    "[{ name = \"code\", kind = \"digits\", ask = [\"Wie ist die Terminnummer?\"] }, \"name\"]";

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

/// What a form's action can be, as it is written.
const ACTIONS: [(&str, Does); 5] = [
    ("appointment", Does::Appointment),
    ("cancel_appointment", Does::Cancel),
    ("move_appointment", Does::Move),
    ("ticket", Does::Ticket),
    ("call_back", Does::CallBack),
];

/// An action without what it is done with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Appointment,
    Cancel,
    Move,
    Ticket,
    CallBack,
}

impl Does {
    /// What its read-back may say beside the slots.
    const fn values(self) -> &'static [&'static str] {
        match self {
            Self::Appointment | Self::Cancel => &["start", "technician"],
            Self::Move => &OWN_VALUES,
            Self::Ticket | Self::CallBack => &[],
        }
    }

    /// What its read-back must say of the slots and of the rest. What only proves whose appointment it is need not be
    /// read back.
    fn needed<'a>(self, slots: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        match self {
            Self::Appointment => slots.chain(["start"]).collect(),
            Self::Cancel | Self::Move => vec!["start"],
            Self::Ticket | Self::CallBack => slots.collect(),
        }
    }
}

/// A form with the places of what is checked later.
pub struct ReadForm {
    /// Its name.
    pub name: Written,
    /// The skill of its appointment.
    pub skill: Option<Written>,
    /// Where it says that it changes an appointment.
    pub changes: Option<Place>,
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
    let Some(table) = item.table() else { return ReadForm { name, skill: None, changes: None, form: None } };
    let action = table.need("action", "action = \"appointment\" (with a skill) or action = \"call_back\"");
    let does = action.as_ref().and_then(|item| item.one_of(&ACTIONS));
    let skill = match (does, table.get("skill")) {
        (Some(Does::Appointment), None) => {
            table.need("skill", "skill = \"heating\"").and_then(|item| item.name())
        }
        (Some(Does::Cancel | Does::Move | Does::Ticket | Does::CallBack), Some(item)) => {
            item.mistake("only an appointment needs a skill", "leave it out".to_owned());
            None
        }
        (_, item) => item.and_then(|item| item.name()),
    };
    let slots =
        table.need("slots", "slots = [\"name\", \"telephone\"]").map(|item| (slots(&item, language), item));
    let read_back = table.need("read_back", "read_back = \"…, {name}, {telephone}. Stimmt das?\"");
    let read_back = read_back.and_then(|item| item.written());
    if let (Some(read_back), Some(((Some(names), _), _)), Some(does)) = (&read_back, &slots, does) {
        let names = || names.iter().map(|name| name.text.as_str());
        let known: Vec<&str> = names().chain(does.values().iter().copied()).collect();
        check_placeholders(read_back, &known, &does.needed(names()), table.found);
    }
    if let (Some(does), Some(((_, Some(slots)), item))) = (does, &slots) {
        check_proof(does, slots, item);
    }
    table.close();
    let changes =
        action.filter(|_| matches!(does, Some(Does::Cancel | Does::Move))).map(|item| item.place.clone());
    let action = match (does, &skill) {
        (Some(Does::Appointment), Some(skill)) => Some(Action::Appointment { skill: skill.text.clone() }),
        (Some(Does::Cancel), _) => Some(Action::CancelAppointment),
        (Some(Does::Move), _) => Some(Action::MoveAppointment),
        (Some(Does::Ticket), _) => Some(Action::Ticket),
        (Some(Does::CallBack), _) => Some(Action::CallBack),
        _ => None,
    };
    let whole = || {
        Some(Form {
            name: name.text.clone(),
            slots: slots?.0.1?,
            action: action?,
            read_back: read_back?.text,
        })
    };
    let form = whole();
    ReadForm { name, skill, changes, form }
}

/// Whoever wants an appointment changed has to show that it is his, and only by what can show it.
fn check_proof(does: Does, slots: &[Slot], item: &Item<'_>) {
    let (proofs, example): (&[SlotKind], _) = match does {
        Does::Appointment | Does::Ticket | Does::CallBack => return,
        Does::Cancel => (&[SlotKind::Digits, SlotKind::Name, SlotKind::DateTime], CODE_SLOT),
        Does::Move => (&[SlotKind::Digits, SlotKind::Name], CODE_SLOT),
    };
    let is_proof = |slot: &&Slot| proofs.contains(&slot.kind);
    if does == Does::Move && slots.iter().any(|slot| slot.kind == SlotKind::DateTime) {
        let why = "a day that is said here is the new one, so it cannot show which appointment is meant";
        item.mistake(why, "slots without a date_time".to_owned());
    } else if !slots.iter().any(|slot| is_proof(&slot)) {
        item.mistake("asks for nothing that shows whose appointment it is", example.to_owned());
    } else if let Some(other) = slots.iter().find(|slot| !is_proof(slot)) {
        let why = format!("asks for \"{}\", which shows nothing about whose appointment it is", other.name);
        item.mistake(why, "only digits, name and, to cancel, date_time".to_owned());
    } else if proofs.iter().any(|kind| slots.iter().filter(|slot| slot.kind == *kind).count() > 1) {
        item.mistake("asks for the same kind of proof twice", "one slot of each kind".to_owned());
    }
}

/// A form that changes appointments needs one that books them, and callers who can show what is theirs.
pub fn check_changes(forms: &[ReadForm], calendar: Option<&Calendar>, found: &Findings) {
    let books = |form: &ReadForm| form.skill.is_some() || form.form.is_none();
    for read in forms {
        let (Some(place), Some(form)) = (&read.changes, &read.form) else { continue };
        if !forms.iter().any(books) {
            let why = "no form of this site books an appointment that could be changed";
            found.mistake(place, why, "a form with action = \"appointment\" too".to_owned());
        }
        let asks = |kind| form.slots.iter().any(|slot: &Slot| slot.kind == kind);
        let by_name = asks(SlotKind::Name) || asks(SlotKind::DateTime);
        if by_name
            && !asks(SlotKind::Digits)
            && calendar.is_some_and(|calendar| !calendar.trust_caller_number)
        {
            let why = "nobody could show that an appointment is his: a name or a day counts only together with the \
                       number that the PBX shows, and trust_caller_number is not set";
            let instead = format!("slots = {CODE_SLOT}, or trust_caller_number = true in [calendar]");
            found.mistake(place, why, instead);
        }
    }
}

/// The slots' names, where all of them could be read, and the slots, where all of each could.
fn slots(item: &Item<'_>, language: Language) -> (Option<Vec<Written>>, Option<Vec<Slot>>) {
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
