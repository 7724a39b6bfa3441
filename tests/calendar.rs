//! Promise: nobody is booked twice, every order is carried out once and reaches only its own call, and what is
//! offered fits the site's file, also on the nights when the clocks change.

use std::collections::HashSet;

use jiff::civil::{DateTime, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use klinke::call::actions::{Capabilities, HoldId, JobSheet, Order, OrderId, Outcome};
use klinke::call::understanding::Land;
use klinke::config::site::{Calendar, Site, Technician, WeekHours};
use klinke::daemon::connectors::calendar::{Wish, first_free};
use klinke::daemon::store::Store;
use klinke::record::CallId;
use proptest::prelude::*;

#[path = "shared/keys.rs"]
mod keys;
#[path = "shared/sites.rs"]
mod sites;

use keys::{call, root};
use sites::{every_day, everything, site, technician};

fn berlin(at: DateTime) -> Zoned {
    at.to_zoned(TimeZone::get("Europe/Berlin").unwrap()).unwrap()
}

fn monday_at(hour: i8, minute: i8) -> DateTime {
    date(2026, 11, 9).at(hour, minute, 0, 0)
}

fn wish(from: DateTime) -> Order {
    Order::HoldAppointment { skill: "heating".into(), emergency: false, from, until: None, near: None }
}

fn job(concern: &str) -> JobSheet {
    JobSheet { concern: concern.into(), ..JobSheet::default() }
}

fn may(site: &Site) -> Capabilities {
    everything(site, &["Heizung ausgefallen", "theirs", "mine", "Heizung", "Rückruf"], &[])
}

/// A store of its own, a site, and a clock that is turned by hand.
struct Office {
    _directory: tempfile::TempDir,
    store: Store,
    site: Site,
    capabilities: Capabilities,
    now: Zoned,
    from: DateTime,
    orders: u64,
}

impl Office {
    fn of(site: Site) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), root(1)).unwrap();
        let mut capabilities = may(&site);
        capabilities.skills.push("roofs".into());
        Self {
            _directory: directory,
            store,
            capabilities,
            site,
            now: berlin(monday_at(7, 0)),
            from: monday_at(0, 0),
            orders: 0,
        }
    }

    /// One technician, 8 to 12 and 13 to 17 on working days, visits of one hour.
    fn with_one() -> Self {
        Self::of(site(vec![technician("Herr Yilmaz")]))
    }

    fn does(&mut self, call: CallId, order: Order) -> Outcome {
        self.orders += 1;
        self.does_as(call, OrderId(self.orders), order)
    }

    fn does_as(&mut self, call: CallId, id: OrderId, order: Order) -> Outcome {
        let site = (&self.site, &self.capabilities);
        self.store.carry_out(call, site, (id, &order), &self.now).unwrap()
    }

    fn holds(&mut self, call: CallId) -> (HoldId, DateTime) {
        match self.does(call, wish(self.from)) {
            Outcome::Held { hold, start, .. } => (hold, start),
            other => panic!("{other:?}"),
        }
    }

    fn waits(&mut self, minutes: i64) {
        self.now = self.now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    }
}

#[test]
fn the_next_free_stretch_is_held_booked_and_kept() {
    let mut office = Office::with_one();
    let held = office.does(call(1), wish(monday_at(0, 0)));
    let Outcome::Held { hold, technician, start, end } = held else { panic!("{held:?}") };
    // 7:00 and an hour of lead.
    assert_eq!((technician.as_str(), start, end), ("Herr Yilmaz", monday_at(8, 0), monday_at(9, 0)));
    let booked = office.does(call(1), Order::BookAppointment { hold, job: job("Heizung ausgefallen") });
    let Outcome::Booked { appointment, .. } = booked else { panic!("{booked:?}") };
    let kept = office.store.appointments(call(1)).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].number, kept[0].job.concern.as_str()), (appointment, "Heizung ausgefallen"));
    assert_eq!(kept[0].start, berlin(start).timestamp());
    assert_eq!(office.holds(call(2)).1, monday_at(9, 0), "8:30 would overlap");
}

#[test]
fn visits_stay_within_hours_and_after_the_lead_time() {
    let mut office = Office::with_one();
    office.site.calendar.grid_minutes = 60;
    let mut starts = Vec::new();
    for number in 0..9 {
        starts.push(office.holds(call(number)).1);
    }
    let monday = [8, 9, 10, 11, 13, 14, 15, 16].map(|hour| monday_at(hour, 0));
    assert_eq!(starts[..8], monday);
    assert_eq!(starts[8], date(2026, 11, 10).at(8, 0, 0, 0));

    office.now = berlin(monday_at(14, 10));
    let later = office.does(call(20), wish(monday_at(0, 0)));
    let Outcome::Held { start, .. } = later else { panic!("{later:?}") };
    assert_eq!(start, monday_at(16, 0));
}

