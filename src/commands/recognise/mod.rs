//! `klinke recognise`: speech files to text, for administrators who tune a site, and for whoever measures.
//!
//! The models are loaded once, each file's words are printed as soon as they are there, and the sound is fed as a
//! call feeds it. A file that cannot be used is told in its place, the others are heard, and the exit code is 1 at
//! the end.

mod told;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;

use super::output::{self, print};
use crate::call::hearing::{Ask, Expect};
use crate::call::line::SAMPLE_RATE_HZ;
use crate::config::{self, Config, Device};
use crate::daemon::pbx::local::wav;
use crate::models::Recognise as _;
use crate::models::telephone::Line;
use crate::models::{Fed, Lexicon, Recogniser, places, plain, runtime};
use told::Teller;

/// Longest file of phrases, in bytes.
const PHRASES_BYTES_MAX: u64 = 1024 * 1024;
/// Most phrases.
const PHRASES_MAX: usize = 20_000;
/// Sound is fed in pieces of 80 ms, in samples; after each there may be a look at what was heard so far.
const PIECE_SAMPLES: usize = 80 * SAMPLE_RATE_HZ as usize / 1000;

/// Arguments of `klinke recognise`.
#[derive(Args)]
pub struct Recognise {
    /// WAV and FLAC files of any usual rate and width.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line instead of text.
    #[arg(long)]
    json: bool,
    /// Print also what was heard so far, and when.
    #[arg(long)]
    partials: bool,
    /// Listen as if the sound had come over a telephone: 300 to 3,400 Hz, G.711.
    #[arg(long)]
    telephone: bool,
    /// Noise on that telephone, so many dB below the speech; implies `--telephone`.
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = parse_noise)]
    telephone_noise: Option<f32>,
    /// Packets lost on the way from it, in percent, and concealed as in a call; implies `--telephone`.
    #[arg(long, value_name = "PERCENT", default_value = "0", value_parser = parse_loss)]
    telephone_loss: f32,
    /// Where the chance of noise and loss begins: the same file, line and seed give the same sound.
    #[arg(long, value_name = "NUMBER", default_value_t = Line::CLEAN.seed)]
    telephone_seed: u64,
    /// What the dialogue would expect; may be given several times, the likeliest first.
    #[arg(long, value_name = "KIND", value_parser = parse_expect)]
    expect: Vec<Expect>,
    /// What may be said besides what callers say anywhere, one a line: sentences, names, words.
    #[arg(long, value_name = "FILE")]
    phrases: Option<PathBuf>,
    /// The recogniser's weights instead of the configured ones.
    #[arg(long, value_name = "PATH")]
    recogniser: Option<PathBuf>,
    /// The daemon's configuration: its models, and the words of its site. Without it, what callers say anywhere.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which of its sites, where it has several.
    #[arg(long, value_name = "ID", requires = "config")]
    site: Option<String>,
}

fn parse_expect(name: &str) -> Result<Expect, String> {
    name.parse()
}

fn parse_noise(text: &str) -> Result<f32, String> {
    within(text, -40.0..=90.0)
}

fn parse_loss(text: &str) -> Result<f32, String> {
    within(text, 0.0..=100.0)
}

fn within(text: &str, range: std::ops::RangeInclusive<f32>) -> Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a number from {} to {} is wanted", range.start(), range.end()))
}

