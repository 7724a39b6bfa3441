//! Tones of machines among the caller's frames: fax machines that call (CNG) or answer (CED, with or without phase
//! reversals and modulation; V.21 flags), the beep of an answering machine, and sound that hardly ever pauses.
//!
//! Each frame of 20 ms is looked at by Goertzel at multiples of 50 Hz, which are orthogonal over 160 samples: the
//! shares of neighbouring ones add up to the share of the band. What a share means is decided over time: by
//! cadence, length and how steady it is. Nothing is allocated.
//!
//! Sources: ITU-T T.30 (CNG: 1,100 ± 38 Hz, 0.5 s on, 3 s off, each ± 15 %; CED: 2,100 ± 15 Hz, 2.6 to 4 s; V.21
//! channel 2 flags: 1,650 and 1,850 Hz at 300 bit/s for 1 s), V.25 and V.8 (phase reversals every 450 ms, 15 Hz
//! amplitude modulation of the answer tone).

use crate::call::line::{FRAME_SAMPLES, Frame, LineEvent, SAMPLE_RATE_HZ, Tone};

/// Root mean square below which a tone is not looked for: −53 dBFS, 10 dB below the faintest lawful fax.
const TONE_LEVEL_MIN: f32 = 70.0;
/// Share of a frame's energy that a tone has.
const TONE_SHARE_MIN: f32 = 0.72;
/// Share that the very frequency of an answer tone has; ± 15 Hz leave 0.73 of a pure one.
const ANSWER_CENTRE_SHARE_MIN: f32 = 0.5;
/// A burst of CNG, in frames: 0.5 s ± 15 %, and a frame at either end.
const BURST_FRAMES: std::ops::RangeInclusive<u32> = 20..=31;
/// From the end of one burst to the beginning of the next, in frames: 3 s ± 15 %, and a frame at either end.
const GAP_FRAMES: std::ops::RangeInclusive<u32> = 125..=175;
/// Share of the gap's frames that may be as loud as half the tone (an echo of ours, a click).
const GAP_LOUD_SHARE_MAX: f32 = 0.3;
/// Frames in a tone that may be lost or garbled in a row.
const MISSING_FRAMES_MAX: u32 = 2;
/// Frames of answer tone that are looked at (1.2 s), and how many of them must be it.
const ANSWER_FRAMES: u32 = 60;
const ANSWER_FRAMES_MIN: u32 = 53;
/// Frames of V.21 that are looked at (0.8 s), and how many of them must be it.
const FLAG_FRAMES: u32 = 40;
const FLAG_FRAMES_MIN: u32 = 36;
/// Share of the band of V.21's channel 2, and the most that one frequency in it has: flags are never one tone.
const FLAG_SHARE_MIN: f32 = 0.85;
const FLAG_ONE_SHARE_MAX: f32 = 0.8;
/// A beep, in frames: 140 ms to 2 s.
const BEEP_FRAMES: std::ops::RangeInclusive<u32> = 7..=100;
/// How far a beep's frequency may move from frame to frame, as a difference of 2 cos ω: 15 Hz at 1 kHz.
const BEEP_DRIFT_MAX: f32 = 0.017;
/// What is left of a pure tone when each sample is foretold by its two neighbours, as a share of its energy.
const BEEP_RESIDUE_MAX: f32 = 0.04;
/// Frequencies of beeps, in Hz: above the tones of German exchanges (425), below whistling.
const BEEP_HZ: std::ops::Range<f32> = 500.0..2_000.0;
/// A frame as loud as this is sound: −46 dBFS, above the noise of a line.
const SOUND_LEVEL_MIN: f32 = 160.0;
/// Frames that are looked at for sound that lasts (5 s), how many of them must be sound, and how often it is told.
const LASTING_FRAMES: u32 = 250;
const LASTING_FRAMES_MIN: u32 = 150;
const LASTING_EVERY_FRAMES: u32 = 100;

/// Multiples of 50 Hz.
const CALLING: std::ops::RangeInclusive<u32> = 21..=23;
const ANSWERING: std::ops::RangeInclusive<u32> = 41..=43;
const ANSWERING_CENTRE: u32 = 42;
const FLAGS: std::ops::RangeInclusive<u32> = 31..=39;

