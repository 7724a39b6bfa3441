//! The floor: whether something the caller said while we were speaking is a turn of his, a sign that he is
//! listening, or has to wait for the end of a sentence that must be heard.

use std::time::Duration;

use super::hearing::Utterance;
use super::speech::Mouth;

/// A short yes this close to the end of what we say is an answer to it, not a sign of listening.
const ANSWER_WITHIN: Duration = Duration::from_millis(1_500);

/// Words that only say "I am listening". Utterances made of nothing else do not take the floor.
const BACKCHANNEL: &[&str] = &[
    "mhm", "mhmm", "hm", "hmm", "aha", "ja", "okay", "ok", "ach", "so", "gut", "genau", "äh", "ähm", "yes",
    "right",
];

/// What becomes of an utterance.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is the caller's turn.
    Hear(Utterance),
    /// It counts once the sentence that is being said has been heard to its end.
    Hold,
    /// Go on as if nothing had been said.
    CarryOn,
}

/// Who has the floor.
#[derive(Debug, Default)]
pub struct Floor {
    held: Option<Utterance>,
}

impl Floor {
    /// Judges an utterance by what our voice is doing.
    pub fn take(&mut self, mouth: &Mouth, utterance: Utterance) -> Verdict {
        if !mouth.is_busy() {
            return Verdict::Hear(utterance);
        }
        if utterance.transcript.is_empty() {
            return Verdict::CarryOn;
        }
        if is_backchannel(&utterance) && mouth.remaining() > ANSWER_WITHIN {
            return Verdict::CarryOn;
        }
        if mouth.is_interruptible() {
            return Verdict::Hear(utterance);
        }
        self.held = Some(utterance);
        Verdict::Hold
    }

    /// Whether something was said meanwhile.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// What was said meanwhile, once.
    pub fn held(&mut self) -> Option<Utterance> {
        self.held.take()
    }
}

fn is_backchannel(utterance: &Utterance) -> bool {
    utterance.transcript.best().is_some_and(|best| {
        best.words.len() <= 2
            && best.words.iter().all(|word| {
                let bare = word.text.reveal().to_lowercase();
                BACKCHANNEL.contains(&bare.trim_matches(|letter: char| !letter.is_alphabetic()))
            })
    })
}
