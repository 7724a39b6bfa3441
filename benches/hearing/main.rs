//! Hearing, measured: what people and synthetic callers never trained on say, what is heard of it, when, and what it
//! costs. `make bench-hearing`, or `cargo bench --bench hearing -- [--all | --few] [--only tasks|turns|load|cost]
//! [--recogniser PATH] [--out FOLDER]`; writes docs/measurements/hearing.md and hearing.json.
//!
//! Recordings are not part of the project; without them it says so and ends.

mod callers;
mod cost;
mod ears;
mod ground;
mod load;
mod report;
mod tasks;
mod texts;
mod turns;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use klinke::call::hearing::Expect;
use klinke::config::Device;
use klinke::daemon::inference::Inference;
use klinke::models::{Lexicon, Recogniser, places, runtime};

use ears::Ears;
use ground::{Chance, People};
use report::Report;
use tasks::{Amount, Examination, Material};
use turns::Turn;

/// What was asked for.
struct Asked {
    amount: Amount,
    only: Option<String>,
    recogniser: PathBuf,
    out: String,
}

impl Asked {
    fn read() -> Self {
        let mut asked = Self {
            amount: Amount::Usual,
            only: None,
            recogniser: places::weights(places::RECOGNISER),
            out: "docs/measurements".to_owned(),
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--all" => asked.amount = Amount::All,
                // whether everything works, in a minute
                "--few" => asked.amount = Amount::Few,
                "--only" => asked.only = Some(value()),
                "--recogniser" => asked.recogniser = value().into(),
                "--out" => asked.out = value(),
                // what cargo says to every bench
                "--bench" => {}
                other => panic!("unknown argument {other}"),
            }
        }
        asked
    }

    fn wants(&self, part: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == part)
    }
}

fn main() {
    let asked = Asked::read();
    if let Err(error) = runtime::open(None) {
        println!("SKIPPED: {error}");
        return;
    }
    let Some(folder) = ground::recordings() else {
        println!(
            "SKIPPED: no recordings beside the project (set KLINKE_SHARED to the folder that holds speech/)"
        );
        return;
    };
    if !callers::there() {
        println!("SKIPPED: no espeak-ng for synthetic callers (scripts/install-needs.sh test)");
        return;
    }
    let people = People::new(folder);
    println!("Never trained on: {}\n", people.split.told());
    let mut report = Report {
        date: date(),
        machine: report::machine(),
        weights: weights(&asked.recogniser),
        split: people.split.told(),
        figures: Vec::new(),
        notes: notes(),
    };
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if asked.wants("tasks") {
        let material = Material::gather(&people, asked.amount);
        match Ears::load(&asked.recogniser, threads) {
            Ok(ears) => Examination { ears: &ears, material: &material, report: &mut report }.all(),
            Err(error) => report.notes.push(format!("Not measured: {error}")),
        }
    }
    if asked.wants("turns") || asked.wants("load") || asked.wants("cost") {
        live(&asked, &people, &mut report);
    }
    report.notes.push(format!("The whole took {:.0} s.", began.elapsed().as_secs_f64()));
    report.write(&asked.out);
}

/// What hangs on time: turns, many calls, cost.
fn live(asked: &Asked, people: &People, report: &mut Report) {
    let config =
        klinke::config::load(&ground::project("etc/demo/klinke.toml")).expect("the demonstration's site");
    let mut models = config.models.clone();
    models.recogniser.clone_from(&asked.recogniser);
    models.device = Device::Cpu;
    let mut chance = Chance(people.split.espeak_ng.seed);
    let (whole, _) = people.acted();
    let read = chance.some(&people.kerstin().0, 12);
    if asked.wants("cost") {
        let mut recogniser =
            Recogniser::load(&models.recogniser, models.device).expect("the weights can be used");
        let lexicon = Arc::new(Lexicon::for_site(&config.sites[0]).expect("compiles"));
        cost::measure(&mut recogniser, &lexicon, &read, "our recogniser", report);
    }
    if asked.wants("turns") {
        let inference = Inference::start(&models, &config.sites).expect("the models run");
        let sentences = whole.iter().chain(&read).map(|clip| Turn { clip, expect: Expect::Free });
        turns::measure(&inference, "sentences (real people)", &sentences.collect::<Vec<_>>(), report);
        let digits = chance.some(&people.digits(), 60);
        let digits: Vec<Turn<'_>> = digits.iter().map(|clip| Turn { clip, expect: Expect::Number }).collect();
        turns::measure(&inference, "single digits (real people), a number was asked for", &digits, report);
        turns::noise_alone(&inference, &whole[0], report);
    }
    if asked.wants("load") {
        load::measure(&models, &config.sites, &read, report);
    }
}

fn date() -> String {
    klinke::daemon::clock::Clock::start().wall().strftime("%-d %B %Y").to_string()
}

/// Which weights: name and the beginning of their SHA-256.
fn weights(path: &std::path::Path) -> String {
    use sha2::{Digest, Sha256};
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match std::fs::read(path) {
        Ok(bytes) => {
            let sum: String =
                Sha256::digest(&bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            format!("{name} ({:.1} MB, SHA-256 {sum}…)", bytes.len() as f64 / 1e6)
        }
        Err(_) => name,
    }
}

fn notes() -> Vec<String> {
    vec![
        "German PocketSphinx could not be run: distributions bring the program with an English model only. Its figures \
         on these sources are those of earlier measurements: one of ten digits 59.5 %, one of 60 sentences 44 of 60, \
         free speech over 378 words not finished."
            .to_owned(),
        "Vosk's four conversations a core are an earlier measurement too; its German model could not be had here."
            .to_owned(),
    ]
}
