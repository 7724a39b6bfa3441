//! What ARI is asked for so that a colleague can be asked: a call to him, who hears whom, and where the caller is.

use serde::Deserialize;

use super::super::error::AsteriskError;
use super::request::Request;
use super::rest::{Ari, Module};

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Placed {
    dialplan: Place,
}

/// A place in the dialplan.
#[derive(Debug, Deserialize)]
pub struct Place {
    /// Its context.
    pub context: String,
    /// Its extension, as it was dialled.
    pub exten: String,
    /// Its priority.
    pub priority: u64,
}

impl Ari {
    /// Calls somebody by a channel of that name, which enters our application when he answers. Gives the name that
    /// Asterisk itself uses. `variables` are set before it rings; a telephone shows `number` as the caller.
    ///
    /// # Errors
    /// As every request; `Refused` where there is no such telephone.
    pub async fn call(
        &self,
        channel: &str,
        endpoint: &str,
        (originator, number): (&str, Option<&str>),
        ring_s: u64,
        variables: serde_json::Map<String, serde_json::Value>,
    ) -> Result<String, AsteriskError> {
        let mut request = Request::post(format!("call a colleague as {channel}"), &["channels"])
            .query("endpoint", endpoint)
            .query("app", self.app())
            .query("channelId", channel)
            .query("originator", originator)
            .query("timeout", ring_s.to_string())
            .body(serde_json::json!({ "variables": variables }))
            .hint("is the telephone known to Asterisk and registered?");
        if let Some(number) = number {
            request = request.query("callerId", number);
        }
        Ok(self.ask::<Named>(request).await?.name)
    }

    /// Takes a channel out of a bridge.
    ///
    /// # Errors
    /// As [`put_in`](Self::put_in).
    pub async fn take_out(&self, bridge: &str, channel: &str) -> Result<(), AsteriskError> {
        let operation = format!("take {channel} out of bridge {bridge}");
        self.of_bridge(Request::post(operation, &["bridges", bridge, "removeChannel"]), channel).await
    }

    /// Plays music on hold to a channel.
    ///
    /// # Errors
    /// As every request.
    pub async fn start_music(&self, channel: &str) -> Result<(), AsteriskError> {
        let operation = format!("play music to channel {channel}");
        self.order(Request::post(operation, &["channels", channel, "moh"])).await
    }

    /// No music any more. Nothing happens where there was none.
    ///
    /// # Errors
    /// As every request.
    pub async fn stop_music(&self, channel: &str) -> Result<(), AsteriskError> {
        let operation = format!("end the music of channel {channel}");
        self.order(Request::delete(operation, &["channels", channel, "moh"])).await
    }

    /// Plays the tone of a telephone that rings to a channel, or ends it.
    ///
    /// # Errors
    /// As every request.
    pub async fn ring_back(&self, channel: &str, on: bool) -> Result<(), AsteriskError> {
        let path = ["channels", channel, "ring"];
        let operation = format!("let channel {channel} hear that it rings");
        self.order(if on { Request::post(operation, &path) } else { Request::delete(operation, &path) }).await
    }

    /// Whether a module runs.
    pub async fn has_module(&self, module: &str) -> bool {
        let request = Request::get(format!("look for module {module}"), &["asterisk", "modules", module]);
        self.ask::<Module>(request).await.is_ok_and(|module| module.runs())
    }

    /// Whether the PBX has that bridge.
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn has_bridge(&self, bridge: &str) -> Result<bool, AsteriskError> {
        match self.order(Request::get(format!("look for bridge {bridge}"), &["bridges", bridge])).await {
            Ok(()) => Ok(true),
            Err(AsteriskError::Gone { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Does not watch a channel any longer than it is in our application.
    ///
    /// # Errors
    /// As every request.
    pub async fn unwatch(&self, channel: &str) -> Result<(), AsteriskError> {
        let operation = format!("stop watching channel {channel}");
        let request = Request::delete(operation, &["applications", self.app(), "subscription"]);
        self.order(request.query("eventSource", format!("channel:{channel}"))).await
    }

    /// Where a channel that is in our application goes on in the dialplan: context, extension, priority.
    ///
    /// # Errors
    /// As every request.
    pub async fn place(&self, channel: &str) -> Result<Place, AsteriskError> {
        let request = Request::get(format!("ask where channel {channel} is"), &["channels", channel]);
        let mut place = self.ask::<Placed>(request).await?.dialplan;
        place.priority += 1;
        Ok(place)
    }
}
