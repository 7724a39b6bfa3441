//! RTP (RFC 3550) as far as a telephone call needs it: parsing what arrives, packetising what is sent.

use crate::call::audio::jitter::Stamp;
use crate::call::line::FRAME_SAMPLES;
use crate::config::Codec;

/// Bytes of a header without contributing sources and extension.
const HEADER_BYTES: usize = 12;
/// Bytes of the longest packet that we send: header and 20 ms of 16 bit at 8 kHz.
pub const SENT_BYTES_MAX: usize = HEADER_BYTES + 2 * FRAME_SAMPLES;
/// Bytes of a datagram that is looked at; more than any Ethernet frame carries.
pub const RECEIVED_BYTES_MAX: usize = 1500;

/// Static payload types (RFC 3551, table 4). 10 and 11 are L16 at 44.1 kHz there, of two channels and of one;
/// Asterisk means one channel at 8 kHz by either and sends 10.
const PAYLOAD_TYPES: [(u8, Codec); 5] =
    [(0, Codec::Ulaw), (8, Codec::Alaw), (9, Codec::G722), (10, Codec::Slin), (11, Codec::Slin)];

/// Why a datagram is no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Shorter than its own header says.
    #[error("the datagram is shorter than its header says")]
    Short,
    /// Not version 2.
    #[error("the datagram is not RTP version 2")]
    Version,
    /// RTCP on the same port (RFC 5761, section 4).
    #[error("the datagram is RTCP")]
    Rtcp,
    /// Padding longer than the payload.
    #[error("the padding is longer than the payload")]
    Padding,
}

/// A packet as it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Where it belongs.
    pub stamp: Stamp,
    /// What the payload is.
    pub payload_type: u8,
    /// The coded sound.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// Where it is not a whole RTP packet of version 2.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, RtpError> {
        let (header, rest) = datagram.split_first_chunk::<HEADER_BYTES>().ok_or(RtpError::Short)?;
        let [first, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = *header;
        if first >> 6 != 2 {
            return Err(RtpError::Version);
        }
        if (192..=223).contains(&second) {
            return Err(RtpError::Rtcp);
        }
        let mut payload = rest.get(4 * usize::from(first & 0x0f)..).ok_or(RtpError::Short)?;
        if first & 0x10 != 0 {
            let (extension, rest) = payload.split_first_chunk::<4>().ok_or(RtpError::Short)?;
            let words = u16::from_be_bytes([extension[2], extension[3]]);
            payload = rest.get(4 * usize::from(words)..).ok_or(RtpError::Short)?;
        }
        if first & 0x20 != 0 {
            let padding = usize::from(*payload.last().ok_or(RtpError::Padding)?);
            let length = payload.len().checked_sub(padding.max(1)).ok_or(RtpError::Padding)?;
            payload = &payload[..length];
        }
        let stamp = Stamp {
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            marker: second & 0x80 != 0,
        };
        Ok(Self { stamp, payload_type: second & 0x7f, payload })
    }

    /// How the payload is coded; `None`: not sound that we know (comfort noise, digits, another codec).
    #[must_use]
    pub fn codec(&self) -> Option<Codec> {
        PAYLOAD_TYPES.iter().find(|(number, _)| *number == self.payload_type).map(|&(_, codec)| codec)
    }
}

/// Our own stream: 20 ms a packet, sent without pause. Its clock runs at 8 kHz in every code, G.722 included
/// (RFC 3551, section 4.5.2).
#[derive(Clone, Debug)]
pub struct Packetiser {
    next: Stamp,
}

