//! Brings a stretch of telephone sound into the state that the recogniser was trained on: speech at a peak of
//! one half, a little near silence on both sides, and a whisper of noise instead of digital zeros.

use crate::call::audio::pcm::sample_to_float;

/// Peak that speech is brought to.
const PEAK: f32 = 0.5;
/// Most that quiet sound is lifted (30 dB), so that silence stays silence.
const GAIN_MAX: f32 = 32.0;
/// Near silence on each side: 200 ms.
const MARGIN_SAMPLES: usize = 1600;
/// Stretches in which loudness is measured: 20 ms.
const STRETCH_SAMPLES: usize = 160;
/// A stretch this far below the loudest one (38 dB in energy) counts as silence before and after the speech.
const QUIET_SHARE: f32 = 1.6e-4;
/// Amplitude of the noise that is laid under everything: 3e-4 root mean square, as in training.
const WHISPER: f32 = 3e-4 * 1.732;

/// Nothing louder than this (-54 dB of the loudest) is a caller; A-law's own silence is ±8.
const FAINT: u16 = 64;

/// Conditions `samples` into `out` (±1, 8 kHz) and returns how many samples later in `out` a sample lies; negative
/// where silence was cut off. `None`: there is nothing in them but silence.
pub fn condition(samples: &[i16], out: &mut Vec<f32>) -> Option<i64> {
    if samples.iter().all(|sample| sample.unsigned_abs() < FAINT) {
        return None;
    }
    let (first, end) = spoken(samples);
    let (cut, tail) = (first.saturating_sub(MARGIN_SAMPLES), (end + MARGIN_SAMPLES).min(samples.len()));
    let lead = MARGIN_SAMPLES - (first - cut);
    let trail = MARGIN_SAMPLES - (tail - end);
    let kept = &samples[cut..tail];
    let peak = kept.iter().map(|sample| sample_to_float(*sample).abs()).fold(0.0, f32::max);
    let gain = (PEAK / peak.max(1e-6)).min(GAIN_MAX);
    out.clear();
    out.resize(lead, 0.0);
    out.extend(kept.iter().map(|sample| sample_to_float(*sample) * gain));
    out.resize(out.len() + trail, 0.0);
    whisper(out);
    Some(lead as i64 - cut as i64)
}

/// First sample and one past the last of what is not silence; the whole where everything is equally loud.
fn spoken(samples: &[i16]) -> (usize, usize) {
    let energy = |stretch: &[i16]| {
        stretch.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>() / stretch.len() as f32
    };
    let loudest = samples.chunks(STRETCH_SAMPLES).map(energy).fold(0.0, f32::max);
    let mut loud = samples
        .chunks(STRETCH_SAMPLES)
        .enumerate()
        .filter(|(_, stretch)| energy(stretch) > loudest * QUIET_SHARE);
    let Some((first, _)) = loud.next() else { return (0, samples.len()) };
    let last = loud.next_back().map_or(first, |(index, _)| index);
    (first * STRETCH_SAMPLES, ((last + 1) * STRETCH_SAMPLES).min(samples.len()))
}

/// Adds the same noise every time: a 32-bit linear congruential generator (Numerical Recipes' constants).
fn whisper(samples: &mut [f32]) {
    let mut state = 1u32;
    for sample in samples {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let unit = (state >> 8) as f32 / (1u32 << 23) as f32 - 1.0;
        *sample += unit * WHISPER;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifts_speech_and_cuts_the_silence_around_it() {
        let mut samples = vec![0i16; 8000];
        samples.extend((0..4000).map(|n| if n % 2 == 0 { 1000 } else { -1000 }));
        samples.extend(vec![0i16; 8000]);
        let mut out = Vec::new();
        let later = condition(&samples, &mut out);
        assert_eq!(later, Some(1600 - 8000));
        assert_eq!(out.len(), 1600 + 4000 + 1600);
        assert!((out[1600].abs() - PEAK).abs() < 0.01);
        assert!(out[..1600].iter().all(|sample| sample.abs() < 0.001));
    }

    #[test]
    fn silence_is_nothing() {
        let mut out = Vec::new();
        assert_eq!(condition(&[8; 4000], &mut out), None);
        assert_eq!(condition(&[], &mut out), None);
    }
}
