//! Log-mel features as Kaldi and NeMo compute them, at 16 kHz: what recognisers of others were trained on.
//!
//! Frames of 25 ms each 10 ms, the first one centred on the first 10 ms (`snip_edges = false`: what is missing at
//! the edges is mirrored), pre-emphasis 0.97, FFT of 512, `ln` of the band's energy, no dither. Numbers agree with
//! kaldi-native-fbank 1.23 (`tests/recognisers_of_others.rs`).

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Samples a second that the features are made of.
pub const RATE_HZ: usize = 16_000;
/// Samples a frame: 25 ms.
const FRAME_SAMPLES: usize = 400;
/// Samples from one frame to the next: 10 ms.
pub const STEP_SAMPLES: usize = 160;
/// Samples of the first frame that lie before the sound.
const BEFORE_SAMPLES: usize = (FRAME_SAMPLES - STEP_SAMPLES) / 2;
const FFT_SAMPLES: usize = 512;
const PREEMPHASIS: f32 = 0.97;
/// What NeMo adds to every band before the logarithm: 2⁻²⁴.
const NEMO_FLOOR: f32 = 1.0 / (1 << 24) as f32;
/// Bands that can be asked for; with more the lowest ones would have no bin of the spectrum.
pub const BANDS: std::ops::RangeInclusive<usize> = 20..=128;

/// Whose features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Kaldi's: mean of the frame taken off, Povey's window, bands from 20 to 7,600 Hz even in mel.
    Kaldi,
    /// NeMo's, which are librosa's: Hann's window, bands from 0 to 8,000 Hz on Slaney's scale, each of the same area.
    Nemo,
}

/// Sound of one stream that waits for its frames.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    sound: Vec<f32>,
    /// Samples that were let go before `sound`.
    gone: usize,
    /// Frames made.
    frames: usize,
}

impl Waiting {
    /// Takes in sound: 16 kHz.
    pub fn push(&mut self, wide: &[i16]) {
        self.sound.extend(wide.iter().map(|sample| f32::from(*sample) / 32_768.0));
    }
}

struct Band {
    first: usize,
    weights: Vec<f32>,
}

