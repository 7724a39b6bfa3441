//! Promise: a colleague who is to get a call hears first what it is about and decides; whoever does not take it, and
//! whatever happens meanwhile, the caller is never left alone, and nothing that the colleague says is heard or kept.

use crate::demo::{self, Held};
use crate::waiting::{key, states};
use klinke::call::line::{Absence, ColleagueEvent, Destination, Digit, HangUp, LineCommand, LineEvent};
use klinke::call::{Event, Input, SiteRooms};
use klinke::config::site::Site;
use klinke::record::{Answer, Ending, Entry};
use klinke::sim::pretend::Colleague;
use klinke::sim::world::Left;

const HUMAN: &str = "Ich möchte mit einem Menschen sprechen.";
/// 20 ms each: as long as anything in these tests takes to be said.
const SPEECH_FRAMES: u32 = 600;

fn extension(number: &str) -> Destination {
    Destination::Extension(number.to_owned())
}

fn announced(site: &mut Site) {
    site.hand_over.announced = true;
}

fn hold(rooms: &SiteRooms, script: &str, colleagues: Vec<Colleague>) -> Held {
    let held = demo::hold_among(rooms, &demo::script(script), colleagues);
    let ends = held.world.entries.iter().filter(|entry| matches!(entry, Entry::Ended { .. })).count();
    assert_eq!(ends, 1, "a record has one end");
    held
}

fn answers(held: &Held) -> Vec<(Destination, Answer)> {
    let consulted = held.record().consulted.into_iter();
    consulted.map(|asked| (asked.destination, asked.answer)).collect()
}

fn released(held: &Held) -> (&Destination, &'static str) {
    let Left::Klinke(LineCommand::Release { destination, reason, .. }) = &held.left else {
        panic!("{:?}", held.left)
    };
    (destination, *reason)
}

fn said(held: &Held, text: &str) -> bool {
    held.said().iter().any(|(said, _)| said.contains(text))
}

#[test]
fn a_colleague_hears_what_it_is_about_and_takes_the_call() {
    let site = demo::site_with(announced);
    let script = format!("{HUMAN}\n[silence 60s]\n[hang up]\n");
    let held = hold(&site, &script, vec![Colleague::who_answers(150, &[(SPEECH_FRAMES, key('1'))])]);
    assert_eq!(held.left, Left::Klinke(LineCommand::Connect { reason: "caller_asked" }));
    assert!(said(&held, "Hier ist die KI mit einem Anruf"), "{:?}", held.said());
    assert_eq!(answers(&held), [(extension("201"), Answer::Accepted)]);
    let record = held.record();
    let handed_over = Ending::HandedOver { destination: extension("201"), reason: "caller_asked".into() };
    assert_eq!(record.ending, handed_over);
}

#[test]
fn the_briefing_is_made_of_the_record() {
    let site = demo::site_with(announced);
    let script = "Unsere Heizung ist ausgefallen.\n\
        @ Straße: Lindenstraße vier\n\
        @ Name: Mein Name ist Weber\n\
        @ Telefonnummer | Nummer: Ich möchte mit einem Menschen sprechen\n\
        @ verbinde: \u{2026}\n";
    let script = script.replace("@ verbinde: \u{2026}\n", "[silence 60s]\n[hang up]\n");
    let held = hold(&site, &script, vec![Colleague::who_answers(100, &[(SPEECH_FRAMES, key('1'))])]);
    let (briefing, _) =
        held.said().into_iter().find(|(said, _)| said.contains("Hier ist die KI")).expect("a briefing");
    for part in ["Notfall, Heizung ausgefallen", "Weber", "Lindenstraße", "Annehmen: eins"] {
        assert!(briefing.contains(part), "{part} in {briefing}");
    }
}

#[test]
fn who_does_not_take_the_call_leaves_the_caller_with_an_offer() {
    let site = demo::site_with(announced);
    for (colleague, answer) in [
        (Colleague::who_answers(100, &[(200, key('2'))]), Answer::Declined),
        (Colleague::who_answers(100, &[(200, ColleagueEvent::Gone(Absence::HungUp))]), Answer::HungUp),
        (Colleague::absent(900, Absence::NoAnswer), Answer::NoAnswer),
        (Colleague::absent(50, Absence::Busy), Answer::Busy),
        (Colleague::absent(50, Absence::Declined), Answer::Declined),
        (Colleague::absent(5, Absence::Unreachable), Answer::Unreachable),
        // a telephone that rings for ever, with a line that says nothing about it
        (Colleague::absent(1_000_000, Absence::NoAnswer), Answer::NoAnswer),
        // an answering machine: it answers, and presses nothing
        (Colleague::who_answers(100, &[]), Answer::NoKey),
    ] {
        let held = hold(&site, &format!("{HUMAN}\n@ Rückruf: Nein\n[hang up]\n"), vec![colleague.clone()]);
        assert_eq!(answers(&held), [(extension("201"), answer)], "{colleague:?}");
        assert!(
            said(&held, "Leider konnte ich gerade niemanden erreichen"),
            "{colleague:?}: {:?}",
            held.said()
        );
        assert!(said(&held, "Darf ich einen Rückruf notieren?"), "{colleague:?}");
        assert_eq!(held.left, Left::Caller);
    }
}

