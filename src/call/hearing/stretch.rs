//! A stretch of speech that goes on: what of it the recogniser has heard, and what is known of it.

use std::time::Duration;

use super::patience::patience;
use super::ring::RING_S_MAX;
use super::{Ask, Expect, JobId, StretchId, Transcript};
use crate::clock::MediaTime;

/// Sound before the first speech window that still belongs to the utterance.
pub const LEAD_IN_MS: u64 = 250;
/// Silence after which the words are wanted as if the stretch had ended.
const PAUSE_MS: u64 = 96;
/// New sound that is worth a question, in ms: a usual chunk of a streaming recogniser, and three frames.
const HEAR_MS_MIN: u64 = 60;
/// Sound that goes out at once, in ms; what is more waits for the answer.
const HEAR_MS_MAX: u64 = 480;
/// Length of a scored window.
const WINDOW_MS: u64 = 32;
/// Silence after a cough; then whoever was speaking goes on.
const COUGH_PATIENCE_MS: u64 = 200;
/// Speech that is shorter and makes no words is a cough or a click.
const COUGH_MS_MAX: u64 = 350;
/// An utterance that lasts longer is taken as it is, so that all of it is still in the ring.
const UTTERANCE_MS_MAX: u64 = (RING_S_MAX as u64) * 1000 - 2 * LEAD_IN_MS;

/// A question that is out.
struct Asked {
    id: JobId,
    /// The recogniser will have heard up to there.
    to: MediaTime,
    ask: Ask,
}

/// What the recogniser made of it.
struct Known {
    /// Up to where it had heard.
    to: MediaTime,
    /// All of that is in the words, the last one too.
    whole: bool,
    transcript: Transcript,
}

/// A stretch of speech that goes on.
pub struct Stretch {
    /// Its name with the models.
    pub id: StretchId,
    /// Where its speech begins.
    pub began: MediaTime,
    /// End of its last speech window.
    pub voiced_to: MediaTime,
    /// What is known is a whole answer.
    pub complete: bool,
    /// The recogniser has heard up to there, and said so.
    heard_to: MediaTime,
    known: Option<Known>,
    asked: Option<Asked>,
}

impl Stretch {
    /// A stretch whose first speech window ended just now.
    pub fn begin(id: StretchId, now: MediaTime) -> Self {
        let began = now.minus_ms(WINDOW_MS);
        let heard_to = began.minus_ms(LEAD_IN_MS);
        Self { id, began, voiced_to: now, complete: false, heard_to, known: None, asked: None }
    }

    /// How far the recogniser is behind.
    pub fn lag(&self, end: MediaTime) -> Duration {
        end - self.heard_to
    }

    /// What to ask next, if anything: the sound from where to where, and the question. `now`: scored up to there;
    /// `end`: of what was said so far. Begun with [`ask`](Self::ask).
    pub fn next(&self, now: MediaTime, end: MediaTime) -> Option<(MediaTime, MediaTime, Ask)> {
        if self.asked.is_some() {
            return None;
        }
        let paused = now - self.voiced_to >= Duration::from_millis(PAUSE_MS);
        let wants_all = (paused || self.is_too_long(now)) && !self.has_all();
        let to = end.min(self.heard_to.plus_ms(HEAR_MS_MAX));
        let ask = match (wants_all, self.has_all()) {
            (true, _) if to == end => Ask::AsIfEnded,
            (_, false) => Ask::SoFar,
            (_, true) => Ask::Nothing,
        };
        let due = ask == Ask::AsIfEnded || to - self.heard_to >= Duration::from_millis(HEAR_MS_MIN);
        due.then_some((self.heard_to, to, ask))
    }

    /// The question is out.
    pub fn ask(&mut self, id: JobId, to: MediaTime, ask: Ask) {
        self.asked = Some(Asked { id, to, ask });
    }

    /// The recogniser answered. The words, where they are new; `None` where nobody waits for the answer, or where they
    /// are what was known.
    pub fn answered(&mut self, id: JobId, transcript: Option<Transcript>) -> Option<&Transcript> {
        let Asked { to, ask, .. } = self.asked.take_if(|asked| asked.id == id)?;
        self.heard_to = to;
        let transcript = transcript?;
        let whole = ask == Ask::AsIfEnded;
        let same = self.known.as_ref().is_some_and(|known| is_same(&known.transcript, &transcript));
        self.known = Some(Known { to, whole, transcript });
        if same && !whole {
            return None;
        }
        self.complete = false;
        self.known.as_ref().map(|known| &known.transcript)
    }

    /// Whether it is over by now: the silence has lasted as long as its words call for.
    pub fn is_over(&self, now: MediaTime, expect: &[Expect]) -> bool {
        let Some(known) = self.known.as_ref().filter(|_| self.has_all()) else { return false };
        let patience = match self.is_cough(&known.transcript) {
            true => Duration::from_millis(COUGH_PATIENCE_MS),
            false => patience(expect, &known.transcript, self.complete),
        };
        self.is_too_long(now) || now - self.voiced_to >= patience
    }

    /// The words, at its end; `None`: it was a cough.
    pub fn into_words(mut self) -> Option<Transcript> {
        let transcript = self.known.take().map(|known| known.transcript).unwrap_or_default();
        (!self.is_cough(&transcript)).then_some(transcript)
    }

    /// Whether the words of all of its speech are known.
    fn has_all(&self) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known| known.whole && (known.to >= self.voiced_to || self.is_too_long(known.to)))
    }

    fn is_too_long(&self, now: MediaTime) -> bool {
        now - self.began >= Duration::from_millis(UTTERANCE_MS_MAX)
    }

    /// Whether there is no speech in it after all.
    fn is_cough(&self, transcript: &Transcript) -> bool {
        transcript.is_empty() && self.voiced_to - self.began <= Duration::from_millis(COUGH_MS_MAX)
    }
}

/// Whether both say the same words.
fn is_same(one: &Transcript, other: &Transcript) -> bool {
    let words = |transcript: &Transcript| transcript.best().map(|best| best.text()).unwrap_or_default();
    words(one) == words(other)
}