impl Recognise {
    /// Runs it.
    ///
    /// # Errors
    /// No models, or a mistake in the configuration; at the end, where a file could not be used.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.config.as_deref().map(config::load).transpose()?;
        let listed = self.listed()?;
        let lexicon = Arc::new(Self::lexicon(config.as_ref(), self.site.as_deref(), &listed)?);
        let mut recogniser = self.recogniser(config)?;
        let expect = self.expect();
        let teller = Teller::new(self.json, self.line(), &listed);
        teller.begin()?;
        let mut unusable = Vec::new();
        for file in &self.files {
            let outcome = self.hear(&mut recogniser, file, &expect, &lexicon, &teller);
            match outcome {
                Ok(()) => {}
                Err(error) if error.downcast_ref::<wav::WavError>().is_some() => {
                    let cause = output::told(&error);
                    teller.unusable(file, &cause)?;
                    unusable.push((file, cause));
                }
                Err(error) => return Err(error),
            }
        }
        match unusable.first() {
            None => Ok(()),
            Some((file, cause)) => bail!(
                "cannot use {} of {} files, the first of them {}: {cause}",
                unusable.len(),
                self.files.len(),
                file.display()
            ),
        }
    }

    fn hear(
        &self,
        recogniser: &mut Recogniser,
        file: &Path,
        expect: &[Expect],
        lexicon: &Arc<Lexicon>,
        teller: &Teller<'_>,
    ) -> anyhow::Result<()> {
        let mut sound = wav::read_file(file)?;
        if let Some(line) = self.line() {
            sound = line.carry(&sound);
        }
        let mut stream = recogniser.begin(lexicon, expect)?;
        let (mut fed, mut before) = (0, String::new());
        for samples in sound.chunks(PIECE_SAMPLES) {
            recogniser.hear(&mut [Fed { stream: &mut stream, samples }])?;
            fed += samples.len();
            if self.partials && fed < sound.len() {
                let so_far = recogniser.transcript(&mut stream, Ask::SoFar)?;
                let text = so_far.best().map(|best| best.text().into_revealed()).unwrap_or_default();
                if text != before {
                    teller.partial(file, fed, &so_far)?;
                    before = text;
                }
            }
        }
        let transcript = recogniser.transcript(&mut stream, Ask::AsIfEnded)?;
        teller.heard(file, sound.len(), &transcript)
    }

    /// The telephone that the sound comes over, if it does.
    fn line(&self) -> Option<Line> {
        let (noise_db, loss_percent) = (self.telephone_noise, self.telephone_loss);
        let telephone = self.telephone || noise_db.is_some() || loss_percent > 0.0;
        telephone.then_some(Line { noise_db, loss_percent, seed: self.telephone_seed })
    }

    /// What is expected; whoever brings phrases expects them.
    fn expect(&self) -> Vec<Expect> {
        let mut expect = self.expect.clone();
        if self.phrases.is_some() && !expect.contains(&Expect::Free) {
            expect.push(Expect::Free);
        }
        expect
    }

    fn recogniser(&self, config: Option<Config>) -> anyhow::Result<Recogniser> {
        runtime::open(config.as_ref().and_then(|config| config.models.onnx_runtime.as_deref()))?;
        let device = config.as_ref().map_or(Device::Auto, |config| config.models.device);
        let configured = config.map(|config| config.models.recogniser);
        let weights = self.recogniser.clone().or(configured);
        Ok(Recogniser::load(&weights.unwrap_or_else(|| places::weights(places::RECOGNISER)), device)?)
    }

    /// The phrases as written, by the way the recogniser spells them.
    fn listed(&self) -> anyhow::Result<Listed> {
        let Some(path) = &self.phrases else { return Ok(Listed::default()) };
        let cannot = || format!("cannot use the phrases {}", path.display());
        let text = super::read_text(path, PHRASES_BYTES_MAX).with_context(cannot)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut listed = Listed::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            listed.phrases.push(line.to_owned());
            listed.by_spelling.entry(plain(line)).or_insert_with(|| line.to_owned());
        }
        if listed.phrases.len() > PHRASES_MAX {
            let many = listed.phrases.len();
            return Err(anyhow::anyhow!("{many} phrases are too many; {PHRASES_MAX} are taken"))
                .with_context(cannot);
        }
        Ok(listed)
    }

    fn lexicon(config: Option<&Config>, site: Option<&str>, listed: &Listed) -> anyhow::Result<Lexicon> {
        let site = match config {
            Some(config) => Some(&config.sites[super::place(config, site)?]),
            None => None,
        };
        Ok(Lexicon::new(site, &listed.phrases)?)
    }
}

/// The lines of `--phrases`.
#[derive(Default)]
struct Listed {
    /// As written, in their order.
    phrases: Vec<String>,
    /// As written, by spelling; the first where several are spelled alike.
    by_spelling: HashMap<String, String>,
}
