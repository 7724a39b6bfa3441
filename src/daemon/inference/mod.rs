//! Inference for all calls: a few threads that run the models, fed by one bounded queue.
//!
//! Calls ask with [`Inference::submit`] and get their [`JobResult`] through their own channel. Windows of the
//! speech scorer are batched over all calls and go before sounds, because they are small and everything waits for
//! them; sounds are recognised one by one in the order in which their calls asked. Whatever goes wrong becomes a
//! [`JobResult::Failed`]; a call that is gone is no error.

mod queue;
mod worker;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use crate::call::hearing::{Job, JobResult};
use crate::config::{Models, site::Site};
use crate::daemon::vitals::Work;
use crate::models::{Lexicon, ModelError, runtime};
use queue::{Asked, Queue};
use worker::Worker;

/// Threads that run models, at most; more would only wait for the memory bus.
const THREADS_MAX: usize = 64;

/// The models of the daemon.
pub struct Inference {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
    works: Vec<Arc<Work>>,
    /// For [`Inference::answer`].
    own: Mutex<Worker>,
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
        let own = Mutex::new(Worker::load(models, Arc::clone(&lexicons))?);
        let mut inference = Self { queue: Arc::default(), threads: Vec::new(), works: Vec::new(), own };
        for number in 0..models.threads.clamp(1, THREADS_MAX) {
            let mut worker = Worker::load(models, Arc::clone(&lexicons))?;
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
        if let Err(refused) = self.queue.push(Asked::new(site, call, job, reply)) {
            let cause = "the queue of the models is full: more calls than this machine can hear".to_owned();
            worker::send(&refused.reply, JobResult::Failed { id: worker::id(&refused.job), cause });
        }
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

    /// Answers a job at once, on this thread: for a call that runs as fast as the machine can.
    pub fn answer(&self, site: usize, job: Job) -> JobResult {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).answer(site, job)
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
