//! Promise: the sound of a real Asterisk (22.10.1), as it was captured, is understood to the last byte. Needs the
//! shared captures.

use klinke::config::Codec;
use klinke::daemon::pbx::asterisk::{Control, Form};
use klinke::daemon::pbx::audiosocket::Message;

#[path = "shared/material.rs"]
mod material;

/// A capture; `None`, with a word about it, where it is not here.
fn capture(name: &str) -> Option<Vec<u8>> {
    let file = material::shared().join("pbx/captures").join(name);
    let read = std::fs::read(&file);
    if read.is_err() {
        eprintln!("skipped: no {}", file.display());
    }
    read.ok()
}

#[test]
fn audiosocket_is_an_identity_and_sound() {
    let Some(bytes) = capture("audiosocket-slin.bin") else { return };
    let mut rest = &bytes[..];
    let mut messages = Vec::new();
    while let Some((message, length)) = Message::parse(rest).unwrap() {
        messages.push(message);
        rest = &rest[length..];
    }
    // the capture was cut off in mid-message
    assert!(rest.len() < 323, "{} bytes are no message", rest.len());
    let id = 0x4032_5ec2_5efd_4bd3_805f_5357_6e58_1d13_u128.to_be_bytes();
    assert_eq!(messages[0], Message::Id(id));
    assert!(messages.len() > 20, "{}", messages.len());
    for message in &messages[1..] {
        let Message::Sound(Codec::Slin, sound) = message else { panic!("{message:?}") };
        assert_eq!(sound.len(), 320);
    }
}

#[test]
fn a_media_websocket_is_understood_in_both_forms() {
    for (name, form) in [
        ("chan_websocket-json.jsonl", Form::Json),
        ("chan_websocket-plain.jsonl", Form::Plain),
        ("mediaws-ws-in-slin16.jsonl", Form::Plain),
    ] {
        let Some(lines) = capture(name) else { return };
        let mut said = Vec::new();
        for line in String::from_utf8(lines).unwrap().lines() {
            let (_, way, message): (f64, String, serde_json::Value) = serde_json::from_str(line).unwrap();
            let Some(text) = message.as_str().filter(|_| way == "<") else { continue };
            let (control, found) = Control::parse(text);
            assert_eq!(found, form, "{name}: {text}");
            said.push(control);
        }
        assert_eq!(said[0], Control::Started(Some(Codec::Slin16)), "{name}");
        if name.starts_with("chan") {
            let full: Vec<_> = said.iter().filter(|said| matches!(said, Control::Full(_))).collect();
            assert_eq!(full, [&Control::Full(true), &Control::Full(false)], "{name}");
            let waiting =
                |least: u32| said.iter().any(|said| matches!(said, Control::Waiting(n) if *n >= least));
            assert!(said.contains(&Control::Waiting(0)) && waiting(245) && waiting(980), "{name}: {said:?}");
        }
    }
}
