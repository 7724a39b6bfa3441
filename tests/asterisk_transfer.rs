//! Promise: on a real Asterisk a caller is handed to any telephone, queue or extension, unannounced or after a colleague
//! was asked; who does not take the call never gets it, the caller never waits in silence, and once two people talk
//! with each other Klinke is not in the call any more.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::time::Duration;

use klinke::call::line::{
    Absence, ColleagueEvent, Destination, Frame, LineCommand, LineEvent, ScreenPop, VOICE_FRAME_SAMPLES,
    VoiceFrame,
};
use klinke::daemon::pbx::Line;
use klinke_side::{Attached, dial, listens};
use support::telephone::answering::{Answering, Manner, Rung};
use support::telephone::{Act, Ended, Report, Tick, sound};
use support::{logs, testbed::Testbed};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// What each of them says, all the time: his pitch in Hz.
const CALLER: f64 = 350.0;
const COLLEAGUE: f64 = 700.0;
const KLINKE: f64 = 1_000.0;
/// The test bed's music on hold and its fallback.
const MUSIC: f64 = 500.0;
const FALLBACK: f64 = 440.0;
/// A test's events come within it, on a busy machine.
const EVENT_S_MAX: u64 = 20;

fn screen() -> ScreenPop {
    ScreenPop {
        call: "00112233445566778899aabbccddeeff".into(),
        site: "heating".into(),
        concern: "Heizung ausgefallen".into(),
        emergency: true,
        fields: vec![("name".into(), "Frau Müller\r\nX-Evil: ${EXTEN};1,\"".to_owned().into())],
    }
}

fn hum(hertz: f64, ms: u64) -> impl FnMut(Tick<'_>) -> Act {
    let voice = sound::tone(hertz, 20_000);
    move |tick| {
        if tick.ms >= ms { Act::HangUp } else { Act::Say(sound::frame(&voice, (tick.ms / 20) as usize)) }
    }
}

/// The same, and a key at its moment.
fn hum_and_press(hertz: f64, ms: u64, at: u64, key: char) -> impl FnMut(Tick<'_>) -> Act {
    let mut hum = hum(hertz, ms);
    move |tick| if tick.ms == at { Act::Press(key) } else { hum(tick) }
}

