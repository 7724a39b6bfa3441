//! Promise: the event socket to Asterisk may break, and Klinke may die: running calls go on, a hang-up that was
//! missed is found out, and a caller whom nobody looks after goes on in the dialplan within two seconds.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::time::Duration;

use klinke::call::line::HangUp;
use klinke_side::{Attached, converse, dial, echo, listens, never, silence};
use support::proxy::Wire;
use support::telephone::{Act, Ended, sound};
use support::testbed::Testbed;
use support::{logs, testbed::LOCALHOST};
use tokio::time::{Instant, sleep};

/// Klinke's configuration by way of `wire`.
fn by(wire: &Wire, testbed: &Testbed) -> klinke::config::Asterisk {
    assert_eq!(wire.at().ip(), LOCALHOST);
    klinke::config::Asterisk { url: format!("http://{}", wire.at()), ..testbed.config() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_call_goes_on_and_hears_of_events_again() {
    let Some(testbed) = Testbed::start("socket-breaks") else { return };
    let wire = Wire::to(testbed.http()).await;
    let mut klinke = Attached::new(&testbed, by(&wire, &testbed), 10).await;
    let voice = sound::noise(5_000, 11);
    let spoken = voice.clone();
    let call = dial(&testbed, "klinke-heating", move |tick| match tick.ms {
        5_500 => Act::Press('7'),
        7_000.. => Act::HangUp,
        ms => Act::Say(sound::frame(&spoken, (ms / 20) as usize)),
    });
    let seen = converse(klinke.line().await, echo, never);
    sleep(Duration::from_millis(1_000)).await;
    wire.cut();
    sleep(Duration::from_millis(2_000)).await;
    // whoever calls meanwhile is not kept waiting
    let other = dial(&testbed, "klinke-heating", listens(500)).await.unwrap();
    assert!(other.rang_ms < 500 && testbed.variable("FALLBACKS") == "FAILED:");
    wire.mend();

    let report = call.await.unwrap();
    let share = sound::share_that_arrived(&voice, &report.heard);
    println!("{share:.2} of the caller came back while the event socket broke");
    assert!(share >= 0.8, "{share}");
    let seen = seen.await.unwrap();
    assert_eq!((seen.digits.as_str(), seen.hung_up), ("7", Some(HangUp::Caller)));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert!(!logs::with("the event socket to ARI at").is_empty());
    assert_eq!(logs::with("only-for-tests"), Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hang_up_that_was_missed_is_found_out() {
    let Some(testbed) = Testbed::start("missed-hang-up") else { return };
    let wire = Wire::to(testbed.http()).await;
    let mut klinke = Attached::new(&testbed, by(&wire, &testbed), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(1_000));
    let seen = converse(klinke.line().await, silence, never);
    sleep(Duration::from_millis(500)).await;
    wire.cut();
    assert_eq!(call.await.unwrap().ended, Ended::Here);
    sleep(Duration::from_millis(500)).await;
    assert!(!seen.is_finished());
    wire.mend();
    assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Line));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_of_a_klinke_that_died_go_on_when_it_is_back() {
    let Some(testbed) = Testbed::start("died") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(6_000));
    let seen = converse(klinke.line().await, silence, never);
    sleep(Duration::from_millis(500)).await;
    // no word to anybody, as when the process is killed
    klinke.adapter.abort();
    assert_eq!(seen.await.unwrap().hung_up, None);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(testbed.variable("FALLBACKS"), "");

    let back = Instant::now();
    let klinke = Attached::new(&testbed, testbed.config(), 10).await;
    while testbed.variable("FALLBACKS").is_empty() && back.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(50)).await;
    }
    println!("a caller without a call went on {} ms after Klinke was back", back.elapsed().as_millis());
    assert!(back.elapsed() < Duration::from_secs(2));
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:abandoned");
    let report = call.await.unwrap();
    let end = &report.heard[report.heard.len() - 4_000..];
    assert!(sound::share_of_tone(end, 440.0) > 0.9);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_klinke_of_the_same_name_is_an_error_with_its_reason() {
    let Some(testbed) = Testbed::start("second") else { return };
    let mut first = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(3_000));
    let seen = converse(first.line().await, silence, never);
    // it has been set up, and talks
    sleep(Duration::from_secs(1)).await;
    let second = Attached::new(&testbed, testbed.config(), 10).await;
    sleep(Duration::from_millis(500)).await;
    assert!(!logs::with("another program has registered the same application").is_empty());
    // the second one knows nothing of the first one's call, so it goes on in the dialplan
    let report = call.await.unwrap();
    assert!(sound::share_of_tone(&report.heard[report.heard.len() - 8_000..], 440.0) > 0.9);
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:abandoned");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Line));
    first.detach().await;
    second.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_pbx_dies_is_over_in_the_end() {
    let Some(testbed) = Testbed::start("pbx-dies") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", listens(3_000));
    let seen = converse(klinke.line().await, silence, never);
    sleep(Duration::from_millis(500)).await;
    testbed.kill();
    let killed = Instant::now();
    assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Line));
    println!("a call without a PBX was over {} ms after the PBX died", killed.elapsed().as_millis());
    assert!(killed.elapsed() < Duration::from_secs(12));
    call.await.unwrap();
    klinke.detach().await;
}

/// A restart that is quicker than Asterisk: it may take the new one's registration away with the old one's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_klinke_that_comes_back_at_once_gets_its_calls() {
    let Some(testbed) = Testbed::start("comes-back") else { return };
    for round in 0..40 {
        let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
        if round % 10 == 9 {
            let call = dial(&testbed, "klinke-heating", listens(300));
            let seen = converse(klinke.line().await, silence, never);
            assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Caller));
            call.await.unwrap();
        }
        klinke.detach().await;
    }
    println!(
        "{} times its registration was gone",
        logs::with("does not know our application any more").len()
    );
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}
