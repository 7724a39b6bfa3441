//! Conversations a core: calls in real time through the daemon's own inference, each with an ear of its own; and what
//! one of them keeps in memory.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use klinke::call::hearing::{Ask, Ear, Expect, Heard, Job, JobId, JobResult};
use klinke::call::line::{FRAME_SAMPLES, Frame};
use klinke::config::{Models, site::Site};
use klinke::daemon::inference::Inference;
use klinke::models::telephone::Line;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::ground::{Chance, Clip};
use super::report::{Figure, Report, Unit};
use super::turns::quantile;

/// How long a number of calls is held.
const SPAN: Duration = Duration::from_secs(10);
/// Calls held at a time, until it is too many.
const STEPS: [usize; 9] = [1, 25, 50, 75, 100, 125, 150, 200, 300];
/// The lag that is too much for the issue, at the 95th percentile.
const LAG_MS_MAX: f64 = 100.0;
/// Results of a call that may wait.
const ANSWERS_MAX: usize = 256;
/// Quiet between two things that a caller says, in samples: he listens as long as he speaks.
const LISTENS: usize = 20_000;

const SECTION: &str = "Many conversations at once";

struct Caller {
    number: u64,
    ear: Ear,
    track: Vec<i16>,
    at: usize,
    asked: HashMap<JobId, (Instant, bool)>,
    reply: Sender<JobResult>,
    answers: Receiver<JobResult>,
}

/// What a span of calls came to.
#[derive(Default)]
struct Measured {
    scores_ms: Vec<f64>,
    words_ms: Vec<f64>,
    failed: usize,
    /// Computing of the thread that runs the models, in seconds a second.
    busy: f64,
    resident_bytes: f64,
}

pub fn measure(models: &Models, sites: &[Site], clips: &[Clip], report: &mut Report) {
    let models = Models { threads: 1, ..models.clone() };
    let inference = Inference::start(&models, sites).expect("the models run");
    let mut add = |task: &str, condition: String, unit, value, goal| {
        let task = task.to_owned();
        report.add(Figure { section: SECTION, task, condition, unit, value, of: 0, goal });
    };
    let (mut most, mut by_computing, mut alone_bytes) = (0, 0.0, 0.0);
    for calls in STEPS {
        let mut measured = hold(&inference, clips, calls);
        let condition = format!("{calls} calls, one thread");
        let scores = quantile(&mut measured.scores_ms, 0.95);
        let words = quantile(&mut measured.words_ms, 0.95);
        add("from a window to its score, 95 %", condition.clone(), Unit::Ms, scores, Some(LAG_MS_MAX));
        add("from a question to its words, 95 %", condition.clone(), Unit::Ms, words, Some(LAG_MS_MAX));
        add(
            "share of a core that the models' thread took",
            condition.clone(),
            Unit::Wrong,
            measured.busy,
            None,
        );
        if measured.failed > 0 {
            add("calls that failed", condition, Unit::Times, measured.failed as f64, Some(0.0));
        }
        if calls == 1 {
            alone_bytes = measured.resident_bytes;
        } else if calls == 100 {
            let each = (measured.resident_bytes - alone_bytes) / 99.0 / 1e6;
            add(
                "memory a call, ear and recogniser",
                "100 calls".to_owned(),
                Unit::Megabytes,
                each,
                Some(3.0),
            );
        }
        if scores > LAG_MS_MAX || words > LAG_MS_MAX || measured.failed > 0 {
            break;
        }
        most = calls;
        by_computing = calls as f64 / measured.busy.max(1e-9);
    }
    let name = "conversations on one thread with a lag of at most 100 ms, 95 %";
    add(name, "half of the time somebody speaks".to_owned(), Unit::Count, most as f64, Some(100.0));
    let name = "conversations whose computing fills a core";
    add(name, "from the last of these loads".to_owned(), Unit::Count, by_computing.floor(), None);
}

