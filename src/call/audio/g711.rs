//! G.711: the telephone's eight bits a sample, A-law and µ-law (ITU-T G.711, 11/1988).
//!
//! Linear samples are 16 bit; A-law keeps the upper 13 of them, µ-law the upper 14. Coding is arithmetic (the
//! segment is the position of the highest bit), decoding is a table made by a `const fn`.

/// What is added before a µ-law segment is looked for, so that segments are powers of two.
const MU_LAW_BIAS: i32 = 132;
/// Loudest magnitude that µ-law can hold.
const MU_LAW_CLIP: i32 = 32_635;

static A_LAW_LINEAR: [i16; 256] = table(Law::A);
static MU_LAW_LINEAR: [i16; 256] = table(Law::Mu);

/// The two laws of G.711.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// A-law: Europe and most of the world.
    A,
    /// µ-law: North America and Japan.
    Mu,
}

impl Law {
    /// One sample as one byte.
    #[inline]
    #[must_use]
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => encode_a(sample),
            Self::Mu => encode_mu(sample),
        }
    }

    /// One byte as one sample.
    #[inline]
    #[must_use]
    pub fn decode(self, code: u8) -> i16 {
        match self {
            Self::A => A_LAW_LINEAR[usize::from(code)],
            Self::Mu => MU_LAW_LINEAR[usize::from(code)],
        }
    }

    /// `codes` as samples; as many as both have room for.
    pub fn decode_into(self, codes: &[u8], samples: &mut [i16]) {
        let table = match self {
            Self::A => &A_LAW_LINEAR,
            Self::Mu => &MU_LAW_LINEAR,
        };
        for (sample, &code) in samples.iter_mut().zip(codes) {
            *sample = table[usize::from(code)];
        }
    }

    /// `samples` as codes; as many as both have room for.
    pub fn encode_into(self, samples: &[i16], codes: &mut [u8]) {
        for (code, &sample) in codes.iter_mut().zip(samples) {
            *code = self.encode(sample);
        }
    }
}

const fn table(law: Law) -> [i16; 256] {
    let mut linear = [0; 256];
    let mut code = 0;
    while code < 256 {
        linear[code] = match law {
            Law::A => decode_a(code as u8),
            Law::Mu => decode_mu(code as u8),
        };
        code += 1;
    }
    linear
}

/// Segment and step of a magnitude of at least 128: the segment is 0 below 256, then one a doubling.
const fn segment_and_step(magnitude: i32) -> u8 {
    let segment = 24 - (magnitude.leading_zeros() as i32);
    ((segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) as u8
}

const fn encode_a(sample: i16) -> u8 {
    // one's complement, so that −1 mirrors 0
    let (sign, magnitude) = if sample < 0 { (0x00, !sample as i32) } else { (0x80, sample as i32) };
    let code = if magnitude < 256 { (magnitude >> 4) as u8 } else { segment_and_step(magnitude) };
    // every other bit is inverted on the wire
    (code | sign) ^ 0x55
}

const fn decode_a(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (segment, step) = ((code >> 4) & 0x07, ((code & 0x0f) as i16) << 4);
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn encode_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0x00 };
    let magnitude = (sample as i32).abs();
    let magnitude = if magnitude > MU_LAW_CLIP { MU_LAW_CLIP } else { magnitude } + MU_LAW_BIAS;
    !(sign | segment_and_step(magnitude))
}

const fn decode_mu(code: u8) -> i16 {
    let code = !code;
    let magnitude = (((((code & 0x0f) as i32) << 3) + MU_LAW_BIAS) << ((code >> 4) & 0x07)) - MU_LAW_BIAS;
    if code & 0x80 == 0 { magnitude as i16 } else { -(magnitude as i16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [Law; 2] = [Law::A, Law::Mu];

    /// Width of the step that `sample` falls into: 16 (A-law) or 8 (µ-law) in the first segment, doubling.
    fn step(law: Law, sample: i16) -> i32 {
        let magnitude = i32::from(sample).abs();
        match law {
            Law::A => [512, 1024, 2048, 4096, 8192, 16_384]
                .iter()
                .fold(16, |step, &from| if magnitude >= from { step * 2 } else { step }),
            Law::Mu => [256, 512, 1024, 2048, 4096, 8192, 16_384]
                .iter()
                .fold(8, |step, &from| if magnitude + MU_LAW_BIAS >= from { step * 2 } else { step }),
        }
    }

    #[test]
    fn every_sample_comes_back_within_half_a_step() {
        for law in LAWS {
            let loudest = match law {
                Law::A => 32_767,
                Law::Mu => 32_635,
            };
            for sample in i16::MIN..=i16::MAX {
                let clipped = i32::from(sample).clamp(-loudest, loudest);
                let error = (i32::from(law.decode(law.encode(sample))) - clipped).abs();
                assert!(2 * error <= step(law, clipped as i16) + 2, "{law:?} {sample}: off by {error}");
            }
        }
    }

    #[test]
    fn every_code_survives_the_way_through_linear() {
        for law in LAWS {
            for code in 0..=u8::MAX {
                // µ-law has two zeros; the negative one is written as the positive one
                let expected = if law == Law::Mu && code == 0x7f { 0xff } else { code };
                assert_eq!(law.encode(law.decode(code)), expected, "{law:?} {code:#x}");
            }
        }
    }

    #[test]
    fn louder_is_never_coded_quieter() {
        for law in LAWS {
            for sample in i16::MIN..i16::MAX {
                assert!(
                    law.decode(law.encode(sample)) <= law.decode(law.encode(sample + 1)),
                    "{law:?} {sample}"
                );
            }
        }
    }

    #[test]
    fn the_codes_that_the_recommendation_names() {
        // table 1a and 2a: the ends of both scales and what is sent for zero
        assert_eq!([Law::A.encode(0), Law::A.encode(-1)], [0xd5, 0x55]);
        assert_eq!([Law::A.encode(i16::MAX), Law::A.encode(i16::MIN)], [0xaa, 0x2a]);
        assert_eq!([Law::A.decode(0xaa), Law::A.decode(0x2a)], [32_256, -32_256]);
        assert_eq!(
            [Law::Mu.encode(0), Law::Mu.encode(i16::MAX), Law::Mu.encode(i16::MIN)],
            [0xff, 0x80, 0x00]
        );
        assert_eq!([Law::Mu.decode(0x80), Law::Mu.decode(0x00), Law::Mu.decode(0xff)], [32_124, -32_124, 0]);
    }
}
