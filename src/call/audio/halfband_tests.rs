//! What the half-band filter promises.

use std::f64::consts::{PI, TAU};

use proptest::prelude::*;

use super::*;

const FRAME: usize = 160;

fn tone(hz: f64, height: f64, rate_hz: f64, samples: usize) -> Vec<i16> {
    (0..samples).map(|at| (height * (TAU * hz * at as f64 / rate_hz).sin()).round() as i16).collect()
}

/// How much of `samples` is the tone, as the height of its sine. Whole periods in 100 Hz steps: 160 samples at
/// 16 kHz or their multiple.
fn height(samples: &[i16], hz: f64, rate_hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let angle = TAU * hz * at as f64 / rate_hz;
        re += f64::from(*sample) * angle.cos();
        im += f64::from(*sample) * angle.sin();
    }
    2.0 * f64::hypot(re, im) / samples.len() as f64
}

fn decibel(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-9).log10()
}

fn stream_halved(wide: &[i16]) -> Vec<i16> {
    let (mut halver, mut out) = (Halver::new(), vec![0; wide.len() / 2]);
    for (from, to) in wide.chunks(2 * FRAME).zip(out.chunks_mut(FRAME)) {
        halver.halve(from, to);
    }
    out
}

fn doubled(narrow: &[i16]) -> Vec<i16> {
    let (mut doubler, mut out) = (Doubler::new(), vec![0; narrow.len() * 2]);
    for (from, to) in narrow.chunks(FRAME).zip(out.chunks_mut(2 * FRAME)) {
        doubler.double(from, to);
    }
    out
}

#[test]
fn what_a_telephone_carries_passes_as_it_is() {
    for hz in (1..=34).map(|step| f64::from(step) * 100.0) {
        let wide = tone(hz, 20_000.0, 16_000.0, 16_000);
        let down = decibel(height(&stream_halved(&wide)[160..7_200], hz, 8_000.0) / 20_000.0);
        assert!(down.abs() < 0.02, "{hz} Hz halved: {down:.3} dB");
        let narrow = tone(hz, 20_000.0, 8_000.0, 8_000);
        let up = decibel(height(&doubled(&narrow)[320..14_400], hz, 16_000.0) / 20_000.0);
        assert!(up.abs() < 0.02, "{hz} Hz doubled: {up:.3} dB");
    }
}

#[test]
fn what_it_cannot_carry_does_not_fold_back() {
    for hz in (46..80).map(|step| f64::from(step) * 100.0) {
        let out = stream_halved(&tone(hz, 20_000.0, 16_000.0, 16_000));
        let folded = decibel(height(&out[160..7_200], 8_000.0 - hz, 8_000.0) / 20_000.0);
        assert!(folded < -57.0, "{hz} Hz folds back with {folded:.1} dB");
    }
}

#[test]
fn doubling_adds_no_image_of_the_voice_above_it() {
    for hz in (1..=34).map(|step| f64::from(step) * 100.0) {
        let out = doubled(&tone(hz, 20_000.0, 8_000.0, 8_000));
        let image = decibel(height(&out[320..14_400], 8_000.0 - hz, 16_000.0) / 20_000.0);
        assert!(image < -57.0, "{hz} Hz is mirrored with {image:.1} dB");
    }
}

#[test]
fn the_delay_is_the_one_that_is_named() {
    assert_eq!((Halver::DELAY_SAMPLES, Doubler::DELAY_SAMPLES), (22, 24));
    let mut click = vec![0; 640];
    click[100] = 20_000;
    let out = stream_halved(&click);
    assert_eq!(out.iter().position(|it| *it == 10_000), Some((100 + Halver::DELAY_SAMPLES) / 2));
    let out = doubled(&click);
    assert_eq!(out.iter().position(|it| *it == 20_000), Some(200 + Doubler::DELAY_SAMPLES));
}

#[test]
fn silence_is_silence_and_a_level_is_held() {
    assert_eq!(stream_halved(&[0; 1_600]), [0; 800]);
    assert_eq!(doubled(&[0; 800]), [0; 1_600]);
    for level in [i16::MIN, -3, -1, 1, 12_345, i16::MAX] {
        assert_eq!(stream_halved(&[level; 1_600])[100..], [level; 700], "{level}");
        assert_eq!(doubled(&[level; 800])[100..], [level; 1_500], "{level}");
    }
}

