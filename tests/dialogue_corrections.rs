//! What was corrected is what is stored, whenever it is corrected.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, FREE, said, site};
use klinke::call::actions::Outcome;
use klinke::call::understanding::Signal;

#[test]
fn a_correction_at_the_read_back_is_what_is_booked() {
    let mut call = Conversation::with(site::german()).read_back();
    call.caller(
        said().no().house_number("6").corrects(),
        "keep address=Lindenstraße 6
         correct address
         “Entschuldigung, ich ändere das: Lindenstraße 6.”
         read back
         “Stimmt jetzt alles?”",
    );
    call.caller(
        said().yes(),
        "keep address=Lindenstraße 6, confirmed
         keep name=Frau Weber, confirmed
         keep telephone=071123456, confirmed
         order book 1 [Heizung ausgefallen!] address=Lindenstraße 6; name=Frau Weber; telephone=071123456",
    );
}

#[test]
fn a_no_at_the_read_back_asks_what_is_wrong() {
    let mut call = Conversation::with(site::german()).read_back();
    call.caller(
        said().no(),
        "ask what is wrong\n“Was ist falsch?”
         listen address name telephone date-time free",
    );
    call.caller(
        said().name("", "Wagner"),
        "keep name=Wagner
         correct name
         “Entschuldigung, ich ändere das: Wagner.”
         read back
         “Herr Yilmaz kommt morgen früh um 8 Uhr zu Wagner, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free",
    );
}

#[test]
fn another_time_at_the_read_back_is_looked_for() {
    let mut call = Conversation::with(site::german()).read_back();
    call.caller(
        said().no().hour(15),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-24T15:00:00 until 2026-11-24T16:00:00",
    );
}

#[test]
fn a_correction_during_the_offer_is_taken_and_the_offer_made_again() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().telephone("0711999").corrects(),
        "keep telephone=0711999
         correct telephone
         “Gut, ich ändere das: 0 7 1 1, 9 9 9.”
         offer
         “Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”",
    );
    // "ja, aber Hausnummer sechs"
    call.caller(
        said().yes().house_number("6"),
        "keep address=Lindenstraße 6
         correct address
         “Gut, ich ändere das: Lindenstraße 6.”
         read back
         “Herr Yilmaz kommt morgen früh um 8 Uhr zu Frau Weber, Lindenstraße 6, Telefon 0 7 1 1, 9 9 9. Richtig?”
         listen yes-no address name telephone date-time free",
    );
}

#[test]
fn a_correction_after_the_booking_reaches_the_technician() {
    let mut call = Conversation::with(site::german()).booked();
    call.caller(
        said().no().house_number("6").corrects(),
        "keep address=Lindenstraße 6
         correct address
         “Gut, ich ändere das: Lindenstraße 6.”
         order book 1 [Heizung ausgefallen!] address=Lindenstraße 6; name=Frau Weber; telephone=071123456",
    );
    call.becomes(
        Outcome::Booked { appointment: 7, code: None },
        "booked
         “Herr Yilmaz kommt morgen früh um 8 Uhr.”
         ask anything else
         “Sonst noch etwas?”",
    );
}

#[test]
fn a_correction_that_the_calendar_refuses_reaches_colleagues_as_a_call_back() {
    let mut call = Conversation::with(site::german()).booked();
    call.caller(
        said().house_number("6").corrects(),
        "keep address=Lindenstraße 6
         correct address
         “Gut, ich ändere das: Lindenstraße 6.”
         order book 1 [Heizung ausgefallen!] address=Lindenstraße 6; name=Frau Weber; telephone=071123456",
    );
    call.becomes(
        Outcome::HoldExpired,
        "order note [Heizung ausgefallen!] address=Lindenstraße 6; name=Frau Weber; telephone=071123456",
    );
    call.becomes(Outcome::Noted, "noted\n“Wir rufen zurück.”\nask anything else\n“Sonst noch etwas?”");
}

#[test]
fn a_correction_while_it_is_being_booked_is_not_lost_even_after_a_goodbye() {
    let mut call = Conversation::with(site::german()).read_back().after(said().yes());
    call.caller(
        said().house_number("6").corrects().signal(Signal::Goodbye),
        "keep address=Lindenstraße 6
         correct address
         “Gut, ich ändere das: Lindenstraße 6.”",
    );
    call.becomes(
        Outcome::Booked { appointment: 7, code: None },
        "order book 1 [Heizung ausgefallen!] address=Lindenstraße 6; name=Frau Weber; telephone=071123456",
    );
    call.becomes(
        Outcome::Booked { appointment: 7, code: None },
        "booked
         “Herr Yilmaz kommt morgen früh um 8 Uhr.”
         goodbye
         “Auf Wiederhören.”
         listen yes-no free",
    );
    call.then(FREE, "hang up");
}

