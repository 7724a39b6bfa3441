//! How often something is asked for, what happens then, and when the caller is asked whether it was heard rightly: as the
//! site says.

mod dialogue_scripts;

use dialogue_scripts::{Conversation, said, site};
use klinke::call::understanding::SlotKind;
use klinke::config::site::{Confirm, Otherwise, Site, Slot};

/// The call-back with a customer number of that make behind the name.
fn site(change: impl FnOnce(Slot) -> Slot) -> Site {
    let mut site = site::german();
    let form = site.forms.iter_mut().find(|form| form.name == "rueckruf").expect("the form");
    let slot = site::slot("kunde", SlotKind::Digits, &["Ihre Kundennummer?", "Die Nummer?", "Ziffern?"]);
    form.slots.insert(1, change(slot));
    form.read_back = "{name}[, Kunde {kunde}], {telephone}. Richtig?".to_owned();
    site
}

/// Up to the open question for the customer number.
fn asked(change: impl FnOnce(Slot) -> Slot) -> Conversation {
    Conversation::with(site(change)).begun().after(said().intent("rueckruf").name("", "Weber"))
}

fn customer() -> dialogue_scripts::Said {
    said().value(klinke::call::understanding::Value::Digits { value: "4711".to_owned().into() })
}

#[test]
fn it_is_asked_for_as_often_as_the_site_says() {
    let mut call = asked(|slot| Slot { asks_max: Some(2), otherwise: Some(Otherwise::Skip), ..slot });
    call.caller(said(), "“Das habe ich nicht verstanden.”\nask kunde again 1\n“Die Nummer?”");
    call.caller(
        said(),
        "pass over kunde
         “Das lassen wir offen.”
         ask telephone
         “Ihre Nummer?”
         listen telephone digits",
    );
    let mut call = asked(|slot| Slot { asks_max: Some(1), ..slot });
    call.caller(said(), "hand over not_understood\n“Ich verbinde Sie.”");
}

#[test]
fn what_is_optional_may_be_asked_for_more_than_once() {
    let mut call = asked(|slot| Slot { optional: true, asks_max: Some(2), ..slot });
    call.caller(said().words("krr"), "“Das habe ich nicht verstanden.”\nask kunde again 1\n“Die Nummer?”");
    // who has none is not asked again
    call.caller(
        said().words("weiß ich nicht"),
        "pass over kunde
         “In Ordnung.”
         ask telephone
         “Ihre Nummer?”
         listen telephone digits",
    );
}

#[test]
fn the_words_are_noted_as_they_were_heard_and_not_read_out() {
    let note = |slot| Slot { asks_max: Some(1), otherwise: Some(Otherwise::Note), ..slot };
    let mut call = asked(note);
    call.caller(
        said().words("K wie Konrad strich elf"),
        "keep words for kunde
         “Ich notiere es so, wie ich es gehört habe.”
         keep kunde=wie gehört: K wie Konrad strich elf
         ask telephone
         “Ihre Nummer?”
         listen telephone digits",
    );
    call.caller(
        said().telephone("071199"),
        "keep telephone=071199
         read back
         “Weber, 0 7 1 1, 9 9. Richtig?”
         listen yes-no name digits telephone free",
    );
    let mut corrected = asked(note).after(said().words("elf")).after(said().telephone("071199"));
    // nobody agreed to what nobody heard
    call.caller(
        said().yes(),
        "keep name=Weber, confirmed
         keep telephone=071199, confirmed
         order note [Rückruf] name=Weber; kunde=wie gehört: K wie Konrad strich elf; telephone=071199",
    );
    let done = corrected.lines(customer());
    assert!(done.contains(&"keep kunde=4711".to_owned()), "{done:?}");
    // nothing was heard at all
    let done = asked(note).lines(said());
    assert!(done.contains(&"pass over kunde".to_owned()), "{done:?}");
}

#[test]
fn what_was_half_heard_and_not_settled_is_noted_and_what_was_refused_is_not() {
    let note = |slot| Slot { asks_max: Some(1), otherwise: Some(Otherwise::Note), ..slot };
    let doubted = || asked(note).after(customer().unsure(0.5));
    let done = doubted().lines(said().words("hm"));
    assert!(done.contains(&"keep kunde=wie gehört: 4711".to_owned()), "{done:?}");
    let done = doubted().lines(said().no());
    assert!(done.contains(&"pass over kunde".to_owned()), "{done:?}");
    assert!(!done.iter().any(|line| line.starts_with("keep")), "{done:?}");
}

#[test]
fn it_is_confirmed_always_where_in_doubt_or_never() {
    let sure = |confirm| asked(move |slot| Slot { confirm, ..slot }).lines(customer());
    let unsure = |confirm| asked(move |slot| Slot { confirm, ..slot }).lines(customer().unsure(0.5));
    let (asks, takes) = ("confirm kunde".to_owned(), "keep kunde=4711".to_owned());
    assert_eq!(sure(Confirm::Always)[0], asks);
    assert_eq!(unsure(Confirm::Always)[0], asks);
    assert_eq!(sure(Confirm::Doubtful)[0], takes);
    assert_eq!(unsure(Confirm::Doubtful)[0], asks);
    assert_eq!(sure(Confirm::Never)[0], takes);
    assert_eq!(unsure(Confirm::Never)[0], takes);
}

/// The visit whose address is confirmed every time.
fn careful() -> Conversation {
    let mut site = site::german();
    site.forms[0].slots[0].confirm = Confirm::Always;
    Conversation::with(site).in_form()
}

#[test]
fn what_is_always_confirmed_is_confirmed_as_a_whole_and_again_when_it_is_corrected() {
    let mut call = careful();
    call.caller(
        said().address("Lindenstraße", ""),
        "keep address=Lindenstraße
         ask address again 1
         “Und welche Hausnummer, bitte?”
         listen address number",
    );
    call.caller(
        said().number(14),
        "confirm address
         “Ich habe Lindenstraße 14 verstanden, stimmt das?”
         listen yes-no address",
    );
    call.caller(
        said().yes(),
        "keep address=Lindenstraße 14, confirmed
         ask name
         “Wie heißen Sie?”
         listen name spelling",
    );
    call.caller(
        said().house_number("16").corrects(),
        "confirm address
         “Ich habe Lindenstraße 16 verstanden, stimmt das?”
         listen yes-no address",
    );
}

#[test]
fn what_is_known_and_not_confirmed_yet_is_confirmed_in_the_next_concern() {
    let mut site = site(|slot| slot);
    site.forms[1].slots[0].confirm = Confirm::Always;
    let mut call =
        Conversation::with(site).in_form().after(said().address("Lindenstraße", "14").name("", "Weber"));
    let done = call.lines(said().intent("rueckruf"));
    assert!(done.contains(&"“Ich habe Weber verstanden, stimmt das?”".to_owned()), "{done:?}");
}
