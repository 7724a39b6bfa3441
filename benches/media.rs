//! What the sound of one call costs: ns and allocations a frame, from the wire to the call and back.
//!
//! `cargo bench --bench media`. The promise is 0 allocations, of which divan prints nothing (it would print
//! rows `alloc`), and which `tests/media_allocates_nothing.rs` checks.

use divan::{AllocProfiler, Bencher, black_box};
use klinke::call::audio::g711::Law;
use klinke::call::audio::jitter::{Jitter, PACKET_SAMPLES_MAX};
use klinke::call::line::{FRAME_SAMPLES, Frame};
use klinke::daemon::pbx::rtp::{Packet, Packetiser, SENT_BYTES};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A frame with something in it.
fn voice() -> Frame {
    Frame(std::array::from_fn(|i| ((i as f32 * 0.3).sin() * 9_000.0) as i16))
}

/// Parses a packet, decodes it, puts it into the buffer, and takes 20 ms out.
fn receive(packet: &[u8], jitter: &mut Jitter) -> Frame {
    let packet = Packet::parse(packet).expect("it was packetised here");
    let law = packet.law().expect("it is A-law");
    let mut sound = [0; PACKET_SAMPLES_MAX];
    law.decode_into(packet.payload, &mut sound);
    jitter.push(packet.stamp, &sound[..packet.payload.len()]);
    jitter.pop()
}

/// RTP → A-law → jitter buffer → frame.
#[divan::bench]
fn wire_to_frame(bencher: Bencher<'_, '_>) {
    let (mut jitter, mut stream, mut packet) = (Jitter::new(), Packetiser::new(1, 2, 3), [0; SENT_BYTES]);
    let voice = voice();
    bencher.bench_local(|| {
        stream.packetise(&voice, &mut packet);
        receive(black_box(&packet), &mut jitter)
    });
}

/// Frame → A-law → RTP.
#[divan::bench]
fn frame_to_wire(bencher: Bencher<'_, '_>) {
    let (mut stream, mut packet) = (Packetiser::new(1, 2, 3), [0; SENT_BYTES]);
    let voice = voice();
    bencher.bench_local(|| {
        stream.packetise(black_box(&voice), &mut packet);
        packet
    });
}

/// Every packet lost: 20 ms made up.
#[divan::bench]
fn concealment(bencher: Bencher<'_, '_>) {
    let (mut stream, mut packet) = (Packetiser::new(1, 2, 3), [0; SENT_BYTES]);
    let mut jitter = Jitter::new();
    stream.packetise(&voice(), &mut packet);
    let _ = receive(&packet, &mut jitter);
    bencher.bench_local(|| black_box(&mut jitter).pop());
}

/// A-law alone, both ways.
#[divan::bench]
fn a_law_there_and_back(bencher: Bencher<'_, '_>) {
    let (voice, mut codes, mut back) = (voice(), [0; FRAME_SAMPLES], [0; FRAME_SAMPLES]);
    bencher.bench_local(|| {
        Law::A.encode_into(black_box(&voice.0), &mut codes);
        Law::A.decode_into(&codes, &mut back);
        back
    });
}
