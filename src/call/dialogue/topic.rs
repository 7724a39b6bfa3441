//! The topic: what the caller wants, with its form as far as it is filled.

use jiff::civil::DateTime;

use super::wish::Wish;
use super::wording;
use crate::call::actions::{Attendance, HoldId, JobSheet};
use crate::call::understanding::{Address, SlotKind, Value};
use crate::config::site::{Form, Language, Slot};
use crate::private::Private;

/// A value that was taken.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filled {
    pub value: Value,
    /// 0 to 1.
    pub confidence: f32,
    /// Whether the caller agreed to it when it was read back.
    pub confirmed: bool,
}

/// An appointment that is held or booked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Held {
    pub hold: HoldId,
    pub technician: String,
    pub start: DateTime,
    pub end: DateTime,
}

/// An appointment of the caller's that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub appointment: i64,
    pub technician: String,
    pub start: DateTime,
    pub skill: String,
}

/// How far the topic's action has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Values are gathered, an appointment is offered.
    Open,
    /// The caller agreed to the offer; what is left is reading back.
    Accepted,
    /// It is booked.
    Booked,
    /// A call-back is noted.
    Noted,
    /// It is out of the calendar.
    Cancelled,
}

/// What the caller wants.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    /// The site's intent.
    pub intent: String,
    /// Its title.
    pub title: String,
    pub emergency: bool,
    /// The form's name.
    pub form: String,
    /// One place for each slot of the form.
    pub slots: Vec<Option<Filled>>,
    /// Slots that the caller has nothing for.
    pub passed: Vec<bool>,
    /// How often each slot was asked for.
    pub asked: Vec<u8>,
    /// Slots that were filled or passed over, the last one last: the way back.
    pub trail: Vec<usize>,
    /// Values that the caller has to confirm first.
    pub doubts: Vec<(usize, Filled)>,
    /// When the caller would like to be visited.
    pub wish: Option<Wish>,
    pub held: Option<Held>,
    pub progress: Progress,
    /// Offers declined so far.
    pub declined: u8,
    /// The job sheet that was ordered last: what colleagues know.
    pub sheet: Option<JobSheet>,
    /// Whether the number that the PBX shows was offered.
    pub number_offered: bool,
    /// The appointment that is to be changed.
    pub found: Option<Found>,
    /// How often none was found.
    pub not_found: u8,
    /// Whether none was found by the number that the PBX shows.
    pub number_in_vain: bool,
    /// The ticket's number.
    pub ticket: Option<i64>,
    /// What has come of ringing those on call.
    pub attendance: Attendance,
    /// How often that was begun.
    pub chains: u8,
}

impl Topic {
    /// A topic of which nothing is known yet. `slots`: how many its form has.
    pub(super) fn new(intent: String, title: String, emergency: bool, form: String, slots: usize) -> Self {
        Self {
            intent,
            title,
            emergency,
            form,
            slots: vec![None; slots],
            passed: vec![false; slots],
            asked: vec![0; slots],
            trail: Vec::new(),
            doubts: Vec::new(),
            wish: None,
            held: None,
            progress: Progress::Open,
            declined: 0,
            sheet: None,
            number_offered: false,
            found: None,
            not_found: 0,
            number_in_vain: false,
            ticket: None,
            attendance: Attendance::default(),
            chains: 0,
        }
    }

    /// Remembers that the slot was the last one to be filled or passed over.
    pub(super) fn goes_on_from(&mut self, slot: usize) {
        self.trail.retain(|other| *other != slot);
        self.trail.push(slot);
    }

    pub(super) fn value(&self, slot: usize) -> Option<&Value> {
        self.slots.get(slot)?.as_ref().map(|filled| &filled.value)
    }

    /// The first slot that is to be asked for, is empty or filled in part, and was not passed over.
    pub(super) fn missing(&self, form: &Form) -> Option<usize> {
        let whole = |at: usize| self.value(at).is_some_and(is_whole);
        (0..self.slots.len())
            .find(|&at| !self.passed[at] && !whole(at) && self.applies(form, at) == Some(true))
    }

    /// Whether nothing is in doubt and nothing left to ask for.
    pub(super) fn is_full(&self, form: &Form) -> bool {
        self.doubts.is_empty() && self.missing(form).is_none()
    }

    /// Whether it is booked, noted or cancelled.
    pub(super) const fn is_done(&self) -> bool {
        matches!(self.progress, Progress::Booked | Progress::Noted | Progress::Cancelled)
    }

    /// What a colleague needs to know, as of now.
    pub(super) fn job_sheet(&self, form: &Form, language: Language) -> JobSheet {
        let fields = form.slots.iter().zip(&self.slots).filter_map(|(slot, filled)| {
            let filled = filled.as_ref()?;
            Some((slot.name.clone(), wording::written(&filled.value, language).into()))
        });
        let named = form.slots.iter().zip(&self.slots).find(|(slot, _)| slot.kind == SlotKind::Name);
        JobSheet {
            concern: self.title.clone(),
            emergency: self.emergency,
            fields: fields.collect(),
            family_name: named.and_then(|(_, filled)| family_name(&filled.as_ref()?.value)),
            on_call: None,
        }
    }

