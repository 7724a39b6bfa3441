//! One thread's models.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::queue::{Asked, AskedScore, Queue, Work};
use crate::call::hearing::{Job, JobId, JobResult, ScoreWindow};
use crate::config::Models;
use crate::daemon::vitals;
use crate::models::{Lexicon, ModelError, Recogniser, SpeechScorer};

/// The models of one thread, and the sites' lexicons that all threads share.
pub struct Worker {
    scorer: SpeechScorer,
    recogniser: Recogniser,
    lexicons: Arc<[Arc<Lexicon>]>,
    #[expect(clippy::vec_box, reason = "the boxes belong to the calls and travel; unboxing would copy them")]
    windows: Vec<Box<ScoreWindow>>,
    replies: Vec<(JobId, Sender<JobResult>)>,
    probabilities: Vec<f32>,
}

impl Worker {
    /// Loads both models.
    pub fn load(models: &Models, lexicons: Arc<[Arc<Lexicon>]>) -> Result<Self, ModelError> {
        Ok(Self {
            scorer: SpeechScorer::load(&models.speech)?,
            recogniser: Recogniser::load(&models.recogniser, models.device)?,
            lexicons,
            windows: Vec::new(),
            replies: Vec::new(),
            probabilities: Vec::new(),
        })
    }

    /// Works until the queue closes, seen by whoever watches `at`.
    pub fn work(&mut self, queue: &Queue, at: &vitals::Work) {
        let mut scores = Vec::new();
        while let Some(work) = queue.next(&mut scores) {
            let _piece = at.begin();
            match work {
                Work::Scores => {
                    let oldest = scores.first().map(|asked| asked.at);
                    self.score(&mut scores);
                    oldest.into_iter().for_each(|at| queue.answers.note(at.elapsed()));
                }
                Work::Sound(Asked { site, job, reply, at, .. }) => {
                    send(&reply, self.answer(site, job));
                    queue.answers.note(at.elapsed());
                }
            }
        }
    }

    /// Answers one job.
    pub fn answer(&mut self, site: usize, job: Job) -> JobResult {
        let id = id(&job);
        self.guarded(|worker| match job {
            Job::Score { window, .. } => {
                worker.windows.clear();
                worker.windows.push(window);
                worker.probabilities.clear();
                worker.scorer.score(&mut worker.windows, &mut worker.probabilities)?;
                let window = worker.windows.pop().unwrap_or_default();
                let probability = worker.probabilities.first().copied().unwrap_or(0.0);
                Ok(JobResult::Scored { id, probability, window })
            }
            Job::Recognise { samples, expect, .. } => {
                let Some(lexicon) = worker.lexicons.get(site) else {
                    return Ok(JobResult::Failed { id, cause: format!("there is no site number {site}") });
                };
                let transcript = worker.recogniser.recognise(&samples, &expect, lexicon)?;
                Ok(JobResult::Recognised { id, transcript })
            }
        })
        .unwrap_or_else(|cause| JobResult::Failed { id, cause })
    }

    /// Scores a batch and sends every window back to its call.
    fn score(&mut self, scores: &mut Vec<AskedScore>) {
        self.windows.clear();
        self.replies.clear();
        for asked in scores.drain(..) {
            self.windows.push(asked.window);
            self.replies.push((asked.id, asked.reply));
        }
        self.probabilities.clear();
        let outcome =
            self.guarded(|worker| worker.scorer.score(&mut worker.windows, &mut worker.probabilities));
        if let Err(cause) = outcome {
            for (id, reply) in self.replies.drain(..) {
                send(&reply, JobResult::Failed { id, cause: cause.clone() });
            }
            return;
        }
        let answers = self.windows.drain(..).zip(&self.probabilities);
        for ((id, reply), (window, probability)) in self.replies.drain(..).zip(answers) {
            send(&reply, JobResult::Scored { id, probability: *probability, window });
        }
    }

    /// Runs models and turns what goes wrong into words. A panic in here would be a fault of ours or of the
    /// library's binding on one call's sound; it must not take the daemon and all other calls with it, so it is
    /// caught. Every run overwrites all buffers from their start, so nothing half-done is seen by the next one.
    fn guarded<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, ModelError>) -> Result<T, String> {
        match catch_unwind(AssertUnwindSafe(|| run(self))) {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(_) => Err("a model's run panicked; the journal has the place".to_owned()),
        }
    }
}

/// Whose answer a job wants.
pub fn id(job: &Job) -> JobId {
    match job {
        Job::Score { id, .. } | Job::Recognise { id, .. } => *id,
    }
}

/// Sends an answer. A call that is gone needs none, and one whose channel is full has stopped listening: its
/// channel holds more answers than it may have questions open.
pub fn send(reply: &Sender<JobResult>, result: JobResult) {
    if reply.try_send(result).is_err() {
        log::debug!("a call did not take its answer");
    }
}
