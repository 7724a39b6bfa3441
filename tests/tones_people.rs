//! Promise: no person is taken for a fax or for hold music. Recorded people, thousands of them, over a telephone
//! line, clean and with noise 10 dB below; and a fax over the same line, and over one that codes as mobile
//! telephones do, is one. Recordings are not part of the project; without them a test says so and passes.

use std::path::{Path, PathBuf};
use std::process::Command;

use klinke::call::audio::tones::Tones;
use klinke::call::line::{FRAME_SAMPLES, Frame, Tone};
use klinke::daemon::pbx::local::wav;
use klinke::models::telephone::through_telephone;
use klinke::sim::sounds::Background;

#[path = "shared/material.rs"]
mod material;

/// Root mean square of the noise against that of the speech: 10 dB below.
const NOISE: f64 = 0.316;

fn recordings() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![material::shared().join("speech")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "flac") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    if found.is_empty() {
        eprintln!("SKIPPED: no recordings in {}", material::shared().display());
    }
    found
}

/// White noise 10 dB below what is said, the same every time.
fn noisy(sound: &[i16], seed: u32) -> Vec<i16> {
    let power =
        sound.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / sound.len().max(1) as f64;
    let level = power.sqrt() * NOISE * 3_f64.sqrt();
    let mut state = seed.max(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (f64::from(state) / f64::from(u32::MAX) * 2.0 - 1.0) * level
    };
    sound.iter().map(|&sample| (f64::from(sample) + next()) as i16).collect()
}

/// Every tone that is told.
fn tones(detector: &mut Tones, sound: &[i16]) -> Vec<Tone> {
    let frames = sound.chunks_exact(FRAME_SAMPLES).map(|frame| Frame(frame.try_into().expect("a frame")));
    frames.filter_map(|frame| detector.frame(&frame)).collect()
}

#[test]
fn of_thousands_of_recorded_people_none_is_a_fax() {
    let mut files = recordings();
    // all of them take minutes where nothing is optimised; every tenth is from everybody
    if std::env::var_os("KLINKE_ALL_RECORDINGS").is_none() {
        files = files.into_iter().step_by(10).collect();
    }
    // one caller after the other on one line, so that cadences across recordings count too
    let (mut clean, mut noise) = (Tones::default(), Tones::default());
    let (mut seconds, mut beeps) = (0, 0);
    for (number, file) in files.iter().enumerate() {
        let sound = through_telephone(&wav::read_file(file).expect("a whole FLAC file"));
        seconds += sound.len() / 8_000;
        let told = [tones(&mut clean, &sound), tones(&mut noise, &noisy(&sound, number as u32 + 1))].concat();
        assert!(!told.contains(&Tone::Fax), "{}", file.display());
        beeps += told.iter().filter(|tone| **tone == Tone::Beep).count();
    }
    println!("{} recordings, {} min, clean and with noise: no fax, {beeps} beeps", files.len(), seconds / 60);
    assert!(beeps <= files.len() / 500, "{beeps} beeps of {} people", files.len());
}

/// What sox makes of a sound; `None`: it is not here, or cannot.
fn through_sox(sound: &[i16], arguments: &[&str]) -> Option<Vec<i16>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let bytes: Vec<u8> = sound.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::fs::write(path("in.raw"), bytes).expect("room");
    let raw = ["-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1"];
    let sox = |from: &Path, to: &Path, of: &[&str], into: &[&str]| {
        let done = Command::new("sox").arg("-D").args(of).arg(from).args(into).arg(to).status();
        done.is_ok_and(|status| status.success())
    };
    let coded = path("coded");
    let there =
        sox(&path("in.raw"), &coded, &raw, arguments) && sox(&coded, &path("out.raw"), arguments, &raw);
    let bytes = there.then(|| std::fs::read(path("out.raw")).expect("what sox wrote"))?;
    Some(bytes.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect())
}

#[test]
fn a_fax_is_known_over_every_line() {
    let cng: Vec<i16> = (0..450).flat_map(|number| Background::Fax.frame(number).0).collect();
    let is_fax = |sound: &[i16]| tones(&mut Tones::default(), sound).contains(&Tone::Fax);
    assert!(is_fax(&through_telephone(&cng)), "a telephone line");
    assert!(is_fax(&noisy(&through_telephone(&cng), 5)), "a noisy line");
    match through_sox(&cng, &["-t", "gsm", "-r", "8000", "-c", "1"]) {
        Some(gsm) => assert!(is_fax(&gsm), "GSM"),
        None => eprintln!("SKIPPED: no sox with GSM here"),
    }
    match through_sox(&cng, &["-t", "ima", "-r", "8000", "-c", "1"]) {
        Some(adpcm) => assert!(is_fax(&adpcm), "ADPCM at 32 kbit/s"),
        None => eprintln!("SKIPPED: no sox with ADPCM here"),
    }
}
