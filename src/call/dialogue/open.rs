//! The open question: what Klinke waits to be told.

use super::topic::{Filled, Topic};
use crate::call::hearing::Expect;
use crate::call::understanding::SlotKind;
use crate::config::site::{Action, Choice, Form};

/// What is open.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Open {
    /// What the caller wants.
    Concern,
    /// A slot of the form, by its place in it.
    Slot(usize),
    /// Whether a value in doubt is right.
    Confirm {
        /// Its slot.
        slot: usize,
        /// The value.
        doubted: Filled,
        /// Whether the PBX told it, not the caller.
        from_line: bool,
    },
    /// Whether the held appointment suits.
    Offer,
    /// When an appointment would suit.
    When,
    /// Whether everything that was read back is right.
    ReadBack,
    /// What in it is wrong.
    WhatIsWrong,
    /// Whether another concern that the caller named, by its intent, is next.
    Further(String),
    /// Whether there is anything else.
    AnythingElse,
    /// Whether a human is wanted; the question behind it is asked again where not.
    Human(Box<Self>),
    /// Whether a call-back is wanted, since nobody is free.
    CallBack,
    /// Nothing: an order is under way.
    Ordered,
    /// Nothing: the caller interrupted the goodbye.
    Parting,
}

impl Open {
    /// The slot in question.
    pub(super) const fn slot(&self) -> Option<usize> {
        match self {
            Self::Slot(slot) | Self::Confirm { slot, .. } => Some(*slot),
            _ => None,
        }
    }

    /// Whether misunderstandings of `self` and `other` count together.
    pub(super) fn is_about_the_same_as(&self, other: &Self) -> bool {
        match (self.slot(), other.slot()) {
            (Some(one), Some(other)) => one == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Whether keys 1 and 2 answer it. `form`: the topic's.
    pub(super) fn takes_yes_no(&self, form: Option<&Form>) -> bool {
        match self {
            Self::Slot(slot) => kind(form, *slot) == Some(SlotKind::YesNo),
            Self::Confirm { .. }
            | Self::Offer
            | Self::ReadBack
            | Self::AnythingElse
            | Self::Further(_)
            | Self::CallBack
            | Self::Human(_) => true,
            _ => false,
        }
    }

    /// What can be chosen by key, the first one by 1.
    pub(super) fn choices<'a>(&self, form: Option<&'a Form>) -> &'a [Choice] {
        let Self::Slot(slot) = self else { return &[] };
        form.and_then(|form| form.slots.get(*slot)).map_or(&[], |slot| &slot.choices)
    }

    /// Whether keys are digits of its answer.
    pub(super) fn takes_digits(&self, form: Option<&Form>) -> bool {
        let Self::Slot(slot) = self else { return false };
        matches!(kind(form, *slot), Some(SlotKind::Telephone | SlotKind::Digits | SlotKind::Number))
    }

    /// What to listen for, likeliest first; empty: as before.
    pub(super) fn expects(&self, topic: Option<&Topic>, form: Option<&Form>) -> Vec<Expect> {
        let slot = |slot: usize| form.and_then(|form| form.slots.get(slot));
        match self {
            Self::Concern => vec![Expect::Free],
            Self::Slot(at) => match slot(*at).map(|slot| (slot.kind, slot.expect())) {
                Some((SlotKind::Name, name)) => vec![name, Expect::Spelling],
                Some((SlotKind::Address, address))
                    if topic.is_some_and(|topic| topic.value(*at).is_some()) =>
                {
                    vec![address, Expect::Number]
                }
                Some((SlotKind::Telephone, telephone)) => vec![telephone, Expect::Digits],
                Some((SlotKind::Choice, choice)) => vec![choice, Expect::Free],
                Some((_, expect)) => vec![expect],
                None => vec![Expect::Free],
            },
            Self::Confirm { slot: at, .. } => {
                let mut expects = vec![Expect::YesNo];
                expects.extend(slot(*at).map(crate::config::site::Slot::expect));
                expects
            }
            Self::Offer => vec![Expect::YesNo, Expect::DateTime],
            Self::When => vec![Expect::DateTime, Expect::YesNo],
            Self::ReadBack => everything(form, vec![Expect::YesNo]),
            Self::WhatIsWrong => everything(form, Vec::new()),
            Self::AnythingElse | Self::Further(_) | Self::Parting => vec![Expect::YesNo, Expect::Free],
            Self::Human(_) | Self::CallBack => vec![Expect::YesNo],
            Self::Ordered => Vec::new(),
        }
    }
}

fn kind(form: Option<&Form>, slot: usize) -> Option<SlotKind> {
    form?.slots.get(slot).map(|slot| slot.kind)
}

/// Every kind that the form holds, behind `expects`.
fn everything(form: Option<&Form>, mut expects: Vec<Expect>) -> Vec<Expect> {
    let slots = form.map_or(&[][..], |form| &form.slots).iter().map(crate::config::site::Slot::expect);
    let time = form
        .filter(|form| matches!(form.action, Action::Appointment { .. } | Action::MoveAppointment))
        .map(|_| Expect::DateTime);
    for expect in slots.chain(time).chain([Expect::Free]) {
        if !expects.contains(&expect) {
            expects.push(expect);
        }
    }
    expects
}
