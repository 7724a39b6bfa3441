//! Sentences of `models/training/sentences` that the encoder was not trained on: the same cut as
//! `models/training/encoder/corpus.py` makes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use klinke::call::hearing::{Expect, Transcript};
use klinke::call::understanding::Meaning;
use klinke::config::site::Language;
use serde::Deserialize;

use crate::intent_task::{EXAMPLES, Task, fitted};

/// Every sixth intent is held out whole (in both languages), of the others every fifth sentence.
const INTENT_OUT: usize = 6;
const SENTENCE_OUT: usize = 5;
/// What no site can do anything with.
const NONE: &str = "none_of_these";
/// The conversation itself (yes, a human, slower): signals and values, no concern of a site.
const CONVERSATION: &str = "conversation.toml";
/// Names of English intents begin so.
const ENGLISH: &str = "en_";

#[derive(Deserialize)]
struct File {
    intents: Vec<Written>,
    #[serde(default)]
    several: Vec<Several>,
}

/// A sentence with more than one concern.
#[derive(Deserialize)]
struct Several {
    intents: Vec<String>,
    sentence: String,
}

#[derive(Deserialize)]
struct Written {
    name: String,
    /// The name of its file.
    #[serde(skip)]
    file: String,
    sentences: Vec<String>,
    #[serde(default)]
    recognised: Vec<String>,
}

/// A firm of one area, ten examples an intent, with sentences that hold several of its intents, and such as hold one.
struct Firm {
    task: Task,
    several: Vec<(String, Vec<String>)>,
}

/// How sentences with several concerns, and with one, are taken.
#[derive(Default)]
pub struct Parted {
    pub several: usize,
    /// Of these, two of the concerns were found; one.
    pub both: usize,
    pub one: usize,
    pub single: usize,
    /// Of these, taken for two.
    pub torn: usize,
}

/// Asks every firm. The encoder has seen these areas in training.
pub fn parted(encoder: &Arc<dyn Meaning>) -> Parted {
    let now = crate::notation::moment("2026-11-23T10:00");
    let mut parted = Parted::default();
    for Firm { task, several } in firms() {
        let understander = fitted(&task, Language::German, Some(Arc::clone(encoder)));
        let ask = |text: &str| understander.understand(&Transcript::typed(text), &now, &[Expect::Free]);
        for (text, wanted) in several {
            let understood = ask(&text);
            let found = understood.intents.iter().take(1).chain(&understood.further);
            let right = found.filter(|score| wanted.contains(&score.name)).count();
            parted.both += usize::from(right == 2);
            parted.one += usize::from(right == 1);
            parted.several += 1;
        }
        for (text, _) in &task.asked {
            parted.torn += usize::from(!ask(text).further.is_empty());
            parted.single += 1;
        }
    }
    parted
}

/// Intents of which the encoder has seen no sentence in either language, ten examples of each: the others asked as one
/// would write them, then as a recogniser could deliver them.
pub fn tasks(english: bool) -> (Task, Task) {
    let (mut typed, mut recognised) = (Task::default(), Task::default());
    let all = read();
    let german = all.iter().map(|it| &it.name).filter(|name| !name.starts_with(ENGLISH));
    let out: Vec<String> = german
        .zip(1..)
        .filter(|(name, at): &(_, usize)| at.is_multiple_of(INTENT_OUT) && *name != NONE)
        .map(|(name, _)| name.clone())
        .collect();
    for Written { name, file, sentences, recognised: heard } in all {
        let is_out = out.iter().any(|out| out == name.trim_start_matches(ENGLISH));
        if name == NONE {
            let out = |texts: Vec<String>, before: usize| {
                let held = texts.into_iter().zip(before..).filter(|(_, at)| at.is_multiple_of(SENTENCE_OUT));
                held.map(|(text, _)| (text, None))
            };
            let before = sentences.len();
            typed.asked.extend(out(sentences, 0));
            recognised.asked.extend(out(heard, before));
        } else if is_out && file != CONVERSATION && name.starts_with(ENGLISH) == english {
            let (examples, others) = sentences.split_at(EXAMPLES.min(sentences.len()));
            for task in [&mut typed, &mut recognised] {
                task.examples.push((name.clone(), examples.to_vec()));
            }
            typed.asked.extend(others.iter().map(|text| (text.clone(), Some(name.clone()))));
            recognised.asked.extend(heard.into_iter().map(|text| (text, Some(name.clone()))));
        }
    }
    if english {
        typed.asked.retain(|(_, intent)| intent.is_some());
        recognised.asked.retain(|(_, intent)| intent.is_some());
    }
    (typed, recognised)
}

/// German examples, and what English callers say who want the same.
pub fn abroad() -> Task {
    let mut task = Task::default();
    let (english, german): (Vec<_>, Vec<_>) = read().into_iter().partition(|it| it.name.starts_with(ENGLISH));
    for Written { name, sentences, .. } in english {
        let meant = name.trim_start_matches(ENGLISH);
        let Some(same) = german.iter().find(|it| it.name == meant && it.file != CONVERSATION) else {
            continue;
        };
        task.examples.push((meant.to_owned(), same.sentences.iter().take(EXAMPLES).cloned().collect()));
        task.asked.extend(sentences.into_iter().map(|text| (text, Some(meant.to_owned()))));
    }
    task
}

/// The areas as firms, without the conversation itself, English and what is none.
fn firms() -> Vec<Firm> {
    let firm = |(name, File { intents, several }): (String, File)| {
        let mut task = Task::default();
        for Written { name, sentences, .. } in intents {
            let (examples, others) = sentences.split_at(EXAMPLES.min(sentences.len()));
            task.asked.extend(others.iter().map(|text| (text.clone(), Some(name.clone()))));
            task.examples.push((name, examples.to_vec()));
        }
        let of_firm = |intent: &String| task.examples.iter().any(|(name, _)| name == intent);
        let several = several.into_iter().filter(|it| it.intents.iter().all(of_firm));
        let several = several.map(|Several { intents, sentence }| (sentence, intents)).collect();
        (![CONVERSATION, "english.toml", "none.toml"].contains(&name.as_str()))
            .then_some(Firm { task, several })
    };
    files().into_iter().filter_map(firm).collect()
}

/// All intents in the order of the files.
fn read() -> Vec<Written> {
    let named = |(file, read): (String, File)| {
        read.intents.into_iter().map(move |written| Written { file: file.clone(), ..written })
    };
    files().into_iter().flat_map(named).collect()
}

fn files() -> Vec<(String, File)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/training/sentences");
    let entries = std::fs::read_dir(folder).expect("the sentences are there");
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "toml"));
    files.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a file of sentences");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, toml::from_str::<File>(&text).expect("sentences"))
    };
    files.iter().map(read).collect()
}
