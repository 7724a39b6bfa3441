//! What the issue wants to be heard, task by task.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Zoned;
use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{Understander, Value};
use klinke::models::Lexicon;
use klinke::models::telephone::Line;

use super::callers;
use super::ears::{Ears, PIECE, Question, text};
use super::ground::{Chance, Clip, DIGITS, EMODB, People};
use super::report::{Figure, Report, Unit};
use super::texts::{self, Closed, Text};
use super::words::{Errors, auc, by_prefix};

/// Clean and rough.
pub const LINES: [(&str, Line); 2] = [("clean", Line::CLEAN), ("rough", Line::ROUGH)];

/// How much is measured.
#[derive(Clone, Copy, PartialEq)]
pub enum Amount {
    /// Enough to see whether it works; the figures mean nothing.
    Few,
    /// What fits into ten minutes of two cores.
    Usual,
    /// Everything there is.
    All,
}

impl Amount {
    fn of(self, usual: usize, all: usize) -> usize {
        match self {
            Self::Few => (usual / 40).max(1),
            Self::Usual => usual,
            Self::All => all,
        }
    }

    /// People's recordings: all of them, where it is not only to see whether it works.
    fn some(self, clips: Vec<Clip>, chance: &mut Chance) -> Vec<Clip> {
        if self == Self::Few { chance.some(&clips, 4) } else { clips }
    }
}

/// Everything that is heard, made once and heard by every recogniser.
pub struct Material {
    digits: Vec<Clip>,
    strings: Vec<Clip>,
    whole: Vec<Clip>,
    cut: Vec<Clip>,
    kerstin: Vec<Clip>,
    kerstin_all: Vec<Clip>,
    others: Vec<String>,
    words: Vec<Clip>,
    all_words: Vec<String>,
    phrases: Vec<Clip>,
    listed: Vec<String>,
    distractors: Vec<String>,
    closed: Vec<(Closed, Vec<Clip>)>,
}

impl Material {
    pub fn gather(people: &People, amount: Amount) -> Self {
        let voices = &people.split.espeak_ng.held_out;
        let mut chance = Chance(people.split.espeak_ng.seed);
        let digits = amount.some(people.digits(), &mut chance);
        let strings = digit_strings(&digits, amount.of(10, 30), &mut chance);
        let (whole, cut) = people.acted();
        let (whole, cut) = (amount.some(whole, &mut chance), amount.some(cut, &mut chance));
        let (kerstin_all, others) = people.kerstin();
        let kerstin = chance.some(&kerstin_all, amount.of(60, usize::MAX));
        let (words, all_words) = people.words();
        let words = amount.some(words, &mut chance);
        let mut phrases = chance.some(&texts::phrases(), 1_300);
        // Which of them are listed is chance as well.
        for place in (1..phrases.len()).rev() {
            let other = chance.within(0, place);
            phrases.swap(place, other);
        }
        let distractors = phrases.split_off(300);
        let twice: Vec<Text> = phrases.iter().chain(&phrases).cloned().collect();
        let spoken = &twice[..amount.of(300, 600)];
        let plain = |texts: Vec<Text>| texts.into_iter().map(|text| text.said).collect();
        let phrase_clips = callers::speak(spoken, voices, &mut chance);
        let closed = texts::closed(&mut chance, amount.of(80, 200));
        let closed = closed.into_iter().map(|kind| {
            let clips = callers::speak(&kind.texts, voices, &mut chance);
            (kind, clips)
        });
        Self {
            digits,
            strings,
            whole,
            cut,
            kerstin,
            kerstin_all,
            others,
            words,
            all_words,
            phrases: phrase_clips,
            listed: plain(phrases),
            distractors: plain(distractors),
            closed: closed.collect(),
        }
    }
}

/// Strings of 4 to 12 digits of one person each, with gaps as people leave them.
fn digit_strings(digits: &[Clip], each: usize, chance: &mut Chance) -> Vec<Clip> {
    let mut by_person: BTreeMap<&str, Vec<&Clip>> = BTreeMap::new();
    digits.iter().for_each(|clip| by_person.entry(&clip.who).or_default().push(clip));
    let mut strings = Vec::new();
    for (who, clips) in by_person {
        for (length, _) in (4..=12).flat_map(|length| (0..each).map(move |turn| (length, turn))) {
            let (mut said, mut sound) = (Vec::new(), vec![0; 1_600]);
            for place in 0..length {
                let clip = chance.one_of(&clips);
                said.push(clip.said.as_str());
                sound.extend(trimmed(&clip.sound));
                // In threes, as most people dictate; now and then somebody thinks.
                let pause_ms = match place % 3 {
                    2 => chance.within(150, 450),
                    _ => chance.within(20, 150),
                };
                sound.resize(sound.len() + pause_ms * 8, 0);
            }
            strings.push(Clip { said: said.join(" "), who: who.to_owned(), sound });
        }
    }
    strings
}

