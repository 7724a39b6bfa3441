//! Tone: how things are said to someone who is impatient or in distress. Shorter for the one, without padding and hints;
//! one thing at a time for the other; and an apology where Klinke was at fault.
//!
//! Heard from words alone, never from a voice (EU AI Act, Art. 5(1)(f)). It changes wordings and nothing else: not what is
//! asked, read back or done. It stands in no record, and ends with the call at the latest.

use super::Dialogue;
use super::heard::Heard;
use super::open::Open;
use super::sentences::Sentences;
use super::taking::Taken;
use super::turn::Turn;
use crate::call::understanding::{Signal, Understood};
use crate::config::site::Texts;

/// Things said in a row without a word of impatience or distress, until Klinke speaks as at first.
const CALM_TURNS_MIN: u8 = 5;

/// How things are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// As the site's file has it.
    Plain,
    /// To someone in a hurry: short wordings, no padding, no hints.
    Short,
    /// To someone in distress: one thing at a time, no hints.
    Gentle,
}

/// How things are said at this point of the call.
#[derive(Debug)]
pub(super) struct Tone {
    pub manner: Manner,
    /// Things said since the last word of impatience or distress.
    calm_turns: u8,
    /// Whether Klinke apologised when it last spoke.
    pub apologised: bool,
}

impl Tone {
    /// That of every call's beginning.
    pub(super) const PLAIN: Self = Self { manner: Manner::Plain, calm_turns: 0, apologised: false };
}

/// What the caller's words call for beside an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// He lost patience after he was not understood.
    Apology,
    /// He has just shown distress.
    Comfort,
}

impl Dialogue {
    /// Hears from the words how to go on speaking.
    pub(super) fn attune(&mut self, understood: &Understood) -> Due {
        let hears = |signal: Signal| understood.signals.contains(&signal);
        let tone = &mut self.tone;
        let before = tone.manner;
        let (distressed, impatient) = (hears(Signal::Distressed), hears(Signal::Impatient));
        if distressed || impatient {
            tone.calm_turns = 0;
            tone.manner = if distressed { Manner::Gentle } else { Manner::Short };
        } else {
            tone.calm_turns = tone.calm_turns.saturating_add(1);
            if tone.calm_turns >= CALM_TURNS_MIN {
                tone.manner = Manner::Plain;
            }
        }
        match tone.manner {
            Manner::Gentle if before != Manner::Gentle => Due::Comfort,
            Manner::Short if impatient && self.misses > 0 => Due::Apology,
            _ => Due::Nothing,
        }
    }

    /// Says what is due before the answer.
    pub(super) fn meet(&mut self, due: Due, turn: &mut Turn<'_>) {
        match due {
            Due::Nothing => {}
            Due::Apology => self.apologise(turn),
            Due::Comfort => turn.say(self.sentences().comfort),
        }
    }

    /// One word of apology; not where the last thing said was one.
    pub(super) fn apologise(&self, turn: &mut Turn<'_>) {
        if !self.tone.apologised && !turn.apologises {
            turn.apologises = true;
            turn.say(self.sentences().apology);
        }
    }

    /// Apologises where the caller's answer to `open` shows that Klinke had heard him wrongly. Where he said himself what
    /// is right, one sentence takes it up and apologises.
    pub(super) fn own_up(&self, open: &Open, taken: &Taken, heard: &Heard<'_>, turn: &mut Turn<'_>) {
        let mended = !(taken.corrected.is_empty() && taken.struck.is_empty());
        let is_ours = match open {
            Open::Confirm { from_line, .. } => !from_line && heard.no(),
            Open::ReadBack => mended && heard.no(),
            Open::WhatIsWrong => mended,
            // "nein, das habe ich nicht gesagt"; who only wants to go back says no "nein"
            Open::Slot(_) => heard.back && heard.yes_no == Some(false) && !taken.changed(),
            _ => false,
        };
        if !is_ours || heard.goodbye || self.tone.apologised {
            self.acknowledge(taken, self.sentences().corrected, turn);
        } else if taken.corrected.is_empty() {
            self.apologise(turn);
            self.acknowledge(taken, self.sentences().corrected, turn);
        } else {
            turn.apologises = true;
            self.acknowledge(taken, self.sentences().corrected_sorry, turn);
        }
    }

    /// Says that nothing was understood; the second time with an apology.
    pub(super) fn say_not_understood(&self, turn: &mut Turn<'_>) {
        if self.misses < 2 || self.tone.apologised || turn.apologises {
            // a question for the concern in other words says so by itself
            if self.open != Open::Concern {
                turn.say(&self.texts().not_understood);
            }
        } else {
            turn.apologises = true;
            turn.say(self.sentences().not_understood_again);
        }
    }

    /// The site's sentences as they are said now.
    pub(super) fn texts(&self) -> &Texts {
        if self.tone.manner == Manner::Short { &self.site.short } else { &self.site.texts }
    }

    /// The fixed sentences as they are said now.
    pub(super) fn sentences(&self) -> &'static Sentences {
        Sentences::of(self.site.language, self.tone.manner == Manner::Short)
    }
}
