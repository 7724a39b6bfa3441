//! Quantities with more to them than a number word: "zwei Komma fünf", "anderthalb", "eine halbe Million", "minus
//! fünf", "zwei Dutzend".

use super::numbers::{cardinal, cardinal_at, ordinal_at};
use super::reading::Reading;
use super::understood::Amount;

/// What one is, in thousandths.
const ONE: i64 = 1000;
const MILLION: i64 = 1_000_000;
/// Decimals that are kept.
const DECIMALS_MAX: usize = 3;

/// "ein" in its forms, as callers say them.
pub(super) const ARTICLES: &[&str] =
    &["ein", "eine", "einen", "einem", "einer", "eines", "ne", "ner", "nem", "nen", "n"];
const HALVES: &[&str] = &["halb", "halbe", "halben", "halber", "halbes"];

/// A number at `index`, in thousandths, and the index after it.
pub(super) fn thousandths_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    if reading.is(index, &["minus"]) {
        let (value, end) = positive_at(reading, index + 1)?;
        return Some((-value, end));
    }
    let (value, end) = positive_at(reading, index)?;
    // "fünf Grad unter null"
    let below = reading.is(end, &["grad"]) && reading.starts(end + 1, &["unter", "null"]);
    Some(if below { (-value, end + 3) } else { (value, end) })
}

/// The same as an amount.
pub(super) fn amount_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    thousandths_at(reading, index).map(|(value, end)| (Amount::from_thousandths(value), end))
}

fn positive_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let (value, end) = mixed_at(reading, index).or_else(|| share_at(reading, index)).or_else(|| {
        let (whole, end) = cardinal_at(reading, index)?;
        let whole = i64::from(whole) * ONE;
        decimals_at(reading, end).map(|(decimals, end)| (whole + decimals, end)).or(Some((whole, end)))
    })?;
    if let Some((factor, end)) = multiple_at(reading, end) {
        return rest_at(reading, value.checked_mul(factor)?, factor, end);
    }
    // "zwei und eine halbe Stunde"
    if reading.is(end, &["und"]) && reading.is(end + 1, ARTICLES) && reading.is(end + 2, HALVES) {
        return Some((value + ONE / 2, end + 3));
    }
    Some((value, end))
}

/// "Komma sieben fünf": thousandths, and the index after them.
fn decimals_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    if !reading.is(index, &["komma"]) {
        return None;
    }
    let mut digits = String::new();
    let mut end = index + 1;
    while digits.len() < DECIMALS_MAX
        && let Some((group, next)) = cardinal_at(reading, end).filter(|(group, _)| *group < 1000)
    {
        digits.push_str(&group.to_string());
        end = next;
    }
    digits.truncate(DECIMALS_MAX);
    let value: i64 = format!("{digits:0<3}").parse().ok().filter(|_| !digits.is_empty())?;
    Some((value, end))
}

/// "anderthalb", "zweieinhalb", "eineinviertel", "zweieinhalbtausend".
fn mixed_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let word = reading.at(index);
    if word == "ein" && reading.is(index + 1, &["einhalb"]) {
        return Some((ONE * 3 / 2, index + 2));
    }
    let (word, factor) = word.strip_suffix("tausend").map_or((word, 1), |word| (word, 1000));
    let whole = |stem: &str| match stem {
        "ein" => Some(1),
        stem => cardinal(stem).map(i64::from),
    };
    let value = if word == "anderthalb" {
        ONE * 3 / 2
    } else if let Some(stem) = word.strip_suffix("einhalb").or_else(|| word.strip_suffix("undeinhalb")) {
        whole(stem.trim_end_matches("und"))? * ONE + ONE / 2
    } else if let Some(stem) = word.strip_suffix("einviertel") {
        whole(stem)? * ONE + ONE / 4
    } else {
        return None;
    };
    Some((value * factor, index + 1))
}

/// "ein halbes", "ein Viertel", "drei Viertel", "eine Viertelmillion".
fn share_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let article = reading.is(index, ARTICLES);
    match reading.at(index + 1) {
        word if article && HALVES.contains(&word) => Some((ONE / 2, index + 2)),
        "viertelmillion" if article => Some((250_000 * ONE, index + 2)),
        "million" | "milliarde" | "dutzend" if article => Some((ONE, index + 1)),
        _ => None,
    }
}

