//! What the dialogue's promises are written with: two sites built by hand, small builders for what a caller
//! means, and a conversation whose every turn is compared line by line. After each input it is checked that the
//! caller is not left in silence and that the call is let go once, last, and only when the floor is free.
#![expect(dead_code, reason = "each promise uses its part")]

pub mod lines;
pub mod said;
pub mod site;

use std::sync::Arc;

use jiff::civil::{Date, DateTime, date};
use klinke::call::actions::{HoldId, Order, OrderId, Outcome};
use klinke::call::dialogue::{Dialogue, DialogueInput, DialogueOutput};
use klinke::call::line::{Arrival, Digit};
use klinke::config::site::Site;
use lines::{line, same};
pub use said::{Said, said};

/// Everything was said, and nobody interrupted.
pub const FREE: DialogueInput = DialogueInput::FloorFree { interrupted: false };
/// The caller interrupted.
pub const INTERRUPTED: DialogueInput = DialogueInput::FloorFree { interrupted: true };

/// A call as it goes on. Monday, 23 November 2026, five past nine, where nothing else is said.
pub struct Conversation {
    dialogue: Dialogue,
    now: DateTime,
    site: Arc<Site>,
    /// The order that waits for its outcome, apart from releases.
    pending: Option<OrderId>,
    /// The order before it.
    stale: Option<OrderId>,
    speaking: bool,
    let_go: bool,
}

impl Conversation {
    pub fn with(site: Site) -> Self {
        Self::of(site, None)
    }

    pub fn of(site: Site, caller: Option<&str>) -> Self {
        let site = Arc::new(site);
        let arrival = Arrival { caller: caller.map(|caller| caller.to_owned().into()), ..Arrival::default() };
        Self {
            dialogue: Dialogue::new(Arc::clone(&site), arrival),
            now: date(2026, 11, 23).at(9, 5, 0, 0),
            site,
            pending: None,
            stale: None,
            speaking: false,
            let_go: false,
        }
    }

    /// At another hour of that Monday.
    pub fn at(mut self, hour: i8, minute: i8) -> Self {
        self.now = date(2026, 11, 23).at(hour, minute, 0, 0);
        self
    }

    /// On another day at that hour.
    pub fn on(mut self, day: Date) -> Self {
        self.now = day.to_datetime(self.now.time());
        self
    }

    /// The greeting was heard, and the caller has the floor.
    pub fn begun(mut self) -> Self {
        self.input(DialogueInput::Began);
        self.free_floor();
        self
    }

    /// Up to the open question for the address.
    pub fn in_form(self) -> Self {
        self.begun().after(said().intent("heizung"))
    }

    /// While the calendar is looked at.
    pub fn looking(self) -> Self {
        self.in_form()
            .after(said().address("Lindenstraße", "14").name("Frau", "Weber").telephone("071123456"))
    }

    /// Up to the offer of Tuesday at eight.
    pub fn offered(self) -> Self {
        self.looking().and_then(held(1, 24, 8))
    }

    /// Up to the read-back.
    pub fn read_back(self) -> Self {
        self.offered().after(said().yes())
    }

    /// Up to the question whether there is anything else.
    pub fn booked(self) -> Self {
        self.read_back().after(said().yes()).and_then(Outcome::Booked { appointment: 7, code: None })
    }

    /// After the caller has said this, whatever Klinke did.
    pub fn after(mut self, said: Said) -> Self {
        self.input(DialogueInput::Said { understood: said.0, confidence: 0.9 });
        self.free_floor();
        self
    }

    /// After the order has become this, whatever Klinke did.
    pub fn and_then(mut self, outcome: Outcome) -> Self {
        self.outcome(outcome);
        self.free_floor();
        self
    }

    /// The caller says something; Klinke does what `expected` says, and the floor is the caller's again.
    #[track_caller]
    pub fn caller(&mut self, said: Said, expected: &str) {
        let lines = self.input(DialogueInput::Said { understood: said.0, confidence: 0.9 });
        same(&lines, expected);
        if !is_leaving(&lines) {
            self.free_floor();
        }
    }

