//! Promise: whoever hangs up, in whatever state the call is (ringing, hearing the disclosure, speaking, being
//! thought about, being spoken to, with an order pending, on the way to a colleague), leaves nothing behind in the
//! PBX, and a record of every call that was answered. The daemon as it is shipped, with its real models.

mod support;

use std::time::Duration;

use klinke::call::line::HangUp;
use klinke::config::Config;
use klinke::record::Ending;
use support::caller::{acts, caller};
use support::daemon::{Daemon, Settings};
use support::proxy::Wire;
use support::telephone::{Act, Ended, Report, Telephone, Tick, sound};
use support::testbed::Testbed;
use tokio::task::JoinHandle;

/// Frames of silence between two turns of the caller, and after which he has finished one. A comma is shorter.
const TURN_FRAMES: usize = 60;
const FINISHED_FRAMES: usize = 15;
/// Loudness above which Klinke speaks.
const LOUD: f64 = 200.0;

/// The demonstration's caller up to his last word: a call with everything in it.
const WHOLE: [&str; 6] = [
    "Guten Tag, unsere Heizung ist ausgefallen.",
    "Lindenstraße vier.",
    "Mein Name ist Weber.",
    "null sieben eins eins, zwei drei vier fünf sechs.",
    "Ja, das passt.",
    "Ja, das stimmt.",
];

fn dial(testbed: &Testbed, caller: impl FnMut(Tick<'_>) -> Act + Send + 'static) -> JoinHandle<Report> {
    let telephone = Telephone::new(testbed.sip());
    tokio::spawn(async move { telephone.call("klinke-heating", caller).await.expect("the call is held") })
}

/// Hangs up `ms` after the call was answered, and says nothing.
fn after(ms: u64) -> impl FnMut(Tick<'_>) -> Act {
    move |tick| if tick.ms >= ms { Act::HangUp } else { Act::Say([0; 160]) }
}

/// Says these lines, each when it is his turn. After the last one he hangs up: as soon as he has finished speaking
/// (`while_thinking`), or 200 ms into the answer.
fn says_and_hangs_up(
    config: &Config,
    lines: &[&str],
    while_thinking: bool,
) -> impl FnMut(Tick<'_>) -> Act + use<> {
    let script = format!("{}\n[silence 30s]\n[hang up]\n", lines.join("\n"));
    let mut caller = acts(caller(config, &script));
    let (mut turns, mut silent, mut answered) = (0, TURN_FRAMES, 0);
    let last = lines.len();
    move |tick| {
        let act = caller(tick);
        let Act::Say(frame) = &act else { return act };
        let speaks = sound::loudness(frame) > 0.0;
        turns += usize::from(speaks && silent >= TURN_FRAMES);
        silent = if speaks { 0 } else { silent + 1 };
        let finished = turns >= last && silent >= FINISHED_FRAMES;
        answered += usize::from(finished && sound::loudness(tick.heard) > LOUD);
        if finished && while_thinking || answered > 10 { Act::HangUp } else { act }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_in_mid_conversation_leaves_a_record_and_nothing_else() {
    let Some(testbed) = Testbed::start("hang-up") else { return };
    let settings = Settings { limits: "calls_max = 20".into(), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "hang-up", settings);
    let config = daemon.config();
    let mut calls = Vec::new();
    for ms in [0, 20, 100, 500, 2_500] {
        calls.push(dial(&testbed, after(ms)));
    }
    // after each sentence: while it is thought about (and an order may be pending), and into the answer
    for lines in 1..=WHOLE.len() {
        for while_thinking in [true, false] {
            calls.push(dial(&testbed, says_and_hangs_up(&config, &WHOLE[..lines], while_thinking)));
        }
    }
    let count = calls.len();
    for call in calls {
        let report = call.await.unwrap();
        assert_eq!((report.status, report.ended), (200, Ended::Here));
    }
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (_, records) = daemon.stop();
    assert_eq!(records.len(), count);
    for record in &records {
        assert_eq!(record.ending, Ending::HungUp { by: HangUp::Caller });
    }
    let booked = records.iter().filter(|record| record.appointment.is_some()).count();
    let concerned = records.iter().filter(|record| record.concern.is_some()).count();
    println!("{count} callers hung up; {concerned} had told their concern, {booked} had booked");
    assert!(concerned >= WHOLE.len(), "they came as far as that");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_on_the_way_to_a_colleague_leaves_nothing() {
    let Some(testbed) = Testbed::start("leaving") else { return };
    let daemon = Daemon::start(&testbed, "leaving");
    // into the sentence before the hand-over; somewhere about its end; with the colleague
    let waits = [300, 1_000, 1_500, 2_000, 2_500, 3_000, 7_000];
    let mut calls = Vec::new();
    for wait in waits {
        calls.push(dial(&testbed, move |tick| match tick.ms {
            1_000 => Act::Press('0'),
            ms if ms >= 1_000 + wait => Act::HangUp,
            _ => Act::Say([0; 160]),
        }));
    }
    for call in calls {
        assert_eq!(call.await.unwrap().ended, Ended::Here);
    }
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (_, records) = daemon.stop();
    assert_eq!(records.len(), waits.len());
    let handed_over = |ending: &Ending| matches!(ending, Ending::HandedOver { .. });
    for record in &records {
        let ending = &record.ending;
        assert!(handed_over(ending) || *ending == Ending::HungUp { by: HangUp::Caller }, "{ending:?}");
    }
    assert!(records.iter().any(|record| handed_over(&record.ending)));
}

/// Before Klinke has answered: somewhere between the INVITE and the 200, wherever the call is being set up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_while_it_rings_leaves_nothing() {
    let Some(testbed) = Testbed::start("gives-up") else { return };
    // so slow a wire that there is time for it
    let wire = Wire::slow(testbed.http(), Duration::from_millis(20)).await;
    let settings = Settings { url: Some(format!("http://{}", wire.at())), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "gives-up", settings);
    let mut answered = 0;
    for ms in (0..600).step_by(40) {
        let telephone = Telephone::new(testbed.sip()).patience(Duration::from_millis(ms));
        let report = telephone.call("klinke-heating", after(0)).await.expect("the call ends");
        assert!(matches!(report.status, 200 | 487), "{}", report.status);
        answered += usize::from(report.status == 200);
    }
    println!("of 15 callers who gave up within 600 ms {answered} were answered before");
    assert!(answered < 15, "nobody gave up in time");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (_, records) = daemon.stop();
    // whoever was answered has one, however soon it was over; who gave up in the very moment of it may have one
    println!("{} records", records.len());
    assert!((answered..=15).contains(&records.len()), "{} records", records.len());
    for record in &records {
        assert!(matches!(record.ending, Ending::HungUp { .. }), "{:?}", record.ending);
    }
}
