//! What the models cost, a second of audio of one call: each stage alone, for 1, 16, 64 and 128 calls in a batch.
//! Needs build/runtime (`scripts/fetch-runtime.sh`).
//!
//! The counter is seconds of audio: `1 Kitem/s` are a thousand calls in real time on this core by that stage alone.
//! Allocations inside ONNX Runtime are not counted: it has an allocator of its own.

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use klinke::call::hearing::{Ask, Expect, ScoreWindow};
use klinke::config::Device;
use klinke::models::features::{LogMel, MEL_BANDS};
use klinke::models::recogniser::Fed;
use klinke::models::runtime::LetterBatch;
use klinke::models::{LetterModel, Lexicon, Recognise, Recogniser, SpeechScorer, places, runtime};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

/// Calls in a batch.
const CALLS: [usize; 4] = [1, 16, 64, 128];
/// A chunk of one call: 60 ms.
const CHUNK_SAMPLES: usize = 480;
/// Chunks of six frames: 60 s of audio of one call are a thousand of them.
const CHUNK_FRAMES: usize = 6;
/// Chunks in as much audio as is measured at once: 1.2 s.
const CHUNKS: usize = 20;

fn main() {
    match runtime::open(None) {
        Ok(()) => divan::main(),
        Err(error) => println!("SKIPPED: {error}"),
    }
}

/// Seconds of audio in so many ms of so many calls, as items.
fn audio(calls: usize, ms: usize) -> ItemsCount {
    ItemsCount::new((calls * ms).div_ceil(1_000))
}

/// Sound with the rhythm of speech; what is heard in it does not matter.
fn sound(samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|at| (if at / 1_200 % 3 == 0 { 60.0 } else { 6_000.0 } * (at as f32 * 0.31).sin()) as i16)
        .collect()
}

/// The speech scorer: 32 windows of 32 ms each.
#[divan::bench(args = CALLS, sample_count = 20)]
fn speech_scorer(bencher: Bencher<'_, '_>, calls: usize) {
    let mut scorer = SpeechScorer::load(&places::weights(places::SPEECH)).expect("the weights are there");
    let mut windows: Vec<Box<ScoreWindow>> = (0..calls).map(|_| Box::default()).collect();
    for (at, window) in windows.iter_mut().enumerate() {
        for (place, sample) in window.samples.iter_mut().enumerate() {
            *sample = ((at * 31 + place * 17) % 200) as f32 / 400.0 - 0.25;
        }
    }
    let mut scores = Vec::with_capacity(calls);
    bencher.counter(audio(calls, 1_024)).bench_local(|| {
        for _ in 0..32 {
            scores.clear();
            scorer.score(&mut windows, &mut scores).expect("it scores");
        }
    });
}

/// Features: they know no batch.
#[divan::bench]
fn features(bencher: Bencher<'_, '_>) {
    let mut log_mel = LogMel::default();
    let sound: Vec<f32> = sound(8_000).iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    bencher.counter(audio(1, 1_000)).bench_local(|| {
        let (mut samples, mut frames) = (sound.clone(), Vec::with_capacity(100 * MEL_BANDS));
        log_mel.take(&mut samples, &mut frames);
        frames
    });
}

/// The weights of our recogniser alone, in chunks of 60 ms.
#[divan::bench(args = CALLS, sample_count = 10)]
fn letter_model(bencher: Bencher<'_, '_>, calls: usize) {
    let weights = places::weights(places::RECOGNISER);
    let mut model = LetterModel::load(&weights, Device::Cpu).expect("the weights are there");
    let log_mel = (0..calls * CHUNK_FRAMES * MEL_BANDS).map(|at| -8.0 + (at % 97) as f32 / 20.0).collect();
    let state = vec![0.0; calls * model.state_len()];
    let mut batch =
        LetterBatch { streams: calls, frames: CHUNK_FRAMES, log_mel, state, log_probs: Vec::new() };
    bencher.counter(audio(calls, CHUNKS * 60)).bench_local(|| {
        (0..CHUNKS).for_each(|_| model.run(&mut batch).expect("it runs"));
    });
}

/// All of our recogniser (features, weights, decoder) with the words so far after each 60 ms, as a call asks for
/// them.
#[divan::bench(args = CALLS, sample_count = 10)]
fn recogniser(bencher: Bencher<'_, '_>, calls: usize) {
    let weights = places::weights(places::RECOGNISER);
    let mut recogniser = Recogniser::load(&weights, Device::Cpu).expect("the weights are there");
    let lexicon = Arc::new(Lexicon::new(None, &[]).expect("the grammar compiles"));
    let sound = sound(CHUNKS * CHUNK_SAMPLES);
    bencher.counter(audio(calls, CHUNKS * 60)).bench_local(|| {
        let begin = |_| recogniser.begin(&lexicon, &[Expect::Telephone]).expect("it begins");
        let mut streams: Vec<_> = (0..calls).map(begin).collect();
        for samples in sound.chunks(CHUNK_SAMPLES) {
            let mut batch: Vec<_> = streams.iter_mut().map(|stream| Fed { stream, samples }).collect();
            recogniser.hear(&mut batch).expect("it hears");
            for stream in &mut streams {
                recogniser.transcript(stream, Ask::SoFar).expect("it knows");
            }
        }
    });
}

/// The words at a pause, as if the caller had ended.
#[divan::bench]
fn words_at_a_pause(bencher: Bencher<'_, '_>) {
    let weights = places::weights(places::RECOGNISER);
    let mut recogniser = Recogniser::load(&weights, Device::Cpu).expect("the weights are there");
    let lexicon = Arc::new(Lexicon::new(None, &[]).expect("the grammar compiles"));
    let mut stream = recogniser.begin(&lexicon, &[Expect::Telephone]).expect("it begins");
    recogniser.hear(&mut [Fed { stream: &mut stream, samples: &sound(16_000) }]).expect("it hears");
    bencher.bench_local(|| recogniser.transcript(&mut stream, Ask::AsIfEnded).expect("it knows"));
}
