//! A thin client of ARI: the requests that a call needs, each with a time limit, over HTTP or over the event
//! socket.
//!
//! Requests that belong to one thing only stand with it, as a further `impl Ari` (`media_channel`).
//!
//! Source: Asterisk's REST interface, versions 16 to 22.

use std::sync::Arc;

use reqwest::Url;
use reqwest::header::HeaderValue;
use rustls::ClientConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use super::super::error::AsteriskError;
use super::event::describe;
use super::http::Http;
use super::over_socket::OverSocket;
use super::request::Request;
use crate::config::{self, Requests};

/// ARI of one Asterisk.
#[derive(Debug)]
pub struct Ari {
    http: Http,
    /// Where requests go over the event socket.
    over_socket: Option<OverSocket>,
    app: String,
    forgotten: Notify,
}

/// What belongs to our application in the PBX.
#[derive(Debug, Default, Deserialize)]
pub struct Application {
    /// Channels that are in it or that it watches.
    #[serde(default)]
    pub channel_ids: Vec<String>,
    /// Bridges that it watches.
    #[serde(default)]
    pub bridge_ids: Vec<String>,
}

/// A module of Asterisk, as `GET /asterisk/modules` names it.
#[derive(Clone, Debug, Deserialize)]
pub struct Module {
    /// `chan_rtp.so`.
    pub name: String,
    /// `Running`, `Not Running`.
    #[serde(default)]
    pub status: String,
}

impl Module {
    /// Whether it does anything.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.status == "Running"
    }
}

#[derive(Deserialize)]
struct Value {
    value: String,
}

#[derive(Deserialize)]
struct About {
    system: AboutSystem,
}

#[derive(Deserialize)]
struct AboutSystem {
    version: String,
}

