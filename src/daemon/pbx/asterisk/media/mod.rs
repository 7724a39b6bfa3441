//! The sound of one call: RTP in and out, paced by our clock.
//!
//! Only packets from the PBX's address are taken. Its port is what ARI names, or else the one its first packet
//! comes from, and then no other (symmetric RTP).

mod outgoing;
mod ports;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, Sleep, sleep_until};

use self::outgoing::Outgoing;
pub use self::ports::Ports;
use crate::call::audio::halfband::Halver;
use crate::call::audio::jitter::{Jitter, PACKET_SAMPLES_MAX};
use crate::call::line::{FRAME_MS, Frame, VoiceFrame};
use crate::daemon::pbx::rtp::{Packet, Packetiser, RECEIVED_BYTES_MAX, SENT_BYTES};

/// Length of a tick.
const TICK: Duration = Duration::from_millis(FRAME_MS as u64);
/// Ticks that are caught up at once after the machine has not let us run; what is beyond is left out.
const CATCH_UP_TICKS_MAX: u32 = 10;

/// Both directions of one call.
#[derive(Debug)]
pub struct Media {
    socket: UdpSocket,
    pbx: Vec<IpAddr>,
    peer: Option<SocketAddr>,
    /// Whether `peer` has sent something; until then ARI's word for it may be corrected.
    peer_is_sure: bool,
    heard_at: Instant,
    jitter: Box<Jitter>,
    outgoing: Outgoing,
    /// The telephone's wire is narrow, our voice is not.
    halver: Halver,
    packetiser: Packetiser,
    next_tick: Instant,
    unsent: u64,
}

impl Media {
    /// Sound through `socket`, with a PBX at one of the addresses `pbx`. The first tick is now.
    ///
    /// # Errors
    /// Where the machine has no random numbers.
    pub fn new(
        socket: UdpSocket,
        pbx: Vec<IpAddr>,
        peer: Option<SocketAddr>,
    ) -> Result<Self, getrandom::Error> {
        let (ssrc, begin) = (getrandom::u32()?, getrandom::u64()?);
        let packetiser = Packetiser::new(ssrc, (begin >> 32) as u16, begin as u32);
        Ok(Self {
            socket,
            pbx,
            peer,
            peer_is_sure: false,
            heard_at: Instant::now(),
            jitter: Box::default(),
            outgoing: Outgoing::new(),
            halver: Halver::new(),
            packetiser,
            next_tick: Instant::now(),
            unsent: 0,
        })
    }

    /// How long nothing has come from the PBX.
    pub fn silent_for(&self) -> Duration {
        self.heard_at.elapsed()
    }

    /// When the next tick is due.
    pub fn until_tick(&self) -> Sleep {
        sleep_until(self.next_tick)
    }

    /// A tick: 20 ms of the caller; what of ours is due goes to the wire.
    pub fn tick(&mut self) -> Frame {
        let behind = self.next_tick.elapsed().as_millis() / TICK.as_millis();
        let behind = u32::try_from(behind).unwrap_or(u32::MAX / FRAME_MS);
        if behind > CATCH_UP_TICKS_MAX {
            log::warn!("the media path stood still for {} ms", behind * FRAME_MS);
            self.next_tick += TICK * behind;
            self.packetiser.pause(behind);
        }
        self.next_tick += TICK;
        if let Some(frame) = self.outgoing.tick() {
            self.send(&frame);
        }
        self.jitter.pop()
    }

    /// The call answers a tick.
    pub fn answer(&mut self, frame: VoiceFrame) {
        if let Some(frame) = self.outgoing.frame(frame) {
            self.send(&frame);
        }
    }

    /// What still waits goes to the wire now: the call ends.
    pub fn flush(&mut self) {
        while let Some(frame) = self.outgoing.pop() {
            self.send(&frame);
        }
    }

    /// Waits for the next datagram and takes it.
    pub async fn receive(&mut self) {
        let mut datagram = [0; RECEIVED_BYTES_MAX];
        match self.socket.recv_from(&mut datagram).await {
            Ok((length, from)) => self.take(&datagram[..length], from),
            Err(error) => {
                log::debug!("cannot receive on the media socket: {error}");
                // an error that stays must not become a busy loop
                tokio::time::sleep(TICK).await;
            }
        }
    }

    fn take(&mut self, datagram: &[u8], from: SocketAddr) {
        let known = if self.peer_is_sure { self.peer == Some(from) } else { self.pbx.contains(&from.ip()) };
        let Ok(packet) = Packet::parse(datagram) else { return };
        if !known {
            return;
        }
        (self.peer, self.peer_is_sure, self.heard_at) = (Some(from), true, Instant::now());
        let Some(law) = packet.law() else { return };
        let mut sound = [0; PACKET_SAMPLES_MAX + 1];
        let length = packet.payload.len().min(sound.len());
        law.decode_into(packet.payload, &mut sound);
        self.jitter.push(packet.stamp, &sound[..length]);
    }

    fn send(&mut self, frame: &VoiceFrame) {
        let (mut narrow, mut packet) = (Frame::SILENCE, [0; SENT_BYTES]);
        self.halver.halve(&frame.0, &mut narrow.0);
        self.packetiser.packetise(&narrow, &mut packet);
        let Some(peer) = self.peer else { return };
        // a full buffer loses 20 ms; waiting for it would lose the clock
        self.unsent += u64::from(self.socket.try_send_to(&packet, peer).is_err());
    }

    /// What is worth knowing of it afterwards.
    pub fn summary(&self) -> String {
        let jitter = self.jitter.counts();
        format!(
            "{} packets used, {} late, {} duplicate, {} refused, {} frames made up; {} of our frames late, {} \
             dropped, {} not sent",
            jitter.used,
            jitter.late,
            jitter.duplicate,
            jitter.refused,
            jitter.concealed,
            self.outgoing.late,
            self.outgoing.dropped,
            self.unsent,
        )
    }
}