/// A colleague's telephone, and what rings there.
async fn colleague(
    testbed: &Testbed,
    manner: Manner,
    holder: impl FnMut(Tick<'_>) -> Act + Send + 'static,
) -> (String, JoinHandle<Rung>) {
    let telephone = Answering::new(testbed.sip(), "anna").await.unwrap();
    let uri = telephone.uri();
    testbed.cli(&format!("dialplan set global COLLEAGUE {uri}"));
    (uri, tokio::spawn(async move { telephone.wait(manner, holder).await.unwrap() }))
}

fn device(uri: &str) -> Destination {
    Destination::Device(format!("PJSIP/colleague/{uri}"))
}

/// What Klinke's side saw.
#[derive(Debug, Default)]
struct Seen {
    events: Vec<ColleagueEvent>,
    /// While a colleague listened.
    heard_then: Vec<i16>,
}

/// Klinke's side: asks a colleague after half a second, hums all the time, connects on 1, comes back on 2, and goes on
/// in the dialplan half a second after the caller is back. `drops`: the task dies at this event.
fn operator(line: Line, destination: Destination, drops: Option<ColleagueEvent>) -> JoinHandle<Seen> {
    tokio::spawn(async move {
        let mut line = line;
        let mut seen = Seen::default();
        let (mut frames, mut listening, mut back) = (0_u64, false, None);
        let voice: Vec<i16> = hum_samples();
        while let Some(event) = line.events.recv().await {
            let command = match event {
                LineEvent::Frame(Frame(samples)) => {
                    frames += 1;
                    if listening {
                        seen.heard_then.extend(samples);
                    }
                    let at = frames as usize * VOICE_FRAME_SAMPLES % (voice.len() - VOICE_FRAME_SAMPLES);
                    let part = &voice[at..at + VOICE_FRAME_SAMPLES];
                    let ours = LineCommand::Frame(VoiceFrame(part.try_into().unwrap()));
                    line.commands.send(ours).await.ok();
                    match frames {
                        25 => Some(LineCommand::Consult {
                            destination: destination.clone(),
                            screen: screen(),
                            ring: Duration::from_secs(3),
                        }),
                        _ if back.is_some_and(|back| frames == back + 50) => Some(LineCommand::Release {
                            destination: Destination::Fallback,
                            reason: "caller_asked",
                            screen: screen(),
                        }),
                        _ => None,
                    }
                }
                LineEvent::Colleague(event) => {
                    seen.events.push(event);
                    if drops == Some(event) {
                        return seen;
                    }
                    match event {
                        ColleagueEvent::Answered => listening = true,
                        ColleagueEvent::Gone(_) => (listening, back) = (false, Some(frames)),
                        _ => {}
                    }
                    match event {
                        ColleagueEvent::Digit(digit) if digit.symbol() == '1' => {
                            Some(LineCommand::Connect { reason: "caller_asked" })
                        }
                        ColleagueEvent::Digit(_) => Some(LineCommand::Return),
                        _ => None,
                    }
                }
                _ => None,
            };
            if let Some(command) = command {
                line.commands.send(command).await.ok();
            }
        }
        seen
    })
}

/// A second of Klinke's pitch at 16 kHz.
fn hum_samples() -> Vec<i16> {
    let step = KLINKE * std::f64::consts::TAU / 16_000.0;
    (0..16_000 + VOICE_FRAME_SAMPLES).map(|n| (8_000.0 * (step * n as f64).sin()) as i16).collect()
}

async fn end<T>(task: JoinHandle<T>) -> T {
    timeout(Duration::from_secs(EVENT_S_MAX), task).await.expect("it ends").expect("it does not panic")
}

/// Where the sound has this pitch, in tenths of a second.
fn tenths(heard: &[i16], hertz: f64) -> usize {
    heard.chunks_exact(800).filter(|part| sound::share_of_tone(part, hertz) > 0.6).count()
}

/// The longest silence, in ms.
fn longest_silence_ms(heard: &[i16]) -> usize {
    let quiet: Vec<bool> = heard.chunks_exact(160).map(|part| sound::loudness(part) < 50.0).collect();
    quiet.split(|quiet| !quiet).map(|stretch| stretch.len() * 20).max().unwrap_or(0)
}

async fn is_clean(testbed: &Testbed, klinke: Attached) {
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unannounced_to_a_telephone_a_queue_and_an_extension() {
    let Some(testbed) = Testbed::start("blind") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for kind in ["device", "queue", "extension"] {
        let (uri, rung) = colleague(&testbed, Manner::Answers(Duration::ZERO), hum(COLLEAGUE, 2_500)).await;
        let destination = match kind {
            "device" => device(&uri),
            "queue" => Destination::Queue("service".into()),
            _ => Destination::Extension("300".into()),
        };
        let call = dial(&testbed, "klinke-heating", hum(CALLER, 9_000));
        let line = klinke.line().await;
        sleep(Duration::from_millis(300)).await;
        let reason = "caller_asked";
        line.commands.send(LineCommand::Release { destination, reason, screen: screen() }).await.unwrap();
        let (rung, report) = (end(rung).await, end(call).await);
        let talked = rung.report.as_ref().expect("they talk");
        let (here, there) = (tenths(&report.heard, COLLEAGUE), tenths(&talked.heard, CALLER));
        assert!(here > 12 && there > 12, "{kind}: {here} and {there} tenths of a second");
        assert_eq!(rung.header("X-Klinke-Call"), Some("00112233445566778899aabbccddeeff"), "{kind}");
        assert_eq!(rung.header("X-Klinke-Concern"), Some("Heizung ausgefallen"), "{kind}");
        assert_eq!(rung.header("X-Klinke-Slots"), Some("name=Frau Müller X-Evil EXTEN 1"), "{kind}");
        assert_eq!((rung.header("X-Klinke-Emergency"), rung.header("X-Evil")), (Some("1"), None), "{kind}");
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new(), "{kind}");
    }
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telephone_that_does_not_take_the_call_leads_to_the_sites_own_fallback() {
    let Some(testbed) = Testbed::start("blind-busy") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let (uri, rung) = colleague(&testbed, Manner::Refuses(486), hum(COLLEAGUE, 100)).await;
    let call = dial(&testbed, "klinke-heating", listens(4_000));
    let line = klinke.line().await;
    let (destination, reason) = (device(&uri), "caller_asked");
    line.commands.send(LineCommand::Release { destination, reason, screen: screen() }).await.unwrap();
    end(rung).await;
    assert!(tenths(&end(call).await.heard, FALLBACK) > 10);
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:caller_asked");
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_who_accepts_talks_with_the_caller_and_klinke_is_gone() {
    let Some(testbed) = Testbed::start("accept") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for (kind, ends) in
        [("device", "caller"), ("extension", "colleague"), ("queue", "caller"), ("device", "colleague")]
    {
        let (caller_ms, colleague_ms) = if ends == "caller" { (7_000, 20_000) } else { (20_000, 5_000) };
        let holder = hum_and_press(COLLEAGUE, colleague_ms, 1_500, '1');
        let (uri, rung) = colleague(&testbed, Manner::Answers(Duration::from_millis(600)), holder).await;
        let destination = match kind {
            "device" => device(&uri),
            "queue" => Destination::Queue("service".into()),
            _ => Destination::Extension("300".into()),
        };
        let call = dial(&testbed, "klinke-heating", hum(CALLER, caller_ms));
        let seen = end(operator(klinke.line().await, destination, None)).await;
        sleep(Duration::from_millis(500)).await;
        let bridges = testbed.cli("bridge show all");
        let channels = testbed.cli("core show channels concise");
        assert!(!bridges.contains("klinke-bridge"), "{kind}: {bridges}");
        assert!(!channels.contains("klinke-media") && !channels.contains("UnicastRTP"), "{kind}: {channels}");
        let (rung, report): (Rung, Report) = (end(rung).await, end(call).await);
        let talked = rung.report.as_ref().expect("they talk");
        let by = |here: Ended| if here == Ended::Here { "here" } else { "there" };
        let (at_caller, at_colleague) = (by(report.ended), by(talked.ended));
        let expected = if ends == "caller" { ("here", "there") } else { ("there", "here") };
        assert_eq!((at_caller, at_colleague), expected, "{kind}: whoever hangs up ends it for both");
        let music = tenths(&report.heard, MUSIC);
        let briefed = tenths(&talked.heard, KLINKE);
        let talk = (tenths(&report.heard, COLLEAGUE), tenths(&talked.heard, CALLER));
        println!(
            "{kind}: {music} tenths of music, {briefed} of briefing, {talk:?} of talk; longest silence for the caller \
             {} ms",
            longest_silence_ms(&report.heard)
        );
        assert!(music > 8 && briefed > 8 && talk.0 > 10 && talk.1 > 10, "{kind}");
        assert!(tenths(&seen.heard_then, COLLEAGUE) > 8 && tenths(&seen.heard_then, CALLER) == 0, "{kind}");
        assert_eq!(
            seen.events[..2],
            [ColleagueEvent::Calling { music: true }, ColleagueEvent::Answered],
            "{kind}"
        );
        assert_eq!(rung.header("X-Klinke-Call"), Some("00112233445566778899aabbccddeeff"), "{kind}");
        assert_eq!(rung.header("X-Klinke-Slots"), Some("name=Frau Müller X-Evil EXTEN 1"), "{kind}");
        assert!(rung.header("From").unwrap().contains("4930123456"), "{kind}: whom the telephone shows");
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new(), "{kind}");
    }
    assert_eq!(testbed.variable("FALLBACKS"), "");
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_take_the_call_never_gets_it_and_the_caller_comes_back() {
    let Some(testbed) = Testbed::start("decline") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let soon = Manner::Answers(Duration::from_millis(300));
    let cases: [(&str, Manner, u64, char, &[Absence]); 6] = [
        ("declines", soon, 20_000, '2', &[Absence::Returned]),
        ("hangs up", soon, 1_200, '5', &[Absence::HungUp, Absence::Returned]),
        ("busy", Manner::Refuses(486), 0, '5', &[Absence::Busy]),
        ("refuses", Manner::Refuses(603), 0, '5', &[Absence::Declined]),
        ("not there", Manner::Refuses(404), 0, '5', &[Absence::Unreachable]),
        ("rings", Manner::Rings, 0, '5', &[Absence::NoAnswer]),
    ];
    for (case, manner, ms, key, absences) in cases {
        let at = if key == '2' { 900 } else { u64::MAX };
        let (uri, rung) = colleague(&testbed, manner, hum_and_press(COLLEAGUE, ms, at, key)).await;
        let call = dial(&testbed, "klinke-heating", hum(CALLER, 14_000));
        let seen = end(operator(klinke.line().await, device(&uri), None)).await;
        let (rung, report) = (end(rung).await, end(call).await);
        let Some(ColleagueEvent::Gone(absence)) = seen.events.last() else { panic!("{case}: {seen:?}") };
        assert!(absences.contains(absence), "{case}: {absence:?}");
        assert_eq!(tenths(&report.heard, COLLEAGUE), 0, "{case}: the caller never heard the colleague");
        assert!(tenths(&report.heard, FALLBACK) > 5, "{case}");
        let back = tenths(&report.heard, KLINKE);
        println!("{case}: {back} tenths of Klinke for the caller, {absence:?}");
        assert!(back > 8, "{case}: Klinke before and after");
        if let Some(talked) = &rung.report {
            assert_eq!(tenths(&talked.heard, CALLER), 0, "{case}: the colleague never heard the caller");
        }
        assert_eq!(rung.given_up, case == "rings", "{case}");
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new(), "{case}");
    }
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_left_ringing_or_alone_when_the_caller_goes() {
    let Some(testbed) = Testbed::start("caller-goes") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for (case, manner, caller_ms) in
        [("rings", Manner::Rings, 1_500), ("is briefed", Manner::Answers(Duration::from_millis(200)), 2_500)]
    {
        let (uri, rung) = colleague(&testbed, manner, hum(COLLEAGUE, 20_000)).await;
        let call = dial(&testbed, "klinke-heating", hum(CALLER, caller_ms));
        end(operator(klinke.line().await, device(&uri), None)).await;
        end(call).await;
        let rung = end(rung).await;
        match rung.report {
            None => assert!(rung.given_up, "{case}"),
            Some(talked) => assert_eq!(talked.ended, Ended::There, "{case}"),
        }
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new(), "{case}");
    }
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_dies_while_a_colleague_is_asked_goes_on_in_the_dialplan() {
    let Some(testbed) = Testbed::start("dies") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for at in [ColleagueEvent::Calling { music: true }, ColleagueEvent::Answered] {
        let manner = Manner::Answers(Duration::from_millis(800));
        let (uri, mut rung) = colleague(&testbed, manner, hum(COLLEAGUE, 20_000)).await;
        let call = dial(&testbed, "klinke-heating", hum(CALLER, 6_000));
        end(operator(klinke.line().await, device(&uri), Some(at))).await;
        assert!(tenths(&end(call).await.heard, FALLBACK) > 10, "{at:?}");
        let rung = timeout(Duration::from_secs(2), &mut rung).await.inspect_err(|_| rung.abort()).ok();
        match rung.map(Result::unwrap) {
            Some(rung) => {
                assert!(
                    rung.given_up || rung.report.is_some_and(|talked| talked.ended == Ended::There),
                    "{at:?}"
                );
            }
            // he was let go before Asterisk had called him
            None => assert_ne!(at, ColleagueEvent::Answered),
        }
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new(), "{at:?}");
    }
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:fault SUCCESS:fault");
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_while_a_colleague_is_asked_lets_him_go_and_the_caller_goes_on() {
    let Some(testbed) = Testbed::start("shutdown") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let (uri, rung) = colleague(&testbed, Manner::Rings, hum(COLLEAGUE, 20_000)).await;
    let call = dial(&testbed, "klinke-heating", hum(CALLER, 6_000));
    let seen = operator(klinke.line().await, device(&uri), None);
    sleep(Duration::from_millis(1_500)).await;
    klinke.detach().await;
    assert!(end(rung).await.given_up);
    end(seen).await;
    assert!(tenths(&end(call).await.heard, FALLBACK) > 10);
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:shutdown");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_talk_need_no_klinke_and_no_later_klinke_parts_them() {
    let Some(testbed) = Testbed::start("outlives") else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let holder = hum_and_press(COLLEAGUE, 20_000, 800, '1');
    let (uri, rung) = colleague(&testbed, Manner::Answers(Duration::from_millis(200)), holder).await;
    let call = dial(&testbed, "klinke-heating", hum(CALLER, 9_000));
    end(operator(klinke.line().await, device(&uri), None)).await;
    // killed the moment it has said "join them", with everything of its own still there
    for _ in 0..100 {
        if testbed.cli("core show channels concise").contains("!Bridge!") {
            break;
        }
    }
    klinke.adapter.abort();
    sleep(Duration::from_millis(300)).await;
    let later = Attached::new(&testbed, testbed.config(), 10).await;
    let report = end(call).await;
    assert_eq!(report.ended, Ended::Here, "nobody but the caller ends it");
    assert!(tenths(&report.heard, COLLEAGUE) > 30, "{} tenths", tenths(&report.heard, COLLEAGUE));
    assert_eq!(end(rung).await.report.unwrap().ended, Ended::There);
    is_clean(&testbed, later).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_contract_nobody_is_asked_and_the_log_says_what_to_do() {
    let Some(testbed) = Testbed::start("no-contract") else { return };
    testbed.cli("dialplan remove context klinke-connect");
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "klinke-heating", hum(CALLER, 5_000));
    let destination = Destination::Extension("201".into());
    let seen = end(operator(klinke.line().await, destination, None)).await;
    assert_eq!(seen.events, [ColleagueEvent::Gone(Absence::Unsupported)]);
    assert_eq!(logs::with("has no context klinke-connect").len(), 1);
    end(call).await;
    is_clean(&testbed, klinke).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_music_the_caller_hears_klinke_and_then_that_it_rings() {
    let Some(testbed) = Testbed::start("no-music") else { return };
    testbed.cli("module unload -f res_musiconhold.so");
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let holder = hum_and_press(COLLEAGUE, 4_500, 2_500, '1');
    let (uri, rung) = colleague(&testbed, Manner::Answers(Duration::from_millis(1_500)), holder).await;
    let call = dial(&testbed, "klinke-heating", hum(CALLER, 20_000));
    let seen = end(operator(klinke.line().await, device(&uri), None)).await;
    assert_eq!(seen.events[..2], [ColleagueEvent::Calling { music: false }, ColleagueEvent::Answered]);
    let (rung, report) = (end(rung).await, end(call).await);
    assert!(rung.report.is_some() && report.ended == Ended::There);
    let (ours, talk) = (tenths(&report.heard, KLINKE), tenths(&report.heard, COLLEAGUE));
    let of_both = report.heard.chunks_exact(800).filter(|part| sound::loudness(part) > 100.0).count();
    println!("{ours} tenths of Klinke, {} of ringing, {talk} of talk", of_both - ours - talk);
    assert!(ours > 15, "while it rings the caller hears us: {ours}");
    assert!(of_both - ours - talk > 5, "while the colleague listens he hears that it rings");
    assert!(talk > 10, "{talk}");
    is_clean(&testbed, klinke).await;
}
