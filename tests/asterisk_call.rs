//! Promise: on a real Asterisk, whoever rings up because the heating is broken gets his technician. The daemon as
//! it is shipped, its real models and voice; a telephone over SIP with the demonstration's caller at it.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use klinke::call::line::Frame;
use klinke::config::{self, Config};
use klinke::daemon::credentials;
use klinke::daemon::store::Store;
use klinke::daemon::voice::Voice;
use klinke::record::{CallRecord, Ending};
use klinke::sim::caller::{Act as Does, Caller, Telephone as _};
use klinke::sim::script::Script;
use support::telephone::{Act, Report, Telephone, sound};
use support::testbed::{Testbed, recordings};

/// The daemon, as a process.
struct Daemon {
    child: Child,
    dir: PathBuf,
}

impl Daemon {
    /// Starts `klinke serve` for the demonstration's site on this Asterisk and waits until it answers calls.
    fn start(testbed: &Testbed, name: &str) -> Self {
        Self::start_with(testbed, name, "build/runtime/libonnxruntime.so.1.28.0")
    }

    /// The same with this library to run models; waits until it answers calls or says that it cannot.
    fn start_with(testbed: &Testbed, name: &str, library: &str) -> Self {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a folder");
        let pbx = testbed.config();
        private(&dir.join("password"), "only-for-tests");
        credentials::make_root_key(&dir.join("root.key")).expect("a root key");
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo");
        let project = env!("CARGO_MANIFEST_DIR");
        let text = format!(
            r#"data_dir = "data"
root_key_file = "root.key"
sites = ["{}"]
[models]
onnx_runtime = "{project}/{library}"
speech = "{project}/build/runtime/silero_vad.onnx"
recogniser = "{project}/models/de-telephone/de-telephone.onnx"
[voice]
engine = "espeak-ng"
voice = "de"
[asterisk]
url = "{}"
user = "klinke"
password_file = "password"
app = "klinke"
context = "colleagues"
media_address = "127.0.0.1"
media_ports = "{}-{}"
"#,
            demo.join("heating.toml").display(),
            pbx.url,
            pbx.media_ports.0,
            pbx.media_ports.1,
        );
        private(&dir.join("klinke.toml"), &text);
        let mut child = Command::new(env!("CARGO_BIN_EXE_klinke"))
            .args(["serve", "--config"])
            .arg(dir.join("klinke.toml"))
            .env_remove("JOURNAL_STREAM")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the daemon starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut line = String::new();
        let (mut listens, mut knows) = (false, false);
        while !(listens && knows) && log.read_line(&mut line).expect("a log line") > 0 {
            eprint!("daemon: {line}");
            listens |= line.contains("listening to Asterisk");
            knows |= line.contains("ready: ");
            line.clear();
        }
        std::thread::spawn(move || {
            log.lines().map_while(Result::ok).for_each(|line| eprintln!("daemon: {line}"))
        });
        Self { child, dir }
    }

    fn config(&self) -> Config {
        config::load(&self.dir.join("klinke.toml")).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// Asks it to stop, as systemd does, and reads what it kept.
    fn stop(mut self) -> (Config, Vec<CallRecord>) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        let config = self.config();
        let root = credentials::root_key(&config.root_key_file).expect("the root key");
        let mut store = Store::open_existing(&config.data_dir, root).expect("the store");
        let calls = store.call_ids().expect("the calls");
        let records = calls.into_iter().map(|call| store.record(call).expect("its record")).collect();
        (config, records)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn private(path: &Path, text: &str) {
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).expect("a file");
    file.write_all(text.as_bytes()).expect("room");
}

/// A caller with a synthesizer's voice that is not Klinke's.
fn caller(config: &Config, script: &str) -> Caller {
    let script = Script::parse(script).expect("a script");
    let voice = config::Voice { voice: "de+f3".to_owned(), words_per_minute: 140, ..config.voice.clone() };
    let voice = Voice::new(voice, config.sites[0].language);
    let texts = script.texts().map(str::to_owned).collect::<Vec<_>>();
    let sounds = texts.into_iter().map(|text| {
        let sound = voice.render_blocking(&text, false).expect("espeak-ng speaks");
        (text, sound)
    });
    let sounds = sounds.collect();
    Caller::speaking(script, sounds)
}

async fn ring(testbed: &Testbed, mut caller: Caller) -> Report {
    let telephone = Telephone::new(testbed.sip()).number("0711987654");
    let call = telephone.call("klinke-heating", move |tick| match caller.frame(&Frame(*tick.heard)) {
        Does::Sound(frame) => Act::Say(frame.0),
        Does::Digit(digit) => Act::Press(digit.symbol()),
        Does::HangUp | Does::Typed(_) => Act::HangUp,
    });
    call.await.expect("the call is held")
}

/// Where Klinke's sentence is in what the caller heard, in ms.
fn heard(config: &Config, heard: &[i16], text: &str) -> Option<usize> {
    let voice = Voice::new(config.voice.clone(), config.sites[0].language);
    let sentence = voice.render_blocking(text, false).expect("espeak-ng speaks");
    let part = &sentence[..sentence.len().min(12_000)];
    sound::find(part, heard).filter(|(_, likeness)| *likeness > 0.6).map(|(at, _)| at / 8)
}

fn value<'a>(record: &'a CallRecord, name: &str) -> &'a str {
    record.slots.iter().find(|slot| slot.name == name).map_or("", |slot| slot.value.reveal().as_str())
}

