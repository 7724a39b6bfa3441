//! `klinke serve`: the daemon.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::ready::ready;
use crate::config::{self, Config};
use crate::daemon::pbx::{Line, asterisk};
use crate::daemon::store::{Store, StoreHandle};
use crate::daemon::switchboard::Switchboard;
use crate::daemon::{credentials, journal};

/// Calls that were answered and wait for their task.
const LINES_MAX: usize = 32;
/// How long calls may take to let go of their lines when the daemon goes down.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);

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
            bail!("{}: no [asterisk] section: nothing to answer; see the manual", config.file.display());
        };
        let root = credentials::root_key(&config.root_key_file)?;
        let store = Store::open(&config.data_dir, root)?;
        tokio::runtime::Runtime::new()?.block_on(serve(config, pbx, store))
    }
}

async fn serve(config: Config, pbx: config::Asterisk, store: Store) -> anyhow::Result<()> {
    let mut stop = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let ready = ready(&config).await?;
    let (handle, thread) = StoreHandle::start(store, config.sites.clone().into())?;
    let board = Arc::new(Switchboard::new(ready.sites, ready.inference, ready.voices, handle, config.limits));
    let (lines, arriving) = mpsc::channel(LINES_MAX);
    let (down, shutdown) = watch::channel(false);
    let gate = Arc::clone(&board);
    let attached = tokio::spawn(asterisk::attach(pbx, move |site: &str| gate.admit(site), lines, shutdown));
    let answering = tokio::spawn(answer(Arc::clone(&board), arriving));
    // Where no systemd listens, nobody hears it.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    log::info!("ready: {} sites, {} calls at a time", config.sites.len(), config.limits.calls_max);
    let mut attached = attached;
    let ended = tokio::select! {
        _ = stop.recv() => None,
        _ = interrupt.recv() => None,
        ended = &mut attached => Some(ended),
    };
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    log::info!("going down: no new calls; those that are going on go to the dialplan");
    down.send_replace(true);
    if ended.is_none() && tokio::time::timeout(SHUTDOWN_WAIT, attached).await.is_err() {
        log::error!("asterisk: the line adapter did not stop in time");
    }
    if tokio::time::timeout(SHUTDOWN_WAIT, board.close()).await.is_err() {
        log::error!("some calls did not end in time; their records may lack their end");
    }
    answering.abort();
    let _ = answering.await;
    drop(board);
    tokio::task::spawn_blocking(move || thread.join()).await?;
    match ended {
        Some(ended) => ended?.context("asterisk"),
        None => Ok(()),
    }
}

/// One task a call.
async fn answer(board: Arc<Switchboard>, mut arriving: mpsc::Receiver<Line>) {
    while let Some(line) = arriving.recv().await {
        let board = Arc::clone(&board);
        tokio::spawn(async move {
            if let Some(call) = board.hold(line, &mut ()).await {
                log::info!("call {call} is over");
            }
        });
    }
}
