//! Recordings: sentences of a site that somebody has read out. `KEY.wav` in the site's folder is played in place of the
//! voice where `KEY.txt` beside it, the words that were read, is still what the site says under that key. What differs is
//! not played: callers hear the text that the site's file has, never an older one.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::VoiceError;
use super::sound::{WAV_BYTES_MAX, telephone};
use crate::call::speech::Rendered;

/// Files of a folder that are looked at.
pub const FILES_MAX: usize = 2_000;
/// Longest file of words that were read, in bytes: four a character of the longest text.
const WORDS_BYTES_MAX: u64 = 4_000;

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Recordings {
    /// Texts with their sound.
    pub sounds: Vec<(String, Rendered)>,
    /// What is missing, and what cannot be used.
    pub findings: Vec<Finding>,
}

/// Something about a recording.
#[derive(Debug)]
pub struct Finding {
    /// The text's key, or what the file is called.
    pub key: String,
    /// The file that is meant.
    pub file: PathBuf,
    what: What,
}

#[derive(Debug)]
enum What {
    /// Nobody has recorded the text.
    Missing,
    /// No text has that key.
    Unused,
    /// The words that were read are not beside it.
    NoWords,
    /// The text is another one by now.
    Changed,
    /// It is no sound that can be played.
    Unusable(String),
    /// The folder cannot be read.
    Folder(std::io::Error),
}

impl Finding {
    /// Whether it only says that nobody has recorded a text.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self.what, What::Missing)
    }

    /// What to do about it.
    #[must_use]
    pub const fn instead(&self) -> &'static str {
        match self.what {
            What::Missing => {
                "read it out into that file, with its words in the .txt beside it; until then the voice says it"
            }
            What::Unused => "the key of a text, or take the file away",
            What::NoWords => "the words that were read, in a .txt of the same name",
            What::Changed => "read the text out anew, and write its words into the .txt",
            What::Unusable(_) => "WAV, 16 bit, one channel, 8 to 48 kHz",
            What::Folder(_) => "a folder that Klinke's user may read, or leave the key out",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Missing => f.write_str("nobody has recorded this text"),
            What::Unused => f.write_str("the site has no text without values under this key"),
            What::NoWords => f.write_str("what was read is not known, so it is not played"),
            What::Changed => f.write_str("the text has changed since it was recorded, so it is not played"),
            What::Unusable(cause) => write!(f, "cannot be played: {cause}"),
            What::Folder(cause) => write!(f, "cannot be looked into: {cause}"),
        }
    }
}

/// Looks through the folder. `texts`: what the site says, with its keys.
#[must_use]
pub fn read(folder: &Path, texts: &[(String, &str)]) -> Recordings {
    let mut found = Recordings::default();
    let files = match files(folder) {
        Ok(files) => files,
        Err(cause) => {
            let (key, file) = ("recordings".to_owned(), folder.to_owned());
            found.findings.push(Finding { key, file, what: What::Folder(cause) });
            return found;
        }
    };
    let mut told = BTreeSet::new();
    for key in files {
        let file = folder.join(format!("{key}.wav"));
        let text = texts.iter().find(|(known, _)| *known == key).map(|(_, text)| *text);
        match text.ok_or(What::Unused).and_then(|text| Ok((text, played(&file, text)?))) {
            Ok((text, sound)) => {
                told.insert(text);
                found.sounds.push((text.to_owned(), sound));
            }
            Err(what) => {
                told.extend(text);
                found.findings.push(Finding { key, file, what });
            }
        }
    }
    for (key, text) in texts {
        if told.insert(text) {
            let (key, file) = (key.clone(), folder.join(format!("{key}.wav")));
            found.findings.push(Finding { key, file, what: What::Missing });
        }
    }
    found
}

/// What the WAV files of a folder are called, in order.
fn files(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder)?.take(FILES_MAX) {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".wav")).map(str::to_owned));
    }
    Ok(names)
}

/// The sound, where it says what the site says.
fn played(file: &Path, text: &str) -> Result<Rendered, What> {
    let words = limited(&file.with_extension("txt"), WORDS_BYTES_MAX).map_err(|_| What::NoWords)?;
    let words = String::from_utf8(words).map_err(|_| What::NoWords)?;
    if !words.split_whitespace().eq(text.split_whitespace()) {
        return Err(What::Changed);
    }
    let wav = limited(file, WAV_BYTES_MAX).map_err(What::Unusable)?;
    let sound = telephone(&wav, "the recording").map_err(|error| match error {
        VoiceError::Sound { cause, .. } => What::Unusable(cause.to_owned()),
        other => What::Unusable(other.to_string()),
    })?;
    Ok(Arc::from(sound))
}

