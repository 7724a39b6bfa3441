//! Log-mel features, exactly as the recogniser's weights were trained on (`models/de-telephone/CARD.md`): raw, because
//! all normalisation is inside the weights, so that a frame is final as soon as its sound is there.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Mel bands a frame.
pub const MEL_BANDS: usize = 40;
/// Samples a frame: 25 ms at 8 kHz.
pub const FRAME_SAMPLES: usize = 200;
/// Samples from one frame to the next: 10 ms.
pub const STEP_SAMPLES: usize = 80;
const FFT_SAMPLES: usize = 256;
const BINS: usize = FFT_SAMPLES / 2 + 1;
const RATE_HZ: f64 = 8000.0;
const LOW_HZ: f64 = 150.0;
const HIGH_HZ: f64 = 3750.0;
/// Added to every band before the logarithm.
const FLOOR: f32 = 1e-7;

/// One triangular band: its first bin and the weights from there on.
struct Band {
    first: usize,
    weights: Vec<f32>,
}

/// Computes log-mel frames; keeps its plan and buffers.
pub struct LogMel {
    fft: Arc<dyn RealToComplex<f32>>,
    window: [f32; FRAME_SAMPLES],
    bands: Vec<Band>,
    input: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: [f32; BINS],
}

impl Default for LogMel {
    fn default() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FFT_SAMPLES);
        Self {
            window: std::array::from_fn(hann),
            bands: bands(),
            input: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: [0.0; BINS],
            fft,
        }
    }
}

impl LogMel {
    /// Appends the frames that are whole in `samples` (8 kHz, ±1) to `out`, [`MEL_BANDS`] values each, and takes what
    /// no later frame needs off `samples`.
    pub fn take(&mut self, samples: &mut Vec<f32>, out: &mut Vec<f32>) {
        let mut at = 0;
        while let Some(frame) = samples.get(at..at + FRAME_SAMPLES) {
            self.frame(frame, out);
            at += STEP_SAMPLES;
        }
        samples.drain(..at);
    }

    fn frame(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.input.fill(0.0);
        for ((value, sample), weight) in self.input.iter_mut().zip(samples).zip(&self.window) {
            *value = sample * weight;
        }
        self.fft
            .process_with_scratch(&mut self.input, &mut self.spectrum, &mut self.scratch)
            .expect("the buffers were made by the plan itself");
        for (power, value) in self.power.iter_mut().zip(&self.spectrum) {
            *power = value.norm_sqr();
        }
        for band in &self.bands {
            let powers = &self.power[band.first..];
            let energy: f32 = powers.iter().zip(&band.weights).map(|(power, weight)| power * weight).sum();
            out.push((energy + FLOOR).ln());
        }
    }
}

/// `numpy.hanning(201)[index]`.
fn hann(index: usize) -> f32 {
    let phase = std::f64::consts::TAU * index as f64 / FRAME_SAMPLES as f64;
    (0.5 - 0.5 * phase.cos()) as f32
}

fn mel(hz: f64) -> f64 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

fn hz(mel: f64) -> f64 {
    700.0 * (10f64.powf(mel / 2595.0) - 1.0)
}

/// Triangles between corners that stand evenly in mel; in units of bins, no side narrower than half a bin.
fn bands() -> Vec<Band> {
    let corner = |index: usize| {
        let share = index as f64 / (MEL_BANDS + 1) as f64;
        hz(mel(LOW_HZ) + (mel(HIGH_HZ) - mel(LOW_HZ)) * share) * FFT_SAMPLES as f64 / RATE_HZ
    };
    (0..MEL_BANDS).map(|band| triangle(corner(band), corner(band + 1), corner(band + 2))).collect()
}

fn triangle(left: f64, top: f64, right: f64) -> Band {
    let weight = |bin: usize| {
        let rise = (bin as f64 - left) / (top - left).max(0.5);
        let fall = (right - bin as f64) / (right - top).max(0.5);
        rise.min(fall).max(0.0) as f32
    };
    let weights: Vec<f32> = (0..BINS).map(weight).collect();
    let first = weights.iter().position(|weight| *weight > 0.0);
    let Some(first) = first else {
        // a triangle that falls between two bins; training gave it a whisper of the last bin
        return Band { first: BINS - 1, weights: vec![0.01] };
    };
    let end = weights.iter().rposition(|weight| *weight > 0.0).map_or(first, |last| last + 1);
    Band { first, weights: weights[first..end].to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same signal in both worlds: two sweeps of integers, no randomness and no libm in its making.
    fn signal() -> Vec<f32> {
        let sample = |n: i64| ((n * n * 7 + n * 31) % 2001 - 1000) as f32 / 4000.0;
        (0..1000).map(|n| sample(n) * if n % 400 < 200 { 1.0 } else { 0.1 }).collect()
    }

    #[test]
    fn agrees_with_numpy() {
        let expected: Vec<f32> = include_str!("features_numpy.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| line.split_whitespace().map(|value| value.parse::<f32>().expect("a number")))
            .collect();
        let mut frames = Vec::new();
        LogMel::default().take(&mut signal(), &mut frames);
        assert_eq!((frames.len(), expected.len()), (11 * MEL_BANDS, 11 * MEL_BANDS));
        normalise(&mut frames, 11);
        let worst =
            frames.iter().zip(&expected).map(|(ours, numpy)| (ours - numpy).abs()).fold(0.0, f32::max);
        assert!(worst < 2e-3, "worst difference {worst}");
    }

    /// The reference holds each band without its mean and scaled by 0.4.
    fn normalise(frames: &mut [f32], count: usize) {
        for band in 0..MEL_BANDS {
            let sum: f32 = frames.iter().skip(band).step_by(MEL_BANDS).sum();
            let mean = sum / count as f32;
            for value in frames.iter_mut().skip(band).step_by(MEL_BANDS) {
                *value = (*value - mean) * 0.4;
            }
        }
    }

    #[test]
    fn it_is_the_same_however_the_sound_comes() {
        let (mut whole, mut pieces) = (Vec::new(), Vec::new());
        LogMel::default().take(&mut signal(), &mut whole);
        let (mut log_mel, mut tail) = (LogMel::default(), Vec::new());
        for piece in signal().chunks(7) {
            tail.extend_from_slice(piece);
            log_mel.take(&mut tail, &mut pieces);
            assert!(tail.len() < FRAME_SAMPLES);
        }
        assert_eq!(whole, pieces);
    }

    #[test]
    fn silence_is_the_floor_and_not_infinite() {
        let mut frames = Vec::new();
        LogMel::default().take(&mut vec![0.0; 360], &mut frames);
        assert_eq!(frames, vec![FLOOR.ln(); 3 * MEL_BANDS]);
    }
}
