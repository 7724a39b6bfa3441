//! A telephone line for sound that did not come over one: the band from 300 to 3,400 Hz, noise, the coding of G.711
//! and packets of 20 ms, some of which are lost and concealed as on a real line ([`Jitter`]). For files that are to
//! be heard as a caller would be, and for measuring.
//!
//! Chance is drawn from the line's seed and the sound itself, so that a file sounds the same whatever else is heard
//! beside it.

use realfft::RealFftPlanner;

use crate::call::audio::g711::Law;
use crate::call::audio::jitter::{Jitter, Stamp};
use crate::call::audio::pcm::{rms, to_float, to_pcm};
use crate::call::line::{FRAME_SAMPLES, SAMPLE_RATE_HZ};

const LOW_HZ: f32 = 300.0;
const HIGH_HZ: f32 = 3400.0;
/// Stretches of 20 ms that are fainter than the loudest by more than this are pauses: noise is measured against
/// speech.
const PAUSE_DB: f32 = 25.0;

/// What a line is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Signal to noise in dB: the mean power of what is spoken (pauses left out) over that of white noise, both in
    /// the telephone band. `None`: no noise.
    pub noise_db: Option<f32>,
    /// Packets that never arrive, in percent; each falls for itself.
    pub loss_percent: f32,
    /// Where chance begins.
    pub seed: u64,
}

impl Line {
    /// Band and coding, nothing else.
    pub const CLEAN: Self = Self { noise_db: None, loss_percent: 0.0, seed: 1 };
    /// A bad line: 10 dB and 3 %.
    pub const ROUGH: Self = Self { noise_db: Some(10.0), loss_percent: 3.0, seed: 1 };

    /// What of `samples` (8 kHz) arrives behind this line: as many.
    #[must_use]
    pub fn carry(&self, samples: &[i16]) -> Vec<i16> {
        let mut sound = band(&to_float(samples));
        let mut chance = Chance::new(self.seed, samples);
        if let Some(noise_db) = self.noise_db {
            let noise: Vec<f32> = (0..sound.len()).map(|_| chance.normal()).collect();
            let noise = band(&noise);
            let gain = spoken_rms(&sound) / rms(&noise).max(f32::MIN_POSITIVE) / 10f32.powf(noise_db / 20.0);
            sound.iter_mut().zip(&noise).for_each(|(sample, noise)| *sample += noise * gain);
        }
        let mut arrived = to_pcm(&sound);
        let mut codes = vec![0; arrived.len()];
        Law::A.encode_into(&arrived, &mut codes);
        Law::A.decode_into(&codes, &mut arrived);
        if self.loss_percent > 0.0 { lose(&arrived, self.loss_percent, &mut chance) } else { arrived }
    }
}

/// What is left of `samples` (8 kHz) behind a clean telephone line.
#[must_use]
pub fn through_telephone(samples: &[i16]) -> Vec<i16> {
    Line::CLEAN.carry(samples)
}

/// The telephone band: 24 dB an octave below, 72 dB above.
fn band(samples: &[f32]) -> Vec<f32> {
    let length = samples.len().next_power_of_two().max(2);
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, backward) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let mut sound = samples.to_vec();
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
    sound
}

/// Level of what is spoken, pauses left out.
fn spoken_rms(sound: &[f32]) -> f32 {
    let powers: Vec<f32> = sound.chunks(FRAME_SAMPLES).map(|stretch| rms(stretch).powi(2)).collect();
    let least = powers.iter().copied().fold(0.0, f32::max) / 10f32.powf(PAUSE_DB / 10.0);
    let spoken: Vec<f32> = powers.into_iter().filter(|power| *power >= least).collect();
    (spoken.iter().sum::<f32>() / spoken.len().max(1) as f32).sqrt()
}

