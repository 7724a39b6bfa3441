//! Patience: how long a silence must last before we take it for the end of what the caller wanted to say.
//!
//! It hangs on what was asked and on what was heard so far: "ja" is an answer at once, "null sieben eins" is
//! not a telephone number yet, and whoever ends on "so gegen" goes on.

use std::time::Duration;

use super::{Expect, Hypothesis, Transcript};

/// After an answer that needs nothing more.
const COMPLETE_MS: u64 = 220;
/// After something that may be all.
const PLAIN_MS: u64 = 400;
/// After something that was not asked for, or that nobody understands yet.
const OPEN_MS: u64 = 800;
/// In mid-number and in mid-address: people look things up.
const UNFINISHED_MS: u64 = 1_300;
/// After a word that cannot be the last one.
const HESITATION_MS: u64 = 1_700;
/// The longest patience there is, whatever is added.
pub const PATIENCE_MS_MAX: u64 = HESITATION_MS;
/// Fewest digits of a telephone number that may be whole.
const TELEPHONE_DIGITS_MIN: usize = 6;

/// Numbers in a row that are being dictated.
const DICTATED_NUMBERS_MIN: usize = 3;
/// How German streets end.
const STREET_ENDINGS: &[&str] = &["straße", "strasse", "weg", "gasse", "allee", "platz"];

/// Words after which nobody is finished, whatever was said before.
#[rustfmt::skip]
const OPEN_ENDED: &[&str] = &[
    "äh", "ähm", "hm", "also", "naja", "na", "und", "oder", "aber", "weil", "dass", "gegen", "so", "um", "am", "im",
    "in", "dem", "ein", "eine", "einen", "mein", "meine", "unser", "unsere", "von", "bei", "zum", "zur", "mit", "für",
    "ab", "bis", "vielleicht", "moment", "warten", "doppel", "plus", "the", "and", "or", "at", "on", "my", "maybe",
    "about", "uh",
];
/// Words that may be the last ones of something that makes sense as it is ("weil die Heizung ausgefallen ist").
const OPEN_ENDED_UNLESS_COMPLETE: &[&str] =
    &["ist", "der", "die", "das", "den", "ich", "sie", "wir", "nummer", "hausnummer", "straße", "is"];

/// Words that stand for digits or numbers in German and English; enough to know that a number is going on.
const NUMBER_STEMS: &[&str] = &[
    "null", "ein", "zwei", "zwo", "drei", "vier", "fünf", "sech", "sieb", "acht", "neun", "zehn", "elf",
    "zwölf", "zig", "ßig", "hundert", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
    "nine", "ten",
];

/// How long to wait after the last sound, given what is hoped for, what was heard so far, and whether that is
/// understood as a whole answer.
#[must_use]
pub fn patience(expect: &[Expect], heard: &Transcript, complete: bool) -> Duration {
    let Some(best) = heard.best().filter(|best| !best.words.is_empty()) else {
        return Duration::from_millis(OPEN_MS);
    };
    let last = best.words.last().map_or("", |word| word.text.reveal().as_str());
    let goes_on = OPEN_ENDED.contains(&last) || (!complete && OPEN_ENDED_UNLESS_COMPLETE.contains(&last));
    Duration::from_millis(match (goes_on, complete) {
        (true, _) => HESITATION_MS,
        (false, true) => COMPLETE_MS,
        (false, false) => after(expect, best),
    })
}

fn after(expect: &[Expect], best: &Hypothesis) -> u64 {
    // What is being said counts before what was asked: in answer to "Stimmt das?" too a number is dictated.
    let numbers = best.words.iter().filter(|word| is_number(word.text.reveal())).count();
    let dictates = expect.contains(&Expect::Telephone) && numbers >= DICTATED_NUMBERS_MIN;
    let halfway = expect.contains(&Expect::Address) && ends_on_street(best);
    match expect.first() {
        _ if halfway => UNFINISHED_MS,
        _ if dictates && numbers < TELEPHONE_DIGITS_MIN => UNFINISHED_MS,
        _ if dictates => OPEN_MS,
        Some(Expect::Telephone) if numbers > 0 => UNFINISHED_MS,
        Some(Expect::Telephone | Expect::Digits | Expect::Spelling | Expect::Free) | None => OPEN_MS,
        // Dictated from a card or letter by letter.
        Some(Expect::Iban | Expect::Email | Expect::Code) => UNFINISHED_MS,
        Some(Expect::Address) if ends_on_house_number(best) => PLAIN_MS,
        Some(Expect::Address) => UNFINISHED_MS,
        Some(
            Expect::YesNo
            | Expect::Name
            | Expect::Number
            | Expect::Duration
            | Expect::Money
            | Expect::Date
            | Expect::Time
            | Expect::DateTime
            | Expect::Choice,
        ) => PLAIN_MS,
    }
}

/// "Lindenstraße": its number follows.
fn ends_on_street(best: &Hypothesis) -> bool {
    let last = best.words.last().map_or("", |word| word.text.reveal().as_str());
    STREET_ENDINGS.iter().any(|ending| last.ends_with(ending))
}

/// "vierzehn", "vierzehn b".
fn ends_on_house_number(best: &Hypothesis) -> bool {
    let mut words = best.words.iter().rev().map(|word| word.text.reveal().as_str());
    let last = words.next().unwrap_or_default();
    is_number(last) || (last.chars().count() <= 2 && words.next().is_some_and(is_number))
}

fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
        || NUMBER_STEMS.iter().any(|stem| word.starts_with(stem) || word.ends_with(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(expect: Expect, heard: &str, complete: bool) -> u128 {
        patience(&[expect], &Transcript::typed(heard), complete).as_millis()
    }

    #[test]
    fn a_yes_is_answered_at_once_and_a_dictated_number_is_not_cut_off() {
        assert!(ms(Expect::YesNo, "ja", true) < 300);
        assert!(ms(Expect::Telephone, "null sieben eins", false) > 1_200);
        assert!(ms(Expect::Telephone, "null sieben eins eins zwei drei vier", false) < 1_000);
    }

    #[test]
    fn a_number_is_dictated_in_answer_to_any_question() {
        let kinds = [Expect::YesNo, Expect::Telephone, Expect::Address];
        let wait = |heard| patience(&kinds, &Transcript::typed(heard), false).as_millis();
        assert!(wait("null sieben eins eins") > 1_200);
        assert!(wait("nein null sieben eins eins zwei drei vier") > 700);
        assert!(wait("nein lindenstraße") > 1_200);
        assert!(wait("nein die hausnummer ist sechzehn") < 600);
    }

    #[test]
    fn whoever_hesitates_is_given_time_even_after_an_answer() {
        assert!(ms(Expect::DateTime, "so gegen", false) > 1_500);
        assert!(ms(Expect::DateTime, "donnerstag so gegen", true) > 1_500);
        assert!(ms(Expect::DateTime, "am donnerstag", true) < 300);
    }

    #[test]
    fn an_address_needs_its_number_and_a_sentence_its_end() {
        let half = ms(Expect::Address, "lindenstraße", false);
        assert!(half > ms(Expect::Address, "lindenstraße vierzehn", false));
        assert!(ms(Expect::Address, "lindenstraße vierzehn be", false) < 600);
        assert!(ms(Expect::Free, "die hausnummer ist", false) > 1_500);
        assert!(ms(Expect::Free, "weil die heizung ausgefallen ist", true) < 300);
    }
}
