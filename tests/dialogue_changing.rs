//! Promise: a caller cancels or moves what he has booked, and learns nothing of what is not his.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, FREE, found, held, said, site};
use klinke::call::actions::Outcome;
use klinke::call::dialogue::DialogueInput;
use klinke::call::understanding::{Signal, Value};

/// The number that the PBX shows.
const NUMBER: Option<&str> = Some("071123456");

fn digits(text: &str) -> Value {
    Value::Digits { value: text.to_owned().into() }
}

#[test]
fn the_number_and_the_name_find_an_appointment_and_a_yes_cancels_it() {
    let mut call = Conversation::of(site::changing(), NUMBER).begun();
    call.caller(
        said().intent("absagen"),
        "take up absagen
         keep concern Termin absagen
         ask name
         “Auf welchen Namen?”
         listen name spelling",
    );
    call.caller(
        said().name("", "Weber"),
        "keep name=Weber
         “Ich sehe nach.”
         order find name Weber",
    );
    call.becomes(
        found(7, 26, 8),
        "read back
         “Ihr Termin ist am Donnerstag, den 26. November, um 8 Uhr. Absagen?”
         listen yes-no digits name free",
    );
    call.caller(said().yes(), "order cancel 7");
    call.becomes(
        Outcome::Cancelled,
        "cancelled
         “Abgesagt: am Donnerstag, den 26. November, um 8 Uhr.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
    call.caller(said().no().signal(Signal::Goodbye), "goodbye\n“Auf Wiederhören.”");
    call.then(FREE, "hang up");
}

#[test]
fn who_is_not_known_by_number_says_the_code() {
    for caller in [None, Some("200"), Some("anonymous")] {
        let mut call = Conversation::of(site::changing(), caller).begun();
        call.caller(
            said().intent("absagen"),
            "take up absagen
             keep concern Termin absagen
             ask code
             “Wie ist die Terminnummer?”
             listen digits",
        );
        call.caller(
            said().value(digits("471108")),
            "keep code=471108
             “Ich sehe nach.”
             order find code 471108",
        );
    }
    // one sentence is enough
    let mut call = Conversation::with(site::changing()).begun();
    call.caller(
        said().intent("absagen").value(digits("471108")),
        "take up absagen
         keep concern Termin absagen
         keep code=471108
         “Ich sehe nach.”
         order find code 471108",
    );
}

#[test]
fn a_site_that_does_not_trust_numbers_asks_for_the_code_only() {
    let mut site = site::changing();
    site.calendar.trust_caller_number = false;
    let call = Conversation::of(site, NUMBER).begun();
    let mut call = call.after(said().intent("absagen").name("", "Weber"));
    call.caller(
        said().value(digits("471108")),
        "keep code=471108
         “Ich sehe nach.”
         order find code 471108 name Weber",
    );
}

#[test]
fn who_knows_too_little_hears_the_same_words_and_after_three_tries_a_human_is_offered() {
    let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("absagen"));
    let mut call = call.after(said().name("", "Weber"));
    call.becomes(
        Outcome::NotFound,
        "not found
         “Kein Termin gefunden.”
         ask code
         “Wie ist die Terminnummer?”
         listen digits",
    );
    let mut call = call.after(said().value(digits("471108")));
    call.becomes(
        Outcome::NotFound,
        "keep code=
         not found
         “Kein Termin gefunden.”
         ask code again 1
         “Wie ist die Terminnummer?”",
    );
    let mut call = call.after(said().value(digits("471109")));
    call.becomes(
        Outcome::NotFound,
        "keep code=
         not found
         “Kein Termin gefunden.”
         offer human
         “Möchten Sie mit einem Menschen sprechen?”
         listen yes-no",
    );
    call.caller(
        said().no(),
        "ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
}

#[test]
fn another_appointment_of_the_same_caller_comes_next() {
    let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("absagen"));
    let mut call = call.after(said().name("", "Weber")).and_then(found(7, 26, 8));
    call.caller(
        said().no(),
        "leave it
         “Ihr Termin bleibt, wie er ist.”
         “Ich sehe nach.”
         order find name Weber after 2026-11-26T08:00:00",
    );
    call.becomes(
        found(9, 30, 8),
        "read back
         “Ihr Termin ist am Montag, den 30. November, um 8 Uhr. Absagen?”",
    );
    let mut call = call.after(said().no());
    call.becomes(
        Outcome::NotFound,
        "ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
}

#[test]
fn half_a_yes_cancels_nothing() {
    for half in [said().yes().hedged(), said().yes().unsure(0.3), said().signal(Signal::Goodbye)] {
        let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("absagen"));
        let mut call = call.after(said().name("", "Weber")).and_then(found(7, 26, 8));
        call.caller(
            half,
            "“Das habe ich nicht verstanden.”
             read back
             “Ihr Termin ist am Donnerstag, den 26. November, um 8 Uhr. Absagen?”",
        );
    }
}

/// Up to the offer of Friday at ten for the appointment of Thursday at eight.
fn moving() -> Conversation {
    let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("verlegen"));
    call.after(said().name("", "Weber"))
        .and_then(found(7, 26, 8))
        .after(said().day(27))
        .and_then(held(3, 27, 10))
}

