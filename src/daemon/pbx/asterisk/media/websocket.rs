//! Sound by WebSocket (`chan_websocket`): we connect to the PBX's HTTP server, sound goes in binary messages.
//!
//! Asterisk paces what we send by its own clock; `queue` sees to it that nothing of ours piles up there.

use std::pin::Pin;
use std::task::{Context, Waker};

use futures_util::{Sink, Stream};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::Ear;
use super::control::{Control, Form};
use super::queue::Queue;
use crate::config::Codec;
use crate::daemon::pbx::asterisk::ari::Socket;

/// Both directions of one call.
pub struct WebSocket {
    socket: Socket,
    codec: Codec,
    form: Form,
    queue: Queue,
}

impl std::fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebSocket")
            .field("codec", &self.codec)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

impl WebSocket {
    /// Waits for Asterisk's first word on a new connection; for how long is up to the caller.
    ///
    /// # Errors
    /// Where the connection broke, or Asterisk codes in a way that Klinke does not know.
    pub async fn begin(mut socket: Socket) -> Result<Self, String> {
        loop {
            match next(&mut socket).await {
                Some(Ok(Message::Text(text))) => {
                    if let (Control::Started(codec), form) = Control::parse(&text) {
                        let codec = codec.ok_or("its sound is coded in a way that is not known here")?;
                        return Ok(Self { socket, codec, form, queue: Queue::new(Instant::now()) });
                    }
                }
                Some(Ok(Message::Close(_))) | None => return Err("Asterisk closed it".into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }

    /// How our voice is to be coded: as Asterisk said at the beginning.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Whether a frame may go there now.
    pub fn has_room(&self, quiet: bool) -> bool {
        self.queue.has_room(Instant::now(), quiet)
    }

    /// 20 ms to the wire. False: they are lost.
    pub fn send(&mut self, coded: &[u8]) -> bool {
        let sent = self.write(Message::Binary(Bytes::copy_from_slice(coded)));
        if sent && self.queue.sent(Instant::now()) {
            self.write(Message::text(self.form.ask_status()));
        }
        sent
    }

    /// Hands a message to the connection and does not wait. What the kernel does not take now goes with the next
    /// message; where too much of that waits, the message is lost.
    fn write(&mut self, message: Message) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        let mut socket = Pin::new(&mut self.socket);
        if !socket.as_mut().poll_ready(&mut nobody).is_ready() {
            return false;
        }
        let sent = socket.as_mut().start_send(message).is_ok();
        let _ = socket.poll_flush(&mut nobody);
        sent
    }

    /// Waits for something to arrive and takes it. False: the other side has ended it.
    pub async fn receive(&mut self, ear: &mut Ear) -> Result<bool, Error> {
        let Some(message) = next(&mut self.socket).await else { return Ok(false) };
        ear.sign_of_life();
        match message? {
            Message::Binary(coded) => ear.append(self.codec, &coded),
            Message::Text(text) => match Control::parse(&text).0 {
                Control::Waiting(frames) => {
                    if self.queue.reported(Instant::now(), frames) {
                        self.write(Message::text(self.form.flush()));
                    }
                }
                Control::Full(full) => self.queue.set_full(full),
                Control::Started(_) | Control::Other => {}
            },
            Message::Close(_) => return Ok(false),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
        Ok(true)
    }
}

async fn next(socket: &mut Socket) -> Option<Result<Message, Error>> {
    std::future::poll_fn(|context| Pin::new(&mut *socket).poll_next(context)).await
}