/// The detector of one call.
#[derive(Debug, Default)]
pub struct Tones {
    calling: Calling,
    answering: Recent,
    flags: Recent,
    beep: Beep,
    lasting: Lasting,
    fax_told: bool,
}

impl Tones {
    /// The tone that ends with this event of the line, where it is a frame; it follows the frame.
    pub fn of(&mut self, event: &LineEvent) -> Option<LineEvent> {
        match event {
            LineEvent::Frame(frame) => self.frame(frame).map(LineEvent::Tone),
            _ => None,
        }
    }

    /// The next 20 ms of the caller. A fax is told once, a beep when it ends, lasting sound every two seconds.
    pub fn frame(&mut self, frame: &Frame) -> Option<Tone> {
        let energy: f32 = frame.0.iter().map(|&sample| f32::from(sample).powi(2)).sum();
        let level = (energy / FRAME_SAMPLES as f32).sqrt();
        let audible = level >= TONE_LEVEL_MIN;
        let share =
            |bins: std::ops::RangeInclusive<u32>| -> f32 { bins.map(|bin| share(frame, bin, energy)).sum() };
        let calls = audible && share(CALLING) >= TONE_SHARE_MIN;
        let answers = audible
            && !calls
            && share(ANSWERING_CENTRE..=ANSWERING_CENTRE) >= ANSWER_CENTRE_SHARE_MIN
            && share(ANSWERING) >= TONE_SHARE_MIN;
        let flags = audible && !calls && !answers && is_flags(frame, energy);
        let called = self.calling.frame(calls, level);
        let answered = self.answering.frame(answers, ANSWER_FRAMES) >= ANSWER_FRAMES_MIN;
        let flagged = self.flags.frame(flags, FLAG_FRAMES) >= FLAG_FRAMES_MIN;
        let beeped = self.beep.frame(frame, audible.then_some(energy));
        let lasts = self.lasting.frame(level >= SOUND_LEVEL_MIN);
        if (called || answered || flagged) && !std::mem::replace(&mut self.fax_told, true) {
            return Some(Tone::Fax);
        }
        beeped.then_some(Tone::Beep).or(lasts.then_some(Tone::Lasting))
    }
}

/// The share of the frame's energy at `bin` × 50 Hz.
fn share(frame: &Frame, bin: u32, energy: f32) -> f32 {
    let hz = bin as f32 * (SAMPLE_RATE_HZ / FRAME_SAMPLES as u32) as f32;
    let turn = 2.0 * (std::f32::consts::TAU * hz / SAMPLE_RATE_HZ as f32).cos();
    let (mut last, mut before) = (0.0_f32, 0.0_f32);
    for &sample in &frame.0 {
        (last, before) = (f32::from(sample) + turn * last - before, last);
    }
    let power = last * last + before * before - turn * last * before;
    2.0 * power / (energy.max(1.0) * FRAME_SAMPLES as f32)
}

fn is_flags(frame: &Frame, energy: f32) -> bool {
    let mut whole = 0.0;
    let mut most = 0.0_f32;
    for bin in FLAGS {
        let one = share(frame, bin, energy);
        whole += one;
        most = most.max(one);
    }
    whole >= FLAG_SHARE_MIN && most <= FLAG_ONE_SHARE_MAX
}

/// Which of the last frames were it, the latest in the lowest bit.
#[derive(Debug, Default)]
struct Recent(u64);

impl Recent {
    /// How many of the last `frames`, 64 at most, were it.
    const fn frame(&mut self, is_it: bool, frames: u32) -> u32 {
        self.0 = self.0 << 1 | is_it as u64;
        (self.0 << (u64::BITS - frames)).count_ones()
    }
}

/// The cadence of CNG.
#[derive(Debug, Default)]
struct Calling {
    /// The burst that goes on: frames since it began, frames that were not it in a row, its level.
    burst: Option<(u32, u32, f32)>,
    /// Since the last whole burst: frames, loud ones among them, the burst's level.
    gap: Option<(u32, u32, f32)>,
}

