//! Promise: a concern gets a number, the caller hears it digit by digit, and a correction keeps it.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, said, site};
use klinke::call::actions::Outcome;

#[test]
fn the_number_is_told_and_a_correction_keeps_it() {
    let mut call = Conversation::with(site::ticketing()).begun();
    call.caller(
        said().intent("reklamation").name("", "Weber"),
        "take up reklamation
         keep concern Reklamation
         keep name=Weber
         read back
         “Eine Reklamation von Weber. Richtig?”
         listen yes-no name free",
    );
    call.caller(said().yes(), "keep name=Weber, confirmed\norder ticket None [Reklamation] name=Weber");
    call.becomes(
        Outcome::Opened { ticket: 12 },
        "opened
         “Vorgang 0 0 1 2.”
         ask anything else
         “Sonst noch etwas?”
         listen yes-no free",
    );
    call.caller(
        said().name("", "Wagner").corrects(),
        "keep name=Wagner
         correct name
         “Gut, ich ändere das: Wagner.”
         order ticket Some(12) [Reklamation] name=Wagner",
    );
    call.becomes(
        Outcome::Opened { ticket: 12 },
        "opened
         “Vorgang 0 0 1 2.”
         ask anything else
         “Sonst noch etwas?”",
    );
}
