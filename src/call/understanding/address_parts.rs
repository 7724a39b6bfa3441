//! Parts of one address that were said one after the other become one: "in Stuttgart, und zwar Lindenstraße vier".

use super::found::Found;
use super::reading::Reading;
use super::understood::{Address, Value};
use crate::private::Private;

/// Words between two parts of one address.
const JOINING: &[&str] = &["in", "und", "die", "zwar", "da", "dort", "ist", "aus"];

/// Parts of one address that were said one after the other: "Stuttgart, Lindenstraße vier".
pub(super) fn joined(reading: &Reading<'_>, found: Vec<Found>) -> Vec<Found> {
    let mut whole: Vec<Found> = Vec::new();
    for next in found {
        let merged = whole.last().and_then(|last| merged(reading, last, &next));
        match merged {
            Some(merged) => {
                whole.pop();
                whole.push(merged);
            }
            None => whole.push(next),
        }
    }
    whole
}

fn merged(reading: &Reading<'_>, last: &Found, next: &Found) -> Option<Found> {
    let (Value::Address(one), Value::Address(other)) = (&last.value, &next.value) else { return None };
    let near = next.first <= last.end + 3 && (last.end..next.first).all(|at| reading.is(at, JOINING));
    let both =
        |one: &Option<Private<String>>, other: &Option<Private<String>>| one.is_some() && other.is_some();
    let apart = !both(&one.street, &other.street)
        && !both(&one.house_number, &other.house_number)
        && !both(&one.postcode, &other.postcode)
        && !both(&one.place, &other.place);
    if !near || !apart || next.corrects || last.corrects {
        return None;
    }
    let either = |one: &Option<Private<String>>, other: &Option<Private<String>>| {
        one.clone().or_else(|| other.clone())
    };
    let address = Address {
        street: either(&one.street, &other.street),
        house_number: either(&one.house_number, &other.house_number),
        postcode: either(&one.postcode, &other.postcode),
        place: either(&one.place, &other.place),
    };
    Some(Found::new(Value::Address(address), last.first, next.end, last.sure.max(next.sure)))
}
