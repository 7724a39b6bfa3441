//! Promise: whoever wants a human gets a colleague who knows what it is about. The daemon as it is shipped, its real
//! models and voice; a caller and a colleague on a real Asterisk.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use klinke::call::line::Destination;
use klinke::record::{Answer, Ending};
use support::caller::{caller, ring, spoken};
use support::daemon::{Daemon, Settings};
use support::telephone::answering::{Answering, Manner};
use support::telephone::{Act, sound};
use support::testbed::{Testbed, recordings};

/// What the colleague hums, in Hz.
const COLLEAGUE: f64 = 700.0;

/// The demonstration's site, announced.
fn site() -> PathBuf {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/heating.toml");
    let text = fs::read_to_string(demo).expect("the demonstration's site");
    let (before, _) = text.split_once("extension = \"200\"").expect("its hand-over");
    let (_, after) = text.split_once("extension_closed = \"201\"").expect("its hand-over");
    let ours = "announced = true\nextension = \"300\"\nextension_closed = \"300\"";
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("announced-{}.toml", std::process::id()));
    fs::write(&path, format!("{before}{ours}{after}")).expect("room");
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_hears_what_it_is_about_and_gets_the_caller() {
    let Some(testbed) = Testbed::start("briefing") else { return };
    let settings = Settings { site: Some(site()), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "asterisk-briefing", settings);
    let config = daemon.config();
    let telephone = Answering::new(testbed.sip(), "anna").await.expect("a telephone");
    testbed.cli(&format!("dialplan set global COLLEAGUE {}", telephone.uri()));
    let hum = sound::tone(COLLEAGUE, 60_000);
    let manner = Manner::Answers(Duration::from_secs(2));
    let rung = tokio::spawn(telephone.wait(manner, move |tick| match tick.ms {
        10_000 => Act::Press('1'),
        // longer than the daemon takes to look at what is in the PBX
        42_000.. => Act::HangUp,
        ms => Act::Say(sound::frame(&hum, (ms / 20) as usize)),
    }));
    let script = "Unsere Heizung ist ausgefallen.\n[digit 0]\n[silence 60s]\n[hang up]\n";
    let report = ring(&testbed, caller(&config, script)).await;
    let rung = rung.await.expect("no panic").expect("the network works");
    let talked = rung.report.as_ref().expect("the colleague answered");
    sound::write_wav(recordings().join("briefing-colleague.wav"), &talked.heard).expect("room");
    sound::write_wav(recordings().join("briefing-caller.wav"), &report.heard).expect("room");
    let briefing = "Hier ist die KI mit einem Anruf: Notfall, Heizung ausgefallen. Annehmen: eins, ablehnen: zwei, nochmal: drei.";
    let said = spoken(&config, briefing);
    let (colleague, caller) =
        (&talked.heard[..15_000 * 8], &report.heard[..report.heard.len().min(40_000 * 8)]);
    let arrived = sound::share_that_arrived(&said, colleague);
    println!("{:.0} % of the briefing arrived", arrived * 100.0);
    assert!(arrived > 0.5, "the colleague hears what it is about: {arrived}");
    let together = report.heard.chunks_exact(800).filter(|part| sound::share_of_tone(part, COLLEAGUE) > 0.6);
    assert!(together.count() > 20, "caller and colleague hear each other");
    let overheard = sound::share_that_arrived(&said, caller);
    assert!(overheard < 0.2, "the caller hears nothing of the briefing: {overheard}");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let logs = daemon.logged("left over");
    let (_, records) = daemon.stop();
    let [record] = &records[..] else { panic!("one call, one record: {records:?}") };
    let destination = Destination::Extension("300".into());
    assert_eq!(record.ending, Ending::HandedOver { destination, reason: "caller_asked".into() });
    assert_eq!(record.consulted.iter().map(|asked| asked.answer).collect::<Vec<_>>(), [Answer::Accepted]);
    assert_eq!(logs.len(), 0, "two who talk are nothing left over: {logs:?}");
    assert_eq!(rung.header("X-Klinke-Call"), Some(record.id.to_string().as_str()));
    assert_eq!(rung.header("X-Klinke-Concern"), Some("Heizung ausgefallen"));
    assert_eq!(rung.header("X-Klinke-Slots"), None, "as shipped, nothing that the caller said");
}

/// The demonstration's site with two people on call, at these telephones.
fn on_call(first: &str, second: &str) -> PathBuf {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/heating.toml");
    let text = fs::read_to_string(demo).expect("the demonstration's site");
    let text = text.replacen("form = \"visit\"", "form = \"night\"", 1);
    let ours = format!(
        r#"
[forms.night]
action = "on_call"
slots = ["telephone"]
read_back = "Ihre Nummer ist {{telephone}}. Stimmt das?"

[on_call]
ring_s_max = 5
rounds = 1
[[on_call.people]]
name = "Frau Keller"
telephone = "device:PJSIP/colleague/{first}"
[[on_call.people]]
name = "Herr Yilmaz"
telephone = "device:PJSIP/colleague/{second}"
"#
    );
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("on-call-{}.toml", std::process::id()));
    fs::write(&path, text + &ours).expect("room");
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_on_call_sleeps_and_the_second_takes_the_job() {
    let Some(testbed) = Testbed::start("on-call") else { return };
    let sleeps = Answering::new(testbed.sip(), "keller").await.expect("a telephone");
    let takes = Answering::new(testbed.sip(), "yilmaz").await.expect("a telephone");
    let settings = Settings { site: Some(on_call(&sleeps.uri(), &takes.uri())), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "asterisk-on-call", settings);
    let config = daemon.config();
    let slept = tokio::spawn(sleeps.wait(Manner::Rings, |_| Act::HangUp));
    let hum = sound::tone(COLLEAGUE, 60_000);
    let manner = Manner::Answers(Duration::from_secs(1));
    let took = tokio::spawn(takes.wait(manner, move |tick| match tick.ms {
        12_000 => Act::Press('1'),
        ms => Act::Say(sound::frame(&hum, (ms / 20) as usize)),
    }));
    // the first concern, his number as it is shown, and yes to what is read back: all by key
    let script = "[digit 1]\n[digit 1]\n[digit 1]\n[silence 50s]\n[hang up]\n";
    let report = ring(&testbed, caller(&config, script)).await;
    let slept = slept.await.expect("no panic").expect("the network works");
    let took = took.await.expect("no panic").expect("the network works");
    let talked = took.report.as_ref().expect("the second one answered");
    let arrived = |text: &str, heard: &[i16]| {
        let share = sound::share_that_arrived(&spoken(&config, text), heard);
        println!("{:.0} % arrived: {text}", share * 100.0);
        share
    };
    assert!(slept.given_up, "the first one rang until Klinke gave up");
    assert!(arrived("Danke, der Auftrag ist bei Ihnen. Ich sage es dem Anrufer.", &talked.heard) > 0.5);
    assert!(arrived("Herr Yilmaz hat Ihren Auftrag angenommen und kommt zu Ihnen.", &report.heard) > 0.5);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (_, records) = daemon.stop();
    let [record] = &records[..] else { panic!("one call, one record: {records:?}") };
    let answers: Vec<_> = record.consulted.iter().map(|asked| asked.answer).collect();
    assert_eq!(answers, [Answer::NoAnswer, Answer::Accepted]);
    let job = &record.ticket.as_ref().expect("the job is written down").job;
    let attendance = job.on_call.as_ref().expect("with what has come of ringing");
    assert_eq!(attendance.taken_by.as_ref().map(|taken| taken.name.as_str()), Some("Herr Yilmaz"));
}
