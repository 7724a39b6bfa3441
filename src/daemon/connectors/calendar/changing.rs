//! Changing what was booked before: found by what the caller knows, taken out, or given another time.
//!
//! Whoever asks in vain learns nothing: neither whether there is such an appointment nor which of what he said was
//! wrong; codes named in vain are limited a call, and a site and hour. What a call has found is kept with its outcomes, and nothing else of other calls is ever touched.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::bookable;
use crate::call::actions::{Capabilities, Claim, FIND_TRIES_MAX, HoldId, Outcome, sounds_like};
use crate::config::site::Site;
use crate::daemon::store::{FoundVisit, Store, StoreError, VisitSheet};
use crate::record::CallId;

/// The earliest appointment to come that is the caller's.
pub(super) fn find(
    store: &mut Store,
    call: CallId,
    (site, capabilities): (&Site, &Capabilities),
    (claim, after): (&Claim, Option<DateTime>),
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let known = store.call(call)?;
    let in_vain = store.outcomes(&known)?.iter().filter(|outcome| **outcome == Outcome::NotFound).count();
    if in_vain >= FIND_TRIES_MAX {
        return Ok(Outcome::NotFound);
    }
    let caller = capabilities.trusted_caller().filter(|_| claim.is_enough(true));
    let caller = caller.map(|caller| caller.reveal().as_str());
    let code = claim.code.as_ref().map(|code| code.reveal().as_str());
    if code.is_some() && !store.wrong_codes.may_try(&site.id, now) {
        return Ok(Outcome::NotFound);
    }
    let traces = store.traces(&site.id, caller, code);
    let local = |visit: &FoundVisit| site.time_zone.to_datetime(visit.time.0);
    let found = store.coming(traces, now)?.into_iter().find(|visit| {
        let start = local(visit);
        let later = after.is_none_or(|after| start > after);
        later && (code.is_some() || is_known_by(visit, claim, start))
    });
    if found.is_none() && code.is_some() {
        store.wrong_codes.count(&site.id, now);
    }
    Ok(found.map_or(Outcome::NotFound, |visit| Outcome::Found {
        appointment: visit.number,
        start: local(&visit),
        end: site.time_zone.to_datetime(visit.time.1),
        skill: skill(site, &visit.sheet),
        technician: visit.sheet.technician,
    }))
}

/// Whether everything that was claimed, name and day, fits the visit.
fn is_known_by(visit: &FoundVisit, claim: &Claim, start: DateTime) -> bool {
    let booked = visit.sheet.job.as_ref().and_then(|job| job.family_name.as_ref());
    let named = claim
        .family_name
        .as_ref()
        .is_none_or(|claimed| booked.is_some_and(|booked| sounds_like(booked.reveal(), claimed.reveal())));
    named && claim.day.is_none_or(|day| day == start.date())
}

/// What the visit was booked for; in a store of an earlier version the first thing that its technician can do.
fn skill(site: &Site, sheet: &VisitSheet) -> String {
    if !sheet.skill.is_empty() {
        return sheet.skill.clone();
    }
    let technician = site.technicians.iter().find(|technician| technician.name == sheet.technician);
    technician.and_then(|technician| technician.skills.first()).cloned().unwrap_or_default()
}

pub(super) fn cancel(
    store: &mut Store,
    call: CallId,
    appointment: i64,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    if let Some(refused) = stranger(store, call, appointment)? {
        return Ok(refused);
    }
    let Some(visit) = store.coming_visit(appointment, now)? else { return Ok(Outcome::NotFound) };
    store.take_out(&visit)?;
    Ok(Outcome::Cancelled)
}

/// Books the new time with everything that the old one bears, and frees the old one.
pub(super) fn relocate(
    store: &mut Store,
    call: CallId,
    (appointment, hold): (i64, HoldId),
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    if let Some(refused) = stranger(store, call, appointment)? {
        return Ok(refused);
    }
    let Some(old) = store.coming_visit(appointment, now)? else { return Ok(Outcome::NotFound) };
    let new = bookable(store, call, hold, now)?.filter(|new| new.held_until.is_some());
    let Some(new) = new.filter(|new| new.sheet.site == old.sheet.site) else {
        return Ok(Outcome::HoldExpired);
    };
    // before the new one is written: no two bear one code
    store.take_out(&old)?;
    let known = store.call(call)?;
    let sheet = VisitSheet { job: old.sheet.job, code: old.sheet.code, ..new.sheet };
    store.book(&known, new.number, &sheet, old.traces)?;
    Ok(Outcome::Moved { appointment: new.number })
}

/// The refusal, where this call has neither found nor booked that appointment.
fn stranger(store: &mut Store, call: CallId, appointment: i64) -> Result<Option<Outcome>, StoreError> {
    let known = store.call(call)?;
    let is_its_own = store.outcomes(&known)?.iter().any(|outcome| match outcome {
        Outcome::Found { appointment: its, .. }
        | Outcome::Booked { appointment: its, .. }
        | Outcome::Moved { appointment: its } => *its == appointment,
        _ => false,
    });
    let cause = || "the call has not found that appointment to be its caller's".to_owned();
    Ok((!is_its_own).then(|| Outcome::Refused { cause: cause() }))
}
