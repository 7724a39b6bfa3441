//! Whatever a caller says, keys or leaves unsaid, in whatever order: he is never left in silence, a human is one
//! word away, nothing stays held that nobody wants, and the job sheet says what was kept last.

mod dialogue_scripts;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use dialogue_scripts::{Said, found, held, said, site};
use jiff::ToSpan;
use jiff::civil::date;
use klinke::call::actions::{HoldId, JobSheet, Order, OrderId, Outcome};
use klinke::call::dialogue::{Dialogue, DialogueInput, DialogueOutput};
use klinke::call::line::{Arrival, Digit};
use klinke::call::understanding::{Signal, SlotKind, Value};
use klinke::config::site::{Choice, Condition, Confirm, Decides, Otherwise, Site, Slot};
use klinke::record::Entry;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Outputs of one input, at most.
const OUTPUTS_MAX: usize = 40;
/// Phrases that the line holds (`call/speech`).
const PHRASES_MAX: usize = 16;

/// Something that can happen; what makes no sense at the time is left out.
#[derive(Clone, Debug)]
enum Happens {
    Said(klinke::call::understanding::Understood),
    Key(char),
    Silence,
    FloorFree { interrupted: bool },
    Answered(Outcome),
    Stale(Index, Outcome),
    TooLong,
    Fault,
}

fn signal() -> impl Strategy<Value = Signal> {
    select(vec![
        Signal::AsksWhetherHuman,
        Signal::AsksPrivacy,
        Signal::StopRecording,
        Signal::Repeat,
        Signal::Slower,
        Signal::Wait,
        Signal::Goodbye,
        Signal::Back,
        Signal::Impatient,
    ])
}

/// One value, as a change to what is said.
fn value() -> impl Strategy<Value = fn(Said) -> Said> {
    let values: Vec<fn(Said) -> Said> = vec![
        Said::yes,
        Said::no,
        |said| said.address("Lindenstraße", "14"),
        |said| said.address("Gartenweg", ""),
        |said| said.house_number("6"),
        |said| said.name("Frau", "Weber"),
        |said| said.name("", "Wagner"),
        |said| said.telephone("071123456"),
        |said| said.number(14),
        |said| said.value(Value::Digits { value: "0711".to_owned().into() }),
        |said| said.day(24),
        |said| said.day(26),
        |said| said.hour(8),
        |said| said.hour(22),
        |said| said.value(chosen("privat")),
        |said| said.value(chosen("gesetzlich")),
        |said| said.words("ach nein ich möchte doch lieber etwas anderes"),
        |said| said.words("einen Schritt zurück"),
        |said| said.words("der Name und die Uhrzeit sind falsch"),
    ];
    select(values)
}

