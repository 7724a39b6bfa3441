//! Promise: an appointment is cancelled or moved by whoever can show that it is his, by nobody else; moving loses
//! nothing; and however many calls change things at once, nobody is booked twice.

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use klinke::call::actions::{
    CODE_DIGITS, Capabilities, Claim, FIND_TRIES_MAX, HoldId, JobSheet, Order, OrderId, Outcome,
};
use klinke::config::site::Site;
use klinke::daemon::store::{Appointment, FILE_NAME, Store, WRONG_CODES_AN_HOUR_MAX};
use klinke::private::Private;
use klinke::record::CallId;
use proptest::prelude::*;

#[path = "shared/keys.rs"]
mod keys;
#[path = "shared/sites.rs"]
mod sites;

use keys::{call, root};
use sites::{everything, site, technician};

const WEBER: &str = "0711234567";

fn berlin(at: DateTime) -> Zoned {
    at.to_zoned(TimeZone::get("Europe/Berlin").unwrap()).unwrap()
}

fn monday_at(hour: i8) -> DateTime {
    date(2026, 11, 9).at(hour, 0, 0, 0)
}

fn text(text: &str) -> Option<Private<String>> {
    Some(text.to_owned().into())
}

fn named(name: &str) -> Claim {
    Claim { family_name: text(name), ..Claim::default() }
}

fn coded(code: &str) -> Claim {
    Claim { code: text(code), ..Claim::default() }
}

fn find(claim: Claim) -> Order {
    Order::FindAppointment { claim, after: None }
}

/// A store of its own, a site that trusts numbers, and a clock that is turned by hand.
struct Office {
    directory: tempfile::TempDir,
    store: Store,
    site: Site,
    now: Zoned,
    orders: u64,
}

impl Office {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), root(1)).unwrap();
        let site = site(vec![technician("Herr Yilmaz")]);
        Self { directory, store, site, now: berlin(monday_at(7)), orders: 0 }
    }

    fn from(&self, number: Option<&str>) -> Capabilities {
        let all = everything(&self.site, &["Heizung ausgefallen"], &["name"]);
        Capabilities { caller: number.and_then(text), trusts_caller: true, ..all }
    }

    fn does(&mut self, call: CallId, may: &Capabilities, order: Order) -> Outcome {
        self.orders += 1;
        self.does_as(call, may, OrderId(self.orders), &order)
    }

    fn does_as(&mut self, call: CallId, may: &Capabilities, id: OrderId, order: &Order) -> Outcome {
        self.store.carry_out(call, (&self.site, may), (id, order), &self.now).unwrap()
    }

    fn holds(&mut self, call: CallId, may: &Capabilities, from: DateTime) -> (HoldId, DateTime) {
        let order = Order::HoldAppointment {
            skill: "heating".into(),
            emergency: false,
            from,
            until: None,
            near: None,
        };
        match self.does(call, may, order) {
            Outcome::Held { hold, start, .. } => (hold, start),
            other => panic!("{other:?}"),
        }
    }

    /// Books the first time from `from` on for that name, from that number; its number and its code.
    fn books(&mut self, call: CallId, number: Option<&str>, name: &str, from: DateTime) -> (i64, String) {
        let may = self.from(number);
        let (hold, _) = self.holds(call, &may, from);
        let job = JobSheet {
            concern: "Heizung ausgefallen".into(),
            fields: vec![("name".into(), name.to_owned().into())],
            family_name: text(name),
            ..JobSheet::default()
        };
        match self.does(call, &may, Order::BookAppointment { hold, job }) {
            Outcome::Booked { appointment, code } => (appointment, code.unwrap().into_revealed()),
            other => panic!("{other:?}"),
        }
    }

    fn booked(&mut self, calls: impl IntoIterator<Item = u8>) -> Vec<Appointment> {
        let of = |number| self.store.appointments(call(number)).unwrap_or_default();
        calls.into_iter().flat_map(of).collect()
    }
}

