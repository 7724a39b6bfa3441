//! Promise: Klinke's voice begins at once, is as loud as a telephone's, tells nobody on the machine what it
//! says, and never keeps a call waiting for a synthesizer that hangs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use klinke::call::audio::halfband::{Doubler, Halver, halved};
use klinke::call::line::VOICE_FRAME_SAMPLES;
use klinke::config::site::Language;
use klinke::config::{self, VoiceEngine};
use klinke::daemon::voice::{LEVEL_DBFS, Voice, VoiceError};
use tempfile::TempDir;

const SENTENCE: &str = "Ich habe Herrn Yilmaz am Dienstag um acht Uhr dreißig.";

fn settings(engine: VoiceEngine, voice: &str) -> config::Voice {
    config::Voice { engine, voice: voice.into(), words_per_minute: 160, pitch: 50 }
}

/// espeak-ng as it is installed; the tests of the real voice need it (`make test` installs it).
fn espeak() -> Voice {
    Voice::new(settings(VoiceEngine::EspeakNg, "de"), Language::German)
}

/// A synthesizer of the test's own: a shell script in a folder where nothing else is found first.
fn fake(program: &str, script: &str, engine: VoiceEngine) -> (TempDir, Voice) {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display();
    let (draft, path) = (folder.path().join("draft"), folder.path().join(program));
    fs::write(&draft, format!("#!/bin/sh\ncd {here}\n{script}\n")).unwrap();
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o755)).unwrap();
    // Another test's child may have inherited the draft while it was open for writing, and a file that is open
    // for writing cannot be run. A copy made by another process is safe from that.
    assert!(std::process::Command::new("cp").arg(&draft).arg(&path).status().unwrap().success());
    fs::write(folder.path().join("tone.wav"), tone()).unwrap();
    let voice =
        Voice::new(settings(engine, ""), Language::German).with_search_path(format!("{here}:/usr/bin:/bin"));
    (folder, voice)
}

/// A quarter of a second of 16 kHz sound.
fn tone() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    (0..4_000).for_each(|at| writer.write_sample(if at / 16 % 2 == 0 { 3_000_i16 } else { -3_000 }).unwrap());
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn text_of(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// RMS in dB below full scale of the 20 ms that are loud.
fn level_dbfs(sound: &[i16]) -> f64 {
    let levels = sound.chunks(VOICE_FRAME_SAMPLES).map(|part| {
        (part.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / part.len() as f64).sqrt()
    });
    let levels: Vec<f64> = levels.collect();
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    let loud: Vec<f64> = levels.into_iter().filter(|level| *level > loudest / 10.0).collect();
    let rms = (loud.iter().map(|level| level * level).sum::<f64>() / loud.len() as f64).sqrt();
    20.0 * (rms / 32_768.0).log10()
}

#[tokio::test]
async fn a_sentence_begins_at_once_and_is_as_loud_as_a_telephone() {
    let sound = espeak().render(SENTENCE, false).await.unwrap();
    assert!((32_000..96_000).contains(&sound.len()), "two to six seconds, not {} samples", sound.len());
    let loudest = sound.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    let first = sound.iter().position(|sample| sample.unsigned_abs() > loudest / 100).unwrap();
    assert!(first <= 320, "silence of {first} samples before the first sound");
    assert!(loudest <= 23_200, "a peak above −3 dB: {loudest}");
    let level = level_dbfs(&sound);
    assert!((level - f64::from(LEVEL_DBFS)).abs() < 2.0, "{level} dB");
}

#[tokio::test]
async fn a_wideband_telephone_hears_more_of_it_and_a_narrow_one_all_it_can_carry() {
    let sound = espeak().render(SENTENCE, false).await.unwrap();
    // What a narrow telephone hears, on a wideband one: the difference is what only that one carries.
    let (narrow, mut back) = (halved(&sound), vec![0; sound.len()]);
    Doubler::new().double(&narrow, &mut back);
    let above =
        sound.iter().zip(&back[Doubler::DELAY_SAMPLES..]).map(|(wide, narrow)| wide.saturating_sub(*narrow));
    let power = |sound: &[i16]| sound.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    let share = power(&above.collect::<Vec<_>>()) / power(&sound);
    assert!(share > 0.01, "only {share} of it lies above a narrow telephone's band");

    let level = level_dbfs(&narrow);
    assert!((level - f64::from(LEVEL_DBFS)).abs() < 2.0, "{level} dB");
    let loudest = narrow.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!(loudest <= 25_000, "the filter swings over to {loudest}: hardly any room is left");
    // As on the wire, frame by frame.
    let (mut halver, mut streamed) = (Halver::new(), vec![0; sound.len() / 2]);
    for (frame, out) in sound.chunks(VOICE_FRAME_SAMPLES).zip(streamed.chunks_mut(VOICE_FRAME_SAMPLES / 2)) {
        halver.halve(frame, out);
    }
    let late = Halver::DELAY_SAMPLES / 2;
    assert_eq!(streamed[late..], narrow[..streamed.len() - late]);
}

#[tokio::test]
async fn slowly_takes_longer() {
    let usual = espeak().render(SENTENCE, false).await.unwrap().len();
    let slow = espeak().render(SENTENCE, true).await.unwrap().len();
    assert!(slow * 10 > usual * 12, "{slow} samples are not slower than {usual}");
}

#[test]
fn without_a_runtime_it_sounds_the_same() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let waited = espeak().render_blocking(SENTENCE, false).unwrap();
    assert_eq!(runtime.block_on(espeak().render(SENTENCE, false)).unwrap(), waited);
    let inside = runtime.block_on(async { espeak().render_blocking(SENTENCE, false) });
    assert_eq!(inside.unwrap(), waited, "it may also be called from within a task");
}

