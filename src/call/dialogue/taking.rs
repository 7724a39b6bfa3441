//! Taking: values that were understood go into the form. What was corrected is what is stored.

use super::Dialogue;
use super::heard::{Heard, TAKE_MIN};
use super::open::Open;
use super::topic::{Filled, Topic, extends, fitting, is_whole, without};
use super::turn::Turn;
use super::wish::Wish;
use super::wording::written;
use crate::call::understanding::{PersonName, SlotKind, SlotValue, Value};
use crate::config::site::{Confirm, Form};
use crate::record::{Entry, SlotRecord};

/// What an utterance did to the form.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Slots that were filled.
    pub filled: Vec<usize>,
    /// Slots whose value was replaced.
    pub corrected: Vec<usize>,
    /// Slots whose value was ruled out.
    pub struck: Vec<usize>,
    /// Slots whose value was said again as it is known, or agreed to.
    pub agreed: Vec<usize>,
    /// Slots whose value needs to be confirmed.
    pub doubted: Vec<usize>,
    /// When the caller would like to be visited.
    pub wish: Option<Wish>,
    /// When the caller would not.
    pub ruled_out: Option<Wish>,
}

impl Taken {
    /// Whether the form is not what it was.
    pub(super) fn changed(&self) -> bool {
        !(self.filled.is_empty()
            && self.corrected.is_empty()
            && self.struck.is_empty()
            && self.doubted.is_empty())
    }
}

impl Taken {
    /// Leaves out slots that were emptied again.
    fn forget(&mut self, emptied: &[usize]) {
        for list in [&mut self.filled, &mut self.corrected, &mut self.agreed, &mut self.doubted] {
            list.retain(|at| !emptied.contains(at));
        }
    }
}

impl Dialogue {
    /// Takes every value of an utterance that the topic has a place for.
    pub(super) fn take(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) -> Taken {
        let mut taken = Taken::default();
        let Some(mut topic) = self.topic.take() else { return taken };
        if let Some(form) = self.site.form(&topic.form) {
            let yes_no = yes_no_for(form, &self.open, heard);
            for said in heard.values.iter().copied().chain(&yes_no) {
                self.take_one(said, heard, (&mut topic, form), &mut taken, turn);
            }
            taken.forget(&self.reconsider((&mut topic, form), turn));
        }
        self.topic = Some(topic);
        taken
    }

    fn take_one(
        &self,
        said: &SlotValue,
        heard: &Heard<'_>,
        (topic, form): (&mut Topic, &Form),
        taken: &mut Taken,
        turn: &mut Turn<'_>,
    ) {
        if said.kind() == SlotKind::DateTime {
            take_time(said, topic, taken, turn);
        }
        if said.negated {
            let replaced = heard.values.iter().any(|other| !other.negated && other.kind() == said.kind());
            if !replaced {
                self.strike_out(&said.value, (topic, form), taken, turn);
            }
            return;
        }
        if self.is_of_a_colleague(said, form) {
            return;
        }
        let Some(at) = place(said, (topic, form), &self.open, taken) else { return };
        let asked = self.open.slot() == Some(at);
        let before = topic.slots[at].clone();
        let doubted =
            self.doubted(at).filter(|_| !taken.filled.contains(&at) && !taken.corrected.contains(&at));
        let base = doubted.or(before.as_ref());
        let Some(value) = fitting(&said.value, &form.slots[at], base.map(|base| &base.value), asked) else {
            return;
        };
        let known = base.is_some_and(|base| base.value == value);
        // of a closed list, what only sounds like it says nothing more when it is said again
        let guessed = matches!(value, Value::Choice { .. }) && said.confidence < TAKE_MIN;
        if known && guessed {
            return;
        }
        if known && doubted.is_none() {
            return taken.agreed.push(at);
        }
        let filled = surety(said, value, doubted);
        // a time said with a doubt is a wish all the same; it is offered, not assumed
        let hedged = said.hedged && said.kind() != SlotKind::DateTime;
        let sure = filled.confidence >= TAKE_MIN && !hedged;
        let taken_at_once = match form.slots[at].confirm {
            // what is told in parts is confirmed as a whole
            Confirm::Always => sure && !is_whole(&filled.value),
            Confirm::Doubtful => sure,
            Confirm::Never => true,
        };
        if filled.confirmed || taken_at_once {
            let replaces = before.is_some_and(|before| !extends(&filled.value, &before.value));
            self.store(at, filled, (topic, form), turn);
            let list = if replaces { &mut taken.corrected } else { &mut taken.filled };
            if !list.contains(&at) {
                list.push(at);
            }
        } else {
            topic.doubts.retain(|(slot, _)| *slot != at);
            topic.doubts.push((at, filled));
            taken.doubted.push(at);
        }
    }

    /// Whether a name is that of somebody of the site's ("einen Termin bei Frau Roth") and not the caller's, who
    /// was not asked for it.
    fn is_of_a_colleague(&self, said: &SlotValue, form: &Form) -> bool {
        let Value::Name(PersonName { family: Some(family), .. }) = &said.value else { return false };
        let asked = self.open.slot().and_then(|at| form.slots.get(at));
        asked.is_none_or(|slot| slot.kind != SlotKind::Name)
            && self.site.people().any(|name| name.split(' ').next_back() == Some(family.reveal()))
    }

