//! What callers of a site may say: compiled once a site, shared by all its calls.
//!
//! The graph is one loop. From its root a way leads into each *section* (a kind of answer, what may be said at any
//! time, the words around answers) and from the end of each back to the root, so that an utterance is any string of
//! such items. What the dialogue expects decides what it costs to enter a section: weights, not a cage.

use std::collections::HashSet;

use super::grammar::{Compiler, GERMAN, Grammar, Lists};
use super::graph::{Builder, Graph};
use super::letters::{plain, spell};
use super::spelled::spelled;
use super::{ModelError, listed, ngram};
use crate::call::hearing::Expect;
use crate::config::site::Site;

/// Parts of the graph that have a price of entry of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Sentences out of the site's examples and what concerns begin with anywhere.
    Free,
    /// Yes, no.
    YesNo,
    /// Days and times.
    DateTime,
    /// Quantities.
    Number,
    /// Strings of digits.
    Digits,
    /// Telephone numbers.
    Telephone,
    /// Names of people.
    Name,
    /// Streets, house numbers, places.
    Address,
    /// Letters.
    Spelling,
    /// What may be said at any time.
    Phrase,
    /// What stands around answers.
    Filler,
    /// What takes something back.
    Correction,
    /// Listed sentences as wholes: the site's examples and the phrases given besides.
    Listed,
    /// The phrases given besides as names of people, where a name is expected.
    Named,
}

impl Section {
    /// All of them, by index.
    pub const ALL: [Self; 14] = [
        Self::Free,
        Self::YesNo,
        Self::DateTime,
        Self::Number,
        Self::Digits,
        Self::Telephone,
        Self::Name,
        Self::Address,
        Self::Spelling,
        Self::Phrase,
        Self::Filler,
        Self::Correction,
        Self::Listed,
        Self::Named,
    ];

    /// Rules of the grammar that it is made of; `Free` and `Listed` are made of examples.
    const fn rules(self) -> &'static [&'static str] {
        match self {
            Self::Free | Self::Listed => &[],
            Self::YesNo => &["yes-no"],
            Self::DateTime => &["date-time"],
            Self::Number => &["number"],
            Self::Digits => &["digits"],
            Self::Telephone => &["telephone"],
            Self::Name => &["name"],
            Self::Address => &["address"],
            Self::Spelling => &["spelling"],
            Self::Phrase => &["phrase"],
            Self::Filler => &["filler", "hedge"],
            Self::Correction => &["correction"],
            Self::Named => &["named"],
        }
    }

    /// Price of entry where nobody expects it.
    const fn surprise(self) -> f32 {
        match self {
            Self::YesNo => 3.0,
            Self::Free | Self::Listed => 5.0,
            Self::Phrase => 4.2,
            Self::Filler => 2.8,
            Self::Correction => 3.5,
            Self::DateTime | Self::Name | Self::Address => 7.0,
            Self::Telephone | Self::Number => 8.5,
            Self::Digits | Self::Spelling => 8.0,
            Self::Named => f32::INFINITY,
        }
    }

    /// Price of entry where `expect` is expected; `None`: that does not change its price.
    const fn expected(self, expect: Expect) -> Option<f32> {
        match (self, expect) {
            (Self::Listed, Expect::Free | Expect::Choice)
            | (Self::Named, Expect::Name)
            | (Self::YesNo, Expect::YesNo)
            | (Self::DateTime, Expect::DateTime | Expect::Date | Expect::Time)
            | (Self::Number, Expect::Number | Expect::Duration | Expect::Money)
            | (Self::Digits, Expect::Digits | Expect::Iban | Expect::Code)
            | (Self::Telephone, Expect::Telephone)
            | (Self::Name, Expect::Name)
            | (Self::Address, Expect::Address)
            | (Self::Spelling, Expect::Spelling | Expect::Email | Expect::Iban | Expect::Code) => {
                Some(EXPECTED)
            }
            // names are spelled, telephone numbers are digits, concerns come with who, where and when
            (Self::Spelling, Expect::Name) => Some(10.0),
            (Self::Free, Expect::Free) => Some(FREE),
            (Self::Name | Self::Address | Self::DateTime, Expect::Free) => Some(BESIDES),
            (Self::Phrase, Expect::Free) => Some(PHRASE),
            _ => None,
        }
    }
}

