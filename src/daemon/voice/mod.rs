//! The voice: text as sound, by a synthesizer that runs as a process of its own (linking espeak-ng would make
//! the daemon GPL).
//!
//! A text is personal: it may read a caller's name back. So it reaches the synthesizer by its standard input
//! and never as an argument, which every user of the machine could read in the process list; nothing touches a
//! disk; only fixed phrases, which hold no values, are kept. What comes back is brought to 16 kHz and to the level
//! of a telephone, and begins with its first sound: silence there would be reaction time.

mod program;
pub mod recordings;
mod sound;

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::future::try_join_all;
use tokio::sync::Semaphore;

use crate::call::speech::Rendered;
use crate::config;
use crate::config::site::Language;

pub use program::{RENDER_MS_MAX, TEXT_CHARS_MAX};
pub use sound::{LEVEL_DBFS, PEAK_DBFS_MAX, PHRASE_S_MAX, SILENCE_AFTER_MS_MAX, SILENCE_BEFORE_MS_MAX};

/// Synthesizers that run at a time; the next one waits.
pub const PROCESSES_MAX: usize = 4;
/// Phrases that are kept. At 3 s a phrase they take 48 MB.
pub const FIXED_PHRASES_MAX: usize = 500;

/// Why a text could not be spoken. No message holds the text.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The program is not there.
    #[error("{program} is not installed; install it: apt install {package}")]
    NotInstalled {
        /// As it was looked for.
        program: &'static str,
        /// The Debian package that brings it.
        package: &'static str,
    },
    /// The program could not be started or spoken to.
    #[error("cannot run {program}: {cause}")]
    Run {
        /// Which.
        program: &'static str,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The program gave up.
    #[error("{program} could not speak: {cause}; does it know the voice {voice:?}?")]
    Refused {
        /// Which.
        program: &'static str,
        /// As it was configured.
        voice: String,
        /// The first line that it wrote about it.
        cause: String,
    },
    /// The program would show callers' words to every user of the machine.
    #[error(
        "this {program} takes its text only as an argument, which every user of the machine \
         can read in the process list; use espeak-ng, or a {program} that reads its standard input"
    )]
    Exposed {
        /// Which.
        program: &'static str,
    },
    /// The program did not come to an end.
    #[error("{program} took longer than {RENDER_MS_MAX} ms and was stopped")]
    TooSlow {
        /// Which.
        program: &'static str,
    },
    /// A text beyond the limit.
    #[error("a text of {chars} characters is too long to be spoken; {TEXT_CHARS_MAX} are taken")]
    TextTooLong {
        /// How long it is.
        chars: usize,
    },
    /// Sound beyond the limit.
    #[error("{program} made more than {PHRASE_S_MAX} s of sound out of one text")]
    SoundTooLong {
        /// Which.
        program: &'static str,
    },
    /// The program wrote something else than sound.
    #[error("{program} wrote no usable sound: {cause}")]
    Sound {
        /// Which.
        program: &'static str,
        /// What is wrong with it.
        cause: &'static str,
    },
    /// More fixed phrases than are kept.
    #[error("{phrases} fixed phrases are too many; {FIXED_PHRASES_MAX} are kept")]
    TooManyPhrases {
        /// How many were given.
        phrases: usize,
    },
}

/// One voice, shared by all calls of a site.
pub struct Voice {
    synthesizer: program::Synthesizer,
    processes: Semaphore,
    fixed: RwLock<HashMap<String, Rendered>>,
}

impl Voice {
    /// The voice as configured. An empty voice name stands for the engine's own voice of that language. Whether
    /// the program is there shows when it first speaks: see [`prerender`](Self::prerender).
    #[must_use]
    pub fn new(config: config::Voice, language: Language) -> Self {
        Self {
            synthesizer: program::Synthesizer::new(config, language),
            processes: Semaphore::new(PROCESSES_MAX),
            fixed: RwLock::default(),
        }
    }

    /// The same voice with its program looked for elsewhere than in `PATH`, which is where it is looked for.
    #[must_use]
    pub fn with_search_path(mut self, search_path: impl Into<OsString>) -> Self {
        self.synthesizer.search_path = search_path.into();
        self
    }

    /// `text` as sound: 16 kHz, 16 bit, at the level of a telephone, without silence before it. Dropping the
    /// future stops the synthesizer.
    ///
    /// # Errors
    /// No program, one that fails, one that takes too long, a text or sound beyond the limits.
    pub async fn render(&self, text: &str, slowly: bool) -> Result<Rendered, VoiceError> {
        if !slowly && let Some(sound) = self.fixed(text) {
            return Ok(sound);
        }
        // The semaphore is never closed; were it, one process more would do no harm.
        let _permit = self.processes.acquire().await;
        let wav = self.synthesizer.speak(text, slowly).await?;
        sound::telephone(&wav, self.synthesizer.program()).map(Arc::from)
    }

    /// The same for a caller that is no task: waits on a thread of its own.
    ///
    /// # Errors
    /// As [`render`](Self::render).
    pub fn render_blocking(&self, text: &str, slowly: bool) -> Result<Rendered, VoiceError> {
        if !slowly && let Some(sound) = self.fixed(text) {
            return Ok(sound);
        }
        let program = self.synthesizer.program();
        let wait = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|cause| VoiceError::Run { program, cause })?;
            runtime.block_on(self.render(text, slowly))
        };
        std::thread::scope(|scope| scope.spawn(wait).join())
            .unwrap_or(Err(VoiceError::Sound { program, cause: "reading it panicked" }))
    }

    /// Renders phrases that hold no values and keeps them, so that a call hears them at once. The daemon does
    /// this at start, which also shows whether the voice works.
    ///
    /// # Errors
    /// As [`render`](Self::render), and more phrases than are kept.
    pub async fn prerender(&self, texts: &[&str]) -> Result<(), VoiceError> {
        if texts.len() > FIXED_PHRASES_MAX {
            return Err(VoiceError::TooManyPhrases { phrases: texts.len() });
        }
        let sounds = try_join_all(texts.iter().map(|text| self.render(text, false))).await?;
        let mut fixed = self.fixed.write().unwrap_or_else(PoisonError::into_inner);
        fixed.clear();
        fixed.extend(texts.iter().map(|&text| text.to_owned()).zip(sounds));
        Ok(())
    }

    /// From now on these texts sound like that: somebody has read them out. Asked to speak slowly, the voice says them.
    pub fn keep(&self, sounds: Vec<(String, Rendered)>) {
        self.fixed.write().unwrap_or_else(PoisonError::into_inner).extend(sounds);
    }

    fn fixed(&self, text: &str) -> Option<Rendered> {
        self.fixed.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned()
    }
}