impl Ari {
    /// ARI as the configuration has it. Connects to nothing.
    ///
    /// # Errors
    /// Where the address cannot be one of ARI, or nobody's certificate could be believed.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        let http = Http::new(config)?;
        let over_socket = (config.requests == Requests::WebSocket).then(|| OverSocket::new(http.at()));
        Ok(Self { http, over_socket, app: config.app.clone(), forgotten: Notify::new() })
    }

    /// Asterisk does not know our application although the event socket is there: it has to be connected again.
    ///
    /// Seen with Asterisk 22.10.1, once in a hundred quick restarts: it takes the new registration away with the old
    /// connection's.
    pub fn forget(&self) {
        self.forgotten.notify_one();
    }

    /// Waits for [`forget`](Self::forget).
    pub async fn forgotten(&self) {
        self.forgotten.notified().await;
    }

    /// Name of our application.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.app
    }

    /// Where it is, for people.
    #[must_use]
    pub fn at(&self) -> &str {
        self.http.at()
    }

    /// Host and port of its HTTP server.
    #[must_use]
    pub fn host(&self) -> (&str, u16) {
        self.http.host()
    }

    /// The requests that go over the event socket, where they do.
    #[must_use]
    pub const fn over_socket(&self) -> Option<&OverSocket> {
        self.over_socket.as_ref()
    }

    /// How to speak TLS to it; `None`: it speaks none.
    #[must_use]
    pub fn tls(&self) -> Option<Arc<ClientConfig>> {
        self.http.tls()
    }

    /// Sends a request and gives the bytes of its answer.
    async fn send(&self, request: Request) -> Result<Vec<u8>, AsteriskError> {
        let answer = match &self.over_socket {
            Some(socket) => socket.exchange(&request).await?,
            None => self.http.exchange(&request).await?,
        };
        answer.success(request, self.at())
    }

    /// Sends a request whose answer says nothing.
    ///
    /// # Errors
    /// By what kept it from being answered, or what its answer says.
    pub async fn order(&self, request: Request) -> Result<(), AsteriskError> {
        self.send(request).await.map(drop)
    }

    /// Sends a request and reads the JSON of its answer.
    ///
    /// # Errors
    /// As [`order`](Self::order); `Nonsense` where the answer is another one.
    pub async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<T, AsteriskError> {
        let operation = request.operation.clone();
        let answer = self.send(request).await?;
        self.read(operation, &answer)
    }

    fn read<T: DeserializeOwned>(&self, operation: String, answer: &[u8]) -> Result<T, AsteriskError> {
        serde_json::from_slice(answer).map_err(|error| AsteriskError::Nonsense {
            operation,
            at: self.at().into(),
            cause: describe(&error),
        })
    }

    /// The version of Asterisk. Always over HTTP: it says what the event socket can do.
    ///
    /// # Errors
    /// As every request.
    pub async fn version(&self) -> Result<String, AsteriskError> {
        let operation = "ask for Asterisk's version";
        let request = Request::get(operation, &["asterisk", "info"]).query("only", "system");
        let answer = self.http.exchange(&request).await?.success(request, self.at())?;
        Ok(self.read::<About>(operation.into(), &answer)?.system.version)
    }

    /// What belongs to our application.
    ///
    /// # Errors
    /// As every request; `Gone` where no event socket has registered it.
    pub async fn application(&self) -> Result<Application, AsteriskError> {
        let operation = format!("list what is in application {}", self.app);
        self.ask(Request::get(operation, &["applications", &self.app])).await
    }

    /// Whether the PBX has that channel.
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn has_channel(&self, channel: &str) -> Result<bool, AsteriskError> {
        let request = Request::get(format!("look for channel {channel}"), &["channels", channel]);
        match self.order(request).await {
            Ok(()) => Ok(true),
            Err(AsteriskError::Gone { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Answers.
    ///
    /// # Errors
    /// As every request.
    pub async fn answer(&self, channel: &str) -> Result<(), AsteriskError> {
        self.order(Request::post(format!("answer channel {channel}"), &["channels", channel, "answer"])).await
    }

    /// Hangs up.
    ///
    /// # Errors
    /// As every request.
    pub async fn hang_up(&self, channel: &str) -> Result<(), AsteriskError> {
        let request = Request::delete(format!("hang up channel {channel}"), &["channels", channel]);
        self.order(request.query("reason", "normal")).await
    }

    /// Sets a channel variable.
    ///
    /// # Errors
    /// As every request.
    pub async fn set_variable(&self, channel: &str, name: &str, value: &str) -> Result<(), AsteriskError> {
        let operation = format!("set {name} of channel {channel}");
        let request = Request::post(operation, &["channels", channel, "variable"]);
        self.order(request.query("variable", name).query("value", value)).await
    }

    /// Whether the dialplan has that extension in that context, as far as the PBX can say: where its function
    /// `DIALPLAN_EXISTS` is not loaded, it is believed to.
    pub async fn has_extension(&self, channel: &str, context: &str, extension: &str) -> bool {
        let operation = format!("ask whether {extension} exists");
        let request = Request::get(operation, &["channels", channel, "variable"])
            .query("variable", format!("DIALPLAN_EXISTS({context},{extension},1)"));
        !self.ask::<Value>(request).await.is_ok_and(|answer| answer.value == "0")
    }

    /// Sends a channel on in the dialplan: to an extension, or to what follows our application.
    ///
    /// # Errors
    /// As every request; `Gone` also where the channel has left our application by itself.
    pub async fn go_on(
        &self,
        channel: &str,
        context: Option<&str>,
        extension: Option<&str>,
    ) -> Result<(), AsteriskError> {
        let operation = format!("send channel {channel} on in the dialplan");
        let mut request = Request::post(operation.clone(), &["channels", channel, "continue"]);
        if let Some(extension) = extension {
            request = request.query("extension", extension).query("priority", "1");
            request = context.into_iter().fold(request, |request, context| request.query("context", context));
        }
        match self.order(request).await {
            Err(AsteriskError::Refused { status: 409, .. }) => Err(AsteriskError::Gone { operation }),
            answer => answer,
        }
    }

    /// Makes a bridge of that name that mixes sound.
    ///
    /// # Errors
    /// As every request.
    pub async fn create_bridge(&self, bridge: &str) -> Result<(), AsteriskError> {
        let request = Request::post(format!("make bridge {bridge}"), &["bridges"]);
        self.order(request.query("type", "mixing").query("bridgeId", bridge)).await
    }

    /// Puts channels into a bridge.
    ///
    /// # Errors
    /// As every request; `Gone` where a channel has hung up or left our application.
    pub async fn put_in(&self, bridge: &str, channels: &[&str]) -> Result<(), AsteriskError> {
        let operation = format!("put {} into bridge {bridge}", channels.join(" and "));
        let request = Request::post(operation, &["bridges", bridge, "addChannel"]);
        self.of_bridge(request, &channels.join(",")).await
    }

    /// A request about channels and a bridge.
    pub(super) async fn of_bridge(&self, request: Request, channels: &str) -> Result<(), AsteriskError> {
        let operation = request.operation.clone();
        match self.order(request.query("channel", channels)).await {
            // 400: there is no such channel; 422: it is not in our application, or not in that bridge
            Err(AsteriskError::Refused { status: 400 | 422, .. }) => Err(AsteriskError::Gone { operation }),
            answer => answer,
        }
    }

    /// Takes a bridge away.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_bridge(&self, bridge: &str) -> Result<(), AsteriskError> {
        self.order(Request::delete(format!("delete bridge {bridge}"), &["bridges", bridge])).await
    }

    /// The modules of Asterisk that are loaded.
    ///
    /// # Errors
    /// As every request.
    pub async fn modules(&self) -> Result<Vec<Module>, AsteriskError> {
        self.ask(Request::get("list Asterisk's modules", &["asterisk", "modules"])).await
    }

    /// The formats that a channel's telephone speaks, as Asterisk writes them: `(g722)`. `None` where it does not
    /// say (`func_channel` is not loaded).
    pub async fn formats(&self, channel: &str) -> Option<String> {
        let operation = format!("ask for the formats of channel {channel}");
        let request = Request::get(operation, &["channels", channel, "variable"])
            .query("variable", "CHANNEL(audionativeformat)");
        self.ask::<Value>(request).await.ok().map(|answer| answer.value)
    }

    /// Address of the event socket with the header that proves who we are.
    ///
    /// # Errors
    /// Where user or application cannot be written in a request.
    pub fn event_socket(&self) -> Result<(Url, HeaderValue), AsteriskError> {
        let request = Request::get("open the event socket", &["events"])
            .query("app", &self.app)
            .query("subscribeAll", "false");
        let (mut url, proof) = self.http.address(&request)?;
        let scheme = if self.http.tls().is_some() { "wss" } else { "ws" };
        let no_host = |()| AsteriskError::Address { cause: "it has no host".into() };
        url.set_scheme(scheme).map_err(no_host)?;
        Ok((url, proof))
    }
}

#[cfg(test)]
#[path = "rest_tests.rs"]
mod tests;
