//! Names of people: led by words that announce them, by a title, by what is expected, or spelled.

use super::alike::{shared, trigrams};
use super::found::{Found, one_after_another};
use super::lexicon::{Lexicon, capitalised};
use super::marks::CORRECTIONS;
use super::name_words::name_like;
use super::reading::Reading;
use super::spelling::spelled_at;
use super::understood::{PersonName, Value};
use super::variants::hinted;
use crate::call::hearing::Expect;

/// "auf Vogel", "bei Seidel"
const BY: (&[&str], bool) = (&["auf"], false);
/// Words that announce a name, and whether anything may follow or only what is known as a name.
const LEADS: &[(&[&str], bool)] = &[
    (&["mein", "name", "ist"], true),
    (&["der", "name", "ist"], true),
    (&["name", "ist"], true),
    (&["mein", "nachname", "ist"], true),
    (&["nachname", "ist"], true),
    (&["nachname"], true),
    (&["familienname"], true),
    (&["ich", "heisse"], true),
    (&["ich", "heiss"], true),
    (&["auf", "den", "namen"], true),
    (&["unter", "dem", "namen"], true),
    (&["unter"], false),
    (&["mit", "nachnamen"], true),
    (&["mit", "vornamen"], true),
    (&["mein", "vorname", "ist"], true),
    (&["vorname"], true),
    (&["heisst"], true),
    (&["mutter", "von"], true),
    (&["vater", "von"], true),
    (&["meinen", "mann"], true),
    (&["meine", "frau"], false),
    (&["meine", "tochter"], true),
    (&["meinen", "sohn"], true),
    (&["eheleute"], true),
    (&["hier", "spricht"], true),
    (&["hier", "ist"], false),
    (&["hier"], false),
    (&["ich", "bin"], false),
    (&["my", "name", "is"], true),
    (&["mein", "name"], false),
    (&["am", "apparat", "ist"], true),
    (&["klingeln", "bei"], true),
    (&["klingel", "bei"], true),
];
/// What behind "auf Vogel" says that it is a name; so does the end of the sentence.
const BOOKED: &[&str] = &["bestellt", "reserviert", "gebucht", "eingetragen", "bitte", ""];
/// Words behind a name that make it one.
const TRAILS: &[&[&str]] =
    &[&["am", "apparat"], &["mein", "name"], &["ist", "mein", "name"], &["heisse", "ich"], &["hier"]];
const TITLES: &[(&str, &str)] = &[
    ("frau", "Frau"),
    ("herr", "Herr"),
    ("herrn", "Herr"),
    ("familie", "Familie"),
    ("doktor", "Doktor"),
    ("dr", "Doktor"),
    ("professor", "Professor"),
    ("prof", "Professor"),
];
/// What is written behind a title and is no name.
const FACULTIES: &[&str] = &["med", "phil", "jur", "dent", "vet", "ing", "habil"];
const PARTICLES: &[&str] = &[
    "von", "van", "de", "zu", "zur", "zum", "vom", "der", "den", "di", "da", "dos", "del", "la", "le", "el",
    "al",
];
/// Those that are written with a capital letter.
const ARABIC: &[&str] = &["el", "al"];
/// Words of a name, particles not counted.
const WORDS_MAX: usize = 3;

/// Words between a name and its spelling.
const SPELLING_WORDS: &[&str] =
    &["ich", "buchstabiere", "buchstabiert", "geschrieben", "das", "schreibt", "sich", "wie", "wird", "man"];
/// Words between a name and what else is told of somebody.
const INTRODUCING: &[&str] = &[
    "meine",
    "mail",
    "adresse",
    "nummer",
    "telefonnummer",
    "ist",
    "lautet",
    "und",
    "ich",
    "wohne",
    "in",
    "der",
];
/// What refuses a name in front of it.
const REFUSED: &[&str] = &["nicht"];
/// How alike two names look, at least, of which one is said in the place of the other ("Weber" and "Weiler").
const CONTRASTED_MIN: f32 = 0.35;
/// Words of an utterance that only corrects a name.
const CORRECTION_WORDS_MAX: usize = 5;