#[test]
fn a_wish_has_a_beginning_an_end_and_a_skill() {
    let mut office = Office::with_one();
    let order = |from, until| Order::HoldAppointment {
        skill: "heating".into(),
        emergency: false,
        from,
        until,
        near: None,
    };
    let thursday = date(2026, 11, 12).at(13, 10, 0, 0);
    let Outcome::Held { start, .. } = office.does(call(1), order(thursday, None)) else { panic!() };
    assert_eq!(start, date(2026, 11, 12).at(13, 30, 0, 0));
    // Begins before, may end after.
    let eight = monday_at(8, 0);
    assert_eq!(office.does(call(2), order(eight, Some(eight))), Outcome::NothingFree);
    assert!(matches!(office.does(call(2), order(eight, Some(monday_at(8, 1)))), Outcome::Held { .. }));
    let sunday = date(2026, 11, 15).at(0, 0, 0, 0);
    assert_eq!(
        office.does(call(3), order(sunday, Some(sunday.date().at(23, 59, 0, 0)))),
        Outcome::NothingFree
    );
    // Beyond the horizon of 14 days, and beyond every calendar.
    assert_eq!(office.does(call(3), order(date(2026, 11, 24).at(0, 0, 0, 0), None)), Outcome::NothingFree);
    assert_eq!(office.does(call(3), order(DateTime::MAX, None)), Outcome::NothingFree);
    assert_eq!(office.does(call(3), order(DateTime::MIN, Some(DateTime::MIN))), Outcome::NothingFree);
    assert!(matches!(office.does(call(3), order(DateTime::MIN, Some(DateTime::MAX))), Outcome::Held { .. }));
    let unknown = Order::HoldAppointment {
        skill: "roofs".into(),
        emergency: false,
        from: eight,
        until: None,
        near: None,
    };
    assert!(matches!(office.does(call(4), unknown), Outcome::Failed { cause } if cause.contains("roofs")));
}

#[test]
fn what_lies_nearest_to_what_was_wished_comes_first() {
    let mut office = Office::with_one();
    let around_three = || Order::HoldAppointment {
        skill: "heating".into(),
        emergency: false,
        from: monday_at(13, 0),
        until: Some(monday_at(16, 0)),
        near: Some(monday_at(14, 0)),
    };
    let mut starts = Vec::new();
    for caller in 1..=4 {
        match office.does(call(caller), around_three()) {
            Outcome::Held { start, .. } => starts.push((start.hour(), start.minute())),
            other => assert_eq!(other, Outcome::NothingFree),
        }
    }
    assert_eq!(
        starts,
        [(14, 0), (13, 0), (15, 0)],
        "visits of an hour; of two that are as near, the earlier"
    );
}

#[test]
fn nobody_is_sent_on_a_holiday_but_in_an_emergency() {
    let mut office = Office::with_one();
    office.now = berlin(date(2026, 12, 31).at(7, 0, 0, 0));
    let wish = |emergency| Order::HoldAppointment {
        skill: "heating".into(),
        emergency,
        from: date(2027, 1, 1).at(8, 0, 0, 0),
        until: None,
        near: None,
    };
    let start = |outcome: Outcome| match outcome {
        Outcome::Held { start, .. } => start.date(),
        other => panic!("{other:?}"),
    };
    assert_eq!(start(office.does(call(1), wish(false))), date(2027, 1, 1), "unless the site says so");
    office.site.closed_on_holidays = true;
    assert_eq!(start(office.does(call(1), wish(false))), date(2027, 1, 4), "Monday after New Year");
    assert_eq!(start(office.does(call(1), wish(true))), date(2027, 1, 1));
    // Epiphany is a holiday in Baden-Württemberg, and a Wednesday like any other in Berlin
    let epiphany = || Order::HoldAppointment {
        skill: "heating".into(),
        emergency: false,
        from: date(2027, 1, 6).at(8, 0, 0, 0),
        until: None,
        near: None,
    };
    for (land, day) in [(None, 6), (Some(Land::Berlin), 6), (Some(Land::BadenWuerttemberg), 7)] {
        office.site.land = land;
        assert_eq!(start(office.does(call(2), epiphany())), date(2027, 1, day), "{land:?}");
    }
}

