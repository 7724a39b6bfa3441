//! Heard: what was understood, sorted by what a conversation can do with it, and how sure is sure enough.

use super::back::steps_back;
use super::turning::Turning;
use crate::call::understanding::{IntentScore, Signal, SlotKind, SlotValue, Understood, Value};
use crate::config::site::Site;

/// From here on a value is taken; that it was heard rightly shows when everything is read back.
pub(super) const TAKE_MIN: f32 = 0.70;
/// From here on a value is worth the question whether it is right; below, it was not heard.
pub(super) const CONFIRM_MIN: f32 = 0.40;
/// From here on an intent is taken up when Klinke asked for it.
pub(super) const INTENT_MIN: f32 = 0.40;
/// From here on an intent or a question leads away from what Klinke is asking.
const LEAD_AWAY_MIN: f32 = 0.70;
/// Unsure names in one sentence that may still be somebody's.
const NAMES_MAX: usize = 2;

/// One utterance, sorted.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard<'a> {
    /// Agreement or refusal.
    pub yes_no: Option<bool>,
    /// Whether agreement came with a doubt.
    pub hedged: bool,
    /// Everything else that is a value, in order.
    pub values: Vec<&'a SlotValue>,
    /// What the caller wants.
    pub intent: Option<&'a IntentScore>,
    /// What he wants besides, said in the same breath.
    pub further: Option<&'a IntentScore>,
    /// What the caller asks, that an approved answer is for.
    pub answer: Option<&'a IntentScore>,
    /// Whether concern and question are two parts of the sentence, and not two readings of it.
    pub asks_and_wants: bool,
    pub goodbye: bool,
    pub back: bool,
    /// Whether the question before is wanted.
    pub steps_back: bool,
    pub impatient: bool,
    /// Whether the words announce that something else is wanted.
    pub turning: Turning,
    /// The words as heard.
    pub words: &'a str,
    /// How sure hearing is of them, 0 to 1.
    pub confidence: f32,
}

impl<'a> Heard<'a> {
    pub(super) fn of(understood: &'a Understood, site: &Site) -> Self {
        let clear = understood.slots.iter().filter(|said| said.confidence >= CONFIRM_MIN);
        let (yes_no, values): (Vec<_>, Vec<_>) = clear.partition(|said| said.kind() == SlotKind::YesNo);
        let turning = Turning::of(understood.words.reveal());
        let signalled = understood.signals.contains(&Signal::Back);
        let steps_back = steps_back(understood.words.reveal(), signalled);
        let values = without_supposed_names(values, understood, (turning, steps_back));
        let last = yes_no.iter().rev().find(|said| !said.negated);
        let likely = |scores: &'a [IntentScore]| scores.iter().filter(|score| score.confidence >= INTENT_MIN);
        let wants = |scores| likely(scores).find(|score| site.intent(&score.name).is_some());
        let asks = |scores| likely(scores).find(|score| site.answers.iter().any(|it| it.id == score.name));
        let (first, second) = (understood.intents.as_slice(), understood.further.as_slice());
        let (intent, answer) = (wants(first), asks(first));
        Self {
            yes_no: last.and_then(|said| match said.value {
                Value::YesNo { value } => Some(value),
                _ => None,
            }),
            hedged: last.is_some_and(|said| said.hedged),
            values,
            intent: intent.or_else(|| wants(second)),
            further: intent.and_then(|_| wants(second)),
            answer: answer.or_else(|| asks(second)),
            asks_and_wants: (wants(second).is_some() && intent.is_none())
                || (asks(second).is_some() && answer.is_none()),
            goodbye: understood.signals.contains(&Signal::Goodbye),
            back: signalled || steps_back,
            steps_back,
            impatient: understood.signals.contains(&Signal::Impatient),
            turning,
            words: understood.words.reveal(),
            confidence: 1.0,
        }
    }

    /// Only the values before that word, and the words as they are.
    pub(super) fn only_values(&self, end: usize) -> Self {
        let values = self.values.iter().copied().filter(|said| said.span.first < end).collect();
        Self { values, words: self.words, confidence: self.confidence, ..Self::default() }
    }

    /// A key that means yes or no.
    pub(super) fn key(yes: bool) -> Self {
        Self { yes_no: Some(yes), ..Self::default() }
    }

    pub(super) fn yes(&self) -> bool {
        self.yes_no == Some(true)
    }

    /// Refusal, or that something is wrong.
    pub(super) fn no(&self) -> bool {
        self.yes_no == Some(false) || (self.back && self.yes_no.is_none())
    }

    /// The same without words that may have been names where one was asked for: something else was meant.
    pub(super) fn without_unsure_names(&self) -> Self {
        let mut sure = self.clone();
        sure.values.retain(|said| said.kind() != SlotKind::Name || said.confidence >= TAKE_MIN);
        sure
    }

    /// Whether there is more in it than a signal.
    pub(super) fn has_content(&self) -> bool {
        self.yes_no.is_some() || !self.values.is_empty() || self.intent.is_some() || self.answer.is_some()
    }

    /// Whether it holds what a question for this kind hopes for.
    pub(super) fn has(&self, kind: SlotKind) -> bool {
        if kind == SlotKind::YesNo {
            self.yes_no.is_some()
        } else {
            self.values.iter().any(|said| said.kind() == kind)
        }
    }

    /// An intent that is surely meant though Klinke asked for something else.
    pub(super) fn sure_intent(&self) -> Option<&'a IntentScore> {
        self.intent.filter(|score| score.confidence >= LEAD_AWAY_MIN)
    }

    /// A question that is surely meant though Klinke asked for something else.
    pub(super) fn sure_answer(&self) -> Option<&'a IntentScore> {
        self.answer.filter(|score| score.confidence >= LEAD_AWAY_MIN)
    }
}

/// Where a name is asked for, any word may be one. More of them in one sentence than a person has, or one in a
/// sentence that means something else, are words that only sound like names ("was kostet denn die Anfahrt", "sind Sie ein
/// Mensch"): nothing to ask about. The parts of an address and of a time add up, so they stay.
fn without_supposed_names<'a>(
    mut values: Vec<&'a SlotValue>,
    understood: &Understood,
    (turning, steps_back): (Turning, bool),
) -> Vec<&'a SlotValue> {
    let supposed = |said: &&SlotValue| {
        said.kind() == SlotKind::Name && said.confidence < TAKE_MIN && !said.corrects && !said.negated
    };
    let names = values.iter().filter(|said| said.kind() == SlotKind::Name).count();
    let meant_min = if turning == Turning::No { LEAD_AWAY_MIN } else { INTENT_MIN };
    let likelier = |said: &SlotValue| {
        understood.intents.iter().any(|it| it.confidence >= meant_min && it.confidence > said.confidence)
    };
    let too_many = names > NAMES_MAX || steps_back || !understood.signals.is_empty();
    values.retain(|said| !(supposed(said) && (too_many || likelier(said))));
    values
}
