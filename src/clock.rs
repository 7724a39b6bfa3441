//! Time as a value. Three times exist and are never mixed:
//!
//! - [`Instant`]: monotonic, counted from the start of the daemon or of a simulation. Deadlines and reaction
//!   times are made of it.
//! - [`MediaTime`]: samples of the call's own sound, counted from its first frame. Where in the conversation
//!   something was said.
//! - [`jiff::Timestamp`]: wall clock in UTC. Appointments and records.
//!
//! Nothing here reads a clock. The shell does, once per input, and passes the value in.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::line::{FRAME_SAMPLES, SAMPLE_RATE_HZ};

/// A monotonic moment: nanoseconds since the clock that made it was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instant(u64);

impl Instant {
    /// The moment the clock was started.
    pub const START: Self = Self(0);

    /// The moment `nanos` nanoseconds after the start.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the start.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero where it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

/// A moment in the sound of one call: samples at 8 kHz since its first frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MediaTime(u64);

impl MediaTime {
    /// The first sample of the call.
    pub const START: Self = Self(0);

    /// The moment `samples` samples into the call.
    #[must_use]
    pub const fn from_samples(samples: u64) -> Self {
        Self(samples)
    }

    /// The moment `ms` milliseconds into the call.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * (SAMPLE_RATE_HZ as u64) / 1000)
    }

    /// Samples since the first one.
    #[must_use]
    pub const fn samples(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the first sample.
    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0 * 1000 / (SAMPLE_RATE_HZ as u64)
    }

    /// How much sound lies before it.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        Duration::from_micros(self.0 * 1_000_000 / SAMPLE_RATE_HZ as u64)
    }

    /// One frame later.
    #[must_use]
    pub const fn next_frame(self) -> Self {
        Self(self.0 + FRAME_SAMPLES as u64)
    }

    /// `ms` milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0 + ms * (SAMPLE_RATE_HZ as u64) / 1000)
    }

    /// `ms` milliseconds earlier, not before the first sample.
    #[must_use]
    pub const fn minus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms * (SAMPLE_RATE_HZ as u64) / 1000))
    }
}

impl Sub for MediaTime {
    type Output = Duration;

    /// How much sound lies between; zero where `earlier` lies ahead.
    fn sub(self, earlier: Self) -> Duration {
        Self(self.0.saturating_sub(earlier.0)).since_start()
    }
}

impl fmt::Display for MediaTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.ms();
        write!(f, "{:02}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
    }
}
