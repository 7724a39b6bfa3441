//! The shipped sentences, held to their rules.

use super::*;
use crate::call::understanding::SlotKind;
use crate::config::shipped_texts::{shipped_ask, shipped_ask_short, shipped_tree};
use crate::config::spoken::placeholders;

#[test]
fn shipped_texts_are_whole_and_lawful() {
    for language in [Language::German, Language::English] {
        for (key, known, needed) in RULES {
            if OWN.contains(&key) {
                continue;
            }
            let text = shipped(language, key).unwrap_or_else(|| panic!("{key} is missing"));
            let names = placeholders(&text).unwrap();
            assert!(names.iter().all(|name| known.contains(name)), "{key}: {names:?}");
            assert!(needed.iter().all(|name| names.contains(name)), "{key}: {names:?}");
        }
        assert!(names_the_ai(&shipped(language, "is_ai").unwrap(), language));
        assert!(names_112(&shipped(language, "danger").unwrap()));
        for kind in [SlotKind::Address, SlotKind::Name, SlotKind::Telephone, SlotKind::DateTime] {
            assert_eq!(shipped_ask(language, kind).len(), 2, "{kind:?}");
            let (short, long) = (shipped_ask_short(language, kind).unwrap(), shipped_ask(language, kind));
            assert!(short.chars().count() <= long[0].chars().count(), "{short}");
        }
        let tree = shipped_tree(language);
        let written: Vec<_> = tree.keys().map(|key| key.get_ref().to_string()).collect();
        let is_rule = |key: &String| RULES.iter().any(|(rule, ..)| rule == key);
        assert!(written.iter().all(|key| ["ask", "ask_short", "short"].contains(&&**key) || is_rule(key)));
        let short: Vec<_> = tree.get("short").unwrap().get_ref().as_table().unwrap().keys().collect();
        for key in short.iter().map(|key| key.get_ref().to_string()) {
            assert!(is_rule(&key) && !NEVER_SHORT.contains(&&*key), "{key}");
        }
    }
}

#[test]
fn short_sentences_are_short_and_say_the_same_values() {
    for language in [Language::German, Language::English] {
        for (key, known, needed) in RULES {
            let Some(short) = shipped_short(language, key) else { continue };
            let long = shipped(language, key).unwrap();
            assert!(short.chars().count() < long.chars().count(), "{key}: {short}");
            let names = placeholders(&short).unwrap();
            assert!(names.iter().all(|name| known.contains(name)), "{key}: {names:?}");
            assert!(needed.iter().all(|name| names.contains(name)), "{key}: {names:?}");
            assert_eq!(names.contains(&"technician"), long.contains("{technician}"), "{key}");
        }
    }
}

#[test]
fn the_112_is_heard_in_figures_and_words() {
    assert!(names_112("Wählen Sie 112."));
    assert!(names_112("Wählen Sie eins, eins, zwei!"));
    assert!(!names_112("Wählen Sie 110."));
    assert!(!names_112("eins zwei"));
}
