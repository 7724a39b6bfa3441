//! How alike two words look: by the letter trigrams they share.

/// Letter trigrams with the word's edges, sorted.
pub(super) fn trigrams(stem: &str) -> Vec<u32> {
    let letters: Vec<u32> = "^".chars().chain(stem.chars()).chain("$".chars()).map(u32::from).collect();
    let mut found: Vec<u32> = letters
        .windows(3)
        .map(|three| {
            three.iter().fold(0_u32, |sum, letter| sum.wrapping_mul(1_000_003).wrapping_add(*letter))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// How many trigrams two words share: of both, or, at three quarters, of the shorter one (parts of compounds).
pub(super) fn shared(one: &[u32], other: &[u32]) -> f32 {
    let shortest = one.len().min(other.len());
    if shortest == 0 {
        return 0.0;
    }
    let (mut i, mut j, mut common) = (0, 0, 0_usize);
    while i < one.len() && j < other.len() {
        match one[i].cmp(&other[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    let both = 2.0 * common as f32 / (one.len() + other.len()) as f32;
    let part = if shortest >= 4 { 0.75 * common as f32 / shortest as f32 } else { 0.0 };
    both.max(part)
}
