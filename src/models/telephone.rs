//! A telephone line for sound that did not come over one: the band from 300 to 3,400 Hz and the coding of G.711.
//! For files that are to be heard as a caller would be, and for measuring.

use realfft::RealFftPlanner;

use crate::call::audio::g711::Law;
use crate::call::audio::pcm::{to_float, to_pcm};
use crate::call::line::SAMPLE_RATE_HZ;

const LOW_HZ: f32 = 300.0;
const HIGH_HZ: f32 = 3400.0;

/// What is left of `samples` (8 kHz) behind a telephone line.
#[must_use]
pub fn through_telephone(samples: &[i16]) -> Vec<i16> {
    let mut banded = band(samples);
    let mut codes = vec![0; banded.len()];
    Law::A.encode_into(&banded, &mut codes);
    Law::A.decode_into(&codes, &mut banded);
    banded
}

/// The telephone band: 24 dB an octave below, 72 dB above.
fn band(samples: &[i16]) -> Vec<i16> {
    let length = samples.len().next_power_of_two().max(2);
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, backward) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let mut sound = to_float(samples);
    sound.resize(length, 0.0);
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut sound, &mut spectrum).expect("the buffers have the plan's lengths");
    for (bin, value) in spectrum.iter_mut().enumerate() {
        let hz = bin as f32 * SAMPLE_RATE_HZ as f32 / length as f32;
        let low = 1.0 / (1.0 + (LOW_HZ / hz.max(1.0)).powi(8));
        let high = 1.0 / (1.0 + (hz / HIGH_HZ).powi(24));
        *value *= low * high / length as f32;
    }
    // an inverse of real numbers wants real ends
    spectrum[0].im = 0.0;
    spectrum[length / 2].im = 0.0;
    backward.process(&mut spectrum, &mut sound).expect("the buffers have the plan's lengths");
    sound.truncate(samples.len());
    to_pcm(&sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32) -> Vec<i16> {
        let phase = std::f32::consts::TAU * hz / 8000.0;
        (0..8000).map(|n| ((n as f32 * phase).sin() * 8000.0) as i16).collect()
    }

    fn loudest(samples: &[i16]) -> i16 {
        samples[2000..6000].iter().copied().max().unwrap_or(0)
    }

    #[test]
    fn passes_speech_and_stops_what_no_telephone_carries() {
        assert!(loudest(&through_telephone(&tone(1000.0))) > 7500);
        assert!(loudest(&through_telephone(&tone(100.0))) < 200);
        assert!(loudest(&through_telephone(&tone(3900.0))) < 1500);
        assert!(through_telephone(&[]).is_empty());
    }
}
