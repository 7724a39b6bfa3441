//! Hearing: from frames to utterances.
mod expectation;
mod jobs;
mod transcript;

pub use expectation::Expect;
pub use jobs::{
    Job, JobId, JobResult, SCORE_CONTEXT_SAMPLES, SCORE_STATE_LEN, SCORE_WINDOW_SAMPLES, ScoreWindow,
};
pub use transcript::{HYPOTHESES_MAX, HeardWord, Hypothesis, Transcript, Utterance};
