//! Further: a concern that the caller named beside the one that was taken up. It is kept in mind and offered when the
//! first is done.

use super::Dialogue;
use super::heard::Heard;
use super::open::Open;
use super::turn::Turn;
use crate::call::understanding::IntentScore;

/// Concerns that are kept in mind.
const FURTHER_MAX: usize = 3;

impl Dialogue {
    /// Of two concerns in one sentence the emergency goes first; the other one is kept in mind.
    pub(super) fn keep_further<'a>(
        &mut self,
        first: &'a IntentScore,
        second: Option<&'a IntentScore>,
    ) -> &'a IntentScore {
        let urgent = |score: &IntentScore| self.site.intent(&score.name).is_some_and(|it| it.emergency);
        let (now, later) = match second {
            Some(second) if urgent(second) && !urgent(first) => (second, Some(first)),
            other => (first, other),
        };
        self.further.extend(later.map(|score| score.name.clone()));
        self.further.retain(|name| *name != now.name);
        self.further.truncate(FURTHER_MAX);
        now
    }

    /// The caller is asked whether a concern that he named before is next.
    pub(super) fn reply_to_further(
        &mut self,
        intent: &str,
        heard: &Heard<'_>,
        aside: bool,
        turn: &mut Turn<'_>,
    ) -> bool {
        let other = heard.intent.is_some_and(|score| score.name != intent);
        if heard.yes() && !other {
            let score = IntentScore { name: intent.to_owned(), confidence: 1.0 };
            self.take_up(&score, heard, turn);
            return true;
        }
        if heard.no() && !heard.goodbye && heard.values.is_empty() && heard.intent.is_none() {
            self.ask(Open::AnythingElse, turn);
            return true;
        }
        self.reply_to_anything_else(heard, aside, turn)
    }
}
