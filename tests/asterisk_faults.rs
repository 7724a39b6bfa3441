//! Promise: whatever becomes of the daemon, no caller is left in silence. It is killed, frozen as a whole and in
//! part; the wire to ARI is cut; Asterisk itself dies. Each time the caller gets on, and the telephone hears it:
//! the fallback is a tone of 440 Hz, a colleague one of 620 Hz. The daemon as it is shipped, as a process.

mod support;

use std::os::unix::process::ExitStatusExt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use klinke::call::line::HangUp;
use klinke::record::Ending;
use support::caller::{acts, caller, heard, ring};
use support::daemon::{Daemon, READY, Settings};
use support::freezer;
use support::proxy::Wire;
use support::systemd::Systemd;
use support::telephone::{Act, FRAME, Report, SILENCE, Telephone, Tick, sound};
use support::testbed::Testbed;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How long a test waits for something that should take two seconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// As the unit has them.
const WATCHDOG: Duration = Duration::from_secs(5);
const RESTART: Duration = Duration::from_millis(500);
/// The two that callers hear in the dialplan.
const FALLBACK_HZ: f64 = 440.0;
const COLLEAGUE_HZ: f64 = 620.0;

/// A caller at a telephone, in the background.
struct Caller {
    report: JoinHandle<Report>,
    /// When he first heard the tone that he waits for.
    tone: Arc<OnceLock<Instant>>,
}

/// A caller who says nothing and hangs up one second after a tone of the dialplan has begun; later than `ms` in any
/// case.
fn waits_for(testbed: &Testbed, hertz: f64, ms: u64) -> Caller {
    let tone = Arc::new(OnceLock::new());
    let (heard, mut last, mut toned) = (Arc::clone(&tone), Vec::new(), 0);
    let report = dial(testbed, move |tick| {
        last.extend_from_slice(tick.heard);
        if last.len() >= 5 * FRAME {
            toned = if sound::share_of_tone(&last, hertz) > 0.9 { toned + 1 } else { 0 };
            last.clear();
        }
        if toned == 1 {
            heard.get_or_init(Instant::now);
        }
        if toned >= 10 || tick.ms >= ms { Act::HangUp } else { Act::Say(SILENCE) }
    });
    Caller { report, tone }
}

