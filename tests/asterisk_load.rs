//! Promise: as many calls as are configured are all answered and all written down, one more goes on in the dialplan
//! at once, and afterwards the daemon holds nothing that it did not hold before. SIPp rings, the daemon is the one
//! that is shipped. What it used is printed.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use klinke::call::audio::g711::Law;
use klinke::call::line::HangUp;
use klinke::config::{self, Config};
use klinke::daemon::voice::Voice;
use klinke::record::Ending;
use support::daemon::{Daemon, Settings};
use support::process::Process;
use support::telephone::{Act, Telephone, sound};
use support::testbed::Testbed;
use tokio::time::sleep;

/// Calls at a time.
const CALLS: usize = 20;
/// Short calls, one after the other, five at a time.
const SHORT_CALLS: usize = 100;
/// How much memory the daemon may have grown by after them: less than a tenth of what a leak of each call's ten
/// seconds of sound would be.
const GROWTH_KIB_MAX: u64 = 16 * 1024;
/// How long idle connections and the like may take to close.
const QUIET_S_MAX: u64 = 20;

/// SIPp in a folder of its own.
struct Sipp {
    child: Child,
    folder: PathBuf,
}

impl Sipp {
    /// `calls` callers, `at_once` at a time, `rate` new ones a second; each plays `sound` (A-law) and hangs up after
    /// `ms`. `None`, with a word about it, where SIPp is not installed.
    fn start(testbed: &Testbed, sound: &[u8], ms: u64, [calls, at_once, rate]: [usize; 3]) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sipp-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("sound.alaw"), sound).unwrap();
        let scenario = include_str!("asterisk/sipp-caller.xml");
        let scenario = scenario.replace("@SOUND@", &folder.join("sound.alaw").display().to_string());
        fs::write(folder.join("caller.xml"), scenario.replace("@MS@", &ms.to_string())).unwrap();
        let mut sipp = Command::new("sipp");
        sipp.args([
            "-sf",
            "caller.xml",
            "-s",
            "klinke-heating",
            "-nostdin",
            "-trace_err",
            "-timeout",
            "180s",
        ])
        .args(["-timeout_error", "-i", "127.0.0.1", "-mi", "127.0.0.1"])
        .args(["-m", &calls.to_string(), "-l", &at_once.to_string(), "-r", &rate.to_string()])
        .arg(testbed.sip().to_string())
        .current_dir(&folder)
        .env("TERM", "dumb")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
        match sipp.spawn() {
            Ok(child) => Some(Self { child, folder }),
            Err(error) => {
                let required = std::env::var_os("KLINKE_REQUIRE_ASTERISK").is_some();
                assert!(!required, "sipp does not run: {error}");
                eprintln!("skipped: sipp does not run: {error}; scripts/install-needs.sh test installs it");
                None
            }
        }
    }

    /// Waits for its end. All its calls must have gone as the scenario has them.
    async fn finish(mut self) {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            sleep(Duration::from_millis(50)).await;
        };
        let errors = fs::read_dir(&self.folder).unwrap().flatten().map(|entry| entry.path());
        let errors = errors.filter(|path| path.to_string_lossy().contains("_errors"));
        let errors: String = errors.map(|path| fs::read_to_string(path).unwrap()).collect();
        assert!(status.success(), "SIPp: {status}\n{errors}");
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// What must be as it was once all calls are over.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    half_closed: usize,
    udp_ports: Vec<u16>,
    children: Vec<u32>,
    files: BTreeSet<PathBuf>,
}

impl Held {
    fn by(daemon: &Daemon) -> Self {
        let process = Process(daemon.pid());
        let in_folder = |folder: &Path| -> Vec<PathBuf> {
            fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect()
        };
        let ours =
            |path: &PathBuf| path.to_string_lossy().contains("klinke") || path.starts_with(daemon.dir());
        let folders =
            [std::env::temp_dir(), "/dev/shm".into(), daemon.dir().into(), daemon.config().data_dir];
        Self {
            half_closed: process.half_closed(),
            udp_ports: process.udp_ports(),
            children: process.children(),
            files: folders.iter().flat_map(|folder| in_folder(folder)).filter(ours).collect(),
        }
    }
}

