//! Klinke's side of a call in the tests of the line: the adapter, and a call that does what a test says.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use klinke::call::audio::halfband::Doubler;
use klinke::call::line::{ColleagueEvent, Frame, HangUp, LineCommand, LineEvent, VoiceFrame};
use klinke::daemon::pbx::{Admission, Line, Wanted, asterisk, reason};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::support::logs;
use crate::support::telephone::{Act, Report, Telephone, Tick, sound};
use crate::support::testbed::Testbed;

/// How long a call may need until Klinke answers, in a test on a busy machine.
const ANSWER_MS_MAX: u64 = 3_000;

/// Klinke's adapter, attached to the test's Asterisk.
pub struct Attached {
    pub calls: mpsc::Receiver<Line>,
    pub shutdown: watch::Sender<bool>,
    pub adapter: JoinHandle<Result<(), asterisk::AsteriskError>>,
}

impl Attached {
    pub async fn new(testbed: &Testbed, config: klinke::config::Asterisk, places: usize) -> Self {
        logs::keep();
        let (call, calls) = mpsc::channel(4);
        let (shutdown, down) = watch::channel(false);
        let seats = Arc::new(Semaphore::new(places));
        let admit = move |wanted: Wanted<'_>| match Arc::clone(&seats).try_acquire_owned() {
            _ if wanted.site != "heating" => Admission::Refused(reason::UNKNOWN_SITE),
            Ok(seat) => Admission::Admitted(Some(seat)),
            Err(_) => Admission::Refused(reason::BUSY),
        };
        let adapter = tokio::spawn(asterisk::attach(config, admit, call, down));
        for _ in 0..100 {
            if testbed.cli("ari show apps").contains("klinke") {
                return Self { calls, shutdown, adapter };
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("Klinke did not attach: {:#?}", logs::with(""));
    }

    pub async fn line(&mut self) -> Line {
        timeout(Duration::from_millis(ANSWER_MS_MAX), self.calls.recv()).await.unwrap().unwrap()
    }

    pub async fn detach(self) {
        self.shutdown.send_replace(true);
        timeout(Duration::from_secs(6), self.adapter).await.unwrap().unwrap().unwrap();
    }
}

/// What a call saw of its line.
#[derive(Debug, Default)]
pub struct Seen {
    pub frames: u64,
    pub digits: String,
    /// "held" and "resumed", in order.
    pub holds: Vec<&'static str>,
    pub hung_up: Option<HangUp>,
    pub colleague: Vec<ColleagueEvent>,
    /// From the first frame to the last.
    pub lasted: Duration,
}

/// Klinke's side: answers each frame with the one that `say` gives for it, until the line ends or `end` says so.
pub fn converse(
    line: Line,
    mut say: impl FnMut(u64, &Frame) -> Frame + Send + 'static,
    end: impl Fn(u64) -> Option<LineCommand> + Send + 'static,
) -> JoinHandle<Seen> {
    tokio::spawn(async move {
        // the whole of it, its seat as well
        let mut line = line;
        let (mut seen, mut doubler) = (Seen::default(), Doubler::new());
        let begun = Instant::now();
        while let Some(event) = line.events.recv().await {
            match event {
                LineEvent::Frame(frame) => {
                    let mut voice = VoiceFrame::SILENCE;
                    doubler.double(&say(seen.frames, &frame).0, &mut voice.0);
                    let command = end(seen.frames).unwrap_or(LineCommand::Frame(voice));
                    let _ = line.commands.send(command).await;
                    seen.frames += 1;
                    seen.lasted = begun.elapsed();
                }
                LineEvent::Digit(digit) => seen.digits.push(digit.symbol()),
                LineEvent::Held => seen.holds.push("held"),
                LineEvent::Resumed => seen.holds.push("resumed"),
                LineEvent::Tone(_) => {}
                LineEvent::Typed(_) => panic!("nobody types on a telephone"),
                LineEvent::HungUp(by) => seen.hung_up = Some(by),
                LineEvent::Colleague(event) => seen.colleague.push(event),
            }
        }
        seen
    })
}

pub fn echo(_: u64, frame: &Frame) -> Frame {
    *frame
}

pub fn silence(_: u64, _: &Frame) -> Frame {
    Frame::SILENCE
}

pub fn never(_: u64) -> Option<LineCommand> {
    None
}

/// A caller who says `voice` from the first moment, and hangs up after `ms`.
pub fn says(voice: Vec<i16>, ms: u64) -> impl FnMut(Tick<'_>) -> Act {
    move |tick| {
        if tick.ms >= ms { Act::HangUp } else { Act::Say(sound::frame(&voice, (tick.ms / 20) as usize)) }
    }
}

pub fn listens(ms: u64) -> impl FnMut(Tick<'_>) -> Act {
    says(Vec::new(), ms)
}

/// A call of a telephone in the background.
pub fn dial(
    testbed: &Testbed,
    extension: &'static str,
    caller: impl FnMut(Tick<'_>) -> Act + Send + 'static,
) -> JoinHandle<Report> {
    let telephone = Telephone::new(testbed.sip());
    tokio::spawn(async move { telephone.call(extension, caller).await.unwrap() })
}
