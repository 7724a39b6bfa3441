//! `klinke understand`: what a sentence means to a site. For administrators who tune one, and for tests; the JSON
//! is stable.
//!
//! One object a line: `{"text": …, "intents": […], "slots": […], "signals": […]}`, the last three as
//! [`Understood`] has them. From standard input (`-`), a line is a sentence, or an object with `text` and, where
//! they differ from the command line, `now` and `expect` (one kind or a list of kinds). A line that cannot be read
//! is told on standard error with its number; the others are answered, and the exit code is 1 at the end.

use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::INSTALLED;
use super::output::UNWRITABLE;
use crate::call::hearing::{Expect, Transcript};
use crate::call::understanding::{Address, OPEN_END, PersonName, SlotValue, Understander, Understood, Value};
use crate::config;
use crate::daemon::clock::Clock;
use crate::models::sentences::SentenceEncoder;

/// Longest line that is read.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// Arguments of `klinke understand`.
#[derive(Args)]
pub struct Understand {
    /// The sentence; `-`: one a line from standard input, or one JSON object a line with `text`, `now`, `expect`.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
    /// The moment of the call (RFC 3339); without an offset, the site's time. Default: now.
    #[arg(long, value_name = "RFC3339")]
    now: Option<String>,
    /// What was asked for, likeliest first; may be given several times.
    #[arg(long, value_name = "KIND")]
    expect: Vec<Expect>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// The daemon's configuration, for its sites. Default: the installed one; without any, no intents, streets and
    /// places are known.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which of its sites; the first one where it is left out.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
}

/// A line of standard input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    now: Option<String>,
    expect: Option<Kinds>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Kinds {
    One(String),
    Several(Vec<String>),
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    text: &'a str,
    #[serde(flatten)]
    understood: Understood,
}

impl Understand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        let understander = self.understander()?;
        let time_zone = understander.time_zone().clone();
        let now = self.now.as_deref().map(|now| moment(now, &time_zone)).transpose().context("--now")?;
        let asked = Asked { understander, time_zone, now, expect: self.expect, json: self.json };
        if self.text == "-" {
            return asked.answer_lines(std::io::stdin().lock());
        }
        asked.answer(&self.text, None, None)
    }

    fn understander(&self) -> anyhow::Result<Understander> {
        let installed = Path::new(INSTALLED);
        let file = match &self.config {
            Some(file) => file.as_path(),
            None if installed.exists() => installed,
            None if self.site.is_none() => return Ok(Understander::without_site()),
            None => bail!("--site needs a configuration: there is no {INSTALLED}, and no --config was given"),
        };
        let config = config::load(file)?;
        let site = &config.sites[super::place(&config, self.site.as_deref())?];
        let encoder = SentenceEncoder::for_sites(config.models.onnx_runtime.as_deref());
        Ok(Understander::with_meaning(site, encoder))
    }
}

/// Everything that holds for all lines.
struct Asked {
    understander: Understander,
    time_zone: TimeZone,
    now: Option<Zoned>,
    expect: Vec<Expect>,
    json: bool,
}

impl Asked {
    fn answer(&self, text: &str, now: Option<Zoned>, expect: Option<&[Expect]>) -> anyhow::Result<()> {
        let present = || Clock::start().wall().to_zoned(self.time_zone.clone());
        let now = now.or_else(|| self.now.clone()).unwrap_or_else(present);
        let expect = expect.unwrap_or(&self.expect);
        let understood = self.understander.understand(&Transcript::typed(text), &now, expect);
        let mut out = std::io::stdout().lock();
        let printed = if self.json {
            let line =
                serde_json::to_string(&Answer { text, understood }).context("write the answer as JSON")?;
            writeln!(out, "{line}")
        } else {
            write!(out, "{}", readable(text, &understood))
        };
        printed.and_then(|()| out.flush()).context(UNWRITABLE)
    }

    /// Answers every line that can be read, tells those that cannot.
    fn answer_lines(&self, mut input: impl BufRead) -> anyhow::Result<()> {
        let mut unread = 0_usize;
        for number in 1_usize.. {
            let Some(line) = next_line(&mut input).context("read standard input")? else { break };
            let answered = line.and_then(|line| self.read_line(&line));
            let answered = match answered {
                Ok(None) => Ok(()),
                Ok(Some((text, now, expect))) => {
                    // What cannot be written ends the command: nobody listens any more.
                    self.answer(&text, now, expect.as_deref())?;
                    Ok(())
                }
                Err(error) => Err(error),
            };
            if let Err(error) = answered {
                unread += 1;
                eprintln!("klinke understand: line {number}: {error:#}");
            }
        }
        if unread > 0 {
            bail!("{unread} of the lines could not be read; each is named above");
        }
        Ok(())
    }

