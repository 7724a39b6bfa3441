//! Sound at another rate. Two forms over `rubato`:
//!
//! - [`resample`]: a whole sound at once, by FFT, without delay. For files and for the voice.
//! - [`Resampler`]: a stream in chunks of one size, by windowed sinc, with about 2 ms of delay and without any
//!   allocation once it is made. For microphones and models that want another rate than the call's. (rubato's
//!   FFT form costs less, but its delay of 10 ms is half a frame of the caller's time.)

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Resampler as _, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

/// Lowest rate taken, in Hz.
pub const RATE_HZ_MIN: u32 = 4_000;
/// Highest rate taken, in Hz.
pub const RATE_HZ_MAX: u32 = 192_000;
/// Samples in a chunk of the whole-sound form. Longer blocks mean a steeper filter; 1024 samples are 5 ms
/// (192 kHz) to 128 ms (8 kHz).
const BLOCK_SAMPLES: usize = 1_024;
/// Length of the stream's filter in samples of the lower rate: 2 ms of delay at 8 kHz.
const SINC_SAMPLES: u32 = 32;
/// Places between two samples for which the stream's filter is worked out in advance, at most. Rates whose ratio
/// needs no more hit them exactly (16 kHz → 8 kHz needs 1, 44.1 kHz → 8 kHz needs 80); for others the two nearest
/// are weighed.
const SINC_PLACES_MAX: u32 = 512;

/// Why sound could not be brought to another rate.
#[derive(Debug, thiserror::Error)]
pub enum ResampleError {
    /// A rate out of bounds.
    #[error(
        "resampling from {from_hz} Hz to {to_hz} Hz: rates from {RATE_HZ_MIN} to {RATE_HZ_MAX} Hz are taken"
    )]
    Rate {
        /// Of the input.
        from_hz: u32,
        /// Of the output.
        to_hz: u32,
    },
    /// The filter refused.
    #[error("resampling from {from_hz} Hz to {to_hz} Hz: {cause}")]
    Filter {
        /// Of the input.
        from_hz: u32,
        /// Of the output.
        to_hz: u32,
        /// As the filter says it.
        cause: String,
    },
}

/// The sound of `samples` (mono, ±1) at another rate. Starts and ends where the original does: the length is
/// `samples.len() × to_hz / from_hz`, rounded up.
///
/// # Errors
/// A rate out of bounds.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Result<Vec<f32>, ResampleError> {
    check_rates(from_hz, to_hz)?;
    if from_hz == to_hz || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let refused = |cause: String| ResampleError::Filter { from_hz, to_hz, cause };
    let mut filter = Fft::<f32>::new_custom(
        from_hz as usize,
        to_hz as usize,
        BLOCK_SAMPLES,
        1,
        1,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    )
    .map_err(|error| refused(error.to_string()))?;
    let input =
        InterleavedSlice::new(samples, 1, samples.len()).map_err(|error| refused(error.to_string()))?;
    let room = filter.process_all_needed_output_len(samples.len());
    let mut output = vec![0.0; room];
    let mut sink =
        InterleavedSlice::new_mut(&mut output, 1, room).map_err(|error| refused(error.to_string()))?;
    let (_, written) = filter
        .process_all_into_buffer(&input, &mut sink, samples.len(), None)
        .map_err(|error| refused(error.to_string()))?;
    output.truncate(written);
    Ok(output)
}

/// A stream at another rate: chunks of one size in, what they make out.
pub struct Resampler {
    filter: Async<f32>,
    output: Vec<f32>,
    chunk_samples: usize,
    from_hz: u32,
    to_hz: u32,
}

