//! A thin client of ARI: the requests that a call needs, each with a time limit, over HTTP or over the event
//! socket.
//!
//! Source: Asterisk's REST interface, versions 16 to 22.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::HeaderValue;
use rustls::ClientConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::AsteriskError;
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

/// What a media channel is to exchange sound with.
#[derive(Clone, Debug)]
pub struct ExternalMedia {
    /// Address and port, or `INCOMING` where we connect.
    host: String,
    format: &'static str,
    encapsulation: &'static str,
    transport: &'static str,
    connection: &'static str,
    /// What it begins with.
    id: Option<String>,
    hint: &'static str,
}

impl ExternalMedia {
    /// RTP with a socket of ours.
    pub fn rtp(ours: SocketAddr, format: &'static str) -> Self {
        let (host, hint) = (ours.to_string(), "are chan_rtp.so and res_rtp_multicast.so loaded?");
        Self { host, format, encapsulation: "rtp", transport: "udp", connection: "client", id: None, hint }
    }

    /// AudioSocket with a listener of ours.
    pub fn audiosocket(ours: SocketAddr, format: &'static str, id: String) -> Self {
        let hint = "is chan_audiosocket.so loaded, and can Asterisk connect to [asterisk] media_address and \
                    media_ports?";
        let (host, id) = (ours.to_string(), Some(id));
        Self { host, format, encapsulation: "audiosocket", transport: "tcp", connection: "client", id, hint }
    }

    /// A WebSocket by which we connect.
    pub fn websocket(format: &'static str) -> Self {
        let (host, hint) = ("INCOMING".to_owned(), "is chan_websocket.so loaded?");
        Self {
            host,
            format,
            encapsulation: "none",
            transport: "websocket",
            connection: "server",
            id: None,
            hint,
        }
    }
}

/// A media channel that was made.
#[derive(Debug)]
pub struct MediaChannel {
    /// The PBX's end of RTP, where it names a real one.
    pub rtp: Option<SocketAddr>,
    /// Under which id it waits for us, by WebSocket.
    pub connection: Option<String>,
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
struct Made {
    #[serde(default)]
    channelvars: MediaVariables,
}

#[derive(Default, Deserialize)]
struct MediaVariables {
    #[serde(rename = "UNICASTRTP_LOCAL_ADDRESS", default)]
    address: String,
    #[serde(rename = "UNICASTRTP_LOCAL_PORT", default)]
    port: String,
    #[serde(rename = "MEDIA_WEBSOCKET_CONNECTION_ID", default)]
    connection: Option<String>,
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
        Ok(Self { http, over_socket, app: config.app.clone() })
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
    pub(super) async fn order(&self, request: Request) -> Result<(), AsteriskError> {
        self.send(request).await.map(drop)
    }

