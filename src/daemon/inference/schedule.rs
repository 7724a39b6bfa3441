//! Whose turn it is with the models: by deadline, batched over calls, fair between them, bounded. Pure: time comes
//! in as a value, whoever answers is a type of the caller's (`R`), and so is what a recogniser keeps (`S`).
//!
//! - Every question is due a while after it was asked; the batch is of the kind of the most urgent one, and takes
//!   the most urgent ones of that kind.
//! - A call is in a batch once at most, with one chunk of sound, and its next chunk is due a while after this one came
//!   back: whoever has much waiting gets no more than those with little, and is not more urgent because it is old.
//! - Questions of one call are answered in their order. What it knows of a stretch travels with the chunk to a
//!   thread and comes back with it, so no two threads work for one call.
//! - A call's new stretch ends the one before; what is forgotten on its way comes back to nobody.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::call::hearing::{Ask, Expect, Job, JobId, RING_S_MAX, ScoreWindow, StretchId};
use crate::call::line::SAMPLE_RATE_HZ;
use crate::clock::Instant;
use crate::models::runtime::SCORE_BATCH_MAX;

/// Windows that may wait: half a second of 500 calls.
pub const SCORES_WAITING_MAX: usize = 8192;
/// Sounds that may wait, over all calls. A full queue means that the machine is too small.
pub const SOUNDS_WAITING_MAX: usize = 1024;
/// Sounds of one call that may wait; a call asks one question at a time.
pub const CALL_SOUNDS_WAITING_MAX: usize = 4;
/// Samples that one question may bring: all that a call holds.
pub const SOUND_SAMPLES_MAX: usize = (RING_S_MAX * SAMPLE_RATE_HZ) as usize;
/// Samples of one call in a batch: 60 ms, what a streaming recogniser takes at once.
pub const CHUNK_SAMPLES: usize = 480;
/// Calls in a batch of the recogniser.
pub const HEAR_BATCH_MAX: usize = 64;
/// Stretches of speech that are known at the same time: one a call.
pub const STREAMS_MAX: usize = 2048;
/// What is known of a stretch is forgotten when nothing of it came for so long; no stretch is silent for longer.
pub const STREAM_IDLE_MAX: Duration = Duration::from_secs(15);

/// When a window should be answered: before the next one is whole.
const SCORE_DUE: Duration = Duration::from_millis(32);
/// When sound should be heard.
const HEAR_DUE: Duration = Duration::from_millis(100);
/// When the words should be there of whoever has paused: he waits for us.
const ENDED_DUE: Duration = Duration::from_millis(60);

/// A window on its way.
pub struct Score<R> {
    /// Whose answer.
    pub id: JobId,
    /// Its sound and state.
    pub window: Box<ScoreWindow>,
    /// Where the answer goes.
    pub reply: R,
    /// When it was asked.
    pub at: Instant,
}

/// A sound on its way.
pub struct Sound<R> {
    /// Which of the sites.
    pub site: usize,
    /// Whose answer.
    pub id: JobId,
    /// What followed.
    pub samples: Box<[i16]>,
    /// Samples that were heard already.
    pub heard: usize,
    /// What is hoped for.
    pub expect: Arc<[Expect]>,
    /// What is asked once all of it was heard.
    pub ask: Ask,
    /// Where the answer goes.
    pub reply: R,
    /// When it was asked.
    pub at: Instant,
    stretch: StretchId,
}

impl<R> Sound<R> {
    /// The samples of its next chunk.
    pub fn chunk(&self) -> &[i16] {
        let rest = self.samples.get(self.heard..).unwrap_or_default();
        &rest[..rest.len().min(CHUNK_SAMPLES)]
    }

    /// Whether its next chunk is its last one.
    pub fn is_last(&self) -> bool {
        self.samples.len() <= self.heard + CHUNK_SAMPLES
    }

    /// When it should be heard, where its call has its turn from `turn` on.
    fn due(&self, turn: Instant) -> Instant {
        self.at.max(turn) + if self.ask == Ask::AsIfEnded { ENDED_DUE } else { HEAR_DUE }
    }
}

/// One call's turn in a batch of the recogniser.
pub struct Chunk<S, R> {
    call: u64,
    /// What is known of its stretch; `None`: it begins here, or it failed.
    pub stream: Option<S>,
    /// The sound; answered or, where more chunks follow, not.
    pub sound: Sound<R>,
}

/// What to do next.
pub enum Batch<S, R> {
    /// Windows of many calls; at most [`SCORE_BATCH_MAX`].
    Scores(Vec<Score<R>>),
    /// A chunk of each of many calls; given back with [`Schedule::give_back`].
    Sounds(Vec<Chunk<S, R>>),
}

/// What is known of a call.
struct Caller<S, R> {
    sounds: VecDeque<Sound<R>>,
    stream: Option<(StretchId, S)>,
    /// A chunk of it is with a thread.
    busy: Option<StretchId>,
    /// When its last chunk came back.
    turn: Instant,
    /// When it was last heard of.
    at: Instant,
}

impl<S, R> Caller<S, R> {
    /// How urgent it is: what waits behind its first question hurries that one.
    fn due(&self) -> Option<Instant> {
        self.sounds.iter().map(|sound| sound.due(self.turn)).min().filter(|_| self.busy.is_none())
    }
}

/// Everything that waits for the models.
pub struct Schedule<S, R> {
    scores: VecDeque<Score<R>>,
    callers: BTreeMap<u64, Caller<S, R>>,
    sounds: usize,
}

