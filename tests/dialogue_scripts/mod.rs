//! What the dialogue's promises are written with: two sites built by hand, small builders for what a caller
//! means, and a conversation whose every turn is compared line by line. After each input it is checked that the
//! caller is not left in silence and that the call is let go once, last, and only when the floor is free.
#![expect(dead_code, reason = "each promise uses its part")]

pub mod site;

use std::sync::Arc;

use jiff::civil::{DateTime, date};
use klinke::call::actions::{HoldId, Order, OrderId, Outcome};
use klinke::call::dialogue::{Dialogue, DialogueInput, DialogueOutput, Move};
use klinke::call::line::{Arrival, Destination, Digit};
use klinke::call::understanding::{
    Address, Grain, IntentScore, PersonName, Signal, SlotValue, Span, Understood, Value,
};
use klinke::config::site::Site;
use klinke::private::Private;
use klinke::record::Entry;

/// What a caller means, put together by hand.
#[derive(Clone, Default)]
pub struct Said(pub Understood);

/// Something was said, and this is what it means.
pub fn said() -> Said {
    Said::default()
}

impl Said {
    pub fn intent(self, name: &str) -> Self {
        self.likely(name, 0.9)
    }

    pub fn likely(mut self, name: &str, confidence: f32) -> Self {
        self.0.intents.push(IntentScore { name: name.to_owned(), confidence });
        self
    }

    pub fn signal(mut self, signal: Signal) -> Self {
        self.0.signals.push(signal);
        self
    }

    pub fn value(mut self, value: Value) -> Self {
        self.0.slots.push(SlotValue {
            value,
            words: String::new().into(),
            span: Span::default(),
            confidence: 0.95,
            hedged: false,
            negated: false,
            corrects: false,
        });
        self
    }

    pub fn yes(self) -> Self {
        self.value(Value::YesNo { value: true })
    }

    pub fn no(self) -> Self {
        self.value(Value::YesNo { value: false })
    }

    pub fn address(self, street: &str, number: &str) -> Self {
        self.value(Value::Address(Address {
            street: part(street),
            house_number: part(number),
            ..Address::default()
        }))
    }

    pub fn house_number(self, number: &str) -> Self {
        self.address("", number)
    }

    pub fn name(self, title: &str, family: &str) -> Self {
        let title = Some(title.to_owned()).filter(|title| !title.is_empty());
        self.value(Value::Name(PersonName { title, given: None, family: part(family) }))
    }

    pub fn telephone(self, number: &str) -> Self {
        self.value(Value::Telephone { value: number.to_owned().into() })
    }

    pub fn number(self, value: i64) -> Self {
        self.value(Value::Number { value })
    }

    /// A whole day of November 2026.
    pub fn day(self, day: i8) -> Self {
        let from = date(2026, 11, day).at(0, 0, 0, 0);
        let until = date(2026, 11, day + 1).at(0, 0, 0, 0);
        self.value(Value::DateTime { value: from, until, grain: Grain::Day, dated: true })
    }

    /// A full hour without a day.
    pub fn hour(self, hour: i8) -> Self {
        let from = date(2026, 11, 23).at(hour, 0, 0, 0);
        let until = date(2026, 11, 23).at(hour + 1, 0, 0, 0);
        self.value(Value::DateTime { value: from, until, grain: Grain::Hour, dated: false })
    }

    /// The last value was said with a doubt.
    pub fn hedged(self) -> Self {
        self.last(|said| said.hedged = true)
    }

    /// The last value was ruled out.
    pub fn negated(self) -> Self {
        self.last(|said| said.negated = true)
    }

    /// The last value replaces what was said before.
    pub fn corrects(self) -> Self {
        self.last(|said| said.corrects = true)
    }

    /// How surely the last value was understood.
    pub fn unsure(self, confidence: f32) -> Self {
        self.last(|said| said.confidence = confidence)
    }

