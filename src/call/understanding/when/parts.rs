//! Parts of the day.

use super::super::reading::Reading;

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Early,
    Morning,
    Forenoon,
    Noon,
    Afternoon,
    Evening,
    Night,
    /// "tagsüber"
    Daytime,
    /// "am frühen Nachmittag": the first hours of it.
    First(Long),
    /// "am späten Abend": the last ones.
    Last(Long),
}

/// Parts that have a beginning and an end of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Long {
    Forenoon,
    Afternoon,
    Evening,
}

impl Part {
    /// Hours from midnight of the day; the night ends on the next one.
    pub const fn hours(self) -> (i64, i64) {
        match self {
            Self::Early => (6, 10),
            Self::Morning => (6, 12),
            Self::Forenoon => (8, 12),
            Self::Noon => (11, 14),
            Self::Afternoon => (13, 18),
            Self::Evening => (18, 22),
            Self::Night => (22, 30),
            Self::Daytime => (8, 18),
            Self::First(Long::Forenoon) => (8, 10),
            Self::Last(Long::Forenoon) => (10, 12),
            Self::First(Long::Afternoon) => (13, 15),
            Self::Last(Long::Afternoon) => (16, 18),
            Self::First(Long::Evening) => (18, 20),
            Self::Last(Long::Evening) => (20, 22),
        }
    }

    /// Whether people say this part with that hour (0 to 24): "zwölf Uhr nachts", "fünf Uhr abends".
    pub const fn goes_with(self, hour: i64) -> bool {
        match self {
            Self::Early | Self::Morning => hour < 12,
            Self::Forenoon | Self::First(Long::Forenoon) | Self::Last(Long::Forenoon) => {
                hour >= 4 && hour <= 12
            }
            Self::Noon => hour >= 10 && hour <= 15,
            Self::Afternoon | Self::First(Long::Afternoon) | Self::Last(Long::Afternoon) => {
                hour >= 12 && hour <= 19
            }
            Self::Evening | Self::First(Long::Evening) | Self::Last(Long::Evening) => {
                hour >= 17 && hour <= 24
            }
            Self::Night => hour < 6 || hour >= 20,
            Self::Daytime => hour >= 7 && hour <= 19,
        }
    }

    /// The first or last hours of it.
    const fn narrowed(self, late: bool) -> Self {
        let long = match self {
            Self::Morning if !late => return Self::Early,
            Self::Forenoon => Long::Forenoon,
            Self::Afternoon => Long::Afternoon,
            Self::Evening => Long::Evening,
            other => return other,
        };
        if late { Self::Last(long) } else { Self::First(long) }
    }
}

/// Phrases that name a part by what people do then.
const PHRASES: &[(&[&str], Part)] = &[
    (&["nach", "feierabend"], Part::Evening),
    (&["nach", "der", "arbeit"], Part::Evening),
    (&["vor", "der", "arbeit"], Part::Early),
    (&["vor", "arbeitsbeginn"], Part::Early),
    (&["zu", "mittag"], Part::Noon),
    (&["auf", "d'nacht"], Part::Evening),
    (&["auf", "die", "nacht"], Part::Evening),
    (&["in", "aller", "frueh"], Part::Early),
    (&["in", "aller", "fruehe"], Part::Early),
    (&["ganz", "frueh", "am", "morgen"], Part::Early),
    (&["frueh", "am", "morgen"], Part::Early),
];

/// The part that a word names.
pub(super) fn part(word: &str) -> Option<Part> {
    let word = word.strip_suffix('s').unwrap_or(word);
    Some(match word {
        "frueh" | "morgenfrueh" | "fruehmorgen" => Part::Early,
        "morgen" => Part::Morning,
        "vormittag" => Part::Forenoon,
        "mittag" | "mittagszeit" | "mittagspause" | "mittagsstunde" => Part::Noon,
        "nachmittag" => Part::Afternoon,
        "spaetnachmittag" => Part::Last(Long::Afternoon),
        "fruehabend" => Part::First(Long::Evening),
        "spaetabend" => Part::Last(Long::Evening),
        "abend" => Part::Evening,
        "nacht" => Part::Night,
        "tagsueber" | "ganztag" => Part::Daytime,
        _ => return None,
    })
}

/// The part of the day named at `index`. "morgen" is one only behind a day or as "am Morgen"; else it is
/// tomorrow. "früh" is one only behind a day or a time, in front of one, or in "in der Früh".
pub(super) fn part_at(
    reading: &Reading<'_>,
    index: usize,
    behind_day: bool,
    behind_clock: bool,
) -> Option<(Part, usize)> {
    if let Some((words, named)) = PHRASES.iter().find(|(words, _)| reading.starts(index, words)) {
        return Some((*named, index + words.len()));
    }
    let word = reading.at(index);
    let before = reading.before(index, 1);
    if matches!(before, "schoenen" | "schoen" | "guten" | "gute" | "zu" | "und" if before != "und" || word == "nacht")
    {
        return None;
    }
    let late = matches!(word, "spaeten" | "spaeter");
    if (late || matches!(word, "fruehen" | "frueher"))
        && let Some(found) = part(reading.at(index + 1))
    {
        return Some((found.narrowed(late), index + 2));
    }
    let found = part(word)?;
    let in_front = reading.is(index + 1, &["um", "gegen", "halb"]);
    match word {
        "morgen" if !behind_day && before != "am" => None,
        "frueh" if !behind_day && !behind_clock && !in_front && before != "der" && before != "am" => None,
        _ => Some((found, index + 1)),
    }
}
