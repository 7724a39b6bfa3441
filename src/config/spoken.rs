//! What can be told of a text before it is spoken: how long it takes, whether it names the AI, which values it
//! leaves room for.

use super::nearest::instead;
use super::place::Findings;
use super::site::Language;
use super::tree::Written;

/// Roughly how many seconds a voice at that speed takes for the text.
///
/// Words a minute say little about German, whose words are long; letters do better. Measured with espeak-ng at
/// 130, 160 and 200 words a minute on German and English telephone texts (2026-11-22): within a tenth for texts
/// of more than one sentence. A figure is read as about four letters.
#[must_use]
pub fn seconds(text: &str, words_per_minute: u16) -> f64 {
    const LETTER: f64 = 11.0;
    const FIGURE: f64 = 4.0 * LETTER;
    const SENTENCE: f64 = 56.0;
    const CLAUSE: f64 = 24.0;
    let weight = |c: char| match c {
        '.' | '!' | '?' | ';' | ':' => SENTENCE,
        ',' | '–' => CLAUSE,
        c if c.is_ascii_digit() => FIGURE,
        c if c.is_alphabetic() => LETTER,
        _ => 0.0,
    };
    text.chars().map(weight).sum::<f64>() / f64::from(words_per_minute.max(1))
}

/// Whether a listener learns from the text that an AI speaks (EU AI Act, Art. 50(1)).
///
/// "Digitaler Assistent", "Computer" or "Automat" do not say it: a recorded menu is one, too. A denial says it
/// even less.
#[must_use]
pub fn names_the_ai(text: &str, language: Language) -> bool {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    (0..words.len()).any(|at| {
        named_at(&words, &lower, at, language) && !denied(&lower[at.saturating_sub(3)..at], language)
    })
}

fn named_at(words: &[&str], lower: &[String], at: usize, language: Language) -> bool {
    let next = |offset: usize| lower.get(at + offset).map_or("", String::as_str);
    match language {
        Language::German => {
            words[at] == "KI" || (is_kuenstlich(&lower[at]) && next(1).starts_with("intelligenz"))
        }
        Language::English => {
            words[at] == "AI"
                || (words[at] == "A" && words.get(at + 1) == Some(&"I"))
                || (lower[at] == "artificial" && next(1) == "intelligence")
        }
    }
}

fn is_kuenstlich(word: &str) -> bool {
    ["künstliche", "künstlicher", "künstlichen", "kuenstliche", "kuenstlicher", "kuenstlichen"]
        .contains(&word)
}

fn denied(before: &[String], language: Language) -> bool {
    let denials: &[&str] = match language {
        Language::German => &["kein", "keine", "keiner", "keinen", "keinem", "nicht", "ohne"],
        Language::English => &["no", "not", "never", "without", "isn", "aren"],
    };
    before.iter().any(|word| denials.contains(&word.as_str()))
}

/// The names in braces, in order.
///
/// # Errors
/// The brace that stands alone.
pub fn placeholders(text: &str) -> Result<Vec<&str>, char> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if rest[at..].starts_with('}') {
            return Err('}');
        }
        let inside = &rest[at + 1..];
        let end = inside.find(['{', '}']).filter(|&end| inside[end..].starts_with('}')).ok_or('{')?;
        names.push(&inside[..end]);
        rest = &inside[end + 1..];
    }
    Ok(names)
}

/// Writes down placeholders that stand for nothing and those that are missing.
pub fn check_placeholders(written: &Written, known: &[&str], needed: &[&str], found: &Findings) {
    let names = match placeholders(&written.text) {
        Ok(names) => names,
        Err(brace) => {
            let why = format!("has a `{brace}` without its other half; braces hold the name of a value");
            return found.mistake(&written.place, why, None);
        }
    };
    let braced: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
    let braced: Vec<&str> = braced.iter().map(String::as_str).collect();
    for name in names.iter().filter(|name| !known.contains(name)) {
        let hint =
            instead(&format!("{{{name}}}"), &braced).unwrap_or_else(|| "the text without it".to_owned());
        found.mistake(&written.place, format!("`{{{name}}}` stands for nothing here"), hint.replace('"', ""));
    }
    for name in needed.iter().filter(|name| !names.contains(name)) {
        found.mistake(
            &written.place,
            format!("does not say `{{{name}}}`, and callers have to hear it"),
            format!("a text with {{{name}}}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_for_an_ai_name_it() {
        let german = |text| names_the_ai(text, Language::German);
        assert!(german("Sie sprechen mit einer KI."));
        assert!(german("Hier ist die KI-Assistentin von Heizung Wagner."));
        assert!(german("Sie hören eine Künstliche Intelligenz."));
        assert!(german("Es ist keine Warteschleife, Sie sprechen mit einer KI."));
        for hidden in [
            "Guten Tag.",
            "Hier ist der digitale Assistent.",
            "Sie sprechen mit unserem Sprachcomputer.",
            "Bitte skip.",
            "Kiosk Ki",
        ] {
            assert!(!german(hidden), "{hidden}");
        }
        assert!(!german("Sie sprechen mit keiner KI."));
        assert!(!german("Ich bin nicht eine künstliche Intelligenz."));
        let english = |text| names_the_ai(text, Language::English);
        assert!(english("You are talking to an AI assistant."));
        assert!(english("You are talking to an A.I."));
        assert!(english("This is an artificial intelligence."));
        assert!(!english("I am not an AI."));
        assert!(!english("You said: aid."));
    }

    #[test]
    fn seconds_are_near_what_was_measured() {
        // espeak-ng -v de -s 160, -v en -s 160
        let measured = [
            (
                "Guten Tag, hier ist Heizung Wagner. Sie sprechen mit einer künstlichen Intelligenz. Es wird nichts aufgenommen. Mehr dazu mit dem Wort Datenschutz.",
                10.01,
            ),
            ("Ich kann Ihnen am Donnerstag um halb acht Herrn Yilmaz schicken. Passt Ihnen das?", 4.80),
            (
                "Good morning, this is Wagner Heating. You are speaking with an artificial intelligence. Nothing is recorded. Say privacy to learn more.",
                8.57,
            ),
        ];
        for (text, measured) in measured {
            let estimated = seconds(text, 160);
            assert!((estimated / measured - 1.0).abs() < 0.12, "{estimated:.2} s for {measured} s: {text}");
        }
    }

    #[test]
    fn braces_come_in_pairs() {
        assert_eq!(placeholders("{a} und {b}"), Ok(vec!["a", "b"]));
        assert_eq!(placeholders("nichts"), Ok(vec![]));
        assert_eq!(placeholders("{a"), Err('{'));
        assert_eq!(placeholders("a}"), Err('}'));
        assert_eq!(placeholders("{a{b}}"), Err('{'));
    }
}
