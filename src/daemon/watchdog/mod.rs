//! The watchdog: sees to it that a daemon which does not live any more ends, so that its calls go on in the
//! dialplan.
//!
//! A thread of its own that needs nothing of anybody else's looks at the vital signs every [`LOOK_MS`]. While they
//! are good it tells systemd so (`WatchdogSec=`); a process that is frozen as a whole does not, and systemd ends
//! it. Where the runtime or the media path of all calls stands still, it ends the process itself. Both end with
//! systemd starting the daemon again, which finds the channels left in the PBX and lets them go.
//!
//! It also looks whether the machine keeps up ([`Overload`]) and says which thread is stuck in its work.

mod verdict;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

pub use verdict::{ASLEEP_MS_MIN, FROZEN_MS_MAX, PIECE_MS_MAX};
use verdict::{Judge, News, Signs, Verdict};

use super::admission::{Change, Lags, Overload};
use super::clock::Clock;
use super::inference::Inference;
use super::vitals::{Lag, Pulse, Work};
use crate::call::line::FRAME_MS;

/// How often the watchdog looks.
pub const LOOK_MS: u64 = 250;
/// How often the runtime shows that it runs.
pub const BEAT_MS: u64 = 250;
/// systemd hears of a life so many times in each of its terms.
const PINGS_PER_TERM: u32 = 4;
/// How long the last words may take. A log that does not take them must not keep the process alive.
const LAST_WORDS_MS_MAX: u64 = 200;

/// The signs of life of one daemon.
#[derive(Debug, Default)]
pub struct Vitals {
    runtime: Pulse,
    media: Pulse,
    calls: AtomicUsize,
    frames: Lag,
    voice: Lag,
    overloaded: AtomicBool,
    watched: Mutex<Watched>,
}