#[test]
fn the_number_with_a_name_or_a_day_finds_it_and_nothing_less_does() {
    let mut office = Office::new();
    let (appointment, code) = office.books(call(1), Some(WEBER), "Weber", monday_at(9));
    assert!(code.len() == CODE_DIGITS && code.bytes().all(|digit| digit.is_ascii_digit()));
    let monday = |day| Claim { day: Some(day), ..Claim::default() };
    let both = Claim { day: Some(date(2026, 11, 10)), ..named("Weber") };
    let (weber, other, nobody) = (Some(WEBER), Some("0711999999"), None);
    for (at, (number, claim, is_found)) in [
        (weber, named("Weber"), true),
        (weber, named("Weeber"), true),
        (weber, monday(date(2026, 11, 9)), true),
        (nobody, coded(&code), true),
        (other, coded(&code), true),
        (weber, named("Schulz"), false),
        (weber, monday(date(2026, 11, 10)), false),
        (weber, both, false),
        (weber, Claim::default(), false),
        (weber, coded("000000"), code == "000000"),
        (other, named("Weber"), false),
        (nobody, named("Weber"), false),
        (nobody, monday(date(2026, 11, 9)), false),
    ]
    .into_iter()
    .enumerate()
    {
        let may = office.from(number);
        let outcome = office.does(call(100 + at as u8), &may, find(claim));
        let found = match outcome {
            Outcome::Found { appointment: number, ref technician, start, ref skill, .. } => {
                assert_eq!((number, start), (appointment, monday_at(9)));
                assert_eq!((technician.as_str(), skill.as_str()), ("Herr Yilmaz", "heating"));
                true
            }
            Outcome::NotFound => false,
            ref other => panic!("{other:?}"),
        };
        assert_eq!(found, is_found, "case {at}: {outcome:?}");
    }
    // where the site does not trust numbers, only the code does
    let strict = Capabilities { trusts_caller: false, ..office.from(weber) };
    assert_eq!(office.does(call(90), &strict, find(named("Weber"))), Outcome::NotFound);
    assert!(matches!(office.does(call(90), &strict, find(coded(&code))), Outcome::Found { .. }));
}

#[test]
fn a_call_may_not_try_for_ever() {
    let mut office = Office::new();
    let (_, code) = office.books(call(1), None, "Weber", monday_at(9));
    let may = office.from(None);
    for _ in 0..FIND_TRIES_MAX {
        assert_eq!(office.does(call(2), &may, find(named("Weber"))), Outcome::NotFound);
    }
    assert_eq!(office.does(call(2), &may, find(coded(&code))), Outcome::NotFound, "no more in this call");
    assert!(matches!(office.does(call(3), &may, find(coded(&code))), Outcome::Found { .. }));
}

#[test]
fn who_guesses_codes_call_after_call_is_stopped_for_an_hour() {
    let mut office = Office::new();
    let (_, code) = office.books(call(1), Some(WEBER), "Weber", monday_at(12));
    let wrong = |nth: usize| format!("{:06}", (code.parse::<usize>().unwrap() + 1 + nth) % 1_000_000);
    let stranger = office.from(None);
    for nth in 0..WRONG_CODES_AN_HOUR_MAX {
        office.now = &office.now + SignedDuration::from_mins(2);
        let of = call(10 + u8::try_from(nth / FIND_TRIES_MAX).unwrap());
        assert_eq!(office.does(of, &stranger, find(coded(&wrong(nth)))), Outcome::NotFound);
    }
    // the right one is answered as the wrong ones are, in whichever call
    assert_eq!(office.does(call(20), &stranger, find(coded(&code))), Outcome::NotFound);
    // whoever calls from his number does not suffer for it
    let weber = office.from(Some(WEBER));
    let found = office.does(call(21), &weber, find(named("Weber")));
    assert!(matches!(found, Outcome::Found { .. }), "{found:?}");
    // a minute less than an hour after the first one there is no room yet, then there is
    office.now = &office.now + SignedDuration::from_mins(41);
    assert_eq!(office.does(call(22), &stranger, find(coded(&code))), Outcome::NotFound);
    office.now = &office.now + SignedDuration::from_mins(2);
    let found = office.does(call(23), &stranger, find(coded(&code)));
    assert!(matches!(found, Outcome::Found { .. }), "{found:?}");
}

#[test]
fn nothing_is_changed_that_was_not_found_in_this_call() {
    let mut office = Office::new();
    let (appointment, code) = office.books(call(1), Some(WEBER), "Weber", monday_at(9));
    let may = office.from(Some(WEBER));
    let (hold, _) = office.holds(call(2), &may, monday_at(14));
    let orders = [Order::CancelAppointment { appointment }, Order::MoveAppointment { appointment, hold }];
    for order in &orders {
        assert!(matches!(office.does(call(2), &may, order.clone()), Outcome::Refused { .. }), "{order:?}");
    }
    // that another call has found it is of no use to this one
    assert!(matches!(office.does(call(3), &may, find(coded(&code))), Outcome::Found { .. }));
    for order in orders {
        assert!(matches!(office.does(call(2), &may, order), Outcome::Refused { .. }));
    }
    assert_eq!(office.booked([1, 2, 3]).len(), 1);
}

