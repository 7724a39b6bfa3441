//! Where something stands in a file, and the list that every reader writes its mistakes into.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::mistakes::{MISTAKES_MAX, Mistake, Position};
use super::nearest::nearest;

/// Characters of a line that are shown around a mistake.
const EXCERPT_CHARS_MAX: usize = 96;
/// What stands for the value of a key that holds a secret.
const BLOT: &str = "…";

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// Its name as people wrote it.
    pub shown: PathBuf,
    /// The folder it lies in, absolute: what it names is relative to here.
    pub folder: PathBuf,
    /// What is in it.
    pub text: String,
}

impl Source {
    /// The absolute path of a file that this one names.
    pub fn resolve(&self, written: &str) -> PathBuf {
        clean(&self.folder.join(written))
    }

    fn position(&self, span: &Range<usize>) -> Position {
        let start = floor(&self.text, span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let end = floor(&self.text, span.end.clamp(start, line_end)).max(start);
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let before = self.text[line_start..start].chars().count();
        let width = self.text[start..end].chars().count().max(1);
        let (excerpt, caret) = excerpt(line, before, width);
        let line = self.text[..line_start].matches('\n').count() + 1;
        Position { line, column: before + 1, excerpt, caret }
    }
}

/// The part of `line` around the place, fit to print: no secrets, no control characters, no endless lines.
fn excerpt(line: &str, before: usize, width: usize) -> (String, (usize, usize)) {
    if let Some((key, _)) = line.split_once('=')
        && is_secret(key)
    {
        let shown = format!("{}= {BLOT}", plain(key));
        let last = shown.chars().count() - 1;
        let caret = before.min(last);
        return (shown, (caret, width.min(last + 1 - caret)));
    }
    let skip = if before + width <= EXCERPT_CHARS_MAX { 0 } else { before.saturating_sub(16) };
    let shown: String = plain(line).chars().skip(skip).take(EXCERPT_CHARS_MAX).collect();
    let caret = (before - skip).min(EXCERPT_CHARS_MAX);
    let room = shown.chars().count().saturating_sub(caret).max(1);
    (shown, (caret, width.min(room)))
}

fn is_secret(key: &str) -> bool {
    let key = key.trim().trim_matches('"').to_ascii_lowercase();
    ["password", "passwort", "secret", "token"].iter().any(|word| key.ends_with(word))
}

fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '·'
            } else {
                c
            }
        })
        .collect()
}

/// The last place for a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Without `.` and `..`. The folder itself holds no links (it was resolved); what is written in a file is taken
/// by its words.
fn clean(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

/// A key's path without the numbers of lists.
pub fn without_numbers(key: &str) -> String {
    let inside = |part: &str| part.find(']').map_or(0, |end| end + 1);
    let mut parts = key.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + &part[inside(part)..])
}

/// A place in a file, with the key that leads there.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub source: Rc<Source>,
    /// Bytes of it.
    pub span: Range<usize>,
    /// The key from the top of the file; empty: the file itself.
    pub key: String,
}

impl Place {
    /// The place of a key below this one.
    pub fn below(&self, key: &str, span: Range<usize>) -> Self {
        let key = if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) };
        Self { source: Rc::clone(&self.source), span, key }
    }

    /// The place of the `nth` thing (from 0) of this list.
    pub fn item(&self, nth: usize, span: Range<usize>) -> Self {
        Self { source: Rc::clone(&self.source), span, key: format!("{}[{}]", self.key, nth + 1) }
    }

    /// The line, for a mistake that points at another one.
    pub fn line(&self) -> usize {
        self.source.position(&self.span).line
    }
}

/// A key that does not exist in its table.
#[derive(Debug)]
struct Unknown {
    place: Place,
    key: String,
    table: String,
    asked: Vec<&'static str>,
}

/// What the readers found out: mistakes, and which keys there are (for the manual's test).
#[derive(Debug, Default)]
pub struct Findings {
    mistakes: RefCell<Vec<(usize, Mistake)>>,
    unknown: RefCell<Vec<Unknown>>,
    known: RefCell<BTreeSet<String>>,
}

