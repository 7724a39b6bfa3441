//! A caller gets what he called for: whole conversations from the greeting to the goodbye.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, FREE, INTERRUPTED, held, said, site};
use klinke::call::actions::Outcome;
use klinke::call::dialogue::DialogueInput;
use klinke::call::understanding::Signal;

#[test]
fn an_emergency_with_hesitation_correction_and_interruption_is_booked() {
    let mut call = Conversation::with(site::german());
    call.then(
        DialogueInput::Began,
        "disclose
         “Heizung Brandt, hier spricht eine KI.” to its end
         keep disclosed 98be63fe…
         “Was kann ich für Sie tun?”
         listen free",
    );
    call.then(FREE, "");
    call.caller(
        said().intent("heizung"),
        "take up heizung, an emergency
         keep concern Heizung ausgefallen
         “Das ist ein Notfall.”
         ask address
         “Wo ist das?”
         listen address",
    );
    call.caller(
        said().address("Lindenstraße", "14"),
        "keep address=Lindenstraße 14
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
    // "nein, die Hausnummer ist sechzehn"
    call.caller(
        said().no().house_number("16").corrects(),
        "keep address=Lindenstraße 16
         correct address
         “Gut, ich ändere das: Lindenstraße 16.”
         ask name again 1
         “Wie heißen Sie?”",
    );
    call.caller(
        said().name("Frau", "Weber").telephone("071123456"),
        "keep name=Frau Weber
         keep telephone=071123456
         look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-23T09:05:00",
    );
    call.becomes(
        held(1, 24, 8),
        "offer
         “Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
    // "so gegen … naja, vielleicht Donnerstag?"
    call.caller(
        said().day(26).hedged(),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-26T07:00:00 until 2026-11-26T20:00:00",
    );
    call.becomes(
        held(2, 26, 8),
        "offer
         “Herr Yilmaz kann am Donnerstag, den 26. November, um 8 Uhr kommen. Passt das?”",
    );
    call.then(
        DialogueInput::Said { understood: said().yes().0, confidence: 0.9 },
        "read back
         “Herr Yilmaz kommt am Donnerstag, den 26. November, um 8 Uhr zu Frau Weber, Lindenstraße 16, \
         Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free",
    );
    // the caller interrupts the read-back with his yes
    call.then(INTERRUPTED, "");
    call.caller(
        said().yes(),
        "keep address=Lindenstraße 16, confirmed
         keep name=Frau Weber, confirmed
         keep telephone=071123456, confirmed
         order book 2 [Heizung ausgefallen!] address=Lindenstraße 16; name=Frau Weber; telephone=071123456",
    );
    call.becomes(
        Outcome::Booked { appointment: 7, code: None },
        "booked
         “Herr Yilmaz kommt am Donnerstag, den 26. November, um 8 Uhr.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
    call.caller(said().no().signal(Signal::Goodbye), "goodbye\n“Auf Wiederhören.”");
    call.then(FREE, "hang up");
}

#[test]
fn nothing_is_booked_on_half_a_yes() {
    let summary = "read back
         “Herr Yilmaz kommt morgen früh um 8 Uhr zu Frau Weber, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”";
    for half in
        [said().yes().hedged(), said().yes().unsure(0.3), said().signal(Signal::Goodbye), said().hour(8)]
    {
        let mut call = Conversation::with(site::german()).read_back();
        call.caller(half, &format!("“Das habe ich nicht verstanden.”\n{summary}"));
    }
}

#[test]
fn three_values_in_one_sentence_are_all_taken() {
    let mut call = Conversation::with(site::german()).begun();
    call.caller(
        said()
            .intent("wartung")
            .name("", "Weber")
            .address("Lindenstraße", "14")
            .telephone("071123456")
            .day(26),
        "take up wartung
         keep concern Wartung
         keep name=Weber
         keep address=Lindenstraße 14
         keep telephone=071123456
         look up
         “Ich sehe nach.”
         order hold heating from 2026-11-26T07:00:00 until 2026-11-26T20:00:00",
    );
}

#[test]
fn what_was_said_before_the_concern_is_not_asked_again() {
    let mut call = Conversation::with(site::german()).begun();
    call.caller(
        said().name("", "Weber"),
        "ask concern
         “Worum geht es?”",
    );
    call.caller(
        said().intent("rueckruf"),
        "take up rueckruf
         keep concern Rückruf
         keep name=Weber
         ask telephone
         “Ihre Nummer?”
         listen telephone digits",
    );
}

#[test]
fn a_call_back_is_noted_after_it_was_read_back() {
    let mut call = Conversation::with(site::german()).begun();
    call.caller(
        said().intent("rueckruf").name("Herr", "Özdemir").telephone("+49711234567"),
        "take up rueckruf
         keep concern Rückruf
         keep name=Herr Özdemir
         keep telephone=+49711234567
         read back
         “Wir rufen Herr Özdemir zurück, Telefon plus 4 9, 7 1 1, 2 3 4, 5 6 7. Richtig?”
         listen yes-no name telephone free",
    );
    call.caller(
        said().yes(),
        "keep name=Herr Özdemir, confirmed
         keep telephone=+49711234567, confirmed
         order note [Rückruf] name=Herr Özdemir; telephone=+49711234567",
    );
    call.becomes(
        Outcome::Noted,
        "noted
         “Wir rufen zurück.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
}

#[test]
fn a_question_in_the_middle_is_answered_and_the_open_question_asked_again() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().intent("kosten"),
        "answer kosten
         “Die Anfahrt kostet 49 Euro.”
         ask address again 1
         “Wo ist das?”",
    );
    call.caller(
        said().intent("kosten").address("Lindenstraße", "14"),
        "keep address=Lindenstraße 14
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
}

#[test]
fn a_question_at_the_beginning_is_answered_and_may_be_all() {
    let mut call = Conversation::with(site::german()).begun();
    call.caller(
        said().intent("kosten"),
        "answer kosten
         “Die Anfahrt kostet 49 Euro.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
    call.caller(said().no(), "goodbye\n“Auf Wiederhören.”");
    call.then(FREE, "hang up");
}

#[test]
fn another_concern_after_the_first_keeps_what_is_known() {
    let mut call = Conversation::with(site::german()).booked();
    call.caller(
        said().intent("rueckruf"),
        "take up rueckruf
         keep concern Rückruf
         read back
         “Wir rufen Frau Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no name telephone free",
    );
}

#[test]
fn an_english_site_speaks_english() {
    let mut call = Conversation::with(site::english()).at(20, 0).begun();
    call.caller(
        said().intent("heizung").address("Park Lane", "4").name("Dr", "Weber").telephone("02079460000"),
        "take up heizung, an emergency
         keep concern Heating broken
         keep address=4 Park Lane
         keep name=Dr Weber
         keep telephone=02079460000
         “This is an emergency.”
         look up
         “Let me see.”
         order hold heating at once from 2026-11-23T20:00:00",
    );
    call.becomes(
        held(1, 24, 8),
        "offer
         “Herr Yilmaz can come tomorrow morning at 8 am. Does that suit you?”
         listen yes-no date-time",
    );
    call.caller(
        said().yes(),
        "read back
         “Herr Yilmaz comes tomorrow morning at 8 am to Dr Weber, 4 Park Lane, telephone 0 2 0 7, 9 4 6, 0 0, 0 0. \
         Right?”
         listen yes-no address name telephone date-time free",
    );
    call.caller(
        said().no().house_number("6").corrects(),
        "keep address=6 Park Lane
         correct address
         “My apologies, I have changed that: 6 Park Lane.”
         read back
         “Is everything right now?”",
    );
}

#[test]
fn the_health_profile_has_no_emergencies() {
    let mut health = site::german();
    health.profile = klinke::config::site::Profile::Health;
    let mut call = Conversation::with(health).begun();
    call.caller(
        said().intent("heizung"),
        "take up heizung
         keep concern Heizung ausgefallen
         ask address
         “Wo ist das?”
         listen address",
    );
}
