//! Choices: the words of the closed lists that a site's forms offer ("Gas, Öl oder Wärmepumpe").
//!
//! Where one is asked for, compounds ("Gasheizung") and what sounds alike are found too, the less alike the less sure,
//! so that the dialogue asks whether it is right.

use super::alike::{shared, trigrams};
use super::found::{Found, one_after_another};
use super::reading::{Reading, normal};
use super::understood::Value;
use crate::call::hearing::Expect;
use crate::config::site::Site;

/// How sure the words themselves are.
const SURE: f32 = 0.95;
/// The same where nobody asked.
const SURE_UNASKED: f32 = 0.75;
/// A compound with the word at its beginning or end.
const SURE_COMPOUND: f32 = 0.85;
/// Words that share fewer of their letters' trigrams are others.
const ALIKE_MIN: f32 = 0.5;
/// What is left of being alike: from four fifths on it is taken, below it is asked about.
const ALIKE_TRUST: f32 = 0.9;
/// Two choices that are so nearly alike to what was heard are no answer.
const APART_MIN: f32 = 0.05;
/// Shorter words are not guessed at; a compound's other part is as long at least.
const LETTERS_MIN: usize = 4;

/// What can be chosen at a site, and how it is said.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices(Vec<Said>);

#[derive(Clone, Debug)]
struct Said {
    value: String,
    /// Normal forms.
    words: Vec<String>,
    trigrams: Vec<u32>,
}

impl Choices {
    pub fn of(site: &Site) -> Self {
        let slots = site.forms.iter().flat_map(|form| &form.slots);
        let mut said: Vec<Said> = Vec::new();
        for choice in slots.flat_map(|slot| &slot.choices) {
            for text in &choice.say {
                let words = words(text);
                if !said.iter().any(|other| other.value == choice.value && other.words == words) {
                    let trigrams = trigrams(&words.concat());
                    said.push(Said { value: choice.value.clone(), words, trigrams });
                }
            }
        }
        // the longest first: "Gastherme neu" before "Gastherme"
        said.sort_by_key(|said| std::cmp::Reverse(said.words.len()));
        Self(said)
    }

    /// All choices in a reading.
    pub fn find(&self, reading: &Reading<'_>, expect: &[Expect]) -> Vec<Found> {
        let asked = expect.contains(&Expect::Choice);
        let exact = one_after_another(reading, |index| self.exact(reading, index, asked));
        // where the words themselves were said, nothing is guessed at
        if !asked || !exact.is_empty() {
            return exact;
        }
        one_after_another(reading, |index| self.guessed(reading, index))
    }

    fn exact(&self, reading: &Reading<'_>, index: usize, asked: bool) -> Option<Found> {
        let starts =
            |said: &&Said| said.words.iter().enumerate().all(|(at, word)| reading.at(index + at) == word);
        let said = self.0.iter().find(starts)?;
        let sure = if asked { SURE } else { SURE_UNASKED };
        Some(said.found(index, sure))
    }

    /// What one or more heard words are most like.
    fn guessed(&self, reading: &Reading<'_>, index: usize) -> Option<Found> {
        let likeness = |said: &Said| {
            let heard: String = (0..said.words.len()).map(|at| reading.at(index + at)).collect();
            likeness(said, &heard)
        };
        let mut likely: Vec<(f32, &Said)> = self.0.iter().map(|said| (likeness(said), said)).collect();
        likely.sort_by(|one, other| other.0.total_cmp(&one.0));
        let (sure, best) = *likely.first()?;
        let next = likely.iter().find(|(_, said)| said.value != best.value).map_or(0.0, |(sure, _)| *sure);
        let fits = index + best.words.len() <= reading.len();
        (fits && sure >= ALIKE_MIN * ALIKE_TRUST && sure - next >= APART_MIN).then(|| best.found(index, sure))
    }
}

impl Said {
    fn found(&self, index: usize, sure: f32) -> Found {
        let value = Value::Choice { value: self.value.clone() };
        Found::new(value, index, index + self.words.len(), sure)
    }
}

fn likeness(said: &Said, heard: &str) -> f32 {
    if let [word] = said.words.as_slice() {
        let rest = heard.strip_prefix(word.as_str()).or_else(|| heard.strip_suffix(word.as_str()));
        if rest.is_some_and(|rest| rest.len() >= LETTERS_MIN) {
            return SURE_COMPOUND;
        }
    }
    if heard.len() < LETTERS_MIN || said.words.concat().len() < LETTERS_MIN {
        return 0.0;
    }
    shared(&trigrams(heard), &said.trigrams) * ALIKE_TRUST
}

/// The normal forms of a text's words.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty());
    words.map(normal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Transcript;
    use crate::config::site::Language;

    fn choices() -> Choices {
        let said = [
            ("Gas", "Gas"),
            ("Gas", "Brennwerttherme"),
            ("Öl", "Öl"),
            ("Wärmepumpe", "Wärmepumpe"),
            ("Fernwärme", "Wärme vom Werk"),
        ];
        let said = said.map(|(value, text)| {
            let words = words(text);
            Said { value: value.to_owned(), trigrams: trigrams(&words.concat()), words }
        });
        Choices(said.into())
    }

    fn found(heard: &str, expect: &[Expect]) -> Vec<(String, f32)> {
        let transcript = Transcript::typed(heard);
        let reading = Reading::for_values(&transcript.hypotheses[0], Language::German);
        let found = choices().find(&reading, expect).into_iter();
        found
            .map(|found| match found.value {
                Value::Choice { value } => (value, found.sure),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn what_is_asked_for_is_found_as_it_is_heard() {
        for (heard, value, least) in [
            ("mit Gas", "Gas", 0.9),
            ("Öl", "Öl", 0.9),
            ("eine Ölheizung glaub ich", "Öl", 0.8),
            ("wir haben Wärme vom Werk", "Fernwärme", 0.9),
            ("Brennwerttermen", "Gas", 0.5),
            ("ne wärmepumppe", "Wärmepumpe", 0.7),
            ("werme pumpe", "Wärmepumpe", 0.0),
        ] {
            let found = found(heard, &[Expect::Choice]);
            if least > 0.0 {
                assert_eq!(found.len(), 1, "{heard}: {found:?}");
                assert_eq!(found[0].0, value, "{heard}");
                assert!(found[0].1 >= least, "{heard}: {found:?}");
            } else {
                assert!(found.iter().all(|(_, sure)| *sure < 0.7), "{heard}: {found:?}");
            }
        }
    }

    #[test]
    fn other_words_are_no_choice() {
        for heard in ["weiß ich nicht", "das Haus steht leer", "ölig", "gast", "Herr Wärmbold", "die Pumpen"]
        {
            let found = found(heard, &[Expect::Choice]);
            assert!(found.iter().all(|(_, sure)| *sure < 0.7), "{heard}: {found:?}");
        }
        assert_eq!(found("die Ölheizung", &[Expect::Free]), []);
        assert_eq!(found("Wärmepumppe", &[Expect::Free]), []);
        assert_eq!(found("die heizung mit öl", &[Expect::Free]), [("Öl".to_owned(), SURE_UNASKED)]);
    }
}