#[tokio::test]
async fn a_name_with_signs_of_the_synthesizer_s_own_is_still_only_text() {
    let voice = espeak();
    let spoken =
        voice.render("Herr [[h@l'oU]] <audio src='/etc/passwd'/> \u{1}99S Müller", false).await.unwrap();
    let plain = voice.render("Herr   h@l'oU    audio src='/etc/passwd'/   99S Müller", false).await.unwrap();
    assert_eq!(spoken, plain);
}

#[tokio::test]
async fn a_text_never_shows_in_the_process_list_and_nothing_of_ours_reaches_the_program() {
    let script = "echo \"$@\" >arguments; cat >input; env >environment; exec cat tone.wav";
    let (folder, voice) = fake("espeak-ng", script, VoiceEngine::EspeakNg);
    voice.render("Geheim & $(touch broken) ; `touch broken`", false).await.unwrap();
    assert_eq!(text_of(&folder, "input"), "Geheim & $(touch broken) ; `touch broken`");
    assert_eq!(text_of(&folder, "arguments"), "--stdin --stdout -b 1 -z -v de -s 160 -p 50\n");
    assert!(!folder.path().join("broken").exists());
    assert!(!text_of(&folder, "environment").contains("CARGO"), "the daemon's environment was passed on");
}

#[tokio::test]
async fn pico_gets_its_text_the_same_way_and_leaves_no_file() {
    let script = "echo \"$@\" >arguments; cat >input; cat tone.wav >\"$2\"";
    let (folder, voice) = fake("pico2wave", script, VoiceEngine::Pico2wave);
    let ours = format!("klinke-{}-", std::process::id());
    let sound = voice.render("Guten Tag.", true).await.unwrap();
    assert_eq!(sound.len(), 4_000);
    assert_eq!(
        text_of(&folder, "input"),
        "<speed level=\"75\"><pitch level=\"100\">Guten Tag.</pitch></speed>"
    );
    assert_eq!(text_of(&folder, "arguments"), "-w /dev/stdout -l de-DE\n");
    let left = fs::read_dir("/dev/shm").unwrap().filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(&ours))
    });
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_pico_that_would_show_the_text_is_refused() {
    let script = "echo 'Missing argument: <words>' >&2; exit 1";
    let (_folder, voice) = fake("pico2wave", script, VoiceEngine::Pico2wave);
    let error = voice.render("Guten Tag.", false).await.unwrap_err();
    assert!(matches!(error, VoiceError::Exposed { .. }), "{error}");
}

