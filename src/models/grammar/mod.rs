//! What callers say, as text: a small notation for the words that each kind of answer is made of, its compiler, and
//! the German grammar itself (`german.grammar`).
//!
//! ```text
//! # a comment up to the end of the line
//! rule = one word | another [perhaps this] | <other-rule> (a | b)+ | /2.5/ rarely | @list | @cardinal(1, 31) ;
//! ```
//! Alternatives stand between `|`, what may be left out in `[ ]`, groups in `( )`, what may come again before `+`,
//! another rule in `< >`. `/2.5/` before an alternative is its price, a natural logarithm. `@name` is a list that
//! the lexicon brings (names, streets), the likeliest first; the nth of it costs [`LIST_PRICE`] · ln (20 + n).
//! `@cardinal(1, 31)` and `@ordinal(1, 31)` are made here; one of n costs [`LIST_PRICE`] · ln n.

mod notation;
pub mod numbers;

use std::collections::HashMap;

use super::ModelError;
use super::graph::{Builder, Junction};
use notation::Expression;
pub use notation::Grammar;

/// The German grammar.
pub const GERMAN: &str = include_str!("german.grammar");
/// Share of a list's size that one of its words costs; less than 1, because a name's own sound tells much.
pub const LIST_PRICE: f32 = 0.4;
/// Ranks are counted from here, so that the first of a list is not much cheaper than the tenth.
const RANK_OFFSET: f32 = 20.0;
/// Rules within rules within rules; deeper means a circle.
const DEPTH_MAX: usize = 12;

/// Lists by name; their items may have several words.
pub type Lists = HashMap<&'static str, Vec<String>>;

/// Puts rules into a graph.
pub struct Compiler<'a> {
    /// The rules.
    pub grammar: &'a Grammar,
    /// The lists they name.
    pub lists: &'a Lists,
    /// The graph.
    pub builder: &'a mut Builder,
}

/// A stretch of the graph to be filled.
#[derive(Clone, Copy)]
struct Stretch {
    from: Junction,
    to: Junction,
    /// Weight of whatever leads into it: 0 or less.
    weight: f32,
    depth: usize,
    line: usize,
}

