//! Names as they are spelled out on the telephone: letter by letter, and by the spelling alphabet of first names.
//! Whoever spells mostly spells a name that others have too, so the lexicon knows these strings as wholes.

/// Shorter and longer names are not laid down as wholes.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=14;

/// How a letter is called, and its word in the alphabet of first names.
const fn called(letter: char) -> Option<(&'static str, &'static str)> {
    Some(match letter {
        'a' => ("a", "anton"),
        'b' => ("be", "berta"),
        'c' => ("ce", "cäsar"),
        'd' => ("de", "dora"),
        'e' => ("e", "emil"),
        'f' => ("ef", "friedrich"),
        'g' => ("ge", "gustav"),
        'h' => ("ha", "heinrich"),
        'i' => ("i", "ida"),
        'j' => ("jot", "julius"),
        'k' => ("ka", "kaufmann"),
        'l' => ("el", "ludwig"),
        'm' => ("em", "martha"),
        'n' => ("en", "nordpol"),
        'o' => ("o", "otto"),
        'p' => ("pe", "paula"),
        'q' => ("ku", "quelle"),
        'r' => ("er", "richard"),
        's' => ("es", "samuel"),
        't' => ("te", "theodor"),
        'u' => ("u", "ulrich"),
        'v' => ("vau", "viktor"),
        'w' => ("we", "wilhelm"),
        'x' => ("ix", "xanthippe"),
        'y' => ("ypsilon", "ypsilon"),
        'z' => ("zett", "zacharias"),
        'ä' => ("ä", "ärger"),
        'ö' => ("ö", "ökonom"),
        'ü' => ("ü", "übermut"),
        'ß' => ("eszett", "eszett"),
        _ => return None,
    })
}

/// A name (lower case) by its letters and by the alphabet's words; none where it has signs that nobody spells.
pub fn spelled(name: &str) -> Vec<String> {
    let Some(called) = name.chars().map(called).collect::<Option<Vec<_>>>() else { return Vec::new() };
    if !LETTERS.contains(&called.len()) {
        return Vec::new();
    }
    let (letters, words): (Vec<&str>, Vec<&str>) = called.into_iter().unzip();
    vec![letters.join(" "), words.join(" ")]
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn spells_a_name_in_both_ways() {
        assert_eq!(spelled("groß"), ["ge er o eszett", "gustav richard otto eszett"]);
        assert_eq!(spelled("von der aue"), [""; 0]);
        assert_eq!(spelled("ø"), [""; 0]);
    }
}
