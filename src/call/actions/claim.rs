//! The claim: what a caller has to know of an appointment before it is his to change.
//!
//! Either the code that was read to whoever booked it, or, where the site trusts the number that the PBX shows, a
//! call from the number that it was booked from together with the name or the day. A number alone is not enough,
//! because it can be forged and a household shares it; a name alone is not, because neighbours know it. Whoever
//! claims in vain is never told whether there is such an appointment, and not more often than
//! [`FIND_TRIES_MAX`] times in a call; where orders are carried out, codes in vain are limited over all calls too.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::private::Private;

/// Digits of a code. Of a million, so that three tries a call find one of 200 appointments in one call of 1,600.
pub const CODE_DIGITS: usize = 6;
/// Claims in vain that a call may make.
pub const FIND_TRIES_MAX: usize = 3;
/// Fewest and most digits of a number that names a caller: fewer are an extension (ITU-T E.164: 15 at most).
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What the caller knows. The number that he calls from is not in here: that is known of the call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The code that was read when it was booked; digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Private<String>>,
    /// The family name that it was booked under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Private<String>>,
    /// Its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<civil::Date>,
}

impl Claim {
    /// Whether it may be enough. `number`: whether the call comes from a number that the site trusts.
    #[must_use]
    pub const fn is_enough(&self, number: bool) -> bool {
        self.code.is_some() || (number && (self.family_name.is_some() || self.day.is_some()))
    }
}

/// The number that the PBX shows, written in one way: digits, with a plus before a country's code. `None`: it names
/// nobody (suppressed, an extension).
#[must_use]
pub fn callable(shown: &str) -> Option<String> {
    let bare: String = shown.chars().filter(|c| !matches!(c, ' ' | '-' | '/' | '(' | ')' | '.')).collect();
    let (plus, digits) = match bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")) {
        Some(digits) => ("+", digits),
        None => ("", bare.as_str()),
    };
    let whole = digits.bytes().all(|digit| digit.is_ascii_digit()) && NUMBER_DIGITS.contains(&digits.len());
    whole.then(|| format!("{plus}{digits}"))
}

/// Whether two family names sound alike in German, so that "Maier" is found as "Meyer" (Kölner Phonetik, H. J.
/// Postel, 1969).
#[must_use]
pub fn sounds_like(one: &str, other: &str) -> bool {
    let (one, other) = (sound(one), sound(other));
    !one.is_empty() && one == other
}

/// The digits of the Kölner Phonetik; empty where there is no letter.
fn sound(name: &str) -> String {
    let letters: Vec<char> = name.to_lowercase().chars().flat_map(plain).collect();
    let mut digits: Vec<char> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1).copied();
        digits.extend(digits_of(*letter, before, after));
    }
    digits.dedup();
    let first = digits.first().copied();
    let rest = digits.into_iter().skip(1).filter(|digit| *digit != '0');
    first.into_iter().chain(rest).collect()
}

/// A letter as the phonetics know it; nothing for what is none.
fn plain(letter: char) -> Option<char> {
    match letter {
        'ä' | 'é' | 'è' | 'ê' => Some('e'),
        'ö' | 'ó' | 'ø' => Some('o'),
        'ü' | 'ú' => Some('u'),
        'á' | 'à' | 'â' => Some('a'),
        'ß' | 'ş' | 'š' => Some('s'),
        'ç' | 'č' | 'ć' => Some('c'),
        'ğ' => Some('g'),
        'ı' => Some('i'),
        'ñ' => Some('n'),
        'ł' => Some('l'),
        'a'..='z' => Some(letter),
        _ => None,
    }
}

/// The digit or digits of a letter between two others.
fn digits_of(letter: char, before: Option<char>, after: Option<char>) -> impl Iterator<Item = char> {
    let is = |other: Option<char>, of: &str| other.is_some_and(|other| of.contains(other));
    let digits = match letter {
        'a' | 'e' | 'i' | 'j' | 'o' | 'u' | 'y' => "0",
        'b' => "1",
        'p' if is(after, "h") => "3",
        'p' => "1",
        'd' | 't' if is(after, "csz") => "8",
        'd' | 't' => "2",
        'f' | 'v' | 'w' => "3",
        'g' | 'k' | 'q' => "4",
        'c' if before.is_none() => {
            if is(after, "ahkloqrux") {
                "4"
            } else {
                "8"
            }
        }
        'c' if is(before, "sz") => "8",
        'c' if is(after, "ahkoqux") => "4",
        'c' => "8",
        'x' if is(before, "ckq") => "8",
        'x' => "48",
        'l' => "5",
        'm' | 'n' => "6",
        'r' => "7",
        's' | 'z' => "8",
        _ => "",
    };
    digits.chars()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_found_as_they_sound() {
        for (one, other) in [
            ("Meyer", "Maier"),
            ("Weber", "Weeber"),
            ("Müller", "Mueller"),
            ("Schmidt", "Schmitt"),
            ("Yılmaz", "Yilmaz"),
            ("von der Heide", "vonderheide"),
        ] {
            assert!(sounds_like(one, other), "{one} {other}");
        }
        for (one, other) in
            [("Weber", "Wagner"), ("Meyer", "Meier-Vogt"), ("", ""), ("123", "456"), ("Ott", "Ude-M")]
        {
            assert!(!sounds_like(one, other), "{one} {other}");
        }
        // the example of the paper
        assert_eq!(sound("Wikipedia"), "3412");
        assert_eq!(sound("Müller-Lüdenscheidt"), "65752682");
    }

    #[test]
    fn only_a_whole_number_names_a_caller() {
        assert_eq!(callable("0711 23456-7").as_deref(), Some("0711234567"));
        assert_eq!(callable("0049711234567"), callable("+49711234567"));
        for nobody in ["", "200", "anonymous", "+49", "071123456x", "1234567890123456", "١٢٣٤٥٦٧"] {
            assert_eq!(callable(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn a_number_or_a_name_alone_is_not_enough() {
        let text = |text: &str| Some(Private::new(text.to_owned()));
        let name = Claim { family_name: text("Weber"), ..Claim::default() };
        assert!(!Claim::default().is_enough(true) && !name.is_enough(false) && name.is_enough(true));
        assert!(Claim { code: text("123456"), ..Claim::default() }.is_enough(false));
    }

    proptest! {
        #[test]
        fn any_name_sounds_like_itself(name in "\\PC{0,40}") {
            prop_assert_eq!(sounds_like(&name, &name), !sound(&name).is_empty());
            let _ = callable(&name);
        }
    }
}
