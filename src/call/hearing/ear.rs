//! The ear: from frames to utterances.
//!
//! Each 32 ms of sound goes out as a scoring job; the scores say where speech begins and pauses. While there is
//! speech, and again as soon as it pauses, the sound so far goes out to be recognised, so that the words are
//! there before the silence is long enough to count as the end ([`patience`]). An utterance ends when the
//! silence has lasted as long as the last words call for and the recogniser has seen all of the speech.

use std::sync::Arc;
use std::time::Duration;

use super::patience::patience;
use super::ring::{RING_S_MAX, Ring};
use super::{Expect, Job, JobId, JobResult, SCORE_CONTEXT_SAMPLES, SCORE_WINDOW_SAMPLES, ScoreWindow};
use super::{Transcript, Utterance};
use crate::call::audio::pcm::sample_to_float;
use crate::call::line::Frame;
use crate::clock::MediaTime;

/// A window that scores this much or more is speech.
const SPEECH_SCORE_MIN: f32 = 0.5;
/// While we speak ourselves: an echo of our own voice scores lower than a caller does.
const SPEECH_SCORE_MIN_OVER_VOICE: f32 = 0.7;
/// Speech goes on while windows score this much.
const SPEECH_SCORE_MIN_WITHIN: f32 = 0.35;
/// Sound before the first speech window that still belongs to the utterance.
const LEAD_IN_MS: u64 = 250;
/// Silence after which the sound so far is worth recognising.
const PAUSE_MS: u64 = 96;
/// Sound between two looks at an utterance that goes on.
const PARTIAL_EVERY_MS: u64 = 400;
/// Length of a scored window.
const WINDOW_MS: u64 = 32;
/// Silence after a cough; then whoever was speaking goes on.
const COUGH_PATIENCE_MS: u64 = 200;
/// Speech that is shorter and makes no words is a cough or a click.
const COUGH_MS_MAX: u64 = 350;
/// An utterance that lasts longer is taken as it is, so that all of it is still in the ring.
const UTTERANCE_MS_MAX: u64 = (RING_S_MAX as u64) * 1000 - 2 * LEAD_IN_MS;
/// Sound that may wait to be scored before we say that hearing has failed.
const SCORING_LAG_MS_MAX: u64 = 2_000;
/// How long the recogniser may be at work before we say that hearing has failed: the caller waits in silence.
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

/// A stretch of speech that goes on.
struct Stretch {
    began: MediaTime,
    /// End of its last speech window.
    voiced_to: MediaTime,
    /// What the recogniser made of it so far, and up to where it had heard.
    known: Option<(MediaTime, Transcript)>,
    /// What is known is a whole answer.
    complete: bool,
    /// The recogniser is at work on it, and will have heard up to there.
    asked: Option<(JobId, MediaTime)>,
}

impl Stretch {
    /// Whether there is no speech in it after all.
    fn is_cough(&self, transcript: &Transcript) -> bool {
        transcript.is_empty() && self.voiced_to - self.began <= Duration::from_millis(COUGH_MS_MAX)
    }
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
        let asked_at = self.stretch.as_ref().and_then(|stretch| stretch.asked).map(|(_, at)| at);
        let recognising = asked_at.map_or(Duration::ZERO, |at| self.ring.end() - at);
        if self.ring.end() - self.scored_to > Duration::from_millis(SCORING_LAG_MS_MAX) {
            self.fail("the speech scorer fell behind".to_owned(), out);
        } else if recognising > Duration::from_millis(RECOGNISING_MS_MAX) {
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
            JobResult::Recognised { id, transcript } => self.recognised(id, transcript, out),
            JobResult::Failed { cause, .. } => self.fail(cause, out),
        }
    }

    fn fail(&mut self, cause: String, out: &mut Vec<Heard>) {
        self.stretch = None;
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
        self.stretch = Some(Stretch {
            began: now.minus_ms(WINDOW_MS),
            voiced_to: now,
            known: None,
            complete: false,
            asked: None,
        });
        out.push(Heard::Began);
    }

    /// Decides whether to ask the recogniser, to end the utterance, or to wait.
    fn look(&mut self, out: &mut Vec<Heard>) {
        let (now, Some(stretch)) = (self.scored_to, &self.stretch) else { return };
        let silence = now - stretch.voiced_to;
        let longest = Duration::from_millis(UTTERANCE_MS_MAX);
        let too_long = now - stretch.began >= longest;
        let known = stretch.known.as_ref();
        let seen_all = known.filter(|(to, _)| *to >= stretch.voiced_to || *to - stretch.began >= longest);
        if let Some((_, transcript)) = seen_all {
            let patience = match stretch.is_cough(transcript) {
                true => Duration::from_millis(COUGH_PATIENCE_MS),
                false => patience(&self.expect, transcript, stretch.complete),
            };
            if too_long || silence >= patience {
                self.end(out);
                return;
            }
        }
        let heard_to = known.map_or(stretch.began, |(to, _)| *to);
        let due = too_long
            || (silence >= Duration::from_millis(PAUSE_MS) && seen_all.is_none())
            || (silence.is_zero() && now - heard_to >= Duration::from_millis(PARTIAL_EVERY_MS));
        if due && stretch.asked.is_none() {
            self.ask_words(now, out);
        }
    }

    fn ask_words(&mut self, now: MediaTime, out: &mut Vec<Heard>) {
        let id = self.next_job();
        let Some(stretch) = &mut self.stretch else { return };
        stretch.asked = Some((id, now));
        let samples: Arc<[i16]> = self.ring.since(stretch.began.minus_ms(LEAD_IN_MS)).collect();
        out.push(Heard::Job(Job::Recognise { id, samples, expect: Arc::clone(&self.expect) }));
    }

    fn recognised(&mut self, id: JobId, transcript: Transcript, out: &mut Vec<Heard>) {
        let Some(stretch) = &mut self.stretch else { return };
        if let Some((_, to)) = stretch.asked.take_if(|(asked, _)| *asked == id) {
            out.push(Heard::Partial(transcript.clone()));
            stretch.known = Some((to, transcript));
            stretch.complete = false;
        }
    }

    fn end(&mut self, out: &mut Vec<Heard>) {
        let Some(mut stretch) = self.stretch.take() else { return };
        let transcript = stretch.known.take().map(|(_, known)| known).unwrap_or_default();
        if stretch.is_cough(&transcript) {
            out.push(Heard::Nothing);
        } else {
            out.push(Heard::Utterance(Utterance {
                began: stretch.began,
                ended: stretch.voiced_to,
                transcript,
            }));
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
    use crate::call::line::FRAME_SAMPLES;

    /// An ear that listens to so many ms of something that scores as speech, and what it noticed besides
    /// windows to score. The recogniser is asked and never answers.
    fn listen(ear: &mut Ear, ms: u64) -> Vec<Heard> {
        let mut noticed = Vec::new();
        for _ in 0..ms / 20 {
            let mut out = Vec::new();
            ear.frame(&Frame([8_000; FRAME_SAMPLES]), &mut out);
            while let Some(heard) = out.pop() {
                match heard {
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
        assert!(matches!(noticed[..], [Heard::Began, Heard::Job(Job::Recognise { .. })]), "{noticed:?}");
        assert!(ear.in_utterance());
        let noticed = listen(&mut ear, RECOGNISING_MS_MAX);
        assert!(matches!(noticed[..], [Heard::Failed(_)]), "{noticed:?}");
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
        assert_eq!(out, [Heard::Failed("broken".to_owned())], "it is said once");
        assert!(!ear.in_utterance());
    }
}