/// Silence that ends a stretch of sound, in ms.
const STRETCH_GAP_MS: usize = 400;

/// Stretches of sound in a recording: first and last ms of each.
fn stretches(sound: &[i16]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, frame) in sound.chunks(80).enumerate() {
        if frame.iter().all(|sample| sample.unsigned_abs() < 400) {
            continue;
        }
        let ms = at * 10;
        match found.last_mut().filter(|(_, end)| ms - *end < STRETCH_GAP_MS) {
            Some((_, end)) => *end = ms + 10,
            None => found.push((ms, ms + 10)),
        }
    }
    found
}

/// Prints what the caller's ear measures: from the end of his speech to the first sound of the answer, and from
/// the beginning of an interruption to silence.
fn print_times(report: &Report) {
    let (said, heard) = (stretches(&report.said), stretches(&report.heard));
    let mut reactions: Vec<usize> = said
        .iter()
        .filter(|(_, end)| !heard.iter().any(|(from, to)| from < end && end < to))
        .filter_map(|(_, end)| heard.iter().find(|(from, _)| from >= end).map(|(from, _)| from - end))
        .collect();
    reactions.sort_unstable();
    println!("on the wire, end of speech to our first sound, ms: {reactions:?}");
    for (began, _) in &said {
        if let Some((_, silent)) = heard.iter().find(|(from, to)| from < began && began < to) {
            println!("on the wire, interruption to silence: {} ms", silent - began);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_call_books_a_technician() {
    let Some(testbed) = Testbed::start("call") else { return };
    let daemon = Daemon::start(&testbed, "asterisk-call");
    let script = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/caller.txt"));
    let caller = caller(&daemon.config(), &script.expect("the demonstration's caller"));
    let report = ring(&testbed, caller).await;
    sound::write_wav(recordings().join("demo-heard.wav"), &report.heard).expect("room");
    sound::write_wav(recordings().join("demo-said.wav"), &report.said).expect("room");
    print_times(&report);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (config, records) = daemon.stop();
    let [record] = records.as_slice() else { panic!("one call, one record: {records:?}") };
    assert_eq!(record.ending, Ending::Completed, "{}", serde_json::to_string_pretty(record).expect("JSON"));
    assert!(record.disclosed && record.emergency);
    assert_eq!(record.caller.as_ref().map(|number| number.reveal().as_str()), Some("0711987654"));
    assert_eq!((value(record, "name"), value(record, "telephone")), ("Weber", "071123456"));
    assert!(value(record, "address").starts_with("Lindenstraße 16"), "what was corrected is what is stored");
    let appointment = record.appointment.as_ref().expect("something was booked");
    assert_eq!(appointment.start.date().weekday(), jiff::civil::Weekday::Thursday);
    let texts = &config.sites[0].texts;
    let at = |part: &[i16], text: &str| {
        heard(&config, part, text).unwrap_or_else(|| panic!("nobody heard {text:?}"))
    };
    assert!(at(&report.heard, &texts.disclosure) < 1_500, "the first thing heard is that this is an AI");
    // "Kann ich sonst noch etwas für Sie tun?" sounds much like it, so it is looked for where it belongs.
    at(&report.heard[..10 * 8_000], &texts.concern);
    assert!(at(&report.heard, &texts.emergency) < at(&report.heard, &texts.goodbye));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_human_at_any_word_and_a_record_of_whoever_hangs_up() {
    let Some(testbed) = Testbed::start("human") else { return };
    let daemon = Daemon::start(&testbed, "asterisk-human");
    let config = daemon.config();
    let report =
        ring(&testbed, caller(&config, "Ich möchte mit einem Menschen sprechen.\n[silence 4s]\n[hang up]\n"))
            .await;
    assert!(sound::share_of_tone(&report.heard, 620.0) > 0.02, "the colleague's tone was heard");
    let transfers = testbed.variable("TRANSFERS");
    assert!(transfers.ends_with(":caller_asked"), "{transfers:?}");
    ring(&testbed, caller(&config, "[digit 0]\n[silence 6s]\n[hang up]\n")).await;
    ring(&testbed, caller(&config, "Unsere Heizung ist ausgefallen.\n[hang up]\n")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (_, records) = daemon.stop();
    let endings: Vec<String> = records
        .iter()
        .rev()
        .map(|it| serde_json::to_value(&it.ending).expect("JSON")["ending"].to_string())
        .collect();
    assert_eq!(endings, ["\"handed_over\"", "\"handed_over\"", "\"hung_up\""]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_cannot_hear_sends_callers_on_at_once() {
    let Some(testbed) = Testbed::start("deaf") else { return };
    let daemon = Daemon::start_with(&testbed, "asterisk-deaf", "no/such/library.so");
    let config = daemon.config();
    let report = ring(&testbed, caller(&config, "[silence 2s]\n[hang up]\n")).await;
    assert!(sound::share_of_tone(&report.heard, 440.0) > 0.5, "the fallback was heard");
    let fallbacks = testbed.variable("FALLBACKS");
    assert!(fallbacks.ends_with(":not_ready"), "{fallbacks:?}");
    let (_, records) = daemon.stop();
    assert_eq!(records, []);
}
