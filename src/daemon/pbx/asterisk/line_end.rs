//! The PBX's end of a call's line: what happens goes in, what the call wants comes out.

use tokio::sync::mpsc;

use super::digits::{Pressed, Presses};
use crate::call::line::{ColleagueEvent, Frame, HangUp, LineCommand, LineEvent};
use crate::daemon::pbx::{COMMANDS_MAX, EVENTS_MAX, EVENTS_RESERVED};

/// Our end, while the shell has the other one.
pub struct LineEnd {
    /// What happens.
    pub events: Events,
    /// What the call wants.
    pub commands: mpsc::Receiver<LineCommand>,
}

impl LineEnd {
    /// A line: our end, and what the shell gets.
    pub fn new() -> (Self, (mpsc::Receiver<LineEvent>, mpsc::Sender<LineCommand>)) {
        let (queue, events) = mpsc::channel(EVENTS_MAX);
        let (commands, wishes) = mpsc::channel(COMMANDS_MAX);
        let events_in = Events { queue, presses: Presses::default(), untaken: 0 };
        (Self { events: events_in, commands: wishes }, (events, commands))
    }
}

/// What happens, for a call that may not read it in time.
pub struct Events {
    queue: mpsc::Sender<LineEvent>,
    presses: Presses,
    /// Frames that the call did not take.
    pub untaken: u64,
}

impl Events {
    /// A call that does not read for a second misses frames.
    pub fn frame(&mut self, frame: Frame) {
        let room = self.queue.capacity() > EVENTS_RESERVED;
        if !room || self.queue.try_send(LineEvent::Frame(frame)).is_err() {
            self.untaken += 1;
        }
    }

    /// A telling of a key.
    pub fn digit(&mut self, pressed: Pressed) {
        if let Some(digit) = self.presses.told(pressed) {
            self.tell(LineEvent::Digit(digit), "a digit");
        }
    }

    /// Of the colleague.
    pub fn colleague(&mut self, event: ColleagueEvent) {
        self.tell(LineEvent::Colleague(event), "word of a colleague");
    }

    /// The caller's telephone has put us on hold, or taken us back.
    pub fn hold(&mut self, on: bool) {
        self.tell(if on { LineEvent::Held } else { LineEvent::Resumed }, "a hold");
    }

    /// The end.
    pub fn last(&mut self, hang_up: HangUp) {
        // a call that has dropped its line needs no word of its end
        let _ = self.queue.try_send(LineEvent::HungUp(hang_up));
    }

    /// The last place is for the end.
    fn tell(&self, event: LineEvent, what: &str) {
        if self.queue.is_closed() {
            return;
        }
        if self.queue.capacity() <= 1 || self.queue.try_send(event).is_err() {
            log::warn!("{what} was lost: the call does not read what happens on its line");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::line::Digit;

    #[test]
    fn a_call_that_does_not_read_learns_of_keys_and_of_its_end() {
        let (mut end, (mut events, _commands)) = LineEnd::new();
        (0..200).for_each(|_| end.events.frame(Frame::SILENCE));
        assert_eq!(end.events.untaken, 200 - (EVENTS_MAX - EVENTS_RESERVED) as u64);
        let digit = Digit::new('5').unwrap();
        for _ in 0..100 {
            end.events.digit(Pressed { digit, at: None, duration_ms: 0 });
        }
        end.events.last(HangUp::Caller);
        let mut told = Vec::new();
        while let Ok(event) = events.try_recv() {
            told.push(event);
        }
        assert_eq!(told.len(), EVENTS_MAX);
        assert_eq!(
            told.iter().filter(|&event| *event == LineEvent::Digit(digit)).count(),
            EVENTS_RESERVED - 1
        );
        assert_eq!(told.last(), Some(&LineEvent::HungUp(HangUp::Caller)));
    }
}