fn limited(file: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(file).map_err(|cause| cause.to_string())?;
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|cause| cause.to_string())?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= bytes_max);
    if fits { Ok(bytes) } else { Err(format!("it has more than {bytes_max} bytes")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, site::Language};
    use crate::daemon::voice::Voice;

    /// A second of a tone, 16 kHz.
    fn wav() -> Vec<u8> {
        let samples = (0..16_000).map(|at: i16| if at / 20 % 2 == 0 { 6_000_i16 } else { -6_000 });
        let sound: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
        let size = u32::try_from(sound.len()).unwrap();
        let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav.extend([16_000_u32.to_le_bytes(), 32_000_u32.to_le_bytes()].concat());
        wav.extend(b"\x02\0\x10\0data");
        wav.extend(size.to_le_bytes());
        [wav, sound].concat()
    }

    fn texts() -> Vec<(String, &'static str)> {
        let texts = [
            ("texts.concern", "Was kann ich tun?"),
            ("texts.goodbye", "Auf Wiederhören!"),
            ("forms.visit.name.ask.1", "Wie ist Ihr Name?"),
            ("forms.water.name.ask.1", "Wie ist Ihr Name?"),
        ];
        texts.map(|(key, text)| (key.to_owned(), text)).to_vec()
    }

    fn told(found: &Recordings) -> Vec<(String, String)> {
        found.findings.iter().map(|finding| (finding.key.clone(), finding.to_string())).collect()
    }

    #[test]
    fn only_what_still_says_the_sites_words_is_played() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        put("texts.concern.wav", &wav());
        put("texts.concern.txt", "Was kann ich\n tun? \n".as_bytes());
        put("forms.water.name.ask.1.wav", &wav());
        put("forms.water.name.ask.1.txt", "Wie ist Ihr Name?".as_bytes());
        put("texts.goodbye.wav", &wav());
        put("texts.goodbye.txt", "Tschüss!".as_bytes());
        put("texts.hello.wav", &wav());
        let found = read(folder.path(), &texts());
        let sounds: Vec<_> =
            found.sounds.iter().map(|(text, sound)| (text.as_str(), sound.is_empty())).collect();
        assert_eq!(sounds, [("Wie ist Ihr Name?", false), ("Was kann ich tun?", false)]);
        // they sound without any voice on this machine; what is to be said slowly does not
        let settings = config::Voice {
            engine: config::VoiceEngine::EspeakNg,
            voice: String::new(),
            words_per_minute: 160,
            pitch: 50,
        };
        let voice = Voice::new(settings, Language::German).with_search_path("/nowhere");
        voice.keep(found.sounds.clone());
        assert_eq!(voice.render_blocking("Wie ist Ihr Name?", false).unwrap(), found.sounds[0].1);
        assert!(voice.render_blocking("Wie ist Ihr Name?", true).is_err());
        assert!(voice.render_blocking("Auf Wiederhören!", false).is_err());
        let told = told(&found);
        assert!(told[0].0 == "texts.goodbye" && told[0].1.contains("has changed since"), "{told:?}");
        assert!(told[1].0 == "texts.hello" && told[1].1.contains("no text"), "{told:?}");
        assert_eq!(told.len(), 2, "the same question in another form needs no second recording: {told:?}");
    }

    #[test]
    fn what_is_missing_or_no_sound_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        put("texts.concern.wav", b"no sound at all");
        put("texts.concern.txt", "Was kann ich tun?".as_bytes());
        put("texts.goodbye.wav", &wav());
        let found = read(folder.path(), &texts());
        assert!(found.sounds.is_empty());
        let told = told(&found);
        assert_eq!(told[0], ("texts.concern".to_owned(), "cannot be played: not WAV".to_owned()));
        assert!(
            told[1].0 == "texts.goodbye" && told[1].1.starts_with("what was read is not known"),
            "{told:?}"
        );
        assert_eq!(
            told[2],
            ("forms.visit.name.ask.1".to_owned(), "nobody has recorded this text".to_owned())
        );
        assert!(
            found.findings[2].file.ends_with("forms.visit.name.ask.1.wav") && told.len() == 3,
            "{told:?}"
        );
        let none = read(&folder.path().join("nowhere"), &texts());
        assert!(
            none.findings.len() == 1 && none.findings[0].to_string().starts_with("cannot be looked into")
        );
    }
}
