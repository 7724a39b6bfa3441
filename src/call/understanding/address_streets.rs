//! Streets in addresses: those of the site, those that end like one, "Straße der Jugend", "Theodor Heuss Straße", "Am
//! Bahnhof", and English ones.

use super::addresses::Search;
use super::lexicon::{NAME_TOKENS_MAX, capitalised};
use super::numbers::ordinal_at;
use super::reading::Reading;
use super::streets::{STOP, street_ending, written_street};
use crate::private::Private;

/// Endings of streets that are heard as a word of their own.
const SEPARATE_ENDINGS: &[&str] = &[
    "strasse",
    "str",
    "allee",
    "gasse",
    "weg",
    "platz",
    "ring",
    "ufer",
    "chaussee",
    "damm",
    "steig",
    "pfad",
    "promenade",
];
/// The same in English, where the number comes first.
const ENGLISH_ENDINGS: &[&str] = &["street", "road", "avenue", "lane", "drive", "square"];
/// The shortest name of a town or quarter in front of a street: "Wiener".
const DISTRICT_CHARS_MIN: usize = 6;
/// Adjectives in front of streets.
const DESCRIBING: &[&str] = &[
    "alte", "alter", "neue", "neuer", "lange", "langer", "kurze", "obere", "oberer", "untere", "unterer",
    "hohe", "hoher", "breite", "kleine", "grosse", "hintere", "vordere", "innere", "aeussere",
];
const PREPOSITIONS: &[&str] = &["am", "an", "auf", "im", "in", "zum", "zur", "unter", "hinter", "vor"];

/// Whether a word in front of a street's ending stays a word of its own.
fn described(word: &str) -> bool {
    DESCRIBING.contains(&word) || word.ends_with("er")
}

