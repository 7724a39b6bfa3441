//! Conditions: slots that are asked for only where other slots have certain values.
//! `only_if = { building = ["Mehrfamilienhaus"], gate = true }`: all of them have to hold.

use super::nearest::instead;
use super::place::Place;
use super::site::{Condition, Decides, Slot};
use super::tree::{Item, Table, Written};
use crate::call::understanding::SlotKind;

/// Conditions of a slot.
const CONDITIONS_MAX: usize = 4;
const EXAMPLE: &str = "only_if = { gate = true }, or only_if = { heating = [\"Gas\", \"Öl\"] }";

/// What is written, until all slots of the form are known.
pub struct Unresolved<'a> {
    place: Place,
    on: Vec<(Written, Item<'a>)>,
}

/// Reads `only_if`; the outer `None`: it cannot be used, the inner: there is none.
pub fn read<'a>(table: &Table<'a>) -> Option<Option<Unresolved<'a>>> {
    let Some(item) = table.get("only_if") else { return Some(None) };
    let on = item.table()?.named();
    if on.is_empty() || on.len() > CONDITIONS_MAX {
        let why = format!("has {} conditions; 1 to {CONDITIONS_MAX} are allowed", on.len());
        item.mistake(why, EXAMPLE.to_owned());
        return None;
    }
    Some(Some(Unresolved { place: item.place.clone(), on }))
}

/// Gives every slot its conditions, where each is about another slot of the form and can come true.
/// `None`: why not was written down.
pub fn resolve(mut slots: Vec<Slot>, unresolved: Vec<Option<Unresolved<'_>>>) -> Option<Vec<Slot>> {
    let read: Vec<Option<Vec<Condition>>> = unresolved
        .iter()
        .enumerate()
        .map(|(at, written)| {
            let on = written.iter().flat_map(|written| &written.on);
            // every mistake is written down, not only the first
            let conditions: Vec<_> = on.map(|(name, is)| condition(at, &slots, name, is)).collect();
            conditions.into_iter().collect()
        })
        .collect();
    let read: Option<Vec<_>> = read.into_iter().collect();
    for (slot, conditions) in slots.iter_mut().zip(read?) {
        slot.only_if = conditions;
    }
    let circle = unresolved.iter().enumerate().find_map(|(at, written)| {
        let written = written.as_ref()?;
        Some((written, circle_from(at, &slots)?))
    });
    let Some((written, circle)) = circle else { return Some(slots) };
    let why = format!("waits for itself ({circle}), so none of them is ever asked for");
    let item = written.on.first().map(|(_, item)| item)?;
    item.found.mistake(&written.place, why, "a condition on a slot that has none".to_owned());
    None
}

fn condition(at: usize, slots: &[Slot], name: &Written, is: &Item<'_>) -> Option<Condition> {
    let Some(on) = slots.iter().find(|slot| slot.name == name.text) else {
        let others: Vec<&str> = slots
            .iter()
            .enumerate()
            .filter(|(other, slot)| *other != at && can_decide(slot.kind))
            .map(|(_, slot)| slot.name.as_str())
            .collect();
        let hint = instead(&name.text, &others)
            .unwrap_or_else(|| "the name of a slot of this form of kind choice or yes_no".to_owned());
        is.found.mistake(&name.place, format!("this form has no slot \"{}\"", name.text), hint);
        return None;
    };
    let is = match on.kind {
        SlotKind::YesNo if is.is_text() => {
            is.mistake(
                "is answered by yes or no, which is written without quotes",
                "true, or false".to_owned(),
            );
            return None;
        }
        SlotKind::YesNo => Decides::YesNo(is.boolean()?),
        SlotKind::Choice => Decides::OneOf(chosen(on, is)?),
        _ => {
            let why =
                format!("\"{}\" is neither a choice nor yes or no, so nothing can depend on it", on.name);
            is.found.mistake(&name.place, why, "a slot of kind choice or yes_no".to_owned());
            return None;
        }
    };
    Some(Condition { slot: on.name.clone(), is })
}

const fn can_decide(kind: SlotKind) -> bool {
    matches!(kind, SlotKind::YesNo | SlotKind::Choice)
}

/// One or several values of a choice; at least one has to be left that is none of them.
fn chosen(on: &Slot, is: &Item<'_>) -> Option<Vec<String>> {
    let written = if is.is_text() { vec![is.written()?] } else { is.texts() };
    let known: Vec<&str> = on.choices.iter().map(|choice| choice.value.as_str()).collect();
    for value in written.iter().filter(|value| !known.contains(&value.text.as_str())) {
        let hint =
            instead(&value.text, &known).unwrap_or_else(|| format!("one of \"{}\"", known.join("\", \"")));
        is.found.mistake(
            &value.place,
            format!("\"{}\" is none of the choices of \"{}\"", value.text, on.name),
            hint,
        );
    }
    if written.is_empty() || written.iter().any(|value| !known.contains(&value.text.as_str())) {
        if written.is_empty() {
            is.mistake("names no value, so it never holds", EXAMPLE.to_owned());
        }
        return None;
    }
    if known.iter().all(|choice| written.iter().any(|value| value.text == **choice)) {
        is.mistake("names every choice, so it always holds", "leave it out".to_owned());
        return None;
    }
    Some(written.into_iter().map(|value| value.text).collect())
}

/// The way from a slot along conditions back to it, as people read it.
fn circle_from(start: usize, slots: &[Slot]) -> Option<String> {
    let place = |name: &str| slots.iter().position(|slot| slot.name == name);
    let mut ways: Vec<Vec<usize>> = vec![vec![start]];
    while let Some(way) = ways.pop() {
        let Some(slot) = way.last().and_then(|at| slots.get(*at)) else { continue };
        for on in slot.only_if.iter().filter_map(|condition| place(&condition.slot)) {
            if on == start {
                let names = way.iter().chain([&start]).map(|at| slots[*at].name.as_str());
                return Some(names.collect::<Vec<_>>().join(" → "));
            }
            if !way.contains(&on) {
                ways.push(way.iter().copied().chain([on]).collect());
            }
        }
    }
    None
}
