//! The ear: from frames to utterances.
//!
//! Each 32 ms of sound goes out as a scoring job; the scores say where speech begins and pauses. While there is
//! speech its sound goes out to the recogniser as it comes, one question at a time, and the words so far come back
//! with it. As soon as the caller pauses, the words are asked for as if he had ended, so that they are there
//! before the silence is long enough to count as the end ([`patience`](super::patience)). An utterance ends when
//! the silence has lasted as long as those words call for ([`Stretch`]).

use std::sync::Arc;
use std::time::Duration;

use super::ring::Ring;
use super::stretch::Stretch;
use super::{Expect, Job, JobId, JobResult, SCORE_CONTEXT_SAMPLES, SCORE_WINDOW_SAMPLES, ScoreWindow};
use super::{StretchId, Transcript, Utterance};
use crate::call::audio::pcm::sample_to_float;
use crate::call::line::Frame;
use crate::clock::MediaTime;

/// A window that scores this much or more is speech.
const SPEECH_SCORE_MIN: f32 = 0.5;
/// While we speak ourselves: an echo of our own voice scores lower than a caller does.
const SPEECH_SCORE_MIN_OVER_VOICE: f32 = 0.7;
/// Speech goes on while windows score this much.
const SPEECH_SCORE_MIN_WITHIN: f32 = 0.35;
/// Sound that may wait to be scored before we say that hearing has failed.
const SCORING_LAG_MS_MAX: u64 = 2_000;
/// How far the recogniser may be behind before we say that hearing has failed: the caller waits in silence.
const RECOGNISING_MS_MAX: u64 = 6_000;

/// What the ear noticed.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The models are asked.
    Job(Job),
    /// The caller begins to speak.
    Began,
    /// What has been said so far, while the caller may go on. Whoever understands it says so with
    /// [`Ear::complete`].
    Partial(Transcript),
    /// The caller has said something.
    Utterance(Utterance),
    /// What began was no speech.
    Nothing,
    /// The models do not answer any more, or answered with a fault.
    Failed(String),
}

/// The ear of one call.
pub struct Ear {
    ring: Ring,
    expect: Arc<[Expect]>,
    window: Option<Box<ScoreWindow>>,
    /// The window that is out.
    scoring: Option<JobId>,
    scored_to: MediaTime,
    over_voice: bool,
    stretch: Option<Stretch>,
    jobs: u64,
    stretches: u64,
    /// Deaf for now.
    resting: bool,
    /// Deaf from now on: what is said can no longer be understood, and must not keep us from speaking.
    failed: bool,
}