impl Compiler<'_> {
    /// Lays what `rule` allows between two junctions.
    ///
    /// # Errors
    /// The rule or one that it names does not exist, or they name each other in a circle.
    pub fn rule(&mut self, rule: &str, from: Junction, to: Junction) -> Result<(), ModelError> {
        self.named(rule, Stretch { from, to, weight: 0.0, depth: 0, line: 0 })
    }

    fn named(&mut self, rule: &str, stretch: Stretch) -> Result<(), ModelError> {
        let grammar = self.grammar;
        let wrong = |cause: String| Err(ModelError::Grammar { line: stretch.line, cause });
        if stretch.depth > DEPTH_MAX {
            return wrong(format!("rule <{rule}> comes back to itself"));
        }
        match grammar.rule(rule) {
            Some((line, expression)) => {
                self.lay(expression, Stretch { depth: stretch.depth + 1, line, ..stretch })
            }
            None => wrong(format!("there is no rule <{rule}>")),
        }
    }

    fn lay(&mut self, expression: &Expression, stretch: Stretch) -> Result<(), ModelError> {
        let Stretch { from, to, weight, .. } = stretch;
        match expression {
            Expression::Word(word) => self.builder.word(from, word, weight, to),
            Expression::Rule(rule) => self.named(rule, stretch)?,
            Expression::List(list) => self.list(list, stretch)?,
            Expression::Cardinals(first, last) => {
                self.items((*first..=*last).flat_map(numbers::cardinals), stretch);
            }
            Expression::Ordinals(first, last) => {
                self.items((*first..=*last).flat_map(numbers::ordinals), stretch);
            }
            Expression::Sequence(parts) => self.sequence(parts, stretch)?,
            Expression::Choice(choices) => {
                for (price, choice) in choices {
                    self.lay(choice, Stretch { weight: weight - price, ..stretch })?;
                }
            }
            Expression::Perhaps(inner) => {
                self.lay(inner, stretch)?;
                self.builder.skip(from, to, weight, None);
            }
            Expression::Again(inner) => {
                let (first, last) = (self.builder.junction(), self.builder.junction());
                self.builder.skip(from, first, weight, None);
                self.lay(inner, Stretch { from: first, to: last, weight: 0.0, ..stretch })?;
                self.builder.skip(last, first, 0.0, None);
                self.builder.skip(last, to, 0.0, None);
            }
        }
        Ok(())
    }

    fn sequence(&mut self, parts: &[Expression], stretch: Stretch) -> Result<(), ModelError> {
        let (mut from, mut weight) = (stretch.from, stretch.weight);
        for (index, part) in parts.iter().enumerate() {
            let to = if index + 1 == parts.len() { stretch.to } else { self.builder.junction() };
            self.lay(part, Stretch { from, to, weight, ..stretch })?;
            (from, weight) = (to, 0.0);
        }
        Ok(())
    }

    fn list(&mut self, list: &str, stretch: Stretch) -> Result<(), ModelError> {
        let Some(items) = self.lists.get(list) else {
            let cause = format!("there is no list @{list}");
            return Err(ModelError::Grammar { line: stretch.line, cause });
        };
        for (rank, item) in items.iter().enumerate() {
            let weight = stretch.weight - LIST_PRICE * (RANK_OFFSET + rank as f32).ln();
            self.builder.words(stretch.from, item, weight, stretch.to);
        }
        Ok(())
    }

    fn items(&mut self, items: impl Iterator<Item = String>, stretch: Stretch) {
        let items: Vec<String> = items.collect();
        let weight = stretch.weight - LIST_PRICE * (items.len().max(1) as f32).ln();
        for item in items {
            self.builder.words(stretch.from, &item, weight, stretch.to);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn words_of(grammar: &str) -> Result<usize, ModelError> {
        let grammar = Grammar::parse(grammar)?;
        let lists = Lists::from([("names", vec!["von weber".to_owned(), "kunz".to_owned()])]);
        let mut builder = Builder::new();
        let end = builder.junction();
        Compiler { grammar: &grammar, lists: &lists, builder: &mut builder }.rule(
            "all",
            Builder::ROOT,
            end,
        )?;
        let graph = builder.build().ok_or(ModelError::Grammar { line: 0, cause: "circle".into() })?;
        Ok(graph.words.len())
    }

    #[test]
    fn rules_become_words() {
        assert_eq!(
            words_of("all = a [b] (c | /2/ d)+ <e> ; e = @names @cardinal(2, 4) ;").expect("compiles"),
            4 + 3 + 3
        );
    }

    #[test]
    fn mistakes_name_their_line() {
        for (grammar, word) in [
            ("all = a ;\nall = <b> ;", "twice"),
            ("all = <b> ;", "<b>"),
            ("all = <all> a ;", "itself"),
            ("all = @streets ;", "@streets"),
            ("all = ( a ;", "closed"),
            ("all = [a]+ ;", "circle"),
            ("all a", "="),
            ("all = @cardinal(5, 2) ;", "first"),
            ("all = @ordinal(1, 4000000000) ;", "at most"),
        ] {
            let error = words_of(grammar).expect_err(grammar).to_string();
            assert!(error.contains(word), "{grammar:?}: {error}");
        }
    }

    #[test]
    fn groups_without_end_are_refused() {
        for open in ["(", "["] {
            let error = words_of(&format!("all = {}", open.repeat(100_000))).expect_err("too deep");
            assert!(error.to_string().contains("within each other"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            let _ = words_of(&text);
            let _ = words_of(&format!("all = {text} ;"));
        }

        #[test]
        fn no_order_of_tokens_makes_it_panic(tokens in prop::collection::vec(select(TOKENS), 0..40)) {
            let text = tokens.join(" ");
            let _ = words_of(&text);
            let _ = words_of(&format!("all = {text} ;"));
        }
    }

    const TOKENS: &[&str] = &[
        "all",
        "b",
        "straße",
        "=",
        ";",
        ";\nb = c",
        "|",
        "[",
        "]",
        "(",
        ")",
        "+",
        "<b>",
        "<all>",
        "<",
        "@names",
        "@cardinal(1, 3)",
        "@ordinal",
        "@",
        "/2.5/",
        "/",
        "7",
        "1.2.3",
        ",",
        "#",
        "\n",
    ];

    #[test]
    fn the_german_grammar_is_without_mistakes() {
        Grammar::parse(GERMAN).expect("parses");
    }
}
