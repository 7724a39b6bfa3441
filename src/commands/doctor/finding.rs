//! What an examination finds: one line a check, and where something is not as it should be, the way out of it.

use serde::Serialize;

use crate::commands::tongue::{Both, both};

/// What is looked at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The files load.
    Configuration,
    /// The unit of systemd, and what it hands to the daemon.
    Service,
    /// The root key.
    RootKey,
    /// The folder of records: it can be written, there is room, and the key fits.
    Store,
    /// The synthesizer speaks.
    Voice,
    /// The library and the weights, and whether they hear.
    Models,
    /// Our ports for sound.
    MediaPorts,
    /// ARI answers.
    Ari,
    /// ARI takes user and password, also for what changes something.
    User,
    /// The version of Asterisk.
    Version,
    /// Its modules.
    Modules,
    /// Its codecs.
    Codecs,
    /// Who has our application's name.
    Application,
    /// What was left behind in the PBX.
    Leftovers,
    /// Asterisk's clock and ours.
    Clock,
    /// Contexts and extensions.
    Dialplan,
    /// Sound both ways.
    TestCall,
}

impl Check {
    /// Every one of them.
    pub const ALL: [Self; 17] = [
        Self::Configuration,
        Self::Service,
        Self::RootKey,
        Self::Store,
        Self::Voice,
        Self::Models,
        Self::Ari,
        Self::User,
        Self::Version,
        Self::Modules,
        Self::Codecs,
        Self::Application,
        Self::Leftovers,
        Self::MediaPorts,
        Self::Dialplan,
        Self::TestCall,
        Self::Clock,
    ];

    /// As people read it, 15 characters at most.
    #[must_use]
    pub fn name(self) -> Both {
        match self {
            Self::Configuration => both!("Konfiguration", "configuration"),
            Self::Service => both!("Dienst", "service"),
            Self::RootKey => both!("Hauptschlüssel", "root key"),
            Self::Store => both!("Ablage", "store"),
            Self::Voice => both!("Stimme", "voice"),
            Self::Models => both!("Modelle", "models"),
            Self::MediaPorts => both!("Medienports", "media ports"),
            Self::Ari => both!("ARI", "ARI"),
            Self::User => both!("ARI-Benutzer", "ARI user"),
            Self::Version => both!("Asterisk", "Asterisk"),
            Self::Modules => both!("Module", "modules"),
            Self::Codecs => both!("Codecs", "codecs"),
            Self::Application => both!("Anwendung", "application"),
            Self::Leftovers => both!("Überbleibsel", "leftovers"),
            Self::Clock => both!("Uhr", "clock"),
            Self::Dialplan => both!("Wählplan", "dialplan"),
            Self::TestCall => both!("Testanruf", "test call"),
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Could not be looked at, because of something else that stands in its own line.
    Unchecked,
    /// Calls are taken; something else is not as it should be.
    Warning,
    /// Calls are not taken, or go wrong.
    Failed,
}

impl Verdict {
    /// As people read it, 10 characters at most.
    #[must_use]
    pub fn name(self) -> Both {
        match self {
            Self::Ok => both!("in Ordnung", "ok"),
            Self::Unchecked => both!("offen", "unchecked"),
            Self::Warning => both!("Warnung", "warning"),
            Self::Failed => both!("Fehler", "failed"),
        }
    }
}

/// A step that puts it right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Something to decide or to look at.
    Do(Both),
    /// A line to write, and into which file.
    Write {
        /// The file.
        file: String,
        /// The line.
        line: String,
    },
    /// A command to run as root.
    Run(String),
}

impl Fix {
    /// A line to write.
    pub fn write(file: impl Into<String>, line: impl Into<String>) -> Self {
        Self::Write { file: file.into(), line: line.into() }
    }

    /// A command to run.
    pub fn run(command: impl Into<String>) -> Self {
        Self::Run(command.into())
    }
}

/// What one check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub check: Check,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, one line.
    pub found: Both,
    /// Steps in their order; none where all is well.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub const fn ok(check: Check, found: Both) -> Self {
        Self { check, verdict: Verdict::Ok, found, fixes: Vec::new() }
    }

    /// Not as it should be.
    #[must_use]
    pub const fn warning(check: Check, found: Both, fixes: Vec<Fix>) -> Self {
        Self { check, verdict: Verdict::Warning, found, fixes }
    }

    /// Wrong.
    #[must_use]
    pub const fn failed(check: Check, found: Both, fixes: Vec<Fix>) -> Self {
        Self { check, verdict: Verdict::Failed, found, fixes }
    }

    /// Not looked at.
    #[must_use]
    pub const fn unchecked(check: Check, why: Both) -> Self {
        Self { check, verdict: Verdict::Unchecked, found: why, fixes: Vec::new() }
    }
}
