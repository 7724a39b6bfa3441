//! The only place that reads a clock.

use jiff::Timestamp;

use crate::clock::Instant;

/// The daemon's clock: monotonic moments count from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: tokio::time::Instant,
}

impl Clock {
    /// Starts counting.
    #[must_use]
    pub fn start() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        let nanos = self.origin.elapsed().as_nanos();
        Instant::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Now, on the wall.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    /// A moment as the runtime's timers want it.
    #[must_use]
    pub fn timer(&self, moment: Instant) -> tokio::time::Instant {
        self.origin + std::time::Duration::from_nanos(moment.as_nanos())
    }
}
