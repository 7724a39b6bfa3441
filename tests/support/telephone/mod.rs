//! A telephone that a test holds to its ear: SIP over UDP, G.711 or G.722, 20 ms packets, RFC 4733 digits. It calls, and
//! every 20 ms a closure gets what it hears and decides what it says, so that a caller can wait, interrupt or
//! answer a question:
//!
//! ```no_run
//! let report = Telephone::new(asterisk.sip())
//!     .number("030123456")
//!     .call("klinke-heating", |tick| match tick.ms {
//!         ms if ms > 3_000 => Act::HangUp,
//!         _ if loud(tick.heard) => Act::Say(SILENCE),
//!         _ => Act::Say(next_frame_of_my_voice()),
//!     })
//!     .await?;
//! sound::write_wav("heard.wav", &report.heard)?;
//! ```
//!
//! The report's `heard` and `said` begin when the call was answered and have every sample at its place in real
//! time, gaps included; laid over each other they are the conversation.
//!
//! Registers nowhere, proves nothing, asks for no reliability beyond repeating its INVITE.

#![allow(dead_code, reason = "not every test needs everything of the telephone")]

pub mod answering;
pub mod bad_wire;
mod rtp;
mod sip;
pub mod sound;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until, timeout};

use self::bad_wire::BadWire;
use self::rtp::Stream;
use self::sip::{Dialog, Request};

/// Samples in a frame: 20 ms at 8 kHz.
pub const FRAME: usize = 160;
/// 20 ms of nothing.
pub const SILENCE: [i16; FRAME] = [0; FRAME];
const TICK: Duration = Duration::from_millis(20);
/// A test's call ends after so long whatever the caller wants.
const CALL_S_MAX: u64 = 180;
/// An INVITE without any answer is repeated after so long, and given up after ten of it.
const REPEAT_MS: u64 = 500;

/// How the sound is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// A-law.
    Pcma,
    /// µ-law.
    Pcmu,
    /// G.722, wideband. The caller says and hears 8 kHz all the same; the report has what was heard in full.
    G722,
}

/// A telephone.
#[derive(Clone, Debug)]
pub struct Telephone {
    server: SocketAddr,
    number: String,
    codec: Codec,
    patience: Option<Duration>,
    wire: Option<BadWire>,
}

/// 20 ms of a call, seen by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Tick<'a> {
    /// Since the call was answered.
    pub ms: u64,
    /// What arrived.
    pub heard: &'a [i16; FRAME],
}

/// What the caller does in these 20 ms.
#[derive(Clone, Debug)]
pub enum Act {
    /// Says this.
    Say([i16; FRAME]),
    /// Presses a key; takes 200 ms, in which nothing is said. Keys queue up.
    Press(char),
    /// Presses a key for that many ms, and the next one not before as many ms again have passed. Keys queue up.
    PressFor(char, u16, u16),
    /// Puts the other side on hold (a re-INVITE that only sends), and sends nothing any more.
    Hold,
    /// Takes the other side back.
    TakeBack,
    /// Hangs up.
    HangUp,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The caller.
    Here,
    /// The other side.
    There,
    /// It was never answered.
    Unanswered,
}

/// What became of a call.
#[derive(Debug)]
pub struct Report {
    /// The final answer to the INVITE: 200 where the call was answered.
    pub status: u16,
    /// Who ended it.
    pub ended: Ended,
    /// From the INVITE to the final answer.
    pub rang_ms: u64,
    /// From the answer to the end.
    pub length_ms: u64,
    /// What was heard, each sample at its place.
    pub heard: Vec<i16>,
    /// The same at 16 kHz, with [`Codec::G722`].
    pub heard_wide: Vec<i16>,
    /// What was said, each sample at its place.
    pub said: Vec<i16>,
    /// Packets that came.
    pub packets: u64,
    /// When the last packet came that had sound in it.
    pub last_sound: Option<Instant>,
}

