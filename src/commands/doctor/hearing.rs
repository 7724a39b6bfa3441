//! Voice and models: tried out, and judged.

use std::time::{Duration, Instant};

use super::finding::{Check, Finding, Fix};
use crate::call::audio::halfband::halved;
use crate::call::hearing::Expect;
use crate::call::speech::Rendered;
use crate::commands::tongue::{Both, both};
use crate::config::Config;
use crate::config::site::Language;
use crate::daemon::inference::Inference;
use crate::daemon::voice::{Voice, VoiceError};
use crate::models::ModelError;
use crate::models::runtime::{self, RunsOn};
use crate::models::sentences::{SentenceEncoder, why_not};

/// What is spoken, and then listened to.
const PHRASES: [(Language, &str); 2] = [
    (Language::German, "Guten Tag. Die Heizung ist ausgefallen."),
    (Language::English, "Good morning. The heating has failed."),
];
/// Samples of our voice a millisecond: 16 kHz.
const VOICE_SAMPLES_PER_MS: usize = 16;
/// A recogniser that needs more than this share of real time answers late, with one call alone.
const SHARE_MAX: f64 = 0.5;

/// What a phrase took.
#[derive(Debug)]
pub struct Spoken {
    /// The phrase, at 16 kHz.
    pub sound: Rendered,
    /// How long it took.
    pub took: Duration,
}

/// What the models made of it.
#[derive(Debug)]
pub struct Heard {
    /// How long loading took.
    pub loading: Duration,
    /// What runs the recogniser.
    pub runs_on: RunsOn,
    /// Length of the sound.
    pub sound: Duration,
    /// How long recognising it took.
    pub took: Duration,
    /// Why sentences are compared by their words alone, where they are.
    pub no_encoder: Option<String>,
    /// Words that were recognised; `None`: nobody spoke, so nothing was heard.
    pub words: Option<usize>,
}

/// Speaks a phrase in the language of the first site.
///
/// # Errors
/// As the voice.
pub async fn speak(config: &Config) -> Result<Spoken, VoiceError> {
    let language = config.sites.first().map_or(Language::German, |site| site.language);
    let phrase = PHRASES.iter().find(|(known, _)| *known == language).map_or("", |(_, phrase)| phrase);
    let begun = Instant::now();
    let sound = Voice::new(config.voice.clone(), language).render(phrase, false).await?;
    Ok(Spoken { sound, took: begun.elapsed() })
}

/// Loads the models for all sites and has them listen. Blocks for seconds.
///
/// # Errors
/// As the models.
pub fn listen(config: &Config, sound: Option<&Rendered>) -> Result<Heard, ModelError> {
    let begun = Instant::now();
    let inference = Inference::start(&config.models, &config.sites)?;
    let no_encoder = SentenceEncoder::shipped(config.models.onnx_runtime.as_deref()).err();
    let no_encoder = no_encoder.as_ref().map(why_not);
    let loading = begun.elapsed();
    let runs_on = runtime::runs_on(config.models.device);
    let Some(sound) = sound else {
        let (sound, took) = (Duration::ZERO, Duration::ZERO);
        return Ok(Heard { loading, runs_on, sound, took, no_encoder, words: None });
    };
    let samples = halved(sound);
    let begun = Instant::now();
    let transcript = inference.recognise(0, &samples, &[Expect::Free])?;
    let words = transcript.best().map_or(0, |best| best.words.len());
    let ms = u64::try_from(sound.len() / VOICE_SAMPLES_PER_MS).unwrap_or(u64::MAX);
    Ok(Heard {
        loading,
        runs_on,
        sound: Duration::from_millis(ms),
        took: begun.elapsed(),
        no_encoder,
        words: Some(words),
    })
}

/// Whether Klinke can speak.
#[must_use]
pub fn voice(config: &Config, spoken: Result<&Spoken, &VoiceError>) -> Finding {
    let check = Check::Voice;
    let program = config.voice.engine.program();
    let error = match spoken {
        Ok(spoken) => {
            let ms = spoken.took.as_millis();
            let seconds = (spoken.sound.len() / VOICE_SAMPLES_PER_MS) as f64 / 1000.0;
            return Finding::ok(
                check,
                both!(
                    "{program} spricht: {seconds:.1} s Sprache in {ms} ms",
                    "{program} speaks: {seconds:.1} s of speech in {ms} ms"
                ),
            );
        }
        Err(error) => error,
    };
    let (found, fixes) = match error {
        VoiceError::NotInstalled { program, package } => (
            both!(
                "{program} ist nicht installiert: Klinke ist stumm",
                "{program} is not installed: Klinke is mute"
            ),
            vec![Fix::run(format!("apt install {package}"))],
        ),
        VoiceError::Refused { voice, cause, .. } => (
            both!(
                "{program} spricht nicht mit der Stimme {voice:?}: {cause}",
                "{program} does not speak with the voice {voice:?}: {cause}"
            ),
            vec![
                Fix::run(format!("{program} --voices")),
                Fix::write(format!("{}, [voice]", config.file.display()), "#voice = …"),
            ],
        ),
        VoiceError::Exposed { program } => (
            both!(
                "dieses {program} nimmt Text nur als Argument, das jeder auf der Maschine lesen kann",
                "this {program} takes its text only as an argument, which every user of the machine can read"
            ),
            vec![Fix::write(format!("{}, [voice]", config.file.display()), "engine = \"espeak-ng\"")],
        ),
        VoiceError::TooSlow { program } => (
            both!(
                "{program} kam nicht zu Ende: die Maschine ist überlastet",
                "{program} did not come to an end: the machine is overloaded"
            ),
            vec![Fix::run("top -b -n 1 | head -20")],
        ),
        other => (both!("{other}", "{other}"), Vec::new()),
    };
    Finding::failed(check, found, fixes)
}

