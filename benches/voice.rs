//! What the voice adds to a reaction: text to phrase, process and all. Needs espeak-ng.

use divan::Bencher;
use klinke::config::site::Language;
use klinke::config::{self, VoiceEngine};
use klinke::daemon::voice::Voice;

fn main() {
    divan::main();
}

/// Ten words, read back to a caller.
const SENTENCE: &str = "Herr Yilmaz kommt am Dienstag um acht Uhr zu Ihnen.";

#[divan::bench]
fn sentence_of_ten_words(bencher: Bencher) {
    let settings =
        config::Voice { engine: VoiceEngine::EspeakNg, voice: "de".into(), words_per_minute: 160, pitch: 50 };
    let voice = Voice::new(settings, Language::German);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    bencher.bench_local(|| runtime.block_on(voice.render(SENTENCE, false)).expect("sound").len());
}
