//! The script of a pretend caller, and the conversation that a test is: text files that an administrator can write.
//! `docs/conversations.md` is their manual.
//!
//! ```text
//! # One utterance a line, said in this order when it is the caller's turn.
//! Guten Tag, unsere Heizung ist ausgefallen.
//! # What has to become of it.
//! > understood intent heating_failure
//! # Said instead, as often as it fits, when what Klinke just said contains one of the words.
//! @ Straße | Adresse: Lindenstraße vierzehn
//! # 1.5 s after Klinke begins to speak, into the middle of it.
//! [interrupt 1.5s] Moment, heute geht nicht.
//! [digits 0711#]
//! [silence 4s]
//! [hang up]
//! ```

mod brackets;
mod expected;

use std::time::Duration;

use jiff::civil::DateTime;

use self::brackets::{Bracket, bracketed};
pub use self::expected::{Expected, Sense, What};
use super::sounds::Background;
use crate::call::line::Digit;

/// Longest script, in lines.
pub const SCRIPT_LINES_MAX: usize = 1_000;
/// Longest line, in bytes.
pub const SCRIPT_LINE_BYTES_MAX: usize = 1_000;
/// Longest pause a script may ask for.
pub const SCRIPT_SILENCE_MAX: Duration = Duration::from_secs(900);
/// What stands for the number of the appointment that was booked in an earlier call.
const CODE: &str = "{code}";
/// Calls of one conversation.
const CALLS_MAX: usize = 10;

/// What a caller does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Speaks when it is his turn.
    Say(String),
    /// Says something of which no word can be understood.
    Mumble,
    /// Speaks so long after Klinke began to, whether it has finished or not.
    Interrupt(Duration, String),
    /// Presses keys, one soon after the other.
    Digits(Vec<Digit>),
    /// Is silent for a while.
    Silence(Duration),
    /// His telephone puts Klinke on hold for a while.
    Hold(Duration),
    /// Something else than him is heard for a while.
    Plays(Background, Duration),
    /// Hangs up.
    HangUp,
    /// Hangs up so long after Klinke began to speak, or the music to play.
    HangUpAfter(Duration),
}

/// Something to say when Klinke says certain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Any of these, without regard to case.
    pub to: Vec<String>,
    /// What is said.
    pub text: String,
}

/// What a colleague does whom Klinke asks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Takes the call.
    Accepts,
    /// Refuses by key.
    Declines,
    /// Does not answer.
    NoAnswer,
    /// Is on the telephone.
    Busy,
    /// Answers and presses no key, as a voice mail does.
    NoKey,
}

/// One call: what the caller does, and what has to become of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// In this order.
    pub steps: Vec<Step>,
    /// Where each of them stands, counted from 1.
    pub lines: Vec<usize>,
    /// Instead of the next step, where one fits; the first that fits.
    pub replies: Vec<Reply>,
    /// What has to become of it, in the order of the file.
    pub expected: Vec<Expected>,
    /// When the call begins, by the site's clock.
    pub at: Option<DateTime>,
    /// The caller's number.
    pub number: Option<String>,
    /// What colleagues do, in the order in which they are asked.
    pub colleagues: Vec<Asked>,
}

/// A test: one call, or several that follow each other in the same calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// The comment in the first line.
    pub title: Option<String>,
    /// Why it is known to fail.
    pub known_failing: Option<String>,
    /// At least one.
    pub calls: Vec<Script>,
}

/// What is wrong with a script.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {why}")]
pub struct ScriptError {
    /// Counted from 1.
    pub line: usize,
    why: String,
}

impl Conversation {
    /// Reads a conversation.
    ///
    /// # Errors
    /// The first line that is wrong, why, and what to write.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut conversation = Self { title: None, known_failing: None, calls: vec![Script::default()] };
        // Editors on Windows put a mark at the beginning.
        let mut last = 1;
        for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let taken = too_long(line, text).and_then(|()| conversation.take(line, text.trim()));
            taken.map_err(|why| ScriptError { line, why })?;
            last = line;
        }
        if conversation.calls.iter().any(|call| call.steps.is_empty()) {
            let line = if conversation.calls.len() == 1 { 1 } else { last };
            return Err(ScriptError { line, why: "nothing is said: write one utterance a line".to_owned() });
        }
        Ok(conversation)
    }

    fn take(&mut self, line: usize, text: &str) -> Result<(), String> {
        if let Some(comment) = text.strip_prefix('#') {
            if line == 1 {
                self.title = Some(comment.trim().to_owned());
            }
            return Ok(());
        }
        let bracket = match text.strip_prefix('[') {
            Some(rest) => Some(bracketed(rest)?),
            None => None,
        };
        match bracket {
            Some(Bracket::KnownFailing(why)) => {
                self.known_failing = Some(why);
                return Ok(());
            }
            Some(Bracket::CallsAgain(at)) => {
                if self.calls.len() >= CALLS_MAX {
                    return Err(format!("a conversation has {CALLS_MAX} calls at most"));
                }
                let number = self.calls.last().and_then(|call| call.number.clone());
                self.calls.push(Script { at, number, ..Script::default() });
                return Ok(());
            }
            _ => {}
        }
        match self.calls.last_mut() {
            Some(call) => call.take(line, text, bracket),
            None => Ok(()),
        }
    }
}