fn utterance() -> impl Strategy<Value = klinke::call::understanding::Understood> {
    let flags = (any::<[bool; 3]>(), select(vec![0.1_f32, 0.5, 0.95]));
    let values = prop::collection::vec((value(), flags), 0..4);
    let intent = prop::option::weighted(0.3, (0..5_usize, select(vec![0.3_f32, 0.5, 0.9])));
    (values, intent, prop::option::weighted(0.3, signal())).prop_map(|(values, intent, signal)| {
        let mut whole = said();
        for (value, ([hedged, negated, corrects], confidence)) in values {
            whole = value(whole);
            if whole.0.slots.is_empty() {
                continue;
            }
            whole = whole.unsure(confidence);
            whole = if hedged { whole.hedged() } else { whole };
            whole = if negated { whole.negated() } else { whole };
            whole = if corrects { whole.corrects() } else { whole };
        }
        if let Some((at, confidence)) = intent {
            let names = ["heizung", "wartung", "rueckruf", "kosten", "buchhaltung", "absagen", "verlegen"];
            whole = whole.likely(names[at], confidence);
        }
        signal.into_iter().fold(whole, Said::signal).0
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        6 => (1..99_i64, 24..27_i8, 8..15_i8).prop_map(|(hold, day, hour)| held(hold, day, hour)),
        2 => Just(Outcome::NothingFree),
        4 => Just(Outcome::Booked { appointment: 7, code: None }),
        1 => Just(Outcome::HoldExpired),
        4 => Just(Outcome::Noted),
        1 => Just(Outcome::Released),
        2 => Just(Outcome::NotFound),
        1 => Just(Outcome::Refused { cause: String::new() }),
        1 => Just(Outcome::Failed { cause: String::new() }),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        20 => utterance().prop_map(Happens::Said),
        8 => select("0123456789*#A".chars().collect::<Vec<_>>()).prop_map(Happens::Key),
        2 => Just(Happens::Silence),
        12 => any::<bool>().prop_map(|interrupted| Happens::FloorFree { interrupted }),
        12 => outcome().prop_map(Happens::Answered),
        1 => (any::<Index>(), outcome()).prop_map(|(which, outcome)| Happens::Stale(which, outcome)),
        1 => Just(Happens::TooLong),
        1 => Just(Happens::Fault),
    ]
}

/// The site on which callers book, cancel and move, with slots of every make: what depends on another one, what is
/// always and what is never confirmed, what may stay empty and what is noted as it was heard.
fn depending() -> Site {
    let mut site = site::changing();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    let choice = |value: &str| Choice { value: value.to_owned(), say: vec![value.to_owned()] };
    form.slots[0].confirm = Confirm::Always;
    form.slots.push(Slot {
        choices: vec![choice("privat"), choice("gesetzlich")],
        otherwise: Some(Otherwise::Note),
        asks_max: Some(2),
        ..site::slot("kasse", SlotKind::Choice, &["Welche Kasse: {choices}?"])
    });
    form.slots.push(Slot {
        only_if: vec![Condition { slot: "kasse".to_owned(), is: Decides::OneOf(vec!["privat".to_owned()]) }],
        otherwise: Some(Otherwise::Skip),
        confirm: Confirm::Never,
        ..site::slot("police", SlotKind::Digits, &["Welche Police?"])
    });
    form.read_back =
        "Wir rufen {name} zurück, Telefon {telephone}[, {kasse}][, Police {police}]. Richtig?".to_owned();
    site
}

fn chosen(value: &str) -> Value {
    Value::Choice { value: value.to_owned() }
}

/// A call with everything that is true of it.
struct Watched {
    dialogue: Dialogue,
    site: Arc<Site>,
    minutes: i64,
    speaking: bool,
    let_go: bool,
    /// Whether the caller has nothing to do but wait for the outcome of an order.
    waiting: bool,
    pending: Vec<(OrderId, Order)>,
    /// Orders that nobody answers any more.
    dropped: Vec<OrderId>,
    /// What is held for this call and was neither booked nor given back.
    holds: HashSet<HoldId>,
    /// The last value of each slot.
    kept: BTreeMap<String, String>,
}

impl Watched {
    fn begun() -> Self {
        let site = Arc::new(depending());
        let arrival = Arrival { caller: Some("0711555666".to_owned().into()), ..Arrival::default() };
        let mut call = Self {
            dialogue: Dialogue::new(Arc::clone(&site), arrival),
            site,
            minutes: 0,
            speaking: false,
            let_go: false,
            waiting: false,
            pending: Vec::new(),
            dropped: Vec::new(),
            holds: HashSet::new(),
            kept: BTreeMap::new(),
        };
        call.input(DialogueInput::Began);
        call
    }

    fn happens(&mut self, happens: Happens) {
        let had = self.pending.len();
        match happens {
            Happens::Said(understood) => {
                self.input(DialogueInput::Said { understood, confidence: 0.5 });
                self.is_answered();
            }
            Happens::Key(symbol) => {
                self.input(DialogueInput::Digit(Digit::new(symbol).expect("a key")));
            }
            Happens::Silence if !self.speaking => {
                self.input(DialogueInput::Silence);
                self.is_answered();
            }
            Happens::FloorFree { interrupted } if self.speaking => {
                self.input(DialogueInput::FloorFree { interrupted });
            }
            Happens::Answered(outcome) if had > 0 => {
                let (id, order) = self.pending.remove(0);
                let outcome = fitting(&order, outcome);
                let waiting = self.waiting;
                self.becomes(id, outcome);
                if waiting {
                    self.is_answered();
                }
            }
            Happens::Stale(which, outcome) if !self.dropped.is_empty() => {
                let id = *which.get(&self.dropped);
                self.becomes(id, outcome);
            }
            Happens::TooLong => {
                self.input(DialogueInput::TooLong);
                self.is_answered();
            }
            Happens::Fault => {
                self.input(DialogueInput::Fault);
                self.is_answered();
            }
            _ => {}
        }
    }

    fn becomes(&mut self, id: OrderId, outcome: Outcome) {
        self.dropped.push(id);
        if let Outcome::Held { hold, .. } = outcome {
            self.holds.insert(hold);
        }
        self.input(DialogueInput::Outcome(id, outcome));
    }

    fn is_answered(&self) {
        let answered = self.speaking || !self.pending.is_empty() || self.let_go;
        assert!(answered, "the caller is left in silence");
    }

    fn input(&mut self, input: DialogueInput) {
        if self.let_go {
            return;
        }
        if let DialogueInput::FloorFree { .. } = input {
            self.speaking = false;
        }
        self.minutes += 1;
        let now = date(2026, 11, 23).at(9, 5, 0, 0) + self.minutes.minutes();
        let now = now.to_zoned(self.site.time_zone.clone()).expect("a moment");
        let mut out = Vec::new();
        self.dialogue.handle(&now, input, &mut out);
        let phrases = out.iter().filter(|output| matches!(output, DialogueOutput::Say(_))).count();
        assert!(out.len() <= OUTPUTS_MAX && phrases <= PHRASES_MAX, "{} outputs", out.len());
        for output in out {
            assert!(!self.let_go, "nothing follows when the call was let go");
            self.watch(output);
        }
    }

    fn watch(&mut self, output: DialogueOutput) {
        match output {
            DialogueOutput::Say(phrase) => {
                assert!(!phrase.text.reveal().contains(['{', '}']), "unfilled: {}", phrase.text.reveal());
                self.speaking = true;
                self.waiting = false;
            }
            DialogueOutput::Listen(expects) => {
                let different: BTreeSet<_> = expects.iter().collect();
                assert!(!expects.is_empty() && different.len() == expects.len(), "{expects:?}");
            }
            DialogueOutput::Order(id, order) => self.ordered(id, order),
            DialogueOutput::Keep(Entry::Slot(slot)) => {
                self.kept.insert(slot.name, slot.value.into_revealed());
            }
            DialogueOutput::Release { .. } | DialogueOutput::HangUp => {
                assert!(!self.speaking, "let go in mid-sentence");
                assert!(self.holds.is_empty(), "{:?} are held for nobody", self.holds);
                self.let_go = true;
            }
            _ => {}
        }
    }

    fn ordered(&mut self, id: OrderId, order: Order) {
        match &order {
            Order::ReleaseAppointment { hold } => {
                self.holds.remove(hold);
                return self.dropped.push(id);
            }
            Order::HoldAppointment { from, until, .. } => {
                assert!(until.is_none_or(|until| *from < until), "{from} to {until:?}");
                self.holds.clear();
            }
            Order::BookAppointment { hold, job } => {
                self.holds.remove(hold);
                self.says_what_was_kept(job);
            }
            Order::NoteCallBack { job } | Order::OpenTicket { job, .. } | Order::LeaveMessage { job, .. } => {
                self.says_what_was_kept(job)
            }
            Order::MoveAppointment { hold, .. } => {
                self.holds.remove(hold);
            }
            Order::FindAppointment { .. } | Order::CancelAppointment { .. } => {}
        }
        // the dialogue waits for one order at a time
        self.waiting = true;
        let before = std::mem::replace(&mut self.pending, vec![(id, order)]);
        self.dropped.extend(before.into_iter().map(|(id, _)| id));
    }

    fn says_what_was_kept(&self, job: &JobSheet) {
        for (name, value) in job.fields.iter().filter(|(name, _)| name != "start") {
            assert_eq!(Some(value.reveal()), self.kept.get(name), "{name}");
        }
        let told = |name: &str| {
            job.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.reveal().as_str())
        };
        if told("police").is_some() {
            assert_eq!(told("kasse"), Some("privat"), "what does not apply is told");
        }
    }
}

