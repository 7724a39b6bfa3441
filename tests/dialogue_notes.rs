//! What the form does without: a note is kept as it was heard and decides nothing, and what a caller does not know is
//! asked for once.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, Said, said, site};
use klinke::call::understanding::{Signal, SlotKind};
use klinke::config::site::{Site, Slot};

/// The call-back with a customer number that callers may not know and a note.
fn site() -> Site {
    let mut site = site::german();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    let customer =
        site::slot("kunde", SlotKind::Digits, &["Ihre Kundennummer, falls zur Hand?", "Die Nummer?"]);
    form.slots.push(Slot { optional: true, ..customer });
    let note = site::slot("grund", SlotKind::Note, &["Was sollen wir vorher wissen?", "Was genau?"]);
    form.slots.push(Slot { chars_max: 60, ..note });
    form.read_back =
        "Wir rufen {name} zurück, Telefon {telephone}[, Kundennummer {kunde}][. Sie sagten: {grund}]. \
                      Richtig?"
            .to_owned();
    site
}

/// Up to the open question for the customer number.
fn asked_for_customer() -> Conversation {
    asked_in(site())
}

fn asked_in(site: Site) -> Conversation {
    Conversation::with(site).begun().after(said().intent("rueckruf").name("", "Weber").telephone("071123456"))
}

/// Up to the open question for the note.
fn asked_for_note() -> Conversation {
    asked_for_customer().after(heard("nein"))
}

/// Words of which nothing else was understood.
fn heard(words: &str) -> Said {
    said().words(words)
}

#[test]
fn a_note_is_kept_as_heard_and_decides_nothing() {
    let mut call = asked_for_note();
    // a name, a time, another concern and a "zurück" are all in it
    let told = heard("nochmal bei Meyer klingeln die Heizung läuft erst Dienstag zurück auf Stufe drei")
        .intent("heizung")
        .name("", "Meyer")
        .day(24)
        .signal(Signal::Back)
        .signal(Signal::Repeat);
    call.caller(
        told,
        "keep grund=nochmal bei Meyer klingeln die Heizung läuft erst Dienstag
         read back
         “Wir rufen Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6. Sie sagten: nochmal bei Meyer klingeln die Heizung läuft \
         erst Dienstag. Richtig?”
         listen yes-no name telephone digits free",
    );
    call.caller(
        said().yes(),
        "keep name=Weber, confirmed
         keep telephone=071123456, confirmed
         keep grund=nochmal bei Meyer klingeln die Heizung läuft erst Dienstag, confirmed
         order note [Rückruf] name=Weber; telephone=071123456; grund=nochmal bei Meyer klingeln die Heizung läuft erst \
         Dienstag",
    );
}

#[test]
fn a_note_that_is_not_read_back_is_not_confirmed() {
    let mut site = site();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    form.read_back =
        "Wir rufen {name} zurück, Telefon {telephone}[, Kundennummer {kunde}]. Richtig?".to_owned();
    let mut call = asked_in(site).after(heard("keine Ahnung")).after(heard("die Katze beißt"));
    call.caller(
        said().yes(),
        "keep name=Weber, confirmed
         keep telephone=071123456, confirmed
         order note [Rückruf] name=Weber; telephone=071123456; grund=die Katze beißt",
    );
}

#[test]
fn nothing_to_note_leaves_the_note_empty() {
    for words in ["Nein.", "nein danke, nichts weiter", "das weiß ich leider nicht", "nichts"] {
        let mut call = asked_for_note();
        call.caller(
            heard(words).no(),
            "pass over grund
             “In Ordnung.”
             read back
             “Wir rufen Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
             listen yes-no name telephone digits free",
        );
    }
}

#[test]
fn a_bare_yes_is_no_note() {
    let mut call = asked_for_note();
    call.caller(heard("ja").yes(), "“Das habe ich nicht verstanden.”\nask grund again 1\n“Was genau?”");
    let done = call.lines(heard("der Hund ist bissig"));
    assert_eq!(done[0], "keep grund=der Hund ist bissig");
}

#[test]
fn a_correction_is_taken_while_a_note_is_asked_for() {
    let mut call = asked_for_note();
    call.caller(
        heard("ach nein die Nummer ist null sieben elf neun neun").telephone("071199").corrects(),
        "keep telephone=071199
         correct telephone
         “Gut, ich ändere das: 0 7 1 1, 9 9.”
         ask grund again 1
         “Was sollen wir vorher wissen?”",
    );
}