fn dial(testbed: &Testbed, caller: impl FnMut(Tick<'_>) -> Act + Send + 'static) -> JoinHandle<Report> {
    let telephone = Telephone::new(testbed.sip());
    tokio::spawn(async move { telephone.call("klinke-heating", caller).await.expect("the call is held") })
}

/// Waits until all of them have heard the tone that they wait for; gives how long it took from now.
async fn all_hear_it(callers: &[&Caller]) -> Duration {
    let waits = Instant::now();
    while callers.iter().any(|caller| caller.tone.get().is_none()) {
        assert!(waits.elapsed() < PATIENCE, "somebody is left in silence");
        sleep(Duration::from_millis(20)).await;
    }
    waits.elapsed()
}

/// Whether the last that was heard is that tone.
fn ends_in(report: &Report, hertz: f64) -> bool {
    let end = &report.heard[report.heard.len().saturating_sub(4_000)..];
    sound::share_of_tone(end, hertz) > 0.9
}

/// Waits until so many calls have begun since the daemon was last started.
async fn begun(daemon: &Daemon, calls: usize) {
    let waits = Instant::now();
    while daemon.logged(" begins").len() < calls {
        assert!(waits.elapsed() < PATIENCE, "{calls} calls did not begin");
        sleep(Duration::from_millis(20)).await;
    }
}

/// A call like any other: Klinke answers, the caller hangs up.
async fn a_call_works(testbed: &Testbed, daemon: &Daemon) {
    let config = daemon.config();
    let report = ring(testbed, caller(&config, "[silence 4s]\n[hang up]\n")).await;
    let disclosed = heard(&config, &report.heard, &config.sites[0].texts.disclosure);
    assert!(disclosed.is_some_and(|ms| ms < 3_000), "the disclosure was heard at {disclosed:?}");
}

fn endings(daemon: Daemon) -> Vec<Ending> {
    daemon.stop().1.into_iter().map(|record| record.ending).collect()
}

const BY_CALLER: Ending = Ending::HungUp { by: HangUp::Caller };

/// Several calls, in the middle of their conversation; the next start finds a model that never finishes loading
/// (a share that hangs) and a store that another process holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_of_a_daemon_that_was_killed_go_on_before_anything_slow() {
    let Some(testbed) = Testbed::start("killed") else { return };
    let mut daemon = Daemon::start(&testbed, "faults-killed");
    let calls: Vec<_> = (0..3).map(|_| waits_for(&testbed, FALLBACK_HZ, 60_000)).collect();
    begun(&daemon, 3).await;
    sleep(Duration::from_secs(1)).await;
    daemon.kill();
    assert_eq!(daemon.records().len(), 3, "every call is written down from its beginning");
    assert!(daemon.records().iter().all(|record| record.ending == Ending::Unfinished));

    let written = std::fs::read_to_string(daemon.dir().join("klinke.toml")).unwrap();
    let hanging = daemon.dir().join("hanging.onnx");
    assert!(std::process::Command::new("mkfifo").arg(&hanging).status().unwrap().success());
    let line = written.lines().find(|line| line.starts_with("recogniser")).unwrap();
    let slow = written.replace(line, &format!("recogniser = {:?}", hanging.display().to_string()));
    std::fs::write(daemon.dir().join("klinke.toml"), slow).unwrap();
    let other = rusqlite::Connection::open(daemon.config().data_dir.join("klinke.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    daemon.restart();
    let took = all_hear_it(&calls.iter().collect::<Vec<_>>()).await;
    println!("3 callers of a killed daemon were in the fallback {} ms after its start", took.as_millis());
    assert!(took < Duration::from_secs(2));
    assert_eq!(daemon.logged("was found without a call").len(), 3);
    assert!(testbed.variable("FALLBACKS").split_whitespace().all(|why| why == "SUCCESS:abandoned"));
    for call in calls {
        assert!(ends_in(&call.report.await.unwrap(), FALLBACK_HZ));
    }
    // whoever calls meanwhile does not wait
    other.execute_batch("ROLLBACK").unwrap();
    let meanwhile = waits_for(&testbed, FALLBACK_HZ, 20_000).report.await.unwrap();
    assert!(ends_in(&meanwhile, FALLBACK_HZ) && meanwhile.rang_ms < 2_000, "{} ms", meanwhile.rang_ms);
    assert!(testbed.variable("FALLBACKS").ends_with("SUCCESS:not_ready"));
    assert!(daemon.logged("ready: ").is_empty());

    daemon.kill();
    std::fs::write(daemon.dir().join("klinke.toml"), written).unwrap();
    daemon.restart();
    daemon.wait_for("ready: ", READY);
    a_call_works(&testbed, &daemon).await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(endings(daemon), [Ending::CutOff, Ending::CutOff, Ending::CutOff, BY_CALLER]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_hangs_does_not_hold_up_the_end() {
    let Some(testbed) = Testbed::start("hanging") else { return };
    let mut daemon = Daemon::start(&testbed, "faults-hanging");
    daemon.kill();
    let hanging = daemon.dir().join("hanging.onnx");
    assert!(std::process::Command::new("mkfifo").arg(&hanging).status().unwrap().success());
    let written = std::fs::read_to_string(daemon.dir().join("klinke.toml")).unwrap();
    let line = written.lines().find(|line| line.starts_with("recogniser")).unwrap();
    let slow = written.replace(line, &format!("recogniser = {:?}", hanging.display().to_string()));
    std::fs::write(daemon.dir().join("klinke.toml"), slow).unwrap();
    daemon.restart();
    daemon.wait_for("listening to Asterisk", READY);
    let told = Instant::now();
    assert_eq!(endings(daemon), []);
    assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_of_a_frozen_daemon_go_on_when_systemd_has_started_it_again() {
    let Some(testbed) = Testbed::start("frozen") else { return };
    let systemd = Systemd::listen(WATCHDOG);
    let settings = Settings { environment: systemd.environment(), ..Settings::default() };
    let mut daemon = Daemon::start_with(&testbed, "faults-frozen", settings);
    assert_eq!((systemd.when("READY=1").len(), systemd.when("STATUS=ready").len()), (1, 1));
    let talking = waits_for(&testbed, FALLBACK_HZ, 60_000);
    begun(&daemon, 1).await;
    let since = Instant::now();
    while systemd.when("WATCHDOG=1").len() <= 3 {
        assert!(since.elapsed() < PATIENCE, "a daemon that is well gives signs of life");
        sleep(Duration::from_millis(100)).await;
    }
    daemon.signal("STOP");
    let frozen = Instant::now();
    // a call that comes now rings in the PBX and nobody hears it
    let ringing = waits_for(&testbed, FALLBACK_HZ, 60_000);
    systemd.wait_for_silence();
    println!("systemd notices {} ms after the daemon was frozen", frozen.elapsed().as_millis());
    assert!(!ringing.report.is_finished() && testbed.variable("FALLBACKS").is_empty());
    // what systemd sends when its patience is over
    daemon.signal("ABRT");
    daemon.signal("CONT");
    sleep(RESTART).await;
    daemon.restart();
    let took = all_hear_it(&[&talking, &ringing]).await;
    println!("2 callers of a frozen daemon were in the fallback {} ms after its start", took.as_millis());
    assert!(took < Duration::from_secs(2));
    for call in [talking, ringing] {
        assert!(ends_in(&call.report.await.unwrap(), FALLBACK_HZ));
    }
    daemon.wait_for("ready: ", READY);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(endings(daemon), [Ending::CutOff]);
}

/// A short stop (a debugger, a virtual machine that is moved) is no reason to end anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_was_stopped_for_a_moment_goes_on_with_its_call() {
    let Some(testbed) = Testbed::start("moment") else { return };
    let daemon = Daemon::start(&testbed, "faults-moment");
    let caller = caller(&daemon.config(), "[silence 10s]\n[digit 0]\n[silence 8s]\n[hang up]\n");
    let call = dial(&testbed, acts(caller));
    begun(&daemon, 1).await;
    sleep(Duration::from_secs(1)).await;
    daemon.signal("STOP");
    sleep(Duration::from_secs(4)).await;
    daemon.signal("CONT");
    assert!(ends_in(&call.await.unwrap(), COLLEAGUE_HZ), "the way out works as ever");
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert!(matches!(endings(daemon)[..], [Ending::HandedOver { .. }]));
}

/// All threads of the runtime are frozen, the watchdog's is not: nobody from outside is needed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_whose_calls_stand_still_ends_itself() {
    let Some(testbed) = Testbed::start("stuck") else { return };
    let mut daemon = Daemon::start(&testbed, "faults-stuck");
    let call = waits_for(&testbed, FALLBACK_HZ, 60_000);
    begun(&daemon, 1).await;
    sleep(Duration::from_secs(1)).await;
    let Some(frozen) = freezer::freeze(daemon.pid(), "calls") else { return };
    let since = Instant::now();
    while daemon.runs() {
        assert!(since.elapsed() < PATIENCE, "it does not notice");
        sleep(Duration::from_millis(20)).await;
    }
    println!("the daemon ended itself {} ms after its calls stood still", since.elapsed().as_millis());
    drop(frozen);
    assert_eq!(daemon.status().signal(), Some(6), "SIGABRT, which systemd counts as a failure");
    assert_eq!(daemon.logged("has stood still for").len(), 1);
    sleep(RESTART).await;
    daemon.restart();
    let took = all_hear_it(&[&call]).await;
    println!("its caller was in the fallback {} ms after the start", took.as_millis());
    assert!(ends_in(&call.report.await.unwrap(), FALLBACK_HZ));
    daemon.wait_for("ready: ", READY);
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(endings(daemon), [Ending::CutOff]);
}

/// Neither events nor requests get through for a while; the sound does. The conversation goes on, and what is
/// decided meanwhile is carried out afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_goes_on_while_the_wire_to_ari_is_cut() {
    let Some(testbed) = Testbed::start("cut") else { return };
    let wire = Wire::to(testbed.http()).await;
    let settings = Settings { url: Some(format!("http://{}", wire.at())), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "faults-cut", settings);
    let config = daemon.config();
    let script = "Unsere Heizung ist ausgefallen.\nIch möchte mit einem Menschen sprechen.\n[silence 20s]\n[hang up]\n";
    let call = dial(&testbed, acts(caller(&config, script)));
    begun(&daemon, 1).await;
    sleep(Duration::from_secs(2)).await;
    wire.cut();
    let waits = Instant::now();
    while daemon.logged(" ends: ").is_empty() {
        assert!(waits.elapsed() < Duration::from_secs(60), "the call does not come to its end");
        sleep(Duration::from_millis(50)).await;
    }
    sleep(Duration::from_secs(2)).await;
    assert_eq!(testbed.variable("TRANSFERS"), "", "nothing gets through to the PBX");
    wire.mend();
    let report = call.await.unwrap();
    let texts = &config.sites[0].texts;
    for text in [&texts.emergency, &texts.hand_over] {
        assert!(heard(&config, &report.heard, text).is_some(), "nobody heard {text:?}");
    }
    assert!(sound::share_of_tone(&report.heard, COLLEAGUE_HZ) > 0.02, "the colleague's tone was heard");
    assert!(testbed.variable("TRANSFERS").ends_with(":caller_asked"), "{}", testbed.variable("TRANSFERS"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert!(matches!(endings(daemon)[..], [Ending::HandedOver { .. }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_asterisk_itself_was_restarted_calls_work_again() {
    let Some(testbed) = Testbed::start("restarted") else { return };
    let daemon = Daemon::start(&testbed, "faults-restarted");
    let call = waits_for(&testbed, FALLBACK_HZ, 3_000);
    begun(&daemon, 1).await;
    sleep(Duration::from_secs(1)).await;
    testbed.kill();
    testbed.restart();
    let waits = Instant::now();
    while daemon.logged("listening to Asterisk").len() < 2 {
        assert!(waits.elapsed() < Duration::from_secs(30), "the daemon does not come back");
        sleep(Duration::from_millis(50)).await;
    }
    println!("the daemon was back {} ms after Asterisk was", waits.elapsed().as_millis());
    call.report.await.unwrap();
    a_call_works(&testbed, &daemon).await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(endings(daemon), [Ending::HungUp { by: HangUp::Line }, BY_CALLER]);
}

/// The models stand still, which looks to calls as a machine that is far too slow: whoever calls now gets a human
/// rather than slow answers. Once the machine has kept up for a while, calls are taken again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_models_are_behind_new_calls_go_on_at_once() {
    let Some(testbed) = Testbed::start("behind") else { return };
    let settings = Settings { limits: "lag_ms_max = 2000".into(), ..Settings::default() };
    let daemon = Daemon::start_with(&testbed, "faults-behind", settings);
    let talking = waits_for(&testbed, FALLBACK_HZ, 60_000);
    begun(&daemon, 1).await;
    sleep(Duration::from_secs(1)).await;
    let Some(frozen) = freezer::freeze(daemon.pid(), "models-0") else { return };
    let since = Instant::now();
    while daemon.logged("overloaded, the models ").is_empty() {
        assert!(since.elapsed() < PATIENCE, "nobody notices");
        sleep(Duration::from_millis(20)).await;
    }
    println!("overload was seen {} ms after the models stood still", since.elapsed().as_millis());
    let sent_on = waits_for(&testbed, FALLBACK_HZ, 10_000).report.await.unwrap();
    assert!(ends_in(&sent_on, FALLBACK_HZ) && sent_on.rang_ms < 2_000, "{} ms", sent_on.rang_ms);
    assert!(
        testbed.variable("FALLBACKS").ends_with("SUCCESS:overloaded"),
        "{}",
        testbed.variable("FALLBACKS")
    );
    drop(frozen);
    daemon.wait_for("no longer overloaded", PATIENCE);
    assert_eq!((daemon.logged("overloaded, ").len(), daemon.logged("no longer overloaded").len()), (1, 1));
    // who was there before and could not be heard any more is with a human as well
    assert!(ends_in(&talking.report.await.unwrap(), FALLBACK_HZ));
    a_call_works(&testbed, &daemon).await;
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    assert_eq!(daemon.stop().1.len(), 2, "who was sent on at once has no record");
}
