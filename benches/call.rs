//! What a call costs a frame, beside the models: the ear with its ring and windows, and the mouth.
//!
//! A frame is 20 ms; 1 % of a core is 200,000 ns a frame. Allocations a frame must be 0.

use divan::{AllocProfiler, Bencher};
use klinke::call::hearing::{Ear, Heard, Job, JobResult};
use klinke::call::line::{FRAME_SAMPLES, Frame};
use klinke::call::speech::{Mouth, Phrase};
use klinke::clock::{Instant, MediaTime};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The ear between utterances: ring, windows, scores.
#[divan::bench]
fn ear_frame(bencher: Bencher<'_, '_>) {
    let mut ear = Ear::new();
    let mut out = Vec::with_capacity(8);
    let frame = Frame([120; FRAME_SAMPLES]);
    bencher.bench_local(|| {
        ear.frame(&frame, &mut out);
        while let Some(heard) = out.pop() {
            if let Heard::Job(Job::Score { id, window }) = heard {
                ear.answer(JobResult::Scored { id, probability: 0.01, window }, &mut out);
            }
        }
    });
}

/// The mouth in the middle of a phrase.
#[divan::bench]
fn mouth_frame(bencher: Bencher<'_, '_>) {
    let mut mouth = Mouth::default();
    let phrase = Phrase { text: "Guten Tag.".to_owned().into(), interruptible: true, filler: false };
    let id = mouth.say(Instant::START, phrase).expect("an empty line has room");
    mouth.rendered(id, vec![1_000; 100_000_000].into());
    bencher.bench_local(|| mouth.frame(MediaTime::START));
}
