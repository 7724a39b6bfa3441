//! One call in the PBX: set up, talk, let go, clear up. One task a call.
//!
//! The caller's channel and a media channel of ours meet in a bridge of ours. Both have names made of the
//! caller's, so that whoever finds them later knows whose they are. The caller is answered last, when the sound
//! is ready. However the call ends, the caller either has hung up, is hung up, or is sent on in the dialplan;
//! then media channel and bridge are deleted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

use super::error::AsteriskError;
use super::media::{Choices, Door, Media, Ports};
use super::rest::Ari;
use crate::call::line::{
    Absence, Arrival, ColleagueEvent, Destination, Digit, HangUp, LineCommand, LineEvent,
};
use crate::daemon::pbx::{COMMANDS_MAX, EVENTS_MAX, EVENTS_RESERVED, Line, reason};

/// Channel variable that tells the dialplan why Klinke let go.
pub const REASON_VARIABLE: &str = "KLINKE_REASON";
/// Longest that setting a call up may take, all its requests together; then it goes to the fallback.
const SET_UP_MS_MAX: u64 = 4_000;
/// Longest the media channel may take to enter our application.
const MEDIA_START_MS_MAX: u64 = 3_000;
/// Longest that a request at the end of a call is tried for, where giving up would leave something behind. A PBX that
/// cannot be reached for a while still learns where its caller is to go.
const ENDING_MS_MAX: u64 = 30_000;
/// Wait between two attempts.
const ENDING_RETRY_MS: u64 = 250;
/// Without event socket and without a packet for so long, the call has lost its PBX.
const PBX_LOSS_S_MAX: u64 = 10;

const MEDIA_PREFIX: &str = "klinke-media-";
const BRIDGE_PREFIX: &str = "klinke-bridge-";

/// What the switchboard tells a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The media channel has entered our application.
    MediaStarted,
    /// The media channel is no more.
    MediaEnded,
    /// The caller's channel is no more, or not ours any more.
    Over(HangUp),
    /// The caller pressed a key.
    Digit(Digit),
    /// The caller's telephone has put us on hold, or taken us back.
    Hold(bool),
    /// The daemon is going down.
    Shutdown,
}

/// Name of the media channel of a call.
pub fn media_channel(caller: &str) -> String {
    format!("{MEDIA_PREFIX}{caller}")
}

/// Whose media channel that is, if it is one.
pub fn media_owner(channel: &str) -> Option<&str> {
    channel.strip_prefix(MEDIA_PREFIX)
}

/// Whose bridge that is, if it is one of ours.
pub fn bridge_owner(bridge: &str) -> Option<&str> {
    bridge.strip_prefix(BRIDGE_PREFIX)
}

/// How a call ends, as far as the caller's channel goes.
#[derive(Debug)]
pub enum End {
    /// It is gone already.
    Gone,
    /// We hang up.
    HangUp,
    /// On in the dialplan.
    Release(Destination, &'static str),
}

impl End {
    /// To what follows our application in the dialplan.
    pub const fn fallback(reason: &'static str) -> Self {
        Self::Release(Destination::Fallback, reason)
    }
}

/// A call that was admitted.
pub struct Call {
    pub ari: Arc<Ari>,
    pub ports: Ports,
    pub choices: Arc<Choices>,
    /// The caller's channel.
    pub channel: String,
    pub arrival: Arrival,
    pub site: String,
    pub seat: Option<OwnedSemaphorePermit>,
    /// Context of the extensions that callers are handed to.
    pub context: Option<String>,
    pub notices: mpsc::Receiver<Notice>,
    /// Whether the event socket is there.
    pub connected: watch::Receiver<bool>,
    pub calls: mpsc::Sender<Line>,
}

impl Call {
    /// Holds the call, to the last trace of it in the PBX.
    pub async fn hold(mut self) {
        let end = match self.set_up_in_time().await {
            Ok(media) => self.talk(media).await,
            Err(end) => end,
        };
        clear_up(&self.ari, &self.channel, self.context.as_deref(), end).await;
    }

    /// Sets up in time and without losing sight of the PBX: what happens while the event socket is gone is never told
    /// again.
    async fn set_up_in_time(&mut self) -> Result<Media, End> {
        let (mut connected, channel) = (self.connected.clone(), self.channel.clone());
        let there = *connected.borrow();
        let why = tokio::select! {
            done = timeout(Duration::from_millis(SET_UP_MS_MAX), self.set_up()) => match done {
                Ok(done) => return done,
                Err(_) => format!("it was not set up within {SET_UP_MS_MAX} ms"),
            },
            _ = connected.changed(), if there => "the event socket broke while it was being set up".into(),
        };
        log::error!("call {channel} goes on in the dialplan: {why}");
        Err(End::fallback(reason::FAULT))
    }

