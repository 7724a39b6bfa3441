//! Between 16 kHz and 8 kHz, frame by frame: a half-band filter in whole numbers, without any allocation.
//!
//! Our own voice is 16 kHz inside a call; a narrow telephone takes every second sample of it once nothing above
//! 4 kHz is left ([`Halver`]). A caller with a wideband telephone is halved too before the models hear him.
//! [`Doubler`] goes the other way.
//!
//! One linear-phase filter of 47 taps serves both: within 0.02 dB to 3.4 kHz (what a telephone carries), 6 dB down
//! at 4 kHz, and 57 dB down from 4.6 kHz, so that what folds back lands above 3.4 kHz. Every second tap of a
//! half-band filter is nothing and the one in the middle is a half, which leaves twelve products of pairs a sample.
//! The delay is [`Halver::DELAY_SAMPLES`] and [`Doubler::DELAY_SAMPLES`]: 1.4 and 1.5 ms.

/// One side of the filter: the taps 1, 3, … 23 samples (16 kHz) from its middle, as 2⁻¹⁴, for a gain of 1 where
/// every second sample is filled in. A sinc under a Kaiser window of β = 5.65, rounded; the first takes up the
/// rounding, so that both sides are 2¹⁴ and silence stays silence.
const SIDE: [i16; 12] = [10_391, -3_342, 1_865, -1_194, 799, -539, 358, -230, 140, -80, 40, -16];
/// Both sides, from the oldest sample to the newest.
const TAPS: [i16; 24] = both_sides();
/// Bits behind the point of a tap.
const TAP_BITS: u32 = 14;
/// Samples of the slower rate that the filter looks back over.
const PAST: usize = TAPS.len() - 1;
/// From the newest sample of the slower rate back to the one before the middle.
const MIDDLE: usize = TAPS.len() / 2;
/// Samples of the slower rate worked on at once: a frame of 20 ms. Longer sounds go in parts.
const PART: usize = 160;

const fn both_sides() -> [i16; 24] {
    let mut taps = [0; 24];
    let mut at = 0;
    while at < SIDE.len() {
        taps[SIDE.len() - 1 - at] = SIDE[at];
        taps[SIDE.len() + at] = SIDE[at];
        at += 1;
    }
    taps
}

/// 16 kHz → 8 kHz.
#[derive(Clone, Debug)]
pub struct Halver {
    /// Of every pair of samples the later one, which the taps weigh.
    later: [i16; PAST],
    /// Of every pair the earlier one, which the middle of the filter falls on.
    earlier: [i16; MIDDLE - 1],
}

impl Default for Halver {
    fn default() -> Self {
        Self::new()
    }
}

impl Halver {
    /// How much later the sound comes out than it went in: samples at 16 kHz, 1.375 ms.
    pub const DELAY_SAMPLES: usize = 2 * (MIDDLE - 1);

    /// After silence.
    #[must_use]
    pub const fn new() -> Self {
        Self { later: [0; PAST], earlier: [0; MIDDLE - 1] }
    }

    /// The next samples of `wide` (16 kHz), as half as many in `narrow` (8 kHz): for a frame 320 and 160. Where the
    /// lengths do not match, as many as both have room for.
    pub fn halve(&mut self, wide: &[i16], narrow: &mut [i16]) {
        let pairs = wide.as_chunks::<2>().0;
        for (pairs, out) in pairs.chunks(PART).zip(narrow.chunks_mut(PART)) {
            self.part(pairs, out);
        }
    }

    fn part(&mut self, pairs: &[[i16; 2]], out: &mut [i16]) {
        let count = pairs.len().min(out.len());
        let mut later = [0; PAST + PART];
        let mut earlier = [0; MIDDLE - 1 + PART];
        later[..PAST].copy_from_slice(&self.later);
        earlier[..MIDDLE - 1].copy_from_slice(&self.earlier);
        for (at, [first, second]) in pairs.iter().enumerate() {
            earlier[MIDDLE - 1 + at] = *first;
            later[PAST + at] = *second;
        }
        let windows = later.windows(TAPS.len());
        for ((sample, middle), window) in out.iter_mut().zip(earlier).zip(windows).take(count) {
            *sample = rounded((i32::from(middle) << TAP_BITS) + weighed(window), TAP_BITS + 1);
        }
        self.later.copy_from_slice(&later[count..count + PAST]);
        self.earlier.copy_from_slice(&earlier[count..count + MIDDLE - 1]);
    }
}

/// A whole sound of 16 kHz at 8 kHz: half as many samples, without the delay.
#[must_use]
pub fn halved(wide: &[i16]) -> Vec<i16> {
    const LATE: usize = Halver::DELAY_SAMPLES / 2;
    let (mut halver, mut narrow) = (Halver::new(), vec![0; wide.len() / 2 + LATE]);
    halver.halve(wide, &mut narrow);
    halver.halve(&[0; 2 * LATE], &mut narrow[wide.len() / 2..]);
    narrow.drain(..LATE);
    narrow
}

/// 8 kHz → 16 kHz.
#[derive(Clone, Debug)]
pub struct Doubler {
    past: [i16; PAST],
}

impl Default for Doubler {
    fn default() -> Self {
        Self::new()
    }
}

impl Doubler {
    /// How much later the sound comes out than it went in: samples at 16 kHz, 1.5 ms. Doubled and halved again, a
    /// sound is whole samples of 8 kHz late.
    pub const DELAY_SAMPLES: usize = 2 * MIDDLE;

    /// After silence.
    #[must_use]
    pub const fn new() -> Self {
        Self { past: [0; PAST] }
    }

    /// The next samples of `narrow` (8 kHz), as twice as many in `wide` (16 kHz): for a frame 160 and 320. Where the
    /// lengths do not match, as many as both have room for.
    pub fn double(&mut self, narrow: &[i16], wide: &mut [i16]) {
        let pairs = wide.as_chunks_mut::<2>().0;
        for (samples, pairs) in narrow.chunks(PART).zip(pairs.chunks_mut(PART)) {
            self.part(samples, pairs);
        }
    }

    fn part(&mut self, samples: &[i16], pairs: &mut [[i16; 2]]) {
        let count = samples.len().min(pairs.len());
        let mut sound = [0; PAST + PART];
        sound[..PAST].copy_from_slice(&self.past);
        sound[PAST..PAST + count].copy_from_slice(&samples[..count]);
        for (pair, window) in pairs.iter_mut().zip(sound.windows(TAPS.len())).take(count) {
            *pair = [window[MIDDLE - 1], rounded(weighed(window), TAP_BITS)];
        }
        self.past.copy_from_slice(&sound[count..count + PAST]);
    }
}

/// The products with the taps, added up: below 2³⁰·1.2 for any sound, so 32 bits hold it and the middle's 2²⁹.
fn weighed(window: &[i16]) -> i32 {
    window.iter().zip(TAPS).map(|(sample, tap)| i32::from(*sample) * i32::from(tap)).sum()
}

/// `sum` without its last `bits`, to the nearest; held at full scale, where a steep edge swings over.
fn rounded(sum: i32, bits: u32) -> i16 {
    let whole = (sum + (1 << (bits - 1))) >> bits;
    whole.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg(test)]
#[path = "halfband_tests.rs"]
mod tests;
