//! The sound of the test call: a rising tone one way, a falling one the other way, and how much of it arrives.

use crate::call::audio::halfband::halved;
use crate::call::line::VoiceFrame;

/// Samples a second of what is sent.
const SENT_HZ: f64 = 16_000.0;
/// Samples of a frame that is sent.
const SENT_FRAME: usize = VoiceFrame::SILENCE.0.len();
/// Lowest and highest frequency; every telephone line carries both.
const LOW_HZ: f64 = 400.0;
const HIGH_HZ: f64 = 2_400.0;
/// Level of the tone: -12 dB of full scale.
const AMPLITUDE: f64 = 8_000.0;
/// Samples over which it rises and falls, so that nothing clicks.
const EDGE: usize = 320;

/// A tone that moves through the telephone's band.
#[derive(Debug)]
pub struct Sweep {
    sent: Vec<i16>,
    /// The same at 8 kHz, as it should be heard.
    expected: Vec<i16>,
}

/// How a sound arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrived {
    /// Where it begins in what was heard, in samples at 8 kHz.
    pub at: usize,
    /// Correlation with what was sent, 0 (something else) to 1 (the same).
    pub likeness: f64,
    /// How much louder it is than it was sent.
    pub gain_db: f64,
}

impl Sweep {
    /// A tone of so many frames that rises, or falls.
    #[must_use]
    pub fn new(frames: usize, rises: bool) -> Self {
        let length = frames * SENT_FRAME;
        let seconds = length as f64 / SENT_HZ;
        let (from, to) = if rises { (LOW_HZ, HIGH_HZ) } else { (HIGH_HZ, LOW_HZ) };
        let sample = |at: usize| {
            let second = at as f64 / SENT_HZ;
            let turns = from * second + (to - from) * second * second / (2.0 * seconds);
            let edge = at.min(length - at).min(EDGE) as f64 / EDGE as f64;
            (AMPLITUDE * edge * (turns * std::f64::consts::TAU).sin()) as i16
        };
        let sent: Vec<i16> = (0..length).map(sample).collect();
        Self { expected: halved(&sent), sent }
    }

    /// One frame of it; silence before and after.
    #[must_use]
    pub fn frame(&self, number: Option<usize>) -> VoiceFrame {
        let from = number.map_or(self.sent.len(), |number| number * SENT_FRAME);
        let part = self.sent.get(from..from + SENT_FRAME).and_then(|part| part.try_into().ok());
        part.map_or(VoiceFrame::SILENCE, VoiceFrame)
    }

    /// Looks for it in what was heard, at 8 kHz. `None`: nothing was heard that is as long.
    #[must_use]
    pub fn find(&self, heard: &[i16]) -> Option<Arrived> {
        let wanted: Vec<f32> = self.expected.iter().map(|&sample| f32::from(sample)).collect();
        let heard: Vec<f32> = heard.iter().map(|&sample| f32::from(sample)).collect();
        let power = energy(&wanted);
        let mut best: Option<Arrived> = None;
        for (at, window) in heard.windows(wanted.len()).enumerate() {
            let product: f32 = wanted.iter().zip(window).map(|(a, b)| a * b).sum();
            let loudness = energy(window).max(1.0);
            let likeness = f64::from(product) / f64::from(power * loudness).sqrt();
            if best.is_none_or(|best| likeness > best.likeness) {
                let gain_db = 10.0 * f64::from(loudness / power).log10();
                best = Some(Arrived { at, likeness, gain_db });
            }
        }
        best
    }
}

fn energy(sound: &[f32]) -> f32 {
    sound.iter().map(|sample| sample * sample).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_where_it_is_and_not_mistaken_for_the_other() {
        let (up, down) = (Sweep::new(10, true), Sweep::new(10, false));
        let mut heard = vec![0; 777];
        heard.extend(up.expected.iter().map(|sample| sample / 2));
        heard.extend([0; 500]);
        let found = up.find(&heard).unwrap();
        assert_eq!(found.at, 777);
        assert!(found.likeness > 0.99 && (found.gain_db + 6.0).abs() < 0.2, "{found:?}");
        let other = down.find(&heard).unwrap();
        assert!(other.likeness < 0.4, "{other:?}");
        assert!(up.find(&[0; 4_000]).unwrap().likeness < 0.1);
        assert_eq!(up.find(&[0; 10]), None);
    }

    #[test]
    fn before_and_after_the_tone_there_is_silence() {
        let sweep = Sweep::new(2, true);
        assert_eq!((sweep.frame(None), sweep.frame(Some(2))), (VoiceFrame::SILENCE, VoiceFrame::SILENCE));
        assert_ne!(sweep.frame(Some(1)), VoiceFrame::SILENCE);
    }
}
