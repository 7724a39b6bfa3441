//! Understanding: from a transcript to intents, slots and signals. Pure: the same words, moment and site give
//! the same answer.
//!
//! A hypothesis becomes a `reading` (tokens in normal form); what is only written (`14-16`, `5,80 €`) and what is
//! English is put into the words of the grammars first (`written`, `english`). Over it run the grammars (`numbers`,
//! `digits`, `when`, `names`, `spelling`, `addresses`, `yes_no`, `durations`, `money`, `codes`, `emails`, `choices`), each
//! finding values where it can; `slots` chooses between what overlaps by what is expected, and `marks` says what was
//! doubted, refused or corrected. `signals` are fixed rules over the words as heard. What is no value is what `intents`
//! compares with the site's examples.
//!
//! Corrections: a value that replaces an earlier one comes behind it with `corrects`; within one address
//! ("Lindenstraße vier, nein, vierzehn") there is one value that already holds the last number. A reader who takes
//! the last value that is not negated, and merges the parts of addresses, has what the caller meant.

mod address_parts;
mod address_streets;
mod addresses;
mod alike;
mod amounts;
mod choices;
mod clashes;
mod codes;
mod common_words;
mod digits;
mod durations;
mod emails;
mod english;
mod found;
mod intents;
mod land;
mod lexicon;
mod mark_words;
mod marks;
mod meaning;
mod measures;
mod money;
mod name_words;
mod names;
mod no_concern;
mod numbers;
mod quantities;
mod reading;
mod regression;
mod signal_rules;
mod signals;
mod slots;
mod spelling;
mod streets;
mod understood;
mod variants;
mod when;
mod written;
mod yes_no;
mod yes_no_words;

use std::sync::Arc;

use jiff::Zoned;
use jiff::tz::TimeZone;

pub use clashes::{Clash, clashes};
pub use land::Land;
pub use meaning::Meaning;
pub use reading::{WORD_CHARS_MAX, WORDS_MAX};
pub use understood::{
    Address, Amount, Grain, IntentScore, Length, OPEN_END, PersonName, Signal, SlotKind, SlotValue, Span,
    Understood, Value,
};
pub use when::is_holiday;

use self::choices::Choices;
use self::intents::Intents;
use self::lexicon::Lexicon;
use self::reading::Reading;
use self::when::Scene;
use crate::call::hearing::{Expect, HYPOTHESES_MAX, Hypothesis, Transcript};
use crate::config::site::{Language, Site, WeekHours, Words};

/// A reading less likely than this share of the best one is not asked.
const SECOND_READING_MIN: f32 = 0.3;
/// What is kept of a confidence that only a lower reading gives.
const SECOND_READING_TRUST: f32 = 0.8;

/// What one site understands. Made once, used for every call.
pub struct Understander {
    intents: Intents,
    lexicon: Lexicon,
    choices: Choices,
    opening_hours: WeekHours,
    time_zone: TimeZone,
    land: Option<Land>,
    language: Language,
}

impl Understander {
    /// Fits the site's examples and takes up its words.
    #[must_use]
    pub fn new(site: &Site) -> Self {
        Self::with_meaning(site, None)
    }

    /// The same with an encoder that knows more of a sentence than its words.
    #[must_use]
    pub fn with_meaning(site: &Site, encoder: Option<Arc<dyn Meaning>>) -> Self {
        let concerns = site.intents.iter().map(|intent| (&intent.name, intent.examples.as_slice()));
        let answers = site.answers.iter().map(|answer| (&answer.id, answer.examples.as_slice()));
        Self {
            intents: Intents::new(site.language, concerns.chain(answers), encoder),
            lexicon: Lexicon::new(&site.words),
            choices: Choices::of(site),
            opening_hours: site.opening_hours.clone(),
            time_zone: site.time_zone.clone(),
            land: site.land,
            language: site.language,
        }
    }