#[test]
fn a_cancelled_appointment_is_gone_and_its_time_free() {
    let mut office = Office::new();
    let (appointment, code) = office.books(call(1), Some(WEBER), "Weber", monday_at(9));
    let may = office.from(None);
    office.does(call(2), &may, find(coded(&code)));
    let cancel = Order::CancelAppointment { appointment };
    assert_eq!(office.does_as(call(2), &may, OrderId(77), &cancel), Outcome::Cancelled);
    assert_eq!(office.does_as(call(2), &may, OrderId(77), &cancel), Outcome::Cancelled, "asked again");
    assert_eq!(office.does(call(2), &may, cancel), Outcome::NotFound, "ordered again");
    assert_eq!(office.booked([1]), []);
    assert_eq!(office.holds(call(3), &may, monday_at(9)).1, monday_at(9));
    assert_eq!(office.does(call(4), &may, find(coded(&code))), Outcome::NotFound);
}

#[test]
fn moving_books_the_new_time_and_frees_the_old_one_or_does_nothing() {
    let mut office = Office::new();
    let (appointment, code) = office.books(call(1), Some(WEBER), "Weber", monday_at(9));
    let before = office.booked([1]);
    let may = office.from(Some(WEBER));
    office.does(call(2), &may, find(named("Weber")));
    let (hold, start) = office.holds(call(2), &may, monday_at(14));
    assert_eq!(start, monday_at(14));
    // run out, and somebody else has it
    office.now = office.now.checked_add(SignedDuration::from_mins(6)).unwrap();
    let theirs = office.from(None);
    assert_eq!(office.holds(call(3), &theirs, monday_at(14)).1, monday_at(14));
    assert_eq!(
        office.does(call(2), &may, Order::MoveAppointment { appointment, hold }),
        Outcome::HoldExpired
    );
    assert_eq!(office.booked([1, 2]), before, "nothing is lost");
    // another call's hold is none
    let (stranger, _) = office.holds(call(4), &theirs, monday_at(15));
    let order = Order::MoveAppointment { appointment, hold: stranger };
    assert_eq!(office.does(call(2), &may, order), Outcome::HoldExpired);
    let (hold, start) = office.holds(call(2), &may, monday_at(16));
    let order = Order::MoveAppointment { appointment, hold };
    let moved = office.does_as(call(2), &may, OrderId(77), &order);
    let Outcome::Moved { appointment: new } = moved else { panic!("{moved:?}") };
    assert_eq!(office.does_as(call(2), &may, OrderId(77), &order), moved, "asked again");
    assert_eq!(office.booked([1]), [], "the old time is free");
    let now = office.booked([2]);
    assert_eq!((now.len(), now[0].number, now[0].start), (1, new, berlin(start).timestamp()));
    assert_eq!(now[0].job, before[0].job, "the job sheet goes along");
    // by the same code, and by the number that it was booked from
    let outcome = office.does(call(5), &theirs, find(coded(&code)));
    assert!(matches!(outcome, Outcome::Found { appointment, .. } if appointment == new), "{outcome:?}");
    let outcome = office.does(call(6), &may, find(named("Weber")));
    assert!(matches!(outcome, Outcome::Found { appointment, .. } if appointment == new), "{outcome:?}");
    // once more in the same call
    let (hold, _) = office.holds(call(2), &may, monday_at(10));
    let again = office.does(call(2), &may, Order::MoveAppointment { appointment: new, hold });
    assert!(matches!(again, Outcome::Moved { .. }), "{again:?}");
}

