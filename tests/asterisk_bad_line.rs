//! Promise: over a bad line (1, 3 and 5 % of the packets lost, up to 60 ms of jitter, packets that overtake each
//! other) caller and Klinke still hear each other: what arrives is heard, what is lost is made up and not silent,
//! the delay does not grow, and keys get through.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use klinke::call::line::{Frame, HangUp};
use klinke_side::{Attached, converse, never};
use support::telephone::{Act, FRAME, SILENCE, Telephone, bad_wire::BadWire, sound};
use support::{logs, testbed::Testbed};
use tokio::sync::mpsc;

/// How long both sides speak.
const SPEECH_MS: usize = 20_000;
/// Then the caller presses these, and hangs up.
const KEYS: &str = "01372*6#";
const LENGTH_MS: u64 = 24_500;
const JITTER_MS: u64 = 60;

/// What of a sound arrived on the other side.
#[derive(Debug)]
struct Arrived {
    /// Share of its frames that are there, each as it was sent.
    share: f64,
    /// Where they are, against where they were sent, in ms: median of the first, the middle and the last fifth.
    late_ms: [f64; 3],
}

/// Looks for each frame of `sent` in `came`, first where the one before it was.
fn arrived(sent: &[i16], came: &[i16]) -> Arrived {
    const ALIKE: f64 = 0.9;
    /// Further than a frame jumps in one go: 120 ms.
    const JUMP: usize = 960;
    let (first, _) = sound::find(&sent[..5 * FRAME], came).expect("it is long enough");
    let mut late = first as i64;
    let mut found = Vec::new();
    for (number, frame) in sent.chunks_exact(FRAME).enumerate() {
        let place = (number * FRAME) as i64 + late;
        let at = |place: i64| usize::try_from(place).ok().and_then(|place| came.get(place..place + FRAME));
        let there = at(place).is_some_and(|there| sound::likeness(frame, there) > ALIKE);
        if !there {
            let from = usize::try_from(place).unwrap_or(0).saturating_sub(JUMP).min(came.len());
            let to = (from + 2 * JUMP + FRAME).min(came.len());
            let windows = came[from..to].windows(FRAME).enumerate();
            let alike = windows.map(|(offset, there)| (offset, sound::likeness(frame, there)));
            let Some((offset, alike)) = alike.max_by(|(_, a), (_, b)| a.total_cmp(b)) else { continue };
            if alike < ALIKE {
                continue;
            }
            late = (from + offset) as i64 - (number * FRAME) as i64;
        }
        found.push(late);
    }
    let fifth = found.len() / 5;
    let median = |part: usize| {
        let mut part = found[part * fifth..(part + 1) * fifth].to_vec();
        part.sort_unstable();
        part.get(part.len() / 2).map_or(f64::NAN, |samples| *samples as f64 / 8.0)
    };
    let share = found.len() as f64 / (sent.len() / FRAME) as f64;
    Arrived { share, late_ms: [0, 2, 4].map(median) }
}

/// Share of the frames between the first and the last loud one that are silent.
fn silent(sound: &[i16]) -> f64 {
    let loud: Vec<bool> = sound.chunks_exact(FRAME).map(|frame| sound::loudness(frame) > 500.0).collect();
    let (first, last) = (loud.iter().position(|loud| *loud), loud.iter().rposition(|loud| *loud));
    let (Some(first), Some(last)) = (first, last) else { return 1.0 };
    loud[first..last].iter().filter(|loud| !**loud).count() as f64 / (last - first).max(1) as f64
}

/// A caller who speaks, then presses the keys, then listens.
fn caller(voice: Vec<i16>) -> impl FnMut(support::telephone::Tick<'_>) -> Act {
    let mut keys = KEYS.chars();
    move |tick| match tick.ms {
        LENGTH_MS.. => Act::HangUp,
        ms if ms < SPEECH_MS as u64 => Act::Say(sound::frame(&voice, (ms / 20) as usize)),
        ms if ms < SPEECH_MS as u64 + 1_000 => Act::Say(SILENCE),
        _ => keys.next().map_or(Act::Say(SILENCE), Act::Press),
    }
}

async fn over(loss_percent: u64) {
    let Some(testbed) = Testbed::start(&format!("bad_line_{loss_percent}")) else { return };
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let (theirs, ours) = (sound::noise(SPEECH_MS, 7), sound::noise(SPEECH_MS, 8));
    let telephone = Telephone::new(testbed.sip()).wire(BadWire::new(loss_percent, JITTER_MS));
    let says = caller(theirs.clone());
    let call = tokio::spawn(async move { telephone.call("klinke-heating", says).await.unwrap() });
    let line = klinke.line().await;

    let (heard, mut hearing) = mpsc::unbounded_channel();
    let voice = ours.clone();
    let say = move |number: u64, frame: &Frame| {
        heard.send(*frame).unwrap();
        Frame(sound::frame(&voice, number as usize))
    };
    let seen = converse(line, say, never).await.unwrap();
    let report = call.await.unwrap();
    assert_eq!((report.status, seen.hung_up), (200, Some(HangUp::Caller)));
    let mut at_klinke = Vec::new();
    while let Some(frame) = hearing.recv().await {
        at_klinke.extend(frame.0);
    }

    let (there, back) = (arrived(&theirs, &at_klinke), arrived(&ours, &report.heard));
    let silent = silent(&at_klinke);
    println!(
        "{loss_percent} % loss, {JITTER_MS} ms jitter, caller to Klinke: {there:.2?}, {silent:.3} silent"
    );
    println!("{loss_percent} % loss, {JITTER_MS} ms jitter, Klinke to caller: {back:.2?}");
    println!("keys pressed {KEYS}, heard {}", seen.digits);
    logs::with("packets used").iter().for_each(|line| println!("{line}"));

    // What is lost on the wire is lost; beyond it jitter costs a little until the buffer is as deep as it needs.
    let least = 1.0 - loss_percent as f64 / 100.0 - 0.05;
    assert!(there.share >= least, "only {:.3} of the caller arrived", there.share);
    assert!(back.share >= least, "only {:.3} of Klinke arrived", back.share);
    assert!(silent < 0.01, "{silent:.3} of the caller's speech is silent: losses are not concealed");
    for late_ms in [there.late_ms, back.late_ms] {
        let [begin, middle, end] = late_ms;
        assert!(end - begin <= 100.0 && end - middle <= 60.0, "the delay grows: {late_ms:?} ms");
    }
    assert_eq!(seen.digits, KEYS);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_packet_of_a_hundred_is_lost() {
    over(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_packets_of_a_hundred_are_lost() {
    over(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_packets_of_a_hundred_are_lost() {
    over(5).await;
}