    /// A key is pressed.
    #[track_caller]
    pub fn key(&mut self, symbol: char, expected: &str) {
        let digit = Digit::new(symbol).expect("a key");
        let lines = self.input(DialogueInput::Digit(digit));
        same(&lines, expected);
        if !is_leaving(&lines) {
            self.free_floor();
        }
    }

    /// What Klinke does when the caller says this.
    pub fn lines(&mut self, said: Said) -> Vec<String> {
        self.lines_of(DialogueInput::Said { understood: said.0, confidence: 0.9 })
    }

    /// What Klinke does when this happens.
    pub fn lines_of(&mut self, input: DialogueInput) -> Vec<String> {
        self.input(input)
    }

    /// What Klinke does when a key is pressed.
    pub fn keyed(&mut self, symbol: char) -> Vec<String> {
        self.input(DialogueInput::Digit(Digit::new(symbol).expect("a key")))
    }

    /// The order that is under way becomes this.
    #[track_caller]
    pub fn becomes(&mut self, outcome: Outcome, expected: &str) {
        let lines = self.outcome(outcome);
        same(&lines, expected);
        if !is_leaving(&lines) {
            self.free_floor();
        }
    }

    /// The order before the one that is under way becomes this after all.
    #[track_caller]
    pub fn late(&mut self, outcome: Outcome, expected: &str) {
        let id = self.stale.expect("an order that is not waited for");
        same(&self.input(DialogueInput::Outcome(id, outcome)), expected);
    }

    /// Anything else happens.
    #[track_caller]
    pub fn then(&mut self, input: DialogueInput, expected: &str) {
        same(&self.input(input), expected);
    }

    fn outcome(&mut self, outcome: Outcome) -> Vec<String> {
        let id = self.pending.take().expect("an order is under way");
        self.input(DialogueInput::Outcome(id, outcome))
    }

    fn free_floor(&mut self) {
        if self.speaking {
            self.input(DialogueInput::FloorFree { interrupted: false });
        }
    }

    fn input(&mut self, input: DialogueInput) -> Vec<String> {
        assert!(!self.let_go, "the call was let go");
        if let DialogueInput::FloorFree { .. } = input {
            self.speaking = false;
        }
        let spoken_to = matches!(input, DialogueInput::Said { .. });
        let now = self.now.to_zoned(self.site.time_zone.clone()).expect("a moment");
        let mut out = Vec::new();
        self.dialogue.handle(&now, input, &mut out);
        for output in &out {
            assert!(!self.let_go, "nothing follows when the call is let go");
            match output {
                DialogueOutput::Say(_) => self.speaking = true,
                DialogueOutput::Order(_, Order::ReleaseAppointment { .. }) => {}
                DialogueOutput::Order(id, _) => self.stale = self.pending.replace(*id),
                DialogueOutput::Listen(expects) => assert!(!expects.is_empty()),
                DialogueOutput::Release { .. } | DialogueOutput::HangUp => {
                    assert!(!self.speaking, "let go in mid-sentence");
                    self.let_go = true;
                }
                _ => {}
            }
        }
        let answered = self.speaking || self.pending.is_some() || self.let_go;
        assert!(!spoken_to || answered, "the caller is left in silence");
        out.iter().map(line).collect()
    }
}

fn is_leaving(lines: &[String]) -> bool {
    lines.iter().any(|line| line.starts_with("hand over") || line == "goodbye" || line == "hang up")
}

/// An appointment of the caller's, booked before: two hours with Herr Yilmaz in November 2026.
pub fn found(appointment: i64, day: i8, hour: i8) -> Outcome {
    Outcome::Found {
        appointment,
        technician: "Herr Yilmaz".to_owned(),
        start: date(2026, 11, day).at(hour, 0, 0, 0),
        end: date(2026, 11, day).at(hour + 2, 0, 0, 0),
        skill: "heating".to_owned(),
    }
}

/// An offer of the calendar: two hours with Herr Yilmaz in November 2026.
pub fn held(hold: i64, day: i8, hour: i8) -> Outcome {
    Outcome::Held {
        hold: HoldId(hold),
        technician: "Herr Yilmaz".to_owned(),
        start: date(2026, 11, day).at(hour, 0, 0, 0),
        end: date(2026, 11, day).at(hour + 2, 0, 0, 0),
    }
}