/// Waits until the daemon holds what it held, and no more file descriptors.
async fn comes_to_rest(daemon: &Daemon, before: &Held, descriptors: usize) {
    let waits = Instant::now();
    let process = Process(daemon.pid());
    while waits.elapsed() < Duration::from_secs(QUIET_S_MAX) {
        if Held::by(daemon) == *before && process.descriptors() <= descriptors {
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(Held::by(daemon), *before);
    assert!(process.descriptors() <= descriptors, "{} of {descriptors}", process.descriptors());
}

/// Silence for `ms`, then a sentence, as A-law.
fn says_after(config: &Config, ms: usize, text: &str) -> Vec<u8> {
    let voice = config::Voice { voice: "de+f3".to_owned(), words_per_minute: 140, ..config.voice.clone() };
    let voice = Voice::new(voice, config.sites[0].language);
    let said = voice.render_blocking(text, false).expect("espeak-ng speaks");
    let mut samples = vec![0; ms * 8];
    samples.extend(klinke::call::audio::halfband::halved(&said));
    samples.extend(vec![0; 30 * 8_000]);
    samples.into_iter().map(|sample| Law::A.encode(sample)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_calls_at_once_are_all_held_and_one_more_goes_on_at_once() {
    let Some(testbed) = Testbed::start("load") else { return };
    let settings = Settings { limits: format!("calls_max = {CALLS}"), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "load", settings);
    let process = Process(daemon.pid());
    let sound = says_after(&daemon.config(), 9_000, "Guten Tag, unsere Heizung ist ausgefallen.");

    // one call, so that whatever is kept open for good is open
    let Some(first) = Sipp::start(&testbed, &sound, 1_000, [1, 1, 1]) else { return };
    first.finish().await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (before, descriptors, idle_kib) = (Held::by(&daemon), process.descriptors(), process.resident_kib());
    assert_eq!((before.half_closed, before.udp_ports.len()), (0, 0));

    let begun = daemon.logged(" begins").len();
    let sipp = Sipp::start(&testbed, &sound, 18_000, [CALLS, CALLS, 10]).expect("it ran before");
    let waits = Instant::now();
    while daemon.logged(" begins").len() < begun + CALLS {
        assert!(waits.elapsed() < Duration::from_secs(15), "{} calls", daemon.logged(" begins").len());
        sleep(Duration::from_millis(50)).await;
    }
    println!("{CALLS} calls were answered within {} ms of the first INVITE", waits.elapsed().as_millis());
    let (cpu, since) = (process.cpu(), Instant::now());
    for _ in 0..2 {
        let telephone = Telephone::new(testbed.sip());
        let listens = |tick: support::telephone::Tick<'_>| {
            if tick.ms >= 1_000 { Act::HangUp } else { Act::Say([0; 160]) }
        };
        let report = telephone.call("klinke-heating", listens).await.expect("the call is held");
        println!("one call more was in the fallback after {} ms", report.rang_ms);
        assert!(sound::share_of_tone(&report.heard, 440.0) > 0.5, "the fallback was heard");
    }
    assert_eq!(testbed.variable("FALLBACKS"), "SUCCESS:busy SUCCESS:busy");
    sleep(Duration::from_secs(10)).await;
    let used = (process.cpu() - cpu).as_secs_f64() / since.elapsed().as_secs_f64();
    let grown_kib = process.resident_kib().saturating_sub(idle_kib);
    println!(
        "{CALLS} calls, while all speak at once: {:.1} % of a core and {} KiB a call; {} threads ({idle_kib} KiB idle)",
        100.0 * used / CALLS as f64,
        grown_kib / CALLS as u64,
        process.threads(),
    );
    sipp.finish().await;

    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    comes_to_rest(&daemon, &before, descriptors).await;
    let (_, records) = daemon.stop();
    assert_eq!(records.len(), 1 + CALLS, "every call has a record");
    for record in &records {
        assert_eq!(record.ending, Ending::HungUp { by: HangUp::Caller });
    }
    let understood = records.iter().filter(|record| record.emergency).count();
    println!("{understood} of {CALLS} callers, who all spoke at once, were understood");
    assert!(understood > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_leave_no_trace_in_memory() {
    let Some(testbed) = Testbed::start("leak") else { return };
    let daemon = Daemon::start(&testbed, "leak");
    let process = Process(daemon.pid());
    let sound = says_after(&daemon.config(), 100, "Guten Tag.");
    let Some(warm) = Sipp::start(&testbed, &sound, 1_500, [20, 5, 5]) else { return };
    warm.finish().await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let (before, descriptors, warm_kib) = (Held::by(&daemon), process.descriptors(), process.resident_kib());
    let calls = Sipp::start(&testbed, &sound, 1_500, [SHORT_CALLS, 5, 5]).expect("it ran before");
    calls.finish().await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    comes_to_rest(&daemon, &before, descriptors).await;
    let grown_kib = process.resident_kib().saturating_sub(warm_kib);
    println!("after {SHORT_CALLS} calls: {grown_kib} KiB more than the {warm_kib} KiB before");
    assert!(grown_kib < GROWTH_KIB_MAX);
    let (_, records) = daemon.stop();
    assert_eq!(records.len(), 20 + SHORT_CALLS, "every call has a record");
    assert!(records.iter().all(|record| record.ending == Ending::HungUp { by: HangUp::Caller }));
    assert_eq!(testbed.variable("FALLBACKS"), "");
}
