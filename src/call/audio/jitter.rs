//! The jitter buffer: packets as the network brings them → one frame every 20 ms.
//!
//! A ring of samples addressed by RTP timestamp. A packet is written where its timestamp says, so order, length
//! and duplicates do not matter; a frame is read where the play-out point stands, and what is not there is
//! concealed: the last 20 ms again, fading to silence in 60 ms. The play-out point moves by 20 ms with every
//! frame read, whether something arrived or not; a pause in the sending (DTX) is therefore just a longer gap.
//!
//! *Slack* is how long before its turn a packet arrives. It begins at 20 ms (40 ms from the wire to the call),
//! grows by a frame when packets come late, and shrinks in a quiet moment when all packets of two seconds came
//! earlier than needed; that takes up a sender's faster clock as well. Depth is bounded by the ring: whatever
//! lies further ahead or behind than it reaches is not written, and a few of those in a row move the play-out
//! point to where the sender is.
//!
//! A wire that keeps the order and says no place (TCP) appends instead: its sound has its turn after what came
//! before, or 20 ms from now where that turn has passed, so that nothing of it is ever too late. A stall becomes
//! delay, which quiet moments take back as above.
//!
//! No clock, no allocation: arrival is the order of the calls.

use crate::call::line::{FRAME_SAMPLES, Frame, SAMPLE_RATE_HZ};

/// Longest packet that is taken, in samples: 60 ms.
pub const PACKET_SAMPLES_MAX: usize = samples(60);
/// Furthest ahead of the play-out point that sound is kept, in samples: 256 ms. A power of two.
const RING_SAMPLES: usize = 2048;
/// Slack at the start of a stream, and the least it shrinks to.
const SLACK_SAMPLES_MIN: i32 = samples(20) as i32;
/// Slack is not grown beyond this.
const SLACK_SAMPLES_MAX: i32 = samples(100) as i32;
/// So many late packets in a window make the slack grow by a frame; a single one is concealed.
const LATE_PACKETS_MAX: u32 = 2;
/// Packets over which the slack is watched before it shrinks: 2 s at 20 ms.
const WINDOW_PACKETS: u32 = 100;
/// Packets in a row without use before the play-out point moves to the sender.
const USELESS_PACKETS_MAX: u32 = 4;
/// A frame below this peak may be left out without being missed (about −40 dBFS).
const QUIET_PEAK: u16 = 328;
/// Concealment has faded to silence after so many samples.
const FADE_SAMPLES: i32 = samples(60) as i32;

const fn samples(ms: usize) -> usize {
    ms * SAMPLE_RATE_HZ as usize / 1000
}

/// Where a packet belongs (RFC 3550).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The sender's stream.
    pub ssrc: u32,
    /// Counts packets.
    pub sequence: u16,
    /// Counts samples.
    pub timestamp: u32,
    /// First packet after a pause.
    pub marker: bool,
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets written, in whole or in part.
    pub used: u64,
    /// Packets that came after their turn, in whole or in part.
    pub late: u64,
    /// Packets that had been there before.
    pub duplicate: u64,
    /// Packets that were empty, too long, or out of reach.
    pub refused: u64,
    /// Frames with a sample that was made up.
    pub concealed: u64,
    /// Frames left out to shorten the delay.
    pub shortened: u64,
    /// Frames put in to lengthen the delay.
    pub lengthened: u64,
    /// Times the play-out point was set anew, the first one included.
    pub placed: u64,
}

/// The jitter buffer of one direction of one call. 6 KB.
#[derive(Clone, Debug)]
pub struct Jitter {
    ring: [i16; RING_SAMPLES],
    filled: [bool; RING_SAMPLES],
    stream: Option<Stream>,
    /// Where appended sound goes on.
    appended: Stamp,
    concealer: Concealer,
    counts: Counts,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    /// Timestamp of the next sample to be read.
    play_at: u32,
    seen: Seen,
    useless: u32,
    window: Window,
    /// Frames to be left out at the next quiet moment.
    surplus: u32,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    packets: u32,
    late: u32,
    slack_min: i32,
    slack_max: i32,
    /// The same of the window before, so that there always is one.
    slack_max_before: i32,
}

impl Window {
    const fn after(slack_max: i32) -> Self {
        Self { packets: 0, late: 0, slack_min: i32::MAX, slack_max: i32::MIN, slack_max_before: slack_max }
    }

    /// The play-out point was moved back by `samples`.
    fn shift(&mut self, samples: i32) {
        self.slack_max = self.slack_max.saturating_add(samples);
        self.slack_max_before += samples;
    }
}

