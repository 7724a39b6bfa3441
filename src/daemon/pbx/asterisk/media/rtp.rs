//! Sound by RTP over UDP (`chan_rtp`).
//!
//! Only packets from the PBX's address are taken. Its port is what ARI names, or else the one its first packet
//! comes from, and then no other (symmetric RTP). The one that ARI names always gets its word: a last packet for a
//! call that had our port before must not bind us to where it came from. How a packet is coded stands in the packet; we answer in the
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
    /// The PBX's end as ARI names it.
    named: Option<SocketAddr>,
    /// Where it is.
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
        named: Option<SocketAddr>,
        codec: Codec,
    ) -> Result<Self, getrandom::Error> {
        let (ssrc, begin) = (getrandom::u32()?, getrandom::u64()?);
        let packetiser = Packetiser::new(ssrc, (begin >> 32) as u16, begin as u32);
        Ok(Self { socket, pbx, named, peer: named, peer_is_sure: false, packetiser, codec, foreign: 0 })
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
        if !self.is_pbx(from) {
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

    fn is_pbx(&self, from: SocketAddr) -> bool {
        // an IPv4 sender may look like an IPv6 one
        let plain = SocketAddr::new(from.ip().to_canonical(), from.port());
        if self.peer_is_sure {
            self.peer == Some(from) || self.named == Some(plain)
        } else {
            self.pbx.contains(&plain.ip())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::pbx::coding::ByteOrder;

    const PBX: [u8; 4] = [10, 0, 0, 2];

    async fn rtp(named: Option<SocketAddr>) -> (Rtp, Ear) {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
        let rtp = Rtp::new(socket, vec![PBX.into()], named, Codec::Alaw).unwrap();
        (rtp, Ear::new(ByteOrder::Network))
    }

    /// Gives whether a packet from there is taken.
    fn takes(rtp: &mut Rtp, ear: &mut Ear, from: impl Into<SocketAddr>, codec: Codec) -> bool {
        let foreign = rtp.foreign();
        let mut packet = [0; SENT_BYTES_MAX];
        let packet = Packetiser::new(1, 1, 1).packetise(codec, &[0; 160], &mut packet).unwrap();
        rtp.take(packet, from.into(), ear);
        rtp.foreign() == foreign
    }

    #[tokio::test]
    async fn only_the_pbx_and_of_it_only_one_port_is_heard() {
        let (mut rtp, mut ear) = rtp(None).await;
        assert!(!takes(&mut rtp, &mut ear, ([10, 0, 0, 3], 4_000), Codec::Alaw));
        assert_eq!(rtp.peer, None);
        // what is no RTP binds nobody
        rtp.take(&[1, 2, 3], (PBX, 5_000).into(), &mut ear);
        assert!(takes(&mut rtp, &mut ear, (PBX, 4_000), Codec::Ulaw));
        assert_eq!((rtp.peer, rtp.codec()), (Some((PBX, 4_000).into()), Codec::Ulaw));
        assert!(!takes(&mut rtp, &mut ear, (PBX, 4_002), Codec::Alaw));
        assert_eq!((rtp.peer, rtp.codec(), ear.counts().used), (Some((PBX, 4_000).into()), Codec::Ulaw, 1));
    }

    #[tokio::test]
    async fn a_last_packet_of_another_call_does_not_take_our_voice_along() {
        let named = SocketAddr::from((PBX, 4_000));
        let (mut rtp, mut ear) = rtp(Some(named)).await;
        assert!(takes(&mut rtp, &mut ear, (PBX, 4_002), Codec::Alaw));
        assert!(takes(&mut rtp, &mut ear, named, Codec::Alaw));
        assert_eq!(rtp.peer, Some(named));
        assert!(!takes(&mut rtp, &mut ear, (PBX, 4_002), Codec::Alaw));
    }

    #[tokio::test]
    async fn a_pbx_of_ipv4_is_known_on_a_socket_of_ipv6() {
        let named = SocketAddr::from((PBX, 4_000));
        let (mut rtp, mut ear) = rtp(Some(named)).await;
        let mapped = SocketAddr::from((std::net::Ipv4Addr::from(PBX).to_ipv6_mapped(), 4_000));
        assert!(takes(&mut rtp, &mut ear, mapped, Codec::Alaw));
        assert_eq!(rtp.peer, Some(mapped), "it is answered as the socket knows it");
    }
}
