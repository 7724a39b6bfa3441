//! A thin client of ARI: the fourteen requests that a call needs, each with a time limit.
//!
//! Source: Asterisk's REST interface, versions 16 to 22.

use std::net::{IpAddr, SocketAddr};

use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, Url};
use serde::Deserialize;

use super::error::AsteriskError;
use super::http::{Http, words};
use crate::config;

/// ARI of one Asterisk.
#[derive(Debug)]
pub struct Ari {
    http: Http,
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
    /// Where the address cannot be one of ARI.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        Ok(Self { http: Http::new(config)?, app: config.app.clone() })
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

    /// The version of Asterisk.
    ///
    /// # Errors
    /// As every request.
    pub async fn version(&self) -> Result<String, AsteriskError> {
        let request = self.http.request(Method::GET, &["asterisk", "info"]).query(&[("only", "system")]);
        Ok(self.http.ask::<About>("ask for Asterisk's version".into(), request).await?.system.version)
    }

    /// What belongs to our application.
    ///
    /// # Errors
    /// As every request; `Gone` where no event socket has registered it.
    pub async fn application(&self) -> Result<Application, AsteriskError> {
        let request = self.http.request(Method::GET, &["applications", &self.app]);
        self.http.ask(format!("list what is in application {}", self.app), request).await
    }

    /// Whether the PBX has that channel.
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn has_channel(&self, channel: &str) -> Result<bool, AsteriskError> {
        let request = self.http.request(Method::GET, &["channels", channel]);
        match self.http.send(format!("look for channel {channel}"), request).await {
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
        let request = self.http.request(Method::POST, &["channels", channel, "answer"]);
        self.http.send(format!("answer channel {channel}"), request).await.map(drop)
    }

    /// Hangs up.
    ///
    /// # Errors
    /// As every request.
    pub async fn hang_up(&self, channel: &str) -> Result<(), AsteriskError> {
        let request =
            self.http.request(Method::DELETE, &["channels", channel]).query(&[("reason", "normal")]);
        self.http.send(format!("hang up channel {channel}"), request).await.map(drop)
    }

    /// Sets a channel variable.
    ///
    /// # Errors
    /// As every request.
    pub async fn set_variable(&self, channel: &str, name: &str, value: &str) -> Result<(), AsteriskError> {
        let request = self
            .http
            .request(Method::POST, &["channels", channel, "variable"])
            .query(&[("variable", name), ("value", value)]);
        self.http.send(format!("set {name} of channel {channel}"), request).await.map(drop)
    }

    /// Whether the dialplan has that extension in that context, as far as the PBX can say: where its function
    /// `DIALPLAN_EXISTS` is not loaded, it is believed to.
    pub async fn has_extension(&self, channel: &str, context: &str, extension: &str) -> bool {
        let question = format!("DIALPLAN_EXISTS({context},{extension},1)");
        let request = self.http.request(Method::GET, &["channels", channel, "variable"]);
        let request = request.query(&[("variable", &question)]);
        let answer = self.http.ask::<Value>(format!("ask whether {extension} exists"), request).await;
        !answer.is_ok_and(|answer| answer.value == "0")
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
        let mut request = self.http.request(Method::POST, &["channels", channel, "continue"]);
        if let Some(extension) = extension {
            request = request.query(&[("extension", extension), ("priority", "1")]);
            request =
                context.map(|context| [("context", context)]).iter().fold(request, RequestBuilder::query);
        }
        match self.http.send(operation.clone(), request).await {
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
            self.http.request(Method::POST, &["bridges"]).query(&[("type", "mixing"), ("bridgeId", bridge)]);
        self.http.send(format!("make bridge {bridge}"), request).await.map(drop)
    }

    /// Puts channels into a bridge.
    ///
    /// # Errors
    /// As every request.
    pub async fn add_to_bridge(&self, bridge: &str, channels: [&str; 2]) -> Result<(), AsteriskError> {
        let request = self
            .http
            .request(Method::POST, &["bridges", bridge, "addChannel"])
            .query(&[("channel", channels.join(","))]);
        self.http
            .send(format!("put {} into bridge {bridge}", channels.join(" and ")), request)
            .await
            .map(drop)
    }

    /// Takes a bridge away.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_bridge(&self, bridge: &str) -> Result<(), AsteriskError> {
        let request = self.http.request(Method::DELETE, &["bridges", bridge]);
        self.http.send(format!("delete bridge {bridge}"), request).await.map(drop)
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
        let request = self.http.request(Method::POST, &["channels", "externalMedia"]).query(&[
            ("channelId", channel),
            ("app", &self.app),
            ("external_host", &ours.to_string()),
            ("format", "alaw"),
            ("encapsulation", "rtp"),
            ("transport", "udp"),
            ("connection_type", "client"),
            ("direction", "both"),
        ]);
        let made = self.http.ask::<MediaChannel>(format!("make media channel {channel}"), request).await;
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
            .http
            .request(Method::GET, &["events"])
            .query(&[("app", self.app.as_str()), ("subscribeAll", "false")])
            .build()
            .map_err(|error| unusable(&words(&error)))?;
        let proof = request.headers_mut().remove(reqwest::header::AUTHORIZATION);
        let mut url = request.url().clone();
        url.set_scheme("ws").map_err(|()| unusable("it has no host"))?;
        Ok((url, proof.ok_or_else(|| unusable("user or password cannot be sent"))?))
    }
}

#[cfg(test)]
mod tests {
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
        let request = ari.http.request(Method::DELETE, &["channels", "../bridges/a?b#c"]).build().unwrap();
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
