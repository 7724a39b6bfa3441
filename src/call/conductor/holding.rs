//! On hold: the caller's telephone has put us away. Our voice waits, the ear is deaf (what arrives is the PBX's
//! music), silence is not counted; `hold_s_max` is. Taken back, the conversation goes on where it was.

use std::time::Duration;

use super::Call;
use crate::call::Output;
use crate::call::dialogue::DialogueInput;
use crate::clock::Instant;

impl Call {
    /// Whether what the line brings is listened to. Where not, nothing of it may be looked at either: on hold it is
    /// the PBX's music, and while a colleague is asked it is his, whose leg is never analysed.
    #[must_use]
    pub const fn listens(&self) -> bool {
        !self.over && self.on_hold.is_none() && self.consulting.is_none()
    }

    pub(super) fn put_on_hold(&mut self, now: Instant) {
        if self.on_hold.is_some() {
            return;
        }
        self.on_hold = Some(now + Duration::from_secs(u64::from(self.limits.hold_s_max)));
        self.silence_due = None;
    }

    /// When the hold has lasted for too long. Whoever waits for a colleague waits on hold as well.
    pub(super) fn hold_due(&self) -> Option<Instant> {
        self.on_hold.filter(|_| self.consulting.is_none())
    }

    /// What he said last before he put us on hold is still answered, in thought; nothing is said. What a colleague is
    /// told is not for him.
    pub(super) fn hold_back(&mut self) {
        if self.hold_due().is_some() && !self.mouth.is_paused() {
            self.mouth.pause();
        }
    }

    /// What was being said is said again from its beginning where it must be heard, else the dialogue repeats what
    /// matters.
    pub(super) fn taken_back(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.on_hold.take().is_none() || self.consulting.is_some() {
            return;
        }
        if self.dialogue.is_leaving() || !self.mouth.is_interruptible() {
            self.mouth.begin_again();
        } else {
            self.interrupt(now, out);
            self.mouth.resume();
            self.converse(now, DialogueInput::Resumed, out);
        }
        self.watch_silence(now);
    }

    /// Whoever presses a key or types is there, whatever his telephone says.
    pub(super) fn is_there(&mut self) {
        if self.on_hold.take().is_some() {
            self.mouth.begin_again();
        }
    }
}