/// What all prices of surprise are multiplied with.
const SURPRISE: f32 = 2.0;
/// Price of an item, whatever it is: an answer is one, seldom a string of many.
const ITEM: f32 = 2.0;
/// Price of entry of what is expected.
const EXPECTED: f32 = 1.0;
/// Price of sentences that are put together out of parts of listed ones, where a concern is expected.
const FREE: f32 = 8.0;
/// Price of who, where and when, where a concern is expected.
const BESIDES: f32 = 11.0;
/// Price of a name besides those of a list that was given.
const NAME_BESIDES: f32 = 6.0;
/// Price of what may be said at any time, where a concern is expected.
const PHRASE: f32 = 12.0;

/// Words of a phrase that may be somebody's name.
const NAME_WORDS_MAX: usize = 4;

/// The words and sentences of one site, ready for the decoder.
#[derive(Debug)]
pub struct Lexicon {
    /// The loop.
    pub(super) graph: Graph,
    /// Listed sentences, sorted.
    pub(super) phrases: Vec<String>,
    /// Words of the site and phrases given besides, as they were written, and where they are to be expected: what
    /// recognisers of others lean towards.
    pub(super) hotwords: Vec<(Expect, String)>,
    /// Whether some of them may be names of people.
    named: bool,
}

impl Lexicon {
    /// The lexicon of a site.
    ///
    /// # Errors
    /// A mistake in the grammar.
    pub fn for_site(site: &Site) -> Result<Self, ModelError> {
        Self::new(Some(site), &[])
    }

    /// What callers say anywhere, what they say to this site, and `phrases` besides.
    ///
    /// # Errors
    /// A mistake in the grammar.
    pub fn new(site: Option<&Site>, phrases: &[String]) -> Result<Self, ModelError> {
        let mut compilation = site.map(Compilation::of).unwrap_or_default();
        compilation.phrases = phrases.to_vec();
        compilation.compile()
    }

    /// Prices of the sections for an expectation, as weights; the order is that of `Section::ALL`.
    pub(super) fn weights(&self, expect: &[Expect]) -> [f32; Section::ALL.len()] {
        let expect = if expect.is_empty() { &[Expect::Free] } else { expect };
        Section::ALL.map(|section| {
            let prices = expect.iter().filter_map(|kind| section.expected(*kind));
            let price = prices.fold(SURPRISE * section.surprise(), f32::min);
            // who brings a list of names means those
            if section == Section::Name && self.named { -price - NAME_BESIDES } else { -price }
        })
    }
}

#[derive(Default)]
struct Compilation {
    sentences: Vec<String>,
    phrases: Vec<String>,
    words: Vec<String>,
    streets: Vec<String>,
    places: Vec<String>,
    names: Vec<String>,
}

impl Compilation {
    fn of(site: &Site) -> Self {
        let intents = site.intents.iter().flat_map(|intent| &intent.examples);
        let examples = intents.chain(site.answers.iter().flat_map(|answer| &answer.examples));
        let slots = site.forms.iter().flat_map(|form| &form.slots);
        let chosen = slots.flat_map(|slot| &slot.choices).flat_map(|choice| &choice.say);
        let technicians = site.technicians.iter().map(|technician| technician.name.clone());
        Self {
            sentences: examples.cloned().collect(),
            phrases: Vec::new(),
            words: site.words.words.iter().chain(chosen).cloned().collect(),
            streets: site.words.streets.clone(),
            places: site.words.places.clone(),
            names: site.words.names.iter().cloned().chain(technicians).collect(),
        }
    }

    fn hotwords(&self) -> Vec<(Expect, String)> {
        let of = |kind: Expect, words: &[String]| {
            words.iter().map(|words| (kind, words.clone())).collect::<Vec<_>>()
        };
        let places = [of(Expect::Address, &self.streets), of(Expect::Address, &self.places)].concat();
        [
            of(Expect::Name, &self.names),
            places,
            of(Expect::Free, &self.words),
            of(Expect::Free, &self.phrases),
        ]
        .concat()
    }

