//! Promise: whatever reaches a call, in whatever order and at whatever time, it keeps its contract: one frame for
//! every frame, one end with one record of it, nothing after the end, no deadline that comes again and again, no
//! caller who is kept for ever, and nothing in the ear that it was not meant for.

use std::time::Duration;

use jiff::civil::datetime;
use klinke::call::actions::{HoldId, Order, OrderId, Outcome};
use klinke::call::hearing::{Ask, Job, JobId, JobResult, ScoreWindow, Transcript};
use klinke::call::line::{
    Absence, Arrival, ColleagueEvent, Digit, FRAME_SAMPLES, Frame, HangUp, LineCommand, LineEvent, Tone,
};
use klinke::call::speech::PhraseId;
use klinke::call::{Call, Event, Input, Output, SiteRooms};
use klinke::clock::Instant;
use klinke::config::Limits;
use klinke::record::Entry;
use proptest::prelude::*;
use proptest::sample::select;

use crate::between::Between;
use crate::demo;

/// Short, so that the longest call is reached too.
const LIMITS: Limits = Limits { calls_max: 1, call_s_max: 60, silence_s_max: 5, ..Limits::SHIPPED };
/// Frames after which whoever is still in the call is kept for ever: its length, and a minute for the way out.
const FRAMES_MAX: u32 = 120 * 50;
/// The same by the clock, where no sound comes any more: with two rounds of colleagues who never get to press a key.
const WALL_MAX: Duration = Duration::from_secs(600);
/// Deadlines that may come at one moment.
const TICKS_MAX: usize = 64;

/// Answers that the switchboard holds for a call.
const QUESTIONS_MAX: usize = 8;

const TEXTS: [&str; 14] = [
    "unsere heizung ist ausgefallen",
    "mein name ist weber",
    "lindenstraße vierzehn",
    "null sieben eins eins zwei drei vier fünf sechs",
    "so gegen naja vielleicht donnerstag",
    "ja",
    "nein",
    "nein die hausnummer ist sechzehn",
    "mhm",
    "einen menschen bitte",
    "was sagt der datenschutz",
    "blau wirft gurke",
    "es brennt",
    "",
];

