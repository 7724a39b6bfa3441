//! What a second of sound costs, stage by stage: computing time of this thread, so that whatever else the machine does
//! counts little.

use std::path::Path;
use std::sync::Arc;

use klinke::call::audio::pcm::to_float;
use klinke::call::hearing::{Ask, Expect, SCORE_WINDOW_SAMPLES, ScoreWindow};
use klinke::models::features::LogMel;
use klinke::models::{Fed, Lexicon, Recognise, Recogniser, SpeechScorer, places};

use super::ground::Clip;
use super::report::{Figure, Report, Unit};

const SECTION: &str = "What a second of sound costs";
/// Sound that is worked off, in seconds.
const SOUND_S: usize = 30;

/// Computing time of a thread, in seconds.
pub fn computed_s(thread: &Path) -> f64 {
    let spent = std::fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
    spent.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn timed(work: impl FnOnce()) -> f64 {
    let own = Path::new("/proc/thread-self");
    let before = computed_s(own);
    work();
    computed_s(own) - before
}

pub fn measure(
    recogniser: &mut Recogniser,
    lexicon: &Arc<Lexicon>,
    clips: &[Clip],
    name: &str,
    report: &mut Report,
) {
    let mut sound: Vec<i16> =
        clips.iter().flat_map(|clip| clip.sound.iter().copied()).take(SOUND_S * 8_000).collect();
    sound.truncate(sound.len() / 640 * 640);
    let seconds = sound.len() as f64 / 8_000.0;
    let mut add = |task: &str, condition: &str, computed: f64| {
        let (task, condition) = (task.to_owned(), condition.to_owned());
        let value = computed / seconds * 1e6;
        let unit = Unit::UsPerSecond;
        report.add(Figure { section: SECTION, task, condition, unit, value, of: 0, goal: None });
    };
    let mut scorer = SpeechScorer::load(&places::weights(places::SPEECH)).expect("the scorer is there");
    for batch in [1, 16] {
        let mut windows: Vec<Box<ScoreWindow>> = (0..batch).map(|_| Box::default()).collect();
        let float = to_float(&sound);
        let spent = timed(|| {
            for samples in float.chunks_exact(SCORE_WINDOW_SAMPLES) {
                windows.iter_mut().for_each(|window| window.samples.copy_from_slice(samples));
                scorer.score(&mut windows, &mut Vec::new()).expect("it scores");
            }
        });
        add("speech scorer", &format!("{batch} at once, each"), spent / f64::from(batch));
    }
    let spent = timed(|| {
        let mut frames = Vec::new();
        LogMel::default().take(&mut to_float(&sound), &mut frames);
        std::hint::black_box(&frames);
    });
    add("features", "", spent);
    for batch in [1, 16] {
        for (ask, how) in [(Ask::Nothing, "only listening"), (Ask::SoFar, "with the words so far each 80 ms")]
        {
            let spent = timed(|| run(recogniser, lexicon, &sound, batch, ask));
            let task = format!("{name}: features, network and decoder, {how}");
            add(&task, &format!("{batch} at once, each"), spent / batch as f64);
        }
    }
}

/// So many streams hear the sound in pieces of 80 ms; an utterance is 5 s.
fn run(recogniser: &mut Recogniser, lexicon: &Arc<Lexicon>, sound: &[i16], batch: usize, ask: Ask) {
    for utterance in sound.chunks(5 * 8_000) {
        let begin = |_| recogniser.begin(lexicon, &[Expect::Free]).expect("a stream begins");
        let mut streams: Vec<_> = (0..batch).map(begin).collect();
        for samples in utterance.chunks(640) {
            let mut fed: Vec<Fed<'_, _>> = streams.iter_mut().map(|stream| Fed { stream, samples }).collect();
            recogniser.hear(&mut fed).expect("it hears");
            if ask != Ask::Nothing {
                for stream in &mut streams {
                    recogniser.transcript(stream, ask).expect("it answers");
                }
            }
        }
        for stream in &mut streams {
            recogniser.transcript(stream, Ask::AsIfEnded).expect("it answers");
        }
    }
}
