//! A thin client of ARI: the fourteen requests that a call needs, each with a time limit.
//!
//! Source: Asterisk's REST interface, versions 16 to 22.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::AsteriskError;
use super::event::describe;
use crate::config;

/// Longest a request may take, from its connection to the last byte of the answer.
pub const REQUEST_MS_MAX: u64 = 2_000;
/// Longest a connection may take; part of the above.
const CONNECT_MS_MAX: u64 = 1_000;
/// Asterisk closes idle connections after 15 s (http.conf, session_keep_alive); we do before.
const IDLE_MS_MAX: u64 = 10_000;
/// Longest answer that is read. A PBX with 200 of our calls answers with about 10 KB.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How much of Asterisk's own words an error quotes.
const QUOTE_CHARS_MAX: usize = 120;

/// ARI of one Asterisk.
#[derive(Debug)]
pub struct Ari {
    client: Client,
    base: Url,
    user: String,
    password: SecretString,
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

#[derive(Deserialize)]
struct MediaChannel {
    #[serde(default)]
    channelvars: MediaVariables,
}

#[derive(Default, Deserialize)]
struct MediaVariables {
    #[serde(rename = "UNICASTRTP_LOCAL_ADDRESS", default)]
    address: String,
    #[serde(rename = "UNICASTRTP_LOCAL_PORT", default)]
    port: String,
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
    /// A client for the ARI of the configuration. Connects to nothing.
    ///
    /// # Errors
    /// Where the address cannot be one of ARI.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        // reqwest is built without a choice of cryptography; another part of the program may have made ours
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([])
            .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
            .pool_idle_timeout(Duration::from_millis(IDLE_MS_MAX))
            .build()
            .map_err(|error| AsteriskError::Client { cause: words(&error) })?;
        Ok(Self {
            client,
            base: base(&config.url)?,
            user: config.user.clone(),
            password: config.password.clone(),
            app: config.app.clone(),
        })
    }

