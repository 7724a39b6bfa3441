//! Synthetic callers: the variants of espeak-ng that nobody trained on.

use std::io::Write;
use std::process::{Command, Stdio};

use klinke::daemon::pbx::local::wav;

use super::ground::{Chance, Clip};
use super::texts::Text;

/// Whether there is a synthesizer.
pub fn there() -> bool {
    Command::new("espeak-ng")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Each text by a voice of the list in turn, at a speed and a pitch by chance.
pub fn speak(texts: &[Text], voices: &[String], chance: &mut Chance) -> Vec<Clip> {
    let asked: Vec<(&Text, &String, usize, usize)> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| (text, &voices[at % voices.len()], chance.within(130, 185), chance.within(35, 65)))
        .collect();
    asked
        .into_iter()
        .map(|(text, voice, words_per_minute, pitch)| Clip {
            said: text.said.clone(),
            who: format!("espeak-ng {voice}"),
            sound: one(&text.written, voice, words_per_minute, pitch),
        })
        .collect()
}

fn one(text: &str, voice: &str, words_per_minute: usize, pitch: usize) -> Vec<i16> {
    let mut child = Command::new("espeak-ng")
        .args(["-v", &format!("de+{voice}"), "-s", &words_per_minute.to_string(), "-p", &pitch.to_string()])
        .args(["--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("espeak-ng starts");
    child.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    wav::read(&output.stdout[..]).unwrap_or_else(|error| panic!("espeak-ng, {voice}: {error}"))
}
