//! An Asterisk looked at from outside, for `klinke doctor`: facts, each within a time limit. A daemon that serves
//! calls meanwhile is not touched: the examination registers an application of its own, never the daemon's.
//!
//! Everything that it makes in the PBX has a name of its own, which is known before it is made; so
//! [`Examination::clear_up`] finds all of it, whatever the examination broke off at.

mod requests;
mod signal;
mod test_call;

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

use super::ari::Ari;
use super::error::AsteriskError;
use super::names::media_owner;
use crate::config::{self, Requests};

pub use super::ari::Module;
pub use requests::Named;
pub use signal::Arrived;
pub use test_call::{Sound, Stage, TestCall, Way};

/// What everything of an examination is called, before a number of its own.
const PREFIX: &str = "klinke-doctor-";
/// Digits of that number.
const NUMBER_MAX: u64 = 1_000_000_000_000;
/// Longest that finding a host, and connecting to it, may take, each.
const CONNECT_MS_MAX: u64 = 2_000;
/// A channel of an examination that is older is nobody's: none lasts so long.
const FORGOTTEN_S: i64 = 180;
/// Rounds of clearing up, and the pause before each but the first: a request that was broken off may still be
/// carried out by Asterisk.
const ROUNDS_MAX: u32 = 4;
const ROUND_MS: u64 = 150;

/// How far a connection to ARI's address got.
#[derive(Debug, PartialEq, Eq)]
pub enum Reach {
    /// Connected.
    Ok,
    /// The name has no address. With the system's words.
    NoSuchHost(String),
    /// The host is there, and nobody listens at the port.
    Refused,
    /// No answer at all.
    Silent,
    /// No way there, or something else. With the system's words.
    Network(String),
}

/// Who has our application's name.
#[derive(Debug, PartialEq, Eq)]
pub enum Registered {
    /// Nobody.
    Nobody,
    /// A program, with so many calls.
    With {
        /// Media channels of Klinke's calls.
        calls: usize,
    },
}

/// What nobody looks after.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Of examinations that were killed: names of channels.
    pub examinations: Vec<String>,
    /// Of calls: media channels whose caller is gone.
    pub calls: Vec<String>,
}

/// One examination.
#[derive(Debug)]
pub struct Examination {
    /// Under a name of its own.
    ari: Ari,
    /// As the daemon is. Never connected to events.
    klinke: Ari,
    config: config::Asterisk,
    own: String,
    /// Whether there may be anything of it in the PBX.
    begun: AtomicBool,
}

