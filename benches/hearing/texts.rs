//! What synthetic callers say: phrases of the training texts, and the usual forms of every closed kind of answer.

use klinke::call::hearing::Expect;
use klinke::models::plain;
use serde::Deserialize;

use super::ground::{Chance, project};

/// Something to say.
#[derive(Clone)]
pub struct Text {
    /// For the synthesizer.
    pub written: String,
    /// What is to be heard.
    pub said: String,
}

impl Text {
    fn of(written: &str) -> Self {
        Self { written: written.to_owned(), said: plain(written) }
    }
}

#[derive(Deserialize)]
struct Area {
    area: String,
    intents: Vec<Intent>,
}

#[derive(Deserialize)]
struct Intent {
    sentences: Vec<String>,
}

/// German sentences of `models/training/sentences`, of 3 to 12 words and without figures, each once.
pub fn phrases() -> Vec<Text> {
    let folder = project("models/training/sentences");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("sentences").flatten().map(|f| f.path()).collect();
    files.sort();
    let mut phrases: Vec<Text> = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|it| it == "toml")) {
        if file.ends_with("english.toml") {
            continue;
        }
        let text = std::fs::read_to_string(file).expect("readable");
        let Ok(area) = toml::from_str::<Area>(&text) else { continue };
        assert!(!area.area.is_empty());
        phrases.extend(area.intents.iter().flat_map(|intent| &intent.sentences).map(|line| Text::of(line)));
    }
    let mut seen = std::collections::HashSet::new();
    phrases.retain(|text| {
        let words = text.said.split(' ').count();
        (3..=12).contains(&words)
            && !text.written.contains(|sign: char| sign.is_ascii_digit() || "'’…".contains(sign))
            && seen.insert(text.said.clone())
    });
    assert!(phrases.len() > 1_500, "only {} phrases", phrases.len());
    phrases
}

/// A closed kind of answer.
pub struct Closed {
    pub name: &'static str,
    pub expect: Expect,
    pub texts: Vec<Text>,
    /// What the site lists besides.
    pub listed: Vec<String>,
}

#[rustfmt::skip]
const YES_NO: &[&str] = &[
    "ja", "ja bitte", "ja gerne", "ja genau", "ja das stimmt", "ja richtig", "genau", "richtig", "stimmt",
    "das stimmt", "jawohl", "natürlich", "okay", "in ordnung", "einverstanden", "auf jeden fall", "das passt",
    "ja das passt", "ja okay", "ja natürlich", "nein", "nein danke", "nee", "nein das stimmt nicht",
    "das stimmt nicht", "nein das ist falsch", "auf keinen fall", "nein das passt nicht", "lieber nicht",
    "nein leider nicht", "das geht nicht", "nein falsch",
];
const WEEKDAYS: [&str; 7] = ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"];
const ON_A_DAY: [&str; 6] = ["{}", "am {}", "nächsten {}", "{} bitte", "am {} vormittag", "vielleicht {}"];
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "dezember",
];
const ONES: [&str; 13] = [
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
];
const TENS: [&str; 6] = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig"];
#[rustfmt::skip]
const ALPHABET: [(char, &str, &str); 29] = [
    ('a', "anton", "A"), ('b', "berta", "B"), ('c', "cäsar", "C"), ('d', "dora", "D"), ('e', "emil", "E"),
    ('f', "friedrich", "F"), ('g', "gustav", "G"), ('h', "heinrich", "H"), ('i', "ida", "I"), ('j', "julius", "J"),
    ('k', "kaufmann", "K"), ('l', "ludwig", "L"), ('m', "martha", "M"), ('n', "nordpol", "N"), ('o', "otto", "O"),
    ('p', "paula", "P"), ('q', "quelle", "Q"), ('r', "richard", "R"), ('s', "samuel", "S"), ('t', "theodor", "T"),
    ('u', "ulrich", "U"), ('v', "viktor", "V"), ('w', "wilhelm", "W"), ('x', "xanthippe", "X"),
    ('y', "ypsilon", "Y"), ('z', "zacharias", "Z"), ('ä', "ärger", ""), ('ö', "ökonom", ""), ('ü', "übermut", ""),
];
#[rustfmt::skip]
const LETTERS: [&str; 26] = [
    "a", "be", "ce", "de", "e", "ef", "ge", "ha", "i", "jot", "ka", "el", "em", "en", "o", "pe", "ku", "er", "es",
    "te", "u", "vau", "we", "ix", "ypsilon", "zett",
];