    /// Everything up to the first frame.
    async fn set_up(&mut self) -> Result<Media, End> {
        let channel = &self.channel;
        let fault = |error: AsteriskError| {
            match error {
                AsteriskError::Gone { .. } => log::info!("call {channel} ended before it began: {error}"),
                _ => log::error!("call {channel} goes on in the dialplan: {error}"),
            }
            End::fallback(reason::FAULT)
        };
        let (bridge, media) = (bridge(channel), media_channel(channel));
        let choice = self.choices.choose(&self.ari, channel).await.map_err(fault)?;
        let door = Door::open(&self.ports, choice).map_err(fault)?;
        self.ari.create_bridge(&bridge).await.map_err(fault)?;
        let made = self.ari.external_media(&media, door.wanted()).await.map_err(fault)?;
        let wire = door.meet(&self.ari, made).await.map_err(fault)?;
        await_media(&mut self.notices, channel).await?;
        self.ari.answer(channel).await.map_err(fault)?;
        self.ari.add_to_bridge(&bridge, [channel, &media]).await.map_err(fault)?;
        Ok(Media::new(wire))
    }

    /// From the first frame to the last.
    async fn talk(&mut self, mut media: Media) -> End {
        let (events, events_of_call) = mpsc::channel(EVENTS_MAX);
        let (commands_of_call, mut commands) = mpsc::channel(COMMANDS_MAX);
        let line = Line {
            arrival: std::mem::take(&mut self.arrival),
            site: std::mem::take(&mut self.site),
            events: events_of_call,
            commands: commands_of_call,
            seat: self.seat.take(),
        };
        if self.calls.try_send(line).is_err() {
            log::error!("call {} goes on in the dialplan: nobody takes new calls", self.channel);
            return End::fallback(reason::FAULT);
        }
        log::info!("call {} begins", self.channel);
        let mut events = Events::new(events);
        let end = loop {
            tokio::select! {
                biased;
                () = media.until_tick() => {
                    let frame = media.tick();
                    events.frame(frame);
                    if let Some(end) = self.lost(&media, &mut events) {
                        break end;
                    }
                }
                notice = next(&mut self.notices) => {
                    if let Some(end) = heed(notice, &mut events) {
                        break end;
                    }
                }
                command = commands.recv() => match command {
                    Some(LineCommand::Frame(frame)) => media.answer(frame),
                    Some(LineCommand::HangUp) => break End::HangUp,
                    Some(LineCommand::Release { destination, reason, .. }) => break End::Release(destination, reason),
                    Some(LineCommand::Consult { .. }) => {
                        events.colleague(ColleagueEvent::Gone(Absence::Unsupported));
                    }
                    Some(LineCommand::Connect { reason }) => break End::fallback(reason),
                    Some(LineCommand::Return) => {}
                    None => {
                        log::error!("call {} goes on in the dialplan: its task ended without a word", self.channel);
                        break End::fallback(reason::FAULT);
                    }
                },
                received = media.receive() => if let Err(cause) = received {
                    log::error!("call {} goes on in the dialplan: its sound broke off: {cause}", self.channel);
                    events.last(HangUp::Line);
                    break End::fallback(reason::FAULT);
                },
            }
        };
        media.flush();
        log::info!("call {} ends: {}; {} frames not taken", self.channel, media.summary(), events.untaken);
        end
    }

