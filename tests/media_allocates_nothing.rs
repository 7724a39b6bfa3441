//! Promise: between the wire and the call, 20 ms of sound allocate nothing, whatever the network does.

use klinke::call::audio::jitter::{Jitter, PACKET_SAMPLES_MAX};
use klinke::call::line::Frame;
use klinke::daemon::pbx::rtp::{Packet, Packetiser, SENT_BYTES};

#[test]
fn a_minute_of_lost_doubled_and_reordered_packets_allocates_nothing() {
    let voice = Frame(std::array::from_fn(|i| (i as i16 - 80) * 100));
    let mut stream = Packetiser::new(1, 2, 3);
    let mut packets = [[0; SENT_BYTES]; 3_000];
    let mut jitter = Jitter::new();
    let mut sound = [0; PACKET_SAMPLES_MAX];
    let mut heard = 0;
    let spent = allocation_counter::measure(|| {
        for packet in &mut packets {
            stream.packetise(&voice, packet);
        }
        for number in 0..packets.len() {
            for arriving in [number ^ 1, number, number ^ 3] {
                if number % 11 == 0 {
                    continue;
                }
                let Some(Ok(packet)) = packets.get(arriving).map(|packet| Packet::parse(packet)) else {
                    continue;
                };
                packet.law().unwrap().decode_into(packet.payload, &mut sound);
                jitter.push(packet.stamp, &sound[..packet.payload.len()]);
            }
            heard += usize::from(jitter.pop() != Frame::SILENCE);
        }
    });
    assert!(heard > 2_500, "{heard}");
    assert_eq!((spent.count_total, spent.bytes_total), (0, 0));
}
