//! Something that listens where ARI should be, and answers as a test says.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::tungstenite::Message;

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// An answer to a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// HTTP with this status and body.
    Http(u16, String),
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// Bytes without end.
    Endless,
    /// Nothing, for ever.
    Nothing,
    /// The end.
    Close,
    /// The event socket, on which these messages come; it stays open.
    Events(Vec<Message>),
    /// The event socket, on which messages come as they are sent; it stays open.
    Live(broadcast::Sender<Message>),
}

/// A running one. `requests` are "METHOD /path?query" in the order in which they came, those that came over the
/// event socket as "SOCKET METHOD /path?query"; they are answered in the same way.
pub struct FakeAri {
    pub at: SocketAddr,
    pub requests: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl FakeAri {
    pub async fn new(answer: impl Fn(&str) -> Answer + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind((LOCALHOST, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&requests);
        let server = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, answer.clone(), Arc::clone(&seen)));
            }
        });
        Self { at, requests, server }
    }

    /// What was asked for so far, with that word in it.
    pub fn asked(&self, word: &str) -> Vec<String> {
        self.requests.lock().unwrap().iter().filter(|request| request.contains(word)).cloned().collect()
    }
}

impl Drop for FakeAri {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// One connection: one request after the other.
async fn serve(mut stream: TcpStream, answer_to: impl Fn(&str) -> Answer, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = vec![0; 16_384];
    loop {
        // looked at first, because the event socket wants to read its request itself
        let length = loop {
            match stream.peek(&mut head).await {
                Ok(0) | Err(_) => return,
                Ok(length) if head[..length].windows(4).any(|end| end == b"\r\n\r\n") => break length,
                Ok(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        let text = String::from_utf8_lossy(&head[..length]).into_owned();
        let request = text.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
        let answer = answer_to(&request);
        seen.lock().unwrap().push(request);
        let answer = match answer {
            Answer::Events(messages) => return events(stream, messages, answer_to, &seen).await,
            Answer::Live(sender) => return live(stream, sender.subscribe()).await,
            answer => answer,
        };
        let mut taken = vec![0; length];
        stream.read_exact(&mut taken).await.unwrap();
        let bytes = match answer {
            Answer::Http(status, body) => {
                let length = body.len();
                format!("HTTP/1.1 {status} Word\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
            }
            Answer::Bytes(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Answer::Endless => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                while stream.write_all(&[b' '; 65_536]).await.is_ok() {}
                return;
            }
            Answer::Nothing => {
                // until the other side has had enough
                let _ = stream.read(&mut taken).await;
                return;
            }
            Answer::Close | Answer::Events(_) | Answer::Live(_) => return,
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn live(stream: TcpStream, mut messages: broadcast::Receiver<Message>) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    loop {
        tokio::select! {
            Ok(message) = messages.recv() => if socket.send(message).await.is_err() {
                return;
            },
            // pings are answered by reading
            Some(Ok(_)) = socket.next() => {}
            else => return,
        }
    }
}

async fn events(
    stream: TcpStream,
    messages: Vec<Message>,
    answer_to: impl Fn(&str) -> Answer,
    seen: &Mutex<Vec<String>>,
) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    for message in messages {
        if socket.send(message).await.is_err() {
            return;
        }
    }
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let asked: Value = serde_json::from_str(&text).unwrap();
        let request = written(&asked);
        let answer = answer_to(&request);
        seen.lock().unwrap().push(format!("SOCKET {request}"));
        let (status, body) = match answer {
            Answer::Http(status, body) => (status, body),
            Answer::Endless => (200, "x".repeat(3 << 19)),
            Answer::Bytes(bytes) => {
                let _ = socket.send(Message::text(String::from_utf8(bytes).unwrap())).await;
                continue;
            }
            Answer::Nothing => continue,
            Answer::Close | Answer::Events(_) | Answer::Live(_) => return,
        };
        let answer = json!({
            "type": "RESTResponse",
            "request_id": asked["request_id"],
            "status_code": status,
            "reason_phrase": "Word",
            "uri": asked["uri"],
            "message_body": body,
        });
        if socket.send(Message::text(answer.to_string())).await.is_err() {
            return;
        }
    }
}

/// A request over the event socket as HTTP would write it, but for percent signs.
fn written(asked: &Value) -> String {
    assert_eq!(asked["type"], "RESTRequest");
    let pairs = asked["query_strings"].as_array().into_iter().flatten();
    let pairs =
        pairs.map(|pair| format!("{}={}", pair["name"].as_str().unwrap(), pair["value"].as_str().unwrap()));
    let query = pairs.collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} /ari/{}{mark}{query}", asked["method"].as_str().unwrap(), asked["uri"].as_str().unwrap())
}
