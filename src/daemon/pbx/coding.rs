//! Between the call's frames and what a wire carries: coding our voice (16 kHz), decoding the caller (to 8 kHz,
//! which is what models hear). The filters and G.722 keep state; nothing allocates.

use crate::call::audio::g711::Law;
use crate::call::audio::g722;
use crate::call::audio::halfband::Halver;
use crate::call::audio::jitter::PACKET_SAMPLES_MAX;
use crate::call::line::{FRAME_SAMPLES, Frame, VOICE_FRAME_SAMPLES, VoiceFrame};
use crate::config::Codec;

/// Bytes of the longest coded frame: 20 ms of 16 bit at 16 kHz.
pub const CODED_BYTES_MAX: usize = 2 * VOICE_FRAME_SAMPLES;

/// How linear samples lie on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Highest byte first: RTP (RFC 3551, section 4.5.11).
    Network,
    /// Lowest byte first: AudioSocket and `chan_websocket`.
    Little,
}

impl ByteOrder {
    const fn sample(self, bytes: [u8; 2]) -> i16 {
        match self {
            Self::Network => i16::from_be_bytes(bytes),
            Self::Little => i16::from_le_bytes(bytes),
        }
    }

    const fn bytes(self, sample: i16) -> [u8; 2] {
        match self {
            Self::Network => sample.to_be_bytes(),
            Self::Little => sample.to_le_bytes(),
        }
    }

    fn write(self, samples: &[i16], coded: &mut [u8]) {
        for (&sample, bytes) in samples.iter().zip(coded.as_chunks_mut::<2>().0) {
            *bytes = self.bytes(sample);
        }
    }
}

/// Bytes that are one sample at 8 kHz.
const fn bytes_a_sample(codec: Codec) -> usize {
    match codec {
        Codec::Alaw | Codec::Ulaw | Codec::G722 => 1,
        Codec::Slin => 2,
        Codec::Slin16 => 4,
    }
}

/// Most bytes in this code that [`Decoder::decode`] takes at once: 60 ms.
#[must_use]
pub const fn coded_bytes_max(codec: Codec) -> usize {
    PACKET_SAMPLES_MAX * bytes_a_sample(codec)
}

/// Our voice on its way to the wire.
#[derive(Clone, Debug)]
pub struct Encoder {
    order: ByteOrder,
    halver: Halver,
    g722: g722::Encoder,
}

impl Encoder {
    /// After silence.
    #[must_use]
    pub const fn new(order: ByteOrder) -> Self {
        Self { order, halver: Halver::new(), g722: g722::Encoder::new() }
    }

    /// The next 20 ms in this code, made in `coded`.
    pub fn encode<'a>(
        &mut self,
        codec: Codec,
        frame: &VoiceFrame,
        coded: &'a mut [u8; CODED_BYTES_MAX],
    ) -> &'a [u8] {
        let mut narrow = Frame::SILENCE;
        if !codec.is_wide() {
            self.halver.halve(&frame.0, &mut narrow.0);
        }
        let coded = &mut coded[..FRAME_SAMPLES * bytes_a_sample(codec)];
        match codec {
            Codec::Alaw => Law::A.encode_into(&narrow.0, coded),
            Codec::Ulaw => Law::Mu.encode_into(&narrow.0, coded),
            Codec::G722 => self.g722.encode(&frame.0, coded),
            Codec::Slin => self.order.write(&narrow.0, coded),
            Codec::Slin16 => self.order.write(&frame.0, coded),
        }
        coded
    }
}

/// The caller on his way from the wire.
#[derive(Clone, Debug)]
pub struct Decoder {
    order: ByteOrder,
    halver: Halver,
    g722: g722::Decoder,
}

impl Decoder {
    /// After silence.
    #[must_use]
    pub const fn new(order: ByteOrder) -> Self {
        Self { order, halver: Halver::new(), g722: g722::Decoder::new() }
    }

