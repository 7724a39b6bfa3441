//! A SHA-256 sum (FIPS 180-4), as people and files write it: 64 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// The sum of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sum([u8; 32]);

impl Sum {
    /// Of everything that was given to `hash`.
    #[must_use]
    pub fn of(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sum({self})")
    }
}

impl FromStr for Sum {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("a SHA-256 sum has 64 hexadecimal digits, not {text:?}");
        let digits = text.as_bytes();
        let mut sum = [0; 32];
        if digits.len() != 64 {
            return Err(wrong());
        }
        for (byte, pair) in sum.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |digit: u8| char::from(digit).to_digit(16).ok_or_else(wrong);
            // two digits of four bits each
            *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).map_err(|_| wrong())?;
        }
        Ok(Self(sum))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_written_as_everybody_writes_it() {
        let mut hash = Sha256::new();
        hash.update(b"abc");
        // FIPS 180-4, example of one block
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sum::of(hash).to_string(), known);
        assert_eq!(known.to_uppercase().parse::<Sum>().unwrap().to_string(), known);
    }

    proptest! {
        #[test]
        fn only_64_digits_are_a_sum(text in "\\PC{0,70}") {
            let right = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(text.parse::<Sum>().is_ok(), right);
        }
    }
}
