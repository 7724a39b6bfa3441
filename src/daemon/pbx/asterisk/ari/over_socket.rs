//! Requests over the event socket: each is a message with an id, its answer comes among the events with the same
//! id (Asterisk 20.14, 21.9, 22.4 and later).
//!
//! `socket` owns the connection. It says here when it is there and when it is gone, fetches what is to be sent,
//! and hands over the answers. While it is gone a request fails at once, and when it breaks so do all that wait.
//!
//! Source: Asterisk's "ARI REST over WebSocket"; checked against a capture of Asterisk 22.10.1.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::super::error::AsteriskError;
use super::event::describe;
use super::request::{ANSWER_BYTES_MAX, Answer, REQUEST_MS_MAX, Request};

/// Requests under way at a time; the next one waits for a place, within its own time.
pub const OUTSTANDING_MAX: usize = 64;
/// Ids that wait to be sent. Those of requests whose time is over count too, until the socket has passed them.
pub const QUEUE_MAX: usize = 4 * OUTSTANDING_MAX;
/// The word that marks an answer among the events.
const ANSWER: &str = "RESTResponse";

/// Number of a request, unique in the life of the daemon: an answer that is late finds nobody.
pub type Id = u64;

/// The requests that are under way.
#[derive(Debug)]
pub struct OverSocket {
    at: String,
    places: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Id,
    /// To the connection, while there is one.
    queue: Option<mpsc::Sender<Id>>,
    waiting: HashMap<Id, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    /// Until it is sent.
    message: Option<String>,
    answer: oneshot::Sender<Answer>,
}

/// A request as Asterisk reads it.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    request_id: String,
    method: &'a str,
    uri: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    query_strings: Vec<Pair<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_body: Option<String>,
}

#[derive(Serialize)]
struct Pair<'a> {
    name: &'a str,
    value: &'a str,
}

/// An answer as Asterisk writes it.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    request_id: String,
    status_code: u16,
    #[serde(default)]
    message_body: Option<String>,
}

impl OverSocket {
    /// Nothing is under way, and there is no connection to `at` yet.
    pub fn new(at: &str) -> Self {
        Self { at: at.to_owned(), places: Semaphore::new(OUTSTANDING_MAX), state: Mutex::default() }
    }

    /// Sends a request as soon as there is a place, and waits for its answer.
    ///
    /// # Errors
    /// `NoSocket` where there is no connection, or it broke; `TooSlow`.
    pub async fn exchange(&self, request: &Request) -> Result<Answer, AsteriskError> {
        let operation = || request.operation.clone();
        let no_socket = || AsteriskError::NoSocket { operation: operation(), at: self.at.clone() };
        let too_slow = || AsteriskError::TooSlow {
            operation: operation(),
            at: self.at.clone(),
            limit_ms: REQUEST_MS_MAX,
        };
        let deadline = Instant::now() + Duration::from_millis(REQUEST_MS_MAX);
        let place = timeout_at(deadline, self.places.acquire()).await;
        let _place = place.map_err(|_| too_slow())?.map_err(|_| no_socket())?;
        let (answer, entered) = self.enter(request).map_err(|why| match why {
            Refusal::NoSocket => no_socket(),
            Refusal::Behind => too_slow(),
        })?;
        let answer = timeout_at(deadline, answer).await.map_err(|_| too_slow())?.map_err(|_| no_socket())?;
        drop(entered);
        if answer.body.len() > ANSWER_BYTES_MAX {
            let cause = format!("more than {ANSWER_BYTES_MAX} bytes");
            return Err(AsteriskError::Nonsense { operation: operation(), at: self.at.clone(), cause });
        }
        Ok(answer)
    }

    fn enter(&self, request: &Request) -> Result<(oneshot::Receiver<Answer>, Entered<'_>), Refusal> {
        let mut state = self.state();
        let id = state.last + 1;
        state.last = id;
        let queue = state.queue.as_ref().ok_or(Refusal::NoSocket)?;
        queue.try_send(id).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::Behind,
            mpsc::error::TrySendError::Closed(_) => Refusal::NoSocket,
        })?;
        let (answer, answered) = oneshot::channel();
        state.waiting.insert(id, Waiting { message: Some(write(id, request)), answer });
        Ok((answered, Entered { of: self, id }))
    }

    /// The connection is there. Gives the ids that are to be sent, from now on.
    pub fn open(&self) -> mpsc::Receiver<Id> {
        let (queue, ids) = mpsc::channel(QUEUE_MAX);
        let mut state = self.state();
        state.waiting.clear();
        state.queue = Some(queue);
        ids
    }

    /// The connection is gone: what waits fails.
    pub fn close(&self) {
        let mut state = self.state();
        state.queue = None;
        state.waiting.clear();
    }

    /// The message of that request; `None`: nobody waits for it any more.
    pub fn message(&self, id: Id) -> Option<String> {
        self.state().waiting.get_mut(&id)?.message.take()
    }

    /// Takes a message of the socket that is an answer to where it is waited for. Gives whether it was one.
    ///
    /// # Errors
    /// Where it is one that cannot be read. The words hold nothing of it.
    pub fn take(&self, text: &str) -> Result<bool, String> {
        let Some((id, answer)) = read_answer(text)? else { return Ok(false) };
        match id.and_then(|id| self.state().waiting.remove(&id)) {
            // who asked may have gone this moment
            Some(waiting) => drop(waiting.answer.send(answer)),
            None => log::debug!("an answer of ARI at {} came too late or was never asked for", self.at),
        }
        Ok(true)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Refusal {
    NoSocket,
    Behind,
}

/// A request that is under way, until it is dropped.
struct Entered<'a> {
    of: &'a OverSocket,
    id: Id,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.of.state().waiting.remove(&self.id);
    }
}

/// The message that asks for it.
fn write(id: Id, request: &Request) -> String {
    let message = Message {
        kind: "RESTRequest",
        request_id: id.to_string(),
        method: request.method.as_str(),
        uri: request.path.iter().map(|segment| escape(segment)).collect::<Vec<_>>().join("/"),
        query_strings: request.query.iter().map(|(name, value)| Pair { name, value }).collect(),
        content_type: request.body.as_ref().map(|_| "application/json"),
        message_body: request.body.as_ref().map(ToString::to_string),
    };
    // of text and numbers only, so there is nothing that JSON could not say
    serde_json::to_string(&message).unwrap_or_default()
}

/// A segment of a path: what is not a letter, a digit, or one of `-_.~` is percent-encoded (RFC 3986, 2.3).
fn escape(segment: &str) -> String {
    let mut escaped = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Reads a message of the event socket as an answer, with the id it names; `None`: it is none. An id that cannot be
/// one of ours is nobody's.
///
/// # Errors
/// Where it is an answer that cannot be read. The words hold nothing of it.
pub fn read_answer(text: &str) -> Result<Option<(Option<Id>, Answer)>, String> {
    if !text.contains(ANSWER) {
        return Ok(None);
    }
    // an event may have that word in a name
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: String,
    }
    let kind: Kind = serde_json::from_str(text).map_err(|error| describe(&error))?;
    if kind.kind != ANSWER {
        return Ok(None);
    }
    let written: Written =
        serde_json::from_str(text).map_err(|error| format!("{ANSWER}: {}", describe(&error)))?;
    let body = written.message_body.unwrap_or_default().into_bytes();
    Ok(Some((written.request_id.parse().ok(), Answer { status: written.status_code, body })))
}

#[cfg(test)]
#[path = "over_socket_tests.rs"]
mod tests;
