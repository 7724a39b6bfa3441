//! Forms: what must be known before something can be done.

use super::place::{Findings, Place};
use super::read_back;
use super::site::{Action, Calendar, Form, Language, Slot};
use super::slots::{self, OWN_VALUES, ReadSlots};
use super::tree::{Item, Table, Written, check_name};
use crate::call::understanding::SlotKind;

/// A slot for the code of an appointment, as an example.
const CODE_SLOT: &str =
    "[{ name = \"code\", kind = \"digits\", ask = [\"Wie ist die Terminnummer?\"] }, \"name\"]";

/// What a form's action can be, as it is written.
const ACTIONS: [(&str, Does); 7] = [
    ("appointment", Does::Appointment),
    ("cancel_appointment", Does::Cancel),
    ("move_appointment", Does::Move),
    ("ticket", Does::Ticket),
    ("call_back", Does::CallBack),
    ("on_call", Does::OnCall),
    ("message", Does::Message),
];

/// An action without what it is done with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Appointment,
    Cancel,
    Move,
    Ticket,
    CallBack,
    OnCall,
    Message,
}

impl Does {
    /// What its read-back may say beside the slots.
    const fn values(self) -> &'static [&'static str] {
        match self {
            Self::Appointment | Self::Cancel => &["start", "technician"],
            Self::Move => &OWN_VALUES,
            Self::Ticket | Self::CallBack | Self::OnCall | Self::Message => &[],
        }
    }

    /// What its read-back must say of the slots and of the rest. What only proves whose appointment it is need not be
    /// read back.
    fn needed<'a>(self, slots: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        match self {
            Self::Appointment => slots.chain(["start"]).collect(),
            Self::Cancel | Self::Move => vec!["start"],
            Self::Ticket | Self::CallBack | Self::OnCall | Self::Message => slots.collect(),
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
    /// Where it says of an address that it is never confirmed.
    pub unconfirmed: Option<Place>,
    /// Where it says that it rings whoever is on call.
    pub rings: Option<Place>,
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
    let Some(table) = item.table() else {
        return ReadForm { name, skill: None, changes: None, unconfirmed: None, rings: None, form: None };
    };
    let action = table.need("action", "action = \"appointment\" (with a skill) or action = \"call_back\"");
    let does = action.as_ref().and_then(|item| item.one_of(&ACTIONS));
    let skill = match (does, table.get("skill")) {
        (Some(Does::Appointment), None) => {
            table.need("skill", "skill = \"heating\"").and_then(|item| item.name())
        }
        (Some(_), Some(item)) if does != Some(Does::Appointment) => {
            item.mistake("only an appointment needs a skill", "leave it out".to_owned());
            None
        }
        (_, item) => item.and_then(|item| item.name()),
    };
    let slots = table
        .need("slots", "slots = [\"name\", \"telephone\"]")
        .map(|item| (slots::read(&item, language), item));
    let unconfirmed = slots.as_ref().and_then(|(read, _)| read.unconfirmed.clone());
    let said = table.need("read_back", "read_back = \"…, {name}, {telephone}. Stimmt das?\"");
    let said = said.and_then(|item| item.written());
    if let (Some(said), Some((ReadSlots { names: Some(names), slots, .. }, _)), Some(does)) =
        (&said, &slots, does)
    {
        let names = || names.iter().map(|name| name.text.as_str());
        let known: Vec<&str> = names().chain(does.values().iter().copied()).collect();
        let slots = slots.as_deref().unwrap_or_default();
        read_back::check(said, slots, &known, &does.needed(names()), table.found);
    }
    if let (Some(does), Some((ReadSlots { slots: Some(slots), .. }, item))) = (does, &slots) {
        check_proof(does, slots, item);
        check_recipient(does, slots, item);
    }
    table.close();
    let place = action.map(|item| item.place.clone());
    let changes = place.clone().filter(|_| matches!(does, Some(Does::Cancel | Does::Move)));
    let rings = place.filter(|_| does == Some(Does::OnCall));
    let action = match (does, &skill) {
        (Some(Does::Appointment), Some(skill)) => Some(Action::Appointment { skill: skill.text.clone() }),
        (Some(Does::Cancel), _) => Some(Action::CancelAppointment),
        (Some(Does::Move), _) => Some(Action::MoveAppointment),
        (Some(Does::Ticket), _) => Some(Action::Ticket),
        (Some(Does::CallBack), _) => Some(Action::CallBack),
        (Some(Does::OnCall), _) => Some(Action::OnCall),
        (Some(Does::Message), _) => Some(Action::Message),
        _ => None,
    };
    let whole = || {
        Some(Form { name: name.text.clone(), slots: slots?.0.slots?, action: action?, read_back: said?.text })
    };
    let form = whole();
    ReadForm { name, skill, changes, unconfirmed, rings, form }
}

