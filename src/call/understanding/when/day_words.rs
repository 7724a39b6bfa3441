//! Words for days: weekdays, "morgen", and what adjectives tell ("nächsten", "vorigen").

use jiff::civil::Weekday;

use super::super::reading::Reading;

/// Tokens between two adjectives of one noun, at most.
const GAP_MAX: usize = 2;
/// Weekdays as they are written, and as they are said in the south and west.
const WEEKDAYS: &[(&str, Weekday)] = &[
    ("montag", Weekday::Monday),
    ("dienstag", Weekday::Tuesday),
    ("mittwoch", Weekday::Wednesday),
    ("donnerstag", Weekday::Thursday),
    ("freitag", Weekday::Friday),
    ("samstag", Weekday::Saturday),
    ("sonnabend", Weekday::Saturday),
    ("sonntag", Weekday::Sunday),
];
const REGIONAL: &[(&str, Weekday)] = &[
    ("montach", Weekday::Monday),
    ("mondag", Weekday::Monday),
    ("maandag", Weekday::Monday),
    ("dienstach", Weekday::Tuesday),
    ("dienschtag", Weekday::Tuesday),
    ("dienschdag", Weekday::Tuesday),
    ("irta", Weekday::Tuesday),
    ("irtag", Weekday::Tuesday),
    ("erchtag", Weekday::Tuesday),
    ("mittwuch", Weekday::Wednesday),
    ("mittwoche", Weekday::Wednesday),
    ("donnerstach", Weekday::Thursday),
    ("donnerschtag", Weekday::Thursday),
    ("dunnerschdag", Weekday::Thursday),
    ("dunnerstag", Weekday::Thursday),
    ("pfinztag", Weekday::Thursday),
    ("freitach", Weekday::Friday),
    ("freidag", Weekday::Friday),
    ("samstach", Weekday::Saturday),
    ("samschtag", Weekday::Saturday),
    ("samschdig", Weekday::Saturday),
    ("samschdag", Weekday::Saturday),
    ("sonntach", Weekday::Sunday),
    ("sunntig", Weekday::Sunday),
    ("sonndag", Weekday::Sunday),
];
pub(super) const RELATIVE: &[(&str, i64)] = &[
    ("heute", 0),
    ("heut", 0),
    ("heit", 0),
    ("morgen", 1),
    ("uebermorgen", 2),
    ("ueberuebermorgen", 3),
    ("gestern", -1),
    ("vorgestern", -2),
    ("vorvorgestern", -3),
];
/// "am morgigen Tag", "am heutigen Montag".
pub(super) const ADJECTIVES: &[(&str, i64)] =
    &[("heutig", 0), ("morgig", 1), ("uebermorgig", 2), ("gestrig", -1)];
/// How many weeks, months or years ahead, by the stem of the adjective.
const AHEAD: &[(&str, i64)] = &[
    ("ueberuebernaechst", 3),
    ("uebernaechst", 2),
    ("naechst", 1),
    ("kommend", 1),
    ("folgend", 1),
    ("dies", 0),
    ("laufend", 0),
    ("aktuell", 0),
    ("letzt", -1),
    ("vergangen", -1),
    ("vorig", -1),
    ("vorletzt", -2),
];

/// The weekday that a word begins with, and what follows it in the word: "dienstagabend".
pub(super) fn weekday(word: &str) -> Option<(Weekday, &str)> {
    let known = |table: &'static [(&str, Weekday)]| {
        table.iter().find_map(|(name, day)| word.strip_prefix(name).map(|rest| (*day, rest)))
    };
    known(WEEKDAYS).or_else(|| known(REGIONAL).filter(|(_, rest)| rest.is_empty()))
}

/// A weekday and nothing else in the word.
pub(super) fn plain_weekday(word: &str) -> Option<Weekday> {
    weekday(word).filter(|(_, rest)| matches!(*rest, "" | "s")).map(|(day, _)| day)
}

pub(super) fn inflected<'t>(table: &'t [(&str, i64)], word: &str) -> Option<(i64, &'t str)> {
    table
        .iter()
        .find(|(stem, _)| {
            word.strip_prefix(stem).is_some_and(|end| matches!(end, "e" | "en" | "er" | "es" | "em"))
        })
        .map(|(stem, count)| (*count, *stem))
}

/// "nächste", "kommenden", "dieser", "übernächsten": how many weeks or months ahead, and the word's stem.
pub(super) fn ahead(word: &str) -> Option<(i64, &'static str)> {
    inflected(AHEAD, word)
}

/// The noun of an adjective in front of `index`, and the index after it: of "nächste oder übernächste Woche" the first
/// one has that of the second.
pub(super) fn noun_behind<'r>(reading: &'r Reading<'_>, index: usize) -> (&'r str, usize) {
    let mut at = index;
    while at < index + GAP_MAX
        && reading.is(at, &["oder", "und", "sondern", "nicht", "den", "die", "das", "der"])
    {
        at += 1;
    }
    if at > index && ahead(reading.at(at)).is_some() {
        return (reading.at(at + 1), index);
    }
    (reading.at(index), index + 1)
}
