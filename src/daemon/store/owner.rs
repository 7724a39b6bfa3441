//! The one thread that owns the daemon's store, and the handle by which calls reach it.
//!
//! The queue in between is bounded and drops nothing: who finds it full waits. Long before that
//! ([`QUEUE_JOBS_ADMIT`]) [`StoreHandle::is_full`] says so, and whoever admits calls lets new ones go to the
//! dialplan's fallback, so that the calls that are going on can be written down to their end.
//!
//! What waits together is committed together (one `fsync` for up to [`GROUP_JOBS_MAX`] jobs), and each job is
//! answered when it is durable. Where a group fails, its jobs are done one by one, so that one that cannot be
//! done takes no other with it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Zoned;
use tokio::sync::{mpsc, oneshot};

use super::{Store, StoreError};
use crate::call::actions::{Capabilities, Order, OrderId, Outcome};
use crate::config::site::{Language, Site};
use crate::daemon::vitals::Work as Piecework;
use crate::record::{CallId, Entry};

/// Jobs that may wait.
pub const QUEUE_JOBS_MAX: usize = 1024;
/// Jobs waiting from which on no new call is admitted.
pub const QUEUE_JOBS_ADMIT: usize = QUEUE_JOBS_MAX / 2;
/// One piece of work that takes so long is a disk that stands still: no new call is admitted.
pub const STALL_MS_MAX: u64 = 5_000;
/// How often whoever waits for the thread looks whether it has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// Jobs that are committed together.
pub const GROUP_JOBS_MAX: usize = 128;

/// The way to the store for whoever is async. Cheap to clone; the store closes when the last one is gone.
#[derive(Clone, Debug)]
pub struct StoreHandle {
    jobs: mpsc::Sender<Job>,
    work: Arc<Piecework>,
}

/// The thread behind a [`StoreHandle`].
#[derive(Debug)]
pub struct StoreThread(JoinHandle<()>);

impl StoreThread {
    /// Waits until everything that was asked for is written and the store is closed. All handles must be gone.
    pub fn join(self) {
        if self.0.join().is_err() {
            log::error!("store: its thread panicked");
        }
    }

    /// The same, but not longer than that: a disk may stall. `false`: it is not closed.
    #[must_use]
    pub fn join_within(self, longest: Duration) -> bool {
        let until = Instant::now() + longest;
        while !self.0.is_finished() {
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        self.join();
        true
    }
}

/// Something to be written, and who waits for it.
#[derive(Debug)]
struct Job {
    call: CallId,
    work: Work,
    done: oneshot::Sender<Result<Done, StoreError>>,
}

#[derive(Debug)]
enum Work {
    Append(Vec<Entry>),
    CarryOut {
        site: (String, Language),
        capabilities: Arc<Capabilities>,
        id: OrderId,
        order: Order,
        now: Zoned,
    },
}

#[derive(Debug)]
enum Done {
    Appended,
    Became(Outcome),
}

impl StoreHandle {
    /// Starts the thread that owns `store` from now on. Orders are carried out for `sites`.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(store: Store, sites: Arc<[Site]>) -> std::io::Result<(Self, StoreThread)> {
        let (jobs, waiting) = mpsc::channel(QUEUE_JOBS_MAX);
        let work = Arc::new(Piecework::new("store"));
        let at_work = Arc::clone(&work);
        let thread = std::thread::Builder::new()
            .name(work.name().into())
            .spawn(move || write_until_closed(store, &sites, waiting, &at_work))?;
        Ok((Self { jobs, work }, StoreThread(thread)))
    }