impl Examination {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// Where the configuration can never work, or the machine has no random numbers.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        let number = getrandom::u64().map_err(|error| AsteriskError::Client { cause: error.to_string() })?;
        let own = format!("{PREFIX}{:012}", number % NUMBER_MAX);
        let config = config::Asterisk { requests: Requests::Http, ..config.clone() };
        let ari = Ari::new(&config::Asterisk { app: own.clone(), ..config.clone() })?;
        Ok(Self { ari, klinke: Ari::new(&config)?, config, own, begun: AtomicBool::new(false) })
    }

    /// Where ARI is, for people.
    #[must_use]
    pub fn at(&self) -> &str {
        self.ari.at()
    }

    /// Host and port of ARI.
    #[must_use]
    pub fn host(&self) -> (&str, u16) {
        self.ari.host()
    }

    /// Connects to ARI's address and lets go of it.
    pub async fn reach(&self) -> Reach {
        let limit = Duration::from_millis(CONNECT_MS_MAX);
        let addresses: Vec<_> = match timeout(limit, lookup_host(self.host())).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(error)) => return Reach::NoSuchHost(error.to_string()),
            Err(_) => return Reach::NoSuchHost("no answer".into()),
        };
        match timeout(limit, TcpStream::connect(&*addresses)).await {
            Err(_) => Reach::Silent,
            Ok(Ok(_)) => Reach::Ok,
            Ok(Err(error)) => match error.kind() {
                ErrorKind::ConnectionRefused => Reach::Refused,
                ErrorKind::TimedOut => Reach::Silent,
                _ => Reach::Network(error.to_string()),
            },
        }
    }

    /// The version of Asterisk.
    ///
    /// # Errors
    /// As every request.
    pub async fn version(&self) -> Result<String, AsteriskError> {
        self.ari.version().await
    }

    /// Whether the user may change something: hangs up a channel that there is not.
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn may_write(&self) -> Result<(), AsteriskError> {
        match self.ari.hang_up(&format!("{}-nobody", self.own)).await {
            Err(AsteriskError::Gone { .. }) => Ok(()),
            answer => answer,
        }
    }

    /// Every module.
    ///
    /// # Errors
    /// As every request.
    pub async fn modules(&self) -> Result<Vec<Module>, AsteriskError> {
        self.ari.modules().await
    }

    /// Who has Klinke's application.
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn registered(&self) -> Result<Registered, AsteriskError> {
        match self.klinke.application().await {
            Ok(there) => {
                let calls = there.channel_ids.iter().filter(|channel| media_owner(channel).is_some()).count();
                Ok(Registered::With { calls })
            }
            Err(AsteriskError::Gone { .. }) => Ok(Registered::Nobody),
            Err(error) => Err(error),
        }
    }

    /// What nobody looks after. Channels of examinations that were killed are hung up.
    ///
    /// # Errors
    /// As every request.
    pub async fn leftovers(&self, now: jiff::Timestamp) -> Result<Leftovers, AsteriskError> {
        let channels = self.ari.channels().await?;
        let found = forgotten(&channels, now);
        for channel in &found.examinations {
            let _ = self.ari.hang_up(channel).await;
        }
        for bridge in self.ari.bridges().await? {
            if bridge.id.starts_with(PREFIX) && is_old(&bridge, now) {
                let _ = self.ari.delete_bridge(&bridge.id).await;
            }
        }
        Ok(found)
    }

    /// Begins the test call.
    ///
    /// # Errors
    /// At which stage, and why.
    pub async fn begin(&self) -> Result<TestCall<'_>, (Stage, AsteriskError)> {
        self.begun.store(true, Ordering::Relaxed);
        TestCall::begin(&self.ari, &self.config, &self.own).await
    }

    /// Takes away everything that the examination has made in the PBX. `false`: something may be left.
    pub async fn clear_up(&self) -> bool {
        if !self.begun.load(Ordering::Relaxed) {
            return true;
        }
        let mut clear = 0;
        for round in 0..ROUNDS_MAX {
            if round > 0 {
                sleep(Duration::from_millis(ROUND_MS)).await;
            }
            let (Ok(channels), Ok(bridges)) = (self.ari.channels().await, self.ari.bridges().await) else {
                continue;
            };
            let ours = |named: &&Named| named.id.starts_with(&self.own);
            let (channels, bridges): (Vec<_>, Vec<_>) =
                (channels.iter().filter(ours).collect(), bridges.iter().filter(ours).collect());
            if channels.is_empty() && bridges.is_empty() {
                clear += 1;
                if clear == 2 {
                    return true;
                }
            }
            for channel in channels {
                let _ = self.ari.hang_up(&channel.id).await;
            }
            for bridge in bridges {
                let _ = self.ari.delete_bridge(&bridge.id).await;
            }
        }
        clear > 0
    }
}

fn is_old(named: &Named, now: jiff::Timestamp) -> bool {
    let made = test_call::timestamp(&named.creationtime);
    made.is_some_and(|made| now.duration_since(made).as_secs() > FORGOTTEN_S)
}

fn forgotten(channels: &[Named], now: jiff::Timestamp) -> Leftovers {
    let mut found = Leftovers::default();
    for channel in channels {
        if channel.id.starts_with(PREFIX) && is_old(channel, now) {
            found.examinations.push(channel.id.clone());
        }
        if let Some(owner) = media_owner(&channel.id)
            && !channels.iter().any(|other| other.id == owner)
        {
            found.calls.push(channel.id.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_looks_after_is_told_from_what_somebody_does() {
        let named = |id: &str, made: &str| Named { id: id.into(), creationtime: made.into() };
        let channels = [
            named("1.1", "2026-11-22T18:00:00.000+0000"),
            named("klinke-media-1.1", "2026-11-22T18:00:00.000+0000"),
            named("klinke-media-1.3", "2026-11-22T18:00:00.000+0000"),
            named("klinke-doctor-000000000001-near", "2026-11-22T18:00:00.000+0000"),
            named("klinke-doctor-000000000002-near", "2026-11-22T19:04:30.000+0100"),
        ];
        let found = forgotten(&channels, "2026-11-22T18:05:00Z".parse().unwrap());
        assert_eq!(found.examinations, ["klinke-doctor-000000000001-near"]);
        assert_eq!(found.calls, ["klinke-media-1.3"]);
    }
}
