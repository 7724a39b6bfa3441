//! Sound by AudioSocket over TCP (`chan_audiosocket`).
//!
//! Asterisk connects to us. Of whoever connects, only one at the PBX's address that begins with the identity we
//! gave is taken, and only within a time limit. Neither end paces but we. Asterisk hands on at once what it
//! reads, so nothing of ours may pile up on the way: the kernel's buffer is kept as small as it lets us, and a
//! frame that does not fit is lost, as in UDP.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::Ear;
use crate::config::Codec;
use crate::daemon::pbx::audiosocket::{HEADER_BYTES, Message, PAYLOAD_BYTES_MAX, header};
use crate::daemon::pbx::coding::CODED_BYTES_MAX;

/// Longest that a connection may take to say whose it is.
const ID_MS_MAX: u64 = 500;
/// Bytes that are read before they are a message.
const READ_BYTES_MAX: usize = HEADER_BYTES + PAYLOAD_BYTES_MAX;
/// Longest message that we send.
const SENT_BYTES_MAX: usize = HEADER_BYTES + CODED_BYTES_MAX;

/// Both directions of one call.
#[derive(Debug)]
pub struct AudioSocket {
    stream: TcpStream,
    codec: Codec,
    read: Box<[u8; READ_BYTES_MAX]>,
    /// Bytes of `read` that are there.
    length: usize,
    /// The rest of a message that the kernel took only a part of.
    rest: Box<[u8; SENT_BYTES_MAX]>,
    rest_at: usize,
    rest_end: usize,
}

impl AudioSocket {
    /// Waits for the PBX to connect; for how long is up to the caller.
    ///
    /// # Errors
    /// Where the listener broke.
    pub async fn accept(
        listener: TcpListener,
        pbx: &[IpAddr],
        id: [u8; 16],
        codec: Codec,
    ) -> io::Result<Self> {
        loop {
            let (stream, from) = listener.accept().await?;
            if !pbx.contains(&from.ip().to_canonical()) {
                log::warn!("turned away {from}, which is not the PBX, at AudioSocket");
                continue;
            }
            stream.set_nodelay(true)?;
            let mut socket = Self {
                stream,
                codec,
                read: Box::new([0; READ_BYTES_MAX]),
                length: 0,
                rest: Box::new([0; SENT_BYTES_MAX]),
                rest_at: 0,
                rest_end: 0,
            };
            match timeout(Duration::from_millis(ID_MS_MAX), socket.identity()).await {
                Ok(Ok(Some(said))) if said == id => return Ok(socket),
                _ => {
                    log::warn!("turned away {from} at AudioSocket: it did not begin with the call's identity")
                }
            }
        }
    }

    /// The first message, where it is an identity.
    async fn identity(&mut self) -> io::Result<Option<[u8; 16]>> {
        loop {
            self.fill().await?;
            match Message::parse(&self.read[..self.length]) {
                Ok(Some((Message::Id(id), length))) => {
                    self.taken(length);
                    return Ok(Some(id));
                }
                Ok(None) => {}
                _ => return Ok(None),
            }
        }
    }

    /// How our voice is to be coded.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// 20 ms to the wire. False: they are lost.
    pub fn send(&mut self, coded: &[u8]) -> bool {
        let length = HEADER_BYTES + coded.len();
        let Some(header) = header(self.codec, coded.len()).filter(|_| length <= SENT_BYTES_MAX) else {
            return false;
        };
        if self.write() > 0 {
            return false;
        }
        self.rest[..HEADER_BYTES].copy_from_slice(&header);
        self.rest[HEADER_BYTES..length].copy_from_slice(coded);
        (self.rest_at, self.rest_end) = (0, length);
        if self.write() == length {
            // nothing of it is on the way yet, so it need not be
            self.rest_end = 0;
            return false;
        }
        true
    }

    /// Writes what is left of a message as far as that goes. Gives how much is left then. That the other side is
    /// gone is found by reading.
    fn write(&mut self) -> usize {
        while self.rest_at < self.rest_end {
            match self.stream.try_write(&self.rest[self.rest_at..self.rest_end]) {
                Ok(written @ 1..) => self.rest_at += written,
                Ok(0) | Err(_) => break,
            }
        }
        self.rest_end - self.rest_at
    }

    /// Waits for something to arrive and takes it. False: the other side has ended it.
    pub async fn receive(&mut self, ear: &mut Ear) -> io::Result<bool> {
        self.fill().await?;
        ear.sign_of_life();
        let mut begin = 0;
        loop {
            match Message::parse(&self.read[begin..self.length]).map_err(io::Error::other)? {
                None => break,
                Some((Message::HangUp, _)) => return Ok(false),
                Some((message, length)) => {
                    if let Message::Sound(codec, coded) = message {
                        ear.append(codec, coded);
                    }
                    begin += length;
                }
            }
        }
        self.taken(begin);
        Ok(true)
    }

    /// Reads more. Cut off, it has read nothing.
    async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read(&mut self.read[self.length..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            more => {
                self.length += more;
                Ok(())
            }
        }
    }

    fn taken(&mut self, length: usize) {
        self.read.copy_within(length..self.length, 0);
        self.length -= length;
    }
}