    /// The next sound in this code, made in `narrow` (8 kHz). Bytes that are no whole sample are left out. `None`
    /// where there are more of them than [`coded_bytes_max`].
    pub fn decode<'a>(
        &mut self,
        codec: Codec,
        coded: &[u8],
        narrow: &'a mut [i16; PACKET_SAMPLES_MAX],
    ) -> Option<&'a [i16]> {
        let narrow = narrow.get_mut(..coded.len() / bytes_a_sample(codec))?;
        match codec {
            Codec::Alaw => Law::A.decode_into(coded, narrow),
            Codec::Ulaw => Law::Mu.decode_into(coded, narrow),
            Codec::G722 => {
                let wide = &mut [0; 2 * PACKET_SAMPLES_MAX][..2 * narrow.len()];
                self.g722.decode(coded, wide);
                self.halver.halve(wide, narrow);
            }
            Codec::Slin => self.read(coded, narrow),
            Codec::Slin16 => {
                let wide = &mut [0; 2 * PACKET_SAMPLES_MAX][..2 * narrow.len()];
                self.read(coded, wide);
                self.halver.halve(wide, narrow);
            }
        }
        Some(narrow)
    }

    fn read(&self, coded: &[u8], samples: &mut [i16]) {
        for (sample, &bytes) in samples.iter_mut().zip(coded.as_chunks::<2>().0) {
            *sample = self.order.sample(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CODECS: [Codec; 5] = [Codec::Alaw, Codec::Ulaw, Codec::G722, Codec::Slin, Codec::Slin16];

    /// Height of the tone of `hertz` in `sound` at 8 kHz.
    fn height(sound: &[i16], hertz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, &sample) in sound.iter().enumerate() {
            let angle = std::f64::consts::TAU * hertz * at as f64 / 8_000.0;
            re += f64::from(sample) * angle.cos();
            im += f64::from(sample) * angle.sin();
        }
        2.0 * f64::hypot(re, im) / sound.len() as f64
    }

    #[test]
    fn a_tone_goes_there_and_back_in_every_code_and_order() {
        for codec in CODECS {
            for order in [ByteOrder::Network, ByteOrder::Little] {
                let (mut encoder, mut decoder) = (Encoder::new(order), Decoder::new(order));
                let mut heard = Vec::new();
                for number in 0..50 {
                    let frame = VoiceFrame(std::array::from_fn(|at| {
                        let angle = std::f64::consts::TAU * 1_000.0 * (number * 320 + at) as f64 / 16_000.0;
                        (angle.sin() * 8_000.0) as i16
                    }));
                    let (mut coded, mut narrow) = ([0; CODED_BYTES_MAX], [0; PACKET_SAMPLES_MAX]);
                    let coded = encoder.encode(codec, &frame, &mut coded);
                    assert_eq!(coded.len(), 160 * bytes_a_sample(codec));
                    heard.extend_from_slice(decoder.decode(codec, coded, &mut narrow).unwrap());
                }
                let height = height(&heard[800..7_200], 1_000.0);
                assert!((height - 8_000.0).abs() < 200.0, "{codec:?} {order:?}: {height}");
            }
        }
    }

    #[test]
    fn linear_samples_lie_as_their_wire_wants_them() {
        let (mut coded, frame) = ([0; CODED_BYTES_MAX], VoiceFrame([0x0102; VOICE_FRAME_SAMPLES]));
        for (order, bytes) in [(ByteOrder::Network, [1, 2]), (ByteOrder::Little, [2, 1])] {
            assert_eq!(Encoder::new(order).encode(Codec::Slin16, &frame, &mut coded)[..2], bytes);
            let mut narrow = [0; PACKET_SAMPLES_MAX];
            let sound = Decoder::new(order).decode(Codec::Slin, &bytes, &mut narrow);
            assert_eq!(sound, Some(&[0x0102][..]));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_many_or_too_few(
            coded in proptest::collection::vec(any::<u8>(), 0..2_100),
            nth in 0..CODECS.len(),
        ) {
            let (codec, mut narrow) = (CODECS[nth], [0; PACKET_SAMPLES_MAX]);
            let sound = Decoder::new(ByteOrder::Little).decode(codec, &coded, &mut narrow);
            let samples = coded.len() / bytes_a_sample(codec);
            prop_assert_eq!(sound.map(<[i16]>::len), (samples <= PACKET_SAMPLES_MAX).then_some(samples));
        }
    }
}
