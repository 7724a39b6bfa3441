//! The synthesizer's process: text in by its standard input, WAV out, within a time and a size.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::VoiceError;
use super::sound::WAV_BYTES_MAX;
use crate::config::site::Language;
use crate::config::{self, VoiceEngine};

/// Longest text, in characters: about two minutes of speech.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Longest time that a synthesizer may take, in ms. espeak-ng needs about 10 for a sentence.
pub const RENDER_MS_MAX: u64 = 5_000;
/// Where espeak-ng looks for its voices, if not in its own place.
const VOICES_VARIABLE: &str = "ESPEAK_DATA_PATH";
/// How much of what a synthesizer complains about is read, in bytes.
const COMPLAINT_BYTES_MAX: u64 = 4_096;
/// How much of it is passed on, in characters.
const COMPLAINT_CHARS_MAX: usize = 200;
/// Slow speech, as a part of the usual speed.
const SLOW_PERCENT: u32 = 75;
/// The speed that pico calls 100, in words a minute.
const PICO_WORDS_PER_MINUTE: u32 = 160;

/// A program that speaks, with its settings.
pub struct Synthesizer {
    config: config::Voice,
    /// Where the program is looked for: `PATH`.
    pub search_path: OsString,
}

impl Synthesizer {
    /// The configured program; an empty voice name becomes the language's own voice.
    pub fn new(mut config: config::Voice, language: Language) -> Self {
        if config.voice.is_empty() {
            config.voice = match (config.engine, language) {
                (VoiceEngine::EspeakNg, Language::German) => "de",
                (VoiceEngine::EspeakNg, Language::English) => "en-gb",
                (VoiceEngine::Pico2wave, Language::German) => "de-DE",
                (VoiceEngine::Pico2wave, Language::English) => "en-GB",
            }
            .into();
        }
        let search_path = std::env::var_os("PATH").unwrap_or_default();
        Self { config, search_path }
    }

    /// What it is called on the command line.
    pub const fn program(&self) -> &'static str {
        self.config.engine.program()
    }

    const fn package(&self) -> &'static str {
        match self.config.engine {
            VoiceEngine::EspeakNg => "espeak-ng",
            VoiceEngine::Pico2wave => "libttspico-utils",
        }
    }

    /// What the program makes of `text`: WAV as it wrote it. Dropping the future kills the process.
    pub async fn speak(&self, text: &str, slowly: bool) -> Result<Vec<u8>, VoiceError> {
        let chars = text.chars().count();
        if chars > TEXT_CHARS_MAX {
            return Err(VoiceError::TextTooLong { chars });
        }
        let work = async {
            match self.config.engine {
                VoiceEngine::EspeakNg => self.espeak_ng(&plain(text), slowly).await,
                VoiceEngine::Pico2wave => self.pico2wave(&plain(text), slowly).await,
            }
        };
        timeout(Duration::from_millis(RENDER_MS_MAX), work)
            .await
            .unwrap_or(Err(VoiceError::TooSlow { program: self.program() }))
            .map_err(|error| unquoted(error, text))
    }

    async fn espeak_ng(&self, text: &str, slowly: bool) -> Result<Vec<u8>, VoiceError> {
        let mut command = self.command();
        command
            .args(["--stdin", "--stdout", "-b", "1", "-z"])
            .args(["-v", &self.config.voice])
            .args(["-s", &self.words_per_minute(slowly).to_string()])
            .args(["-p", &self.config.pitch.to_string()])
            .stdout(Stdio::piped());
        let mut child = self.start(&mut command)?;
        let (output, complaint) = (child.stdout.take(), child.stderr.take());
        let (written, output, complaint) = tokio::join!(
            write(&mut child, text),
            read(output, WAV_BYTES_MAX + 1),
            read(complaint, COMPLAINT_BYTES_MAX)
        );
        let output = output.map_err(|cause| self.broken(cause))?;
        if output.len() as u64 > WAV_BYTES_MAX {
            return Err(VoiceError::SoundTooLong { program: self.program() });
        }
        self.finish(child, written, complaint).await?;
        Ok(output)
    }

    /// pico2wave writes only to a file that it can go back in. It gets one in memory that has no name any more.
    async fn pico2wave(&self, text: &str, slowly: bool) -> Result<Vec<u8>, VoiceError> {
        let mut sound = unnamed_file().map_err(|cause| self.broken(cause))?;
        let output = sound.try_clone().map_err(|cause| self.broken(cause))?;
        let mut command = self.command();
        command.args(["-w", "/dev/stdout", "-l", &self.config.voice]).stdout(output);
        let mut child = self.start(&mut command)?;
        let speed = (self.words_per_minute(slowly) * 100 / PICO_WORDS_PER_MINUTE).clamp(20, 500);
        let pitch = 50 + u32::from(self.config.pitch);
        let marked = format!("<speed level=\"{speed}\"><pitch level=\"{pitch}\">{text}</pitch></speed>");
        let complaint = child.stderr.take();
        let (written, complaint) =
            tokio::join!(write(&mut child, &marked), read(complaint, COMPLAINT_BYTES_MAX));
        self.finish(child, written, complaint).await?;
        let mut wav = Vec::new();
        sound
            .seek(SeekFrom::Start(0))
            .and_then(|_| sound.take(WAV_BYTES_MAX + 1).read_to_end(&mut wav))
            .map_err(|cause| self.broken(cause))?;
        if wav.len() as u64 > WAV_BYTES_MAX {
            return Err(VoiceError::SoundTooLong { program: self.program() });
        }
        Ok(wav)
    }

    /// The bare program: nothing of our environment reaches it but where to find things.
    fn command(&self) -> Command {
        let mut command = Command::new(self.program());
        command.env_clear().current_dir("/").stdin(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.env("PATH", &self.search_path);
        command.envs(std::env::var_os(VOICES_VARIABLE).map(|value| (VOICES_VARIABLE, value)));
        command
    }

    fn start(&self, command: &mut Command) -> Result<Child, VoiceError> {
        command.spawn().map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => {
                VoiceError::NotInstalled { program: self.program(), package: self.package() }
            }
            _ => self.broken(cause),
        })
    }

    /// Waits for the end and judges it.
    async fn finish(
        &self,
        mut child: Child,
        written: io::Result<()>,
        complaint: io::Result<Vec<u8>>,
    ) -> Result<(), VoiceError> {
        let status = child.wait().await.map_err(|cause| self.broken(cause))?;
        let complaint = complaint.map_err(|cause| self.broken(cause))?;
        if !status.success() {
            return Err(self.refused(status, &complaint));
        }
        written.map_err(|cause| self.broken(cause))
    }

    fn refused(&self, status: ExitStatus, complaint: &[u8]) -> VoiceError {
        let complaint = String::from_utf8_lossy(complaint);
        if complaint.contains("Missing argument") {
            return VoiceError::Exposed { program: self.program() };
        }
        let first: String =
            complaint.lines().next().unwrap_or_default().chars().take(COMPLAINT_CHARS_MAX).collect();
        let first = first.trim_start_matches("Error: ").trim_end_matches('.').to_owned();
        let cause = if first.is_empty() { status.to_string() } else { first };
        VoiceError::Refused { program: self.program(), voice: self.config.voice.clone(), cause }
    }

    const fn broken(&self, cause: io::Error) -> VoiceError {
        VoiceError::Run { program: self.program(), cause }
    }

    fn words_per_minute(&self, slowly: bool) -> u32 {
        let usual = u32::from(self.config.words_per_minute);
        if slowly { usual * SLOW_PERCENT / 100 } else { usual }
    }
}

