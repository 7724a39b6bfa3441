//! The three wires as one.

use super::Ear;
use super::audiosocket::AudioSocket;
use super::rtp::Rtp;
use super::websocket::WebSocket;
use crate::config::{Codec, MediaPath};
use crate::daemon::pbx::coding::ByteOrder;

/// What carries the sound of a call.
#[derive(Debug)]
pub enum Wire {
    /// RTP over UDP.
    Rtp(Rtp),
    /// AudioSocket over TCP.
    AudioSocket(AudioSocket),
    /// WebSocket.
    WebSocket(Box<WebSocket>),
}

impl Wire {
    /// Which path it is.
    pub const fn path(&self) -> MediaPath {
        match self {
            Self::Rtp(_) => MediaPath::Rtp,
            Self::AudioSocket(_) => MediaPath::AudioSocket,
            Self::WebSocket(_) => MediaPath::WebSocket,
        }
    }

    /// How our voice is to be coded now.
    pub const fn codec(&self) -> Codec {
        match self {
            Self::Rtp(rtp) => rtp.codec(),
            Self::AudioSocket(socket) => socket.codec(),
            Self::WebSocket(socket) => socket.codec(),
        }
    }

    /// How linear samples lie on it.
    pub const fn order(&self) -> ByteOrder {
        match self {
            Self::Rtp(_) => ByteOrder::Network,
            Self::AudioSocket(_) | Self::WebSocket(_) => ByteOrder::Little,
        }
    }

    /// Whether a frame may go there now. False only where frames would pile up on the other side.
    pub fn has_room(&self, quiet: bool) -> bool {
        match self {
            Self::Rtp(_) | Self::AudioSocket(_) => true,
            Self::WebSocket(socket) => socket.has_room(quiet),
        }
    }

    /// 20 ms to the wire. False: they are lost.
    pub fn send(&mut self, coded: &[u8]) -> bool {
        match self {
            Self::Rtp(rtp) => rtp.send(coded),
            Self::AudioSocket(socket) => socket.send(coded),
            Self::WebSocket(socket) => socket.send(coded),
        }
    }

    /// Frames were left out.
    pub fn pause(&mut self, frames: u32) {
        if let Self::Rtp(rtp) = self {
            rtp.pause(frames);
        }
    }

    /// Packets that came from elsewhere.
    pub const fn foreign(&self) -> u64 {
        match self {
            Self::Rtp(rtp) => rtp.foreign(),
            Self::AudioSocket(_) | Self::WebSocket(_) => 0,
        }
    }

    /// Waits for something to arrive and takes it.
    ///
    /// # Errors
    /// What is wrong with a wire that has ended; RTP never ends.
    pub async fn receive(&mut self, ear: &mut Ear) -> Result<(), String> {
        let goes_on = match self {
            Self::Rtp(rtp) => {
                if let Err(error) = rtp.receive(ear).await {
                    log::debug!("cannot receive on the media socket: {error}");
                    // an error that stays must not become a busy loop
                    tokio::time::sleep(super::TICK).await;
                }
                true
            }
            Self::AudioSocket(socket) => socket.receive(ear).await.map_err(|error| error.to_string())?,
            Self::WebSocket(socket) => socket.receive(ear).await.map_err(|error| error.to_string())?,
        };
        if goes_on { Ok(()) } else { Err("the PBX closed it".into()) }
    }
}