impl Ear {
    /// An ear that has heard nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ring: Ring::new(),
            expect: Arc::from([Expect::Free]),
            window: Some(Box::default()),
            scoring: None,
            scored_to: MediaTime::START,
            over_voice: false,
            stretch: None,
            jobs: 0,
            stretches: 0,
            resting: false,
            failed: false,
        }
    }

    /// What to listen for from now on.
    pub fn expect(&mut self, expect: Vec<Expect>) {
        self.expect = expect.into();
    }

    /// Whether our own voice is on the line.
    pub const fn over_voice(&mut self, speaking: bool) {
        self.over_voice = speaking;
    }

    /// Whether the caller is in mid-utterance.
    #[must_use]
    pub const fn in_utterance(&self) -> bool {
        self.stretch.is_some()
    }

    /// What was heard last is a whole answer, or not. Follows every [`Heard::Partial`].
    pub fn complete(&mut self, complete: bool, out: &mut Vec<Heard>) {
        if let Some(stretch) = &mut self.stretch {
            stretch.complete = complete;
            self.look(out);
        }
    }

    /// The next 20 ms of the caller.
    pub fn frame(&mut self, frame: &Frame, out: &mut Vec<Heard>) {
        self.resting = false;
        self.ring.push(frame);
        self.ask_score(out);
        self.feed(out);
        let behind = self.stretch.as_ref().map_or(Duration::ZERO, |stretch| stretch.lag(self.ring.end()));
        if self.ring.end() - self.scored_to > Duration::from_millis(SCORING_LAG_MS_MAX) {
            self.fail("the speech scorer fell behind".to_owned(), out);
        } else if behind > Duration::from_millis(RECOGNISING_MS_MAX) {
            self.fail("the recogniser does not answer".to_owned(), out);
        }
    }

    /// 20 ms that are nobody's business: nothing of this time is ever listened to.
    pub fn rest_frame(&mut self) {
        self.ring.push(&Frame::SILENCE);
        self.rest();
    }

    /// The ear is deaf, and what was being said and what is asked of the models is forgotten. It hears again with the
    /// next [`frame`](Self::frame).
    pub fn rest(&mut self) {
        self.scored_to = self.ring.end();
        self.stretch = None;
        self.scoring = None;
        if self.window.is_none() {
            self.window = Some(Box::default());
        }
        self.resting = true;
    }

    /// A model answered.
    pub fn answer(&mut self, result: JobResult, out: &mut Vec<Heard>) {
        match result {
            _ if self.failed || self.resting => {}
            // Any other is an answer to nothing.
            JobResult::Scored { id, probability, window } if self.scoring == Some(id) => {
                self.scoring = None;
                self.window = Some(window);
                self.scored_to =
                    MediaTime::from_samples(self.scored_to.samples() + SCORE_WINDOW_SAMPLES as u64);
                self.scored(probability, out);
                self.ask_score(out);
            }
            JobResult::Scored { .. } => {}
            JobResult::Heard { id, transcript } => self.recognised(id, transcript, out),
            JobResult::Failed { cause, .. } => self.fail(cause, out),
        }
    }

    fn fail(&mut self, cause: String, out: &mut Vec<Heard>) {
        self.forget(out);
        if !std::mem::replace(&mut self.failed, true) {
            out.push(Heard::Failed(cause));
        }
    }

    fn next_job(&mut self) -> JobId {
        self.jobs += 1;
        JobId(self.jobs)
    }

    /// Sends the next window out if it is whole and the last one is back.
    fn ask_score(&mut self, out: &mut Vec<Heard>) {
        if self.failed || self.ring.end().samples() < self.scored_to.samples() + SCORE_WINDOW_SAMPLES as u64 {
            return;
        }
        let Some(mut window) = self.window.take() else { return };
        let tail = SCORE_WINDOW_SAMPLES - SCORE_CONTEXT_SAMPLES;
        let ScoreWindow { context, samples, .. } = &mut *window;
        context.copy_from_slice(&samples[tail..]);
        for (to, from) in samples.iter_mut().zip(self.ring.since(self.scored_to)) {
            *to = sample_to_float(from);
        }
        let id = self.next_job();
        self.scoring = Some(id);
        out.push(Heard::Job(Job::Score { id, window }));
    }

    fn scored(&mut self, probability: f32, out: &mut Vec<Heard>) {
        let now = self.scored_to;
        let Some(stretch) = &mut self.stretch else {
            let enough = if self.over_voice { SPEECH_SCORE_MIN_OVER_VOICE } else { SPEECH_SCORE_MIN };
            // One window is enough: what turns out to be a cough costs our voice a short pause, and everyone
            // else is heard 32 ms earlier.
            if probability >= enough {
                self.begin(now, out);
            }
            return;
        };
        if probability >= SPEECH_SCORE_MIN_WITHIN {
            stretch.voiced_to = now;
        }
        self.look(out);
    }

    fn begin(&mut self, now: MediaTime, out: &mut Vec<Heard>) {
        self.stretches += 1;
        self.stretch = Some(Stretch::begin(StretchId(self.stretches), now));
        out.push(Heard::Began);
        self.feed(out);
    }

    /// Ends the utterance, or feeds the recogniser, or waits.
    fn look(&mut self, out: &mut Vec<Heard>) {
        match self.stretch.take_if(|stretch| stretch.is_over(self.scored_to, &self.expect)) {
            Some(stretch) => self.end(stretch, out),
            None => self.feed(out),
        }
    }

    /// Sends what followed to the recogniser, if it is worth a question and the last one is answered.
    fn feed(&mut self, out: &mut Vec<Heard>) {
        let Some(stretch) = self.stretch.as_mut().filter(|_| !self.failed) else { return };
        let Some((from, to, ask)) = stretch.next(self.scored_to, self.ring.end()) else { return };
        self.jobs += 1;
        let id = JobId(self.jobs);
        stretch.ask(id, to, ask);
        let (stretch, expect) = (stretch.id, Arc::clone(&self.expect));
        let samples = self.ring.between(from, to).collect();
        out.push(Heard::Job(Job::Hear { id, stretch, samples, expect, ask }));
    }

    fn recognised(&mut self, id: JobId, transcript: Option<Transcript>, out: &mut Vec<Heard>) {
        let Some(stretch) = &mut self.stretch else { return };
        match stretch.answered(id, transcript) {
            // whoever understands it tells us to go on
            Some(new) => out.push(Heard::Partial(new.clone())),
            None => self.look(out),
        }
    }

    fn end(&mut self, stretch: Stretch, out: &mut Vec<Heard>) {
        let (began, ended) = (stretch.began, stretch.voiced_to);
        out.push(Heard::Job(Job::Forget { stretch: stretch.id }));
        out.push(match stretch.into_words() {
            Some(transcript) => Heard::Utterance(Utterance { began, ended, transcript }),
            None => Heard::Nothing,
        });
    }

    fn forget(&mut self, out: &mut Vec<Heard>) {
        if let Some(stretch) = self.stretch.take() {
            out.push(Heard::Job(Job::Forget { stretch: stretch.id }));
        }
    }
}

