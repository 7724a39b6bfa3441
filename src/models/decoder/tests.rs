//! What the walk promises: the same in pieces as in one go, the same as trying everything, bounded, and never a panic.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::call::hearing::{Ask, Expect};
use crate::models::Lexicon;
use crate::models::letters::spell;
use crate::models::runtime::LETTERS;

fn lexicon(phrases: &[&str]) -> Arc<Lexicon> {
    let phrases: Vec<String> = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
    Arc::new(Lexicon::new(None, &phrases).expect("compiles"))
}

/// Steps in which somebody says `text` clearly: each letter one step, a blank behind it; `share` of certainty.
fn said(text: &str, share: f32) -> Vec<f32> {
    let step = |letter: usize| {
        let rest = (1.0 - share) / (LETTERS - 1) as f32;
        (0..LETTERS).map(move |other| if other == letter { share.ln() } else { rest.ln() })
    };
    let words = text.split(' ').map(|word| spell(word).map(usize::from).collect::<Vec<_>>());
    let letters = words.flat_map(|word| word.into_iter().flat_map(|letter| [letter, 0]).chain([1, 0]));
    letters.flat_map(step).collect()
}

fn text(decoding: &mut Decoding, decoder: &mut Decoder, ask: Ask) -> String {
    let transcript = decoding.transcript(decoder, ask, 0);
    transcript.best().map(|best| best.text().into_revealed()).unwrap_or_default()
}

#[test]
fn listed_and_unlisted_things_come_through_whatever_is_expected() {
    let lexicon = lexicon(&["die heizung im keller ist kalt", "der aufzug steckt fest"]);
    let mut decoder = Decoder::default();
    for expect in Expect::ALL {
        for words in
            ["der aufzug steckt fest", "nein danke", "am montag um zehn uhr", "drei vier sieben neun null"]
        {
            let mut decoding = Decoding::begin(&lexicon, &[expect]);
            decoding.push(&mut decoder, &said(words, 0.97));
            assert_eq!(text(&mut decoding, &mut decoder, Ask::AsIfEnded), words, "{}", expect.name());
        }
    }
}

#[test]
fn a_sentence_that_breaks_off_is_known_by_its_beginning() {
    let lexicon = lexicon(&[
        "die heizung im keller ist kalt",
        "die heizung im keller ist zu schwach eingestellt",
        "der aufzug steckt",
    ]);
    let mut decoder = Decoder::default();
    let mut begun = |words: &str| {
        let mut decoding = Decoding::begin(&lexicon, &[Expect::Free]);
        // the space behind the last word is not heard any more
        let steps = said(words, 0.97);
        decoding.push(&mut decoder, &steps[..steps.len() - LETTERS]);
        let transcript = decoding.transcript(&mut decoder, Ask::AsIfEnded, 0);
        let best = transcript.best().expect("heard").clone();
        (best.text().into_revealed(), best.begun.map(crate::private::Private::into_revealed))
    };
    let whole = Some("die heizung im keller ist zu schwach eingestellt".to_owned());
    assert_eq!(
        begun("die heizung im keller ist zu"),
        ("die heizung im keller ist zu".to_owned(), whole.clone())
    );
    assert_eq!(
        begun("die heizung im keller ist zu schwach ein"),
        ("die heizung im keller ist zu schwach".to_owned(), whole)
    );
    assert_eq!(begun("die heizung im keller").1, None);
    assert_eq!(begun("der aufzug steckt").1, None);
}

#[test]
fn what_is_said_grows_while_it_is_said() {
    let lexicon = lexicon(&["guten tag die heizung ist kalt"]);
    let mut decoder = Decoder::default();
    let mut decoding = Decoding::begin(&lexicon, &[Expect::Free]);
    let mut partials = Vec::new();
    for steps in said("guten tag die heizung ist kalt", 0.97).chunks(3 * LETTERS) {
        decoding.push(&mut decoder, steps);
        partials.push(text(&mut decoding, &mut decoder, Ask::SoFar));
    }
    partials.dedup();
    let grown =
        ["", "guten", "guten tag", "guten tag die", "guten tag die heizung", "guten tag die heizung ist"];
    assert_eq!(partials[..grown.len()], grown);
    assert_eq!(partials.last().map(String::as_str), Some("guten tag die heizung ist kalt"));
    assert_eq!(partials.len(), grown.len() + 1);
}

#[test]
fn hours_of_speech_cost_no_more_memory_than_minutes() {
    let lexicon = lexicon(&["die heizung im keller ist kalt"]);
    let mut decoder = Decoder::default();
    let mut decoding = Decoding::begin(&lexicon, &[Expect::Free, Expect::Digits]);
    let steps = said("die heizung im keller ist kalt und die sieben drei vier ja bitte", 0.5);
    let mut sizes = Vec::new();
    for _ in 0..40 {
        decoding.push(&mut decoder, &steps);
        sizes.push(decoding.bytes());
    }
    assert!(sizes.iter().all(|bytes| *bytes < 640 * 1024), "{sizes:?}");
}