impl Search<'_> {
    /// "12 Main Street": street and number, and the index after them.
    pub fn english_street_at(&self, index: usize) -> Option<(Private<String>, Private<String>, usize)> {
        let (number, start) = self.house_number_at(index)?;
        let end = (start + 1..start + 4).find(|at| self.reading.is(*at, ENGLISH_ENDINGS))?;
        let written = |at: usize| self.reading.tokens.get(at).map(|token| capitalised(token.written));
        let words: Vec<String> = (start..=end).filter_map(written).collect();
        let plain = words.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || c == '\''));
        plain.then(|| (words.join(" ").into(), number, end + 1))
    }

    /// The street at `index`, the index after it, how sure, and whether its form alone says so.
    pub fn street_at(&self, index: usize) -> Option<(Private<String>, usize, f32, bool)> {
        if let Some(known) = self.known_street_at(index) {
            return Some(known);
        }
        if let Some(named) = self.named_after_at(index) {
            return Some(named);
        }
        let norm = self.reading.at(index);
        // "alte Poststraße"
        // "Landstraßer Hauptstraße"
        let quarter = norm.ends_with("er")
            && norm.len() >= DISTRICT_CHARS_MIN
            && self.reading.after(index).is_none()
            && !self.lexicon.is_family(norm)
            && self.reading.tokens.get(index)?.written.starts_with(char::is_uppercase);
        if (DESCRIBING.contains(&norm) || quarter) && street_ending(self.reading.at(index + 1)) == Some(false)
        {
            let words =
                [self.reading.tokens.get(index)?.written, self.reading.tokens.get(index + 1)?.written];
            let street = format!("{} {}", capitalised(words[0]), written_street(words[1]));
            return Some((street.into(), index + 2, 0.85, led(self.reading, index)));
        }
        if let Some(weak) = street_ending(norm) {
            let written = written_street(self.reading.tokens.get(index)?.written);
            return Some((
                written.into(),
                index + 1,
                if weak { 0.65 } else { 0.8 },
                !weak && led(self.reading, index),
            ));
        }
        self.split_street_at(index).or_else(|| self.prepositional_street_at(index))
    }

    fn known_street_at(&self, index: usize) -> Option<(Private<String>, usize, f32, bool)> {
        let (name, alike, end) = self.nearest_street_at(index)?;
        // "ja Lindenstraße" is like a street too, but "Lindenstraße" is more like it.
        if alike < 1.0 && self.nearest_street_at(index + 1).is_some_and(|(_, next, _)| next > alike) {
            return None;
        }
        Some((name.to_owned().into(), end, 0.97 * alike, true))
    }

    fn nearest_street_at(&self, index: usize) -> Option<(&str, f32, usize)> {
        let mut joined = String::new();
        let mut best: Option<(&str, f32, usize)> = None;
        for end in index..(index + NAME_TOKENS_MAX).min(self.reading.len()) {
            joined.push_str(self.reading.at(end));
            if let Some((name, alike)) = self.lexicon.street(&joined)
                && best.is_none_or(|(_, known, _)| alike >= known)
            {
                best = Some((name, alike, end + 1));
            }
        }
        best
    }

    /// "Straße der Jugend", "Platz der Einheit", "Straße des siebzehnten Juni": where a number follows.
    fn named_after_at(&self, index: usize) -> Option<(Private<String>, usize, f32, bool)> {
        if !self.reading.is(index, &["strasse", "platz", "allee", "weg"])
            || !self.reading.is(index + 1, &["der", "des", "am", "zum", "zur"])
        {
            return None;
        }
        let end =
            (index + 3..=index + 4).find(|at| self.house_number_at(self.skip_number_words(*at)).is_some())?;
        let mut words =
            vec![capitalised(self.reading.tokens.get(index)?.written), self.reading.at(index + 1).to_owned()];
        for at in index + 2..end {
            let word = ordinal_at(self.reading, at).map(|(number, _)| format!("{number}."));
            words.push(word.unwrap_or_else(|| capitalised(self.reading.tokens[at].written)));
        }
        Some((words.join(" ").into(), end, 0.85, false))
    }

    /// "theodor heuss straße", "lange gasse": a word or two and the ending apart.
    fn split_street_at(&self, index: usize) -> Option<(Private<String>, usize, f32, bool)> {
        let ends = |at: usize| self.reading.is(at, SEPARATE_ENDINGS);
        let end = (index + 1..index + 4).find(|at| ends(*at))?;
        let words: Vec<&str> = self.reading.tokens[index..=end].iter().map(|token| token.written).collect();
        let plain = |at: usize| {
            let norm = self.reading.at(at);
            norm.len() > 2 && norm.chars().all(char::is_alphabetic) && !STOP.contains(&norm)
        };
        if !(index..end).all(plain) || self.house_number_at(self.skip_number_words(end + 1)).is_none() {
            return None;
        }
        let written: Vec<String> = words.iter().map(|word| capitalised(word)).collect();
        let street = match written.as_slice() {
            // "lange Gasse", "Berliner Chaussee", but "Goethestraße".
            [first, last] if !described(self.reading.at(index)) => format!("{first}{}", last.to_lowercase()),
            [first, last] => format!("{first} {last}"),
            words => words.join("-"),
        };
        Some((street.into(), end + 1, 0.7, false))
    }

    /// "am bahnhof drei": where an address was asked for and a number follows.
    fn prepositional_street_at(&self, index: usize) -> Option<(Private<String>, usize, f32, bool)> {
        if !self.asked || !self.reading.is(index, PREPOSITIONS) {
            return None;
        }
        let end = (index + 2..=index + 4).find(|at| self.house_number_at(*at).is_some())?;
        // "ich wohne in der Schillerstraße": the street says by itself that it is one
        let street =
            |at: usize| self.known_street_at(at).is_some() || street_ending(self.reading.at(at)).is_some();
        if self.reading.is(index, &["in", "auf", "im", "am"]) && (index + 1..end).any(street) {
            return None;
        }
        // "vor der Schulstraße neun" is where to look for it; "Vor dem Tor" is a street
        let plain = |at: usize| {
            self.known_street_at(at).is_some() || street_ending(self.reading.at(at)) == Some(false)
        };
        if self.reading.is(index, &["vor", "hinter", "unter"]) && (index + 1..end).any(plain) {
            return None;
        }
        let mut words = Vec::new();
        for at in index..end {
            let token = self.reading.tokens.get(at)?;
            let article = matches!(token.norm.as_str(), "der" | "den" | "dem" | "die");
            if !article && at > index && STOP.contains(&token.norm.as_str()) {
                return None;
            }
            words.push(if article { token.norm.clone() } else { capitalised(token.written) });
        }
        Some((words.join(" ").into(), end, 0.6, false))
    }
}

/// "in der Lindenstraße", "wohne Lindenstraße", "Adresse ist Lindenweg": a street even without a number.
fn led(reading: &Reading<'_>, index: usize) -> bool {
    (1..=3).any(|back| {
        matches!(reading.before(index, back), "wohne" | "wohnen" | "adresse" | "anschrift" | "strasse")
    })
}
