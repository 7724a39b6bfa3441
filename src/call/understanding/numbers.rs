//! Numbers in words: cardinals and ordinals, in one word or in the pieces a recogniser makes of them.

use super::reading::Reading;

/// Words of a number that may be heard apart ("zwei tausend drei hundert ein und zwanzig").
const PIECES_MAX: usize = 8;

const SMALL: &[(&str, u32)] = &[
    ("null", 0),
    ("nul", 0),
    ("eins", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("zwai", 2),
    ("drei", 3),
    ("vier", 4),
    ("fuenf", 5),
    ("fuemf", 5),
    ("funf", 5),
    ("sechs", 6),
    ("sex", 6),
    ("sieben", 7),
    ("siem", 7),
    ("siebn", 7),
    ("sibn", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwoelf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fuenfzehn", 15),
    ("fuffzehn", 15),
    ("sechzehn", 16),
    ("sechszehn", 16),
    ("siebzehn", 17),
    ("siebenzehn", 17),
    ("achtzehn", 18),
    ("neunzehn", 19),
];
const TENS: &[(&str, u32)] = &[
    ("zwanzig", 20),
    ("zwanzich", 20),
    ("dreissig", 30),
    ("dreissich", 30),
    ("dreizich", 30),
    ("dreizig", 30),
    ("vierzig", 40),
    ("fuenfzig", 50),
    ("fuffzig", 50),
    ("fuffzich", 50),
    ("sechzig", 60),
    ("sechszig", 60),
    ("siebzig", 70),
    ("siebenzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];

/// Words that a number in pieces goes on behind or with.
const HINGES: [&str; 3] = ["und", "hundert", "tausend"];

fn look_up(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn below_hundred(word: &str) -> Option<u32> {
    look_up(SMALL, word).or_else(|| look_up(TENS, word)).or_else(|| {
        let (unit, ten) = word.split_once("und")?;
        Some(unit_before(unit).filter(|unit| (1..=9).contains(unit))? + look_up(TENS, ten)?)
    })
}

/// A number in front of "und", "hundert", "tausend": there one is "ein".
fn unit_before(word: &str) -> Option<u32> {
    if word == "ein" { Some(1) } else { below_hundred(word) }
}

fn below_two_thousand(word: &str) -> Option<u32> {
    let Some((head, tail)) = word.split_once("hundert") else {
        return below_hundred(word);
    };
    let hundreds = if head.is_empty() { 1 } else { unit_before(head).filter(|h| (1..=19).contains(h))? };
    let rest = if tail.is_empty() {
        0
    } else {
        below_hundred(tail.strip_prefix("und").unwrap_or(tail)).filter(|rest| *rest > 0)?
    };
    Some(hundreds * 100 + rest)
}

/// The value of a number word in normal form, 0 to 999,999: `dreiundzwanzig`, `zwo`, `neunzehnhundertneunzig`.
pub(super) fn cardinal(word: &str) -> Option<u32> {
    let Some((head, tail)) = word.split_once("tausend") else {
        return below_two_thousand(word);
    };
    let thousands = match head {
        "" | "ein" => 1,
        head => below_two_thousand(head).filter(|t| (1..=999).contains(t))?,
    };
    let rest = match tail.strip_prefix("und").unwrap_or(tail) {
        "" => 0,
        tail => below_two_thousand(tail).filter(|rest| (1..1000).contains(rest))?,
    };
    Some(thousands * 1000 + rest)
}

/// The value of an ordinal in normal form, 1 to 999,999: `vierten`, `sechsundzwanzigster`.
pub(super) fn ordinal(word: &str) -> Option<u32> {
    let stem = ["en", "er", "es", "em", "e"].iter().find_map(|ending| word.strip_suffix(ending))?;
    match stem {
        "erst" => Some(1),
        "dritt" => Some(3),
        "siebt" => Some(7),
        "acht" => Some(8),
        stem => {
            let twenties = stem.strip_suffix("st").and_then(cardinal).filter(|value| *value >= 20);
            twenties
                .or_else(|| stem.strip_suffix('t').and_then(below_hundred).filter(|v| (2..20).contains(v)))
        }
    }
}

/// Digits written as such: `14`, `1.000`.
fn written(norm: &str) -> Option<u32> {
    let plain = norm.bytes().all(|b| b.is_ascii_digit());
    let grouped = || {
        let mut groups = norm.split('.');
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len())
            && groups.all(|group| group.len() == 3)
            && norm.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    if !plain && !grouped() {
        return None;
    }
    norm.replace('.', "").parse().ok().filter(|_| norm.len() <= 9)
}

/// The longest run of tokens from `index` on that together, written as one, are what `meaning` knows.
fn longest(
    reading: &Reading<'_>,
    index: usize,
    meaning: impl Fn(&str) -> Option<u32>,
) -> Option<(u32, usize)> {
    let first = reading.at(index);
    if cardinal(first).is_none() && ordinal(first).is_none() && first != "ein" {
        return None;
    }
    let mut joined = String::new();
    let mut found = None;
    for end in index..(index + PIECES_MAX).min(reading.len()) {
        let next = reading.at(end);
        // Only these words hold the pieces of a number together; most digits that are dictated end here.
        let goes_on = HINGES.iter().any(|hinge| joined.ends_with(hinge) || next.starts_with(hinge));
        if end > index && !goes_on && !next.starts_with("zehn") && !next.starts_with("zig") {
            break;
        }
        joined.push_str(next);
        if let Some(value) = meaning(&joined) {
            found = Some((value, end + 1));
        }
    }
    found
}

/// A quantity at `index` and the index after it: "ein hundert", "drei und zwanzig", "14".
pub(super) fn cardinal_at(reading: &Reading<'_>, index: usize) -> Option<(u32, usize)> {
    let norm = reading.at(index);
    if norm.starts_with(|c: char| c.is_ascii_digit()) {
        return Some((written(norm)?, index + 1));
    }
    longest(reading, index, cardinal)
}

/// A group of dictated digits at `index`: like a quantity, but of what is heard apart only "drei und zwanzig" and
/// "acht hundert" belong together; "hundert eins" are two groups.
pub(super) fn group_at(reading: &Reading<'_>, index: usize) -> Option<(u32, usize)> {
    let joined = |word: &str| cardinal(word).filter(|value| *value < 100 || *value % 100 == 0);
    longest(reading, index, joined)
        .filter(|(_, end)| *end > index + 1)
        .or_else(|| Some((cardinal(reading.at(index))?, index + 1)))
}

/// An ordinal at `index` and the index after it: "sechs und zwanzigsten", "26.".
pub(super) fn ordinal_at(reading: &Reading<'_>, index: usize) -> Option<(u32, usize)> {
    let norm = reading.at(index);
    if norm.starts_with(|c: char| c.is_ascii_digit()) {
        let dotted = reading.after(index) == Some('.');
        return written(norm)
            .filter(|value| dotted && (1..=99).contains(value))
            .map(|value| (value, index + 1));
    }
    longest(reading, index, ordinal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Transcript;

    #[test]
    fn words_are_numbers() {
        for (word, value) in [
            ("null", 0),
            ("zwo", 2),
            ("dreiundzwanzig", 23),
            ("einundzwanzig", 21),
            ("hundert", 100),
            ("einhundertundeins", 101),
            ("zweihundertfuenfundvierzig", 245),
            ("neunzehnhundertvierundachtzig", 1984),
            ("zweitausendsechsundzwanzig", 2026),
            ("neunhundertneunundneunzigtausendneunhundertneunundneunzig", 999_999),
        ] {
            assert_eq!(cardinal(word), Some(value), "{word}");
        }
        for word in ["", "ein", "und", "heizung", "achtet", "dreiund", "zwanzigeins", "tausendtausend"] {
            assert_eq!(cardinal(word), None, "{word}");
        }
    }

    #[test]
    fn words_are_ordinals() {
        for (word, value) in
            [("ersten", 1), ("vierten", 4), ("siebter", 7), ("achte", 8), ("sechsundzwanzigsten", 26)]
        {
            assert_eq!(ordinal(word), Some(value), "{word}");
        }
        assert_eq!(ordinal("acht"), None);
        assert_eq!(ordinal("zwanzigten"), None);
    }

    #[test]
    fn pieces_are_put_together() {
        for (text, value, end) in [
            ("ein hundert und drei", 103, 4),
            ("drei und zwanzig", 23, 3),
            ("zwei drei", 2, 1),
            ("1.000", 1000, 1),
        ] {
            let heard = Transcript::typed(text);
            assert_eq!(cardinal_at(&Reading::new(&heard.hypotheses[0]), 0), Some((value, end)), "{text}");
        }
    }
}
