//! The watch: whether there is still a person at the other end who answers. It looks at what the call knows anyway
//! (that there is sound, what was understood, what is new in it) and raises an alarm where a call would otherwise
//! go on for ever: music on hold, a television, an announcement in a loop, a second assistant.
//!
//! A machine with the contract of the room: [`Watch::handle`] takes a [`Sign`], [`Watch::deadline`] says when a
//! [`Sign::Time`] is due. Whoever answers is never thrown out: an answer that is understood begins everything anew.

use std::collections::BTreeSet;
use std::time::Duration;

use super::hearing::Transcript;
use crate::clock::Instant;
use crate::config::Limits;

mod announcement;
mod repeats;

use repeats::Repeats;

/// Turns without anything new in them before we take the caller for a machine. A person who is not understood has
/// reached a human long before.
const STALE_TURNS_MAX: u32 = 12;
/// Utterances that are announcements before we take the caller for a machine.
const ANNOUNCEMENTS_MAX: u32 = 2;
/// What begins so soon after an announcement is the rest of it, from one moment of being heard to the other.
const REST_WITHIN: Duration = Duration::from_secs(2);
/// A word that surely was one: nobody hums it.
const WORD_CONFIDENCE_MIN: f32 = 0.5;
/// The greeting of an answering machine: speech of this length, a beep soon after it, all of it early in the call.
const GREETING_MIN: Duration = Duration::from_secs(3);
const BEEP_WITHIN: Duration = Duration::from_secs(4);
const GREETING_WITHIN: Duration = Duration::from_secs(60);

/// What the watch is told.
#[derive(Clone, Copy, Debug)]
pub enum Sign<'a> {
    /// There was sound: the ear began to listen, or sound goes on and on.
    Sound,
    /// Somebody answered: a key, words, something understood.
    Answered,
    /// Whether the time that passes is the caller's: nothing is being said, ordered or on hold.
    Floor(bool),
    /// The question whether anybody is there was put.
    Asked,
    /// Klinke said this.
    Spoke(&'a str),
    /// The caller said something, with or without words that were heard.
    Said(Said<'a>),
    /// The dialogue made something of it that may be new, by its fingerprint.
    News(u64),
    /// A beep.
    Beep,
    /// The deadline has come.
    Time,
}

/// An utterance, as far as the watch goes.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The words.
    pub transcript: &'a Transcript,
    /// How long it took.
    pub length: Duration,
    /// From the end of what we said to its beginning; `None`: it began before, or nothing was said.
    pub pause: Option<Duration>,
    /// Whether it means something to the site.
    pub understood: bool,
}

/// What has to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Ask whether anybody is there.
    AskPresence,
    /// Nothing but sound for too long: the way out.
    Music,
    /// A machine: the way out.
    Machine,
    /// An announcement: not to be taken for an answer.
    Unheeded,
}

/// The watch of one call.
#[derive(Debug)]
pub struct Watch {
    limits: Limits,
    began: Instant,
    /// Since when the time has been the caller's.
    floor_since: Option<Instant>,
    /// The caller's time that has passed since there was sound without an answer; `None`: there was none.
    sound: Option<Duration>,
    asked: bool,
    turns: u32,
    stale: u32,
    announcements: u32,
    /// When the last announcement was heard, or the last of what belongs to it.
    announced: Option<Instant>,
    known: BTreeSet<u64>,
    repeats: Repeats,
    /// When a stretch of speech as long as a greeting ended.
    greeted: Option<Instant>,
    /// An alarm that ends the call is raised once.
    over: bool,
}

impl Watch {
    /// The watch of a call that begins now.
    #[must_use]
    pub fn new(now: Instant, limits: Limits) -> Self {
        Self {
            limits,
            began: now,
            floor_since: None,
            sound: None,
            asked: false,
            turns: 0,
            stale: 0,
            announcements: 0,
            announced: None,
            known: BTreeSet::new(),
            repeats: Repeats::default(),
            greeted: None,
            over: false,
        }
    }

    /// Whether there has been sound and no answer.
    #[must_use]
    pub const fn hears_sound(&self) -> bool {
        self.sound.is_some()
    }

    /// Whether it was asked in vain whether anybody is there.
    #[must_use]
    pub const fn has_asked(&self) -> bool {
        self.asked
    }

