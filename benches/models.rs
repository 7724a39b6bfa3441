//! What the models cost: a window of the speech scorer (32 ms of one call) alone and batched over calls, and a
//! whole utterance through the recogniser. Needs build/runtime (`scripts/fetch-runtime.sh`).
//!
//! Allocations inside ONNX Runtime are not counted: it has an allocator of its own.

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use klinke::call::hearing::{Expect, ScoreWindow};
use klinke::config::Device;
use klinke::models::{Lexicon, Recogniser, SpeechScorer, places, runtime};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() {
    match runtime::open(None) {
        Ok(()) => divan::main(),
        Err(error) => println!("SKIPPED: {error}"),
    }
}

/// Windows of as many calls at once; the time is a window's.
#[divan::bench(args = [1, 4, 16, 64])]
fn score_window(bencher: Bencher<'_, '_>, calls: usize) {
    let mut scorer = SpeechScorer::load(&places::weights(places::SPEECH)).expect("the weights are there");
    let mut windows: Vec<Box<ScoreWindow>> = (0..calls).map(|_| Box::default()).collect();
    for (at, window) in windows.iter_mut().enumerate() {
        for (place, sample) in window.samples.iter_mut().enumerate() {
            *sample = ((at * 31 + place * 17) % 200) as f32 / 400.0 - 0.25;
        }
    }
    let mut scores = Vec::with_capacity(calls);
    bencher.counter(ItemsCount::new(calls)).bench_local(|| {
        scores.clear();
        scorer.score(&mut windows, &mut scores).expect("it scores");
    });
}

/// An utterance of so many seconds, where a telephone number is expected.
#[divan::bench(args = [1, 5, 9], sample_count = 20)]
fn recognise_utterance(bencher: Bencher<'_, '_>, seconds: usize) {
    let mut recogniser =
        Recogniser::load(&places::weights(places::RECOGNISER), Device::Cpu).expect("the weights are there");
    let lexicon = Arc::new(Lexicon::new(None, &[]).expect("the grammar compiles"));
    // Sound with the rhythm of speech; what is heard in it does not matter.
    let sound: Vec<i16> = (0..seconds * 8_000)
        .map(|at| (if at / 1_200 % 3 == 0 { 60.0 } else { 6_000.0 } * (at as f32 * 0.31).sin()) as i16)
        .collect();
    bencher.bench_local(|| recogniser.recognise(&sound, &[Expect::Telephone], &lexicon).expect("it hears"));
}
