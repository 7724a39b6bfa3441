//! Strangers are heard: recorded people through a simulated telephone say digits and listed sentences, and what is
//! said comes out; silence and noise give nothing that anybody would act on. Recordings are not part of the
//! project; without them, or without the library that runs models, a test says so and passes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use klinke::call::hearing::{Expect, Transcript};
use klinke::config::Device;
use klinke::daemon::pbx::local::wav;
use klinke::models::{Lexicon, Recogniser, places, runtime, telephone};

#[path = "shared/material.rs"]
mod material;

/// What the dialogue acts on without asking back.
const SURE: f32 = 0.5;

fn recogniser() -> Option<Recogniser> {
    if places::library(None).is_err() {
        eprintln!("SKIPPED: no ONNX Runtime on this machine (scripts/fetch-runtime.sh)");
        return None;
    }
    runtime::open(None).expect("the library loads");
    Some(
        Recogniser::load(&places::weights(places::RECOGNISER), Device::Cpu)
            .expect("the project's weights load"),
    )
}

fn lexicon(phrases: &[String]) -> Arc<Lexicon> {
    Arc::new(Lexicon::new(None, phrases).expect("compiles"))
}

fn recordings(folder: &str) -> Option<PathBuf> {
    let path = material::shared().join("speech").join(folder);
    let there = path.is_dir();
    if !there {
        eprintln!("SKIPPED: no recordings in {}", path.display());
    }
    there.then_some(path)
}

/// A recording as a caller on the telephone.
fn call(flac: &Path) -> Vec<i16> {
    telephone::through_telephone(&wav::read_file(flac).expect("a whole FLAC file"))
}

fn text(transcript: &Transcript) -> String {
    transcript.best().map(|best| best.text().into_revealed()).unwrap_or_default()
}

#[test]
fn digits_of_nine_people() {
    let (Some(mut recogniser), Some(folder)) = (recogniser(), recordings("heidelberg-digits")) else {
        return;
    };
    let lexicon = lexicon(&[]);
    let digits = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];
    let (mut right, mut sure, mut count) = (0, 0, 0);
    for speaker in std::fs::read_dir(folder).expect("readable").flatten() {
        for (value, word) in digits.iter().enumerate() {
            let files =
                std::fs::read_dir(speaker.path()).expect("readable").flatten().map(|entry| entry.path());
            let mut files: Vec<PathBuf> =
                files.filter(|path| path.to_string_lossy().ends_with(&format!("-{value}.flac"))).collect();
            files.sort();
            for file in files.iter().step_by(files.len().div_ceil(2).max(1)) {
                let heard = recogniser.recognise(&call(file), &[Expect::Digits], &lexicon).expect("runs");
                count += 1;
                if text(&heard) == *word {
                    right += 1;
                } else {
                    eprintln!("{}: {:?} for {word}", file.display(), text(&heard));
                }
                sure += usize::from(heard.best().is_some_and(|best| best.confidence > SURE));
            }
        }
    }
    assert!(count >= 150, "only {count} recordings");
    assert!(right * 100 >= count * 98, "{right} of {count} right");
    assert!(sure * 100 >= count * 95, "{sure} of {count} sure");
}

#[test]
fn listed_sentences_are_heard_and_unlisted_ones_not_believed() {
    let (Some(mut recogniser), Some(folder)) = (recogniser(), recordings("kerstin")) else { return };
    let list = std::fs::read_to_string(folder.join("metadata.tsv")).expect("the list of sentences");
    let sentence = |line: &str| {
        let mut fields = line.split('\t');
        let (id, _, said) = (fields.next()?, fields.next()?, fields.next()?);
        let plain: String =
            said.to_lowercase().chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).collect();
        let file = folder.join(format!("{id}.flac"));
        file.is_file().then(|| (file, plain.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    let sentences: Vec<(PathBuf, String)> = list.lines().filter_map(sentence).step_by(30).take(24).collect();
    let known: Vec<String> = sentences.iter().map(|(_, said)| said.clone()).collect();
    let listed = lexicon(&known);
    let unlisted = lexicon(&[]);
    let (mut right, mut believed) = (0, 0);
    for (file, said) in &sentences {
        let sound = call(file);
        let heard = recogniser.recognise(&sound, &[Expect::Free], &listed).expect("runs");
        right += usize::from(text(&heard) == *said);
        let heard = recogniser.recognise(&sound, &[Expect::YesNo], &unlisted).expect("runs");
        believed += usize::from(heard.best().is_some_and(|best| best.confidence > SURE));
    }
    assert!(right * 100 >= sentences.len() * 75, "{right} of {}", sentences.len());
    assert!(believed <= 1, "{believed} sentences that nobody listed were taken for an answer");
}

#[test]
fn silence_and_noise_are_nothing_to_act_on() {
    let Some(mut recogniser) = recogniser() else { return };
    let lexicon = lexicon(&[]);
    let mut state = 7u32;
    let mut noise = |loudness: f32, count: usize| -> Vec<i16> {
        let sample = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((*state >> 8) as f32 / (1 << 23) as f32 - 1.0) * loudness * 32767.0
        };
        (0..count).map(|_| sample(&mut state) as i16).collect()
    };
    let sounds = [
        ("nothing at all", Vec::new()),
        ("one sample", vec![0]),
        ("silence", vec![0; 24_000]),
        ("a second of hiss", noise(0.02, 8_000)),
        ("ten seconds of hiss", noise(0.02, 80_000)),
        ("ten seconds of loud noise", noise(0.7, 80_000)),
    ];
    for (name, sound) in &sounds {
        for expect in Expect::ALL {
            let heard = recogniser.recognise(sound, &[expect], &lexicon).expect("runs");
            let confidence = heard.best().map_or(0.0, |best| best.confidence);
            assert!(confidence < SURE, "{name}, {}: {:?} at {confidence}", expect.name(), text(&heard));
            assert!(sound.iter().any(|sample| *sample != 0) || heard.is_empty(), "{name} is nothing");
        }
    }
}

#[test]
fn words_have_times_and_readings_differ() {
    let (Some(mut recogniser), Some(folder)) = (recogniser(), recordings("heidelberg-digits")) else {
        return;
    };
    let lexicon = lexicon(&[]);
    let speaker =
        std::fs::read_dir(folder).expect("readable").flatten().map(|entry| entry.path()).min().expect("one");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(speaker).expect("readable").flatten().map(|e| e.path()).collect();
    files.sort();
    let mut sound = vec![0i16; 8000];
    for file in files.iter().take(3) {
        sound.extend(call(file));
        sound.extend([0; 1600]);
    }
    let heard = recogniser.recognise(&sound, &[Expect::Telephone], &lexicon).expect("runs");
    let best = heard.best().expect("three digits");
    assert_eq!(best.words.len(), 3);
    assert!(best.words[0].start_ms >= 900, "the first word begins after a second of silence");
    assert!(
        best.words
            .windows(2)
            .all(|pair| pair[0].start_ms < pair[0].end_ms && pair[0].end_ms <= pair[1].start_ms)
    );
    let texts: Vec<String> = heard.hypotheses.iter().map(|one| one.text().into_revealed()).collect();
    let distinct: std::collections::HashSet<&String> = texts.iter().collect();
    assert_eq!(distinct.len(), texts.len());
}
