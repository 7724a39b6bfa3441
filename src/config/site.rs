//! A site as usable: everything the telephone says and does, as data.

use std::path::PathBuf;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use crate::call::line::Destination;
use crate::call::understanding::Land;

pub use super::on_call::{Accepted, OnCall, OnCallPerson};
pub use super::slot::{Choice, Condition, Confirm, Decides, NOTE_CHARS_MAX_DEFAULT, Otherwise, Slot};
pub use super::texts::Texts;

/// One site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name in the dialplan (`site=heating`).
    pub id: String,
    /// As callers know it.
    pub name: String,
    /// What callers hear.
    pub language: Language,
    /// Where its clocks stand.
    pub time_zone: TimeZone,
    /// Where it lies, for the holidays that are only there.
    pub land: Option<Land>,
    /// What may be kept and triaged.
    pub profile: Profile,
    /// Fixed sentences.
    pub texts: Texts,
    /// The same for a caller in a hurry: short ones, where there are any.
    pub short: Texts,
    /// Where sentences lie that somebody has read out for the site; none: the voice says everything.
    pub recordings: Option<PathBuf>,
    /// When people are there.
    pub opening_hours: WeekHours,
    /// Whether holidays are days without hours: nobody is there, and nobody is sent but in an emergency.
    pub closed_on_holidays: bool,
    /// Where a call goes when a human is wanted.
    pub hand_over: HandOver,
    /// Who is rung when something cannot wait.
    pub on_call: Option<OnCall>,
    /// What callers may want, in the order of the file.
    pub intents: Vec<Intent>,
    /// Approved answers.
    pub answers: Vec<Answer>,
    /// What must be known, by name.
    pub forms: Vec<Form>,
    /// Who can be sent.
    pub technicians: Vec<Technician>,
    /// How appointments are cut.
    pub calendar: Calendar,
    /// What the recogniser should know.
    pub words: Words,
}

impl Site {
    /// The form of that name. Configuration has made sure that every name in use exists.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.name == name)
    }

    /// The intent of that name.
    #[must_use]
    pub fn intent(&self, name: &str) -> Option<&Intent> {
        self.intents.iter().find(|intent| intent.name == name)
    }
}

/// Languages that callers hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Deutsch.
    German,
    /// English.
    English,
}

impl Language {
    /// As it is written: `de`, `en` (ISO 639-1).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// Whether a tag means it: `de`, `DE`, `de-AT`, `de_DE`.
    #[must_use]
    pub fn is_meant_by(self, tag: &str) -> bool {
        tag.split(['-', '_']).next().is_some_and(|language| language.eq_ignore_ascii_case(self.code()))
    }
}

/// What the law makes of the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Crafts, shops, offices: the defaults of the manual.
    Trade,
    /// Practices: no triage, 24 h for the record.
    Health,
    /// Law offices: 24 h for the record.
    Legal,
}

/// Open stretches of each day of the week, sorted, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeekHours {
    days: [Vec<(Time, Time)>; 7],
}

impl WeekHours {
    /// Hours by day, Monday first; each stretch from its first moment up to but not including its last.
    /// [`Time::MAX`] as a last moment is the end of the day (`24:00` in the file).
    #[must_use]
    pub fn new(days: [Vec<(Time, Time)>; 7]) -> Self {
        Self { days }
    }

    /// The stretches of that day.
    #[must_use]
    pub fn on(&self, day: Weekday) -> &[(Time, Time)] {
        &self.days[usize::from(day.to_monday_zero_offset().unsigned_abs())]
    }

    /// Whether `time` lies in one of them.
    #[must_use]
    pub fn contains(&self, day: Weekday, time: Time) -> bool {
        self.on(day).iter().any(|&(open, close)| open <= time && time < close)
    }
}

/// Where a human is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// While the site is open: the first one, and the others in turn where colleagues are asked first. None: the
    /// dialplan's fallback.
    pub open: Vec<Destination>,
    /// The same outside opening hours (on-call telephone, voice mail).
    pub closed: Vec<Destination>,
    /// Whether a colleague is told who calls, and asked, before he gets the call.
    pub announced: bool,
    /// How long a colleague's telephone rings then.
    pub ring_s_max: u16,
    /// Slots whose values a colleague's telephone may show.
    pub screen_pop: Vec<String>,
}

/// As long as people let a telephone ring, and as long as a caller waits for it.
pub const RING_S_DEFAULT: u16 = 20;