/// All names in a reading.
pub(super) fn find(reading: &Reading<'_>, lexicon: &Lexicon, expect: &[Expect]) -> Vec<Found> {
    // Where a name is one of several things hoped for, unknown words are no names.
    let first = matches!(expect.first(), Some(Expect::Name | Expect::Spelling));
    // … but where it is taken back, it is: "nein, Weber".
    let corrected =
        (0..2).any(|index| reading.is(index, CORRECTIONS)) && reading.len() <= CORRECTION_WORDS_MAX;
    let asked = first || (expect.contains(&Expect::Name) && corrected && lexicon.is_name(reading.at(1)));
    let names = one_after_another(reading, |index| {
        let name = led_at(reading, index, lexicon)
            .or_else(|| expect.contains(&Expect::Name).then(|| contrasted_at(reading, index))?)
            .or_else(|| spelled(reading, index, asked))
            .or_else(|| plain_at(reading, index, lexicon, asked))?;
        Some(with_spelling(reading, name))
    });
    given_and_family(reading, names)
}

/// "Seidel, Rosenweg vier": a known family name in front of what follows a name, where nobody asked for one.
pub(super) fn opening(reading: &Reading<'_>, lexicon: &Lexicon, chosen: &[Found]) -> Option<Found> {
    let first = usize::from(reading.is(0, &["ja"]));
    let name = with_spelling(reading, plain_at(reading, first, lexicon, true)?);
    let known = (first..name.end).any(|at| lexicon.is_family(reading.at(at)));
    let joined = |next: &Found| (name.end..next.first).all(|at| reading.is(at, INTRODUCING));
    let followed = chosen.iter().any(|next| {
        next.first >= name.end
            && joined(next)
            && matches!(next.value, Value::Address(_) | Value::Telephone { .. } | Value::Email { .. })
    });
    let free = !chosen.iter().any(|other| other.overlaps(&name));
    (known && followed && free).then_some(name)
}

/// "nicht Kemper, Kempers": two words that sound alike, of which the first is refused, are two names, known or not.
fn contrasted_at(reading: &Reading<'_>, index: usize) -> Option<Found> {
    let other = if reading.is(index.wrapping_sub(1), REFUSED) {
        index + 1 + usize::from(reading.is(index + 1, &["sondern"]))
    } else {
        let first = index.checked_sub(1 + usize::from(reading.is(index.wrapping_sub(1), &["sondern"])))?;
        Some(first).filter(|first| reading.is(first.wrapping_sub(1), REFUSED))?
    };
    let names = name_like(reading, index) && name_like(reading, other);
    let alike = shared(&trigrams(reading.at(index)), &trigrams(reading.at(other)));
    if !names || alike < CONTRASTED_MIN || reading.at(index) == reading.at(other) {
        return None;
    }
    Some(found(None, &[capitalised(reading.tokens.get(index)?.written)], index, index + 1, 0.9))
}

/// "Vorname Inge, Nachname Busch" is one person.
fn given_and_family(reading: &Reading<'_>, names: Vec<Found>) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for next in names {
        let told = |found: &Found, word: &str| {
            (found.first.saturating_sub(2)..found.end).any(|at| reading.at(at).starts_with(word))
        };
        let last = all.last_mut().filter(|last| {
            next.first <= last.end + 2
                && (told(last, "vorname") && told(&next, "nachname")
                    || told(last, "nachname") && told(&next, "vorname"))
        });
        let told_first = last.as_ref().is_some_and(|last| told(last, "vorname"));
        match last {
            Some(last) if matches!((&last.value, &next.value), (Value::Name(_), Value::Name(_))) => {
                let (Value::Name(one), Value::Name(other)) = (&mut last.value, next.value) else { continue };
                let (given, family) = if told_first {
                    (one.family.take(), other.family)
                } else {
                    (other.family, one.family.take())
                };
                (one.given, one.family, last.end) = (given, family, next.end);
            }
            _ => all.push(next),
        }
    }
    all
}