/// What comes when everything is loaded.
#[derive(Default)]
struct Watched {
    threads: Vec<Arc<Work>>,
    inference: Option<Arc<Inference>>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// A call that is up; over when dropped.
#[derive(Debug)]
pub struct CallUp {
    vitals: Arc<Vitals>,
    line: Pulse,
}

impl CallUp {
    /// The line gave a frame.
    pub fn frame(&self) {
        let late = self.line.beat().saturating_sub(Duration::from_millis(u64::from(FRAME_MS)));
        self.vitals.frames.note(late);
        self.vitals.media.beat();
    }
}

impl Drop for CallUp {
    fn drop(&mut self) {
        self.vitals.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Vitals {
    /// A call begins to talk.
    #[must_use]
    pub fn call(self: &Arc<Self>) -> CallUp {
        self.media.beat();
        self.calls.fetch_add(1, Ordering::Relaxed);
        CallUp { vitals: Arc::clone(self), line: Pulse::default() }
    }

    /// A text became sound in so long.
    pub fn rendered(&self, took: Duration) {
        self.voice.note(took);
    }

    /// Whether new calls are to be sent on because the machine does not keep up.
    #[must_use]
    pub fn is_overloaded(&self) -> bool {
        self.overloaded.load(Ordering::Relaxed)
    }

    /// From now on this thread is watched.
    pub fn watch(&self, thread: Arc<Work>) {
        self.watched().threads.push(thread);
    }

    /// From now on these models are watched.
    pub fn watch_models(&self, inference: &Arc<Inference>) {
        let mut watched = self.watched();
        watched.threads.extend(inference.threads().cloned());
        watched.inference = Some(Arc::clone(inference));
    }

    /// Shows for ever that the runtime runs.
    pub async fn beat(&self) {
        loop {
            self.runtime.beat();
            tokio::time::sleep(Duration::from_millis(BEAT_MS)).await;
        }
    }

    fn signs(&self) -> Signs {
        let talking = self.calls.load(Ordering::Relaxed) > 0;
        Signs {
            runtime_silent: self.runtime.silent_for(),
            media_silent: talking.then(|| self.media.silent_for()),
            pieces: self.watched().threads.iter().map(|thread| thread.lasts()).collect(),
        }
    }

    fn lags(&self) -> Lags {
        let models = self.watched().inference.as_ref().map_or(Duration::ZERO, |models| models.lag());
        Lags { models, voice: self.voice.take(), frames: self.frames.take() }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that looks.
#[derive(Debug)]
pub struct Watchdog {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Watchdog {
    /// Begins to look after `vitals`; the machine is behind with a lag beyond `lag_max`.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(vitals: Arc<Vitals>, lag_max: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("watchdog".into())
            .spawn(move || Looking::new(vitals, lag_max).until(&stopped))?;
        Ok(Self { stop, thread })
    }

    /// Looks no more: the daemon is going down, and what stands still then is meant to.
    pub fn stop(self) {
        let _ = self.stop.send(());
        if self.thread.join().is_err() {
            log::error!("the watchdog panicked");
        }
    }
}

struct Looking {
    vitals: Arc<Vitals>,
    clock: Clock,
    judge: Judge,
    overload: Overload,
    /// Time between two signs of life to systemd, and since the last; `None`: systemd does not listen.
    ping: Option<(Duration, Pulse)>,
}

impl Looking {
    fn new(vitals: Arc<Vitals>, lag_max: Duration) -> Self {
        let ping = sd_notify::watchdog_enabled().map(|term| (term / PINGS_PER_TERM, Pulse::default()));
        let overload = Overload::new(lag_max);
        Self { vitals, clock: Clock::start(), judge: Judge::default(), overload, ping }
    }

    fn until(mut self, stopped: &mpsc::Receiver<()>) {
        while stopped.recv_timeout(Duration::from_millis(LOOK_MS)) == Err(mpsc::RecvTimeoutError::Timeout) {
            self.look();
        }
    }

    fn look(&mut self) {
        let (verdict, news) = self.judge.look(self.clock.now(), &self.vitals.signs());
        match verdict {
            Verdict::Frozen(what, silent) => end(what, silent, self.vitals.calls.load(Ordering::Relaxed)),
            Verdict::Alive => self.ping(),
        }
        for (number, news) in news {
            let watched = self.vitals.watched();
            let name = watched.threads.get(number).map_or("?", |thread| thread.name());
            match news {
                News::Slow(piece) => {
                    log::error!("thread {name} is busy with one thing for {} ms by now", piece.as_millis());
                }
                News::Recovered => log::warn!("thread {name} goes on"),
            }
        }
        match self.overload.look(&self.vitals.lags()) {
            None => {}
            Some(Change::FallsBehind { what, lag }) => {
                self.vitals.overloaded.store(true, Ordering::Relaxed);
                log::warn!(
                    "overloaded, {what} {} ms behind: new calls go to the dialplan's fallback",
                    lag.as_millis()
                );
            }
            Some(Change::KeepsUp) => {
                self.vitals.overloaded.store(false, Ordering::Relaxed);
                log::info!("no longer overloaded: new calls are taken again");
            }
        }
    }

    fn ping(&self) {
        if let Some((every, last)) = &self.ping
            && last.silent_for() >= *every
        {
            last.beat();
            // Where nobody takes it, systemd ends us, which is what it then ought to do.
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
    }
}

/// Ends the process, so that its calls go on in the dialplan.
fn end(what: &str, silent: Duration, calls: usize) -> ! {
    let words = format!(
        "{what} has stood still for {} ms with {calls} calls up: Klinke ends itself, so that it is started again \
         and callers go on in the dialplan; please tell its makers",
        silent.as_millis()
    );
    let (said, done) = mpsc::channel();
    // what is frozen may hold the log
    let last_words = std::thread::Builder::new().spawn(move || {
        log::error!("{words}");
        let _ = said.send(());
    });
    if last_words.is_ok() {
        let _ = done.recv_timeout(Duration::from_millis(LAST_WORDS_MS_MAX));
    }
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_path_counts_only_while_calls_are_up() {
        let vitals = Arc::new(Vitals::default());
        assert_eq!(vitals.signs().media_silent, None);
        let (one, two) = (vitals.call(), vitals.call());
        drop(one);
        std::thread::sleep(Duration::from_millis(40));
        assert!(vitals.signs().media_silent.unwrap() >= Duration::from_millis(40));
        two.frame();
        assert!(vitals.signs().media_silent.unwrap() < Duration::from_millis(40));
        let late = vitals.lags().frames;
        assert!(late >= Duration::from_millis(20), "20 ms are due, what is beyond is late: {late:?}");
        drop(two);
        assert_eq!(vitals.signs().media_silent, None);
    }

    #[test]
    fn threads_that_are_watched_are_seen_at_work() {
        let vitals = Vitals::default();
        let store = Arc::new(Work::new("store"));
        vitals.watch(Arc::clone(&store));
        let piece = store.begin();
        std::thread::sleep(Duration::from_millis(20));
        assert!(vitals.signs().pieces[0] >= Duration::from_millis(20));
        drop(piece);
        assert_eq!(vitals.signs().pieces, [Duration::ZERO]);
    }

    #[test]
    fn a_machine_that_stays_behind_is_overloaded() {
        let vitals = Arc::new(Vitals::default());
        let mut looking = Looking::new(Arc::clone(&vitals), Duration::from_millis(100));
        for _ in 0..3 {
            assert!(!vitals.is_overloaded());
            vitals.rendered(Duration::from_millis(101));
            looking.look();
        }
        assert!(vitals.is_overloaded());
        (0..20).for_each(|_| looking.look());
        assert!(!vitals.is_overloaded());
    }
}