fn too_long(line: usize, text: &str) -> Result<(), String> {
    if line > SCRIPT_LINES_MAX {
        return Err(format!("a script has {SCRIPT_LINES_MAX} lines at most"));
    }
    if text.len() > SCRIPT_LINE_BYTES_MAX {
        return Err(format!("a line has {SCRIPT_LINE_BYTES_MAX} bytes at most"));
    }
    Ok(())
}

impl Script {
    /// Reads a script: the first call of a conversation.
    ///
    /// # Errors
    /// The first line that is no step, and why.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        Ok(Conversation::parse(text)?.calls.swap_remove(0))
    }

    fn take(&mut self, line: usize, text: &str, bracket: Option<Bracket>) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        if let Some(rule) = text.strip_prefix('@') {
            self.replies.push(reply(rule)?);
            return Ok(());
        }
        if let Some(wanted) = text.strip_prefix('>') {
            self.expected.push(Expected::parse(line, self.steps.len(), wanted)?);
            return Ok(());
        }
        let step = match bracket {
            None => Step::Say(text.to_owned()),
            Some(Bracket::Step(step)) => step,
            Some(_) if !self.steps.is_empty() => {
                return Err("this stands before the first thing that the caller does".to_owned());
            }
            Some(Bracket::At(at)) => {
                self.at = Some(at);
                return Ok(());
            }
            Some(Bracket::Caller(number)) => {
                self.number = Some(number);
                return Ok(());
            }
            Some(Bracket::Colleague(asked)) => {
                self.colleagues.push(asked);
                return Ok(());
            }
            Some(Bracket::KnownFailing(_) | Bracket::CallsAgain(_)) => return Ok(()),
        };
        self.steps.push(step);
        self.lines.push(line);
        Ok(())
    }

    /// The same with the digits of `code` wherever `{code}` is said.
    #[must_use]
    pub fn with_code(&self, code: &str) -> Self {
        let spoken: Vec<String> = code.chars().map(String::from).collect();
        let filled = |text: &String| text.replace(CODE, &spoken.join(" "));
        let mut script = self.clone();
        for step in &mut script.steps {
            if let Step::Say(text) | Step::Interrupt(_, text) = step {
                *text = filled(text);
            }
        }
        for reply in &mut script.replies {
            reply.text = filled(&reply.text);
        }
        script
    }

    /// Everything that is said in it, in any order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().filter_map(|step| match step {
            Step::Say(text) | Step::Interrupt(_, text) => Some(text.as_str()),
            Step::Mumble
            | Step::Digits(_)
            | Step::Silence(_)
            | Step::Hold(_)
            | Step::Plays(..)
            | Step::HangUp
            | Step::HangUpAfter(_) => None,
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
        assert_eq!(script.lines, [2, 4, 5, 6, 7]);
        assert_eq!(script.steps[1], Step::Interrupt(Duration::from_millis(1500), "Moment!".to_owned()));
        assert_eq!(script.reply_to("Wie ist Ihre ADRESSE?"), Some("Lindenstraße 4"));
        assert_eq!(script.reply_to("Wie heißen Sie?"), None);
    }

    #[test]
    fn reads_a_test_of_two_calls() {
        let test = Conversation::parse(
            "# Termin und Absage\n[at 2026-11-23 09:05]\n[caller 0711 123456]\n[colleague busy]\nHallo\n\
             > stored name Weber\n[calls again 2026-11-24 10:00]\n[mumbles]\n> never said Notdienst\n",
        )
        .expect("a good test");
        assert_eq!(test.title.as_deref(), Some("Termin und Absage"));
        let [first, second] = &test.calls[..] else { panic!("{test:?}") };
        assert_eq!(first.at, Some(jiff::civil::date(2026, 11, 23).at(9, 5, 0, 0)));
        assert_eq!((&first.number, &second.number), (&Some("0711123456".to_owned()), &first.number));
        assert_eq!(first.colleagues, [Asked::Busy]);
        assert_eq!((first.expected[0].line, first.expected[0].after), (6, 1));
        assert_eq!(second.steps, [Step::Mumble]);
        assert_eq!(second.expected[0].sense, Sense::Never);
    }

    #[test]
    fn says_which_line_is_wrong_and_what_to_write() {
        let wrong = |text: &str| Conversation::parse(text).expect_err(text).to_string();
        assert_eq!(wrong("Hallo\n[digit 77]\n"), "line 2: \"77\" is no key: 0 to 9, *, #");
        assert_eq!(wrong("Hallo\n[digits 7x]\n"), "line 2: \"7x\" are no keys: 0 to 9, *, #");
        assert_eq!(wrong("# nothing\n"), "line 1: nothing is said: write one utterance a line");
        assert_eq!(wrong("\u{feff}# nothing but a mark\r\n").split(':').next(), Some("line 1"));
        assert!(wrong("[silence 1e300s]").contains("is no time"));
        assert!(wrong("Hallo\n[at 2026-11-23 09:05]").starts_with("line 2: this stands before"));
        assert!(wrong("[at gestern]").contains("[at 2026-11-23 09:05]"));
        assert!(wrong("Hallo\n> verstanden Notfall").starts_with("line 2: \"verstanden\" is not known"));
        assert!(wrong("Hallo\n> understood colour red").contains("is no kind"));
        assert!(wrong("Hallo\n> understood signal angry").contains("is no signal"));
        assert!(wrong("Hallo\n> never").contains("write what"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[>\\[@# a-z0-9:|\\]\n]{0,200}|\\PC{0,200}") {
            let _ = Conversation::parse(&text);
        }
    }
}
