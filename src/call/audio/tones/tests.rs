//! Fax machines, and what sounds a little like them.

use std::f32::consts::TAU;

use proptest::prelude::*;

use super::*;
use crate::call::audio::g711::Law;

/// `(Hz, ms, phase reversals every 450 ms, modulated)`.
fn sine(hz: f32, ms: usize, level: f32) -> Vec<i16> {
    let step = TAU * hz / SAMPLE_RATE_HZ as f32;
    (0..ms * 8).map(|n| ((n as f32 * step).sin() * level) as i16).collect()
}

fn silence(ms: usize) -> Vec<i16> {
    vec![0; ms * 8]
}

/// What a-law leaves of it, with noise of that level.
fn line(sound: &[i16], noise: f32, seed: u32) -> Vec<i16> {
    let mut state = seed.max(1);
    let noisy: Vec<i16> = sound
        .iter()
        .map(|&sample| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (f32::from(sample) + noise * (state as f32 / u32::MAX as f32 - 0.5) * 3.46) as i16
        })
        .collect();
    noisy.iter().map(|&sample| Law::A.decode(Law::A.encode(sample))).collect()
}

/// Every tone that is told, and when, in ms.
fn told(sound: &[i16]) -> Vec<(usize, Tone)> {
    let mut tones = Tones::default();
    let mut told = Vec::new();
    for (at, chunk) in sound.chunks_exact(FRAME_SAMPLES).enumerate() {
        let frame = Frame(chunk.try_into().expect("a whole frame"));
        told.extend(tones.frame(&frame).map(|tone| ((at + 1) * 20, tone)));
    }
    told
}

fn fax_at(sound: &[i16]) -> Option<usize> {
    told(sound).into_iter().find(|(_, tone)| *tone == Tone::Fax).map(|(at, _)| at)
}

fn cng(hz: f32, on_ms: usize, off_ms: usize, level: f32) -> Vec<i16> {
    let one = [sine(hz, on_ms, level), silence(off_ms)].concat();
    [silence(730), one.repeat(4)].concat()
}

/// V.25: reversed every 450 ms; V.8: with 15 Hz of amplitude modulation.
fn answer(hz: f32, reversed: bool, modulated: bool, level: f32) -> Vec<i16> {
    let tone = (0..8 * 3_000).map(|n| {
        let at = n as f32 / 8_000.0;
        let turn = if reversed && (n / 3_600) % 2 == 1 { -1.0 } else { 1.0 };
        let swell = if modulated { 1.0 + 0.2 * (TAU * 15.0 * at).sin() } else { 1.0 };
        ((TAU * hz * at).sin() * turn * swell * level) as i16
    });
    [silence(530), tone.collect()].concat()
}

/// HDLC flags in V.21, channel 2.
fn flags(level: f32) -> Vec<i16> {
    let bits = [0_u8, 1, 1, 1, 1, 1, 1, 0];
    let mut phase = 0.0_f32;
    (0..8_000)
        .map(|n| {
            let hz = if bits[(n * 300 / 8_000) % 8] == 1 { 1_650.0 } else { 1_850.0 };
            phase = (phase + TAU * hz / 8_000.0) % TAU;
            (phase.sin() * level) as i16
        })
        .collect()
}

fn dtmf(low: f32, high: f32, ms: usize) -> Vec<i16> {
    sine(low, ms, 6_000.0).iter().zip(sine(high, ms, 6_000.0)).map(|(a, b)| a + b).collect()
}

#[test]
fn a_fax_that_calls_is_known_by_its_second_burst() {
    for (hz, on_ms, off_ms) in [(1_100.0, 500, 3_000), (1_062.0, 430, 2_560), (1_138.0, 570, 3_440)] {
        for level in [200.0, 3_000.0, 20_000.0] {
            let at = fax_at(&line(&cng(hz, on_ms, off_ms, level), level / 20.0, 7));
            let second_ends = 730 + 2 * on_ms + off_ms;
            assert!(
                at.is_some_and(|at| (second_ends..=second_ends + 100).contains(&at)),
                "{hz} Hz, {on_ms} ms, level {level}: {at:?}, not {second_ends}"
            );
        }
    }
}

