//! The pretend callers: one who follows a script, and a tape.
//!
//! The scripted caller hears Klinke frame by frame, waits for his turn as people do, and says or types the next
//! line of his script. He knows nothing of Klinke's inside; whoever can tells him what was said
//! ([`Telephone::told`]), as a person would have heard it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::script::{Script, Step};
use super::sounds::Background;
use crate::call::line::{Digit, FRAME_MS, FRAME_SAMPLES, Frame};

/// A frame that is louder than this holds speech.
const LOUD_SAMPLE_MIN: u16 = 300;
/// Silence after which a turn is over for a caller, in frames.
const TURN_OVER_FRAMES: u32 = 35;
/// Silence after which he goes on even if nobody said anything, in frames.
const GO_ON_FRAMES: u32 = 500;
/// From one key to the next, in frames.
const KEY_FRAMES: u32 = 15;
/// Length of something that nobody understands, in frames.
const MUMBLE_FRAMES: u32 = 40;

/// What a caller says: 8 kHz, 16 bit.
pub type Sound = Arc<[i16]>;

/// What a caller does in 20 ms.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Sends sound, or silence.
    Sound(Frame),
    /// Presses a key.
    Digit(Digit),
    /// Types one utterance.
    Typed(String),
    /// Puts Klinke on hold.
    Hold,
    /// Takes Klinke back.
    TakeBack,
    /// Hangs up.
    HangUp,
}

/// The other end of the line.
pub trait Telephone {
    /// Hears 20 ms, at the rate that this telephone has, and answers with 20 ms.
    fn frame(&mut self, heard: &[i16]) -> Act;
    /// Klinke has said this.
    fn told(&mut self, _text: &str) {}
}

/// A caller with a script.
pub struct Caller {
    script: Script,
    /// His texts as sound; `None`: he types.
    voice: Option<HashMap<String, Sound>>,
    next: usize,
    saying: Option<(Sound, usize)>,
    told: String,
    /// Frames since Klinke began this turn; `None`: it has not begun.
    hearing: Option<u32>,
    quiet: u32,
    silent_for: u32,
    /// Keys that he is about to press, and frames until the next one.
    keys: VecDeque<Digit>,
    key_in: u32,
    /// Frames until he takes Klinke back.
    on_hold_for: Option<u32>,
    /// What is heard instead of him: which frame of it, and how many are left.
    plays: Option<(Background, u64, u32)>,
}

impl Caller {
    /// A caller who has every text of his script as sound; what is missing in `voice` is left out.
    #[must_use]
    pub fn speaking(script: Script, voice: HashMap<String, Sound>) -> Self {
        Self { voice: Some(voice), ..Self::typing(script) }
    }

    /// A caller who types, and listens all the same.
    #[must_use]
    pub fn typing(script: Script) -> Self {
        Self {
            script,
            voice: None,
            next: 0,
            saying: None,
            told: String::new(),
            hearing: None,
            quiet: 0,
            silent_for: 0,
            keys: VecDeque::new(),
            key_in: 0,
            on_hold_for: None,
            plays: None,
        }
    }

    /// How many steps of his script he has begun.
    #[must_use]
    pub fn steps_begun(&self) -> usize {
        self.next.min(self.script.steps.len())
    }

    fn hear(&mut self, heard: &[i16]) {
        let loud = is_loud(heard);
        self.quiet = if loud { 0 } else { self.quiet + 1 };
        if loud && self.hearing.is_none() {
            self.hearing = Some(0);
        }
        self.hearing = self.hearing.map(|frames| frames + 1);
    }

    fn interruption_due(&self) -> bool {
        match (self.script.steps.get(self.next), self.hearing) {
            (Some(Step::Interrupt(after, _) | Step::HangUpAfter(after)), Some(frames)) => {
                self.quiet < TURN_OVER_FRAMES && Duration::from_millis(u64::from(frames * FRAME_MS)) >= *after
            }
            _ => false,
        }
    }

    fn act(&mut self, interrupting: bool) -> Act {
        let told = std::mem::take(&mut self.told);
        self.hearing = None;
        self.quiet = 0;
        if !interrupting && let Some(text) = self.script.reply_to(&told) {
            let text = text.to_owned();
            return self.say(&text);
        }
        let step = self.script.steps.get(self.next).cloned();
        self.next += 1;
        match step {
            Some(Step::Say(text) | Step::Interrupt(_, text)) => self.say(&text),
            Some(Step::Mumble) => self.mumble(),
            Some(Step::Digits(digits)) => {
                self.keys = digits.into();
                self.press().unwrap_or(Act::Sound(Frame::SILENCE))
            }
            Some(Step::Hold(time)) => {
                self.on_hold_for = Some(frames(time));
                Act::Hold
            }
            Some(Step::Plays(background, time)) => {
                self.plays = Some((background, 0, frames(time)));
                Act::Sound(self.background().unwrap_or(Frame::SILENCE))
            }
            Some(Step::Silence(time)) => {
                self.silent_for = frames(time);
                self.hearing = Some(0);
                Act::Sound(Frame::SILENCE)
            }
            Some(Step::HangUp | Step::HangUpAfter(_)) => Act::HangUp,
            None => Act::Sound(Frame::SILENCE),
        }
    }

