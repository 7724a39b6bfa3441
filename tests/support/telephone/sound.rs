//! Sounds that tests make and look for.

use std::io::{self, Write};
use std::path::Path;

use super::FRAME;

/// Samples a second.
pub const RATE: usize = 8_000;

/// Noise like a voice's band, the same every time: a sound whose place can be found to the sample.
pub fn noise(ms: usize, seed: u32) -> Vec<i16> {
    let mut state = seed.max(1);
    let mut smooth = 0.0_f64;
    (0..ms * RATE / 1000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let white = f64::from(state as i32) / f64::from(i32::MAX);
            smooth = 0.5 * smooth + 0.5 * white;
            (smooth * 9_000.0) as i16
        })
        .collect()
}

/// A sine of that frequency.
pub fn tone(hertz: f64, ms: usize) -> Vec<i16> {
    let step = std::f64::consts::TAU * hertz / RATE as f64;
    (0..ms * RATE / 1000).map(|i| ((i as f64 * step).sin() * 8_000.0) as i16).collect()
}

/// Frame `number` of `sound`; silence beyond its end.
pub fn frame(sound: &[i16], number: usize) -> [i16; FRAME] {
    std::array::from_fn(|i| sound.get(number * FRAME + i).copied().unwrap_or(0))
}

/// How much of `sound` is a sine of that frequency, 0 to 1 (Goertzel).
pub fn share_of_tone(sound: &[i16], hertz: f64) -> f64 {
    let step = std::f64::consts::TAU * hertz / RATE as f64;
    let (mut re, mut im, mut all) = (0.0, 0.0, 1e-9);
    for (i, &sample) in sound.iter().enumerate() {
        let (sample, angle) = (f64::from(sample), i as f64 * step);
        re += sample * angle.cos();
        im += sample * angle.sin();
        all += sample * sample;
    }
    2.0 * (re * re + im * im) / (all * sound.len() as f64)
}

/// Loudness of `sound`, root of the mean square.
pub fn loudness(sound: &[i16]) -> f64 {
    let sum: f64 = sound.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    (sum / sound.len().max(1) as f64).sqrt()
}

/// Where in `sound` the `pattern` is, in samples, and how alike the whole of it is there, −1 to 1. Looked for by
/// its first 100 ms, which must be as distinct as [`noise`].
pub fn find(pattern: &[i16], sound: &[i16]) -> Option<(usize, f64)> {
    let begin = &pattern[..pattern.len().min(RATE / 10)];
    let last = sound.len().checked_sub(pattern.len())?;
    let alike = (0..=last).map(|at| (at, likeness(begin, &sound[at..])));
    let (at, _) = alike.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some((at, likeness(pattern, &sound[at..])))
}

/// How much of `pattern` arrived in `sound`: the share of its stretches of 200 ms that are there, each within
/// 60 ms of where the stretch before it puts it. A frame lost or put in on the way costs its own stretch, not
/// what follows.
pub fn share_that_arrived(pattern: &[i16], sound: &[i16]) -> f64 {
    const STRETCH: usize = RATE / 5;
    const OFF: usize = 480;
    let Some((mut at, _)) = find(&pattern[..STRETCH.min(pattern.len())], sound) else { return 0.0 };
    let (mut found, mut all) = (0, 0);
    for stretch in pattern.chunks_exact(STRETCH) {
        let from = at.saturating_sub(OFF).min(sound.len());
        let to = (at + STRETCH + OFF).min(sound.len());
        all += 1;
        if let Some((offset, alike)) = find(stretch, &sound[from..to]).filter(|&(_, alike)| alike > 0.95) {
            (at, found) = (from + offset, found + 1);
            debug_assert!(alike <= 1.001);
        }
        at += STRETCH;
    }
    f64::from(found) / f64::from(all.max(1))
}

/// Correlation of `pattern` with the beginning of `sound`, −1 to 1.
pub fn likeness(pattern: &[i16], sound: &[i16]) -> f64 {
    let (mut product, mut own, mut other) = (0_i64, 0_i64, 0_i64);
    for (&a, &b) in pattern.iter().zip(sound) {
        let (a, b) = (i64::from(a), i64::from(b));
        product += a * b;
        own += a * a;
        other += b * b;
    }
    product as f64 / (own as f64 * other as f64).sqrt().max(1.0)
}

/// Writes `sound` as a WAV of one track.
pub fn write_wav(path: impl AsRef<Path>, sound: &[i16]) -> io::Result<()> {
    let bytes = (sound.len() * 2) as u32;
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&(36 + bytes).to_le_bytes())?;
    file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0")?;
    file.write_all(&(RATE as u32).to_le_bytes())?;
    file.write_all(&(2 * RATE as u32).to_le_bytes())?;
    file.write_all(b"\x02\0\x10\0data")?;
    file.write_all(&bytes.to_le_bytes())?;
    sound.iter().try_for_each(|sample| file.write_all(&sample.to_le_bytes()))?;
    file.flush()
}