impl Default for Jitter {
    fn default() -> Self {
        Self::new()
    }
}

impl Jitter {
    /// An empty one. Gives silence until a packet comes.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            ring: [0; RING_SAMPLES],
            filled: [false; RING_SAMPLES],
            stream: None,
            appended: Stamp { ssrc: 0, sequence: 0, timestamp: 0, marker: false },
            concealer: Concealer::new(),
            counts: Counts {
                used: 0,
                late: 0,
                duplicate: 0,
                refused: 0,
                concealed: 0,
                shortened: 0,
                lengthened: 0,
                placed: 0,
            },
        }
    }

    /// What happened so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// A packet has come. Anything may be in it.
    pub fn push(&mut self, stamp: Stamp, sound: &[i16]) {
        if sound.is_empty() || sound.len() > PACKET_SAMPLES_MAX {
            self.counts.refused += 1;
            return;
        }
        let mut stream = match self.stream {
            Some(stream) if stream.ssrc == stamp.ssrc => stream,
            _ => self.place(stamp),
        };
        if !stream.seen.first_time(stamp.sequence) {
            self.counts.duplicate += 1;
        } else {
            let ahead = stamp.timestamp.wrapping_sub(stream.play_at).cast_signed();
            if self.write(&mut stream, stamp, ahead, sound) {
                self.watch(&mut stream, ahead);
            } else if stream.useless > USELESS_PACKETS_MAX || stamp.marker {
                stream = self.place(stamp);
                self.write(&mut stream, stamp, SLACK_SAMPLES_MIN, sound);
            }
        }
        self.stream = Some(stream);
    }

    /// What follows in a stream without places has come. Anything may be in it.
    pub fn append(&mut self, sound: &[i16]) {
        let mut stamp = self.appended;
        if let Some(stream) = &self.stream
            && stamp.timestamp.wrapping_sub(stream.play_at).cast_signed() < 0
        {
            stamp.timestamp = stream.play_at.wrapping_add(SLACK_SAMPLES_MIN.cast_unsigned());
        }
        self.push(stamp, sound);
        stamp.timestamp = stamp.timestamp.wrapping_add(sound.len() as u32);
        stamp.sequence = stamp.sequence.wrapping_add(1);
        self.appended = stamp;
    }

    /// A packet has come that nobody could use.
    pub const fn refuse(&mut self) {
        self.counts.refused += 1;
    }

    /// The next 20 ms.
    #[must_use]
    pub fn pop(&mut self) -> Frame {
        let mut frame = Frame::SILENCE;
        let Some(mut stream) = self.stream else { return frame };
        if stream.surplus > 0 && self.is_quiet(stream.play_at) {
            self.skip(&mut stream, 1);
            stream.surplus -= 1;
        }
        let mut whole = true;
        for sample in &mut frame.0 {
            let at = stream.play_at as usize % RING_SAMPLES;
            *sample = if std::mem::take(&mut self.filled[at]) {
                self.concealer.heard(self.ring[at])
            } else {
                whole = false;
                self.concealer.made_up()
            };
            stream.play_at = stream.play_at.wrapping_add(1);
        }
        self.counts.concealed += u64::from(!whole);
        self.stream = Some(stream);
        frame
    }

    /// A new play-out point, `slack` before this packet.
    fn place(&mut self, stamp: Stamp) -> Stream {
        self.filled = [false; RING_SAMPLES];
        self.counts.placed += 1;
        Stream {
            ssrc: stamp.ssrc,
            play_at: stamp.timestamp.wrapping_sub(SLACK_SAMPLES_MIN.cast_unsigned()),
            seen: Seen::before(stamp.sequence),
            useless: 0,
            window: Window::after(SLACK_SAMPLES_MIN),
            surplus: 0,
        }
    }

    /// Writes what of `sound` still has its turn, `ahead` samples from now. False: nothing of it is within reach.
    fn write(&mut self, stream: &mut Stream, stamp: Stamp, ahead: i32, sound: &[i16]) -> bool {
        let late = (-i64::from(ahead)).max(0) as usize;
        let in_reach = i64::from(ahead) + sound.len() as i64 <= RING_SAMPLES as i64;
        self.counts.late += u64::from(late > 0 && late < RING_SAMPLES);
        if late >= sound.len() || !in_reach {
            stream.useless += 1;
            self.counts.refused += u64::from(late >= RING_SAMPLES || !in_reach);
            // a packet that has just missed its turn still says how much slack is wanting
            return (1..RING_SAMPLES).contains(&late) && stream.useless <= USELESS_PACKETS_MAX;
        }
        for (offset, &sample) in sound.iter().enumerate().skip(late) {
            let at = stamp.timestamp.wrapping_add(offset as u32) as usize % RING_SAMPLES;
            self.ring[at] = sample;
            self.filled[at] = true;
        }
        stream.useless = 0;
        self.counts.used += 1;
        true
    }

    /// Lets the slack follow what the network does.
    fn watch(&mut self, stream: &mut Stream, ahead: i32) {
        let window = &mut stream.window;
        window.packets += 1;
        window.late += u32::from(ahead < 0);
        window.slack_min = window.slack_min.min(ahead);
        window.slack_max = window.slack_max.max(ahead);
        if window.late >= LATE_PACKETS_MAX {
            (window.packets, window.late) = (0, 0);
            if window.slack_max.max(window.slack_max_before) < SLACK_SAMPLES_MAX {
                window.shift(FRAME_SAMPLES as i32);
                stream.play_at = stream.play_at.wrapping_sub(FRAME_SAMPLES as u32);
                self.counts.lengthened += 1;
            }
        } else if window.packets >= WINDOW_PACKETS {
            let frames_above =
                |slack: i32| (window.slack_min - slack).max(0).unsigned_abs() / FRAME_SAMPLES as u32;
            let (surplus, excess) = (frames_above(SLACK_SAMPLES_MIN), frames_above(SLACK_SAMPLES_MAX));
            *window = Window::after(window.slack_max);
            stream.surplus = surplus - excess;
            self.skip(stream, excess);
        }
    }

    /// Leaves out `frames` frames.
    fn skip(&mut self, stream: &mut Stream, frames: u32) {
        for _ in 0..frames * FRAME_SAMPLES as u32 {
            self.filled[stream.play_at as usize % RING_SAMPLES] = false;
            stream.play_at = stream.play_at.wrapping_add(1);
        }
        stream.window.shift(-(frames * FRAME_SAMPLES as u32).cast_signed());
        self.counts.shortened += u64::from(frames);
    }

    fn is_quiet(&self, from: u32) -> bool {
        (0..FRAME_SAMPLES as u32).all(|offset| {
            let at = from.wrapping_add(offset) as usize % RING_SAMPLES;
            !self.filled[at] || self.ring[at].unsigned_abs() < QUIET_PEAK
        })
    }
}