/// "eine Million zweihunderttausend": what follows a multiple and is smaller belongs to it.
fn rest_at(reading: &Reading<'_>, value: i64, factor: i64, end: usize) -> Option<(i64, usize)> {
    let start = end + usize::from(reading.is(end, &["und"]));
    let more = cardinal_at(reading, start).filter(|_| factor >= MILLION && !reading.is(end, &["und"]));
    let Some((more, next)) = more else { return Some((value, end)) };
    let (more, next) = match multiple_at(reading, next) {
        Some((times, after)) => rest_at(reading, i64::from(more).checked_mul(ONE * times)?, times, after)?,
        None => (i64::from(more) * ONE, next),
    };
    Some(if more < factor * ONE { (value.checked_add(more)?, next) } else { (value, end) })
}

fn multiple_at(reading: &Reading<'_>, index: usize) -> Option<(i64, usize)> {
    let factor = match reading.at(index) {
        "dutzend" => 12,
        "tausend" => 1000,
        "million" | "millionen" => MILLION,
        "milliarde" | "milliarden" => 1000 * MILLION,
        _ => return None,
    };
    Some((factor, index + 1))
}

/// Digits of a dictated number, at least: two may be "zwei, drei".
const DICTATED_MIN: usize = 3;

/// "vier sieben eins eins Komma acht": a meter that is read digit by digit.
fn dictated_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    let mut digits = String::new();
    let mut end = index;
    while let Some((digit, next)) =
        cardinal_at(reading, end).filter(|(digit, _)| *digit < 10 && digits.len() < 9)
    {
        digits.push_str(&digit.to_string());
        end = next;
    }
    if digits.len() < DICTATED_MIN {
        return None;
    }
    let whole: i64 = digits.parse().ok()?;
    let (decimals, end) = decimals_at(reading, end).unwrap_or((0, end));
    Some((Amount::from_thousandths(whole * ONE + decimals), end))
}

/// What is a number only where one was asked for.
pub(super) fn asked_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    dictated_at(reading, index)
        .or_else(|| place_at(reading, index))
        .or_else(|| point_at(reading, index))
        .or_else(|| fraction_at(reading, index))
}

/// Numbers of people: "zu viert", "zu zweit".
const PEOPLE: &[(&str, u32)] = &[
    ("zweit", 2),
    ("dritt", 3),
    ("viert", 4),
    ("fuenft", 5),
    ("sechst", 6),
    ("siebt", 7),
    ("acht", 8),
    ("neunt", 9),
    ("zehnt", 10),
];
/// Answers to "how many" that are no number words.
const ANSWERS: &[(&str, u32)] = &[
    ("ein", 1),
    ("eine", 1),
    ("einen", 1),
    ("einer", 1),
    ("eins", 1),
    ("keine", 0),
    ("keiner", 0),
    ("keinen", 0),
    ("keins", 0),
    ("beide", 2),
    ("zehne", 10),
    ("elfe", 11),
    ("zwoelfe", 12),
    ("fuenfe", 5),
    ("viere", 4),
    ("einmal", 1),
    ("zweimal", 2),
    ("dreimal", 3),
    ("viermal", 4),
    ("fuenfmal", 5),
    ("zehnmal", 10),
];
/// Names of parts, and how many of them are one.
const PARTS: &[(&str, i64)] =
    &[("drittel", 3), ("viertel", 4), ("fuenftel", 5), ("achtel", 8), ("zehntel", 10)];
/// Words that may stand around such an answer.
const AROUND: &[&str] =
    &["gar", "nur", "noch", "alle", "nein", "ja", "ganz", "genau", "kilo", "meter", "liter"];

/// What stands for a number where one was asked for or people are counted.
pub(super) fn spoken_at(reading: &Reading<'_>, index: usize, asked: bool) -> Option<(Amount, usize)> {
    let known = |table: &[(&str, u32)], word: &str| {
        table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    };
    if reading.is(index, &["zu"])
        && let Some(people) = known(PEOPLE, reading.at(index + 1))
    {
        return Some((people.into(), index + 2));
    }
    let alone = (0..reading.len()).all(|at| at == index || reading.is(at, AROUND));
    let answer = known(ANSWERS, reading.at(index)).filter(|_| asked && alone)?;
    Some((answer.into(), index + 1))
}

