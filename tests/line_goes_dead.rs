//! Promise: a call whose line gives nothing any more, whatever the reason, comes to its end: it gives its seat back,
//! and its record says that the line was lost. The real models, and a line that falls silent.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use klinke::call::SiteRooms;
use klinke::call::line::{Arrival, Frame, HangUp, LineCommand, LineEvent};
use klinke::config;
use klinke::daemon::credentials;
use klinke::daemon::inference::Inference;
use klinke::daemon::pbx::{Admission, COMMANDS_MAX, EVENTS_MAX, Line, Wanted};
use klinke::daemon::store::{Store, StoreHandle};
use klinke::daemon::switchboard::Switchboard;
use klinke::daemon::voice::Voice;
use klinke::record::Ending;
use tokio::sync::mpsc;

/// How long the end of such a call may take on a busy machine; 5 s are meant.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_on_a_dead_line_ends_and_gives_its_seat_back() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !project.join("build/runtime/libonnxruntime.so.1.28.0").exists() {
        eprintln!("skipped: no build/runtime; make it with scripts/fetch-runtime.sh");
        return;
    }
    let mut config = config::load(&project.join("etc/demo/klinke.toml")).unwrap();
    config.limits.calls_max = 1;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("root.key");
    credentials::make_root_key(&key).unwrap();
    let store = || Store::open(folder.path(), credentials::root_key(&key).unwrap()).unwrap();
    let (handle, thread) = StoreHandle::start(store(), config.sites.clone().into()).unwrap();
    let inference = Arc::new(Inference::start(&config.models, &config.sites).unwrap());
    let sites: Vec<_> = config.sites.iter().cloned().map(SiteRooms::new).collect();
    let voices = config.sites.iter().map(|site| Arc::new(Voice::new(config.voice.clone(), site.language)));
    let board = Switchboard::new(sites, inference, voices.collect(), handle, config.limits, Arc::default());

    let wanted = Wanted { site: "heating", language: None };
    let Admission::Admitted(seat, ..) = board.admit(wanted) else { panic!("there is a seat") };
    let (happens, events) = mpsc::channel(EVENTS_MAX);
    let (commands, mut wishes) = mpsc::channel(COMMANDS_MAX);
    let line = Line { arrival: Arrival::default(), site: "heating".into(), events, commands, seat };
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
    let held = tokio::time::timeout(PATIENCE, board.hold(line, &mut ())).await;
    let call = held.expect("it ends").expect("it was held");
    println!("the call on a dead line was over after {} ms", begun.elapsed().as_millis());
    assert!(speaks.await.unwrap().0 > 0, "Klinke spoke while the line lived");
    assert!(matches!(board.admit(wanted), Admission::Admitted(..)), "its seat is free");
    drop(board);
    tokio::task::spawn_blocking(move || thread.join()).await.unwrap();
    assert_eq!(store().record(call).unwrap().ending, Ending::HungUp { by: HangUp::Line });
}
