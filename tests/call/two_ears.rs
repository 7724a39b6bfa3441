//! Promise: between a caller and a colleague nothing reaches the wrong ear and nothing is lost on the way: danger to
//! life is heard until the caller waits, what he does while he waits disturbs nobody, and no wait needs sound to end.

use std::time::Duration;

use crate::demo;
use crate::waiting::{Waiting, key};
use klinke::call::Input;
use klinke::call::line::{Absence, ColleagueEvent, Digit, LineCommand, LineEvent};
use klinke::record::{Answer, Ending};
use klinke::sim::pretend::{Colleague, Faults};
use klinke::sim::world::Left;

/// What danger to life sounds like.
const FIRE: &str = "Hier brennt es, wir haben Feuer im Haus!";

#[test]
fn danger_is_heard_into_the_middle_of_being_connected() {
    for announced in [false, true] {
        let site = demo::site_with(|site| site.hand_over.announced = announced);
        let script =
            format!("Ich möchte mit einem Menschen sprechen.\n[interrupt 0.3s] {FIRE}\n[silence 60s]\n");
        let script = demo::script(&script);
        let held = if announced {
            demo::hold_among(&site, &script, vec![Colleague::who_answers(50, &[(900, key('1'))])])
        } else {
            demo::hold(&site, &script, Faults::default())
        };
        let danger = matches!(held.left, Left::Klinke(LineCommand::Release { reason: "danger", .. }));
        assert!(danger, "announced: {announced}: {:?}: {:#?}", held.left, held.said());
        assert_eq!(held.said().last(), Some(&(site.site.texts.danger.clone(), false)));
    }
}

#[test]
fn danger_under_a_sentence_that_must_be_heard_is_heard_whatever_is_keyed_next() {
    let mut waiting = Waiting::arrived();
    waiting.give(Input::Line(LineEvent::Typed(FIRE.to_lowercase().into())));
    // under the disclosure, and after it into what answers that
    for (after_ms, symbol) in [(100, '7'), (560, '0')] {
        waiting.run_ms(after_ms);
        waiting.give(Input::Line(LineEvent::Digit(Digit::new(symbol).expect("a key"))));
    }
    waiting.run_ms(20_000);
    let Some(Ending::HandedOver { reason, .. }) = waiting.ending() else {
        panic!("{:?}", waiting.rendered())
    };
    assert_eq!(reason, "danger");
}

#[test]
fn whoever_says_anything_else_then_is_connected_all_the_same() {
    for said in [
        "Die Hausnummer ist sechzehn.",
        "Vielen Dank auch.",
        "Bitte haben Sie einen Moment Geduld, alle unsere Mitarbeiter sind im Gespräch.",
    ] {
        let script =
            format!("Ich möchte mit einem Menschen sprechen.\n[interrupt 0.3s] {said}\n[silence 60s]\n");
        let held = demo::hold(&demo::site(), &demo::script(&script), Faults::default());
        let connected =
            matches!(held.left, Left::Klinke(LineCommand::Release { reason: "caller_asked", .. }));
        assert!(connected, "{said}: {:?}: {:#?}", held.left, held.said());
    }
}

#[test]
fn a_caller_who_holds_while_he_waits_does_not_silence_what_the_colleague_is_told() {
    // on hold before the colleague is called, or afterwards
    let mut before = Waiting::leaving();
    before.give(Input::Line(LineEvent::Held));
    before.run_ms(40_000);
    assert!(before.wanted(|it| matches!(it, LineCommand::Consult { .. })), "he does not wait for ever");
    let mut after = Waiting::new();
    after.give(Input::Line(LineEvent::Held));
    for (when, mut waiting) in [("before", before), ("after", after)] {
        waiting.colleague(ColleagueEvent::Answered);
        assert!(waiting.audible(900) > 10, "held {when}: the colleague hears nothing");
        waiting.give(Input::Line(LineEvent::Resumed));
        assert!(waiting.audible(100) > 3, "held {when}: taken back, the colleague hears nothing");
    }
}

#[test]
fn a_caller_who_still_holds_is_told_when_he_is_back_that_nobody_was_free() {
    let mut waiting = Waiting::new();
    waiting.give(Input::Line(LineEvent::Held));
    waiting.colleague(ColleagueEvent::Gone(Absence::Busy));
    assert_eq!(waiting.audible(20_000), 0, "nobody hears it");
    assert!(!waiting.call.is_over());
    let said = waiting.rendered().len();
    waiting.give(Input::Line(LineEvent::Resumed));
    assert!(waiting.audible(2_000) > 50);
    let again = waiting.rendered()[said..].concat();
    assert!(again.contains("niemanden erreichen") && again.contains("Rückruf"), "{again}");
}

#[test]
fn what_a_caller_types_while_he_waits_is_not_for_the_colleague() {
    let mut waiting = Waiting::new();
    waiting.colleague(ColleagueEvent::Answered);
    waiting.run_ms(800);
    let before = waiting.out.len();
    waiting.give(Input::Line(LineEvent::Typed("eins ja bitte".to_owned().into())));
    assert_eq!(waiting.out[before..], []);
    assert!(waiting.audible(200) >= 9, "what the colleague is told was broken off");
}

#[test]
fn a_line_that_takes_no_sound_keeps_nobody_with_a_colleague() {
    let mut waiting = Waiting::new();
    waiting.colleague(ColleagueEvent::Answered);
    let since = waiting.now;
    while !waiting.call.is_over() {
        let due = waiting.call.deadline().expect("a moment at which the wait ends");
        waiting.now = waiting.now.max(due);
        waiting.give(Input::Tick);
    }
    assert!(waiting.now.since(since) < Duration::from_secs(180), "{:?}", waiting.now.since(since));
    assert_eq!(waiting.answers(), [Answer::NoKey]);
    assert!(matches!(waiting.ending(), Some(Ending::HandedOver { reason, .. }) if reason == "fault"));
}