#[test]
fn whoever_was_asked_in_vain_does_not_get_the_caller_unasked() {
    let site = demo::site_with(announced);
    let declines = Colleague::who_answers(100, &[(200, key('2'))]);
    let held = hold(&site, &format!("{HUMAN}\n[silence 60s]\n"), vec![declines]);
    assert_eq!(released(&held), (&Destination::Fallback, "silence"));
}

#[test]
fn a_machine_hears_the_question_twice_and_the_caller_waits_no_longer() {
    let site = demo::site_with(announced);
    let held = hold(&site, &format!("{HUMAN}\n[silence 1s]\n"), vec![Colleague::who_answers(50, &[])]);
    let briefings = held.said().iter().filter(|(said, _)| said.contains("Hier ist die KI")).count();
    assert_eq!(briefings, 2);
}

#[test]
fn a_call_back_is_noted_instead() {
    let site = demo::site_with(announced);
    let script = format!(
        "{HUMAN}\n@ Rückruf notieren: Ja bitte\n@ Ihr Name | heißen: Mein Name ist Weber\n\
         @ Welche Nummer | Unter welcher | Telefonnummer: null sieben eins eins vier fünf sechs sieben acht neun\n\
         @ Stimmt das: Ja das stimmt\n@ sonst noch: Nein danke\n"
    );
    let held = hold(&site, &script, vec![Colleague::absent(50, Absence::Busy)]);
    assert!(held.record().call_back.is_some(), "{:?}", held.said());
}

#[test]
fn the_next_one_is_asked_and_after_the_last_one_nobody_waits() {
    let site = demo::site_with(|site| {
        announced(site);
        site.hand_over.closed = vec![
            extension("201"),
            Destination::Device("PJSIP/anna".into()),
            Destination::Queue("service".into()),
        ];
        site.forms.retain(|form| form.action != klinke::config::site::Action::CallBack);
        site.intents.retain(|intent| intent.then != klinke::config::site::Then::Form("call_back".into()));
    });
    let colleagues = vec![
        Colleague::absent(50, Absence::Busy),
        Colleague::who_answers(50, &[(100, key('2'))]),
        Colleague::absent(50, Absence::NoAnswer),
    ];
    let held = hold(&site, &format!("{HUMAN}\n[silence 60s]\n"), colleagues);
    let asked: Vec<Answer> = answers(&held).into_iter().map(|(_, answer)| answer).collect();
    assert_eq!(asked, [Answer::Busy, Answer::Declined, Answer::NoAnswer]);
    assert_eq!(released(&held), (&Destination::Fallback, "caller_asked"));
}

#[test]
fn a_wrong_key_is_answered_and_the_third_asks_again() {
    let site = demo::site_with(announced);
    let colleague = Colleague::who_answers(50, &[(50, key('7')), (50, key('3')), (50, key('1'))]);
    let held = hold(&site, &format!("{HUMAN}\n[silence 60s]\n"), vec![colleague]);
    assert_eq!(held.left, Left::Klinke(LineCommand::Connect { reason: "caller_asked" }));
}

#[test]
fn nothing_of_a_colleague_is_heard_or_kept() {
    // the colleague of the pretend world says the caller's first text all the time
    let site = demo::site_with(announced);
    let script = format!("Unsere Heizung ist ausgefallen.\n@ Straße: {HUMAN}\n[silence 60s]\n");
    let held = hold(&site, &script, vec![Colleague::who_answers(50, &[(SPEECH_FRAMES, key('1'))])]);
    let spoke_at = |event: &Event| match event {
        Event::Spoke { text, began_ms, .. } if text.reveal().contains("Hier ist die KI") => Some(*began_ms),
        _ => None,
    };
    let briefed_at = held.world.events.iter().find_map(spoke_at).expect("a briefing");
    let heard_later =
        |event: &&Event| matches!(event, Event::Heard { decided_ms, .. } if *decided_ms > briefed_at);
    assert_eq!(held.world.events.iter().filter(heard_later).collect::<Vec<_>>(), Vec::<&Event>::new());
    assert_eq!(held.record().intent.as_deref(), Some("heating_failure"));
}