/// Whether Klinke can hear.
#[must_use]
pub fn models(config: &Config, heard: Result<&Heard, &ModelError>) -> Finding {
    match heard {
        Ok(heard) => heard_finding(config, heard),
        Err(error) => {
            let (found, fixes) = broken(config, error);
            Finding::failed(Check::Models, found, fixes)
        }
    }
}

/// What runs the recogniser, and why it is not a GPU where one would be taken.
fn device(runs_on: &RunsOn) -> Both {
    match runs_on {
        RunsOn::Cpu => both!("CPU, wie eingestellt", "CPU, as configured"),
        RunsOn::Gpu => both!("GPU, CUDA", "GPU, CUDA"),
        RunsOn::CpuWithoutGpu { cause } => both!("CPU; keine GPU: {cause}", "CPU; no GPU: {cause}"),
    }
}

fn heard_finding(config: &Config, heard: &Heard) -> Finding {
    let check = Check::Models;
    let loading_ms = heard.loading.as_millis();
    let on = device(&heard.runs_on);
    let (de, en) = (&on.german, &on.english);
    if let Some(cause) = &heard.no_encoder {
        let found = both!(
            "geladen in {loading_ms} ms ({de}); Sätze werden nur nach ihren Wörtern verglichen: {cause}",
            "loaded in {loading_ms} ms ({en}); sentences are compared by their words alone: {cause}"
        );
        let fix = Fix::Do(both!(
            "models/de-sentences aus dem Paket dorthin legen: Anliegen werden sonst seltener verstanden",
            "put models/de-sentences of the package there: concerns are understood less often without it"
        ));
        return Finding::warning(check, found, vec![fix]);
    }
    let Some(words) = heard.words else {
        return Finding::ok(
            check,
            both!(
                "geladen in {loading_ms} ms ({de}); ohne Stimme nicht erprobt",
                "loaded in {loading_ms} ms ({en}); not tried, without a voice"
            ),
        );
    };
    let (ms, sound_ms) = (heard.took.as_millis(), heard.sound.as_millis());
    let found = both!(
        "geladen in {loading_ms} ms ({de}); {words} Wörter aus {sound_ms} ms Sprache in {ms} ms",
        "loaded in {loading_ms} ms ({en}); {words} words out of {sound_ms} ms of speech in {ms} ms"
    );
    if words == 0 {
        let fix = Fix::Do(both!(
            "kein Wort der eigenen Stimme erkannt: gehören die Gewichte unter [models] zu dieser Version?",
            "not a word of our own voice was recognised: do the weights under [models] belong to this version?"
        ));
        return Finding::warning(check, found, vec![fix]);
    }
    if heard.took.as_secs_f64() > SHARE_MAX * heard.sound.as_secs_f64() {
        let fix = Fix::write(format!("{}, [limits]", config.file.display()), "calls_max = 1");
        return Finding::warning(
            check,
            Both {
                german: format!("{}: diese Maschine ist zu langsam oder überlastet", found.german),
                english: format!("{}: this machine is too slow or overloaded", found.english),
            },
            vec![Fix::run("top -b -n 1 | head -20"), fix],
        );
    }
    Finding::ok(check, found)
}

