//! xSID (0.7, validation part; CC BY-SA 4.0; not part of this project): sentences with intents, for measuring.

#[path = "../shared/material.rs"]
mod material;

use material::shared;

use crate::intent_task::{EXAMPLES, Task};

/// Standard German, Bavarian, the German of Munich, South Tyrolean, Swiss German.
pub const VARIETIES: [&str; 5] = ["de", "de-ba", "de-muc", "de-st", "gsw"];
/// Intents nobody gives examples of.
const UNKNOWN: [&str; 2] = ["alarm/set_alarm", "weather/find"];

/// The first ten sentences of each intent to fit, the others to ask; `None` where the shared folder is missing.
pub fn task(variety: &str) -> Option<Task> {
    let text = std::fs::read_to_string(shared().join(format!("text/{variety}.valid.conll"))).ok()?;
    let values =
        |key: &str| -> Vec<&str> { text.lines().filter_map(|line| line.strip_prefix(key)).collect() };
    // which of the two comes first differs from file to file
    let (said, intents) = (values("# text = "), values("# intent = "));
    assert_eq!(said.len(), intents.len(), "{variety}: every sentence has an intent");
    let mut task = Task::default();
    said.into_iter().zip(intents).for_each(|(said, intent)| add(&mut task, said, intent));
    Some(task)
}

fn add(task: &mut Task, said: &str, intent: &str) {
    if UNKNOWN.contains(&intent) {
        return task.asked.push((said.to_owned(), None));
    }
    let at = task.examples.iter().position(|(name, _)| name == intent).unwrap_or_else(|| {
        task.examples.push((intent.to_owned(), Vec::new()));
        task.examples.len() - 1
    });
    let examples = &mut task.examples[at].1;
    if examples.len() < EXAMPLES {
        examples.push(said.to_owned());
    } else {
        task.asked.push((said.to_owned(), Some(intent.to_owned())));
    }
}
