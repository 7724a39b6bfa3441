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
        }
    }

    /// Whether people say this part with that hour (0 to 24): "zwölf Uhr nachts", "fünf Uhr abends".
    pub const fn goes_with(self, hour: i64) -> bool {
        match self {
            Self::Early | Self::Morning => hour < 12,
            Self::Forenoon => hour >= 4 && hour <= 12,
            Self::Noon => hour >= 10 && hour <= 15,
            Self::Afternoon => hour >= 12 && hour <= 19,
            Self::Evening => hour >= 17 && hour <= 24,
            Self::Night => hour < 6 || hour >= 20,
        }
    }
}

/// The part that a word names.
pub(super) fn part(word: &str) -> Option<Part> {
    let word = word.strip_suffix('s').unwrap_or(word);
    Some(match word {
        "frueh" | "morgenfrueh" => Part::Early,
        "morgen" => Part::Morning,
        "vormittag" => Part::Forenoon,
        "mittag" => Part::Noon,
        "nachmittag" | "spaetnachmittag" => Part::Afternoon,
        "abend" | "feierabend" => Part::Evening,
        "nacht" => Part::Night,
        _ => return None,
    })
}

/// The part of the day named at `index`. "morgen" is one only behind a day or as "am Morgen"; else it is
/// tomorrow. "früh" is one only behind a day or a time or in "in der Früh".
pub(super) fn part_at(
    reading: &Reading<'_>,
    index: usize,
    behind_day: bool,
    behind_clock: bool,
) -> Option<(Part, usize)> {
    let word = reading.at(index);
    let before = reading.before(index, 1);
    if matches!(before, "schoenen" | "schoen" | "guten" | "gute" | "zu") {
        return None;
    }
    let found = part(word)?;
    match word {
        "morgen" if !behind_day && before != "am" => None,
        "frueh" if !behind_day && !behind_clock && before != "der" && before != "am" => None,
        _ => Some((found, index + 1)),
    }
}