impl Telephone {
    /// A telephone at the PBX with that SIP address.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, number: "4930123456".into(), codec: Codec::Pcma, patience: None, wire: None }
    }

    /// The number that the PBX sees.
    pub fn number(mut self, number: &str) -> Self {
        self.number = number.into();
        self
    }

    /// How the sound is coded.
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// What its sound passes on the way to the PBX and back.
    pub fn wire(mut self, wire: BadWire) -> Self {
        self.wire = Some(wire);
        self
    }

    /// Gives up when nobody has answered for so long.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Calls, and holds the conversation.
    ///
    /// # Errors
    /// Where the network does not work or the other side speaks no SIP.
    pub async fn call(&self, extension: &str, caller: impl FnMut(Tick<'_>) -> Act) -> io::Result<Report> {
        let signalling = UdpSocket::bind("127.0.0.1:0").await?;
        let sound = UdpSocket::bind("127.0.0.1:0").await?;
        signalling.connect(self.server).await?;
        let near = sound.local_addr()?;
        let ends = if self.wire.is_some() { Some(BadWire::ends().await?) } else { None };
        let [_, outer] = ends.as_ref().map_or(Ok([near; 2]), addresses)?;
        let here = (signalling.local_addr()?, outer);
        let mut dialog = Dialog::new(&self.number, extension, self.server, here, self.codec);
        let begun = Instant::now();
        let status = self.invite(&signalling, &mut dialog).await?;
        let report = Report {
            status,
            ended: Ended::Unanswered,
            rang_ms: begun.elapsed().as_millis() as u64,
            length_ms: 0,
            heard: Vec::new(),
            heard_wide: Vec::new(),
            said: Vec::new(),
            packets: 0,
            last_sound: None,
        };
        if status != 200 {
            return Ok(report);
        }
        let far = dialog.sound_there()?;
        let (there, _wire) = match (self.wire, ends) {
            (Some(wire), Some(ends)) => (addresses(&ends)?[0], Some(wire.lay(ends, near, far))),
            _ => (far, None),
        };
        let stream = Stream::new(sound, there, self.codec);
        Conversation { signalling, dialog, stream, report }.hold(caller).await
    }

    /// Rings until there is a final answer; gives its status.
    async fn invite(&self, signalling: &UdpSocket, dialog: &mut Dialog) -> io::Result<u16> {
        let mut buffer = vec![0; 65_536];
        let invite = dialog.request(Request::Invite);
        signalling.send(invite.as_bytes()).await?;
        let begun = Instant::now();
        let (mut silent, mut cancelled) = (0, false);
        loop {
            let gives_up = self.patience.filter(|_| !cancelled).map(|patience| begun + patience);
            let wake = Instant::now() + Duration::from_millis(REPEAT_MS);
            let wake = gives_up.map_or(wake, |gives_up| gives_up.min(wake));
            tokio::select! {
                length = signalling.recv(&mut buffer) => {
                    silent = -1;
                    let message = String::from_utf8_lossy(&buffer[..length?]).into_owned();
                    match dialog.answer_to_invite(&message) {
                        Some(status) if status >= 200 => {
                            signalling.send(dialog.request(Request::Ack).as_bytes()).await?;
                            return Ok(status);
                        }
                        _ => {}
                    }
                }
                () = sleep_until(wake) => {
                    if gives_up.is_some_and(|gives_up| gives_up <= Instant::now()) {
                        cancelled = true;
                        signalling.send(dialog.request(Request::Cancel).as_bytes()).await?;
                    } else if silent >= 0 {
                        silent += 1;
                        signalling.send(invite.as_bytes()).await?;
                    }
                    if silent > 10 || begun.elapsed() > Duration::from_secs(CALL_S_MAX) {
                        return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer to INVITE"));
                    }
                }
            }
        }
    }
}

fn addresses(ends: &[UdpSocket; 2]) -> io::Result<[SocketAddr; 2]> {
    Ok([ends[0].local_addr()?, ends[1].local_addr()?])
}

/// An answered call.
struct Conversation {
    signalling: UdpSocket,
    dialog: Dialog,
    stream: Stream,
    report: Report,
}

impl Conversation {
    async fn hold(mut self, mut caller: impl FnMut(Tick<'_>) -> Act) -> io::Result<Report> {
        let answered = Instant::now();
        let mut buffer = vec![0; 65_536];
        let mut ticks: u32 = 0;
        self.report.ended = loop {
            let due = answered + TICK * (ticks + 1);
            tokio::select! {
                biased;
                () = sleep_until(due) => {
                    let heard = self.stream.ear();
                    let ms = u64::from(ticks) * 20;
                    ticks += 1;
                    match caller(Tick { ms, heard: &heard }) {
                        Act::Say(frame) => self.stream.say(&frame),
                        Act::Press(key) => self.stream.press(key, 120, 80),
                        Act::PressFor(key, down_ms, up_ms) => self.stream.press(key, down_ms, up_ms),
                        Act::Hold => self.put_on_hold(true).await?,
                        Act::TakeBack => self.put_on_hold(false).await?,
                        Act::HangUp => break Ended::Here,
                    }
                    self.stream.tick().await?;
                    if ms > CALL_S_MAX * 1000 {
                        break Ended::Here;
                    }
                }
                length = self.signalling.recv(&mut buffer) => {
                    let message = String::from_utf8_lossy(&buffer[..length?]).into_owned();
                    if let Some(answer) = self.dialog.answer_request(&message) {
                        self.signalling.send(answer.as_bytes()).await?;
                    }
                    if self.dialog.accepts_again(&message) {
                        self.signalling.send(self.dialog.request(Request::Ack).as_bytes()).await?;
                    }
                    if message.starts_with("BYE ") {
                        break Ended::There;
                    }
                }
                arrived = self.stream.receive(answered) => arrived?,
            }
        };
        if self.report.ended == Ended::Here {
            self.signalling.send(self.dialog.request(Request::Bye).as_bytes()).await?;
            let _ = timeout(Duration::from_millis(REPEAT_MS), self.signalling.recv(&mut buffer)).await;
        }
        self.report.length_ms = answered.elapsed().as_millis() as u64;
        self.stream.recordings(&mut self.report);
        Ok(self.report)
    }
    async fn put_on_hold(&mut self, on: bool) -> io::Result<()> {
        self.stream.mute(on);
        self.signalling.send(self.dialog.invite_again(on).as_bytes()).await.map(drop)
    }
}
