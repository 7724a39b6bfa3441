//! The Land that a site lies in: some holidays are only there.

use std::str::FromStr;

/// A Land of Germany.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Land {
    /// Baden-Württemberg
    BadenWuerttemberg,
    /// Bayern
    Bayern,
    /// Berlin
    Berlin,
    /// Brandenburg
    Brandenburg,
    /// Bremen
    Bremen,
    /// Hamburg
    Hamburg,
    /// Hessen
    Hessen,
    /// Mecklenburg-Vorpommern
    MecklenburgVorpommern,
    /// Niedersachsen
    Niedersachsen,
    /// Nordrhein-Westfalen
    NordrheinWestfalen,
    /// Rheinland-Pfalz
    RheinlandPfalz,
    /// Saarland
    Saarland,
    /// Sachsen
    Sachsen,
    /// Sachsen-Anhalt
    SachsenAnhalt,
    /// Schleswig-Holstein
    SchleswigHolstein,
    /// Thüringen
    Thueringen,
}

/// By the usual two letters (ISO 3166-2:DE).
const LETTERS: [(&str, Land); 16] = [
    ("BW", Land::BadenWuerttemberg),
    ("BY", Land::Bayern),
    ("BE", Land::Berlin),
    ("BB", Land::Brandenburg),
    ("HB", Land::Bremen),
    ("HH", Land::Hamburg),
    ("HE", Land::Hessen),
    ("MV", Land::MecklenburgVorpommern),
    ("NI", Land::Niedersachsen),
    ("NW", Land::NordrheinWestfalen),
    ("RP", Land::RheinlandPfalz),
    ("SL", Land::Saarland),
    ("SN", Land::Sachsen),
    ("ST", Land::SachsenAnhalt),
    ("SH", Land::SchleswigHolstein),
    ("TH", Land::Thueringen),
];

impl Land {
    /// All of them.
    pub const ALL: [Self; 16] = {
        let mut all = [Self::BadenWuerttemberg; 16];
        let mut at = 0;
        while at < all.len() {
            all[at] = LETTERS[at].1;
            at += 1;
        }
        all
    };

    /// Its usual two letters: `BW`.
    #[must_use]
    pub fn letters(self) -> &'static str {
        LETTERS.iter().find(|(_, land)| *land == self).map_or("", |(letters, _)| letters)
    }
}

impl FromStr for Land {
    type Err = String;

    fn from_str(letters: &str) -> Result<Self, String> {
        LETTERS.iter().find(|(known, _)| *known == letters).map(|(_, land)| *land).ok_or_else(|| {
            let known: Vec<&str> = LETTERS.iter().map(|(known, _)| *known).collect();
            format!("unknown Land {letters:?}; one of {}", known.join(", "))
        })
    }
}
