//! Which call is which: takes what the event socket reports to the call it is about, admits new calls, and
//! looks from time to time whether the PBX and we agree on what there is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::ari::{Ari, Event, Report, argument};
use super::audit::{Findings, audit};
use super::call::{Call, Notice};
use super::ending::{End, clear_up};
use super::error::AsteriskError;
use super::media::{Choices, Ports};
use super::names::Whose;
use crate::call::line::{Arrival, HangUp};
use crate::daemon::pbx::{Admission, Line, Wanted, reason};

/// Notices that wait for a call: a call reads them at least every 20 ms once it talks.
const NOTICES_MAX: usize = 64;
/// How often the PBX is asked what it has of ours while the event socket is there.
const AUDIT_MS: u64 = 30_000;
/// How soon after a connection it is asked a second time: it may forget us when our former connection ends.
const SECOND_AUDIT_MS: u64 = 1_500;
/// Longest that calls may take to be let go when the daemon goes down.
const SHUTDOWN_MS_MAX: u64 = 5_000;

pub struct Switchboard<A> {
    pub ari: Arc<Ari>,
    pub ports: Ports,
    pub choices: Arc<Choices>,
    pub context: Option<String>,
    pub admit: A,
    pub calls: mpsc::Sender<Line>,
    pub connected: watch::Sender<bool>,
    pub tasks: JoinSet<()>,
    pub legs: HashMap<String, Leg>,
    pub audits: JoinSet<Result<Findings, AsteriskError>>,
    pub draining: bool,
}

/// A caller's channel that a task looks after.
pub struct Leg {
    notices: mpsc::Sender<Notice>,
    task: Id,
    /// The dialplan has sent the channel here once more while its last call is being cleared up.
    again: Option<(Arrival, Vec<String>)>,
}