impl Default for Ear {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Ask;
    use crate::call::line::FRAME_SAMPLES;

    /// An ear that listens to so many ms of something that scores as speech, and what it noticed besides
    /// windows to score. The recogniser is asked and never answers.
    fn listen(ear: &mut Ear, ms: u64) -> Vec<Heard> {
        let mut noticed = Vec::new();
        for _ in 0..ms / 20 {
            let mut out = Vec::new();
            ear.frame(&Frame([8_000; FRAME_SAMPLES]), &mut out);
            while !out.is_empty() {
                match out.remove(0) {
                    Heard::Job(Job::Score { id, window }) => {
                        ear.answer(JobResult::Scored { id, probability: 0.9, window }, &mut out);
                    }
                    other => noticed.push(other),
                }
            }
        }
        noticed
    }

    #[test]
    fn a_recogniser_that_never_answers_has_failed_and_the_ear_is_deaf_from_then_on() {
        let mut ear = Ear::new();
        let noticed = listen(&mut ear, 1_000);
        assert!(matches!(noticed[..], [Heard::Began, Heard::Job(Job::Hear { .. })]), "{noticed:?}");
        assert!(ear.in_utterance());
        let noticed = listen(&mut ear, RECOGNISING_MS_MAX);
        assert!(matches!(noticed[..], [Heard::Job(Job::Forget { .. }), Heard::Failed(_)]), "{noticed:?}");
        assert!(!ear.in_utterance(), "what can no longer be understood keeps nobody from speaking");
        assert_eq!(listen(&mut ear, 10_000), []);
    }

    #[test]
    fn a_model_that_fails_in_mid_utterance_ends_it() {
        let mut ear = Ear::new();
        listen(&mut ear, 1_000);
        let mut out = Vec::new();
        for _ in 0..2 {
            ear.answer(JobResult::Failed { id: JobId(1), cause: "broken".to_owned() }, &mut out);
        }
        let forgotten = Heard::Job(Job::Forget { stretch: StretchId(1) });
        assert_eq!(out, [forgotten, Heard::Failed("broken".to_owned())], "it is said once");
        assert!(!ear.in_utterance());
    }

