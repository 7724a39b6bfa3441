//! Who says what is wrong, and not what is right, is asked for just that.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, Said, held, said, site};
use klinke::call::understanding::Signal;

fn words(words: &str) -> Said {
    said().words(words)
}

const TO_NAME: &str = "correct name
    keep name=
    ask name
    “Wie heißen Sie?”
    listen name spelling";

#[test]
fn what_is_named_at_the_read_back_is_asked_for_again() {
    let mut call = Conversation::with(site::german()).read_back();
    call.caller(words("nein der Name stimmt nicht").no(), TO_NAME);
    call.caller(
        said().name("", "Wagner"),
        "keep name=Wagner
         read back
         “Herr Yilmaz kommt morgen früh um 8 Uhr zu Wagner, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free",
    );
    for (answer, asked) in [
        (words("die Hausnummer war falsch").signal(Signal::Back), "“Und welche Hausnummer, bitte?”"),
        (words("ich hab mich beim Namen vertan"), "“Wie heißen Sie?”"),
        (words("nein das ist die falsche Nummer").no(), "“Ihre Nummer?”"),
        (words("zurück zur Adresse").signal(Signal::Back), "“Wo ist das?”"),
        (words("die Adresse war falsch"), "“Wo ist das?”"),
        (words("nein die Telefonnummer").no(), "“Ihre Nummer?”"),
        (words("my number is wrong"), "“Ihre Nummer?”"),
        (words("die Uhrzeit stimmt nicht"), "“Wann würde es Ihnen passen?”"),
    ] {
        let done = Conversation::with(site::german()).read_back().lines(answer);
        assert!(done.contains(&asked.to_owned()), "{asked}: {done:?}");
    }
}

#[test]
fn what_is_named_when_asked_what_is_wrong_is_asked_for_again() {
    let mut call = Conversation::with(site::german()).read_back().after(said().no());
    call.caller(words("der Name"), TO_NAME);
    let mut call = Conversation::with(site::german()).read_back().after(said().no());
    call.caller(
        words("der Name und die Straße"),
        "correct name address
         keep name=
         keep address=
         ask address again 1
         “Wo ist das?”
         listen address",
    );
}

#[test]
fn it_can_be_named_in_the_middle_of_the_form() {
    let mut call = Conversation::with(site::german()).in_form().after(said().address("Lindenstraße", "14"));
    call.caller(
        words("Moment die Straße war falsch"),
        "correct address
         keep address=
         ask address again 1
         “Wo ist das?”
         listen address",
    );
}

#[test]
fn who_says_what_is_right_is_not_asked() {
    let mut call = Conversation::with(site::german()).read_back();
    let done =
        call.lines(words("nein der Name ist falsch ich heiße Wagner").no().name("", "Wagner").corrects());
    assert!(
        done.contains(&"keep name=Wagner".to_owned()) && !done.contains(&"keep name=".to_owned()),
        "{done:?}"
    );
}

#[test]
fn what_is_not_there_cannot_be_wrong() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        words("die Telefonnummer war falsch"),
        "“Das habe ich nicht verstanden.”\nask address again 1\n“Welche Straße?”",
    );
}

#[test]
fn while_the_calendar_is_looked_at_nothing_is_taken_out() {
    let mut call = Conversation::with(site::german()).looking();
    call.caller(words("der Name ist falsch"), "");
    call.becomes(
        held(1, 24, 8),
        "offer
         “Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
}
