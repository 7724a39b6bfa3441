//! Expectation: what the dialogue hopes to hear, carried against the flow so that hearing can lean towards it
//! and knows how patient to be. Weights, not a cage.

use serde::{Deserialize, Serialize};

/// A kind of thing a caller may say next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// A concern in the caller's own words.
    Free,
    /// Yes, no, and their many forms.
    YesNo,
    /// A day, a time of day, or both.
    DateTime,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A number as a quantity.
    Number,
    /// A string of digits (customer number, postcode).
    Digits,
    /// A telephone number.
    Telephone,
    /// A person's name, spelled or not.
    Name,
    /// Street and house number, with or without the place.
    Address,
    /// Letters, by alphabet or by sound.
    Spelling,
    /// How long something takes.
    Duration,
    /// An amount of money.
    Money,
    /// An international bank account number.
    Iban,
    /// An e-mail address.
    Email,
    /// Letters and digits (licence plate, serial number).
    Code,
    /// One of the site's choices.
    Choice,
}

impl Expect {
    /// All kinds, in the order in which the manual lists them.
    pub const ALL: [Self; 17] = [
        Self::Free,
        Self::YesNo,
        Self::DateTime,
        Self::Date,
        Self::Time,
        Self::Number,
        Self::Digits,
        Self::Telephone,
        Self::Name,
        Self::Address,
        Self::Spelling,
        Self::Duration,
        Self::Money,
        Self::Iban,
        Self::Email,
        Self::Code,
        Self::Choice,
    ];

    /// The kind's name on the command line and in JSON: `yes-no`, `date-time`, ….
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::YesNo => "yes-no",
            Self::DateTime => "date-time",
            Self::Date => "date",
            Self::Time => "time",
            Self::Number => "number",
            Self::Digits => "digits",
            Self::Telephone => "telephone",
            Self::Name => "name",
            Self::Address => "address",
            Self::Spelling => "spelling",
            Self::Duration => "duration",
            Self::Money => "money",
            Self::Iban => "iban",
            Self::Email => "email",
            Self::Code => "code",
            Self::Choice => "choice",
        }
    }
}

impl std::str::FromStr for Expect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|kind| kind.name()).collect();
            format!("unknown kind {name:?}; one of {}", known.join(", "))
        })
    }
}
