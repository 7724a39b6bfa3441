//! What recognisers of others lean towards: the site's own words, and those that the dialogue expects.

use std::sync::{Arc, Mutex, PoisonError};

use super::Lexicon;
use super::boost::Boosts;
use super::pieces::Pieces;
use crate::call::hearing::Expect;

/// What each piece of a word of the site gains; sherpa-onnx's own default is 1.5.
const GAIN: f32 = 1.0;
/// The same where the dialogue expects such a word.
const GAIN_EXPECTED: f32 = 2.0;
/// Trees that are kept: one for each thing that the dialogue expects.
const TREES_MAX: usize = 12;

/// Words of closed answers.
const YES_NO: &str = "ja nein genau richtig stimmt gerne okay falsch nicht";
const FIGURES: &str = "null eins zwei zwo drei vier fünf sechs sieben acht neun";
const NUMBERS: &str = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig \
                       vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend";
const DATES: &str = "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz april \
                     mai juni juli august september oktober november dezember heute morgen übermorgen";
const TIMES: &str = "uhr halb viertel vormittag nachmittag mittag abend";
const SPELLING: &str = "anton berta cäsar dora emil friedrich gustav heinrich ida julius kaufmann ludwig martha \
                        nordpol otto paula quelle richard samuel theodor ulrich viktor wilhelm xanthippe ypsilon \
                        zacharias";

/// The words of an expectation.
fn closed(expect: Expect) -> &'static [&'static str] {
    match expect {
        Expect::YesNo => &[YES_NO],
        Expect::Digits | Expect::Telephone => &[FIGURES],
        Expect::Number | Expect::Duration | Expect::Money => &[FIGURES, NUMBERS],
        Expect::Date => &[DATES],
        Expect::Time => &[TIMES, FIGURES, NUMBERS],
        Expect::DateTime => &[DATES, TIMES],
        Expect::Spelling | Expect::Email => &[SPELLING],
        Expect::Iban | Expect::Code => &[FIGURES, SPELLING],
        Expect::Free | Expect::Name | Expect::Address | Expect::Choice => &[],
    }
}

struct Kept {
    lexicon: Arc<Lexicon>,
    expect: Vec<Expect>,
    boosts: Arc<Boosts>,
}

/// Trees that were made, the oldest first.
#[derive(Default)]
pub struct Leaning {
    kept: Mutex<Vec<Kept>>,
}

impl Leaning {
    /// The tree for the words of `lexicon` where `expect` is expected.
    pub fn towards(&self, lexicon: &Arc<Lexicon>, expect: &[Expect], pieces: &Pieces) -> Arc<Boosts> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().find(|it| Arc::ptr_eq(&it.lexicon, lexicon) && it.expect == expect);
        if let Some(known) = known {
            return Arc::clone(&known.boosts);
        }
        if kept.len() >= TREES_MAX {
            kept.remove(0);
        }
        let boosts = Arc::new(tree(lexicon, expect, pieces));
        kept.push(Kept {
            lexicon: Arc::clone(lexicon),
            expect: expect.to_vec(),
            boosts: Arc::clone(&boosts),
        });
        boosts
    }
}

fn tree(lexicon: &Lexicon, expect: &[Expect], pieces: &Pieces) -> Boosts {
    let listed = lexicon.hotwords.iter().map(|(kind, words)| {
        let hoped = expect.contains(kind) && *kind != Expect::Free;
        (words.as_str(), if hoped { GAIN_EXPECTED } else { GAIN })
    });
    let closed = expect.iter().flat_map(|expect| closed(*expect)).flat_map(|words| words.split_whitespace());
    let all: Vec<(Vec<u32>, f32)> = listed
        .chain(closed.map(|word| (word, GAIN_EXPECTED)))
        .flat_map(|(words, gain)| spellings(words).map(move |words| (words, gain)))
        .filter_map(|(words, gain)| Some((pieces.cut(&words)?, gain)))
        .collect();
    Boosts::new(all.iter().map(|(words, gain)| (words.as_slice(), *gain)))
}

/// As models may spell: small, with capitals at the beginning, all in capitals.
fn spellings(words: &str) -> impl Iterator<Item = String> {
    let titled: Vec<String> = words.split_whitespace().map(titled).collect();
    [words.to_lowercase(), titled.join(" "), words.to_uppercase()].into_iter()
}

fn titled(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_leant_towards() {
        let pieces = Pieces::parse("<blk> 0\n▁ja 1\n▁Ja 2\n▁frau 3\n").expect("good");
        let lexicon = Arc::new(Lexicon::new(None, &["frau".to_owned()]).expect("one word"));
        let leaning = Leaning::default();
        let free = leaning.towards(&lexicon, &[], &pieces);
        assert_eq!((free.step(0, 1).0, free.step(0, 3).0), (0.0, GAIN));
        let yes = leaning.towards(&lexicon, &[Expect::YesNo], &pieces);
        assert_eq!((yes.step(0, 1).0, yes.step(0, 2).0), (GAIN_EXPECTED, GAIN_EXPECTED));
        assert!(Arc::ptr_eq(&yes, &leaning.towards(&lexicon, &[Expect::YesNo], &pieces)));
    }
}
