//! What only the neighbours of a written word tell: whether a dash is "bis", `h` an hour or hours, "Fr." a day, francs
//! or a lady, and where a currency in front of its number is said.

use super::super::numbers::cardinal;
use super::super::reading::Token;
use super::super::streets::street_ending;
use super::words::{ABBREVIATED, CODES, ENGLISH_DAYS, MEASURED, MONTHS, UNITS, WEEKDAYS, look_up};
use super::{BEFORE_TIMES, DASH, is_range};

/// Words in front of a short form that make it a date.
const BEFORE_DATES: &[&str] =
    &["im", "anfang", "mitte", "ende", "seit", "bis", "ab", "von", "am", "jeden", "in", "of", "on"];
/// Words that a number goes on with.
const NUMBERED: &[&str] =
    &["komma", "tausend", "million", "millionen", "milliarde", "milliarden", "mio", "mrd", "tsd"];

/// What only the neighbours tell.
pub(super) fn settled(tokens: Vec<Token<'_>>, english: bool) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    let mut money: Option<Token<'_>> = None;
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let next = tokens.get(index + 1);
        let figures = token.norm.starts_with(|c: char| c.is_ascii_digit());
        let range = token.norm == "bis" && is_figure(next);
        let goes_on = figures || range || NUMBERED.contains(&token.norm.as_str());
        if money.is_some() && !goes_on {
            out.extend(money.take());
        }
        index += 1;
        if figures && let Some((whole, end)) = spaced(&tokens, index - 1, out.last()) {
            out.push(whole);
            index = end;
            continue;
        }
        let here = Here { out: &out, token, next, later: tokens.get(index + 1), english };
        if let Some(sum) = here.currency_in_front() {
            money = Some(sum);
            continue;
        }
        match here.said() {
            Some(words) => {
                index += words.taken - 1;
                out.extend(words.norms.iter().map(|norm| Token {
                    norm: (*norm).to_owned(),
                    written: "#",
                    ..token.clone()
                }));
            }
            None => out.push(token.clone()),
        }
    }
    out.extend(money);
    out
}

/// `25 500 Euro`: one number in groups, and the index after it.
fn spaced<'a>(tokens: &[Token<'a>], index: usize, before: Option<&Token<'_>>) -> Option<(Token<'a>, usize)> {
    let digits = |token: &Token<'_>| token.norm.bytes().all(|b| b.is_ascii_digit());
    let first = tokens.get(index)?;
    let alone = before.is_none_or(|before| !digits(before));
    if !alone
        || !digits(first)
        || first.norm.len() > 3
        || first.norm.starts_with('0')
        || first.after.is_some()
    {
        return None;
    }
    let end = (index + 1..tokens.len())
        .find(|at| !digits(&tokens[*at]) || tokens[*at].norm.len() != 3 || tokens[*at - 1].after.is_some())
        .unwrap_or(tokens.len());
    let counted = tokens.get(end).is_some_and(|unit| MEASURED.contains(&unit.norm.as_str()));
    let more = tokens.get(end).is_some_and(digits);
    let round = tokens[end - 1].norm.ends_with("00");
    (end > index + 1 && !more && (counted || round)).then(|| {
        let norm: String = tokens[index..end].iter().map(|token| token.norm.as_str()).collect();
        (Token { norm, last: tokens[end - 1].last, after: tokens[end - 1].after, ..first.clone() }, end)
    })
}

/// A token with what stands around it.
struct Here<'t, 'a> {
    out: &'t [Token<'a>],
    token: &'t Token<'a>,
    next: Option<&'t Token<'a>>,
    later: Option<&'t Token<'a>>,
    english: bool,
}

/// Words in the place of so many tokens.
struct Words {
    norms: Vec<&'static str>,
    taken: usize,
}

fn is_figure(token: Option<&Token<'_>>) -> bool {
    token.is_some_and(|token| token.norm.starts_with(|c: char| c.is_ascii_digit()))
}