#[test]
fn a_fax_that_answers_is_known_within_a_second_and_a_half() {
    for (reversed, modulated) in [(false, false), (true, false), (true, true), (false, true)] {
        for hz in [2_085.0, 2_100.0, 2_115.0] {
            let at = fax_at(&line(&answer(hz, reversed, modulated, 2_000.0), 100.0, 3));
            assert!(at.is_some_and(|at| at <= 530 + 1_500), "{hz} Hz, {reversed}, {modulated}: {at:?}");
        }
    }
    let at = fax_at(&line(&flags(3_000.0), 100.0, 5));
    assert!(at.is_some_and(|at| at <= 1_000), "V.21 flags: {at:?}");
}

#[test]
fn a_fax_is_told_once_and_known_although_packets_are_lost() {
    for seed in 1..20 {
        let mut sound = line(&cng(1_100.0, 500, 3_000, 4_000.0), 50.0, seed as u32);
        for frame in (seed..sound.len() / 160).step_by(23) {
            sound[frame * 160..(frame + 1) * 160].fill(0);
        }
        let faxes = told(&sound).iter().filter(|(_, tone)| *tone == Tone::Fax).count();
        assert_eq!(faxes, 1, "every 23rd frame lost from {seed}");
    }
}

#[test]
fn other_tones_are_no_fax() {
    let keys: Vec<i16> = [(697.0, 1_209.0), (941.0, 1_336.0), (852.0, 1_477.0), (770.0, 1_633.0)]
        .iter()
        .flat_map(|&(low, high)| [dtmf(low, high, 500), silence(3_000)].concat())
        .collect();
    assert_eq!(fax_at(&line(&keys.repeat(3), 50.0, 9)), None, "keys in a fax's cadence");
    for hz in [425.0, 440.0, 950.0, 1_000.0, 1_400.0, 1_800.0, 2_000.0, 2_200.0, 2_600.0] {
        let cadence = line(&cng(hz, 500, 3_000, 8_000.0), 50.0, 11);
        assert_eq!(fax_at(&cadence), None, "{hz} Hz in a fax's cadence");
        assert_eq!(fax_at(&line(&sine(hz, 5_000, 8_000.0), 50.0, 11)), None, "{hz} Hz for 5 s");
    }
    assert_eq!(fax_at(&line(&cng(1_100.0, 500, 500, 8_000.0), 50.0, 1)), None, "1,100 Hz as fast as busy");
    assert_eq!(fax_at(&line(&cng(1_100.0, 1_500, 3_000, 8_000.0), 50.0, 1)), None, "long bursts");
    // whistled: the pitch moves
    let mut phase = 0.0_f32;
    let whistle: Vec<i16> = (0..40_000)
        .map(|n| {
            let hz = 2_100.0 + 90.0 * (TAU * 5.0 * n as f32 / 8_000.0).sin();
            phase = (phase + TAU * hz / 8_000.0) % TAU;
            (phase.sin() * 9_000.0) as i16
        })
        .collect();
    assert_eq!(fax_at(&line(&whistle, 50.0, 13)), None, "a whistle around 2,100 Hz");
}

#[test]
fn a_beep_is_told_when_it_ends_and_keys_are_no_beeps() {
    for hz in [800.0, 1_000.0, 1_400.0] {
        let sound = [silence(400), sine(hz, 400, 6_000.0), silence(400)].concat();
        assert_eq!(told(&line(&sound, 20.0, 3)), [(820, Tone::Beep)], "{hz} Hz");
    }
    let sound =
        [silence(400), dtmf(697.0, 1_209.0, 400), silence(400), sine(425.0, 480, 6_000.0), silence(400)];
    assert_eq!(told(&line(&sound.concat(), 20.0, 3)), []);
}

#[test]
fn sound_that_lasts_is_told_every_two_seconds_and_a_quiet_line_never() {
    let music = line(&sine(330.0, 12_000, 3_000.0), 500.0, 3);
    let lasting: Vec<usize> =
        told(&music).iter().filter(|(_, tone)| *tone == Tone::Lasting).map(|(at, _)| *at).collect();
    assert_eq!(lasting, [3_000, 5_000, 7_000, 9_000, 11_000]);
    assert_eq!(told(&line(&silence(12_000), 60.0, 3)), []);
}

proptest! {
    #[test]
    fn noise_of_any_kind_is_no_fax(seed in 1_u32.., level in 1.0_f32..20_000.0, seconds in 1_usize..12) {
        prop_assert_eq!(fax_at(&line(&silence(seconds * 1_000), level, seed)), None);
    }

    #[test]
    fn no_sound_breaks_it(samples in prop::collection::vec(any::<i16>(), 0..2_000)) {
        let _ = told(&samples);
    }
}