/// "mein Name ist Sabine Weber", "Frau Doktor Müller".
fn led_at(reading: &Reading<'_>, index: usize, lexicon: &Lexicon) -> Option<Found> {
    let booked = |at: usize| lexicon.is_family(reading.at(at)) && reading.is(at + 1, BOOKED);
    let lead = LEADS
        .iter()
        .find(|(words, _)| reading.starts(index, words))
        .or_else(|| (reading.is(index, &["auf", "bei"]) && booked(index + 1)).then_some(&BY));
    let (start, open) = lead.map_or((index, false), |(words, open)| (index + words.len(), *open));
    let start = start + usize::from(lead.is_some() && reading.is(start, &["die", "der", "jetzt", "ist"]));
    let (title, after_title) = title_at(reading, start);
    if lead.is_none() && title.is_none() {
        return None;
    }
    if lead.is_some()
        && let Some((word, end)) = spelled_at(reading, after_title, open)
    {
        return Some(found(title, &[capitalised(&word)], start, end, 0.85));
    }
    let open = open || title.is_some();
    let (words, end) = words_at(reading, after_title, lexicon, open)?;
    Some(found_among(title, &words, reading, lexicon, start, end, if open { 0.95 } else { 0.9 }))
}

/// A name that nothing leads: with "am Apparat" behind it, or because it was asked for.
fn plain_at(reading: &Reading<'_>, index: usize, lexicon: &Lexicon, asked: bool) -> Option<Found> {
    let known = lexicon.is_name(reading.at(index));
    let (words, end) = words_at(reading, index, lexicon, asked)?;
    let wanted = known && reading.is(end, &["sprechen"]);
    let trailed = wanted
        || TRAILS.iter().any(|trail| reading.starts(end, trail)) && (known || reading.len() <= end + 3);
    let both =
        words.len() >= 2 && lexicon.is_given(reading.at(index)) && lexicon.is_family(reading.at(end - 1));
    let sure = match (asked, known, trailed) {
        (_, _, true) => 0.9,
        (true, true, _) => 0.9,
        (true, false, _) => 0.6,
        (false, ..) if both => 0.8,
        _ => return None,
    };
    Some(found_among(None, &words, reading, lexicon, index, end, sure))
}

/// A spelling alone: the family name.
fn spelled(reading: &Reading<'_>, index: usize, asked: bool) -> Option<Found> {
    let (word, end) = spelled_at(reading, index, asked)?;
    Some(found(None, &[capitalised(&word)], index, end, if asked { 0.9 } else { 0.6 }))
}

fn title_at(reading: &Reading<'_>, index: usize) -> (Option<String>, usize) {
    let mut end = index;
    let mut titles = Vec::new();
    while let Some((_, title)) = TITLES.iter().find(|(word, _)| *word == reading.at(end)) {
        titles.push(*title);
        end += 1;
        // "Dr. med."
        end += usize::from(reading.is(end, FACULTIES));
    }
    ((!titles.is_empty()).then(|| titles.join(" ")), end)
}

/// Indices of the words of a name from `index` on, and the index after it. `open`: unknown words are taken too.
fn words_at(
    reading: &Reading<'_>,
    index: usize,
    lexicon: &Lexicon,
    open: bool,
) -> Option<(Vec<usize>, usize)> {
    let mut words: Vec<usize> = Vec::new();
    let mut end = index;
    let mut real = 0;
    while real < WORDS_MAX && end < reading.len() && words.len() < 2 * WORDS_MAX {
        let particle = particle_at(reading, end, real, |name| open || lexicon.is_name(name));
        if !particle && !goes_on(reading, &words, end, lexicon, open) {
            break;
        }
        words.push(end);
        end += 1;
        real += usize::from(!particle);
        let stopped = matches!(reading.after(end - 1), Some(',' | '.' | ';' | '?' | '!'));
        if stopped && reading.at(end - 1).len() > 2 {
            break;
        }
    }
    (real > 0).then_some((words, end))
}

/// Whether a particle stands at `index` with a name behind it: "von der Heide".
fn particle_at(reading: &Reading<'_>, index: usize, real: usize, name: impl Fn(&str) -> bool) -> bool {
    let is_particle = |at: usize| reading.is(at, PARTICLES);
    let after = (index + 1..index + 3).find(|at| !is_particle(*at)).unwrap_or(index + 1);
    is_particle(index)
        && (real > 0
            || reading.is(index, &["von", "van", "zur", "el", "al"])
            || (index > 0 && reading.is(index - 1, &["von", "van"]) && !reading.is(index, &["von"])))
        && name_like(reading, after)
        && name(reading.at(after))
}

