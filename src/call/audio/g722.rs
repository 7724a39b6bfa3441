//! G.722: wideband telephone sound, 16 kHz in 64 kbit/s (ITU-T G.722, 09/2012, mode 1).
//!
//! A pair of mirror filters splits the sound at 4 kHz. Each half goes as the difference from what a predictor
//! expects, six bits below and two above; the predictor learns from what was sent, so that both ends have the
//! same one without a word about it. An end that misses bytes therefore hears a little noise until the two have
//! come together again, which the forgetting in every formula here does within a moment.
//!
//! The names are the recommendation's blocks. Whole numbers only, no allocation. One byte is two samples.

/// The mirror filters: 24 taps as 2⁻¹³, of which the second half mirrors the first (table 11 and 12 of the ITU).
const QMF: [i32; 12] = [3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3876];
/// Decision levels of the six-bit quantiser (`Q6`), as 2⁻¹² of the scale.
const LEVELS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
    1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// Decision level of the two-bit quantiser.
const LEVEL_ABOVE: i32 = 564;
/// What a six-bit code stands for (`QQ6`), as 2⁻¹⁵ of the scale; the first four are not sent.
const SIX_BITS: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360,
    -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688,
    -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856,
    7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136,
    -432, -136,
];
/// What its upper four bits stand for (`QQ4`): the predictor learns from these.
const FOUR_BITS: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/// What a two-bit code stands for (`QQ2`).
const TWO_BITS: [i32; 4] = [-7408, -1616, 7408, 1616];
/// How four bits change the logarithm of the scale (`WL` behind `IL4`).
const GROWTH_BELOW: [i32; 16] =
    [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
/// How two bits do (`WH` behind `IH2`).
const GROWTH_ABOVE: [i32; 4] = [798, -214, 798, -214];
/// Largest logarithm of a scale, below and above 4 kHz.
const LOG_SCALE_MAX: [i32; 2] = [18_432, 22_528];
/// Powers of two in steps of a 32nd, as 2⁻¹¹ (`ILB`).
const POWERS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896,
    2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

const fn clipped(value: i32) -> i32 {
    if value > 32_767 {
        32_767
    } else if value < -32_768 {
        -32_768
    } else {
        value
    }
}

/// What one half of the spectrum is expected to do next, and how loud it is.
#[derive(Clone, Copy, Debug)]
struct Band {
    /// Expected next sample (`S`), and the part of it that the zeros make (`SZ`).
    expected: i32,
    by_zeros: i32,
    /// The last two sums of difference and `by_zeros` (`P`), and reconstructed samples (`R`).
    partial: [i32; 2],
    reconstructed: [i32; 2],
    /// The poles (`A`), as 2⁻¹⁴; the zeros (`B`) likewise, and the last six differences (`D`).
    poles: [i32; 2],
    zeros: [i32; 6],
    differences: [i32; 6],
    /// Logarithm of the scale (`NB`), and the scale (`DET`).
    log_scale: i32,
    scale: i32,
}

impl Band {
    const fn new(scale: i32) -> Self {
        Self {
            expected: 0,
            by_zeros: 0,
            partial: [0; 2],
            reconstructed: [0; 2],
            poles: [0; 2],
            zeros: [0; 6],
            differences: [0; 6],
            log_scale: 0,
            scale,
        }
    }

    /// Takes four bits of the lower half.
    fn below(&mut self, four_bits: usize) {
        let difference = (self.scale * FOUR_BITS[four_bits]) >> 15;
        self.rescale(GROWTH_BELOW[four_bits], LOG_SCALE_MAX[0], 8);
        self.learn(difference);
    }

    /// Takes two bits of the upper half. Gives the sample.
    fn above(&mut self, two_bits: usize) -> i32 {
        let difference = (self.scale * TWO_BITS[two_bits]) >> 15;
        let sample = clipped(self.expected + difference);
        self.rescale(GROWTH_ABOVE[two_bits], LOG_SCALE_MAX[1], 10);
        self.learn(difference);
        sample
    }

    /// `LOGSCL`, `SCALEL` and their twins: the scale forgets by a 128th a sample.
    fn rescale(&mut self, growth: i32, log_scale_max: i32, whole: i32) {
        self.log_scale = (((self.log_scale * 127) >> 7) + growth).clamp(0, log_scale_max);
        let power = POWERS[(self.log_scale >> 6) as usize & 31];
        let shift = whole - (self.log_scale >> 11);
        self.scale = if shift < 0 { power << -shift } else { power >> shift } << 2;
    }

    /// `RECONS` to `PREDIC`: a difference becomes what is expected next.
    fn learn(&mut self, difference: i32) {
        let partial = clipped(self.by_zeros + difference);
        let reconstructed = clipped(self.expected + difference);
        let alike = |a: i32, b: i32| (a < 0) == (b < 0);

        // UPPOL2, UPPOL1
        let [first, second] = self.poles;
        let scaled = clipped(first << 2);
        let scaled = if alike(partial, self.partial[0]) { -scaled } else { scaled }.min(32_767);
        let step = if alike(partial, self.partial[1]) { 128 } else { -128 };
        let second = (step + (scaled >> 7) + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let step = if alike(partial, self.partial[0]) { 192 } else { -192 };
        let limit = 15_360 - second;
        let first = (step + ((first * 32_640) >> 15)).clamp(-limit, limit);
        self.poles = [first, second];

        // UPZERO
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, &past) in self.zeros.iter_mut().zip(&self.differences) {
            let step = if alike(difference, past) { step } else { -step };
            *zero = clipped(step + ((*zero * 32_640) >> 15));
        }

        // DELAYA
        self.partial = [partial, self.partial[0]];
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;

        // FILTEP, FILTEZ, PREDIC
        let product = |weight: i32, sample: i32| (weight * clipped(2 * sample)) >> 15;
        let by_poles =
            clipped(product(first, self.reconstructed[0]) + product(second, self.reconstructed[1]));
        let by_zeros = self.zeros.iter().zip(&self.differences).map(|(&zero, &past)| product(zero, past));
        self.by_zeros = clipped(by_zeros.sum());
        self.expected = clipped(by_poles + self.by_zeros);
    }
}

/// Sums of the even and of the odd samples under the mirror filters; the newest sample is the last.
fn mirrored(past: &[i32; 24]) -> [i32; 2] {
    let mut sums = [0; 2];
    for (at, &tap) in QMF.iter().enumerate() {
        sums[at % 2] += tap * past[at];
        sums[1 - at % 2] += tap * past[23 - at];
    }
    sums
}

/// 16 kHz → G.722.
#[derive(Clone, Debug)]
pub struct Encoder {
    past: [i32; 24],
    bands: [Band; 2],
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// After silence.
    #[must_use]
    pub const fn new() -> Self {
        Self { past: [0; 24], bands: [Band::new(32), Band::new(8)] }
    }

    /// The next samples (16 kHz) as half as many bytes; as many as both have room for.
    pub fn encode(&mut self, samples: &[i16], codes: &mut [u8]) {
        for (&pair, code) in samples.as_chunks::<2>().0.iter().zip(codes) {
            *code = self.pair(pair);
        }
    }

    fn pair(&mut self, pair: [i16; 2]) -> u8 {
        self.past.copy_within(2.., 0);
        self.past[22..].copy_from_slice(&pair.map(i32::from));
        let [even, odd] = mirrored(&self.past);
        let [lower, upper] = &mut self.bands;

        let difference = clipped(((odd + even) >> 14) - lower.expected);
        let size = if difference < 0 { !difference } else { difference };
        let level =
            LEVELS.iter().position(|level| size < (level * lower.scale) >> 12).unwrap_or(LEVELS.len());
        let six_bits = match (difference < 0, level) {
            (true, 0 | 1) => 63 - level,
            (true, _) => 33 - level,
            (false, _) => 61 - level,
        };
        lower.below(six_bits >> 2);

        let difference = clipped(((odd - even) >> 14) - upper.expected);
        let size = if difference < 0 { !difference } else { difference };
        let is_far = size >= (LEVEL_ABOVE * upper.scale) >> 12;
        let two_bits = usize::from(difference >= 0) << 1 | usize::from(!is_far);
        upper.above(two_bits);
        (two_bits << 6 | six_bits) as u8
    }
}

/// G.722 → 16 kHz.
#[derive(Clone, Debug)]
pub struct Decoder {
    past: [i32; 24],
    bands: [Band; 2],
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// After silence.
    #[must_use]
    pub const fn new() -> Self {
        Self { past: [0; 24], bands: [Band::new(32), Band::new(8)] }
    }

    /// The next bytes as twice as many samples (16 kHz); as many as both have room for.
    pub fn decode(&mut self, codes: &[u8], samples: &mut [i16]) {
        for (&code, pair) in codes.iter().zip(samples.as_chunks_mut::<2>().0) {
            *pair = self.pair(usize::from(code));
        }
    }

    fn pair(&mut self, code: usize) -> [i16; 2] {
        let (six_bits, two_bits) = (code & 63, code >> 6);
        let [lower, upper] = &mut self.bands;
        let low = lower.expected + ((lower.scale * SIX_BITS[six_bits]) >> 15);
        lower.below(six_bits >> 2);
        let [low, high] = [low, upper.above(two_bits)].map(|sample| sample.clamp(-16_384, 16_383));
        self.past.copy_within(2.., 0);
        (self.past[22], self.past[23]) = (low + high, low - high);
        let [even, odd] = mirrored(&self.past);
        [odd, even].map(|sum| clipped(sum >> 11) as i16)
    }
}

#[cfg(test)]
#[path = "g722_tests.rs"]
mod tests;