#[test]
fn an_emergency_has_its_own_hours_and_lead_time() {
    let mut office = Office::with_one();
    office.now = berlin(date(2026, 11, 14).at(22, 50, 0, 0)); // Saturday night
    let emergency = Order::HoldAppointment {
        skill: "heating".into(),
        emergency: true,
        from: office.now.datetime(),
        until: None,
        near: None,
    };
    let Outcome::Held { start, end, .. } = office.does(call(1), emergency.clone()) else { panic!() };
    // 20 minutes of lead; round the clock, so the visit may go over midnight.
    assert_eq!((start, end), (date(2026, 11, 14).at(23, 30, 0, 0), date(2026, 11, 15).at(0, 30, 0, 0)));
    let Outcome::Held { start, .. } = office.does(call(2), emergency) else { panic!() };
    assert_eq!(start, date(2026, 11, 15).at(0, 30, 0, 0));
}

#[test]
fn several_technicians_are_offered_in_the_order_of_the_file() {
    let mut lang = technician("Frau Lang");
    lang.skills.push("water".into());
    let mut office = Office::of(site(vec![technician("Herr Yilmaz"), lang]));
    let who = |outcome: Outcome| match outcome {
        Outcome::Held { technician, start, .. } => (technician, start),
        other => panic!("{other:?}"),
    };
    assert_eq!(who(office.does(call(1), wish(monday_at(0, 0)))), ("Herr Yilmaz".into(), monday_at(8, 0)));
    assert_eq!(who(office.does(call(2), wish(monday_at(0, 0)))), ("Frau Lang".into(), monday_at(8, 0)));
    let water = Order::HoldAppointment {
        skill: "water".into(),
        emergency: false,
        from: monday_at(0, 0),
        until: None,
        near: None,
    };
    assert_eq!(who(office.does(call(3), water)), ("Frau Lang".into(), monday_at(9, 0)));
}

#[test]
fn a_hold_runs_out_and_can_still_be_booked_while_nobody_took_it() {
    let mut office = Office::with_one();
    office.from = monday_at(10, 0);
    let (first, start) = office.holds(call(1));
    office.waits(4);
    assert_ne!(office.holds(call(2)).1, start, "held for five minutes");
    office.waits(1);
    let third = office.holds(call(3));
    assert_eq!(third.1, start, "run out");
    assert_eq!(
        office.does(call(1), Order::BookAppointment { hold: first, job: job("") }),
        Outcome::HoldExpired
    );
    office.waits(10);
    let booked = office.does(call(3), Order::BookAppointment { hold: third.0, job: job("") });
    assert!(matches!(booked, Outcome::Booked { .. }), "run out, and nobody took it: {booked:?}");
    // Its time has come: no more.
    let (late, start) = office.holds(call(4));
    office.now = berlin(start);
    assert_eq!(
        office.does(call(4), Order::BookAppointment { hold: late, job: job("") }),
        Outcome::HoldExpired
    );
}

#[test]
fn a_new_hold_gives_the_calls_old_one_back() {
    let mut office = Office::with_one();
    let (first, start) = office.holds(call(1));
    let (second, again) = office.holds(call(1));
    assert_eq!(start, again);
    assert_ne!(first, second);
    assert_eq!(
        office.does(call(1), Order::BookAppointment { hold: first, job: job("") }),
        Outcome::HoldExpired
    );
    assert_eq!(office.does(call(1), Order::ReleaseAppointment { hold: second }), Outcome::Released);
    assert_eq!(office.holds(call(2)).1, start);
}

#[test]
fn an_order_reaches_only_its_own_call() {
    let mut office = Office::with_one();
    let (mine, start) = office.holds(call(1));
    let book = Order::BookAppointment { hold: mine, job: job("theirs") };
    assert_eq!(office.does(call(2), book), Outcome::HoldExpired);
    assert_eq!(office.does(call(2), Order::ReleaseAppointment { hold: mine }), Outcome::Released);
    assert_ne!(office.holds(call(2)).1, start, "another call gave it back");
    let booked = office.does(call(1), Order::BookAppointment { hold: mine, job: job("mine") });
    assert!(matches!(booked, Outcome::Booked { .. }));
    office.does(call(2), Order::ReleaseAppointment { hold: mine });
    office.does(call(2), Order::BookAppointment { hold: mine, job: job("theirs") });
    assert_eq!(office.store.appointments(call(1)).unwrap()[0].job.concern, "mine");
    assert!(office.store.appointments(call(2)).unwrap().is_empty());
    // Not even its own call takes a booked appointment away, by releasing it or by holding anew.
    assert!(matches!(office.does(call(1), Order::ReleaseAppointment { hold: mine }), Outcome::Failed { .. }));
    office.holds(call(1));
    assert_eq!(office.store.appointments(call(1)).unwrap().len(), 1);
}

