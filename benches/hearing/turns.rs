//! When somebody begins and ends: the ear with the real speech scorer and recogniser, on tracks with noise before and
//! after the speech.

use klinke::call::hearing::{Ear, Expect, Heard, Transcript};
use klinke::call::line::{FRAME_SAMPLES, Frame};
use klinke::call::understanding::Understander;
use klinke::daemon::inference::Inference;
use klinke::models::telephone::Line;

use super::ground::Clip;
use super::report::{Figure, Report, Unit};

/// Quiet before the speech and after it, in samples: 1 s and 3 s.
const BEFORE: usize = 8_000;
const AFTER: usize = 24_000;
/// A stretch of 20 ms is speech where it is no fainter than this below the loudest (30 dB), in power.
const SPEECH_SHARE: f32 = 1e-3;
/// A beginning this much before the speech is its beginning all the same, in ms.
const EARLY_MS: f64 = 60.0;

/// The conditions under which turns are taken.
pub const LINES: [(&str, Line); 4] = [
    ("clean", Line::CLEAN),
    ("20 dB noise", Line { noise_db: Some(20.0), ..Line::CLEAN }),
    ("rough (10 dB, 3 % loss)", Line::ROUGH),
    ("5 dB noise, 5 % loss", Line { noise_db: Some(5.0), loss_percent: 5.0, seed: 1 }),
];

/// What somebody says, and what was asked.
pub struct Turn<'a> {
    pub clip: &'a Clip,
    pub expect: Expect,
}

/// When what was noticed, in ms of the track.
#[derive(Default)]
struct Noticed {
    began: Vec<f64>,
    /// When it was noticed, and where the ear puts its end.
    ended: Vec<(f64, f64)>,
}

/// Begins, ends, misses and false alarms of `turns`.
pub fn measure(inference: &Inference, what: &str, turns: &[Turn<'_>], report: &mut Report) {
    const SECTION: &str = "Turns: speech noticed, and its end";
    let understander = Understander::without_site();
    for (condition, line) in LINES {
        let (mut missed, mut falsely, mut split, mut cut) = (0, 0, 0, 0);
        let (mut onsets, mut ends) = (Vec::new(), Vec::new());
        for turn in turns {
            let mut track = vec![0; BEFORE];
            track.extend(&turn.clip.sound);
            track.resize(track.len() + AFTER, 0);
            let (from, to) = spoken_ms(&Line::CLEAN.carry(&track));
            let noticed = listen(inference, &understander, &line.carry(&track), turn.expect);
            let inside = |at: &&f64| **at >= from - EARLY_MS && **at <= to;
            match noticed.began.iter().find(inside) {
                Some(at) => onsets.push(at - from),
                None => missed += 1,
            }
            falsely += noticed.began.iter().filter(|at| !inside(at)).count();
            let during = noticed.ended.iter().filter(|(at, _)| *at >= from).count();
            split += usize::from(during > 1);
            if let Some((at, _)) = noticed.ended.iter().rfind(|(_, end)| *end > from) {
                cut += usize::from(*at < to);
                ends.push(at - to);
            }
        }
        let mut add = |task: &str, unit, value, of| {
            let (task, condition) = (format!("{what}: {task}"), condition.to_owned());
            report.add(Figure { section: SECTION, task, condition, unit, value, of, goal: None });
        };
        let count = turns.len();
        add("missed", Unit::Wrong, missed as f64 / count as f64, count);
        add("begins that were none", Unit::Wrong, falsely as f64 / count as f64, count);
        add("taken apart at a pause", Unit::Wrong, split as f64 / count as f64, count);
        add("ended before the speech did", Unit::Wrong, cut as f64 / count as f64, count);
        for (name, values) in
            [("begin noticed after", &mut onsets), ("end decided after, patience included,", &mut ends)]
        {
            add(&format!("{name} median"), Unit::Ms, quantile(values, 0.5), 0);
            add(&format!("{name} 95 %"), Unit::Ms, quantile(values, 0.95), 0);
        }
    }
}

/// Begins within a minute of noise alone, as loud as under that speech.
pub fn noise_alone(inference: &Inference, clip: &Clip, report: &mut Report) {
    const SECTION: &str = "Turns: speech noticed, and its end";
    let understander = Understander::without_site();
    for (condition, line) in LINES.into_iter().filter(|(_, line)| line.noise_db.is_some()) {
        let mut track = clip.sound.clone();
        track.resize(track.len() + 60 * 8_000, 0);
        let noise = line.carry(&track).split_off(clip.sound.len());
        let noticed = listen(inference, &understander, &noise, Expect::Free);
        let (task, condition) = ("a minute of noise alone: begins".to_owned(), condition.to_owned());
        let (unit, value) = (Unit::Times, noticed.began.len() as f64);
        report.add(Figure { section: SECTION, task, condition, unit, value, of: 0, goal: None });
    }
}

/// First and last moment of the speech.
fn spoken_ms(track: &[i16]) -> (f64, f64) {
    let power = |stretch: &[i16]| stretch.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>();
    let powers: Vec<f32> = track.chunks(FRAME_SAMPLES).map(power).collect();
    let least = powers.iter().copied().fold(0.0, f32::max) * SPEECH_SHARE;
    let first = powers.iter().position(|power| *power > least).unwrap_or(0);
    let last = powers.iter().rposition(|power| *power > least).unwrap_or(0);
    (first as f64 * 20.0, (last + 1) as f64 * 20.0)
}

fn listen(inference: &Inference, understander: &Understander, track: &[i16], expect: Expect) -> Noticed {
    let mut ear = Ear::new();
    ear.expect(vec![expect]);
    let (mut noticed, mut out) = (Noticed::default(), Vec::new());
    let whole = |transcript: &Transcript| {
        let now = "2026-11-23T10:00[Europe/Berlin]".parse().expect("a moment");
        understander.understand(transcript, &now, &[expect]).is_whole_answer(&[expect])
    };
    for (number, samples) in track.chunks_exact(FRAME_SAMPLES).enumerate() {
        let now_ms = (number + 1) as f64 * 20.0;
        let mut frame = Frame::SILENCE;
        frame.0.copy_from_slice(samples);
        ear.frame(&frame, &mut out);
        while !out.is_empty() {
            match out.remove(0) {
                Heard::Job(job) => {
                    if let Some(answer) = inference.answer(0, job) {
                        ear.answer(answer, &mut out);
                    }
                }
                Heard::Began => noticed.began.push(now_ms),
                Heard::Partial(transcript) => ear.complete(whole(&transcript), &mut out),
                Heard::Utterance(utterance) => noticed.ended.push((now_ms, utterance.ended.ms() as f64)),
                Heard::Nothing => {}
                Heard::Failed(cause) => panic!("hearing failed: {cause}"),
            }
        }
    }
    noticed
}

/// The value below which that share of all lies.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).ceil() as usize).copied().unwrap_or(f64::NAN)
}
