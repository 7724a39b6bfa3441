//! From a microphone's samples, in whatever portions they come, to frames.

use crate::call::audio::pcm::sample_to_pcm;
use crate::call::audio::resample::{ResampleError, Resampler};
use crate::call::line::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE_HZ};

/// Mixes channels, brings them to 8 kHz, cuts frames. Allocates nothing once it is made.
pub struct Microphone {
    channels: usize,
    resampler: Resampler,
    /// What waits to be resampled: up to 20 ms at the card's rate.
    chunk: Vec<f32>,
    /// The channels of the moment that is just being read.
    moment: (usize, f32),
    frame: Frame,
    filled: usize,
}

impl Microphone {
    /// For a card of this rate and number of channels (at least one).
    ///
    /// # Errors
    /// A rate that cannot be resampled.
    pub fn new(rate_hz: u32, channels: u16) -> Result<Self, ResampleError> {
        let resampler = Resampler::new(rate_hz, SAMPLE_RATE_HZ, (rate_hz * FRAME_MS / 1000) as usize)?;
        let chunk = Vec::with_capacity(resampler.chunk_samples());
        let channels = usize::from(channels.max(1));
        Ok(Self { channels, resampler, chunk, moment: (0, 0.0), frame: Frame::SILENCE, filled: 0 })
    }

    /// Takes samples (±1, channels interleaved) and delivers the frames that they complete.
    ///
    /// # Errors
    /// None in practice: the chunks have the right length.
    pub fn hear(
        &mut self,
        samples: impl IntoIterator<Item = f32>,
        mut deliver: impl FnMut(Frame),
    ) -> Result<(), ResampleError> {
        for sample in samples {
            self.moment = (self.moment.0 + 1, self.moment.1 + sample);
            if self.moment.0 < self.channels {
                continue;
            }
            self.chunk.push(self.moment.1 / self.channels as f32);
            self.moment = (0, 0.0);
            if self.chunk.len() < self.resampler.chunk_samples() {
                continue;
            }
            for &sample in self.resampler.push(&self.chunk)? {
                self.frame.0[self.filled] = sample_to_pcm(sample);
                self.filled += 1;
                if self.filled == FRAME_SAMPLES {
                    deliver(self.frame);
                    self.filled = 0;
                }
            }
            self.chunk.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_any_card_is_fifty_frames() {
        for (rate_hz, channels) in [(8_000, 1), (16_000, 1), (44_100, 2), (48_000, 2), (48_000, 6)] {
            let mut microphone = Microphone::new(rate_hz, channels).unwrap();
            let mut frames = 0;
            let second = vec![0.25; rate_hz as usize * usize::from(channels)];
            // Portions that fit nothing: cards do that.
            for portion in second.chunks(333) {
                microphone.hear(portion.iter().copied(), |_| frames += 1).unwrap();
            }
            assert!((49..=50).contains(&frames), "{rate_hz} Hz, {channels} channels: {frames}");
        }
    }

    #[test]
    fn channels_are_mixed() {
        let mut microphone = Microphone::new(48_000, 2).unwrap();
        let mut last = Frame::SILENCE;
        let second = [0.5_f32, 0.0].into_iter().cycle().take(2 * 48_000);
        microphone.hear(second, |frame| last = frame).unwrap();
        assert!(last.0.iter().all(|&sample| (8_100..8_280).contains(&sample)), "{:?}", last.0);
    }
}