#[test]
fn an_order_is_carried_out_once() {
    let mut office = Office::with_one();
    let (hold, _) = office.holds(call(1));
    let held = office.does_as(call(1), OrderId(1), wish(monday_at(0, 0)));
    assert!(matches!(held, Outcome::Held { hold: again, .. } if again == hold));
    let book = Order::BookAppointment { hold, job: job("Heizung") };
    let booked = office.does_as(call(1), OrderId(7), book.clone());
    office.waits(60 * 24);
    assert_eq!(office.does_as(call(1), OrderId(7), book), booked);
    assert_eq!(office.store.appointments(call(1)).unwrap().len(), 1);
    let note = Order::NoteCallBack { job: job("Rückruf") };
    assert_eq!(office.does_as(call(1), OrderId(8), note.clone()), Outcome::Noted);
    assert_eq!(office.does_as(call(1), OrderId(8), note), Outcome::Noted);
    let noted = office.store.call_backs(call(1)).unwrap();
    assert_eq!((noted.len(), noted[0].job.concern.as_str()), (1, "Rückruf"));
    // The same number in another call is another order.
    assert!(matches!(office.does_as(call(2), OrderId(1), wish(monday_at(0, 0))), Outcome::Held { .. }));
}

#[test]
fn many_at_once_are_never_booked_twice() {
    let directory = tempfile::tempdir().unwrap();
    drop(Store::open(directory.path(), root(1)).unwrap());
    let site = site(vec![technician("Herr Yilmaz"), technician("Frau Lang")]);
    let capabilities = may(&site);
    let now = berlin(monday_at(7, 0));
    let stretches: Vec<(String, Timestamp, Timestamp)> = std::thread::scope(|scope| {
        let threads = (0..6u8).map(|number| {
            let (directory, site, now) = (directory.path(), (&site, &capabilities), &now);
            scope.spawn(move || {
                let mut store = Store::open_existing(directory, root(1)).unwrap();
                let mut booked = Vec::new();
                for turn in 0..6u8 {
                    let id = call(number * 16 + turn);
                    let outcome =
                        store.carry_out(id, site, (OrderId(1), &wish(monday_at(0, 0))), now).unwrap();
                    let Outcome::Held { hold, .. } = outcome else { panic!("{outcome:?}") };
                    let book = Order::BookAppointment { hold, job: job("") };
                    let outcome = store.carry_out(id, site, (OrderId(2), &book), now).unwrap();
                    assert!(matches!(outcome, Outcome::Booked { .. }), "{outcome:?}");
                    booked.extend(store.appointments(id).unwrap());
                }
                booked
            })
        });
        let threads: Vec<_> = threads.collect();
        let booked = threads.into_iter().flat_map(|thread| thread.join().unwrap());
        booked.map(|visit| (visit.technician, visit.start, visit.end)).collect()
    });
    assert_eq!(stretches.len(), 36);
    for (at, one) in stretches.iter().enumerate() {
        for other in &stretches[at + 1..] {
            let apart = one.0 != other.0 || one.2 <= other.1 || other.2 <= one.1;
            assert!(apart, "booked twice: {one:?} {other:?}");
        }
    }
}

