//! The caller's last seconds of sound. It is all the sound that Klinke ever holds: in memory, bounded, wiped.

use zeroize::Zeroize;

use crate::call::line::{Frame, SAMPLE_RATE_HZ};
use crate::clock::MediaTime;

/// Sound held of a call, in seconds (LAW.md, § 201 StGB).
pub const RING_S_MAX: u32 = 10;

const RING_SAMPLES: usize = (RING_S_MAX * SAMPLE_RATE_HZ) as usize;

/// A ring of samples addressed by media time.
pub struct Ring {
    samples: Box<[i16]>,
    /// Where the next sample goes, counted from the start of the call.
    end: u64,
}

impl Ring {
    /// An empty ring; the only allocation it ever makes.
    pub fn new() -> Self {
        Self { samples: vec![0; RING_SAMPLES].into_boxed_slice(), end: 0 }
    }

    /// Takes in the next 20 ms.
    pub fn push(&mut self, frame: &Frame) {
        for &sample in &frame.0 {
            let at = self.place(self.end);
            self.samples[at] = sample;
            self.end += 1;
        }
    }

    /// One past the last sample.
    pub const fn end(&self) -> MediaTime {
        MediaTime::from_samples(self.end)
    }

    /// The oldest sample still held.
    pub const fn begin(&self) -> MediaTime {
        MediaTime::from_samples(self.end.saturating_sub(RING_SAMPLES as u64))
    }

    /// The samples from `from` on to the end, or what is left of them.
    pub fn since(&self, from: MediaTime) -> impl ExactSizeIterator<Item = i16> + '_ {
        self.between(from, self.end())
    }

    /// The samples from `from` on up to `to`, or what is left of them.
    pub fn between(&self, from: MediaTime, to: MediaTime) -> impl ExactSizeIterator<Item = i16> + '_ {
        let to = to.samples().min(self.end);
        let from = from.max(self.begin()).samples().min(to);
        let count = usize::try_from(to - from).unwrap_or(RING_SAMPLES);
        (0..count).map(move |offset| self.samples[self.place(from + offset as u64)])
    }

    #[expect(clippy::cast_possible_truncation, reason = "a remainder of a usize fits one")]
    const fn place(&self, at: u64) -> usize {
        (at % RING_SAMPLES as u64) as usize
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.samples.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::line::FRAME_SAMPLES;

    #[test]
    fn gives_back_what_was_said_and_forgets_what_is_older_than_ten_seconds() {
        let mut ring = Ring::new();
        for number in 0..600_i16 {
            ring.push(&Frame([number; FRAME_SAMPLES]));
        }
        assert_eq!(ring.end().ms(), 12_000);
        assert_eq!(ring.begin().ms(), 2_000);
        let last: Vec<i16> = ring.since(MediaTime::from_ms(11_980)).collect();
        assert_eq!(last, [599; FRAME_SAMPLES]);
        assert_eq!(ring.since(MediaTime::START).next(), Some(100), "the first two seconds are gone");
    }
}