#[test]
fn an_appointment_is_moved_in_one_order() {
    let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("verlegen"));
    let mut call = call.after(said().name("", "Weber"));
    call.becomes(
        found(7, 26, 8),
        "“Ihr Termin ist am Donnerstag, den 26. November, um 8 Uhr.”
         ask when
         “Wann würde es Ihnen passen?”
         listen date-time yes-no",
    );
    call.caller(
        said().day(27),
        "look up
         “Ich sehe nach.”
         order hold heating from 2026-11-27T07:00:00 until 2026-11-27T20:00:00",
    );
    call.becomes(
        held(3, 27, 10),
        "offer
         “Herr Yilmaz kann am Freitag, den 27. November, um 10 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
    call.caller(
        said().yes(),
        "read back
         “Von am Donnerstag, den 26. November, um 8 Uhr auf am Freitag, den 27. November, um 10 Uhr, Herr Yilmaz. \
         Richtig?”
         listen yes-no digits name date-time free",
    );
    call.caller(said().yes(), "order move 7 to 3");
    call.becomes(
        Outcome::Moved { appointment: 3 },
        "moved
         “Verlegt: Herr Yilmaz kommt am Freitag, den 27. November, um 10 Uhr.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
}

#[test]
fn the_old_day_is_no_wish_and_the_new_one_is() {
    let thursday = || Conversation::of(site::changing(), NUMBER).begun();
    // "meinen Termin am Donnerstag verlegen"
    let mut call = thursday().after(said().intent("verlegen").name("", "Weber").day(26));
    call.becomes(
        found(7, 26, 8),
        "“Ihr Termin ist am Donnerstag, den 26. November, um 8 Uhr.”
         ask when
         “Wann würde es Ihnen passen?”
         listen date-time yes-no",
    );
    // "von Donnerstag auf Freitag"
    let mut call = thursday().after(said().intent("verlegen").name("", "Weber").day(26).day(27));
    call.becomes(
        found(7, 26, 8),
        "look up
         “Ich sehe nach.”
         order hold heating from 2026-11-27T07:00:00 until 2026-11-27T20:00:00",
    );
}

#[test]
fn nothing_is_lost_when_the_new_time_cannot_be_had() {
    // somebody was quicker: another time is looked for, the old one stays booked
    let call = moving().after(said().yes());
    let mut call = call.after(said().yes());
    call.becomes(
        Outcome::HoldExpired,
        "“Dieser Termin ist leider gerade vergeben worden.”
         order hold heating from 2026-11-27T10:00:00",
    );
    // nothing is free at all
    let mut call = call.and_then(Outcome::NothingFree);
    call.becomes(
        Outcome::NothingFree,
        "“Da ist nichts frei.”
         “Ihr Termin bleibt, wie er ist.”
         hand over nothing_free
         “Ich verbinde Sie.”",
    );
    // the caller thinks better of it
    let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("verlegen"));
    let mut call = call.after(said().name("", "Weber")).and_then(found(7, 26, 8));
    call.caller(
        said().no(),
        "leave it
         “Ihr Termin bleibt, wie er ist.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
    // hanging up gives the new time back
    let mut call = moving();
    call.caller(said().signal(Signal::Goodbye), "goodbye\n“Auf Wiederhören.”\norder release 3");
}

#[test]
fn what_may_not_be_ordered_is_said_and_the_call_goes_on() {
    let call = Conversation::of(site::changing(), NUMBER).begun().after(said().intent("absagen"));
    let mut call = call.after(said().name("", "Weber"));
    call.becomes(
        Outcome::Refused { cause: String::new() },
        "“Das kann ich leider nicht für Sie tun.”
         offer human
         “Möchten Sie mit einem Menschen sprechen?”
         listen yes-no",
    );
    call.caller(
        said().intent("rueckruf").telephone("071123456"),
        "take up rueckruf
         keep concern Rückruf
         keep telephone=071123456
         read back
         “Wir rufen Weber zurück, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no name telephone free",
    );
}

#[test]
fn the_code_is_told_when_an_appointment_is_booked() {
    let mut call = Conversation::with(site::changing()).read_back().after(said().yes());
    call.becomes(
        Outcome::Booked { appointment: 7, code: Some("471108".to_owned().into()) },
        "booked
         “Herr Yilmaz kommt morgen früh um 8 Uhr.”
         “Terminnummer 4 7 1 1, 0 8.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
    call.then(
        DialogueInput::Silence,
        "ask presence\n“Sind Sie noch da?”\nask anything else\n“Sonst noch etwas?”",
    );
}

#[test]
fn in_english_too() {
    let mut site = site::english();
    let changing = site::changing();
    site.calendar.trust_caller_number = true;
    site.forms.extend(changing.forms.into_iter().filter(|form| form.name == "verlegen"));
    site.intents.extend(changing.intents.into_iter().filter(|intent| intent.name == "verlegen"));
    let call = Conversation::of(site, NUMBER).begun().after(said().intent("verlegen"));
    let mut call = call.after(said().name("", "Weber"));
    call.becomes(
        found(7, 26, 8),
        "“Your appointment is on Thursday, 26 November, at 8 am.”
         ask when
         “When would suit you?”
         listen date-time yes-no",
    );
    call.caller(
        said().no(),
        "leave it
         “Your appointment stays as it is.”
         ask anything else
         “Anything else?”
         listen yes-no free",
    );
}