impl<A: Fn(Wanted<'_>) -> Admission> Switchboard<A> {
    /// Runs until `shutdown` says so (or its other end is gone, or nobody reports any more) and all calls are let go.
    pub async fn run(mut self, mut reports: mpsc::Receiver<Report>, mut shutdown: watch::Receiver<bool>) {
        let mut audit_due = interval(Duration::from_millis(AUDIT_MS));
        audit_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut give_up, mut listened) = (Instant::now(), true);
        while !(self.draining && (self.legs.is_empty() || give_up <= Instant::now())) {
            tokio::select! {
                _ = shutdown.wait_for(|&down| down), if !self.draining => give_up = self.drain(),
                () = sleep_until(give_up), if self.draining => {}
                report = reports.recv(), if listened => match report {
                    Some(Report::Connected) => {
                        self.choices = Arc::new(self.choices.anew());
                        self.connected.send_replace(true);
                        self.audit();
                        audit_due.reset_after(Duration::from_millis(SECOND_AUDIT_MS));
                    }
                    Some(Report::Lost) => {
                        self.connected.send_replace(false);
                    }
                    Some(Report::Event(event)) => self.happened(event),
                    None => {
                        listened = false;
                        if !self.draining {
                            log::error!("nobody listens to the event socket any more; Klinke has to be started again");
                            give_up = self.drain();
                        }
                    }
                },
                _ = audit_due.tick() => self.audit(),
                Some(findings) = self.audits.join_next() => match findings {
                    Ok(Ok(findings)) => self.found(findings),
                    Ok(Err(AsteriskError::Gone { .. })) => self.ari.forget(),
                    Ok(Err(error)) => log::warn!("cannot compare calls with the PBX: {error}"),
                    Err(_) => log::error!("the comparison of calls with the PBX broke off"),
                },
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended),
            }
        }
        for channel in self.legs.keys() {
            log::error!("call {channel} could not be let go within {SHUTDOWN_MS_MAX} ms");
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Entered { channel, arrival, arguments } => self.entered(channel, arrival, arguments),
            Event::HangUpRequested { channel, soft } => {
                self.over(&channel, if soft { HangUp::Line } else { HangUp::Caller });
            }
            Event::Left { channel, cause } => match Whose::of(&channel) {
                Whose::Colleague(owner) => self.tell(owner, Notice::ColleagueLeft(cause)),
                _ => self.over(&channel, HangUp::Line),
            },
            Event::Digit { channel, pressed } => match Whose::of(&channel) {
                Whose::Colleague(owner) => self.tell(owner, Notice::ColleagueDigit(pressed.digit)),
                _ => self.tell(&channel, Notice::Digit(pressed)),
            },
            Event::Hold { channel, on } => self.tell(&channel, Notice::Hold(on)),
            Event::Replaced | Event::Other => {}
        }
    }

    fn entered(&mut self, channel: String, arrival: Arrival, arguments: Vec<String>) {
        let made = match Whose::of(&channel) {
            Whose::Caller(_) => None,
            Whose::Media(owner) => Some((owner, Notice::MediaStarted)),
            Whose::Colleague(owner) | Whose::FarHalf(owner) => Some((owner, Notice::ColleagueAnswered)),
        };
        if let Some((owner, notice)) = made {
            if self.legs.contains_key(owner) {
                self.tell(owner, notice);
            } else {
                // its request was answered too late for the call that made it
                let owner = owner.to_owned();
                self.let_go(owner, End::Gone);
            }
            return;
        }
        if let Some(leg) = self.legs.get_mut(&channel) {
            leg.again = Some((arrival, arguments));
            return;
        }
        let site = argument(&arguments, "site").unwrap_or_default().to_owned();
        let wanted = Wanted { site: &site, language: arrival.language.as_deref() };
        let admission =
            if self.draining { Admission::Refused(reason::SHUTDOWN) } else { (self.admit)(wanted) };
        match admission {
            Admission::Admitted(seat) => self.take(channel, arrival, site, seat),
            Admission::Refused(reason) => {
                log::info!("call {channel} goes on in the dialplan: {reason}");
                self.let_go(channel, End::fallback(reason));
            }
        }
    }

    fn take(&mut self, channel: String, arrival: Arrival, site: String, seat: Option<OwnedSemaphorePermit>) {
        let (notices, notices_of_call) = mpsc::channel(NOTICES_MAX);
        let call = Call {
            ari: Arc::clone(&self.ari),
            ports: self.ports,
            choices: Arc::clone(&self.choices),
            channel: channel.clone(),
            number: arrival.caller.as_ref().map(|number| number.reveal().clone()),
            arrival,
            site,
            seat,
            context: self.context.clone(),
            notices: notices_of_call,
            connected: self.connected.subscribe(),
            calls: self.calls.clone(),
        };
        let task = self.tasks.spawn(call.hold()).id();
        self.legs.insert(channel, Leg { notices, task, again: None });
    }

    /// Ends what is there of a call that nobody holds.
    fn let_go(&mut self, channel: String, end: End) {
        // nobody reads them, but the channel counts as looked after
        let (notices, _) = mpsc::channel(1);
        let (ari, context, of) = (Arc::clone(&self.ari), self.context.clone(), channel.clone());
        let task = self.tasks.spawn(async move { clear_up(&ari, &of, context.as_deref(), end).await }).id();
        self.legs.insert(channel, Leg { notices, task, again: None });
    }

    fn over(&self, channel: &str, hang_up: HangUp) {
        match Whose::of(channel) {
            Whose::Media(owner) => self.tell(owner, Notice::MediaEnded),
            Whose::Caller(channel) => self.tell(channel, Notice::Over(hang_up)),
            // his channel's end says all about a colleague
            Whose::Colleague(_) | Whose::FarHalf(_) => {}
        }
    }

    fn tell(&self, channel: &str, notice: Notice) {
        let Some(leg) = self.legs.get(channel) else { return };
        if let Err(mpsc::error::TrySendError::Full(_)) = leg.notices.try_send(notice) {
            // not what: it may be a key of the caller's
            log::warn!("call {channel} does not listen; something that happened on it is lost");
        }
    }

    fn ended(&mut self, ended: Result<(Id, ()), tokio::task::JoinError>) {
        let (id, broke) = match &ended {
            Ok((id, ())) => (*id, false),
            Err(error) => (error.id(), error.is_panic()),
        };
        let Some(channel) = self.legs.iter().find(|(_, leg)| leg.task == id).map(|(name, _)| name.clone())
        else {
            return;
        };
        let again = self.legs.remove(&channel).and_then(|leg| leg.again);
        if broke {
            log::error!("the task of call {channel} broke off; the caller goes on in the dialplan");
            self.let_go(channel, End::fallback(reason::FAULT));
        } else if let Some((arrival, arguments)) = again {
            self.entered(channel, arrival, arguments);
        }
    }

    fn audit(&mut self) {
        if *self.connected.borrow() && self.audits.is_empty() {
            self.audits.spawn(audit(Arc::clone(&self.ari), self.legs.keys().cloned().collect()));
        }
    }

    fn found(&mut self, findings: Findings) {
        for channel in findings.gone {
            self.tell(&channel, Notice::Over(HangUp::Line));
        }
        for channel in findings.callers {
            if !self.legs.contains_key(&channel) {
                log::warn!("channel {channel} was found without a call; it goes on in the dialplan");
                self.let_go(channel, End::fallback(reason::ABANDONED));
            }
        }
        for caller in findings.leftovers {
            if !self.legs.contains_key(&caller) {
                log::warn!("media channel or bridge of call {caller} was left over; it is deleted");
                self.let_go(caller, End::Gone);
            }
        }
    }

    /// Gives until when the calls have to be let go.
    fn drain(&mut self) -> Instant {
        self.draining = true;
        let channels: Vec<String> = self.legs.keys().cloned().collect();
        log::info!("going down: {} calls go on in the dialplan", channels.len());
        for channel in channels {
            self.tell(&channel, Notice::Shutdown);
        }
        Instant::now() + Duration::from_millis(SHUTDOWN_MS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::config;

    fn switchboard() -> Switchboard<impl Fn(Wanted<'_>) -> Admission> {
        let config = config::Asterisk {
            url: "http://127.0.0.1:1".into(),
            user: "klinke".into(),
            password: "".into(),
            app: "klinke".into(),
            context: None,
            media: None,
            codec: None,
            media_address: Ipv4Addr::LOCALHOST.into(),
            media_ports: (10_000, 10_100),
            requests: config::Requests::Http,
            authorities: None,
        };
        Switchboard {
            ari: Arc::new(Ari::new(&config).unwrap()),
            ports: Ports::new(&config).unwrap(),
            choices: Arc::new(Choices::new(&config)),
            context: None,
            admit: |_: Wanted<'_>| Admission::Admitted(None),
            calls: mpsc::channel(1).0,
            connected: watch::Sender::new(false),
            legs: HashMap::new(),
            tasks: JoinSet::new(),
            audits: JoinSet::new(),
            draining: false,
        }
    }

    /// Whoever starts it again hears of calls again; one that goes on never would.
    #[tokio::test]
    async fn one_that_nobody_reports_to_any_more_ends() {
        let (report, reports) = mpsc::channel(1);
        let (_shutdown, down) = watch::channel(false);
        drop::<mpsc::Sender<Report>>(report);
        let ended = tokio::time::timeout(Duration::from_secs(10), switchboard().run(reports, down)).await;
        assert!(ended.is_ok(), "it waits for ever");
    }
}
