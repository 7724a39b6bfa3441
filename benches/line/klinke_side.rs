//! Klinke's side of the bench, in a process that does nothing else: the adapter, and calls that only answer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use klinke::call::line::{LineCommand, LineEvent, VoiceFrame};
use klinke::config::{self, Codec, MediaPath, Requests};
use klinke::daemon::pbx::{Admission, Line, asterisk};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::FIRST_CALLS;

/// How long is measured.
const MEASURED: Duration = Duration::from_secs(10);
/// How long what was just begun is given to come to rest.
const REST: Duration = Duration::from_secs(2);
/// Longest wait for all calls.
const CALLS_S_MAX: u64 = 60;

/// Holds the first calls and `calls` more, measures, and prints a line.
pub fn measure(ari: SocketAddr, calls: u32) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (call, mut lines) = mpsc::channel(256);
        let (_running, shutdown) = watch::channel(false);
        tokio::spawn(asterisk::attach(config(ari), |_| Admission::Admitted(None), call, shutdown));
        let frames = Arc::<AtomicU64>::default();
        take(&mut lines, FIRST_CALLS, &frames).await;
        sleep(REST).await;
        let before_kb = resident_kb();
        take(&mut lines, calls, &frames).await;
        sleep(REST).await;

        let (begun, cpu_before, frames_before) = (Instant::now(), Cpu::now(), frames.load(Ordering::Relaxed));
        sleep(MEASURED).await;
        let (took, cpu) = (begun.elapsed(), Cpu::now());
        let held = f64::from(FIRST_CALLS + calls);
        let frames = (frames.load(Ordering::Relaxed) - frames_before) as f64;
        let share = |ns: u64| ns as f64 / took.as_nanos() as f64 / held * 100.0;
        let memory_mb = (resident_kb() - before_kb) as f64 / 1_000.0 / f64::from(calls);
        let clock = frames / held / took.as_secs_f64();
        println!(
            "{held:>5} calls: {:.3} % of a core a call ({:.0} µs a frame of 20 ms), {memory_mb:.3} MB; {clock:.2} \
             frames a second",
            share(cpu.ns - cpu_before.ns),
            (cpu.ns - cpu_before.ns) as f64 / 1_000.0 / frames,
        );
        assert!((clock - 50.0).abs() < 1.0, "a line's clock runs at {clock} frames a second, not 50");
    });
    // the calls end with the process
    std::process::exit(0);
}

/// Takes that many calls. Each answers its frames.
async fn take(lines: &mut mpsc::Receiver<Line>, calls: u32, frames: &Arc<AtomicU64>) {
    for number in 0..calls {
        let line = timeout(Duration::from_secs(CALLS_S_MAX), lines.recv()).await;
        let Ok(Some(line)) = line else { panic!("only {number} of {calls} calls came") };
        tokio::spawn(answer(line, Arc::clone(frames)));
    }
}

async fn answer(mut line: Line, frames: Arc<AtomicU64>) {
    let voice = VoiceFrame(std::array::from_fn(|i| ((i as f32 * 0.15).sin() * 9_000.0) as i16));
    while let Some(event) = line.events.recv().await {
        if let LineEvent::Frame(_) = event {
            frames.fetch_add(1, Ordering::Relaxed);
            let _ = line.commands.try_send(LineCommand::Frame(voice));
        }
    }
}

fn config(ari: SocketAddr) -> config::Asterisk {
    config::Asterisk {
        url: format!("http://{ari}"),
        user: "klinke".into(),
        password: "only-for-benches".into(),
        app: "klinke".into(),
        context: None,
        media: Some(MediaPath::Rtp),
        codec: Some(Codec::Alaw),
        media_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        media_ports: (41_000, 41_999),
        requests: Requests::Http,
        authorities: None,
    }
}

/// Processor time that this process has used, all threads.
struct Cpu {
    ns: u64,
}

impl Cpu {
    /// From `/proc/self/task/*/schedstat`, which counts in ns; threads do not come and go meanwhile.
    fn now() -> Self {
        let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
        let of_task = |task: std::io::Result<std::fs::DirEntry>| {
            let stat = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            stat.split(' ').next()?.parse::<u64>().ok()
        };
        Self { ns: tasks.filter_map(of_task).sum() }
    }
}

/// Memory of this process that is in RAM.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has a size");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
