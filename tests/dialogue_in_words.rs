//! Whole conversations with the demonstration's site, from the caller's words on.

mod dialogue_scripts;

use std::path::Path;
use std::sync::Arc;

use dialogue_scripts::{held, lines::line};
use jiff::Zoned;
use jiff::civil::date;
use klinke::call::actions::{Order, OrderId, Outcome};
use klinke::call::dialogue::{Dialogue, DialogueInput, DialogueOutput};
use klinke::call::hearing::{Expect, Transcript};
use klinke::call::line::Arrival;
use klinke::call::understanding::Understander;
use klinke::config::site::Site;

/// A caller who speaks, and everything that Klinke did, as lines.
struct Call {
    dialogue: Dialogue,
    understander: Understander,
    site: Arc<Site>,
    expect: Vec<Expect>,
    pending: Option<OrderId>,
}

impl Call {
    fn begun() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/klinke.toml");
        let config = klinke::config::load(&file).expect("the demonstration's configuration");
        let site = Arc::new(config.sites.into_iter().next().expect("a site"));
        let dialogue = Dialogue::new(Arc::clone(&site), Arrival::default());
        let understander = Understander::new(&site);
        let mut call = Self { dialogue, understander, site, expect: vec![Expect::Free], pending: None };
        call.input(DialogueInput::Began);
        call
    }

    fn input(&mut self, input: DialogueInput) -> Vec<String> {
        let now = self.now();
        let mut out = Vec::new();
        self.dialogue.handle(&now, input, &mut out);
        for output in &out {
            match output {
                DialogueOutput::Listen(expect) => self.expect.clone_from(expect),
                DialogueOutput::Order(_, Order::ReleaseAppointment { .. }) => {}
                DialogueOutput::Order(id, _) => self.pending = Some(*id),
                _ => {}
            }
        }
        out.iter().map(line).collect()
    }

    /// What Klinke does when the caller says this, after Klinke has said everything.
    fn says(&mut self, words: &str) -> Vec<String> {
        self.input(DialogueInput::FloorFree { interrupted: false });
        let understood = self.understander.understand(&Transcript::typed(words), &self.now(), &self.expect);
        self.input(DialogueInput::Said { understood, confidence: 1.0 })
    }

    /// What Klinke does when the order that is under way becomes this.
    fn becomes(&mut self, outcome: Outcome) -> Vec<String> {
        let id = self.pending.take().expect("an order is under way");
        self.input(DialogueInput::Outcome(id, outcome))
    }

    fn now(&self) -> Zoned {
        let now = date(2026, 11, 23).at(9, 5, 0, 0);
        now.to_zoned(self.site.time_zone.clone()).expect("a moment")
    }
}

/// Fails where one of the lines is not among what Klinke did.
#[track_caller]
fn among(done: &[String], expected: &[&str]) {
    for line in expected {
        assert!(done.iter().any(|done| done == line), "{line}\nis not among\n{}", done.join("\n"));
    }
}

#[test]
fn the_demonstration_is_booked() {
    let mut call = Call::begun();
    let done = call.says("guten tag unsere heizung ist ausgefallen und es ist eiskalt");
    among(&done, &["take up heating_failure, an emergency", "ask address", "listen address"]);
    among(&call.says("lindenstraße vierzehn"), &["keep address=Lindenstraße 14", "ask name"]);
    let done = call.says("äh nein die hausnummer ist sechzehn");
    among(&done, &["keep address=Lindenstraße 16", "correct address", "ask name again 1"]);
    among(&call.says("mein name ist weber"), &["keep name=Weber", "ask telephone"]);
    let done = call.says("null sieben eins eins zwei drei vier fünf sechs");
    among(&done, &["keep telephone=071123456", "order hold heating at once from 2026-11-23T09:05:00"]);
    among(&call.becomes(held(1, 24, 8)), &["offer", "listen yes-no date-time"]);
    let done = call.says("so gegen äh naja vielleicht donnerstag");
    let thursday = "order hold heating at once from 2026-11-26T07:00:00 until 2026-11-26T20:00:00";
    among(&done, &["look up", thursday]);
    among(&call.becomes(held(2, 26, 8)), &["offer"]);
    among(&call.says("ja das passt"), &["read back"]);
    let done = call.says("nein die hausnummer ist sechs");
    among(&done, &["keep address=Lindenstraße 6", "correct address", "read back"]);
    let booked =
        "order book 2 [Heizung ausgefallen!] address=Lindenstraße 6; name=Weber; telephone=071123456";
    among(&call.says("ja genau"), &["keep address=Lindenstraße 6, confirmed", booked]);
    among(&call.becomes(Outcome::Booked { appointment: 7, code: None }), &["booked"]);
    among(&call.says("nein danke das war alles"), &["goodbye"]);
}

#[test]
fn much_at_once_another_time_a_correction_and_a_goodbye_in_one_breath() {
    let mut call = Call::begun();
    let done = call.says(
        "ja hallo hier ist frau doktor müller aus der lindenstraße vierzehn in vaihingen \
         die heizung muss gewartet werden",
    );
    let kept = ["keep name=Frau Doktor Müller", "keep address=Lindenstraße 14, Vaihingen", "ask telephone"];
    among(&done, &kept);
    among(&call.says("wie bitte"), &["repeat", "“Unter welcher Telefonnummer erreichen wir Sie?”"]);
    let done = call.says("null eins sieben eins vier vier fünf fünf sechs sechs");
    among(&done, &["keep telephone=0171445566"]);
    call.becomes(held(1, 24, 8));
    among(&call.says("nein da kann ich nicht"), &["order hold heating from 2026-11-24T10:00:00"]);
    call.becomes(held(2, 25, 8));
    let done = call.says("geht es auch am freitag nachmittag");
    among(&done, &["order hold heating from 2026-11-27T13:00:00 until 2026-11-27T18:00:00"]);
    call.becomes(held(3, 27, 14));
    among(&call.says("ja gern um vierzehn uhr"), &["read back"]);
    among(&call.says("nein"), &["“Was soll ich ändern?”"]);
    let done = call.says("die telefonnummer ist null eins sieben eins vier vier fünf fünf sechs sieben");
    among(&done, &["keep telephone=0171445567", "read back"]);
    call.says("ja stimmt vielen dank auf wiederhören");
    among(&call.becomes(Outcome::Booked { appointment: 7, code: None }), &["booked", "goodbye"]);
}

#[test]
fn a_question_is_answered_in_between() {
    let mut call = Call::begun();
    among(&call.says("können sie mich zurückrufen"), &["take up call_back", "ask name"]);
    among(&call.says("sind sie ein mensch"), &["say ai", "ask name again 1"]);
    among(&call.says("müller"), &["keep name=Müller", "ask telephone"]);
    among(&call.says("wie sind ihre öffnungszeiten"), &["answer opening_hours", "ask telephone again 1"]);
    among(&call.says("ich will mit einem menschen sprechen"), &["hand over caller_asked"]);
}

#[test]
fn gas_is_danger_whatever_the_site_would_do() {
    let mut call = Call::begun();
    among(&call.says("bei uns riecht es nach gas"), &["say danger", "hand over danger"]);
}