impl<'a> Here<'_, 'a> {
    fn before(&self, back: usize) -> &str {
        self.out.len().checked_sub(back).map_or("", |at| self.out[at].norm.as_str())
    }

    fn is_counted(&self) -> bool {
        is_figure(self.out.last()) || cardinal(self.before(1)).is_some()
    }

    /// `CHF 120`, `€ 5,80`: it is said behind the number.
    fn currency_in_front(&self) -> Option<Token<'a>> {
        let code = look_up(CODES, self.token.norm.as_str())?;
        // "Fr. 18.12." is a day; a price in francs has its cents or a currency's name.
        let price = |token: &Token<'_>| {
            token.norm.split_once('.').is_some_and(|(_, cents)| cents.len() == 2) && token.after.is_none()
        };
        let franc = self.token.norm != "fr"
            || self.next.is_some_and(price)
            || self.later.is_some_and(|later| later.norm == "komma");
        let money = is_figure(self.next) && !self.is_counted() && franc;
        money.then(|| Token { norm: code.to_owned(), written: "#", after: None, ..self.token.clone() })
    }

    fn said(&self) -> Option<Words> {
        let one = |norm: &'static str| Some(Words { norms: vec![norm], taken: 1 });
        let norm = self.token.norm.as_str();
        let short = self.token.after == Some('.');
        if norm == DASH {
            let norms = if self.is_between() { vec!["bis"] } else { Vec::new() };
            return Some(Words { norms, taken: 1 });
        }
        if norm == "h" && is_figure(self.out.last()) && street_ending(self.before(2)).is_none() {
            return one(if self.is_clock() { "uhr" } else { "stunden" });
        }
        if self.is_counted()
            && let Some(unit) = look_up(UNITS, norm).or_else(|| look_up(CODES, norm))
        {
            return one(unit);
        }
        if let Some(month) = look_up(MONTHS, norm).filter(|month| *month != norm && self.is_month(short)) {
            return one(month);
        }
        let stopped = short || self.token.after == Some(',');
        let english = self.english && (is_figure(self.next) || (stopped && self.is_capital()));
        if let Some(day) = look_up(ENGLISH_DAYS, norm).filter(|_| english) {
            return one(day);
        }
        if let Some(day) = look_up(WEEKDAYS, norm).filter(|day| *day != norm && self.is_weekday(short)) {
            return one(day);
        }
        // "am 3. d. M."
        if short
            && is_figure(self.out.last())
            && let Some(next) = self.next.filter(|next| matches!(next.norm.as_str(), "m" | "j"))
        {
            let which = match norm {
                "d" => "dieses",
                "n" => "naechsten",
                "v" => "letzten",
                _ => return None,
            };
            return Some(Words {
                norms: vec![which, if next.norm == "m" { "monats" } else { "jahres" }],
                taken: 2,
            });
        }
        let lady = norm == "fr"
            && short
            && self.next.is_some_and(|next| next.written.starts_with(char::is_uppercase));
        if lady {
            return one("frau");
        }
        one(look_up(ABBREVIATED, norm).filter(|_| short)?)
    }

    /// Whether a dash is "bis": between two numbers, times, dates or days.
    fn is_between(&self) -> bool {
        let (Some(one), Some(other)) = (self.out.last(), self.next) else { return false };
        let day = |norm: &str| look_up(WEEKDAYS, norm).is_some() || look_up(MONTHS, norm).is_some();
        // "Montag - Freitag", "Aug 8 - Aug 12"
        if (day(&one.norm) || is_figure(Some(one)))
            && day(&other.norm)
            && (day(&one.norm) || is_figure(self.later))
        {
            return true;
        }
        // "30.11.2026 - 4.12.2026"
        if one.norm.contains('.') && other.norm.contains('.') {
            return true;
        }
        let dictated = is_figure(self.out.len().checked_sub(2).and_then(|at| self.out.get(at)))
            && self.out.len() > 1
            || self.later.is_some_and(|later| later.norm.bytes().all(|b| b.is_ascii_digit()));
        is_figure(Some(one))
            && is_figure(Some(other))
            && (one.after == Some('.') || (!dictated && is_range(&one.norm, &other.norm, '-')))
    }

    /// Whether `h` is the hour of the clock and no length.
    fn is_clock(&self) -> bool {
        let hour: Option<u32> = self.before(1).parse().ok();
        let led = |back: usize| BEFORE_TIMES.contains(&self.before(back)) && self.before(back) != "vor";
        self.before(1).contains(':')
            || led(2)
            || look_up(WEEKDAYS, self.before(2)).is_some()
            || matches!(self.before(2), "heute" | "morgen" | "uebermorgen")
            || (hour.is_some_and(|hour| (13..24).contains(&hour)) && self.before(2).is_empty())
            || (hour.is_some_and(|hour| (7..24).contains(&hour))
                && is_figure(self.next)
                && self.later.is_none_or(|later| later.norm != "min" && later.norm != "minuten"))
    }

    fn is_month(&self, short: bool) -> bool {
        let beside = |token: &Token<'_>| {
            let digits = token.norm.bytes().all(|b| b.is_ascii_digit());
            digits && (token.norm.len() <= 2 || (token.norm.len() == 4 && token.norm.starts_with(['1', '2'])))
        };
        is_figure(self.out.last()) && !self.before(1).starts_with('0')
            || self.next.is_some_and(beside)
            || (short && BEFORE_DATES.contains(&self.before(1)))
    }

    fn is_capital(&self) -> bool {
        self.token.written.starts_with(char::is_uppercase)
    }

    fn is_weekday(&self, short: bool) -> bool {
        let capital = self.is_capital();
        let stopped = short || self.token.after == Some(',');
        let shaped = self.next.is_some_and(|next| next.norm.contains(':') || next.norm.contains('.'));
        let figure = is_figure(self.next) && (shaped || stopped || self.token.norm != "so");
        let day = |token: Option<&Token<'_>>| {
            token.is_some_and(|token| look_up(WEEKDAYS, token.norm.as_str()).is_some())
        };
        let first = self.next.is_some_and(|next| next.norm == "bis" || next.norm == DASH) && day(self.later);
        let second = self.before(1) == "bis" && look_up(WEEKDAYS, self.before(2)).is_some();
        capital && (figure || first || second || (short && BEFORE_DATES.contains(&self.before(1))))
    }
}
