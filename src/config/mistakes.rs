//! Mistakes in the configuration: each with file, line, column, key, why, and what to write instead; all of
//! them at once, printed as a compiler would.

use std::fmt;
use std::path::{Path, PathBuf};

/// Mistakes that are listed; a file that is not ours at all has a hundred thousand.
pub const MISTAKES_MAX: usize = 200;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as it was named on the command line or by the file before it.
    pub file: PathBuf,
    /// Where in it; `None`: the file as a whole.
    pub position: Option<Position>,
    /// The key, from the top of the file: `intents[2].form`, counted from 1. Empty: none in particular.
    pub key: String,
    /// What is wrong, and why it matters where that is not plain.
    pub why: String,
    /// What to write or do instead.
    pub instead: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The line, or the part of it around the place; secrets and control characters are blotted out.
    pub excerpt: String,
    /// Characters of the excerpt before the place, and how many it has.
    pub caret: (usize, usize),
}

/// Every mistake that was found, [`MISTAKES_MAX`] at most; at least one, in the order of files and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Takes the mistakes over. None at all is not known to happen, because a reader gives up only after it has
    /// written down why; should it, the file as a whole is one.
    pub(super) fn new(mut mistakes: Vec<Mistake>, file: &Path) -> Self {
        if mistakes.is_empty() {
            let why = "cannot be used".to_owned();
            let file = file.to_owned();
            mistakes.push(Mistake { file, position: None, key: String::new(), why, instead: None });
        }
        Self(mistakes)
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.0.iter()
    }

    /// How many: 1 or more.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            1 => writeln!(f, "1 mistake in the configuration")?,
            MISTAKES_MAX.. => writeln!(f, "the first {MISTAKES_MAX} mistakes in the configuration")?,
            many => writeln!(f, "{many} mistakes in the configuration")?,
        }
        self.0.iter().try_for_each(|mistake| write!(f, "\n{mistake}"))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(at) = &self.position {
            write!(f, ":{}:{}", at.line, at.column)?;
        }
        if !self.key.is_empty() {
            write!(f, ": `{}`", self.key)?;
        }
        writeln!(f)?;
        let number = self.position.as_ref().map_or_else(String::new, |at| at.line.to_string());
        let margin = " ".repeat(number.len());
        if let Some(Position { excerpt, caret: (before, width), .. }) = &self.position {
            writeln!(f, "{margin} |\n{number} | {excerpt}")?;
            writeln!(f, "{margin} | {}{}", " ".repeat(*before), "^".repeat(*width))?;
        }
        writeln!(f, "{margin} = {}", self.why)?;
        if let Some(instead) = &self.instead {
            writeln!(f, "{margin} = instead: {instead}")?;
        }
        Ok(())
    }
}
