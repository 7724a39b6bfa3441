//! What is printed of conversations: those that did not go as written with the lines that failed, and a summary.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::Held;
use crate::commands::output::print;
use crate::commands::tongue::{Both, both};
use crate::config::site::Language;
use crate::sim::account::{Account, Speaker};
use crate::sim::script::{Script, Step};
use crate::sim::verdict::Failure;

/// Room for line numbers.
const NUMBER_WIDTH: usize = 5;

/// How many conversations became what.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Tally {
    conversations: usize,
    passed: usize,
    failed: usize,
    known_failing: usize,
    passes_now: usize,
    caller_turns: usize,
    values_told: usize,
    values_wrong: usize,
    values_unchecked: usize,
}

impl Tally {
    /// Those that are a reason to look.
    pub const fn not_as_written(&self) -> usize {
        self.failed + self.passes_now
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Became {
    Passed,
    Failed,
    KnownFailing,
    /// It is said to fail and does not: the line has to go.
    PassesNow,
}

/// One object a conversation.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a Path,
    title: Option<&'a str>,
    result: Became,
    known_failing: Option<&'a str>,
    caller_turns: usize,
    call_ms: u64,
    values_told: usize,
    values_wrong: usize,
    values_unchecked: usize,
    failures: Vec<FailureLine<'a>>,
}

#[derive(Serialize)]
struct FailureLine<'a> {
    line: usize,
    wanted: &'a str,
    instead: &'a str,
}

/// The last object.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    tally: &'a Tally,
    took_s: f64,
}

/// Where results go.
pub struct Report {
    language: Language,
    json: bool,
    colour: bool,
}

impl Report {
    /// On standard output, coloured where that is a terminal.
    pub fn new(language: Language, json: bool) -> Self {
        Self { language, json, colour: std::io::stdout().is_terminal() }
    }

    /// One conversation.
    pub fn conversation(&self, held: &Held, tally: &mut Tally) -> anyhow::Result<()> {
        let became = match (held.failures.is_empty(), &held.conversation.known_failing) {
            (true, None) => Became::Passed,
            (false, None) => Became::Failed,
            (false, Some(_)) => Became::KnownFailing,
            (true, Some(_)) => Became::PassesNow,
        };
        let caller_turns = held.accounts.iter().map(Account::utterances).sum::<usize>();
        tally.conversations += 1;
        match became {
            Became::Passed => tally.passed += 1,
            Became::Failed => tally.failed += 1,
            Became::KnownFailing => tally.known_failing += 1,
            Became::PassesNow => tally.passes_now += 1,
        }
        tally.caller_turns += caller_turns;
        tally.values_told += held.told.all;
        tally.values_wrong += held.told.wrong;
        tally.values_unchecked += held.told.unchecked;
        if self.json {
            let failures = held.failures.iter().map(|Failure { line, wanted, instead }| FailureLine {
                line: *line,
                wanted,
                instead,
            });
            let line = Line {
                file: &held.file,
                title: held.conversation.title.as_deref(),
                result: became,
                known_failing: held.conversation.known_failing.as_deref(),
                caller_turns,
                call_ms: held.accounts.iter().map(|account| account.record().length_ms).sum(),
                values_told: held.told.all,
                values_wrong: held.told.wrong,
                values_unchecked: held.told.unchecked,
                failures: failures.collect(),
            };
            return print(&serde_json::to_string(&line)?);
        }
        match became {
            Became::Passed => Ok(()),
            Became::Failed => print(&self.failed(held)),
            Became::KnownFailing => print(&self.known(held)),
            Became::PassesNow => print(&self.head(
                held,
                "33",
                &both!("geht jetzt; `[known failing]` kann weg", "passes now; take `[known failing]` out"),
            )),
        }
    }