#[test]
fn the_nights_when_the_clocks_change() {
    // 2027-03-28: 02:00 → 03:00. 2026-10-25: 03:00 → 02:00.
    let night = Technician {
        working_hours: every_day(time(1, 30, 0, 0), time(4, 0, 0, 0)),
        ..technician("Herr Yilmaz")
    };
    let site = site(vec![night]);
    let starts = |day: jiff::civil::Date| {
        let now = berlin(day.yesterday().unwrap().at(12, 0, 0, 0)).timestamp();
        let mut taken: Vec<(Timestamp, Timestamp)> = Vec::new();
        let mut starts = Vec::new();
        let wish = Wish {
            skill: "heating",
            emergency: false,
            from: day.at(0, 0, 0, 0),
            until: Some(day.at(23, 0, 0, 0)),
            near: None,
        };
        while let Some(free) = first_free(&site, &wish, now, &[(&site.technicians[0], taken.clone())]) {
            let start = site.time_zone.to_datetime(free.start);
            assert_eq!(free.end.duration_since(free.start), SignedDuration::from_hours(1));
            starts.push((start.hour(), start.minute()));
            taken.push((free.start, free.end));
        }
        starts
    };
    assert_eq!(starts(date(2027, 3, 27)), [(1, 30), (2, 30)]);
    assert_eq!(starts(date(2027, 3, 28)), [(1, 30)], "01:30 to 03:30, and 03:30 ends too late");
    let left_out = date(2027, 3, 28);
    let wish = Wish {
        skill: "heating",
        emergency: false,
        from: left_out.at(2, 0, 0, 0),
        until: Some(left_out.at(3, 0, 0, 0)),
        near: None,
    };
    let now = berlin(left_out.at(0, 0, 0, 0)).timestamp();
    assert_eq!(first_free(&site, &wish, now, &[(&site.technicians[0], Vec::new())]), None);
    assert_eq!(
        starts(date(2026, 10, 25)),
        [(1, 30), (2, 30), (3, 0)],
        "the hour from two to three is there twice"
    );
}

/// The first free start by looking at every minute.
fn naive(
    site: &Site,
    wish: &Wish<'_>,
    now: Timestamp,
    taken: &[(Timestamp, Timestamp)],
) -> Option<Timestamp> {
    let (technician, calendar) = (&site.technicians[0], &site.calendar);
    let (hours, lead) = match wish.emergency {
        true => (&technician.emergency_hours, calendar.lead_minutes_emergency),
        false => (&technician.working_hours, calendar.lead_minutes),
    };
    let minutes = |start: Timestamp| {
        (0..i64::from(calendar.visit_minutes)).map(move |minute| start + SignedDuration::from_mins(minute))
    };
    let local = |at| site.time_zone.to_datetime(at);
    let today = local(now).date();
    let midnight = site.time_zone.to_timestamp(today.at(0, 0, 0, 0)).unwrap();
    let every_minute =
        (0..(i64::from(calendar.horizon_days) + 2) * 1500).map(|m| midnight + SignedDuration::from_mins(m));
    every_minute.into_iter().find(|&start| {
        let clock = local(start);
        let days = today.until(clock.date()).unwrap().get_days();
        let second_time = site.time_zone.to_ambiguous_timestamp(clock).earlier().unwrap() != start;
        start >= now + SignedDuration::from_mins(lead.into())
            && clock >= wish.from
            && wish.until.is_none_or(|until| clock < until)
            && days <= i32::from(calendar.horizon_days)
            && u16::from(clock.minute().unsigned_abs()).is_multiple_of(calendar.grid_minutes)
            && !second_time
            && minutes(start).all(|at| {
                let clock = local(at);
                hours.contains(clock.weekday(), clock.time())
            })
            && minutes(start).all(|at| {
                let way = SignedDuration::from_mins(calendar.travel_minutes.into());
                taken.iter().all(|taken| at < taken.0 - way || taken.1 + way <= at)
            })
    })
}

/// Hours of a day at whole hours, some of them up to the end of the day.
fn any_day() -> impl Strategy<Value = Vec<(Time, Time)>> {
    prop::collection::btree_set(0..=24i8, 0..5).prop_map(|hours| {
        let at = |hour: i8| if hour == 24 { Time::MAX } else { time(hour, 0, 0, 0) };
        let hours: Vec<i8> = hours.into_iter().collect();
        hours.chunks_exact(2).map(|pair| (at(pair[0]), at(pair[1]))).collect()
    })
}