/// Sends `sound` in packets of 20 ms, of which some get lost, and plays what arrives.
fn lose(sound: &[i16], percent: f32, chance: &mut Chance) -> Vec<i16> {
    let mut jitter = Jitter::new();
    let mut heard = Vec::with_capacity(sound.len() + 2 * FRAME_SAMPLES);
    for (number, packet) in sound.chunks(FRAME_SAMPLES).enumerate() {
        // A sequence number goes round, and so does a timestamp.
        let timestamp = (number * FRAME_SAMPLES) as u32;
        let stamp = Stamp { ssrc: 1, sequence: number as u16, timestamp, marker: false };
        if chance.unit() * 100.0 >= percent {
            jitter.push(stamp, packet);
        }
        heard.extend(jitter.pop().0);
    }
    // The buffer gives what it got a frame later.
    heard.extend(jitter.pop().0);
    heard.drain(..FRAME_SAMPLES.min(heard.len()));
    heard.truncate(sound.len());
    heard
}

/// Numbers by chance that come again: splitmix64 (Steele, Lea and Flood, 2014).
struct Chance(u64);

impl Chance {
    /// Begins with the seed and the sound (FNV-1a).
    fn new(seed: u64, samples: &[i16]) -> Self {
        let fold = |hash: u64, sample: &i16| {
            (hash ^ u64::from(sample.cast_unsigned())).wrapping_mul(0x0100_0000_01b3)
        };
        Self(seed ^ samples.iter().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// Gaussian with a variance of 1, near enough: the sum of twelve.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
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

    /// Level of what differs, in dB against the first.
    fn apart_db(one: &[i16], other: &[i16]) -> f32 {
        let difference: Vec<i16> = one.iter().zip(other).map(|(a, b)| a.saturating_sub(*b)).collect();
        20.0 * (rms(&to_float(&difference)) / rms(&to_float(one))).log10()
    }

    #[test]
    fn passes_speech_and_stops_what_no_telephone_carries() {
        assert!(loudest(&through_telephone(&tone(1000.0))) > 7500);
        assert!(loudest(&through_telephone(&tone(100.0))) < 200);
        assert!(loudest(&through_telephone(&tone(3900.0))) < 1500);
        assert!(through_telephone(&[]).is_empty());
        assert!(Line::ROUGH.carry(&[]).is_empty());
    }

    #[test]
    fn noise_is_as_loud_as_it_should_be_and_comes_again() {
        let mut sound = tone(1000.0);
        // A pause does not make the noise fainter.
        sound.extend([0; 8000]);
        let clean = through_telephone(&sound);
        for noise_db in [0.0, 10.0, 20.0] {
            let line = Line { noise_db: Some(noise_db), ..Line::CLEAN };
            let noisy = line.carry(&sound);
            let apart = apart_db(&clean[..8000], &noisy[..8000]);
            assert!((apart + noise_db).abs() < 0.7, "{noise_db} dB became {apart}");
            assert_eq!(line.carry(&sound), noisy);
            assert_ne!(Line { seed: 2, ..line }.carry(&sound), noisy);
        }
        assert!(Line::ROUGH.carry(&[0; 800]).iter().all(|sample| sample.abs() <= 8), "silence stays silence");
    }

    #[test]
    fn so_many_packets_are_lost_and_everything_else_stays_where_it_was() {
        // No frame of this tone is the same as the one before.
        let sound = tone(1010.0).repeat(4);
        let clean = through_telephone(&sound);
        let line = Line { loss_percent: 10.0, ..Line::CLEAN };
        let heard = line.carry(&sound);
        assert_eq!(heard.len(), sound.len());
        let frames = clean.chunks(FRAME_SAMPLES).zip(heard.chunks(FRAME_SAMPLES));
        let lost = frames.filter(|(sent, heard)| sent != heard).count();
        assert!((10..=32).contains(&lost), "{lost} of 200");
        let odd = Line { loss_percent: 3.0, ..Line::CLEAN }.carry(&sound[..1234]);
        assert_eq!(odd.len(), 1234);
        assert_eq!(Line { loss_percent: 100.0, ..line }.carry(&sound), vec![0; sound.len()]);
    }
}