    /// What can be understood without knowing the site: German and English values and signals, clocks in Berlin.
    #[must_use]
    pub fn without_site() -> Self {
        Self {
            intents: Intents::new(Language::German, std::iter::empty(), None),
            lexicon: Lexicon::new(&Words::default()),
            choices: Choices::default(),
            opening_hours: WeekHours::default(),
            time_zone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC),
            land: None,
            language: Language::German,
        }
    }

    /// The same in that Land, with the holidays that are only there. `None`: only those of the whole country.
    #[must_use]
    pub fn in_land(self, land: Option<Land>) -> Self {
        Self { land, ..self }
    }

    /// Where the site's clocks stand.
    #[must_use]
    pub const fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// What an utterance means at that moment, where `expect` (likeliest first) was hoped for.
    ///
    /// Words past [`WORDS_MAX`] are not read. An empty `expect` is somebody who types a sentence.
    #[must_use]
    pub fn understand(&self, transcript: &Transcript, now: &Zoned, expect: &[Expect]) -> Understood {
        let Some(best) = transcript.best() else { return Understood::default() };
        let now = now.with_time_zone(self.time_zone.clone());
        let scene = Scene { now: &now, opening_hours: &self.opening_hours, expect, land: self.land };
        let reading = Reading::for_values(best, self.language);
        let mut slots = slots::find(&reading, &self.lexicon, &self.choices, &scene);
        let signals = signals::find(&Reading::new(best));
        let taken: Vec<(usize, usize)> = slots
            .iter()
            .filter(|slot| !matches!(slot.kind(), SlotKind::YesNo | SlotKind::Choice))
            .map(|slot| (slot.span.first, slot.span.end))
            .collect();
        let (mut intents, further) = self.intents.find(best, &taken);
        if intents.is_empty() && expect.first() == Some(&Expect::Free) {
            intents = self.missed_intents(transcript);
        }
        slots.extend(self.missed_values(transcript, &slots, &scene));
        Understood { intents, further, slots, signals, words: best.text() }
    }

    /// Concerns that only a lower reading has, where a concern was asked for.
    fn missed_intents(&self, transcript: &Transcript) -> Vec<IntentScore> {
        let mut found = lower_readings(transcript).map(|(hypothesis, trust)| {
            let (mut intents, _) = self.intents.find(hypothesis, &[]);
            intents.iter_mut().for_each(|intent| intent.confidence *= trust);
            intents
        });
        found.find(|intents| !intents.is_empty()).unwrap_or_default()
    }

    /// Values that were expected and that only a lower reading has.
    fn missed_values(
        &self,
        transcript: &Transcript,
        found: &[SlotValue],
        scene: &Scene<'_>,
    ) -> Vec<SlotValue> {
        let wanted: Vec<SlotKind> =
            scene.expect.iter().filter_map(|expect| slots::kind_of(*expect)).collect();
        if wanted.is_empty() || found.iter().any(|slot| wanted.contains(&slot.kind())) {
            return Vec::new();
        }
        let mut found = lower_readings(transcript).map(|(hypothesis, trust)| {
            let reading = Reading::for_values(hypothesis, self.language);
            let mut slots = slots::find(&reading, &self.lexicon, &self.choices, scene);
            slots.retain(|slot| wanted.contains(&slot.kind()));
            slots.iter_mut().for_each(|slot| slot.confidence *= trust);
            slots
        });
        found.find(|slots| !slots.is_empty()).unwrap_or_default()
    }
}

/// The readings below the best one that are likely enough, with what is left of a confidence that rests on one of them.
fn lower_readings(transcript: &Transcript) -> impl Iterator<Item = (&Hypothesis, f32)> {
    let best = transcript.best().map_or(0.0, |best| best.confidence).max(f32::EPSILON);
    let lower = transcript.hypotheses.iter().take(HYPOTHESES_MAX).skip(1);
    let trusted = lower.map(move |hypothesis| (hypothesis, hypothesis.confidence / best));
    // one that is no number is trusted least of all
    let likely = trusted.filter(|(_, trust)| *trust >= SECOND_READING_MIN);
    likely.map(|(hypothesis, trust)| (hypothesis, trust.min(1.0) * SECOND_READING_TRUST))
}