fn any_week() -> impl Strategy<Value = WeekHours> {
    prop::array::uniform7(any_day()).prop_map(WeekHours::new)
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let grid = prop::sample::select(vec![5u16, 15, 20, 30, 45, 60]);
    let travel = prop_oneof![Just(0u16), 1..90u16];
    (15..200u16, grid, 0..600u32, (0..60u32, travel), 0..4u16).prop_map(
        |(visit, grid, lead, (emergency, travel), horizon)| Calendar {
            visit_minutes: visit,
            grid_minutes: grid,
            lead_minutes: lead,
            lead_minutes_emergency: emergency,
            horizon_days: horizon,
            hold_minutes: 5,
            travel_minutes: travel,
            trust_caller_number: false,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_search_finds_what_looking_at_every_minute_finds(
        week in any_week(),
        calendar in any_calendar(),
        day in prop::sample::select(vec![date(2026, 10, 23), date(2027, 3, 26), date(2026, 12, 30)]),
        (now_minute, from_minute, length) in (0..2880i64, 0..5000i64, prop::option::of(0..3000i64)),
        busy in prop::collection::vec((0..6000i64, 1..300i64), 0..12),
        emergency: bool,
    ) {
        let minute = |minute: i64| day.at(0, 0, 0, 0).checked_add(SignedDuration::from_mins(minute)).unwrap();
        let technician = Technician {
            working_hours: if emergency { WeekHours::default() } else { week.clone() },
            emergency_hours: if emergency { week } else { WeekHours::default() },
            ..technician("Herr Yilmaz")
        };
        let site = Site { calendar, ..site(vec![technician]) };
        let now = berlin(minute(now_minute)).timestamp();
        let from = minute(from_minute);
        let until = length.map(|length| minute(from_minute + length));
        let wish = Wish { skill: "heating", emergency, from, until, near: None };
        let taken: Vec<_> = busy
            .iter()
            .map(|&(at, length)| {
                let start = berlin(minute(at)).timestamp();
                (start, start + SignedDuration::from_mins(length))
            })
            .collect();
        let found = first_free(&site, &wish, now, &[(&site.technicians[0], taken.clone())]);
        prop_assert_eq!(found.map(|free| free.start), naive(&site, &wish, now, &taken));
    }
}

/// Something that happens to the office in the model test.
#[derive(Clone, Copy, Debug)]
enum Step {
    Hold(u8),
    Book(u8),
    Release(u8),
    Wait(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..5u8).prop_map(Step::Hold),
        (0..5u8).prop_map(Step::Book),
        (0..5u8).prop_map(Step::Release),
        (1..8i64).prop_map(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn holds_and_bookings_follow_the_naive_model(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut office = Office::with_one();
        office.site.calendar.grid_minutes = 60;
        // Start of the visit → call and the minute until which it is held; `None`: booked.
        let mut model: Vec<(DateTime, u8, Option<i64>)> = Vec::new();
        let mut offers: [Option<(HoldId, DateTime)>; 5] = [None; 5];
        let mut minute = 0;
        for step in steps {
            match step {
                Step::Wait(minutes) => { office.waits(minutes); minute += minutes; }
                Step::Hold(number) => {
                    model.retain(|visit| visit.1 != number || visit.2.is_none());
                    let (hold, start) = office.holds(call(number));
                    let blocked: HashSet<DateTime> = model
                        .iter()
                        .filter(|visit| visit.2.is_none_or(|until| until > minute))
                        .map(|visit| visit.0)
                        .collect();
                    let expected = (0..10).flat_map(|day| {
                        [8, 9, 10, 11, 13, 14, 15, 16].map(|hour| (day, hour))
                    }).filter(|(day, _)| *day < 5 || *day > 6)
                        .map(|(day, hour)| date(2026, 11, 9 + day).at(hour, 0, 0, 0))
                        .filter(|at| berlin(*at).timestamp() >= office.now.timestamp() + SignedDuration::from_hours(1))
                        .find(|at| !blocked.contains(at));
                    prop_assert_eq!(Some(start), expected);
                    model.retain(|visit| visit.0 != start);
                    model.push((start, number, Some(minute + 5)));
                    offers[usize::from(number)] = Some((hold, start));
                }
                Step::Book(number) => {
                    let Some((hold, start)) = offers[usize::from(number)] else { continue };
                    let booked = office.does(call(number), Order::BookAppointment { hold, job: job("") });
                    match model.iter_mut().find(|visit| visit.0 == start && visit.1 == number) {
                        Some(visit) => {
                            visit.2 = None;
                            prop_assert!(matches!(booked, Outcome::Booked { .. }), "{booked:?}");
                        }
                        None => prop_assert_eq!(booked, Outcome::HoldExpired),
                    }
                }
                Step::Release(number) => {
                    let Some((hold, start)) = offers[usize::from(number)] else { continue };
                    office.does(call(number), Order::ReleaseAppointment { hold });
                    model.retain(|visit| visit.0 != start || visit.1 != number || visit.2.is_none());
                }
            }
        }
        for number in 0..5 {
            let booked = office.store.appointments(call(number)).map_or(0, |booked| booked.len());
            prop_assert_eq!(booked, model.iter().filter(|visit| visit.1 == number && visit.2.is_none()).count());
        }
    }
}

#[test]
fn a_week_begins_on_monday() {
    // The model test and the hours of the test site rely on it.
    assert_eq!(date(2026, 11, 9).weekday(), Weekday::Monday);
}
