//! What was understood: the type that understanding emits and the dialogue reads. Its JSON is what
//! `klinke understand --json` prints and is stable.

use jiff::civil;
use serde::{Deserialize, Serialize};

pub use super::amounts::{Amount, Length};
use crate::call::hearing::Expect;
use crate::private::Private;

/// What one utterance means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// The site's intents, the likeliest first; empty where none fits ("none of these").
    pub intents: Vec<IntentScore>,
    /// What else is wanted in the same breath ("… und dann hätte ich gern noch …"); as a rule empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<IntentScore>,
    /// Values in the order in which they were said.
    pub slots: Vec<SlotValue>,
    /// What the words alone signal.
    pub signals: Vec<Signal>,
    /// The words as heard, for notes; nothing is decided by them.
    #[serde(skip)]
    pub words: Private<String>,
}

/// From this confidence on a value or a concern counts as a whole answer.
const WHOLE_CONFIDENCE_MIN: f32 = 0.8;
/// The same for names, which many words are a little like.
const WHOLE_NAME_CONFIDENCE_MIN: f32 = 0.7;
/// A telephone number of so many digits is hardly half of one.
const WHOLE_TELEPHONE_DIGITS_MIN: usize = 11;

impl Understood {
    /// Whether it answers what is hoped for, so that nothing more has to come. A "nein" never does: what is
    /// right instead often follows.
    #[must_use]
    pub fn is_whole_answer(&self, expect: &[Expect]) -> bool {
        match expect.first() {
            Some(Expect::Free) | None => {
                self.intents.first().is_some_and(|intent| intent.confidence >= WHOLE_CONFIDENCE_MIN)
                    || self.signals.contains(&Signal::WantsHuman)
            }
            Some(_) => self.slots.iter().any(|slot| expect.iter().any(|kind| slot.is_whole(*kind))),
        }
    }
}

impl SlotValue {
    /// The names of those of `hedged`, `negated` and `corrects` that hold.
    pub fn marks(&self) -> impl Iterator<Item = &'static str> {
        let marks = [(self.hedged, "hedged"), (self.negated, "negated"), (self.corrects, "corrects")];
        marks.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name)
    }

    /// Whether it is a whole answer where that is hoped for.
    fn is_whole(&self, hoped_for: Expect) -> bool {
        let confidence_min = match hoped_for {
            Expect::Name => WHOLE_NAME_CONFIDENCE_MIN,
            _ => WHOLE_CONFIDENCE_MIN,
        };
        let fits = match (&self.value, hoped_for) {
            (Value::YesNo { value }, Expect::YesNo) => *value,
            // A day may still get its hour.
            (Value::DateTime { grain, .. }, Expect::DateTime | Expect::Time) => {
                matches!(grain, Grain::Hour | Grain::Minute)
            }
            (Value::Name(name), Expect::Name) => name.family.is_some(),
            (Value::Telephone { value }, Expect::Telephone) => {
                value.reveal().len() >= WHOLE_TELEPHONE_DIGITS_MIN
            }
            (Value::Choice { .. }, Expect::Choice) => true,
            // One never knows how many digits or letters there will be, and addresses are often corrected.
            _ => false,
        };
        fits && !self.negated && self.confidence >= confidence_min
    }
}

/// An intent of the site, or one of its approved answers, with its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentScore {
    /// The name in the site's file.
    pub name: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// The kinds of values that are found in what callers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// Agreement or refusal.
    YesNo,
    /// A day, a time of day, or both, resolved against the moment of the call.
    DateTime,
    /// A quantity.
    Number,
    /// Digits as digits (customer number, postcode).
    Digits,
    /// A telephone number.
    Telephone,
    /// A person's name.
    Name,
    /// Street, house number, place.
    Address,
    /// How long.
    Duration,
    /// An amount of money.
    Money,
    /// An account.
    Iban,
    /// An e-mail address.
    Email,
    /// Free words, kept as heard.
    Note,
    /// One of the site's choices.
    Choice,
}

/// A value found in an utterance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotValue {
    /// The value; its tag is the kind.
    #[serde(flatten)]
    pub value: Value,
    /// The words it came from, as heard.
    pub words: Private<String>,
    /// Where those words stand in the utterance.
    pub span: Span,
    /// 0 to 1: recogniser's and grammar's together.
    pub confidence: f32,
    /// Said with a doubt: "vielleicht", "so gegen", "ungefähr".
    pub hedged: bool,
    /// Ruled out: "nicht Montag".
    pub negated: bool,
    /// Replaces what was said before: "nein, Dienstag", "ich meine vierzehn".
    pub corrects: bool,
}

impl SlotValue {
    /// What kind of value it is.
    #[must_use]
    pub const fn kind(&self) -> SlotKind {
        self.value.kind()
    }
}

/// A range of words: from `first` up to but not including `end`, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Index of the first word.
    pub first: usize,
    /// One past the last word.
    pub end: usize,
}

