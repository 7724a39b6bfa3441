//! Promise to administrators: a handful of example sentences is enough to tell what callers want, and a caller who
//! wants something else is not taken for one who does not.

#[path = "understanding/held_out.rs"]
mod held_out;
#[path = "understanding/intent_task.rs"]
mod intent_task;
#[path = "understanding/notation.rs"]
#[expect(dead_code, reason = "only its clock is used here")]
mod notation;
#[path = "understanding/site.rs"]
mod site;
#[path = "understanding/xsid.rs"]
mod xsid;

use std::sync::Arc;

use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{Clash, Meaning, Understander, clashes};
use klinke::config::site::Language;
use klinke::models::sentences::SentenceEncoder;

use intent_task::{Task, measure};
use notation::moment;

/// What callers say that is none of the site's examples, as a recogniser delivers it, with what they want.
const HELD_OUT: &[(&str, &str)] = &[
    ("guten tag unsere heizung ist ausgefallen", "heating_down"),
    ("ja hallo bei uns ist die heizung kaputt es ist eiskalt", "heating_down"),
    ("ich habe einen heizungsausfall", "heating_down"),
    ("die heizung funktioniert seit gestern nicht mehr", "heating_down"),
    ("wir haben kein warmwasser", "heating_down"),
    ("die heizkörper bleiben alle kalt", "heating_down"),
    ("unsere therme zeigt eine störung an", "heating_down"),
    ("die heizung geht einfach nicht an", "heating_down"),
    ("äh also meine heitzung ist ausgefalln", "heating_down"),
    ("bei uns ist ein wasserrohr geplatzt", "water_leak"),
    ("im keller steht das wasser", "water_leak"),
    ("unter dem waschbecken tropft es", "water_leak"),
    ("ein heizkörper ist undicht und tropft", "water_leak"),
    ("ich glaube wir haben einen rohrbruch", "water_leak"),
    ("das wasser läuft die decke runter", "water_leak"),
    ("ich möchte gern meine heizung warten lassen", "maintenance"),
    ("ich wollte einen wartungstermin ausmachen", "maintenance"),
    ("es geht um die wartung unserer therme", "maintenance"),
    ("die anlage muss mal wieder gewartet werden", "maintenance"),
    ("ich bräuchte ein angebot für eine wärmepumpe", "offer"),
    ("was würde denn eine neue heizung kosten", "offer"),
    ("wir möchten unser badezimmer sanieren lassen", "offer"),
    ("können sie mir ein angebot machen", "offer"),
    ("es geht um eine rechnung von ihnen", "invoice"),
    ("die rechnung ist falsch", "invoice"),
    ("ich habe eine frage zu meiner rechnung", "invoice"),
    ("ich hab von ihnen eine mahnung gekriegt", "invoice"),
    ("wann haben sie denn geöffnet", "opening_hours"),
    ("wie sind denn ihre öffnungszeiten", "opening_hours"),
    ("haben sie samstags auf", "opening_hours"),
];

/// What is none of the site's business.
const NONE: &[&str] = &[
    "ich möchte einen tisch für vier personen reservieren",
    "können sie mir den weg zum bahnhof sagen",
    "wie wird das wetter morgen",
    "ich wollte eine pizza bestellen",
    "mein hund hat durchfall",
    "wo ist denn der nächste supermarkt",
    "ich möchte bitte ein rezept abholen",
    "spielen sie etwas musik",
    "guten tag",
    "ja genau",
    "mein name ist sabine weber",
    "lindenstraße vierzehn",
    "am donnerstag um zehn",
    "ich habe mich verwählt",
    "mein auto springt nicht an",
    "äh also ich weiß nicht",
];

