//! A caller who waits while a colleague is asked, event by event.

use crate::demo;
use klinke::call::hearing::{Job, JobResult};
use klinke::call::line::{Arrival, ColleagueEvent, Digit, Frame, LineCommand, LineEvent, VoiceFrame};
use klinke::call::{Call, Input, Output};
use klinke::clock::Instant;
use klinke::record::{Answer, Ending, Entry};

/// A key of a colleague.
pub fn key(symbol: char) -> ColleagueEvent {
    ColleagueEvent::Digit(Digit::new(symbol).expect("a key"))
}

/// A call up to the moment when a colleague is called; what `then` happens and what comes of it.
pub struct Waiting {
    pub call: Call,
    pub now: Instant,
    pub out: Vec<Output>,
}

impl Waiting {
    pub fn new() -> Self {
        let mut waiting = Self::leaving();
        waiting.run_ms(20_000);
        assert!(waiting.wanted(|it| matches!(it, LineCommand::Consult { .. })));
        waiting
    }

    /// The same up to the moment when the caller hears that he is being connected.
    pub fn leaving() -> Self {
        let mut waiting = Self::arrived();
        waiting.run_ms(1_500);
        waiting.give(Input::Line(LineEvent::Digit(Digit::new('0').expect("a key"))));
        waiting
    }

    /// A call that has just been answered, at a site where colleagues are asked first.
    pub fn arrived() -> Self {
        let site = demo::site_with(|site| site.hand_over.announced = true);
        let at = demo::NOW.parse().expect("a timestamp");
        let mut out = Vec::new();
        let call = Call::begin(Instant::START, at, &site, demo::LIMITS, Arrival::default(), &mut out);
        let mut waiting = Self { call, now: Instant::START, out };
        waiting.answer(0);
        waiting
    }

    pub fn give(&mut self, input: Input) {
        let before = self.out.len();
        self.call.handle(self.now, input, &mut self.out);
        self.answer(before);
    }

    /// What models and voice say to everything that was asked of them since.
    fn answer(&mut self, before: usize) {
        let windows = self.out[before..].iter().filter_map(|output| match output {
            Output::Job(Job::Score { id, window }) => Some((*id, window.clone())),
            _ => None,
        });
        for (id, window) in windows.collect::<Vec<_>>() {
            self.give(Input::Job(JobResult::Scored { id, probability: 0.0, window }));
        }
        let rendered = self.out[before..].iter().filter_map(|output| match output {
            Output::Render { id, .. } => Some(*id),
            _ => None,
        });
        for id in rendered.collect::<Vec<_>>() {
            self.give(Input::Rendered(id, Some(vec![1_000; 8_000].into())));
        }
    }

    pub fn run_ms(&mut self, ms: u64) {
        for _ in 0..ms / 20 {
            self.now = self.now + std::time::Duration::from_millis(20);
            self.give(Input::Line(LineEvent::Frame(Frame::SILENCE)));
        }
    }

    /// Frames with sound of ours in so many ms.
    pub fn audible(&mut self, ms: u64) -> usize {
        let before = self.out.len();
        self.run_ms(ms);
        let sounds = |it: &&Output| matches!(it, Output::Line(LineCommand::Frame(frame)) if *frame != VoiceFrame::SILENCE);
        self.out[before..].iter().filter(sounds).count()
    }

    /// Texts that were given to the voice.
    pub fn rendered(&self) -> Vec<String> {
        let texts = self.out.iter().filter_map(|output| match output {
            Output::Render { text, .. } => Some(text.reveal().clone()),
            _ => None,
        });
        texts.collect()
    }

    pub fn colleague(&mut self, event: ColleagueEvent) {
        self.give(Input::Line(LineEvent::Colleague(event)));
    }

    pub fn wanted(&self, what: impl Fn(&LineCommand) -> bool) -> bool {
        self.out.iter().any(|output| matches!(output, Output::Line(command) if what(command)))
    }

    pub fn ending(&self) -> Option<&Ending> {
        self.out.iter().find_map(|output| match output {
            Output::Entry(Entry::Ended { ending, .. }) => Some(ending),
            _ => None,
        })
    }

    pub fn answers(&self) -> Vec<Answer> {
        let answers = self.out.iter().filter_map(|output| match output {
            Output::Entry(Entry::Consulted { answer, .. }) => Some(*answer),
            _ => None,
        });
        answers.collect()
    }
}

/// Each state of asking a colleague.
pub fn states() -> Vec<(&'static str, Waiting)> {
    let ringing = Waiting::new();
    let mut calling = Waiting::new();
    calling.colleague(ColleagueEvent::Calling { music: true });
    calling.run_ms(2_000);
    let mut briefed = Waiting::new();
    briefed.colleague(ColleagueEvent::Answered);
    briefed.run_ms(1_000);
    let mut returning = Waiting::new();
    returning.colleague(ColleagueEvent::Answered);
    returning.run_ms(300);
    returning.colleague(key('2'));
    vec![("set up", ringing), ("ringing", calling), ("briefed", briefed), ("returning", returning)]
}