#[test]
fn without_music_the_caller_hears_that_it_goes_on() {
    let site = demo::site_with(announced);
    let colleague = Colleague { music: false, ..Colleague::absent(900, Absence::NoAnswer) };
    let held = hold(&site, &format!("{HUMAN}\n[silence 60s]\n"), vec![colleague]);
    let again = held.said().iter().filter(|(said, _)| said.contains("Ich versuche noch")).count();
    assert_eq!(again, 2, "{:?}", held.said());
}

#[test]
fn danger_to_life_waits_for_nobody() {
    let site = demo::site_with(announced);
    let script = "Hier brennt es, wir haben Feuer im Haus!\n[silence 60s]\n";
    let held = hold(&site, script, vec![Colleague::who_answers(50, &[(10, key('1'))])]);
    assert_eq!(released(&held), (&extension("201"), "danger"));
    let Left::Klinke(LineCommand::Release { screen, .. }) = &held.left else { panic!() };
    assert!(screen.emergency && screen.fields.is_empty());
    assert_eq!(answers(&held), []);
}

#[test]
fn where_nobody_can_be_asked_first_the_call_goes_there_all_the_same() {
    let site = demo::site_with(announced);
    let held = hold(&site, &format!("{HUMAN}\n[silence 60s]\n"), Vec::new());
    assert_eq!(released(&held), (&extension("201"), "caller_asked"));
}

#[test]
fn a_screen_shows_only_what_the_site_lists() {
    let script = format!(
        "Unsere Heizung ist ausgefallen.\n@ Straße: Lindenstraße vier\n@ Name: {HUMAN}\n[silence 60s]\n"
    );
    for (listed, shown) in [(vec![], 0), (vec!["address".to_owned()], 1)] {
        let site = demo::site_with(|site| site.hand_over.screen_pop = listed);
        let held = hold(&site, &script, Vec::new());
        let Left::Klinke(LineCommand::Release { screen, .. }) = &held.left else { panic!("{:?}", held.left) };
        assert_eq!((screen.concern.as_str(), screen.emergency), ("Heizung ausgefallen", true));
        assert_eq!(screen.fields.len(), shown);
    }
}

#[test]
fn whoever_hangs_up_or_shuts_down_in_any_state_ends_the_call_with_its_record() {
    for by in [HangUp::Caller, HangUp::Line, HangUp::Shutdown] {
        for (state, mut waiting) in states() {
            let before = waiting.answers().len();
            waiting.give(Input::Line(LineEvent::HungUp(by)));
            assert!(waiting.call.is_over(), "{state}");
            assert_eq!(waiting.ending(), Some(&Ending::HungUp { by }), "{state}");
            let broken_off = waiting.answers()[before..] == [Answer::BrokenOff];
            assert_eq!(broken_off, state != "returning", "{state}: {:?}", waiting.answers());
        }
    }
}

#[test]
fn what_the_caller_keys_or_says_while_he_waits_changes_nothing() {
    for (state, mut waiting) in states() {
        let before = waiting.out.len();
        for symbol in ['0', '1', '2', '#'] {
            waiting.give(Input::Line(LineEvent::Digit(Digit::new(symbol).expect("a key"))));
        }
        assert_eq!(waiting.out[before..], [], "{state}");
    }
}

#[test]
fn a_fault_of_ours_sends_the_caller_where_he_was_to_go() {
    for (state, mut waiting) in states() {
        waiting.give(Input::KeepFailed);
        let Some(Ending::HandedOver { destination, reason }) = waiting.ending() else { panic!("{state}") };
        let refused = state == "returning";
        let to = if refused { Destination::Fallback } else { extension("201") };
        assert_eq!((destination, reason.as_str()), (&to, "fault"), "{state}");
    }
}

#[test]
fn a_line_that_never_answers_holds_nobody() {
    for (state, mut waiting) in states() {
        waiting.run_ms(60_000);
        let ended = waiting.call.is_over();
        assert!(ended, "{state}: nothing of the line comes back, so the call goes to the fallback");
        let Some(Ending::HandedOver { destination, .. }) = waiting.ending() else { panic!("{state}") };
        assert_eq!(destination, &Destination::Fallback, "{state}");
    }
}

#[test]
fn every_wait_has_a_moment_at_which_it_ends() {
    for (state, mut waiting) in states() {
        for _ in 0..5_000 {
            let before = waiting.out.len();
            // while somebody is being told something, frames are what time goes by
            match waiting.call.deadline() {
                Some(due) => {
                    waiting.now = waiting.now.max(due);
                    waiting.give(Input::Tick);
                    assert!(waiting.out.len() > before, "{state}: a deadline that changes nothing");
                }
                None => waiting.run_ms(20),
            }
        }
        assert!(waiting.call.is_over(), "{state}");
    }
}
