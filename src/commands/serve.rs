//! `klinke serve`: the daemon.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::ready::ready;
use crate::config::{self, Config};
use crate::daemon::pbx::{Admission, Line, Wanted, asterisk, reason};
use crate::daemon::store::{Store, StoreHandle};
use crate::daemon::switchboard::Switchboard;
use crate::daemon::{credentials, journal};

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
        let root = credentials::root_key(&config.root_key_file)?;
        let store = Store::open(&config.data_dir, root)?;
        let (handle, writing) = StoreHandle::start(store, config.sites.clone().into())?;
        let runtime = tokio::runtime::Runtime::new()?;
        let served = runtime.block_on(serve(config, pbx, handle));
        // What has not ended by now lets go of the store, so that its thread writes the rest and ends.
        runtime.shutdown_timeout(TASKS_WAIT);
        if !writing.join_within(STORE_WAIT) {
            log::error!("store: what waited could not be written in time; records may lack their end");
        }
        served
    }
}

async fn serve(config: Config, pbx: config::Asterisk, store: StoreHandle) -> anyhow::Result<()> {
    let mut stop = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let board = Arc::new(OnceLock::new());
    let preparing = tokio::spawn(prepare(config, store, Arc::clone(&board)));
    let (lines, arriving) = mpsc::channel(LINES_MAX);
    let (down, shutdown) = watch::channel(false);
    let gate = Arc::clone(&board);
    let admit = move |wanted: Wanted<'_>| {
        gate.get().map_or(Admission::Refused(reason::NOT_READY), |board: &Switchboard| board.admit(wanted))
    };
    let mut attached = tokio::spawn(asterisk::attach(pbx, admit, lines, shutdown));
    let answering = tokio::spawn(answer(Arc::clone(&board), arriving));
    // Where no systemd listens, nobody hears it.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let ended = tokio::select! {
        _ = stop.recv() => None,
        _ = interrupt.recv() => None,
        ended = &mut attached => Some(ended),
    };
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    log::info!("going down: no new calls; those that are going on go to the dialplan");
    down.send_replace(true);
    preparing.abort();
    if ended.is_none() && tokio::time::timeout(SHUTDOWN_WAIT, attached).await.is_err() {
        log::error!("asterisk: the line adapter did not stop in time");
    }
    if let Some(board) = board.get()
        && tokio::time::timeout(SHUTDOWN_WAIT, board.close()).await.is_err()
    {
        log::error!("some calls did not end in time; their records may lack their end");
    }
    answering.abort();
    let _ = (answering.await, preparing.await);
    match ended {
        Some(ended) => ended?.context("asterisk"),
        None => Ok(()),
    }
}

/// Loads models, voices and sites, again and again until it works; calls go to the dialplan's fallback meanwhile.
async fn prepare(config: Config, store: StoreHandle, board: Arc<OnceLock<Switchboard>>) {
    loop {
        match ready(&config).await {
            Ok(ready) => {
                let limits = config.limits;
                let (sites, count) = (ready.sites, config.sites.len());
                let _ = board.set(Switchboard::new(sites, ready.inference, ready.voices, store, limits));
                log::info!("ready: {count} sites, {} calls at a time", limits.calls_max);
                return;
            }
            Err(error) => {
                let wait_s = PREPARE_AGAIN.as_secs();
                log::error!("not ready: {error:#}; calls go to the dialplan's fallback; again in {wait_s} s");
                tokio::time::sleep(PREPARE_AGAIN).await;
            }
        }
    }
}

/// One task a call. Calls are admitted only once the switchboard is there.
async fn answer(board: Arc<OnceLock<Switchboard>>, mut arriving: mpsc::Receiver<Line>) {
    while let Some(line) = arriving.recv().await {
        let board = Arc::clone(&board);
        tokio::spawn(async move {
            if let Some(board) = board.get()
                && let Some(call) = board.hold(line, &mut ()).await
            {
                log::info!("call {call} is over");
            }
        });
    }
}
