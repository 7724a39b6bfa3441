//! Promise: who is in a hurry hears short sentences, who is in distress is asked one thing at a time, and who was heard
//! wrongly gets one word of apology. Only the wording changes: what is asked, stored and done stays the same.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, Said, said, site};
use klinke::call::understanding::Signal;
use klinke::config::site::{Site, Texts};

/// Heizung Brandt with short wordings.
fn site() -> Site {
    let mut site = site::german();
    site.short = Texts { anything_else: "Noch etwas?".to_owned(), ..site.short };
    let visit = &mut site.forms[0];
    visit.slots[1].short = Some("Ihr Name?".to_owned());
    visit.read_back = "[Ich fasse zusammen: ]{technician} kommt {start} zu {name}, {address}, Telefon {telephone}. Richtig?"
        .to_owned();
    site
}

fn impatient() -> Said {
    said().signal(Signal::Impatient)
}

fn distressed() -> Said {
    said().signal(Signal::Distressed)
}

/// What was said of it.
fn spoken(lines: &[String]) -> Vec<&str> {
    lines.iter().filter(|line| line.starts_with('“')).map(String::as_str).collect()
}

#[test]
fn who_is_in_a_hurry_hears_short_sentences() {
    let mut call = Conversation::with(site()).in_form();
    call.caller(
        impatient().address("Lindenstraße", "14"),
        "keep address=Lindenstraße 14
         ask name
         “Ihr Name?”
         listen name spelling",
    );
    let lines = call.lines(said());
    assert_eq!(
        spoken(&lines),
        ["“Das habe ich nicht verstanden.”", "“Ihr Name, bitte?”"],
        "asked in other words"
    );
    let lines = call.lines(said());
    assert!(lines.contains(&"“Mit der Taste 0 erreichen Sie einen Menschen.”".to_owned()), "{lines:?}");
}

#[test]
fn padding_and_politeness_fall_away_in_a_hurry() {
    let mut call = Conversation::with(site()).offered();
    let lines = call.lines(impatient().yes());
    assert_eq!(
        spoken(&lines),
        [
            "“Herr Yilmaz kommt morgen früh um 8 Uhr zu Frau Weber, Lindenstraße 14, Telefon 0 7 1 1, 2 3 4, 5 6. Richtig?”"
        ]
    );
    let mut call = Conversation::with(site()).offered();
    let lines = call.lines(said().yes());
    assert!(spoken(&lines)[0].starts_with("“Ich fasse zusammen: Herr Yilmaz kommt"), "{lines:?}");
}

#[test]
fn after_five_calm_answers_klinke_speaks_as_at_first() {
    let mut call = Conversation::with(site()).booked().after(impatient());
    let asked = |call: &mut Conversation| {
        let lines = call.lines(said().signal(Signal::AsksPrivacy));
        spoken(&lines).last().copied().unwrap_or_default().to_owned()
    };
    call.lines(said().no());
    for calm in 2..5 {
        assert_eq!(asked(&mut call), "“Noch etwas?”", "{calm}");
    }
    assert_eq!(asked(&mut call), "“Sonst noch etwas?”");
}

#[test]
fn who_is_in_distress_is_asked_one_thing_at_a_time_and_hears_no_hints() {
    let mut call = Conversation::with(site()).begun();
    let lines = call.lines(distressed().intent("wartung"));
    assert_eq!(spoken(&lines), ["“Ich helfe Ihnen, eins nach dem anderen.”", "“In welcher Straße ist das?”"]);
    let lines = call.lines(distressed().address("Lindenstraße", ""));
    assert_eq!(spoken(&lines), ["“Und welche Hausnummer, bitte?”"], "comfort is said once");
    for _ in 0..2 {
        let lines = call.lines(said());
        assert!(!spoken(&lines).iter().any(|line| line.contains("Tasten")), "{lines:?}");
    }
}

#[test]
fn danger_goes_before_every_tone() {
    let mut call = Conversation::with(site()).in_form();
    let lines = call.lines(distressed().signal(Signal::DangerToLife).signal(Signal::Impatient));
    assert_eq!(spoken(&lines)[0], "“Wählen Sie 112.” to its end");
}

#[test]
fn who_was_heard_wrongly_gets_an_apology_and_never_two_in_a_row() {
    let mut call = Conversation::with(site::german()).read_back();
    let apologies = |lines: Vec<String>| lines.iter().filter(|line| line.contains("Entschuldigung")).count();
    assert_eq!(apologies(call.lines(said().no().house_number("6").corrects())), 1);
    assert_eq!(apologies(call.lines(said().no().house_number("7").corrects())), 0);
    assert_eq!(apologies(call.lines(said().no().house_number("8").corrects())), 1);
    assert_eq!(apologies(call.lines(said().yes())), 0);
    // "das habe ich nicht gesagt"
    let mut call = Conversation::with(site::german()).in_form().after(said().address("Lindenstraße", "14"));
    assert_eq!(apologies(call.lines(said().no().signal(Signal::Back))), 1);
    // who loses patience because he was not understood, and at once again
    let mut call = Conversation::with(site::german()).in_form().after(said());
    assert_eq!(apologies(call.lines(impatient())), 1);
    assert_eq!(apologies(call.lines(impatient())), 0);
}

#[test]
fn a_change_of_mind_is_no_fault_of_klinkes() {
    let mut call = Conversation::with(site::german()).in_form().after(said().address("Lindenstraße", "14"));
    for said in
        [said().signal(Signal::Back), said().house_number("6").corrects(), impatient().name("", "Weber")]
    {
        let lines = call.lines(said);
        assert!(!lines.iter().any(|line| line.contains("Entschuldigung")), "{lines:?}");
    }
}

/// Moves, orders and entries of the same call, told patiently or not.
#[test]
fn nothing_but_the_wording_changes_and_nothing_of_it_is_kept() {
    let held = |tone: &dyn Fn(Said) -> Said| {
        let mut call = Conversation::with(site()).begun();
        let mut done = call.lines(tone(said().intent("rueckruf")));
        for said in
            [said().name("", "Weber"), said().telephone("071123456"), said().no(), said().name("", "Wagner")]
        {
            done.extend(call.lines(tone(said)));
        }
        done.extend(call.lines(tone(said().yes())));
        done.retain(|line| !line.starts_with('“'));
        done
    };
    let plain = held(&|said| said);
    assert!(plain.iter().any(|line| line.starts_with("order note")), "{plain:?}");
    assert_eq!(plain, held(&|said| said.signal(Signal::Impatient)));
    assert_eq!(plain, held(&|said| said.signal(Signal::Distressed)));
}
