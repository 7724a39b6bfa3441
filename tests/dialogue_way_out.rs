//! Nobody is stuck: a human from every state, 112 by rule, a way out of misunderstanding, silence and faults,
//! and everything that can be said can be keyed.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, FREE, INTERRUPTED, held, said, site};
use jiff::civil::date;
use klinke::call::actions::Outcome;
use klinke::call::dialogue::DialogueInput;
use klinke::call::line::Destination;
use klinke::call::understanding::Signal;
use klinke::config::site::{Site, Then};

/// A call at every kind of question and order.
fn everywhere(site: fn() -> Site) -> Vec<Conversation> {
    let new = || Conversation::with(site());
    let doubted = said().address("Lindenstraße", "14").unsure(0.5);
    vec![
        new().begun(),
        new().in_form(),
        new().in_form().after(said().address("Lindenstraße", "")),
        new().in_form().after(doubted),
        new().in_form().after(said().signal(Signal::Impatient)),
        new().looking(),
        new().offered(),
        new()
            .offered()
            .after(said().no())
            .and_then(held(2, 24, 10))
            .after(said().no())
            .and_then(held(3, 24, 12))
            .after(said().no()),
        new().read_back(),
        new().read_back().after(said().no()),
        new().read_back().after(said().yes()),
        new().booked(),
    ]
}

#[test]
fn a_human_is_reached_from_every_state() {
    for mut call in everywhere(site::german) {
        let lines = call.lines(said().signal(Signal::WantsHuman));
        assert!(
            lines.starts_with(&["hand over caller_asked".to_owned(), "“Ich verbinde Sie.”".to_owned()]),
            "{lines:?}"
        );
        call.then(FREE, "release 200 caller_asked");
    }
}

#[test]
fn a_human_is_reached_by_key_from_every_state() {
    for mut call in everywhere(site::german) {
        let lines = call.keyed('0');
        assert!(
            lines.starts_with(&["hand over caller_asked".to_owned(), "“Ich verbinde Sie.”".to_owned()]),
            "{lines:?}"
        );
        call.then(FREE, "release 200 caller_asked");
    }
}

#[test]
fn danger_to_life_is_112_and_a_human_at_once_whatever_else_was_said() {
    for mut call in everywhere(site::german) {
        let gas = said().intent("heizung").address("Lindenstraße", "14").yes().signal(Signal::DangerToLife);
        let lines = call.lines(gas);
        let first = ["say danger", "“Wählen Sie 112.” to its end", "hand over danger"].map(str::to_owned);
        assert!(lines.starts_with(&first), "{lines:?}");
        call.then(FREE, "release 200 danger");
    }
}

#[test]
fn danger_is_heard_in_the_middle_of_a_goodbye_and_of_a_hand_over() {
    let danger = "say danger\n“Wählen Sie 112.” to its end\nhand over danger";
    for last in [said().no(), said().signal(Signal::WantsHuman)] {
        let mut call = Conversation::with(site::german()).booked();
        call.lines(last);
        call.caller(said().signal(Signal::DangerToLife), danger);
        call.then(FREE, "release 200 danger");
    }
}

#[test]
fn outside_opening_hours_the_call_goes_elsewhere() {
    let mut call = Conversation::with(site::german()).at(20, 0).begun();
    call.caller(said().signal(Signal::WantsHuman), "hand over caller_asked\n“Ich verbinde Sie.”");
    call.then(FREE, "release 299 caller_asked");
    let mut site = site::german();
    site.hand_over.closed.clear();
    let mut call = Conversation::with(site).at(20, 0).begun();
    call.caller(said().signal(Signal::WantsHuman), "hand over caller_asked\n“Ich verbinde Sie.”");
    call.then(FREE, "release - caller_asked");
}

#[test]
fn on_a_holiday_nobody_is_there_where_the_site_says_so() {
    for (closed, extension) in [(false, "200"), (true, "299")] {
        let mut site = site::german();
        site.closed_on_holidays = closed;
        let mut call = Conversation::with(site).on(date(2026, 12, 25)).begun();
        call.caller(said().signal(Signal::WantsHuman), "hand over caller_asked\n“Ich verbinde Sie.”");
        call.then(FREE, &format!("release {extension} caller_asked"));
    }
}

#[test]
fn an_intent_that_only_a_human_can_help_with_goes_there_at_once() {
    let mut call = Conversation::with(site::german()).begun();
    call.caller(
        said().intent("buchhaltung"),
        "take up buchhaltung
         keep concern Buchhaltung
         hand over caller_asked
         “Ich verbinde Sie.”",
    );
    call.then(FREE, "release 200 caller_asked");
}

#[test]
fn an_intent_goes_elsewhere_outside_opening_hours() {
    let mut site = site::german();
    site.intents[3].then = Then::HandOver(vec![Destination::Queue("books".to_owned())]);
    site.intents[3].closed = vec![Destination::Extension("290".to_owned())];
    for (hour, released) in [(9, "release books caller_asked"), (20, "release 290 caller_asked")] {
        let mut call = Conversation::with(site.clone()).at(hour, 0).begun();
        call.caller(
            said().intent("buchhaltung"),
            "take up buchhaltung
             keep concern Buchhaltung
             hand over caller_asked
             “Ich verbinde Sie.”",
        );
        call.then(FREE, released);
    }
}

