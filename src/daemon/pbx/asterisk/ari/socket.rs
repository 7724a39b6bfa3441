//! The event socket: connects, listens, and connects again whenever it breaks. Where requests go over it too, it
//! sends them and gives the answers back (`over_socket`).

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::super::error::AsteriskError;
use super::connect::{Socket, connect};
use super::event::Event;
use super::over_socket::{Id, OverSocket};
use super::rest::Ari;

/// First wait before connecting again; doubles each time.
const BACKOFF_MS_MIN: u64 = 100;
/// Longest wait before connecting again; also the wait after another program took our application's name.
const BACKOFF_MS_MAX: u64 = 10_000;
/// A connection that lived so long was a good one: the wait begins again at its least.
const GOOD_MS_MIN: u64 = 5_000;
/// How often we ask whether the other side is still there.
const PING_MS: u64 = 5_000;
/// Longest that sending a message may take.
const SEND_MS_MAX: u64 = 5_000;
/// Without any sign for so long the connection is dead, whatever TCP says.
const SILENCE_MS_MAX: u64 = 15_000;
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
                let ids = ari.over_socket().map(OverSocket::open);
                if reports.send(Report::Connected).await.is_err() {
                    return;
                }
                let end = Listening::new(&ari, socket, ids, &reports).read().await;
                ari.over_socket().inspect(|requests| requests.close());
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
    #[error("Asterisk does not know our application any more")]
    Forgotten,
    #[error("{0}")]
    Broke(#[from] Error),
    #[error("nobody listens any more")]
    Unwanted,
}

/// One connection, as long as it lasts.
struct Listening<'a> {
    ari: &'a Ari,
    sink: SplitSink<Socket, Message>,
    stream: SplitStream<Socket>,
    /// Requests that are to be sent, where they go this way.
    ids: Option<mpsc::Receiver<Id>>,
    reports: &'a mpsc::Sender<Report>,
    ping: Interval,
    heard: Instant,
    nonsense: u32,
}

impl<'a> Listening<'a> {
    fn new(
        ari: &'a Ari,
        socket: Socket,
        ids: Option<mpsc::Receiver<Id>>,
        reports: &'a mpsc::Sender<Report>,
    ) -> Self {
        let (sink, stream) = socket.split();
        let mut ping = interval(Duration::from_millis(PING_MS));
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ari, sink, stream, ids, reports, ping, heard: Instant::now(), nonsense: 0 }
    }

    async fn read(mut self) -> End {
        loop {
            let silent = self.heard + Duration::from_millis(SILENCE_MS_MAX);
            let step = tokio::select! {
                () = self.reports.closed() => return End::Unwanted,
                () = self.ari.forgotten() => return End::Forgotten,
                _ = self.ping.tick() => self.send(Message::Ping("klinke".into())).await,
                id = next(&mut self.ids) => self.ask(id).await,
                message = timeout_at(silent, self.stream.next()) => match message {
                    Err(_) => return End::Silent,
                    Ok(None | Some(Ok(Message::Close(_)))) => return End::Closed,
                    Ok(Some(Err(error))) => return error.into(),
                    Ok(Some(Ok(message))) => self.hear(&message).await,
                },
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Whoever takes nothing off us for so long is gone.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let sent = timeout(Duration::from_millis(SEND_MS_MAX), self.sink.send(message)).await;
        sent.map_err(|_| End::Silent)?.map_err(End::from)
    }

    async fn ask(&mut self, id: Id) -> Result<(), End> {
        match self.ari.over_socket().and_then(|requests| requests.message(id)) {
            Some(message) => self.send(Message::text(message)).await,
            // nobody waits for it any more
            None => Ok(()),
        }
    }

    async fn hear(&mut self, message: &Message) -> Result<(), End> {
        self.heard = Instant::now();
        let Message::Text(text) = message else { return Ok(()) };
        let read = match self.ari.over_socket().map_or(Ok(false), |requests| requests.take(text)) {
            Ok(true) => return Ok(()),
            Ok(false) => Event::parse(text),
            Err(cause) => Err(cause),
        };
        match read {
            Ok(Event::Replaced) => return Err(End::Replaced),
            Ok(event) => {
                self.nonsense = 0;
                if event != Event::Other && self.reports.send(Report::Event(event)).await.is_err() {
                    return Err(End::Unwanted);
                }
            }
            Err(cause) => {
                self.nonsense += 1;
                log::warn!("passed over a message of ARI's event socket that cannot be read: {cause}");
                if self.nonsense >= NONSENSE_MAX {
                    return Err(End::Nonsense);
                }
            }
        }
        Ok(())
    }
}

/// The next request to send; never, where they go another way.
async fn next(ids: &mut Option<mpsc::Receiver<Id>>) -> Id {
    let id = match ids {
        Some(ids) => ids.recv().await,
        None => None,
    };
    match id {
        Some(id) => id,
        None => std::future::pending().await,
    }
}
