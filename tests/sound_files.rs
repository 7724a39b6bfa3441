//! Promise: a sound file of any usual make is heard as a telephone would have carried it, one that cannot be
//! heard is refused with a reason, and what Klinke writes is marked as synthetic.

use std::f32::consts::TAU;
use std::io::Cursor;

use hound::{SampleFormat, WavSpec, WavWriter};
use klinke::call::audio::halfband::Halver;
use klinke::call::line::{FRAME_SAMPLES, Frame, VOICE_FRAME_SAMPLES, VoiceFrame};
use klinke::daemon::pbx::local::tracks::{MARK, TracksFile};
use klinke::daemon::pbx::local::wav::{self, WavError};
use proptest::prelude::*;

/// A second of a 440 Hz tone at half scale in each channel, in the given make.
fn tone_file(channels: u16, sample_rate: u32, bits_per_sample: u16, sample_format: SampleFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format };
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    for at in 0..sample_rate {
        let value = 0.5 * (TAU * 440.0 * at as f32 / sample_rate as f32).sin();
        for _ in 0..channels {
            match sample_format {
                SampleFormat::Float => writer.write_sample(value).unwrap(),
                SampleFormat::Int => {
                    let full_scale = (1_i64 << (bits_per_sample - 1)) as f32;
                    writer.write_sample((value * full_scale).round() as i32).unwrap();
                }
            }
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn read(bytes: &[u8]) -> Result<Vec<i16>, WavError> {
    wav::read(bytes)
}

/// A quarter of a second of a 440 Hz tone at half scale, 16 kHz, stereo.
const FLAC: &[u8] = include_bytes!("sounds/tone.flac");

fn read_as_file(bytes: &[u8]) -> Result<Vec<i16>, WavError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    wav::read_file(file.path())
}

#[test]
fn flac_sounds_like_wav() {
    let sound = read_as_file(FLAC).unwrap();
    assert_eq!(sound.len(), 2_000);
    let steady = &sound[200..1_800];
    let rms = (steady.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / steady.len() as f64).sqrt();
    let expected = 0.5 * 32_768.0 / 2.0_f64.sqrt();
    assert!((rms / expected - 1.0).abs() < 0.01, "{rms}");
}

#[test]
fn damaged_flac_is_refused_with_a_reason() {
    for length in [4, 20, 60, FLAC.len() / 2, FLAC.len() - 10] {
        let error = read_as_file(&FLAC[..length]).expect_err("it is cut off");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn every_usual_make_sounds_the_same() {
    for rate in [8_000, 16_000, 22_050, 44_100, 48_000] {
        for channels in [1, 2] {
            for (bits, format) in [
                (8, SampleFormat::Int),
                (16, SampleFormat::Int),
                (24, SampleFormat::Int),
                (32, SampleFormat::Int),
                (32, SampleFormat::Float),
            ] {
                let sound = read(&tone_file(channels, rate, bits, format)).unwrap();
                assert_eq!(sound.len(), 8_000);
                let steady = &sound[400..7_600];
                let rms =
                    (steady.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / steady.len() as f64).sqrt();
                let expected = 0.5 * 32_768.0 / 2.0_f64.sqrt();
                assert!(
                    (rms / expected - 1.0).abs() < 0.01,
                    "{rate} Hz, {channels}, {bits} {format:?}: {rms}"
                );
            }
        }
    }
}

#[test]
fn telephone_sound_is_taken_sample_by_sample() {
    let bytes = tone_file(1, 8_000, 16, SampleFormat::Int);
    let written: Vec<i16> =
        bytes[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(read(&bytes).unwrap(), written);
}

#[test]
fn a_length_that_a_pipe_could_not_know_is_not_believed() {
    let mut bytes = tone_file(1, 8_000, 16, SampleFormat::Int);
    bytes[4..8].copy_from_slice(&0x7FFF_F024_u32.to_le_bytes());
    bytes[40..44].copy_from_slice(&0x7FFF_F000_u32.to_le_bytes());
    assert_eq!(read(&bytes).unwrap().len(), 8_000);
}

#[test]
fn what_cannot_be_heard_is_refused_with_its_reason() {
    let good = tone_file(1, 8_000, 16, SampleFormat::Int);
    assert!(matches!(
        read(&good[..good.len() - 100]),
        Err(WavError::Truncated { read: 7_950, declared: 8_000 })
    ));
    assert!(matches!(read(&good[..30]), Err(WavError::Format { .. })));
    assert!(matches!(read(b""), Err(WavError::Format { .. })));
    assert!(matches!(read(b"ID3 this is an MP3, not a WAV file"), Err(WavError::Format { .. })));
    let mut a_law = good.clone();
    a_law[20] = 6;
    assert!(matches!(read(&a_law), Err(WavError::Coding)));
    let mut empty = good[..44].to_vec();
    empty[40..44].fill(0);
    assert!(matches!(read(&empty), Err(WavError::Empty)));
    assert!(matches!(
        read(&tone_file(3, 8_000, 16, SampleFormat::Int)),
        Err(WavError::Channels { channels: 3 })
    ));
    assert!(matches!(
        read(&tone_file(1, 2_000, 16, SampleFormat::Int)),
        Err(WavError::Rate { rate_hz: 2_000 })
    ));
    let mut long = good;
    long[40..44].copy_from_slice(&0x7000_0000_u32.to_le_bytes());
    assert!(matches!(read(&long), Err(WavError::TooLong)));
    let missing = wav::read_file(std::path::Path::new("/nowhere/caller.wav"));
    assert!(matches!(missing, Err(WavError::Read(_))));
}

#[test]
fn both_tracks_are_written_apart_marked_and_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("both.wav");
    let mut file = TracksFile::create(&path).unwrap();
    for at in 0..50_i16 {
        file.push(&Frame([at; FRAME_SAMPLES]), &VoiceFrame([-100 * at; VOICE_FRAME_SAMPLES])).unwrap();
    }
    file.finish().unwrap();

    let mut reader = hound::WavReader::open(&path).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 8_000, 16));
    let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(samples.len(), 2 * 50 * FRAME_SAMPLES);
    for (at, pair) in samples.chunks_exact(2).enumerate() {
        let caller = i16::try_from(at / FRAME_SAMPLES).unwrap();
        assert_eq!(pair[0], caller, "at {at}");
        // Klinke's steps from frame to frame are where they were, but for the filter's delay and its swing.
        let late = at.saturating_sub(Halver::DELAY_SAMPLES / 2);
        let klinke = -100 * i16::try_from(late / FRAME_SAMPLES).unwrap();
        let swing = if (12..FRAME_SAMPLES - 12).contains(&(late % FRAME_SAMPLES)) { 0 } else { 60 };
        assert!(pair[1].abs_diff(klinke) <= swing, "{} for {klinke} at {at}", pair[1]);
    }

    let bytes = std::fs::read(&path).unwrap();
    let holds = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    assert!(holds(b"LIST") && holds(b"INFOISFT") && holds(MARK.as_bytes()));
    assert!(MARK.contains("synthetic speech") && MARK.contains("Art. 50(2)"));
    let riff_bytes = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    assert_eq!(riff_bytes as usize, bytes.len() - 8);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

proptest! {
    #[test]
    fn no_damage_to_flac_makes_it_panic(at in 4_usize..1_000, value: u8) {
        let mut bytes = FLAC.to_vec();
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = read_as_file(&bytes);
    }

    /// Whatever a file holds, reading it ends with sound or a reason.
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    /// The same for files that are nearly right.
    #[test]
    fn no_damage_makes_the_reader_panic(damage in prop::collection::vec((0..60_usize, any::<u8>()), 1..8)) {
        let mut bytes = tone_file(1, 8_000, 16, SampleFormat::Int);
        bytes.truncate(400);
        for (at, value) in damage {
            bytes[at] = value;
        }
        let _ = read(&bytes);
    }
}
