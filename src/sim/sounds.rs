//! What a caller's telephone sends when nobody speaks into it: music, the noise of a room, a fax machine. Made frame
//! by frame, the same every time. In the pretend world music scores as no speech, as real music does, and the noise
//! as speech without words.

use std::f32::consts::TAU;

use crate::call::line::{FRAME_SAMPLES, Frame, SAMPLE_RATE_HZ};

/// Four chords, in Hz, two seconds each.
const CHORDS: [[f32; 3]; 4] =
    [[262.0, 330.0, 392.0], [220.0, 262.0, 330.0], [349.0, 440.0, 523.0], [392.0, 494.0, 587.0]];
const CHORD_FRAMES: u64 = 100;
/// Each note rings for half a second.
const BEAT_SAMPLES: u64 = SAMPLE_RATE_HZ as u64 / 2;
const NOTE_LEVEL: f32 = 1_000.0;
/// Below the level of anything that has a text ([`LEVEL_FIRST`](super::pretend::LEVEL_FIRST)).
const NOISE_LEVEL: f32 = 3_900.0;
/// ITU-T T.30: 1,100 Hz, 0.5 s on, 3 s off.
const CNG_HZ: f32 = 1_100.0;
const CNG_ON_FRAMES: u64 = 25;
const CNG_FRAMES: u64 = 175;
const CNG_LEVEL: f32 = 3_500.0;

/// A kind of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Chords with a beat.
    Music,
    /// White noise.
    Noise,
    /// A fax machine that calls.
    Fax,
}

impl Background {
    /// Its 20 ms number `number`.
    #[must_use]
    pub fn frame(self, number: u64) -> Frame {
        Frame(std::array::from_fn(|at| {
            let sample = number * FRAME_SAMPLES as u64 + at as u64;
            #[expect(clippy::cast_possible_truncation, reason = "the levels are those of samples")]
            {
                self.sample(number, sample) as i16
            }
        }))
    }

    fn sample(self, frame: u64, sample: u64) -> f32 {
        // of whole seconds only the part counts, and the frequencies are whole
        let seconds = (sample % u64::from(SAMPLE_RATE_HZ)) as f32 / SAMPLE_RATE_HZ as f32;
        match self {
            Self::Music => {
                let chord = CHORDS[(frame / CHORD_FRAMES % CHORDS.len() as u64) as usize];
                let rings = 1.0 - (sample % BEAT_SAMPLES) as f32 / BEAT_SAMPLES as f32;
                chord.iter().map(|hz| (TAU * hz * seconds).sin()).sum::<f32>() * NOTE_LEVEL * rings.max(0.3)
            }
            Self::Noise => (mixed(sample) as f32 / u32::MAX as f32 - 0.5) * 2.0 * NOISE_LEVEL,
            Self::Fax if frame % CNG_FRAMES < CNG_ON_FRAMES => (TAU * CNG_HZ * seconds).sin() * CNG_LEVEL,
            Self::Fax => 0.0,
        }
    }
}

/// Bits without a pattern, the same for the same sample.
const fn mixed(sample: u64) -> u32 {
    let mut bits = sample.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits >> 32) as u32
}