/// Which of the last 64 packets were there (as RFC 4303's replay window).
#[derive(Clone, Copy, Debug)]
struct Seen {
    newest: u16,
    before: u64,
}

impl Seen {
    /// Nothing yet; `sequence` will be the first.
    const fn before(sequence: u16) -> Self {
        Self { newest: sequence.wrapping_sub(1), before: 0 }
    }

    fn first_time(&mut self, sequence: u16) -> bool {
        let step = sequence.wrapping_sub(self.newest).cast_signed();
        if step > 0 {
            self.before = self.before.checked_shl(u32::from(step.unsigned_abs())).unwrap_or(0) | 1;
            self.newest = sequence;
            return true;
        }
        let bit = 1_u64.checked_shl(u32::from(step.unsigned_abs())).unwrap_or(0);
        let new = self.before & bit == 0;
        self.before |= bit;
        new
    }
}

/// Makes up what is missing.
#[derive(Clone, Copy, Debug)]
struct Concealer {
    /// The last 20 ms that were heard; the oldest sample is at `oldest`.
    heard: [i16; FRAME_SAMPLES],
    oldest: usize,
    /// Samples made up in a row.
    run: i32,
}

impl Concealer {
    const fn new() -> Self {
        Self { heard: [0; FRAME_SAMPLES], oldest: 0, run: FADE_SAMPLES }
    }

    fn heard(&mut self, sample: i16) -> i16 {
        self.heard[self.oldest] = sample;
        self.oldest = (self.oldest + 1) % FRAME_SAMPLES;
        self.run = 0;
        sample
    }

    fn made_up(&mut self) -> i16 {
        if self.run >= FADE_SAMPLES {
            return 0;
        }
        let again = self.heard[(self.oldest + self.run as usize) % FRAME_SAMPLES];
        let faded = i32::from(again) * (FADE_SAMPLES - self.run) / FADE_SAMPLES;
        self.run += 1;
        faded as i16
    }
}

#[cfg(test)]
#[path = "jitter_tests.rs"]
mod tests;