fn broken(config: &Config, error: &ModelError) -> (Both, Vec<Fix>) {
    let file = format!("{}, [models]", config.file.display());
    match error {
        ModelError::LibraryMissing { searched } => {
            let places: Vec<String> = searched.iter().map(|path| path.display().to_string()).collect();
            let places = places.join(", ");
            (
                both!(
                    "libonnxruntime fehlt (gesucht in {places})",
                    "libonnxruntime is missing (looked for in {places})"
                ),
                vec![
                    Fix::run(
                        "scripts/fetch-runtime.sh && install -D -m 644 build/runtime/libonnxruntime.so.1.28.0 -t /usr/lib/klinke/",
                    ),
                    Fix::write(file, "onnx_runtime = \"…\""),
                ],
            )
        }
        ModelError::LibraryReports { path, version } => {
            let path = path.display();
            (
                both!(
                    "{path} (Version {version}) schickt Nutzungsdaten an seinen Hersteller und wird nicht geladen",
                    "{path} (version {version}) uploads usage data to its vendor and is not loaded"
                ),
                vec![
                    Fix::Do(both!(
                        "Version 1.28.0 installieren; oder, wenn es diese sein muss:",
                        "install version 1.28.0; or, if it has to be this one:"
                    )),
                    Fix::write(
                        "/etc/systemd/system/klinke.service, [Service]",
                        "Environment=ORT_DISABLE_TELEMETRY=1",
                    ),
                ],
            )
        }
        ModelError::LibraryUnusable { path, cause } => {
            let path = path.display();
            (
                both!("{path} lässt sich nicht laden: {cause}", "{path} cannot be loaded: {cause}"),
                vec![Fix::run(
                    "scripts/fetch-runtime.sh && install -D -m 644 build/runtime/libonnxruntime.so.1.28.0 -t /usr/lib/klinke/",
                )],
            )
        }
        ModelError::WeightsMissing { model, path } => {
            let path = path.display();
            let key = if *model == "recogniser" { "recogniser" } else { "speech" };
            (
                both!("die Gewichte {path} fehlen", "the weights {path} are missing"),
                vec![
                    Fix::Do(both!(
                        "das Paket neu installieren; oder schreiben, wo sie liegen:",
                        "install the package again; or write where they lie:"
                    )),
                    Fix::write(file, format!("{key} = \"…\"")),
                ],
            )
        }
        ModelError::DeviceUnusable { device, cause } => {
            let cause = cause.lines().next().unwrap_or_default();
            (
                both!("{device} lässt sich nicht benutzen: {cause}", "{device} cannot be used: {cause}"),
                vec![
                    Fix::Do(both!(
                        "Treiber, CUDA und die ONNX Runtime mit CUDA installieren; oder ohne GPU:",
                        "install the driver, CUDA and the ONNX Runtime with CUDA; or without a GPU:"
                    )),
                    Fix::write(file, "device = \"auto\""),
                ],
            )
        }
        ModelError::WeightsUnusable { path, cause, .. } => {
            let (path, cause) = (path.display(), cause.trim_end_matches('.'));
            (
                both!(
                    "die Gewichte {path} sind unbrauchbar: {cause}",
                    "the weights {path} cannot be used: {cause}"
                ),
                vec![Fix::Do(both!("das Paket neu installieren", "install the package again"))],
            )
        }
        other => (both!("{other}", "{other}"), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::finding::Verdict;
    use super::*;

    fn config() -> Config {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/klinke.toml");
        crate::config::load(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    #[test]
    fn slow_and_deaf_models_are_warned_of() {
        let heard = |words, took_ms| Heard {
            loading: Duration::from_millis(300),
            runs_on: RunsOn::CpuWithoutGpu { cause: "no such library".to_owned() },
            sound: Duration::from_millis(2_000),
            took: Duration::from_millis(took_ms),
            no_encoder: None,
            words,
        };
        let verdict = |words, took_ms| models(&config(), Ok(&heard(words, took_ms))).verdict;
        assert_eq!(verdict(Some(6), 100), Verdict::Ok);
        assert_eq!(verdict(Some(0), 100), Verdict::Warning);
        assert_eq!(verdict(Some(6), 1_500), Verdict::Warning);
        assert_eq!(verdict(None, 0), Verdict::Ok);
        let no_encoder = Some("no such file".to_owned());
        let without = models(&config(), Ok(&Heard { no_encoder, ..heard(Some(6), 100) }));
        assert_eq!(without.verdict, Verdict::Warning);
        let told = format!("{:?}", models(&config(), Ok(&heard(Some(6), 100))));
        assert!(told.contains("keine GPU: no such library") && told.contains("no GPU: no such library"));
    }

    #[test]
    fn a_gpu_that_was_asked_for_and_is_not_there_is_told_with_the_way_out() {
        let error = ModelError::DeviceUnusable { device: "cuda", cause: "not in this build".to_owned() };
        let finding = models(&config(), Err(&error));
        assert_eq!(finding.verdict, Verdict::Failed);
        assert!(
            matches!(&finding.fixes[1], Fix::Write { line, .. } if line == "device = \"auto\""),
            "{finding:?}"
        );
    }

    #[test]
    fn what_is_missing_is_told_with_the_way_to_get_it() {
        let config = config();
        let missing = VoiceError::NotInstalled { program: "espeak-ng", package: "espeak-ng" };
        assert_eq!(voice(&config, Err(&missing)).fixes, [Fix::run("apt install espeak-ng")]);
        let weights = ModelError::WeightsMissing { model: "recogniser", path: "/x".into() };
        let finding = models(&config, Err(&weights));
        assert_eq!(finding.verdict, Verdict::Failed);
        assert!(
            matches!(&finding.fixes[1], Fix::Write { line, .. } if line == "recogniser = \"…\""),
            "{finding:?}"
        );
    }
}
