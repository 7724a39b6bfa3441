//! Amounts and lengths: numbers with a fraction, and how long something takes, as exact values.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What one is, in the thousandths that an [`Amount`] counts.
const ONE: i64 = 1000;

/// A number with up to three decimals; in JSON a number, a whole one without a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Amount {
    thousandths: i64,
}

impl Amount {
    /// So many thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self { thousandths }
    }

    /// How many thousandths it is.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.thousandths
    }

    /// The number, where it is whole.
    #[must_use]
    pub const fn whole(self) -> Option<i64> {
        if self.thousandths % ONE == 0 { Some(self.thousandths / ONE) } else { None }
    }
}

impl From<i64> for Amount {
    fn from(whole: i64) -> Self {
        Self { thousandths: whole.saturating_mul(ONE) }
    }
}

impl From<u32> for Amount {
    fn from(whole: u32) -> Self {
        Self { thousandths: i64::from(whole) * ONE }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths.unsigned_abs() / 1000, self.thousandths.unsigned_abs() % 1000);
        let sign = if self.thousandths < 0 { "-" } else { "" };
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        write!(f, "{sign}{whole}.{}", format!("{rest:03}").trim_end_matches('0'))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => to.serialize_i64(whole),
            None => to.serialize_f64(self.thousandths as f64 / ONE as f64),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(from)?;
        Ok(Self { thousandths: (value * ONE as f64).round() as i64 })
    }
}

/// How long, in the units that were said; those that were not are zero and left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Length {
    /// Years.
    #[serde(skip_serializing_if = "is_zero")]
    pub years: u32,
    /// Months.
    #[serde(skip_serializing_if = "is_zero")]
    pub months: u32,
    /// Weeks.
    #[serde(skip_serializing_if = "is_zero")]
    pub weeks: u32,
    /// Days.
    #[serde(skip_serializing_if = "is_zero")]
    pub days: u32,
    /// Hours.
    #[serde(skip_serializing_if = "is_zero")]
    pub hours: u32,
    /// Minutes.
    #[serde(skip_serializing_if = "is_zero")]
    pub minutes: u32,
    /// Seconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub seconds: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_zero(value: &u32) -> bool {
    *value == 0
}

impl Length {
    /// So many of the largest unit that was said; halves of hours are minutes. `None`: that cannot be said exactly.
    pub(super) fn in_the_same_unit(&self, count: Amount) -> Option<Self> {
        let whole = u32::try_from(count.thousandths() / ONE).ok()?;
        let rest = u32::try_from(count.thousandths() % ONE).ok()?;
        let none = Self::default();
        match self.parts().iter().find(|(count, _)| *count > 0)?.1 {
            "h" => Some(Self { hours: whole, minutes: rest * 60 / 1000, ..none }),
            _ if rest > 0 => None,
            "y" => Some(Self { years: whole, ..none }),
            "mo" => Some(Self { months: whole, ..none }),
            "w" => Some(Self { weeks: whole, ..none }),
            "d" => Some(Self { days: whole, ..none }),
            "m" => Some(Self { minutes: whole, ..none }),
            _ => Some(Self { seconds: whole, ..none }),
        }
    }

    /// The parts with the letters of their units, the largest first: `y`, `mo`, `w`, `d`, `h`, `m`, `s`.
    #[must_use]
    pub const fn parts(&self) -> [(u32, &'static str); 7] {
        [
            (self.years, "y"),
            (self.months, "mo"),
            (self.weeks, "w"),
            (self.days, "d"),
            (self.hours, "h"),
            (self.minutes, "m"),
            (self.seconds, "s"),
        ]
    }
}

/// `1h30m`, `2w`; nothing at all is `0m`.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("0m");
        }
        self.parts()
            .iter()
            .filter(|(count, _)| *count > 0)
            .try_for_each(|(count, unit)| write!(f, "{count}{unit}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_numbers() {
        for (thousandths, written) in
            [(4000, "4"), (2500, "2.5"), (-5000, "-5"), (-50, "-0.05"), (1_234_567, "1234.567")]
        {
            let amount = Amount::from_thousandths(thousandths);
            assert_eq!(amount.to_string(), written);
            assert_eq!(serde_json::to_string(&amount).unwrap(), written);
            assert_eq!(serde_json::from_str::<Amount>(written).unwrap(), amount);
        }
    }

    #[test]
    fn lengths_name_their_units() {
        let length = Length { hours: 1, minutes: 30, ..Length::default() };
        assert_eq!(length.to_string(), "1h30m");
        assert_eq!(Length::default().to_string(), "0m");
        assert_eq!(serde_json::to_string(&length).unwrap(), r#"{"hours":1,"minutes":30}"#);
    }
}
