//! Asterisk, by ARI: REST for what we want, one WebSocket for what happens, RTP for the sound.
//!
//! The dialplan hands a call over with `Stasis(klinke,site=heating)`. In the order in which a call passes:
//! `ari` listens and asks, `switchboard` knows which call is which, `call` is one call with its `media`, its
//! `line_end` and its `digits`, `consult` asks a colleague first (`contract` is what the dialplan does about it,
//! `screen` what his telephone shows), `ending` lets go, `names` says whose a channel is, `audit` compares what the
//! PBX has with what we hold. `examination` is for `klinke doctor`.
//!
//! What a caller can rely on: whatever happens on our side, the call goes on in the dialplan after `Stasis()`
//! with the reason in `KLINKE_REASON`. While the event socket is gone, running calls go on, new ones never
//! reach us (`STASISSTATUS` is then `FAILED`), and hang-ups are found out after it is back.

mod ari;
mod audit;
mod call;
mod consult;
mod contract;
mod digits;
mod ending;
mod error;
pub mod examination;
mod line_end;
mod media;
mod names;
mod screen;
mod switchboard;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

pub use ari::{Answer, Event, read_answer};
pub use contract::REASON as REASON_VARIABLE;
pub use digits::Pressed;
pub use error::AsteriskError;
pub use media::{Control, Form};

use super::{Admission, Line, Wanted};
use crate::config;

/// Reports of the event socket that wait for the switchboard; beyond, the socket waits, and Asterisk with it.
const REPORTS_MAX: usize = 256;

/// Attaches to Asterisk and serves its calls until `shutdown` becomes true or its sender is gone; then every
/// call is sent on in the dialplan, within five seconds.
///
/// `admit` is asked for each call with what the dialplan wants. An admitted call comes through `calls` once its
/// sound is there and before it is answered; where that queue is full, the call goes on in the dialplan.
///
/// An ARI that is not there, refuses or talks nonsense is an error in the log and another attempt, for ever.
///
/// # Errors
/// Where the configuration itself can never work.
pub async fn attach(
    config: config::Asterisk,
    admit: impl Fn(Wanted<'_>) -> Admission,
    calls: mpsc::Sender<Line>,
    shutdown: watch::Receiver<bool>,
) -> Result<(), AsteriskError> {
    let ari = Arc::new(ari::Ari::new(&config)?);
    ari.event_socket()?;
    let ports = media::Ports::new(&config)?;
    let (report, reports) = mpsc::channel(REPORTS_MAX);
    // dropped with this function, and the listener with it
    let mut listener = JoinSet::new();
    listener.spawn(ari::listen(Arc::clone(&ari), report));
    let switchboard = switchboard::Switchboard {
        ari,
        ports,
        choices: Arc::new(media::Choices::new(&config)),
        context: config.context,
        admit,
        calls,
        connected: watch::Sender::new(false),
        legs: HashMap::new(),
        tasks: JoinSet::new(),
        audits: JoinSet::new(),
        draining: false,
    };
    switchboard.run(reports, shutdown).await;
    Ok(())
}
