//! English number words, and the same numbers as one German word, which is what the grammars read.

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/// Ordinals that are not made of the number and "th".
const ORDINALS: &[(&str, u32)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fifth", 5),
    ("eighth", 8),
    ("ninth", 9),
    ("twelfth", 12),
    ("twentieth", 20),
    ("thirtieth", 30),
];
const GERMAN_SMALL: &[&str] = &[
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fuenf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwoelf",
    "dreizehn",
    "vierzehn",
    "fuenfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const GERMAN_TENS: &[&str] =
    &["", "", "zwanzig", "dreissig", "vierzig", "fuenfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

fn place(table: &[&str], word: &str) -> Option<u32> {
    let at = table.iter().position(|known| !word.is_empty() && *known == word)?;
    u32::try_from(at).ok()
}

/// "seven", "twenty", "oh" in a row of digits.
fn below_hundred(words: &[&str]) -> Option<(u32, usize)> {
    let first = words.first()?;
    if let Some(ten) = place(TENS, first) {
        let unit = words.get(1).and_then(|word| place(&SMALL[..10], word)).filter(|unit| *unit > 0);
        return Some(unit.map_or((ten * 10, 1), |unit| (ten * 10 + unit, 2)));
    }
    if let Some((ten, unit)) = first.split_once('-') {
        let (ten, unit) = (place(TENS, ten)?, place(&SMALL[..10], unit)?);
        return Some((ten * 10 + unit, 1));
    }
    place(SMALL, first).map(|value| (value, 1))
}

fn below_thousand(words: &[&str]) -> Option<(u32, usize)> {
    let article = matches!(words, ["a", "hundred", ..]);
    let (head, at) = if article { (1, 1) } else { below_hundred(words).or_else(|| figures(words))? };
    if words.get(at) != Some(&"hundred") || head == 0 || head > 99 {
        return Some((head, at));
    }
    let joined = at + 1 + usize::from(words.get(at + 1) == Some(&"and"));
    let rest = words.get(joined..).and_then(below_hundred).filter(|(rest, more)| {
        // "between one hundred and one hundred and fifty"
        *rest > 0 && words.get(joined + more) != Some(&"hundred")
    });
    Some(rest.map_or((head * 100, at + 1), |(rest, more)| (head * 100 + rest, joined + more)))
}

/// `14`
fn figures(words: &[&str]) -> Option<(u32, usize)> {
    let word = words.first()?;
    let plain = word.len() <= 6 && word.bytes().all(|b| b.is_ascii_digit()) && !word.starts_with('0');
    Some((word.parse().ok().filter(|_| plain)?, 1))
}

/// A number below a hundred at the beginning of `words`, whatever follows, and how many words it takes.
pub(super) fn small(words: &[&str]) -> Option<(u32, usize)> {
    below_hundred(words).or_else(|| figures(words))
}

/// A number at the beginning of `words`, and how many of them it takes: "two thousand and twenty seven".
pub(super) fn cardinal(words: &[&str]) -> Option<(u32, usize)> {
    let article = matches!(words, ["a", "thousand", ..]);
    let (head, at) = if article { (1, 1) } else { below_thousand(words)? };
    if words.get(at) != Some(&"thousand") || !(1..=999).contains(&head) {
        return Some((head, at));
    }
    let joined = at + 1 + usize::from(words.get(at + 1) == Some(&"and"));
    let rest = words.get(joined..).and_then(below_thousand).filter(|(rest, _)| (1..1000).contains(rest));
    Some(rest.map_or((head * 1000, at + 1), |(rest, more)| (head * 1000 + rest, joined + more)))
}

/// An ordinal up to 31: "twenty third", `3rd`.
pub(super) fn ordinal(words: &[&str]) -> Option<(u32, usize)> {
    let one = |word: &str| -> Option<u32> {
        let figures = || {
            let end = word.trim_start_matches(|c: char| c.is_ascii_digit());
            matches!(end, "st" | "nd" | "rd" | "th")
                .then(|| word[..word.len() - end.len()].parse().ok())
                .flatten()
        };
        ORDINALS
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, value)| *value)
            .or_else(|| word.strip_suffix("th").and_then(|stem| place(SMALL, stem)))
            .or_else(figures)
    };
    let first = *words.first()?;
    let pair = first.split_once('-').or_else(|| Some((first, *words.get(1)?)));
    if let Some((ten, unit)) = pair
        && let (Some(ten @ (2 | 3)), Some(unit @ 1..=9)) = (place(TENS, ten), one(unit))
    {
        return Some((ten * 10 + unit, if first.contains('-') { 1 } else { 2 }));
    }
    one(first).filter(|value| (1..=31).contains(value)).map(|value| (value, 1))
}

/// A number below a million as a German word.
pub(super) fn german(value: u32) -> String {
    let small = |value: u32| GERMAN_SMALL.get(value as usize).copied().unwrap_or_default();
    let ten = |value: u32| GERMAN_TENS.get(value as usize).copied().unwrap_or_default();
    let before = |value: u32| if value == 1 { "ein".to_owned() } else { german(value) };
    let rest = |value: u32| if value == 0 { String::new() } else { german(value) };
    match value {
        0..20 => small(value).to_owned(),
        20..100 if value.is_multiple_of(10) => ten(value / 10).to_owned(),
        20..100 => format!("{}und{}", before(value % 10), ten(value / 10)),
        100..1000 => format!("{}hundert{}", before(value / 100), rest(value % 100)),
        1000..1_000_000 => format!("{}tausend{}", before(value / 1000), rest(value % 1000)),
        _ => String::new(),
    }
}

/// The same as an ordinal, up to 31.
pub(super) fn german_ordinal(value: u32) -> String {
    match value {
        1 => "ersten".to_owned(),
        3 => "dritten".to_owned(),
        7 => "siebten".to_owned(),
        8 => "achten".to_owned(),
        0..20 => format!("{}ten", german(value)),
        _ => format!("{}sten", german(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::understanding::numbers;

    #[test]
    fn words_are_numbers() {
        for (text, value, words) in [
            ("twenty one", 21, 2),
            ("twenty-one", 21, 1),
            ("one two", 1, 1),
            ("a hundred and five", 105, 4),
            ("twelve hundred", 1200, 2),
            ("two thousand and twenty seven", 2027, 5),
            ("three thousand four hundred and fifty six", 3456, 7),
        ] {
            let said: Vec<&str> = text.split(' ').collect();
            assert_eq!(cardinal(&said), Some((value, words)), "{text}");
        }
        for (text, value, words) in [("twenty third", 23, 2), ("fourth", 4, 1), ("31st", 31, 1)] {
            let said: Vec<&str> = text.split(' ').collect();
            assert_eq!(ordinal(&said), Some((value, words)), "{text}");
        }
    }

    #[test]
    fn german_words_mean_the_same_number() {
        for value in [0, 1, 7, 16, 21, 30, 99, 100, 101, 116, 999, 1000, 1200, 2027, 12_345, 999_999] {
            assert_eq!(numbers::cardinal(&german(value)), Some(value), "{}", german(value));
        }
        for value in 1..=31 {
            assert_eq!(numbers::ordinal(&german_ordinal(value)), Some(value), "{}", german_ordinal(value));
        }
    }
}