/// A value by kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Value {
    /// Agreement (`true`) or refusal.
    YesNo {
        /// `true`: yes.
        value: bool,
    },
    /// A stretch of local time: from `value` up to but not including `until`. "Donnerstag" is a day, "um halb
    /// acht" a minute, "Donnerstag Vormittag" the hours between.
    DateTime {
        /// Local time of the site.
        value: civil::DateTime,
        /// The end, exclusive; [`OPEN_END`]: from then on ("ab Donnerstag").
        until: civil::DateTime,
        /// How exact it was said.
        grain: Grain,
        /// Whether a day was said; "um acht" alone has none and holds for whatever day is being talked about.
        dated: bool,
    },
    /// A quantity.
    Number {
        /// The number.
        value: Amount,
    },
    /// Digits as they were said.
    Digits {
        /// Only `0` to `9`.
        value: Private<String>,
    },
    /// Letters and digits ("K 4711"); answers where digits were asked for.
    Code {
        /// Capital letters and `0` to `9`.
        value: Private<String>,
    },
    /// A telephone number as it would be dialled.
    Telephone {
        /// Only `0` to `9`, with a leading `+` where the caller said "plus".
        value: Private<String>,
    },
    /// A person.
    Name(PersonName),
    /// A place to go to.
    Address(Address),
    /// How long something takes or has lasted.
    Duration {
        /// What was said; of a range the shorter one.
        value: Length,
        /// Of a range the longer one ("zwei bis drei Stunden", "höchstens eine Stunde").
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Length>,
        /// At least so long ("mindestens zwei Stunden").
        #[serde(default, skip_serializing_if = "is_false")]
        open: bool,
    },
    /// An amount of money.
    Money {
        /// What was said; of a range the smaller one.
        value: Amount,
        /// Of a range the larger one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Amount>,
        /// At least so much ("ab fünfzig Euro").
        #[serde(default, skip_serializing_if = "is_false")]
        open: bool,
        /// ISO 4217: `EUR`.
        currency: String,
    },
    /// An account, its checksum right (ISO 13616).
    Iban {
        /// Without spaces.
        value: Private<String>,
    },
    /// An e-mail address.
    Email {
        /// In small letters, umlauts in two.
        value: Private<String>,
    },
    /// One of the site's choices.
    Choice {
        /// As the site calls it.
        value: String,
    },
    /// Free words; only the dialogue takes some for a note, where it asked for one.
    Note {
        /// As heard.
        value: Private<String>,
    },
}

/// Where a stretch of time that has a beginning only ends.
pub const OPEN_END: civil::DateTime = civil::date(9999, 12, 31).at(0, 0, 0, 0);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Value {
    /// What kind of value it is.
    #[must_use]
    pub const fn kind(&self) -> SlotKind {
        match self {
            Self::YesNo { .. } => SlotKind::YesNo,
            Self::DateTime { .. } => SlotKind::DateTime,
            Self::Number { .. } => SlotKind::Number,
            Self::Digits { .. } | Self::Code { .. } => SlotKind::Digits,
            Self::Telephone { .. } => SlotKind::Telephone,
            Self::Name(_) => SlotKind::Name,
            Self::Address(_) => SlotKind::Address,
            Self::Duration { .. } => SlotKind::Duration,
            Self::Money { .. } => SlotKind::Money,
            Self::Iban { .. } => SlotKind::Iban,
            Self::Email { .. } => SlotKind::Email,
            Self::Note { .. } => SlotKind::Note,
            Self::Choice { .. } => SlotKind::Choice,
        }
    }
}

/// How exact a time was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// "um Viertel nach acht"
    Minute,
    /// "um acht"
    Hour,
    /// "am Vormittag"
    DayPart,
    /// "am Donnerstag"
    Day,
    /// "nächste Woche"
    Week,
    /// "im März", "im Frühjahr", "im ersten Quartal"
    Month,
    /// "nächstes Jahr"
    Year,
}

/// A person's name, spelled as a German reader expects it (`Weber`, `Müller-Lüdenscheidt`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// "Frau", "Herr", "Doktor", where said.
    pub title: Option<String>,
    /// Where said.
    pub given: Option<Private<String>>,
    /// The family name; the only one said counts as it.
    pub family: Option<Private<String>>,
}

/// A place to go to. A correction may fill one part only ("nein, Hausnummer sechs").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// As the site's list of streets spells it, where it is on it.
    pub street: Option<Private<String>>,
    /// With its letter: `4`, `12b`.
    pub house_number: Option<Private<String>>,
    /// Five digits.
    pub postcode: Option<Private<String>>,
    /// As the site's list of places spells it.
    pub place: Option<Private<String>>,
}

/// What words alone signal. No emotion is read from a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Fire, gas, injury: the fixed sentence, and a human at once, by rule and not by model.
    DangerToLife,
    /// "Mitarbeiter", "einen Menschen".
    WantsHuman,
    /// "Sind Sie ein Mensch?"
    AsksWhetherHuman,
    /// "Datenschutz".
    AsksPrivacy,
    /// "Aufnahme stoppen".
    StopRecording,
    /// "Nochmal bitte", "wie bitte?".
    Repeat,
    /// "Langsamer bitte".
    Slower,
    /// "Einen Moment".
    Wait,
    /// "Tschüss", "das war alles".
    Goodbye,
    /// "Nein, stopp", "zurück", "falsch": what Klinke last took up is wrong.
    Back,
    /// Words of impatience: "zum dritten Mal".
    Impatient,
    /// Words of distress: "ich weiß nicht mehr weiter".
    Distressed,
}
