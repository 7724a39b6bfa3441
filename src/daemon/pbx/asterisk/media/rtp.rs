//! Sound by RTP over UDP (`chan_rtp`).
//!
//! Only packets from the PBX's address are taken. Its port is what ARI names, or else the one its first packet
//! comes from, and then no other (symmetric RTP). How a packet is coded stands in the packet; we answer in the
//! same code, because that is what the PBX understands: Asterisk 16 makes µ-law of `slin`.

use std::net::{IpAddr, SocketAddr};

use tokio::net::UdpSocket;

use super::Ear;
use crate::config::Codec;
use crate::daemon::pbx::rtp::{Packet, Packetiser, RECEIVED_BYTES_MAX, SENT_BYTES_MAX};

/// Both directions of one call.
#[derive(Debug)]
pub struct Rtp {
    socket: UdpSocket,
    pbx: Vec<IpAddr>,
    peer: Option<SocketAddr>,
    /// Whether `peer` has sent something; until then ARI's word for it may be corrected.
    peer_is_sure: bool,
    packetiser: Packetiser,
    codec: Codec,
    /// Packets from elsewhere.
    foreign: u64,
}

impl Rtp {
    /// Sound through `socket`, with a PBX at one of the addresses `pbx`.
    ///
    /// # Errors
    /// Where the machine has no random numbers.
    pub fn new(
        socket: UdpSocket,
        pbx: Vec<IpAddr>,
        peer: Option<SocketAddr>,
        codec: Codec,
    ) -> Result<Self, getrandom::Error> {
        let (ssrc, begin) = (getrandom::u32()?, getrandom::u64()?);
        let packetiser = Packetiser::new(ssrc, (begin >> 32) as u16, begin as u32);
        Ok(Self { socket, pbx, peer, peer_is_sure: false, packetiser, codec, foreign: 0 })
    }

    /// How our voice is to be coded.
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Packets that came from elsewhere and were not looked into.
    pub const fn foreign(&self) -> u64 {
        self.foreign
    }

    /// Frames were left out.
    pub fn pause(&mut self, frames: u32) {
        self.packetiser.pause(frames);
    }

    /// 20 ms to the wire. False: they are lost.
    pub fn send(&mut self, coded: &[u8]) -> bool {
        let mut packet = [0; SENT_BYTES_MAX];
        let packet = self.packetiser.packetise(self.codec, coded, &mut packet);
        let (Some(packet), Some(peer)) = (packet, self.peer) else { return false };
        // a full buffer loses 20 ms; waiting for it would lose the clock
        self.socket.try_send_to(packet, peer).is_ok()
    }

    /// Waits for the next datagram and takes it.
    pub async fn receive(&mut self, ear: &mut Ear) -> std::io::Result<()> {
        let mut datagram = [0; RECEIVED_BYTES_MAX];
        let (length, from) = self.socket.recv_from(&mut datagram).await?;
        self.take(&datagram[..length], from, ear);
        Ok(())
    }

    fn take(&mut self, datagram: &[u8], from: SocketAddr, ear: &mut Ear) {
        let known = if self.peer_is_sure { self.peer == Some(from) } else { self.pbx.contains(&from.ip()) };
        if !known {
            self.foreign += 1;
            return;
        }
        let Ok(packet) = Packet::parse(datagram) else { return };
        (self.peer, self.peer_is_sure) = (Some(from), true);
        ear.sign_of_life();
        if let Some(codec) = packet.codec() {
            self.codec = codec;
            ear.packet(packet.stamp, codec, packet.payload);
        }
    }
}