impl Resampler {
    /// A stream (mono, ±1) from one rate to the other that is fed `chunk_samples` at a time.
    ///
    /// # Errors
    /// A rate out of bounds, a chunk of no samples.
    pub fn new(from_hz: u32, to_hz: u32, chunk_samples: usize) -> Result<Self, ResampleError> {
        check_rates(from_hz, to_hz)?;
        let sinc_len = SINC_SAMPLES * from_hz.div_ceil(to_hz);
        let places = to_hz / common_divisor(from_hz, to_hz);
        let interpolation = if places <= SINC_PLACES_MAX {
            SincInterpolationType::Nearest
        } else {
            SincInterpolationType::Linear
        };
        let parameters = SincInterpolationParameters::new(sinc_len as usize, WindowFunction::Blackman2)
            .oversampling_factor(places.min(SINC_PLACES_MAX) as usize)
            .interpolation(interpolation);
        let ratio = f64::from(to_hz) / f64::from(from_hz);
        let filter = Async::new_sinc(ratio, 1.0, &parameters, chunk_samples, 1, FixedAsync::Input)
            .map_err(|error| ResampleError::Filter { from_hz, to_hz, cause: error.to_string() })?;
        let output = vec![0.0; filter.output_frames_max()];
        Ok(Self { filter, output, chunk_samples, from_hz, to_hz })
    }

    /// Samples that each [`push`](Self::push) takes.
    #[must_use]
    pub const fn chunk_samples(&self) -> usize {
        self.chunk_samples
    }

    /// How much later the sound comes out than it went in, in samples of the output's rate.
    #[must_use]
    pub fn delay_samples(&self) -> usize {
        self.filter.output_delay()
    }

    /// The next chunk, and what became of it. The count varies by one where the rates do not divide evenly.
    ///
    /// # Errors
    /// A chunk of another length.
    pub fn push(&mut self, chunk: &[f32]) -> Result<&[f32], ResampleError> {
        let (from_hz, to_hz) = (self.from_hz, self.to_hz);
        let refused = |cause: String| ResampleError::Filter { from_hz, to_hz, cause };
        if chunk.len() != self.chunk_samples {
            return Err(refused(format!("{} samples where {} are due", chunk.len(), self.chunk_samples)));
        }
        let input =
            InterleavedSlice::new(chunk, 1, chunk.len()).map_err(|error| refused(error.to_string()))?;
        let room = self.output.len();
        let mut sink = InterleavedSlice::new_mut(&mut self.output, 1, room)
            .map_err(|error| refused(error.to_string()))?;
        let (_, written) = self
            .filter
            .process_into_buffer(&input, &mut sink, None)
            .map_err(|error| refused(error.to_string()))?;
        Ok(&self.output[..written])
    }
}

const fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

