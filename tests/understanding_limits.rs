//! Promise: whatever is said, typed or recognised, understanding answers, at once, and does not fall over.

#[path = "understanding/notation.rs"]
#[expect(dead_code, reason = "only its clock is used here")]
mod notation;
#[path = "understanding/site.rs"]
mod site;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::{Timestamp, tz::TimeZone};
use klinke::call::hearing::{Expect, HeardWord, Hypothesis, Transcript};
use klinke::call::understanding::{SlotKind, Understander, Understood, WORDS_MAX};
use proptest::prelude::*;

use notation::moment;

static UNDERSTANDER: LazyLock<Understander> = LazyLock::new(|| Understander::new(&site::heating()));

/// Words that the grammars know, so that chance makes sentences they work on.
const WORDS: &[&str] = &[
    "halb",
    "acht",
    "viertel",
    "vor",
    "nach",
    "drei",
    "uhr",
    "am",
    "vierten",
    "achten",
    "ersten",
    "märz",
    "morgen",
    "heute",
    "in",
    "tagen",
    "woche",
    "nächste",
    "übernächsten",
    "dienstag",
    "nicht",
    "nein",
    "ja",
    "doppel",
    "null",
    "plus",
    "hundert",
    "tausend",
    "ein",
    "und",
    "zwanzig",
    "hausnummer",
    "lindenstraße",
    "postleitzahl",
    "mein",
    "name",
    "ist",
    "weber",
    "von",
    "der",
    "frau",
    "w",
    "e",
    "wie",
    "mit",
    "ypsilon",
    "bis",
    "zwischen",
    "ab",
    "kurz",
    "so",
    "gegen",
    "ende",
    "kw",
    "99",
    "26.11.",
    "14:30",
    "24:59",
    "99.99.9999",
    "+49",
    "(0)",
    "stunden",
    "minuten",
    "neunhundertneunundneunzigtausend",
    "äh",
    "guten",
    "tag",
    "sabine",
    "straße",
    "feuer",
    "brennt",
    "stopp",
    "einer",
    "halben",
    "einunddreißigsten",
    "zwölften",
    "neunundzwanzigsten",
    "februar",
    "ostern",
    "feiertag",
    "letzten",
    "freitag",
    "wochenende",
    "hälfte",
    "quartal",
    "jahr",
    "anderthalb",
    "komma",
    "17h30",
    "14-16",
    "15.-17.",
    "-",
    "-3",
    "€",
    "$15",
    "1.234,56",
    "1'000.",
    "Mo-Fr",
    "Fr.",
    "d.",
    "M.",
    "Dez.",
    "000",
    "h",
    "DE89",
    "a@b.de",
    "M-Ü-L-L-E-R",
    "minus",
    "euro",
    "cent",
    "höchstens",
    "mindestens",
    "million",
    "halbes",
    "at",
    "punkt",
    "de",
    "ohne",
    "und",
    "zehnmal",
    "die",
    "eine",
    "spätestens",
    "nächsten",
    "bindestrich",
    "9999",
    "-4711",
    "2026-02-30",
];

/// Every word of the written corpus, by tongue.
static CORPUS: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/training/expressions");
    let mut words = [Vec::new(), Vec::new()];
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".psv") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with(['#', '@']));
        let said = lines.filter_map(|line| line.split('|').next()).flat_map(str::split_whitespace);
        words[usize::from(name.starts_with("english"))].extend(said.map(str::to_owned));
    }
    for words in &mut words {
        words.sort();
        words.dedup();
        assert!(words.len() > 300, "the corpus is nearly empty");
    }
    words
});

fn transcript(words: &[String], confidences: &[f32]) -> Transcript {
    let confidence = |at: usize| confidences.get(at % confidences.len().max(1)).copied().unwrap_or(1.0);
    let words = words
        .iter()
        .enumerate()
        .map(|(at, word)| HeardWord {
            text: word.clone().into(),
            confidence: confidence(at),
            start_ms: 0,
            end_ms: 0,
        })
        .collect();
    Transcript { hypotheses: vec![Hypothesis { words, confidence: confidence(0), begun: None }] }
}

fn sound(understood: &Understood, words: usize) {
    for slot in &understood.slots {
        assert!((0.0..=1.0).contains(&slot.confidence), "{slot:?}");
        assert!(slot.span.first < slot.span.end && slot.span.end <= words, "{slot:?}");
    }
    for intent in &understood.intents {
        assert!((0.0..=1.0).contains(&intent.confidence), "{intent:?}");
    }
}

