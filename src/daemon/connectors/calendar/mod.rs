//! The embedded calendar: holds, books and releases technicians' time, and notes call-backs, in the store.
//!
//! - Every order is carried out once: asked again under its number, it is answered with what became of it then.
//! - What the call may not order at all is refused before anything is looked at.
//! - An order reaches only what its own call holds or has booked; another call's hold is as if it did not exist.
//! - A hold runs out by itself (`hold_minutes`). From then on others get the time; as long as nobody has taken
//!   it, its own call can still book it.
//! - An appointment of another call is changed only after this call has found it by what its caller knows
//!   (`changing`).
//! - Nobody is booked twice: each order is one transaction that excludes all others, also those of other
//!   processes, and the table itself refuses overlapping rows.

mod changing;
mod free;

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::call::actions::{CODE_DIGITS, Capabilities, HoldId, JobSheet, Order, OrderId, Outcome};
use crate::config::site::Site;
use crate::daemon::store::{CallBack, Store, StoreError, Ticket, VisitRow, VisitSheet};
use crate::private::Private;
use crate::record::CallId;

pub use free::{Free, Wish, first_free};

/// Codes that are drawn until one is free. With 10,000 appointments in the file, one in a hundred is taken.
const CODES_DRAWN_MAX: usize = 16;

impl Store {
    /// Carries out `order` of `call` for `site`, where `capabilities` allow it. Durable on return.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was done and the same order may be tried again.
    pub fn carry_out(
        &mut self,
        call: CallId,
        site: (&Site, &Capabilities),
        order: (OrderId, &Order),
        now: &Zoned,
    ) -> Result<Outcome, StoreError> {
        self.in_transaction(|store| store.carry_out_within(call, site, order, now.timestamp()))
    }

    /// The same as part of a transaction.
    pub(crate) fn carry_out_within(
        &mut self,
        call: CallId,
        (site, capabilities): (&Site, &Capabilities),
        (id, order): (OrderId, &Order),
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let known = self.call(call)?;
        if let Some(outcome) = self.outcome(&known, id)? {
            return Ok(outcome);
        }
        if let Err(beyond) = capabilities.check(order) {
            return Ok(Outcome::Refused { cause: beyond.to_string() });
        }
        let outcome = match order {
            Order::HoldAppointment { skill, emergency, from, until, near } => {
                let wish = Wish { skill, emergency: *emergency, from: *from, until: *until, near: *near };
                hold(self, call, site, &wish, now)?
            }
            Order::BookAppointment { hold, job } => book(self, call, capabilities, (*hold, job), now)?,
            Order::ReleaseAppointment { hold } => release(self, call, *hold)?,
            Order::FindAppointment { claim, after } => {
                changing::find(self, call, (site, capabilities), (claim, *after), now)?
            }
            Order::CancelAppointment { appointment } => changing::cancel(self, call, *appointment, now)?,
            Order::MoveAppointment { appointment, hold } => {
                changing::relocate(self, call, (*appointment, *hold), now)?
            }
            Order::OpenTicket { ticket, job } => {
                let number = ticket.unwrap_or_default();
                let ticket = Ticket { number, site: site.id.clone(), job: job.clone() };
                match self.write_ticket(&known, &ticket)? {
                    Some(ticket) => Outcome::Opened { ticket },
                    None => Outcome::Refused { cause: "the call has no ticket of that number".to_owned() },
                }
            }
            Order::NoteCallBack { job } => {
                self.note(&known, &CallBack { site: site.id.clone(), job: job.clone(), to: None })?;
                Outcome::Noted
            }
            Order::LeaveMessage { to, job } => {
                let to = Some(to.clone());
                self.note(&known, &CallBack { site: site.id.clone(), job: job.clone(), to })?;
                Outcome::Noted
            }
        };
        // What failed may be tried again.
        if !matches!(outcome, Outcome::Failed { .. } | Outcome::Refused { .. }) {
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
    let sheet = VisitSheet {
        site: site.id.clone(),
        technician: free.technician.name.clone(),
        job: None,
        skill: wish.skill.to_owned(),
        code: None,
    };
    let until = later(now, site.calendar.hold_minutes.into());
    let way = SignedDuration::from_mins(site.calendar.travel_minutes.into());
    let number = store.hold(&known, &sheet, (free.start, free.end, way), (now, until))?;
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
    capabilities: &Capabilities,
    (HoldId(number), job): (HoldId, &JobSheet),
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let known = store.call(call)?;
    let Some(visit) = bookable(store, call, HoldId(number), now)? else { return Ok(Outcome::HoldExpired) };
    let site = visit.sheet.site.clone();
    let code = match visit.sheet.code.clone() {
        Some(code) => Some(code),
        None if capabilities.changes() => new_code(store, &site)?,
        None => None,
    };
    let caller = capabilities.caller.as_ref().map(|caller| caller.reveal().as_str());
    let traces = store.traces(&site, caller, code.as_ref().map(|code| code.reveal().as_str()));
    let sheet = VisitSheet { job: Some(job.clone()), code: code.clone(), ..visit.sheet };
    store.book(&known, number, &sheet, traces)?;
    Ok(Outcome::Booked { appointment: number, code })
}

/// The call's visit of that number, held or booked, as long as it can still be booked.
fn bookable(
    store: &mut Store,
    call: CallId,
    HoldId(number): HoldId,
    now: Timestamp,
) -> Result<Option<VisitRow>, StoreError> {
    let known = store.call(call)?;
    Ok(store.visit(&known, number)?.filter(|visit| {
        let run_out = visit.held_until.is_some_and(|until| until <= now);
        !(run_out && visit.time.0 <= now)
    }))
}

/// A code that no appointment of the site bears; `None` where none turns up: then there is none to be told.
fn new_code(store: &Store, site: &str) -> Result<Option<Private<String>>, StoreError> {
    for _ in 0..CODES_DRAWN_MAX {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(StoreError::Randomness)?;
        let drawn = u64::from_be_bytes(bytes) % 10_u64.pow(CODE_DIGITS as u32);
        let code = format!("{drawn:0CODE_DIGITS$}");
        if !store.is_in_use(store.traces(site, None, Some(&code)))? {
            return Ok(Some(code.into()));
        }
    }
    Ok(None)
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