/// Whether the token at `index` is the next word of a name that so far has `words`.
fn goes_on(reading: &Reading<'_>, words: &[usize], index: usize, lexicon: &Lexicon, open: bool) -> bool {
    let known = lexicon.is_name(reading.at(index));
    if !name_like(reading, index) || !(known || open) {
        return false;
    }
    let Some(last) = words.last().map(|last| reading.at(*last)) else { return true };
    if PARTICLES.contains(&last) {
        return true;
    }
    let family_only = |name: &str| lexicon.is_family(name) && !lexicon.is_given(name);
    if words.len() == 1 && family_only(last) {
        // Two family names are two people ("nicht Weber, Weiler"); "Weber Sabine" is one.
        return lexicon.is_given(reading.at(index)) && !lexicon.is_family(reading.at(index));
    }
    let last_word = index + 1 == reading.len();
    known || (words.len() == 1 && (lexicon.is_given(last) || last_word))
}

fn found_among(
    title: Option<String>,
    words: &[usize],
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    start: usize,
    end: usize,
    sure: f32,
) -> Found {
    let mut indices = words.to_vec();
    // "Weber Sabine"
    if let [one, two] = indices.as_slice()
        && !lexicon.is_given(reading.at(*one))
        && lexicon.is_family(reading.at(*one))
        && lexicon.is_given(reading.at(*two))
        && !lexicon.is_family(reading.at(*two))
    {
        indices.reverse();
    }
    let written: Vec<String> = indices
        .iter()
        .filter_map(|index| reading.tokens.get(*index))
        .map(|token| {
            if PARTICLES.contains(&token.norm.as_str()) && !ARABIC.contains(&token.norm.as_str()) {
                token.norm.clone()
            } else {
                capitalised(token.written)
            }
        })
        .collect();
    found(title, &written, start, end, sure)
}

fn found(title: Option<String>, words: &[String], start: usize, end: usize, sure: f32) -> Found {
    let family_start = words
        .iter()
        .position(|word| PARTICLES.contains(&word.to_lowercase().as_str()))
        .unwrap_or_else(|| words.len().saturating_sub(1));
    let (given, family) = words.split_at(family_start);
    let join = |words: &[String]| (!words.is_empty()).then(|| words.join(" ").into());
    let name = PersonName { title, given: join(given), family: join(family) };
    Found::new(Value::Name(name), start, end, sure)
}

/// "Weber, W E B E R"; "Meyer mit Ypsilon"; "Schmidt mit d t".
fn with_spelling(reading: &Reading<'_>, mut name: Found) -> Found {
    let Value::Name(person) = &mut name.value else { return name };
    let Some(family) = person.family.as_ref().map(|family| family.reveal().clone()) else { return name };
    let mut next = name.end;
    while reading.is(next, SPELLING_WORDS) {
        next += 1;
    }
    if let Some((word, end)) = spelled_at(reading, next, false)
        && word.chars().next() == family.chars().flat_map(char::to_lowercase).next()
    {
        person.family = Some(capitalised(&word).into());
        name.end = end;
        return name;
    }
    if let Some((other, end)) = double_at(reading, name.end) {
        person.family = Some(format!("{family}-{other}").into());
        name.end = end;
    } else if let Some((family, end)) = hinted(reading, name.end, &family.to_lowercase()) {
        person.family = Some(capitalised(&family).into());
        name.end = end;
    } else if reading.is(name.end, &["wie"]) {
        // "Wolf wie das Tier", "Koch wie der Koch"
        let article =
            usize::from(reading.is(name.end + 1, &["der", "die", "das", "ein", "eine", "man", "im", "in"]));
        name.end = (name.end + 2 + article).min(reading.len());
    }
    name
}

/// "Hofmann Bindestrich Berger", "Müller Lüdenscheidt mit Bindestrich": the second half of a double name.
fn double_at(reading: &Reading<'_>, index: usize) -> Option<(String, usize)> {
    let written = |at: usize| {
        name_like(reading, at)
            .then(|| reading.tokens.get(at))
            .flatten()
            .map(|token| capitalised(token.written))
    };
    if reading.is(index, &["bindestrich", "strich", "minus"]) {
        return Some((written(index + 1)?, index + 2));
    }
    let behind = index + 1 + usize::from(reading.is(index + 1, &["mit"]));
    let told = reading.is(behind, &["bindestrich", "doppelnamen", "doppelname"]);
    Some((written(index).filter(|_| told)?, behind + 1))
}
