//! Messages: words for one of the site's people, kept as they were heard. Whom they are for is one of the site's list, and
//! nothing is decided by them.

use super::heard::{Heard, TAKE_MIN};
use super::notes::shortened;
use super::topic::{Filled, Progress};
use super::turn::Turn;
use super::wording::fill;
use super::{Dialogue, Move};
use crate::call::understanding::{SlotKind, Value};
use crate::config::site::{Action, Choice, Slot};

/// What comes before the words that are to be passed on.
const THAT: [&str; 3] = ["dass", "daß", "that"];
/// Fewest words that are a message.
const WORDS_MIN: usize = 2;

impl Dialogue {
    /// Whom the message of the topic is for.
    pub(super) fn recipient(&self) -> Option<String> {
        let slots = &self.topic.as_ref()?.slots;
        slots.iter().flatten().find_map(|filled| match &filled.value {
            Value::Choice { value } => Some(value.clone()),
            _ => None,
        })
    }

    /// "Sagen Sie Frau Kern bitte, dass …": whom it is for and what follows are the message, and no value is taken from
    /// it. Gives what else may be looked at of what was said.
    pub(super) fn take_message<'a>(&mut self, heard: &Heard<'a>, turn: &mut Turn<'_>) -> Heard<'a> {
        let said = self.form().filter(|form| form.action == Action::Message).map(|form| {
            let to = form.slots.iter().position(|slot| slot.kind == SlotKind::Choice);
            let named = to.and_then(|at| Some((at, named_before(heard.words, &form.slots[at].choices)?)));
            let note = form.slots.iter().position(Slot::is_note);
            (named, note.map(|at| (at, form.slots[at].chars_max)), passed_on(heard.words))
        });
        let Some((named, note, passed_on)) = said else { return heard.only_values(usize::MAX) };
        let filled = |value| Filled { value, confidence: heard.confidence, confirmed: false };
        let mut end = usize::MAX;
        if let Some((at, value)) = named.filter(|_| heard.confidence >= TAKE_MIN) {
            self.settle(at, filled(Value::Choice { value }), turn);
            if let (Some((at, chars_max)), Some((place, words))) = (note, passed_on) {
                let value = Value::Note { value: shortened(words, chars_max).to_owned().into() };
                self.settle(at, filled(value), turn);
                end = place;
            }
        }
        heard.only_values(end)
    }

    /// It is on paper.
    pub(super) fn message_noted(&mut self, turn: &mut Turn<'_>) {
        if let Some(topic) = &mut self.topic {
            topic.progress = Progress::Noted;
        }
        turn.decide(Move::MessageNoted);
        let recipient = self.recipient().unwrap_or_default();
        turn.say(&fill(&self.site.texts.message, &[("recipient", recipient)]));
        self.done(turn);
    }
}

/// Words of a text as they are compared.
fn bare(text: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    text.split_whitespace().map(bare).collect()
}

/// The only one of those who can be chosen that is named before the message itself.
fn named_before(words: &str, choices: &[Choice]) -> Option<String> {
    let mut words = bare(words);
    if let Some(end) = words.iter().position(|word| THAT.contains(&word.as_str())) {
        words.truncate(end);
    }
    let is_said = |text: &String| {
        let said = bare(text);
        !said.is_empty() && words.windows(said.len()).any(|heard| heard == said)
    };
    let mut named = choices.iter().filter(|choice| choice.say.iter().any(is_said));
    let first = named.next()?;
    named.next().is_none().then(|| first.value.clone())
}

/// The words behind the first "dass", and its place.
fn passed_on(words: &str) -> Option<(usize, &str)> {
    let mut rest = words.trim_start();
    for at in 0.. {
        let (word, behind) = rest.split_once(char::is_whitespace)?;
        rest = behind.trim_start();
        if bare(word).iter().any(|word| THAT.contains(&word.as_str())) {
            return (rest.split_whitespace().count() >= WORDS_MIN).then_some((at, rest.trim_end()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Vec<Choice> {
        let choice = |value: &str, say: &[&str]| Choice {
            value: value.to_owned(),
            say: say.iter().map(|text| (*text).to_owned()).collect(),
        };
        vec![
            choice("Frau Roth", &["Frau Roth", "Roth"]),
            choice("Herrn Hartmann", &["Herrn Hartmann", "Herr Hartmann"]),
        ]
    }

    #[test]
    fn who_is_named_before_the_message_gets_it() {
        for (words, to) in [
            ("sagen Sie Frau Roth, dass Herr Hartmann recht hat", Some("Frau Roth")),
            ("eine Nachricht für Herrn Hartmann bitte", Some("Herrn Hartmann")),
            ("für Frau Roth oder Herrn Hartmann", None),
            ("richten Sie aus dass Frau Roth anrufen soll", None),
            ("Rothenburg", None),
            ("", None),
        ] {
            assert_eq!(named_before(words, &choices()).as_deref(), to, "{words}");
        }
    }

    #[test]
    fn what_follows_is_the_message() {
        assert_eq!(
            passed_on("sagen Sie Frau Roth, dass ich  später komme. "),
            Some((4, "ich  später komme."))
        );
        assert_eq!(passed_on("tell her that I am late"), Some((2, "I am late")));
        for none in ["", "dass", "sagen Sie dass nicht", "ich will etwas ausrichten"] {
            assert_eq!(passed_on(none), None, "{none}");
        }
    }
}