/// Without the quiet around it, but for 30 ms.
fn trimmed(sound: &[i16]) -> &[i16] {
    let loudest = sound.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    let loud = |sample: &i16| sample.unsigned_abs() > loudest / 30;
    let first = sound.iter().position(loud).unwrap_or(0).saturating_sub(240);
    let end = sound.iter().rposition(loud).map_or(sound.len(), |last| (last + 240).min(sound.len()));
    &sound[first..end]
}

/// One recogniser's examination.
pub struct Examination<'a> {
    pub ears: &'a Ears,
    pub material: &'a Material,
    pub report: &'a mut Report,
}

impl Examination<'_> {
    /// All tasks.
    pub fn all(&mut self) {
        self.digits();
        self.sentences();
        self.cut_off();
        self.told_apart();
        self.closed();
        self.free();
        self.streaming();
    }

    fn hear(&self, clips: &[Clip], lexicon: &Arc<Lexicon>, expect: &[Expect], line: Line) -> Vec<Transcript> {
        self.hear_in_pieces(clips, lexicon, expect, line, PIECE)
    }

    fn hear_in_pieces(
        &self,
        clips: &[Clip],
        lexicon: &Arc<Lexicon>,
        expect: &[Expect],
        line: Line,
        piece: usize,
    ) -> Vec<Transcript> {
        let question = |clip| Question { clip, lexicon, expect, line, piece };
        self.ears.hear(&clips.iter().map(question).collect::<Vec<_>>())
    }

    fn add(
        &mut self,
        section: &'static str,
        task: &str,
        condition: &str,
        measured: (Unit, f64, usize),
        goal: Option<f64>,
    ) {
        let (unit, value, of) = measured;
        let (task, condition) = (task.to_owned(), condition.to_owned());
        self.report.add(Figure { section, task, condition, unit, value, of, goal });
    }

    /// Word for word.
    fn exact(
        &mut self,
        section: &'static str,
        task: &str,
        clips: &[Clip],
        asked: (&Arc<Lexicon>, &[Expect]),
        goals: [Option<f64>; 2],
    ) {
        for ((condition, line), goal) in LINES.into_iter().zip(goals) {
            let heard = self.hear(clips, asked.0, asked.1, line);
            let right = clips.iter().zip(&heard).filter(|(clip, heard)| text(heard) == clip.said).count();
            self.add(section, task, condition, share(right, clips.len()), goal);
        }
    }

    fn digits(&mut self) {
        const SECTION: &str = "Digits (real people)";
        let lexicon = Arc::new(Lexicon::new(None, &[]).expect("compiles"));
        let clips = &self.material.digits;
        for (condition, line, goal) in [("clean", Line::CLEAN, 0.995), ("rough", Line::ROUGH, 0.98)] {
            let heard = self.hear(clips, &lexicon, &[Expect::Digits], line);
            let mut people: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
            for (clip, heard) in clips.iter().zip(&heard) {
                let person = people.entry(&clip.who).or_default();
                person.0 += usize::from(text(heard) == clip.said);
                person.1 += 1;
            }
            let right = people.values().map(|(right, _)| right).sum();
            self.add(SECTION, "one of ten digits", condition, share(right, clips.len()), Some(goal));
            let worst = people.iter().min_by(|a, b| (a.1.0 * b.1.1).cmp(&(b.1.0 * a.1.1)));
            let (who, (right, of)) = worst.expect("somebody");
            self.add(
                SECTION,
                &format!("the worse person ({who})"),
                condition,
                share(*right, *of),
                Some(0.97),
            );
        }
        let strings = &self.material.strings;
        let asked = (&lexicon, &[Expect::Digits][..]);
        self.exact(SECTION, "strings of 4 to 12 digits, whole", strings, asked, [Some(0.98), None]);
        assert!(strings.iter().all(|clip| clip.said.split(' ').all(|word| DIGITS.contains(&word))));
    }

    fn sentences(&mut self) {
        const SECTION: &str = "One of a list";
        let material = self.material;
        let acted = EMODB.iter().map(|(_, said)| (*said).to_owned());
        let mut list: Vec<String> = acted.collect();
        list.extend(material.kerstin_all.iter().map(|clip| clip.said.clone()).take(140));
        let distracted: Vec<String> =
            list.iter().chain(material.others.iter().take(1_000)).cloned().collect();
        let free = &[Expect::Free][..];
        let known: Vec<Clip> =
            material.kerstin.iter().filter(|clip| list.contains(&clip.said)).cloned().collect();
        for (list, among, goal) in
            [(&list, "150 sentences", Some(0.99)), (&distracted, "1,150 sentences", Some(0.99))]
        {
            let lexicon = lexicon(list);
            let task = format!("one of {among}, unknown speakers");
            self.exact(SECTION, &task, &material.whole, (&lexicon, free), [goal, None]);
            let task = format!("one of {among}, a known speaker");
            self.exact(SECTION, &task, &known, (&lexicon, free), [None, None]);
        }
        let distracted: Vec<String> = material.listed.iter().chain(&material.distractors).cloned().collect();
        for (list, among) in [(&material.listed, "300 phrases"), (&distracted, "1,300 phrases")] {
            let task = format!("one of {among}, synthetic voices never trained on");
            self.exact(SECTION, &task, &material.phrases, (&lexicon(list), free), [Some(0.98), None]);
        }
        let mut words = material.all_words.clone();
        words.sort();
        words.dedup();
        let wanted: Vec<&str> = material.words.iter().map(|clip| clip.said.as_str()).collect();
        let (mut listed, rest): (Vec<String>, Vec<String>) =
            words.into_iter().partition(|word| wanted.contains(&word.as_str()));
        listed.extend(rest.into_iter().take(500usize.saturating_sub(listed.len())));
        self.exact(
            SECTION,
            "one of 500 words, single words of strangers",
            &material.words,
            (&lexicon(&listed), free),
            [None; 2],
        );
    }

    fn cut_off(&mut self) {
        const SECTION: &str = "Sentences that are cut off before their end (real people)";
        let material = self.material;
        let ten: Vec<String> = EMODB.iter().map(|(_, said)| (*said).to_owned()).collect();
        let more: Vec<String> =
            ten.iter().cloned().chain(material.others.iter().take(300).cloned()).collect();
        for (list, among, goal) in [(&ten, "10", Some(0.96)), (&more, "310", None)] {
            let lexicon = lexicon(list);
            for (condition, line) in LINES {
                let heard = self.hear(&material.cut, &lexicon, &[Expect::Free], line);
                let is_right = |(clip, heard): &(&Clip, &Transcript)| {
                    by_prefix(&text(heard), list).is_some_and(|at| list[at] == clip.said)
                };
                let right = material.cut.iter().zip(&heard).filter(is_right).count();
                let task = format!("one of {among} by its beginning, unknown speakers");
                let goal = goal.filter(|_| condition == "clean");
                self.add(SECTION, &task, condition, share(right, material.cut.len()), goal);
            }
        }
    }

    /// A listed sentence has a higher confidence than the same sentence not listed.
    fn told_apart(&mut self) {
        const SECTION: &str = "Listed or not";
        let material = self.material;
        let halves = |all: &[String]| -> [Vec<String>; 2] {
            let (even, odd): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(at, _)| at % 2 == 0);
            [even, odd].map(|half| half.into_iter().map(|(_, text)| text.clone()).collect())
        };
        let read: Vec<String> = material.kerstin_all.iter().map(|clip| clip.said.clone()).take(140).collect();
        let acted: Vec<String> =
            EMODB.iter().map(|(_, said)| (*said).to_owned()).chain(read.iter().cloned()).collect();
        let sets: [(&str, &[Clip], Vec<String>); 3] = [
            ("unknown speakers", &material.whole, acted),
            ("a known speaker", &material.kerstin, read),
            ("synthetic voices", &material.phrases, material.listed.clone()),
        ];
        for (who, clips, list) in sets {
            let lexicons = halves(&list).map(|half| (lexicon(&half), half));
            for (condition, line) in LINES {
                let (mut listed, mut unlisted) = (Vec::new(), Vec::new());
                for (lexicon, half) in &lexicons {
                    let heard = self.hear(clips, lexicon, &[Expect::Free], line);
                    for (clip, heard) in clips.iter().zip(&heard) {
                        let confidence = heard.best().map_or(0.0, |best| best.confidence);
                        if !list.contains(&clip.said) {
                            continue;
                        }
                        if half.contains(&clip.said) {
                            listed.push(confidence)
                        } else {
                            unlisted.push(confidence)
                        }
                    }
                }
                let measured = (Unit::Auc, auc(&listed, &unlisted), 0);
                let goal = (condition == "clean").then_some(0.99);
                self.add(
                    SECTION,
                    &format!("confidence of a listed sentence against an unlisted one, {who}"),
                    condition,
                    measured,
                    goal,
                );
            }
        }
    }

    fn closed(&mut self) {
        const SECTION: &str = "Closed expectations (synthetic voices never trained on)";
        let understander = Understander::without_site();
        let now: Zoned = "2026-11-23T10:00[Europe/Berlin]".parse().expect("a moment");
        let material = self.material;
        for (kind, clips) in &material.closed {
            let lexicon = lexicon(&kind.listed);
            let mut expect = vec![kind.expect];
            if !kind.listed.is_empty() {
                expect.push(Expect::Free);
            }
            let values = |transcript: &Transcript| -> Vec<Value> {
                let understood = understander.understand(transcript, &now, &expect);
                understood.slots.into_iter().map(|slot| slot.value).collect()
            };
            for (condition, line) in LINES {
                let heard = self.hear(clips, &lexicon, &expect, line);
                let pairs = || clips.iter().zip(&heard);
                let right = pairs().filter(|(clip, heard)| text(heard) == clip.said).count();
                let goal = (condition == "clean").then_some(0.97);
                self.add(SECTION, kind.name, condition, share(right, clips.len()), goal);
                let same = pairs()
                    .filter(|(clip, heard)| values(&Transcript::typed(&clip.said)) == values(heard))
                    .count();
                self.add(
                    SECTION,
                    &format!("{}: same value", kind.name),
                    condition,
                    share(same, clips.len()),
                    None,
                );
            }
        }
    }

    fn free(&mut self) {
        const SECTION: &str = "Free speech over about 500 words of the site, in any order";
        let material = self.material;
        let mut words: Vec<String> = Vec::new();
        let acted = EMODB.iter().map(|(_, said)| *said);
        let read = material.kerstin_all.iter().map(|clip| clip.said.as_str());
        for word in acted.chain(read).flat_map(str::split_whitespace) {
            if words.len() < 500 && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        let covered = |clip: &&Clip| clip.said.split(' ').all(|word| words.iter().any(|known| known == word));
        let known: Vec<Clip> = material.kerstin_all.iter().filter(covered).take(40).cloned().collect();
        let mut said: Vec<String> = Vec::new();
        let mut phrases: Vec<Clip> = Vec::new();
        for clip in &material.phrases {
            let new = clip.said.split(' ').filter(|word| !said.iter().any(|known| known == word)).count();
            if said.len() + new > 500 {
                break;
            }
            for word in clip.said.split(' ') {
                if !said.iter().any(|known| known == word) {
                    said.push(word.to_owned());
                }
            }
            phrases.push(clip.clone());
        }
        let sets = [
            ("unknown speakers", &material.whole, &words, Some((0.35, 0.25))),
            ("a known speaker", &known, &words, None),
            ("synthetic voices", &phrases, &said, None),
        ];
        for (who, clips, words, goal) in sets {
            let lexicon = lexicon(words);
            for (condition, line) in LINES {
                let heard = self.hear(clips, &lexicon, &[Expect::Free], line);
                let mut errors = Errors::default();
                clips.iter().zip(&heard).for_each(|(clip, heard)| errors.add(&clip.said, &text(heard)));
                let goal = goal.filter(|_| condition == "clean");
                let (of_words, of_letters) = (errors.of_words, errors.of_letters);
                let measured = (Unit::Wrong, errors.word_rate(), of_words);
                self.add(
                    SECTION,
                    &format!("words wrong, {who}"),
                    condition,
                    measured,
                    goal.map(|goal| goal.0),
                );
                let measured = (Unit::Wrong, errors.letter_rate(), of_letters);
                self.add(
                    SECTION,
                    &format!("letters wrong, {who}"),
                    condition,
                    measured,
                    goal.map(|goal| goal.1),
                );
            }
        }
    }

    /// The same clips in pieces and at once.
    fn streaming(&mut self) {
        const SECTION: &str = "What streaming costs";
        let material = self.material;
        let digits = Arc::new(Lexicon::new(None, &[]).expect("compiles"));
        let phrases = lexicon(&material.listed);
        let sets: [(&str, &[Clip], &Arc<Lexicon>, Expect); 2] = [
            ("strings of digits", &material.strings, &digits, Expect::Digits),
            ("one of 300 phrases", &material.phrases, &phrases, Expect::Free),
        ];
        for (task, clips, lexicon, expect) in sets {
            for (how, piece) in
                [("pieces of 20 ms", 160), ("pieces of 80 ms", PIECE), ("the whole at once", usize::MAX)]
            {
                let heard = self.hear_in_pieces(clips, lexicon, &[expect], Line::ROUGH, piece);
                let right = clips.iter().zip(&heard).filter(|(clip, heard)| text(heard) == clip.said).count();
                self.add(SECTION, task, &format!("rough, {how}"), share(right, clips.len()), None);
            }
        }
    }
}

fn lexicon(phrases: &[String]) -> Arc<Lexicon> {
    Arc::new(Lexicon::new(None, phrases).expect("compiles"))
}

fn share(right: usize, of: usize) -> (Unit, f64, usize) {
    (Unit::Right, right as f64 / of.max(1) as f64, of)
}
