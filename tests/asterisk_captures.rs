//! Promise: what real Asterisks (16.28 and 22.10.1) were heard to say is understood. Needs the shared captures.

use std::collections::BTreeMap;

use klinke::daemon::pbx::asterisk::{Event, read_answer};

#[path = "shared/material.rs"]
mod material;

#[test]
fn every_captured_event_is_read() {
    let shared = material::shared();
    let Ok(folder) = std::fs::read_dir(shared.join("pbx/captures")) else {
        eprintln!("skipped: no captures in {}", shared.display());
        return;
    };
    let mut seen = BTreeMap::new();
    for file in folder.map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !(name.starts_with("ari") && name.ends_with(".jsonl")) {
            continue;
        }
        for (number, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            // of the event socket where requests go over it too: the direction, then the message
            let event = match &line[0] {
                direction if direction == "<" => &line[1],
                direction if direction == ">" => continue,
                _ => match line.get("event") {
                    Some(event) => event,
                    None => continue,
                },
            };
            if event["type"] == "RESTResponse" {
                check_answer(event);
                *seen.entry("RESTResponse".to_owned()).or_insert(0) += 1;
                continue;
            }
            assert!(matches!(read_answer(&event.to_string()), Ok(None)), "{name}:{number}");
            let read =
                Event::parse(&event.to_string()).unwrap_or_else(|error| panic!("{name}:{number}: {error}"));
            let kind = event["type"].as_str().unwrap();
            check(&read, kind, event);
            *seen.entry(kind.to_owned()).or_insert(0) += 1;
        }
    }
    println!("{seen:?}");
    for kind in [
        "RESTResponse",
        "StasisStart",
        "StasisEnd",
        "ChannelHangupRequest",
        "ChannelDestroyed",
        "ChannelDtmfReceived",
        "ChannelHold",
        "ChannelUnhold",
    ] {
        assert!(seen.contains_key(kind), "no {kind} in the captures");
    }
}

/// The answer says what the JSON says. It was asked for by another program: its id is none of ours.
fn check_answer(answer: &serde_json::Value) {
    let (id, read) = read_answer(&answer.to_string()).unwrap().unwrap();
    assert_eq!((id, i64::from(read.status)), (None, answer["status_code"].as_i64().unwrap()));
    assert_eq!(read.body, answer["message_body"].as_str().unwrap_or_default().as_bytes());
}

/// The event says what the JSON says.
fn check(read: &Event, kind: &str, event: &serde_json::Value) {
    let id = event["channel"]["id"].as_str();
    match read {
        Event::Entered { channel, arrival, arguments } => {
            assert_eq!((kind, Some(channel.as_str())), ("StasisStart", id));
            let number = event["channel"]["caller"]["number"].as_str().filter(|number| !number.is_empty());
            assert_eq!(arrival.caller.as_ref().map(|caller| caller.reveal().as_str()), number);
            assert_eq!(arguments.len(), event["args"].as_array().unwrap().len());
        }
        Event::HangUpRequested { channel, soft } => {
            assert_eq!((kind, Some(channel.as_str())), ("ChannelHangupRequest", id));
            assert_eq!(*soft, event["soft"] == true);
        }
        Event::Left { channel, .. } => {
            assert!(matches!(kind, "StasisEnd" | "ChannelDestroyed"));
            assert_eq!(Some(channel.as_str()), id);
        }
        Event::Digit { pressed, .. } => {
            assert_eq!(
                (kind, Some(pressed.digit.symbol().to_string().as_str())),
                ("ChannelDtmfReceived", event["digit"].as_str())
            );
            let at = event["timestamp"].as_str().expect("when");
            assert_eq!(
                pressed.at.expect("when").as_millisecond() % 1000,
                at[20..23].parse::<i64>().expect("ms")
            );
            assert_eq!(Some(pressed.duration_ms), event["duration_ms"].as_i64());
        }
        Event::Hold { channel, on } => {
            assert_eq!(kind, if *on { "ChannelHold" } else { "ChannelUnhold" });
            assert_eq!(Some(channel.as_str()), id);
        }
        Event::Replaced => assert_eq!(kind, "ApplicationReplaced"),
        Event::Other => assert!(!kind.starts_with("Stasis")),
    }
}
