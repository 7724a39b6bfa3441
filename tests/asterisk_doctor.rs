//! Promise: `klinke doctor` says of a real Asterisk whether the telephone can be answered, and where it cannot, what
//! to do; what it says to do helps. It touches no call of others and leaves nothing behind.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use klinke_side::{Attached, converse, dial, echo, never, says};
use serde_json::Value;
use support::daemon::{Settings, folder};
use support::telephone::sound;
use support::testbed::Testbed;

/// How long a doctor may take to come to its test call, on a busy machine.
const TEST_CALL: Duration = Duration::from_secs(60);

/// What the doctor found.
struct Examined {
    code: Option<i32>,
    findings: Vec<Value>,
    error: String,
}

impl Examined {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        println!("{text}");
        let findings = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { code: output.status.code(), findings, error }
    }

    fn finding(&self, check: &str) -> &Value {
        let found = self.findings.iter().find(|finding| finding["check"] == check);
        found.unwrap_or_else(|| panic!("no finding {check}: {}", self.error))
    }

    fn verdict(&self, check: &str) -> &str {
        self.finding(check)["verdict"].as_str().unwrap_or_default()
    }

    fn found(&self, check: &str) -> &str {
        self.finding(check)["found"].as_str().unwrap_or_default()
    }

    /// The commands that it says to run.
    fn commands(&self, check: &str) -> Vec<String> {
        let fixes = self.finding(check)["fixes"].as_array().cloned().unwrap_or_default();
        fixes.iter().filter_map(|fix| fix["run"].as_str().map(str::to_owned)).collect()
    }

    /// Every check with one of these verdicts.
    fn with(&self, verdict: &str) -> Vec<&str> {
        let with = self.findings.iter().filter(|finding| finding["verdict"] == verdict);
        with.filter_map(|finding| finding["check"].as_str()).collect()
    }
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klinke"));
    command
        .args(["doctor", "--language", "en", "--config"])
        .arg(dir.join("klinke.toml"))
        .env_remove("KLINKE_LOG");
    command
}

/// Runs the doctor to its end.
async fn examine(dir: &Path) -> Examined {
    let mut doctor = command(dir);
    doctor.arg("--json");
    let ended =
        tokio::task::spawn_blocking(move || doctor.output().expect("klinke runs")).await.expect("it ends");
    Examined::of(&ended)
}

/// A configuration for the test's Asterisk, with changes.
fn configured(testbed: &Testbed, name: &str, changes: &[(&str, &str)]) -> PathBuf {
    let dir = folder(testbed, name, &Settings::default());
    let file = dir.join("klinke.toml");
    let mut text = std::fs::read_to_string(&file).expect("it was written");
    for (from, to) in changes {
        assert!(text.contains(from), "{from:?} is not in {text}");
        text = text.replace(from, to);
    }
    std::fs::write(&file, text).expect("room");
    dir
}

/// The printed dialplan, as an administrator would install it.
fn install_dialplan(testbed: &Testbed, dir: &Path) {
    let printed = Command::new(env!("CARGO_BIN_EXE_klinke"))
        .args(["dialplan", "asterisk", "--config"])
        .arg(dir.join("klinke.toml"))
        .output()
        .expect("klinke runs");
    testbed.write("klinke.conf", &String::from_utf8_lossy(&printed.stdout));
    // the printed one has its own part for transfers
    let own = include_str!("asterisk/etc/extensions.conf").replace("#include transfer.conf", "");
    testbed.write("extensions.conf", &format!("{own}\n#include klinke.conf\n"));
    assert!(testbed.cli("dialplan reload").contains("reloaded"));
}

