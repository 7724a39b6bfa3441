//! What the calendar says is said, and nothing stays held that nobody wants.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, FREE, held, said, site};
use klinke::call::actions::{OrderId, Outcome};
use klinke::call::dialogue::DialogueInput;
use klinke::call::understanding::Signal;

const OFFER: &str =
    "offer\n“Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”\nlisten yes-no date-time";

#[test]
fn a_no_brings_the_next_one_and_at_last_the_question_when() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().no(),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-24T10:00:00",
    );
    call.becomes(
        held(2, 24, 10),
        "offer
         “Herr Yilmaz kann morgen um 10 Uhr kommen. Passt das?”",
    );
    call.caller(
        said().no(),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-24T12:00:00",
    );
    call.becomes(held(3, 24, 12), "offer\n“Herr Yilmaz kann morgen um 12 Uhr kommen. Passt das?”");
    call.caller(said().no(), "ask when\n“Wann würde es Ihnen passen?”\nlisten date-time yes-no");
    call.caller(
        said().day(26),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-26T07:00:00 until 2026-11-26T20:00:00",
    );
}

#[test]
fn a_day_that_is_ruled_out_is_skipped() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().day(24).negated(),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-25T07:00:00",
    );
    call.becomes(
        held(2, 25, 8),
        "offer
         “Herr Yilmaz kann am Mittwoch, den 25. November, um 8 Uhr kommen. Passt das?”",
    );
    // "nein, Mittwoch passt nicht"
    call.caller(
        said().no().day(25),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-26T07:00:00",
    );
}

#[test]
fn the_time_that_was_offered_said_again_is_agreement_that_is_read_back() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().hour(8),
        "read back
         “Herr Yilmaz kommt morgen früh um 8 Uhr zu Frau Weber, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free",
    );
}

#[test]
fn an_hour_said_with_a_doubt_is_looked_for_around_it() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().hour(14).hedged(),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-24T13:00:00 until 2026-11-24T16:00:00 near 2026-11-24T14:00:00",
    );
}

#[test]
fn where_nothing_is_free_the_next_possible_is_offered() {
    let mut call = Conversation::with(site::german()).offered().after(said().day(26));
    call.becomes(
        Outcome::NothingFree,
        "“Da ist nichts frei.”
         order hold heating at once from 2026-11-26T07:00:00",
    );
    call.becomes(Outcome::NothingFree, "order hold heating at once from 2026-11-23T09:05:00");
    call.becomes(held(2, 24, 8), "offer\n“Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”");
}

#[test]
fn where_nothing_is_free_at_all_a_human_helps() {
    let mut call = Conversation::with(site::german()).looking();
    call.becomes(
        Outcome::NothingFree,
        "“Da ist nichts frei.”
         hand over nothing_free
         “Ich verbinde Sie.”",
    );
    call.then(FREE, "release 200 nothing_free");
}

#[test]
fn where_no_human_is_there_either_a_call_back_is_noted() {
    let mut site = site::german();
    site.hand_over.open.clear();
    let mut call = Conversation::with(site).looking();
    call.becomes(
        Outcome::NothingFree,
        "“Da ist nichts frei.”
         order note [Heizung ausgefallen!] address=Lindenstraße 14; name=Frau Weber; telephone=071123456",
    );
    call.becomes(
        Outcome::Noted,
        "noted\n“Wir rufen zurück.”\nask anything else\n“Sonst noch etwas?”\nlisten yes-no free",
    );
}

#[test]
fn an_expired_hold_is_said_and_the_next_one_offered() {
    let mut call = Conversation::with(site::german()).read_back().after(said().yes());
    call.becomes(
        Outcome::HoldExpired,
        "“Dieser Termin ist leider gerade vergeben worden.”
         order hold heating at once from 2026-11-24T08:00:00",
    );
    call.becomes(
        held(2, 24, 10),
        "offer
         “Herr Yilmaz kann morgen um 10 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
    call.caller(
        said().yes(),
        "read back
         “Herr Yilmaz kommt morgen um 10 Uhr zu Frau Weber, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free",
    );
}

#[test]
fn what_cannot_be_done_goes_to_a_human() {
    let mut call = Conversation::with(site::german()).read_back().after(said().yes());
    call.becomes(
        Outcome::Failed { cause: "disk full".to_owned() },
        "hand over fault
         “Hier ist etwas gestört.”
         order release 1",
    );
    call.then(FREE, "release 200 fault");
}

#[test]
fn a_hold_that_comes_too_late_is_given_back() {
    let mut call = Conversation::with(site::german()).looking();
    // the caller names a day while the calendar is looked at
    call.caller(
        said().day(26),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-26T07:00:00 until 2026-11-26T20:00:00",
    );
    call.late(held(1, 24, 8), "order release 1");
    call.becomes(
        held(2, 26, 8),
        "offer
         “Herr Yilmaz kann am Donnerstag, den 26. November, um 8 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
}

#[test]
fn a_hold_is_given_back_when_the_caller_wants_something_else() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().intent("rueckruf"),
        "order release 1
         take up rueckruf
         keep concern Rückruf
         “Gut, also: Rückruf.”
         read back
         “Wir rufen Frau Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no name telephone free",
    );
}

#[test]
fn a_hold_is_given_back_when_the_caller_leaves() {
    let mut call = Conversation::with(site::german()).offered();
    call.caller(
        said().no().signal(Signal::Goodbye),
        "goodbye
         “Auf Wiederhören.”
         order release 1",
    );
    call.then(FREE, "hang up");
}

#[test]
fn a_hold_that_comes_after_the_goodbye_is_given_back() {
    let mut call = Conversation::with(site::german()).looking();
    call.caller(said().signal(Signal::Goodbye), "goodbye\n“Auf Wiederhören.”");
    call.then(DialogueInput::Outcome(OrderId(1), held(1, 24, 8)), "order release 1");
    call.then(FREE, "hang up");
}

#[test]
fn a_time_said_for_something_in_the_past_is_no_wish() {
    // "die Wartung ist seit Sonntag fällig"
    let mut call = Conversation::with(site::german()).begun().after(said().intent("wartung").day(22));
    call.caller(
        said().address("Lindenstraße", "14").name("", "Weber").telephone("071123456"),
        "keep address=Lindenstraße 14
         keep name=Weber
         keep telephone=071123456
         look up
         “Ich sehe nach.”
         order hold heating from 2026-11-23T09:05:00",
    );
    call.becomes(held(1, 24, 8), OFFER);
}
