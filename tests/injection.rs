//! Promise: nothing that a caller says, that the PBX shows of him, or that stands in the calendar chooses an order or
//! reaches another caller's appointment. A corpus of hostile texts goes through understanding, dialogue, capabilities
//! and calendar, by every way that leads in; the orders stay what they are without it, but for the text of slots.

mod dialogue_scripts;

use std::path::Path;
use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::date;
use klinke::call::actions::{
    Capabilities, Claim, HoldId, JobSheet, Order, OrderId, Outcome, VALUE_CHARS_MAX,
};
use klinke::call::dialogue::{Dialogue, DialogueInput, DialogueOutput, Move};
use klinke::call::hearing::{Expect, Transcript};
use klinke::call::line::Arrival;
use klinke::call::understanding::{SlotKind, Understander};
use klinke::config::site::{Action, Form, Intent, Site, Slot, Then};
use klinke::daemon::store::{Appointment, Store};
use klinke::private::Private;
use klinke::record::CallId;

#[path = "shared/keys.rs"]
mod keys;

use keys::{call, root};

/// Turns after which a call is over, or does not end.
const TURNS_MAX: usize = 40;
/// Whose appointment everybody is after.
const VICTIM: CallId = CallId([200; 16]);
const VICTIMS_NUMBER: &str = "0711234567";

/// The corpus, as it is meant.
fn corpus() -> Vec<String> {
    let [nonsense, sense] = parts();
    nonsense.into_iter().chain(sense).collect()
}

/// The corpus in two parts: what means nothing to people, and what means something to them too.
fn parts() -> [Vec<String>; 2] {
    let lines = include_str!("injection/corpus.txt").lines();
    let lines = lines.filter(|line| !line.trim().is_empty() && !line.starts_with("# "));
    let (sense, nonsense): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("~ "));
    let sense: Vec<String> = sense.iter().map(|line| meant(&line[2..])).collect();
    let nonsense: Vec<String> = nonsense.into_iter().map(meant).collect();
    assert!(nonsense.len() > 50 && !sense.is_empty());
    [nonsense, sense]
}

fn meant(line: &str) -> String {
    let (line, times) = match line.strip_suffix('}').and_then(|line| line.rsplit_once('{')) {
        Some((line, times)) if times.parse::<usize>().is_ok() => (line, times.parse().unwrap()),
        _ => (line, 1),
    };
    let mut text = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('0') => '\0',
                Some('e') => '\u{1b}',
                Some(other) => other,
                None => '\\',
            },
            letter => letter,
        });
    }
    text.repeat(times)
}

/// The demonstration's site, where callers also cancel and move.
fn demonstration() -> Site {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/klinke.toml");
    let config = klinke::config::load(&file).expect("the demonstration's configuration");
    let mut site = config.sites.into_iter().next().expect("a site");
    site.calendar.trust_caller_number = true;
    for (name, action, examples) in [
        (
            "absagen",
            Action::CancelAppointment,
            ["ich möchte meinen termin absagen", "bitte den termin streichen"],
        ),
        (
            "verlegen",
            Action::MoveAppointment,
            ["ich möchte meinen termin verlegen", "der termin soll verschoben werden"],
        ),
    ] {
        site.intents.push(Intent {
            name: name.to_owned(),
            title: name.to_owned(),
            emergency: false,
            examples: examples.map(str::to_owned).into(),
            then: Then::Form(name.to_owned()),
            closed: Vec::new(),
            form_closed: None,
            announced: None,
        });
        let slot = |name: &str, kind, ask: &str| Slot::new(name.to_owned(), kind, vec![ask.to_owned()]);
        site.forms.push(Form {
            name: name.to_owned(),
            slots: vec![
                slot("code", SlotKind::Digits, "Wie ist die Terminnummer?"),
                slot("name", SlotKind::Name, "Auf welchen Namen?"),
            ],
            action,
            read_back: "{start}?".to_owned(),
        });
    }
    site
}

/// A firm with the victim's appointment in its calendar.
struct Firm {
    _directory: tempfile::TempDir,
    store: Store,
    site: Arc<Site>,
    understander: Arc<Understander>,
    victims: Vec<Appointment>,
    code: String,
    calls: u8,
}