impl HandOver {
    /// Extensions of the dialplan among the destinations, those of opening hours first.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.open.iter().chain(&self.closed).filter_map(|destination| match destination {
            Destination::Extension(extension) => Some(extension.as_str()),
            _ => None,
        })
    }
}

impl Default for HandOver {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            closed: Vec::new(),
            announced: false,
            ring_s_max: RING_S_DEFAULT,
            screen_pop: Vec::new(),
        }
    }
}

/// Something callers may want.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// In records and JSON.
    pub name: String,
    /// As people read it: "Heizung ausgefallen".
    pub title: String,
    /// Whether it is the craftsman's emergency.
    pub emergency: bool,
    /// How callers put it.
    pub examples: Vec<String>,
    /// What Klinke does about it.
    pub then: Then,
    /// Where it goes outside opening hours where `then` hands it over; none: the same.
    pub closed: Vec<Destination>,
    /// The form that is filled outside opening hours instead of `then`'s.
    pub form_closed: Option<String>,
    /// Whether a colleague is asked first in this concern; `None`: as the site's `[hand_over]` has it.
    pub announced: Option<bool>,
}

impl Intent {
    /// The form that it fills.
    #[must_use]
    pub fn form(&self) -> Option<&str> {
        match &self.then {
            Then::Form(form) => Some(form),
            Then::HandOver(_) => None,
        }
    }

    /// The forms that it may fill: that one, and outside opening hours another.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.form().into_iter().chain(self.form_closed.as_deref())
    }

    /// Whether it leads to that form, at whichever hour.
    #[must_use]
    pub fn fills(&self, form: &str) -> bool {
        self.forms().any(|name| name == form)
    }
}

/// What Klinke does about an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Fill this form and carry out its action.
    Form(String),
    /// A human, at once: one of these; none: where the site's humans are.
    HandOver(Vec<Destination>),
}

/// A question with its approved answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// In records and JSON.
    pub id: String,
    /// How callers put it.
    pub examples: Vec<String>,
    /// What is said.
    pub text: String,
}

/// What must be known before something can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its name.
    pub name: String,
    /// In the order in which they are asked.
    pub slots: Vec<Slot>,
    /// What is done with it.
    pub action: Action,
    /// Everything read back: `{slot}` for each slot, and `{start}`, `{technician}`.
    pub read_back: String,
}

/// What is done when a form is full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Offer and book a technician with this skill.
    Appointment {
        /// One of the technicians' skills.
        skill: String,
    },
    /// Find an appointment of the caller's and take it out of the calendar.
    CancelAppointment,
    /// Find an appointment of the caller's and give it another time.
    MoveAppointment,
    /// Open a ticket and tell its number.
    Ticket,
    /// Note a call-back.
    CallBack,
    /// Open a ticket and ring whoever is on call until somebody takes it.
    OnCall,
    /// Write a message down for one of the site's people: its slots have one choice, whom it is for.
    Message,
}

impl Action {
    /// Whether it is about an appointment that was booked before.
    #[must_use]
    pub const fn changes(&self) -> bool {
        matches!(self, Self::CancelAppointment | Self::MoveAppointment)
    }
}

/// Someone who can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Technician {
    /// As callers hear it: "Herr Yilmaz".
    pub name: String,
    /// What they can do.
    pub skills: Vec<String>,
    /// When they can be booked.
    pub working_hours: WeekHours,
    /// When they can be booked for an emergency.
    pub emergency_hours: WeekHours,
}

/// How appointments are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Length of a visit.
    pub visit_minutes: u16,
    /// Visits begin on multiples of it, counted from the full hour.
    pub grid_minutes: u16,
    /// Least time from now to the start of a visit.
    pub lead_minutes: u32,
    /// The same for an emergency.
    pub lead_minutes_emergency: u32,
    /// How far ahead one can book.
    pub horizon_days: u16,
    /// How long an offer is held.
    pub hold_minutes: u16,
    /// Least time between two visits of a technician, for the way.
    pub travel_minutes: u16,
    /// Whether the number that the PBX shows, with a name or a day, proves whose appointment it is.
    pub trust_caller_number: bool,
}

/// What the site wrote down so that it is heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Streets of the area served, as they are written.
    pub streets: Vec<String>,
    /// Places of the area served.
    pub places: Vec<String>,
    /// Names beyond the common ones that Klinke knows.
    pub names: Vec<String>,
    /// Products and other words of the trade.
    pub words: Vec<String>,
}
