//! What of ours still waits inside Asterisk where Asterisk paces it (`chan_websocket`).
//!
//! It takes a frame from its queue every 20 ms by its own clock, and holds 1,000 of them. Whatever gets ahead
//! there, because our clock is faster or we had to catch up, would stay as delay for the rest of the call. So we
//! keep count, correct the count by what Asterisk reports, leave out silence when more waits than should, and
//! drop what a caller who interrupts would still have to hear after 60 ms. Where Asterisk stood still and our frames
//! wait there by the second, they are thrown away: what is said now counts.

use std::time::Duration;

use tokio::time::Instant;

use crate::call::line::FRAME_MS;

/// More than this ahead, silence is left out: half a frame is the play of two clocks.
const AHEAD_QUIET_MS_MAX: u64 = 10;
/// A frame that would wait longer than this is dropped: with itself 60 ms.
const AHEAD_MS_MAX: u64 = 40;
/// So many frames of ours wait there only where it stood still.
const WAITING_FRAMES_MAX: u32 = 5;
/// Frames between two questions how much waits: a second.
const ASK_FRAMES: u32 = 50;

/// The count.
#[derive(Debug)]
pub struct Queue {
    /// When Asterisk will have taken all of it.
    empty_at: Instant,
    /// Asterisk has said stop.
    full: bool,
    frames: u32,
}

impl Queue {
    /// Nothing waits.
    pub const fn new(now: Instant) -> Self {
        Self { empty_at: now, full: false, frames: 0 }
    }

    /// Whether a frame may go there now.
    pub fn has_room(&self, now: Instant, quiet: bool) -> bool {
        let limit_ms = if quiet { AHEAD_QUIET_MS_MAX } else { AHEAD_MS_MAX };
        !self.full && self.empty_at.saturating_duration_since(now) <= Duration::from_millis(limit_ms)
    }

    /// A frame went there. True: it is time to ask how much waits.
    pub fn sent(&mut self, now: Instant) -> bool {
        self.empty_at = self.empty_at.max(now) + Duration::from_millis(u64::from(FRAME_MS));
        self.frames = (self.frames + 1) % ASK_FRAMES;
        self.frames == 0
    }

    /// Asterisk says how many frames wait. True: they are to be thrown away.
    pub fn reported(&mut self, now: Instant, frames: u32) -> bool {
        let too_many = frames > WAITING_FRAMES_MAX;
        let frames = if too_many { 0 } else { frames };
        self.full &= !too_many;
        self.empty_at = now + Duration::from_millis(u64::from(FRAME_MS)) * frames;
        too_many
    }

    /// Asterisk says stop, or go on.
    pub const fn set_full(&mut self, full: bool) {
        self.full = full;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(20);

    #[test]
    fn an_even_stream_has_room_for_ever_and_asks_once_a_second() {
        let mut now = Instant::now();
        let (mut queue, mut asked) = (Queue::new(now), 0);
        for number in 0..500_u32 {
            // our ticks are not exact
            now += FRAME + Duration::from_millis(u64::from(number % 3)) - Duration::from_millis(1);
            assert!(queue.has_room(now, true), "{number}");
            asked += u32::from(queue.sent(now));
        }
        assert_eq!(asked, 10);
    }

    #[test]
    fn what_is_caught_up_leaves_out_silence_and_never_exceeds_60_ms() {
        let now = Instant::now();
        for (quiet, frames) in [(true, 1), (false, 3)] {
            let mut queue = Queue::new(now);
            let sent = (0..10)
                .filter(|_| {
                    queue.has_room(now, quiet) && {
                        queue.sent(now);
                        true
                    }
                })
                .count();
            assert_eq!(sent, frames);
            // and once Asterisk has played it, there is room again
            assert!(queue.has_room(now + FRAME, quiet));
        }
    }

    #[test]
    fn a_faster_clock_is_found_by_what_asterisk_reports() {
        let mut now = Instant::now();
        let mut queue = Queue::new(now);
        assert!(!queue.reported(now, 3));
        assert!(!queue.has_room(now, true) && !queue.has_room(now, false));
        now += FRAME;
        assert!(!queue.has_room(now, true) && queue.has_room(now, false));
        queue.set_full(true);
        assert!(!queue.has_room(now + 100 * FRAME, false));
        queue.set_full(false);
        assert!(queue.has_room(now + 100 * FRAME, false));
    }

    #[test]
    fn what_piled_up_while_asterisk_stood_still_is_thrown_away() {
        let now = Instant::now();
        let mut queue = Queue::new(now);
        assert!(!queue.reported(now, WAITING_FRAMES_MAX) && !queue.has_room(now, false));
        for frames in [WAITING_FRAMES_MAX + 1, 100, u32::MAX] {
            assert!(queue.reported(now, frames) && queue.has_room(now, false), "{frames}");
        }
    }
}
