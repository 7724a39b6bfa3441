//! Promise: a call whose line gives nothing any more, whatever the reason, comes to its end: it gives its seat back,
//! and its record says that the line was lost. Nothing of a call outlives it. The real models, and a line that falls
//! silent.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use klinke::call::SiteRooms;
use klinke::call::line::{Arrival, Frame, HangUp, LineCommand, LineEvent};
use klinke::config;
use klinke::daemon::credentials;
use klinke::daemon::inference::Inference;
use klinke::daemon::pbx::{Admission, COMMANDS_MAX, EVENTS_MAX, Line, Wanted};
use klinke::daemon::store::{Store, StoreHandle, StoreThread};
use klinke::daemon::switchboard::Switchboard;
use klinke::daemon::voice::Voice;
use klinke::record::{CallId, Ending};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// How long the end of such a call may take on a busy machine; 5 s are meant.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest that the runtime may take to count out a task that has ended.
const COUNTING_MAX: Duration = Duration::from_secs(1);

/// The demonstration with one seat.
struct Bench {
    folder: tempfile::TempDir,
    board: Switchboard,
    thread: StoreThread,
}

impl Bench {
    /// Voices are looked for in `voices_at`, where that is given. `None`: what it needs is not here.
    fn new(voices_at: Option<&Path>) -> Option<Self> {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !project.join("build/runtime/libonnxruntime.so.1.28.0").exists() {
            eprintln!("skipped: no build/runtime; make it with scripts/fetch-runtime.sh");
            return None;
        }
        let mut config = config::load(&project.join("etc/demo/klinke.toml")).unwrap();
        config.limits.calls_max = 1;
        let folder = tempfile::tempdir().unwrap();
        credentials::make_root_key(&folder.path().join("root.key")).unwrap();
        let (handle, thread) = StoreHandle::start(store(folder.path()), config.sites.clone().into()).unwrap();
        let inference = Arc::new(Inference::start(&config.models, &config.sites).unwrap());
        let sites: Vec<_> = config.sites.iter().cloned().map(SiteRooms::new).collect();
        let voices = config.sites.iter().map(|site| {
            let voice = Voice::new(config.voice.clone(), site.language);
            Arc::new(voices_at.iter().fold(voice, |voice, path| voice.with_search_path(path)))
        });
        let board =
            Switchboard::new(sites, inference, voices.collect(), handle, config.limits, Arc::default());
        Some(Self { folder, board, thread })
    }

    /// A line on the one seat, and our end of it.
    fn line(&self) -> (Line, mpsc::Sender<LineEvent>, mpsc::Receiver<LineCommand>) {
        let Admission::Admitted(seat, ..) = self.board.admit(WANTED) else { panic!("there is a seat") };
        let (happens, events) = mpsc::channel(EVENTS_MAX);
        let (commands, wishes) = mpsc::channel(COMMANDS_MAX);
        let line = Line { arrival: Arrival::default(), site: "heating".into(), events, commands, seat };
        (line, happens, wishes)
    }

    /// What the record says of the end.
    async fn ending(self, call: CallId) -> Ending {
        drop(self.board);
        tokio::task::spawn_blocking(move || self.thread.join()).await.unwrap();
        store(self.folder.path()).record(call).unwrap().ending
    }
}

const WANTED: Wanted = Wanted { site: "heating", language: None };

fn store(folder: &Path) -> Store {
    Store::open(folder, credentials::root_key(&folder.join("root.key")).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_on_a_dead_line_ends_and_gives_its_seat_back() {
    let Some(bench) = Bench::new(None) else { return };
    let (line, happens, mut wishes) = bench.line();
    let speaks = tokio::spawn(async move {
        for _ in 0..50 {
            happens.send(LineEvent::Frame(Frame::SILENCE)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // no word, but not gone either
        let mut answers = 0;
        while let Some(LineCommand::Frame(_)) = wishes.recv().await {
            answers += 1;
        }
        (answers, happens)
    });
    let begun = Instant::now();
    let held = tokio::time::timeout(PATIENCE, bench.board.hold(line, &mut ())).await;
    let call = held.expect("it ends").expect("it was held");
    println!("the call on a dead line was over after {} ms", begun.elapsed().as_millis());
    assert!(speaks.await.unwrap().0 > 0, "Klinke spoke while the line lived");
    assert!(matches!(bench.board.admit(WANTED), Admission::Admitted(..)), "its seat is free");
    assert_eq!(bench.ending(call).await, Ending::HungUp { by: HangUp::Line });
}

/// A sentence that is still being made into sound would run into the end of the daemon.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_call_outlives_it() {
    let programs = tempfile::tempdir().unwrap();
    let program = programs.path().join("espeak-ng");
    std::fs::write(&program, "#!/bin/sh\nexec /bin/sleep 60\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let Some(bench) = Bench::new(Some(programs.path())) else { return };
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let (line, happens, _wishes) = bench.line();
    let hangs_up = async {
        while tasks() < before + 2 {
            // the scribe, and a sentence
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        happens.send(LineEvent::HungUp(HangUp::Caller)).await.unwrap();
    };
    let mut nobody = ();
    let held = tokio::time::timeout(PATIENCE, bench.board.hold(line, &mut nobody));
    let (held, ()) = tokio::join!(held, hangs_up);
    // the runtime wakes whoever waits for a task a little before it counts the task out; a sentence would last a minute
    let counted = Instant::now() + COUNTING_MAX;
    while tasks() > before && Instant::now() < counted {
        tokio::task::yield_now().await;
    }
    assert_eq!(tasks(), before);
    let call = held.expect("it ends").expect("it was held");
    assert_eq!(bench.ending(call).await, Ending::HungUp { by: HangUp::Caller });
}
