//! What bringing 20 ms of sound to another rate costs, and that it allocates nothing.

use std::f32::consts::TAU;

use divan::Bencher;
use klinke::call::audio::resample::{Resampler, resample};
use klinke::call::line::{FRAME_SAMPLES, SAMPLE_RATE_HZ};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

fn tone(samples: usize) -> Vec<f32> {
    (0..samples).map(|at| 0.5 * (TAU * at as f32 / 20.0).sin()).collect()
}

/// One frame from the call to a model, a sound card or a browser.
#[divan::bench(args = [16_000, 48_000])]
fn frame_up_to(bencher: Bencher, to_hz: u32) {
    let frame = tone(FRAME_SAMPLES);
    let mut stream = Resampler::new(SAMPLE_RATE_HZ, to_hz, FRAME_SAMPLES).expect("known rates");
    bencher.bench_local(move || stream.push(&frame).expect("a whole frame").len());
}

/// One frame from there to the call.
#[divan::bench(args = [16_000, 44_100, 48_000])]
fn frame_down_from(bencher: Bencher, from_hz: u32) {
    let chunk = tone(from_hz as usize / 50);
    let mut stream = Resampler::new(from_hz, SAMPLE_RATE_HZ, chunk.len()).expect("known rates");
    bencher.bench_local(move || stream.push(&chunk).expect("a whole chunk").len());
}

/// A phrase of three seconds as espeak-ng makes it.
#[divan::bench]
fn phrase_of_three_seconds(bencher: Bencher) {
    let phrase = tone(3 * 22_050);
    bencher.bench(|| resample(&phrase, 22_050, SAMPLE_RATE_HZ).expect("known rates").len());
}
