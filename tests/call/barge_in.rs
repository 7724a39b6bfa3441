//! Promise: Klinke is silent as soon as it is interrupted, talks on when the caller only shows that he is
//! listening, and is interrupted by nothing while it says that it is an AI.

use crate::demo;
use klinke::call::Event;
use klinke::sim::pretend::Faults;

/// When the caller's utterance that contains `words` began, and the first silent frame of Klinke's after that.
fn silence_after(held: &demo::Held, words: &str) -> (u64, u64) {
    let began = held.world.events.iter().find_map(|event| match event {
        Event::Heard { began_ms, text, .. } if text.reveal().contains(words) => Some(*began_ms),
        _ => None,
    });
    let began = began.expect("the interruption was heard");
    let frames = held.world.audible.iter().enumerate().skip(usize::try_from(began / 20).expect("a frame"));
    let silent = frames.clone().find(|(_, audible)| !**audible).expect("Klinke falls silent").0;
    (began, silent as u64 * 20)
}

#[test]
fn an_interruption_silences_klinke_within_the_time_that_hearing_it_takes() {
    let script = demo::script(
        "Unsere Heizung ist ausgefallen.\n[interrupt 0.6s] Moment, ich meine, wir haben einen Rohrbruch.\n",
    );
    let held = demo::hold(&demo::site(), &script, Faults::default());
    let (began, silent) = silence_after(&held, "rohrbruch");
    // At most two windows of 32 ms until one is full of speech, one frame on the way, and the frame that fades.
    assert!(silent - began <= 160, "silent {} ms after the caller began", silent - began);
    assert!(held.said().iter().any(|(_, interrupted)| *interrupted));
}

#[test]
fn an_mhm_does_not_take_the_floor() {
    let plain = demo::script("Was sagt der Datenschutz?\n[silence 30s]\n[hang up]\n");
    let listening =
        demo::script("Was sagt der Datenschutz?\n[interrupt 2s] Mhm.\n[silence 30s]\n[hang up]\n");
    let (plain, listening) = (
        demo::hold(&demo::site(), &plain, Faults::default()),
        demo::hold(&demo::site(), &listening, Faults::default()),
    );
    assert_eq!(plain.said(), listening.said(), "the same is said, and nothing of it is cut off");
}

#[test]
fn the_disclosure_is_heard_to_its_end_and_who_spoke_into_it_is_answered() {
    let script = demo::script("[interrupt 0.5s] Unsere Heizung ist ausgefallen.\n[silence 5s]\n[hang up]\n");
    let held = demo::hold(&demo::site(), &script, Faults::default());
    let said = held.said();
    assert!(!said[0].1, "the disclosure was interrupted: {said:?}");
    assert!(held.record().disclosed);
    assert_eq!(held.record().intent.as_deref(), Some("heating_failure"), "what was said into it counts");
}
