//! Repeats: whether somebody says the same again and again, says after us what we say, or keeps time as nobody does.

use std::collections::VecDeque;
use std::time::Duration;

/// Utterances of his that are remembered.
const THEIRS_MAX: usize = 16;
/// Sentences of ours that are remembered.
const OURS_MAX: usize = 16;
/// Words of an utterance that are compared; what follows does not matter any more.
const WORDS_MAX: usize = 40;
/// Utterances with fewer words are repeated by everybody ("ja", "am Donnerstag").
const WORDS_MIN: usize = 4;
/// Two utterances are the same where so much of them is.
const SAME_MIN: f32 = 0.8;
/// Times that the same was said before without anything new in it, until only a machine says it once more.
const SAME_BEFORE: usize = 3;
/// The same where each time the same time has passed since we stopped speaking: nobody but a machine does that.
const SAME_BEFORE_IN_TIME: usize = 2;
/// How far these times may lie apart: four windows of the speech scorer.
const PAUSE_SPREAD_MAX: Duration = Duration::from_millis(130);
/// Answers in a row that begin the same time after we stopped speaking, understood or not, and nothing new in them.
const IN_TIME_MAX: usize = 4;
/// Shorter answers ("ja") are given in time by people too.
const IN_TIME_LENGTH_MIN: Duration = Duration::from_secs(1);
/// An utterance of so many words…
const ECHOED_WORDS_MIN: usize = 8;
/// …of which so much is what we have just said, in that order, comes from us, whatever a recogniser makes of the rest.
const ECHOED_MIN: f32 = 0.7;
/// Words whose beginnings and endings share so many of their letters may be the same, heard badly ("einen", "einem").
const NEARLY_MIN: f32 = 0.6;
/// Words of ours that are remembered for that.
const JUST_SAID_WORDS_MAX: usize = 80;
/// Sentences of ours that somebody says after us, and nothing new, before we take him for a machine or our own echo.
const PARROTED_MAX: u32 = 2;

/// One utterance of his.
#[derive(Debug)]
struct Uttered {
    words: Vec<String>,
    pause: Option<Duration>,
    new: bool,
}

/// What was said in a call, as long as it matters.
#[derive(Default)]
pub struct Repeats {
    theirs: VecDeque<Uttered>,
    /// The last announcement; a recogniser does not hear it the same each time.
    announcement: Vec<String>,
    ours: VecDeque<Vec<String>>,
    /// What we have said since he last spoke.
    just_said: Vec<String>,
    parroted: u32,
    /// Whether nothing has been said since we spoke.
    unanswered: bool,
    /// The pauses before his last answers.
    pauses: VecDeque<Duration>,
}

/// Shows nothing of what was said.
impl std::fmt::Debug for Repeats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repeats").field("parroted", &self.parroted).finish_non_exhaustive()
    }
}

impl Repeats {
    /// We said this: each sentence of it may come back.
    pub fn ours(&mut self, text: &str) {
        if !std::mem::replace(&mut self.unanswered, true) {
            self.just_said.clear();
        }
        self.just_said.extend(words(text));
        self.just_said.truncate(JUST_SAID_WORDS_MAX);
        for sentence in text.split(['.', '?', '!', ':']) {
            let words = words(sentence);
            if words.len() >= WORDS_MIN {
                self.ours.push_back(words);
            }
        }
        let beyond = self.ours.len().saturating_sub(OURS_MAX);
        self.ours.drain(..beyond);
    }

    /// These words are an announcement.
    pub fn announced(&mut self, words: &[String]) {
        self.announcement = words.to_vec();
    }

    /// Whether they are the last announcement once more.
    pub fn is_announced(&self, words: &[String]) -> bool {
        words.len() >= WORDS_MIN && alike(&self.announcement, words) >= SAME_MIN
    }

    /// The last utterance brought something new: whoever says an answer after us and goes on is a careful person.
    pub fn was_new(&mut self) {
        self.parroted = 0;
        self.pauses.clear();
        if let Some(last) = self.theirs.back_mut() {
            last.new = true;
        }
    }

