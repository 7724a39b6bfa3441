//! Two ways to write one sound: 16-bit integers as telephones send them, and floats of ±1 as filters and models
//! take them. 32768 is 1.0, so both ways and back give the same sample.

/// Full scale of 16-bit sound.
const FULL_SCALE: f32 = 32_768.0;

/// 16-bit samples as floats of ±1.
#[must_use]
pub fn to_float(samples: &[i16]) -> Vec<f32> {
    samples.iter().copied().map(sample_to_float).collect()
}

/// Floats of ±1 as 16-bit samples: rounded, held at full scale, silence where a value is no number.
#[must_use]
pub fn to_pcm(samples: &[f32]) -> Vec<i16> {
    samples.iter().copied().map(sample_to_pcm).collect()
}

/// One 16-bit sample as a float of ±1.
#[must_use]
pub fn sample_to_float(sample: i16) -> f32 {
    f32::from(sample) / FULL_SCALE
}

/// One float of ±1 as a 16-bit sample.
#[must_use]
pub fn sample_to_pcm(sample: f32) -> i16 {
    (sample * FULL_SCALE).round() as i16
}

/// Root of the mean square, in the unit of the samples; 0 where there are none.
#[must_use]
pub fn rms(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return 0.0;
    }
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_survives_both_ways() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(sample_to_pcm(sample_to_float(sample)), sample);
        }
    }

    #[test]
    fn what_is_too_loud_or_no_number_stays_within_bounds() {
        assert_eq!(
            to_pcm(&[2.0, -2.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
            [i16::MAX, i16::MIN, 0, i16::MAX, i16::MIN]
        );
    }

    #[test]
    fn the_level_of_a_square_wave_is_its_height() {
        assert!((rms(&[0.5, -0.5, 0.5, -0.5]) - 0.5).abs() < 1e-6);
        assert!(rms(&[]).abs() < f32::EPSILON);
    }
}
