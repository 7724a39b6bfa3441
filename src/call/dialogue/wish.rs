//! The wish: when the caller would like to be visited, as a stretch of local time to search.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

use crate::call::understanding::{Grain, SlotValue, Value};

/// How far around "so gegen acht" is searched, in minutes.
const HEDGE_MINUTES: i64 = 60;

/// Hours of a day that was named without an hour: nobody who says "Donnerstag" means its night.
const WAKING_HOURS: (i8, i8) = (7, 20);

/// A stretch of local time from which an appointment should come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub from: DateTime,
    /// Exclusive.
    pub until: DateTime,
    /// Whether it is about days, not hours.
    pub of_days: bool,
    /// What was named, where what lies around it may do too.
    pub near: Option<DateTime>,
}

impl Wish {
    /// Whether a visit that starts then fulfils it.
    pub(super) fn contains(&self, start: DateTime) -> bool {
        self.from <= start && start < self.until
    }

    /// When to go on looking where this does not suit: a day that was ruled out is over with its night.
    pub(super) fn after(&self) -> DateTime {
        let (first, last) = WAKING_HOURS;
        if self.until.hour() < last {
            return self.until;
        }
        self.until.date().tomorrow().map_or(self.until, |day| day.at(first, 0, 0, 0))
    }

    /// What `said` asks for. A time without a day means `day`, the one being talked about, or where that moment
    /// has passed the next day. `None`: it is no time, or it has passed ("seit gestern").
    pub(super) fn of(said: &SlotValue, day: Option<Date>, now: DateTime) -> Option<Self> {
        let Value::DateTime { value, until, grain, dated } = &said.value else { return None };
        let of_days = value.date() != until.date();
        let mut wish = Self { from: *value, until: *until, of_days, near: None };
        if !dated {
            wish = wish.on(day.unwrap_or_else(|| value.date()))?;
            if wish.until <= now {
                wish = wish.on(now.date().tomorrow().ok()?)?;
            }
        }
        if said.hedged && matches!(grain, Grain::Hour | Grain::Minute) {
            let room = SignedDuration::from_mins(HEDGE_MINUTES);
            wish.near = Some(wish.from);
            wish.from = wish.from.checked_sub(room).unwrap_or(wish.from);
            wish.until = wish.until.checked_add(room).unwrap_or(wish.until);
        }
        if matches!(grain, Grain::Day | Grain::Week | Grain::Month) && wish.from.date() > now.date() {
            wish.from = wish.from.date().at(WAKING_HOURS.0, 0, 0, 0);
        }
        if *grain == Grain::Day && wish.until > now {
            // Of several days, the last one's evening.
            let last = wish.until.date().yesterday().unwrap_or(wish.from.date()).max(wish.from.date());
            wish.until = last.at(WAKING_HOURS.1, 0, 0, 0).max(wish.from);
        }
        (wish.until > now && wish.from < wish.until).then_some(Self { from: wish.from.max(now), ..wish })
    }

    /// The same hours on that day.
    fn on(self, day: Date) -> Option<Self> {
        let days = self.from.date().until(day).ok()?.get_days();
        let shift = 1.day().checked_mul(i64::from(days)).ok()?;
        let (from, until) = (self.from.checked_add(shift).ok()?, self.until.checked_add(shift).ok()?);
        Some(Self { from, until, ..self })
    }
}
