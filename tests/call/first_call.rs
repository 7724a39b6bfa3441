//! Promise: whoever calls because the heating is broken gets a technician, however he hesitates, corrects himself
//! and interrupts; and what is stored is what he said last.

use crate::demo;
use klinke::call::Event;
use klinke::call::actions::{Order, Outcome};
use klinke::call::line::LineCommand;
use klinke::record::{Ending, Entry};
use klinke::sim::pretend::Faults;
use klinke::sim::world::Left;

fn value<'a>(record: &'a klinke::record::CallRecord, name: &str) -> &'a str {
    let slot = record.slots.iter().find(|slot| slot.name == name);
    slot.map_or("", |slot| slot.value.reveal().as_str())
}

#[test]
fn the_demonstration_call_ends_with_a_booked_technician_and_a_complete_record() {
    let held = demo::hold(&demo::site(), &demo::caller(), Faults::default());
    let record = held.record();
    assert_eq!(held.left, Left::Klinke(LineCommand::HangUp), "said: {:#?}", held.said());
    assert_eq!(record.ending, Ending::Completed);
    assert!(record.disclosed && record.emergency);
    assert_eq!(record.intent.as_deref(), Some("heating_failure"));
    assert_eq!(value(&record, "name"), "Weber");
    assert_eq!(value(&record, "telephone"), "071123456");
    assert!(value(&record, "address").starts_with("Lindenstraße 16"), "what was corrected is what is stored");
    let appointment = record.appointment.expect("something was booked");
    assert_eq!(appointment.start.date().weekday(), jiff::civil::Weekday::Thursday, "as the caller wished");
}

#[test]
fn nothing_is_carried_out_before_it_is_written() {
    let held = demo::hold(&demo::site(), &demo::caller(), Faults::default());
    let entries = &held.world.entries;
    let place = |wanted: fn(&Entry) -> bool| entries.iter().position(wanted).expect("the entry is there");
    let ordered = place(|entry| matches!(entry, Entry::Ordered { order: Order::BookAppointment { .. }, .. }));
    let booked = place(|entry| matches!(entry, Entry::Became { outcome: Outcome::Booked { .. }, .. }));
    assert!(place(|entry| matches!(entry, Entry::Disclosed { .. })) < ordered && ordered < booked);
    assert!(matches!(entries.last(), Some(Entry::Ended { .. })));
}

#[test]
fn every_answer_comes_within_the_patience_that_the_words_call_for() {
    let held = demo::hold(&demo::site(), &demo::caller(), Faults::default());
    let reactions: Vec<u64> = held
        .world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Spoke { reaction_ms, .. } => *reaction_ms,
            _ => None,
        })
        .collect();
    assert!(reactions.len() >= 8, "{reactions:?}");
    let longest = klinke::call::hearing::PATIENCE_MS_MAX + 200;
    assert!(reactions.iter().all(|ms| *ms <= longest), "{reactions:?}");
}

#[test]
fn the_same_call_is_the_same_call() {
    let (site, script) = (demo::site(), demo::caller());
    let first = demo::hold(&site, &script, Faults::default());
    let second = demo::hold(&site, &script, Faults::default());
    assert_eq!(first.world.events, second.world.events);
    assert_eq!(first.world.audible, second.world.audible);
}
