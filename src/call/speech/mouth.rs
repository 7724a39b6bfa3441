//! The mouth: phrases in a row, one frame at a time, stoppable at every frame.
//!
//! A phrase waits in line with its sound or without it (the voice is still at it). Whoever interrupts first
//! makes it pause: if the caller only said "mhm" it goes on where it stopped, else it is dropped with all that
//! follows.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Phrase, PhraseId, Rendered};
use crate::call::line::{VOICE_FRAME_SAMPLES, VOICE_RATE_HZ, VoiceFrame};
use crate::clock::{Instant, MediaTime};

/// Phrases that wait at most; a dialogue that says more in one go has gone wrong.
const PHRASES_MAX: usize = 16;
/// How long the voice may take for a phrase.
const RENDER_MS_MAX: u64 = 4_000;
/// A wait that is felt: 700 ms. Before it nothing fills it.
const FILLER_AFTER_FRAMES: u32 = 35;
/// Silence between two phrases.
const BETWEEN_FRAMES: u32 = 6;
/// How much of a phrase is said again when it goes on after a pause.
const RESUME_BACK_SAMPLES: usize = (VOICE_RATE_HZ as usize) * 3 / 10;
/// A frame that is the last one before a stop fades over so many samples, 10 ms, or it clicks.
const FADE_SAMPLES: usize = 160;

/// A phrase that was said, or as much of it as was.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Its number.
    pub id: PhraseId,
    /// What it says.
    pub phrase: Phrase,
    /// First sample on the wire.
    pub began: MediaTime,
    /// Last sample on the wire.
    pub ended: MediaTime,
    /// Whether it was cut off.
    pub interrupted: bool,
}

struct Waiting {
    id: PhraseId,
    phrase: Phrase,
    sound: Option<Rendered>,
    /// When the voice must have answered.
    due: Instant,
    /// Samples already said.
    said: usize,
    began: Option<MediaTime>,
    /// Frames for which it could have been said.
    waited: u32,
}

/// The mouth of one call.
#[derive(Default)]
pub struct Mouth {
    line: VecDeque<Waiting>,
    paused: bool,
    fading: bool,
    gap: u32,
    last_id: u64,
}

impl Mouth {
    /// Puts a phrase at the end of the line; `None` where the line is full.
    pub fn say(&mut self, now: Instant, phrase: Phrase) -> Option<PhraseId> {
        if self.line.len() >= PHRASES_MAX {
            return None;
        }
        self.line.retain(|waiting| !waiting.phrase.filler || waiting.began.is_some());
        self.last_id += 1;
        let id = PhraseId(self.last_id);
        let due = now + Duration::from_millis(RENDER_MS_MAX);
        self.line.push_back(Waiting { id, phrase, sound: None, due, said: 0, began: None, waited: 0 });
        Some(id)
    }

    /// The voice has read a phrase. One that nobody waits for any more is dropped.
    pub fn rendered(&mut self, id: PhraseId, sound: Rendered) {
        if let Some(waiting) = self.line.iter_mut().find(|waiting| waiting.id == id) {
            waiting.sound = Some(sound);
        }
    }

    /// Whether a phrase is in line and has no sound yet.
    #[must_use]
    pub fn waits_for(&self, id: PhraseId) -> bool {
        self.line.iter().any(|waiting| waiting.id == id && waiting.sound.is_none())
    }

    /// Whether anything is being said or is still to be said.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.line.is_empty()
    }

    /// Whether the line is ours and on hold because the caller began to speak.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether sound of ours is on the wire.
    #[must_use]
    pub fn is_audible(&self) -> bool {
        !self.paused && self.line.front().is_some_and(|first| first.said > 0)
    }

    /// Whether what is being said may be interrupted; `true` where nothing is.
    #[must_use]
    pub fn is_interruptible(&self) -> bool {
        self.line.front().is_none_or(|first| first.phrase.interruptible)
    }

    /// How much is still to be said of what is rendered.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let samples: usize = self
            .line
            .iter()
            .map(|waiting| waiting.sound.as_ref().map_or(0, |sound| sound.len() - waiting.said))
            .sum();
        Duration::from_secs(samples as u64) / VOICE_RATE_HZ
    }

    /// Holds back from the next frame on.
    pub fn pause(&mut self) {
        self.fading = self.is_audible();
        self.paused = true;
    }

    /// Goes on where it stopped, a little before it.
    pub fn resume(&mut self) {
        self.paused = false;
        self.fading = false;
        if let Some(first) = self.line.front_mut() {
            first.said = first.said.saturating_sub(RESUME_BACK_SAMPLES);
        }
    }

    /// Goes on with the phrase that is being said from its beginning.
    pub fn begin_again(&mut self) {
        self.resume();
        if let Some(first) = self.line.front_mut() {
            first.said = 0;
        }
    }

    /// Drops everything, even what must be heard. Returns what was cut off in mid-phrase.
    pub fn drop_all(&mut self, at: MediaTime) -> Option<Spoken> {
        if let Some(first) = self.line.front_mut() {
            first.phrase.interruptible = true;
        }
        self.stop(at)
    }

    /// Drops everything that may be interrupted; a phrase that may not is said to its end. Returns what was
    /// cut off in mid-phrase.
    pub fn stop(&mut self, at: MediaTime) -> Option<Spoken> {
        self.paused = false;
        self.gap = 0;
        if !self.is_interruptible() {
            self.line.truncate(1);
            return None;
        }
        let first = self.line.pop_front();
        self.line.clear();
        let first = first?;
        let began = first.began?;
        Some(Spoken { id: first.id, phrase: first.phrase, began, ended: at, interrupted: true })
    }

    /// The next 20 ms for the wire, and the phrase that ended with it.
    pub fn frame(&mut self, at: MediaTime) -> (VoiceFrame, Option<Spoken>) {
        if self.paused && !std::mem::take(&mut self.fading) {
            return (VoiceFrame::SILENCE, None);
        }
        if self.gap > 0 {
            self.gap -= 1;
            return (VoiceFrame::SILENCE, None);
        }
        let paused = self.paused;
        let Some(first) = self.line.front_mut() else { return (VoiceFrame::SILENCE, None) };
        let Some(sound) = &first.sound else { return (VoiceFrame::SILENCE, None) };
        if first.phrase.filler && first.waited < FILLER_AFTER_FRAMES {
            first.waited += 1;
            return (VoiceFrame::SILENCE, None);
        }
        let began = *first.began.get_or_insert(at);
        let mut frame = VoiceFrame::SILENCE;
        let rest = &sound[first.said.min(sound.len())..];
        let count = rest.len().min(VOICE_FRAME_SAMPLES);
        frame.0[..count].copy_from_slice(&rest[..count]);
        first.said += count;
        if paused {
            fade(&mut frame);
            return (frame, None);
        }
        if first.said < sound.len() {
            return (frame, None);
        }
        self.gap = BETWEEN_FRAMES;
        let spoken = self.line.pop_front().map(|first| Spoken {
            id: first.id,
            phrase: first.phrase,
            began,
            ended: at.next_frame(),
            interrupted: false,
        });
        (frame, spoken)
    }

    /// When the voice must have answered for the phrase that is next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.line.front().filter(|first| first.sound.is_none()).map(|first| first.due)
    }
}

