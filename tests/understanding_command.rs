//! Promise to administrators: `klinke understand` answers every sentence it can read, in JSON that stays as it is,
//! and names every line it cannot.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn klinke(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_klinke"))
        .arg("understand")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn objects(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/etc/demo/klinke.toml");

#[test]
fn the_json_is_stable() {
    let output = klinke(
        &[
            "nein lieber so gegen halb acht",
            "--now",
            "2026-11-23T10:00:00+01:00",
            "--expect",
            "time",
            "--json",
        ],
        b"",
    );
    assert!(output.status.success());
    let mut found = objects(&output);
    // Confidence may be tuned; that it is there may not change.
    for slot in found[0]["slots"].as_array_mut().unwrap() {
        assert!(slot["confidence"].is_number());
        slot.as_object_mut().unwrap().remove("confidence");
    }
    assert_eq!(
        found,
        [json!({
            "text": "nein lieber so gegen halb acht",
            "intents": [],
            "slots": [
                {
                    "kind": "yes_no", "value": false, "words": "nein", "span": {"first": 0, "end": 1},
                    "hedged": false, "negated": false, "corrects": false
                },
                {
                    "kind": "date_time", "value": "2026-11-24T07:30:00", "until": "2026-11-24T07:31:00",
                    "grain": "minute", "dated": false, "words": "so gegen halb acht", "span": {"first": 2, "end": 6},
                    "hedged": true, "negated": false, "corrects": true
                }
            ],
            "signals": []
        })]
    );
}

#[test]
fn lines_are_answered_with_their_own_moment_and_expectation() {
    let input = r#"{"text": "morgen", "now": "2026-12-31T12:00:00+01:00"}
{"text": "null sieben elf zwo", "expect": "digits"}
{"text": "vier", "expect": ["address", "free"]}
übermorgen
"#;
    let output = klinke(&["-", "--json", "--now", "2026-11-23T10:00:00+01:00"], input.as_bytes());
    assert!(output.status.success());
    let found = objects(&output);
    assert_eq!(found[0]["slots"][0]["value"], "2027-01-01T00:00:00");
    assert_eq!(found[1]["slots"][0]["value"], "07112");
    assert_eq!(found[2]["slots"][0]["house_number"], "4");
    assert_eq!(found[3]["slots"][0]["value"], "2026-11-25T00:00:00");
}

#[test]
fn a_line_that_cannot_be_read_is_named_and_the_others_answered() {
    let input = b"{\"text\": \n{\"text\": \"heute\", \"now\": \"gestern\"}\n{\"text\": \"ja\", \"expect\": \"maybe\"}\n\
        {\"text\": \"ja\", \"when\": 1}\n\xff\xfe\nja\n\n{\"text\": 5}\nnein";
    let output = klinke(&["-", "--json"], input);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    for line in [1, 2, 3, 4, 5, 8] {
        assert!(told.contains(&format!("line {line}: ")), "line {line} is not named in:\n{told}");
    }
    assert!(told.contains("gestern") && told.contains("yes-no") && told.contains("when"), "{told}");
    let found = objects(&output);
    assert_eq!(found.len(), 2);
    assert_eq!((&found[0]["text"], &found[1]["text"]), (&json!("ja"), &json!("nein")));
}

#[test]
fn a_line_without_end_is_refused() {
    let mut input = vec![b'a'; 1_000_000];
    input.extend(b"\nja\n");
    let output = klinke(&["-", "--json"], &input);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(objects(&output).len(), 1);
}

#[test]
fn wrong_arguments_are_told() {
    for arguments in [
        &["heute", "--now", "morgen"][..],
        &["heute", "--expect", "weather"],
        &["heute", "--config", "/nowhere/klinke.toml"],
        &["heute", "--config", DEMO, "--site", "nobody"],
    ] {
        let output = klinke(arguments, b"");
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn people_can_read_it_too() {
    let output = klinke(&["Sabine Weber, Lindenstraße 14, es riecht nach Gas"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["name Sabine Weber", "address Lindenstraße 14", "danger_to_life"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn the_shipped_site_understands_its_trade() {
    let output = klinke(
        &["guten tag unsere heizung ist ausgefallen", "--config", DEMO, "--expect", "free", "--json"],
        b"",
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(objects(&output)[0]["intents"].as_array().map(Vec::is_empty), Some(false));
}

#[test]
fn whoever_has_read_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_klinke"))
        .args(["understand", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // the program may be gone before it has read all of it
    let _ = child.stdin.take().unwrap().write_all("ja\n".repeat(100).as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