#[test]
fn danger_privacy_and_the_wish_for_a_human_are_heard_in_a_note() {
    let danger = asked_for_note().lines(heard("da kommt jetzt aber Rauch raus").signal(Signal::DangerToLife));
    assert!(danger.contains(&"say danger".to_owned()), "{danger:?}");
    let privacy =
        asked_for_note().lines(heard("und was machen Sie mit meinen Daten").signal(Signal::AsksPrivacy));
    assert!(privacy.contains(&"say privacy".to_owned()), "{privacy:?}");
    assert!(privacy.contains(&"ask grund again 1".to_owned()), "{privacy:?}");
    // "Ihr Mitarbeiter war schon da" may be told, too
    let human =
        asked_for_note().lines(heard("Ihr Mitarbeiter war gestern schon da").signal(Signal::WantsHuman));
    assert!(human.contains(&"offer human".to_owned()), "{human:?}");
    let human = asked_for_note().lines(heard("Mitarbeiter").signal(Signal::WantsHuman));
    assert!(human.contains(&"hand over caller_asked".to_owned()), "{human:?}");
}

#[test]
fn signals_alone_are_no_note() {
    for (words, signal, decided) in [
        ("wie bitte", Signal::Repeat, "repeat"),
        ("einen Moment", Signal::Wait, "wait"),
        ("auf Wiederhören", Signal::Goodbye, "goodbye"),
        ("jetzt reicht es", Signal::Impatient, "offer human"),
    ] {
        let done = asked_for_note().lines(heard(words).intent("rueckruf").signal(signal));
        assert!(done.contains(&decided.to_owned()), "{words}: {done:?}");
        assert!(!done.iter().any(|line| line.starts_with("keep grund")), "{words}: {done:?}");
    }
}

#[test]
fn a_note_that_was_read_back_wrongly_is_asked_for_anew() {
    let mut call = asked_for_note().after(heard("der Kessel pfeift")).after(said().no());
    call.caller(
        heard("der Sessel"),
        "“Das habe ich nicht verstanden.”\nask what is wrong\n“Was ist falsch?”",
    );
    call.caller(
        heard("nicht pfeift tropft"),
        "ask grund again 1
         “Was sollen wir vorher wissen?”
         listen free",
    );
    let done = call.lines(heard("der Kessel tropft"));
    assert_eq!(done[0], "keep grund=der Kessel tropft");
}

#[test]
fn what_a_caller_does_not_know_is_asked_for_once() {
    for said in [heard("weiß ich nicht"), heard("keine Ahnung").name("", "Ahnung").unsure(0.5), said().no()]
    {
        let mut call = asked_for_customer();
        call.caller(
            said,
            "pass over kunde
             “In Ordnung.”
             ask grund
             “Was sollen wir vorher wissen?”
             listen free",
        );
    }
    let mut call = asked_for_customer();
    call.caller(
        heard("krrr"),
        "pass over kunde
         “Das lassen wir offen.”
         ask grund
         “Was sollen wir vorher wissen?”
         listen free",
    );
}

#[test]
fn a_doubt_about_what_is_optional_is_asked_once_and_dropped() {
    let mut call = asked_for_customer();
    call.caller(
        heard("zwölf").value(digits("12")).unsure(0.5),
        "confirm kunde
         “Ich habe 1 2 verstanden, stimmt das?”
         listen yes-no digits",
    );
    call.caller(
        said().no(),
        "“Entschuldigung.”
         pass over kunde
         “Das lassen wir offen.”
         ask grund
         “Was sollen wir vorher wissen?”
         listen free",
    );
}

#[test]
fn what_is_optional_and_known_is_read_back_and_can_be_said_later() {
    let mut call = asked_for_customer().after(said().value(digits("4711"))).after(heard("nein"));
    let done = call.lines(said().no().value(digits("4712")).corrects());
    assert!(done.contains(&"keep kunde=4712".to_owned()), "{done:?}");
    let mut call = asked_for_note();
    call = call.after(heard("nichts"));
    let done = call.lines(said().value(digits("4711")));
    assert!(done.contains(&"keep kunde=4711".to_owned()), "{done:?}");
}

#[test]
fn back_goes_to_what_was_passed_over() {
    let mut call = asked_for_note();
    call.caller(
        heard("zurück").signal(Signal::Back),
        "step back to kunde
         “Gut, eine Frage zurück.”
         ask kunde again 1
         “Ihre Kundennummer, falls zur Hand?”
         listen digits",
    );
}

fn digits(digits: &str) -> klinke::call::understanding::Value {
    klinke::call::understanding::Value::Digits { value: digits.to_owned().into() }
}