fn expectations() -> impl Strategy<Value = Vec<Expect>> {
    proptest::collection::vec(proptest::sample::select(&Expect::ALL[..]), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", expect in expectations()) {
        let typed = Transcript::typed(&text);
        let words = typed.hypotheses[0].words.len();
        sound(&UNDERSTANDER.understand(&typed, &moment("2026-11-23T10:00"), &expect), words);
    }

    #[test]
    fn any_characters_are_survived(words in proptest::collection::vec(any::<String>(), 0..20), expect in expectations(), odd in any::<f32>()) {
        let heard = transcript(&words, &[odd, f32::NAN, 0.5]);
        sound(&UNDERSTANDER.understand(&heard, &moment("2026-11-23T10:00"), &expect), words.len());
    }

    #[test]
    fn any_row_of_known_words_is_survived_at_any_time(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..25),
        expect in expectations(),
        second in -377_705_023_201_i64..=253_402_207_200,
    ) {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let now = Timestamp::from_second(second).unwrap().to_zoned(TimeZone::get("Europe/Berlin").unwrap());
        sound(&UNDERSTANDER.understand(&transcript(&words, &[1.0]), &now, &expect), words.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_row_of_words_that_callers_say_is_survived(
        tongue in 0_usize..2,
        places in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
        expect in expectations(),
    ) {
        let words: Vec<String> = places.iter().map(|place| place.get(&CORPUS[tongue]).clone()).collect();
        let now = moment("2026-11-23T10:00");
        sound(&UNDERSTANDER.understand(&transcript(&words, &[1.0]), &now, &expect), words.len());
    }
}

#[test]
fn the_longest_utterance_is_bounded() {
    let now = moment("2026-11-23T10:00");
    for word in [
        "null",
        "und",
        "ein",
        "nicht",
        "lindenstraße",
        "vier",
        "heute",
        "w",
        "doppel",
        "\u{301}",
        "heizung",
        "at",
        "punkt",
        "ersten",
        "montag",
        "bis",
        "stunde",
        "mit",
        "komma",
        "woche",
        "ab",
        "euro",
        "zehnmal",
        "the",
        "twenty",
        "past",
        "oh",
        "monday",
        "hour",
    ] {
        let words = vec![word.to_owned(); 100_000];
        let began = Instant::now();
        let understood = UNDERSTANDER.understand(&transcript(&words, &[1.0]), &now, &[Expect::Address]);
        // Generous: a debug build on a busy machine. What is past the limit must cost nothing.
        assert!(began.elapsed() < Duration::from_secs(2), "{word}: {:?}", began.elapsed());
        sound(&understood, WORDS_MAX);
    }
    let long = "ß".repeat(1_000_000);
    sound(&UNDERSTANDER.understand(&transcript(&[long], &[1.0]), &now, &[Expect::Name]), 1);
}

#[test]
fn nothing_heard_is_nothing_understood() {
    let now = moment("2026-11-23T10:00");
    for transcript in [Transcript::default(), Transcript::typed(""), Transcript::typed("äh … hm")] {
        let understood = UNDERSTANDER.understand(&transcript, &now, &[Expect::Free]);
        // The words stay as they were heard, for notes; nothing is made of them.
        assert_eq!(Understood { words: Understood::default().words, ..understood }, Understood::default());
    }
}

#[test]
fn a_lower_reading_helps_where_the_best_has_nothing_expected() {
    let now = moment("2026-11-23T10:00");
    let mut heard = transcript(&["am".into(), "donnerwetter".into()], &[0.6]);
    let second = transcript(&["am".into(), "donnerstag".into()], &[0.4]);
    heard.hypotheses.extend(second.hypotheses);
    let understood = UNDERSTANDER.understand(&heard, &now, &[Expect::DateTime]);
    let slot = understood.slots.first().expect("the day of the second reading");
    assert_eq!(slot.kind(), SlotKind::DateTime);
    assert!(slot.confidence < 0.4, "no surer than that reading: {}", slot.confidence);
    let unasked = UNDERSTANDER.understand(&heard, &now, &[Expect::Free]);
    assert_eq!(unasked.slots, []);
}

#[test]
fn doubt_of_the_recogniser_is_doubt_of_the_value() {
    let now = moment("2026-11-23T10:00");
    let words = ["lindenstraße".to_owned(), "vierzehn".to_owned()];
    let sure = |confidences: &[f32]| {
        let understood = UNDERSTANDER.understand(&transcript(&words, confidences), &now, &[Expect::Address]);
        understood.slots[0].confidence
    };
    assert!(sure(&[1.0, 1.0]) > 0.9);
    assert!(sure(&[1.0, 0.2]) < 0.5);
}
