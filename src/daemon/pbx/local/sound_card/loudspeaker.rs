//! From frames to a loudspeaker's samples, in whatever portions it wants them.

use std::collections::VecDeque;

use crate::call::audio::pcm::sample_to_float;
use crate::call::audio::resample::{ResampleError, Resampler};
use crate::call::line::{VOICE_FRAME_SAMPLES, VOICE_RATE_HZ, VoiceFrame};

/// Sound that is gathered before any of it is played, in ms. Two frames: the next one may be late by one.
const AHEAD_MS: u32 = 40;
/// Most sound that waits, in ms. Beyond it the oldest goes: it would only make Klinke answer later.
pub const WAITING_MS_MAX: u32 = 200;

/// Brings frames to the card's rate and plays silence where there are none. Allocates nothing once it is made.
pub struct Loudspeaker {
    resampler: Resampler,
    /// At the card's rate.
    waiting: VecDeque<f32>,
    ahead: usize,
    waiting_max: usize,
    playing: bool,
}

impl Loudspeaker {
    /// For a card of this rate.
    ///
    /// # Errors
    /// A rate that cannot be resampled.
    pub fn new(rate_hz: u32) -> Result<Self, ResampleError> {
        let resampler = Resampler::new(VOICE_RATE_HZ, rate_hz, VOICE_FRAME_SAMPLES)?;
        let samples = |ms| (rate_hz * ms / 1000) as usize;
        let waiting_max = samples(WAITING_MS_MAX);
        // A frame more than the most, so that it never grows.
        let waiting = VecDeque::with_capacity(waiting_max + samples(2 * AHEAD_MS));
        Ok(Self { resampler, waiting, ahead: samples(AHEAD_MS), waiting_max, playing: false })
    }

    /// Takes the next frame.
    ///
    /// # Errors
    /// None in practice: frames have the right length.
    pub fn push(&mut self, frame: &VoiceFrame) -> Result<(), ResampleError> {
        let mut chunk = [0.0; VOICE_FRAME_SAMPLES];
        for (to, &from) in chunk.iter_mut().zip(&frame.0) {
            *to = sample_to_float(from);
        }
        self.waiting.extend(self.resampler.push(&chunk)?);
        let surplus = self.waiting.len().saturating_sub(self.waiting_max);
        self.waiting.drain(..surplus);
        Ok(())
    }

    /// Gives the card the next samples of one channel: `count` of them, silence where none are ready.
    pub fn play(&mut self, count: usize, mut put: impl FnMut(f32)) {
        self.playing = self.playing || self.waiting.len() >= self.ahead.max(count);
        for _ in 0..count {
            let sample = if self.playing { self.waiting.pop_front() } else { Some(0.0) };
            self.playing &= sample.is_some();
            put(sample.unwrap_or(0.0));
        }
    }

    /// Plays what is left, however little.
    pub const fn finish(&mut self) {
        self.playing = true;
    }

    /// Whether everything was played.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: VoiceFrame = VoiceFrame([8_192; VOICE_FRAME_SAMPLES]);

    fn play(loudspeaker: &mut Loudspeaker, count: usize) -> Vec<f32> {
        let mut played = Vec::new();
        loudspeaker.play(count, |sample| played.push(sample));
        assert_eq!(played.len(), count);
        played
    }

    #[test]
    fn it_waits_for_two_frames_and_then_plays_without_a_gap() {
        let mut loudspeaker = Loudspeaker::new(48_000).unwrap();
        loudspeaker.push(&LOUD).unwrap();
        assert!(play(&mut loudspeaker, 480).iter().all(|sample| sample.abs() < f32::EPSILON));
        for _ in 0..2 {
            loudspeaker.push(&LOUD).unwrap();
        }
        let first = play(&mut loudspeaker, 960);
        assert!((first[900] - 0.25).abs() < 0.01);
        for _ in 0..100 {
            loudspeaker.push(&LOUD).unwrap();
            assert!(play(&mut loudspeaker, 960).iter().all(|sample| (sample - 0.25).abs() < 0.01));
        }
    }

    #[test]
    fn a_slow_card_never_makes_klinke_late() {
        let mut loudspeaker = Loudspeaker::new(48_000).unwrap();
        for _ in 0..1_000 {
            loudspeaker.push(&LOUD).unwrap();
        }
        assert_eq!(loudspeaker.waiting.len(), 9_600);
    }

    #[test]
    fn what_is_left_is_played_to_its_end() {
        let mut loudspeaker = Loudspeaker::new(8_000).unwrap();
        loudspeaker.push(&LOUD).unwrap();
        loudspeaker.finish();
        play(&mut loudspeaker, 200);
        assert!(loudspeaker.is_empty());
    }

    #[test]
    fn nothing_is_allocated_once_it_runs() {
        let mut loudspeaker = Loudspeaker::new(48_000).unwrap();
        loudspeaker.push(&LOUD).unwrap();
        let counted = allocation_counter::measure(|| {
            for _ in 0..100 {
                loudspeaker.push(&LOUD).unwrap();
                loudspeaker.play(900, |sample| {
                    std::hint::black_box(sample);
                });
            }
        });
        assert_eq!(counted.count_total, 0);
    }
}