#[test]
fn another_time_after_the_booking_is_left_to_colleagues_and_the_booking_stays() {
    let mut call = Conversation::with(site::german()).booked();
    call.caller(
        said().day(27),
        "order note [Heizung ausgefallen!] address=Lindenstraße 14; name=Frau Weber; telephone=071123456; \
         start=Freitag, 27.11.2026",
    );
    call.becomes(Outcome::Noted, "noted\n“Wir rufen zurück.”\nask anything else\n“Sonst noch etwas?”");
}

#[test]
fn an_address_in_parts_is_put_together() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().address("Lindenstraße", ""),
        "keep address=Lindenstraße
         ask address again 1
         “Und welche Hausnummer, bitte?”
         listen address number",
    );
    call.caller(
        said().number(14),
        "keep address=Lindenstraße 14
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
}

#[test]
fn a_value_in_doubt_is_confirmed_corrected_or_asked_again() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().address("Lindenstraße", "14").unsure(0.5),
        "confirm address
         “Ich habe Lindenstraße 14 verstanden, stimmt das?”
         listen yes-no address",
    );
    call.caller(
        said().no().house_number("6").corrects(),
        "keep address=Lindenstraße 6
         “Entschuldigung.”
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
    call.caller(
        said().name("", "Wäber").unsure(0.5),
        "confirm name
         “Ich habe Wäber verstanden, stimmt das?”
         listen yes-no name",
    );
    call.caller(
        said().no(),
        "“Entschuldigung.”
         ask name again 1
         “Ihr Name, bitte?”
         listen name spelling",
    );
    call.caller(
        said().name("", "Weber").unsure(0.5),
        "confirm name
         “Ich habe Weber verstanden, stimmt das?”
         listen yes-no name",
    );
    call.caller(
        said().yes(),
        "keep name=Weber, confirmed
         ask telephone
         “Ihre Nummer?”
         listen telephone digits",
    );
}

#[test]
fn what_is_added_to_a_value_in_doubt_makes_it_no_surer() {
    let street = said().address("Lindenstraße", "").unsure(0.5);
    let mut call = Conversation::with(site::german()).in_form().after(street);
    call.caller(
        said().house_number("6"),
        "confirm address
         “Ich habe Lindenstraße 6 verstanden, stimmt das?”",
    );
    call.caller(
        said().address("Lindenstraße", "6").unsure(0.6),
        "keep address=Lindenstraße 6, confirmed
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
}

#[test]
fn what_was_hardly_heard_is_asked_again() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().address("Lindenstraße", "14").unsure(0.2),
        "“Das habe ich nicht verstanden.”
         ask address again 1
         “Welche Straße?”",
    );
}

#[test]
fn words_that_only_sound_like_names_are_not_asked_about() {
    let mut call = Conversation::with(site::german()).in_form().after(said().address("Lindenstraße", "14"));
    call.caller(
        said().name("", "Kostet").unsure(0.6).name("", "Denn").unsure(0.6).name("", "Anfahrt").unsure(0.6),
        "“Das habe ich nicht verstanden.”
         ask name again 1
         “Ihr Name, bitte?”",
    );
}

#[test]
fn what_was_ruled_out_does_not_stay() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().house_number("14").negated(),
        "keep address=Lindenstraße
         correct address
         ask address again 1
         “Und welche Hausnummer, bitte?”
         listen address number",
    );
    call.caller(
        said().number(16),
        "keep address=Lindenstraße 16
         offer
         “Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
}

#[test]
fn back_takes_out_what_was_taken_last_and_at_last_the_concern() {
    let mut call = Conversation::with(site::german()).in_form().after(said().address("Lindenstraße", "14"));
    call.caller(
        said().signal(Signal::Back),
        "step back to address
         “Gut, ich streiche Lindenstraße 14.”
         keep address=
         ask address again 1
         “Wo ist das?”
         listen address",
    );
    call.caller(
        said().signal(Signal::Back),
        "“Gut, noch einmal von vorn.”
         ask concern
         “Worum geht es?”
         listen free",
    );
}

#[test]
fn a_value_that_was_taken_back_is_not_known_later() {
    let mut call =
        Conversation::with(site::german()).begun().after(said().intent("rueckruf").name("", "Wäber"));
    call.caller(
        said().signal(Signal::Back),
        "step back to name\n“Gut, ich streiche Wäber.”\nkeep name=\nask name\n“Wie heißen Sie?”\nlisten name spelling",
    );
    call.caller(
        said().signal(Signal::Back),
        "“Gut, noch einmal von vorn.”\nask concern\n“Worum geht es?”\nlisten free",
    );
    call.caller(
        said().intent("wartung").address("Lindenstraße", "14"),
        "take up wartung
         keep concern Wartung
         keep address=Lindenstraße 14
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
}
