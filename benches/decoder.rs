//! What the decoder costs, a second of audio, and how its confidences are fitted.
//!
//! `cargo bench --bench decoder` walks a site's lexicon (500 names, 300 listed sentences) over a sentence that is said
//! over and over with doubt in every letter, asks for partial words each 90 ms, and prints milliseconds of processor
//! time a second of audio; on one core 100 conversations have 3 of them each.
//!
//! `cargo bench --bench decoder -- confidence DIR` fits the coefficients in `src/models/decoder/confidence.rs` to
//! posteriors of people and callers that may be tuned on, and prints them. In DIR, for each set NAME: `NAME.f32`, steps
//! of 32 natural logarithms, little-endian; `NAME.tsv`, a line a clip: what was said, what is expected, number of
//! steps; `NAME.list`, the listed sentences. Each set is heard with the even and with the odd half of its list, so
//! that half of what is said is not listed.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use klinke::call::hearing::{Ask, Expect};
use klinke::models::{Decoder, Decoding, Lexicon};

/// Outputs a step.
const LETTERS: usize = 32;
const ALPHABET: &str = " abcdefghijklmnopqrstuvwxyzäöüß";
const STEP_S: f64 = 0.03;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    match arguments.as_slice() {
        [task, folder] if task == "confidence" => confidence(Path::new(folder)),
        _ => cost(),
    }
}

/// Steps of somebody who says `text`: a letter, a step that doubts it, blanks behind it.
fn said(text: &str, certainty: f32) -> Vec<f32> {
    let step = |letter: usize, certainty: f32| {
        let rest = ((1.0 - certainty) / (LETTERS - 1) as f32).ln();
        (0..LETTERS).map(move |other| if other == letter { certainty.ln() } else { rest })
    };
    let letter = |letter| ALPHABET.chars().position(|known| known == letter).map_or(0, |place| place + 1);
    text.chars()
        .map(letter)
        .flat_map(|letter| step(letter, certainty).chain(step(0, certainty)).chain(step(0, 0.995)))
        .collect()
}

fn cost() {
    let names =
        (0..500).map(|n| format!("{} {}", GIVEN[n % GIVEN.len()], FAMILY[n / GIVEN.len() % FAMILY.len()]));
    let sentences = (0..300)
        .map(|n| format!("ich brauche {} für {} {}", WHAT[n % 10], WHERE[n / 10 % 6], WHEN[n / 60 % 5]));
    let phrases: Vec<String> = names.chain(sentences).collect();
    let began = Instant::now();
    let lexicon = Arc::new(Lexicon::new(None, &phrases).expect("the grammar compiles"));
    println!("lexicon of {} phrases: {:.0} ms", phrases.len(), began.elapsed().as_secs_f64() * 1e3);
    let mut decoder = Decoder::default();
    for (kind, certainty) in [("clear", 0.95), ("doubtful", 0.5), ("hardly any speech", 0.15)] {
        let log_probs =
            said("ich brauche einen termin für den keller am montag und zwar schnell ", certainty);
        for expect in [Expect::Free, Expect::Name, Expect::Digits] {
            let mut decoding = Decoding::begin(&lexicon, &[expect]);
            let (began, mut bytes, rounds) = (Instant::now(), 0, 40);
            for _ in 0..rounds {
                decoding.begin_again(&[expect]);
                for steps in log_probs.chunks(3 * LETTERS) {
                    decoding.push(&mut decoder, steps);
                    decoding.transcript(&mut decoder, Ask::SoFar, 0);
                }
                decoding.transcript(&mut decoder, Ask::AsIfEnded, 0);
                bytes = bytes.max(decoding.bytes());
            }
            let audio_s = f64::from(rounds) * (log_probs.len() / LETTERS) as f64 * STEP_S;
            let ms = began.elapsed().as_secs_f64() * 1e3 / audio_s;
            println!(
                "{kind}, {}: {ms:.2} ms a second of audio, {} KiB a stream",
                expect.name(),
                bytes / 1024
            );
        }
    }
}

const GIVEN: [&str; 25] = [
    "anna", "bernd", "clara", "dieter", "elif", "frank", "gerda", "hans", "ida", "jan", "karin", "lena",
    "max", "nora", "otto", "paula", "ralf", "sabine", "tim", "ute", "viktor", "werner", "yusuf", "zoe",
    "emil",
];
const FAMILY: [&str; 20] = [
    "müller", "schmidt", "becker", "hoffmann", "yilmaz", "kowalski", "vogel", "krause", "lehmann", "schulze",
    "maier", "walter", "peters", "lang", "weiß", "jung", "hahn", "roth", "beck", "lorenz",
];
const WHAT: [&str; 10] = [
    "einen termin",
    "eine rechnung",
    "einen techniker",
    "ein angebot",
    "eine auskunft",
    "hilfe",
    "einen rückruf",
    "ersatzteile",
    "eine wartung",
    "den notdienst",
];
const WHERE: [&str; 6] = ["die heizung", "den keller", "das bad", "die küche", "den aufzug", "das dach"];
const WHEN: [&str; 5] = ["am montag", "noch heute", "nächste woche", "am nachmittag", "so bald wie möglich"];

