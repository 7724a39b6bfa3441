//! Promise: whichever way the sound takes between Asterisk and Klinke, both sides hear each other without a break
//! and without much delay, whoever interrupts is heard at once, a wideband telephone hears wideband, nobody else
//! gets into the sound, and a way that breaks off leads the caller to the dialplan's fallback.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::net::{TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use klinke::call::audio::g711::Law;
use klinke::call::line::{Frame, HangUp, LineCommand, LineEvent, VoiceFrame};
use klinke::config::{Authorities, Codec, MediaPath};
use klinke::daemon::pbx::Line;
use klinke_side::{Attached, converse, dial, echo, listens, never, says, silence};
use rcgen::{CertificateParams, IsCa, KeyPair};
use support::telephone::{Codec as Speaks, Ended, Report, Telephone, sound};
use support::{
    logs,
    testbed::{LOCALHOST, Testbed},
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Every way there is.
const WAYS: [(MediaPath, Codec); 11] = [
    (MediaPath::Rtp, Codec::Alaw),
    (MediaPath::Rtp, Codec::Ulaw),
    (MediaPath::Rtp, Codec::G722),
    (MediaPath::Rtp, Codec::Slin),
    (MediaPath::AudioSocket, Codec::Slin),
    (MediaPath::AudioSocket, Codec::Slin16),
    (MediaPath::WebSocket, Codec::Alaw),
    (MediaPath::WebSocket, Codec::Ulaw),
    (MediaPath::WebSocket, Codec::G722),
    (MediaPath::WebSocket, Codec::Slin),
    (MediaPath::WebSocket, Codec::Slin16),
];

async fn attached(testbed: &Testbed, path: Option<MediaPath>, codec: Option<Codec>) -> Attached {
    let config = klinke::config::Asterisk { media: path, codec, ..testbed.config() };
    Attached::new(testbed, config, 10).await
}

/// Delays of stretches of half a second in what came back, in ms: the least of them, the median, the worst.
fn round_trip(report: &Report, stretches: std::ops::Range<usize>) -> (f64, f64, f64) {
    let delay = |n: usize| {
        let from = n * 4_000;
        let search = &report.heard[from..(from + 8_000).min(report.heard.len())];
        let (at, _) = sound::find(&report.said[from..from + 1_600], search).unwrap();
        at as f64 / 8.0
    };
    let mut delays: Vec<f64> = stretches.map(delay).collect();
    delays.sort_by(f64::total_cmp);
    (delays[0], delays[delays.len() / 2], delays[delays.len() - 1])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_carries_the_sound_there_and_back() {
    let Some(testbed) = Testbed::start("ways") else { return };
    let said = sound::noise(5_000, 5);
    let plain = dial(&testbed, "echo", says(said.clone(), 5_000)).await.unwrap();
    let (least, plain, _) = round_trip(&plain, 2..8);
    println!("Asterisk's own echo: {least:.0} ms at least, {plain:.0} ms in the middle");
    for (path, codec) in WAYS {
        let mut klinke = attached(&testbed, Some(path), Some(codec)).await;
        let call = dial(&testbed, "klinke-heating", says(said.clone(), 5_000));
        let (heard, mut hearing) = mpsc::unbounded_channel();
        let hear = move |number: u64, frame: &Frame| {
            heard.send(*frame).unwrap();
            echo(number, frame)
        };
        let seen = converse(klinke.line().await, hear, never);
        let report = call.await.unwrap();
        let seen = seen.await.unwrap();
        assert_eq!((report.ended, seen.hung_up), (Ended::Here, Some(HangUp::Caller)), "{path:?} {codec:?}");
        let mut at_klinke = Vec::new();
        while let Some(frame) = hearing.recv().await {
            at_klinke.extend(frame.0);
        }
        let there = sound::share_that_arrived(&said[8_000..32_000], &at_klinke);
        let back = sound::share_that_arrived(&said[8_000..32_000], &report.heard);
        let (least, middle, worst) = round_trip(&report, 2..8);
        println!(
            "{path:?} {codec:?}: {there:.2} of the caller arrives, {back:.2} comes back; adds {:.0} ms at least, \
             {:.0} ms in the middle, {:.0} ms at worst",
            least - plain,
            middle - plain,
            worst - plain
        );
        // a busy machine may cost a frame now and then
        assert!(there >= 0.8 && back >= 0.7, "{path:?} {codec:?}: {there} {back}");
        assert!(least - plain <= 100.0, "{path:?} {codec:?}: {} ms", least - plain);
        assert!(worst - least <= 200.0, "{path:?} {codec:?}: delay grows by {} ms", worst - least);
        let off = seen.lasted.as_secs_f64() / 0.02 - seen.frames as f64;
        assert!(off.abs() < 3.0, "{path:?} {codec:?}: {} frames in {:?}", seen.frames, seen.lasted);
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
        klinke.detach().await;
    }
}

/// Klinke says a sound of 16 kHz until frame `end`, then silence. Gives the moment of the first silence.
fn say_wide(mut line: Line, voice: Vec<i16>, end: u64) -> JoinHandle<Option<Instant>> {
    tokio::spawn(async move {
        let (mut number, mut silent_at) = (0, None);
        while let Some(event) = line.events.recv().await {
            if !matches!(event, LineEvent::Frame(_)) {
                continue;
            }
            let from = number as usize * 320 % voice.len();
            let frame = if number < end {
                VoiceFrame(std::array::from_fn(|i| voice[(from + i) % voice.len()]))
            } else {
                silent_at.get_or_insert_with(Instant::now);
                VoiceFrame::SILENCE
            };
            let _ = line.commands.send(LineCommand::Frame(frame)).await;
            number += 1;
        }
        silent_at
    })
}

/// A second of a tone at 16 kHz.
fn wide_tone(hertz: f64) -> Vec<i16> {
    let step = std::f64::consts::TAU * hertz / 16_000.0;
    (0..16_000).map(|i| ((f64::from(i) * step).sin() * 8_000.0) as i16).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_interrupts_is_heard_within_150_ms_of_our_decision() {
    let Some(testbed) = Testbed::start("barge-in") else { return };
    for (path, codec) in [
        (MediaPath::Rtp, Codec::Alaw),
        (MediaPath::Rtp, Codec::G722),
        (MediaPath::AudioSocket, Codec::Slin16),
        (MediaPath::WebSocket, Codec::Slin16),
    ] {
        let mut klinke = attached(&testbed, Some(path), Some(codec)).await;
        let mut delays = Vec::new();
        for end in [80, 105, 130] {
            let call = dial(&testbed, "klinke-heating", listens(3_500));
            let said = say_wide(klinke.line().await, wide_tone(440.0), end);
            let report = call.await.unwrap();
            let (decided, last) = (said.await.unwrap().unwrap(), report.last_sound.unwrap());
            delays.push(last.into_std().saturating_duration_since(decided).as_millis());
        }
        println!("{path:?} {codec:?}: silent {delays:?} ms after our decision");
        assert!(delays.iter().all(|&ms| ms <= 150), "{path:?} {codec:?}: {delays:?}");
        klinke.detach().await;
    }
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

/// How much of what a telephone with 16 kHz heard is a tone of `hertz`.
fn share_of_wide_tone(report: &Report, hertz: f64) -> f64 {
    // sound::share_of_tone counts in samples of 8 kHz
    sound::share_of_tone(&report.heard_wide[24_000..40_000], hertz / 2.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wideband_telephone_hears_wideband() {
    let Some(testbed) = Testbed::start("wide") else { return };
    for (path, codec, way) in [
        (None, None, "by rtp as g722"),
        (Some(MediaPath::AudioSocket), None, "by audiosocket as slin16"),
        (Some(MediaPath::WebSocket), None, "by websocket as g722"),
        (Some(MediaPath::WebSocket), Some(Codec::Slin16), "by websocket as slin16"),
        // and this is how it sounds to one that is not
        (None, Some(Codec::Alaw), "by rtp as alaw"),
    ] {
        let mut klinke = attached(&testbed, path, codec).await;
        let telephone = Telephone::new(testbed.sip()).codec(Speaks::G722);
        let call =
            tokio::spawn(async move { telephone.call("klinke-heating", listens(3_000)).await.unwrap() });
        let said = say_wide(klinke.line().await, wide_tone(6_000.0), u64::MAX);
        let report = call.await.unwrap();
        said.await.unwrap();
        let share = share_of_wide_tone(&report, 6_000.0);
        println!("{way}: {share:.2} of what a g722 telephone hears is our tone of 6 kHz");
        assert_eq!(share > 0.9, codec != Some(Codec::Alaw), "{way}: {share}");
        assert!(!logs::with(&format!("sound goes {way}")).is_empty(), "{way}");
        klinke.detach().await;
    }
    // a narrow telephone gets its own code, and one line in the log says so for all its calls
    let mut klinke = attached(&testbed, None, None).await;
    let before = logs::with("sound goes by rtp as ulaw").len();
    for _ in 0..2 {
        let telephone = Telephone::new(testbed.sip()).codec(Speaks::Pcmu);
        let call = tokio::spawn(async move { telephone.call("klinke-heating", listens(600)).await.unwrap() });
        converse(klinke.line().await, silence, never).await.unwrap();
        assert_eq!(call.await.unwrap().status, 200);
    }
    assert_eq!(logs::with("sound goes by rtp as ulaw").len(), before + 1);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sound_by_websocket_is_encrypted_where_requests_are() {
    let Some(testbed) = Testbed::start("wss") else { return };
    let tls = TcpListener::bind((LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut about = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap();
    about.is_ca = IsCa::ExplicitNoCa;
    let certificate = about.self_signed(&key).unwrap();
    testbed.write("klinke.pem", &format!("{}{}", certificate.pem(), key.serialize_pem()));
    let plain = "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = ";
    let file = format!("{}/klinke.pem", testbed.folder());
    testbed.write(
        "http.conf",
        &format!(
            "{plain}{}\ntlsenable = yes\ntlsbindaddr = {tls}\ntlscertfile = {file}\n",
            testbed.http().port()
        ),
    );
    testbed.cli("module reload http");
    let config = klinke::config::Asterisk {
        url: format!("https://{tls}"),
        authorities: Some(Authorities {
            file: "ca.pem".into(),
            certificates: vec![certificate.der().clone()],
        }),
        media: Some(MediaPath::WebSocket),
        ..testbed.config()
    };
    let mut klinke = Attached::new(&testbed, config, 10).await;
    let said = sound::noise(3_000, 5);
    let call = dial(&testbed, "klinke-heating", says(said.clone(), 3_000));
    let seen = converse(klinke.line().await, echo, never);
    let report = call.await.unwrap();
    assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Caller));
    let back = sound::share_that_arrived(&said[4_000..16_000], &report.heard);
    let (least, middle, worst) = round_trip(&report, 1..4);
    println!("by TLS {back:.2} comes back, after {least:.0}, {middle:.0}, {worst:.0} ms");
    assert!(back >= 0.7, "{back}");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

/// Asterisk keeps what waits at a WebSocket, so that all of it would be heard, so much later than it was said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_piled_up_while_asterisk_stood_still_is_not_heard_later() {
    const RATE: usize = 8_000;
    let Some(testbed) = Testbed::start("stood-still") else { return };
    let mut klinke = attached(&testbed, Some(MediaPath::WebSocket), Some(Codec::Slin)).await;
    let call = dial(&testbed, "klinke-heating", listens(10_000));
    let voice = sound::noise(12_000, 9);
    let spoken = voice.clone();
    let says = move |number: u64, _: &Frame| Frame(sound::frame(&spoken, number as usize));
    let seen = converse(klinke.line().await, says, never);
    sleep(Duration::from_millis(2_500)).await;
    testbed.signal("STOP");
    sleep(Duration::from_millis(2_000)).await;
    testbed.signal("CONT");
    let report = call.await.unwrap();
    let lateness = |ms: usize| {
        let from = ms * RATE / 1_000;
        let (at, alike) = sound::find(&voice[from..from + RATE / 5], &report.heard).unwrap();
        (alike, at as f64 / 8.0 - ms as f64)
    };
    let (_, usual) = lateness(1_500);
    // a second after it goes on, and what it takes on a busy machine
    for ms in [6_300, 7_000] {
        let (alike, late) = lateness(ms);
        println!(
            "what Klinke said at {ms} ms was heard {:.0} ms later than usual ({alike:.2})",
            late - usual
        );
        assert!(alike > 0.5 && late - usual < 300.0, "{ms}: {alike:.2} {late} {usual}");
    }
    drop(seen.await.unwrap());
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_gets_into_the_sound() {
    let Some(testbed) = Testbed::start("foreign") else { return };
    let config = testbed.config();
    let ports = config.media_ports;
    let mut klinke = Attached::new(&testbed, config, 10).await;
    let call = dial(&testbed, "klinke-heating", listens(3_000));
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let hear = move |_: u64, frame: &Frame| {
        heard.send(frame.0.iter().map(|sample| sample.unsigned_abs()).max()).unwrap();
        Frame::SILENCE
    };
    let seen = converse(klinke.line().await, hear, never);
    sleep(Duration::from_millis(500)).await;
    // loud packets to every port that could be the call's: from another address, and from the PBX's with another port
    let strangers = ["127.0.0.2:0", "127.0.0.1:0"].map(|at| UdpSocket::bind(at).unwrap());
    for number in 0..50_u16 {
        let mut packet = vec![0x80, 8];
        packet.extend(number.to_be_bytes());
        packet.extend((u32::from(number) * 160).to_be_bytes());
        packet.extend(7_u32.to_be_bytes());
        packet.extend([Law::A.encode(20_000); 160]);
        for port in ports.0..=ports.1 {
            strangers.iter().for_each(|stranger| drop(stranger.send_to(&packet, ("127.0.0.1", port))));
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(call.await.unwrap().ended, Ended::Here);
    assert_eq!(seen.await.unwrap().hung_up, Some(HangUp::Caller));
    let mut loudest = 0;
    while let Some(peak) = hearing.recv().await {
        loudest = loudest.max(peak.unwrap_or(0));
    }
    let told = logs::with(" foreign");
    assert!(loudest < 100, "the strangers are heard: {loudest}");
    assert!(told.iter().any(|line| line.contains("100 foreign")), "{told:?}");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_that_breaks_off_leads_to_the_fallback() {
    let Some(testbed) = Testbed::start("breaks-off") else { return };
    for (path, name) in [
        (MediaPath::Rtp, "UnicastRTP/"),
        (MediaPath::AudioSocket, "AudioSocket/"),
        (MediaPath::WebSocket, "WebSocket/"),
    ] {
        let mut klinke = attached(&testbed, Some(path), None).await;
        let call = dial(&testbed, "klinke-heating", listens(3_500));
        let seen = converse(klinke.line().await, silence, never);
        sleep(Duration::from_millis(700)).await;
        let channels = testbed.left_over();
        let channel = channels.iter().find(|channel| channel.starts_with(name)).expect("a media channel");
        testbed.cli(&format!("channel request hangup {channel}"));
        let seen = seen.await.unwrap();
        let report = call.await.unwrap();
        let share = sound::share_of_tone(&report.heard[20_000..26_000], 440.0);
        assert_eq!((seen.hung_up, report.ended), (Some(HangUp::Line), Ended::Here), "{path:?}");
        assert!(share > 0.9, "{path:?}: {share} of a tone");
        assert!(testbed.variable("FALLBACKS").ends_with("SUCCESS:fault"), "{path:?}");
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
        klinke.detach().await;
    }
}
