//! The channel by which a call's sound leaves the PBX: what is asked for, and what was made.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use serde::Deserialize;

use super::super::error::AsteriskError;
use super::request::Request;
use super::rest::Ari;

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

#[derive(Deserialize)]
pub(super) struct Made {
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

impl Ari {
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
            .query("app", self.app())
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
        let scheme = if self.tls().is_some() { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| unusable("it has no host"))?;
        url.path_segments_mut()
            .map_err(|()| unusable("it has no host"))?
            .pop_if_empty()
            .extend(["media", id]);
        Ok(url)
    }
}