/// Numbers and folders that differ from run to run, and what a machine says of its GPU.
fn alike(text: &str, dir: &Path) -> String {
    let text = text.replace(&dir.display().to_string(), "DIR");
    let runs_on = |line: &str| match (line.find("(CPU; "), line.find("(GPU, CUDA)"), line.find(");")) {
        (Some(from), _, Some(to)) | (_, Some(from), Some(to)) => {
            format!("{}(DEVICE{}", &line[..from], &line[to..])
        }
        _ => line.to_owned(),
    };
    let text: String = text.split_inclusive('\n').map(runs_on).collect();
    let mut alike = String::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        alike += if digits > 0 { "#" } else { "" };
        alike += &part[digits..];
    }
    alike
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_site_is_told_so_and_nothing_stays_behind() {
    let Some(testbed) = Testbed::start("doctor") else { return };
    let dir = configured(&testbed, "doctor", &[]);
    install_dialplan(&testbed, &dir);
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let examined = examine(&dir).await;
    assert_eq!(examined.code, Some(0), "{}", examined.error);
    assert_eq!(examined.with("ok").len(), 17, "{:?}", examined.findings);
    assert!(examined.found("test_call").contains("Local channel"), "{}", examined.found("test_call"));
    assert!(examined.found("application").contains("calls now: 0"), "{}", examined.found("application"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());

    // Klinke was not pushed out: it still gets calls
    let call = dial(&testbed, "klinke-heating", says(Vec::new(), 500));
    let line = klinke.line().await;
    converse(line, echo, never).await.unwrap();
    call.await.unwrap();
    klinke.detach().await;

    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_read_it_in_german_and_english() {
    let Some(testbed) = Testbed::start("read") else { return };
    let dir = configured(&testbed, "read", &[("\"colleagues\"", "\"colleagues\"\nmedia = \"rtp\"")]);
    testbed.cli("module unload chan_rtp.so");
    let mut shown = String::new();
    for language in ["de_DE.UTF-8", "en_US.UTF-8"] {
        let output = Command::new(env!("CARGO_BIN_EXE_klinke"))
            .args(["doctor", "--config"])
            .arg(dir.join("klinke.toml"))
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env("LANG", language)
            .output()
            .expect("klinke runs");
        shown += &alike(&String::from_utf8_lossy(&output.stdout), &dir);
        shown +=
            &format!("exit code {:?}: {}\n", output.status.code(), String::from_utf8_lossy(&output.stderr));
    }
    insta::assert_snapshot!(shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_says_to_run_helps() {
    let Some(testbed) = Testbed::start("helps") else { return };
    let dir = configured(&testbed, "helps", &[("\"colleagues\"", "\"colleagues\"\nmedia = \"rtp\"")]);
    for module in ["chan_rtp.so", "res_rtp_multicast.so"] {
        testbed.cli(&format!("module unload {module}"));
    }
    let examined = examine(&dir).await;
    assert_eq!((examined.code, examined.with("failed")), (Some(1), vec!["modules"]));
    let found = examined.found("modules");
    assert!(found.contains("chan_rtp") && found.contains("res_rtp_multicast"), "{found}");
    for command in examined.commands("modules") {
        let inner = command.strip_prefix("asterisk -rx '").and_then(|rest| rest.strip_suffix('\''));
        testbed.cli(inner.unwrap_or_else(|| panic!("{command} is no command of Asterisk's")));
    }
    let examined = examine(&dir).await;
    assert_eq!((examined.code, examined.with("failed")), (Some(0), vec![]));
    // without the printed dialplan the sound still goes, and the way to it is told
    assert_eq!(examined.verdict("dialplan"), "warning");
    assert!(examined.found("test_call").contains("bridge"), "{}", examined.found("test_call"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_that_asterisk_refuses_or_lets_only_read_are_told_apart() {
    let Some(testbed) = Testbed::start("users") else { return };
    let own = include_str!("asterisk/etc/ari.conf");
    testbed.write(
        "ari.conf",
        &format!("{own}\n[reader]\ntype = user\nread_only = yes\npassword = only-for-tests\n"),
    );
    testbed.cli("module reload res_ari.so");
    let of =
        |user: &str| configured(&testbed, &format!("user-{user}"), &[("\"klinke\"", &format!("\"{user}\""))]);

    let examined = examine(&of("stranger")).await;
    assert_eq!((examined.code, examined.verdict("ari"), examined.verdict("user")), (Some(1), "ok", "failed"));
    assert!(examined.found("user").contains("name or password"), "{}", examined.found("user"));
    assert_eq!(examined.verdict("modules"), "unchecked");

    let examined = examine(&of("reader")).await;
    assert_eq!((examined.code, examined.verdict("user")), (Some(1), "failed"));
    assert!(examined.found("user").contains("only read"), "{}", examined.found("user"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_context_and_extensions_that_are_not_there_are_told() {
    let Some(testbed) = Testbed::start("context") else { return };
    let examined = examine(&configured(&testbed, "context-a", &[("\"colleagues\"", "\"nowhere\"")])).await;
    assert_eq!((examined.code, examined.verdict("dialplan")), (Some(1), "failed"));
    assert!(examined.found("dialplan").contains("no context nowhere"), "{}", examined.found("dialplan"));
    // the context is there, and has no numbers
    let examined = examine(&configured(&testbed, "context-b", &[("\"colleagues\"", "\"fallback\"")])).await;
    assert_eq!(examined.verdict("dialplan"), "failed");
    assert!(examined.found("dialplan").contains("200@fallback"), "{}", examined.found("dialplan"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ports_that_others_hold_are_told() {
    let Some(testbed) = Testbed::start("ports") else { return };
    let dir = configured(&testbed, "ports", &[]);
    let config =
        klinke::config::load(&dir.join("klinke.toml")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let (first, last) = config.asterisk.expect("a PBX").media_ports;
    let hold = |port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("a port of the test's own");
    let taken: Vec<_> = (first..=last).filter(|port| port % 2 == 0).skip(4).map(hold).collect();
    let examined = examine(&dir).await;
    assert_eq!((examined.code, examined.verdict("media_ports")), (Some(0), "warning"));
    assert!(
        examined.found("media_ports").contains("4 are free; 8 calls need 8"),
        "{}",
        examined.found("media_ports")
    );
    drop(taken);
    let taken: Vec<_> = (first..=last).filter(|port| port % 2 == 0).map(hold).collect();
    let examined = examine(&dir).await;
    assert_eq!((examined.code, examined.with("failed")), (Some(1), vec!["media_ports", "test_call"]));
    drop(taken);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_of_not_reaching_asterisk_has_its_own_word() {
    let Some(testbed) = Testbed::start("reach") else { return };
    let url = testbed.config().url;
    let at = |name: &str, url_instead: &str| configured(&testbed, name, &[(url.as_str(), url_instead)]);

    let examined = examine(&at("reach-name", "http://nowhere.invalid:8088")).await;
    assert!(examined.found("ari").contains("has no address"), "{}", examined.found("ari"));
    // somebody who accepts and says nothing
    let mute = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let examined = examine(&at("reach-mute", &format!("http://{}", mute.local_addr().unwrap()))).await;
    assert!(examined.found("ari").contains("gives no answer"), "{}", examined.found("ari"));
    // TLS where there is none
    let examined = examine(&at("reach-tls", &url.replace("http:", "https:"))).await;
    assert!(
        examined.found("ari").contains("TLS") || examined.found("ari").contains("certificate"),
        "{}",
        examined.found("ari")
    );
    // an HTTP server, and not below that prefix
    let examined = examine(&at("reach-prefix", &format!("{url}/elsewhere"))).await;
    assert!(examined.found("ari").contains("without ARI"), "{}", examined.found("ari"));
    // Asterisk is not running
    testbed.kill();
    let examined = examine(&at("reach-dead", &url)).await;
    assert!(examined.found("ari").contains("nobody listens"), "{}", examined.found("ari"));
    assert_eq!(
        (examined.code, examined.verdict("ari"), examined.verdict("test_call")),
        (Some(1), "failed", "unchecked")
    );
    assert!(examined.commands("ari").contains(&"systemctl start asterisk".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_test_call_takes_the_path_that_is_configured() {
    let Some(testbed) = Testbed::start("paths") else { return };
    let context = "context = \"colleagues\"";
    for (name, lines, modules) in [
        ("audiosocket", "media = \"audiosocket\"", &["res_audiosocket.so", "chan_audiosocket.so"][..]),
        ("websocket", "media = \"websocket\"", &["chan_websocket.so"]),
        ("g722", "media = \"rtp\"\ncodec = \"g722\"", &["codec_g722.so", "codec_resample.so"]),
    ] {
        let dir = configured(&testbed, name, &[(context, &format!("{context}\n{lines}"))]);
        for module in modules {
            testbed.cli(&format!("module load {module}"));
        }
        let examined = examine(&dir).await;
        assert_eq!((examined.code, examined.with("failed")), (Some(0), vec![]), "{name}");
        assert_eq!(examined.verdict("test_call"), "ok", "{name}: {}", examined.found("test_call"));
        assert!(examined.found("test_call").contains(name), "{name}: {}", examined.found("test_call"));
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_a_daemon_go_on_meanwhile() {
    let Some(testbed) = Testbed::start("meanwhile") else { return };
    let dir = configured(&testbed, "meanwhile", &[]);
    install_dialplan(&testbed, &dir);
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let voice = sound::noise(20_000, 5);
    let call = dial(&testbed, "klinke-heating", says(voice.clone(), 20_000));
    let line = klinke.line().await;
    let conversing = converse(line, echo, never);
    let examined = examine(&dir).await;
    assert_eq!(examined.code, Some(0), "{}", examined.error);
    assert!(examined.found("application").contains("calls now: 1"), "{}", examined.found("application"));
    assert!(examined.found("leftovers").contains("none"), "{}", examined.found("leftovers"));
    let report = call.await.unwrap();
    conversing.await.unwrap();
    let arrived = sound::share_that_arrived(&voice[4_000..120_000], &report.heard);
    println!("of the caller's own sound {arrived:.2} comes back while the doctor examines");
    assert!(arrived >= 0.8, "{arrived}");
    klinke.detach().await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_examination_leaves_nothing_behind() {
    let Some(testbed) = Testbed::start("interrupt") else { return };
    let dir = configured(&testbed, "interrupt", &[]);
    install_dialplan(&testbed, &dir);
    for name in ["INT", "TERM"] {
        let mut doctor =
            command(&dir).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("klinke runs");
        let begun = Instant::now();
        while !testbed.left_over().iter().any(|left| left.contains("Local")) {
            assert!(begun.elapsed() < TEST_CALL, "no test call was seen");
            assert!(
                doctor.try_wait().expect("ours").is_none(),
                "the doctor was done before a test call was seen"
            );
        }
        let sent = Command::new("kill").args([&format!("-{name}"), &doctor.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        let output = doctor.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    }
}