impl<S, R> Default for Schedule<S, R> {
    fn default() -> Self {
        Self { scores: VecDeque::new(), callers: BTreeMap::new(), sounds: 0 }
    }
}

impl<S, R> Schedule<S, R> {
    /// Takes a question of a call at a site.
    ///
    /// # Errors
    /// Whose answer it would be and where it goes, where there is no room for it.
    pub fn push(
        &mut self,
        (site, call): (usize, u64),
        job: Job,
        reply: R,
        now: Instant,
    ) -> Result<(), (JobId, R)> {
        match job {
            Job::Score { id, .. } if self.scores.len() >= SCORES_WAITING_MAX => Err((id, reply)),
            Job::Score { id, window } => {
                self.scores.push_back(Score { id, window, reply, at: now });
                Ok(())
            }
            Job::Hear { id, stretch, samples, expect, ask } => {
                if !self.has_room(call, samples.len(), now) {
                    return Err((id, reply));
                }
                let caller = self.callers.entry(call).or_insert_with(|| Caller {
                    sounds: VecDeque::new(),
                    stream: None,
                    busy: None,
                    turn: now,
                    at: now,
                });
                caller.at = now;
                let sound = Sound { site, id, samples, heard: 0, expect, ask, reply, at: now, stretch };
                caller.sounds.push_back(sound);
                self.sounds += 1;
                Ok(())
            }
            Job::Forget { stretch } => {
                self.forget(call, |known| known == stretch);
                Ok(())
            }
        }
    }

    fn has_room(&mut self, call: u64, samples: usize, now: Instant) -> bool {
        if !self.callers.contains_key(&call) {
            self.callers.retain(|_, caller| {
                caller.busy.is_some() || !caller.sounds.is_empty() || now.since(caller.at) < STREAM_IDLE_MAX
            });
        }
        let waiting = self.callers.get(&call).map(|caller| caller.sounds.len());
        samples <= SOUND_SAMPLES_MAX
            && self.sounds < SOUNDS_WAITING_MAX
            && waiting.map_or(self.callers.len() < STREAMS_MAX, |count| count < CALL_SOUNDS_WAITING_MAX)
    }

    /// A call is over: nothing of it is kept, and nobody waits for its answers.
    pub fn forget_call(&mut self, call: u64) {
        self.forget(call, |_| true);
    }

    fn forget(&mut self, call: u64, which: impl Fn(StretchId) -> bool) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let before = caller.sounds.len();
        caller.sounds.retain(|sound| !which(sound.stretch));
        self.sounds -= before - caller.sounds.len();
        caller.stream.take_if(|(stretch, _)| which(*stretch));
        // what is with a thread comes back to nobody
        caller.busy.take_if(|stretch| which(*stretch));
        if caller.sounds.is_empty() && caller.stream.is_none() && caller.busy.is_none() {
            self.callers.remove(&call);
        }
    }

    /// The next batch; `None`: nothing can be done now.
    pub fn next(&mut self) -> Option<Batch<S, R>> {
        let score = self.scores.front().map(|score| score.at + SCORE_DUE);
        let mut urgent: Vec<(Instant, u64)> =
            self.callers.iter().filter_map(|(call, caller)| Some((caller.due()?, *call))).collect();
        urgent.sort_unstable();
        match (score, urgent.first()) {
            (None, None) => None,
            (Some(score), sound) if sound.is_none_or(|(sound, _)| score <= *sound) => {
                let count = self.scores.len().min(SCORE_BATCH_MAX);
                Some(Batch::Scores(self.scores.drain(..count).collect()))
            }
            _ => {
                let calls = urgent.into_iter().take(HEAR_BATCH_MAX);
                Some(Batch::Sounds(calls.filter_map(|(_, call)| self.chunk(call)).collect()))
            }
        }
    }

    fn chunk(&mut self, call: u64) -> Option<Chunk<S, R>> {
        let caller = self.callers.get_mut(&call)?;
        let sound = caller.sounds.pop_front()?;
        self.sounds -= 1;
        caller.busy = Some(sound.stretch);
        // of a new stretch's predecessor nothing is kept
        let stream = caller.stream.take().filter(|(stretch, _)| *stretch == sound.stretch);
        Some(Chunk { call, stream: stream.map(|(_, stream)| stream), sound })
    }

    /// A thread has done with a chunk: `stream` is what it knows now, `None` where it failed. What is left of its
    /// sound waits on, first of its call.
    pub fn give_back(&mut self, chunk: Chunk<S, R>, now: Instant) {
        let Chunk { call, stream, mut sound } = chunk;
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let stretch = sound.stretch;
        if caller.busy.take_if(|busy| *busy == stretch).is_none() {
            return;
        }
        caller.turn = now;
        if let Some(stream) = stream {
            caller.stream = Some((stretch, stream));
            if !sound.is_last() {
                sound.heard += CHUNK_SAMPLES;
                caller.sounds.push_front(sound);
                self.sounds += 1;
            }
        }
        if caller.sounds.is_empty() && caller.stream.is_none() {
            self.callers.remove(&call);
        }
    }

    /// How long the oldest question waits.
    pub fn waits(&self, now: Instant) -> Duration {
        let sounds = self.callers.values().flat_map(|caller| &caller.sounds).map(|sound| sound.at);
        let oldest = sounds.chain(self.scores.front().map(|score| score.at)).min();
        oldest.map_or(Duration::ZERO, |at| now.since(at))
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
