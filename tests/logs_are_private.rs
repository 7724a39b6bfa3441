//! Promise: what callers say and who they are stands in no log at any level, in no temporary file, in no process's
//! arguments, and nowhere in the data folder that could be read without the root key.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use klinke::config::{Asterisk, Authorities, Requests};
use klinke::daemon::pbx::{Admission, asterisk};
use klinke::sim::pretend::Faults;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;

#[path = "call/demo.rs"]
#[expect(dead_code, reason = "the call's own promises use all of it")]
mod demo;
#[path = "asterisk/fake_ari.rs"]
mod fake_ari;
#[path = "shared/machine.rs"]
mod machine;
mod support;

use fake_ari::{Answer, FakeAri};
use machine::{Machine, project};

/// Who calls and what he says of himself; in no file of the demonstration's site.
const CALL: &str = "Guten Tag, unsere Heizung ist ausgefallen.
Kanariengasse vierzehn.
Mein Name ist Zeisigkeit.
0711 98 76 54 3.
So gegen Donnerstag?
Ja, das passt.
Ja, das stimmt.
Nein danke, das war alles.
";
const NUMBER: &str = "+497119876543";
/// What must be nowhere: words in lower case, digits without what lies between them.
const WORDS: [&str; 4] = ["kanarien", "zeisigkeit", "weber", "lindenstr"];
const DIGITS: [&str; 2] = ["119876543", "071123456"];

/// What stands there that should not.
fn found(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let wide: String = text.chars().filter(|sign| *sign != '\0').collect();
    let word = WORDS.into_iter().find(|word| text.contains(word) || wide.contains(word));
    word.or_else(|| DIGITS.into_iter().find(|number| digits.contains(number)))
}

/// The same in every file below `folder`. Returns how many there were.
fn assert_nothing_in(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            files += assert_nothing_in(&entry.path());
        } else {
            files += 1;
            assert_eq!(found(&fs::read(entry.path()).unwrap()), None, "in {}", entry.path().display());
        }
    }
    files
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for told in ["Kanariengasse", "ZEISIGKEIT", "call from +49 711 98 76 54 3", "W\0e\0b\0e\0r\0"] {
        assert!(found(told.as_bytes()).is_some(), "{told}");
    }
    assert_eq!(found(b"call 0abc ends"), None);
}

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A log that keeps everything, libraries included.
struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        LINES.lock().unwrap().push(format!("{} {} {}", record.level(), record.target(), record.args()));
    }

    fn flush(&self) {}
}

fn keep_everything() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        log::set_logger(&Everything).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

#[test]
fn whatever_breaks_in_a_call_the_log_names_nobody() {
    keep_everything();
    let (site, script) = (demo::site(), demo::script(CALL));
    let never = Faults::default();
    let mut said = false;
    for after in (0..60).step_by(4) {
        for faults in [
            Faults { jobs_until_failure: Some(after * 20), ..never },
            Faults { phrases_until_failure: Some(after / 3), ..never },
            Faults { orders_until_failure: Some(after / 12), ..never },
            Faults { entries_until_failure: Some(after / 2), ..never },
        ] {
            let held = demo::hold(&site, &script, faults);
            said |= format!("{:?}", held.said()).contains("Zeisigkeit");
            // What is made for eyes and journals in passing is private too.
            assert_eq!(found(format!("{:?} {:?}", held.world.events, held.world.entries).as_bytes()), None);
        }
    }
    assert!(said, "the name was never there to be logged");
    let lines = LINES.lock().unwrap();
    assert!(lines.iter().any(|line| line.contains("hearing failed")), "nothing was logged: {lines:?}");
    // the tests beside this one keep what libraries trace as well
    let mut kept = lines.iter().filter(|line| reaches_the_journal(line));
    assert_eq!(kept.find(|line| found(line.as_bytes()).is_some()), None);
}

/// Everything of our own, and what libraries warn of.
fn reaches_the_journal(line: &str) -> bool {
    let mut words = line.split(' ');
    let (level, target) = (words.next().unwrap(), words.next().unwrap());
    target.split("::").next() == Some("klinke") || ["WARN", "ERROR"].contains(&level)
}