    /// Sends a request and reads the JSON of its answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<T, AsteriskError> {
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
    pub async fn add_to_bridge(&self, bridge: &str, channels: [&str; 2]) -> Result<(), AsteriskError> {
        let operation = format!("put {} into bridge {bridge}", channels.join(" and "));
        let request = Request::post(operation.clone(), &["bridges", bridge, "addChannel"]);
        match self.order(request.query("channel", channels.join(","))).await {
            // 400: there is no such channel; 422: it is not in our application
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

    /// Makes a channel of that name that exchanges sound with what `wanted` says. It enters our application by
    /// itself, by WebSocket once we have connected.
    ///
    /// # Errors
    /// As every request.
    pub async fn external_media(
        &self,
        channel: &str,
        wanted: &ExternalMedia,
    ) -> Result<MediaChannel, AsteriskError> {
        let request = Request::post(format!("make media channel {channel}"), &["channels", "externalMedia"])
            .query("channelId", channel)
            .query("app", &self.app)
            .query("external_host", &wanted.host)
            .query("format", wanted.format)
            .query("encapsulation", wanted.encapsulation)
            .query("transport", wanted.transport)
            .query("connection_type", wanted.connection)
            .query("direction", "both")
            .hint(wanted.hint);
        let request = wanted.id.iter().fold(request, |request, id| request.query("data", id));
        let variables = self.ask::<Made>(request).await?.channelvars;
        let address = variables.address.parse().ok().filter(|address: &IpAddr| !address.is_unspecified());
        let port = variables.port.parse().ok().filter(|&port| port > 0);
        Ok(MediaChannel {
            rtp: address.zip(port).map(SocketAddr::from),
            connection: variables.connection.filter(|id| !id.is_empty()),
        })
    }

    /// Where to connect to a media channel that waits under that id.
    ///
    /// # Errors
    /// Where ARI's address is none to connect to.
    pub fn media_socket(&self, id: &str) -> Result<Url, AsteriskError> {
        let unusable = |cause: &str| AsteriskError::Address { cause: cause.into() };
        let mut url = Url::parse(self.at()).map_err(|error| unusable(&error.to_string()))?;
        let scheme = if self.http.tls().is_some() { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| unusable("it has no host"))?;
        url.path_segments_mut()
            .map_err(|()| unusable("it has no host"))?
            .pop_if_empty()
            .extend(["media", id]);
        Ok(url)
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
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::*;

    fn ari(url: &str) -> Result<Ari, AsteriskError> {
        Ari::new(&config::Asterisk {
            url: url.into(),
            user: "klinke".into(),
            password: SecretString::from("s3cr3t"),
            app: "klinke & co".into(),
            context: None,
            media: None,
            codec: None,
            media_address: IpAddr::from([127, 0, 0, 1]),
            media_ports: (10_000, 10_100),
            requests: Requests::Http,
            authorities: None,
        })
    }

    #[test]
    fn the_event_socket_is_asked_for_without_the_password_in_its_address() {
        let (url, proof) = ari("http://pbx.local:8088/asterisk").unwrap().event_socket().unwrap();
        assert_eq!(
            url.as_str(),
            "ws://pbx.local:8088/asterisk/ari/events?app=klinke+%26+co&subscribeAll=false"
        );
        assert!(proof.is_sensitive() && proof.as_bytes().starts_with(b"Basic "));
        assert!(!format!("{:?}", ari("http://pbx.local").unwrap()).contains("s3cr3t"));
    }

    #[test]
    fn a_channel_cannot_leave_its_place_in_the_path() {
        let ari = ari("http://127.0.0.1:8088/").unwrap();
        let request = Request::delete("hang up", &["channels", "../bridges/a?b#c"]);
        let (url, _) = ari.http.address(&request).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:8088/ari/channels/..%2Fbridges%2Fa%3Fb%23c");
    }

    proptest! {
        /// Whatever an answer is, it is read or named, and never quoted.
        #[test]
        fn no_answer_breaks_the_reader(
            key in "channel_ids|bridge_ids|channelvars|system|value|x",
            value in r#"null|-?[0-9]{1,20}|"4711"|\[("4711"|1|null|\[\])\]|\{"(version|UNICASTRTP_LOCAL_PORT)":("4711"|7|\{\})\}"#,
            rest in "|,|\\}|.{0,20}",
        ) {
            let ari = ari("http://pbx.local").unwrap();
            let answer = format!(r#"{{"{key}":{value}{rest}}}"#);
            let errors = [
                ari.read::<Application>("a".into(), answer.as_bytes()).err(),
                ari.read::<MediaChannel>("b".into(), answer.as_bytes()).err(),
                ari.read::<About>("c".into(), answer.as_bytes()).err(),
                ari.read::<Value>("d".into(), answer.as_bytes()).err(),
            ];
            for error in errors.into_iter().flatten() {
                prop_assert!(!error.to_string().contains("4711"), "{}", error);
            }
        }
    }

    #[test]
    fn unusable_addresses_are_named_and_not_quoted() {
        for url in ["", "pbx", "ftp://pbx", "http://me:s3cr3t@pbx", "http://pbx?x=s3cr3t"] {
            let error = ari(url).unwrap_err().to_string();
            assert!(
                error.starts_with("[asterisk] url cannot be used: ") && !error.contains("s3cr3t"),
                "{error}"
            );
        }
    }
}
