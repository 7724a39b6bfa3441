//! Notes: free words, kept as heard for the one who comes. They decide nothing: no concern, no value and no wish is
//! taken from them. Only danger to life, the wish for a human and questions about Klinke itself are heard in them.

use super::Dialogue;
use super::heard::{Heard, TAKE_MIN};
use super::nothing::words_of;
use super::open::Open;
use super::topic::Filled;
use super::turn::Turn;
use crate::call::understanding::{Signal, SlotKind, Understood, Value};
use crate::config::site::{Confirm, Form, Slot};

/// Up to so many words, "nochmal" and "zurück" are meant for Klinke; in more they belong to what is told.
const SIGNAL_WORDS_MAX: usize = 4;
/// Words of which a wish to go back is made; among others, "back" and "zurück" say where something is.
const OF_BACK: &str = "zurück zurueck back falsch wrong stopp stop abbrechen abbruch cancel bitte please go gehen sie wir mal noch nochmal \
                       wieder einen eine ein eins one schritt step frage question letzte vorige last previous angabe antwort answer \
                       eingabe nein no ach oh moment sorry entschuldigung das ist war that's that is was die my der the so und and";
/// Up to so many words, a "ja" only says that there is something to tell.
const YES_WORDS_MAX: usize = 2;

impl Dialogue {
    /// The note that is the open question.
    pub(super) fn open_note(&self) -> Option<usize> {
        let Open::Slot(at) = self.open else { return None };
        self.form()?.slots.get(at)?.is_note().then_some(at)
    }

    /// What was said, where a note is asked for and something is told: signals that belong to what is told are none.
    pub(super) fn told_freely(&self, understood: &Understood) -> Option<Understood> {
        let words = understood.words.reveal().split_whitespace().count();
        (self.open_note().is_some() && words > SIGNAL_WORDS_MAX).then(|| {
            let kept = [
                Signal::DangerToLife,
                Signal::WantsHuman,
                Signal::AsksWhetherHuman,
                Signal::AsksPrivacy,
                Signal::StopRecording,
            ];
            let mut told = understood.clone();
            told.signals.retain(|signal| kept.contains(signal));
            told
        })
    }

    /// Takes the answer to the question for a note.
    pub(super) fn reply_with_note(
        &mut self,
        at: usize,
        heard: &Heard<'_>,
        aside: bool,
        turn: &mut Turn<'_>,
    ) -> bool {
        let words = heard.words.split_whitespace().count();
        let only_yes = heard.yes() && words <= YES_WORDS_MAX && self.misses == 0;
        if heard.back {
            self.undo(turn);
        } else if heard.goodbye {
            self.say_goodbye(turn);
        } else if aside || words == 0 || heard.impatient || only_yes {
            return false;
        } else {
            let chars_max = self.form().and_then(|form| form.slots.get(at)).map_or(0, |slot| slot.chars_max);
            let value = Value::Note { value: shortened(heard.words, chars_max).to_owned().into() };
            self.misses = 0;
            let filled = Filled { value, confidence: heard.confidence, confirmed: false };
            if self.is_always_confirmed(at) {
                self.ask(Open::Confirm { slot: at, doubted: filled, from_line: false }, turn);
            } else {
                self.settle(at, filled, turn);
                self.proceed(turn);
            }
        }
        true
    }

    /// A note that was read back, and that nobody can correct but by saying it anew.
    pub(super) fn note_read_back(&self) -> Option<usize> {
        let (form, topic) = (self.form()?, self.topic.as_ref()?);
        (0..form.slots.len()).find(|at| is_read_back(form, &form.slots[*at]) && topic.value(*at).is_some())
    }
}

/// Whether the words, heard as a wish to go back, say nothing else.
pub(super) fn means_only_back(words: &str) -> bool {
    words_of(words).iter().all(|word| OF_BACK.split_whitespace().any(|known| known == word))
}

/// Whether the slot is a note that callers hear again.
fn is_read_back(form: &Form, slot: &Slot) -> bool {
    slot.is_note() && is_told(form, slot)
}

/// Whether the read-back has the slot.
fn is_told(form: &Form, slot: &Slot) -> bool {
    form.read_back.contains(&format!("{{{}}}", slot.name))
}

/// Whether agreeing to the read-back confirms this slot.
pub(super) fn is_confirmed_by_reading_back(form: &Form, slot: &Slot, value: &Value) -> bool {
    match value {
        Value::Note { .. } => is_read_back(form, slot),
        _ => slot.confirm != Confirm::Never || is_told(form, slot),
    }
}

/// Whether the answer to the question for a note corrects a value that was taken before. A name may be part of what is
/// told ("nein, bei Meyer klingeln").
pub(super) fn corrects_something(heard: &Heard<'_>) -> bool {
    heard
        .values
        .iter()
        .any(|said| said.corrects && said.kind() != SlotKind::Name && said.confidence >= TAKE_MIN)
}

/// As many whole words as fit; of a first word that is longer, what fits.
pub(super) fn shortened(words: &str, chars_max: usize) -> &str {
    let words = words.trim();
    let Some((end, _)) = words.char_indices().nth(chars_max) else { return words };
    let cut = &words[..end];
    if words[end..].starts_with(char::is_whitespace) {
        return cut;
    }
    cut.rfind(char::is_whitespace).map_or(cut, |space| cut[..space].trim_end())
}

#[cfg(test)]
mod tests {
    use super::{means_only_back, shortened};

    #[test]
    fn where_something_is_told_back_is_a_place() {
        for words in [
            "zurück",
            "Nein, falsch.",
            "einen Schritt zurück bitte",
            "die letzte Angabe war falsch",
            "go back please",
        ] {
            assert!(means_only_back(words), "{words}");
        }
        for words in
            ["round the back", "the back door", "hinten zurück", "falsche Klingel", "Stopp-Schild links"]
        {
            assert!(!means_only_back(words), "{words}");
        }
    }

    #[test]
    fn a_note_ends_with_a_whole_word() {
        assert_eq!(shortened(" über den Hof ", 12), "über den Hof");
        assert_eq!(shortened("über den Hof", 11), "über den");
        assert_eq!(shortened("über den Hof", 8), "über den");
        assert_eq!(shortened("ööööö", 3), "ööö");
    }
}
