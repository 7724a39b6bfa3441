//! Inference for all calls: a few threads that run the models, fed by one bounded schedule.
//!
//! Calls ask with [`Inference::submit`] and get their [`JobResult`] through their own channel. Windows of the
//! speech scorer and chunks of sound are batched over all calls, the most urgent first (`schedule`). What the
//! recogniser knows of a stretch of speech is kept here, by call, until the stretch or the call is over. Whatever
//! goes wrong becomes a [`JobResult::Failed`]; a call that is gone is no error.

mod queue;
mod schedule;
mod worker;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use crate::call::hearing::{Ask, Expect, Job, JobId, JobResult, StretchId, Transcript};
use crate::clock::Instant;
use crate::config::{Models, site::Site};
use crate::daemon::vitals::Work;
use crate::models::runtime::{self, RunsOn};
use crate::models::{Lexicon, ModelError, Recogniser, SpeechScorer};
use queue::Queue;
use schedule::{Batch, Schedule};
use worker::{Answers, Worker};

/// Threads that run models, at most; more would only wait for the memory bus.
const THREADS_MAX: usize = 64;

/// The models of the daemon.
pub struct Inference {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
    works: Vec<Arc<Work>>,
    /// For [`Inference::answer`].
    own: Mutex<Own>,
}

/// Models without a thread, for whoever wants his answer at once.
struct Own {
    worker: Worker,
    schedule: Schedule<crate::models::recogniser::Stream, ()>,
}

impl Inference {
    /// Loads the library and the weights, compiles the sites' lexicons and starts the threads.
    ///
    /// # Errors
    /// Whatever of that failed first; nothing runs then.
    pub fn start(models: &Models, sites: &[Site]) -> Result<Self, ModelError> {
        runtime::open(models.onnx_runtime.as_deref())?;
        let lexicons: Vec<Arc<Lexicon>> =
            sites.iter().map(|site| Lexicon::for_site(site).map(Arc::new)).collect::<Result<_, _>>()?;
        let lexicons: Arc<[Arc<Lexicon>]> = lexicons.into();
        let scorer = SpeechScorer::load(&models.speech)?;
        let recogniser = Recogniser::load(&models.recogniser, models.device)?;
        if let RunsOn::CpuWithoutGpu { cause } = runtime::runs_on(models.device) {
            log::info!("the recogniser runs on the CPU, because no GPU can be used: {cause}");
        }
        let worker = Worker::new(scorer, recogniser, lexicons);
        let mut workers = Vec::new();
        for _ in 0..models.threads.clamp(1, THREADS_MAX) {
            workers.push(worker.another()?);
        }
        let own = Mutex::new(Own { worker, schedule: Schedule::default() });
        let mut inference = Self { queue: Arc::default(), threads: Vec::new(), works: Vec::new(), own };
        for (number, mut worker) in workers.into_iter().enumerate() {
            let queue = Arc::clone(&inference.queue);
            let work = Arc::new(Work::new(format!("models-{number}")));
            inference.works.push(Arc::clone(&work));
            let thread = std::thread::Builder::new()
                .name(work.name().into())
                .spawn(move || worker.work(&queue, &work))
                .map_err(|error| ModelError::Thread { cause: error.to_string() })?;
            inference.threads.push(thread);
        }
        Ok(inference)
    }

    /// Asks the models on behalf of a call of `site` (its place in the list given to [`Inference::start`]). The
    /// answer comes through `reply`; where the queue is full, at once and as [`JobResult::Failed`].
    pub fn submit(&self, site: usize, call: u64, job: Job, reply: &Sender<JobResult>) {
        if let Err((id, reply)) = self.queue.push((site, call), job, reply) {
            let cause = "the queue of the models is full: more calls than this machine can hear".to_owned();
            worker::send(&reply, JobResult::Failed { id, cause });
        }
    }

    /// A call is over: nothing of what it said is kept.
    pub fn forget(&self, call: u64) {
        self.queue.forget_call(call);
    }

    /// What its threads do, for whoever watches them.
    pub fn threads(&self) -> impl Iterator<Item = &Arc<Work>> {
        self.works.iter()
    }

    /// How far the models are behind the calls: the longest that an answer took since this was last asked, that a
    /// job waits, or that a piece of work lasts by now.
    #[must_use]
    pub fn lag(&self) -> Duration {
        let at_work = self.works.iter().map(|work| work.lasts()).max().unwrap_or_default();
        self.queue.lag().max(at_work)
    }

    /// Answers a job at once, on this thread: for a call that runs as fast as the machine can. There is one such call
    /// at a time. `None`: the job has no answer.
    pub fn answer(&self, site: usize, job: Job) -> Option<JobResult> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).answer(site, job)
    }

    /// What was said in a whole sound (8 kHz), at once, on this thread, heard in the pieces in which a call brings it.
    ///
    /// # Errors
    /// As the models.
    pub fn recognise(
        &self,
        site: usize,
        samples: &[i16],
        expect: &[Expect],
    ) -> Result<Transcript, ModelError> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let (stretch, expect) = (StretchId(u64::MAX), Arc::from(expect));
        let mut heard = Transcript::default();
        let count = samples.chunks(schedule::SOUND_SAMPLES_MAX).count();
        for (number, samples) in samples.chunks(schedule::SOUND_SAMPLES_MAX).enumerate() {
            let ask = if number + 1 == count { Ask::AsIfEnded } else { Ask::Nothing };
            let (samples, expect) = (samples.into(), Arc::clone(&expect));
            match own.answer(site, Job::Hear { id: JobId(0), stretch, samples, expect, ask }) {
                Some(JobResult::Failed { cause, .. }) => {
                    return Err(ModelError::Run { model: "recogniser", cause });
                }
                Some(JobResult::Heard { transcript, .. }) => heard = transcript.unwrap_or_default(),
                Some(JobResult::Scored { .. }) | None => {}
            }
        }
        own.answer(site, Job::Forget { stretch });
        Ok(heard)
    }
}

impl Own {
    fn answer(&mut self, site: usize, job: Job) -> Option<JobResult> {
        let mut answers: Answers<()> = Vec::new();
        if let Err((id, ())) = self.schedule.push((site, 0), job, (), Instant::START) {
            return Some(JobResult::Failed { id, cause: "more sound than a call holds".to_owned() });
        }
        while let Some(batch) = self.schedule.next() {
            match batch {
                Batch::Scores(scores) => self.worker.score(scores, &mut answers),
                Batch::Sounds(mut chunks) => {
                    self.worker.hear(&mut chunks, &mut answers);
                    chunks.into_iter().for_each(|chunk| self.schedule.give_back(chunk, Instant::START));
                }
            }
        }
        answers.pop().map(|((), answer)| answer)
    }
}

impl Drop for Inference {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // a worker catches its own panics; should one have died all the same, there is nothing left to do
            let _ = thread.join();
        }
    }
}
