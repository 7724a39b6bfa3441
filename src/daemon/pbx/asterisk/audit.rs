//! Do the PBX and we agree on what there is? Asked after every connection and from time to time: what happened
//! while the event socket was gone is never told again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::ari::{Application, Ari};
use super::error::AsteriskError;
use super::names::{Whose, bridge_owner};

/// A channel found without a call is believed to have none after so long: the word of its arrival may still be
/// on its way through the event socket.
const GRACE_MS: u64 = 500;

/// Where we do not agree.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Callers' channels that we hold and the PBX does not have.
    pub gone: Vec<String>,
    /// Channels in our application that were not ours when the question was asked.
    pub callers: Vec<String>,
    /// Callers' channels whose media channel or bridge is there although they were not ours.
    pub leftovers: Vec<String>,
}

/// Compares `held`, the callers' channels that we look after, with the PBX.
///
/// # Errors
/// Where the PBX gives no answer.
pub async fn audit(ari: Arc<Ari>, held: Vec<String>) -> Result<Findings, AsteriskError> {
    let mut there = ari.application().await?;
    forget_deleted_bridges(&ari, &mut there, &held).await;
    let mut findings = compare(&there, &held);
    let mut gone = Vec::new();
    for channel in findings.gone {
        if !ari.has_channel(&channel).await? {
            gone.push(channel);
        }
    }
    findings.gone = gone;
    if !(findings.callers.is_empty() && findings.leftovers.is_empty()) {
        sleep(Duration::from_millis(GRACE_MS)).await;
        // what has left by itself meanwhile is no finding
        let mut there = ari.application().await?;
        forget_deleted_bridges(&ari, &mut there, &held).await;
        let now = compare(&there, &held);
        findings.callers.retain(|channel| now.callers.contains(channel));
        findings.leftovers.retain(|caller| now.leftovers.contains(caller));
    }
    Ok(findings)
}

/// An application goes on watching a bridge of its own that is no more as long as a channel lives that was in it: the
/// colleague's, while he talks with the caller.
async fn forget_deleted_bridges(ari: &Ari, there: &mut Application, held: &[String]) {
    let mut deleted = Vec::new();
    for bridge in &there.bridge_ids {
        let ours = bridge_owner(bridge).is_some_and(|owner| !held.iter().any(|held| held == owner));
        if ours && ari.has_bridge(bridge).await.is_ok_and(|there| !there) {
            deleted.push(bridge.clone());
        }
    }
    there.bridge_ids.retain(|bridge| !deleted.contains(bridge));
}

fn compare(there: &Application, held: &[String]) -> Findings {
    let is_held = |channel: &str| held.iter().any(|held| held == channel);
    let mut findings = Findings::default();
    for channel in &there.channel_ids {
        match Whose::of(channel).owner() {
            Some(owner) if !is_held(owner) => findings.leftovers.push(owner.to_owned()),
            None if !is_held(channel) => findings.callers.push(channel.clone()),
            _ => {}
        }
    }
    let bridges = there.bridge_ids.iter().filter_map(|bridge| bridge_owner(bridge));
    findings.leftovers.extend(bridges.filter(|owner| !is_held(owner)).map(str::to_owned));
    findings.leftovers.sort_unstable();
    findings.leftovers.dedup();
    // a caller who is there takes what belongs to the call along
    findings.leftovers.retain(|caller| !findings.callers.contains(caller));
    findings.gone = held.iter().filter(|held| !there.channel_ids.contains(held)).cloned().collect();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn only_differences_are_found() {
        let there = Application {
            channel_ids: names(&["1.1", "klinke-media-1.1", "1.5", "klinke-media-1.5", "klinke-media-1.7"]),
            bridge_ids: names(&["klinke-bridge-1.1", "klinke-bridge-1.5", "klinke-bridge-1.9", "holding"]),
        };
        let findings = compare(&there, &names(&["1.1", "1.3"]));
        assert_eq!(
            findings,
            Findings { gone: names(&["1.3"]), callers: names(&["1.5"]), leftovers: names(&["1.7", "1.9"]) }
        );
        assert_eq!(compare(&there, &names(&["1.1", "1.5", "1.7", "1.9"])).callers, names(&[]));
    }
}