    /// Where it is, for people.
    #[must_use]
    pub fn at(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Host and port of its HTTP server.
    #[must_use]
    pub fn host(&self) -> (&str, u16) {
        let host = self.base.host_str().unwrap_or_default().trim_matches(['[', ']']);
        (host, self.base.port_or_known_default().unwrap_or(80))
    }

    /// The version of Asterisk.
    ///
    /// # Errors
    /// As every request.
    pub async fn version(&self) -> Result<String, AsteriskError> {
        let request = self.request(Method::GET, &["asterisk", "info"]).query(&[("only", "system")]);
        Ok(self.ask::<About>("ask for Asterisk's version".into(), request).await?.system.version)
    }

    /// What belongs to our application.
    ///
    /// # Errors
    /// As every request; `Gone` where no event socket has registered it.
    pub async fn application(&self) -> Result<Application, AsteriskError> {
        let request = self.request(Method::GET, &["applications", &self.app]);
        self.ask(format!("list what is in application {}", self.app), request).await
    }

    /// Whether the PBX has that channel.
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn has_channel(&self, channel: &str) -> Result<bool, AsteriskError> {
        let request = self.request(Method::GET, &["channels", channel]);
        match self.send(format!("look for channel {channel}"), request).await {
            Ok(_) => Ok(true),
            Err(AsteriskError::Gone { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Answers.
    ///
    /// # Errors
    /// As every request.
    pub async fn answer(&self, channel: &str) -> Result<(), AsteriskError> {
        let request = self.request(Method::POST, &["channels", channel, "answer"]);
        self.send(format!("answer channel {channel}"), request).await.map(drop)
    }

    /// Hangs up.
    ///
    /// # Errors
    /// As every request.
    pub async fn hang_up(&self, channel: &str) -> Result<(), AsteriskError> {
        let request = self.request(Method::DELETE, &["channels", channel]).query(&[("reason", "normal")]);
        self.send(format!("hang up channel {channel}"), request).await.map(drop)
    }

    /// Sets a channel variable.
    ///
    /// # Errors
    /// As every request.
    pub async fn set_variable(&self, channel: &str, name: &str, value: &str) -> Result<(), AsteriskError> {
        let request = self
            .request(Method::POST, &["channels", channel, "variable"])
            .query(&[("variable", name), ("value", value)]);
        self.send(format!("set {name} of channel {channel}"), request).await.map(drop)
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
        let mut request = self.request(Method::POST, &["channels", channel, "continue"]);
        if let Some(extension) = extension {
            request = request.query(&[("extension", extension), ("priority", "1")]);
            request =
                context.map(|context| [("context", context)]).iter().fold(request, RequestBuilder::query);
        }
        match self.send(operation.clone(), request).await {
            Err(AsteriskError::Refused { status: 409, .. }) => Err(AsteriskError::Gone { operation }),
            answer => answer.map(drop),
        }
    }

    /// Makes a bridge of that name that mixes sound.
    ///
    /// # Errors
    /// As every request.
    pub async fn create_bridge(&self, bridge: &str) -> Result<(), AsteriskError> {
        let request =
            self.request(Method::POST, &["bridges"]).query(&[("type", "mixing"), ("bridgeId", bridge)]);
        self.send(format!("make bridge {bridge}"), request).await.map(drop)
    }

    /// Puts channels into a bridge.
    ///
    /// # Errors
    /// As every request.
    pub async fn add_to_bridge(&self, bridge: &str, channels: [&str; 2]) -> Result<(), AsteriskError> {
        let request = self
            .request(Method::POST, &["bridges", bridge, "addChannel"])
            .query(&[("channel", channels.join(","))]);
        self.send(format!("put {} into bridge {bridge}", channels.join(" and ")), request).await.map(drop)
    }

    /// Takes a bridge away.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_bridge(&self, bridge: &str) -> Result<(), AsteriskError> {
        let request = self.request(Method::DELETE, &["bridges", bridge]);
        self.send(format!("delete bridge {bridge}"), request).await.map(drop)
    }

    /// Makes a channel of that name that exchanges A-law by RTP with `ours`. It enters our application by
    /// itself. Gives the PBX's end of it where the PBX names a real one.
    ///
    /// # Errors
    /// As every request.
    pub async fn external_media(
        &self,
        channel: &str,
        ours: SocketAddr,
    ) -> Result<Option<SocketAddr>, AsteriskError> {
        let request = self.request(Method::POST, &["channels", "externalMedia"]).query(&[
            ("channelId", channel),
            ("app", &self.app),
            ("external_host", &ours.to_string()),
            ("format", "alaw"),
            ("encapsulation", "rtp"),
            ("transport", "udp"),
            ("connection_type", "client"),
            ("direction", "both"),
        ]);
        let made = self.ask::<MediaChannel>(format!("make media channel {channel}"), request).await;
        let variables = match made {
            Ok(made) => made.channelvars,
            Err(AsteriskError::Refused { operation, at, status, cause, .. }) => {
                let hint = "are chan_rtp.so and res_rtp_multicast.so loaded?";
                return Err(AsteriskError::Refused { operation, at, status, cause, hint });
            }
            Err(error) => return Err(error),
        };
        let address = variables.address.parse().ok().filter(|address: &IpAddr| !address.is_unspecified());
        let port = variables.port.parse().ok().filter(|&port| port > 0);
        Ok(address.zip(port).map(SocketAddr::from))
    }

    /// Path and query of the event socket with the header that proves who we are.
    ///
    /// # Errors
    /// Where user or application cannot be written in a request.
    pub fn event_socket(&self) -> Result<(Url, HeaderValue), AsteriskError> {
        let unusable = |cause: &str| AsteriskError::Address { cause: cause.into() };
        let mut request = self
            .request(Method::GET, &["events"])
            .query(&[("app", self.app.as_str()), ("subscribeAll", "false")])
            .build()
            .map_err(|error| unusable(&words(&error)))?;
        let proof = request.headers_mut().remove(reqwest::header::AUTHORIZATION);
        let mut url = request.url().clone();
        url.set_scheme("ws").map_err(|()| unusable("it has no host"))?;
        Ok((url, proof.ok_or_else(|| unusable("user or password cannot be sent"))?))
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("ari").extend(path);
        }
        self.client.request(method, url).basic_auth(&self.user, Some(self.password.expose_secret()))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        operation: String,
        request: RequestBuilder,
    ) -> Result<T, AsteriskError> {
        let answer = self.send(operation.clone(), request).await?;
        serde_json::from_slice(&answer).map_err(|error| AsteriskError::Nonsense {
            operation,
            at: self.at().into(),
            cause: describe(&error),
        })
    }

    async fn send(&self, operation: String, request: RequestBuilder) -> Result<Vec<u8>, AsteriskError> {
        let at = self.at().to_owned();
        let limit = Duration::from_millis(REQUEST_MS_MAX);
        let (status, answer) = match tokio::time::timeout(limit, exchange(request)).await {
            Ok(Ok(exchanged)) => exchanged,
            Ok(Err(Broken::Network(error))) if error.is_timeout() => {
                return Err(AsteriskError::TooSlow { operation, at, limit_ms: CONNECT_MS_MAX });
            }
            Ok(Err(Broken::Network(error))) => {
                return Err(AsteriskError::Unreachable { operation, at, cause: words(&error) });
            }
            Ok(Err(Broken::Endless)) => {
                let cause = format!("more than {ANSWER_BYTES_MAX} bytes");
                return Err(AsteriskError::Nonsense { operation, at, cause });
            }
            Err(_) => return Err(AsteriskError::TooSlow { operation, at, limit_ms: REQUEST_MS_MAX }),
        };
        match status {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(AsteriskError::Unauthorised { operation, at, status: status.as_u16() })
            }
            StatusCode::NOT_FOUND => Err(AsteriskError::Gone { operation }),
            status => Err(AsteriskError::Refused {
                operation,
                at,
                status: status.as_u16(),
                cause: asterisks_words(&answer),
                hint: "Asterisk's own log says more",
            }),
        }
    }
}

enum Broken {
    Network(reqwest::Error),
    Endless,
}

async fn exchange(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Broken> {
    let mut response = request.send().await.map_err(Broken::Network)?;
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Broken::Network)? {
        if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Broken::Endless);
        }
        answer.extend_from_slice(&chunk);
    }
    Ok((response.status(), answer))
}

