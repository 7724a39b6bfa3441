//! Promise: on a real Asterisk nobody is on hold for ever, and nobody talks with hold music, with a fax or with
//! another machine for ever: each of these calls ends in a spoken sentence and with a word for the dialplan, and
//! nothing of it stays in the PBX. Keys arrive however fast or long they are pressed, and on hold too.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::time::Duration;

use klinke::config::Config;
use klinke::record::{CallRecord, Ending};
use klinke::sim::sounds::Background;
use klinke_side::{Attached, converse, dial, never, silence};
use support::caller::{caller, heard, ring};
use support::daemon::{Daemon, Settings};
use support::telephone::{Act, FRAME, Report, SILENCE, Telephone, Tick, sound};
use support::testbed::{Testbed, recordings};

/// Short, so that a test is.
const LIMITS: &str = "silence_s_max = 4\nhold_s_max = 8\nmusic_s_max = 10\ncall_s_max = 120";

fn start(name: &str) -> Option<(Testbed, Daemon)> {
    let testbed = Testbed::start(name)?;
    let daemon =
        Daemon::start_with(&testbed, name, Settings { limits: LIMITS.to_owned(), ..Settings::default() });
    Some((testbed, daemon))
}

/// Rings Klinke up with a caller who does this until the call ends, a minute at most.
async fn call(testbed: &Testbed, mut does: impl FnMut(Tick<'_>) -> Act) -> Report {
    let telephone = Telephone::new(testbed.sip());
    let hangs_up = move |tick: Tick<'_>| if tick.ms > 60_000 { Act::HangUp } else { does(tick) };
    telephone.call("klinke-heating", hangs_up).await.expect("the call is held")
}

/// What the dialplan was told last, and when the caller heard its tone, in s.
fn way_out(testbed: &Testbed, report: &Report) -> (String, f64) {
    let fallbacks = testbed.variable("FALLBACKS");
    let word = fallbacks.rsplit(':').next().unwrap_or_default().to_owned();
    let second = |tone: &[i16]| sound::share_of_tone(tone, 440.0) > 0.9;
    let at = report.heard.chunks(FRAME * 10).position(second).unwrap_or_default();
    (word, at as f64 / 5.0)
}

/// Stops listening to a caller once the dialplan's tone has been there for a second.
fn until_the_tone(mut does: impl FnMut(u64) -> [i16; FRAME]) -> impl FnMut(Tick<'_>) -> Act {
    let mut tone = 0;
    move |tick| {
        tone = if sound::share_of_tone(tick.heard, 440.0) > 0.9 { tone + 1 } else { 0 };
        if tone > 50 { Act::HangUp } else { Act::Say(does(tick.ms / 20)) }
    }
}

fn said(config: &Config, report: &Report, text: &str) -> bool {
    heard(config, &report.heard, text).is_some()
}

/// The records of the calls, oldest first, after nothing was left in the PBX.
async fn afterwards(testbed: &Testbed, daemon: Daemon) -> Vec<CallRecord> {
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    daemon.stop().1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_hold_klinke_is_silent_and_taken_back_it_goes_on_and_nobody_is_on_hold_for_ever() {
    let Some((testbed, daemon)) = start("hold") else { return };
    let config = daemon.config();
    let texts = config.sites[0].texts.clone();
    let script = "[hold 5s]\nIch möchte mit einem Menschen sprechen.\n[silence 3s]\n[hang up]\n";
    let report = ring(&testbed, caller(&config, script)).await;
    sound::write_wav(recordings().join("hold-heard.wav"), &report.heard).expect("room");
    let back = heard(&config, &report.heard, &texts.resumed).expect("Klinke is heard again");
    println!("taken back, and heard again {back} ms after the answer");
    // from a little after the hold began to a little before the caller took Klinke back
    let on_hold = &report.heard[(back - 4_500) * 8..(back - 500) * 8];
    assert!(sound::loudness(on_hold) < 50.0, "on hold something was said: {}", sound::loudness(on_hold));
    assert!(testbed.variable("TRANSFERS").ends_with(":caller_asked"), "{:?}", testbed.variable("TRANSFERS"));

    let mut held = false;
    let report = call(&testbed, move |tick| match tick.ms {
        3_000.. if !std::mem::replace(&mut held, true) => Act::Hold,
        25_000.. => Act::HangUp,
        _ => Act::Say(SILENCE),
    });
    let report = report.await;
    let (word, _) = way_out(&testbed, &report);
    println!("on hold without an end: {word}; {} ms", report.length_ms);
    assert_eq!(word, "hold");
    let records = afterwards(&testbed, daemon).await;
    let [_, held] = records.as_slice() else { panic!("{records:?}") };
    assert!(
        matches!(&held.ending, Ending::HandedOver { reason, .. } if reason == "hold"),
        "{:?}",
        held.ending
    );
    assert!((10_000..22_000).contains(&held.length_ms), "{} ms", held.length_ms);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fax_and_music_that_plays_on_and_on_go_on_in_the_dialplan() {
    let Some((testbed, daemon)) = start("fax") else { return };
    let texts = daemon.config().sites[0].texts.clone();
    for (background, word, text) in
        [(Background::Fax, "fax", &texts.fax), (Background::Music, "music", &texts.music)]
    {
        let report = call(&testbed, until_the_tone(|frame| background.frame(frame).0)).await;
        let (told, at_s) = way_out(&testbed, &report);
        println!("{word}: in the dialplan {at_s} s after the answer");
        assert_eq!(told, word);
        assert!(said(&daemon.config(), &report, text), "{word}: nobody heard {text:?}");
    }
    assert_eq!(afterwards(&testbed, daemon).await.len(), 2);
}

/// Plays a recording over and over, with a pause in between.
fn over_and_over(sound: Vec<i16>, pause_ms: usize) -> impl FnMut(u64) -> [i16; FRAME] {
    let round = sound.len().div_ceil(FRAME) + pause_ms / 20;
    move |frame| sound::frame(&sound, frame as usize % round)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_machine_is_found_out() {
    let Some((testbed, daemon)) = start("machine") else { return };
    let config = daemon.config();
    let speak = |text: &str| {
        use klinke::sim::caller::{Act as Does, Telephone as _};
        // a caller's voice is recorded from a caller who hears nothing
        let mut caller = caller(&config, &format!("{text}\n[hang up]\n"));
        let mut sound = Vec::new();
        while let Does::Sound(frame) = caller.frame(&SILENCE) {
            sound.extend(frame.0);
        }
        let begins = sound.iter().position(|sample| *sample != 0).unwrap_or_default();
        let ends = sound.iter().rposition(|sample| *sample != 0).unwrap_or_default();
        sound[begins..ends].to_vec()
    };
    let queue = speak("Bitte haben Sie einen Moment Geduld. Alle unsere Mitarbeiter sind im Gespräch.");
    let report = call(&testbed, until_the_tone(over_and_over(queue, 6_000))).await;
    let (word, at_s) = way_out(&testbed, &report);
    println!("an announcement in a loop: {word}, {at_s} s after the answer");
    assert_eq!(word, "machine");
    assert!(said(&config, &report, &config.sites[0].texts.machine));

    // says back whatever it hears as soon as it is quiet
    let (mut tape, mut at, mut quiet, mut tone) = (Vec::<i16>::new(), 0, 0, 0);
    let report = call(&testbed, move |tick| {
        tone = if sound::share_of_tone(tick.heard, 440.0) > 0.9 { tone + 1 } else { 0 };
        let loud = tick.heard.iter().any(|sample| sample.unsigned_abs() > 300);
        quiet = if loud { 0 } else { quiet + 1 };
        if tone > 50 {
            return Act::HangUp;
        }
        if quiet <= 40 {
            (tape.len() > FRAME * 500).then(|| tape.drain(..FRAME));
            tape.extend(tick.heard);
            at = 0;
            return Act::Say(SILENCE);
        }
        let frame = sound::frame(&tape, at);
        at += 1;
        if at * FRAME >= tape.len() {
            tape.clear();
        }
        Act::Say(frame)
    });
    let report = report.await;
    let (word, at_s) = way_out(&testbed, &report);
    sound::write_wav(recordings().join("parrot-heard.wav"), &report.heard).expect("room");
    println!(
        "our own words again and again: {word:?}, {at_s} s after the answer; {}",
        testbed.variable("TRANSFERS")
    );
    let records = afterwards(&testbed, daemon).await;
    assert!(
        records.iter().all(|record| matches!(record.ending, Ending::HandedOver { .. })),
        "each has a way out: {:?}",
        records.iter().map(|record| &record.ending).collect::<Vec<_>>()
    );
    assert!(records.iter().all(|record| record.length_ms < 60_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_arrive_however_fast_or_long_they_are_pressed_and_on_hold_too() {
    let Some(testbed) = Testbed::start("keys") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for (down_ms, up_ms) in [(40, 60), (60, 40), (100, 100)] {
        let keys = "12345678901234567890";
        let (mut pressed, mut last) = (keys.chars(), 0);
        let call = dial(&testbed, "klinke-heating", move |tick| match pressed.next() {
            Some(key) => {
                last = tick.ms;
                Act::PressFor(key, down_ms, up_ms)
            }
            None if tick.ms > last + 8_000 => Act::HangUp,
            None => Act::Say(SILENCE),
        });
        let seen = converse(klinke.line().await, silence, never).await.expect("the call is held");
        println!("20 keys, {down_ms} ms down and {up_ms} ms up: {:?}", seen.digits);
        assert_eq!(seen.digits, keys, "{down_ms} ms down, {up_ms} ms up");
        call.await.expect("the telephone works");
    }
    // long ones, the rare ones, and two on hold
    let call = dial(&testbed, "klinke-heating", |tick| match tick.ms {
        500 => Act::PressFor('5', 2_000, 100),
        3_000 => Act::Press('*'),
        3_300 => Act::Press('#'),
        3_600 => Act::Press('A'),
        4_000 => Act::Hold,
        5_000 => Act::Press('0'),
        6_000 => Act::TakeBack,
        7_000 => Act::Press('9'),
        9_000.. => Act::HangUp,
        _ => Act::Say(SILENCE),
    });
    let seen = converse(klinke.line().await, silence, never).await.expect("the call is held");
    call.await.expect("the telephone works");
    println!("long ones and on hold: {:?}, {:?}", seen.digits, seen.holds);
    assert_eq!((seen.digits.as_str(), seen.holds.as_slice()), ("5*#A09", &["held", "resumed"][..]));
    assert!(seen.frames > 400, "the line's clock stands still on hold: {} frames", seen.frames);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    tokio::time::sleep(Duration::from_millis(100)).await;
    klinke.detach().await;
}
