//! Back: question by question, in words and by key; what was stored there goes and is asked for again.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, FREE, Said, said, site};
use klinke::call::dialogue::DialogueInput;
use klinke::call::understanding::{Signal, SlotKind};
use klinke::config::site::Slot;

/// Up to the open question for the number.
fn asked_for_number() -> Conversation {
    Conversation::with(site::german())
        .in_form()
        .after(said().address("Lindenstraße", "14"))
        .after(said().name("Frau", "Weber"))
}

fn back() -> Said {
    said().words("bitte eine Frage zurück").signal(Signal::Back)
}

const TO_NAME: &str = "step back to name
    “Gut, ich streiche Frau Weber.”
    keep name=
    ask name again 1
    “Wie heißen Sie?”
    listen name spelling";
const TO_ADDRESS: &str = "step back to address
    “Gut, ich streiche Lindenstraße 14.”
    keep address=
    ask address again 1
    “Wo ist das?”
    listen address";

#[test]
fn it_goes_back_question_by_question_and_at_last_to_the_concern() {
    let mut call = asked_for_number();
    call.caller(back(), TO_NAME);
    call.caller(back(), TO_ADDRESS);
    call.caller(back(), "“Gut, noch einmal von vorn.”\nask concern\n“Worum geht es?”\nlisten free");
    call.caller(back(), "“Das ist schon die erste Frage.”\nask concern\n“Worum geht es?”");
    call.caller(back(), "hand over not_understood\n“Ich verbinde Sie.”");
}

#[test]
fn it_goes_on_from_where_it_went_back_to() {
    let mut call = asked_for_number().after(back()).after(back());
    call.caller(
        said().address("Gartenweg", "2"),
        "keep address=Gartenweg 2
         ask name again 2
         “Wie heißen Sie?”
         listen name spelling",
    );
}

#[test]
fn whole_sentences_and_the_hash_key_mean_the_same() {
    for words in
        ["die letzte Angabe war falsch", "könnten wir noch mal einen Schritt zurück", "please go back"]
    {
        asked_for_number().caller(said().words(words), TO_NAME);
    }
    let mut call = asked_for_number();
    call.key('#', TO_NAME);
    call.key('#', TO_ADDRESS);
}

#[test]
fn a_hash_that_comes_after_a_keyed_number_was_taken_belongs_to_it() {
    let mut site = site::german();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    form.slots.swap(0, 1);
    let mut call = Conversation::with(site).begun().after(said().intent("rueckruf"));
    for digit in "0711999".chars() {
        call.key(digit, "");
    }
    call.then(
        DialogueInput::Silence,
        "keep telephone=0711999\nask name\n“Wie heißen Sie?”\nlisten name spelling",
    );
    call.then(FREE, "");
    call.key('#', "repeat\n“Wie heißen Sie?”");
    call.key(
        '#',
        "step back to telephone
         “Gut, ich streiche 0 7 1 1, 9 9 9.”
         keep telephone=
         ask telephone again 1
         “Ihre Nummer?”
         listen telephone digits",
    );
}

#[test]
fn a_hash_behind_an_answer_by_key_takes_nothing_back() {
    let mut call = Conversation::with(site::german()).offered();
    let read_back = "read back
         “Herr Yilmaz kommt morgen früh um 8 Uhr zu Frau Weber, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free";
    call.key('1', read_back);
    call.key(
        '#',
        &read_back
            .replace("read back", "repeat")
            .replace("listen yes-no address name telephone date-time free", ""),
    );
    let done = call.keyed('#');
    assert!(done.contains(&"offer".to_owned()), "{done:?}");
}

#[test]
fn back_from_the_read_back_lies_the_offer_and_behind_it_the_form() {
    let mut call = Conversation::with(site::german()).read_back();
    call.caller(
        back(),
        "“Gut, eine Frage zurück.”
         offer
         “Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
    call.caller(
        back(),
        "step back to telephone
         “Gut, ich streiche 0 7 1 1, 2 3 4, 5 6.”
         keep telephone=
         ask telephone
         “Ihre Nummer?”
         listen telephone digits",
    );
    // the offer still stands
    call.caller(
        said().telephone("071199"),
        "keep telephone=071199
         offer
         “Herr Yilmaz kann morgen früh um 8 Uhr kommen. Passt das?”
         listen yes-no date-time",
    );
}

#[test]
fn a_value_in_doubt_is_asked_for_again_and_one_that_was_passed_over_too() {
    let mut call = Conversation::with(site::german()).in_form();
    call.caller(
        said().address("Lindenstraße", "14").unsure(0.5),
        "confirm address
         “Ich habe Lindenstraße 14 verstanden, stimmt das?”
         listen yes-no address",
    );
    call.caller(
        back(),
        "“Gut, eine Frage zurück.”
         ask address again 1
         “Wo ist das?”
         listen address",
    );
    let mut site = site::german();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    form.slots
        .insert(0, Slot { optional: true, ..site::slot("kunde", SlotKind::Digits, &["Ihre Kundennummer?"]) });
    let mut call =
        Conversation::with(site).begun().after(said().intent("rueckruf")).after(said().words("keine Ahnung"));
    call.caller(
        back(),
        "step back to kunde
         “Gut, eine Frage zurück.”
         ask kunde again 1
         “Ihre Kundennummer?”
         listen digits",
    );
}

#[test]
fn back_from_the_number_that_the_pbx_shows_lies_the_question_before_it() {
    let mut call = Conversation::of(site::german(), Some("+4971123456"))
        .in_form()
        .after(said().address("Lindenstraße", "14"))
        .after(said().name("Frau", "Weber"));
    call.caller(back(), TO_NAME);
    call.caller(
        said().name("", "Wagner"),
        "keep name=Wagner
         confirm telephone
         “Erreichen wir Sie unter der Nummer plus 4 9, 7 1 1, 2 3 4, 5 6?”
         listen yes-no telephone",
    );
}

#[test]
fn in_english_too() {
    let mut call = Conversation::with(site::english())
        .begun()
        .after(said().intent("heizung"))
        .after(said().address("Mill Lane", "4"));
    call.caller(
        said().words("sorry one step back please"),
        "step back to address
         “All right, I have removed 4 Mill Lane.”
         keep address=
         ask address again 1
         “Where is it?”
         listen address",
    );
}