/// A synthesizer in the machine's `bin` that first writes down how it was called, then does `what`.
fn synthesizer(machine: &Machine, what: &str) -> String {
    let real = Command::new("sh").args(["-c", "command -v espeak-ng"]).output().unwrap();
    let real = String::from_utf8(real.stdout).unwrap();
    fs::create_dir_all(machine.path("bin")).unwrap();
    let called = machine.path("called").display().to_string();
    let script =
        format!("#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ >> {called}\nreal={real}\n{what}\n");
    let program = machine.put("bin/espeak-ng", script);
    fs::set_permissions(program, fs::Permissions::from_mode(0o700)).unwrap();
    format!("{}:{}", machine.path("bin").display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_call_that_is_tried_leaves_nothing_readable() {
    let Some(machine) = Machine::new() else { return };
    let path = synthesizer(&machine, r#"exec $real "$@""#);
    let typed = machine.put("call.txt", CALL);
    let spoken = project("etc/demo/caller.txt").display().to_string();
    for (script, options, name) in [
        (&typed, &["--keep", "--text"][..], "zeisigkeit"),
        (&typed, &["--text"], "zeisigkeit"),
        (&spoken, &["--keep", "--speak", "--text"], "weber"),
    ] {
        let arguments = [&["try", "--fast", "--json", "--caller", NUMBER], options, &[script]].concat();
        let mut command = machine.command(&arguments);
        let output = command.env("KLINKE_LOG", "trace").env("PATH", &path).output().unwrap();
        let told = machine.told(&output, &arguments);
        assert!(told.out.to_lowercase().contains(name), "it was never there to be logged: {}", told.out);
        assert!(told.err.lines().count() > 100, "that is no log at the level trace");
        assert_eq!(told.err.lines().find(|line| found(line.as_bytes()).is_some()), None);
        assert_eq!(machine.left_behind().len(), 0);
    }
    assert!(assert_nothing_in(&machine.path("data")) >= 2, "key and store were searched");
    let called = fs::read(machine.path("called")).unwrap();
    assert!(String::from_utf8_lossy(&called).contains("--stdin"), "the synthesizer was never called");
    assert_eq!(found(&called), None, "in the arguments or the environment of the voice");
}

#[test]
fn a_call_that_is_going_on_has_nothing_readable_on_the_disk() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", format!("Mein Name ist Zeisigkeit. {CALL}"));
    let mut command = machine.command(&["try", "--json", "--caller", NUMBER, "--text", &script]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"concern\"") && !line.contains("\"spoke\",\"id\":3") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "the call ended early");
    }
    let scratch = machine.left_behind();
    let [scratch] = &scratch[..] else { panic!("{scratch:?}") };
    assert_eq!(fs::metadata(scratch).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(assert_nothing_in(scratch) >= 2, "store and WAL were searched");
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    out.read_to_string(&mut line).unwrap();
    assert!(child.wait().unwrap().success() && found(line.as_bytes()).is_some(), "{line}");
    assert_eq!(machine.left_behind().len(), 0);
}

#[test]
fn failures_in_mid_call_tell_nothing() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", CALL);
    // A voice that quotes what it cannot say.
    let quoting = r#"text=$(cat); case "$text" in *eisigkeit*|*anarien*) echo "cannot say $text" >&2; exit 1;; esac
printf '%s' "$text" | $real "$@""#;
    let path = synthesizer(&machine, quoting);
    for fast in [&["--fast"][..], &[]] {
        let arguments = [&["try", "--json", "--keep", "--caller", NUMBER, "--text", &script], fast].concat();
        let mut command = machine.command(&arguments);
        let output = command.env("KLINKE_LOG", "trace").env("PATH", &path).output().unwrap();
        let told = machine.told(&output, &arguments);
        assert_eq!(told.record()["reason"], "fault", "{}", told.out);
        assert!(told.err.contains("voice: espeak-ng could not speak: it quoted the text"), "{}", told.err);
        assert_eq!(told.err.lines().find(|line| found(line.as_bytes()).is_some()), None);
    }
    machine.put("data/root.key", "a".repeat(64));
    let told = machine.refuses(&["try", "--keep", "--caller", NUMBER, "--text", &script], &["does not fit"]);
    assert_eq!(found(told.as_bytes()), None);
    assert!(assert_nothing_in(&machine.path("data")) >= 2);
}

