//! What depends on another answer is asked for only where that answer is given, and is forgotten where it is taken back.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, Said, said, site};
use klinke::call::understanding::{SlotKind, Value};
use klinke::config::site::{Choice, Condition, Decides, Site, Slot};

/// The call-back with the kind of insurance and, of those who are privately insured, number and, where they want a
/// letter, its language.
fn site() -> Site {
    let mut site = site::german();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    let choice = |value: &str| Choice { value: value.to_owned(), say: vec![value.to_owned()] };
    let on = |slot: &str, is: Decides| Condition { slot: slot.to_owned(), is };
    let private = || Decides::OneOf(vec!["privat".to_owned()]);
    form.slots.remove(1);
    form.slots.push(Slot {
        choices: vec![choice("gesetzlich"), choice("privat"), choice("gar nicht")],
        ..site::slot("kasse", SlotKind::Choice, &["Wie sind Sie versichert?"])
    });
    form.slots.push(Slot {
        only_if: vec![on("kasse", private())],
        ..site::slot("police", SlotKind::Digits, &["Welche Versicherungsnummer?"])
    });
    form.slots.push(Slot {
        only_if: vec![on("kasse", private())],
        ..site::slot("brief", SlotKind::YesNo, &["Möchten Sie einen Brief?"])
    });
    form.slots.push(Slot {
        only_if: vec![on("brief", Decides::YesNo(true))],
        ..site::slot("seiten", SlotKind::Number, &["Wie viele Seiten?"])
    });
    form.read_back =
        "{name}, {kasse}[, Nummer {police}][, Brief {brief}][, Seiten {seiten}]. Richtig?".to_owned();
    site
}

fn chosen(value: &str) -> Value {
    Value::Choice { value: value.to_owned() }
}

fn digits(digits: &str) -> Value {
    Value::Digits { value: digits.to_owned().into() }
}

fn asked() -> Conversation {
    Conversation::with(site()).begun().after(said().intent("rueckruf").name("", "Weber"))
}

/// What the form holds at last, once everything was agreed to.
fn told(mut call: Conversation) -> String {
    call.lines(said().yes()).into_iter().find(|line| line.starts_with("order note")).expect("an order")
}

#[test]
fn what_does_not_apply_is_not_asked_for() {
    let mut call = asked();
    call.caller(
        said().value(chosen("gesetzlich")),
        "keep kasse=gesetzlich
         read back
         “Weber, gesetzlich. Richtig?”
         listen yes-no name choice digits number free",
    );
    let mut call = asked();
    call.caller(
        said().value(chosen("privat")),
        "keep kasse=privat
         ask police
         “Welche Versicherungsnummer?”
         listen digits",
    );
    call.caller(
        said().value(digits("4711")),
        "keep police=4711\nask brief\n“Möchten Sie einen Brief?”\nlisten yes-no",
    );
    call.caller(
        said().no(),
        "keep brief=nein
         read back
         “Weber, privat, Nummer 4 7 1 1, Brief nein. Richtig?”
         listen yes-no name choice digits number free",
    );
}

/// Privately insured, with everything, at the read-back.
fn private() -> Conversation {
    asked()
        .after(said().value(chosen("privat")))
        .after(said().value(digits("4711")))
        .after(said().yes())
        .after(said().number(3))
}

#[test]
fn what_applies_no_longer_is_not_stored() {
    let mut call = private();
    let done = call.lines(said().no().value(chosen("gesetzlich")).corrects());
    for line in ["keep kasse=gesetzlich", "keep police=", "keep brief=", "keep seiten=", "read back"] {
        assert!(done.contains(&line.to_owned()), "{line}: {done:?}");
    }
    assert_eq!(told(call), "order note [Rückruf] name=Weber; kasse=gesetzlich");
}

#[test]
fn what_applies_after_a_correction_is_asked_for() {
    let mut call = asked().after(said().value(chosen("gesetzlich")));
    call.caller(
        said().no().value(chosen("privat")).corrects(),
        "keep kasse=privat
         correct kasse
         “Entschuldigung, ich ändere das: privat.”
         ask police
         “Welche Versicherungsnummer?”
         listen digits",
    );
}

#[test]
fn going_back_to_what_decides_keeps_what_still_applies() {
    let back = || said().words("einen Schritt zurück");
    let to_the_choice = || asked().after(said().value(chosen("privat"))).after(back());
    let mut call = to_the_choice().after(said().value(chosen("privat"))).after(said().value(digits("4711")));
    // three back: the number, and what decides about it
    call = call.after(back()).after(back());
    call = call.after(said().value(chosen("gar nicht")));
    assert_eq!(told(call), "order note [Rückruf] name=Weber; kasse=gar nicht");
}

#[test]
fn what_was_said_before_it_was_known_to_apply_counts() {
    let all = |kind: &str| {
        let first: Said = said().intent("rueckruf").name("", "Weber").value(digits("4711"));
        Conversation::with(site()).begun().after(first.value(chosen(kind)))
    };
    let mut call = all("privat");
    let done = call.lines(said().no());
    assert!(done.contains(&"keep brief=nein".to_owned()), "{done:?}");
    assert_eq!(told(all("gesetzlich")), "order note [Rückruf] name=Weber; kasse=gesetzlich");
}