    /// Whether no new call should be admitted: so much waits to be written, the disk stands still, or nobody is
    /// there to write.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.jobs.is_closed()
            || self.jobs.max_capacity() - self.jobs.capacity() >= QUEUE_JOBS_ADMIT
            || self.work.lasts() >= Duration::from_millis(STALL_MS_MAX)
    }

    /// What its thread does, for whoever watches it.
    #[must_use]
    pub fn work(&self) -> &Arc<Piecework> {
        &self.work
    }

    /// Writes `entries` of `call`: durable on return. Waits where the queue is full.
    ///
    /// # Errors
    /// [`StoreError`], above all [`StoreError::DiskFull`]; then none of `entries` is written.
    pub async fn append(&self, call: CallId, entries: Vec<Entry>) -> Result<(), StoreError> {
        self.ask(call, Work::Append(entries)).await.map(|_| ())
    }

    /// Carries out `order` of `call` for the site of that name and language. What the store cannot do is
    /// [`Outcome::Failed`], what the call may not order [`Outcome::Refused`], with the reason in the log.
    pub async fn carry_out(
        &self,
        call: CallId,
        (site, language): (&str, Language),
        capabilities: Arc<Capabilities>,
        (id, order): (OrderId, Order),
        now: Zoned,
    ) -> Outcome {
        let work = Work::CarryOut { site: (site.to_owned(), language), capabilities, id, order, now };
        match self.ask(call, work).await {
            Ok(Done::Became(Outcome::Refused { cause })) => {
                log::error!("calendar: call {call}, order {} is refused: {cause}", id.0);
                Outcome::Refused { cause }
            }
            Ok(Done::Became(outcome)) => outcome,
            Ok(Done::Appended) => Outcome::Failed { cause: "the store answered another question".into() },
            Err(error) => {
                log::error!("calendar: call {call}, order {}: {error}", id.0);
                Outcome::Failed { cause: error.to_string() }
            }
        }
    }

    async fn ask(&self, call: CallId, work: Work) -> Result<Done, StoreError> {
        let (done, answer) = oneshot::channel();
        self.jobs.send(Job { call, work, done }).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

fn write_until_closed(mut store: Store, sites: &[Site], mut waiting: mpsc::Receiver<Job>, work: &Piecework) {
    let mut group = Vec::with_capacity(GROUP_JOBS_MAX);
    while waiting.blocking_recv_many(&mut group, GROUP_JOBS_MAX) > 0 {
        let _piece = work.begin();
        write_group(&mut store, sites, &mut group);
    }
}

/// Does every job of `group`, together where that is possible, and answers it.
fn write_group(store: &mut Store, sites: &[Site], group: &mut Vec<Job>) {
    if group.len() == 1 {
        return write_singly(store, sites, group, false);
    }
    let all = |store: &mut Store| group.iter().map(|job| job.within(store, sites)).collect();
    let together: Result<Vec<Done>, StoreError> = store.in_transaction(all);
    match together {
        Ok(all) => group.drain(..).zip(all).for_each(|(job, done)| job.answer(Ok(done))),
        Err(error) => write_singly(store, sites, group, matches!(error, StoreError::Busy { .. })),
    }
}

/// Does one job of `group` after the other. Where another process holds the file, the rest does not wait again.
fn write_singly(store: &mut Store, sites: &[Site], group: &mut Vec<Job>, mut busy: bool) {
    for job in group.drain(..) {
        let done = if busy {
            Err(StoreError::Busy { file: store.path().to_owned() })
        } else {
            store.in_transaction(|store| job.within(store, sites))
        };
        busy |= matches!(done, Err(StoreError::Busy { .. }));
        job.answer(done);
    }
}

impl Job {
    fn within(&self, store: &mut Store, sites: &[Site]) -> Result<Done, StoreError> {
        match &self.work {
            Work::Append(entries) => {
                store.append_within(self.call, entries)?;
                Ok(Done::Appended)
            }
            Work::CarryOut { site: (site, language), capabilities, id, order, now } => {
                let is_meant = |known: &&Site| known.id == *site && known.language == *language;
                let Some(site) = sites.iter().find(is_meant) else {
                    let cause = format!("there is no site {site:?} in the configuration");
                    return Ok(Done::Became(Outcome::Failed { cause }));
                };
                let order = (*id, order);
                store
                    .carry_out_within(self.call, (site, capabilities), order, now.timestamp())
                    .map(Done::Became)
            }
        }
    }

    fn answer(self, done: Result<Done, StoreError>) {
        // Nobody waits any more where the call's task has ended; what it asked for is done all the same.
        let _ = self.done.send(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_whose_thread_has_ended_admits_nobody_and_says_so() {
        let (jobs, waiting) = mpsc::channel(QUEUE_JOBS_MAX);
        let handle = StoreHandle { jobs, work: Arc::new(Piecework::new("store")) };
        assert!(!handle.is_full());
        drop(waiting);
        assert!(handle.is_full());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let kept = runtime.block_on(handle.append(CallId([1; 16]), Vec::new()));
        assert!(matches!(kept, Err(StoreError::Closed)));
    }
}
