//! The screen-pop: what a colleague's telephone and the dialplan are told of a call, as channel variables and SIP
//! headers.
//!
//! Some of it is what a caller said. A dialplan gives meaning to `$`, brackets, quotes, commas, semicolons and
//! more, SIP to line ends and angle brackets; so only letters, figures and a few harmless signs are left, and not
//! many of them.

use crate::call::line::ScreenPop;

/// Longest value, in characters.
const VALUE_CHARS_MAX: usize = 80;
/// Slots that are told; as many as a form has.
const SLOTS_MAX: usize = 16;

/// Channel variables, by their names without the underscores that hand them on to other channels.
pub fn variables(screen: &ScreenPop) -> Vec<(String, String)> {
    let mut variables = vec![
        ("KLINKE_CALL".to_owned(), harmless(&screen.call)),
        ("KLINKE_SITE".to_owned(), harmless(&screen.site)),
        ("KLINKE_CONCERN".to_owned(), harmless(&screen.concern)),
        ("KLINKE_EMERGENCY".to_owned(), u8::from(screen.emergency).to_string()),
    ];
    let told: Vec<(String, String)> = screen
        .fields
        .iter()
        .take(SLOTS_MAX)
        .map(|(name, value)| (harmless(name), harmless(value.reveal())))
        .collect();
    let line: Vec<String> = told.iter().map(|(name, value)| format!("{name}={value}")).collect();
    variables.push(("KLINKE_SLOTS".to_owned(), line.join(" / ")));
    variables
        .extend(told.into_iter().map(|(name, value)| (format!("KLINKE_SLOT_{}", constant(&name)), value)));
    variables
}

/// SIP headers for a telephone that is called without the dialplan; the dialplan's `klinke-screen` adds the same.
pub fn headers(screen: &ScreenPop) -> Vec<(&'static str, String)> {
    let variables = variables(screen);
    let value = |name: &str| {
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let all = [
        ("X-Klinke-Call", value("KLINKE_CALL")),
        ("X-Klinke-Site", value("KLINKE_SITE")),
        ("X-Klinke-Emergency", value("KLINKE_EMERGENCY")),
        ("X-Klinke-Concern", value("KLINKE_CONCERN")),
        ("X-Klinke-Slots", value("KLINKE_SLOTS")),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// What is left of a text once nothing in it can mean anything.
fn harmless(text: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || "-.+/_".contains(c);
    let plain: String = text.chars().map(|c| if kept(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(VALUE_CHARS_MAX).collect()
}

/// As variables are named.
fn constant(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn screen(value: &str) -> ScreenPop {
        ScreenPop {
            call: "00ff".into(),
            site: "heating".into(),
            concern: value.into(),
            emergency: true,
            fields: vec![("name".into(), value.to_owned().into())],
        }
    }

    #[test]
    fn what_people_say_is_told_as_they_say_it() {
        let variables = variables(&screen("Frau Müller-Lüdenscheidt"));
        let has = |name: &str, value: &str| variables.contains(&(name.into(), value.into()));
        assert!(has("KLINKE_CALL", "00ff") && has("KLINKE_EMERGENCY", "1"), "{variables:?}");
        assert!(has("KLINKE_SLOT_NAME", "Frau Müller-Lüdenscheidt"), "{variables:?}");
        assert!(has("KLINKE_SLOTS", "name=Frau Müller-Lüdenscheidt"), "{variables:?}");
        let headers = headers(&screen("Weber"));
        assert!(headers.contains(&("X-Klinke-Slots", "name=Weber".into())), "{headers:?}");
    }

    #[test]
    fn what_would_be_a_command_is_words() {
        let said = "Weber\r\nX-Evil: 1\",System(rm -rf /);${SHELL(id)}$[1+1]<sip:x>&Local/1@x|`id`\\";
        let told = harmless(said);
        assert_eq!(told, "Weber X-Evil 1 System rm -rf / SHELL id 1+1 sip x Local/1 x id");
        assert_eq!(harmless("\u{202e}a\u{0}b\u{85}c\u{2028}d"), "a b c d");
    }

    proptest! {
        #[test]
        fn nothing_that_means_anything_gets_through(said in "\\PC{0,200}|[\\x00-\\x7f]{0,200}") {
            let screen = screen(&said);
            let values = variables(&screen).into_iter().map(|(_, value)| value);
            for value in values.chain(headers(&screen).into_iter().map(|(_, value)| value)) {
                prop_assert!(value.chars().count() <= 2 * VALUE_CHARS_MAX);
                let meant = ['$', '{', '}', '[', ']', '(', ')', ',', ';', '"', '\'', '`', '\\', '|', '&', '<', '>', '\r', '\n'];
                prop_assert!(!value.contains(meant) && !value.chars().any(char::is_control));
            }
        }
    }
}