fn hold(inference: &Inference, clips: &[Clip], calls: usize) -> Measured {
    let mut chance = Chance(calls as u64);
    let mut callers: Vec<Caller> =
        (0..calls as u64).map(|number| caller(number, clips, &mut chance)).collect();
    let mut measured = Measured::default();
    let began = Instant::now();
    let (mut tick, busy_before) = (0u32, models_busy());
    while began.elapsed() < SPAN {
        for caller in &mut callers {
            caller.take_answers(inference, &mut measured);
        }
        if began.elapsed() >= Duration::from_millis(20) * tick {
            tick += 1;
            for caller in &mut callers {
                let frame = caller.next_frame();
                let mut out = Vec::new();
                caller.ear.frame(&frame, &mut out);
                caller.pass(inference, out);
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    measured.busy = (models_busy() - busy_before) / began.elapsed().as_secs_f64();
    measured.resident_bytes = resident_bytes();
    for caller in &callers {
        inference.forget(caller.number);
    }
    // What was asked last is answered before the next span begins.
    std::thread::sleep(Duration::from_millis(300));
    measured
}

fn caller(number: u64, clips: &[Clip], chance: &mut Chance) -> Caller {
    let mut track = Vec::new();
    while track.len() < SPAN.as_secs() as usize * 8_000 {
        track.extend(&chance.one_of(clips).sound);
        track.resize(track.len() + LISTENS, 0);
    }
    let track = Line { noise_db: Some(25.0), ..Line::CLEAN }.carry(&track);
    let at = chance.within(0, track.len() / FRAME_SAMPLES - 1) * FRAME_SAMPLES;
    let (reply, answers) = channel(ANSWERS_MAX);
    let mut ear = Ear::new();
    ear.expect(vec![Expect::Free]);
    Caller { number, ear, track, at, asked: HashMap::new(), reply, answers }
}

impl Caller {
    fn next_frame(&mut self) -> Frame {
        let mut frame = Frame::SILENCE;
        if self.at + FRAME_SAMPLES > self.track.len() {
            self.at = 0;
        }
        frame.0.copy_from_slice(&self.track[self.at..self.at + FRAME_SAMPLES]);
        self.at += FRAME_SAMPLES;
        frame
    }

    fn take_answers(&mut self, inference: &Inference, measured: &mut Measured) {
        while let Ok(answer) = self.answers.try_recv() {
            let id = match &answer {
                JobResult::Scored { id, .. } | JobResult::Heard { id, .. } => *id,
                JobResult::Failed { id, .. } => {
                    measured.failed += 1;
                    *id
                }
            };
            if let Some((at, words)) = self.asked.remove(&id) {
                let lag_ms = at.elapsed().as_secs_f64() * 1000.0;
                if words { measured.words_ms.push(lag_ms) } else { measured.scores_ms.push(lag_ms) }
            }
            let mut out = Vec::new();
            self.ear.answer(answer, &mut out);
            self.pass(inference, out);
        }
    }

    fn pass(&mut self, inference: &Inference, mut out: Vec<Heard>) {
        while !out.is_empty() {
            match out.remove(0) {
                Heard::Job(job) => {
                    match &job {
                        Job::Score { id, .. } => drop(self.asked.insert(*id, (Instant::now(), false))),
                        Job::Hear { id, ask, .. } if *ask != Ask::Nothing => {
                            self.asked.insert(*id, (Instant::now(), true));
                        }
                        Job::Hear { .. } | Job::Forget { .. } => {}
                    }
                    inference.submit(0, self.number, job, &self.reply);
                }
                Heard::Partial(_) => self.ear.complete(false, &mut out),
                Heard::Began | Heard::Utterance(_) | Heard::Nothing | Heard::Failed(_) => {}
            }
        }
    }
}

/// Seconds that the threads of inference have computed so far.
fn models_busy() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of_models = threads.filter(|thread| {
        std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|name| name.starts_with("models-"))
    });
    of_models.map(|thread| super::cost::computed_s(&thread.path())).sum()
}

fn resident_bytes() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0
}