    /// What a caller does who speaks for so long and then is silent; with what was asked, from when to when, in samples
    /// of the call. The recogniser knows a word for each 200 ms, and at once.
    fn conversation(speech_ms: u64, silence_ms: u64) -> (Vec<(Ask, usize)>, Vec<Heard>) {
        let (mut ear, mut asked, mut noticed, mut known) = (Ear::new(), Vec::new(), Vec::new(), 0);
        ear.expect(vec![Expect::YesNo]);
        for at in 0..(speech_ms + silence_ms) / 20 {
            let level = if at * 20 < speech_ms { 8_000 } else { 0 };
            let mut out = Vec::new();
            ear.frame(&Frame([level; FRAME_SAMPLES]), &mut out);
            while !out.is_empty() {
                match out.remove(0) {
                    Heard::Job(Job::Score { id, window }) => {
                        let loud = window.samples.iter().filter(|sample| **sample > 0.1).count();
                        let probability = if loud > 128 { 0.9 } else { 0.0 };
                        ear.answer(JobResult::Scored { id, probability, window }, &mut out);
                    }
                    Heard::Job(Job::Hear { id, samples, ask, .. }) => {
                        asked.push((ask, samples.len()));
                        known += samples.iter().filter(|sample| **sample != 0).count();
                        let words = "wort ".repeat(known / 1_600);
                        let transcript = (ask != Ask::Nothing).then(|| Transcript::typed(&words));
                        ear.answer(JobResult::Heard { id, transcript }, &mut out);
                    }
                    Heard::Partial(words) => {
                        noticed.push(Heard::Partial(words));
                        ear.complete(false, &mut out);
                    }
                    other => noticed.push(other),
                }
            }
        }
        (asked, noticed)
    }

    #[test]
    fn sound_goes_out_as_it_comes_and_all_of_it_once() {
        let (asked, noticed) = conversation(2_000, 1_000);
        let [(Ask::SoFar, lead_in), rest @ ..] = &asked[..] else { panic!("{asked:?}") };
        assert!(*lead_in <= 480 * 8, "{lead_in}");
        assert!(rest.iter().all(|(_, samples)| *samples <= 80 * 8), "each 60 to 80 ms: {asked:?}");
        let Some(Heard::Utterance(utterance)) = noticed.last().filter(|it| matches!(it, Heard::Utterance(_)))
        else {
            panic!("{noticed:?}");
        };
        let fed: usize = asked.iter().map(|(_, samples)| samples).sum();
        let patience = 400 * 8;
        assert!(fed >= 2_000 * 8 && fed <= 2_100 * 8 + patience, "{fed}");
        assert_eq!(utterance.transcript.best().map(|best| best.words.len()), Some(10));
    }

    #[test]
    fn at_a_pause_the_words_are_asked_for_once_as_if_it_had_ended_and_then_it_only_listens() {
        let (asked, noticed) = conversation(1_000, 1_000);
        let asks: Vec<Ask> = asked.iter().map(|(ask, _)| *ask).collect();
        let at = asks.iter().position(|ask| *ask == Ask::AsIfEnded).expect("a pause");
        assert!(asks[..at].iter().all(|ask| *ask == Ask::SoFar), "{asks:?}");
        assert!(asks[at + 1..].iter().all(|ask| *ask == Ask::Nothing), "{asks:?}");
        let partials = noticed.iter().filter(|it| matches!(it, Heard::Partial(_))).count();
        assert!((5..=7).contains(&partials), "only new words are looked at: {partials}");
        let words =
            |it: &Heard| matches!(it, Heard::Job(Job::Forget { stretch }) if *stretch == StretchId(1));
        assert!(noticed.iter().any(words), "nothing of it is kept");
    }
}