/// The error without its cause where that has a word or number of `text`: who complains may quote what he was
/// given, and that is personal.
fn unquoted(error: VoiceError, text: &str) -> VoiceError {
    let VoiceError::Refused { program, voice, cause } = error else { return error };
    let (complaint, text) = (cause.to_lowercase(), text.to_lowercase());
    let said: HashSet<&str> = words(&text).collect();
    let quotes = words(&complaint).any(|word| said.contains(word));
    let cause = if quotes { "it quoted the text, which is personal".to_owned() } else { cause };
    VoiceError::Refused { program, voice, cause }
}

/// Words and numbers that are long enough to count as a quotation.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let all = text.split(|sign: char| !sign.is_alphanumeric());
    all.filter(|word| word.chars().count() >= QUOTED_CHARS_MIN)
}

/// Letters or digits in a row that count as a quotation.
const QUOTED_CHARS_MIN: usize = 3;

/// The text without anything that a synthesizer takes for more than text: control characters (espeak-ng's
/// embedded commands), `[[` (its phonemes), `<` (markup).
fn plain(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() || "[]<>".contains(sign) { ' ' } else { sign }).collect()
}

/// Hands the text over and closes the pipe. A text fits into the pipe's buffer, so this does not wait.
async fn write(child: &mut Child, text: &str) -> io::Result<()> {
    let Some(mut input) = child.stdin.take() else { return Ok(()) };
    input.write_all(text.as_bytes()).await
}

async fn read(from: Option<impl AsyncRead + Unpin>, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(bytes_max).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// A file in memory, for its owner only, that nobody can find: its name is gone before anything is in it.
fn unnamed_file() -> io::Result<File> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = format!("/dev/shm/klinke-{}-{count}", std::process::id());
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{VoiceError, plain, unquoted};

    #[test]
    fn a_complaint_does_not_quote_the_text() {
        let told = |cause: &str| {
            let refused = VoiceError::Refused { program: "p", voice: "v".into(), cause: cause.into() };
            unquoted(refused, "Ihre Nummer ist 0711, Frau Zeisigkeit?").to_string()
        };
        for quoting in ["cannot say 'zeisigkeit'", "no rule for 0711"] {
            assert!(!told(quoting).contains(quoting), "{}", told(quoting));
        }
        assert!(told("the voice does not exist").contains("the voice does not exist"));
    }

    #[test]
    fn nothing_but_text_reaches_the_synthesizer() {
        assert_eq!(
            plain("Herr [[h@l'oU]] <b>Müller</b>\u{1}30P, gut?"),
            "Herr   h@l'oU    b Müller /b  30P, gut?"
        );
    }
}
