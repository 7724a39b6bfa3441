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
        pbx: Vec<IpAddr>,
        id: [u8; 16],
        codec: Codec,
    ) -> io::Result<Self> {
        loop {
            let (stream, from) = listener.accept().await?;
            if !pbx.contains(&from.ip().to_canonical()) {
                log::warn!("turned away {from}, which is not the PBX, at AudioSocket");
                continue;
            }
            if stream.set_nodelay(true).is_err() {
                // gone already
                continue;
            }
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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpSocket;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::daemon::pbx::coding::ByteOrder;

    const ID: [u8; 16] = [7; 16];
    const PBX: [u8; 4] = [127, 0, 0, 1];

    async fn from(address: [u8; 4], to: SocketAddr, bytes: &[u8]) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        let mut stream = socket.connect(to).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    fn first(id: [u8; 16]) -> Vec<u8> {
        [&[1, 0, 16][..], &id].concat()
    }

    async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind(SocketAddr::from((PBX, 0))).await.unwrap();
        let at = listener.local_addr().unwrap();
        (listener, at)
    }

    async fn is_turned_away(mut stream: TcpStream) -> bool {
        matches!(stream.read(&mut [0; 16]).await, Ok(0) | Err(_))
    }

    #[tokio::test]
    async fn only_the_pbx_with_the_identity_of_the_call_gets_in() {
        let (listener, at) = listener().await;
        let accepted = tokio::spawn(AudioSocket::accept(listener, vec![PBX.into()], ID, Codec::Slin16));
        // the right word from a wrong place, wrong words from the right place, and one that says nothing
        let begun = Instant::now();
        for stranger in [
            from([127, 0, 0, 2], at, &first(ID)).await,
            from(PBX, at, &first([8; 16])).await,
            from(PBX, at, &[0x10, 0, 2, 1, 1]).await,
            from(PBX, at, &[0x10, 0xff, 0xff]).await,
            from(PBX, at, &[1, 0]).await,
        ] {
            assert!(is_turned_away(stranger).await);
        }
        assert!(begun.elapsed() >= Duration::from_millis(ID_MS_MAX) && !accepted.is_finished());
        // its first words may come in pieces, and the sound with them
        let mut pbx = from(PBX, at, &first(ID)[..5]).await;
        sleep(Duration::from_millis(20)).await;
        pbx.write_all(&[&first(ID)[5..], &[0x12, 0, 4, 1, 0, 1, 0, 0x12, 0]].concat()).await.unwrap();
        let mut socket = accepted.await.unwrap().unwrap();
        let mut ear = Ear::new(ByteOrder::Little);
        pbx.write_all(&[4, 1, 0, 1, 0]).await.unwrap();
        assert!(socket.receive(&mut ear).await.unwrap());
        assert_eq!(ear.counts().used, 2);

        assert!(socket.send(&[5; 640]));
        let mut heard = [0; 643];
        pbx.read_exact(&mut heard).await.unwrap();
        assert_eq!((&heard[..3], &heard[3..]), (&[0x12, 2, 128][..], &[5; 640][..]));

        // a word of the end, nonsense, and the end itself
        pbx.write_all(&[0, 0, 0]).await.unwrap();
        assert!(!socket.receive(&mut ear).await.unwrap());
        drop(pbx);
        assert!(socket.receive(&mut ear).await.is_err());
    }

    #[tokio::test]
    async fn a_pbx_that_does_not_read_loses_whole_frames() {
        let (listener, at) = listener().await;
        let accepted = tokio::spawn(AudioSocket::accept(listener, vec![PBX.into()], ID, Codec::Slin16));
        let mut pbx = from(PBX, at, &first(ID)).await;
        let mut socket = accepted.await.unwrap().unwrap();
        let mut sent = 0_u32;
        let mut frame = 0_u32;
        let number = |frame: u32| [frame.to_le_bytes(); 160].concat();
        while frame - sent < 50 {
            sent += u32::from(socket.send(&number(frame)));
            frame += 1;
            assert!(frame < 100_000, "it never ends");
            tokio::task::yield_now().await;
        }
        // it reads again: what was taken comes whole, in order, and each frame once
        let mut bytes = vec![0; 643 * sent as usize];
        let read = tokio::time::timeout(Duration::from_secs(5), async {
            let mut at = 0;
            while at < bytes.len() {
                let _ = socket.write();
                tokio::select! {
                    length = pbx.read(&mut bytes[at..]) => at += length.unwrap(),
                    () = sleep(Duration::from_millis(5)) => {}
                }
            }
        });
        read.await.unwrap();
        let mut numbers = Vec::new();
        for message in bytes.chunks(643) {
            let Ok(Some((Message::Sound(Codec::Slin16, sound), 643))) = Message::parse(message) else {
                panic!()
            };
            numbers.push(u32::from_le_bytes(sound[..4].try_into().unwrap()));
            assert_eq!(sound, number(*numbers.last().unwrap()));
        }
        assert!(numbers.is_sorted_by(|a, b| a < b));
    }
}
