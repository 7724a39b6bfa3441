//! Words for streets: how their names end, and what only looks like one.

use super::lexicon::capitalised;

/// How streets end in one word.
const ENDINGS: &[&str] = &[
    "strasse",
    "str",
    "weg",
    "platz",
    "allee",
    "gasse",
    "ring",
    "damm",
    "ufer",
    "chaussee",
    "steig",
    "pfad",
    "markt",
    "hof",
    "berg",
    "stieg",
    "twiete",
    "graben",
    "garten",
    "kamp",
    "wall",
    "tor",
    "winkel",
    "bruecke",
    "promenade",
];
/// Endings that are streets only where an address was asked for or a number follows.
const WEAK_ENDINGS: &[&str] = &["hof", "berg", "markt", "garten", "kamp", "wall", "tor", "winkel", "graben"];
/// Words with such endings that are no streets.
const NO_STREETS: &[&str] = &[
    "weg",
    "deswegen",
    "unterweg",
    "bahnhof",
    "stellplatz",
    "parkplatz",
    "arbeitsplatz",
    "platz",
    "markt",
    "ring",
    "tor",
    "hof",
    "garten",
    "supermarkt",
    "baumarkt",
    "strasse",
    "hering",
    "gering",
    "gehweg",
    "keinesweg",
    "halbweg",
    "moglichkeit",
    "vorweg",
    "hinweg",
    "rueckweg",
    "schornsteinfeger",
    "bauhof",
    "vortrag",
    "motor",
    "monitor",
    "wecker",
    "kindergarten",
    "doktor",
    "direktor",
    "ventilator",
    "radiator",
    "reaktor",
    "generator",
    "sensor",
    "kompressor",
    "transformator",
    "faktor",
    "autor",
    "traktor",
    "verteilerplatz",
    "sofortweg",
    "schwimmring",
    "dichtring",
    "dichtungsring",
    "heizkreisverteilerring",
    "hochdruckring",
    "steinberg",
    "frau",
];
/// Whether a word alone looks like a street.
pub(super) fn is_street_word(norm: &str) -> bool {
    street_ending(norm).is_some_and(|weak| !weak)
}

/// Whether a word ends like a street, and whether that is weak.
pub(super) fn street_ending(norm: &str) -> Option<bool> {
    let fits = |ending: &&&str| norm.ends_with(**ending) && norm.len() > ending.len() + 2;
    let ending = ENDINGS.iter().filter(fits).max_by_key(|ending| ending.len())?;
    (!NO_STREETS.contains(&norm)).then(|| WEAK_ENDINGS.contains(ending))
}

/// A street's word as it is written.
pub(super) fn written_street(word: &str) -> String {
    let word = capitalised(word);
    if word.ends_with("str") {
        format!("{word}aße")
    } else if let Some(stem) = word.strip_suffix("strasse") {
        format!("{stem}straße")
    } else {
        word
    }
}

/// Words that belong to no street and no place.
pub(super) const STOP: &[&str] = &[
    "ich",
    "sie",
    "wir",
    "und",
    "oder",
    "die",
    "der",
    "das",
    "den",
    "dem",
    "ein",
    "eine",
    "einen",
    "einer",
    "ist",
    "sind",
    "habe",
    "haben",
    "hat",
    "wohne",
    "wohnen",
    "in",
    "im",
    "am",
    "an",
    "auf",
    "bei",
    "mit",
    "von",
    "zu",
    "zum",
    "zur",
    "ja",
    "nein",
    "nicht",
    "kein",
    "keine",
    "bitte",
    "danke",
    "mein",
    "meine",
    "unser",
    "unsere",
    "name",
    "adresse",
    "hausnummer",
    "nummer",
    "postleitzahl",
    "auch",
    "noch",
    "um",
    "gegen",
    "uhr",
    "heute",
    "morgen",
    "quatsch",
    "falsch",
    "richtig",
    "genau",
    "strasse",
    "bus",
    "weg",
    "telefon",
    "telefonnummer",
    "heizung",
    "heisst",
    "also",
    "dann",
    "aber",
    "lautet",
    "nee",
    "einem",
    "seit",
    "nach",
    "vor",
    "da",
    "es",
    "er",
];
