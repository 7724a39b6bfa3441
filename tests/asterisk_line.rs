//! Promise: on a real Asterisk a caller and Klinke hear each other, and whoever ends the call, in whatever
//! state, nothing of it stays in the PBX and nobody is left in silence.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::time::Duration;

use klinke::call::audio::halfband::Doubler;
use klinke::call::line::{Destination, Frame, HangUp, LineCommand, LineEvent, ScreenPop, VoiceFrame};
use klinke_side::{Attached, converse, dial, echo, listens, never, says, silence};
use support::telephone::{Act, Codec, Ended, FRAME, Report, SILENCE, Telephone, sound};
use support::{logs, testbed::Testbed};
use tokio::sync::mpsc;
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_hear_each_other_without_a_break() {
    let Some(testbed) = Testbed::start("hear") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for codec in [Codec::Pcma, Codec::Pcmu] {
        let (caller, ours) = (sound::noise(3_000, 7), sound::noise(3_000, 8));
        let telephone = Telephone::new(testbed.sip()).number("030123456").codec(codec);
        let voice = caller.clone();
        let call =
            tokio::spawn(async move { telephone.call("klinke-heating", says(voice, 5_000)).await.unwrap() });
        let line = klinke.line().await;
        assert_eq!(line.arrival.caller.as_ref().unwrap().reveal(), "030123456");
        assert_eq!((line.arrival.called.as_deref(), line.site.as_str()), (Some("klinke-heating"), "heating"));

        let (heard, mut hearing) = mpsc::unbounded_channel();
        let voice = ours.clone();
        let say = move |number: u64, frame: &Frame| {
            heard.send(*frame).unwrap();
            Frame(sound::frame(&voice, number as usize))
        };
        let seen = converse(line, say, never).await.unwrap();
        let report = call.await.unwrap();
        assert_eq!((report.status, report.ended, seen.hung_up), (200, Ended::Here, Some(HangUp::Caller)));

        // what Klinke heard of the caller, and the caller of Klinke
        let mut at_klinke = Vec::new();
        while let Some(frame) = hearing.recv().await {
            at_klinke.extend(frame.0);
        }
        let part = 4_000..20_000;
        let there = sound::share_that_arrived(&caller[part.clone()], &at_klinke);
        let here = sound::share_that_arrived(&ours[part], &report.heard);
        println!(
            "{codec:?}: answered in {} ms; of the caller {there:.2} arrives, of Klinke {here:.2}",
            report.rang_ms
        );
        // a busy machine may cost a frame now and then
        assert!(there >= 0.8 && here >= 0.8, "{codec:?}: {there} {here}");

        // our clock: a frame every 20 ms, over the whole call
        let off = seen.lasted.as_secs_f64() / 0.02 - seen.frames as f64;
        assert!(off.abs() < 3.0, "{} frames in {:?}", seen.frames, seen.lasted);
    }
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_adds_at_most_80_ms_there_and_back() {
    let Some(testbed) = Testbed::start("delay") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    // every half second begins with 400 ms of sound
    let mut voice = sound::noise(6_000, 9);
    voice.chunks_mut(4_000).for_each(|half| half[3_200..].fill(0));
    let round_trip = |report: &Report| {
        // ten stretches of half a second, each found for itself
        let mut delays: Vec<f64> = (2..12)
            .map(|n| {
                let from = n * 4_000;
                let search = &report.heard[from..(from + 8_000).min(report.heard.len())];
                let (at, _) = sound::find(&report.said[from..from + 1_600], search).unwrap();
                at as f64 / 8.0
            })
            .collect();
        delays.sort_by(f64::total_cmp);
        // what the line does when the machine lets it: a frame that comes too late takes its time to be made up
        (delays[delays.len() / 4], delays[delays.len() - 1])
    };
    let plain = dial(&testbed, "echo", says(voice.clone(), 7_000)).await.unwrap();
    let (plain, _) = round_trip(&plain);
    let call = dial(&testbed, "klinke-heating", says(voice, 7_000));
    let seen = converse(klinke.line().await, echo, never);
    let (ours, worst) = round_trip(&call.await.unwrap());
    assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Caller));
    println!(
        "round trip: {plain:.1} ms by Asterisk's own echo, {ours:.1} ms through Klinke (worst {worst:.1} ms)"
    );
    assert!(ours - plain <= 80.0, "Klinke's line adds {} ms", ours - plain);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digits_arrive_once_each_and_in_order() {
    let Some(testbed) = Testbed::start("digits") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", |tick| match (tick.ms, tick.ms / 300) {
        (ms, n @ 2..=8) if ms % 300 == 0 => Act::Press(['1', '1', '0', '9', '*', '#', 'D'][n as usize - 2]),
        (4_000.., _) => Act::HangUp,
        _ => Act::Say(SILENCE),
    });
    let seen = converse(klinke.line().await, silence, never).await.unwrap();
    assert_eq!((seen.digits.as_str(), seen.hung_up), ("1109*#D", Some(HangUp::Caller)));
    assert_eq!(call.await.unwrap().ended, Ended::Here);
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_hang_up_ends_the_call() {
    let Some(testbed) = Testbed::start("hang-up") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(10_000));
    let seen = converse(klinke.line().await, silence, |n| (n == 50).then_some(LineCommand::HangUp));
    let report = call.await.unwrap();
    assert_eq!(report.ended, Ended::There);
    assert!((900..2_000).contains(&report.length_ms), "{} ms", report.length_ms);
    assert_eq!(seen.await.unwrap().hung_up, None);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(testbed.variable("FALLBACKS"), "");
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_released_caller_hears_where_he_was_sent() {
    let Some(testbed) = Testbed::start("release") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for (destination, hertz) in [
        (Destination::Fallback, 440.0),
        (Destination::Extension("201".into()), 620.0),
        // whom the dialplan does not know
        (Destination::Extension("nobody".into()), 440.0),
    ] {
        let call = dial(&testbed, "klinke-heating", listens(3_000));
        let screen = ScreenPop::default();
        let release = LineCommand::Release { destination, reason: "caller_asked", screen };
        let seen = converse(klinke.line().await, silence, move |n| (n == 50).then(|| release.clone()));
        let report = call.await.unwrap();
        assert_eq!((report.ended, seen.await.unwrap().hung_up), (Ended::Here, None));
        let before = sound::loudness(&report.heard[..6_000]);
        let share = sound::share_of_tone(&report.heard[16_000..20_000], hertz);
        assert!(before < 50.0 && share > 0.9, "{hertz} Hz: {before} before, {share} of it after");
    }
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:caller_asked SUCCESS:caller_asked");
    assert_eq!(testbed.variable("TRANSFERS"), "201:caller_asked");
    assert_eq!(logs::with("has no extension nobody").len(), 1);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_may_give_up_at_any_moment_of_the_set_up() {
    let Some(testbed) = Testbed::start("gives-up") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 100).await;
    let mut unanswered = 0;
    for ms in 0..25 {
        let telephone = Telephone::new(testbed.sip()).patience(Duration::from_millis(ms));
        let report = telephone.call("klinke-heating", |_| Act::HangUp).await.unwrap();
        unanswered += u32::from(report.status != 200);
        while let Ok(line) = klinke.calls.try_recv() {
            assert_eq!(converse(line, silence, never).await.unwrap().hung_up, Some(HangUp::Caller));
        }
    }
    println!("{unanswered} of 25 callers gave up before the answer");
    assert!(unanswered > 0);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_admitted_goes_on_in_the_dialplan_with_the_reason() {
    let Some(testbed) = Testbed::start("admission") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 1).await;
    let first = dial(&testbed, "klinke-heating", listens(2_500));
    let held = converse(klinke.line().await, silence, never);
    for (extension, reason) in [("klinke-heating", "SUCCESS:busy"), ("klinke-bakery", "SUCCESS:unknown_site")]
    {
        let report = dial(&testbed, extension, listens(1_000)).await.unwrap();
        let share = sound::share_of_tone(&report.heard[3_000..7_000], 440.0);
        assert!(
            report.rang_ms < 500 && share > 0.9,
            "{reason}: after {} ms, {share} of a tone",
            report.rang_ms
        );
        assert!(testbed.variable("FALLBACKS").ends_with(reason), "{}", testbed.variable("FALLBACKS"));
    }
    assert_eq!(first.await.unwrap().ended, Ended::Here);
    held.await.unwrap();
    // the place is free again
    let again = dial(&testbed, "klinke-heating", listens(300));
    assert_eq!(converse(klinke.line().await, silence, never).await.unwrap().hung_up, Some(HangUp::Caller));
    again.await.unwrap();
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_task_dies_goes_on_in_the_dialplan() {
    let Some(testbed) = Testbed::start("task-dies") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(1_500));
    drop(klinke.line().await);
    let report = call.await.unwrap();
    assert!(sound::share_of_tone(&report.heard[8_000..12_000], 440.0) > 0.9);
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:fault");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_stalls_sounds_like_silence_and_its_clock_goes_on() {
    let Some(testbed) = Testbed::start("stall") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(3_000));
    let mut line = klinke.line().await;
    // a second without a word, then the tone
    sleep(Duration::from_millis(1_000)).await;
    let (mut frames, mut doubler) = (0, Doubler::new());
    let tone = sound::tone(440.0, 10_000);
    while let Some(event) = line.events.recv().await {
        if let LineEvent::Frame(_) = event {
            let mut voice = VoiceFrame::SILENCE;
            doubler.double(&sound::frame(&tone, frames), &mut voice.0);
            let _ = line.commands.send(LineCommand::Frame(voice)).await;
            frames += 1;
        }
    }
    let report = call.await.unwrap();
    // the wire never paused
    assert!(
        report.packets * 20 + 200 >= report.length_ms,
        "{} packets in {} ms",
        report.packets,
        report.length_ms
    );
    assert!(sound::loudness(&report.heard[..6_400]) < 50.0);
    // and the second is not carried along: the tone is there soon, and at the end at most 60 ms of it wait
    assert!(sound::share_of_tone(&report.heard[16_000..20_000], 440.0) > 0.9);
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daemon_goes_down_and_every_caller_goes_on() {
    let Some(testbed) = Testbed::start("shutdown") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let mut calls = Vec::new();
    for _ in 0..3 {
        let call = dial(&testbed, "klinke-heating", listens(2_500));
        calls.push((call, converse(klinke.line().await, silence, never)));
    }
    sleep(Duration::from_millis(500)).await;
    klinke.detach().await;
    for (call, seen) in calls {
        assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Shutdown));
        assert!(sound::share_of_tone(&call.await.unwrap().heard[14_000..18_000], 440.0) > 0.9);
    }
    assert_eq!(testbed.variable("FALLBACKS"), ["SUCCESS:shutdown"; 3].join(" "));
    // and whoever calls now is not even rung
    let report = dial(&testbed, "klinke-heating", listens(800)).await.unwrap();
    assert!(sound::share_of_tone(&report.heard[2_400..5_600], 440.0) > 0.9);
    assert!(testbed.variable("FALLBACKS").ends_with(" FAILED:"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(FRAME, Frame::SILENCE.0.len());
}