impl Calling {
    /// Whether the second burst has ended with this frame.
    fn frame(&mut self, is_tone: bool, level: f32) -> bool {
        if let Some((frames, loud, of)) = &mut self.gap {
            *frames += 1;
            *loud += u32::from(!is_tone && level > *of / 2.0);
            if *frames > GAP_FRAMES.end() + BURST_FRAMES.end() + MISSING_FRAMES_MAX + 1 {
                self.gap = None;
            }
        }
        let Some((frames, missing, _)) = &mut self.burst else {
            if is_tone {
                self.burst = Some((1, 0, level));
            }
            return false;
        };
        *frames += 1;
        *missing = if is_tone { 0 } else { *missing + 1 };
        if *missing <= MISSING_FRAMES_MAX {
            return false;
        }
        let (length, tone) = (*frames - *missing, self.burst.take().map_or(0.0, |(.., level)| level));
        if !BURST_FRAMES.contains(&length) {
            return false;
        }
        let since = MISSING_FRAMES_MAX + 1;
        let before = self.gap.replace((since, 0, tone));
        before.is_some_and(|(frames, loud, _)| {
            let gap = frames.saturating_sub(length + since);
            GAP_FRAMES.contains(&gap) && loud as f32 <= GAP_LOUD_SHARE_MAX * gap as f32
        })
    }
}

/// A tone alone, steady, neither short nor long.
#[derive(Debug, Default)]
struct Beep {
    /// 2 cos ω of the tone that goes on, and its length in frames.
    tone: Option<(f32, u32)>,
}

impl Beep {
    /// Whether a beep has ended with this frame. `energy`: of a frame that is loud enough to be one.
    fn frame(&mut self, frame: &Frame, energy: Option<f32>) -> bool {
        let pure = energy.and_then(|energy| one_tone(frame, energy));
        match (pure, &mut self.tone) {
            (Some(turn), Some((of, frames))) if (turn - *of).abs() <= BEEP_DRIFT_MAX => {
                *frames = frames.saturating_add(1);
                false
            }
            (pure, tone) => {
                let ended = std::mem::replace(tone, pure.map(|turn| (turn, 1)));
                ended.is_some_and(|(turn, frames)| {
                    let hz = (turn / 2.0).acos() * SAMPLE_RATE_HZ as f32 / std::f32::consts::TAU;
                    BEEP_FRAMES.contains(&frames) && BEEP_HZ.contains(&hz)
                })
            }
        }
    }
}

/// 2 cos ω where the frame is a single sine: then each sample is foretold by its neighbours.
fn one_tone(frame: &Frame, energy: f32) -> Option<f32> {
    let threes =
        || frame.0.windows(3).map(|three| (f32::from(three[1]), f32::from(three[0]) + f32::from(three[2])));
    let (product, own) = threes()
        .fold((0.0, 0.0), |(product, own), (middle, ends)| (product + middle * ends, own + middle * middle));
    let turn = product / own.max(1.0);
    let residue: f32 = threes().map(|(middle, ends)| (ends - turn * middle).powi(2)).sum();
    (turn.abs() <= 2.0 && residue <= BEEP_RESIDUE_MAX * energy).then_some(turn)
}

/// Sound with hardly a pause.
#[derive(Debug)]
struct Lasting {
    loud: [bool; LASTING_FRAMES as usize],
    at: usize,
    count: u32,
    /// Frames until it may be told again.
    rests: u32,
}

impl Default for Lasting {
    fn default() -> Self {
        Self { loud: [false; LASTING_FRAMES as usize], at: 0, count: 0, rests: 0 }
    }
}

impl Lasting {
    fn frame(&mut self, loud: bool) -> bool {
        let oldest = std::mem::replace(&mut self.loud[self.at], loud);
        self.at = (self.at + 1) % self.loud.len();
        self.count = self.count + u32::from(loud) - u32::from(oldest);
        self.rests = self.rests.saturating_sub(1);
        let told = self.count >= LASTING_FRAMES_MIN && self.rests == 0;
        if told {
            self.rests = LASTING_EVERY_FRAMES;
        }
        told
    }
}

#[cfg(test)]
mod tests;