#[test]
fn what_callers_want_is_found() {
    let understander = Understander::new(&site::heating());
    let now = moment("2026-11-23T10:00");
    let mut wrong = Vec::new();
    for (text, wanted) in HELD_OUT {
        let understood = understander.understand(&Transcript::typed(text), &now, &[Expect::Free]);
        let first = understood.intents.first();
        if first.is_none_or(|intent| intent.name != *wanted) {
            wrong.push(format!("{text:?}: wanted {wanted}, found {:?}", understood.intents));
        }
    }
    println!("intents: {} of {} found", HELD_OUT.len() - wrong.len(), HELD_OUT.len());
    assert!(wrong.len() * 20 <= HELD_OUT.len(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn none_of_these_is_an_answer() {
    let understander = Understander::new(&site::heating());
    let now = moment("2026-11-23T10:00");
    let mut wrong = Vec::new();
    for text in NONE {
        let understood = understander.understand(&Transcript::typed(text), &now, &[Expect::Free]);
        if !understood.intents.is_empty() {
            wrong.push(format!("{text:?}: {:?}", understood.intents));
        }
    }
    println!("none of these: {} of {} found", NONE.len() - wrong.len(), NONE.len());
    assert!(wrong.len() * 8 <= NONE.len(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_example_said_as_it_is_written_is_certain() {
    let site = site::heating();
    let understander = Understander::new(&site);
    let now = moment("2026-11-23T10:00");
    for intent in &site.intents {
        for example in &intent.examples {
            let understood = understander.understand(&Transcript::typed(example), &now, &[Expect::Free]);
            let first = understood.intents.first().unwrap_or_else(|| panic!("{example:?}: nothing found"));
            assert_eq!(first.name, intent.name, "{example:?}");
            assert!(first.confidence > 0.8, "{example:?}: {}", first.confidence);
        }
    }
}

#[test]
fn values_do_not_hide_the_concern() {
    let understander = Understander::new(&site::heating());
    let text = "guten tag mein name ist sabine weber lindenstraße vierzehn unsere heizung ist ausgefallen könnten sie \
                am donnerstag um zehn kommen";
    let understood =
        understander.understand(&Transcript::typed(text), &moment("2026-11-23T10:00"), &[Expect::Free]);
    assert_eq!(understood.intents.first().map(|intent| intent.name.as_str()), Some("heating_down"));
    assert_eq!(understood.slots.len(), 3, "{:?}", understood.slots);
}

#[test]
fn intents_that_cannot_be_told_apart_are_named_with_their_sentences() {
    let mut site = site::heating();
    assert_eq!(clashes(&site), [], "the site as it is");
    let (from, to) = (&site.intents[0], site.intents[1].name.clone());
    let (name, said) = (from.name.clone(), from.examples[0].clone());
    let again = format!("Guten Tag, {}", said.to_lowercase());
    site.intents[1].examples.push(again.clone());
    assert_eq!(clashes(&site), [Clash { one: (name, said), other: (to, again) }]);
}

/// What is shipped has no such pair: what `klinke check` says of it would be read as noise.
#[test]
fn the_shipped_sites_have_intents_that_can_be_told_apart() {
    let etc = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("etc");
    let folders = std::fs::read_dir(etc.join("sites")).expect("the shipped sites");
    let mut files: Vec<_> = folders.flatten().map(|folder| folder.path().join("site.toml")).collect();
    files.retain(|file| file.is_file());
    assert!(files.len() >= 5, "{files:?}");
    files.push(etc.join("demo/heating.toml"));
    for file in files {
        let site = klinke::config::load_site(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        assert_eq!(clashes(&site), [], "{}", file.display());
    }
}

/// xSID's validation part: trained on the first ten sentences of each intent, the others asked; two intents held
/// back as "none of these".
#[test]
fn xsid_is_measured() {
    let Some(task) = xsid::task("de") else {
        println!("skipped: no shared texts (set KLINKE_SHARED)");
        return;
    };
    let measured = measure(&task, Language::German, None);
    println!("{measured}");
    // Far below what is measured (see the printed line): this guards against breaking, it does not tune.
    assert!(measured.accuracy() >= 0.65 && measured.refusals() >= 0.75, "{measured}");
}

/// The same with the encoder that comes along, beside the words alone: Standard German and four other varieties.
#[test]
fn the_encoder_finds_more_than_the_words() {
    let Some(encoder) = encoder() else { return };
    for variety in xsid::VARIETIES {
        let Some(task) = xsid::task(variety) else {
            println!("skipped: no shared texts (set KLINKE_SHARED)");
            return;
        };
        assert_better(variety, &task, &encoder);
    }
}

/// Intents of which it has seen no sentence when it was trained.
#[test]
fn the_encoder_helps_with_what_it_has_never_seen() {
    let Some(encoder) = encoder() else { return };
    let (typed, recognised) = held_out::tasks(false);
    assert_better("typed", &typed, &encoder);
    assert_better("as recognised", &recognised, &encoder);
}

/// Who speaks English is understood where the examples are German.
#[test]
fn english_callers_are_understood_at_german_sites() {
    let Some(encoder) = encoder() else { return };
    let measured = measure(&held_out::abroad(), Language::German, Some(encoder));
    println!("{measured}");
    assert!(measured.accuracy() >= 0.3, "{measured}");
}

/// A recogniser's second reading may be the one that makes sense.
#[test]
fn a_lower_reading_is_asked_where_the_best_one_says_nothing() {
    let understander = Understander::new(&site::heating());
    let now = moment("2026-11-23T10:00");
    let mut heard = Transcript::typed("die heiter zum ist ausgekommen");
    let mut lower = Transcript::typed("die heizung ist ausgefallen");
    lower.hypotheses[0].confidence = 0.7;
    heard.hypotheses.append(&mut lower.hypotheses);
    let asked = |heard: &Transcript, expect| understander.understand(heard, &now, &[expect]).intents;
    let found = asked(&heard, Expect::Free);
    assert_eq!(found.first().map(|intent| intent.name.as_str()), Some("heating_down"), "{found:?}");
    assert!(found[0].confidence < 0.7, "{found:?}");
    assert_eq!(asked(&heard, Expect::YesNo), [], "something else was asked");
    heard.hypotheses[1].confidence = 0.1;
    assert_eq!(asked(&heard, Expect::Free), [], "hardly a reading at all");
}

/// Two concerns in one sentence are two; one is hardly ever taken for two.
#[test]
fn several_concerns_in_one_sentence_are_found() {
    let Some(encoder) = encoder() else { return };
    let held_out::Parted { several, both, one, single, torn } = held_out::parted(&encoder);
    println!(
        "of {several} sentences with several: {both} both found, {one} one of them; of {single} with one {torn} torn"
    );
    assert!(several > 100 && single > 1000, "{several} {single}");
    assert!(both * 5 >= several && torn * 50 <= single, "{both} of {several}, {torn} of {single}");
}

fn encoder() -> Option<Arc<dyn Meaning>> {
    match SentenceEncoder::shipped(None) {
        Ok(encoder) => Some(Arc::new(encoder)),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

fn assert_better(name: &str, task: &Task, encoder: &Arc<dyn Meaning>) {
    let words = measure(task, Language::German, None);
    let both = measure(task, Language::German, Some(Arc::clone(encoder)));
    println!("{name}, words: {words}\n{name}, both:  {both}");
    assert!(both.accuracy() > words.accuracy() + 0.02, "{name}: {both}");
    // a handful of strangers proves nothing
    assert!(both.unknown < 20 || both.refusals() >= 0.7, "{name}: {both}");
}
