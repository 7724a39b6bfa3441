//! What the vital signs mean: whether the daemon is alive, and who is slow. Decides only.

use std::time::Duration;

use crate::clock::Instant;

/// What a call hears must go on: with a runtime or a media path that stands still for so long, the daemon is dead.
pub const FROZEN_MS_MAX: u64 = 3_000;
/// A single piece of work of a thread may take so long until it is told about.
pub const PIECE_MS_MAX: u64 = 5_000;
/// Where the watchdog itself did not run for so long, the whole process or machine stood still, and everybody
/// gets their time anew.
pub const ASLEEP_MS_MIN: u64 = 1_000;

/// The signs at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Since the runtime last ran a task.
    pub runtime_silent: Duration,
    /// Since any call's line last gave a frame; `None`: no call is up.
    pub media_silent: Option<Duration>,
    /// How long each thread's current piece of work lasts.
    pub pieces: Vec<Duration>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It lives.
    Alive,
    /// This stands still, for so long: nothing but an end helps.
    Frozen(&'static str, Duration),
}

/// News of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Its piece takes longer than it should: for so long by now.
    Slow(Duration),
    /// It came to an end.
    Recovered,
}

/// Looks at signs again and again.
#[derive(Debug, Default)]
pub struct Judge {
    looked: Instant,
    awake_since: Instant,
    slow: Vec<bool>,
}

impl Judge {
    /// Looks at the signs of `now`; news of thread number … comes along.
    pub fn look(&mut self, now: Instant, signs: &Signs) -> (Verdict, Vec<(usize, News)>) {
        if now.since(self.looked) >= Duration::from_millis(ASLEEP_MS_MIN) {
            self.awake_since = now;
        }
        self.looked = now;
        let awake = now.since(self.awake_since);
        let media = signs.media_silent.unwrap_or_default();
        let silent = [("the runtime", signs.runtime_silent), ("the media path of all calls", media)];
        let frozen = |silent: Duration| silent.min(awake) >= Duration::from_millis(FROZEN_MS_MAX);
        let verdict = silent
            .into_iter()
            .find(|(_, silent)| frozen(*silent))
            .map_or(Verdict::Alive, |(what, silent)| Verdict::Frozen(what, silent));
        (verdict, self.news(&signs.pieces))
    }

    fn news(&mut self, pieces: &[Duration]) -> Vec<(usize, News)> {
        self.slow.resize(pieces.len(), false);
        let mut news = Vec::new();
        for (number, (piece, was_slow)) in pieces.iter().zip(&mut self.slow).enumerate() {
            let is_slow = *piece >= Duration::from_millis(PIECE_MS_MAX);
            if std::mem::replace(was_slow, is_slow) != is_slow {
                news.push((number, if is_slow { News::Slow(*piece) } else { News::Recovered }));
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Duration = Duration::from_millis(250);
    const SECOND: Duration = Duration::from_secs(1);

    /// A clock turned by hand, and a judge that looks every 250 ms.
    struct Watch {
        judge: Judge,
        now: Instant,
    }

    impl Watch {
        fn new() -> Self {
            Self { judge: Judge::default(), now: Instant::START }
        }

        /// Looks for `span` with these silences growing; gives when something was found frozen, and what.
        fn go_on(
            &mut self,
            span: Duration,
            runtime: bool,
            media: Option<bool>,
        ) -> Option<(Duration, &'static str)> {
            let begun = self.now;
            while self.now.since(begun) < span {
                self.now = self.now + LOOK;
                let silent = |beats: bool| if beats { LOOK } else { self.now.since(begun) };
                let signs = Signs {
                    runtime_silent: silent(runtime),
                    media_silent: media.map(silent),
                    pieces: Vec::new(),
                };
                if let (Verdict::Frozen(what, _), _) = self.judge.look(self.now, &signs) {
                    return Some((self.now.since(begun), what));
                }
            }
            None
        }
    }

    #[test]
    fn who_beats_lives_with_and_without_calls() {
        let mut watch = Watch::new();
        assert_eq!(watch.go_on(20 * SECOND, true, None), None);
        assert_eq!(watch.go_on(20 * SECOND, true, Some(true)), None);
    }

    #[test]
    fn a_frozen_runtime_and_a_frozen_media_path_are_found_after_three_seconds() {
        let mut watch = Watch::new();
        assert_eq!(watch.go_on(SECOND, true, Some(true)), None);
        assert_eq!(watch.go_on(20 * SECOND, false, Some(true)), Some((3 * SECOND, "the runtime")));
        let mut watch = Watch::new();
        assert_eq!(watch.go_on(SECOND, true, Some(true)), None);
        let found = Some((3 * SECOND, "the media path of all calls"));
        assert_eq!(watch.go_on(20 * SECOND, true, Some(false)), found);
    }

    #[test]
    fn a_process_that_was_stopped_or_a_machine_that_slept_gets_its_time_anew() {
        let mut watch = Watch::new();
        assert_eq!(watch.go_on(5 * SECOND, true, Some(true)), None);
        // nobody ran for a minute, the watchdog neither: what it sees first is as old as that
        watch.now = watch.now + 60 * SECOND;
        let old = Signs { runtime_silent: 60 * SECOND, media_silent: Some(60 * SECOND), pieces: Vec::new() };
        assert_eq!(watch.judge.look(watch.now, &old).0, Verdict::Alive);
        assert_eq!(watch.go_on(20 * SECOND, true, Some(true)), None);
        // but who does not come back is dead all the same
        watch.now = watch.now + 60 * SECOND;
        assert_eq!(watch.judge.look(watch.now, &old).0, Verdict::Alive);
        assert_eq!(watch.go_on(20 * SECOND, false, Some(true)), Some((3 * SECOND, "the runtime")));
    }

    #[test]
    fn a_slow_thread_is_told_about_once_and_ends_nothing() {
        let mut judge = Judge::default();
        let mut told = Vec::new();
        for second in 0..20 {
            let now = Instant::START + LOOK * second;
            let piece = if second < 12 { SECOND * second } else { Duration::ZERO };
            let signs = Signs { pieces: vec![Duration::ZERO, piece], ..Signs::default() };
            let (verdict, news) = judge.look(now, &signs);
            assert_eq!(verdict, Verdict::Alive);
            told.extend(news.into_iter().map(|news| (second, news)));
        }
        assert_eq!(told, [(5, (1, News::Slow(5 * SECOND))), (12, (1, News::Recovered))]);
    }
}