    /// How all of them went.
    pub fn summary(&self, tally: &Tally, took: Duration) -> anyhow::Result<()> {
        if self.json {
            let summary = Summary { tally, took_s: took.as_secs_f64() };
            return print(&serde_json::to_string(&summary)?);
        }
        let Tally { conversations, passed, failed, known_failing, .. } = *tally;
        let took_s = took.as_secs_f64();
        let mut told = both!(
            "{passed} von {conversations} Gesprächen liefen wie geschrieben, {failed} nicht",
            "{passed} of {conversations} conversations went as written, {failed} did not"
        );
        if known_failing > 0 {
            let _ = write!(told.german, ", {known_failing} sind als fehlerhaft bekannt");
            let _ = write!(told.english, ", {known_failing} are known to fail");
        }
        let _ = write!(told.german, " ({took_s:.1} s)");
        let _ = write!(told.english, " ({took_s:.1} s)");
        let code = if tally.not_as_written() == 0 { "32" } else { "31" };
        print(&self.paint(code, self.say(&told)))
    }

    /// Why the command ends with an error.
    pub fn verdict(&self, count: usize, tally: &Tally) -> String {
        let all = tally.conversations;
        let told = both!(
            "{count} von {all} Gesprächen liefen nicht wie geschrieben",
            "{count} of {all} conversations did not go as written"
        );
        self.say(&told).to_owned()
    }

    fn say<'a>(&self, both: &'a Both) -> &'a str {
        both.in_language(self.language)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn head(&self, held: &Held, code: &str, what: &Both) -> String {
        let title = held.conversation.title.as_ref().map(|title| format!(" ({title})")).unwrap_or_default();
        format!("{}: {}{title}", self.paint(code, self.say(what)), held.file.display())
    }

    fn known(&self, held: &Held) -> String {
        let why = held.conversation.known_failing.as_deref().unwrap_or_default();
        let head = self.head(held, "33", &both!("bekannter Fehler", "known to fail"));
        let lines: Vec<String> = held.failures.iter().map(|failure| failure.line.to_string()).collect();
        format!("{head}\n        {why} ({} {})", self.say(&both!("Zeile", "line")), lines.join(", "))
    }

    /// The whole conversation, with the lines that failed marked.
    fn failed(&self, held: &Held) -> String {
        let mut told = self.head(held, "31", &both!("FEHLER", "FAILED"));
        let source: Vec<&str> = held.text.lines().collect();
        for (script, account) in held.conversation.calls.iter().zip(&held.accounts) {
            for at in 0..=script.steps.len() {
                self.turn(&mut told, at, (script, account), &source, &held.failures);
            }
        }
        told.push('\n');
        told
    }

    fn turn(
        &self,
        told: &mut String,
        at: usize,
        (script, account): (&Script, &Account),
        source: &[&str],
        failures: &[Failure],
    ) {
        let step =
            at.checked_sub(1).and_then(|step| Some((script.lines.get(step)?, script.steps.get(step)?)));
        if let Some((line, _)) = step {
            self.line(told, *line, source, failures);
        }
        let mut own_words = step.is_some_and(|(_, step)| matches!(step, Step::Say(_) | Step::Interrupt(..)));
        for (who, text) in account.turns.get(at).map_or(&[][..], |turn| &turn.said) {
            if *who == Speaker::Caller && std::mem::take(&mut own_words) {
                continue;
            }
            let who = match who {
                Speaker::Klinke => "Klinke".to_owned(),
                Speaker::Caller => self.say(&both!("Anrufer", "caller")).to_owned(),
            };
            let _ = write!(told, "\n  {:NUMBER_WIDTH$}  {}", "", self.paint("2", &format!("{who}: {text}")));
        }
        for expected in script.expected.iter().filter(|expected| expected.after == at) {
            self.line(told, expected.line, source, failures);
        }
    }

    /// A line of the file, and what is wrong with it.
    fn line(&self, told: &mut String, line: usize, source: &[&str], failures: &[Failure]) {
        let text = source.get(line - 1).map_or("", |text| text.trim());
        let failures: Vec<&Failure> = failures.iter().filter(|failure| failure.line == line).collect();
        if failures.is_empty() {
            let _ = write!(told, "\n  {line:NUMBER_WIDTH$}  {text}");
        } else {
            let _ =
                write!(told, "\n{} {line:NUMBER_WIDTH$}  {}", self.paint("31", "✗"), self.paint("31", text));
        }
        for failure in failures {
            let instead = self.say(&both!("sondern", "instead")).to_owned();
            let _ = write!(told, "\n  {:NUMBER_WIDTH$}    {instead}: {}", "", failure.instead);
        }
    }
}
