//! The sound of one call, paced by our clock: one frame of the caller and one of ours every 20 ms.
//!
//! `choice` picks path and code, `door` brings our end and the PBX's together, `wire` is one of `rtp`,
//! `audiosocket`, `websocket` (`control` reads what Asterisk says there, `queue` counts what waits there). What
//! arrives goes to the `ear`; what we say waits its turn in `outgoing`. The formats themselves are in
//! `daemon/pbx`: `rtp`, `audiosocket`, `coding`.

mod audiosocket;
mod choice;
mod control;
mod door;
mod ear;
mod outgoing;
mod ports;
mod queue;
mod rtp;
mod websocket;
mod wire;

use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

pub use self::choice::{Choice, Choices};
pub use self::control::{Control, Form};
pub use self::door::Door;
use self::ear::Ear;
use self::outgoing::{Outgoing, is_quiet};
pub use self::ports::Ports;
pub use self::wire::Wire;
use crate::call::line::{FRAME_MS, Frame, VoiceFrame};
use crate::daemon::pbx::coding::{CODED_BYTES_MAX, Encoder};

/// Length of a tick.
const TICK: Duration = Duration::from_millis(FRAME_MS as u64);
/// Ticks that are caught up at once after the machine has not let us run; what is beyond is left out.
const CATCH_UP_TICKS_MAX: u32 = 10;

/// Both directions of one call.
#[derive(Debug)]
pub struct Media {
    wire: Wire,
    ear: Ear,
    outgoing: Outgoing,
    encoder: Encoder,
    next_tick: Instant,
    unsent: u64,
    left_out: u64,
}

impl Media {
    /// Sound over `wire`. The first tick is now.
    pub fn new(wire: Wire) -> Self {
        Self {
            ear: Ear::new(wire.order()),
            encoder: Encoder::new(wire.order()),
            wire,
            outgoing: Outgoing::new(),
            next_tick: Instant::now(),
            unsent: 0,
            left_out: 0,
        }
    }

    /// How long nothing has come from the PBX.
    pub fn silent_for(&self) -> Duration {
        self.ear.silent_for()
    }

    /// When the next tick is due.
    pub fn until_tick(&self) -> Sleep {
        sleep_until(self.next_tick)
    }

    /// A tick: 20 ms of the caller; what of ours is due goes to the wire.
    pub fn tick(&mut self) -> Frame {
        let behind = self.next_tick.elapsed().as_millis() / TICK.as_millis();
        let behind = u32::try_from(behind).unwrap_or(u32::MAX / FRAME_MS);
        if behind > CATCH_UP_TICKS_MAX {
            log::warn!("the media path stood still for {} ms", behind * FRAME_MS);
            self.next_tick += TICK * behind;
            self.wire.pause(behind);
        }
        self.next_tick += TICK;
        if let Some(frame) = self.outgoing.tick() {
            self.send(&frame);
        }
        self.ear.frame()
    }

    /// The call answers a tick.
    pub fn answer(&mut self, frame: VoiceFrame) {
        if let Some(frame) = self.outgoing.frame(frame) {
            self.send(&frame);
        }
    }

    /// What still waits goes to the wire now: the call ends.
    pub fn flush(&mut self) {
        while let Some(frame) = self.outgoing.pop() {
            self.send(&frame);
        }
    }

    /// Waits for something to arrive and takes it.
    ///
    /// # Errors
    /// What is wrong with a wire that has ended. Asterisk notices that too: the media channel ends.
    pub async fn receive(&mut self) -> Result<(), String> {
        self.wire.receive(&mut self.ear).await
    }

    fn send(&mut self, frame: &VoiceFrame) {
        if !self.wire.has_room(is_quiet(frame)) {
            self.left_out += 1;
            return;
        }
        let mut coded = [0; CODED_BYTES_MAX];
        let coded = self.encoder.encode(self.wire.codec(), frame, &mut coded);
        self.unsent += u64::from(!self.wire.send(coded));
    }

    /// What is worth knowing of it afterwards.
    pub fn summary(&self) -> String {
        let jitter = self.ear.counts();
        format!(
            "{} {}: {} packets used, {} late, {} duplicate, {} refused, {} foreign, {} frames made up; {} of our \
             frames late, {} dropped, {} left out, {} not sent",
            self.wire.path().word(),
            self.wire.codec().word(),
            jitter.used,
            jitter.late,
            jitter.duplicate,
            jitter.refused,
            self.wire.foreign(),
            jitter.concealed,
            self.outgoing.late,
            self.outgoing.dropped,
            self.left_out,
            self.unsent,
        )
    }
}
