//! What the sound of one call costs: ns and allocations a frame, from the wire to the call and back.
//!
//! `cargo bench --bench media`. The promise is 0 allocations, of which divan prints nothing (it would print
//! rows `alloc`), and which `tests/media_allocates_nothing.rs` checks.

use divan::{AllocProfiler, Bencher, black_box};
use klinke::call::audio::g711::Law;
use klinke::call::audio::halfband::{Doubler, Halver};
use klinke::call::audio::jitter::{Jitter, PACKET_SAMPLES_MAX};
use klinke::call::line::{FRAME_SAMPLES, Frame, VOICE_FRAME_SAMPLES, VoiceFrame};
use klinke::config::Codec;
use klinke::daemon::pbx::coding::{ByteOrder, CODED_BYTES_MAX, Decoder, Encoder};
use klinke::daemon::pbx::rtp::{Packet, Packetiser, SENT_BYTES_MAX};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

/// Every code that RTP carries.
const CODECS: [&str; 4] = ["alaw", "ulaw", "g722", "slin"];

fn main() {
    divan::main();
}

/// A frame with something in it.
fn voice() -> VoiceFrame {
    VoiceFrame(std::array::from_fn(|i| ((i as f32 * 0.15).sin() * 9_000.0) as i16))
}

/// One side's sender.
struct Sender {
    codec: Codec,
    encoder: Encoder,
    stream: Packetiser,
}

impl Sender {
    fn new(codec: &str) -> Self {
        let codec = Codec::named(codec).expect("it stands above");
        Self { codec, encoder: Encoder::new(ByteOrder::Network), stream: Packetiser::new(1, 2, 3) }
    }

    fn send<'a>(&mut self, voice: &VoiceFrame, packet: &'a mut [u8; SENT_BYTES_MAX]) -> &'a [u8] {
        let mut coded = [0; CODED_BYTES_MAX];
        let coded = self.encoder.encode(self.codec, voice, &mut coded);
        self.stream.packetise(self.codec, coded, packet).expect("RTP carries it")
    }
}

/// Parses a packet, decodes it, puts it into the buffer, and takes 20 ms out.
fn receive(packet: &[u8], decoder: &mut Decoder, jitter: &mut Jitter) -> Frame {
    let packet = Packet::parse(packet).expect("it was packetised here");
    let codec = packet.codec().expect("it was coded here");
    let mut sound = [0; PACKET_SAMPLES_MAX];
    jitter.push(packet.stamp, decoder.decode(codec, packet.payload, &mut sound).expect("it is 20 ms"));
    jitter.pop()
}

/// Frame → code → RTP, and RTP → code → jitter buffer → frame.
#[divan::bench(args = CODECS)]
fn both_ways(bencher: Bencher<'_, '_>, codec: &str) {
    let (mut sender, mut decoder) = (Sender::new(codec), Decoder::new(ByteOrder::Network));
    let (mut jitter, mut packet, voice) = (Jitter::new(), [0; SENT_BYTES_MAX], voice());
    bencher.bench_local(|| {
        let packet = sender.send(&voice, &mut packet);
        receive(black_box(packet), &mut decoder, &mut jitter)
    });
}

/// Frame → code → RTP.
#[divan::bench(args = CODECS)]
fn frame_to_wire(bencher: Bencher<'_, '_>, codec: &str) {
    let (mut sender, mut packet, voice) = (Sender::new(codec), [0; SENT_BYTES_MAX], voice());
    bencher.bench_local(|| sender.send(black_box(&voice), &mut packet).len());
}

/// Every packet lost: 20 ms made up.
#[divan::bench]
fn concealment(bencher: Bencher<'_, '_>) {
    let (mut sender, mut decoder) = (Sender::new("alaw"), Decoder::new(ByteOrder::Network));
    let (mut jitter, mut packet) = (Jitter::new(), [0; SENT_BYTES_MAX]);
    let _ = receive(sender.send(&voice(), &mut packet), &mut decoder, &mut jitter);
    bencher.bench_local(|| black_box(&mut jitter).pop());
}

/// Our voice for a narrow wire.
#[divan::bench]
fn half_band_down(bencher: Bencher<'_, '_>) {
    let (voice, mut halver, mut narrow) = (voice(), Halver::new(), Frame::SILENCE);
    bencher.bench_local(|| {
        halver.halve(black_box(&voice.0), &mut narrow.0);
        narrow
    });
}

/// A narrow sound for a wideband wire.
#[divan::bench]
fn half_band_up(bencher: Bencher<'_, '_>) {
    let (mut doubler, mut wide) = (Doubler::new(), [0; VOICE_FRAME_SAMPLES]);
    let narrow = Frame(std::array::from_fn(|i| voice().0[i]));
    bencher.bench_local(|| {
        doubler.double(black_box(&narrow.0), &mut wide);
        wide
    });
}

/// A-law alone, both ways.
#[divan::bench]
fn a_law_there_and_back(bencher: Bencher<'_, '_>) {
    let (voice, mut codes, mut back) = (voice(), [0; FRAME_SAMPLES], [0; FRAME_SAMPLES]);
    bencher.bench_local(|| {
        Law::A.encode_into(black_box(&voice.0[..FRAME_SAMPLES]), &mut codes);
        Law::A.decode_into(&codes, &mut back);
        back
    });
}