/// Whoever wants an appointment changed has to show that it is his, and only by what can show it.
fn check_proof(does: Does, slots: &[Slot], item: &Item<'_>) {
    let (proofs, example): (&[SlotKind], _) = match does {
        Does::Cancel => (&[SlotKind::Digits, SlotKind::Name, SlotKind::DateTime], CODE_SLOT),
        Does::Move => (&[SlotKind::Digits, SlotKind::Name], CODE_SLOT),
        _ => return,
    };
    let is_proof = |slot: &&Slot| proofs.contains(&slot.kind);
    if let Some(slot) = slots.iter().find(|slot| slot.may_be_empty()) {
        let why = format!("\"{}\" may stay empty, and what shows whose appointment it is may not", slot.name);
        let instead = "the slot without optional, only_if and else; only as many are asked for as are needed";
        item.mistake(why, instead.to_owned());
    }
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

/// A message is for one of the site's own people, and has words.
fn check_recipient(does: Does, slots: &[Slot], item: &Item<'_>) {
    let count = |kind| slots.iter().filter(|slot| slot.kind == kind).count();
    let needed = |slot: &&Slot| slot.kind == SlotKind::Choice && !slot.may_be_empty();
    if does != Does::Message {
        return;
    }
    if count(SlotKind::Choice) != 1 || slots.iter().find(needed).is_none() {
        let why = "has to have exactly one choice, which is not optional: whom the message is for";
        let example = "{ name = \"recipient\", kind = \"choice\", choices = [\"Frau Kern\", \"Herr Roth\"], ask = [\"Für wen \
                       ist die Nachricht?\"] }";
        item.mistake(why, example.to_owned());
    }
    if count(SlotKind::Note) == 0 {
        let example = "{ name = \"message\", kind = \"note\", ask = [\"Was darf ich ausrichten?\"] }";
        item.mistake("asks for no words that could be passed on", example.to_owned());
    }
}

/// A form that rings whoever is on call needs somebody to be rung.
pub fn check_on_call(forms: &[ReadForm], is_there: bool, found: &Findings) {
    for place in forms.iter().filter_map(|form| form.rings.as_ref()).filter(|_| !is_there) {
        let why = "nobody could be rung: the site does not say who is on call";
        found.mistake(place, why, "[on_call] with [[on_call.people]]".to_owned());
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

/// Where somebody is sent at once, the address is heard again by the caller: a wrong one costs hours.
pub fn check_emergencies<'n>(led_to: impl Iterator<Item = &'n str>, forms: &[ReadForm], found: &Findings) {
    let led_to: Vec<&str> = led_to.collect();
    for read in forms.iter().filter(|read| led_to.contains(&read.name.text.as_str())) {
        if let Some(place) = &read.unconfirmed {
            let why = "an emergency leads to this form, and somebody may be sent to a wrong address";
            found.mistake(place, why, "\"always\" or \"doubtful\"".to_owned());
        }
    }
}
