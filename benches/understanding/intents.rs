//! Which concern a sentence is: few examples an intent, with the encoder and by the words alone.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::{Meaning, Understander};
use klinke::config::site::Language;
use klinke::models::sentences::SentenceEncoder;

use crate::intent_task::{Measured, Task, measure};
use crate::{Count, held_out, notation, xsid};

/// Mark of an expectation in a conversation.
const UNDERSTOOD: &str = "> understood intent ";

/// The section of the report.
pub fn report() -> String {
    let encoder: Arc<dyn Meaning> = Arc::new(SentenceEncoder::shipped(None).expect("the encoder"));
    let mut told = String::from(
        "\n## Intents\n\n\
         Fitted on the first ten sentences of each intent, asked the others. *Found*: the right one, of sentences that have one.\n\
         *Refused*: \"none of these\", of sentences that have none. Calibration: mean distance of confidence and truth, in\n\
         tenths. Time: all of understanding, a sentence. Nothing of what is asked was seen by the encoder in training, and\n\
         neither were the examples: xSID (validation part, two of its intents held back as unknown) is others' work, the\n\
         held-out intents are every sixth of `models/training/sentences`.\n\n\
         | sentences | intents | found, words alone | **found** | of | refused, words alone | **refused** | of | calibration | µs |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut row = |name: &str, task: &Task, language: Language| {
        let words = measure(task, language, None);
        let both = measure(task, language, Some(Arc::clone(&encoder)));
        let refusals = |measured: &Measured| match measured.unknown {
            0 => "–".to_owned(),
            _ => format!("{:.1}", 100.0 * measured.refusals()),
        };
        let _ = writeln!(
            told,
            "| {name} | {} | {:.1} | **{:.1}** | {} | {} | **{}** | {} | {:.3} | {} |",
            task.examples.len(),
            100.0 * words.accuracy(),
            100.0 * both.accuracy(),
            both.known,
            refusals(&words),
            refusals(&both),
            both.unknown,
            both.calibration_error(),
            both.micros()
        );
    };
    for variety in xsid::VARIETIES {
        if let Some(task) = xsid::task(variety) {
            row(&format!("xSID `{variety}`"), &task, Language::German);
        }
    }
    let (typed, recognised) = held_out::tasks(false);
    row("held-out intents, typed", &typed, Language::German);
    row("held-out intents, as recognised", &recognised, Language::German);
    let (typed, recognised) = held_out::tasks(true);
    row("held-out intents, English", &typed, Language::English);
    row("held-out intents, English, as recognised", &recognised, Language::English);
    row("English callers of German sites (seen in training)", &held_out::abroad(), Language::German);
    let held_out::Parted { several, both, one, single, torn } = held_out::parted(&encoder);
    let _ = writeln!(
        told,
        "\nOf {several} sentences with several concerns (`models/training/sentences`, a firm for each area, which the encoder has\n\
         seen) two were found in {both}, one in {one}; of {single} with one concern {torn} were taken for two."
    );
    told.push_str(
        "\nThe shipped sites with their own examples, asked what callers say in their conversations where these say which\n\
         concern or answer it is:\n\n| site | found, words alone | found | of | fitting, ms |\n|---|---|---|---|---|\n",
    );
    let mut names = crate::conversations::names();
    names.retain(|name| !asked(name).is_empty());
    for name in names {
        let ((words, _), (both, fitting)) =
            (of_site(&name, None), of_site(&name, Some(Arc::clone(&encoder))));
        let (words, percent, ms) = (words.percent(), both.percent(), fitting.as_millis());
        let _ = writeln!(told, "| `{name}` | {words:.1} | {percent:.1} | {} | {ms} |", both.all);
    }
    told
}

fn of_site(name: &str, encoder: Option<Arc<dyn Meaning>>) -> (Count, Duration) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/sites").join(name).join("site.toml");
    let site = klinke::config::load_site(&file).expect("a shipped site");
    let began = Instant::now();
    let understander = Understander::with_meaning(&site, encoder);
    let fitting = began.elapsed();
    let now = notation::moment("2026-11-23T10:00");
    let mut count = Count::default();
    for (text, intent) in asked(name) {
        let understood = understander.understand(&Transcript::typed(&text), &now, &[Expect::Free]);
        count.add(understood.intents.first().is_some_and(|found| found.name == intent));
    }
    (count, fitting)
}

/// What callers say, with the concern that the conversation expects.
fn asked(site: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/sites").join(site).join("tests");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let mut said = "";
        for line in text.lines() {
            if let Some(intent) = line.strip_prefix(UNDERSTOOD) {
                found.push((said.to_owned(), intent.trim().to_owned()));
            } else if !line.starts_with(['>', '#', '[', '@']) && !line.is_empty() {
                said = line;
            }
        }
    }
    found.retain(|(said, _)| !said.is_empty());
    found
}
