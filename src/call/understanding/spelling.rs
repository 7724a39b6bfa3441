//! Spelling: letters by their names, by the spelling alphabets of DIN 5009 (cities, and the older first names)
//! and the international one, or "W wie Wilhelm".

use super::reading::Reading;

/// Letters in a row that are a spelling where nobody asked for one.
const LETTERS_UNASKED_MIN: usize = 3;
/// Letters in a row that are a spelling where a name was asked for.
const LETTERS_ASKED_MIN: usize = 2;
/// Longest spelling.
const LETTERS_MAX: usize = 40;

/// Names of letters as people say them.
const SOUNDS: &[(&str, &str)] = &[
    ("be", "b"),
    ("ce", "c"),
    ("ze", "c"),
    ("de", "d"),
    ("ef", "f"),
    ("ge", "g"),
    ("ha", "h"),
    ("jot", "j"),
    ("ka", "k"),
    ("el", "l"),
    ("em", "m"),
    ("en", "n"),
    ("pe", "p"),
    ("ku", "q"),
    ("er", "r"),
    ("es", "s"),
    ("te", "t"),
    ("vau", "v"),
    ("we", "w"),
    ("ix", "x"),
    ("ypsilon", "y"),
    ("zett", "z"),
    ("zet", "z"),
    ("eszett", "ß"),
];
/// The spelling alphabets.
const ALPHABET: &[(&str, &str)] = &[
    ("anton", "a"),
    ("aachen", "a"),
    ("aerger", "ä"),
    ("berta", "b"),
    ("berlin", "b"),
    ("caesar", "c"),
    ("charlotte", "ch"),
    ("chemnitz", "c"),
    ("dora", "d"),
    ("duesseldorf", "d"),
    ("emil", "e"),
    ("essen", "e"),
    ("friedrich", "f"),
    ("frankfurt", "f"),
    ("gustav", "g"),
    ("goslar", "g"),
    ("heinrich", "h"),
    ("hamburg", "h"),
    ("ida", "i"),
    ("ingelheim", "i"),
    ("julius", "j"),
    ("jena", "j"),
    ("kaufmann", "k"),
    ("konrad", "k"),
    ("koeln", "k"),
    ("ludwig", "l"),
    ("leipzig", "l"),
    ("martha", "m"),
    ("marta", "m"),
    ("muenchen", "m"),
    ("nordpol", "n"),
    ("nathan", "n"),
    ("nuernberg", "n"),
    ("otto", "o"),
    ("offenbach", "o"),
    ("oekonom", "ö"),
    ("oesterreich", "ö"),
    ("paula", "p"),
    ("potsdam", "p"),
    ("quelle", "q"),
    ("quickborn", "q"),
    ("richard", "r"),
    ("rostock", "r"),
    ("samuel", "s"),
    ("siegfried", "s"),
    ("salzwedel", "s"),
    ("schule", "sch"),
    ("theodor", "t"),
    ("tuebingen", "t"),
    ("ulrich", "u"),
    ("unna", "u"),
    ("uebermut", "ü"),
    ("viktor", "v"),
    ("voelklingen", "v"),
    ("wilhelm", "w"),
    ("wuppertal", "w"),
    ("xanthippe", "x"),
    ("xaver", "x"),
    ("xanten", "x"),
    ("zacharias", "z"),
    ("zeppelin", "z"),
    ("zwickau", "z"),
    ("yverdon", "y"),
    ("zuerich", "z"),
];
/// The international alphabet, as aviators, soldiers and English callers spell.
const NATO: &[(&str, &str)] = &[
    ("alpha", "a"),
    ("alfa", "a"),
    ("bravo", "b"),
    ("charlie", "c"),
    ("delta", "d"),
    ("echo", "e"),
    ("foxtrot", "f"),
    ("golf", "g"),
    ("hotel", "h"),
    ("india", "i"),
    ("juliet", "j"),
    ("juliett", "j"),
    ("kilo", "k"),
    ("lima", "l"),
    ("mike", "m"),
    ("november", "n"),
    ("oscar", "o"),
    ("papa", "p"),
    ("quebec", "q"),
    ("romeo", "r"),
    ("sierra", "s"),
    ("tango", "t"),
    ("uniform", "u"),
    ("victor", "v"),
    ("whiskey", "w"),
    ("whisky", "w"),
    ("xray", "x"),
    ("x-ray", "x"),
    ("yankee", "y"),
    ("zulu", "z"),
];

fn look_up(table: &'static [(&str, &str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == word).map(|(_, letters)| *letters)
}

/// The letter at `index` and the index after it.
pub(super) fn letter_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let word = reading.at(index);
    if matches!(word, "doppel" | "doppelt") {
        let (letter, end) = plain_letter_at(reading, index + 1)?;
        return Some((letter.repeat(2), end));
    }
    if word == "umlaut" {
        let (letter, end) = plain_letter_at(reading, index + 1)?;
        let umlaut = match letter.as_str() {
            "a" | "ä" => "ä",
            "o" | "ö" => "ö",
            "u" | "ü" => "ü",
            _ => return None,
        };
        return Some((umlaut.to_owned(), end));
    }
    let (letter, end) = plain_letter_at(reading, index)?;
    let end = if reading.is(end, &["wie"]) && end + 1 < reading.len() { end + 2 } else { end };
    Some((letter, end))
}

fn plain_letter_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let token = reading.tokens.get(index)?;
    let mut letters = token.written.chars().flat_map(char::to_lowercase);
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_alphabetic()
    {
        return Some((letter.to_string(), index + 1));
    }
    // "scharfes S"
    if token.norm == "scharfes" && reading.is(index + 1, &["s", "es"]) {
        return Some(("ß".to_owned(), index + 2));
    }
    let letters = look_up(SOUNDS, &token.norm)
        .or_else(|| look_up(ALPHABET, &token.norm))
        .or_else(|| look_up(NATO, &token.norm))?;
    Some((letters.to_owned(), index + 1))
}

/// A word spelled out from `index` on, in lower case, and the index after it.
pub(super) fn spelled_at(reading: &Reading<'_>, index: usize, asked: bool) -> Option<(String, usize)> {
    let mut word = String::new();
    let (mut letters, mut end) = (0, index);
    while letters < LETTERS_MAX {
        let Some((letter, next)) = letter_at(reading, end) else { break };
        word.push_str(&letter);
        letters += 1;
        end = next;
    }
    let least = if asked { LETTERS_ASKED_MIN } else { LETTERS_UNASKED_MIN };
    (letters >= least).then_some((word, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::hearing::Transcript;

    #[test]
    fn letters_become_words() {
        for (text, word) in [
            ("W E B E R", "weber"),
            ("wilhelm emil berta emil richard", "weber"),
            ("we e be e er", "weber"),
            ("Köln Umlaut Unna Hamburg Nürnberg", "kühn"),
            ("em u el el e er", "muller"),
            ("W wie Wilhelm E B E R", "weber"),
            ("S C H M I doppel T", "schmitt"),
        ] {
            let heard = Transcript::typed(text);
            let reading = Reading::new(&heard.hypotheses[0]);
            assert_eq!(spelled_at(&reading, 0, false).map(|found| found.0).as_deref(), Some(word), "{text}");
        }
    }
}