/// A clip: what was said, what is expected, its steps.
struct Clip {
    said: String,
    expect: Expect,
    steps: Vec<f32>,
}

fn clips(folder: &Path, name: &str) -> Vec<Clip> {
    let bytes = std::fs::read(folder.join(name).with_extension("f32")).expect("the posteriors");
    let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let mut values = bytes.chunks_exact(4).map(value);
    let list = std::fs::read_to_string(folder.join(name).with_extension("tsv")).expect("the list of clips");
    let clip = |line: &str| {
        let mut fields = line.split('\t');
        let (said, expect, count) =
            (fields.next()?, fields.next()?.parse().ok()?, fields.next()?.parse::<usize>().ok()?);
        Some(Clip { said: said.to_owned(), expect, steps: values.by_ref().take(count * LETTERS).collect() })
    };
    list.lines().filter_map(clip).collect()
}

fn confidence(folder: &Path) {
    let (mut words, mut utterances) = (Vec::new(), Vec::new());
    let mut decoder = Decoder::default();
    let files = std::fs::read_dir(folder).expect("the folder").flatten().map(|entry| entry.path());
    let mut names: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|end| end == "tsv"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    for name in &names {
        let list = std::fs::read_to_string(folder.join(name).with_extension("list")).unwrap_or_default();
        let clips = clips(folder, name);
        for half in 0..2 {
            let listed: Vec<String> = list.lines().skip(half).step_by(2).map(str::to_owned).collect();
            let lexicon = Arc::new(Lexicon::new(None, &listed).expect("the grammar compiles"));
            for clip in &clips {
                let mut decoding = Decoding::begin(&lexicon, &[clip.expect]);
                decoding.push(&mut decoder, &clip.steps);
                let transcript = decoding.transcript(&mut decoder, Ask::AsIfEnded, 0);
                let begun = transcript.best().and_then(|best| best.begun.clone());
                let Some((heard, evidence)) = decoding.evidence(&mut decoder) else { continue };
                if heard.is_empty() {
                    continue;
                }
                let text: Vec<&str> = heard.iter().map(|(word, _)| word.as_str()).collect();
                let whole = begun.is_some_and(|begun| *begun.reveal() == clip.said);
                utterances.push((evidence, whole || text.join(" ") == clip.said));
                let truth: Vec<&str> = clip.said.split(' ').collect();
                for (place, (word, evidence)) in heard.iter().enumerate() {
                    let near = truth.iter().skip(place.saturating_sub(1)).take(3);
                    words.push((*evidence, near.into_iter().any(|said| said == word)));
                }
            }
        }
    }
    println!("{} words: {:.2?}", words.len(), fit(&words));
    println!("{} utterances: {:.2?}", utterances.len(), fit(&utterances));
}

/// Logistic regression by Newton's method, with a little pull towards 0.
fn fit<const N: usize>(examples: &[([f32; N], bool)]) -> [f64; N] {
    let mut weights = [0.0; N];
    for _ in 0..30 {
        let mut curvature = [[0.0; N]; N];
        let mut slope = [0.0; N];
        for (evidence, right) in examples {
            let evidence = evidence.map(f64::from);
            let sum: f64 = weights.iter().zip(&evidence).map(|(weight, value)| weight * value).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let error = f64::from(u8::from(*right)) - probability;
            let spread = (probability * (1.0 - probability)).max(1e-6);
            for row in 0..N {
                slope[row] += error * evidence[row];
                for column in 0..N {
                    curvature[row][column] += spread * evidence[row] * evidence[column];
                }
            }
        }
        for row in 0..N {
            curvature[row][row] += 1e-2;
            slope[row] -= 1e-2 * weights[row];
        }
        let change = solve(curvature, slope);
        for (weight, change) in weights.iter_mut().zip(change) {
            *weight += change;
        }
    }
    weights
}

/// Gauss's elimination; the matrix is positive definite.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        for row in pivot + 1..N {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot];
            for (value, above) in matrix[row].iter_mut().zip(above).skip(pivot) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
