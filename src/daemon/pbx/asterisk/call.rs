//! One call in the PBX: set up, talk, let go, clear up. One task a call.
//!
//! The caller's channel and a media channel of ours meet in a bridge of ours. Both have names made of the
//! caller's, so that whoever finds them later knows whose they are. The caller is answered last, when the sound
//! is ready and the shell has the line, so that there is a record of every call that was answered. However the call ends, the caller either has hung up, is hung up, or is sent on in the dialplan;
//! then media channel and bridge are deleted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::timeout;

use super::ari::Ari;
use super::consult::{Consult, Report, Wanted};
use super::digits::Pressed;
use super::ending::{End, clear_up};
use super::error::AsteriskError;
use super::line_end::{Events, LineEnd};
use super::media::{Choices, Door, Media, Ports};
use super::names::{bridge, media_channel};
use crate::call::line::{
    Absence, Arrival, ColleagueEvent, Destination, Digit, HangUp, LineCommand, ScreenPop,
};
use crate::daemon::pbx::{Line, reason};

/// Longest that setting a call up may take, all its requests together; then it goes to the fallback.
const SET_UP_MS_MAX: u64 = 4_000;
/// Longest the media channel may take to enter our application.
const MEDIA_START_MS_MAX: u64 = 3_000;
/// How long word of a caller's hanging up may come after the request that failed because of it.
const HANG_UP_WORD_MS_MAX: u64 = 300;
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
            Ok((media, line)) => self.talk(media, line).await,
            Err(end) => end,
        };
        clear_up(&self.ari, &self.channel, self.context.as_deref(), end).await;
    }

    /// Sets up in time and without losing sight of the PBX: what happens while the event socket is gone is never told
    /// again.
    async fn set_up_in_time(&mut self) -> Result<(Media, LineEnd), End> {
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
    async fn set_up(&mut self) -> Result<(Media, LineEnd), End> {
        let (ari, channel) = (Arc::clone(&self.ari), self.channel.clone());
        let fault = |error: AsteriskError| {
            match error {
                AsteriskError::Gone { .. } => log::info!("call {channel} ended before it began: {error}"),
                _ => log::error!("call {channel} goes on in the dialplan: {error}"),
            }
            End::fallback(reason::FAULT)
        };
        let (bridge, media) = (bridge(&channel), media_channel(&channel));
        let choice = self.choices.choose(&ari, &channel).await.map_err(fault)?;
        let door = Door::open(&self.ports, choice).map_err(fault)?;
        ari.create_bridge(&bridge).await.map_err(fault)?;
        let made = ari.external_media(&media, door.wanted()).await.map_err(fault)?;
        let wire = door.meet(&ari, made).await.map_err(fault)?;
        await_media(&mut self.notices, &channel).await?;
        let mut line = self.pass_on_line()?;
        let begin = async {
            ari.answer(&channel).await?;
            ari.put_in(&bridge, &[&channel, &media]).await
        };
        if let Err(error) = begin.await {
            let gone = match error {
                AsteriskError::Gone { .. } => Some(HangUp::Caller),
                // one who gives up just now cannot be answered, and that is no fault
                _ => hang_up_word(&mut self.notices).await,
            };
            // of any other end the shell learns as our end of the line goes
            let Some(by) = gone else { return Err(fault(error)) };
            log::info!("call {channel} ended before it began: {error}");
            line.events.last(by);
            // were it something else than the caller's channel that is gone, he goes on in the dialplan
            return Err(End::fallback(reason::FAULT));
        }
        log::info!("call {channel} begins");
        Ok((Media::new(wire), line))
    }

    /// The shell gets its end of the line.
    fn pass_on_line(&mut self) -> Result<LineEnd, End> {
        let (ours, (events, commands)) = LineEnd::new();
        let line = Line {
            arrival: std::mem::take(&mut self.arrival),
            site: std::mem::take(&mut self.site),
            events,
            commands,
            seat: self.seat.take(),
        };
        self.calls.try_send(line).map_err(|_| {
            log::error!("call {} goes on in the dialplan: nobody takes new calls", self.channel);
            End::fallback(reason::FAULT)
        })?;
        Ok(ours)
    }

    /// From the first frame to the last.
    async fn talk(&mut self, mut media: Media, line: LineEnd) -> End {
        let LineEnd { mut events, mut commands } = line;
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
                command = commands.recv() => {
                    if let Some(end) = self.obey(command, &mut media, &mut consult, &mut events) {
                        break end;
                    }
                }
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

    /// What the call wants. Nothing here waits: the next frame is due.
    fn obey(
        &self,
        command: Option<LineCommand>,
        media: &mut Media,
        consult: &mut Option<Consult>,
        events: &mut Events,
    ) -> Option<End> {
        match command {
            Some(LineCommand::Frame(frame)) => media.answer(frame),
            Some(LineCommand::HangUp) => return Some(End::HangUp),
            Some(LineCommand::Release { destination, reason, screen }) => {
                return Some(End::Release(destination, reason, Box::new(screen)));
            }
            Some(LineCommand::Consult { destination, screen, ring }) => {
                *consult = Some(Consult::begin(self.wanted(destination, screen, ring)));
            }
            Some(LineCommand::Connect { reason }) => return Some(connect(consult.take(), reason)),
            Some(LineCommand::Return) => match consult {
                Some(consult) => consult.give_back(),
                None => events.colleague(ColleagueEvent::Gone(Absence::Returned)),
            },
            None => {
                log::error!("call {} goes on in the dialplan: its task ended without a word", self.channel);
                return Some(End::fallback(reason::FAULT));
            }
        }
        None
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

/// Whether the caller's channel is, or is about to be, no more.
async fn hang_up_word(notices: &mut mpsc::Receiver<Notice>) -> Option<HangUp> {
    let over = async {
        loop {
            if let Notice::Over(by) = next(notices).await {
                return by;
            }
        }
    };
    timeout(Duration::from_millis(HANG_UP_WORD_MS_MAX), over).await.ok()
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
        Some((Some(colleague), screen)) => End::Connect { colleague, reason, screen: Box::new(screen) },
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
