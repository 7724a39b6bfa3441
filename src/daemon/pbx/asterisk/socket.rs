//! The event socket: connects, listens, and connects again whenever it breaks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::header::AUTHORIZATION;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::error::AsteriskError;
use super::event::Event;
use super::rest::Ari;

/// Longest the connection may take, from the first packet to the switch to WebSocket.
const CONNECT_MS_MAX: u64 = 3_000;
/// First wait before connecting again; doubles each time.
const BACKOFF_MS_MIN: u64 = 100;
/// Longest wait before connecting again; also the wait after another program took our application's name.
const BACKOFF_MS_MAX: u64 = 10_000;
/// A connection that lived so long was a good one: the wait begins again at its least.
const GOOD_MS_MIN: u64 = 5_000;
/// How often we ask whether the other side is still there.
const PING_MS: u64 = 5_000;
/// Without any sign for so long the connection is dead, whatever TCP says.
const SILENCE_MS_MAX: u64 = 15_000;
/// Longest event that is read. Those of Asterisk 22 have about 1 KB.
const EVENT_BYTES_MAX: usize = 256 << 10;
/// Messages in a row that are no events before the connection is given up.
const NONSENSE_MAX: u32 = 20;

/// What the listener reports.
#[derive(Debug)]
pub enum Report {
    /// Connected; events come from now on.
    Connected,
    /// Not connected any more.
    Lost,
    /// Something happened.
    Event(Event),
}

/// Listens until nobody takes the reports any more.
pub async fn listen(ari: Arc<Ari>, reports: mpsc::Sender<Report>) {
    let mut backoff_ms = BACKOFF_MS_MIN;
    while !reports.is_closed() {
        let begun = Instant::now();
        match connect(&ari).await {
            Ok(socket) => {
                if reports.send(Report::Connected).await.is_err() {
                    return;
                }
                let end = read(socket, &reports).await;
                if reports.send(Report::Lost).await.is_err() {
                    return;
                }
                if begun.elapsed() >= Duration::from_millis(GOOD_MS_MIN) {
                    backoff_ms = BACKOFF_MS_MIN;
                }
                if matches!(end, End::Replaced) {
                    backoff_ms = BACKOFF_MS_MAX;
                }
                let error = AsteriskError::SocketBroke { at: ari.at().into(), cause: end.to_string() };
                log::error!("{error}; running calls go on, next attempt in {backoff_ms} ms");
            }
            Err(error) => log::error!("{error}; next attempt in {backoff_ms} ms"),
        }
        sleep(Duration::from_millis(backoff_ms)).await;
        backoff_ms = (backoff_ms * 2).min(BACKOFF_MS_MAX);
    }
}

async fn connect(ari: &Ari) -> Result<WebSocketStream<TcpStream>, AsteriskError> {
    let version = match ari.version().await {
        Ok(version) => version,
        Err(AsteriskError::Gone { .. }) => "of unknown version".into(),
        Err(error) => return Err(error),
    };
    let operation = || "open the event socket".to_owned();
    let at = || ari.at().to_owned();
    let (url, proof) = ari.event_socket()?;
    let mut request = url.as_str().into_client_request().map_err(|error| AsteriskError::Address {
        cause: format!("the event socket cannot be asked for: {error}"),
    })?;
    request.headers_mut().insert(AUTHORIZATION, proof);
    let limits = WebSocketConfig::default()
        .max_message_size(Some(EVENT_BYTES_MAX))
        .max_frame_size(Some(EVENT_BYTES_MAX));
    let deadline = Instant::now() + Duration::from_millis(CONNECT_MS_MAX);
    let too_slow = |_| AsteriskError::TooSlow { operation: operation(), at: at(), limit_ms: CONNECT_MS_MAX };
    let unreachable = |error: std::io::Error| AsteriskError::Unreachable {
        operation: operation(),
        at: at(),
        cause: error.to_string(),
    };
    let stream = timeout_at(deadline, TcpStream::connect(ari.host())).await.map_err(too_slow)?;
    let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream)).map_err(unreachable)?;
    let upgraded = client_async_with_config(request, stream, Some(limits));
    match timeout_at(deadline, upgraded).await.map_err(too_slow)? {
        Ok((socket, _)) => {
            log::info!("listening to Asterisk {version} at {}", ari.at());
            Ok(socket)
        }
        Err(Error::Http(answer)) => Err(match answer.status().as_u16() {
            status @ (401 | 403) => AsteriskError::Unauthorised { operation: operation(), at: at(), status },
            status => AsteriskError::Refused {
                operation: operation(),
                at: at(),
                status,
                cause: "no switch to WebSocket".into(),
                hint: "are res_ari_events.so and res_http_websocket.so loaded, and is the address ARI's?",
            },
        }),
        Err(Error::Io(error)) => Err(unreachable(error)),
        Err(error) => {
            Err(AsteriskError::Nonsense { operation: operation(), at: at(), cause: error.to_string() })
        }
    }
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("Asterisk closed it")]
    Closed,
    #[error("no sign of life for {SILENCE_MS_MAX} ms")]
    Silent,
    #[error("{NONSENSE_MAX} messages in a row were no events")]
    Nonsense,
    #[error("another program has registered the same application; each Klinke needs a name of its own")]
    Replaced,
    #[error("{0}")]
    Broke(#[from] Error),
    #[error("nobody listens any more")]
    Unwanted,
}

async fn read(socket: WebSocketStream<TcpStream>, reports: &mpsc::Sender<Report>) -> End {
    let (mut sink, mut stream) = socket.split();
    let mut ping = interval(Duration::from_millis(PING_MS));
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    let mut nonsense = 0;
    loop {
        let silent = heard + Duration::from_millis(SILENCE_MS_MAX);
        let message = tokio::select! {
            () = reports.closed() => return End::Unwanted,
            _ = ping.tick() => {
                let sent = timeout(Duration::from_millis(PING_MS), sink.send(Message::Ping("klinke".into()))).await;
                match sent {
                    Ok(Ok(())) => continue,
                    Ok(Err(error)) => return error.into(),
                    Err(_) => return End::Silent,
                }
            }
            message = timeout_at(silent, stream.next()) => message,
        };
        let text = match message {
            Err(_) => return End::Silent,
            Ok(None | Some(Ok(Message::Close(_)))) => return End::Closed,
            Ok(Some(Err(error))) => return error.into(),
            Ok(Some(Ok(Message::Text(text)))) => text,
            Ok(Some(Ok(_))) => {
                heard = Instant::now();
                continue;
            }
        };
        heard = Instant::now();
        match Event::parse(&text) {
            Ok(Event::Replaced) => return End::Replaced,
            Ok(event) => {
                nonsense = 0;
                if event != Event::Other && reports.send(Report::Event(event)).await.is_err() {
                    return End::Unwanted;
                }
            }
            Err(cause) => {
                nonsense += 1;
                log::warn!("passed over a message of ARI's event socket that cannot be read: {cause}");
                if nonsense >= NONSENSE_MAX {
                    return End::Nonsense;
                }
            }
        }
    }
}