#[test]
fn an_edge_at_full_scale_is_held_there_and_never_wraps_around() {
    // The worst there is for this filter: full scale with the sign of every tap.
    let worst: Vec<i16> = TAPS.iter().map(|tap| if *tap < 0 { i16::MIN } else { i16::MAX }).collect();
    let mut wide = vec![i16::MAX; 640];
    for (at, sample) in worst.iter().enumerate() {
        wide[2 * at + 1] = *sample;
    }
    assert_eq!(stream_halved(&wide)[TAPS.len() - 1], i16::MAX);
    let mut narrow = worst.clone();
    narrow.resize(FRAME, 0);
    assert_eq!(doubled(&narrow)[2 * TAPS.len() - 1], i16::MAX);
    narrow.iter_mut().for_each(|sample| *sample = sample.saturating_neg());
    assert_eq!(doubled(&narrow)[2 * TAPS.len() - 1], i16::MIN);
}

#[test]
fn the_taps_are_a_sinc_under_a_kaiser_window() {
    let bessel = |x: f64| (1..40).rev().fold(1.0, |sum, k| 1.0 + (x / 2.0 / f64::from(k)).powi(2) * sum);
    let ideal: Vec<f64> = (0..SIDE.len())
        .map(|at| {
            let distance = (2 * at + 1) as f64;
            let window = bessel(5.65 * (1.0 - (distance / 24.0).powi(2)).sqrt()) / bessel(5.65);
            (PI * distance / 2.0).sin() / (PI * distance / 2.0) * window
        })
        .collect();
    let scale = f64::from(1 << (TAP_BITS - 1)) / ideal.iter().sum::<f64>();
    for (at, (tap, ideal)) in SIDE.iter().zip(ideal).enumerate() {
        let rounding = if at == 0 { 2.0 } else { 0.5 };
        assert!((f64::from(*tap) - ideal * scale).abs() <= rounding, "{tap} for {}", ideal * scale);
    }
    assert_eq!(TAPS.iter().map(|tap| i32::from(*tap)).sum::<i32>(), 1 << TAP_BITS);
}

#[test]
fn a_whole_sound_is_halved_without_the_delay() {
    let wide = tone(440.0, 20_000.0, 16_000.0, 1_000);
    let whole = super::halved(&wide);
    assert_eq!(whole.len(), 500);
    assert_eq!(whole[..489], stream_halved(&wide)[11..]);
    // Inside it is the tone itself; its ends are where the filter meets the silence around it.
    let itself = tone(440.0, 20_000.0, 8_000.0, 500);
    assert!(whole[20..480].iter().zip(&itself[20..]).all(|(a, b)| a.abs_diff(*b) <= 50));
    assert!(super::halved(&[]).is_empty());
}

#[test]
fn it_allocates_nothing() {
    let (mut halver, mut doubler) = (Halver::new(), Doubler::new());
    let (mut wide, mut narrow) = ([7; 2 * FRAME], [0; FRAME]);
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            halver.halve(&wide, &mut narrow);
            doubler.double(&narrow, &mut wide);
        }
    });
    assert_eq!(counted.count_total, 0);
}

proptest! {
    #[test]
    fn any_sound_in_any_parts_is_the_same_sound(
        samples in proptest::collection::vec(any::<i16>(), 0..1_500),
        part in 1_usize..400,
    ) {
        let samples = &samples[..samples.len() / 2 * 2];
        let (mut halver, mut parts) = (Halver::new(), vec![0; samples.len() / 2]);
        for (from, to) in samples.chunks(2 * part).zip(parts.chunks_mut(part)) {
            halver.halve(from, to);
        }
        prop_assert_eq!(parts, stream_halved(samples));
        let (mut doubler, mut parts) = (Doubler::new(), vec![0; samples.len() * 2]);
        for (from, to) in samples.chunks(part).zip(parts.chunks_mut(2 * part)) {
            doubler.double(from, to);
        }
        prop_assert_eq!(parts, doubled(samples));
    }
}
