//! Spellings that callers tell apart in words: "Meyer mit Ypsilon", "Schmidt mit d t", "Walter ohne h", "Hoffmann mit
//! zwei f und zwei n".

use super::reading::Reading;
use super::spelling::letter_at;

/// Letters of one hint, at most ("mit v o i g t" spells the name).
const LETTERS_MAX: usize = 12;
/// So many letters are no hint but the name itself.
const SPELLED_MIN: usize = 4;
/// Two letters that are said as a word.
const PAIRS: &[&str] = &[
    "ue", "oe", "ae", "ph", "th", "ck", "tz", "dt", "ai", "ei", "ey", "ay", "ie", "eh", "ah", "oh", "uh",
    "aa", "ee", "ss", "ch",
];
/// Hints and the letters that they replace: the first that the name has.
const REPLACED: &[(&str, &[&str])] = &[
    ("y", &["ei", "ai", "i"]),
    ("ey", &["ei", "ai"]),
    ("ay", &["ai", "ei"]),
    ("ai", &["ei", "ay", "ey"]),
    ("ei", &["ai", "ey", "ay"]),
    ("ue", &["ü"]),
    ("oe", &["ö"]),
    ("ae", &["ä"]),
    ("ü", &["ue"]),
    ("ö", &["oe"]),
    ("ä", &["ae"]),
    ("ß", &["ss"]),
    ("ss", &["ß"]),
    ("ph", &["f", "v"]),
    ("th", &["t"]),
    ("ck", &["k"]),
    ("tz", &["z"]),
    ("dt", &["tt", "d", "t"]),
    ("tt", &["dt", "t", "d"]),
    ("c", &["k"]),
    ("k", &["c"]),
    ("v", &["f", "w"]),
    ("f", &["v", "ph"]),
    ("w", &["v"]),
    ("ie", &["i"]),
    ("i", &["y"]),
];

/// The letters of a hint, and the index after them.
fn letters_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let mut at = index;
    let times = match reading.at(at) {
        "einem" | "ein" | "nur" => 1,
        "zwei" | "doppel" | "doppeltem" => 2,
        _ => 0,
    };
    at += usize::from(times > 0);
    let scharf = reading.is(at, &["scharfem"]);
    at += usize::from(scharf);
    // "ü" is no pair, though its normal form is one.
    let pair = reading.tokens.get(at).is_some_and(|token| token.written.chars().count() == 2);
    if times == 0 && pair && PAIRS.contains(&reading.at(at)) {
        return Some((reading.at(at).to_owned(), at + 1));
    }
    let mut letters = String::new();
    let mut count = 0;
    while count < LETTERS_MAX
        && (count == 0 || times == 0)
        && let Some((letter, end)) = letter_at(reading, at)
    {
        letters.push_str(&letter);
        (at, count) = (end, count + 1);
    }
    if scharf {
        "ß".clone_into(&mut letters);
    }
    let letters = if times == 2 { letters.repeat(2) } else { letters };
    (count > 0).then_some((letters, at))
}

/// The spelling of `name` (small letters) that the hints at `index` choose, and the index after them.
pub(super) fn hinted(reading: &Reading<'_>, index: usize, name: &str) -> Option<(String, usize)> {
    let mut at = index;
    let mut chosen = name.to_owned();
    loop {
        let start =
            at + usize::from(at > index && reading.is(at, &["und"])) + usize::from(reading.is(at, &["nur"]));
        let with = reading.is(start, &["mit"]);
        let without = reading.is(start, &["ohne"]);
        let start = if with || without {
            start + 1
        } else if start > at && at > index {
            start
        } else {
            break;
        };
        let Some((letters, end)) = letters_at(reading, start) else { break };
        let single = reading.is(start, &["einem"]);
        chosen = if letters.chars().count() >= SPELLED_MIN {
            letters
        } else if without {
            left_out(&chosen, &letters)
        } else if single {
            chosen.replace(&letters.repeat(2), &letters)
        } else {
            taken_in(&chosen, &letters)
        };
        at = end;
    }
    if at == index {
        return None;
    }
    let end = if reading.starts(at, &["am", "ende"]) { at + 2 } else { at };
    Some((chosen, end))
}

fn taken_in(name: &str, letters: &str) -> String {
    if name.contains(letters) {
        return name.to_owned();
    }
    let replaced = REPLACED.iter().filter(|(hint, _)| *hint == letters).flat_map(|(_, others)| others.iter());
    for other in replaced {
        // "Schmitt mit d t": at the end, where the name ends so.
        // "Meier mit Ypsilon" keeps the other letter of the pair.
        let letters = if letters == "y" { other.replace('i', "y") } else { letters.to_owned() };
        if let Some(stem) = name.strip_suffix(other) {
            return format!("{stem}{letters}");
        }
        if name.contains(other) {
            return name.replacen(other, &letters, 1);
        }
    }
    // "Weber mit doppel b"
    let mut twice = letters.chars();
    match (twice.next(), twice.next(), twice.next()) {
        (Some(one), Some(two), None) if one == two => match name.rfind(one) {
            Some(at) => format!("{}{letters}{}", &name[..at], &name[at + one.len_utf8()..]),
            None => name.to_owned(),
        },
        _ => name.to_owned(),
    }
}

fn left_out(name: &str, letters: &str) -> String {
    let shorter = match letters {
        "h" => name.replacen("th", "t", 1),
        "c" => name.replacen("ck", "k", 1),
        "t" => name.replacen("tz", "z", 1).replacen("dt", "d", 1),
        letters => name.strip_suffix(letters).unwrap_or(name).to_owned(),
    };
    if shorter.is_empty() { name.to_owned() } else { shorter }
}
