//! Lexicon: the names and places that a site and the country know, ready for looking up.

use std::collections::{HashMap, HashSet};

use super::reading::normal;
use crate::config::site::Words;

/// Common given names in Germany.
const GIVEN_NAMES: &str = include_str!("given_names_de.txt");
/// Common family names in Germany.
const FAMILY_NAMES: &str = include_str!("family_names_de.txt");
/// The same in English-speaking countries.
const GIVEN_NAMES_EN: &str = include_str!("given_names_en.txt");
const FAMILY_NAMES_EN: &str = include_str!("family_names_en.txt");
/// Tokens of a street's or a place's name, at most ("Am Alten Markt", heard in pieces).
pub(super) const NAME_TOKENS_MAX: usize = 5;
/// Letters of a name for each letter that may be wrong.
const LETTERS_PER_ERROR: usize = 6;

/// Names in normal form.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    given: HashSet<String>,
    family: HashSet<String>,
    streets: Written,
    places: Written,
}

/// Spellings by their normal form without spaces.
#[derive(Clone, Debug, Default)]
struct Written {
    by_key: HashMap<String, String>,
}

impl Lexicon {
    pub fn new(words: &Words) -> Self {
        let set = |texts: [&str; 2]| texts.into_iter().flat_map(str::lines).map(normal).collect();
        let mut family: HashSet<String> = set([FAMILY_NAMES, FAMILY_NAMES_EN]);
        family.extend(words.names.iter().map(|name| normal(name)));
        Self {
            given: set([GIVEN_NAMES, GIVEN_NAMES_EN]),
            family,
            streets: Written::new(&words.streets),
            places: Written::new(&words.places),
        }
    }

    pub fn is_given(&self, norm: &str) -> bool {
        self.given.contains(norm)
    }

    pub fn is_family(&self, norm: &str) -> bool {
        self.family.contains(norm) || norm.split_once('-').is_some_and(|(one, _)| self.family.contains(one))
    }

    pub fn is_name(&self, norm: &str) -> bool {
        self.is_given(norm) || self.is_family(norm)
    }

    /// The site's street that sounds like this, and how alike they are.
    pub fn street(&self, heard: &str) -> Option<(&str, f32)> {
        self.streets.nearest(&street_key(heard))
    }

    /// The site's place that sounds like this.
    pub fn place(&self, heard: &str) -> Option<(&str, f32)> {
        self.places.nearest(&key(heard))
    }
}

impl Written {
    fn new(names: &[String]) -> Self {
        let mut by_key: HashMap<String, String> =
            names.iter().map(|name| (street_key(&normal(name)), name.clone())).collect();
        // "Esslingen" is enough, where only one "Esslingen am …" is known.
        for name in names {
            let Some(short) = [" am ", " an ", " im ", " in ", " bei ", "/"]
                .iter()
                .find_map(|by| Some(name.split_once(by)?.0))
            else {
                continue;
            };
            let alike = names.iter().filter(|other| other.starts_with(short)).count();
            if alike == 1 && !short.is_empty() {
                by_key.entry(street_key(&normal(short))).or_insert_with(|| name.clone());
            }
        }
        Self { by_key }
    }

    fn nearest(&self, key: &str) -> Option<(&str, f32)> {
        if let Some(name) = self.by_key.get(key) {
            return Some((name, 1.0));
        }
        let errors_max = key.len() / LETTERS_PER_ERROR;
        if errors_max == 0 {
            return None;
        }
        let (errors, _, name) = self
            .by_key
            .iter()
            .filter_map(|(known, name)| Some((errors_between(key, known, errors_max)?, known, name)))
            .min()?;
        Some((name, 1.0 - errors as f32 / key.len() as f32))
    }
}

fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Streets are compared without the spaces, hyphens and abbreviation in which writings differ.
fn street_key(name: &str) -> String {
    let key = key(name);
    match key.strip_suffix("str") {
        Some(stem) if !stem.is_empty() => format!("{stem}strasse"),
        _ => key,
    }
}

/// Letters that have to be changed, added or left out to make one of the other; `None`: more than `max`.
fn errors_between(one: &str, other: &str, max: usize) -> Option<usize> {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > max {
        return None;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().filter(|errors| *errors <= max)
}

/// A heard word as it is written in a name: `weber` → `Weber`, `müller-lüdenscheidt` → `Müller-Lüdenscheidt`.
/// Words that were written with capitals inside stay as they are.
pub(super) fn capitalised(word: &str) -> String {
    if word.chars().any(char::is_uppercase) && word.chars().any(char::is_lowercase) {
        return word.to_owned();
    }
    let mut start = true;
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphanumeric();
    }
    out
}