/// The address as the stem of every request.
fn base(url: &str) -> Result<Url, AsteriskError> {
    let unusable = |cause: &str| AsteriskError::Address { cause: cause.into() };
    let url = Url::parse(url).map_err(|error| unusable(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("it holds a user or a password, which belong into user and password"));
    }
    match url.scheme() {
        "http" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(url),
        "http" => Err(unusable("it has no host, or more than a host, a port and a path")),
        "https" => Err(unusable(
            "TLS to ARI is not built yet; keep ARI on this machine's own address or in a network of its own",
        )),
        _ => Err(unusable("it does not begin with http://")),
    }
}

/// What an error of the network says, down to its root, without the address.
fn words(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}

fn asterisks_words(answer: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        #[serde(alias = "error")]
        message: String,
    }
    match serde_json::from_slice::<Said>(answer) {
        Ok(said) => said.message.chars().filter(|c| !c.is_control()).take(QUOTE_CHARS_MAX).collect(),
        Err(_) => "without words".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ari(url: &str) -> Result<Ari, AsteriskError> {
        Ari::new(&config::Asterisk {
            url: url.into(),
            user: "klinke".into(),
            password: SecretString::from("s3cr3t"),
            app: "klinke & co".into(),
            context: None,
            media_address: IpAddr::from([127, 0, 0, 1]),
            media_ports: (10_000, 10_100),
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
        let request = ari.request(Method::DELETE, &["channels", "../bridges/a?b#c"]).build().unwrap();
        assert_eq!(request.url().as_str(), "http://127.0.0.1:8088/ari/channels/..%2Fbridges%2Fa%3Fb%23c");
    }

    #[test]
    fn unusable_addresses_are_named_and_not_quoted() {
        for url in ["", "pbx", "ftp://pbx", "https://pbx", "http://me:s3cr3t@pbx", "http://pbx?x=s3cr3t"] {
            let error = ari(url).unwrap_err().to_string();
            assert!(
                error.starts_with("[asterisk] url cannot be used: ") && !error.contains("s3cr3t"),
                "{error}"
            );
        }
    }
}
