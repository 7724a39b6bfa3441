//! Promise: nobody talks with music, with a television, with a fax or with another machine for ever; each of these
//! calls ends in a spoken sentence and in a word for the dialplan. And no person is taken for one of them.

use crate::demo::{self, Held};
use klinke::call::Event;
use klinke::call::line::{Destination, Frame, LineCommand};
use klinke::record::Ending;
use klinke::sim::caller::{Act, Caller, Telephone};
use klinke::sim::pretend::{Faults, voice};
use klinke::sim::sounds::Background;
use klinke::sim::world::Left;

fn hold(script: &str) -> Held {
    demo::hold(&demo::site(), &demo::script(script), Faults::default())
}

/// The word that the dialplan gets; the call must have gone to its fallback.
fn way_out(held: &Held) -> &'static str {
    match held.left {
        Left::Klinke(LineCommand::Release { destination: Destination::Fallback, reason, .. }) => reason,
        _ => panic!("{:?}: {:#?}", held.left, held.said()),
    }
}

/// How the call ended, the last sentence, which was said to its end, and the length in ms.
fn ended(held: &Held) -> (&'static str, String, u64) {
    let (last, cut_off) = held.said().pop().expect("something was said");
    assert!(!cut_off, "{last:?} was cut off");
    (way_out(held), last, held.record().length_ms)
}

#[test]
fn music_ends_in_a_sentence_after_a_question() {
    let texts = &demo::site().site.texts;
    for kind in ["music", "noise"] {
        let held = hold(&format!("[{kind} 800s]\n"));
        let (reason, last, length_ms) = ended(&held);
        assert_eq!((reason, &last), ("music", &texts.music), "{kind}");
        assert!(held.said().iter().any(|(text, _)| *text == texts.presence), "{kind}: nobody was asked");
        println!("{kind}: let go after {length_ms} ms");
        assert!(length_ms < 75_000, "{kind}: {length_ms} ms");
    }
}

/// A caller in a room with music: it is heard whenever he says nothing.
struct InNoise {
    caller: Caller,
    background: Background,
    at: u64,
}

impl Telephone for InNoise {
    fn frame(&mut self, heard: &[i16]) -> Act {
        self.at += 1;
        match self.caller.frame(heard) {
            Act::Sound(Frame::SILENCE) => Act::Sound(self.background.frame(self.at)),
            act => act,
        }
    }

    fn told(&mut self, text: &str) {
        self.caller.told(text);
    }
}

#[test]
fn a_caller_beside_a_radio_gets_what_he_wants() {
    let (site, script) = (demo::site(), demo::caller());
    let caller = Caller::speaking(script.clone(), voice(&script));
    let telephone = InNoise { caller, background: Background::Music, at: 0 };
    let held = demo::hold_with(&site, &script, Box::new(telephone), Faults::default());
    assert_eq!(held.record().ending, Ending::Completed, "{:#?}", held.said());
    assert!(held.record().appointment.is_some());
}

#[test]
fn a_caller_who_is_slow_and_noisy_is_waited_for() {
    // noise, then an answer, again and again: more than `music_s_max` of noise in all
    let script = "@ Hausnummer, bitte | Wohin: Lindenstraße vierzehn\n[noise 9s]\nUnsere Heizung ist ausgefallen.\n[noise 9s]\n\
                  Mein Name ist Weber.\n[noise 9s]\nnull sieben eins eins eins zwei drei vier fünf sechs\n\
                  [noise 9s]\nJa.\n[hang up]\n";
    let held = hold(script);
    assert_eq!(held.left, Left::Caller, "{:#?}", held.said());
}

#[test]
fn a_fax_that_calls_is_let_go_after_its_second_tone() {
    let (reason, last, length_ms) = ended(&hold("[fax 60s]\n"));
    assert_eq!((reason, last), ("fax", demo::site().site.texts.fax.clone()));
    // the disclosure, the fax's turn, two tones with their gap, the sentence
    println!("a fax was let go after {length_ms} ms");
}

/// A machine that says this as soon as Klinke has said something.
fn machine(says: &str) -> Held {
    hold(&format!("@ a | e | i: {says}\n[silence 30s]\n"))
}