impl Findings {
    /// A mistake at `place`.
    pub fn mistake(&self, place: &Place, why: impl Into<String>, instead: impl Into<Option<String>>) {
        self.add(place, true, why.into(), instead.into());
    }

    /// A key that must be there and is not; `place` is the table's, with the key's path.
    pub fn missing(&self, place: &Place, key: &str, example: &str) {
        let in_a_table = place.key != key;
        self.add(place, in_a_table, format!("`{key}` is missing"), Some(example.to_owned()));
    }

    fn add(&self, place: &Place, has_position: bool, why: String, instead: Option<String>) {
        let mut mistakes = self.mistakes.borrow_mut();
        if mistakes.len() < MISTAKES_MAX {
            let position = has_position.then(|| place.source.position(&place.span));
            let (file, key) = (place.source.shown.clone(), place.key.clone());
            mistakes.push((place.span.start, Mistake { file, position, key, why, instead }));
        }
    }

    /// A mistake about a file as a whole.
    pub fn file(&self, shown: &Path, why: String, instead: Option<String>) {
        let mistake = Mistake { file: shown.to_owned(), position: None, key: String::new(), why, instead };
        self.mistakes.borrow_mut().push((0, mistake));
    }

    /// A key that may be written.
    pub fn know(&self, place: &Place, key: &str) {
        self.known.borrow_mut().insert(without_numbers(&place.below(key, 0..0).key));
    }

    /// A key that does not exist in its table, with those that do.
    pub fn unknown(&self, place: Place, key: &str, table: &str, asked: Vec<&'static str>) {
        if self.unknown.borrow().len() >= MISTAKES_MAX {
            return;
        }
        self.unknown.borrow_mut().push(Unknown {
            place,
            key: key.to_owned(),
            table: table.to_owned(),
            asked,
        });
    }

    /// Unknown keys are judged last, when it is known which keys other tables have: a line below the wrong
    /// header is the commonest slip in TOML.
    fn judge_unknown(&self) {
        for Unknown { place, key, table, asked } in self.unknown.take() {
            let known = self.known.borrow();
            let elsewhere = known.iter().map(|path| path.rsplit_once('.').unwrap_or(("", path)));
            let elsewhere =
                elsewhere.filter(|(_, other)| *other == key.as_str()).map(|(table, _)| table).next();
            let instead = match (nearest(&key, asked.iter().copied()), elsewhere) {
                (Some(near), _) => format!("`{near}`"),
                (None, Some("")) => format!("`{key}` at the top of the file, before the first [table]"),
                (None, Some(table)) => format!("`{key}` in `{table}`"),
                (None, None) => {
                    let all: Vec<_> = asked.iter().map(|key| format!("`{key}`")).collect();
                    format!("one of {}", all.join(", "))
                }
            };
            let within =
                if table.is_empty() { "at the top of this file".to_owned() } else { format!("in `{table}`") };
            self.mistake(&place, format!("there is no such key {within}"), instead);
        }
    }

    /// How many mistakes so far.
    pub fn count(&self) -> usize {
        self.mistakes.borrow().len()
    }

    /// Every key that was looked for, without the numbers of lists.
    #[cfg(test)]
    pub fn known(&self) -> BTreeSet<String> {
        self.known.borrow().clone()
    }

    /// All mistakes, the first [`MISTAKES_MAX`] of them: by file in the order of their first one, by line within
    /// a file.
    pub fn close(self) -> Vec<Mistake> {
        self.judge_unknown();
        let mut mistakes = self.mistakes.into_inner();
        let mut files: Vec<PathBuf> = Vec::new();
        for (_, mistake) in &mistakes {
            if !files.contains(&mistake.file) {
                files.push(mistake.file.clone());
            }
        }
        mistakes
            .sort_by_key(|(start, mistake)| (files.iter().position(|file| *file == mistake.file), *start));
        mistakes.into_iter().map(|(_, mistake)| mistake).collect()
    }
}
