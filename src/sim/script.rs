//! The script of a pretend caller: a text file that an administrator can write.
//!
//! ```text
//! # One utterance a line, said in this order when it is the caller's turn.
//! Guten Tag, unsere Heizung ist ausgefallen.
//! # Said instead, as often as it fits, when what Klinke just said contains one of the words.
//! @ Straße | Adresse: Lindenstraße vierzehn
//! # 1.5 s after Klinke begins to speak, into the middle of it.
//! [interrupt 1.5s] Moment, heute geht nicht.
//! [digit 0]
//! [silence 4s]
//! # His telephone puts Klinke on hold; music, the noise of a room or a fax machine are heard instead of him.
//! [hold 20s]
//! [music 30s]
//! [noise 10s]
//! [fax 10s]
//! [hang up]
//! ```

use std::time::Duration;

use super::sounds::Background;

/// Longest script, in lines.
pub const SCRIPT_LINES_MAX: usize = 1_000;
/// Longest line, in bytes.
pub const SCRIPT_LINE_BYTES_MAX: usize = 1_000;
/// Longest pause a script may ask for.
pub const SCRIPT_SILENCE_MAX: Duration = Duration::from_secs(900);

/// What a caller does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Speaks when it is his turn.
    Say(String),
    /// Speaks so long after Klinke began to, whether it has finished or not.
    Interrupt(Duration, String),
    /// Presses a key.
    Digit(crate::call::line::Digit),
    /// Is silent for a while.
    Silence(Duration),
    /// His telephone puts Klinke on hold for a while.
    Hold(Duration),
    /// Something else than him is heard for a while.
    Plays(Background, Duration),
    /// Hangs up.
    HangUp,
}

/// Something to say when Klinke says certain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Any of these, without regard to case.
    pub to: Vec<String>,
    /// What is said.
    pub text: String,
}

/// A whole script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// In this order.
    pub steps: Vec<Step>,
    /// Instead of the next step, where one fits; the first that fits.
    pub replies: Vec<Reply>,
}

/// What is wrong with a script.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {why}")]
pub struct ScriptError {
    /// Counted from 1.
    pub line: usize,
    why: String,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// The first line that is no step, and why.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut script = Self::default();
        // Editors on Windows put a mark at the beginning.
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let wrong = |why: String| ScriptError { line: at + 1, why };
            if at >= SCRIPT_LINES_MAX {
                return Err(wrong(format!("a script has {SCRIPT_LINES_MAX} lines at most")));
            }
            if line.len() > SCRIPT_LINE_BYTES_MAX {
                return Err(wrong(format!("a line has {SCRIPT_LINE_BYTES_MAX} bytes at most")));
            }
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(rule) = line.strip_prefix('@') {
                script.replies.push(reply(rule).map_err(wrong)?);
            } else if let Some(rest) = line.strip_prefix('[') {
                script.steps.push(bracketed(rest).map_err(wrong)?);
            } else {
                script.steps.push(Step::Say(line.to_owned()));
            }
        }
        if script.steps.is_empty() {
            return Err(ScriptError {
                line: 1,
                why: "nothing is said: write one utterance a line".to_owned(),
            });
        }
        Ok(script)
    }

    /// Everything that is said in it, in any order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().filter_map(|step| match step {
            Step::Say(text) | Step::Interrupt(_, text) => Some(text.as_str()),
            Step::Digit(_) | Step::Silence(_) | Step::Hold(_) | Step::Plays(..) | Step::HangUp => None,
        });
        steps.chain(self.replies.iter().map(|reply| reply.text.as_str()))
    }

    /// What to say to what Klinke just said, where a reply fits.
    #[must_use]
    pub fn reply_to(&self, said: &str) -> Option<&str> {
        let said = said.to_lowercase();
        let fits = |reply: &&Reply| reply.to.iter().any(|word| said.contains(word.as_str()));
        self.replies.iter().find(fits).map(|reply| reply.text.as_str())
    }
}

fn reply(rule: &str) -> Result<Reply, String> {
    let (to, text) = rule.split_once(':').ok_or("write `@ word | word: what is said`")?;
    let to: Vec<String> =
        to.split('|').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect();
    let text = text.trim();
    if to.is_empty() || text.is_empty() {
        return Err("write `@ word | word: what is said`".to_owned());
    }
    Ok(Reply { to, text: text.to_owned() })
}

fn bracketed(rest: &str) -> Result<Step, String> {
    let known = "one of [interrupt 1.5s] …, [digit 5], [silence 4s], [hold 20s], [music 30s], [noise 10s], [fax 10s], [hang up]";
    let (inside, after) =
        rest.split_once(']').ok_or_else(|| format!("the bracket is not closed; {known}"))?;
    let after = after.trim();
    let mut words = inside.split_whitespace();
    match (words.next(), words.next()) {
        (Some("interrupt"), Some(time)) if !after.is_empty() => {
            Ok(Step::Interrupt(seconds(time)?, after.to_owned()))
        }
        (Some("digit"), Some(key)) => {
            let mut symbols = key.chars();
            match (symbols.next().and_then(crate::call::line::Digit::new), symbols.next()) {
                (Some(digit), None) => Ok(Step::Digit(digit)),
                _ => Err(format!("{key:?} is no key: 0 to 9, *, #")),
            }
        }
        (Some("silence"), Some(time)) => Ok(Step::Silence(seconds(time)?)),
        (Some("hold"), Some(time)) => Ok(Step::Hold(seconds(time)?)),
        (Some("music"), Some(time)) => Ok(Step::Plays(Background::Music, seconds(time)?)),
        (Some("noise"), Some(time)) => Ok(Step::Plays(Background::Noise, seconds(time)?)),
        (Some("fax"), Some(time)) => Ok(Step::Plays(Background::Fax, seconds(time)?)),
        (Some("hang"), Some("up")) => Ok(Step::HangUp),
        _ => Err(format!("[{inside}] is not known; {known}")),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!("{text:?} is no time: write seconds such as 1.5s, {}s at most", SCRIPT_SILENCE_MAX.as_secs())
    };
    let number: f64 = text.strip_suffix('s').unwrap_or(text).parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number).ok().filter(|time| *time <= SCRIPT_SILENCE_MAX).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_kind_of_step() {
        let script = Script::parse(
            "# a caller\nGuten Tag.\n@ Straße | Adresse: Lindenstraße 4\n[interrupt 1.5s] Moment!\n[digit 0]\n[silence 4s]\n[hang up]\n",
        )
        .expect("a good script");
        assert_eq!(script.steps.len(), 5);
        assert_eq!(script.steps[1], Step::Interrupt(Duration::from_millis(1500), "Moment!".to_owned()));
        assert_eq!(script.reply_to("Wie ist Ihre ADRESSE?"), Some("Lindenstraße 4"));
        assert_eq!(script.reply_to("Wie heißen Sie?"), None);
    }

    #[test]
    fn says_which_line_is_wrong_and_what_to_write() {
        let wrong = Script::parse("Hallo\n[digit 77]\n").expect_err("no such key");
        assert_eq!(wrong.to_string(), "line 2: \"77\" is no key: 0 to 9, *, #");
        assert!(Script::parse("# nothing\n").is_err());
        assert!(Script::parse("\u{feff}# nothing but a mark\r\n").is_err());
        assert!(Script::parse("[silence 1e300s]").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,200}") {
            let _ = Script::parse(&text);
        }
    }
}
