//! Promise: whatever breaks in mid-call, the caller hears a sentence or goes on in the dialplan, and the record
//! has an end.

use crate::demo;
use klinke::call::line::{Arrival, Destination, Digit, LineCommand, LineEvent};
use klinke::call::speech::PhraseId;
use klinke::call::{Call, Input, Output};
use klinke::clock::Instant;
use klinke::record::Entry;
use klinke::sim::pretend::Faults;
use klinke::sim::world::Left;

/// The longest that Klinke says nothing in a call, in ms: the caller's own turns, or somebody left alone.
fn longest_silence_ms(audible: &[bool]) -> usize {
    audible.split(|audible| *audible).map(|silence| silence.len() * 20).max().unwrap_or(0)
}

fn is_released(left: &Left) -> bool {
    matches!(left, Left::Klinke(LineCommand::Release { .. }))
}

#[test]
fn models_that_fail_at_any_moment_lead_to_a_human() {
    let (site, script) = (demo::site(), demo::caller());
    for after in (0..2_000).step_by(97) {
        let faults = Faults { jobs_until_failure: Some(after), ..Faults::default() };
        let held = demo::hold(&site, &script, faults);
        let finished = held.left == Left::Klinke(LineCommand::HangUp);
        assert!(finished || is_released(&held.left), "after {after} jobs: {:?}", held.left);
        assert!(matches!(held.world.entries.last(), Some(Entry::Ended { .. })));
        let silence_ms = longest_silence_ms(&held.world.audible);
        assert!(silence_ms < 15_000, "after {after} jobs the caller hears nothing for {silence_ms} ms");
    }
}

#[test]
fn a_voice_that_fails_leads_to_the_fallback_at_once() {
    let (site, script) = (demo::site(), demo::caller());
    for after in 0..10 {
        let faults = Faults { phrases_until_failure: Some(after), ..Faults::default() };
        let held = demo::hold(&site, &script, faults);
        let Left::Klinke(LineCommand::Release {
            destination: Destination::Fallback, reason: "fault", ..
        }) = held.left
        else {
            panic!("after {after} phrases: {:?}", held.left)
        };
    }
}

#[test]
fn a_phrase_that_nobody_waits_for_any_more_may_fail() {
    let (site, at) = (demo::site(), demo::NOW.parse().expect("a timestamp"));
    let mut out = Vec::new();
    let mut call = Call::begin(Instant::START, at, &site, demo::LIMITS, Arrival::default(), &mut out);
    let phrases: Vec<PhraseId> = out.iter().filter_map(asked_of_the_voice).collect();
    let [disclosure, concern] = phrases[..] else { panic!("{out:?}") };
    let mut hear = |input| call.handle(Instant::START, input, &mut out);
    hear(Input::Rendered(disclosure, Some(vec![1_000; 16_000].into())));
    // the caller wants to hear it again: what was to follow is not said
    hear(Input::Line(LineEvent::Digit(Digit::new('*').expect("a key"))));
    hear(Input::Rendered(concern, None));
    assert!(!call.is_over(), "{out:?}");
    let again = out.iter().rev().find_map(asked_of_the_voice).expect("it is said again");
    call.handle(Instant::START, Input::Rendered(again, None), &mut out);
    assert!(call.is_over(), "that one was waited for");
}

fn asked_of_the_voice(output: &Output) -> Option<PhraseId> {
    match output {
        Output::Render { id, .. } => Some(*id),
        _ => None,
    }
}

#[test]
fn a_calendar_that_fails_leads_to_a_human_and_is_never_called_booked() {
    let (site, script) = (demo::site(), demo::caller());
    for after in 0..3 {
        let faults = Faults { orders_until_failure: Some(after), ..Faults::default() };
        let held = demo::hold(&site, &script, faults);
        assert!(is_released(&held.left), "after {after} orders: {:?} {:#?}", held.left, held.said());
        assert_eq!(held.record().appointment, None);
    }
}

#[test]
fn a_full_disk_leads_to_a_human() {
    let (site, script) = (demo::site(), demo::caller());
    for after in 0..8 {
        let faults = Faults { entries_until_failure: Some(after), ..Faults::default() };
        let held = demo::hold(&site, &script, faults);
        assert!(is_released(&held.left), "after {after} entries: {:?}", held.left);
    }
}

#[test]
fn ten_minutes_of_silence_end_by_themselves_with_spoken_sentences() {
    let held = demo::hold(&demo::site(), &demo::script("[silence 600s]\n"), Faults::default());
    assert!(matches!(held.left, Left::Klinke(_)), "{:?}", held.left);
    assert!(held.said().len() >= 3, "{:?}", held.said());
    assert!(held.world.audible.len() < 60 * 50, "a minute is enough: {} frames", held.world.audible.len());
}
