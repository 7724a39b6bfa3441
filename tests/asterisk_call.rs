//! Promise: on a real Asterisk, whoever rings up because the heating is broken gets his technician. The daemon as
//! it is shipped, its real models and voice; a telephone over SIP with the demonstration's caller at it.

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use klinke::record::{CallRecord, Ending};
use support::caller::{caller, heard, ring};
use support::daemon::{Daemon, Settings};
use support::telephone::{Report, sound};
use support::testbed::{Testbed, recordings};

fn value<'a>(record: &'a CallRecord, name: &str) -> &'a str {
    record.slots.iter().find(|slot| slot.name == name).map_or("", |slot| slot.value.reveal().as_str())
}

/// Silence that ends a stretch of sound, in ms.
const STRETCH_GAP_MS: usize = 400;

/// Stretches of sound in a recording: first and last ms of each.
fn stretches(sound: &[i16]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, frame) in sound.chunks(80).enumerate() {
        if frame.iter().all(|sample| sample.unsigned_abs() < 400) {
            continue;
        }
        let ms = at * 10;
        match found.last_mut().filter(|(_, end)| ms - *end < STRETCH_GAP_MS) {
            Some((_, end)) => *end = ms + 10,
            None => found.push((ms, ms + 10)),
        }
    }
    found
}

/// Prints what the caller's ear measures: from the end of his speech to the first sound of the answer, and from
/// the beginning of an interruption to silence.
fn print_times(report: &Report) {
    let (said, heard) = (stretches(&report.said), stretches(&report.heard));
    let mut reactions: Vec<usize> = said
        .iter()
        .filter(|(_, end)| !heard.iter().any(|(from, to)| from < end && end < to))
        .filter_map(|(_, end)| heard.iter().find(|(from, _)| from >= end).map(|(from, _)| from - end))
        .collect();
    reactions.sort_unstable();
    println!("on the wire, end of speech to our first sound, ms: {reactions:?}");
    for (began, _) in &said {
        if let Some((_, silent)) = heard.iter().find(|(from, to)| from < began && began < to) {
            println!("on the wire, interruption to silence: {} ms", silent - began);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_call_books_a_technician() {
    let Some(testbed) = Testbed::start("call") else { return };
    let daemon = Daemon::start(&testbed, "asterisk-call");
    let script = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/caller.txt"));
    let caller = caller(&daemon.config(), &script.expect("the demonstration's caller"));
    let report = ring(&testbed, caller).await;
    sound::write_wav(recordings().join("demo-heard.wav"), &report.heard).expect("room");
    sound::write_wav(recordings().join("demo-said.wav"), &report.said).expect("room");
    print_times(&report);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (config, records) = daemon.stop();
    let [record] = records.as_slice() else { panic!("one call, one record: {records:?}") };
    assert_eq!(record.ending, Ending::Completed, "{}", serde_json::to_string_pretty(record).expect("JSON"));
    assert!(record.disclosed && record.emergency);
    assert_eq!(record.caller.as_ref().map(|number| number.reveal().as_str()), Some("0711987654"));
    assert_eq!((value(record, "name"), value(record, "telephone")), ("Weber", "071123456"));
    assert!(value(record, "address").starts_with("Lindenstraße 16"), "what was corrected is what is stored");
    let appointment = record.appointment.as_ref().expect("something was booked");
    assert_eq!(appointment.start.date().weekday(), jiff::civil::Weekday::Thursday);
    let texts = &config.sites[0].texts;
    let at = |part: &[i16], text: &str| {
        heard(&config, part, text).unwrap_or_else(|| panic!("nobody heard {text:?}"))
    };
    assert!(at(&report.heard, &texts.disclosure) < 1_500, "the first thing heard is that this is an AI");
    // "Kann ich sonst noch etwas für Sie tun?" sounds much like it, so it is looked for where it belongs.
    at(&report.heard[..10 * 8_000], &texts.concern);
    assert!(at(&report.heard, &texts.emergency) < at(&report.heard, &texts.goodbye));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_human_at_any_word_and_a_record_of_whoever_hangs_up() {
    let Some(testbed) = Testbed::start("human") else { return };
    let daemon = Daemon::start(&testbed, "asterisk-human");
    let config = daemon.config();
    let report =
        ring(&testbed, caller(&config, "Ich möchte mit einem Menschen sprechen.\n[silence 4s]\n[hang up]\n"))
            .await;
    assert!(sound::share_of_tone(&report.heard, 620.0) > 0.02, "the colleague's tone was heard");
    let transfers = testbed.variable("TRANSFERS");
    assert!(transfers.ends_with(":caller_asked"), "{transfers:?}");
    ring(&testbed, caller(&config, "[digit 0]\n[silence 6s]\n[hang up]\n")).await;
    ring(&testbed, caller(&config, "Unsere Heizung ist ausgefallen.\n[hang up]\n")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (_, records) = daemon.stop();
    let endings: Vec<String> = records
        .iter()
        .map(|it| serde_json::to_value(&it.ending).expect("JSON")["ending"].to_string())
        .collect();
    assert_eq!(endings, ["\"handed_over\"", "\"handed_over\"", "\"hung_up\""]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_cannot_hear_sends_callers_on_at_once() {
    let Some(testbed) = Testbed::start("deaf") else { return };
    let daemon = Daemon::start_with(
        &testbed,
        "asterisk-deaf",
        Settings { library: "no/such/library.so", ..Settings::default() },
    );
    let config = daemon.config();
    let report = ring(&testbed, caller(&config, "[silence 2s]\n[hang up]\n")).await;
    assert!(sound::share_of_tone(&report.heard, 440.0) > 0.5, "the fallback was heard");
    let fallbacks = testbed.variable("FALLBACKS");
    assert!(fallbacks.ends_with(":not_ready"), "{fallbacks:?}");
    let (_, records) = daemon.stop();
    assert_eq!(records, []);
}