#[test]
fn three_misunderstandings_of_a_question_lead_to_a_human() {
    let mut call = Conversation::with(site::german())
        .in_form()
        .after(said().address("Lindenstraße", "14").name("", "W"));
    call.caller(
        said(),
        "“Das habe ich nicht verstanden.”
         ask telephone again 1
         “Die Nummer, Ziffer für Ziffer?”",
    );
    call.caller(
        said(),
        "“Entschuldigung, ich habe es wieder nicht verstanden.”
         ask telephone again 2
         “Die Nummer, Ziffer für Ziffer?”
         “Sie können die Nummer auch mit den Tasten eingeben, am Ende mit Raute.”",
    );
    call.caller(said(), "hand over not_understood\n“Ich verbinde Sie.”");
    call.then(FREE, "release 200 not_understood");
}

#[test]
fn misunderstandings_of_another_question_count_anew() {
    let mut call = Conversation::with(site::german()).in_form().after(said()).after(said());
    call.caller(
        said().address("Lindenstraße", "14"),
        "keep address=Lindenstraße 14
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
    call.caller(said(), "“Das habe ich nicht verstanden.”\nask name again 1\n“Ihr Name, bitte?”");
}

#[test]
fn the_concern_is_asked_in_other_words_then_by_key_then_a_human_takes_over() {
    let mut call = Conversation::with(site::german()).begun();
    call.caller(said(), "ask concern\n“Worum geht es?”");
    call.caller(
        said(),
        "“Entschuldigung, ich habe es wieder nicht verstanden.”
         ask concern
         “Worum geht es?”
         “Für Heizung ausgefallen drücken Sie die 1. Für Wartung drücken Sie die 2. Für Rückruf drücken Sie die 3. \
         Für Buchhaltung drücken Sie die 4. Mit der Taste 0 erreichen Sie einen Menschen.”",
    );
    call.key(
        '3',
        "take up rueckruf
         keep concern Rückruf
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
}

#[test]
fn numbers_and_answers_can_be_keyed() {
    let mut call = Conversation::with(site::german())
        .in_form()
        .after(said().address("Lindenstraße", "14").name("", "W"));
    for digit in "0711999".chars() {
        call.key(digit, "");
    }
    call.key(
        '#',
        "keep telephone=0711999
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
    call.key('2', "look up\n“Ich sehe nach.”\norder hold heating at once from 2026-11-24T10:00:00");
    call.becomes(held(2, 24, 10), "offer\n“Herr Yilmaz kann morgen um 10 Uhr kommen. Passt das?”");
    call.key(
        '1',
        "read back
         “Herr Yilmaz kommt morgen um 10 Uhr zu W, Lindenstraße 14, Telefon 0 7 1 1, 9 9 9. Richtig?”
         listen yes-no address name telephone date-time free",
    );
    call.key('9', "say privacy\n“Wir speichern Ihre Angaben 90 Tage.”\nread back\n“Herr Yilmaz kommt morgen um 10 Uhr zu W, Lindenstraße 14, Telefon 0 7 1 1, 9 9 9. Richtig?”");
}

#[test]
fn a_pause_ends_a_keyed_number_and_a_single_zero_is_a_human() {
    let at_the_number =
        || Conversation::with(site::german()).in_form().after(said().address("L", "1").name("", "W"));
    let mut call = at_the_number();
    call.key('0', "");
    call.key('7', "");
    call.then(
        DialogueInput::Silence,
        "keep telephone=07\nlook up\n“Ich sehe nach.”\norder hold heating at once from 2026-11-23T09:05:00",
    );
    let mut call = at_the_number();
    call.key('0', "");
    call.then(DialogueInput::Silence, "hand over caller_asked\n“Ich verbinde Sie.”");
    call.then(FREE, "release 200 caller_asked");
}

#[test]
fn the_number_that_the_pbx_shows_is_offered_and_never_taken_unasked() {
    let mut call = Conversation::of(site::german(), Some("+4971123456")).in_form();
    call.caller(
        said().address("Lindenstraße", "14").name("", "Weber"),
        "keep address=Lindenstraße 14
         keep name=Weber
         confirm telephone
         “Erreichen wir Sie unter der Nummer plus 4 9, 7 1 1, 2 3 4, 5 6?”
         listen yes-no telephone",
    );
    call.caller(said().no(), "ask telephone\n“Ihre Nummer?”\nlisten telephone digits");
    // once refused, it is not offered again
    call.caller(
        said().house_number("6").corrects(),
        "keep address=Lindenstraße 6
         correct address
         “Gut, ich ändere das: Lindenstraße 6.”
         ask telephone again 1
         “Ihre Nummer?”",
    );
    for internal in ["200", "anonymous", ""] {
        let mut call = Conversation::of(site::german(), Some(internal)).in_form();
        call.caller(
            said().address("Lindenstraße", "14").name("", "Weber"),
            "keep address=Lindenstraße 14
             keep name=Weber
             ask telephone
             “Ihre Nummer?”
             listen telephone digits",
        );
    }
}

#[test]
fn silence_is_asked_about_once_and_then_leads_out() {
    let mut call = Conversation::with(site::german()).in_form();
    call.then(
        DialogueInput::Silence,
        "ask presence\n“Sind Sie noch da?”\nask address again 1\n“Wo ist das?”",
    );
    call.then(FREE, "");
    call.then(DialogueInput::Silence, "hand over silence\n“Ich verbinde Sie.”");
    call.then(FREE, "release 200 silence");
    let mut call = Conversation::with(site::german()).booked();
    call.then(
        DialogueInput::Silence,
        "ask presence\n“Sind Sie noch da?”\nask anything else\n“Sonst noch etwas?”",
    );
    call.then(FREE, "");
    call.then(DialogueInput::Silence, "goodbye\n“Auf Wiederhören.”");
    call.then(FREE, "hang up");
}

#[test]
fn what_is_broken_is_said_and_leads_out() {
    for mut call in everywhere(site::german) {
        let lines = call.lines_of(DialogueInput::Fault);
        assert!(
            lines.starts_with(&["hand over fault".to_owned(), "“Hier ist etwas gestört.”".to_owned()]),
            "{lines:?}"
        );
        call.then(FREE, "release - fault");
    }
}

#[test]
fn the_longest_call_ends_with_a_human() {
    let mut call = Conversation::with(site::german()).in_form();
    call.then(DialogueInput::TooLong, "hand over too_long\n“Ich verbinde Sie.” to its end");
    call.then(FREE, "release 200 too_long");
}

#[test]
fn impatience_is_offered_a_human() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().signal(Signal::Impatient),
        "offer human\n“Möchten Sie mit einem Menschen sprechen?”\nlisten yes-no",
    );
    call.caller(said().no(), "ask address again 1\n“Wo ist das?”\nlisten address");
    call.caller(
        said().signal(Signal::Impatient),
        "offer human\n“Möchten Sie mit einem Menschen sprechen?”\nlisten yes-no",
    );
    call.caller(
        said().address("Lindenstraße", "14"),
        "keep address=Lindenstraße 14\nask name\n“Wie heißen Sie?”\nlisten name spelling",
    );
}

#[test]
fn who_interrupts_a_goodbye_is_heard() {
    let mut call = Conversation::with(site::german()).booked();
    call.lines(said().no());
    call.then(INTERRUPTED, "");
    call.caller(
        said().house_number("6").corrects(),
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
    call.lines(said().no());
    call.then(INTERRUPTED, "");
    call.then(
        DialogueInput::Said { understood: said().signal(Signal::Goodbye).0, confidence: 0.9 },
        "hang up",
    );
}

#[test]
fn a_goodbye_that_is_answered_with_one_is_not_said_again() {
    let mut call = Conversation::with(site::german()).booked();
    call.lines(said().no());
    call.then(
        DialogueInput::Said { understood: said().yes().signal(Signal::Goodbye).0, confidence: 0.9 },
        "",
    );
    call.then(DialogueInput::Said { understood: said().0, confidence: 0.9 }, "");
    call.then(FREE, "hang up");
}

#[test]
fn what_was_said_last_is_said_again_and_slower() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(said().signal(Signal::Repeat), "repeat\n“Das ist ein Notfall.”\n“Wo ist das?”");
    call.key('*', "repeat\n“Das ist ein Notfall.”\n“Wo ist das?”");
    call.caller(said().signal(Signal::Slower), "slower\nspeak slowly\n“Das ist ein Notfall.”\n“Wo ist das?”");
    call.caller(said().signal(Signal::Wait), "wait\n“Gern, ich warte.”");
}

#[test]
fn questions_about_klinke_are_answered_everywhere() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().signal(Signal::AsksWhetherHuman),
        "say ai\n“Nein, ich bin eine KI.”\nask address again 1\n“Wo ist das?”",
    );
    call.caller(
        said().signal(Signal::AsksPrivacy),
        "say privacy\n“Wir speichern Ihre Angaben 90 Tage.”\nask address again 2\n“Wo ist das?”",
    );
    call.caller(
        said().signal(Signal::StopRecording).address("Lindenstraße", "14"),
        "stop recording
         “Es wird nichts aufgenommen.”
         keep address=Lindenstraße 14
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
}

#[test]
fn who_asked_for_time_gets_it() {
    let mut call = Conversation::with(site::german()).in_form().after(said().signal(Signal::Wait));
    let still_there = "ask presence\n“Sind Sie noch da?”\nask address again ";
    call.then(DialogueInput::Silence, &format!("{still_there}1\n“Wo ist das?”"));
    call.then(FREE, "");
    call.then(DialogueInput::Silence, &format!("{still_there}2\n“Wo ist das?”"));
    call.then(FREE, "");
    call.then(DialogueInput::Silence, "hand over silence\n“Ich verbinde Sie.”");
}
