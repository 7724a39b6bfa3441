//! A slot as usable: one thing that a form asks for.

use crate::call::hearing::Expect;
use crate::call::understanding::SlotKind;

/// One thing to be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its name in the form.
    pub name: String,
    /// What kind of value it takes.
    pub kind: SlotKind,
    /// How to ask, the first time, the second time, ….
    pub ask: Vec<String>,
    /// How to ask someone in a hurry the first time, where it is another way.
    pub short: Option<String>,
    /// Whether the form does without it: it is asked for once.
    pub optional: bool,
    /// Most characters that are kept of a note.
    pub chars_max: usize,
    /// What can be chosen, where it is a choice; else empty.
    pub choices: Vec<Choice>,
    /// It is asked for only where all of these hold.
    pub only_if: Vec<Condition>,
    /// How often it is asked for where no answer is understood; `None`: once where it is optional, else
    /// `ASKS_MAX_DEFAULT` times.
    pub asks_max: Option<u8>,
    /// What happens then; `None`: it is left out where it is optional, else a human takes over.
    pub otherwise: Option<Otherwise>,
    /// When the caller is asked whether it was heard rightly.
    pub confirm: Confirm,
}

/// That another slot of the form has a certain value. Conditions go in no circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The other slot.
    pub slot: String,
    /// Its value.
    pub is: Decides,
}

/// The value of a slot on which others depend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decides {
    /// This answer.
    YesNo(bool),
    /// One of these choices.
    OneOf(Vec<String>),
}

/// What happens where a slot was asked for often enough and no answer was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// It stays empty.
    Skip,
    /// A human takes over.
    HandOver,
    /// The words of the last answer are noted as they were heard.
    Note,
}

/// When the caller is asked at once whether a value was heard rightly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// Every time.
    Always,
    /// Where it is in doubt.
    Doubtful,
    /// Not even then, and the read-back need not have it.
    Never,
}

/// How often something is asked for where no answer is understood and the site does not say.
pub const ASKS_MAX_DEFAULT: u8 = 3;

/// One of several things that callers choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As callers hear it and colleagues read it.
    pub value: String,
    /// How callers say it; the value comes first.
    pub say: Vec<String>,
}

/// Characters of a note, where the site does not say: about twenty seconds of speech.
pub const NOTE_CHARS_MAX_DEFAULT: usize = 300;

impl Slot {
    /// One that is needed.
    #[must_use]
    pub const fn new(name: String, kind: SlotKind, ask: Vec<String>) -> Self {
        Self {
            name,
            kind,
            ask,
            short: None,
            optional: false,
            chars_max: NOTE_CHARS_MAX_DEFAULT,
            choices: Vec::new(),
            only_if: Vec::new(),
            asks_max: None,
            otherwise: None,
            confirm: Confirm::Doubtful,
        }
    }

    /// Whether it takes free words.
    #[must_use]
    pub const fn is_note(&self) -> bool {
        matches!(self.kind, SlotKind::Note)
    }

    /// Whether a caller may have nothing for it.
    #[must_use]
    pub const fn is_dispensable(&self) -> bool {
        self.optional || self.is_note()
    }

    /// Whether the form may be full without a value of its kind.
    #[must_use]
    pub const fn may_be_empty(&self) -> bool {
        let left_out = matches!(self.otherwise(), Otherwise::Skip | Otherwise::Note);
        self.is_dispensable() || left_out || !self.only_if.is_empty()
    }

    /// How often it is asked for where no answer is understood.
    #[must_use]
    pub const fn asks_max(&self) -> u8 {
        match self.asks_max {
            Some(asks_max) => asks_max,
            None if self.optional => 1,
            None => ASKS_MAX_DEFAULT,
        }
    }

    /// What happens then.
    #[must_use]
    pub const fn otherwise(&self) -> Otherwise {
        match self.otherwise {
            Some(otherwise) => otherwise,
            None if self.optional => Otherwise::Skip,
            None => Otherwise::HandOver,
        }
    }

    /// What to listen for when it is asked for.
    #[must_use]
    pub const fn expect(&self) -> Expect {
        match self.kind {
            SlotKind::YesNo => Expect::YesNo,
            SlotKind::DateTime => Expect::DateTime,
            SlotKind::Number => Expect::Number,
            SlotKind::Duration => Expect::Duration,
            SlotKind::Money => Expect::Money,
            SlotKind::Digits => Expect::Digits,
            SlotKind::Iban => Expect::Iban,
            SlotKind::Telephone => Expect::Telephone,
            SlotKind::Name => Expect::Name,
            SlotKind::Address => Expect::Address,
            SlotKind::Email => Expect::Email,
            SlotKind::Note => Expect::Free,
            SlotKind::Choice => Expect::Choice,
        }
    }
}
