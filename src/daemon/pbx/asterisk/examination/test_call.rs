//! A call that nobody makes: two media channels as the daemon has them, with a Local channel between them where
//! the dialplan has a place for it, and a tone each way.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::super::ari::{Ari, Socket, connect};
use super::super::error::AsteriskError;
use super::super::media::{Choice, Choices, Door, Media, Ports};
use super::PREFIX;
use super::signal::{Arrived, Sweep};
use crate::config;
use crate::daemon::clock::Clock;

/// The context of `klinke dialplan` that lets the far half of the Local channel in.
pub const CONTEXT: &str = "klinke-doctor";
/// Longest that a channel may take to enter the application.
const ENTRY_MS_MAX: u64 = 3_000;
/// Entries that wait to be looked at; there are four in all.
const ENTRIES_MAX: usize = 16;
/// Frames of silence before the tone, in which both paths settle; frames of the tone; frames in all.
const LEAD: usize = 25;
const TONE: usize = 30;
const FRAMES: usize = 100;

/// What a test call was about when it broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Listening to what happens in the PBX.
    Events,
    /// A port for the sound.
    Port,
    /// A media channel.
    Media,
    /// The Local channel.
    Local,
    /// Putting them together.
    Bridge,
}

/// How sound went.
#[derive(Clone, Debug)]
pub struct Sound {
    /// On which path, in which code: `rtp alaw`.
    pub wire: String,
    /// Whether it went through a Local channel.
    pub local: bool,
    /// One way.
    pub there: Option<Way>,
    /// The other way.
    pub back: Option<Way>,
}

/// Sound that arrived.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// What arrived.
    pub arrived: Arrived,
    /// From our sending the tone to our hearing it, our own buffer included.
    pub delay: Duration,
}

/// A channel that entered the application.
struct Entry {
    channel: String,
    /// By Asterisk's clock.
    at: Option<Timestamp>,
    /// By ours.
    seen: Timestamp,
}

/// The call, as far as it has come.
pub struct TestCall<'a> {
    ari: &'a Ari,
    config: &'a config::Asterisk,
    own: &'a str,
    near: Media,
    wire: String,
    entries: mpsc::Receiver<Entry>,
    /// By how much Asterisk's clock is ahead of ours.
    pub clock_ahead_ms: Option<i64>,
    /// Listens; ends with this value.
    _listener: JoinSet<()>,
}

type Broken = (Stage, AsteriskError);

impl<'a> TestCall<'a> {
    pub(super) async fn begin(
        ari: &'a Ari,
        config: &'a config::Asterisk,
        own: &'a str,
    ) -> Result<Self, Broken> {
        let socket = connect(ari).await.map_err(|error| (Stage::Events, error))?;
        let (entry, entries) = mpsc::channel(ENTRIES_MAX);
        let mut listener = JoinSet::new();
        listener.spawn(listen(socket, entry));
        let mut entries = entries;
        let (near, choice) = media(ari, config, &format!("{own}-near")).await?;
        let wire = format!("{} {}", choice.path.word(), choice.codec.word());
        let entered = entered(ari, &mut entries, &format!("{own}-near"), Stage::Media).await?;
        let ahead = entered.at.map(|at| at.duration_since(entered.seen).as_millis());
        let clock_ahead_ms = ahead.and_then(|ahead| i64::try_from(ahead).ok());
        Ok(Self { ari, config, own, near, wire, entries, clock_ahead_ms, _listener: listener })
    }

    /// Whether the dialplan has that context, or that extension in it; `None`: it cannot say.
    ///
    /// # Errors
    /// As every request.
    pub async fn dialplan_has(
        &self,
        context: &str,
        extension: Option<&str>,
    ) -> Result<Option<bool>, AsteriskError> {
        self.ari.dialplan_has(&format!("{}-near", self.own), context, extension).await
    }

    /// A tone each way, and what of it arrives. Without the context for it, without a Local channel.
    ///
    /// # Errors
    /// At which stage, and why.
    pub async fn sound(mut self) -> Result<Sound, Broken> {
        let local = self.dialplan_has(CONTEXT, Some(self.number())).await.ok().flatten() == Some(true);
        let name = |what: &str| format!("{}-{what}", self.own);
        let (near, far, bridge) = (name("near"), name("far"), name("bridge"));
        let (far_media, _) = media(self.ari, self.config, &far).await?;
        entered(self.ari, &mut self.entries, &far, Stage::Media).await?;
        if local {
            let halves = self.call_local().await?;
            self.join(&bridge, [&near, &halves[0]]).await?;
            self.join(&format!("{bridge}-2"), [&far, &halves[1]]).await?;
        } else {
            self.join(&bridge, [&near, &far]).await?;
        }
        let (up, down) = (Sweep::new(TONE, true), Sweep::new(TONE, false));
        let (here, there) = tokio::join!(converse(self.near, &up), converse(far_media, &down));
        Ok(Sound { wire: self.wire, local, there: way(&up, &here, &there), back: way(&down, &there, &here) })
    }