/// Something that happens to a call.
#[derive(Clone, Debug)]
enum Happens {
    /// So many frames of this level.
    Frames(u16, i16),
    Digit(char),
    Typed(&'static str),
    Held,
    Resumed,
    /// A human is wanted, and everything is said: a colleague is called, unless something comes between.
    Asked,
    Colleague(ColleagueEvent),
    Tone(Tone),
    HungUp(HangUp),
    /// The oldest job is answered: the probability of speech, or what was said.
    Answered(f32, &'static str),
    /// Every window that comes from now on scores this, until a transcript is asked for.
    AnsweredOften(u8, f32, &'static str),
    /// An answer to nothing, or to something long ago.
    Stray(u64, f32, &'static str),
    Failed,
    /// The oldest phrase is rendered: samples.
    Rendered(Option<usize>),
    RenderedStray(u64, Option<usize>),
    /// The oldest order is carried out.
    Became(u8),
    BecameStray(u64, u8),
    KeepFailed,
    Tick,
    /// Nothing, for so many ms.
    Pause(u64),
}

fn happens() -> impl Strategy<Value = Happens> {
    let text = || select(&TEXTS[..]);
    let sound = || prop_oneof![1 => Just(None), 40 => (0_usize..40_000).prop_map(Some)];
    prop_oneof![
        30 => (1_u16..60, select(vec![0_i16, 40, 8_000, i16::MIN])).prop_map(|(count, level)| Happens::Frames(count, level)),
        3 => select("0123456789*#AD".chars().collect::<Vec<_>>()).prop_map(Happens::Digit),
        10 => text().prop_map(Happens::Typed),
        3 => Just(Happens::Held),
        3 => Just(Happens::Resumed),
        4 => Just(Happens::Asked),
        12 => select(colleague()).prop_map(Happens::Colleague),
        3 => select(vec![Tone::Fax, Tone::Beep, Tone::Lasting, Tone::Lasting]).prop_map(Happens::Tone),
        1 => select(vec![HangUp::Caller, HangUp::Line, HangUp::Shutdown]).prop_map(Happens::HungUp),
        20 => (0.0_f32..=1.0, text()).prop_map(|(score, text)| Happens::Answered(score, text)),
        20 => (1_u8..40, select(vec![0.0_f32, 0.4, 0.97, f32::NAN]), text())
            .prop_map(|(count, score, text)| Happens::AnsweredOften(count, score, text)),
        3 => (0_u64..50, any::<f32>(), text()).prop_map(|(id, score, text)| Happens::Stray(id, score, text)),
        1 => Just(Happens::Failed),
        25 => sound().prop_map(Happens::Rendered),
        3 => (0_u64..30, sound()).prop_map(|(id, sound)| Happens::RenderedStray(id, sound)),
        15 => (0_u8..7).prop_map(Happens::Became),
        3 => (any::<u64>(), 0_u8..7).prop_map(|(id, kind)| Happens::BecameStray(id, kind)),
        1 => Just(Happens::KeepFailed),
        5 => Just(Happens::Tick),
        8 => select(vec![0_u64, 1, 19, 300, 2_500, 5_001, 70_000]).prop_map(Happens::Pause),
    ]
}

/// What happens on a colleague's side, whether one was called or not.
fn colleague() -> Vec<ColleagueEvent> {
    let key = |symbol| ColleagueEvent::Digit(Digit::new(symbol).expect("a key"));
    let absences = [
        Absence::NoAnswer,
        Absence::Busy,
        Absence::Unreachable,
        Absence::HungUp,
        Absence::Returned,
        Absence::Unsupported,
    ];
    let mut events = vec![
        ColleagueEvent::Calling { music: false },
        ColleagueEvent::Calling { music: true },
        ColleagueEvent::Answered,
        ColleagueEvent::Answered,
        key('1'),
        key('2'),
        key('3'),
        key('7'),
    ];
    events.extend(absences.map(ColleagueEvent::Gone));
    events
}

fn outcome(kind: u8) -> Outcome {
    let start = datetime(2026, 11, 26, 8, 0, 0, 0);
    let technician = "Herr Yilmaz".to_owned();
    match kind {
        0 => Outcome::Held { hold: HoldId(7), technician, start, end: datetime(2026, 11, 26, 9, 0, 0, 0) },
        1 => Outcome::NothingFree,
        2 => Outcome::Booked { appointment: 1, code: None },
        3 => Outcome::HoldExpired,
        4 => Outcome::Released,
        5 => Outcome::Noted,
        _ => Outcome::Failed { cause: "told to".to_owned() },
    }
}

/// A call, what it waits for, and what was seen of it.
struct Held {
    call: Call,
    now: Instant,
    jobs: Vec<Job>,
    phrases: Vec<PhraseId>,
    orders: Vec<(OrderId, Order)>,
    ends: usize,
    records_of_the_end: usize,
    left: usize,
    between: Between,
}

impl Held {
    fn new(rooms: &SiteRooms) -> Self {
        let mut out = Vec::new();
        let at = demo::NOW.parse().expect("a timestamp");
        let call = Call::begin(Instant::START, at, rooms, LIMITS, Arrival::default(), &mut out);
        let mut held = Self {
            call,
            now: Instant::START,
            jobs: Vec::new(),
            phrases: Vec::new(),
            orders: Vec::new(),
            ends: 0,
            records_of_the_end: 0,
            left: 0,
            between: Between::default(),
        };
        held.look_at(out, false);
        held
    }

    /// Gives the call an input and holds what comes out against the contract.
    fn give(&mut self, input: Input) {
        let was_over = self.call.is_over();
        let is_frame = matches!(input, Input::Line(LineEvent::Frame(_)));
        let mut out = Vec::new();
        self.between.input(&input);
        self.call.handle(self.now, input.clone(), &mut out);
        if was_over {
            assert!(out.is_empty(), "after the end, {input:?} brought {out:?}");
            return;
        }
        self.look_at(out, is_frame);
    }

    fn look_at(&mut self, out: Vec<Output>, is_frame: bool) {
        let frames = out.iter().filter(|it| matches!(it, Output::Line(LineCommand::Frame(_)))).count();
        assert_eq!(frames, usize::from(is_frame), "frames for a frame");
        let leaves = |it: &Output| {
            let Output::Line(command) = it else { return false };
            matches!(command, LineCommand::Release { .. } | LineCommand::Connect { .. } | LineCommand::HangUp)
        };
        if let Some(at) = out.iter().position(leaves) {
            assert_eq!(at + 1, out.len(), "after the last command: {:?}", &out[at..]);
        }
        let ended = out.iter().position(|it| matches!(it, Output::Event(Event::Ended { .. })));
        if let Some(at) = ended {
            assert!(out[at + 1..].iter().all(leaves), "after the end: {:?}", &out[at + 1..]);
        }
        for output in out {
            self.between.output(&output);
            match output {
                Output::Line(LineCommand::Frame(_) | LineCommand::Consult { .. } | LineCommand::Return) => {}
                Output::Line(_) => self.left += 1,
                Output::Job(Job::Forget { .. }) => {}
                Output::Job(job) => self.jobs.push(job),
                Output::Render { id, .. } => self.phrases.push(id),
                Output::Order(id, order) => self.orders.push((id, order)),
                Output::Entry(Entry::Ended { .. }) => self.records_of_the_end += 1,
                Output::Event(Event::Ended { .. }) => self.ends += 1,
                Output::Entry(_) | Output::Event(_) => {}
            }
        }
        assert_eq!(self.call.is_over(), self.ends == 1, "over, and {} ends", self.ends);
        assert_eq!(self.ends, self.records_of_the_end);
        assert!(self.left <= self.ends);
        assert!(self.jobs.len() <= QUESTIONS_MAX, "{} questions are open", self.jobs.len());
        if self.call.is_over() {
            assert_eq!(self.call.deadline(), None, "the end has no deadline");
        }
    }

    /// Ticks as long as a deadline is due, which must not be for ever.
    fn tick(&mut self) {
        for _ in 0..TICKS_MAX {
            match self.call.deadline() {
                Some(due) if due <= self.now => self.give(Input::Tick),
                _ => return,
            }
        }
        panic!("a deadline comes again and again: {:?} at {:?}", self.call.deadline(), self.now);
    }

    fn pass(&mut self, ms: u64) {
        self.now = self.now + Duration::from_millis(ms);
    }

    fn frame(&mut self, level: i16) {
        self.pass(20);
        self.give(Input::Line(LineEvent::Frame(Frame([level; FRAME_SAMPLES]))));
        self.tick();
    }

    fn answer(&mut self, score: f32, text: &str) {
        if self.jobs.is_empty() {
            return;
        }
        let result = match self.jobs.remove(0) {
            Job::Score { id, window } => JobResult::Scored { id, probability: score, window },
            Job::Hear { id, ask, .. } => {
                JobResult::Heard { id, transcript: (ask != Ask::Nothing).then(|| Transcript::typed(text)) }
            }
            Job::Forget { .. } => unreachable!("it is no question"),
        };
        self.give(Input::Job(result));
    }

    fn render(&mut self, samples: Option<usize>) {
        if !self.phrases.is_empty() {
            let id = self.phrases.remove(0);
            let sound = samples.map(|samples| self.between.sound(id, samples));
            self.give(Input::Rendered(id, sound));
        }
    }

    fn carry_out(&mut self, kind: Option<u8>) {
        if self.orders.is_empty() {
            return;
        }
        let (id, order) = self.orders.remove(0);
        let fitting = match order {
            Order::HoldAppointment { .. } => 0,
            Order::BookAppointment { .. } => 2,
            Order::ReleaseAppointment { .. } => 4,
            Order::NoteCallBack { .. } | Order::LeaveMessage { .. } => 5,
            Order::OpenTicket { .. }
            | Order::FindAppointment { .. }
            | Order::CancelAppointment { .. }
            | Order::MoveAppointment { .. } => 6,
        };
        self.give(Input::Outcome(id, outcome(kind.unwrap_or(fitting))));
    }

    fn happen(&mut self, happens: &Happens) {
        match happens {
            Happens::Frames(count, level) => (0..*count).for_each(|_| self.frame(*level)),
            Happens::Digit(symbol) => {
                let digit = Digit::new(*symbol).expect("a key");
                self.give(Input::Line(LineEvent::Digit(digit)));
            }
            Happens::Typed(text) => self.give(Input::Line(LineEvent::Typed((*text).to_owned().into()))),
            Happens::Held => self.give(Input::Line(LineEvent::Held)),
            Happens::Resumed => self.give(Input::Line(LineEvent::Resumed)),
            Happens::Asked => {
                self.give(Input::Line(LineEvent::Digit(Digit::new('0').expect("a key"))));
                for _ in 0..40 {
                    self.render(Some(3_200));
                    self.frame(0);
                    self.answer(0.0, "");
                }
            }
            Happens::Colleague(event) => self.give(Input::Line(LineEvent::Colleague(*event))),
            Happens::Tone(tone) => self.give(Input::Line(LineEvent::Tone(*tone))),
            Happens::HungUp(by) => self.give(Input::Line(LineEvent::HungUp(*by))),
            Happens::Answered(score, text) => self.answer(*score, text),
            Happens::AnsweredOften(count, score, text) => {
                for _ in 0..*count {
                    (0..2).for_each(|_| self.frame(8_000));
                    self.answer(*score, text);
                }
            }
            Happens::Stray(id, score, text) => {
                let id = JobId(*id);
                let window = Box::<ScoreWindow>::default();
                self.give(Input::Job(JobResult::Heard { id, transcript: Some(Transcript::typed(text)) }));
                self.give(Input::Job(JobResult::Scored { id, probability: *score, window }));
            }
            Happens::Failed => {
                let id = self.jobs.first().map_or(JobId(0), |job| match job {
                    Job::Score { id, .. } | Job::Hear { id, .. } => *id,
                    Job::Forget { .. } => JobId(0),
                });
                self.give(Input::Job(JobResult::Failed { id, cause: "told to".to_owned() }));
            }
            Happens::Rendered(samples) => self.render(*samples),
            Happens::RenderedStray(id, samples) => {
                let id = PhraseId(*id);
                let sound = samples.map(|samples| self.between.sound(id, samples));
                self.give(Input::Rendered(id, sound));
            }
            Happens::Became(kind) => self.carry_out((*kind < 3).then_some(*kind)),
            Happens::BecameStray(id, kind) => self.give(Input::Outcome(OrderId(*id), outcome(*kind))),
            Happens::KeepFailed => self.give(Input::KeepFailed),
            Happens::Tick => self.give(Input::Tick),
            Happens::Pause(ms) => {
                self.pass(*ms);
                self.tick();
            }
        }
    }

    /// From here on nothing comes any more but the moments that the call asked for: the call must come to its end.
    fn end_by_the_clock(&mut self) {
        let since = self.now;
        while !self.call.is_over() {
            let due = self.call.deadline().expect("no moment at which it ends");
            self.now = self.now.max(due);
            assert!(self.now.since(since) < WALL_MAX, "the caller is kept for ever: {due:?}");
            self.tick();
            self.render(Some(16_000));
        }
    }

    /// From here on everything works, and the caller says nothing any more: the call must come to its end.
    fn come_to_an_end(&mut self) {
        for _ in 0..FRAMES_MAX {
            if self.call.is_over() {
                return;
            }
            self.frame(0);
            (0..3).for_each(|_| self.answer(0.0, ""));
            self.render(Some(16_000));
            self.carry_out(None);
        }
        panic!("the caller is kept for ever");
    }
}

/// A site is made ready once.
fn rooms() -> &'static SiteRooms {
    static ROOMS: std::sync::OnceLock<SiteRooms> = std::sync::OnceLock::new();
    ROOMS.get_or_init(|| demo::site_with(|site| site.hand_over.announced = true))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_contract_holds(storm in prop::collection::vec(happens(), 1..120)) {
        let mut held = Held::new(rooms());
        for happens in &storm {
            held.happen(happens);
        }
        held.come_to_an_end();
        // Nor does anything come out afterwards.
        for happens in &storm {
            held.happen(happens);
        }
    }

    #[test]
    fn whatever_happened_a_call_without_sound_ends_by_the_clock(storm in prop::collection::vec(happens(), 1..120)) {
        let mut held = Held::new(rooms());
        for happens in &storm {
            held.happen(happens);
        }
        held.end_by_the_clock();
    }
}