    /// The sentence of a line with its own moment and expectation; `None`: an empty line.
    #[expect(clippy::type_complexity, reason = "three optional things of one line, used once")]
    fn read_line(&self, line: &str) -> anyhow::Result<Option<(String, Option<Zoned>, Option<Vec<Expect>>)>> {
        let line = line.trim();
        if line.is_empty() {
            return Ok(None);
        }
        if !line.starts_with('{') {
            return Ok(Some((line.to_owned(), None, None)));
        }
        let line: Line = serde_json::from_str(line).context(
            "no JSON object with `text` and perhaps `now` and `expect`, e.g. {\"text\": \"um acht\"}",
        )?;
        let now = line.now.as_deref().map(|now| moment(now, &self.time_zone)).transpose().context("`now`")?;
        let kinds = match line.expect {
            None => None,
            Some(Kinds::One(kind)) => Some(vec![kind]),
            Some(Kinds::Several(kinds)) => Some(kinds),
        };
        let expect = kinds
            .map(|kinds| {
                kinds.iter().map(|kind| kind.parse().map_err(|why| anyhow!("`expect`: {why}"))).collect()
            })
            .transpose()?;
        Ok(Some((line.text, now, expect)))
    }
}

/// The next line; inside, why it is no text. `None`: the end.
fn next_line(input: &mut impl BufRead) -> std::io::Result<Option<anyhow::Result<String>>> {
    let mut bytes = Vec::new();
    input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.len() as u64 == LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(anyhow!("longer than {LINE_BYTES_MAX} bytes"))));
    }
    Ok(Some(String::from_utf8(bytes).map_err(|_| anyhow!("not UTF-8; save the file as UTF-8"))))
}

/// A moment as written: with an offset, or local time of the site.
fn moment(written: &str, time_zone: &TimeZone) -> anyhow::Result<Zoned> {
    if let Ok(timestamp) = written.parse::<Timestamp>() {
        return Ok(timestamp.to_zoned(time_zone.clone()));
    }
    let local: DateTime = written
        .parse()
        .map_err(|why| anyhow!("{written:?} is no moment like 2026-11-26T08:30:00+01:00: {why}"))?;
    local.to_zoned(time_zone.clone()).with_context(|| format!("{written:?} is outside the calendar"))
}

/// For people.
fn readable(text: &str, understood: &Understood) -> String {
    let mut lines = vec![format!("„{text}“")];
    for intent in &understood.intents {
        lines.push(format!("  intent  {}  {:.2}", intent.name, intent.confidence));
    }
    for slot in &understood.slots {
        lines.push(format!(
            "  slot    {}  „{}“  {:.2}{}",
            value(slot),
            slot.words.reveal(),
            slot.confidence,
            marks(slot)
        ));
    }
    for signal in &understood.signals {
        let name = serde_json::to_string(signal).unwrap_or_default();
        lines.push(format!("  signal  {}", name.trim_matches('"')));
    }
    if lines.len() == 1 {
        lines.push("  nothing understood".to_owned());
    }
    lines.join("\n") + "\n"
}

fn marks(slot: &SlotValue) -> String {
    slot.marks().map(|name| format!("  {name}")).collect()
}

fn value(slot: &SlotValue) -> String {
    match &slot.value {
        Value::YesNo { value } => if *value { "yes" } else { "no" }.to_owned(),
        Value::DateTime { value, until, grain, dated } => {
            let day = if *dated { "" } else { ", any day" };
            let until = if *until == OPEN_END { "from then on".to_owned() } else { format!("to {until}") };
            format!("{value} {until} ({}{day})", format!("{grain:?}").to_lowercase())
        }
        Value::Number { value } => format!("number {value}"),
        Value::Digits { value } => format!("digits {}", value.reveal()),
        Value::Telephone { value } => format!("telephone {}", value.reveal()),
        Value::Code { value } => format!("code {}", value.reveal()),
        Value::Iban { value } => format!("IBAN {}", value.reveal()),
        Value::Email { value } => format!("e-mail {}", value.reveal()),
        Value::Choice { value } => format!("choice {value}"),
        Value::Note { value } => format!("note {}", value.reveal()),
        Value::Duration { value, until, open } => {
            format!("duration {value}{}", end(until.as_ref(), *open))
        }
        Value::Money { value, until, open, currency } => {
            format!("money {value}{} {currency}", end(until.as_ref(), *open))
        }
        Value::Name(PersonName { title, given, family }) => {
            let parts =
                [title.as_ref(), given.as_ref().map(|it| it.reveal()), family.as_ref().map(|it| it.reveal())];
            format!("name {}", parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" "))
        }
        Value::Address(Address { street, house_number, postcode, place }) => {
            let parts = [street, house_number, postcode, place].into_iter().flatten();
            format!("address {}", parts.map(|part| part.reveal().clone()).collect::<Vec<_>>().join(" "))
        }
    }
}

/// The end of a range, or that there is none.
fn end(until: Option<&impl std::fmt::Display>, open: bool) -> String {
    match until {
        Some(until) => format!(" to {until}"),
        None if open => " and more".to_owned(),
        None => String::new(),
    }
}
