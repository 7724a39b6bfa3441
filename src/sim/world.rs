//! A world with a clock turned by hand: an hour of conversation in as little time as the models take.
//!
//! Time moves from frame to frame, 20 ms at a time; whatever the call asks of models, voice and store is
//! answered at the same moment. The same call in the same world is the same call to the last sample.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::caller::Act;
use crate::call::actions::{Order, OrderId, Outcome};
use crate::call::audio::tones::Tones;
use crate::call::hearing::{Job, JobResult};
use crate::call::line::{
    Absence, Arrival, ColleagueEvent, FRAME_MS, Frame, HangUp, LineCommand, LineEvent, VoiceFrame,
};
use crate::call::speech::Rendered;
use crate::call::{Call, Input, Onlooker, Output, SiteRooms};
use crate::clock::Instant;
use crate::config::Limits;
use crate::record::Entry;

/// Frames a call may take in a pretend world: two hours. A call that does not end by then has no end.
pub const FRAMES_MAX: u64 = 2 * 3600 * 1000 / FRAME_MS as u64;
/// Outputs that may follow from one moment before we call it a loop.
const OUTPUTS_AT_ONCE_MAX: usize = 10_000;

/// Everything outside the call.
pub trait World: Onlooker {
    /// What the models say; `None` where the job has no answer.
    fn answer(&mut self, job: Job) -> Option<JobResult>;
    /// What the voice makes of a text; `None`: it cannot.
    fn render(&mut self, text: &str, slowly: bool) -> Option<Rendered>;
    /// Does an order, at `at`.
    fn carry_out(&mut self, id: OrderId, order: Order, at: Timestamp) -> Outcome;
    /// Keeps an entry; `false`: it could not.
    fn keep(&mut self, entry: Entry) -> bool;
    /// What the caller does next, having heard 20 ms. While a colleague listens: what the colleague says, and keys
    /// and hanging up of the caller.
    fn caller(&mut self, heard: &VoiceFrame) -> Act;
    /// A colleague is to be called, or let go of; what comes of it at once. As it stands nobody can be asked first.
    fn asked(&mut self, command: &LineCommand) -> Option<ColleagueEvent> {
        match command {
            LineCommand::Consult { .. } => Some(ColleagueEvent::Gone(Absence::Unsupported)),
            LineCommand::Return => Some(ColleagueEvent::Gone(Absence::Returned)),
            _ => None,
        }
    }
    /// What happens on the colleague's side in these 20 ms.
    fn colleague(&mut self) -> Option<ColleagueEvent> {
        None
    }
}

/// How the call left the line.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one of it a call")]
pub enum Left {
    /// Klinke let go of it or hung up.
    Klinke(LineCommand),
    /// The caller hung up.
    Caller,
}

/// Holds one call from beginning to end, the clock starting at `at`.
///
/// A call that lasts longer than [`FRAMES_MAX`] is ended as if the daemon went down.
pub fn hold(
    rooms: &SiteRooms,
    limits: Limits,
    arrival: Arrival,
    at: Timestamp,
    world: &mut impl World,
) -> Left {
    let mut now = Instant::START;
    let mut out = Vec::new();
    world.began(at, &rooms.site.id, &arrival);
    let mut call = Call::begin(now, at, rooms, limits, arrival, &mut out);
    let mut heard = VoiceFrame::SILENCE;
    let mut tones = Tones::default();
    for _ in 0..FRAMES_MAX {
        if let Some(left) = settle(&mut call, now, at, &mut out, world, &mut heard) {
            return left;
        }
        now = now + FRAME;
        if let Some(event) = world.colleague() {
            let input = Input::Line(LineEvent::Colleague(event));
            world.input(now, &input);
            call.handle(now, input, &mut out);
            if let Some(left) = settle(&mut call, now, at, &mut out, world, &mut heard) {
                return left;
            }
        }
        let act = world.caller(&heard);
        if let Act::Sound(caller) = &act {
            world.frames(caller, &heard);
        }
        for event in events(act) {
            let tone = call.listens().then(|| tones.of(&event)).flatten();
            for input in std::iter::once(event).chain(tone).map(Input::Line) {
                world.input(now, &input);
                call.handle(now, input, &mut out);
            }
        }
    }
    call.handle(now, Input::Line(LineEvent::HungUp(HangUp::Shutdown)), &mut out);
    settle(&mut call, now, at, &mut out, world, &mut heard).unwrap_or(Left::Caller)
}

const FRAME: Duration = Duration::from_millis(FRAME_MS as u64);

/// What 20 ms of a caller are on the line: always a frame, unless he hung up.
pub fn events(act: Act) -> impl Iterator<Item = LineEvent> {
    let (event, frame) = match act {
        Act::Sound(frame) => (None, Some(frame)),
        Act::Digit(digit) => (Some(LineEvent::Digit(digit)), Some(Frame::SILENCE)),
        Act::Typed(text) => (Some(LineEvent::Typed(text.into())), Some(Frame::SILENCE)),
        Act::Hold => (Some(LineEvent::Held), Some(Frame::SILENCE)),
        Act::TakeBack => (Some(LineEvent::Resumed), Some(Frame::SILENCE)),
        Act::HangUp => (Some(LineEvent::HungUp(HangUp::Caller)), None),
    };
    event.into_iter().chain(frame.map(LineEvent::Frame))
}

/// Carries out everything the call wants until it wants nothing more at this moment.
fn settle(
    call: &mut Call,
    now: Instant,
    at: Timestamp,
    out: &mut Vec<Output>,
    world: &mut impl World,
    heard: &mut VoiceFrame,
) -> Option<Left> {
    let mut left = call.is_over().then_some(Left::Caller);
    let mut todo: VecDeque<Output> = out.drain(..).collect();
    let mut count = 0;
    while let Some(output) = todo.pop_front() {
        count += 1;
        assert!(count < OUTPUTS_AT_ONCE_MAX, "the call goes round in circles at {}", call.media());
        let input = match output {
            Output::Line(LineCommand::Frame(frame)) => {
                *heard = frame;
                None
            }
            Output::Line(command @ (LineCommand::Consult { .. } | LineCommand::Return)) => {
                world.asked(&command).map(|event| Input::Line(LineEvent::Colleague(event)))
            }
            Output::Line(command) => {
                left = Some(Left::Klinke(command));
                None
            }
            Output::Job(job) => world.answer(job).map(Input::Job),
            Output::Render { id, text, slowly } => {
                Some(Input::Rendered(id, world.render(text.reveal(), slowly)))
            }
            Output::Order(id, order) => {
                let moment = at + now.since(Instant::START);
                Some(Input::Outcome(id, world.carry_out(id, order, moment)))
            }
            Output::Entry(entry) => (!world.keep(entry)).then_some(Input::KeepFailed),
            Output::Event(event) => {
                world.event(&event);
                None
            }
        };
        if let Some(input) = input {
            world.input(now, &input);
            call.handle(now, input, out);
            todo.extend(out.drain(..));
        }
    }
    left
}
