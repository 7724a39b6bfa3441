//! What a call hears of its wire: coded sound as it arrives → one frame of the caller every 20 ms.

use std::time::Duration;

use tokio::time::Instant;

use crate::call::audio::jitter::{Counts, Jitter, PACKET_SAMPLES_MAX, Stamp};
use crate::call::line::Frame;
use crate::config::Codec;
use crate::daemon::pbx::coding::{ByteOrder, Decoder, coded_bytes_max};

/// The caller's direction of one call.
#[derive(Debug)]
pub struct Ear {
    decoder: Decoder,
    order: ByteOrder,
    /// Stream and number of the newest packet that was decoded.
    newest: Option<(u32, u16)>,
    jitter: Box<Jitter>,
    heard_at: Instant,
}

impl Ear {
    /// One that has heard nothing yet.
    pub fn new(order: ByteOrder) -> Self {
        Self {
            decoder: Decoder::new(order),
            order,
            newest: None,
            jitter: Box::default(),
            heard_at: Instant::now(),
        }
    }

    /// How long nothing has arrived.
    pub fn silent_for(&self) -> Duration {
        self.heard_at.elapsed()
    }

    /// Something has arrived, whatever it is.
    pub fn sign_of_life(&mut self) {
        self.heard_at = Instant::now();
    }

    /// A packet that says where it belongs.
    ///
    /// A decoder with a memory (G.722, the half-band filter) goes on from packet to packet as they arrive. One
    /// that comes too late for that is decoded beside it and leaves nothing behind: it would disturb what follows.
    pub fn packet(&mut self, stamp: Stamp, codec: Codec, coded: &[u8]) {
        let mut narrow = [0; PACKET_SAMPLES_MAX];
        let goes_on = match self.newest {
            Some((ssrc, newest)) if ssrc == stamp.ssrc => {
                stamp.sequence.wrapping_sub(newest).cast_signed() > 0
            }
            _ => {
                self.decoder = Decoder::new(self.order);
                true
            }
        };
        let sound = if goes_on {
            self.newest = Some((stamp.ssrc, stamp.sequence));
            self.decoder.decode(codec, coded, &mut narrow)
        } else {
            self.decoder.clone().decode(codec, coded, &mut narrow)
        };
        match sound {
            Some(sound) => self.jitter.push(stamp, sound),
            None => self.jitter.refuse(),
        }
    }

    /// What follows in a stream that keeps its order, as much as it may be.
    pub fn append(&mut self, codec: Codec, coded: &[u8]) {
        let mut narrow = [0; PACKET_SAMPLES_MAX];
        for part in coded.chunks(coded_bytes_max(codec)) {
            if let Some(sound) = self.decoder.decode(codec, part, &mut narrow) {
                self.jitter.append(sound);
            }
        }
    }

    /// The next 20 ms.
    pub fn frame(&mut self) -> Frame {
        self.jitter.pop()
    }

    /// What happened so far.
    pub const fn counts(&self) -> Counts {
        self.jitter.counts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::line::{VOICE_FRAME_SAMPLES, VoiceFrame};
    use crate::daemon::pbx::coding::{CODED_BYTES_MAX, Encoder};

    /// A second of G.722 with something in it.
    fn packets() -> Vec<Vec<u8>> {
        let mut encoder = Encoder::new(ByteOrder::Network);
        let frames = (0..50_usize).map(|number| {
            VoiceFrame(std::array::from_fn(|at| {
                let angle = (number * VOICE_FRAME_SAMPLES + at) as f64 * 0.21;
                (angle.sin() * 7_000.0) as i16
            }))
        });
        frames.map(|frame| encoder.encode(Codec::G722, &frame, &mut [0; CODED_BYTES_MAX]).to_vec()).collect()
    }

    /// What is heard when these packets arrive before each tick.
    fn heard(arrivals: &[Vec<u16>]) -> Vec<i16> {
        let (packets, mut ear) = (packets(), Ear::new(ByteOrder::Network));
        let mut sound = Vec::new();
        for arrived in arrivals {
            for &number in arrived {
                let timestamp = u32::from(number) * 160;
                let stamp = Stamp { ssrc: 1, sequence: number, timestamp, marker: false };
                ear.packet(stamp, Codec::G722, &packets[usize::from(number)]);
            }
            sound.extend(ear.frame().0);
        }
        sound
    }

    #[test]
    fn late_and_doubled_packets_do_not_disturb_what_follows() {
        let mut arrivals: Vec<Vec<u16>> = (0..50).map(|number| vec![number]).collect();
        let whole = heard(&arrivals);
        // one is overtaken by the next, and some come once more
        (arrivals[20], arrivals[21]) = (vec![], vec![21, 20]);
        arrivals[23].extend([20, 22, 19]);
        let after = heard(&arrivals);
        let off = |from: usize, to: usize| {
            let off = |at: usize| i32::from(whole[at]).abs_diff(i32::from(after[at]));
            (from * 160..to * 160).map(off).max().unwrap()
        };
        // the one that was overtaken is heard after 20 (a tick of slack), with noise; a moment later there is none
        assert_eq!(off(0, 21), 0);
        assert!(off(25, 50) < 300, "{}", off(25, 50));
    }

    #[test]
    fn a_long_message_is_taken_in_parts() {
        let mut ear = Ear::new(ByteOrder::Little);
        ear.append(Codec::Slin, &[9; 3_200]);
        assert_eq!((ear.counts().used, ear.counts().refused), (4, 0));
        ear.packet(Stamp { ssrc: 1, sequence: 1, timestamp: 0, marker: false }, Codec::Alaw, &[0; 700]);
        assert_eq!(ear.counts().refused, 1);
    }
}
