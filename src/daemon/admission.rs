//! Whether the machine keeps up. Where it falls behind real time, new calls go to the dialplan's fallback, so that
//! those that are going on stay quick: a caller gets a human at once rather than slow answers.
//!
//! Decides only; the watchdog measures and looks every [`LOOK_MS`](super::watchdog::LOOK_MS). One bad moment is
//! none, and whoever was behind has to have kept up for a while before calls are taken again.

use std::time::Duration;

/// Looks in a row with a lag beyond the limit, until new calls are sent on: 750 ms.
pub const BEHIND_LOOKS_MIN: u32 = 3;
/// Looks in a row with no lag beyond half the limit, until they are taken again: 5 s.
pub const RECOVERED_LOOKS_MIN: u32 = 20;

/// How far behind real time things are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lags {
    /// The models: from a call's question to the answer, or as long as one waits by now.
    pub models: Duration,
    /// The voice: from a text to its sound.
    pub voice: Duration,
    /// Frames of 20 ms: how much too late they come.
    pub frames: Duration,
}

impl Lags {
    fn worst(&self) -> (&'static str, Duration) {
        let all = [("the models", self.models), ("the voice", self.voice), ("the sound", self.frames)];
        all.into_iter().max_by_key(|(_, lag)| *lag).unwrap_or_default()
    }
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// From now on new calls are sent on.
    FallsBehind {
        /// What is behind.
        what: &'static str,
        /// How far.
        lag: Duration,
    },
    /// New calls are taken again.
    KeepsUp,
}

/// Whether new calls are sent on, as things are.
#[derive(Debug)]
pub struct Overload {
    limit: Duration,
    is_on: bool,
    /// Looks in a row that speak for a change.
    looks: u32,
}

impl Overload {
    /// A machine that keeps up; it is behind with a lag beyond `limit`.
    #[must_use]
    pub const fn new(limit: Duration) -> Self {
        Self { limit, is_on: false, looks: 0 }
    }

    /// Looks once more.
    pub fn look(&mut self, lags: &Lags) -> Option<Change> {
        let (what, lag) = lags.worst();
        let (speaks_for_change, looks_min) = if self.is_on {
            (lag <= self.limit / 2, RECOVERED_LOOKS_MIN)
        } else {
            (lag > self.limit, BEHIND_LOOKS_MIN)
        };
        self.looks = if speaks_for_change { self.looks + 1 } else { 0 };
        if self.looks < looks_min {
            return None;
        }
        (self.is_on, self.looks) = (!self.is_on, 0);
        Some(if self.is_on { Change::FallsBehind { what, lag } } else { Change::KeepsUp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(500);

    fn models(ms: u64) -> Lags {
        Lags { models: Duration::from_millis(ms), ..Lags::default() }
    }

    fn look_at(overload: &mut Overload, lags: impl IntoIterator<Item = u64>) -> Vec<Option<Change>> {
        lags.into_iter().map(|ms| overload.look(&models(ms))).collect()
    }

    #[test]
    fn one_bad_moment_sends_nobody_away() {
        let mut overload = Overload::new(LIMIT);
        let looks = look_at(&mut overload, [900, 900, 500, 900, 900, 0, 10_000, 10_000, 20]);
        assert!(looks.iter().all(Option::is_none), "{looks:?}");
    }

    #[test]
    fn who_stays_behind_sends_calls_on_and_tells_it_once() {
        let mut overload = Overload::new(LIMIT);
        let looks = look_at(&mut overload, [501, 700, 600, 900, 2_000]);
        let lag = Duration::from_millis(600);
        let change = Change::FallsBehind { what: "the models", lag };
        assert_eq!(looks, [None, None, Some(change), None, None]);
    }

    #[test]
    fn who_was_behind_has_to_keep_up_for_a_while() {
        let mut overload = Overload::new(LIMIT);
        look_at(&mut overload, [600; 3]);
        let almost = RECOVERED_LOOKS_MIN as usize - 1;
        // neither beyond the limit nor well below it: as before
        let looks =
            look_at(&mut overload, vec![100; almost].into_iter().chain([300]).chain(vec![250; almost]));
        assert!(looks.iter().all(Option::is_none), "{looks:?}");
        assert_eq!(overload.look(&models(0)), Some(Change::KeepsUp));
        assert!(matches!(
            look_at(&mut overload, [600; 3])[..],
            [None, None, Some(Change::FallsBehind { .. })]
        ));
    }

    #[test]
    fn whatever_is_behind_counts_and_has_a_name() {
        for what in ["the models", "the voice", "the sound"] {
            let lag = LIMIT * 2;
            let mut lags = Lags { models: LIMIT / 4, voice: LIMIT / 4, frames: LIMIT / 4 };
            *match what {
                "the models" => &mut lags.models,
                "the voice" => &mut lags.voice,
                _ => &mut lags.frames,
            } = lag;
            let mut overload = Overload::new(LIMIT);
            let changes: Vec<_> = (0..BEHIND_LOOKS_MIN).filter_map(|_| overload.look(&lags)).collect();
            assert_eq!(changes, [Change::FallsBehind { what, lag }]);
        }
    }
}