    /// Whether the PBX is gone altogether.
    fn lost(&self, media: &Media, events: &mut Events) -> Option<End> {
        let silent = media.silent_for() > Duration::from_secs(PBX_LOSS_S_MAX);
        if !silent || *self.connected.borrow() {
            return None;
        }
        log::error!("call {} is over: neither events nor sound from the PBX", self.channel);
        events.last(HangUp::Line);
        Some(End::fallback(reason::FAULT))
    }
}

/// The next notice. The switchboard ends its calls before itself: where it is gone, this task is being aborted
/// and says nothing to anybody any more.
async fn next(notices: &mut mpsc::Receiver<Notice>) -> Notice {
    match notices.recv().await {
        Some(notice) => notice,
        None => std::future::pending().await,
    }
}

/// What a notice means to a call that talks.
fn heed(notice: Notice, events: &mut Events) -> Option<End> {
    match notice {
        Notice::MediaStarted => None,
        Notice::Digit(digit) => {
            events.digit(digit);
            None
        }
        Notice::Hold(on) => {
            events.hold(on);
            None
        }
        Notice::Over(hang_up) => {
            events.last(hang_up);
            Some(End::Gone)
        }
        Notice::MediaEnded => {
            events.last(HangUp::Line);
            Some(End::fallback(reason::FAULT))
        }
        Notice::Shutdown => {
            events.last(HangUp::Shutdown);
            Some(End::fallback(reason::SHUTDOWN))
        }
    }
}

/// Waits until the media channel is in our application: before, it cannot be put into a bridge.
async fn await_media(notices: &mut mpsc::Receiver<Notice>, channel: &str) -> Result<(), End> {
    let started = async {
        loop {
            match next(notices).await {
                Notice::MediaStarted => return Ok(()),
                Notice::Digit(_) | Notice::Hold(_) => {}
                Notice::Over(_) => return Err(End::Gone),
                Notice::MediaEnded => return Err(End::fallback(reason::FAULT)),
                Notice::Shutdown => return Err(End::fallback(reason::SHUTDOWN)),
            }
        }
    };
    timeout(Duration::from_millis(MEDIA_START_MS_MAX), started).await.unwrap_or_else(|_| {
        log::error!(
            "call {channel} goes on in the dialplan: its media channel did not enter our application within \
             {MEDIA_START_MS_MAX} ms; is the event socket there?"
        );
        Err(End::fallback(reason::FAULT))
    })
}

/// Lets go of the caller and deletes what belongs to the call. Everything in it may be gone already.
pub async fn clear_up(ari: &Ari, channel: &str, context: Option<&str>, end: End) {
    match end {
        End::Gone => {}
        End::HangUp => insist(|| ari.hang_up(channel)).await,
        End::Release(destination, reason) => {
            insist(|| ari.set_variable(channel, REASON_VARIABLE, reason)).await;
            let extension = match &destination {
                Destination::Extension(extension) => existing(ari, channel, context, extension).await,
                Destination::Device(_) | Destination::Queue(_) | Destination::Fallback => None,
            };
            insist(|| ari.go_on(channel, context, extension)).await;
        }
    }
    let (media, bridge) = (media_channel(channel), bridge(channel));
    insist(|| ari.hang_up(&media)).await;
    insist(|| ari.delete_bridge(&bridge)).await;
}

/// The extension where it exists. Asterisk would hang up on a caller who is sent to one that does not.
async fn existing<'a>(
    ari: &Ari,
    channel: &str,
    context: Option<&str>,
    extension: &'a str,
) -> Option<&'a str> {
    let Some(context) = context else { return Some(extension) };
    if ari.has_extension(channel, context, extension).await {
        return Some(extension);
    }
    log::error!(
        "call {channel} goes on in the dialplan's fallback: context {context} has no extension {extension}; \
         compare [asterisk] context and the site's hand_over with extensions.conf"
    );
    None
}

fn bridge(caller: &str) -> String {
    format!("{BRIDGE_PREFIX}{caller}")
}

/// A request that must not fail for a passing reason. What it leaves behind nevertheless, the audit finds.
async fn insist<F: Future<Output = Result<(), AsteriskError>>>(request: impl Fn() -> F) {
    let give_up = Instant::now() + Duration::from_millis(ENDING_MS_MAX);
    loop {
        match request().await {
            Ok(()) | Err(AsteriskError::Gone { .. }) => return,
            Err(error) if error.is_passing() && Instant::now() < give_up => {
                log::debug!("{error}; once more");
                sleep(Duration::from_millis(ENDING_RETRY_MS)).await;
            }
            Err(error) => {
                log::error!("{error}");
                return;
            }
        }
    }
}

/// The call's end of the line.
struct Events {
    queue: mpsc::Sender<LineEvent>,
    untaken: u64,
}

impl Events {
    const fn new(queue: mpsc::Sender<LineEvent>) -> Self {
        Self { queue, untaken: 0 }
    }

    /// A call that does not read for a second misses frames.
    fn frame(&mut self, frame: crate::call::line::Frame) {
        let room = self.queue.capacity() > EVENTS_RESERVED;
        if !room || self.queue.try_send(LineEvent::Frame(frame)).is_err() {
            self.untaken += 1;
        }
    }

    /// The last place is for the end.
    fn digit(&mut self, digit: Digit) {
        let room = self.queue.capacity() > 1;
        if !room || self.queue.try_send(LineEvent::Digit(digit)).is_err() {
            log::warn!("a digit was lost: the call does not read what happens on its line");
        }
    }

    /// As a digit.
    fn colleague(&mut self, event: ColleagueEvent) {
        let room = self.queue.capacity() > 1;
        if !room || self.queue.try_send(LineEvent::Colleague(event)).is_err() {
            log::warn!("{event:?} of a colleague was lost: the call does not read what happens on its line");
        }
    }

    /// Kept back for nothing, as a digit.
    fn hold(&mut self, on: bool) {
        let event = if on { LineEvent::Held } else { LineEvent::Resumed };
        let room = self.queue.capacity() > 1;
        if !room || self.queue.try_send(event).is_err() {
            log::warn!("a hold was lost: the call does not read what happens on its line");
        }
    }

    fn last(&mut self, hang_up: HangUp) {
        // a call that has dropped its line needs no word of its end
        let _ = self.queue.try_send(LineEvent::HungUp(hang_up));
    }
}
