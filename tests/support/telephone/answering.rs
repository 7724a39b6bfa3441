//! The telephone of somebody who is called: rings, and answers, declines or does nothing, as the test says.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};

use super::rtp::Stream;
use super::sip::Dialog;
use super::{Act, CALL_S_MAX, Codec, Conversation, Ended, Report, Tick};

/// What happens when it rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Answers after so long.
    Answers(Duration),
    /// Refuses with this status: 486 is busy, 603 declined.
    Refuses(u16),
    /// Rings for ever.
    Rings,
}

/// A telephone that waits for a call.
pub struct Answering {
    signalling: UdpSocket,
    number: String,
}

/// What became of it.
#[derive(Debug)]
pub struct Rung {
    /// The INVITE as it came.
    pub invite: String,
    /// Whoever called gave up before anybody answered.
    pub given_up: bool,
    /// How long it rang.
    pub rang: Duration,
    /// The conversation, where there was one.
    pub report: Option<Report>,
}

impl Rung {
    /// A header of the INVITE.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.invite.split("\r\n\r\n").next()?;
        head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

impl Answering {
    /// A telephone at the PBX with that SIP address.
    pub async fn new(server: SocketAddr, number: &str) -> io::Result<Self> {
        let signalling = UdpSocket::bind("127.0.0.1:0").await?;
        signalling.connect(server).await?;
        Ok(Self { signalling, number: number.to_owned() })
    }

    /// Where it is called: `sip:anna@127.0.0.1:5090`.
    pub fn uri(&self) -> String {
        let address = self.signalling.local_addr().expect("a socket has an address");
        format!("sip:{}@{address}", self.number)
    }

    /// Waits for one call and holds it.
    ///
    /// # Errors
    /// Where the network does not work or the other side speaks no SIP.
    pub async fn wait(self, manner: Manner, holder: impl FnMut(Tick<'_>) -> Act) -> io::Result<Rung> {
        let sound = UdpSocket::bind("127.0.0.1:0").await?;
        let here = (self.signalling.local_addr()?, sound.local_addr()?);
        let invite = self.next("INVITE ").await?;
        let rings = Instant::now();
        let dialog = Dialog::answering(&invite, &self.number, here, Codec::Pcma)?;
        let ended = |given_up| Rung { invite: invite.clone(), given_up, rang: rings.elapsed(), report: None };
        let answers_at = match manner {
            Manner::Refuses(status) => {
                self.say(&dialog.answer_to(&invite, status, "Refused")).await?;
                self.next("ACK ").await?;
                return Ok(ended(false));
            }
            Manner::Answers(after) => rings + after,
            Manner::Rings => rings + Duration::from_secs(CALL_S_MAX),
        };
        self.say(&dialog.answer_to(&invite, 180, "Ringing")).await?;
        loop {
            let mut buffer = vec![0; 65_536];
            let length = tokio::select! {
                length = self.signalling.recv(&mut buffer) => length?,
                () = sleep_until(answers_at) => break,
            };
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if message.starts_with("CANCEL ") {
                self.say(&dialog.answer_to(&message, 200, "OK")).await?;
                self.say(&dialog.answer_to(&invite, 487, "Request Terminated")).await?;
                return Ok(ended(true));
            }
            if message.starts_with("INVITE ") {
                self.say(&dialog.answer_to(&invite, 180, "Ringing")).await?;
            }
        }
        self.say(&dialog.answer_to(&invite, 200, "OK")).await?;
        let stream = Stream::new(sound, dialog.sound_there()?, Codec::Pcma);
        let rang = rings.elapsed();
        let report = Report {
            status: 200,
            ended: Ended::Unanswered,
            rang_ms: rang.as_millis() as u64,
            length_ms: 0,
            heard: Vec::new(),
            heard_wide: Vec::new(),
            last_sound: None,
            said: Vec::new(),
            packets: 0,
        };
        let report =
            Conversation { signalling: self.signalling, dialog, stream, report }.hold(holder).await?;
        Ok(Rung { invite, given_up: false, rang, report: Some(report) })
    }

    async fn next(&self, begin: &str) -> io::Result<String> {
        let mut buffer = vec![0; 65_536];
        loop {
            let length = self.signalling.recv(&mut buffer).await?;
            let message = String::from_utf8_lossy(&buffer[..length]);
            if message.starts_with(begin) {
                return Ok(message.into_owned());
            }
        }
    }

    async fn say(&self, message: &str) -> io::Result<()> {
        self.signalling.send(message.as_bytes()).await.map(drop)
    }
}