    fn number(&self) -> &'a str {
        self.own.strip_prefix(PREFIX).unwrap_or(self.own)
    }

    /// Both halves, answered and in the application.
    async fn call_local(&mut self) -> Result<[String; 2], Broken> {
        let halves = [format!("{}-local-1", self.own), format!("{}-local-2", self.own)];
        let format = self.config.codec.map_or("alaw", config::Codec::word);
        let place = format!("{}@{CONTEXT}", self.number());
        let broken = |error| (Stage::Local, error);
        self.ari.call_local(&place, [&halves[0], &halves[1]], format).await.map_err(broken)?;
        entered(self.ari, &mut self.entries, &halves[1], Stage::Local).await?;
        self.ari.answer(&halves[1]).await.map_err(broken)?;
        entered(self.ari, &mut self.entries, &halves[0], Stage::Local).await?;
        Ok(halves)
    }

    async fn join(&self, bridge: &str, channels: [&str; 2]) -> Result<(), Broken> {
        let broken = |error| (Stage::Bridge, error);
        self.ari.create_bridge(bridge).await.map_err(broken)?;
        self.ari.put_in(bridge, &channels).await.map_err(broken)
    }
}

/// A media channel of that name and our end of it.
async fn media(ari: &Ari, config: &config::Asterisk, channel: &str) -> Result<(Media, Choice), Broken> {
    let at = |stage| move |error| (stage, error);
    let choice = Choices::new(config).choose(ari, channel).await.map_err(at(Stage::Media))?;
    let ports = Ports::new(config).map_err(at(Stage::Port))?;
    let door = Door::open(&ports, choice).map_err(at(Stage::Port))?;
    let made = ari.external_media(channel, door.wanted()).await.map_err(at(Stage::Media))?;
    let met = door.meet(ari, made).await.map_err(at(Stage::Media))?;
    Ok((Media::new(met), choice))
}

/// Waits until that channel has entered the application.
async fn entered(
    ari: &Ari,
    entries: &mut mpsc::Receiver<Entry>,
    channel: &str,
    stage: Stage,
) -> Result<Entry, Broken> {
    let operation = || format!("see channel {channel} enter the application");
    let wait = async {
        while let Some(entry) = entries.recv().await {
            if entry.channel == channel {
                return Ok(entry);
            }
        }
        Err(AsteriskError::NoSocket { operation: operation(), at: ari.at().into() })
    };
    let waited = timeout(Duration::from_millis(ENTRY_MS_MAX), wait).await;
    let too_slow =
        |_| AsteriskError::TooSlow { operation: operation(), at: ari.at().into(), limit_ms: ENTRY_MS_MAX };
    waited.map_err(too_slow).flatten().map_err(|error| (stage, error))
}

#[derive(Deserialize)]
struct Happened {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    timestamp: String,
    channel: Option<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
}

/// Passes on which channels enter.
async fn listen(mut socket: Socket, entries: mpsc::Sender<Entry>) {
    let clock = Clock::start();
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(happened) = serde_json::from_str::<Happened>(&text) else { continue };
        if let ("StasisStart", Some(channel)) = (happened.kind.as_str(), happened.channel) {
            let entry = Entry { channel: channel.id, at: timestamp(&happened.timestamp), seen: clock.wall() };
            if entries.send(entry).await.is_err() {
                return;
            }
        }
    }
}

/// A moment as Asterisk writes it: `2026-11-22T18:19:00.123+0000`.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()
}

/// What one end said and heard.
struct Track {
    begun: Instant,
    said: Instant,
    heard: Vec<i16>,
}

/// Says the tone at one end, and listens.
async fn converse(mut media: Media, sweep: &Sweep) -> Track {
    let mut track = Track { begun: Instant::now(), said: Instant::now(), heard: Vec::new() };
    let mut number = 0;
    while number < FRAMES {
        tokio::select! {
            biased;
            () = media.until_tick() => {
                if number == 0 {
                    track.begun = Instant::now();
                }
                if number == LEAD {
                    track.said = Instant::now();
                }
                track.heard.extend(media.tick().0);
                media.answer(sweep.frame(number.checked_sub(LEAD)));
                number += 1;
            }
            received = media.receive() => if received.is_err() {
                break;
            },
        }
    }
    track
}

/// How what was said at one end arrived at the other.
fn way(sweep: &Sweep, said: &Track, heard: &Track) -> Option<Way> {
    let arrived = sweep.find(&heard.heard)?;
    let moment = heard.begun + Duration::from_micros(arrived.at as u64 * 125);
    Some(Way { arrived, delay: moment.saturating_duration_since(said.said) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asterisks_time_is_read() {
        assert_eq!(timestamp("2026-11-22T18:19:00.123+0000"), "2026-11-22T18:19:00.123Z".parse().ok());
        assert_eq!(timestamp("2026-11-22T19:19:00.5+0100"), "2026-11-22T18:19:00.5Z".parse().ok());
        for nonsense in ["", "now", "2026-11-22", "2026-11-22T18:19:00.123"] {
            assert_eq!(timestamp(nonsense), None, "{nonsense:?}");
        }
    }
}
