//! Comparing what was heard with what was said.

/// Fewest letters or words to be changed, left out or put in.
pub fn distance<T: PartialEq>(said: &[T], heard: &[T]) -> usize {
    *row(said, heard).last().unwrap_or(&0)
}

/// The distance of `heard` to the beginning of `said` that is nearest to it.
pub fn distance_to_prefix<T: PartialEq>(said: &[T], heard: &[T]) -> usize {
    // By symmetry: the row over all beginnings of what was said.
    row(heard, said).into_iter().min().unwrap_or(0)
}

/// Distances of all of `from` to every beginning of `to`.
fn row<T: PartialEq>(from: &[T], to: &[T]) -> Vec<usize> {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, one) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (place, other) in to.iter().enumerate() {
            let change = diagonal + usize::from(one != other);
            diagonal = row[place + 1];
            row[place + 1] = change.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row
}

/// Errors and all there is, in words and in letters.
#[derive(Default, Clone, Copy)]
pub struct Errors {
    pub words: usize,
    pub of_words: usize,
    pub letters: usize,
    pub of_letters: usize,
}

impl Errors {
    pub fn add(&mut self, said: &str, heard: &str) {
        let split = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        self.words += distance(&split(said), &split(heard));
        self.of_words += split(said).len();
        self.letters += distance(&letters(said), &letters(heard));
        self.of_letters += letters(said).len();
    }

    pub fn word_rate(&self) -> f64 {
        self.words as f64 / self.of_words.max(1) as f64
    }

    pub fn letter_rate(&self) -> f64 {
        self.letters as f64 / self.of_letters.max(1) as f64
    }
}

/// Which line's beginning is nearest to what was heard; none where two are alike near or nothing was heard.
pub fn by_prefix(heard: &str, lines: &[String]) -> Option<usize> {
    if heard.is_empty() {
        return None;
    }
    let heard: Vec<char> = heard.chars().collect();
    let distance = |line: &String| distance_to_prefix(&line.chars().collect::<Vec<_>>(), &heard);
    let mut distances: Vec<(usize, usize)> =
        lines.iter().map(distance).enumerate().map(|(a, d)| (d, a)).collect();
    distances.sort_unstable();
    match distances[..] {
        [(first, at), (second, _), ..] if first < second => Some(at),
        [(_, at)] => Some(at),
        _ => None,
    }
}

/// Area under the curve: how likely a listed one scores higher than an unlisted one.
pub fn auc(listed: &[f32], unlisted: &[f32]) -> f64 {
    let wins: f64 = listed
        .iter()
        .flat_map(|one| unlisted.iter().map(move |other| (one, other)))
        .map(|(one, other)| {
            if one > other {
                1.0
            } else if one < other {
                0.0
            } else {
                0.5
            }
        })
        .sum();
    wins / (listed.len() * unlisted.len()).max(1) as f64
}
