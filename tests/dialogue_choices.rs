//! What callers choose from a closed list: by their own words, as they are heard, or by key.

mod dialogue_scripts;

use std::sync::Arc;

use dialogue_scripts::{Conversation, Said, said, site};
use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{SlotKind, Understander, Value};
use klinke::config::site::{Choice, Site, Slot};

/// The call-back with the question what the house is heated with.
fn site() -> Site {
    let mut site = site::german();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    let choice = |value: &str, say: &[&str]| Choice {
        value: value.to_owned(),
        say: [value].iter().chain(say).map(|say| (*say).to_owned()).collect(),
    };
    let asks = ["Womit heizen Sie: {choices}?", "Womit noch einmal, {choices}?"];
    form.slots.push(Slot {
        choices: vec![choice("Gas", &["Brennwerttherme"]), choice("Öl", &[]), choice("Wärmepumpe", &[])],
        ..site::slot("heizung", SlotKind::Choice, &asks)
    });
    form.read_back = "Wir rufen {name} zurück, Telefon {telephone}, {heizung}. Richtig?".to_owned();
    site
}

/// Up to the open question for the choice.
fn asked() -> Conversation {
    Conversation::with(site())
        .begun()
        .after(said().intent("rueckruf").name("", "Weber").telephone("071123456"))
}

/// What the words mean where that is expected.
fn heard(words: &str, expect: &[Expect]) -> Said {
    let site = Arc::new(site());
    let now = "2026-11-23T09:05:00+01:00[Europe/Berlin]".parse().expect("a moment");
    Said(Understander::new(&site).understand(&Transcript::typed(words), &now, expect))
}

const ASKED: [Expect; 2] = [Expect::Choice, Expect::Free];

#[test]
fn the_choices_are_asked_for_and_taken_as_callers_say_them() {
    let mut call = Conversation::with(site()).begun();
    call.caller(
        said().intent("rueckruf").name("", "Weber").telephone("071123456"),
        "take up rueckruf
         keep concern Rückruf
         keep name=Weber
         keep telephone=071123456
         ask heizung
         “Womit heizen Sie: Gas, Öl oder Wärmepumpe?”
         listen choice free",
    );
    for (words, value) in [
        ("Gas", "Gas"),
        ("mit einer brennwerttherme", "Gas"),
        ("ölheizung", "Öl"),
        ("ne wärmepumppe", "Wärmepumpe"),
    ] {
        let done = asked().lines(heard(words, &ASKED));
        assert_eq!(done[..2], [format!("keep heizung={value}"), "read back".to_owned()], "{words}");
    }
}

#[test]
fn what_was_hardly_heard_is_asked_about() {
    let choice = Value::Choice { value: "Wärmepumpe".to_owned() };
    let mut call = asked();
    call.caller(
        said().value(choice).unsure(0.5),
        "confirm heizung
         “Ich habe Wärmepumpe verstanden, stimmt das?”
         listen yes-no choice",
    );
    call.caller(
        heard("nein öl", &[Expect::YesNo, Expect::Choice]),
        "keep heizung=Öl
         “Entschuldigung.”
         read back
         “Wir rufen Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6, Öl. Richtig?”
         listen yes-no name telephone choice free",
    );
}

#[test]
fn what_only_sounds_like_a_choice_is_none_however_often_it_is_said() {
    let guess = || said().value(Value::Choice { value: "Wärmepumpe".to_owned() }).unsure(0.5);
    let mut call = asked().after(guess());
    call.caller(
        guess(),
        "“Das habe ich nicht verstanden.”\nconfirm heizung\n“Ich habe Wärmepumpe verstanden, stimmt das?”",
    );
    let done = call.lines(said().no());
    assert!(!done.iter().any(|line| line.starts_with("keep")), "{done:?}");
}

#[test]
fn a_correction_of_what_was_chosen_is_what_is_stored() {
    let mut call = asked().after(heard("gas", &ASKED));
    let expect = [Expect::YesNo, Expect::Name, Expect::Telephone, Expect::Choice, Expect::Free];
    call.caller(
        heard("nein nicht gas wärmepumpe", &expect),
        "keep heizung=Wärmepumpe
         correct heizung
         “Entschuldigung, ich ändere das: Wärmepumpe.”
         read back
         “Stimmt jetzt alles?”",
    );
}

#[test]
fn what_was_said_unasked_is_not_asked_for() {
    let done = Conversation::with(site())
        .begun()
        .lines(heard("es geht um unsere heizung wir haben öl", &[Expect::Free]).intent("rueckruf"));
    assert!(done.contains(&"keep heizung=Öl".to_owned()), "{done:?}");
}

#[test]
fn the_keys_choose_too() {
    let mut call = asked();
    call.key(
        '2',
        "keep heizung=Öl
         read back
         “Wir rufen Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6, Öl. Richtig?”
         listen yes-no name telephone choice free",
    );
    // a key without a choice is told which there are, the second time
    let mut call = asked();
    call.key(
        '7',
        "“Das habe ich nicht verstanden.”\nask heizung again 1\n“Womit noch einmal, Gas, Öl oder Wärmepumpe?”",
    );
    call.key(
        '7',
        "“Entschuldigung, ich habe es wieder nicht verstanden.”
         ask heizung again 2
         “Womit noch einmal, Gas, Öl oder Wärmepumpe?”
         “Für Gas drücken Sie die 1. Für Öl drücken Sie die 2. Für Wärmepumpe drücken Sie die 3.”
         “Mit der Raute-Taste gehen Sie eine Frage zurück.”",
    );
    let done = asked().keyed('9');
    assert!(done.contains(&"say privacy".to_owned()), "{done:?}");
}

#[test]
fn none_of_them_is_no_answer() {
    let done = asked().lines(heard("mit pellets", &ASKED));
    assert_eq!(done[0], "“Das habe ich nicht verstanden.”");
}