#[test]
fn several_come_one_after_the_other_and_past_ones_never() {
    let mut office = Office::new();
    let (late, _) = office.books(call(1), Some(WEBER), "Weber", monday_at(15));
    let (early, _) = office.books(call(2), Some(WEBER), "Weber", monday_at(9));
    office.books(call(3), Some(WEBER), "Schulz", monday_at(8));
    let may = office.from(Some(WEBER));
    let number = |outcome: Outcome| match outcome {
        Outcome::Found { appointment, .. } => Some(appointment),
        _ => None,
    };
    let after = |start| Order::FindAppointment { claim: named("Weber"), after: Some(start) };
    assert_eq!(number(office.does(call(4), &may, find(named("Weber")))), Some(early));
    assert_eq!(number(office.does(call(4), &may, after(monday_at(9)))), Some(late));
    assert_eq!(number(office.does(call(4), &may, after(monday_at(15)))), None);
    office.now = berlin(monday_at(9));
    assert_eq!(
        number(office.does(call(5), &may, find(named("Weber")))),
        Some(late),
        "the first one has begun"
    );
    let cancel = Order::CancelAppointment { appointment: early };
    assert_eq!(office.does(call(4), &may, cancel), Outcome::NotFound, "begun since it was found");
}

#[test]
fn a_correction_keeps_the_code() {
    let mut office = Office::new();
    let may = office.from(None);
    let (hold, _) = office.holds(call(1), &may, monday_at(9));
    let book = Order::BookAppointment { hold, job: JobSheet::default() };
    let first = office.does(call(1), &may, book.clone());
    assert_eq!(office.does(call(1), &may, book.clone()), first);
    // a site without such forms tells none
    let plain = Capabilities { cancels: false, moves: false, ..may };
    let (hold, _) = office.holds(call(2), &plain, monday_at(9));
    let booked = office.does(call(2), &plain, Order::BookAppointment { hold, job: JobSheet::default() });
    assert!(matches!(booked, Outcome::Booked { code: None, .. }), "{booked:?}");
}

#[test]
fn number_name_and_code_stand_nowhere_in_plaintext() {
    let mut office = Office::new();
    let (_, code) = office.books(call(1), Some(WEBER), "Kanarienvogel", monday_at(9));
    let may = office.from(Some(WEBER));
    office.does(call(2), &may, find(named("Kanarienvogel")));
    for file in std::fs::read_dir(office.directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [WEBER, "Kanarienvogel", &code] {
            let shows = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!shows, "{secret:?} shows");
        }
    }
    assert!(office.directory.path().join(FILE_NAME).exists());
    assert_eq!(
        format!("{:?}", named("Weber")),
        "Claim { code: None, family_name: Some(‹private›), day: None }"
    );
}

#[test]
fn a_ticket_has_a_number_of_its_own_and_belongs_to_its_call() {
    let mut office = Office::new();
    let may = office.from(None);
    let sheet = |name: &str| JobSheet {
        fields: vec![("name".into(), name.to_owned().into())],
        ..JobSheet::default()
    };
    let open = |ticket, name: &str| Order::OpenTicket { ticket, job: sheet(name) };
    let number = |outcome| match outcome {
        Outcome::Opened { ticket } => ticket,
        other => panic!("{other:?}"),
    };
    let first = number(office.does(call(1), &may, open(None, "Weber")));
    let second = number(office.does(call(2), &may, open(None, "Schulz")));
    assert!(second > first);
    assert_eq!(number(office.does(call(1), &may, open(Some(first), "Wagner"))), first);
    let stolen = office.does(call(2), &may, open(Some(first), "Schulz"));
    assert!(matches!(stolen, Outcome::Refused { .. }), "{stolen:?}");
    let kept = office.store.tickets(call(1)).unwrap();
    assert_eq!((kept.len(), kept[0].number, &kept[0].job), (1, first, &sheet("Wagner")));
    assert_eq!(office.store.tickets(call(2)).unwrap()[0].job, sheet("Schulz"));
}

/// Something that one of several callers at once does.
#[derive(Clone, Copy, Debug)]
enum Step {
    Hold(u8, i8),
    Book(u8),
    Find(u8),
    Cancel(u8),
    Move(u8),
    Wait(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6u8, 8..17i8).prop_map(|(who, hour)| Step::Hold(who, hour)),
        3 => (0..6u8).prop_map(Step::Book),
        3 => (0..6u8).prop_map(Step::Find),
        1 => (0..6u8).prop_map(Step::Cancel),
        4 => (0..6u8).prop_map(Step::Move),
        1 => (1..8i64).prop_map(Step::Wait),
    ]
}

