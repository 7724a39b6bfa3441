//! Configuration: as written (TOML) → as usable (the types here), with every mistake of every file named at once
//! by file, line, key, why, and what to write instead.
//!
//! Two kinds of file: the daemon's (`klinke.toml`: machine, PBX, models, keys, which sites) and one a site
//! (what the telephone says and does: intents, forms, texts, opening hours, technicians). Every key stands in
//! `docs/configuration.md`; a test holds it to that.
//!
//! On the way: `load` reads files (the only one to touch the disk), `tree` parses them and asks for keys,
//! `daemon_file` and `site_file` (with `texts`, `hours`, `forms`, `on_call`) turn sections into values and check what they
//! say of each other, `place` knows lines and gathers [`Mistakes`].

mod capabilities;
mod choices;
mod conditions;
mod daemon_file;
mod destinations;
mod files;
mod forms;
mod hours;
mod load;
mod loose_ends;
mod mistakes;
mod nearest;
mod notes;
mod on_call;
mod place;
pub mod read_back;
mod said;
mod shipped_texts;
pub mod site;
mod site_file;
mod slot;
mod slots;
mod sound;
mod spoken;
mod texts;
mod tree;

use std::path::PathBuf;

pub use daemon_file::{MODELS_FOLDER, PASSWORD_CREDENTIAL, RECOGNISER_FILE, SPEECH_FILE};
pub use files::{FILE_BYTES_MAX, Files, Unreadable};
pub use load::{Disk, load, load_from, load_site};
pub use loose_ends::{LooseEnd, loose_ends};
pub use mistakes::{MISTAKES_MAX, Mistake, Mistakes, Position};
pub use notes::{Departure, departures, unwritten};
pub use sound::{Codec, MediaPath};
pub use spoken::placeholders;

/// The daemon's configuration as usable: paths absolute, values checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it came from.
    pub file: PathBuf,
    /// Database and everything else that is written.
    pub data_dir: PathBuf,
    /// The root key: where `keys init` makes it and the daemon reads it. A systemd credential named
    /// `klinke-root-key` goes before it.
    pub root_key_file: PathBuf,
    /// Which weights and libraries.
    pub models: Models,
    /// Klinke's voice.
    pub voice: Voice,
    /// The PBX; `None`: only `try`, `talk` and the like work.
    pub asterisk: Option<Asterisk>,
    /// Limits.
    pub limits: Limits,
    /// At least one, by name.
    pub sites: Vec<site::Site>,
}

/// Where models and the library that runs them lie.
#[derive(Clone, Debug)]
pub struct Models {
    /// libonnxruntime; `None`: looked for where packages put it.
    pub onnx_runtime: Option<PathBuf>,
    /// Weights of the speech scorer (Silero, ONNX).
    pub speech: PathBuf,
    /// The recogniser: our own weights (a file), or the folder of another kind.
    pub recogniser: PathBuf,
    /// What runs the recogniser.
    pub device: Device,
    /// Threads that run models.
    pub threads: usize,
}

/// What runs the recogniser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// A GPU where there is one and the library can use it, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// A GPU by CUDA, or not at all.
    Cuda,
}

/// A synthesizer: a program that is run as a process of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Which program.
    pub engine: VoiceEngine,
    /// The engine's name for the voice: `de`, `de+f3`, `de-DE`; empty: its own one of the site's language.
    pub voice: String,
    /// Words a minute; engines that know only a factor take 160 as 1.
    pub words_per_minute: u16,
    /// 0 to 99, 50 as the voice is.
    pub pitch: u8,
}

/// The programs that can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceEngine {
    /// espeak-ng.
    EspeakNg,
    /// pico2wave (SVOX Pico, Debian non-free).
    Pico2wave,
}

impl VoiceEngine {
    /// What it is called on the command line.
    #[must_use]
    pub const fn program(self) -> &'static str {
        match self {
            Self::EspeakNg => "espeak-ng",
            Self::Pico2wave => "pico2wave",
        }
    }
}

/// How to reach Asterisk.
#[derive(Clone, Debug)]
pub struct Asterisk {
    /// Base of ARI: `http://127.0.0.1:8088`, `https://pbx.example:8089`.
    pub url: String,
    /// ARI user.
    pub user: String,
    /// Its password.
    pub password: secrecy::SecretString,
    /// Name of the Stasis application, as the dialplan calls it.
    pub app: String,
    /// The dialplan's context in which extensions that callers are handed to lie; `None`: the one the call came
    /// from.
    pub context: Option<String>,
    /// Whose word about the PBX's certificate counts; `None`: the system's store. Only TLS asks.
    pub authorities: Option<Authorities>,
    /// Which way requests go.
    pub requests: Requests,
    /// The path of the sound; `None`: what this Asterisk offers.
    pub media: Option<MediaPath>,
    /// How it is coded; `None`: as the caller's telephone codes it, where the path carries that.
    pub codec: Option<Codec>,
    /// Our address for sound, as the PBX reaches it.
    pub media_address: std::net::IpAddr,
    /// Our ports for sound, first and last.
    pub media_ports: (u16, u16),
}

/// Which way requests to Asterisk go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requests {
    /// HTTP, any version.
    Http,
    /// The event socket: Asterisk 20.14, 21.9, 22.4 and later.
    WebSocket,
}

/// Authorities that vouch for the PBX's certificate.
#[derive(Clone, Debug)]
pub struct Authorities {
    /// The file they came from.
    pub file: PathBuf,
    /// At least one.
    pub certificates: Vec<rustls::pki_types::CertificateDer<'static>>,
}

/// Limits of the daemon.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls at a time; the next one goes to the dialplan's fallback.
    pub calls_max: usize,
    /// Models, voice or sound so far behind real time, in ms, and for a while: new calls go to the fallback.
    pub lag_ms_max: u32,
    /// Longest call, in seconds; then a spoken sentence and the way out.
    pub call_s_max: u32,
    /// Nobody heard for so long, in seconds: a spoken question; twice so long: the way out.
    pub silence_s_max: u32,
    /// On hold by the caller's telephone for so long, in seconds: a spoken sentence and the way out.
    pub hold_s_max: u32,
    /// Nothing but sound without words for so long while the caller has the floor, in seconds (hold music, a
    /// television): the way out; half of it: a question.
    pub music_s_max: u32,
    /// Things the caller may say in one call; then nobody is believed to be a person any more, and the way out
    /// follows.
    pub turns_max: u32,
}

impl Limits {
    /// What holds where the file says nothing.
    pub const SHIPPED: Self = Self {
        calls_max: 8,
        lag_ms_max: 500,
        call_s_max: 900,
        silence_s_max: 8,
        hold_s_max: 120,
        music_s_max: 30,
        turns_max: 120,
    };
}
