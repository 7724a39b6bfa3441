//! Vital signs: what the daemon's loops and threads leave behind as they go on, so that somebody else can see that
//! they do. Atomic values: whoever leaves one never waits, and whoever reads it needs nothing of whoever left it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::clock::Clock;
use crate::clock::Instant;

/// Something that has to go on: it beats from time to time.
#[derive(Debug)]
pub struct Pulse {
    clock: Clock,
    last: AtomicU64,
}

impl Default for Pulse {
    /// Beats now for the first time.
    fn default() -> Self {
        Self { clock: Clock::start(), last: AtomicU64::new(0) }
    }
}

impl Pulse {
    /// Beats; gives how long ago it did so before.
    pub fn beat(&self) -> Duration {
        let now = self.clock.now();
        now.since(Instant::from_nanos(self.last.swap(now.as_nanos(), Ordering::Relaxed)))
    }

    /// How long ago it last beat.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        self.clock.now().since(Instant::from_nanos(self.last.load(Ordering::Relaxed)))
    }
}

/// A thread that does one piece of work after the other.
#[derive(Debug)]
pub struct Work {
    name: String,
    clock: Clock,
    /// When the current piece was begun, plus one; 0: none.
    begun: AtomicU64,
}

/// A piece of work; over when dropped.
#[derive(Debug)]
pub struct Piece<'a>(&'a Work);

impl Work {
    /// A thread of that name with nothing to do.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), clock: Clock::start(), begun: AtomicU64::new(0) }
    }

    /// What the thread is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Begins a piece.
    pub fn begin(&self) -> Piece<'_> {
        self.begun.store(self.clock.now().as_nanos() + 1, Ordering::Relaxed);
        Piece(self)
    }

    /// How long the current piece lasts; zero where there is none.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        match self.begun.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            begun => self.clock.now().since(Instant::from_nanos(begun - 1)),
        }
    }
}

impl Drop for Piece<'_> {
    fn drop(&mut self) {
        self.0.begun.store(0, Ordering::Relaxed);
    }
}

/// How far something was behind at its worst.
#[derive(Debug, Default)]
pub struct Lag(AtomicU64);

impl Lag {
    /// It was so far behind.
    pub fn note(&self, lag: Duration) {
        let nanos = u64::try_from(lag.as_nanos()).unwrap_or(u64::MAX);
        self.0.fetch_max(nanos, Ordering::Relaxed);
    }

    /// The worst since this was last asked.
    pub fn take(&self) -> Duration {
        Duration::from_nanos(self.0.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A_WHILE: Duration = Duration::from_millis(30);

    #[test]
    fn a_pulse_is_as_old_as_its_last_beat() {
        let pulse = Pulse::default();
        std::thread::sleep(A_WHILE);
        assert!(pulse.silent_for() >= A_WHILE);
        assert!(pulse.beat() >= A_WHILE && pulse.silent_for() < A_WHILE);
    }

    #[test]
    fn work_lasts_until_its_piece_is_over_even_where_it_panics() {
        let work = Work::new("models-0");
        assert_eq!(work.lasts(), Duration::ZERO);
        let piece = work.begin();
        std::thread::sleep(A_WHILE);
        assert!(work.lasts() >= A_WHILE);
        drop(piece);
        assert_eq!(work.lasts(), Duration::ZERO);
        let broken = std::panic::catch_unwind(|| {
            let _piece = work.begin();
            panic!("a piece that breaks");
        });
        assert!(broken.is_err() && work.lasts() == Duration::ZERO);
    }

    #[test]
    fn of_a_lag_the_worst_is_told_once() {
        let lag = Lag::default();
        for ms in [3, 20, 7] {
            lag.note(Duration::from_millis(ms));
        }
        assert_eq!((lag.take(), lag.take()), (Duration::from_millis(20), Duration::ZERO));
    }
}
