//! The printed dialplans are files of their own, with both languages in their comments and `@key@` for values.

use crate::config::site::Language;

/// The template with the comments of one language and the values. A line that is nothing but a value that is
/// empty is left out.
pub fn fill(template: &str, language: Language, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for line in template.lines() {
        let comment = line.strip_prefix(";de").map(|rest| (Language::German, rest));
        let comment = comment.or_else(|| line.strip_prefix(";en").map(|rest| (Language::English, rest)));
        let line = match comment {
            Some((other, _)) if other != language => continue,
            Some((_, rest)) => format!(";{rest}"),
            None => line.to_owned(),
        };
        let filled =
            values.iter().fold(line.clone(), |line, (key, value)| line.replace(&format!("@{key}@"), value));
        if filled.is_empty() && !line.is_empty() {
            continue;
        }
        text += &filled;
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_chosen_and_values_filled_in() {
        let template = ";de eins @a@\n;en one @a@\n;\n\n@none@\nexten => @a@,1,${EXTEN}\n";
        let values = [("a", "x"), ("none", "")];
        assert_eq!(fill(template, Language::German, &values), "; eins x\n;\n\nexten => x,1,${EXTEN}\n");
        assert_eq!(fill(template, Language::English, &values), "; one x\n;\n\nexten => x,1,${EXTEN}\n");
    }
}