/// What the calendar can answer to that order.
fn fitting(order: &Order, outcome: Outcome) -> Outcome {
    match (order, outcome) {
        (_, failed @ Outcome::Failed { .. })
        | (Order::HoldAppointment { .. }, failed @ (Outcome::Held { .. } | Outcome::NothingFree))
        | (Order::BookAppointment { .. } | Order::MoveAppointment { .. }, failed @ Outcome::HoldExpired)
        | (_, failed @ Outcome::Refused { .. }) => failed,
        (
            Order::FindAppointment { .. } | Order::CancelAppointment { .. } | Order::MoveAppointment { .. },
            failed @ Outcome::NotFound,
        ) => failed,
        (Order::FindAppointment { .. }, _) => found(3, 25, 10),
        (Order::CancelAppointment { .. }, _) => Outcome::Cancelled,
        (Order::MoveAppointment { .. }, _) => Outcome::Moved { appointment: 8 },
        (Order::HoldAppointment { .. }, _) => held(100, 24, 8),
        (Order::BookAppointment { .. }, _) => Outcome::Booked { appointment: 7, code: None },
        (Order::NoteCallBack { .. } | Order::LeaveMessage { .. }, _) => Outcome::Noted,
        (Order::OpenTicket { ticket, .. }, _) => Outcome::Opened { ticket: ticket.unwrap_or(12) },
        (Order::ReleaseAppointment { .. }, _) => Outcome::Released,
    }
}

/// The way to a booking, of which each course goes a part before anything may happen.
fn straight_on() -> Vec<Happens> {
    let all = said().address("Lindenstraße", "14").name("Frau", "Weber").telephone("071123456");
    vec![
        Happens::Said(said().intent("heizung").0),
        Happens::FloorFree { interrupted: false },
        Happens::Said(all.0),
        Happens::Answered(held(1, 24, 8)),
        Happens::Said(said().yes().0),
        Happens::FloorFree { interrupted: true },
        Happens::Said(said().yes().0),
        Happens::Answered(Outcome::Booked { appointment: 7, code: None }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_left_in_silence_and_a_human_is_one_word_away(
        part in 0..=8_usize,
        course in prop::collection::vec(happens(), 0..40),
    ) {
        let mut call = Watched::begun();
        for happens in straight_on().into_iter().take(part).chain(course) {
            call.happens(happens);
        }
        if !call.let_go {
            call.happens(Happens::Said(said().signal(Signal::WantsHuman).0));
            call.input(DialogueInput::FloorFree { interrupted: false });
            prop_assert!(call.let_go, "no human came");
        }
    }
}
