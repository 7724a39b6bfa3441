//! Klinke's sound on its way to the wire: one frame a tick, neither more nor less.
//!
//! Each tick of 20 ms opens a slot. The call's frame fills it and goes out at once. A slot that is still open at
//! the next tick is filled with silence, so that the stream never stalls; the late frame then fills the next
//! slot, and what follows it waits, three frames at most. Silence that the call sends while frames wait is left
//! out, which takes the delay back.

use crate::call::line::VoiceFrame;

/// Frames that wait at most: 60 ms, so that a barge-in is heard at once. The oldest is dropped for a fourth.
const WAITING_MAX: usize = 3;
/// A frame with no sample beyond the first step of A-law is silence: nobody hears the difference.
const QUIET_PEAK: u16 = 16;

/// Whether a frame is silence to whoever hears it.
pub fn is_quiet(frame: &VoiceFrame) -> bool {
    frame.0.iter().all(|sample| sample.unsigned_abs() <= QUIET_PEAK)
}

/// The slots of one call.
#[derive(Debug)]
pub struct Outgoing {
    open: bool,
    waiting: [VoiceFrame; WAITING_MAX],
    count: usize,
    /// Slots filled with silence because the call was late.
    pub late: u64,
    /// Frames that never reached the wire.
    pub dropped: u64,
}

impl Outgoing {
    /// No slot is open, nothing waits.
    #[must_use]
    pub const fn new() -> Self {
        Self { open: false, waiting: [VoiceFrame::SILENCE; WAITING_MAX], count: 0, late: 0, dropped: 0 }
    }

    /// 20 ms have passed. Gives what goes to the wire now.
    pub fn tick(&mut self) -> Option<VoiceFrame> {
        let waiting = self.pop();
        match (self.open, waiting) {
            (true, None) => {
                self.late += 1;
                Some(VoiceFrame::SILENCE)
            }
            (_, waiting) => {
                self.open = waiting.is_none();
                waiting
            }
        }
    }

    /// The call answers a tick. Gives what goes to the wire now.
    pub fn frame(&mut self, frame: VoiceFrame) -> Option<VoiceFrame> {
        if std::mem::take(&mut self.open) {
            return Some(frame);
        }
        if !is_quiet(&frame) {
            if self.count == WAITING_MAX {
                self.dropped += 1;
                let _ = self.pop();
            }
            self.waiting[self.count] = frame;
            self.count += 1;
        }
        None
    }

    /// What still waits, oldest first, for the end of the call.
    pub fn pop(&mut self) -> Option<VoiceFrame> {
        let first = (self.count > 0).then_some(self.waiting[0])?;
        self.waiting.rotate_left(1);
        self.count -= 1;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(value: i16) -> VoiceFrame {
        VoiceFrame([value; 320])
    }

    #[test]
    fn a_prompt_call_is_heard_at_once() {
        let mut outgoing = Outgoing::new();
        for value in 1..100 {
            assert_eq!(outgoing.tick(), None);
            assert_eq!(outgoing.frame(sound(value)), Some(sound(value)));
        }
        assert_eq!((outgoing.late, outgoing.dropped), (0, 0));
    }

    #[test]
    fn a_call_that_says_nothing_sounds_like_silence() {
        let mut outgoing = Outgoing::new();
        assert_eq!(outgoing.tick(), None);
        assert!((0..50).all(|_| outgoing.tick() == Some(VoiceFrame::SILENCE)));
        assert_eq!(outgoing.late, 50);
    }

    #[test]
    fn a_late_frame_is_heard_late_and_its_delay_ends_with_the_next_silence() {
        let mut outgoing = Outgoing::new();
        assert_eq!(outgoing.tick(), None);
        assert_eq!(outgoing.tick(), Some(VoiceFrame::SILENCE));
        assert_eq!(outgoing.frame(sound(101)), Some(sound(101)));
        assert_eq!(outgoing.frame(sound(102)), None);
        assert_eq!(outgoing.tick(), Some(sound(102)));
        assert_eq!(outgoing.frame(sound(103)), None);
        assert_eq!(outgoing.tick(), Some(sound(103)));
        assert_eq!(outgoing.frame(sound(8)), None);
        assert_eq!(outgoing.tick(), None);
        assert_eq!(outgoing.frame(sound(104)), Some(sound(104)));
    }

    #[test]
    fn never_more_than_60_ms_wait() {
        let mut outgoing = Outgoing::new();
        assert_eq!(outgoing.tick(), None);
        for value in 101..=110 {
            let _ = outgoing.frame(sound(value));
        }
        assert_eq!(outgoing.dropped, 6);
        let rest: Vec<_> = std::iter::from_fn(|| outgoing.pop()).collect();
        assert_eq!(rest, [sound(108), sound(109), sound(110)]);
    }
}
