//! Slots: runs the grammars over a reading and chooses between what overlaps.

use super::addresses;
use super::choices::Choices;
use super::codes;
use super::digits;
use super::durations;
use super::emails;
use super::found::Found;
use super::lexicon::Lexicon;
use super::marks;
use super::measures;
use super::money;
use super::names;
use super::quantities::{self, amount_at};
use super::reading::Reading;
use super::understood::{SlotKind, SlotValue, Value};
use super::when::{self, COUNTED, Scene};
use super::yes_no;
use crate::call::hearing::Expect;

/// What being expected is worth against how sure the rules are.
const EXPECTED_WEIGHT: f32 = 0.35;
/// The same for each later place in the list of what is expected.
const LATER_WEIGHT: f32 = 0.03;
/// What each token more is worth.
const LENGTH_WEIGHT: f32 = 0.05;
/// Rules less sure than this need to be expected.
const SURE_UNASKED_MIN: f32 = 0.5;

/// The kind of value that answers an expectation.
pub(super) const fn kind_of(expect: Expect) -> Option<SlotKind> {
    match expect {
        Expect::Free => None,
        Expect::YesNo => Some(SlotKind::YesNo),
        Expect::DateTime | Expect::Date | Expect::Time => Some(SlotKind::DateTime),
        Expect::Number => Some(SlotKind::Number),
        Expect::Digits => Some(SlotKind::Digits),
        Expect::Telephone => Some(SlotKind::Telephone),
        Expect::Name | Expect::Spelling => Some(SlotKind::Name),
        Expect::Address => Some(SlotKind::Address),
        Expect::Duration => Some(SlotKind::Duration),
        Expect::Money => Some(SlotKind::Money),
        Expect::Iban => Some(SlotKind::Iban),
        Expect::Email => Some(SlotKind::Email),
        Expect::Code => Some(SlotKind::Digits),
        Expect::Choice => Some(SlotKind::Choice),
    }
}

/// Whether a value of this kind answers what is hoped for. What is counted in a unit answers where a number was.
fn answers(kind: SlotKind, expect: Expect) -> bool {
    kind_of(expect) == Some(kind)
        || matches!(
            (expect, kind),
            (Expect::Number, SlotKind::Duration | SlotKind::Money)
                | (Expect::Digits, SlotKind::Iban)
                | (Expect::Spelling, SlotKind::Email)
        )
}

/// All values in a reading, in the order in which they were said.
pub(super) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    choices: &Choices,
    scene: &Scene<'_>,
) -> Vec<SlotValue> {
    let expect = scene.expect;
    let mut candidates = addresses::find(reading, lexicon, expect);
    candidates.extend(choices.find(reading, expect));
    candidates.extend(codes::find(reading, expect));
    candidates.extend(digits::find(reading, expect));
    candidates.extend(when::find(reading, scene));
    candidates.extend(names::find(reading, lexicon, expect));
    candidates.extend(emails::find(reading, expect));
    candidates.extend(durations::find(reading, expect));
    candidates.extend(money::find(reading, expect));
    candidates.extend(numbers(reading, expect));
    let mut chosen = choose(candidates, expect);
    chosen.retain(|found| !found.is_void());
    chosen.extend(names::opening(reading, lexicon, &chosen));
    let inside = |found: &Found, chosen: &[Found]| {
        chosen.iter().any(|other| other.first <= found.first && found.end <= other.end)
    };
    // "Ja, Lindenstraße vier": where no yes was asked for, it only opens the sentence.
    let opens = |answer: &Found| {
        answer.value == Value::YesNo { value: true } && !expect.contains(&Expect::YesNo) && !chosen.is_empty()
    };
    let answer = yes_no::find(reading, expect).filter(|answer| !inside(answer, &chosen) && !opens(answer));
    chosen.extend(answer);
    chosen.sort_by_key(|found| (found.first, found.end));
    marks::mark(reading, &mut chosen);
    marks::give_units(reading, &mut chosen);
    // "Montag ist schlecht": where nobody asked for a yes or no, that only rules out the Monday.
    let ruled_out = chosen.iter().any(|found| found.negated || found.corrects);
    let only_marks =
        |found: &Found| found.value == Value::YesNo { value: false } && found.sure <= yes_no::SOFT_SURE;
    if !expect.contains(&Expect::YesNo) && ruled_out {
        chosen.retain(|found| !only_marks(found));
    }
    chosen.into_iter().filter_map(|found| found.into_slot(reading)).collect()
}

/// Quantities: every number that is nothing else.
fn numbers(reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
    let asked = expect.contains(&Expect::Number);
    let mut found = Vec::new();
    let mut index = 0;
    while index < reading.len() {
        if let Some(end) = quantities::idiom_at(reading, index) {
            index = end;
            continue;
        }
        // "alle zwei Stunden"
        let again = reading.is(index.wrapping_sub(1), &["alle"]);
        if let Some((_, end)) =
            amount_at(reading, index).filter(|(_, end)| again && reading.is(*end, COUNTED))
        {
            index = end;
            continue;
        }
        if let Some((value, end)) = quantities::asked_at(reading, index).filter(|_| asked) {
            found.push(Found::new(Value::Number { value }, index, end, 0.95));
            index = end;
            continue;
        }
        let spoken_of = || quantities::spoken_at(reading, index, asked);
        let (start, vague) = measures::approximate_at(reading, index);
        let amount = amount_at(reading, start).map(|(value, end)| (value, end, vague));
        let Some((value, end, vague)) =
            amount.or_else(|| spoken_of().map(|(value, end)| (value, end, false)))
        else {
            index += 1;
            continue;
        };
        let sure = if asked || reading.is(end, COUNTED) { 0.95 } else { 0.55 };
        let mut number = Found::new(Value::Number { value }, index, end, sure);
        number.hedged = vague;
        found.push(number);
        index = end;
    }
    found
}

/// Of overlapping values the one that was expected, longer, surer.
fn choose(mut candidates: Vec<Found>, expect: &[Expect]) -> Vec<Found> {
    let place = |kind: SlotKind| expect.iter().position(|expect| answers(kind, *expect));
    let weight = |found: &Found| {
        let expected = place(found.kind()).map_or(0.0, |place| EXPECTED_WEIGHT - LATER_WEIGHT * place as f32);
        found.sure + expected.max(0.0) + LENGTH_WEIGHT * (found.end - found.first) as f32
    };
    candidates.retain(|found| found.sure >= SURE_UNASKED_MIN || place(found.kind()).is_some());
    candidates.sort_by(|one, other| weight(other).total_cmp(&weight(one)).then(one.first.cmp(&other.first)));
    let mut chosen: Vec<Found> = Vec::new();
    for candidate in candidates {
        if !chosen.iter().any(|other| other.overlaps(&candidate)) {
            chosen.push(candidate);
        }
    }
    chosen
}