/// What each of the callers knows.
#[derive(Clone, Copy, Default)]
struct Caller {
    hold: Option<HoldId>,
    found: Option<i64>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Calls interleaved in any order. Their appointments are counted by hand: booking adds one, cancelling takes one,
    /// moving leaves as many; nothing overlaps, and the way from one visit to the next is kept.
    #[test]
    fn calls_at_once_lose_nothing_and_book_nobody_twice(
        steps in prop::collection::vec(any_step(), 1..60),
        travel in prop::sample::select(vec![0u16, 30]),
    ) {
        let mut office = Office::new();
        office.site.calendar.travel_minutes = travel;
        let mut callers = [Caller::default(); 6];
        let mut count = 0_usize;
        for step in steps {
            let may = office.from(Some(WEBER));
            match step {
                Step::Wait(minutes) => {
                    office.now = office.now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
                }
                Step::Hold(who, hour) => {
                    callers[usize::from(who)].hold = Some(office.holds(call(who), &may, monday_at(hour)).0);
                }
                Step::Book(who) => {
                    let Some(hold) = callers[usize::from(who)].hold.take() else { continue };
                    let job = JobSheet { family_name: text("Weber"), ..JobSheet::default() };
                    let booked = office.does(call(who), &may, Order::BookAppointment { hold, job });
                    count += usize::from(matches!(booked, Outcome::Booked { .. }));
                }
                Step::Find(who) => {
                    let found = office.does(call(who), &may, find(named("Weber")));
                    if let Outcome::Found { appointment, .. } = found {
                        callers[usize::from(who)].found = Some(appointment);
                    }
                }
                Step::Cancel(who) => {
                    let Some(appointment) = callers[usize::from(who)].found.take() else { continue };
                    let done = office.does(call(who), &may, Order::CancelAppointment { appointment });
                    prop_assert!(matches!(done, Outcome::Cancelled | Outcome::NotFound), "{done:?}");
                    count -= usize::from(done == Outcome::Cancelled);
                }
                Step::Move(who) => {
                    let Caller { hold: Some(hold), found: Some(appointment) } = callers[usize::from(who)] else {
                        continue;
                    };
                    callers[usize::from(who)] = Caller::default();
                    let done = office.does(call(who), &may, Order::MoveAppointment { appointment, hold });
                    let known = matches!(done, Outcome::Moved { .. } | Outcome::HoldExpired | Outcome::NotFound);
                    prop_assert!(known, "{done:?}");
                }
            }
            let booked = office.booked(0..6);
            prop_assert_eq!(booked.len(), count, "after {:?}", step);
            let way = SignedDuration::from_mins(travel.into());
            for (at, one) in booked.iter().enumerate() {
                for other in &booked[at + 1..] {
                    prop_assert!(one.end + way <= other.start || other.end + way <= one.start);
                }
            }
        }
    }
}

/// The same by several processes' worth of stores on one file: everybody moves everybody's appointment about.
#[test]
fn many_stores_at_once_move_and_lose_nothing() {
    let mut office = Office::new();
    for number in 0..4 {
        office.books(call(number), Some(WEBER), "Weber", monday_at(8));
    }
    let (directory, site, now) = (office.directory.path(), &office.site, &office.now);
    let may = office.from(Some(WEBER));
    std::thread::scope(|scope| {
        for thread in 0..4u8 {
            let may = &may;
            scope.spawn(move || {
                let mut store = Store::open_existing(directory, root(1)).unwrap();
                for turn in 0..8u8 {
                    let id = call(100 + thread * 16 + turn);
                    let mut does = |number: u64, order: Order| {
                        store.carry_out(id, (site, may), (OrderId(number), &order), now).unwrap()
                    };
                    let Outcome::Found { appointment, .. } = does(1, find(named("Weber"))) else { continue };
                    let wish = Order::HoldAppointment {
                        skill: "heating".into(),
                        emergency: false,
                        from: date(2026, 11, 10 + turn.cast_signed() % 3).at(8, 0, 0, 0),
                        until: None,
                        near: None,
                    };
                    let Outcome::Held { hold, .. } = does(2, wish) else { continue };
                    does(3, Order::MoveAppointment { appointment, hold });
                }
            });
        }
    });
    let mut booked = office.booked(0..u8::MAX);
    booked.sort_by_key(|visit| visit.start);
    assert_eq!(booked.len(), 4, "moving neither loses nor adds one");
    assert!(booked.windows(2).all(|pair| pair[0].end <= pair[1].start), "booked twice: {booked:?}");
}
