//! Promise: between the wire and the call, 20 ms of sound allocate nothing, whatever the network does and however
//! the sound is coded.

use klinke::call::audio::jitter::{Jitter, PACKET_SAMPLES_MAX};
use klinke::call::line::{Frame, VoiceFrame};
use klinke::config::Codec;
use klinke::daemon::pbx::audiosocket::{Message, header};
use klinke::daemon::pbx::coding::{ByteOrder, CODED_BYTES_MAX, Decoder, Encoder};
use klinke::daemon::pbx::rtp::{Packet, Packetiser, SENT_BYTES_MAX};

/// A minute of 20 ms.
const FRAMES: usize = 3_000;

fn voice() -> VoiceFrame {
    VoiceFrame(std::array::from_fn(|i| (i as i16 - 160) * 100))
}

#[test]
fn a_minute_of_lost_doubled_and_reordered_packets_allocates_nothing() {
    for codec in [Codec::Alaw, Codec::Ulaw, Codec::G722, Codec::Slin] {
        let mut stream = Packetiser::new(1, 2, 3);
        let (mut encoder, mut decoder) = (Encoder::new(ByteOrder::Network), Decoder::new(ByteOrder::Network));
        let mut packets = [([0; SENT_BYTES_MAX], 0); FRAMES];
        let mut jitter = Jitter::new();
        let mut heard = 0;
        let spent = allocation_counter::measure(|| {
            for (packet, length) in &mut packets {
                let mut coded = [0; CODED_BYTES_MAX];
                let coded = encoder.encode(codec, &voice(), &mut coded);
                *length = stream.packetise(codec, coded, packet).unwrap().len();
            }
            for number in 0..packets.len() {
                for arriving in [number ^ 1, number, number ^ 3] {
                    if number % 11 == 0 {
                        continue;
                    }
                    let Some((packet, length)) = packets.get(arriving) else { continue };
                    let packet = Packet::parse(&packet[..*length]).unwrap();
                    let mut sound = [0; PACKET_SAMPLES_MAX];
                    let sound = decoder.decode(packet.codec().unwrap(), packet.payload, &mut sound).unwrap();
                    jitter.push(packet.stamp, sound);
                }
                heard += usize::from(jitter.pop() != Frame::SILENCE);
            }
        });
        assert!(heard > 2_500, "{codec:?}: {heard}");
        assert_eq!((spent.count_total, spent.bytes_total), (0, 0), "{codec:?}");
    }
}

#[test]
fn a_minute_of_audiosocket_allocates_nothing() {
    for codec in [Codec::Slin, Codec::Slin16] {
        let (mut encoder, mut decoder) = (Encoder::new(ByteOrder::Little), Decoder::new(ByteOrder::Little));
        let mut jitter = Jitter::new();
        let mut heard = 0;
        let spent = allocation_counter::measure(|| {
            for _ in 0..FRAMES {
                let mut coded = [0; CODED_BYTES_MAX];
                let coded = encoder.encode(codec, &voice(), &mut coded);
                let mut message = [0; CODED_BYTES_MAX + 3];
                message[..3].copy_from_slice(&header(codec, coded.len()).unwrap());
                message[3..3 + coded.len()].copy_from_slice(coded);
                let Ok(Some((Message::Sound(codec, coded), _))) = Message::parse(&message) else { panic!() };
                jitter.append(decoder.decode(codec, coded, &mut [0; PACKET_SAMPLES_MAX]).unwrap());
                heard += usize::from(jitter.pop() != Frame::SILENCE);
            }
        });
        assert!(heard > 2_900, "{codec:?}: {heard}");
        assert_eq!((spent.count_total, spent.bytes_total), (0, 0), "{codec:?}");
    }
}
