//! Readers for a TOML tree that write down every mistake and go on.
//!
//! serde would stop at the first wrong type, so a section is not deserialised but asked: `table.need("id")`
//! gives the [`Item`] under that key or writes down that it is missing, `item.text()` gives its text or writes
//! down that it is none. The keys that were asked for are the keys there are; [`Table::close`] names the others.
//! A reader must therefore ask for all of its keys before it gives up for want of one. `None` always means that
//! a mistake was written down.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::instead;
use super::place::{Findings, Place, Source, without_numbers};

/// Syntax mistakes that are reported of a file; those after the first ones mostly follow from them.
const SYNTAX_MISTAKES_MAX: usize = 8;
/// Characters of a text, where nothing else is said.
pub const TEXT_CHARS_MAX: usize = 1000;
/// Things in a list, where nothing else is said.
pub const LIST_LEN_MAX: usize = 5000;

/// A table of keys.
pub struct Table<'a> {
    /// Where.
    pub place: Place,
    /// Where mistakes go.
    pub found: &'a Findings,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

/// A value under a key or in a list.
pub struct Item<'a> {
    /// Where.
    pub place: Place,
    /// Where mistakes go.
    pub found: &'a Findings,
    value: &'a DeValue<'a>,
}

/// A text with its place, for what is checked once everything is read.
#[derive(Clone, Debug)]
pub struct Written {
    /// What is written.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// Parses a file as far as it goes; `None`: it is not TOML, and why was written down.
pub fn parse<'a>(source: &'a Rc<Source>, found: &Findings) -> Option<Spanned<DeTable<'a>>> {
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors.iter().take(SYNTAX_MISTAKES_MAX) {
        let span = error.span().unwrap_or(0..0);
        let place = Place { source: Rc::clone(source), span, key: String::new() };
        found.mistake(&place, format!("this is not TOML: {}", error.message().replace('\n', "; ")), None);
    }
    errors.is_empty().then_some(tree)
}

impl<'a> Table<'a> {
    /// The whole file.
    pub fn root(source: &Rc<Source>, entries: &'a DeTable<'a>, found: &'a Findings) -> Self {
        let place = Place { source: Rc::clone(source), span: 0..0, key: String::new() };
        Self { place, found, entries, asked: RefCell::default() }
    }

    /// What stands under `key`, if anything.
    pub fn get(&self, key: &'static str) -> Option<Item<'a>> {
        self.asked.borrow_mut().push(key);
        self.found.know(&self.place, key);
        self.entries.get(key).map(|value| self.item(key, value))
    }

    /// Whether anything stands under `key`.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// What stands under `key`; it is a mistake where nothing does.
    pub fn need(&self, key: &'static str, example: &str) -> Option<Item<'a>> {
        let item = self.get(key);
        if item.is_none() {
            let mut place = self.place.clone();
            place.key = self.place.below(key, 0..0).key;
            self.found.missing(&place, key, example);
        }
        item
    }

    /// The table under `key`; it is a mistake where there is none.
    pub fn need_table(&self, key: &'static str) -> Option<Self> {
        let header = self.place.below(key, 0..0).key;
        self.need(key, &format!("[{}] with keys below it", without_numbers(&header)))?.table()
    }

    /// The tables of the list under `key`; none where the key is missing.
    pub fn tables(&self, key: &'static str) -> Vec<Self> {
        let items = self.get(key).and_then(|item| item.list());
        items.into_iter().flatten().filter_map(|item| item.table()).collect()
    }

    /// The texts of the list under `key`; none where the key is missing.
    pub fn texts(&self, key: &'static str) -> Vec<Written> {
        self.get(key).map(|item| item.texts()).unwrap_or_default()
    }

    /// All entries with their keys, in the order of the file, for tables whose keys are names; every key counts
    /// as asked for.
    pub fn named(&self) -> Vec<(Written, Item<'a>)> {
        let mut named: Vec<_> = self.entries.iter().collect();
        named.sort_by_key(|(key, _)| key.span().start);
        let written = |key: &str, span| Written { text: key.to_owned(), place: self.place.below(key, span) };
        let named = named.into_iter();
        named
            .map(|(key, value)| {
                (written(key.get_ref().as_ref(), key.span()), self.item(key.get_ref().as_ref(), value))
            })
            .collect()
    }

    /// Whether nothing is written in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes down every key that nobody asked for.
    pub fn close(self) {
        let asked = self.asked.into_inner();
        for key in self.entries.keys() {
            let written: &str = key.get_ref().as_ref();
            if !asked.contains(&written) {
                let place = self.place.below(written, key.span());
                self.found.unknown(place, written, &self.place.key, asked.clone());
            }
        }
    }

    fn item(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Item<'a> {
        Item { place: self.place.below(key, value.span()), found: self.found, value: value.get_ref() }
    }
}

impl<'a> Item<'a> {
    /// Writes down a mistake about this value.
    pub fn mistake(&self, why: impl Into<String>, instead: impl Into<Option<String>>) {
        self.found.mistake(&self.place, why, instead);
    }

    /// A text that is not empty.
    pub fn text(&self) -> Option<String> {
        let text = match self.value {
            DeValue::String(text) => text.as_ref(),
            other => {
                let written = other_as_text(other).map(|text| format!("\"{text}\""));
                return self.wrong("a text in quotes", written);
            }
        };
        if text.trim().is_empty() {
            self.mistake("is empty", None);
            return None;
        }
        let length = text.chars().count();
        if length > TEXT_CHARS_MAX {
            self.mistake(format!("has {length} characters; at most {TEXT_CHARS_MAX} are allowed"), None);
            return None;
        }
        Some(text.to_owned())
    }

    /// The same with its place.
    pub fn written(&self) -> Option<Written> {
        Some(Written { text: self.text()?, place: self.place.clone() })
    }

    /// A name that others refer to: lower-case letters, digits and `_`, at most 40.
    pub fn name(&self) -> Option<Written> {
        let written = self.written()?;
        check_name(&written, self.found).then_some(written)
    }

    /// A whole number.
    pub fn number<T: TryFrom<i64>>(&self, range: RangeInclusive<i64>) -> Option<T> {
        let (least, most) = (range.start(), range.end());
        let number = match self.value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .filter(|number| range.contains(number)),
            other => {
                let number = other.as_str().and_then(|text| text.trim().parse::<i64>().ok());
                return self.wrong("a whole number", number.map(|number| number.to_string()));
            }
        };
        let number = number.and_then(|number| T::try_from(number).ok());
        if number.is_none() {
            self.mistake(
                format!("is out of range: {least} to {most}"),
                format!("a number from {least} to {most}"),
            );
        }
        number
    }

    /// Yes or no.
    pub fn boolean(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.wrong("`true` or `false`", None))
    }