    fn compile(self) -> Result<Lexicon, ModelError> {
        let grammar = Grammar::parse(GERMAN)?;
        let hotwords = self.hotwords();
        let openings: Vec<String> = include_str!("grammar/openings.txt").lines().map(str::to_owned).collect();
        // a list of single words is a vocabulary, not a list of sentences
        let given = spoken(self.phrases.iter());
        let (single, several): (Vec<String>, Vec<String>) =
            given.iter().cloned().partition(|phrase| !phrase.contains(' '));
        let mut sentences = spoken(self.sentences.iter());
        let mut phrases: Vec<String> = sentences.iter().chain(&given).cloned().collect();
        phrases.retain(|phrase| phrase.split(' ').count() <= listed::PHRASE_WORDS_MAX);
        phrases.sort_by(|one, other| one.split(' ').cmp(other.split(' ')));
        phrases.dedup();
        sentences.extend(spoken(openings.iter()).into_iter().chain(several));
        let words = spoken(self.words.iter().chain(&single));
        let lists = lists(&self);
        let named = lists.get("phrases").is_some_and(|names| !names.is_empty());
        let mut builder = Builder::new();
        for (index, section) in Section::ALL.into_iter().enumerate() {
            let (from, to) = (builder.junction(), builder.junction());
            builder.skip(Builder::ROOT, from, 0.0, Some(index as u8));
            if section == Section::Free {
                ngram::lay(&sentences, &words, &mut builder, from, to);
            }
            if section == Section::Listed {
                listed::lay(&phrases, &mut builder, from, to);
            }
            for rule in section.rules() {
                Compiler { grammar: &grammar, lists: &lists, builder: &mut builder }.rule(rule, from, to)?;
            }
            builder.skip(to, Builder::ROOT, -ITEM, None);
        }
        let cause = || "a rule can be empty inside a repetition".to_owned();
        let graph = builder.build().ok_or_else(|| ModelError::Grammar { line: 0, cause: cause() })?;
        Ok(Lexicon { graph, phrases, hotwords, named })
    }
}

/// Lists of the grammar: the common ones that Klinke knows, and the site's.
fn lists(site: &Compilation) -> Lists {
    let common = |text: &str| text.split([',', '\n']).map(str::to_owned).collect::<Vec<_>>();
    let family = common(include_str!("grammar/family_names.txt"));
    let given = common(include_str!("grammar/given_names.txt"));
    let titles = ["herr ", "frau ", "herr doktor ", "frau doktor "];
    let mut names = spoken(site.names.iter());
    for name in &mut names {
        for title in titles {
            if let Some(rest) = name.strip_prefix(title) {
                *name = rest.to_owned();
            }
        }
    }
    let places =
        if site.places.is_empty() { common(include_str!("grammar/places.txt")) } else { site.places.clone() };
    let family = distinct(names.into_iter().chain(spoken(family.iter())));
    Lists::from([
        ("spelled-names", distinct(family.iter().flat_map(|name| spelled(name)))),
        ("family", family),
        ("given", distinct(spoken(given.iter()).into_iter())),
        ("streets", {
            let known = common(include_str!("grammar/streets.txt"));
            distinct(spoken(site.streets.iter().chain(&known)).into_iter())
        }),
        ("phrases", {
            let short = |phrase: &String| phrase.split(' ').count() <= NAME_WORDS_MAX;
            distinct(spoken(site.phrases.iter()).into_iter().filter(short))
        }),
        ("places", distinct(spoken(places.iter()).into_iter())),
    ])
}

/// As the recogniser spells it; what has no letters is left out.
fn spoken<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    texts.map(|text| plain(text)).filter(|text| spell(text).next().is_some()).collect()
}

/// Each only once, where it came first.
fn distinct(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    words.filter(|word| seen.insert(word.clone())).collect()
}
