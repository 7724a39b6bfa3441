//! What is expected, as a Vosk grammar: a JSON list of pairs of words that follow each other in the site's
//! lexicon, out of which libvosk makes a bigram model. Words that the model does not know are left out, because libvosk
//! would leave them out of the middle of a sentence. `[unk]` stands for everything else.

use std::collections::{BTreeSet, HashSet};
use std::ffi::CString;

use crate::call::hearing::Expect;
use crate::models::Lexicon;
use crate::models::graph::{Graph, Junction, Node, Word};
use crate::models::lexicon::Section;

/// Pairs in a grammar; beyond it the question is too wide for one.
const PAIRS_MAX: usize = 20_000;
/// Stands for everything that is not in the grammar, where the model knows such a word.
const UNKNOWN: &str = "[unk]";
/// What may be said at any time besides the answer.
const ALWAYS: [Section; 3] = [Section::Phrase, Section::Filler, Section::Correction];

/// The grammar of an expectation; `None`: it is open, or too wide.
pub fn grammar(lexicon: &Lexicon, expect: &[Expect], knows: &mut dyn FnMut(&str) -> bool) -> Option<CString> {
    let sections = sections(expect)?;
    // without a word for everything else a grammar would be a cage
    if !knows(UNKNOWN) {
        return None;
    }
    let graph = &lexicon.graph;
    let mut known = Known { knows, asked: vec![None; graph.words.len()] };
    let mut pairs: BTreeSet<(Word, Option<Word>)> = BTreeSet::new();
    let enters = |section: Option<u8>| section.is_none_or(|section| sections.contains(&section));
    let (mut seen, mut next) = (HashSet::from([graph.root]), vec![graph.root]);
    while let Some(junction) = next.pop() {
        for skip in graph.skips(junction).iter().filter(|skip| enters(skip.section)) {
            if seen.insert(skip.to) {
                next.push(skip.to);
            }
        }
        for (word, to) in leaving(graph, junction) {
            if seen.insert(to) {
                next.push(to);
            }
            if !known.is(graph, word) {
                continue;
            }
            pairs.insert((word, None));
            for follower in following(graph, to, &enters) {
                if known.is(graph, follower) {
                    pairs.insert((word, Some(follower)));
                }
            }
            if pairs.len() > PAIRS_MAX {
                return None;
            }
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let word = |word: Word| &*graph.words[word as usize];
    let sentences = pairs.iter().map(|&(first, second)| match second {
        Some(second) => format!("{} {}", word(first), word(second)),
        None => word(first).to_owned(),
    });
    let sentences: Vec<String> = sentences.chain([UNKNOWN.to_owned()]).collect();
    CString::new(serde_json::to_string(&sentences).ok()?).ok()
}

/// The sections of a closed expectation. Concerns, names and addresses are open: people have others than are
/// listed.
fn sections(expect: &[Expect]) -> Option<Vec<u8>> {
    if expect.is_empty() {
        return None;
    }
    let of = |kind: &Expect| -> Option<&'static [Section]> {
        Some(match kind {
            Expect::YesNo => &[Section::YesNo],
            Expect::DateTime | Expect::Date | Expect::Time => &[Section::DateTime],
            Expect::Number => &[Section::Number],
            Expect::Digits => &[Section::Digits],
            Expect::Telephone => &[Section::Telephone],
            Expect::Spelling => &[Section::Spelling],
            Expect::Iban | Expect::Code => &[Section::Digits, Section::Spelling],
            // Units, currencies and the names of providers stand in no section.
            Expect::Duration | Expect::Money | Expect::Email => return None,
            Expect::Free | Expect::Name | Expect::Address | Expect::Choice => return None,
        })
    };
    let wanted: Vec<&'static [Section]> = expect.iter().map(of).collect::<Option<_>>()?;
    let place = |section: &Section| Section::ALL.iter().position(|other| other == section);
    wanted.into_iter().flatten().chain(&ALWAYS).map(|section| u8::try_from(place(section)?).ok()).collect()
}

/// Words that leave a junction, and where they lead.
fn leaving(graph: &Graph, junction: Junction) -> Vec<(Word, Junction)> {
    let mut nodes: Vec<Node> = graph.entries(junction).iter().map(|(node, _)| *node).collect();
    let mut found = Vec::new();
    while let Some(node) = nodes.pop() {
        found.extend(graph.word_ends(node).iter().map(|end| (end.word, end.to)));
        nodes.extend(graph.nexts(node).iter().map(|(node, _)| *node));
    }
    found
}

/// Words that may come next within the same answer: not by way of the root, after which anything comes.
fn following(graph: &Graph, from: Junction, enters: &dyn Fn(Option<u8>) -> bool) -> Vec<Word> {
    let (mut seen, mut next, mut found) = (HashSet::from([from]), vec![from], Vec::new());
    while let Some(junction) = next.pop() {
        if junction == graph.root {
            continue;
        }
        found.extend(leaving(graph, junction).into_iter().map(|(word, _)| word));
        for skip in graph.skips(junction).iter().filter(|skip| enters(skip.section)) {
            if seen.insert(skip.to) {
                next.push(skip.to);
            }
        }
    }
    found
}

/// Which words the model knows; each is asked for once.
struct Known<'a> {
    knows: &'a mut dyn FnMut(&str) -> bool,
    asked: Vec<Option<bool>>,
}

impl Known<'_> {
    fn is(&mut self, graph: &Graph, word: Word) -> bool {
        let index = word as usize;
        *self.asked[index].get_or_insert_with(|| (self.knows)(&graph.words[index]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(expect: &[Expect], knows: &mut dyn FnMut(&str) -> bool) -> Option<Vec<String>> {
        let lexicon = Lexicon::new(None, &[]).unwrap();
        let grammar = grammar(&lexicon, expect, knows)?;
        Some(serde_json::from_str(grammar.to_str().unwrap()).unwrap())
    }

    #[test]
    fn yes_and_no_are_a_small_grammar() {
        let all = sentences(&[Expect::YesNo], &mut |_| true).unwrap();
        assert!(all.contains(&"ja".to_owned()) && all.contains(&"nein".to_owned()), "{all:?}");
        assert_eq!(all.last().map(String::as_str), Some("[unk]"));
        assert!(all.iter().all(|sentence| sentence.split(' ').count() <= 2));
    }

    #[test]
    fn words_that_the_model_does_not_know_are_left_out() {
        let all = sentences(&[Expect::Digits], &mut |word| word != "zwo").unwrap();
        assert!(all.contains(&"eins".to_owned()), "{all:?}");
        assert!(!all.iter().any(|sentence| sentence.split(' ').any(|word| word == "zwo")));
        assert_eq!(sentences(&[Expect::Digits], &mut |_| false), None);
    }

    #[test]
    fn open_questions_have_none() {
        assert_eq!(sentences(&[], &mut |_| true), None);
        assert_eq!(sentences(&[Expect::YesNo, Expect::Free], &mut |_| true), None);
        assert_eq!(sentences(&[Expect::Name], &mut |_| true), None);
    }
}