    /// He said something for so long, after such a pause; whether only a machine keeps time like that.
    pub fn keeps_time(&mut self, length: Duration, pause: Option<Duration>) -> bool {
        let first = std::mem::take(&mut self.unanswered) && length >= IN_TIME_LENGTH_MIN;
        let Some(pause) = pause.filter(|_| first) else { return false };
        if self.pauses.len() == IN_TIME_MAX {
            self.pauses.pop_front();
        }
        self.pauses.push_back(pause);
        self.pauses.len() == IN_TIME_MAX && are_regular(&self.pauses)
    }

    /// He said this; whether only a machine would.
    pub fn theirs(&mut self, mut words: Vec<String>, pause: Option<Duration>) -> bool {
        words.truncate(WORDS_MAX);
        if words.len() < WORDS_MIN {
            return false;
        }
        let parrots = self.ours.iter().any(|ours| contains(&words, ours)) || self.echoes(&words);
        self.parroted += u32::from(parrots);
        let same: Vec<&Uttered> =
            self.theirs.iter().filter(|said| !said.new && alike(&said.words, &words) >= SAME_MIN).collect();
        let in_time = same.iter().map(|said| said.pause).chain([pause]).collect::<Option<VecDeque<_>>>();
        let regular = in_time.is_some_and(|pauses| are_regular(&pauses));
        let enough = if regular { SAME_BEFORE_IN_TIME } else { SAME_BEFORE };
        let machine = self.parroted >= PARROTED_MAX || same.len() >= enough;
        if self.theirs.len() == THEIRS_MAX {
            self.theirs.pop_front();
        }
        self.theirs.push_back(Uttered { words, pause, new: false });
        machine
    }

    /// Whether they are mostly what we have just said, or a part of it.
    fn echoes(&self, words: &[String]) -> bool {
        words.len() >= ECHOED_WORDS_MIN
            && shared(words, &self.just_said, nearly) as f32 >= ECHOED_MIN * words.len() as f32
    }
}

fn are_regular(pauses: &VecDeque<Duration>) -> bool {
    let spread = pauses.iter().max().zip(pauses.iter().min()).map(|(longest, shortest)| *longest - *shortest);
    spread.is_some_and(|spread| spread <= PAUSE_SPREAD_MAX)
}

fn words(text: &str) -> Vec<String> {
    let bare = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    bare.map(str::to_lowercase).take(WORDS_MAX).collect()
}

/// How much of two utterances is the same, 0 to 1: twice the words they share in order, of all.
fn alike(one: &[String], other: &[String]) -> f32 {
    2.0 * shared(one, other, str::eq) as f32 / (one.len() + other.len()).max(1) as f32
}

/// Whether a sentence of ours is most of what he said, or he said nearly all of it among other things.
fn contains(theirs: &[String], ours: &[String]) -> bool {
    shared(theirs, ours, str::eq) as f32 >= SAME_MIN * ours.len() as f32 && theirs.len() <= 2 * ours.len()
}

/// Whether one word may be the other, heard badly.
fn nearly(one: &str, other: &str) -> bool {
    let same = |(one, other): &(char, char)| one == other;
    let beginning = one.chars().zip(other.chars()).take_while(same).count();
    let ending = one.chars().rev().zip(other.chars().rev()).take_while(same).count();
    let lengths = [one, other].map(|word| word.chars().count());
    let (shortest, longest) = (lengths[0].min(lengths[1]), lengths[0].max(lengths[1]));
    (beginning + ending).min(shortest) as f32 >= NEARLY_MIN * longest as f32
}

/// Length of the longest common subsequence of words, of those that are the same.
fn shared(one: &[String], other: &[String], same: fn(&str, &str) -> bool) -> usize {
    let mut row = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (at, other) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if same(word, other) { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_shared_in_order_are_counted() {
        let alike = |one, other| alike(&words(one), &words(other));
        assert_eq!(alike("a b c d", "A, b! c d."), 1.0);
        assert_eq!(alike("a b c d", "d c b a"), 0.25);
        assert_eq!(alike("", ""), 0.0);
        assert!(nearly("einen", "einem") && nearly("legen", "sagen") && nearly("geht", "geht"));
        assert!(!nearly("warm", "worum") && !nearly("in", "im") && !nearly("heizung", "heinz"));
        assert!(alike("die heizung ist heute ausgefallen", "die heizung ist ausgefallen") > SAME_MIN);
    }
}