    fn say(&mut self, text: &str) -> Act {
        let Some(voice) = &self.voice else { return Act::Typed(text.to_owned()) };
        self.saying = voice.get(text).map(|sound| (Sound::clone(sound), 0));
        Act::Sound(self.speak().unwrap_or(Frame::SILENCE))
    }

    /// Presses the next key.
    fn press(&mut self) -> Option<Act> {
        self.key_in = KEY_FRAMES;
        self.keys.pop_front().map(Act::Digit)
    }

    /// Says something without words.
    fn mumble(&mut self) -> Act {
        if self.voice.is_none() {
            return Act::Typed(String::new());
        }
        self.plays = Some((Background::Noise, 0, MUMBLE_FRAMES));
        Act::Sound(self.background().unwrap_or(Frame::SILENCE))
    }

    fn background(&mut self) -> Option<Frame> {
        let (background, number, left) = self.plays.as_mut()?;
        let frame = background.frame(*number);
        (*number, *left) = (*number + 1, left.saturating_sub(1));
        if *left == 0 {
            self.plays = None;
        }
        Some(frame)
    }

    fn speak(&mut self) -> Option<Frame> {
        let (sound, said) = self.saying.as_mut()?;
        let rest = &sound[*said..];
        let count = rest.len().min(FRAME_SAMPLES);
        let mut frame = Frame::SILENCE;
        frame.0[..count].copy_from_slice(&rest[..count]);
        *said += count;
        if *said >= sound.len() {
            self.saying = None;
        }
        Some(frame)
    }
}

impl Telephone for Caller {
    fn frame(&mut self, heard: &[i16]) -> Act {
        self.hear(heard);
        if let Some(left) = &mut self.on_hold_for {
            (self.hearing, self.quiet) = (None, 0);
            if *left == 0 {
                self.on_hold_for = None;
                return Act::TakeBack;
            }
            *left -= 1;
            return Act::Sound(Frame::SILENCE);
        }
        if let Some(frame) = self.speak().or_else(|| self.background()) {
            // Who speaks does not hear the other one end his turn.
            (self.hearing, self.quiet) = (None, 0);
            return Act::Sound(frame);
        }
        if !self.keys.is_empty() {
            self.key_in = self.key_in.saturating_sub(1);
            let pressed = if self.key_in == 0 { self.press() } else { None };
            return pressed.unwrap_or(Act::Sound(Frame::SILENCE));
        }
        if self.silent_for > 0 {
            self.silent_for -= 1;
            return Act::Sound(Frame::SILENCE);
        }
        let interrupting = self.interruption_due();
        let my_turn = self.quiet >= TURN_OVER_FRAMES && self.hearing.is_some() || self.quiet >= GO_ON_FRAMES;
        if my_turn || interrupting { self.act(interrupting) } else { Act::Sound(Frame::SILENCE) }
    }

    fn told(&mut self, text: &str) {
        self.told.push_str(text);
        self.told.push(' ');
    }
}

/// A caller on tape: says what is on it from the first frame on, and hangs up when it is over and Klinke has
/// nothing more to say.
pub struct Tape {
    sound: Sound,
    said: usize,
    quiet: u32,
}

/// Silence after the end of a tape that ends the call, in frames.
const TAPE_OVER_FRAMES: u32 = 250;

impl Tape {
    /// A caller who says this.
    #[must_use]
    pub const fn new(sound: Sound) -> Self {
        Self { sound, said: 0, quiet: 0 }
    }
}

impl Telephone for Tape {
    fn frame(&mut self, heard: &[i16]) -> Act {
        let rest = &self.sound[self.said..];
        let count = rest.len().min(FRAME_SAMPLES);
        let mut frame = Frame::SILENCE;
        frame.0[..count].copy_from_slice(&rest[..count]);
        self.said += count;
        self.quiet = if count > 0 || is_loud(heard) { 0 } else { self.quiet + 1 };
        if self.quiet >= TAPE_OVER_FRAMES { Act::HangUp } else { Act::Sound(frame) }
    }
}

fn frames(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX) / FRAME_MS
}

fn is_loud(heard: &[i16]) -> bool {
    heard.iter().any(|sample| sample.unsigned_abs() >= LOUD_SAMPLE_MIN)
}
