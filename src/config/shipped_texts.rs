//! The sentences that come with Klinke, in `texts.de.toml` and `texts.en.toml`.

use toml::de::DeTable;

use super::site::Language;
use crate::call::understanding::SlotKind;

const GERMAN: &str = include_str!("texts.de.toml");
const ENGLISH: &str = include_str!("texts.en.toml");

/// The sentence that comes with Klinke.
pub fn shipped(language: Language, key: &str) -> Option<String> {
    shipped_tree(language).get(key)?.get_ref().as_str().map(str::to_owned)
}

/// The short form of it, where one comes with Klinke.
pub fn shipped_short(language: Language, key: &str) -> Option<String> {
    shipped_tree(language).get("short")?.get_ref().get(key)?.get_ref().as_str().map(str::to_owned)
}

const fn kind_key(kind: SlotKind) -> Option<&'static str> {
    match kind {
        SlotKind::Address => Some("address"),
        SlotKind::Name => Some("name"),
        SlotKind::Telephone => Some("telephone"),
        SlotKind::DateTime => Some("date_time"),
        _ => None,
    }
}

/// How to ask someone in a hurry for a value of that kind, where the site does not say.
pub fn shipped_ask_short(language: Language, kind: SlotKind) -> Option<String> {
    let tree = shipped_tree(language);
    let short = tree.get("ask_short")?.get_ref().get(kind_key(kind)?)?;
    short.get_ref().as_str().map(str::to_owned)
}

/// How to ask for a value of that kind, where the site does not say; empty: it has to.
pub fn shipped_ask(language: Language, kind: SlotKind) -> Vec<String> {
    let Some(key) = kind_key(kind) else { return Vec::new() };
    let tree = shipped_tree(language);
    let ask = tree.get("ask").and_then(|ask| ask.get_ref().get(key)).and_then(|ask| ask.get_ref().as_array());
    ask.into_iter().flatten().filter_map(|text| text.get_ref().as_str().map(str::to_owned)).collect()
}

/// All of it as it is written.
pub fn shipped_tree(language: Language) -> DeTable<'static> {
    let text = match language {
        Language::German => GERMAN,
        Language::English => ENGLISH,
    };
    DeTable::parse(text).expect("the shipped texts are TOML; a test reads them").into_inner()
}