/// Computes frames; keeps its plan and buffers.
pub struct Fbank {
    flavour: Flavour,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    bands: Vec<Band>,
    input: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Fbank {
    /// Features of that kind; `bands` within [`BANDS`], others are brought to the nearest in it.
    #[must_use]
    pub fn new(flavour: Flavour, bands: usize) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FFT_SAMPLES);
        let bands = bands.clamp(*BANDS.start(), *BANDS.end());
        Self {
            flavour,
            window: (0..FRAME_SAMPLES).map(|index| window(flavour, index)).collect(),
            bands: match flavour {
                Flavour::Kaldi => kaldi_bands(bands),
                Flavour::Nemo => nemo_bands(bands),
            },
            input: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Appends the frames that `waiting` has sound for to `out`; `ended`: nothing follows.
    pub fn frames(&mut self, waiting: &mut Waiting, ended: bool, out: &mut Vec<f32>) {
        let heard = waiting.gone + waiting.sound.len();
        let count = if ended {
            (heard + STEP_SAMPLES / 2) / STEP_SAMPLES
        } else {
            (heard + BEFORE_SAMPLES).checked_sub(FRAME_SAMPLES).map_or(0, |rest| rest / STEP_SAMPLES + 1)
        };
        for frame in waiting.frames..count {
            let begin = (frame * STEP_SAMPLES) as i64 - BEFORE_SAMPLES as i64 - waiting.gone as i64;
            self.frame(&waiting.sound, begin, out);
        }
        waiting.frames = count.max(waiting.frames);
        let needed = (waiting.frames * STEP_SAMPLES).saturating_sub(BEFORE_SAMPLES);
        let let_go = needed.saturating_sub(waiting.gone).min(waiting.sound.len());
        waiting.sound.drain(..let_go);
        waiting.gone += let_go;
    }

    /// The frame that begins at `begin` of `sound`, which has at least one sample.
    fn frame(&mut self, sound: &[f32], begin: i64, out: &mut Vec<f32>) {
        self.input.fill(0.0);
        for (index, value) in self.input[..FRAME_SAMPLES].iter_mut().enumerate() {
            *value = sound[mirrored(begin + index as i64, sound.len())];
        }
        let frame = &mut self.input[..FRAME_SAMPLES];
        if self.flavour == Flavour::Kaldi {
            let mean = frame.iter().sum::<f32>() / FRAME_SAMPLES as f32;
            frame.iter_mut().for_each(|value| *value -= mean);
        }
        for index in (1..FRAME_SAMPLES).rev() {
            frame[index] -= PREEMPHASIS * frame[index - 1];
        }
        frame[0] -= PREEMPHASIS * frame[0];
        frame.iter_mut().zip(&self.window).for_each(|(value, weight)| *value *= weight);
        self.fft
            .process_with_scratch(&mut self.input, &mut self.spectrum, &mut self.scratch)
            .expect("the buffers were made by the plan itself");
        for band in &self.bands {
            let bins = self.spectrum[band.first..].iter().zip(&band.weights);
            let energy: f32 = bins.map(|(bin, weight)| bin.norm_sqr() * weight).sum();
            out.push(match self.flavour {
                Flavour::Kaldi => energy.max(f32::EPSILON).ln(),
                Flavour::Nemo => (energy + NEMO_FLOOR).ln(),
            });
        }
    }
}

/// A place in a sound of `count` samples; what lies outside is mirrored at its edges.
fn mirrored(at: i64, count: usize) -> usize {
    let count = count.max(1) as i64;
    let at = at.rem_euclid(2 * count);
    (if at < count { at } else { 2 * count - 1 - at }) as usize
}

fn window(flavour: Flavour, index: usize) -> f32 {
    let phase = std::f64::consts::TAU * index as f64;
    (match flavour {
        Flavour::Kaldi => (0.5 - 0.5 * (phase / (FRAME_SAMPLES - 1) as f64).cos()).powf(0.85),
        Flavour::Nemo => 0.5 - 0.5 * (phase / FRAME_SAMPLES as f64).cos(),
    }) as f32
}

fn bin_hz(bin: usize) -> f64 {
    bin as f64 * RATE_HZ as f64 / FFT_SAMPLES as f64
}

/// A triangle over `corners`, at the places of the bins that `place` gives, its top `height`.
fn band(corners: [f64; 3], bins: usize, height: f64, place: impl Fn(usize) -> f64) -> Band {
    let [left, top, right] = corners;
    let inside: Vec<(usize, f32)> = (0..bins)
        .map(|bin| (bin, place(bin)))
        .filter(|(_, at)| *at > left && *at < right)
        .map(|(bin, at)| {
            (bin, if at <= top { (at - left) / (top - left) } else { (right - at) / (right - top) })
        })
        .map(|(bin, weight)| (bin, (weight * height) as f32))
        .collect();
    let first = inside.first().map_or(0, |(bin, _)| *bin);
    Band { first, weights: inside.into_iter().map(|(_, weight)| weight).collect() }
}

/// Kaldi's triangles: corners and sides even in mel; the bin at half the rate is left out.
fn kaldi_bands(count: usize) -> Vec<Band> {
    let mel = |hz: f64| 1127.0 * (1.0 + hz / 700.0).ln();
    let (low, high) = (mel(20.0), mel(7600.0));
    let corner = |index: usize| low + (high - low) * index as f64 / (count + 1) as f64;
    (0..count)
        .map(|index| {
            let corners = [corner(index), corner(index + 1), corner(index + 2)];
            band(corners, FFT_SAMPLES / 2, 1.0, |bin| mel(bin_hz(bin)))
        })
        .collect()
}

/// librosa's triangles: corners even on Slaney's scale, sides even in Hz, areas alike.
fn nemo_bands(count: usize) -> Vec<Band> {
    const PER_HZ: f64 = 3.0 / 200.0;
    let step = 6.4f64.ln() / 27.0;
    let mel = |hz: f64| if hz < 1000.0 { hz * PER_HZ } else { 15.0 + (hz / 1000.0).ln() / step };
    let hz = |mel: f64| if mel < 15.0 { mel / PER_HZ } else { 1000.0 * ((mel - 15.0) * step).exp() };
    let corner = |index: usize| hz(mel(8000.0) * index as f64 / (count + 1) as f64);
    (0..count)
        .map(|index| {
            let corners = [corner(index), corner(index + 1), corner(index + 2)];
            band(corners, FFT_SAMPLES / 2 + 1, 2.0 / (corners[2] - corners[0]), bin_hz)
        })
        .collect()
}

/// Brings every band to mean 0 and deviation 1 over all frames (`normalize_type` `per_feature`).
pub fn normalise_per_band(frames: &mut [f32], bands: usize) {
    let count = (frames.len() / bands.max(1)) as f64;
    if count == 0.0 {
        return;
    }
    for band in 0..bands {
        let values = || frames.iter().skip(band).step_by(bands).map(|value| f64::from(*value));
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let scale = 1.0 / (variance.sqrt() + 1e-5);
        for value in frames.iter_mut().skip(band).step_by(bands) {
            *value = ((f64::from(*value) - mean) * scale) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edges_are_mirrors() {
        assert_eq!([-1, -2, 0, 3, 4, 5, -5].map(|at| mirrored(at, 4)), [0, 1, 0, 3, 3, 2, 3]);
        assert_eq!(mirrored(-120, 1), 0);
    }

    #[test]
    fn normalised_bands_have_no_mean() {
        let mut frames: Vec<f32> = (0..30).map(|value| (value * value % 17) as f32).collect();
        normalise_per_band(&mut frames, 3);
        let sum: f32 = frames.iter().step_by(3).sum();
        let squares: f32 = frames.iter().step_by(3).map(|value| value * value).sum();
        assert!(sum.abs() < 1e-4 && (squares - 10.0).abs() < 1e-3, "{sum} {squares}");
        normalise_per_band(&mut [], 3);
    }

    proptest! {
        /// Sound in pieces of any length gives the frames that it gives as a whole.
        #[test]
        fn pieces_do_not_matter(sound in prop::collection::vec(any::<i16>(), 0..2000), piece in 1usize..700) {
            let mut fbank = Fbank::new(Flavour::Kaldi, 80);
            let (mut whole, mut parts) = (Vec::new(), Vec::new());
            let (mut one, mut other) = (Waiting::default(), Waiting::default());
            one.push(&sound);
            fbank.frames(&mut one, true, &mut whole);
            for piece in sound.chunks(piece) {
                other.push(piece);
                fbank.frames(&mut other, false, &mut parts);
            }
            fbank.frames(&mut other, true, &mut parts);
            prop_assert_eq!(whole.len(), (sound.len() + 80) / 160 * 80);
            prop_assert_eq!(whole, parts);
        }
    }
}