impl Firm {
    /// `title`: what stands on the victim's job sheet.
    fn of(site: Site, understander: &Arc<Understander>, title: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path(), root(1)).unwrap();
        let site = Arc::new(site);
        let number = Private::new(VICTIMS_NUMBER.to_owned());
        let may = site.capabilities(Some(&number));
        let mut does = |id: u64, order: Order| {
            store.carry_out(VICTIM, (&site, &may), (OrderId(id), &order), &now(&site)).unwrap()
        };
        let skill = may.skills[0].clone();
        let from = date(2026, 11, 25).at(8, 0, 0, 0);
        let held = does(1, Order::HoldAppointment { skill, emergency: false, from, until: None, near: None });
        let Outcome::Held { hold, .. } = held else { panic!("{held:?}") };
        let job = JobSheet {
            fields: vec![("name".to_owned(), title.chars().take(VALUE_CHARS_MAX).collect::<String>().into())],
            family_name: Some("Schulz".to_owned().into()),
            ..JobSheet::default()
        };
        let booked = does(2, Order::BookAppointment { hold, job });
        let Outcome::Booked { code: Some(code), .. } = booked else { panic!("{booked:?}") };
        let victims = store.appointments(VICTIM).unwrap();
        Self {
            _directory: directory,
            store,
            site,
            understander: Arc::clone(understander),
            victims,
            code: code.into_revealed(),
            calls: 0,
        }
    }

    fn begins(&mut self, shown: Option<&str>) -> Course<'_> {
        self.calls += 1;
        let caller: Option<Private<String>> = shown.map(|shown| shown.to_owned().into());
        let may = self.site.capabilities(caller.as_ref());
        let arrival = Arrival { caller, ..Arrival::default() };
        Course {
            dialogue: Dialogue::new(Arc::clone(&self.site), arrival),
            expect: vec![Expect::Free],
            last: Move::AskConcern,
            orders: Vec::new(),
            over: false,
            name: "mein name ist weber",
            id: call(self.calls),
            may,
            firm: self,
        }
    }

    #[track_caller]
    fn victims_appointment_stands(&mut self, poison: &str) {
        assert_eq!(self.store.appointments(VICTIM).unwrap(), self.victims, "{poison:?}");
    }
}

fn now(site: &Site) -> Zoned {
    date(2026, 11, 23).at(9, 5, 0, 0).to_zoned(site.time_zone.clone()).expect("a moment")
}

/// A call, answered by somebody who wants one thing and says what he is asked for.
struct Course<'a> {
    firm: &'a mut Firm,
    id: CallId,
    may: Capabilities,
    dialogue: Dialogue,
    expect: Vec<Expect>,
    /// What Klinke has asked last.
    last: Move,
    /// Every order, without the text of slots.
    orders: Vec<String>,
    over: bool,
    /// What he says when he is asked for his name.
    name: &'static str,
}

