//! A caller gets a technician: whole conversations from the greeting to the goodbye.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, held, said, site};
use klinke::call::actions::Outcome;
use klinke::call::dialogue::DialogueInput;
use klinke::call::understanding::Signal;

const END: DialogueInput = DialogueInput::FloorFree { interrupted: false };
const CUT: DialogueInput = DialogueInput::FloorFree { interrupted: true };

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
    call.then(END, "");
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
    // the caller corrects himself
    call.caller(
        said().house_number("16").corrects(),
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
}

#[test]
fn the_rest_of_that_emergency() {
    let mut call = Conversation::with(site::german()).offered();
    // "so gegen … naja, vielleicht Donnerstag?"
    call.caller(
        said().day(26).hedged(),
        "look up
         “Ich sehe nach.”
         order hold heating at once from 2026-11-26T00:00:00 until 2026-11-27T00:00:00",
    );
    call.becomes(
        held(2, 26, 8),
        "offer
         “Herr Yilmaz kann am Donnerstag, den 26. November, um 8 Uhr kommen. Passt das?”",
    );
    // the caller interrupts the read-back with his yes
    call.then(
        DialogueInput::Said { understood: said().yes().0, confidence: 0.9 },
        "read back
         “Herr Yilmaz kommt am Donnerstag, den 26. November, um 8 Uhr zu Frau Weber, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”
         listen yes-no address name telephone date-time free",
    );
    call.then(CUT, "");
    call.caller(
        said().yes(),
        "keep address=Lindenstraße 14, confirmed
         keep name=Frau Weber, confirmed
         keep telephone=071123456, confirmed
         order book 2 [Heizung ausgefallen!] address=Lindenstraße 14; name=Frau Weber; telephone=071123456",
    );
    call.becomes(
        Outcome::Booked { appointment: 7 },
        "booked
         “Herr Yilmaz kommt am Donnerstag, den 26. November, um 8 Uhr.”
         “Sonst noch etwas?”
         listen yes-no free",
    );
    call.caller(said().no().signal(Signal::Goodbye), "goodbye\n“Auf Wiederhören.”");
    call.then(END, "hang up");
}
