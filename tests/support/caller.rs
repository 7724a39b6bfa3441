//! A caller with a synthesizer's voice that is not Klinke's, who goes by a script, at a telephone over SIP.

#![allow(dead_code, reason = "not every test needs everything of the caller")]

use klinke::call::audio::halfband::halved;
use klinke::config::{self, Config};
use klinke::daemon::voice::Voice;
use klinke::sim::caller::{Act as Does, Caller, Telephone as _};
use klinke::sim::script::Script;

use super::telephone::{Act, Report, Telephone, Tick, sound};
use super::testbed::Testbed;

/// The caller of a script.
pub fn caller(config: &Config, script: &str) -> Caller {
    let script = Script::parse(script).expect("a script");
    let voice = config::Voice { voice: "de+f3".to_owned(), words_per_minute: 140, ..config.voice.clone() };
    let voice = Voice::new(voice, config.sites[0].language);
    let texts = script.texts().map(str::to_owned).collect::<Vec<_>>();
    let sounds = texts.into_iter().map(|text| {
        let sound = voice.render_blocking(&text, false).expect("espeak-ng speaks");
        (text, halved(&sound).into())
    });
    let sounds = sounds.collect();
    Caller::speaking(script, sounds)
}

/// What the caller does every 20 ms, for a telephone.
pub fn acts(mut caller: Caller) -> impl FnMut(Tick<'_>) -> Act {
    move |tick| match caller.frame(tick.heard) {
        Does::Sound(frame) => Act::Say(frame.0),
        Does::Digit(digit) => Act::Press(digit.symbol()),
        Does::Hold => Act::Hold,
        Does::TakeBack => Act::TakeBack,
        Does::HangUp | Does::Typed(_) => Act::HangUp,
    }
}

/// Rings Klinke up and holds the call to its end.
pub async fn ring(testbed: &Testbed, caller: Caller) -> Report {
    let telephone = Telephone::new(testbed.sip()).number("0711987654");
    telephone.call("klinke-heating", acts(caller)).await.expect("the call is held")
}

/// Klinke's sentence as a narrow telephone hears it.
pub fn spoken(config: &Config, text: &str) -> Vec<i16> {
    let voice = Voice::new(config.voice.clone(), config.sites[0].language);
    halved(&voice.render_blocking(text, false).expect("espeak-ng speaks"))
}

/// Where Klinke's sentence is in what the caller heard, in ms.
pub fn heard(config: &Config, heard: &[i16], text: &str) -> Option<usize> {
    let sentence = spoken(config, text);
    let part = &sentence[..sentence.len().min(12_000)];
    sound::find(part, heard).filter(|(_, likeness)| *likeness > 0.6).map(|(at, _)| at / 8)
}
