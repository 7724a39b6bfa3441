//! Sentences that are listed as wholes: a tree of words, so that each costs the same however rare its words are, and
//! that one which is cut off in the middle is known by what it could have become.

use super::graph::{Builder, Junction, Phrases};

/// Words of a phrase; longer ones are known by their parts only.
pub const PHRASE_WORDS_MAX: usize = 48;

/// Lays `phrases` (sorted, distinct, as the recogniser spells them) between two junctions.
pub fn lay(phrases: &[String], builder: &mut Builder, from: Junction, to: Junction) {
    let words: Vec<Vec<&str>> = phrases.iter().map(|phrase| phrase.split_whitespace().collect()).collect();
    Tree { words: &words, builder, to }.grow(from, 0, 0, words.len());
}

struct Tree<'a> {
    words: &'a [Vec<&'a str>],
    builder: &'a mut Builder,
    to: Junction,
}

impl Tree<'_> {
    /// What follows `at`, where the phrases from `first` to `end` agree in their first `depth` words.
    fn grow(&mut self, at: Junction, depth: usize, first: usize, end: usize) {
        let mut begin = first;
        while begin < end {
            let Some(&word) = self.words[begin].get(depth) else {
                begin += 1;
                continue;
            };
            let same = self.words[begin..end].iter().take_while(|phrase| phrase.get(depth) == Some(&word));
            let next_begin = begin + same.count();
            let next = self.builder.junction();
            self.builder.word(at, word, 0.0, next);
            self.builder.phrases(next, Phrases { first: begin as u32, end: next_begin as u32 });
            if self.words[begin].len() == depth + 1 {
                self.builder.skip(next, self.to, 0.0, None);
            }
            self.grow(next, depth + 1, begin, next_begin);
            begin = next_begin;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_share_their_beginnings() {
        let phrases = ["ich rufe an", "ich rufe wieder an", "nein"].map(str::to_owned);
        let mut builder = Builder::new();
        let (from, to) = (builder.junction(), builder.junction());
        lay(&phrases, &mut builder, from, to);
        builder.skip(Builder::ROOT, from, 0.0, None);
        builder.skip(to, Builder::ROOT, 0.0, None);
        let graph = builder.build().expect("no phrase is empty");
        let ranges: Vec<Phrases> =
            (0..graph.junction_count()).map(|junction| graph.phrases(junction as Junction)).collect();
        let count = |first, end| ranges.iter().filter(|range| **range == Phrases { first, end }).count();
        assert_eq!((count(0, 2), count(0, 1), count(1, 2), count(2, 3)), (2, 1, 2, 1));
        assert_eq!(graph.words.len(), 5);
    }
}