    fn last(mut self, change: impl FnOnce(&mut SlotValue)) -> Self {
        self.0.slots.last_mut().map(change).expect("a value was said");
        self
    }
}

fn part(text: &str) -> Option<Private<String>> {
    Some(text.to_owned()).filter(|text| !text.is_empty()).map(Private::new)
}

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
        let arrival = Arrival { caller: caller.map(|caller| caller.to_owned().into()), called: None };
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

    /// The greeting was heard, and the caller has the floor.
    pub fn begun(mut self) -> Self {
        self.input(DialogueInput::Began);
        self.input(DialogueInput::FloorFree { interrupted: false });
        self
    }

    /// Up to the open question for the address.
    pub fn in_form(self) -> Self {
        let mut call = self.begun();
        call.input(DialogueInput::Said { understood: said().intent("heizung").0, confidence: 0.9 });
        call.floor_free();
        call
    }

    /// Up to the offer of Tuesday at eight.
    pub fn offered(self) -> Self {
        let mut call = self.in_form();
        let all = said().address("Lindenstraße", "14").name("Frau", "Weber").telephone("071123456");
        call.input(DialogueInput::Said { understood: all.0, confidence: 0.9 });
        call.floor_free();
        call.outcome(held(1, 24, 8));
        call.floor_free();
        call
    }

    /// Up to the read-back.
    pub fn read_back(self) -> Self {
        let mut call = self.offered();
        call.input(DialogueInput::Said { understood: said().yes().0, confidence: 0.9 });
        call.floor_free();
        call
    }

    /// Up to the question whether there is anything else.
    pub fn booked(self) -> Self {
        let mut call = self.read_back();
        call.input(DialogueInput::Said { understood: said().yes().0, confidence: 0.9 });
        call.outcome(Outcome::Booked { appointment: 7 });
        call.floor_free();
        call
    }

    /// The caller says something; Klinke does what `expected` says, and the floor is the caller's again.
    #[track_caller]
    pub fn caller(&mut self, said: Said, expected: &str) {
        let lines = self.input(DialogueInput::Said { understood: said.0, confidence: 0.9 });
        same(&lines, expected);
        if !self.let_go && !self.is_leaving(&lines) {
            self.floor_free();
        }
    }

    /// A key is pressed.
    #[track_caller]
    pub fn key(&mut self, symbol: char, expected: &str) {
        let digit = Digit::new(symbol).expect("a key");
        let lines = self.input(DialogueInput::Digit(digit));
        same(&lines, expected);
        if !self.let_go && !self.is_leaving(&lines) {
            self.floor_free();
        }
    }

    /// The order that is under way becomes this.
    #[track_caller]
    pub fn becomes(&mut self, outcome: Outcome, expected: &str) {
        let lines = self.outcome(outcome);
        same(&lines, expected);
        if !self.let_go && !self.is_leaving(&lines) {
            self.floor_free();
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

    fn floor_free(&mut self) {
        if self.speaking {
            self.input(DialogueInput::FloorFree { interrupted: false });
        }
    }

    fn is_leaving(&self, lines: &[String]) -> bool {
        lines.iter().any(|line| line.starts_with("hand over") || line == "goodbye")
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

/// The next free appointment: two hours with Herr Yilmaz in November 2026.
pub fn held(hold: i64, day: i8, hour: i8) -> Outcome {
    Outcome::Held {
        hold: HoldId(hold),
        technician: "Herr Yilmaz".to_owned(),
        start: date(2026, 11, day).at(hour, 0, 0, 0),
        end: date(2026, 11, day).at(hour + 2, 0, 0, 0),
    }
}

#[track_caller]
fn same(lines: &[String], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(
        lines == expected,
        "Klinke did\n{}\n\nbut should have done\n{}\n",
        lines.join("\n"),
        expected.join("\n")
    );
}

/// An output as people read it.
fn line(output: &DialogueOutput) -> String {
    match output {
        DialogueOutput::Move(decided) => decision(decided),
        DialogueOutput::Say(phrase) if phrase.interruptible => format!("“{}”", phrase.text.reveal()),
        DialogueOutput::Say(phrase) => format!("“{}” to its end", phrase.text.reveal()),
        DialogueOutput::Order(_, order) => ordered(order),
        DialogueOutput::Keep(entry) => kept(entry),
        DialogueOutput::Listen(expects) => {
            let names: Vec<&str> = expects.iter().map(|expect| expect.name()).collect();
            format!("listen {}", names.join(" "))
        }
        DialogueOutput::SpeakSlowly => "speak slowly".to_owned(),
        DialogueOutput::Release { destination: Destination::Extension(extension), reason } => {
            format!("release {extension} {reason}")
        }
        DialogueOutput::Release { destination: Destination::Fallback, reason } => {
            format!("release - {reason}")
        }
        DialogueOutput::HangUp => "hang up".to_owned(),
    }
}

fn decision(decided: &Move) -> String {
    match decided {
        Move::TakeUp { intent, emergency: true } => format!("take up {intent}, an emergency"),
        Move::TakeUp { intent, emergency: false } => format!("take up {intent}"),
        Move::Ask { slot, again: 0 } => format!("ask {slot}"),
        Move::Ask { slot, again } => format!("ask {slot} again {again}"),
        Move::Confirm { slot } => format!("confirm {slot}"),
        Move::Correct { slots } => format!("correct {}", slots.join(" ")),
        Move::Answer { source } => format!("answer {source}"),
        Move::HandOver { reason } => format!("hand over {reason}"),
        Move::Disclose => "disclose".to_owned(),
        Move::AskConcern => "ask concern".to_owned(),
        Move::LookUp => "look up".to_owned(),
        Move::Offer => "offer".to_owned(),
        Move::ReadBack => "read back".to_owned(),
        Move::Booked => "booked".to_owned(),
        Move::Noted => "noted".to_owned(),
        Move::Repeat => "repeat".to_owned(),
        Move::Slower => "slower".to_owned(),
        Move::Wait => "wait".to_owned(),
        Move::SayAi => "say ai".to_owned(),
        Move::SayPrivacy => "say privacy".to_owned(),
        Move::StopRecording => "stop recording".to_owned(),
        Move::SayDanger => "say danger".to_owned(),
        Move::AskPresence => "ask presence".to_owned(),
        Move::Goodbye => "goodbye".to_owned(),
    }
}

fn ordered(order: &Order) -> String {
    match order {
        Order::HoldAppointment { skill, emergency, from, until } => {
            let emergency = if *emergency { " at once" } else { "" };
            let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
            format!("order hold {skill}{emergency} from {from}{until}")
        }
        Order::BookAppointment { hold, job } => format!("order book {} {}", hold.0, sheet(job)),
        Order::ReleaseAppointment { hold } => format!("order release {}", hold.0),
        Order::NoteCallBack { job } => format!("order note {}", sheet(job)),
    }
}

fn sheet(job: &klinke::call::actions::JobSheet) -> String {
    let fields: Vec<String> =
        job.fields.iter().map(|(name, value)| format!("{name}={}", value.reveal())).collect();
    let emergency = if job.emergency { "!" } else { "" };
    format!("[{}{emergency}] {}", job.concern, fields.join("; "))
}

fn kept(entry: &Entry) -> String {
    match entry {
        Entry::Disclosed { wording, .. } => format!("keep disclosed {}…", &wording[..8]),
        Entry::Concern { title, .. } => format!("keep concern {title}"),
        Entry::Slot(slot) => {
            let confirmed = if slot.confirmed { ", confirmed" } else { "" };
            format!("keep {}={}{confirmed}", slot.name, slot.value.reveal())
        }
        other => format!("keep {other:?}"),
    }
}
