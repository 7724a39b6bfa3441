//! From what a synthesizer wrote to what goes on the wire: 16 kHz, one level for all phrases, no silence around.

use super::VoiceError;
use crate::call::audio::pcm::{rms, sample_to_float, to_pcm};
use crate::call::audio::resample::resample;
use crate::call::line::VOICE_RATE_HZ;

/// Longest phrase, in seconds: the second layer of the privacy notice (45 s at most), spoken slowly, twice over.
pub const PHRASE_S_MAX: u64 = 120;
/// Most that a synthesizer may write, in bytes: the longest phrase at 22,050 Hz, and some header.
pub const WAV_BYTES_MAX: u64 = PHRASE_S_MAX * 22_050 * 2 + 1_024;
/// Level of speech where there is some, in dB below full scale (RMS). ITU-T P.56 measures telephone speech so;
/// −26 is usual there, and synthesizers, which never raise their voice, are heard better a little above.
pub const LEVEL_DBFS: f32 = -20.0;
/// Highest peak, in dB below full scale.
pub const PEAK_DBFS_MAX: f32 = -3.0;
/// Most silence before the first sound, in ms.
pub const SILENCE_BEFORE_MS_MAX: u32 = 20;
/// Most silence after the last sound, in ms: enough that two phrases do not run into each other.
pub const SILENCE_AFTER_MS_MAX: u32 = 120;
/// What lies so far under the level of the speech is silence, in dB. An a-law telephone's own noise is 38 under.
const SILENCE_DB: f32 = -36.0;
/// Sound is looked at in steps of so many ms.
const STEP_MS: u32 = 5;

/// A synthesizer's WAV as a phrase.
pub fn telephone(wav: &[u8], program: &'static str) -> Result<Vec<i16>, VoiceError> {
    let unusable = |cause| VoiceError::Sound { program, cause };
    let (rate_hz, samples) = parse(wav).map_err(unusable)?;
    let sound =
        resample(&samples, rate_hz, VOICE_RATE_HZ).map_err(|_| unusable("a rate that is not taken"))?;
    let speech = trim(&sound).ok_or_else(|| unusable("nothing but silence"))?;
    let gain = gain(speech);
    let level: Vec<f32> = speech.iter().map(|sample| sample * gain).collect();
    Ok(to_pcm(&level))
}

/// Rate and samples (±1) of 16-bit mono WAV. The declared length is only an upper bound: espeak-ng cannot know
/// it when it writes the header to a pipe.
fn parse(wav: &[u8]) -> Result<(u32, Vec<f32>), &'static str> {
    if !wav.starts_with(b"RIFF") || wav.get(8..12) != Some(b"WAVE") {
        return Err("not WAV");
    }
    let mut rate_hz = None;
    let mut rest = &wav[12..];
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let declared = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let content = &tail[..declared.min(tail.len())];
        match &head[..4] {
            b"fmt " => rate_hz = Some(parse_format(content)?),
            b"data" => {
                let rate_hz = rate_hz.ok_or("sound without a format")?;
                let samples = content.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
                return Ok((rate_hz, samples.map(sample_to_float).collect()));
            }
            _ => {}
        }
        rest = tail.get(declared.next_multiple_of(2)..).unwrap_or_default();
    }
    Err("no sound in it")
}

/// Rate of 16-bit mono PCM.
fn parse_format(content: &[u8]) -> Result<u32, &'static str> {
    match content {
        [1, 0, 1, 0, r0, r1, r2, r3, _, _, _, _, _, _, 16, 0, ..] => {
            Ok(u32::from_le_bytes([*r0, *r1, *r2, *r3]))
        }
        _ => Err("not 16-bit mono"),
    }
}

/// The sound from its first to its last step that is no silence, and a little around; `None`: all is silence.
fn trim(sound: &[f32]) -> Option<&[f32]> {
    let step = samples(STEP_MS);
    let threshold = active_level(sound) * decibels(SILENCE_DB);
    let loud = |part: &[f32]| threshold > 0.0 && rms(part) > threshold;
    let first = sound.chunks(step).position(loud)? * step;
    let last = sound.chunks(step).rposition(loud)? * step + step;
    let from = first.saturating_sub(samples(SILENCE_BEFORE_MS_MAX / 2));
    let until = (last + samples(SILENCE_AFTER_MS_MAX)).min(sound.len());
    Some(&sound[from..until])
}

