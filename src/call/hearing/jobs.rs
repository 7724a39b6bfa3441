//! Models are asked, never called: a [`Job`] goes out with an id, its [`JobResult`] comes back as an input.
//! That is what lets inference batch over all calls.

use std::sync::Arc;

use super::{Expect, Transcript};

/// Names a job within its call; results of jobs that nobody waits for any more are dropped.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct JobId(pub u64);

/// Names a stretch of speech within its call; later ones have larger numbers, and only the latest is still spoken
/// of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StretchId(pub u64);

/// Samples in one window of the speech scorer: 32 ms at 8 kHz (Silero 6).
pub const SCORE_WINDOW_SAMPLES: usize = 256;
/// Samples of the previous window that the scorer sees again.
pub const SCORE_CONTEXT_SAMPLES: usize = 32;
/// The scorer's recurrent state: 2 × 128 values.
pub const SCORE_STATE_LEN: usize = 256;

/// One window for the speech scorer with the state that belongs to its call. It travels out as a job and comes
/// back with the result, so that scoring allocates nothing.
#[derive(Clone, PartialEq)]
pub struct ScoreWindow {
    /// The last samples of the window before, ±1.
    pub context: [f32; SCORE_CONTEXT_SAMPLES],
    /// The window, ±1.
    pub samples: [f32; SCORE_WINDOW_SAMPLES],
    /// The recurrent state after the window before; the scorer updates it in place.
    pub state: [f32; SCORE_STATE_LEN],
}

impl Default for ScoreWindow {
    fn default() -> Self {
        Self {
            context: [0.0; SCORE_CONTEXT_SAMPLES],
            samples: [0.0; SCORE_WINDOW_SAMPLES],
            state: [0.0; SCORE_STATE_LEN],
        }
    }
}

impl std::fmt::Debug for ScoreWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScoreWindow")
    }
}

/// What a recogniser is asked about the sound that it has heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Nothing: it only listens.
    #[default]
    Nothing,
    /// The words so far, as far as its look-ahead lets it know them.
    SoFar,
    /// The words as if nothing more came: all of them, at once.
    AsIfEnded,
}

/// A question to the models.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// How likely is it that this window is speech?
    Score {
        /// Whose answer.
        id: JobId,
        /// The window and its state; comes back with the answer.
        window: Box<ScoreWindow>,
    },
    /// Listen to what followed in a stretch of speech, and answer what is asked about it. The recogniser's side knows
    /// what came before, by call and stretch; a new stretch of a call ends the one before.
    Hear {
        /// Whose answer.
        id: JobId,
        /// Which stretch; unknown: its sound begins here.
        stretch: StretchId,
        /// What followed: 8 kHz, 16 bit, at most half a second.
        samples: Box<[i16]>,
        /// What the dialogue hopes to hear, likeliest first; what counts is how it was when the stretch began.
        expect: Arc<[Expect]>,
        /// What is asked.
        ask: Ask,
    },
    /// A stretch is over: nothing of it is kept. Has no answer.
    Forget {
        /// Which.
        stretch: StretchId,
    },
}

/// What the models answered.
#[derive(Clone, Debug, PartialEq)]
pub enum JobResult {
    /// To [`Job::Score`].
    Scored {
        /// Whose answer.
        id: JobId,
        /// 0 to 1.
        probability: f32,
        /// The same box, its state brought forward.
        window: Box<ScoreWindow>,
    },
    /// To [`Job::Hear`].
    Heard {
        /// Whose answer.
        id: JobId,
        /// What was said; `None` where nothing was asked.
        transcript: Option<Transcript>,
    },
    /// The model could not answer; the call goes to its fallback.
    Failed {
        /// Whose answer.
        id: JobId,
        /// For the journal; holds no personal data.
        cause: String,
    },
}
