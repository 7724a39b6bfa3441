//! What commands print, and how they tell an error. Standard output may be a pipe that nobody reads any more, or
//! a file on a full disk: neither may end in a panic.

use std::fmt::Write as _;
use std::io::{self, Write};

use anyhow::Context;

/// Prints `text` and a line end.
///
/// # Errors
/// Standard output takes nothing; where nobody reads it any more, the command ends without a word
/// ([`Command::run`](super::Command::run)).
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context(UNWRITABLE)
}

/// What to say where standard output takes nothing.
pub const UNWRITABLE: &str = "cannot write to standard output";

/// An error and its causes in one line, none of them twice: some of ours tell their cause themselves.
#[must_use]
pub fn told(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            let _ = write!(told, ": {cause}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cause_is_told_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot open the door: {0}")]
        struct Door(#[source] io::Error);

        let error = Err::<(), _>(Door(io::Error::other("locked"))).context("cannot go home").unwrap_err();
        assert_eq!(told(&error), "cannot go home: cannot open the door: locked");
    }
}