#[test]
fn a_machine_that_says_the_same_again_and_again_is_found_out() {
    for says in [
        "Bitte warten Sie, bis wir so weit sind.",
        "Einen Moment bitte, es geht gleich weiter.",
        "Können Sie das bitte noch einmal sagen?",
        "Sind Sie ein Mensch oder eine Maschine?",
        "Was sagt denn der Datenschutz dazu?",
        "Der blaue Gurkenwerfer fliegt heute Abend.",
    ] {
        let held = machine(says);
        let (reason, last, length_ms) = ended(&held);
        println!("{says:?}: {reason} after {length_ms} ms");
        assert_eq!((reason, &last), ("machine", &demo::site().site.texts.machine), "{says:?}");
    }
}

#[test]
fn an_announcement_is_no_wish_for_a_human_and_ends_the_second_time() {
    let held = machine("Bitte haben Sie einen Moment Geduld, alle unsere Mitarbeiter sind im Gespräch.");
    assert_eq!(way_out(&held), "machine");
    let heard = held.world.events.iter().filter(|event| matches!(event, Event::Heard { .. })).count();
    assert_eq!(heard, 2);
}

#[test]
fn an_answering_machine_is_known_by_its_beep() {
    /// A greeting, then a beep, then silence.
    struct AnsweringMachine(Caller, u64);
    impl Telephone for AnsweringMachine {
        fn frame(&mut self, heard: &[i16]) -> Act {
            self.1 += 1;
            match self.1 {
                260..280 => Act::Sound(Frame(std::array::from_fn(|at| {
                    let sample = (self.1 * 160 + at as u64) as f32;
                    ((std::f32::consts::TAU * 1_000.0 * sample / 8_000.0).sin() * 3_000.0) as i16
                }))),
                _ => self.0.frame(heard),
            }
        }
    }
    let script = demo::script(
        "[interrupt 0.1s] Guten Tag, hier ist die Familie Weber, wir sind bis Sonntag in Urlaub.\n[silence 60s]\n",
    );
    let caller = Caller::speaking(script.clone(), voice(&script));
    let telephone = Box::new(AnsweringMachine(caller, 0));
    let held = demo::hold_with(&demo::site(), &script, telephone, Faults::default());
    assert_eq!(ended(&held).0, "machine", "{:#?}", held.said());
}

/// Says back what Klinke said last: a second Klinke, or an echo.
#[derive(Default)]
struct Parrot {
    told: String,
    quiet: u32,
}

impl Telephone for Parrot {
    fn frame(&mut self, heard: &[i16]) -> Act {
        self.quiet = if heard.iter().all(|sample| *sample == 0) { self.quiet + 1 } else { 0 };
        if self.quiet > 40 && !self.told.is_empty() {
            return Act::Typed(std::mem::take(&mut self.told).to_lowercase());
        }
        Act::Sound(Frame::SILENCE)
    }

    fn told(&mut self, text: &str) {
        self.told = text.to_owned();
    }
}

#[test]
fn an_assistant_that_says_what_we_say_is_found_out() {
    let script = demo::script("nichts\n");
    let held = demo::hold_with(&demo::site(), &script, Box::new(Parrot::default()), Faults::default());
    assert_eq!(ended(&held).0, "machine", "{:#?}", held.said());
    assert!(held.record().length_ms < 90_000);
}

#[test]
fn people_who_repeat_themselves_are_people() {
    for script in [
        "@ e: Ja.\n[silence 20s]\n",
        "Ich hätte gern einen Termin für die Heizung.\nIch hätte gern einen Termin für die Heizung.\n[hang up]\n",
        "Unsere Heizung ist ausgefallen.\nUnsere Heizung ist ausgefallen.\nUnsere Heizung ist ausgefallen.\n[hang up]\n",
        "@ e: Wie bitte?\n[silence 20s]\n",
    ] {
        let held = hold(script);
        let machine = matches!(held.left, Left::Klinke(LineCommand::Release { reason: "machine", .. }));
        let few = held.world.events.iter().filter(|event| matches!(event, Event::Heard { .. })).count() <= 12;
        assert!(!(machine && few), "{script:?} was taken for a machine: {:#?}", held.said());
    }
}

#[test]
fn whoever_is_in_danger_is_heard_whatever_it_sounds_like() {
    let held =
        machine("Bitte bleiben Sie dran, alle unsere Mitarbeiter sind im Gespräch, es brennt bei uns.");
    assert!(
        matches!(held.left, Left::Klinke(LineCommand::Release { reason: "danger", .. })),
        "{:?}",
        held.left
    );
}
