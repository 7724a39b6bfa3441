//! Guessing: how often codes were named at a site that no appointment bears, over all its calls. A call has three tries
//! ([`FIND_TRIES_MAX`](crate::call::actions::FIND_TRIES_MAX)); whoever calls again and again has no more than everybody
//! together has in an hour.
//!
//! Only moments are counted, by site, and in memory: no code, no number, no call. There are never more of them than the
//! limit for each site of the configuration.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

/// Wrong codes of a site within an hour; after them no code is looked at. Callers mishear and misread few. Where 200
/// appointments are to come, 7,200 tries of a whole month, day and night, find one with three chances in four, and the log
/// has said so from the first hour on.
pub const WRONG_CODES_AN_HOUR_MAX: usize = 10;
/// How long a wrong code counts.
const COUNTED: SignedDuration = SignedDuration::from_hours(1);

/// When wrong codes were named, by site.
#[derive(Debug, Default)]
pub(crate) struct WrongCodes {
    sites: HashMap<String, VecDeque<Timestamp>>,
}

impl WrongCodes {
    /// Whether a code may be looked at.
    pub(crate) fn may_try(&mut self, site: &str, now: Timestamp) -> bool {
        let Some(moments) = self.sites.get_mut(site) else { return true };
        // a clock that was set back keeps nobody out for longer
        moments.retain(|moment| now.duration_since(*moment).abs() < COUNTED);
        moments.len() < WRONG_CODES_AN_HOUR_MAX
    }

    /// Counts a wrong one; the administrator is told when it was the last one. What is tried again because the disk
    /// refused the first time may count twice.
    pub(crate) fn count(&mut self, site: &str, now: Timestamp) {
        let moments = self.sites.entry(site.to_owned()).or_default();
        moments.push_back(now);
        while moments.len() > WRONG_CODES_AN_HOUR_MAX {
            moments.pop_front();
        }
        if moments.len() == WRONG_CODES_AN_HOUR_MAX {
            log::warn!(
                "calendar: site {site}: {WRONG_CODES_AN_HOUR_MAX} wrong appointment codes within an hour; until it is over, \
                 no code is looked at and callers hear that nothing was found; somebody may be guessing"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn an_hour_after_each_wrong_code_there_is_room_for_one() {
        let mut wrong = WrongCodes::default();
        for at in 0..10 {
            assert!(wrong.may_try("heating", minute(at)), "{at}");
            wrong.count("heating", minute(at));
        }
        assert!(!wrong.may_try("heating", minute(10)) && !wrong.may_try("heating", minute(59)));
        assert!(wrong.may_try("bakery", minute(10)), "another site");
        assert!(wrong.may_try("heating", minute(60)));
        wrong.count("heating", minute(60));
        assert!(!wrong.may_try("heating", minute(60)) && wrong.may_try("heating", minute(61)));
    }

    #[test]
    fn no_more_is_remembered_than_the_limit_and_a_clock_set_back_keeps_nobody_out() {
        let mut wrong = WrongCodes::default();
        for _ in 0..1_000 {
            wrong.count("heating", minute(6_000));
        }
        assert_eq!(wrong.sites["heating"].len(), WRONG_CODES_AN_HOUR_MAX);
        assert!(wrong.may_try("heating", minute(0)));
    }
}
