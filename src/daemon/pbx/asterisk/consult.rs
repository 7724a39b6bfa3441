//! Asking a colleague before he gets the caller. Its own task, because its requests must not hold up the sound: the
//! call tells it what happens and gets word by [`Report`]s.
//!
//! The caller is taken out of the call's bridge and hears music; whoever answers is put in, so that our sound is his.
//! When the colleague is gone the caller comes back before the call hears of it. Accepting is the dialplan's: see
//! `ending` and the contexts of `contract`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::ari::Ari;
use super::contract;
use super::ending::{existing, insist};
use super::error::AsteriskError;
use super::names::{bridge, colleague_channel, far_half};
use super::screen;
use crate::call::line::{Absence, ColleagueEvent, Destination, ScreenPop};

/// What may wait for the task.
const WISHES_MAX: usize = 8;
/// Reports that may wait for the call.
const REPORTS_MAX: usize = 8;
/// The PBX itself ends the ringing so much after we mean to: it does so even if we are no more.
const RING_MARGIN_S: u64 = 3;
/// How long a task may take to bring everything back into its place.
const FINISH_MS_MAX: u64 = 5_000;
/// Asterisk's music.
const MUSIC_MODULE: &str = "res_musiconhold.so";

/// Who is to be asked, for whom.
pub struct Wanted {
    pub ari: Arc<Ari>,
    /// The caller's channel.
    pub caller: String,
    /// His number, as the PBX has it.
    pub number: Option<String>,
    pub destination: Destination,
    pub screen: ScreenPop,
    pub ring: Duration,
    /// Context of extensions; `None`: the one the caller is in.
    pub context: Option<String>,
}

/// What the task is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// He answered: his channel is in our application.
    Answered,
    /// His channel is no more, for that cause of Q.850's.
    Left(Option<u16>),
    /// Let him go.
    Return,
}

/// What the task tells.
#[derive(Debug)]
pub enum Report {
    /// Asterisk's name of the colleague's channel.
    Named(String),
    /// For the call.
    Event(ColleagueEvent),
}

/// One colleague who is asked.
pub struct Consult {
    wishes: mpsc::Sender<Wish>,
    reports: mpsc::Receiver<Report>,
    /// Ends with the value at the latest.
    task: JoinSet<()>,
    /// Asterisk's name of his channel.
    pub name: Option<String>,
    /// What goes with the caller to him.
    pub screen: ScreenPop,
}

impl Consult {
    /// Begins to ask.
    pub fn begin(wanted: Wanted) -> Self {
        let (wishes, wished) = mpsc::channel(WISHES_MAX);
        let (report, reports) = mpsc::channel(REPORTS_MAX);
        let screen = wanted.screen.clone();
        let mut task = JoinSet::new();
        task.spawn(ask(wanted, wished, report));
        Self { wishes, reports, task, name: None, screen }
    }

    /// The next word of the task. Never comes once it has said its last one.
    pub async fn report(&mut self) -> Report {
        match self.reports.recv().await {
            Some(report) => report,
            None => std::future::pending().await,
        }
    }

    /// The colleague answered.
    pub fn answered(&self) {
        self.tell(Wish::Answered);
    }

    /// His channel is no more.
    pub fn left(&self, cause: Option<u16>) {
        self.tell(Wish::Left(cause));
    }

    /// Lets him go.
    pub fn give_back(&self) {
        self.tell(Wish::Return);
    }

    /// Waits until nothing of it is under way any more, so that nothing is made after everything was deleted.
    pub async fn finish(mut self) {
        self.give_back();
        let done = async { while self.task.join_next().await.is_some() {} };
        if timeout(Duration::from_millis(FINISH_MS_MAX), done).await.is_err() {
            log::warn!("a colleague could not be let go in time; the next audit looks for his channel");
        }
    }

    fn tell(&self, wish: Wish) {
        // a task that has ended needs no word
        let _ = self.wishes.try_send(wish);
    }
}

async fn ask(wanted: Wanted, mut wished: mpsc::Receiver<Wish>, report: mpsc::Sender<Report>) {
    let mut asking = Asking { wanted, music: false, away: false, report };
    let absence = asking.ask(&mut wished).await;
    asking.take_caller_back().await;
    asking.tell(Report::Event(ColleagueEvent::Gone(absence))).await;
}

struct Asking {
    wanted: Wanted,
    /// Whether the caller hears music.
    music: bool,
    /// Whether the caller was taken out of the bridge.
    away: bool,
    report: mpsc::Sender<Report>,
}

impl Asking {
    async fn tell(&self, report: Report) {
        // a call that has ended needs no word
        let _ = self.report.send(report).await;
    }

    /// From the call to the colleague to his end.
    async fn ask(&mut self, wished: &mut mpsc::Receiver<Wish>) -> Absence {
        let (ari, caller) = (Arc::clone(&self.wanted.ari), self.wanted.caller.clone());
        if !contract::is_kept(&ari, &caller, contract::CONNECT).await {
            return Absence::Unsupported;
        }
        let Some(endpoint) = self.endpoint().await else { return Absence::Unreachable };
        if ari.has_module(MUSIC_MODULE).await && self.send_caller_away().await {
            self.music = ari.start_music(&caller).await.inspect_err(say).is_ok();
            if !self.music {
                // better us than nothing
                self.take_caller_back().await;
            }
        }
        self.tell(Report::Event(ColleagueEvent::Calling { music: self.music })).await;
        let channel = colleague_channel(&caller);
        let ring_s = self.wanted.ring.as_secs() + RING_MARGIN_S;
        let number = self.wanted.number.as_deref();
        match ari.call(&channel, &endpoint, (&caller, number), ring_s, self.variables()).await {
            Ok(name) => self.tell(Report::Named(name)).await,
            Err(error) => {
                say(&error);
                // whether it was made all the same is not known
                insist(|| ari.hang_up(&channel)).await;
                return Absence::Unreachable;
            }
        }
        self.follow(&channel, wished).await
    }

