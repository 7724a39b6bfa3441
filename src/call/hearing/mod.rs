//! Hearing: from frames to utterances.

mod ear;
mod expectation;
mod jobs;
mod patience;
mod ring;
mod stretch;
mod transcript;

pub use ear::{Ear, Heard};
pub use expectation::Expect;
pub use jobs::{
    Ask, Job, JobId, JobResult, SCORE_CONTEXT_SAMPLES, SCORE_STATE_LEN, SCORE_WINDOW_SAMPLES, ScoreWindow,
    StretchId,
};
pub use patience::{PATIENCE_MS_MAX, patience};
pub use ring::RING_S_MAX;
pub use transcript::{HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript, Utterance};