    /// When the sound has lasted for too long.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let (since, passed) = (self.floor_since?, self.sound?);
        let limit = if self.asked { self.longest() } else { self.longest() / 2 };
        (!self.over).then(|| since + limit.saturating_sub(passed))
    }

    /// Takes a sign and says what has to happen.
    pub fn handle(&mut self, now: Instant, sign: Sign<'_>) -> Option<Alarm> {
        if self.over {
            return None;
        }
        match sign {
            Sign::Sound => self.heard_sound(now),
            Sign::Answered => self.answered(),
            Sign::Floor(callers) => self.floor(now, callers),
            Sign::Asked => self.asked = true,
            Sign::Spoke(text) => self.repeats.ours(text),
            Sign::News(what) => {
                if self.known.len() < self.limits.turns_max as usize && self.known.insert(what) {
                    self.stale = 0;
                    self.repeats.was_new();
                }
            }
            Sign::Said(said) => return self.said(now, said),
            Sign::Beep => return self.beep(now),
            Sign::Time => return self.time(now),
        }
        None
    }

    fn longest(&self) -> Duration {
        Duration::from_secs(u64::from(self.limits.music_s_max))
    }

    /// Counts from the first sound on; sound under our own voice is nobody's.
    fn heard_sound(&mut self, now: Instant) {
        if self.sound.is_none() && self.floor_since.is_some() {
            self.sound = Some(Duration::ZERO);
            self.floor_since = Some(now);
        }
    }

    const fn answered(&mut self) {
        (self.sound, self.asked) = (None, false);
    }

    fn floor(&mut self, now: Instant, callers: bool) {
        match (callers, self.floor_since) {
            (true, None) => self.floor_since = Some(now),
            (false, Some(since)) => {
                self.sound = self.sound.map(|passed| passed + now.since(since));
                self.floor_since = None;
            }
            _ => {}
        }
    }

    fn time(&mut self, now: Instant) -> Option<Alarm> {
        self.deadline().filter(|due| *due <= now)?;
        if std::mem::replace(&mut self.asked, true) {
            return Some(self.alarm(Alarm::Music));
        }
        Some(Alarm::AskPresence)
    }

    fn said(&mut self, now: Instant, said: Said<'_>) -> Option<Alarm> {
        let heard = said.transcript.best().map_or(&[][..], |best| &best.words);
        if said.understood || heard.iter().any(|word| word.confidence >= WORD_CONFIDENCE_MIN) {
            self.answered();
        } else {
            self.heard_sound(now);
        }
        if said.length >= GREETING_MIN && now.since(self.began) <= GREETING_WITHIN {
            self.greeted = Some(now);
        }
        if self.repeats.keeps_time(said.length, said.pause) {
            return Some(self.alarm(Alarm::Machine));
        }
        if heard.is_empty() {
            return None;
        }
        let words: Vec<String> = heard.iter().map(|word| word.text.reveal().to_lowercase()).collect();
        self.turns += 1;
        self.stale += 1;
        let rest = self.announced.is_some_and(|heard| now.since(heard) <= said.length + REST_WITHIN);
        let begins = !rest && (announcement::is_one(&words) || self.repeats.is_announced(&words));
        if begins {
            self.repeats.announced(&words);
        }
        self.announcements += u32::from(begins);
        let announcement = begins || rest;
        self.announced = announcement.then_some(now);
        let repeats = self.repeats.theirs(words, said.pause);
        let machine = self.turns >= self.limits.turns_max
            || self.stale > STALE_TURNS_MAX
            || self.announcements >= ANNOUNCEMENTS_MAX
            || repeats;
        match (machine, announcement) {
            (true, _) => Some(self.alarm(Alarm::Machine)),
            (false, true) => Some(Alarm::Unheeded),
            (false, false) => None,
        }
    }

    /// A beep right after a greeting, before anything was understood.
    fn beep(&mut self, now: Instant) -> Option<Alarm> {
        let greeted = self.greeted.filter(|ended| now.since(*ended) <= BEEP_WITHIN)?;
        let early = greeted.since(self.began) <= GREETING_WITHIN && self.known.is_empty();
        early.then(|| self.alarm(Alarm::Machine))
    }

    const fn alarm(&mut self, alarm: Alarm) -> Alarm {
        self.over = true;
        alarm
    }
}

#[cfg(test)]
mod tests;
