//! What a site says word for word, with the key that each text stands under: what can be made into sound, or recorded,
//! before anybody calls.

use super::site::Site;
use super::texts::RULES;

impl Site {
    /// Every text that holds no values, with its key, in the order of the manual. A text that stands under several keys
    /// comes once for each.
    #[must_use]
    pub fn fixed_texts(&self) -> Vec<(String, &str)> {
        let mut all: Vec<(String, &str)> = Vec::new();
        let keys = || RULES.iter().map(|(key, ..)| *key);
        all.extend(keys().zip(self.texts.all()).map(|(key, text)| (format!("texts.{key}"), text)));
        let short = keys().zip(self.short.all()).zip(self.texts.all());
        let short = short.filter(|((_, short), long)| short != long);
        all.extend(short.map(|((key, short), _)| (format!("texts.short.{key}"), short)));
        all.extend(
            self.answers.iter().map(|answer| (format!("answers.{}", answer.id), answer.text.as_str())),
        );
        for form in &self.forms {
            for slot in &form.slots {
                let key = format!("forms.{}.{}", form.name, slot.name);
                let asks = slot
                    .ask
                    .iter()
                    .zip(1..)
                    .map(|(ask, nth): (_, u8)| (format!("{key}.ask.{nth}"), ask.as_str()));
                all.extend(asks);
                all.extend(slot.short.iter().map(|short| (format!("{key}.short"), short.as_str())));
            }
        }
        all.retain_mut(|(_, text)| {
            *text = text.trim();
            !text.contains('{')
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::load_site;
    use crate::config::shipped_texts::{shipped, shipped_short};
    use crate::config::site::Language;

    #[test]
    fn every_text_stands_under_its_own_key() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/sites/heating/site.toml");
        let site = load_site(&folder).unwrap();
        let texts = site.fixed_texts();
        let mut shipped_ones = 0;
        for (key, text) in &texts {
            let Some(key) = key.strip_prefix("texts.") else { continue };
            let as_shipped = match key.strip_prefix("short.") {
                Some(key) => shipped_short(Language::German, key),
                None => shipped(Language::German, key),
            };
            shipped_ones += usize::from(as_shipped.is_some());
            assert!(as_shipped.is_none_or(|shipped| shipped == *text), "{key}: {text}");
        }
        assert!(shipped_ones > 30, "{shipped_ones}");
        let has = |key: &str| texts.iter().any(|(known, _)| known == key);
        assert!(has("texts.privacy") && has("forms.visit.name.ask.2") && has("answers.payment"));
        assert!(!has("texts.offer") && !has("texts.short.booked"));
    }
}
