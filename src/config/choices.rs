//! Choices: the closed list of a slot, each with the words that callers have for it.

use super::site::Choice;
use super::tree::{Item, Table, Written};
use crate::call::understanding::SlotKind;

/// How many there may be: each has a key, and 9 and 0 are privacy and a human.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=8;
/// Ways to say one.
const SAY_MAX: usize = 20;
const EXAMPLE: &str = "choices = [{ value = \"Gas\", say = [\"Gastherme\"] }, \"Öl\", \"Wärmepumpe\"]";

/// Reads `choices`; a choice has them, and nothing else has.
pub fn read(table: &Table<'_>, kind: Option<SlotKind>) -> Option<Vec<Choice>> {
    let item = match kind {
        Some(SlotKind::Choice) => table.need("choices", EXAMPLE)?,
        _ => match table.get("choices") {
            Some(item) if kind.is_some() => {
                item.mistake("only a choice has something to choose from", "kind = \"choice\"".to_owned());
                return None;
            }
            _ => return Some(Vec::new()),
        },
    };
    let list = item.list()?;
    if !CHOICES.contains(&list.len()) {
        let why = format!("has {} choices; {} to {} are allowed", list.len(), CHOICES.start(), CHOICES.end());
        item.mistake(why, EXAMPLE.to_owned());
        return None;
    }
    let choices: Vec<Option<Vec<Written>>> = list.iter().map(choice).collect();
    let mut seen: Vec<(String, &Written)> = Vec::new();
    for said in choices.iter().flatten().flatten() {
        let sounds = said.text.to_lowercase();
        match seen.iter().find(|(other, _)| *other == sounds) {
            Some((_, earlier)) => {
                let why = format!("\"{}\" would not tell it from \"{}\"", said.text, earlier.text);
                item.found.mistake(&said.place, why, "other words".to_owned());
            }
            None => seen.push((sounds, said)),
        }
    }
    let whole = |said: Vec<Written>| {
        let value = said.first()?.text.clone();
        Some(Choice { value, say: said.into_iter().map(|said| said.text).collect() })
    };
    choices.into_iter().map(|said| whole(said?)).collect()
}

/// A choice is what it is called, or a table where callers have other words too. Its value comes first.
fn choice(item: &Item<'_>) -> Option<Vec<Written>> {
    if item.is_text() {
        return item.written().map(|value| vec![value]);
    }
    let table = item.table()?;
    let value = table.need("value", "value = \"Gas\"").and_then(|item| item.written());
    let say = table.get("say");
    let mut said: Vec<Written> = say.as_ref().map(Item::texts).unwrap_or_default();
    table.close();
    if let Some(say) = say.filter(|_| said.len() > SAY_MAX) {
        say.mistake(format!("has {} texts; at most {SAY_MAX} are allowed", said.len()), None);
    }
    let value = value?;
    said.retain(|said| said.text.to_lowercase() != value.text.to_lowercase());
    said.insert(0, value);
    Some(said)
}
