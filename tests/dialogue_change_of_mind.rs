//! Who changes his mind in the middle of a form gets what he wants now, with what he has already said; who only answers
//! in words of another concern is not led away.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, said, site};
use klinke::config::site::Intent;

/// Up to the open question for the name, in a visit that is no emergency.
fn asked_for_name() -> Conversation {
    Conversation::with(site::german())
        .begun()
        .after(said().intent("wartung"))
        .after(said().address("Lindenstraße", "14"))
}

const CALL_BACK: &str = "take up rueckruf
    keep concern Rückruf
    “Gut, also: Rückruf.”
    ask name
    “Wie heißen Sie?”";

#[test]
fn a_concern_among_other_words_leads_away_from_the_open_question() {
    // hardly heard, but announced
    for words in [
        "ach nein wissen Sie was ich möchte doch lieber einen Rückruf",
        "eigentlich brauche ich nur einen Rückruf",
        "actually I would like a call",
    ] {
        asked_for_name().caller(said().likely("rueckruf", 0.5).words(words), CALL_BACK);
    }
    // surely heard
    asked_for_name().caller(said().likely("rueckruf", 0.8).words("rufen Sie mich bitte zurück"), CALL_BACK);
}

#[test]
fn what_is_neither_sure_nor_announced_does_not_lead_away() {
    asked_for_name().caller(
        said().likely("rueckruf", 0.6).words("ja ähm rufen"),
        "“Das habe ich nicht verstanden.”\nask name again 1\n“Ihr Name, bitte?”",
    );
    asked_for_name().caller(
        said().likely("rueckruf", 0.3).words("ach nein eigentlich"),
        "“Das habe ich nicht verstanden.”\nask name again 1\n“Ihr Name, bitte?”",
    );
}

#[test]
fn an_answer_in_words_of_another_concern_is_an_answer() {
    let answer = "keep name=Weber
        ask telephone
        “Ihre Nummer?”
        listen telephone digits";
    for words in ["zurückrufen können Sie Weber", "eigentlich für den Rückruf Weber"] {
        asked_for_name().caller(said().likely("rueckruf", 0.9).name("", "Weber").words(words), answer);
    }
    // a number that was hardly heard is a number all the same
    let mut call = asked_for_name().after(said().name("", "Weber"));
    call.caller(
        said()
            .likely("rueckruf", 0.9)
            .telephone("0711")
            .unsure(0.5)
            .words("zurückrufen unter null sieben elf"),
        "confirm telephone
         “Ich habe 0 7 1 1 verstanden, stimmt das?”
         listen yes-no telephone",
    );
    // a name in doubt is one where it is likelier than the concern
    let mut call = asked_for_name();
    call.caller(
        said().likely("rueckruf", 0.45).name("", "Weber").unsure(0.6).words("eigentlich rufen Sie Weber"),
        "confirm name
         “Ich habe Weber verstanden, stimmt das?”
         listen yes-no name",
    );
}

#[test]
fn what_was_said_is_kept_where_the_new_concern_needs_it() {
    let mut call = asked_for_name().after(said().name("Frau", "Weber"));
    let words = "vergessen Sie das null sieben elf neun neun und rufen Sie mich lieber zurück";
    call.caller(
        said().intent("rueckruf").telephone("071199").words(words),
        "take up rueckruf
         keep concern Rückruf
         keep telephone=071199
         “Gut, also: Rückruf.”
         read back
         “Wir rufen Frau Weber zurück, Telefon 0 7 1 1, 9 9. Richtig?”
         listen yes-no name telephone free",
    );
}

#[test]
fn the_day_that_was_wished_is_kept_and_an_emergency_waits_for_none() {
    let mut site = site::german();
    let bath = Intent { name: "bad".to_owned(), title: "Bad".to_owned(), ..site.intents[1].clone() };
    site.intents.push(bath);
    let mut wished =
        Conversation::with(site).begun().after(said().intent("bad").day(26).address("Lindenstraße", "14"));
    let all = said().intent("wartung").words("stattdessen eine Wartung").name("", "Weber");
    let done = wished.lines(all.telephone("071123456"));
    assert!(
        done.contains(&"order hold heating from 2026-11-26T07:00:00 until 2026-11-26T20:00:00".to_owned()),
        "{done:?}"
    );
    let mut urgent = Conversation::with(site::german()).begun().after(said().intent("wartung").day(26));
    urgent.caller(
        said().likely("heizung", 0.5).words("nein warten Sie eigentlich ist sie ganz ausgefallen"),
        "take up heizung, an emergency
         keep concern Heizung ausgefallen
         “Das ist ein Notfall.”
         ask address
         “Wo ist das?”",
    );
}

#[test]
fn a_correction_of_what_was_read_back_is_no_new_concern() {
    let mut call = Conversation::with(site::german()).read_back();
    let words = "nein die Nummer zum Zurückrufen ist null sieben elf neun neun";
    call.caller(
        said().no().intent("rueckruf").telephone("071199").corrects().words(words),
        "keep telephone=071199
         correct telephone
         “Entschuldigung, ich ändere das: 0 7 1 1, 9 9.”
         read back
         “Stimmt jetzt alles?”",
    );
}
