//! How a call ends in the PBX: the caller goes where he is to go, then everything that was made for the call is
//! deleted.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ari::Place;
use super::ari::{Application, Ari};
use super::contract;
use super::error::AsteriskError;
use super::names::{Whose, bridge, colleague_channel, media_channel};
use crate::call::line::{Destination, ScreenPop};
use crate::daemon::pbx::reason;

/// Longest that a request at the end of a call is tried for, where giving up would leave something behind. A PBX that
/// cannot be reached for a while still learns where its caller is to go.
const ENDING_MS_MAX: u64 = 30_000;
/// Wait between two attempts.
const ENDING_RETRY_MS: u64 = 250;
/// How long the dialplan may take to join a caller and a colleague.
const JOINED_MS_MAX: u64 = 3_000;
/// How often it is asked.
const JOINED_EVERY_MS: u64 = 50;

/// How a call ends, as far as the caller's channel goes.
#[derive(Debug)]
pub enum End {
    /// It is gone already.
    Gone,
    /// We hang up.
    HangUp,
    /// On in the dialplan.
    Release(Destination, &'static str, Box<ScreenPop>),
    /// Joined by the dialplan with the colleague whose channel Asterisk calls `colleague`.
    Connect {
        /// Asterisk's own name for it.
        colleague: String,
        /// For the dialplan.
        reason: &'static str,
        /// As for a release.
        screen: Box<ScreenPop>,
    },
}

impl End {
    /// To what follows our application in the dialplan.
    pub fn fallback(reason: &'static str) -> Self {
        Self::Release(Destination::Fallback, reason, Box::default())
    }
}

/// Lets go of the caller and deletes what belongs to the call. Everything in it may be gone already.
pub async fn clear_up(ari: &Ari, channel: &str, context: Option<&str>, end: End) {
    let mut joined = false;
    match end {
        End::Gone => {}
        End::HangUp => insist(|| ari.hang_up(channel)).await,
        End::Release(destination, why, screen) => {
            if [reason::ABANDONED, reason::FAULT].contains(&why) {
                // nobody has taken him back from waiting for a colleague, if he was
                end_waiting(ari, channel).await;
            }
            release(ari, channel, context, (destination, why, screen)).await;
        }
        End::Connect { colleague, reason, screen } => {
            connect(ari, channel, (&colleague, reason, screen)).await;
            joined = is_joined(ari, channel).await;
        }
    }
    let (media, bridge, colleague) = (media_channel(channel), bridge(channel), colleague_channel(channel));
    insist(|| ari.hang_up(&media)).await;
    insist(|| ari.delete_bridge(&bridge)).await;
    if !joined && is_ours(ari, channel).await {
        insist(|| ari.hang_up(&colleague)).await;
    }
}

async fn release(
    ari: &Ari,
    channel: &str,
    context: Option<&str>,
    (destination, reason, screen): (Destination, &'static str, Box<ScreenPop>),
) {
    insist(|| ari.set_variable(channel, contract::REASON, reason)).await;
    if !screen.call.is_empty() {
        contract::tell(ari, channel, &screen).await;
    }
    let (context, extension) = match &destination {
        Destination::Extension(extension) => (context, existing(ari, channel, context, extension).await),
        Destination::Device(device) => {
            by_contract(ari, channel, (contract::TO_DEVICE, contract::DEVICE, device)).await
        }
        Destination::Queue(queue) => {
            by_contract(ari, channel, (contract::TO_QUEUE, contract::QUEUE, queue)).await
        }
        Destination::Fallback => (context, None),
    };
    insist(|| ari.go_on(channel, context, extension)).await;
}

/// By a context of the contract, where the dialplan has it.
async fn by_contract(
    ari: &Ari,
    channel: &str,
    (context, variable, value): (&'static str, &str, &str),
) -> (Option<&'static str>, Option<&'static str>) {
    if !contract::is_kept(ari, channel, context).await {
        return (None, None);
    }
    set_return(ari, channel).await;
    insist(|| ari.set_variable(channel, variable, value)).await;
    (Some(context), Some(contract::START))
}

/// Where the caller goes on if nobody answers: behind our application, as without Klinke.
async fn set_return(ari: &Ari, channel: &str) {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "+*#_-.".contains(c));
    match ari.place(channel).await {
        Ok(Place { context, exten, priority }) if plain(&context) && plain(&exten) => {
            let place = format!("{context},{exten},{priority}");
            insist(|| ari.set_variable(channel, contract::RETURN, &place)).await;
        }
        Ok(_) => log::warn!("call {channel}: no way back in the dialplan can be written for its extension"),
        Err(error) => log::debug!("{error}"),
    }
}

/// Neither music nor ringing any more. What is not there cannot be ended, and that is no error.
async fn end_waiting(ari: &Ari, channel: &str) {
    for ended in [ari.stop_music(channel).await, ari.ring_back(channel, false).await] {
        let _ = ended.inspect_err(|error| log::debug!("{error}"));
    }
}

/// Hands both to the dialplan. From its last request on, the two do not need us any more.
async fn connect(
    ari: &Ari,
    channel: &str,
    (colleague, reason, screen): (&str, &'static str, Box<ScreenPop>),
) {
    insist(|| ari.set_variable(channel, contract::REASON, reason)).await;
    contract::tell(ari, channel, &screen).await;
    set_return(ari, channel).await;
    insist(|| ari.set_variable(channel, contract::COLLEAGUE, colleague)).await;
    end_waiting(ari, channel).await;
    insist(|| ari.go_on(channel, Some(contract::CONNECT), Some(contract::START))).await;
}

/// Whether the colleague of that caller is still ours. One who talks with the caller keeps his channel's name, and is
/// none of our business any more.
async fn is_ours(ari: &Ari, caller: &str) -> bool {
    let there = ari.application().await.inspect_err(|error| log::debug!("{error}"));
    // who cannot be asked about is left to the next audit
    there.is_ok_and(|there| has_colleague(&there, caller))
}

fn has_colleague(there: &Application, caller: &str) -> bool {
    there.channel_ids.iter().any(|id| Whose::of(id) == Whose::Colleague(caller))
}

/// Whether the dialplan has taken the colleague's channel out of our application. Where it has not, the caller is gone
/// and the colleague is left alone on the line.
async fn is_joined(ari: &Ari, caller: &str) -> bool {
    let give_up = Instant::now() + Duration::from_millis(JOINED_MS_MAX);
    loop {
        match ari.application().await {
            Ok(there) if !has_colleague(&there, caller) => return true,
            Ok(_) if Instant::now() >= give_up => {
                log::warn!(
                    "call {caller}: the dialplan did not join caller and colleague; the colleague is let go"
                );
                return false;
            }
            // who cannot be asked about is left to the next audit
            Err(_) if Instant::now() >= give_up => return true,
            _ => sleep(Duration::from_millis(JOINED_EVERY_MS)).await,
        }
    }
}

/// The extension where it exists. Asterisk would hang up on a caller who is sent to one that does not.
pub async fn existing<'a>(
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

/// A request that must not fail for a passing reason. What it leaves behind nevertheless, the audit finds.
pub async fn insist<F: Future<Output = Result<(), AsteriskError>>>(request: impl Fn() -> F) {
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