    /// One of these words.
    pub fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let written = self.text()?;
        let found = words.iter().find(|(word, _)| *word == written).map(|&(_, value)| value);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|&(word, _)| word).collect();
            self.mistake(format!("\"{written}\" is not known here"), instead(&written, &known));
        }
        found
    }

    /// A list.
    pub fn list(&self) -> Option<Vec<Self>> {
        let DeValue::Array(list) = self.value else { return self.wrong("a list", None) };
        if list.len() > LIST_LEN_MAX {
            self.mistake(format!("has {} entries; at most {LIST_LEN_MAX} are allowed", list.len()), None);
            return None;
        }
        let item = |(nth, value): (usize, &'a Spanned<DeValue<'a>>)| Item {
            place: self.place.item(nth, value.span()),
            found: self.found,
            value: value.get_ref(),
        };
        Some(list.iter().enumerate().map(item).collect())
    }

    /// A list of texts, each written once. What is not a text is left out and written down.
    pub fn texts(&self) -> Vec<Written> {
        let mut texts: Vec<Written> = Vec::new();
        for written in self.list().into_iter().flatten().filter_map(|item| item.written()) {
            match texts.iter().find(|earlier| earlier.text == written.text) {
                Some(_) => self.found.mistake(
                    &written.place,
                    "is written twice in this list",
                    "leave it out".to_owned(),
                ),
                None => texts.push(written),
            }
        }
        texts
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'a>> {
        let DeValue::Table(entries) = self.value else {
            return self
                .wrong("a table", format!("[{}] with keys below it", without_numbers(&self.place.key)));
        };
        let asked = RefCell::default();
        Some(Table { place: self.place.clone(), found: self.found, entries, asked })
    }

    /// Whether it is a text or a list, as a destination is, and not yes or no in quotes.
    pub fn is_destination(&self) -> bool {
        match self.value {
            DeValue::String(text) => !["true", "false"].contains(&text.as_ref()),
            other => other.as_array().is_some(),
        }
    }

    /// Whether it is a text at all.
    pub fn is_text(&self) -> bool {
        self.value.as_str().is_some()
    }

    fn wrong<T>(&self, wanted: &str, instead: impl Into<Option<String>>) -> Option<T> {
        let is = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.mistake(format!("must be {wanted}, but is {is}"), instead);
        None
    }
}

fn other_as_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether it can be a name; writes down why not.
pub fn check_name(written: &Written, found: &Findings) -> bool {
    const NAME_CHARS_MAX: usize = 40;
    let name = &written.text;
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.len() <= NAME_CHARS_MAX
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(good)
    {
        return true;
    }
    let lower =
        name.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
    let fit: String = lower.chars().map(|c| if good(c) { c } else { '_' }).take(NAME_CHARS_MAX).collect();
    let fit = fit.trim_matches(|c: char| !c.is_ascii_lowercase());
    let why =
        format!("a name has lower-case letters (a to z), digits and _, and at most {NAME_CHARS_MAX} of them");
    found.mistake(&written.place, why, (!fit.is_empty()).then(|| format!("\"{fit}\"")));
    false
}

/// Writes down names that are there twice.
pub fn unique<'n>(what: &str, names: impl Iterator<Item = &'n Written>, found: &Findings) {
    let mut seen: Vec<&Written> = Vec::new();
    for name in names {
        match seen.iter().find(|earlier| earlier.text == name.text) {
            Some(earlier) => {
                let (file, line) = (earlier.place.source.shown.display(), earlier.place.line());
                let why = format!("another {what} is already called \"{}\" ({file}:{line})", name.text);
                found.mistake(&name.place, why, "another name".to_owned());
            }
            None => seen.push(name),
        }
    }
}
