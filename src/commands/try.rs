//! `klinke try`: one call without a PBX, from a sound file or a text script.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;

use super::output::print;
use super::ready::ready;
use super::show::Terminal;
use super::trial::{self, Scratch, Trial};
use crate::call::audio::halfband::halved;
use crate::call::line::{Arrival, Frame, VoiceFrame};
use crate::call::{Event, Input, Onlooker};
use crate::clock::Instant;
use crate::config::site::Language;
use crate::config::{self, Config};
use crate::daemon::clock::Clock;
use crate::daemon::credentials;
use crate::daemon::pbx::local::{private_file, tracks::TracksFile, wav};
use crate::daemon::store::Store;
use crate::daemon::voice::Voice;
use crate::models::telephone::through_telephone;
use crate::record::{CallRecord, Ending};
use crate::sim::caller::{Caller, Tape, Telephone};
use crate::sim::script::{SCRIPT_LINE_BYTES_MAX, SCRIPT_LINES_MAX, Script};
use crate::sim::trace::{Header, Step, TRACE_VERSION};

/// Arguments of `klinke try`.
#[derive(Args)]
pub struct Try {
    #[command(flatten)]
    config: super::ConfigFile,
    /// What the caller says: a WAV file, any length.
    #[arg(value_name = "CALLER.WAV", conflicts_with = "text", required_unless_present = "text")]
    sound: Option<PathBuf>,
    /// What the caller says: a text script, one utterance a line.
    #[arg(long, value_name = "SCRIPT")]
    text: Option<PathBuf>,
    /// Have the script spoken by this espeak-ng voice, over a telephone line, instead of typed.
    #[arg(long, value_name = "VOICE", requires = "text", num_args = 0..=1, default_missing_value = "de+f3")]
    speak: Option<String>,
    /// As fast as the machine can, instead of in real time. Reaction times then count waiting, not computing.
    #[arg(long)]
    fast: bool,
    /// One JSON object a line: what was heard, understood, decided, done, said; last the call record.
    #[arg(long)]
    json: bool,
    /// Keep both tracks as a stereo WAV file: the caller left, Klinke right.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write everything that reached the call, without sound, so that it can be replayed. Holds what was said.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Which site is called; the first one unless given.
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// The caller's number, as a PBX would give it.
    #[arg(long, value_name = "NUMBER")]
    caller: Option<String>,
    /// Keep the record and what was booked in the site's own store, as a call from the PBX would.
    #[arg(long)]
    keep: bool,
}

impl Try {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(&self.config.config)?;
        let site = super::place(&config, self.site.as_deref())?;
        // What the caller says is read before models are loaded: its mistakes show at once.
        let material = self.material()?;
        let runtime = tokio::runtime::Runtime::new()?;
        let ready = runtime.block_on(ready(&config))?;
        let telephone = material.telephone(self.speak.as_deref(), &config, site)?;
        let arrival = Arrival { caller: self.caller.clone().map(Into::into), ..Arrival::default() };
        let mut watch = self.watch(config.sites[site].language)?;
        let scratch = Scratch::new()?;
        let (store, dir, root) = if self.keep {
            let root = || credentials::root_key(&config.root_key_file);
            (Store::open(&config.data_dir, root()?)?, config.data_dir.as_path(), root()?)
        } else {
            let (store, again) = scratch.store()?;
            (store, scratch.dir(), again)
        };
        let trial = Trial { telephone, arrival, site, fast: self.fast };
        let clock = Clock::start();
        let call = trial::hold(&config, ready, store, &runtime, trial, &mut watch)?;
        let took_s = clock.now().since(Instant::START).as_secs_f64();
        let record = Store::open_existing(dir, root)
            .and_then(|mut store| store.record(call))
            .context("the call was held, but nothing is kept of it")?;
        if self.fast && !self.json {
            let call_s = record.length_ms as f64 / 1000.0;
            print(&format!(
                "\n{call_s:.1} s of call in {took_s:.2} s: real-time factor {:.3}",
                took_s / call_s.max(0.02)
            ))?;
        }
        watch.finish(&record)
    }

    fn material(&self) -> anyhow::Result<Material> {
        if let Some(path) = &self.sound {
            let sound =
                wav::read_file(path).with_context(|| format!("cannot use {} as a caller", path.display()))?;
            return Ok(Material::Sound(sound));
        }
        let Some(path) = &self.text else { bail!("give a WAV file, or --text and a script") };
        Ok(Material::Script(read_script(path)?))
    }

    fn watch(&self, language: Language) -> anyhow::Result<Watch> {
        let create = |path: &PathBuf| {
            private_file(path).with_context(|| format!("cannot write {}", path.display())).map(BufWriter::new)
        };
        let out = self.out.as_deref();
        let tracks = out
            .map(|path| TracksFile::create(path).with_context(|| format!("cannot write {}", path.display())))
            .transpose()?;
        let trace = self.trace.as_ref().map(create).transpose()?;
        let terminal = (!self.json).then(|| Terminal::new(language));
        Ok(Watch { terminal, tracks, trace, failure: None, kept: true })
    }
}

