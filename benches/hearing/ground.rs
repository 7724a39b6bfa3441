//! What the figures stand on: who is held out, people's recordings, chance that comes again.

use std::path::{Path, PathBuf};

use klinke::daemon::pbx::local::wav;
use klinke::models::plain;
use serde::Deserialize;

#[path = "../../tests/shared/material.rs"]
mod material;

/// Somebody says something.
#[derive(Clone)]
pub struct Clip {
    /// As the recogniser spells it.
    pub said: String,
    /// Which person or voice.
    pub who: String,
    /// 8 kHz, before any telephone line.
    pub sound: Vec<i16>,
}

/// `models/training/split.toml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Split {
    pub heidelberg_digits: HeldOut,
    pub emodb: HeldOut,
    pub commons_words: HeldOut,
    pub kerstin: Sentences,
    pub espeak_ng: Voices,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldOut {
    pub held_out: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    pub every: usize,
    pub remainder: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voices {
    pub held_out: Vec<String>,
    pub seed: u64,
}

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder of recordings, where it is there.
pub fn recordings() -> Option<PathBuf> {
    let folder = material::shared().join("speech");
    folder.join("heidelberg-digits").is_dir().then_some(folder)
}

impl Split {
    pub fn read() -> Self {
        let text =
            std::fs::read_to_string(project("models/training/split.toml")).expect("the split is there");
        toml::from_str(&text).expect("the split can be read")
    }

    /// In words, for the report.
    pub fn told(&self) -> String {
        format!(
            "Heidelberg digits: people {}; EmoDB: people {}; single words of Wikimedia Commons: {}; Kerstin (a known \
             speaker): every {}th sentence; espeak-ng: the variants {}, with texts chosen by seed {}",
            self.heidelberg_digits.held_out.join(", "),
            self.emodb.held_out.join(", "),
            self.commons_words.held_out.join(", "),
            self.kerstin.every,
            self.espeak_ng.held_out.join(", "),
            self.espeak_ng.seed
        )
    }
}

/// Recordings of people held out.
pub struct People {
    pub split: Split,
    folder: PathBuf,
}

/// The sentences of EmoDB by code.
#[rustfmt::skip]
pub const EMODB: [(&str, &str); 10] = [
    ("a01", "der lappen liegt auf dem eisschrank"),
    ("a02", "das will sie am mittwoch abgeben"),
    ("a04", "heute abend könnte ich es ihm sagen"),
    ("a05", "das schwarze stück papier befindet sich da oben neben dem holzstück"),
    ("a07", "in sieben stunden wird es soweit sein"),
    ("b01", "was sind denn das für tüten die da unter dem tisch stehen"),
    ("b02", "sie haben es gerade hochgetragen und jetzt gehen sie wieder runter"),
    ("b03", "an den wochenenden bin ich jetzt immer nach hause gefahren und habe agnes besucht"),
    ("b09", "ich will das eben wegbringen und dann mit karl was trinken gehen"),
    ("b10", "die wird auf dem platz sein wo wir sie immer hinlegen"),
];
/// Those of them that fit into the two seconds of a clip.
const SHORT: [&str; 4] = ["a01", "a02", "a04", "a07"];
/// The clip ends quiet: nothing is cut off.
const QUIET_SHARE: f32 = 6.3e-4;
const TAIL_SAMPLES: usize = 800;

pub const DIGITS: [&str; 10] =
    ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];

impl People {
    pub fn new(folder: PathBuf) -> Self {
        Self { split: Split::read(), folder }
    }

    /// One of ten digits each.
    pub fn digits(&self) -> Vec<Clip> {
        let mut clips = Vec::new();
        for who in &self.split.heidelberg_digits.held_out {
            for file in files(&self.folder.join("heidelberg-digits").join(who)) {
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let digit: usize =
                    name.rsplit('-').next().and_then(|d| d.parse().ok()).expect("a digit's name");
                clips.push(Clip { said: DIGITS[digit].to_owned(), who: who.clone(), sound: read(&file) });
            }
        }
        clips
    }

    /// Acted sentences: those that are whole, and those that are cut off.
    pub fn acted(&self) -> (Vec<Clip>, Vec<Clip>) {
        let (mut whole, mut cut) = (Vec::new(), Vec::new());
        for file in files(&self.folder.join("emodb")) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if !self.split.emodb.held_out.contains(&name[..2].to_owned()) {
                continue;
            }
            let (code, said) =
                *EMODB.iter().find(|(code, _)| *code == &name[2..5]).expect("a known sentence");
            let clip =
                Clip { said: said.to_owned(), who: format!("EmoDB {}", &name[..2]), sound: read(&file) };
            if SHORT.contains(&code) && ends_quiet(&clip.sound) { whole.push(clip) } else { cut.push(clip) }
        }
        (whole, cut)
    }

    /// Read sentences of Kerstin that she was not trained with, and the texts of all the others.
    pub fn kerstin(&self) -> (Vec<Clip>, Vec<String>) {
        let (mut clips, mut others) = (Vec::new(), Vec::new());
        let list =
            std::fs::read_to_string(self.folder.join("kerstin/metadata.tsv")).expect("the list of sentences");
        for (place, line) in list.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, _, said] = fields[..] else { continue };
            if place % self.split.kerstin.every != self.split.kerstin.remainder {
                others.push(plain(said));
                continue;
            }
            let file = self.folder.join(format!("kerstin/{id}.flac"));
            clips.push(Clip { said: plain(said), who: "Kerstin".to_owned(), sound: read(&file) });
        }
        (clips, others)
    }

    /// Single words of strangers, and every word in the list.
    pub fn words(&self) -> (Vec<Clip>, Vec<String>) {
        let list = std::fs::read_to_string(self.folder.join("commons-words/metadata.tsv"))
            .expect("the list of words");
        let (mut clips, mut all) = (Vec::new(), Vec::new());
        for line in list.lines().skip(1) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [file, said, who, ..] = fields[..] else { continue };
            all.push(plain(said));
            if self.split.commons_words.held_out.iter().any(|held| held == who) {
                let sound = read(&self.folder.join("commons-words").join(file));
                clips.push(Clip { said: plain(said), who: who.to_owned(), sound });
            }
        }
        (clips, all)
    }
}

fn ends_quiet(sound: &[i16]) -> bool {
    let power = |stretch: &[i16]| stretch.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>();
    let loudest = sound.chunks(160).map(power).fold(0.0, f32::max);
    sound[sound.len().saturating_sub(TAIL_SAMPLES)..]
        .chunks(160)
        .all(|stretch| power(stretch) < loudest * QUIET_SHARE)
}

fn read(file: &Path) -> Vec<i16> {
    wav::read_file(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("recordings").flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "flac"));
    files.sort();
    files
}

/// Chance that comes again: splitmix64.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `from` up to and with `to`.
    pub fn within(&mut self, from: usize, to: usize) -> usize {
        from + (self.next() % (to - from + 1) as u64) as usize
    }

    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.within(0, list.len() - 1)]
    }

    /// So many of the list by chance, in the list's order.
    pub fn some<T: Clone>(&mut self, list: &[T], count: usize) -> Vec<T> {
        let (mut wanted, mut chosen) = (count.min(list.len()), Vec::new());
        for (place, item) in list.iter().enumerate() {
            if (self.next() % (list.len() - place) as u64) < wanted as u64 {
                chosen.push(item.clone());
                wanted -= 1;
            }
        }
        chosen
    }
}