#[tokio::test]
async fn fixed_phrases_are_rendered_once_and_a_caller_s_words_are_not_kept() {
    let (folder, voice) =
        fake("espeak-ng", "cat >input; echo x >>runs; exec cat tone.wav", VoiceEngine::EspeakNg);
    let runs = || text_of(&folder, "runs").lines().count();
    voice.prerender(&["Guten Tag.", "Auf Wiederhören."]).await.unwrap();
    assert_eq!(runs(), 2);
    let first = voice.render("Guten Tag.", false).await.unwrap();
    let again = voice.render_blocking("Guten Tag.", false).unwrap();
    assert_eq!(runs(), 2);
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    voice.render("Herr Müller, ist das richtig?", false).await.unwrap();
    voice.render("Herr Müller, ist das richtig?", false).await.unwrap();
    assert_eq!(runs(), 4);
}

/// Whether the process that wrote its number to `pid` is gone, or goes within a second.
async fn gone(folder: &Path) -> bool {
    let pid = fs::read_to_string(folder.join("pid")).unwrap();
    for _ in 0..100 {
        let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        if state.is_err() || state.is_ok_and(|state| state.contains(") Z ")) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn a_synthesizer_that_hangs_is_stopped() {
    let (folder, voice) = fake("espeak-ng", "echo $$ >pid; exec sleep 60", VoiceEngine::EspeakNg);
    let began = Instant::now();
    let error = voice.render("Guten Tag.", false).await.unwrap_err();
    assert!(matches!(error, VoiceError::TooSlow { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(gone(folder.path()).await);
}

#[tokio::test]
async fn nobody_waits_for_a_phrase_any_more_and_the_synthesizer_stops() {
    let (folder, voice) = fake("espeak-ng", "echo $$ >pid; exec sleep 60", VoiceEngine::EspeakNg);
    let pid = folder.path().join("pid");
    let started = async {
        while !fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n')) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        rendered = voice.render("Guten Tag.", false) => panic!("sound from nothing: {rendered:?}"),
        () = started => {}
    }
    assert!(gone(folder.path()).await);
}

#[tokio::test]
async fn endless_sound_is_cut_off() {
    let (_folder, voice) = fake("espeak-ng", "exec cat /dev/zero", VoiceEngine::EspeakNg);
    let error = voice.render("Guten Tag.", false).await.unwrap_err();
    assert!(matches!(error, VoiceError::SoundTooLong { .. }), "{error}");
}

#[tokio::test]
async fn what_fails_says_why_and_what_to_do() {
    let nowhere = espeak().with_search_path("/nowhere");
    let error = nowhere.render("Guten Tag.", false).await.unwrap_err();
    assert_eq!(error.to_string(), "espeak-ng is not installed; install it: apt install espeak-ng");
    assert!(nowhere.prerender(&["Guten Tag."]).await.is_err());

    let unknown = Voice::new(settings(VoiceEngine::EspeakNg, "klingonisch"), Language::German);
    let error = unknown.render("Guten Tag.", false).await.unwrap_err();
    assert!(error.to_string().contains("klingonisch"), "{error}");

    let error = espeak().render(&"lang ".repeat(1_000), false).await.unwrap_err();
    assert!(matches!(error, VoiceError::TextTooLong { chars: 5_000 }), "{error}");

    let error = espeak().render("  ", false).await.unwrap_err();
    assert!(matches!(error, VoiceError::Sound { .. }), "{error}");

    let (_folder, noise) = fake("espeak-ng", "cat >input; echo this is no sound", VoiceEngine::EspeakNg);
    assert!(matches!(noise.render("Guten Tag.", false).await, Err(VoiceError::Sound { .. })));
}