    /// Whether something changed since colleagues were told.
    pub(super) fn is_outdated(&self, form: &Form, language: Language) -> bool {
        self.sheet.as_ref().is_some_and(|sheet| *sheet != self.job_sheet(form, language))
    }
}

/// The name by which people are found again.
pub(super) fn family_name(value: &Value) -> Option<Private<String>> {
    let Value::Name(name) = value else { return None };
    name.family.clone().or_else(|| name.given.clone())
}

/// Whether nothing essential is missing: a house needs its number and a street, or a place where streets have no
/// names.
pub(super) fn is_whole(value: &Value) -> bool {
    match value {
        Value::Address(Address { street, house_number, place, .. }) => {
            house_number.is_some() && (street.is_some() || place.is_some())
        }
        Value::Name(name) => name.family.is_some() || name.given.is_some(),
        Value::Telephone { value } | Value::Digits { value } => !value.reveal().is_empty(),
        _ => true,
    }
}

/// `said` as a value for this slot; `asked`: whether it is the open question, where a number
/// may be a house number and digits a telephone number.
pub(super) fn fitting(said: &Value, slot: &Slot, before: Option<&Value>, asked: bool) -> Option<Value> {
    match (slot.kind, said) {
        (SlotKind::Choice, Value::Choice { value }) => {
            slot.choices.iter().any(|choice| choice.value == *value).then(|| said.clone())
        }
        (SlotKind::Address, Value::Address(new)) => Some(Value::Address(merged(new, before))),
        (SlotKind::Address, Value::Number { value })
            if asked && value.whole().is_some_and(|value| value > 0) =>
        {
            let Some(Value::Address(old)) = before else { return None };
            old.house_number.is_none().then(|| {
                Value::Address(Address { house_number: Some(value.to_string().into()), ..old.clone() })
            })
        }
        (SlotKind::Telephone, Value::Digits { value }) if asked => {
            Some(Value::Telephone { value: value.clone() })
        }
        (SlotKind::Digits, Value::Telephone { value }) if asked => {
            let digits = value.reveal().trim_start_matches('+').to_owned();
            Some(Value::Digits { value: digits.into() })
        }
        (SlotKind::Digits, Value::Number { value })
            if asked && value.whole().is_some_and(|value| value >= 0) =>
        {
            Some(Value::Digits { value: value.to_string().into() })
        }
        (SlotKind::Number, Value::Digits { value }) if asked => {
            value.reveal().parse::<u32>().ok().map(|value| Value::Number { value: value.into() })
        }
        (SlotKind::YesNo, Value::YesNo { .. }) => asked.then(|| said.clone()),
        (SlotKind::DateTime, Value::DateTime { .. })
        | (SlotKind::Number, Value::Number { .. })
        | (SlotKind::Digits, Value::Digits { .. } | Value::Code { .. })
        | (SlotKind::Telephone, Value::Telephone { .. })
        | (SlotKind::Name, Value::Name(_))
        | (SlotKind::Duration, Value::Duration { .. })
        | (SlotKind::Money, Value::Money { .. })
        | (SlotKind::Iban, Value::Iban { .. })
        | (SlotKind::Email, Value::Email { .. }) => Some(said.clone()),
        _ => None,
    }
}

/// What is said anew replaces its part; the rest stays.
fn merged(new: &Address, before: Option<&Value>) -> Address {
    let Some(Value::Address(old)) = before else { return new.clone() };
    Address {
        street: new.street.clone().or_else(|| old.street.clone()),
        house_number: new.house_number.clone().or_else(|| old.house_number.clone()),
        postcode: new.postcode.clone().or_else(|| old.postcode.clone()),
        place: new.place.clone().or_else(|| old.place.clone()),
    }
}

/// Whether `new` only adds to `before`: the house number to a street.
pub(super) fn extends(new: &Value, before: &Value) -> bool {
    let (Value::Address(new), Value::Address(before)) = (new, before) else { return false };
    let keeps =
        |new: &Option<Private<String>>, before: &Option<Private<String>>| before.is_none() || new == before;
    keeps(&new.street, &before.street)
        && keeps(&new.house_number, &before.house_number)
        && keeps(&new.postcode, &before.postcode)
        && keeps(&new.place, &before.place)
}

/// What is left of `stored` when the caller rules `denied` out; `None`: nothing.
/// `Err`: it says nothing about `stored`.
pub(super) fn without(stored: &Value, denied: &Value) -> Result<Option<Value>, ()> {
    let (Value::Address(stored), Value::Address(denied)) = (stored, denied) else {
        return if stored == denied { Ok(None) } else { Err(()) };
    };
    let mut left = stored.clone();
    let mut struck = false;
    for (mine, theirs) in [
        (&mut left.street, &denied.street),
        (&mut left.house_number, &denied.house_number),
        (&mut left.postcode, &denied.postcode),
        (&mut left.place, &denied.place),
    ] {
        if theirs.is_some() && *mine == *theirs {
            *mine = None;
            struck = true;
        }
    }
    match (struck, left == Address::default()) {
        (false, _) => Err(()),
        (true, true) => Ok(None),
        (true, false) => Ok(Some(Value::Address(left))),
    }
}
