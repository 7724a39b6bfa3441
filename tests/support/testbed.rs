//! A real Asterisk of a test's own, by `scripts/asterisk-testbed.sh`. It ends with the value, and with the test's
//! process however that ends.
//!
//! ```no_run
//! let Some(asterisk) = Testbed::start("my_promise") else { return };   // says why it is skipped
//! klinke::daemon::pbx::asterisk::attach(asterisk.config(), …);
//! Telephone::new(asterisk.sip()).call("klinke-heating", …).await;
//! assert_eq!(asterisk.variable("FALLBACKS"), "SUCCESS:caller_asked");
//! ```
//!
//! Its dialplan is `tests/asterisk/etc/extensions.conf`: `klinke-SITE` is Klinke for a site, `echo` the line
//! without it; the fallback is a tone of 440 Hz, a colleague (any number in the context `colleagues`) 620 Hz.
//! What came there and why stands in the global variables `FALLBACKS` and `TRANSFERS`.
//!
//! With `KLINKE_REQUIRE_ASTERISK=1` a test that would be skipped fails.

#![allow(dead_code, reason = "not every test needs everything of the test bed")]

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

/// Where everything is.
pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Blocks of 100 ports, for the sound of one side each.
static BLOCKS: AtomicU16 = AtomicU16::new(0);

/// A running Asterisk.
pub struct Testbed {
    name: String,
    sip: SocketAddr,
    http: SocketAddr,
    ports: [String; 3],
    script: Child,
}

impl Testbed {
    /// Builds the tree where there is none, and runs an Asterisk. `None`, with a word about it, where this
    /// machine cannot.
    pub fn start(name: &str) -> Option<Self> {
        let built = Command::new(script()).arg("build").stdin(Stdio::null()).status().expect("bash runs");
        if !built.success() {
            return skip("the tree of Asterisk could not be built");
        }
        let name = format!("{name}-{}", std::process::id());
        let sip = UdpSocket::bind((LOCALHOST, 0)).and_then(|socket| socket.local_addr()).unwrap();
        let http = TcpListener::bind((LOCALHOST, 0)).and_then(|socket| socket.local_addr()).unwrap();
        let ports = [sip.port(), http.port(), block()].map(|port| port.to_string());
        let mut script = Command::new(script())
            .args(["run", &name])
            .args(&ports)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash runs");
        let mut word = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut word).unwrap();
        if !word.starts_with("up: ") {
            let _ = script.wait();
            return skip("Asterisk did not start");
        }
        Some(Self { name, sip, http, ports, script })
    }

    /// Where telephones call.
    pub fn sip(&self) -> SocketAddr {
        self.sip
    }

    /// Where ARI is.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Klinke's configuration for it, with media ports of its own.
    pub fn config(&self) -> klinke::config::Asterisk {
        let first = block();
        klinke::config::Asterisk {
            url: format!("http://{}", self.http),
            user: "klinke".into(),
            password: "only-for-tests".into(),
            app: "klinke".into(),
            context: Some("colleagues".into()),
            media: None,
            codec: None,
            media_address: LOCALHOST,
            media_ports: (first, first + 99),
            requests: klinke::config::Requests::Http,
            authorities: None,
        }
    }

    /// What Asterisk's command line answers.
    pub fn cli(&self, command: &str) -> String {
        let answer = Command::new(script()).args(["cli", &self.name, command]).output().expect("bash runs");
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }

    /// Writes a file of its configuration. It takes notice when it is told to (`cli`).
    pub fn write(&self, file: &str, text: &str) {
        let mut script = Command::new(script())
            .args(["write", &self.name, file])
            .stdin(Stdio::piped())
            .spawn()
            .expect("bash runs");
        script.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads");
        assert!(script.wait().expect("it ends").success());
    }

    /// The folder of its configuration, as it sees it itself.
    pub fn folder(&self) -> String {
        format!("/klinke/{}/etc", self.name)
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        self.signal("KILL");
    }

    /// Sends it a signal: `STOP`, `CONT`.
    pub fn signal(&self, signal: &str) {
        let mut script = Command::new(script());
        assert!(script.args(["kill", &self.name, signal]).status().expect("bash runs").success());
    }

    /// Starts it again after [`kill`](Self::kill), where it was.
    pub fn restart(&self) {
        let mut again = Command::new(script());
        let again = again.args(["start", &self.name]).args(&self.ports).stdout(Stdio::null());
        assert!(again.status().expect("bash runs").success(), "Asterisk comes up again");
    }

    /// A global variable of the dialplan; empty where it was never set.
    pub fn variable(&self, name: &str) -> String {
        let globals = self.cli("dialplan show globals");
        let line = globals.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim().to_owned()
    }

    /// What is left in the PBX: names of channels, and bridges. Empty is clean.
    pub fn left_over(&self) -> Vec<String> {
        let channels = self.cli("core show channels concise");
        let bridges = self.cli("bridge show all");
        let channels = channels.lines().filter(|line| line.contains('!'));
        let channels = channels.map(|line| line.split('!').next().unwrap_or(line));
        channels.chain(bridges.lines().skip(1)).map(|line| line.trim().to_owned()).collect()
    }

    /// What is left in the PBX after it had two seconds to come clean.
    pub async fn left_over_in_the_end(&self) -> Vec<String> {
        for _ in 0..20 {
            if self.left_over().is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        self.left_over()
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// Where a test may leave recordings for people to listen to.
pub fn recordings() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recordings");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/asterisk-testbed.sh")
}

/// First of 100 ports that no other test of this process has, below those that the kernel gives away.
fn block() -> u16 {
    let number = BLOCKS.fetch_add(1, Ordering::Relaxed).wrapping_add((std::process::id() * 16) as u16);
    10_000 + number % 220 * 100
}

fn skip<T>(why: &str) -> Option<T> {
    assert!(std::env::var_os("KLINKE_REQUIRE_ASTERISK").is_none(), "{why}");
    eprintln!("skipped: {why}");
    None
}
