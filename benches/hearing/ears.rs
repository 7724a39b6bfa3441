//! Many listeners: clips through a line and through a recogniser, as calls feed it, on every core.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use klinke::call::hearing::{Ask, Expect, Transcript};
use klinke::config::Device;
use klinke::models::telephone::Line;
use klinke::models::{Fed, Lexicon, ModelError, Recognise, Recogniser};

use super::ground::Clip;

/// Sound comes in pieces of so many samples (80 ms), as a call brings it.
pub const PIECE: usize = 640;
/// Clips that one thread feeds at a time, in one batch.
const TOGETHER: usize = 8;

/// What is to be heard how.
pub struct Question<'a> {
    pub clip: &'a Clip,
    pub lexicon: &'a Arc<Lexicon>,
    pub expect: &'a [Expect],
    pub line: Line,
    /// Samples fed at once.
    pub piece: usize,
}

/// Recognisers, one a thread.
pub struct Ears {
    threads: Vec<Mutex<Recogniser>>,
}

impl Ears {
    pub fn load(weights: &Path, threads: usize) -> Result<Self, ModelError> {
        let first = Recogniser::load(weights, Device::Cpu)?;
        let others = (1..threads).map(|_| first.another()).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { threads: std::iter::once(first).chain(others).map(Mutex::new).collect() })
    }

    /// What was heard, in the questions' order.
    pub fn hear(&self, questions: &[Question<'_>]) -> Vec<Transcript> {
        let next = AtomicUsize::new(0);
        let heard = Mutex::new(vec![Transcript::default(); questions.len()]);
        thread::scope(|scope| {
            for recogniser in &self.threads {
                scope.spawn(|| {
                    let mut recogniser = recogniser.lock().expect("nobody panicked");
                    loop {
                        let from = next.fetch_add(TOGETHER, Ordering::Relaxed);
                        let Some(batch) = questions.get(from..(from + TOGETHER).min(questions.len())) else {
                            break;
                        };
                        if batch.is_empty() {
                            break;
                        }
                        let answers = together(&mut recogniser, batch);
                        let mut heard = heard.lock().expect("nobody panicked");
                        answers.into_iter().enumerate().for_each(|(at, answer)| heard[from + at] = answer);
                    }
                });
            }
        });
        heard.into_inner().expect("nobody panicked")
    }
}

fn together(recogniser: &mut Recogniser, batch: &[Question<'_>]) -> Vec<Transcript> {
    let sounds: Vec<Vec<i16>> =
        batch.iter().map(|question| question.line.carry(&question.clip.sound)).collect();
    let mut streams: Vec<_> = batch
        .iter()
        .map(|question| recogniser.begin(question.lexicon, question.expect).expect("a stream begins"))
        .collect();
    let mut at = 0;
    loop {
        let mut fed: Vec<Fed<'_, _>> = Vec::with_capacity(batch.len());
        for ((stream, sound), question) in streams.iter_mut().zip(&sounds).zip(batch) {
            let from = question.piece.saturating_mul(at);
            if let Some(samples) = sound.get(from..sound.len().min(from.saturating_add(question.piece)))
                && !samples.is_empty()
            {
                fed.push(Fed { stream, samples });
            }
        }
        if fed.is_empty() {
            break;
        }
        recogniser.hear(&mut fed).expect("the model runs");
        at += 1;
    }
    let end = |stream| recogniser.transcript(stream, Ask::AsIfEnded).expect("the model runs");
    streams.iter_mut().map(end).collect()
}

/// The likeliest reading.
pub fn text(transcript: &Transcript) -> String {
    transcript.best().map(|best| best.text().into_revealed()).unwrap_or_default()
}
