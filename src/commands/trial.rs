//! One call without a PBX: in real time through the switchboard, or as fast as the machine can in a pretend
//! world with the real models, voice and store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

use super::ready::Ready;
use crate::call::actions::{Capabilities, Order, OrderId, Outcome};
use crate::call::hearing::{Job, JobResult};
use crate::call::line::{Arrival, Frame, VoiceFrame};
use crate::call::speech::Rendered;
use crate::call::{Event, Input, Onlooker};
use crate::clock::Instant;
use crate::config::Config;
use crate::config::site::Site;
use crate::daemon::clock::Clock;
use crate::daemon::pbx::Line;
use crate::daemon::pbx::local::scripted;
use crate::daemon::store::{Store, StoreHandle, new_call_id};
use crate::daemon::switchboard::Switchboard;
use crate::record::envelope::{KEY_BYTES, RootKey};
use crate::record::{CallId, Entry};
use crate::sim::caller::{Act, Telephone};
use crate::sim::world::{self, World};

/// Which call to hold.
pub struct Trial {
    /// Who calls.
    pub telephone: Box<dyn Telephone + Send>,
    /// What the PBX would say of it.
    pub arrival: Arrival,
    /// Place of the site in the configuration.
    pub site: usize,
    /// As fast as the machine can.
    pub fast: bool,
}

/// Holds the call and returns its id; its record is in the store.
pub fn hold(
    config: &Config,
    ready: Ready,
    store: Store,
    runtime: &tokio::runtime::Runtime,
    trial: Trial,
    onlooker: &mut (dyn Onlooker + Send),
) -> anyhow::Result<CallId> {
    let telephone = Box::new(Interruptible::new(trial.telephone, runtime)?);
    if trial.fast {
        let mut world = FastWorld {
            ready: &ready,
            place: trial.site,
            site: Arc::clone(&ready.sites[trial.site].site),
            capabilities: ready.sites[trial.site].site.capabilities(trial.arrival.caller.as_ref()),
            store,
            call: new_call_id()?,
            telephone,
            onlooker,
            failure: None,
        };
        let rooms = ready.sites[trial.site].clone();
        world::hold(&rooms, config.limits, trial.arrival, Clock::start().wall(), &mut world);
        return match world.failure {
            None => Ok(world.call),
            Some(failure) => Err(anyhow!(failure)),
        };
    }
    runtime.block_on(async {
        let (say, said) = mpsc::channel();
        let site = ready.sites[trial.site].site.id.clone();
        let line = scripted::call(telephone, trial.arrival, site, said);
        live(config, ready, store, line, &mut Teller { say, onlooker }).await
    })
}

/// Holds the call on this line in real time and returns its id; its record is in the store.
pub async fn live(
    config: &Config,
    ready: Ready,
    store: Store,
    line: Line,
    onlooker: &mut (dyn Onlooker + Send),
) -> anyhow::Result<CallId> {
    let (handle, thread) = StoreHandle::start(store, config.sites.clone().into())?;
    let board =
        Switchboard::new(ready.sites, ready.inference, ready.voices, handle, config.limits, Arc::default());
    let call = board.hold(line, onlooker).await;
    drop(board);
    tokio::task::spawn_blocking(move || thread.join()).await?;
    call.context("the call could not be held")
}

/// A caller who hangs up when the command is interrupted (Ctrl-C), so that the call ends as calls do: with a whole
/// record, and without a scratch store left behind.
struct Interruptible {
    telephone: Box<dyn Telephone + Send>,
    interrupted: Arc<AtomicBool>,
}

impl Interruptible {
    fn new(telephone: Box<dyn Telephone + Send>, runtime: &tokio::runtime::Runtime) -> anyhow::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&interrupted);
        let _inside = runtime.enter();
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        runtime.spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            seen.store(true, Ordering::Relaxed);
        });
        Ok(Self { telephone, interrupted })
    }
}