    /// Stores a value and keeps it for the record, where it replaces what was there.
    pub(super) fn store(
        &self,
        at: usize,
        filled: Filled,
        (topic, form): (&mut Topic, &Form),
        turn: &mut Turn<'_>,
    ) {
        topic.doubts.retain(|(slot, _)| *slot != at);
        topic.goes_on_from(at);
        turn.keep(Entry::Slot(SlotRecord {
            name: form.slots[at].name.clone(),
            value: written(&filled.value, self.site.language).into(),
            confidence: filled.confidence,
            confirmed: filled.confirmed,
        }));
        topic.slots[at] = Some(filled);
    }

    /// Takes a value out of the form again; nothing that was ruled out stays in the record.
    pub(super) fn empty(&self, at: usize, (topic, form): (&mut Topic, &Form), turn: &mut Turn<'_>) {
        topic.passed[at] = false;
        topic.trail.retain(|slot| *slot != at);
        topic.doubts.retain(|(slot, _)| *slot != at);
        if topic.slots[at].take().is_none() {
            return;
        }
        let name = form.slots[at].name.clone();
        turn.keep(Entry::Slot(SlotRecord {
            name,
            value: String::new().into(),
            confidence: 0.0,
            confirmed: false,
        }));
    }

    /// "Nicht Lindenstraße": what is ruled out goes, the rest stays.
    fn strike_out(
        &self,
        denied: &Value,
        (topic, form): (&mut Topic, &Form),
        taken: &mut Taken,
        turn: &mut Turn<'_>,
    ) {
        for at in 0..topic.slots.len() {
            let Some(stored) = topic.slots[at].clone() else { continue };
            let Ok(left) = without(&stored.value, denied) else { continue };
            match left {
                None => self.empty(at, (topic, form), turn),
                Some(value) => self.store(at, Filled { value, ..stored }, (topic, form), turn),
            }
            taken.struck.push(at);
        }
    }

    /// The value of that slot which the open question is about.
    fn doubted(&self, at: usize) -> Option<&Filled> {
        match &self.open {
            Open::Confirm { slot, doubted, .. } if *slot == at => Some(doubted),
            _ => None,
        }
    }
}

/// How sure a value is. What was in doubt and is said again is agreed to; a part that is added to what is in doubt
/// makes it no surer, unless the caller corrects just that part.
fn surety(said: &SlotValue, value: Value, doubted: Option<&Filled>) -> Filled {
    let Some(doubted) = doubted else {
        return Filled { value, confidence: said.confidence, confirmed: false };
    };
    let again = doubted.value == value;
    let merged = value != said.value && !said.corrects;
    let confidence = match (again, merged) {
        (true, _) => doubted.confidence.max(said.confidence),
        (false, true) => doubted.confidence.min(said.confidence),
        (false, false) => said.confidence,
    };
    Filled { value, confidence, confirmed: again }
}

/// Yes and no as a value, where the open question is a slot for it.
fn yes_no_for(form: &Form, open: &Open, heard: &Heard<'_>) -> Option<SlotValue> {
    let Open::Slot(at) = open else { return None };
    form.slots.get(*at).filter(|slot| slot.kind == SlotKind::YesNo)?;
    Some(SlotValue {
        value: Value::YesNo { value: heard.yes_no? },
        words: String::new().into(),
        span: crate::call::understanding::Span::default(),
        confidence: 1.0,
        hedged: false,
        negated: false,
        corrects: false,
    })
}

/// A time says when to be visited, seen from the day that is being talked about.
fn take_time(said: &SlotValue, topic: &Topic, taken: &mut Taken, turn: &Turn<'_>) {
    let day = taken
        .wish
        .map(|wish| wish.from.date())
        .or_else(|| topic.held.as_ref().map(|held| held.start.date()))
        .or_else(|| topic.wish.map(|wish| wish.from.date()));
    let Some(wish) = Wish::of(said, day, turn.now) else { return };
    *(if said.negated { &mut taken.ruled_out } else { &mut taken.wish }) = Some(wish);
}

/// Where a value goes: the slot in question, else the first one that is empty, else the last one that is filled.
/// A correction goes to a filled one first. What fills a slot in this very utterance is left alone as long as
/// there is another place.
fn place(said: &SlotValue, (topic, form): (&Topic, &Form), open: &Open, taken: &Taken) -> Option<usize> {
    let asked = open.slot();
    let takes = |at: &usize| {
        let base = match open {
            Open::Confirm { slot, doubted, .. } if slot == at => Some(&doubted.value),
            _ => topic.value(*at),
        };
        let fits = fitting(&said.value, &form.slots[*at], base, asked == Some(*at)).is_some();
        fits && topic.applies(form, *at) != Some(false)
    };
    let slots = || (0..form.slots.len()).filter(takes);
    let empty = |at: &usize| topic.slots[*at].is_none();
    let in_question = asked.filter(takes).filter(|at| said.corrects || !taken.filled.contains(at));
    let filled = slots().rfind(|at| !empty(at));
    // of what may turn out not to apply, only where there is no other
    let first_empty = slots().filter(empty).min_by_key(|at| (topic.applies(form, *at).is_none(), *at));
    if said.corrects {
        in_question.or(filled).or(first_empty)
    } else {
        in_question.or(first_empty).or(filled)
    }
}