/// Score of the best alignment of `letters` with `probs`, as the walk counts it: everything against the likeliest.
fn aligned(probs: &[f32], letters: &[u8]) -> f32 {
    let states = 2 * letters.len() + 1;
    let mut scores = vec![f32::NEG_INFINITY; states];
    for (index, step) in probs.chunks_exact(LETTERS).enumerate() {
        let best = step.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for state in (0..states).rev() {
            let label = if state % 2 == 0 { 0 } else { letters[state / 2] };
            let mut from =
                if index == 0 { if state < 2 { 0.0 } else { f32::NEG_INFINITY } } else { scores[state] };
            if index > 0 && state > 0 {
                from = from.max(scores[state - 1]);
                if state % 2 == 1 && state > 1 && letters[state / 2 - 1] != label {
                    from = from.max(scores[state - 2]);
                }
            }
            scores[state] = from + step[usize::from(label)] - best;
        }
    }
    scores[states - 1].max(scores[states - 2])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Among whole listed sentences the walk finds the one that trying all of them finds, and its sound.
    #[test]
    fn finds_what_trying_everything_finds(noise in prop::collection::vec(-6.0f32..0.0, LETTERS * 24), which in 0usize..4) {
        // words that sound as they are spelled: no other way through them
        let listed = ["papa ruft", "mekka", "opa ruft", "mokka"];
        let lexicon = lexicon(&listed);
        let mut decoder = Decoder::default();
        let mut probs = said(listed[which], 0.4);
        probs.iter_mut().zip(&noise).for_each(|(value, noise)| *value = (*value + 0.3 * noise).min(-0.05));
        let steps = probs.len() / LETTERS;
        // the alignment as the walk sees it: softened
        let soft: Vec<f32> = probs.chunks_exact(LETTERS).flat_map(stream::soften).collect();
        let score = |text: &str| {
            // the space behind the last word may be said or not
            let mut letters: Vec<u8> = Vec::new();
            for word in text.split(' ') {
                if !letters.is_empty() { letters.push(1); }
                letters.extend(spell(word));
            }
            let bare = aligned(&soft, &letters);
            letters.push(1);
            bare.max(aligned(&soft, &letters))
        };
        let mut scores: Vec<(f32, &str)> = listed.iter().map(|text| (score(text), *text)).collect();
        scores.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut decoding = Decoding::begin(&lexicon, &[Expect::Free]);
        decoding.push(&mut decoder, &probs);
        let found = decoding.readings(&mut decoder, 5, true);
        prop_assert_eq!(decoding.steps() as usize, steps);
        let best = &found.readings[0];
        let text: Vec<&str> = best.words.iter().map(|said| &*lexicon.graph.words[said.word as usize]).collect();
        // another reading may beat the listed ones, but a listed one that is found has exactly its score of sound
        if let Some((expected, _)) = scores.iter().find(|(_, listed)| *listed == text.join(" ")) {
            prop_assert!((best.sound - expected).abs() < 0.05, "{} is not {expected}", best.sound);
            prop_assert!(*expected > scores[0].0 - 0.05, "{text:?}, but {scores:?}");
        }
    }

    #[test]
    fn in_pieces_is_the_same_as_in_one_go(
        values in prop::collection::vec(-9.0f32..0.0, LETTERS * 40), pieces in prop::collection::vec(1usize..7, 1..40)
    ) {
        let lexicon = lexicon(&["ja aber nein", "die acht"]);
        let mut decoder = Decoder::default();
        let mut whole = Decoding::begin(&lexicon, &[Expect::Digits]);
        whole.push(&mut decoder, &values);
        let mut parts = Decoding::begin(&lexicon, &[Expect::Free]);
        parts.push(&mut decoder, &values[..LETTERS * 7]);
        parts.begin_again(&[Expect::Digits]);
        let mut rest = values.as_slice();
        for piece in pieces.into_iter().cycle() {
            let (now, later) = rest.split_at((piece * LETTERS).min(rest.len()));
            parts.push(&mut decoder, now);
            let _ = parts.transcript(&mut decoder, Ask::SoFar, 0);
            rest = later;
            if rest.is_empty() { break; }
        }
        let expected = whole.transcript(&mut decoder, Ask::AsIfEnded, 0);
        prop_assert_eq!(parts.transcript(&mut decoder, Ask::AsIfEnded, 0), expected);
    }

    #[test]
    fn no_numbers_make_it_panic(values in prop::collection::vec(any_value(), 0..LETTERS * 30)) {
        let lexicon = lexicon(&["ja"]);
        let mut decoder = Decoder::default();
        let mut decoding = Decoding::begin(&lexicon, &[]);
        decoding.push(&mut decoder, &values);
        for ask in [Ask::SoFar, Ask::AsIfEnded] {
            for hypothesis in decoding.transcript(&mut decoder, ask, -500).hypotheses {
                prop_assert!((0.0..=1.0).contains(&hypothesis.confidence));
                prop_assert!(hypothesis.words.iter().all(|word| (0.0..=1.0).contains(&word.confidence)));
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -12.0f32..0.0,
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 0.0, 40.0])
    ]
}
