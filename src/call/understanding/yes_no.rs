//! Yes and no in their many forms.

use super::found::Found;
use super::reading::Reading;
use super::understood::Value;
use super::yes_no_words::{FILLERS, HEDGED, NO_ANSWER, PHRASES, REFUSALS, SOFT};
use crate::call::hearing::Expect;

/// How sure an answer is that other words could be about.
pub(super) const SOFT_SURE: f32 = 0.85;
/// Tokens after a soft phrase in which "nicht" turns it round.
const NEGATION_REACH: usize = 5;
/// Tokens behind a leading "ja" that make it the start of a story.
const STORY_MIN: usize = 4;

/// Agreement or refusal, where it is one.
pub(super) fn find(reading: &Reading<'_>, expect: &[Expect]) -> Option<Found> {
    let asked = expect.contains(&Expect::YesNo);
    if has_phrase(reading, NO_ANSWER) {
        return None;
    }
    let mut found = strong(reading, asked).or_else(|| soft(reading, asked))?;
    found.hedged |= has_phrase(reading, HEDGED);
    Some(found)
}

fn has_phrase(reading: &Reading<'_>, phrases: &[&str]) -> bool {
    (0..reading.len()).any(|index| phrase_at(reading, index, phrases.iter().copied()).is_some())
}

fn phrase_at<'p>(
    reading: &Reading<'_>,
    index: usize,
    phrases: impl Iterator<Item = &'p str>,
) -> Option<&'p str> {
    phrases
        .filter(|phrase| {
            phrase.split(' ').enumerate().all(|(offset, word)| reading.at(index + offset) == word)
        })
        .max_by_key(|phrase| phrase.len())
}

fn words(phrase: &str) -> usize {
    phrase.split(' ').count()
}

fn strong_at(reading: &Reading<'_>, index: usize) -> Option<(bool, f32, usize)> {
    let phrase = phrase_at(reading, index, PHRASES.iter().map(|(phrase, ..)| *phrase))?;
    let (_, value, sure) = PHRASES.iter().find(|(known, ..)| *known == phrase)?;
    Some((*value, *sure, index + words(phrase)))
}

/// A strong phrase at the start, or anywhere where it was asked for. Of several at the start the last counts
/// ("ja nein", "nein doch").
fn strong(reading: &Reading<'_>, asked: bool) -> Option<Found> {
    let last_start = if asked { reading.len() } else { 1 };
    let first =
        (0..last_start).find(|index| strong_at(reading, *index).is_some() && !particle(reading, *index))?;
    let (mut value, mut sure, mut end) = strong_at(reading, first)?;
    let mut turned = false;
    while let Some((next, next_sure, next_end)) = strong_at(reading, past_fillers(reading, end, asked)) {
        turned |= next != value;
        (value, sure, end) = (next, next_sure, next_end);
    }
    // "ja genau", "nein stimmt nicht", "ja das ist richtig so": taken along.
    while let Some(phrase) = soft_at(reading, end) {
        end += words(phrase);
    }
    if value && !turned && negated(reading, end) && end > first + 1 {
        (value, sure) = (false, 0.7);
    }
    let rest = reading.len() - end;
    let story = value && !asked && end == first + 1 && rest >= STORY_MIN;
    if story {
        return None;
    }
    let sure = if turned { sure * 0.8 } else { sure };
    Some(Found::new(Value::YesNo { value }, first, end, sure))
}

/// Where the next answer may stand: fillers are passed over where one follows them.
fn past_fillers(reading: &Reading<'_>, index: usize, asked: bool) -> usize {
    let next = (index..reading.len()).find(|at| !reading.is(*at, FILLERS)).unwrap_or(index);
    if asked && strong_at(reading, next).is_some() { next } else { index }
}

/// "Das ist ja zu früh": inside a sentence these colour it and answer nothing.
fn particle(reading: &Reading<'_>, index: usize) -> bool {
    let apart = index == 0 || index + 1 == reading.len() || reading.after(index - 1).is_some();
    reading.is(index, &["ja", "doch", "ne", "no"]) && !apart && !reading.is(index - 1, SOFT)
}

fn soft_at(reading: &Reading<'_>, index: usize) -> Option<&'static str> {
    phrase_at(reading, index, SOFT.iter().copied())
}

/// Whether "nicht" and the like follow soon, with nothing of substance between.
fn negated(reading: &Reading<'_>, from: usize) -> bool {
    (from..(from + NEGATION_REACH).min(reading.len()))
        .take_while(|index| !reading.is(*index, &["sondern", "aber", "die", "der", "den"]))
        .any(|index| reading.is(index, &["nicht", "kein", "keine", "keinen", "ueberhaupt"]))
}

/// "genau", "das stimmt nicht", "passt mir leider nicht": only where asked, or as all that was said.
fn soft(reading: &Reading<'_>, asked: bool) -> Option<Found> {
    let refusal = |index: &usize| phrase_at(reading, *index, REFUSALS.iter().copied()).is_some();
    let agreement = (0..reading.len()).find(|index| soft_at(reading, *index).is_some());
    let refused = (0..reading.len()).find(refusal);
    // "nicht" alone rules out what it stands before; that is no answer.
    let bare = |index: usize| reading.is(index, &["nicht", "kein", "keine", "keinen"]);
    let refuses = refused.is_some_and(|index| index <= 2 && !bare(index));
    if !asked && (reading.len() > 4 || (agreement != Some(0) && !refuses)) {
        return None;
    }
    let value = match (agreement, refused) {
        (None, None) => return None,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (Some(yes), Some(no)) => only_thanks(reading, no) && yes < no,
    };
    let first = agreement.into_iter().chain(refused).min()?;
    let end = agreement.map(|index| index + soft_at(reading, index).map_or(1, words));
    let end = end.into_iter().chain(refused.map(|index| index + 1)).max()?;
    let bare = matches!(reading.at(first), "bitte" | "gut" | "danke") && end - first == 1;
    let sure = if bare && !asked {
        return None;
    } else if bare {
        0.6
    } else {
        SOFT_SURE
    };
    Some(Found::new(Value::YesNo { value }, first, end, sure))
}

/// "gerne, danke" thanks; "danke" alone declines.
fn only_thanks(reading: &Reading<'_>, index: usize) -> bool {
    reading.is(index, &["danke"])
}
