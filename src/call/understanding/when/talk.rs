//! Talk: words of time that say no time.

use super::super::reading::Reading;

/// Idioms, greetings and wishes in which days and hours are none.
const IDIOMS: &[&[&str]] = &[
    &["von", "heute", "auf", "morgen"],
    &["morgen", "ist", "auch", "noch", "ein", "tag"],
    &["morgen", "morgen", "nur", "nicht", "heute"],
    &["was", "du", "heute", "kannst", "besorgen"],
    &["heute", "so", "morgen", "so"],
    &["lieber", "heute", "als", "morgen"],
    &["nicht", "von", "gestern"],
    &["schnee", "von", "gestern"],
    &["der", "tag", "ist", "gelaufen"],
    &["am", "ende", "des", "tages"],
    &["auf", "der", "stelle", "treten"],
    &["auf", "den", "ersten", "blick"],
    &["auf", "den", "zweiten", "blick"],
    &["auf", "den", "letzten", "druecker"],
    &["welcher", "tag", "ist"],
    &["blauer", "montag"],
    &["blauen", "montag"],
    &["ein", "siebenschlaefer"],
    &["die", "ganze", "nacht"],
    &["den", "ganzen", "tag"],
    &["den", "ganzen", "abend"],
    &["den", "ganzen", "morgen"],
    &["die", "ganze", "woche", "schon"],
    &["tag", "und", "nacht"],
    &["bei", "nacht", "und", "nebel"],
    &["bei", "nacht"],
    &["von", "tag", "zu", "tag"],
    &["eines", "tages"],
    &["eines", "morgens"],
    &["eines", "nachts"],
    &["ueber", "nacht"],
    &["gute", "nacht"],
    &["letzter", "sekunde"],
    &["zu", "guter", "letzt"],
    &["zwischen", "tuer"],
    &["im", "siebten", "himmel"],
    &["aus", "erster", "hand"],
    &["im", "ersten", "moment"],
    &["im", "ersten", "anlauf"],
    &["am", "seidenen"],
];
/// Wishes: "schönes Wochenende", "ein frohes neues Jahr".
const WISHES: &[&str] =
    &["schoenes", "schoene", "schoenen", "frohes", "gutes", "gesundes", "tolles", "erholsames"];
const WISHED: &[&str] =
    &["wochenende", "wochenend", "neues", "jahr", "abend", "nachmittag", "woche", "sonntag"];
/// Times that are told of, not meant: "der Sommer war warm", "im Winter ist es immer kalt".
const TOLD: &[&str] = &["war", "waren", "immer", "jedes", "jedesmal", "meistens", "normalerweise"];
/// Tokens behind a season or month in which it can be told of.
const TOLD_REACH: usize = 7;

/// The end of talk that begins at `index`.
pub(super) fn talk_at(reading: &Reading<'_>, index: usize) -> Option<usize> {
    if reading.is(index, WISHES) && reading.is(index + 1, WISHED) {
        return Some(index + 2 + usize::from(reading.is(index + 2, &["jahr"])));
    }
    IDIOMS.iter().find(|words| reading.starts(index, words)).map(|words| index + words.len())
}

/// Whether a month or season that ends in front of `end` is only told of.
pub(super) fn is_told_of(reading: &Reading<'_>, end: usize) -> bool {
    (end..end + TOLD_REACH).any(|at| reading.is(at, TOLD))
        && !(end..end + 2).any(|at| reading.is(at, &["waere"]))
}
