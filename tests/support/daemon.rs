//! The daemon as it is shipped, as a process: `klinke serve` for the demonstration's site on a test's Asterisk.
//!
//! ```no_run
//! let mut daemon = Daemon::start(&testbed, "my-promise");      // answers calls on return
//! daemon.kill();                                               // SIGKILL
//! daemon.restart();                                            // the same folder, the same ports
//! daemon.wait_for("ready: ", Duration::from_secs(30));
//! let (config, records) = daemon.stop();                       // SIGTERM, and what it kept
//! ```
//!
//! What it logs is printed and kept. It is killed with the value.

#![allow(dead_code, reason = "not every test needs everything of the daemon")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use klinke::config::{self, Config};
use klinke::daemon::credentials;
use klinke::daemon::store::Store;
use klinke::record::CallRecord;

use super::testbed::Testbed;

/// How long a daemon may take until it answers calls, on a busy machine.
pub const READY: Duration = Duration::from_secs(120);
/// How often a test looks whether something has happened.
const LOOK: Duration = Duration::from_millis(10);

/// What a test wants otherwise than the demonstration has it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The library that runs models, from the project's folder.
    pub library: &'static str,
    /// ARI's address; the test bed's own where `None`.
    pub url: Option<String>,
    /// The site's file; the demonstration's where `None`.
    pub site: Option<PathBuf>,
    /// More lines of `[asterisk]`.
    pub asterisk: String,
    /// Lines of `[limits]`. Unless they say otherwise, a machine that is busy with other tests counts as keeping up.
    pub limits: String,
    /// Its environment, beyond the test's own.
    pub environment: Vec<(&'static str, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            library: "build/runtime/libonnxruntime.so.1.28.0",
            url: None,
            site: None,
            asterisk: String::new(),
            limits: String::new(),
            environment: Vec::new(),
        }
    }
}

/// The daemon.
pub struct Daemon {
    child: Child,
    dir: PathBuf,
    environment: Vec<(&'static str, String)>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Daemon {
    /// Starts it on this Asterisk and waits until it answers calls.
    pub fn start(testbed: &Testbed, name: &str) -> Self {
        Self::start_with(testbed, name, Settings::default())
    }

    /// The same with other settings; waits until it answers calls or says that it cannot.
    pub fn start_with(testbed: &Testbed, name: &str, settings: Settings) -> Self {
        let dir = folder(testbed, name, &settings);
        let log = Arc::default();
        let child = spawn(&dir, &settings.environment, &log);
        let daemon = Self { child, dir, environment: settings.environment, log };
        daemon.wait_for("listening to Asterisk", READY);
        daemon.wait_for("ready: ", READY);
        daemon
    }

    /// Starts it once more in the same folder, after it has ended. Does not wait; its log begins anew.
    pub fn restart(&mut self) {
        let _ = self.child.wait();
        self.log.lock().unwrap().clear();
        self.child = spawn(&self.dir, &self.environment, &self.log);
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where its files are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Ends it without a word, as the kernel does when memory is short.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Sends it a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill runs");
        assert!(sent.success(), "signal {name} to {pid}");
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("it is ours").is_none()
    }

    /// How it ended. It must have.
    pub fn status(&mut self) -> ExitStatus {
        self.child.try_wait().expect("it is ours").expect("it has ended")
    }

    /// Lines of its log, since it was last started, with these words in them.
    pub fn logged(&self, words: &str) -> Vec<String> {
        self.log.lock().unwrap().iter().filter(|line| line.contains(words)).cloned().collect()
    }

    /// Waits until its log has these words.
    pub fn wait_for(&self, words: &str, longest: Duration) {
        let begun = Instant::now();
        while self.logged(words).is_empty() {
            assert!(begun.elapsed() < longest, "the daemon did not say {words:?} within {longest:?}");
            std::thread::sleep(LOOK);
        }
    }

    /// Its configuration.
    pub fn config(&self) -> Config {
        config::load(&self.dir.join("klinke.toml")).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// What it has kept up to now, oldest first. It may go on meanwhile.
    pub fn records(&self) -> Vec<CallRecord> {
        let config = self.config();
        let root = credentials::root_key(&config.root_key_file).expect("the root key");
        let mut store = Store::open_existing(&config.data_dir, root).expect("the store");
        let mut calls = store.call_ids().expect("the calls");
        calls.reverse();
        calls.into_iter().map(|call| store.record(call).expect("its record")).collect()
    }

    /// Asks it to stop, as systemd does, and reads what it kept, oldest first.
    pub fn stop(mut self) -> (Config, Vec<CallRecord>) {
        self.signal("TERM");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        (self.config(), self.records())
    }
}

/// A fresh folder with everything that `klinke.toml` names, for a command or for the daemon.
pub fn folder(testbed: &Testbed, name: &str, settings: &Settings) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder");
    private(&dir.join("password"), "only-for-tests");
    credentials::make_root_key(&dir.join("root.key")).expect("a root key");
    private(&dir.join("klinke.toml"), &written(testbed, settings));
    dir
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn written(testbed: &Testbed, settings: &Settings) -> String {
    let pbx = testbed.config();
    let project = env!("CARGO_MANIFEST_DIR");
    let demo = format!("{project}/etc/demo/heating.toml");
    let lag = if settings.limits.contains("lag_ms_max") { "" } else { "lag_ms_max = 10000" };
    format!(
        r#"data_dir = "data"
root_key_file = "root.key"
sites = ["{site}"]
[models]
onnx_runtime = "{project}/{library}"
speech = "{project}/build/runtime/silero_vad.onnx"
recogniser = "{project}/models/de-telephone/de-telephone.onnx"
[voice]
engine = "espeak-ng"
voice = "de"
[asterisk]
url = "{url}"
user = "klinke"
password_file = "password"
app = "klinke"
context = "colleagues"
media_address = "127.0.0.1"
media_ports = "{first}-{last}"
{asterisk}
[limits]
{lag}
{limits}
"#,
        library = settings.library,
        site = settings.site.as_ref().map_or_else(|| demo.clone(), |site| site.display().to_string()),
        url = settings.url.as_ref().unwrap_or(&pbx.url),
        first = pbx.media_ports.0,
        last = pbx.media_ports.1,
        asterisk = settings.asterisk,
        limits = settings.limits,
    )
}

fn spawn(dir: &Path, environment: &[(&'static str, String)], log: &Arc<Mutex<Vec<String>>>) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_klinke"))
        .args(["serve", "--config"])
        .arg(dir.join("klinke.toml"))
        .env_remove("JOURNAL_STREAM")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::piped())
        .spawn()
        .expect("the daemon starts");
    let lines = BufReader::new(child.stderr.take().expect("its log")).lines();
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            eprintln!("daemon: {line}");
            log.lock().unwrap().push(line);
        }
    });
    child
}

/// A file that only its owner can read.
fn private(path: &Path, text: &str) {
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).expect("a file");
    file.write_all(text.as_bytes()).expect("room");
}