    /// What happens to a colleague who is called.
    async fn follow(&mut self, channel: &str, wished: &mut mpsc::Receiver<Wish>) -> Absence {
        let ari = Arc::clone(&self.wanted.ari);
        let give_up = Instant::now() + self.wanted.ring + Duration::from_secs(2 * RING_MARGIN_S);
        let mut answered = false;
        loop {
            let wish = tokio::select! {
                wish = wished.recv() => wish.unwrap_or(Wish::Return),
                // the event socket is gone, or Asterisk has forgotten him
                () = sleep_until(give_up), if !answered => {
                    insist(|| ari.hang_up(channel)).await;
                    return Absence::NoAnswer;
                }
            };
            match wish {
                Wish::Answered if !answered => {
                    answered = true;
                    if let Err(error) = self.let_him_listen(channel).await {
                        say(&error);
                        insist(|| ari.hang_up(channel)).await;
                        return Absence::Unreachable;
                    }
                    self.tell(Report::Event(ColleagueEvent::Answered)).await;
                }
                Wish::Answered => {}
                Wish::Left(_) if answered => return Absence::HungUp,
                Wish::Left(cause) => return absence(cause),
                Wish::Return => {
                    insist(|| ari.hang_up(channel)).await;
                    return Absence::Returned;
                }
            }
        }
    }

    /// Our sound is the colleague's from now on.
    async fn let_him_listen(&mut self, channel: &str) -> Result<(), AsteriskError> {
        let ari = Arc::clone(&self.wanted.ari);
        // Watched only as long as he is ours: once he speaks with the caller, no audit may take him for left over.
        for half in [channel.to_owned(), far_half(channel)] {
            let _ = ari.unwatch(&half).await;
        }
        if !self.away {
            // both in one bridge would hear what is for one of them
            ari.take_out(&bridge(&self.wanted.caller), &self.wanted.caller).await?;
            self.away = true;
            let ring = ari.ring_back(&self.wanted.caller, true).await;
            let _ = ring.inspect_err(|error| log::debug!("{error}"));
        }
        ari.put_in(&bridge(&self.wanted.caller), &[channel]).await
    }

    async fn send_caller_away(&mut self) -> bool {
        let caller = &self.wanted.caller;
        let out = self.wanted.ari.take_out(&bridge(caller), caller).await;
        self.away = out.inspect_err(say).is_ok();
        self.away
    }

    /// The caller hears us again.
    async fn take_caller_back(&mut self) {
        if !self.away {
            return;
        }
        let (ari, caller) = (&self.wanted.ari, &self.wanted.caller);
        let bridge = bridge(caller);
        if self.music {
            let _ = ari.stop_music(caller).await;
        } else {
            let _ = ari.ring_back(caller, false).await;
        }
        let channels = [caller.as_str()];
        insist(|| ari.put_in(&bridge, &channels)).await;
        self.away = false;
    }

    /// How Asterisk dials him; `None`: the dialplan does not know him, and it was said.
    async fn endpoint(&self) -> Option<String> {
        let (ari, caller) = (&self.wanted.ari, self.wanted.caller.as_str());
        match &self.wanted.destination {
            Destination::Device(device) => Some(device.clone()),
            Destination::Queue(_) => {
                let kept = contract::is_kept(ari, caller, contract::TO_QUEUE).await;
                kept.then(|| format!("Local/{}@{}/n", contract::START, contract::TO_QUEUE))
            }
            Destination::Extension(extension) => {
                let context = match &self.wanted.context {
                    Some(context) => context.clone(),
                    None => ari.place(caller).await.ok()?.context,
                };
                existing(ari, caller, Some(&context), extension).await?;
                Some(format!("Local/{extension}@{context}/n"))
            }
            Destination::Fallback => None,
        }
    }

    /// What his channel carries.
    fn variables(&self) -> Map<String, Value> {
        let mut variables = Map::new();
        for (name, value) in screen::variables(&self.wanted.screen) {
            variables.insert(format!("__{name}"), value.into());
        }
        match &self.wanted.destination {
            Destination::Queue(queue) => {
                variables.insert(contract::QUEUE.to_owned(), queue.clone().into());
            }
            Destination::Device(device) if device.starts_with("PJSIP/") => {
                for (name, value) in screen::headers(&self.wanted.screen) {
                    variables.insert(format!("PJSIP_HEADER(add,{name})"), value.into());
                }
            }
            _ => {}
        }
        variables
    }
}

/// That somebody has hung up meanwhile is nobody's fault.
fn say(error: &AsteriskError) {
    match error {
        AsteriskError::Gone { .. } => log::debug!("{error}"),
        _ => log::warn!("{error}"),
    }
}

/// Q.850's number as what it means for the caller.
fn absence(cause: Option<u16>) -> Absence {
    match cause {
        Some(17) => Absence::Busy,
        Some(21) => Absence::Declined,
        // no such number, no route, out of order, no circuit, network down, congestion, …
        Some(1 | 2 | 3 | 20 | 22 | 27 | 28 | 34 | 38 | 41 | 42 | 44 | 47 | 58 | 66 | 88) => {
            Absence::Unreachable
        }
        _ => Absence::NoAnswer,
    }
}
