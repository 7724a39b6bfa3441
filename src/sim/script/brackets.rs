//! Lines in brackets: what a caller does other than speak, and how a call begins.

use std::time::Duration;

use jiff::civil::DateTime;

use super::{Asked, SCRIPT_SILENCE_MAX, Step};
use crate::call::line::Digit;
use crate::sim::sounds::Background;

/// Longest number of a caller, in characters.
const NUMBER_CHARS_MAX: usize = 40;
/// What can stand there.
const KNOWN: &str = "one of [interrupt 1.5s] …, [digit 5], [digits 0711#], [silence 4s], [mumbles], [hold 20s], [music 30s], [noise 10s], \
                     [fax 10s], [hang up], [hang up 5s]; before anything is said [at 2026-11-23 09:05], [caller 0711123456], \
                     [colleague accepts|declines|no answer|busy|no key], [known failing: why]; between two calls [calls again]";

/// What a line in brackets means.
pub(super) enum Bracket {
    Step(Step),
    At(DateTime),
    Caller(String),
    Colleague(Asked),
    KnownFailing(String),
    CallsAgain(Option<DateTime>),
}

/// Reads what stands behind the opening bracket.
pub(super) fn bracketed(rest: &str) -> Result<Bracket, String> {
    let (inside, after) =
        rest.split_once(']').ok_or_else(|| format!("the bracket is not closed; {KNOWN}"))?;
    let after = after.trim();
    if let Some(why) = inside.strip_prefix("known failing:") {
        return Ok(Bracket::KnownFailing(why.trim().to_owned()));
    }
    let words: Vec<&str> = inside.split_whitespace().collect();
    match words[..] {
        ["interrupt", time] if !after.is_empty() => {
            Ok(Bracket::Step(Step::Interrupt(seconds(time)?, after.to_owned())))
        }
        _ if !after.is_empty() => Err(format!("nothing stands behind [{inside}]; {KNOWN}")),
        ["at", date, time] => Ok(Bracket::At(moment(date, time)?)),
        ["at", ..] => Err("a moment is written [at 2026-11-23 09:05]".to_owned()),
        ["caller", ..] if words.len() > 1 => caller(&words[1..].concat()),
        ["colleague", ..] => colleague(&words[1..]).map(Bracket::Colleague),
        ["calls", "again"] => Ok(Bracket::CallsAgain(None)),
        ["calls", "again", date, time] => Ok(Bracket::CallsAgain(Some(moment(date, time)?))),
        _ => step(&words)
            .unwrap_or_else(|| Err(format!("[{inside}] is not known; {KNOWN}")))
            .map(Bracket::Step),
    }
}

/// `None`: it is no step.
fn step(words: &[&str]) -> Option<Result<Step, String>> {
    Some(match words {
        ["digit", key] if key.chars().count() == 1 => digits(key).ok_or_else(|| no_keys(key, "is no key")),
        ["digit", key] => Err(no_keys(key, "is no key")),
        ["digits", keys] => digits(keys).ok_or_else(|| no_keys(keys, "are no keys")),
        ["silence", time] => seconds(time).map(Step::Silence),
        ["hold", time] => seconds(time).map(Step::Hold),
        ["music", time] => seconds(time).map(|time| Step::Plays(Background::Music, time)),
        ["noise", time] => seconds(time).map(|time| Step::Plays(Background::Noise, time)),
        ["fax", time] => seconds(time).map(|time| Step::Plays(Background::Fax, time)),
        ["mumbles"] => Ok(Step::Mumble),
        ["hang", "up"] => Ok(Step::HangUp),
        ["hang", "up", time] => seconds(time).map(Step::HangUpAfter),
        _ => return None,
    })
}

fn digits(keys: &str) -> Option<Step> {
    keys.chars().map(Digit::new).collect::<Option<_>>().map(Step::Digits)
}

fn no_keys(keys: &str, why: &str) -> String {
    format!("{keys:?} {why}: 0 to 9, *, #")
}

fn moment(date: &str, time: &str) -> Result<DateTime, String> {
    let written = format!("{date}T{time}");
    written.parse().map_err(|_| format!("\"{date} {time}\" is no moment: write [at 2026-11-23 09:05]"))
}

fn caller(number: &str) -> Result<Bracket, String> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let right =
        !digits.is_empty() && digits.len() <= NUMBER_CHARS_MAX && digits.bytes().all(|c| c.is_ascii_digit());
    if !right {
        return Err(format!("{number:?} is no number: write [caller 0711123456] or [caller +49711123456]"));
    }
    Ok(Bracket::Caller(number.to_owned()))
}

fn colleague(words: &[&str]) -> Result<Asked, String> {
    match words {
        ["accepts"] => Ok(Asked::Accepts),
        ["declines"] => Ok(Asked::Declines),
        ["no", "answer"] => Ok(Asked::NoAnswer),
        ["busy"] => Ok(Asked::Busy),
        ["no", "key"] => Ok(Asked::NoKey),
        _ => Err("a colleague is one of: accepts, declines, no answer, busy, no key".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!("{text:?} is no time: write seconds such as 1.5s, {}s at most", SCRIPT_SILENCE_MAX.as_secs())
    };
    let number: f64 = text.strip_suffix('s').unwrap_or(text).parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number).ok().filter(|time| *time <= SCRIPT_SILENCE_MAX).ok_or_else(wrong)
}