impl Packetiser {
    /// A stream that begins there. All of it should be random (RFC 3550, section 5.1), but for the marker,
    /// which the first packet carries.
    #[must_use]
    pub const fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self { next: Stamp { ssrc, sequence, timestamp, marker: true } }
    }

    /// The next packet, made in `packet` of 20 ms of coded sound. `None` where the code has no payload type or
    /// there are more bytes of it than a packet holds.
    ///
    /// Only the first one and the first after a pause carry the marker: we send silence too, and then RFC 3551,
    /// section 4.1, wants it clear.
    pub fn packetise<'a>(
        &mut self,
        codec: Codec,
        coded: &[u8],
        packet: &'a mut [u8; SENT_BYTES_MAX],
    ) -> Option<&'a [u8]> {
        let (payload_type, _) = PAYLOAD_TYPES.iter().find(|(_, known)| *known == codec)?;
        packet.get_mut(HEADER_BYTES..HEADER_BYTES + coded.len())?.copy_from_slice(coded);
        let Stamp { ssrc, sequence, timestamp, marker } = self.next;
        packet[0] = 2 << 6;
        packet[1] = payload_type | (u8::from(marker) << 7);
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        packet[4..8].copy_from_slice(&timestamp.to_be_bytes());
        packet[8..HEADER_BYTES].copy_from_slice(&ssrc.to_be_bytes());
        self.next.sequence = sequence.wrapping_add(1);
        self.next.marker = false;
        self.pass(1);
        packet.get(..HEADER_BYTES + coded.len())
    }

    /// `frames` frames were not sent. The next packet says so.
    pub fn pause(&mut self, frames: u32) {
        self.pass(frames);
        self.next.marker = true;
    }

    const fn pass(&mut self, frames: u32) {
        self.next.timestamp = self.next.timestamp.wrapping_add(frames.wrapping_mul(FRAME_SAMPLES as u32));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_we_send_can_be_read() {
        let mut stream = Packetiser::new(0xdead_beef, u16::MAX, u32::MAX - 100);
        let mut packet = [0; SENT_BYTES_MAX];
        let coded: [u8; 160] = std::array::from_fn(|i| i as u8);
        let first = Packet::parse(stream.packetise(Codec::Alaw, &coded, &mut packet).unwrap()).unwrap();
        assert_eq!(
            first.stamp,
            Stamp { ssrc: 0xdead_beef, sequence: u16::MAX, timestamp: u32::MAX - 100, marker: true }
        );
        assert_eq!((first.payload_type, first.codec(), first.payload), (8, Some(Codec::Alaw), &coded[..]));

        let second =
            Packet::parse(stream.packetise(Codec::G722, &coded, &mut packet).unwrap()).unwrap().stamp;
        assert_eq!((second.sequence, second.timestamp, second.marker), (0, 59, false));
        stream.pause(2);
        let linear = [0; 320];
        let third = Packet::parse(stream.packetise(Codec::Slin, &linear, &mut packet).unwrap()).unwrap();
        assert_eq!((third.payload_type, third.payload.len()), (10, 320));
        let third = third.stamp;
        assert_eq!((third.sequence, third.timestamp, third.marker), (1, 59 + 480, true));
        // what has no payload type, and what is too long
        assert_eq!(stream.packetise(Codec::Slin16, &linear, &mut packet), None);
        assert_eq!(stream.packetise(Codec::Slin, &[0; 640], &mut packet), None);
    }

    #[test]
    fn sources_extension_and_padding_are_not_sound() {
        let mut packet = vec![0x80 | 0x20 | 0x10 | 2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        packet.extend([9; 8]); // two contributing sources
        packet.extend([0, 0, 0, 1, 7, 7, 7, 7]); // an extension of one word
        packet.extend([1, 2, 3]); // sound
        packet.extend([0, 0, 3]); // padding
        assert_eq!(Packet::parse(&packet).unwrap().payload, [1, 2, 3]);
    }

    #[test]
    fn what_is_no_packet_is_named() {
        let header = [0x80, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        assert_eq!(Packet::parse(&header[..11]), Err(RtpError::Short));
        assert_eq!(Packet::parse(&[0; 40]), Err(RtpError::Version));
        let mut rtcp = header;
        rtcp[1] = 200;
        assert_eq!(Packet::parse(&rtcp), Err(RtpError::Rtcp));
        let mut sources = header;
        sources[0] |= 1;
        assert_eq!(Packet::parse(&sources), Err(RtpError::Short));
        let mut padded = [&header[..], &[1, 9]].concat();
        padded[0] |= 0x20;
        assert_eq!(Packet::parse(&padded), Err(RtpError::Padding));
    }

    proptest! {
        #[test]
        fn no_datagram_breaks_the_parser(datagram in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(packet) = Packet::parse(&datagram) {
                prop_assert!(packet.payload.len() <= datagram.len() - HEADER_BYTES);
            }
        }

        #[test]
        fn headers_of_every_kind_are_read(mut datagram in proptest::collection::vec(any::<u8>(), 12..200)) {
            datagram[0] = 0x80 | (datagram[0] & 0x3f);
            match Packet::parse(&datagram) {
                Ok(packet) => prop_assert_eq!(packet.stamp.sequence, u16::from_be_bytes([datagram[2], datagram[3]])),
                Err(error) => prop_assert_ne!(error, RtpError::Version),
            }
        }
    }
}
