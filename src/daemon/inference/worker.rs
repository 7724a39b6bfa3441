//! One thread's models.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::queue::{Queue, Reply};
use super::schedule::{Batch, Chunk, Score};
use crate::call::hearing::{Ask, Job, JobId, JobResult, ScoreWindow};
use crate::daemon::vitals;
use crate::models::recogniser::{Fed, Stream};
use crate::models::{Lexicon, ModelError, Recognise, Recogniser, SpeechScorer};

/// What a worker has to say: to whom, and what.
pub type Answers<R> = Vec<(R, JobResult)>;

/// The models of one thread, and the sites' lexicons that all threads share.
pub struct Worker {
    scorer: SpeechScorer,
    recogniser: Recogniser,
    lexicons: Arc<[Arc<Lexicon>]>,
    #[expect(clippy::vec_box, reason = "the boxes belong to the calls and travel; unboxing would copy them")]
    windows: Vec<Box<ScoreWindow>>,
    probabilities: Vec<f32>,
}

impl Worker {
    /// A worker of these models.
    pub fn new(scorer: SpeechScorer, recogniser: Recogniser, lexicons: Arc<[Arc<Lexicon>]>) -> Self {
        Self { scorer, recogniser, lexicons, windows: Vec::new(), probabilities: Vec::new() }
    }

    /// Another one for another thread.
    pub fn another(&self) -> Result<Self, ModelError> {
        Ok(Self::new(self.scorer.another()?, self.recogniser.another()?, Arc::clone(&self.lexicons)))
    }

    /// Works until the queue closes, seen by whoever watches `at`.
    pub fn work(&mut self, queue: &Queue, at: &vitals::Work) {
        let mut answers: Answers<Reply> = Vec::new();
        while let Some(batch) = queue.next() {
            let _piece = at.begin();
            let oldest = match batch {
                Batch::Scores(scores) => {
                    let oldest = scores.iter().map(|score| score.at).min();
                    self.score(scores, &mut answers);
                    oldest
                }
                Batch::Sounds(mut chunks) => {
                    let oldest = chunks.iter().map(|chunk| chunk.sound.at).min();
                    self.hear(&mut chunks, &mut answers);
                    queue.give_back(chunks);
                    oldest
                }
            };
            oldest.into_iter().for_each(|at| queue.answers.note(queue.now().since(at)));
            answers.drain(..).for_each(|(reply, answer)| send(&reply, answer));
        }
    }

    /// Scores a batch; every window goes back to its call.
    pub fn score<R>(&mut self, scores: Vec<Score<R>>, answers: &mut Answers<R>) {
        self.windows.clear();
        self.probabilities.clear();
        let mut whose = Vec::with_capacity(scores.len());
        for Score { id, window, reply, .. } in scores {
            self.windows.push(window);
            whose.push((id, reply));
        }
        let outcome =
            self.guarded(|worker| worker.scorer.score(&mut worker.windows, &mut worker.probabilities));
        if let Err(cause) = outcome {
            let failed = |(id, reply)| (reply, JobResult::Failed { id, cause: cause.clone() });
            answers.extend(whose.into_iter().map(failed));
            return;
        }
        let scored = self.windows.drain(..).zip(&self.probabilities);
        answers.extend(whose.into_iter().zip(scored).map(|((id, reply), (window, probability))| {
            (reply, JobResult::Scored { id, probability: *probability, window })
        }));
    }

    /// Hears a chunk of each call and answers those that have nothing more to hear.
    pub fn hear<R: Clone>(&mut self, chunks: &mut [Chunk<Stream, R>], answers: &mut Answers<R>) {
        for chunk in chunks.iter_mut().filter(|chunk| chunk.stream.is_none()) {
            let begun = self.guarded(|worker| worker.begin(chunk));
            settle(chunk, begun, answers);
        }
        let mut batch: Vec<Fed<'_, Stream>> = Vec::with_capacity(chunks.len());
        for Chunk { stream, sound, .. } in &mut *chunks {
            let samples = sound.chunk();
            batch.extend(stream.as_mut().map(|stream| Fed { stream, samples }));
        }
        let heard = self.guarded(|worker| worker.recogniser.hear(&mut batch));
        drop(batch);
        for chunk in chunks.iter_mut().filter(|chunk| chunk.stream.is_some()) {
            let outcome = heard.clone().and_then(|()| self.guarded(|worker| worker.answer(chunk)));
            settle(chunk, outcome, answers);
        }
    }

    fn begin<R>(&self, chunk: &mut Chunk<Stream, R>) -> Result<Option<JobResult>, ModelError> {
        let site = chunk.sound.site;
        let lexicon = self.lexicons.get(site).ok_or_else(|| ModelError::Run {
            model: "recogniser",
            cause: format!("there is no site number {site}"),
        })?;
        chunk.stream = Some(self.recogniser.begin(lexicon, &chunk.sound.expect)?);
        Ok(None)
    }

    fn answer<R>(&mut self, chunk: &mut Chunk<Stream, R>) -> Result<Option<JobResult>, ModelError> {
        let (id, ask) = (chunk.sound.id, chunk.sound.ask);
        let Some(stream) = chunk.stream.as_mut().filter(|_| chunk.sound.is_last()) else { return Ok(None) };
        let transcript = match ask {
            Ask::Nothing => None,
            Ask::SoFar | Ask::AsIfEnded => Some(self.recogniser.transcript(stream, ask)?),
        };
        Ok(Some(JobResult::Heard { id, transcript }))
    }

    /// Runs models and turns what goes wrong into words. A panic in here would be a fault of ours or of the
    /// library's binding on one call's sound; it must not take the daemon and all other calls with it, so it is
    /// caught. Every run overwrites all buffers from their start, and streams that were part of it are given up, so
    /// nothing half-done is seen by the next one.
    fn guarded<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, ModelError>) -> Result<T, String> {
        match catch_unwind(AssertUnwindSafe(|| run(self))) {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(_) => Err("a model's run panicked; the journal has the place".to_owned()),
        }
    }
}

/// Notes the answer of a chunk, if it has one by now; what failed is not gone on with.
fn settle<R: Clone>(
    chunk: &mut Chunk<Stream, R>,
    outcome: Result<Option<JobResult>, String>,
    answers: &mut Answers<R>,
) {
    let id = chunk.sound.id;
    let answer = outcome.unwrap_or_else(|cause| {
        chunk.stream = None;
        Some(JobResult::Failed { id, cause })
    });
    answers.extend(answer.map(|answer| (chunk.sound.reply.clone(), answer)));
}

/// Whose answer a job wants.
pub fn id(job: &Job) -> Option<JobId> {
    match job {
        Job::Score { id, .. } | Job::Hear { id, .. } => Some(*id),
        Job::Forget { .. } => None,
    }
}

/// Sends an answer. A call that is gone needs none, and one whose channel is full has stopped listening: its
/// channel holds more answers than it may have questions open.
pub fn send(reply: &Reply, result: JobResult) {
    if reply.try_send(result).is_err() {
        log::debug!("a call did not take its answer");
    }
}