fn cardinal(number: usize) -> String {
    match number {
        0..=12 => ONES[number].to_owned(),
        16 => "sechzehn".to_owned(),
        17 => "siebzehn".to_owned(),
        13..=19 => format!("{}zehn", ONES[number - 10]),
        _ if number.is_multiple_of(10) => TENS[number / 10].to_owned(),
        _ => format!("{}und{}", if number % 10 == 1 { "ein" } else { ONES[number % 10] }, TENS[number / 10]),
    }
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "ersten".to_owned(),
        3 => "dritten".to_owned(),
        7 => "siebten".to_owned(),
        8 => "achten".to_owned(),
        2..=19 => format!("{}ten", cardinal(number)),
        _ => format!("{}sten", cardinal(number)),
    }
}

fn time(chance: &mut Chance) -> String {
    let (hour, minute) = (chance.within(7, 20), chance.within(1, 59));
    let hours = if hour == 1 { "ein".to_owned() } else { cardinal(hour) };
    let twelve = cardinal(chance.within(1, 12));
    match chance.within(0, 8) {
        0 | 1 => format!("um {hours} uhr"),
        2 | 3 => format!("um {hours} uhr {}", cardinal(minute)),
        4 => format!("halb {twelve}"),
        5 => format!("viertel nach {twelve}"),
        6 => format!("viertel vor {twelve}"),
        7 => format!("gegen {hours} uhr"),
        _ => format!("zehn nach {twelve}"),
    }
}

fn date(chance: &mut Chance) -> String {
    let (day, month) = (ordinal(chance.within(1, 28)), chance.within(1, 12));
    match chance.within(0, 2) {
        0 => format!("am {day} {}", MONTHS[month - 1]),
        1 => format!("am {day} {}", ordinal(month)),
        _ => format!("den {day} {}", MONTHS[month - 1]),
    }
}

/// A word letter by letter: by the alphabet's names, or by the letters' own.
fn spelled(word: &str, by_names: bool) -> Option<Text> {
    let entry = |letter: char| ALPHABET.iter().position(|(known, ..)| *known == letter);
    let places: Vec<usize> = word.to_lowercase().chars().map(entry).collect::<Option<_>>()?;
    let said: Option<Vec<&str>> = places
        .iter()
        .map(|&at| if by_names { Some(ALPHABET[at].1) } else { LETTERS.get(at).copied() })
        .collect();
    let said = said?.join(" ");
    let written = if by_names {
        said.clone()
    } else {
        places.iter().map(|&at| ALPHABET[at].2).collect::<Vec<_>>().join(", ")
    };
    Some(Text { written, said })
}

fn names(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project(file)).expect("names");
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// Every closed kind with `count` answers.
pub fn closed(chance: &mut Chance, count: usize) -> Vec<Closed> {
    let family = names("src/call/understanding/family_names_de.txt");
    let given = names("src/call/understanding/given_names_de.txt");
    // Half of the site's 500 names are family names alone, half have another one's given name before.
    let (alone, rest) = family.split_at(family.len() / 2);
    let mut list: Vec<String> = alone.iter().take(250).cloned().collect();
    while list.len() < 500 {
        let name = format!("{} {}", chance.one_of(&given), chance.one_of(rest));
        if !list.contains(&name) {
            list.push(name);
        }
    }
    let mut many = |make: &mut dyn FnMut(&mut Chance) -> Option<Text>| {
        let mut texts = Vec::new();
        while texts.len() < count {
            texts.extend(make(chance));
        }
        texts
    };
    let closed = |name, expect, texts| Closed { name, expect, texts, listed: Vec::new() };
    vec![
        closed(
            "yes and no",
            Expect::YesNo,
            many(&mut |chance| Some(Text::of(chance.one_of::<&str>(YES_NO)))),
        ),
        closed(
            "weekday",
            Expect::Date,
            many(&mut |chance| {
                Some(Text::of(&chance.one_of(&ON_A_DAY).replace("{}", chance.one_of::<&str>(&WEEKDAYS))))
            }),
        ),
        closed("date", Expect::Date, many(&mut |chance| Some(Text::of(&date(chance))))),
        closed("time", Expect::Time, many(&mut |chance| Some(Text::of(&time(chance))))),
        Closed {
            listed: list.clone(),
            ..closed(
                "name from a list of 500",
                Expect::Name,
                many(&mut |chance| {
                    let name = chance.one_of(&list).clone();
                    let lead = *chance.one_of(&["", "", "mein name ist ", "hier ist "]);
                    Some(Text::of(&format!("{lead}{name}")))
                }),
            )
        },
        closed(
            "spelling",
            Expect::Spelling,
            many(&mut |chance| {
                let name = chance.one_of(&family).clone();
                let by_names = chance.within(0, 1) == 0;
                spelled(&name, by_names).filter(|_| (3..=7).contains(&name.chars().count()))
            }),
        ),
    ]
}