/// "drei Viertel", "ein Drittel", where a number was asked for and no time is told with it.
fn fraction_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    let one = || reading.is(index, ARTICLES).then_some((1, index + 1));
    let (count, at) = cardinal_at(reading, index).or_else(one)?;
    let (_, parts) = PARTS.iter().find(|(name, _)| *name == reading.at(at))?;
    let told = cardinal_at(reading, at + 1).is_some() || reading.is(at + 1, &["vor", "nach"]);
    (!told).then(|| (Amount::from_thousandths((i64::from(count) * ONE + parts / 2) / parts), at + 1))
}

/// `1.5`: with a point, where a number was asked for.
fn point_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    let (whole, rest) = reading.at(index).split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let short = digits(whole) && digits(rest) && whole.len() <= 9 && rest.len() < DECIMALS_MAX;
    let value: i64 = format!("{whole}{rest:0<3}").parse().ok().filter(|_| short)?;
    Some((Amount::from_thousandths(value), index + 1))
}

/// "der dritte": an ordinal alone, where a number was asked for.
fn place_at(reading: &Reading<'_>, index: usize) -> Option<(Amount, usize)> {
    let (place, end) = ordinal_at(reading, index)?;
    let article = |at: usize| reading.is(at, &["der", "die", "das", "den", "am", "im", "zum"]);
    ((0..index).all(article) && end == reading.len()).then(|| (place.into(), end))
}

/// Idioms in which a number counts nothing.
const IDIOMS: &[&[&str]] = &[
    &["eins", "nach", "dem"],
    &["aller", "guten", "dinge", "sind", "drei"],
    &["unter", "vier", "augen"],
    &["vier", "waenden"],
    &["sieben", "siegeln"],
    &["wolke", "sieben"],
    &["sieben", "sachen"],
    &["null", "komma", "nichts"],
    &["null", "und", "nichtig"],
    &["null", "bock"],
    &["null", "ahnung"],
    &["bei", "null"],
    &["stunde", "null"],
    &["linke", "haende"],
    &["zwei", "stuehlen"],
    &["zwei", "fliegen"],
    &["drei", "kreuze"],
    &["tausend", "dank"],
    &["acht", "geben"],
    &["acht", "gegeben"],
    &["ausser", "acht"],
    &["in", "acht", "nehmen"],
    &["formel", "eins"],
    &["hartz", "vier"],
    &["nummer", "eins"],
    &["fuenf", "gerade"],
    &["null", "acht", "fuenfzehn"],
    &["eins", "zu", "viel"],
    &["mir", "eins"],
    &["eins", "a"],
    &["eins", "zu", "null"],
    &["eins", "zu", "eins"],
    &["sieben", "auf", "einen", "streich"],
    &["zwei", "linke", "haende"],
    &["immer", "zwei", "dazu"],
    &["wie", "zwei", "tropfen"],
    &["zwei", "hochzeiten"],
    &["drei", "kaese", "hoch"],
    &["eine", "million", "mal"],
    &["acht", "im", "rad"],
    &["null", "problemo"],
    &["null", "komma", "nix"],
    &["hundert", "pro"],
    &["zwei", "seelen"],
    &["alle", "neune"],
    &["elf", "freunde"],
    &["drei", "viertel", "der"],
    &["in", "null", "komma"],
    &["sieben", "berge"],
    &["mit", "achtzig", "sachen"],
    &["vierundzwanzig", "stunden", "notdienst"],
    &["vierundzwanzig", "stunden", "service"],
    &["rund", "um", "die", "uhr"],
    &["eins", "und", "eins"],
    &["null", "chance"],
];
/// What a number behind it only names.
const NAMING: &[&str] =
    &["linie", "autobahn", "windows", "version", "programm", "gleis", "s", "u", "a", "b", "g"];

/// The end of an idiom at `index`, or of a name that has a number.
pub(super) fn idiom_at(reading: &Reading<'_>, index: usize) -> Option<usize> {
    if let Some(words) = IDIOMS.iter().find(|words| reading.starts(index, words)) {
        return Some(index + words.len());
    }
    let naming =
        reading.is(index, NAMING) && (index > 0 || reading.at(index).len() > 1 || reading.is(index, &["g"]));
    cardinal_at(reading, index + 1).filter(|_| naming).map(|(_, end)| end)
}
