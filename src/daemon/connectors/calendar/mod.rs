//! The embedded calendar: holds, books and releases technicians' time, and notes call-backs, in the store.
//!
//! - Every order is carried out once: asked again under its number, it is answered with what became of it then.
//! - An order reaches only what its own call holds or has booked; another call's hold is as if it did not exist.
//! - A hold runs out by itself (`hold_minutes`). From then on others get the time; as long as nobody has taken
//!   it, its own call can still book it.
//! - Nobody is booked twice: each order is one transaction that excludes all others, also those of other
//!   processes, and the table itself refuses overlapping rows.

mod free;

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::call::actions::{HoldId, JobSheet, Order, OrderId, Outcome};
use crate::config::site::Site;
use crate::daemon::store::{CallBack, Store, StoreError, VisitSheet};
use crate::record::CallId;

pub use free::{Free, Wish, first_free};

impl Store {
    /// Carries out `order` of `call` for `site`. Durable on return.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was done and the same order may be tried again.
    pub fn carry_out(
        &mut self,
        call: CallId,
        site: &Site,
        id: OrderId,
        order: &Order,
        now: &Zoned,
    ) -> Result<Outcome, StoreError> {
        self.in_transaction(|store| store.carry_out_within(call, site, id, order, now.timestamp()))
    }

    /// The same as part of a transaction.
    pub(crate) fn carry_out_within(
        &mut self,
        call: CallId,
        site: &Site,
        id: OrderId,
        order: &Order,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let known = self.call(call)?;
        if let Some(outcome) = self.outcome(&known, id)? {
            return Ok(outcome);
        }
        let outcome = match order {
            Order::HoldAppointment { skill, emergency, from, until } => {
                let wish = Wish { skill, emergency: *emergency, from: *from, until: *until };
                hold(self, call, site, &wish, now)?
            }
            Order::BookAppointment { hold, job } => book(self, call, *hold, job, now)?,
            Order::ReleaseAppointment { hold } => release(self, call, *hold)?,
            Order::NoteCallBack { job } => {
                self.note(&known, &CallBack { site: site.id.clone(), job: job.clone() })?;
                Outcome::Noted
            }
        };
        // What failed may be tried again.
        if !matches!(outcome, Outcome::Failed { .. }) {
            self.keep_outcome(&known, id, &outcome)?;
        }
        Ok(outcome)
    }
}

fn hold(
    store: &mut Store,
    call: CallId,
    site: &Site,
    wish: &Wish<'_>,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let known = store.call(call)?;
    store.give_back_holds(&known, now)?;
    let able = site.technicians.iter().filter(|technician| technician.skills.iter().any(|s| s == wish.skill));
    let taken = able
        .map(|technician| Ok((technician, store.taken((&site.id, &technician.name), now)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    if taken.is_empty() {
        let cause = format!("no technician of site {} has the skill {:?}", site.id, wish.skill);
        return Ok(Outcome::Failed { cause });
    }
    let Some(free) = first_free(site, wish, now, &taken) else { return Ok(Outcome::NothingFree) };
    let sheet = VisitSheet { site: site.id.clone(), technician: free.technician.name.clone(), job: None };
    let until = later(now, site.calendar.hold_minutes.into());
    let number = store.hold(&known, &sheet, (free.start, free.end), (now, until))?;
    Ok(Outcome::Held {
        hold: HoldId(number),
        technician: sheet.technician,
        start: site.time_zone.to_datetime(free.start),
        end: site.time_zone.to_datetime(free.end),
    })
}

fn book(
    store: &mut Store,
    call: CallId,
    HoldId(number): HoldId,
    job: &JobSheet,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let known = store.call(call)?;
    let Some(visit) = store.visit(&known, number)? else { return Ok(Outcome::HoldExpired) };
    let run_out = visit.held_until.is_some_and(|until| until <= now);
    if run_out && visit.time.0 <= now {
        return Ok(Outcome::HoldExpired);
    }
    store.book(&known, number, &VisitSheet { job: Some(job.clone()), ..visit.sheet })?;
    Ok(Outcome::Booked { appointment: number })
}

fn release(store: &mut Store, call: CallId, HoldId(number): HoldId) -> Result<Outcome, StoreError> {
    let known = store.call(call)?;
    match store.visit(&known, number)? {
        Some(visit) if visit.held_until.is_none() => {
            Ok(Outcome::Failed { cause: format!("{number} is booked and no longer a hold") })
        }
        _ => {
            store.release(&known, number)?;
            Ok(Outcome::Released)
        }
    }
}

/// `minutes` after `moment`, or the end of time.
fn later(moment: Timestamp, minutes: i64) -> Timestamp {
    moment.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}
