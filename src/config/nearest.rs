//! "Did you mean": the known word that is nearest to a mistyped one.

/// The word of `known` that `written` probably stands for: at most a third of its letters are wrong.
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = written.to_lowercase();
    let wrong_max = (lower.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (distance(&lower, &word.to_lowercase()), word))
        .filter(|&(wrong, word)| wrong <= wrong_max && wrong < word.chars().count())
        .min_by_key(|&(wrong, _)| wrong)
        .map(|(_, word)| word)
}

/// What to write instead of a name that does not exist: the nearest, else all there are.
pub fn instead(written: &str, known: &[&str]) -> Option<String> {
    const LISTED_MAX: usize = 16;
    match nearest(written, known.iter().copied()) {
        Some(word) => Some(format!("\"{word}\"")),
        None if known.is_empty() => None,
        None => {
            let more = if known.len() > LISTED_MAX { ", …" } else { "" };
            let listed: Vec<_> = known.iter().take(LISTED_MAX).map(|word| format!("\"{word}\"")).collect();
            Some(format!("one of {}{more}", listed.join(", ")))
        }
    }
}

/// Letters to insert, drop, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    const CHARS_MAX: usize = 64;
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(CHARS_MAX).collect(), b.chars().take(CHARS_MAX).collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let least = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                    let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if swapped { least.min(rows[i - 2][j - 2] + 1) } else { least }
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_found() {
        let known = ["visit", "call_back", "goodbye"];
        assert_eq!(nearest("vist", known), Some("visit"));
        assert_eq!(nearest("vsiit", known), Some("visit"));
        assert_eq!(nearest("Call-back", known), Some("call_back"));
        assert_eq!(nearest("emergency", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