/// Reads a script.
pub fn read_script(path: &Path) -> anyhow::Result<Script> {
    let unusable = || format!("cannot use the script {}", path.display());
    let text = super::read_text(path, SCRIPT_BYTES_MAX).with_context(unusable)?;
    Script::parse(&text).with_context(unusable)
}

/// Longest script file that is read: what a script's lines may hold.
const SCRIPT_BYTES_MAX: u64 = (SCRIPT_LINES_MAX * SCRIPT_LINE_BYTES_MAX) as u64;

/// What the caller says.
pub enum Material {
    /// 8 kHz, 16 bit.
    Sound(Vec<i16>),
    /// Lines to say or type.
    Script(Script),
}

impl Material {
    /// A telephone with this caller at it; a script is typed, or spoken by the espeak-ng voice `speak`.
    pub fn telephone(
        self,
        speak: Option<&str>,
        config: &Config,
        site: usize,
    ) -> anyhow::Result<Box<dyn Telephone + Send>> {
        Ok(match (self, speak) {
            (Self::Sound(sound), _) => Box::new(Tape::new(sound.into())),
            (Self::Script(script), None) => Box::new(Caller::typing(script)),
            (Self::Script(script), Some(voice)) => {
                let voice = config::Voice {
                    engine: config::VoiceEngine::EspeakNg,
                    voice: voice.to_owned(),
                    words_per_minute: CALLER_WORDS_PER_MINUTE,
                    pitch: 50,
                };
                let voice = Voice::new(voice, config.sites[site].language);
                let mut sounds = HashMap::new();
                for text in script.texts() {
                    let sound = voice.render_blocking(text, false).context("the caller cannot speak")?;
                    sounds.insert(text.to_owned(), through_telephone(&halved(&sound)).into());
                }
                Box::new(Caller::speaking(script, sounds))
            }
        })
    }
}

/// A caller speaks a little slower than a synthesizer does.
const CALLER_WORDS_PER_MINUTE: u16 = 140;

/// Everything that is shown and kept of a trial call.
struct Watch {
    /// `None`: JSON lines.
    terminal: Option<Terminal>,
    tracks: Option<TracksFile>,
    trace: Option<BufWriter<File>>,
    /// The first thing that could not be written.
    failure: Option<anyhow::Error>,
    /// Whether the store kept everything so far.
    kept: bool,
}

impl Onlooker for Watch {
    fn began(&mut self, at: Timestamp, site: &str, arrival: &Arrival) {
        let caller = arrival.caller.clone();
        self.write_trace(&Header { trace: TRACE_VERSION, at, site: site.to_owned(), caller });
    }

    fn event(&mut self, event: &Event) {
        match &mut self.terminal {
            Some(terminal) => terminal.event(event),
            None => {
                let printed = print_json(event);
                self.note(printed);
            }
        }
    }

    fn input(&mut self, ns: Instant, input: &Input) {
        self.kept &= *input != Input::KeepFailed;
        self.write_trace(&Step { ns, input: input.into() });
    }

    fn frames(&mut self, caller: &Frame, klinke: &VoiceFrame) {
        let pushed = self.tracks.as_mut().map_or(Ok(()), |tracks| tracks.push(caller, klinke));
        self.note(pushed.context("cannot write the tracks"));
    }
}

impl Watch {
    fn write_trace(&mut self, line: &impl serde::Serialize) {
        if let Some(trace) = &mut self.trace {
            let line = serde_json::to_string(line).unwrap_or_default();
            let written = writeln!(trace, "{line}").context("cannot write the trace");
            self.note(written);
        }
    }

    /// Keeps the first failure; the call goes on.
    fn note(&mut self, done: anyhow::Result<()>) {
        if let Err(error) = done {
            self.failure.get_or_insert(error);
        }
    }

    fn finish(self, record: &CallRecord) -> anyhow::Result<()> {
        if let Some(tracks) = self.tracks {
            tracks.finish().context("cannot write the tracks")?;
        }
        if let Some(mut trace) = self.trace {
            trace.flush().context("cannot write the trace")?;
        }
        let printed = match (self.failure, self.terminal) {
            (Some(failure), _) => Err(failure),
            (None, Some(_)) => print(&format!("\n{}", serde_json::to_string_pretty(record)?)),
            (None, None) => print_json(&Last { event: "call_record", record }),
        };
        if !self.kept || record.ending == Ending::Unfinished {
            bail!("the record of call {} is not whole: the store could not keep all of it", record.id);
        }
        printed
    }
}

/// The last line of `--json`.
#[derive(serde::Serialize)]
struct Last<'a> {
    event: &'static str,
    #[serde(flatten)]
    record: &'a CallRecord,
}

fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string(value)?)
}
