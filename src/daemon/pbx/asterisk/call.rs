//! One call in the PBX: set up, talk, let go, clear up. One task a call.
//!
//! The caller's channel and a media channel of ours meet in a bridge of ours. Both have names made of the
//! caller's, so that whoever finds them later knows whose they are. The caller is answered last, when the sound
//! is ready. However the call ends, the caller either has hung up, is hung up, or is sent on in the dialplan;
//! then media channel and bridge are deleted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::timeout;

use super::consult::{Consult, Report, Wanted};
use super::digits::{Pressed, Presses};
use super::ending::{End, clear_up};
use super::error::AsteriskError;
use super::media::{Choices, Door, Media, Ports};
use super::names::{bridge, media_channel};
use super::rest::Ari;
use crate::call::line::{
    Absence, Arrival, ColleagueEvent, Destination, Digit, HangUp, LineCommand, LineEvent, ScreenPop,
};
use crate::daemon::pbx::{COMMANDS_MAX, EVENTS_MAX, EVENTS_RESERVED, Line, reason};

/// Longest that setting a call up may take, all its requests together; then it goes to the fallback.
const SET_UP_MS_MAX: u64 = 4_000;
/// Longest the media channel may take to enter our application.
const MEDIA_START_MS_MAX: u64 = 3_000;
/// Without event socket and without a packet for so long, the call has lost its PBX.
const PBX_LOSS_S_MAX: u64 = 10;

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
    Digit(Pressed),
    /// The colleague who is called has answered.
    ColleagueAnswered,
    /// The colleague pressed a key.
    ColleagueDigit(Digit),
    /// The colleague's channel is no more, or not ours any more; with Q.850's number where it is known.
    ColleagueLeft(Option<u16>),
    /// The caller's telephone has put us on hold, or taken us back.
    Hold(bool),
    /// The daemon is going down.
    Shutdown,
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
    /// The caller's number, for a colleague's telephone.
    pub number: Option<String>,
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
        let mut consult: Option<Consult> = None;
        let end = loop {
            tokio::select! {
                biased;
                () = media.until_tick() => {
                    let frame = media.tick();
                    events.frame(frame);
                    if consult.is_none() && let Some(end) = self.lost(&media, &mut events) {
                        break end;
                    }
                }
                notice = next(&mut self.notices) => {
                    if let Some(end) = heed(notice, consult.as_ref(), &mut events) {
                        break end;
                    }
                }
                report = next_report(&mut consult) => pass_on(report, &mut consult, &mut events),
                command = commands.recv() => match command {
                    Some(LineCommand::Frame(frame)) => media.answer(frame),
                    Some(LineCommand::HangUp) => break End::HangUp,
                    Some(LineCommand::Release { destination, reason, screen }) => {
                        break End::Release(destination, reason, screen);
                    }
                    Some(LineCommand::Consult { destination, screen, ring }) => {
                        consult = Some(Consult::begin(self.wanted(destination, screen, ring)));
                    }
                    Some(LineCommand::Connect { reason }) => break connect(consult.take(), reason),
                    Some(LineCommand::Return) => match &consult {
                        Some(consult) => consult.give_back(),
                        None => events.colleague(ColleagueEvent::Gone(Absence::Returned)),
                    },
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
        if let Some(consult) = consult {
            consult.finish().await;
        }
        log::info!("call {} ends: {}; {} frames not taken", self.channel, media.summary(), events.untaken);
        end
    }

    fn wanted(&self, destination: Destination, screen: ScreenPop, ring: Duration) -> Wanted {
        Wanted {
            ari: Arc::clone(&self.ari),
            caller: self.channel.clone(),
            number: self.number.clone(),
            destination,
            screen,
            ring,
            context: self.context.clone(),
        }
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

/// The next word about the colleague who is asked, if one is.
async fn next_report(consult: &mut Option<Consult>) -> Report {
    match consult {
        Some(consult) => consult.report().await,
        None => std::future::pending().await,
    }
}

fn pass_on(report: Report, consult: &mut Option<Consult>, events: &mut Events) {
    match report {
        Report::Named(name) => {
            if let Some(consult) = consult {
                consult.name = Some(name);
            }
        }
        Report::Event(event) => {
            if matches!(event, ColleagueEvent::Gone(_)) {
                *consult = None;
            }
            events.colleague(event);
        }
    }
}

/// Caller and colleague are joined, where there is one.
fn connect(consult: Option<Consult>, reason: &'static str) -> End {
    match consult.map(|consult| (consult.name, consult.screen)) {
        Some((Some(colleague), screen)) => End::Connect { colleague, reason, screen },
        _ => End::fallback(reason),
    }
}

/// What a notice means to a call that talks.
fn heed(notice: Notice, consult: Option<&Consult>, events: &mut Events) -> Option<End> {
    match notice {
        Notice::ColleagueAnswered => {
            consult?.answered();
            None
        }
        Notice::ColleagueLeft(cause) => {
            consult?.left(cause);
            None
        }
        Notice::ColleagueDigit(digit) => {
            events.colleague(ColleagueEvent::Digit(digit));
            None
        }
        Notice::MediaStarted => None,
        Notice::Digit(pressed) => {
            events.digit(pressed);
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
                Notice::Digit(_)
                | Notice::Hold(_)
                | Notice::ColleagueAnswered
                | Notice::ColleagueDigit(_)
                | Notice::ColleagueLeft(_) => {}
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

/// The call's end of the line.
struct Events {
    queue: mpsc::Sender<LineEvent>,
    presses: Presses,
    untaken: u64,
}

impl Events {
    fn new(queue: mpsc::Sender<LineEvent>) -> Self {
        Self { queue, presses: Presses::default(), untaken: 0 }
    }

    /// A call that does not read for a second misses frames.
    fn frame(&mut self, frame: crate::call::line::Frame) {
        let room = self.queue.capacity() > EVENTS_RESERVED;
        if !room || self.queue.try_send(LineEvent::Frame(frame)).is_err() {
            self.untaken += 1;
        }
    }

    /// The last place is for the end.
    fn digit(&mut self, pressed: Pressed) {
        let Some(digit) = self.presses.told(pressed) else { return };
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
