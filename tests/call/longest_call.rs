//! Promise: the longest call ends by the wall clock, whatever else does not work: no sound comes, the machine slept,
//! an order is pending, the caller holds, talks on and on or says goodbye and comes back.

use std::time::Duration;

use crate::demo;
use klinke::call::hearing::{Job, JobResult, Transcript};
use klinke::call::line::{Arrival, Frame, LineCommand, LineEvent};
use klinke::call::{Call, Input, Output};
use klinke::clock::Instant;
use klinke::config::Limits;

const LIMITS: Limits = Limits { call_s_max: 60, ..demo::LIMITS };

/// A call, and what the world does for it.
struct World {
    call: Call,
    now: Instant,
    out: Vec<Output>,
    rendered: Vec<String>,
    left: Option<LineCommand>,
    frames: bool,
    /// Whether the caller talks all the time.
    talks: bool,
    /// Whether an order is pending; none is ever carried out.
    pending: bool,
}

impl World {
    fn new() -> Self {
        let mut out = Vec::new();
        let at = demo::NOW.parse().expect("a timestamp");
        let call = Call::begin(Instant::START, at, &demo::site(), LIMITS, Arrival::default(), &mut out);
        let (now, left) = (Instant::START, None);
        let mut world =
            Self { call, now, out, rendered: Vec::new(), left, frames: true, talks: false, pending: false };
        world.settle();
        world
    }

    fn give(&mut self, input: Input) {
        self.call.handle(self.now, input, &mut self.out);
        self.settle();
    }

    fn settle(&mut self) {
        while !self.out.is_empty() {
            for output in std::mem::take(&mut self.out) {
                let answer = match output {
                    Output::Line(LineCommand::Frame(_)) | Output::Entry(_) | Output::Event(_) => None,
                    Output::Line(command) => {
                        self.left = Some(command);
                        None
                    }
                    Output::Render { id, text, .. } => {
                        let sound = vec![1_000; text.reveal().chars().count() * 960];
                        self.rendered.push(text.into_revealed());
                        Some(Input::Rendered(id, Some(sound.into())))
                    }
                    Output::Job(Job::Score { id, window }) => {
                        let probability = if self.talks { 0.97 } else { 0.02 };
                        Some(Input::Job(JobResult::Scored { id, probability, window }))
                    }
                    Output::Job(Job::Hear { id, .. }) => {
                        let transcript = Transcript::typed("und dann habe ich meinem schwager gesagt dass");
                        Some(Input::Job(JobResult::Heard { id, transcript: Some(transcript) }))
                    }
                    Output::Job(Job::Forget { .. }) => None,
                    Output::Order(..) => {
                        self.pending = true;
                        None
                    }
                };
                if let Some(answer) = answer {
                    self.call.handle(self.now, answer, &mut self.out);
                }
            }
        }
    }

    /// Time passes, with a frame every 20 ms where frames come, and ticks where they are due.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until && !self.call.is_over() {
            self.now = self.now + Duration::from_millis(20);
            if self.frames {
                self.give(Input::Line(LineEvent::Frame(Frame::SILENCE)));
            }
            while self.call.deadline().is_some_and(|due| due <= self.now) {
                self.give(Input::Tick);
            }
        }
    }

    /// The word for the dialplan, and when, in s.
    fn left(&self) -> (&'static str, u64) {
        match self.left {
            Some(LineCommand::Release { reason, .. }) => (reason, self.now.since(Instant::START).as_secs()),
            _ => panic!("after {:?}: {:?}", self.now, self.left),
        }
    }
}

#[test]
fn although_no_sound_comes() {
    let mut world = World::new();
    world.pass(Duration::from_secs(3));
    world.frames = false;
    world.pass(Duration::from_secs(200));
    let (reason, after_s) = world.left();
    assert_eq!(reason, "too_long");
    assert!((60..=95).contains(&after_s), "{after_s} s");
    assert!(
        world.rendered.contains(&demo::site().site.texts.hand_over),
        "a sentence was ready for whoever hears it"
    );
}

#[test]
fn although_the_machine_slept() {
    let mut world = World::new();
    world.pass(Duration::from_secs(3));
    world.now = world.now + Duration::from_secs(3_600);
    world.pass(Duration::from_secs(60));
    assert_eq!(world.left().0, "too_long");
    assert!(world.rendered.contains(&demo::site().site.texts.hand_over));
}

#[test]
fn although_an_order_is_pending() {
    let mut world = World::new();
    let answers = [
        "unsere heizung ist ausgefallen",
        "lindenstraße vierzehn",
        "mein name ist weber",
        "null sieben eins eins zwei drei vier fünf sechs",
    ];
    for text in answers {
        world.pass(Duration::from_millis(2_500));
        world.give(Input::Line(LineEvent::Typed(text.to_owned().into())));
    }
    assert!(world.pending, "the calendar was asked, and nobody answers");
    world.now = Instant::START + Duration::from_secs(61);
    world.pass(Duration::from_secs(60));
    assert_eq!(world.left().0, "too_long");
    assert!(world.rendered.contains(&demo::site().site.texts.hand_over));
}

#[test]
fn although_the_caller_talks_and_talks() {
    let mut world = World::new();
    world.talks = true;
    world.pass(Duration::from_secs(120));
    let (reason, after_s) = world.left();
    println!("whoever talks on and on: {reason} after {after_s} s");
    assert!(["too_long", "machine", "not_understood"].contains(&reason), "{reason}");
    assert!(after_s <= 95);
}

#[test]
fn although_he_holds() {
    let mut world = World::new();
    world.pass(Duration::from_secs(20));
    world.give(Input::Line(LineEvent::Held));
    world.pass(Duration::from_secs(100));
    let (reason, after_s) = world.left();
    assert_eq!(reason, "too_long", "the hold itself may last longer");
    assert!((60..=75).contains(&after_s), "{after_s} s");
}

#[test]
fn although_he_comes_back_at_the_goodbye() {
    let mut world = World::new();
    let mut goodbyes = 0;
    while !world.call.is_over() && world.now < Instant::START + Duration::from_secs(200) {
        // goodbye, and into the middle of Klinke's: one more thing
        for text in ["auf wiederhören", "moment noch eine frage"] {
            world.pass(Duration::from_millis(2_500));
            world.give(Input::Line(LineEvent::Typed(text.to_owned().into())));
        }
        goodbyes += 1;
    }
    println!("{goodbyes} goodbyes: {:?}", world.left);
    assert!(world.left.is_some(), "kept for ever");
}
