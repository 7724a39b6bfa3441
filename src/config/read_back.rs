//! The read-back: a text with the form's values, in which `[…]` stands for a part that falls away: where a value in it
//! is not known, or, where none is in it, for a caller in a hurry.

use super::nearest::instead;
use super::place::Findings;
use super::site::{Confirm, Slot};
use super::spoken::{check_placeholders, placeholders};
use super::tree::Written;

/// A text cut at its brackets: each part, and whether it may fall away.
///
/// # Errors
/// The bracket that stands alone, or inside another pair.
pub fn parts(text: &str) -> Result<Vec<(&str, bool)>, char> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', ']']) {
        if rest[at..].starts_with(']') {
            return Err(']');
        }
        let inside = &rest[at + 1..];
        let end = inside.find(['[', ']']).filter(|&end| inside[end..].starts_with(']')).ok_or('[')?;
        parts.push((&rest[..at], false));
        parts.push((&inside[..end], true));
        rest = &inside[end + 1..];
    }
    parts.push((rest, false));
    Ok(parts)
}

/// The names of the values in a part.
pub fn names(part: &str) -> Vec<&str> {
    placeholders(part).unwrap_or_default()
}

/// Writes down what is wrong with a read-back: what may be empty has to stand in brackets, everything that was asked
/// for has to be heard, but for notes and what is never confirmed. `known` are the names of all values, `needed` those that the action needs;
/// `slots` are empty where not all of them could be read.
pub fn check(read_back: &Written, slots: &[Slot], known: &[&str], needed: &[&str], found: &Findings) {
    let parts = match parts(&read_back.text) {
        Ok(parts) => parts,
        Err(bracket) => {
            let why = format!("has a `{bracket}` without its other half; brackets hold what may fall away");
            return found.mistake(&read_back.place, why, None);
        }
    };
    let may_be_empty = |name: &str| slots.iter().any(|slot| slot.name == name && slot.may_be_empty());
    let may_be_left_out = |slot: &Slot| slot.is_note() || slot.confirm == Confirm::Never;
    let may_be_left_out = |name: &str| slots.iter().any(|slot| slot.name == name && may_be_left_out(slot));
    let needed: Vec<&str> = needed.iter().copied().filter(|name| !may_be_left_out(name)).collect();
    // the same words without the brackets
    let plain: String = parts.iter().map(|(part, _)| *part).collect();
    check_placeholders(&Written { text: plain, place: read_back.place.clone() }, known, &needed, found);
    if slots.is_empty() {
        return;
    }
    for (part, falls_away) in parts {
        let names = names(part);
        if let Some(name) = names.iter().find(|name| !falls_away && may_be_empty(name)) {
            let why = format!("`{{{name}}}` may be empty, and nothing would be said in its place");
            found.mistake(
                &read_back.place,
                why,
                format!("[, … {{{name}}}] in brackets: the part that falls away"),
            );
        }
        if falls_away && !names.is_empty() && !names.iter().any(|name| may_be_empty(name)) {
            let why = format!("`[{part}]` never falls away: no value in it may be empty");
            let optional: Vec<&str> = known.iter().copied().filter(|name| may_be_empty(name)).collect();
            let hint = names.first().and_then(|name| instead(name, &optional));
            let hint =
                hint.map_or_else(|| "the text without brackets".to_owned(), |hint| hint.replace('"', ""));
            found.mistake(&read_back.place, why, hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_come_in_pairs() {
        assert_eq!(parts("a[, b]c"), Ok(vec![("a", false), (", b", true), ("c", false)]));
        assert_eq!(parts("a"), Ok(vec![("a", false)]));
        assert_eq!(parts("[a"), Err('['));
        assert_eq!(parts("a]"), Err(']'));
        assert_eq!(parts("[a[b]]"), Err('['));
    }
}