impl Telephone for Interruptible {
    fn frame(&mut self, heard: &[i16]) -> Act {
        if self.interrupted.load(Ordering::Relaxed) { Act::HangUp } else { self.telephone.frame(heard) }
    }

    fn told(&mut self, text: &str) {
        self.telephone.told(text);
    }
}

/// Tells the pretend caller what was said.
struct Teller<'a> {
    say: mpsc::Sender<String>,
    onlooker: &'a mut (dyn Onlooker + Send),
}

impl Onlooker for Teller<'_> {
    fn began(&mut self, at: Timestamp, site: &str, arrival: &Arrival) {
        self.onlooker.began(at, site, arrival);
    }

    fn event(&mut self, event: &Event) {
        if let Event::Spoke { text, .. } = event {
            let _ = self.say.send(text.reveal().clone());
        }
        self.onlooker.event(event);
    }

    fn input(&mut self, now: Instant, input: &Input) {
        self.onlooker.input(now, input);
    }

    fn frames(&mut self, caller: &Frame, klinke: &VoiceFrame) {
        self.onlooker.frames(caller, klinke);
    }
}

/// The pretend world around the real models, voice and store.
struct FastWorld<'a> {
    ready: &'a Ready,
    place: usize,
    site: Arc<Site>,
    capabilities: Capabilities,
    store: Store,
    call: CallId,
    telephone: Box<dyn Telephone + Send>,
    onlooker: &'a mut (dyn Onlooker + Send),
    failure: Option<String>,
}

impl Onlooker for FastWorld<'_> {
    fn began(&mut self, at: Timestamp, site: &str, arrival: &Arrival) {
        self.onlooker.began(at, site, arrival);
    }

    fn event(&mut self, event: &Event) {
        if let Event::Spoke { text, .. } = event {
            self.telephone.told(text.reveal());
        }
        self.onlooker.event(event);
    }

    fn input(&mut self, now: Instant, input: &Input) {
        self.onlooker.input(now, input);
    }

    fn frames(&mut self, caller: &Frame, klinke: &VoiceFrame) {
        self.onlooker.frames(caller, klinke);
    }
}

impl World for FastWorld<'_> {
    fn answer(&mut self, job: Job) -> Option<JobResult> {
        self.ready.inference.answer(self.place, job)
    }

    fn render(&mut self, text: &str, slowly: bool) -> Option<Rendered> {
        let sound = self.ready.voices[self.place].render_blocking(text, slowly);
        sound.inspect_err(|error| log::error!("voice: {error}")).ok()
    }

    fn carry_out(&mut self, id: OrderId, order: Order, at: Timestamp) -> Outcome {
        let now = at.to_zoned(self.site.time_zone.clone());
        self.store
            .carry_out(self.call, (&self.site, &self.capabilities), (id, &order), &now)
            .unwrap_or_else(|error| Outcome::Failed { cause: error.to_string() })
    }

    fn keep(&mut self, entry: Entry) -> bool {
        let kept = self.store.append(self.call, &[entry]);
        if let Err(error) = &kept {
            self.failure.get_or_insert(error.to_string());
        }
        kept.is_ok()
    }

    fn caller(&mut self, heard: &VoiceFrame) -> Act {
        self.telephone.frame(&heard.0)
    }
}

/// A store that lives as long as it is wanted, under a key that nobody else has.
pub struct Scratch {
    dir: PathBuf,
}

impl Scratch {
    /// An empty place of its own, readable by nobody else.
    pub fn new() -> anyhow::Result<Self> {
        let dir = std::env::temp_dir().join(format!("klinke-try-{}", new_call_id()?));
        Ok(Self { dir })
    }

    /// The store in it.
    pub fn store(&self) -> anyhow::Result<(Store, RootKey)> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut *bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
        let (own, again) = (RootKey::new(&bytes), RootKey::new(&bytes));
        let store = Store::open(&self.dir, own).context("cannot make a scratch store")?;
        Ok((store, again))
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
