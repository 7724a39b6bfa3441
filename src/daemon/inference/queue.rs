//! The schedule as threads share it: they wait where nothing is to be done, and lag is measured.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::schedule::{Batch, Chunk, Schedule};
use crate::call::hearing::{Job, JobId, JobResult};
use crate::clock::Instant;
use crate::daemon::clock::Clock;
use crate::daemon::vitals::Lag;
use crate::models::recogniser::Stream;

/// The way back to a call.
pub type Reply = Sender<JobResult>;

#[derive(Default)]
struct Shared {
    schedule: Schedule<Stream, Reply>,
    closed: bool,
}

/// The queue between calls and workers.
pub struct Queue {
    shared: Mutex<Shared>,
    more: Condvar,
    clock: Clock,
    /// From the question to the answer.
    pub answers: Lag,
}

impl Default for Queue {
    fn default() -> Self {
        let (shared, more, answers) = Default::default();
        Self { shared, more, clock: Clock::start(), answers }
    }
}

impl Queue {
    /// Queues a question of a call at a site.
    ///
    /// # Errors
    /// Whose answer it would be and where it goes, where there is no room or the end has come.
    pub fn push(&self, whose: (usize, u64), job: Job, reply: &Reply) -> Result<(), (JobId, Reply)> {
        let mut shared = self.lock();
        if shared.closed {
            return super::worker::id(&job).map_or(Ok(()), |id| Err((id, reply.clone())));
        }
        shared.schedule.push(whose, job, reply.clone(), self.now())?;
        drop(shared);
        self.more.notify_one();
        Ok(())
    }

    /// A call is over.
    pub fn forget_call(&self, call: u64) {
        self.lock().schedule.forget_call(call);
    }

    /// Waits for something to do; `None`: the end.
    pub fn next(&self) -> Option<Batch<Stream, Reply>> {
        let mut shared = self.lock();
        loop {
            if shared.closed {
                return None;
            }
            if let Some(batch) = shared.schedule.next() {
                return Some(batch);
            }
            shared = self.more.wait(shared).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Chunks that a thread has done with.
    pub fn give_back(&self, chunks: Vec<Chunk<Stream, Reply>>) {
        let (mut shared, now) = (self.lock(), self.now());
        chunks.into_iter().for_each(|chunk| shared.schedule.give_back(chunk, now));
        drop(shared);
        // what waited for them may go on, with whoever is idle
        self.more.notify_one();
    }

    /// Now, by the clock that questions are dated with.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The longest that an answer took since this was last asked, or that a question waits by now.
    pub fn lag(&self) -> Duration {
        let waits = self.lock().schedule.waits(self.now());
        waits.max(self.answers.take())
    }

    /// Ends all waiting; what is queued is dropped.
    pub fn close(&self) {
        self.lock().closed = true;
        self.more.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &Queue, id: u64) -> bool {
        let (reply, _) = tokio::sync::mpsc::channel(1);
        queue.push((0, 1), Job::Score { id: JobId(id), window: Box::default() }, &reply).is_ok()
    }

    #[test]
    fn who_waits_is_the_lag_and_so_is_who_was_answered_late() {
        let queue = Queue::default();
        assert_eq!(queue.lag(), Duration::ZERO);
        assert!(push(&queue, 1));
        std::thread::sleep(Duration::from_millis(20));
        assert!(queue.lag() >= Duration::from_millis(20));
        assert!(matches!(queue.next(), Some(Batch::Scores(scores)) if scores.len() == 1));
        assert_eq!(queue.lag(), Duration::ZERO);
        queue.answers.note(Duration::from_millis(5));
        assert_eq!((queue.lag(), queue.lag()), (Duration::from_millis(5), Duration::ZERO));
    }

    #[test]
    fn after_the_end_nothing_is_taken_and_nothing_given() {
        let queue = Queue::default();
        assert!(push(&queue, 1));
        queue.close();
        assert!(queue.next().is_none() && !push(&queue, 2));
    }
}
