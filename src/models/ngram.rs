//! Sentences by example: a trigram over the site's example sentences, so that "guten Tag, unsere Heizung ist
//! ausgefallen" is put together out of parts of examples, and a word that stood nowhere next to its neighbour still
//! gets through at a price. Absolute discounting with back-off (Ney, Essen, Kneser 1994).

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Builder, Junction};

/// Taken off every count and given to what was not seen.
const DISCOUNT: f32 = 0.1;
/// How much the examples' statistics weigh against the sound.
const SCALE: f32 = 0.8;

/// The last one or two words; empty: nothing is known.
type Context<'a> = Vec<&'a str>;

/// What followed a context, by word; `None`: the end.
type Followers<'a> = BTreeMap<Option<&'a str>, f32>;

/// Lays sentences between two junctions. `sentences` and `words` are spelled as the recogniser does; `words` are
/// known by themselves only.
pub fn lay(sentences: &[String], words: &[String], builder: &mut Builder, from: Junction, to: Junction) {
    let counts = count(sentences, words);
    if counts.is_empty() {
        return;
    }
    let mut places: BTreeMap<&Context<'_>, Junction> = BTreeMap::new();
    for context in counts.keys() {
        let place = if context.as_slice() == [BEGIN] { from } else { builder.junction() };
        places.insert(context, place);
    }
    let alone = builder.junction();
    for (context, followers) in &counts {
        let total: f32 = followers.values().sum();
        let mut starts = vec![places[context]];
        if context.is_empty() {
            // at the very beginning nothing may end, or one could say nothing for ever
            starts.push(alone);
        }
        for (word, count) in followers {
            let discounted = if context.is_empty() { *count } else { count - DISCOUNT };
            let weight = SCALE * (discounted / total).ln();
            for &start in &starts {
                match word {
                    Some(word) => builder.word(start, word, weight, places[&longest(&counts, context, word)]),
                    None if start != alone && start != from => builder.skip(start, to, weight, None),
                    None => {}
                }
            }
        }
        if !context.is_empty() {
            let unseen = SCALE * (DISCOUNT * followers.len() as f32 / total).ln();
            let shorter = shorter(&counts, context);
            let back = if context.as_slice() == [BEGIN] { alone } else { places[&shorter] };
            builder.skip(places[context], back, unseen, None);
        }
    }
}

/// Stands before the first word.
const BEGIN: &str = "<";

fn count<'a>(sentences: &'a [String], words: &'a [String]) -> BTreeMap<Context<'a>, Followers<'a>> {
    let mut counts: BTreeMap<Context<'a>, Followers<'a>> = BTreeMap::new();
    let distinct: BTreeSet<&String> = sentences.iter().collect();
    for sentence in distinct {
        let mut said: Vec<&str> = vec![BEGIN];
        said.extend(sentence.split_whitespace());
        if said.len() == 1 {
            continue;
        }
        for next in 1..=said.len() {
            let word = said.get(next).copied();
            for length in 0..=2.min(next) {
                let context = said[next - length..next].to_vec();
                *counts.entry(context).or_default().entry(word).or_default() += 1.0;
            }
        }
    }
    for word in words.iter().flat_map(|words| words.split_whitespace()) {
        *counts.entry(Vec::new()).or_default().entry(Some(word)).or_default() += 1.0;
        counts.entry(vec![BEGIN]).or_default().entry(Some(word)).or_insert(1.0);
    }
    counts
}

/// The longest known context after `word`.
fn longest<'a>(
    counts: &BTreeMap<Context<'a>, Followers<'a>>,
    context: &[&'a str],
    word: &'a str,
) -> Context<'a> {
    let mut after: Context<'a> = context.last().copied().into_iter().chain([word]).collect();
    while !counts.contains_key(&after) {
        after.remove(0);
    }
    after
}

fn shorter<'a>(counts: &BTreeMap<Context<'a>, Followers<'a>>, context: &[&'a str]) -> Context<'a> {
    let mut shorter = context[1..].to_vec();
    while !counts.contains_key(&shorter) {
        shorter.remove(0);
    }
    shorter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_is_likelier_than_pieced_together_and_both_are_possible() {
        let sentences = ["die heizung ist kalt", "der keller ist nass"].map(str::to_owned);
        let mut builder = Builder::new();
        let (from, to) = (builder.junction(), builder.junction());
        lay(&sentences, &["pumpe".to_owned()], &mut builder, from, to);
        builder.skip(Builder::ROOT, from, 0.0, None);
        builder.skip(to, Builder::ROOT, 0.0, None);
        let graph = builder.build().expect("nothing can be said with no word at all");
        assert_eq!(graph.words.len(), 8);
    }

    #[test]
    fn no_examples_no_arcs() {
        let mut builder = Builder::new();
        let (from, to) = (builder.junction(), builder.junction());
        lay(&[], &[], &mut builder, from, to);
        assert_eq!(builder.build().expect("empty").node_count(), 0);
    }
}