/// Lets a frame end in silence.
fn fade(frame: &mut VoiceFrame) {
    for (at, sample) in frame.0.iter_mut().enumerate() {
        let left = i32::try_from(FADE_SAMPLES.saturating_sub(at)).unwrap_or(0);
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of an i16 is one")]
        {
            *sample = (i32::from(*sample) * left / FADE_SAMPLES as i32) as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str, interruptible: bool) -> Phrase {
        Phrase { text: text.to_owned().into(), interruptible, filler: false }
    }

    fn mouth_saying(frames: usize, interruptible: bool) -> Mouth {
        let mut mouth = Mouth::default();
        let id = mouth.say(Instant::START, phrase("Guten Tag.", interruptible)).expect("room");
        mouth.rendered(id, vec![1_000; frames * VOICE_FRAME_SAMPLES].into());
        mouth
    }

    #[test]
    fn says_a_phrase_to_its_end_and_reports_it() {
        let mut mouth = mouth_saying(3, true);
        let mut at = MediaTime::START;
        let mut spoken = None;
        for _ in 0..3 {
            let (frame, ended) = mouth.frame(at);
            assert_eq!(frame, VoiceFrame([1_000; VOICE_FRAME_SAMPLES]));
            at = at.next_frame();
            spoken = ended;
        }
        let spoken = spoken.expect("the third frame is the last");
        assert_eq!((spoken.began.ms(), spoken.ended.ms(), spoken.interrupted), (0, 60, false));
        assert!(!mouth.is_busy());
    }

    #[test]
    fn is_silent_within_one_frame_of_a_pause_and_goes_on_after_an_mhm() {
        let mut mouth = mouth_saying(100, true);
        for _ in 0..50 {
            mouth.frame(MediaTime::START);
        }
        mouth.pause();
        assert_eq!(
            mouth.frame(MediaTime::START).0.0[FADE_SAMPLES..],
            [0; VOICE_FRAME_SAMPLES - FADE_SAMPLES]
        );
        assert_eq!(mouth.frame(MediaTime::START).0, VoiceFrame::SILENCE);
        mouth.resume();
        assert_ne!(mouth.frame(MediaTime::START).0, VoiceFrame::SILENCE);
    }

    #[test]
    fn a_filler_is_said_only_when_the_wait_is_felt() {
        for (wait, said) in [(FILLER_AFTER_FRAMES / 2, false), (FILLER_AFTER_FRAMES * 2, true)] {
            let mut mouth = Mouth::default();
            let filler = Phrase { filler: true, ..phrase("Einen Moment bitte.", true) };
            let id = mouth.say(Instant::START, filler).expect("room");
            mouth.rendered(id, vec![1_000; 10 * VOICE_FRAME_SAMPLES].into());
            let audible =
                (0..wait).filter(|_| mouth.frame(MediaTime::START).0 != VoiceFrame::SILENCE).count();
            assert_eq!(audible > 0, said, "after {wait} frames");
            mouth.say(Instant::START, phrase("Herr Yilmaz kann kommen.", true));
            assert_eq!(mouth.line.len(), 1, "a filler that was not said, or is over, is out of the line");
        }
    }

    #[test]
    fn the_disclosure_is_heard_to_its_end_but_what_follows_it_is_dropped() {
        let mut mouth = mouth_saying(3, false);
        mouth.say(Instant::START, phrase("Wie kann ich helfen?", true));
        mouth.frame(MediaTime::START);
        assert_eq!(mouth.stop(MediaTime::START), None);
        assert_ne!(mouth.frame(MediaTime::START).0, VoiceFrame::SILENCE);
        mouth.frame(MediaTime::START);
        assert!(!mouth.is_busy());
    }
}