#[test]
fn a_trace_and_both_tracks_are_for_their_owner_only() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", "Mein Name ist Zeisigkeit.\n[hang up]\n");
    for file in ["trace", "both.wav"] {
        // One that was open to everybody before, too.
        fs::write(machine.path(file), "old").unwrap();
        fs::set_permissions(machine.path(file), fs::Permissions::from_mode(0o644)).unwrap();
    }
    machine.klinke(&["try", "--fast", "--text", &script, "--trace", "trace", "--out", "both.wav"]);
    for file in ["trace", "both.wav"] {
        let mode = fs::metadata(machine.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert!(found(&fs::read(machine.path("trace")).unwrap()).is_some(), "the trace holds what was said");
}

const PASSWORD: &str = "gimpel-und-zeisig";
/// User and password as HTTP writes them.
const PROOF: &str = "a2xpbmtlOmdpbXBlbC11bmQtemVpc2ln";

/// Something that is ARI, with a call of somebody whose name is in every message, and a failure that quotes it.
async fn ari_with_a_call() -> FakeAri {
    let start = format!(
        r#"{{"type":"StasisStart","args":["site=heating"],"channel":{{"id":"77.1","name":"PJSIP/zeisigkeit-1",
        "caller":{{"name":"Frau Zeisigkeit","number":"{NUMBER}"}},"caller_rdnis":"{NUMBER}",
        "dialplan":{{"exten":"700"}}}}}}"#
    );
    let broken = r#"{"type":"StasisStart","channel":{"caller":{"name":"Zeisigkeit"}}}"#.to_owned();
    let answer = r#"{"type":"RESTResponse","message_body":"Zeisigkeit"}"#.to_owned();
    let events: Arc<[Message]> =
        [start.clone(), broken, answer, format!("{start}}}")].map(Message::from).into();
    FakeAri::new(move |request| match request {
        request if request.starts_with("GET /ari/events") => Answer::Events(events.to_vec()),
        request if request.starts_with("GET /ari/asterisk/info") => {
            Answer::Http(200, r#"{"system":{"version":"22.10.1"}}"#.into())
        }
        request if request.contains("externalMedia") => {
            Answer::Http(500, r#"{"message":"no media for Zeisigkeit"}"#.into())
        }
        request if request.starts_with("GET /ari/applications") => Answer::Http(200, "{}".into()),
        _ => Answer::Http(204, String::new()),
    })
    .await
}

fn assert_tells_nothing(told: &str) {
    assert!(!told.contains(PASSWORD) && !told.contains(PROOF) && !told.contains("Basic"), "{told}");
    assert_eq!(told.lines().find(|line| found(line.as_bytes()).is_some()), None);
}

/// The library that speaks to the PBX would trace every message with the caller in it, and our password.
#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_logs_neither_callers_nor_its_password() {
    for requests in ["http", "websocket"] {
        let Some(machine) = Machine::new() else { return };
        let ari = ari_with_a_call().await;
        machine.put("password", PASSWORD);
        let config = fs::read_to_string(machine.path("klinke.toml")).unwrap();
        let asterisk = format!(
            "\n[asterisk]\nurl = \"http://{}\"\nuser = \"klinke\"\npassword_file = \"password\"\n\
             requests = \"{requests}\"\nmedia = \"rtp\"\ncodec = \"alaw\"\n\
             media_address = \"127.0.0.1\"\nmedia_ports = \"47000-47099\"\n",
            ari.at
        );
        fs::write(machine.path("klinke.toml"), config + &asterisk).unwrap();
        let mut command = machine.command(&["serve"]);
        let mut child = command.env("KLINKE_LOG", "trace").stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let told = tokio::task::spawn_blocking(move || {
            let mut told = String::new();
            while !(told.contains("call 77.1") && told.contains("cannot be read")) {
                assert!(log.read_line(&mut told).unwrap() > 0, "the daemon ended: {told}");
            }
            Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
            log.read_to_string(&mut told).unwrap();
            assert!(child.wait().unwrap().success(), "{told}");
            told
        });
        let told = told.await.unwrap();
        println!("{told}");
        assert_tells_nothing(&told);
    }
}

/// What the journal lets through of the libraries, warnings and errors, and everything of our own, whichever way
/// requests go and whatever breaks on the way.
#[tokio::test(flavor = "multi_thread")]
async fn libraries_warn_of_no_password_whatever_breaks() {
    keep_everything();
    let mut libraries = 0;
    for (requests, tls) in [(Requests::Http, false), (Requests::WebSocket, false), (Requests::Http, true)] {
        let ari = ari_with_a_call().await;
        let scheme = if tls { "https" } else { "http" };
        let config = Asterisk {
            url: format!("{scheme}://{}", ari.at),
            user: "klinke".into(),
            password: PASSWORD.into(),
            app: "klinke".into(),
            context: None,
            media: None,
            codec: None,
            media_address: ari.at.ip(),
            media_ports: (47_100, 47_199),
            requests,
            authorities: tls.then(authorities),
        };
        let told = format!("{config:?}");
        assert!(!told.contains(PASSWORD), "{told}");
        let (call, _calls) = mpsc::channel(1);
        let (shutdown, down) = watch::channel(false);
        let adapter = tokio::spawn(asterisk::attach(config, |_| Admission::Admitted(None), call, down));
        tokio::time::sleep(Duration::from_millis(700)).await;
        // in the middle of everything
        drop(ari);
        tokio::time::sleep(Duration::from_millis(700)).await;
        shutdown.send_replace(true);
        adapter.await.unwrap().unwrap();
    }
    for line in LINES.lock().unwrap().iter() {
        libraries += usize::from(!line.contains(" klinke"));
        if reaches_the_journal(line) {
            assert_tells_nothing(line);
        }
    }
    assert!(libraries > 0, "no library was listened to");
}

/// Somebody to believe.
fn authorities() -> Authorities {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    Authorities { file: "ca.pem".into(), certificates: vec![certificate.der().clone()] }
}