/// By how much to multiply, so that speech has its level and no peak is too high.
fn gain(speech: &[f32]) -> f32 {
    let peak = speech.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    (decibels(LEVEL_DBFS) / active_level(speech)).min(decibels(PEAK_DBFS_MAX) / peak)
}

/// RMS of the steps that hold speech: those within 20 dB of the loudest one. 0: there is nothing.
pub(super) fn active_level(sound: &[f32]) -> f32 {
    let steps = || sound.chunks(samples(STEP_MS)).map(rms);
    let threshold = steps().fold(0.0, f32::max) * decibels(-20.0);
    let (power, count) = steps()
        .filter(|&level| level > threshold)
        .fold((0.0, 0.0_f32), |(power, count), level| (power + level * level, count + 1.0));
    if count > 0.0 { (power / count).sqrt() } else { 0.0 }
}

/// A ratio in dB as a factor of amplitude.
fn decibels(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

/// Milliseconds as samples.
const fn samples(ms: u32) -> usize {
    (ms * VOICE_RATE_HZ / 1000) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// WAV at 16 kHz as espeak-ng writes it to a pipe: with lengths that cannot be true.
    fn wav(samples: &[i16]) -> Vec<u8> {
        let mut bytes = b"RIFF\x24\xf0\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend_from_slice(&16_000_u32.to_le_bytes());
        bytes.extend_from_slice(&32_000_u32.to_le_bytes());
        bytes.extend_from_slice(b"\x02\0\x10\0data\0\xf0\xff\x7f");
        bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        bytes
    }

    /// A second of silence, half a second of a square wave of this height, a second of silence.
    fn beep(height: i16) -> Vec<i16> {
        let mut sound = vec![0; 16_000];
        sound.extend((0..8_000).map(|at| if at / 16 % 2 == 0 { height } else { -height }));
        sound.resize(40_000, 0);
        sound
    }

    #[test]
    fn silence_around_goes_and_the_level_is_the_same_however_loud_it_was() {
        for height in [200, 3_000, 30_000] {
            let phrase = telephone(&wav(&beep(height)), "test").unwrap();
            assert!(phrase[..320].iter().any(|&sample| sample != 0), "more than 20 ms of silence before");
            assert!(phrase.len() <= 8_000 + 320 + 1_920 + 80, "{}", phrase.len());
            let loudest = phrase.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
            assert!((3_200..=3_400).contains(&loudest), "−20 dB is 3277, not {loudest}");
        }
    }

    #[test]
    fn a_peak_is_held_under_its_limit() {
        // One click in ten steps of quiet: its level is low, its peak high.
        let mut click = vec![1_000_i16; 16_000];
        click[8_000] = 30_000;
        let phrase = telephone(&wav(&click), "test").unwrap();
        let loudest = phrase.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!(loudest <= 23_198, "−3 dB is 23197, not {loudest}");
    }

    #[test]
    fn what_is_no_sound_is_an_error() {
        assert!(telephone(&wav(&[]), "test").is_err());
        assert!(telephone(&wav(&[0; 16_000]), "test").is_err());
        assert!(telephone(b"", "test").is_err());
        assert!(telephone(b"RIFF\0\0\0\0WAVE", "test").is_err());
        let mut stereo = wav(&beep(3_000));
        stereo[22] = 2;
        assert!(telephone(&stereo, "test").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = telephone(&bytes, "test");
            let _ = telephone(&[b"RIFF\0\0\0\0WAVEdata".as_slice(), &bytes].concat(), "test");
        }

        #[test]
        fn no_damaged_header_makes_it_panic(at in 0..44_usize, value: u8) {
            let mut bytes = wav(&beep(3_000)[15_900..16_400]);
            bytes[at] = value;
            let _ = telephone(&bytes, "test");
        }
    }
}
