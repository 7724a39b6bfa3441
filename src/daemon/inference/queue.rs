//! What waits for a model: two bounded queues, scores before sounds.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::call::hearing::{Job, JobId, JobResult, ScoreWindow};
use crate::daemon::vitals::Lag;
use crate::models::runtime::SCORE_BATCH_MAX;

/// Windows that may wait: half a second of 500 calls.
pub const SCORES_WAITING_MAX: usize = 8192;
/// Sounds that may wait, over all calls. A full queue means that the machine is too small.
pub const SOUNDS_WAITING_MAX: usize = 512;

/// A job with the way back to its call.
pub struct Asked {
    /// Which of the sites that inference was started with.
    pub site: usize,
    /// Which call, unique in the daemon.
    pub call: u64,
    /// What is asked.
    pub job: Job,
    /// Where the answer goes.
    pub reply: Sender<JobResult>,
    /// When.
    pub at: Instant,
}

impl Asked {
    /// A job that is asked for now.
    pub fn new(site: usize, call: u64, job: Job, reply: &Sender<JobResult>) -> Self {
        Self { site, call, job, reply: reply.clone(), at: Instant::now() }
    }
}

/// A window with the way back to its call.
pub struct AskedScore {
    /// Whose answer.
    pub id: JobId,
    /// Taken out of the job for batching.
    pub window: Box<ScoreWindow>,
    /// Where the answer goes.
    pub reply: Sender<JobResult>,
    /// When it was asked for.
    pub at: Instant,
}

/// What a worker does next.
pub enum Work {
    /// The given list was filled with windows.
    Scores,
    /// One sound.
    Sound(Asked),
}

#[derive(Default)]
struct Waiting {
    scores: VecDeque<AskedScore>,
    sounds: VecDeque<Asked>,
    closed: bool,
}

/// The queue between calls and workers.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    more: Condvar,
    /// From the question to the answer.
    pub answers: Lag,
}

impl Queue {
    /// Queues a job. A sound of a call replaces the one of that call that still waits: the newer holds all that
    /// the older did, and nobody waits for the older any more. It waits since the older did.
    ///
    /// # Errors
    /// The job, where its queue is full or closed.
    pub fn push(&self, asked: Asked) -> Result<(), Asked> {
        let mut waiting = self.lock();
        let full = match asked.job {
            Job::Score { .. } => waiting.scores.len() >= SCORES_WAITING_MAX,
            Job::Recognise { .. } => waiting.sounds.len() >= SOUNDS_WAITING_MAX,
        };
        if waiting.closed || full {
            return Err(asked);
        }
        let Asked { site, call, job, reply, at } = asked;
        match job {
            Job::Score { id, window } => waiting.scores.push_back(AskedScore { id, window, reply, at }),
            job @ Job::Recognise { .. } => {
                let asked = Asked { site, call, job, reply, at };
                match waiting.sounds.iter_mut().find(|other| other.call == call) {
                    Some(older) => *older = Asked { at: older.at, ..asked },
                    None => waiting.sounds.push_back(asked),
                }
            }
        }
        drop(waiting);
        self.more.notify_one();
        Ok(())
    }

    /// Waits for work: up to [`SCORE_BATCH_MAX`] windows into `scores`, or one sound; `None`: the end.
    pub fn next(&self, scores: &mut Vec<AskedScore>) -> Option<Work> {
        let mut waiting = self.lock();
        loop {
            if waiting.closed {
                return None;
            }
            if !waiting.scores.is_empty() {
                let count = waiting.scores.len().min(SCORE_BATCH_MAX);
                scores.extend(waiting.scores.drain(..count));
                return Some(Work::Scores);
            }
            if let Some(sound) = waiting.sounds.pop_front() {
                return Some(Work::Sound(sound));
            }
            waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The longest that an answer took since this was last asked, or that a job waits by now.
    pub fn lag(&self) -> Duration {
        let waiting = self.lock();
        let score = waiting.scores.front().map(|asked| asked.at.elapsed());
        let sound = waiting.sounds.iter().map(|asked| asked.at.elapsed()).max();
        score.max(sound).unwrap_or_default().max(self.answers.take())
    }

    /// Ends all waiting; what is queued is dropped.
    pub fn close(&self) {
        self.lock().closed = true;
        self.more.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(call: u64, id: u64) -> Asked {
        let (reply, _) = tokio::sync::mpsc::channel(1);
        let job = Job::Recognise { id: JobId(id), samples: [].into(), expect: [].into() };
        Asked::new(0, call, job, &reply)
    }

    fn score(id: u64) -> Asked {
        let (reply, _) = tokio::sync::mpsc::channel(1);
        Asked::new(0, 1, Job::Score { id: JobId(id), window: Box::default() }, &reply)
    }

    fn id(work: Option<Work>) -> Option<u64> {
        match work {
            Some(Work::Sound(Asked { job: Job::Recognise { id, .. }, .. })) => Some(id.0),
            _ => None,
        }
    }

    #[test]
    fn scores_go_first_and_a_newer_sound_replaces_the_older() {
        let queue = Queue::default();
        for asked in [sound(1, 10), sound(2, 20), sound(1, 11), score(12)] {
            assert!(queue.push(asked).is_ok());
        }
        let mut scores = Vec::new();
        assert!(matches!(queue.next(&mut scores), Some(Work::Scores)));
        assert_eq!(scores.len(), 1);
        assert_eq!(id(queue.next(&mut scores)), Some(11));
        assert_eq!(id(queue.next(&mut scores)), Some(20));
    }

    #[test]
    fn who_waits_is_the_lag_and_so_is_who_was_answered_late() {
        let queue = Queue::default();
        assert_eq!(queue.lag(), Duration::ZERO);
        for asked in [sound(1, 10), score(11)] {
            assert!(queue.push(asked).is_ok());
        }
        std::thread::sleep(Duration::from_millis(20));
        assert!(queue.lag() >= Duration::from_millis(20));
        let mut scores = Vec::new();
        while queue.next(&mut scores).is_some_and(|work| matches!(work, Work::Scores)) {}
        assert_eq!(queue.lag(), Duration::ZERO);
        queue.answers.note(Duration::from_millis(5));
        assert_eq!((queue.lag(), queue.lag()), (Duration::from_millis(5), Duration::ZERO));
    }

    #[test]
    fn a_full_queue_gives_the_job_back() {
        let queue = Queue::default();
        for call in 0..SOUNDS_WAITING_MAX as u64 {
            assert!(queue.push(sound(call, call)).is_ok());
        }
        assert!(queue.push(sound(u64::MAX, 1)).is_err());
        queue.close();
        assert!(queue.next(&mut Vec::new()).is_none());
        assert!(queue.push(score(1)).is_err());
    }
}
