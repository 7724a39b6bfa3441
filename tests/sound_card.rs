//! Promise: `klinke talk` hears the microphone and is heard by the loudspeaker, as far as that can be shown
//! without a sound card: against ALSA's own pretend devices, which read from and write to files.
#![cfg(feature = "sound-card")]

use std::fs;
use std::process::Command;
use std::time::Duration;

use klinke::call::line::{LineCommand, LineEvent, VOICE_FRAME_SAMPLES, VoiceFrame};
use klinke::daemon::pbx::local::sound_card::{self, SoundCardError};

/// Names the folder of the pretend devices to the test's second process.
const FOLDER: &str = "KLINKE_TEST_SOUND_CARD";

/// ALSA reads its configuration when it is loaded, so each test runs once more as a process of its own that finds
/// `configuration` there. Returns whether this is that process.
fn with_alsa(test: &str, configuration: &str) -> Option<std::path::PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display().to_string();
    fs::write(folder.path().join("asound.conf"), configuration.replace("HERE", &here)).unwrap();
    let microphone: Vec<u8> = (0..10 * 48_000)
        .flat_map(|at| (if at / 24 % 2 == 0 { 8_000_i16 } else { -8_000 }).to_le_bytes())
        .collect();
    fs::write(folder.path().join("microphone.raw"), microphone).unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder.path())
        .env("ALSA_CONFIG_PATH", folder.path().join("asound.conf"))
        .status()
        .unwrap();
    assert!(status.success(), "see above");
    None
}

const FILES: &str = r#"
pcm.!default {
    type file
    slave.pcm { type null }
    file "HERE/loudspeaker.raw"
    infile "HERE/microphone.raw"
    format "raw"
}
"#;

#[test]
fn sound_goes_both_ways_and_the_end_ends_it() {
    let Some(folder) = with_alsa("sound_goes_both_ways_and_the_end_ends_it", FILES) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut line = sound_card::open("heating", None, None).unwrap();
        assert_eq!(line.site, "heating");
        let mut loudest = 0;
        for _ in 0..100 {
            let event = tokio::time::timeout(Duration::from_secs(5), line.events.recv()).await.unwrap();
            let Some(LineEvent::Frame(frame)) = event else { panic!("no frame but {event:?}") };
            loudest = loudest.max(frame.0.iter().map(|sample| sample.unsigned_abs()).max().unwrap());
            line.commands.send(LineCommand::Frame(VoiceFrame([4_000; VOICE_FRAME_SAMPLES]))).await.unwrap();
        }
        assert!(loudest > 7_000, "the microphone's tone was not heard: {loudest}");
        line.commands.send(LineCommand::HangUp).await.unwrap();
        let end = async { while line.events.recv().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(5), end).await.expect("the events end after the call");
    });
    let played = fs::read(folder.join("loudspeaker.raw")).unwrap();
    assert!(played.iter().any(|&byte| byte != 0), "nothing was played");
}

#[test]
fn no_device_is_said_with_what_there_is() {
    let Some(_folder) = with_alsa("no_device_is_said_with_what_there_is", FILES) else { return };
    let error = sound_card::open("heating", Some("attic"), None).unwrap_err();
    assert!(matches!(&error, SoundCardError::NotFound { wanted, .. } if wanted == "attic"), "{error}");
    assert!(error.to_string().contains("microphone \"attic\""), "{error}");
}

#[test]
fn a_machine_without_sound_is_told_so() {
    let nothing = "pcm.!default { type hw card 31 }\n";
    let Some(_folder) = with_alsa("a_machine_without_sound_is_told_so", nothing) else { return };
    let error = sound_card::open("heating", None, None).unwrap_err();
    assert!(matches!(error, SoundCardError::NotFound { .. } | SoundCardError::Refused { .. }), "{error}");
}
