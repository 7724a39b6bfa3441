//! In which language a command tells administrators what it tells them.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use crate::config::site::Language;

/// What locales are looked for in, in the order of POSIX: the first one that is set and not empty decides.
const LOCALES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The choice of a language.
#[derive(Args, Clone, Copy)]
pub struct Tongue {
    /// The language that you are told things in; without it: that of LC_ALL, LC_MESSAGES or LANG.
    #[arg(long, value_name = "de|en", value_enum, hide_possible_values = true, global = true)]
    language: Option<Code>,
}

/// A language as it is written on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Code {
    /// Deutsch.
    De,
    /// English.
    En,
}

impl Tongue {
    /// The language that was chosen, else the environment's.
    #[must_use]
    pub fn language(self) -> Language {
        match self.language {
            Some(Code::De) => Language::German,
            Some(Code::En) => Language::English,
            None => of(|name| std::env::var_os(name)),
        }
    }
}

/// The language of an environment: German where its locale is, else English.
fn of(variable: impl Fn(&str) -> Option<OsString>) -> Language {
    let locale = LOCALES.iter().filter_map(|name| variable(name)).find(|locale| !locale.is_empty());
    match locale {
        Some(locale) if locale.to_string_lossy().to_ascii_lowercase().starts_with("de") => Language::German,
        _ => Language::English,
    }
}

/// A word to an administrator, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// Auf Deutsch.
    pub german: String,
    /// In English.
    pub english: String,
}

impl Both {
    /// In that language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::German => &self.german,
            Language::English => &self.english,
        }
    }
}

/// A word in both languages, German first: `both!("{n} Plätze", "{n} places")`.
macro_rules! both {
    ($german:literal, $english:literal $(, $($argument:tt)*)?) => {
        $crate::commands::tongue::Both {
            german: format!($german $(, $($argument)*)?),
            english: format!($english $(, $($argument)*)?),
        }
    };
}
pub(crate) use both;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environments_language_is_taken_in_the_order_of_posix() {
        let of = |set: &[(&str, &str)]| {
            of(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
        };
        assert_eq!(of(&[]), Language::English);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Language::German);
        assert_eq!(of(&[("LANG", "DE")]), Language::German);
        assert_eq!(of(&[("LANG", "de_AT.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")]), Language::English);
        assert_eq!(of(&[("LANG", "C"), ("LC_ALL", ""), ("LC_MESSAGES", "de_CH")]), Language::German);
        assert_eq!(of(&[("LANG", "de_DE"), ("LC_ALL", "C.UTF-8")]), Language::English);
    }
}