const fn check_rates(from_hz: u32, to_hz: u32) -> Result<(), ResampleError> {
    let known =
        RATE_HZ_MIN <= from_hz && from_hz <= RATE_HZ_MAX && RATE_HZ_MIN <= to_hz && to_hz <= RATE_HZ_MAX;
    if known { Ok(()) } else { Err(ResampleError::Rate { from_hz, to_hz }) }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::call::audio::pcm::rms;

    fn tone(hz: f32, rate_hz: u32, samples: usize) -> Vec<f32> {
        (0..samples).map(|at| 0.5 * (TAU * hz * at as f32 / rate_hz as f32).sin()).collect()
    }

    /// How much of `samples` is the tone, as the height of its sine.
    fn height(samples: &[f32], hz: f32, rate_hz: u32) -> f32 {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, sample) in samples.iter().enumerate() {
            let angle = TAU * hz * at as f32 / rate_hz as f32;
            re += sample * angle.cos();
            im += sample * angle.sin();
        }
        2.0 * re.hypot(im) / samples.len() as f32
    }

    #[test]
    fn a_tone_keeps_its_length_pitch_height_and_place() {
        for (from_hz, to_hz) in
            [(16_000, 8_000), (22_050, 8_000), (44_100, 8_000), (48_000, 8_000), (8_000, 16_000)]
        {
            let out = resample(&tone(400.0, from_hz, from_hz as usize), from_hz, to_hz).unwrap();
            assert_eq!(out.len(), to_hz as usize, "{from_hz} → {to_hz}");
            let steady = &out[to_hz as usize / 10..];
            let height = height(&steady[..to_hz as usize / 2], 400.0, to_hz);
            assert!((height - 0.5).abs() < 0.005, "{from_hz} → {to_hz}: {height}");
            // Half a sample at 8 kHz is what the filter's rounded delay may shift it by.
            let expected = tone(400.0, to_hz, to_hz as usize);
            let difference: Vec<f32> = (200..out.len() - 200).map(|at| out[at] - expected[at]).collect();
            assert!(rms(&difference) < 0.056, "{from_hz} → {to_hz}: {}", rms(&difference));
        }
    }

    #[test]
    fn what_a_telephone_cannot_carry_does_not_fold_back() {
        for from_hz in [16_000, 22_050, 48_000] {
            let out = resample(&tone(5_000.0, from_hz, from_hz as usize), from_hz, 8_000).unwrap();
            let steady = &out[400..7_600];
            assert!(rms(steady) < 0.0005, "{from_hz}: {}", rms(steady));
        }
    }

    #[test]
    fn a_stream_is_the_sound_itself_two_milliseconds_later() {
        for (from_hz, to_hz) in [
            (16_000, 8_000),
            (8_000, 16_000),
            (48_000, 8_000),
            (8_000, 48_000),
            (44_100, 8_000),
            (47_999, 8_000),
        ] {
            let chunk = from_hz as usize / 50;
            let mut stream = Resampler::new(from_hz, to_hz, chunk).unwrap();
            let delay_ms = stream.delay_samples() as f32 * 1000.0 / to_hz as f32;
            assert!(delay_ms < 3.0, "{from_hz} → {to_hz}: {delay_ms} ms");
            let mut out = Vec::new();
            for part in tone(1_000.0, from_hz, from_hz as usize).chunks_exact(chunk) {
                out.extend_from_slice(stream.push(part).unwrap());
            }
            let off = out.len().abs_diff(to_hz as usize);
            assert!(off <= to_hz as usize / 400, "{from_hz} → {to_hz}: {off} samples short");
            let steady = &out[to_hz as usize / 10..];
            let height = height(&steady[..to_hz as usize / 2], 1_000.0, to_hz);
            assert!((height - 0.5).abs() < 0.01, "{from_hz} → {to_hz}: {height}");
            assert!((rms(steady) - 0.5 / 2.0_f32.sqrt()).abs() < 0.01);
        }
    }

    #[test]
    fn a_stream_does_not_fold_back_either() {
        let mut stream = Resampler::new(48_000, 8_000, 960).unwrap();
        let out: Vec<f32> = tone(6_000.0, 48_000, 48_000)
            .chunks_exact(960)
            .flat_map(|part| stream.push(part).unwrap().to_vec())
            .collect();
        assert!(rms(&out[800..]) < 0.005, "{}", rms(&out[800..]));
    }

    #[test]
    fn a_stream_allocates_nothing_once_it_runs() {
        let mut stream = Resampler::new(16_000, 8_000, 320).unwrap();
        let chunk = tone(300.0, 16_000, 320);
        stream.push(&chunk).unwrap();
        let counted = allocation_counter::measure(|| {
            for _ in 0..100 {
                std::hint::black_box(stream.push(&chunk).unwrap());
            }
        });
        assert_eq!(counted.count_total, 0);
    }

    #[test]
    fn rates_and_lengths_out_of_bounds_are_errors() {
        assert!(matches!(resample(&[0.0], 0, 8_000), Err(ResampleError::Rate { .. })));
        assert!(matches!(resample(&[0.0], 8_000, 1_000_000), Err(ResampleError::Rate { .. })));
        assert!(Resampler::new(8_000, 16_000, 0).is_err());
        assert!(Resampler::new(8_000, 16_000, 160).unwrap().push(&[0.0; 159]).is_err());
        assert!(resample(&[], 8_000, 16_000).unwrap().is_empty());
    }
}