impl Course<'_> {
    /// Holds the call to its end. `poison`: in which turn it is said, beside the answer or instead of it.
    fn holds(mut self, concern: &str, poison: Option<(usize, &str, bool)>) -> Vec<String> {
        self.input(DialogueInput::Began);
        for turn in 0..TURNS_MAX {
            if self.over {
                return self.orders;
            }
            let answer = self.answer(concern);
            match poison {
                Some((at, poison, beside)) if at == turn => {
                    self.says(&if beside { format!("{answer} {poison}") } else { poison.to_owned() });
                }
                _ => self.says(answer),
            }
        }
        panic!("the call does not end: {:?}", self.last);
    }

    fn answer<'c>(&self, concern: &'c str) -> &'c str {
        match &self.last {
            Move::Ask { slot, .. } => match slot.as_str() {
                "address" => "lindenstraße vierzehn",
                "name" => self.name,
                "telephone" => "null sieben eins eins zwei drei vier fünf sechs",
                "code" => "eins zwei drei vier fünf sechs",
                _ => "ja",
            },
            Move::Confirm { .. } | Move::Offer | Move::ReadBack => "ja genau",
            Move::AskAnythingElse => "nein danke das war alles",
            Move::OfferFurther { .. } | Move::OfferHuman | Move::OfferCallBack => "nein",
            Move::AskWhen => "nein",
            _ => concern,
        }
    }

    fn says(&mut self, words: &str) {
        self.input(DialogueInput::FloorFree { interrupted: false });
        if self.over {
            return;
        }
        let understood =
            self.firm.understander.understand(&Transcript::typed(words), &now(&self.firm.site), &self.expect);
        self.input(DialogueInput::Said { understood, confidence: 1.0 });
    }

    fn input(&mut self, input: DialogueInput) {
        let at = now(&self.firm.site);
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut out = Vec::new();
            self.dialogue.handle(&at, input, &mut out);
            for output in out {
                match output {
                    DialogueOutput::Listen(expect) => self.expect = expect,
                    DialogueOutput::Move(decided) if asks(&decided) => self.last = decided,
                    DialogueOutput::Release { .. } | DialogueOutput::HangUp => self.over = true,
                    DialogueOutput::Order(id, order) => {
                        assert_eq!(self.may.check(&order), Ok(()), "{order:?}");
                        self.orders.push(bones(&order));
                        let site = (&*self.firm.site, &self.may);
                        let became = self.firm.store.carry_out(self.id, site, (id, &order), &at).unwrap();
                        inputs.push(DialogueInput::Outcome(id, became));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Whether it is a question that the caller answers.
fn asks(decided: &Move) -> bool {
    !matches!(decided, Move::Repeat | Move::Slower | Move::Wait | Move::Answer { .. } | Move::Correct { .. })
}

/// An order without the text of its slots and without the number of its hold, which counts up.
fn bones(order: &Order) -> String {
    let bare = |job: &JobSheet| JobSheet {
        fields: job.fields.iter().map(|(name, _)| (name.clone(), String::new().into())).collect(),
        family_name: None,
        ..job.clone()
    };
    let order = match order {
        Order::BookAppointment { job, .. } => Order::BookAppointment { hold: HoldId(0), job: bare(job) },
        Order::NoteCallBack { job } => Order::NoteCallBack { job: bare(job) },
        Order::LeaveMessage { to, job } => Order::LeaveMessage { to: to.clone(), job: bare(job) },
        Order::OpenTicket { ticket, job } => Order::OpenTicket { ticket: *ticket, job: bare(job) },
        Order::FindAppointment { claim: Claim { day, .. }, after } => {
            Order::FindAppointment { claim: Claim { day: *day, ..Claim::default() }, after: *after }
        }
        other => other.clone(),
    };
    serde_json::to_string(&order).unwrap()
}

const BOOKING: &str = "unsere heizung ist ausgefallen";
const CANCELLING: &str = "ich möchte meinen termin absagen";

fn understander(site: &Site) -> Arc<Understander> {
    Arc::new(Understander::new(site))
}

/// Turns of a booking in which Klinke has asked for something of its own, from the address to the read-back.
const IN_FORM: std::ops::Range<usize> = 1..6;

#[test]
fn spoken_in_a_form_it_changes_no_order_but_the_text_of_slots() {
    let site = demonstration();
    let understander = understander(&site);
    let mut firm = Firm::of(site.clone(), &understander, "Heizung");
    let clean = firm.begins(None).holds(BOOKING, None);
    assert!(clean.len() == 2 && clean[1].contains("book_appointment"), "{clean:?}");
    let mut changed = Vec::new();
    let [nonsense, _] = parts();
    for poison in nonsense {
        let mut firm = Firm::of(site.clone(), &understander, "Heizung");
        for (turn, beside) in IN_FORM.flat_map(|turn| [(turn, false), (turn, true)]) {
            let orders = firm.begins(None).holds(BOOKING, Some((turn, &poison, beside)));
            if orders != clean {
                changed.push((poison.chars().take(60).collect::<String>(), turn, beside, orders));
            }
        }
        firm.victims_appointment_stands(&poison);
    }
    assert!(changed.is_empty(), "text, turn, whether beside the answer: {changed:#?}");
}

#[test]
fn spoken_at_any_time_it_leads_no_further_than_a_caller_may_go() {
    let site = demonstration();
    let understander = understander(&site);
    let titles: Vec<String> =
        site.intents.iter().map(|intent| format!("\"concern\":\"{}\"", intent.title)).collect();
    for poison in corpus() {
        let mut firm = Firm::of(site.clone(), &understander, "Heizung");
        for turn in 0..8 {
            // that each order is within the capabilities is seen to where it is given
            for order in firm.begins(None).holds(BOOKING, Some((turn, &poison, false))) {
                let touches_others = order.contains("cancel_app") || order.contains("move_app");
                assert!(!touches_others, "{poison:?}: {order}");
                let titled = !order.contains("concern") || titles.iter().any(|title| order.contains(title));
                assert!(titled, "{poison:?}: {order}");
            }
        }
        firm.victims_appointment_stands(&poison);
    }
}

#[test]
fn what_the_pbx_shows_and_what_stands_in_the_calendar_change_nothing() {
    let site = demonstration();
    let understander = understander(&site);
    let clean = Firm::of(site.clone(), &understander, "Heizung").begins(None).holds(BOOKING, None);
    for poison in corpus() {
        let mut poisoned = site.clone();
        poisoned.technicians[0].name.clone_from(&poison);
        let mut firm = Firm::of(poisoned, &understander, &poison);
        let orders = firm.begins(Some(&poison)).holds(BOOKING, None);
        assert_eq!(orders, clean, "{poison:?}");
        firm.victims_appointment_stands(&poison);
    }
}

#[test]
fn nobody_talks_his_way_to_another_callers_appointment() {
    let site = demonstration();
    let understander = understander(&site);
    let mut firm = Firm::of(site, &understander, "Heizung");
    for poison in corpus() {
        for turn in 0..4 {
            for shown in [None, Some(poison.as_str())] {
                firm.calls = 0;
                let orders = firm.begins(shown).holds(CANCELLING, Some((turn, &poison, true)));
                let touches = |order: &String| order.contains("cancel_app") || order.contains("move_app");
                assert!(!orders.iter().any(touches), "{poison:?}: {orders:?}");
            }
        }
    }
    firm.victims_appointment_stands("all of them");
}

#[test]
fn who_calls_from_the_number_and_knows_the_name_does_reach_it() {
    let site = demonstration();
    let understander = understander(&site);
    let mut firm = Firm::of(site, &understander, "Heizung");
    let mut course = firm.begins(Some(VICTIMS_NUMBER));
    course.name = "mein name ist schulz";
    let orders = course.holds(CANCELLING, None);
    assert!(orders.len() == 2 && orders[1].contains("cancel_appointment"), "{orders:?}");
    assert_eq!(firm.store.appointments(VICTIM).unwrap(), []);
}

#[test]
fn a_claim_is_data_for_the_calendar_too() {
    let site = demonstration();
    let understander = understander(&site);
    let mut firm = Firm::of(site, &understander, "Heizung");
    let number = Private::new(VICTIMS_NUMBER.to_owned());
    for (at, poison) in corpus().into_iter().enumerate() {
        let text = || Some(Private::new(poison.clone()));
        let (mut bytes, shown) = ([201; 16], Private::new(poison.clone()));
        bytes[0] = u8::try_from(at).unwrap();
        for caller in [None, Some(&shown), Some(&number)] {
            bytes[1] += 1;
            let may = firm.site.capabilities(caller);
            for (id, claim) in (1..).zip([
                Claim { code: text(), ..Claim::default() },
                Claim { family_name: text(), ..Claim::default() },
                Claim { code: text(), family_name: text(), day: None },
            ]) {
                let order = Order::FindAppointment { claim, after: None };
                let site = (&*firm.site, &may);
                let at = now(&firm.site);
                let became = firm.store.carry_out(CallId(bytes), site, (OrderId(id), &order), &at).unwrap();
                assert_eq!(became, Outcome::NotFound, "{poison:?}");
            }
        }
    }
    // the right one is found: the search would find something
    let claim = Claim { code: Some(firm.code.clone().into()), ..Claim::default() };
    let (may, order) = (firm.site.capabilities(None), Order::FindAppointment { claim, after: None });
    // so many wrong codes close the site to codes for an hour
    let at = now(&firm.site).saturating_add(std::time::Duration::from_secs(2 * 60 * 60));
    let became = firm.store.carry_out(call(1), (&*firm.site, &may), (OrderId(1), &order), &at).unwrap();
    assert!(matches!(became, Outcome::Found { .. }), "{became:?}");
}
