//! One attempt to connect the event socket, over TCP or TLS.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Error};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::super::error::AsteriskError;
use super::request::ANSWER_BYTES_MAX;
use super::rest::Ari;
use super::tls;

/// Longest a connection may take, from the first packet to the switch to WebSocket.
const CONNECT_MS_MAX: u64 = 3_000;
/// Longest event that is read. Those of Asterisk 22 have about 1 KB.
const EVENT_BYTES_MAX: usize = 256 << 10;
/// Longest message where answers come this way too: the longest answer, each byte of it escaped, and its frame.
const MESSAGE_BYTES_MAX: usize = 2 * ANSWER_BYTES_MAX + EVENT_BYTES_MAX;

/// Longest message of a media socket that is read: Asterisk's have 20 ms.
const MEDIA_BYTES_MAX: usize = 16 << 10;
/// Bytes of ours that wait in the program where the kernel takes no more: three frames at 16 kHz with their heads.
const MEDIA_WAITING_BYTES_MAX: usize = 3 * 656;

/// What carries a WebSocket.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The event socket.
pub type Socket = WebSocketStream<Box<dyn Stream>>;

/// Connects.
///
/// # Errors
/// By what kept it from being connected.
pub async fn connect(ari: &Ari) -> Result<Socket, AsteriskError> {
    let version = match ari.version().await {
        Ok(version) => version,
        Err(AsteriskError::Gone { .. }) => "of unknown version".into(),
        Err(error) => return Err(error),
    };
    if ari.over_socket().is_some() && !takes_requests(&version) {
        return Err(AsteriskError::TooOld { at: ari.at().into(), version });
    }
    let limit = Duration::from_millis(CONNECT_MS_MAX);
    let socket = timeout_at(Instant::now() + limit, open(ari)).await.map_err(|_| {
        AsteriskError::TooSlow { operation: OPERATION.into(), at: ari.at().into(), limit_ms: CONNECT_MS_MAX }
    })??;
    log::info!("listening to Asterisk {version} at {}", ari.at());
    Ok(socket)
}

const OPERATION: &str = "open the event socket";
const MEDIA_OPERATION: &str = "open the media socket";

async fn open(ari: &Ari) -> Result<Socket, AsteriskError> {
    let request = request(ari)?;
    let bytes_max = if ari.over_socket().is_some() { MESSAGE_BYTES_MAX } else { EVENT_BYTES_MAX };
    let limits = WebSocketConfig::default().max_message_size(Some(bytes_max)).max_frame_size(Some(bytes_max));
    let stream = stream(ari, OPERATION).await?;
    let (operation, at) = (OPERATION.to_owned(), ari.at().to_owned());
    match client_async_with_config(request, stream, Some(limits)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => Err(match answer.status().as_u16() {
            status @ (401 | 403) => AsteriskError::Unauthorised { operation, at, status },
            status => AsteriskError::Refused {
                operation,
                at,
                status,
                cause: "no switch to WebSocket".into(),
                hint: "are res_ari_events.so and res_http_websocket.so loaded, and is the address ARI's?",
            },
        }),
        Err(Error::Io(error)) => Err(unreachable(ari, OPERATION, &error)),
        Err(error) => Err(AsteriskError::Nonsense { operation, at, cause: error.to_string() }),
    }
}

/// Connects to the media of a channel that waits for it under that id (`chan_websocket`). For how long is up to
/// the caller.
///
/// # Errors
/// By what kept it from being connected.
pub async fn media(ari: &Ari, id: &str) -> Result<Socket, AsteriskError> {
    let mut request = ari.media_socket(id)?.as_str().into_client_request().map_err(unusable)?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("media"));
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MEDIA_BYTES_MAX))
        .max_frame_size(Some(MEDIA_BYTES_MAX))
        .write_buffer_size(0)
        .max_write_buffer_size(MEDIA_WAITING_BYTES_MAX);
    let stream = stream(ari, MEDIA_OPERATION).await?;
    let (operation, at) = (MEDIA_OPERATION.to_owned(), ari.at().to_owned());
    match client_async_with_config(request, stream, Some(limits)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Io(error)) => Err(unreachable(ari, MEDIA_OPERATION, &error)),
        Err(error) => Err(AsteriskError::Nonsense { operation, at, cause: error.to_string() }),
    }
}

fn unusable(error: tungstenite::Error) -> AsteriskError {
    AsteriskError::Address { cause: format!("a WebSocket cannot be asked for: {error}") }
}

fn request(ari: &Ari) -> Result<Request, AsteriskError> {
    let (url, proof) = ari.event_socket()?;
    let mut request = url.as_str().into_client_request().map_err(unusable)?;
    request.headers_mut().insert(AUTHORIZATION, proof);
    Ok(request)
}

async fn stream(ari: &Ari, operation: &str) -> Result<Box<dyn Stream>, AsteriskError> {
    let plain = TcpStream::connect(ari.host()).await;
    let plain = plain.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
    let plain = plain.map_err(|error| unreachable(ari, operation, &error))?;
    let Some(tls) = ari.tls() else { return Ok(Box::new(plain)) };
    let name = tls::name(ari.host().0)?;
    let private = TlsConnector::from(tls).connect(name, plain).await;
    Ok(Box::new(private.map_err(|error| unreachable(ari, operation, &error))?))
}

fn unreachable(ari: &Ari, operation: &str, error: &std::io::Error) -> AsteriskError {
    let (operation, at) = (operation.to_owned(), ari.at().to_owned());
    match tls::refusal(error) {
        Some((cause, hint)) => AsteriskError::Tls { operation, at, cause, hint },
        None => AsteriskError::Unreachable { operation, at, cause: error.to_string() },
    }
}

/// Whether that version takes requests over its event socket, as far as its name says: certified and unreleased
/// versions are believed to.
fn takes_requests(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>());
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => match major {
            ..20 => false,
            20 => minor >= 14,
            21 => minor >= 9,
            22 => minor >= 4,
            23.. => true,
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_take_no_requests_are_known() {
        for old in ["16.28.0~dfsg-0+deb11u5", "18.26.4", "20.13.9", "21.8.0", "22.3.0", "22.0.0-rc1"] {
            assert!(!takes_requests(old), "{old}");
        }
        for new in
            ["20.14.0", "21.9.1", "22.4.0", "22.10.1~dfsg", "23.0.0", "GIT-master-0ab12", "certified/22.8"]
        {
            assert!(takes_requests(new), "{new}");
        }
    }
}
