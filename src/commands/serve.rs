//! `klinke serve`: the daemon.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::ready::{Ready, ready};
use crate::config::{self, Config};
use crate::daemon::clock::Clock;
use crate::daemon::pbx::{Admission, Line, Wanted, asterisk, reason};
use crate::daemon::store::{Store, StoreHandle, StoreThread};
use crate::daemon::switchboard::Switchboard;
use crate::daemon::watchdog::{Vitals, Watchdog};
use crate::daemon::{credentials, journal};

/// What the runtime's threads are called.
const RUNTIME: &str = "calls";
/// Calls that were answered and wait for their task.
const LINES_MAX: usize = 32;
/// How long calls may take to let go of their lines when the daemon goes down.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);
/// How long what runs on a thread of its own may take to end after that.
const TASKS_WAIT: Duration = Duration::from_secs(1);
/// How long the store may take to write what it was given. All of it together is less than the unit's 30 s.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// How long to wait before models, voices and sites are loaded again where that failed.
const PREPARE_AGAIN: Duration = Duration::from_secs(30);

/// Arguments of `klinke serve`.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    config: super::ConfigFile,
}

impl Serve {
    /// Runs it until it is told to stop.
    pub fn run(self) -> anyhow::Result<()> {
        journal::open()?;
        let config = config::load(&self.config.config)?;
        let Some(pbx) = config.asterisk.clone() else {
            bail!(
                "cannot serve: {} has no section [asterisk], so there is no PBX to answer for; add it \
                 (docs/configuration.md), or hold a call without a PBX: klinke try",
                config.file.display()
            );
        };
        // From here on nothing that is slow or fails stands before the line: whatever an earlier run has left in
        // the PBX is let go at once, and callers go on in the dialplan until everything is there.
        let vitals = Arc::new(Vitals::default());
        let lag_max = Duration::from_millis(config.limits.lag_ms_max.into());
        let watchdog = Watchdog::start(Arc::clone(&vitals), lag_max)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().thread_name(RUNTIME).build()?;
        let desk = Arc::new(Desk { config, vitals, board: OnceLock::new(), writing: Mutex::new(None) });
        let served = runtime.block_on(serve(Arc::clone(&desk), pbx));
        watchdog.stop();
        // What has not ended by now lets go of the store, so that its thread writes the rest and ends.
        runtime.shutdown_timeout(TASKS_WAIT);
        let writing = desk.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(desk);
        if writing.is_some_and(|writing| !writing.join_within(STORE_WAIT)) {
            log::error!("store: what waited could not be written in time; records may lack their end");
        }
        served
    }
}

/// What the daemon's tasks share.
struct Desk {
    config: Config,
    vitals: Arc<Vitals>,
    /// Once everything is loaded.
    board: OnceLock<Switchboard>,
    /// Once the store is open.
    writing: Mutex<Option<StoreThread>>,
}

async fn serve(desk: Arc<Desk>, pbx: config::Asterisk) -> anyhow::Result<()> {
    let mut stop = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (lines, arriving) = mpsc::channel(LINES_MAX);
    let (down, shutdown) = watch::channel(false);
    let gate = Arc::clone(&desk);
    let admit = move |wanted: Wanted<'_>| {
        gate.board.get().map_or(Admission::Refused(reason::NOT_READY), |board| board.admit(wanted))
    };
    let mut attached = tokio::spawn(asterisk::attach(pbx, admit, lines, shutdown));
    let answering = tokio::spawn(answer(Arc::clone(&desk), arriving));
    let preparing = tokio::spawn(prepare(Arc::clone(&desk)));
    let heart = Arc::clone(&desk);
    let beating = tokio::spawn(async move { heart.vitals.beat().await });
    tell(NotifyState::Ready);
    let ended = tokio::select! {
        _ = stop.recv() => None,
        _ = interrupt.recv() => None,
        ended = &mut attached => Some(ended),
    };
    tell(NotifyState::Stopping);
    log::info!("going down: no new calls; those that are going on go to the dialplan");
    down.send_replace(true);
    preparing.abort();
    if ended.is_none() && tokio::time::timeout(SHUTDOWN_WAIT, attached).await.is_err() {
        log::error!("asterisk: the line adapter did not stop in time");
    }
    if let Some(board) = desk.board.get()
        && tokio::time::timeout(SHUTDOWN_WAIT, board.close()).await.is_err()
    {
        log::error!("some calls did not end in time; their records may lack their end");
    }
    answering.abort();
    beating.abort();
    // What still loads ends with the runtime: a file on a share that hangs must not hold up the end.
    let _ = (answering.await, beating.await, tokio::time::timeout(TASKS_WAIT, preparing).await);
    match ended {
        Some(ended) => ended?.context("asterisk"),
        None => Ok(()),
    }
}

/// Tells systemd. Where none listens, nobody hears it.
fn tell(state: NotifyState<'_>) {
    let _ = sd_notify::notify(&[state]);
}

/// Opens the store and loads models, voices and sites, again and again until it works; calls go to the dialplan's
/// fallback meanwhile.
async fn prepare(desk: Arc<Desk>) {
    let mut store = None;
    loop {
        match make_ready(&desk, &mut store).await {
            Ok(board) => {
                desk.vitals.watch_models(&board.inference);
                let (sites, calls) = (desk.config.sites.len(), desk.config.limits.calls_max);
                let _ = desk.board.set(board);
                tell(NotifyState::Status(&format!("ready: {sites} sites, {calls} calls at a time")));
                log::info!("ready: {sites} sites, {calls} calls at a time");
                return;
            }
            Err(error) => {
                let wait_s = PREPARE_AGAIN.as_secs();
                log::error!("not ready: {error:#}; calls go to the dialplan's fallback; again in {wait_s} s");
                tell(NotifyState::Status(&format!(
                    "not ready, calls go to the dialplan's fallback: {error:#}"
                )));
                tokio::time::sleep(PREPARE_AGAIN).await;
            }
        }
    }
}

/// Everything that calls need. The store is opened once.
async fn make_ready(desk: &Desk, store: &mut Option<StoreHandle>) -> anyhow::Result<Switchboard> {
    let handle = match store {
        Some(handle) => handle.clone(),
        // The line adapter goes on meanwhile.
        None => store.insert(tokio::task::block_in_place(|| open_store(desk))?).clone(),
    };
    let Ready { sites, inference, voices } = ready(&desk.config).await?;
    Ok(Switchboard::new(sites, inference, voices, handle, desk.config.limits, Arc::clone(&desk.vitals)))
}

/// Opens the store, ends the records that the last run was kept from ending, and starts its thread.
fn open_store(desk: &Desk) -> anyhow::Result<StoreHandle> {
    let config = &desk.config;
    let mut store = Store::open(&config.data_dir, credentials::root_key(&config.root_key_file)?)?;
    let cut_off = store.end_unfinished(Clock::start().wall())?;
    if cut_off > 0 {
        log::warn!("store: {cut_off} calls were cut off when Klinke last ended; their records say so now");
    }
    let (handle, thread) = StoreHandle::start(store, config.sites.clone().into())?;
    desk.vitals.watch(Arc::clone(handle.work()));
    *desk.writing.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    Ok(handle)
}

/// One task a call. Calls are admitted only once the switchboard is there.
async fn answer(desk: Arc<Desk>, mut arriving: mpsc::Receiver<Line>) {
    while let Some(line) = arriving.recv().await {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            if let Some(board) = desk.board.get()
                && let Some(call) = board.hold(line, &mut ()).await
            {
                log::info!("call {call} is over");
            }
        });
    }
}
