//! Promise: the dialplan that `klinke dialplan asterisk` prints is one: a real Asterisk loads it as it comes, it
//! carries calls to Klinke, and whatever happens there, to a human.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::path::Path;
use std::process::Command;

use klinke::call::line::{Destination, LineCommand, ScreenPop};
use klinke_side::{Attached, converse, dial, listens, silence};
use support::daemon::{Settings, folder};
use support::telephone::sound;
use support::testbed::Testbed;

/// The tone at a colleague's, in the tests' dialplan.
const COLLEAGUE_HZ: f64 = 620.0;

/// What the command prints.
fn printed(dir: &Path, arguments: &[&str]) -> String {
    let printed = Command::new(env!("CARGO_BIN_EXE_klinke"))
        .args(["dialplan", "asterisk", "--config"])
        .arg(dir.join("klinke.toml"))
        .args(arguments)
        .output()
        .expect("klinke runs");
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    String::from_utf8(printed.stdout).expect("UTF-8")
}

/// Has Asterisk read it in addition to what it has.
fn load(testbed: &Testbed, dialplan: &str) {
    // the printed one has its own part for transfers
    let own = include_str!("asterisk/etc/extensions.conf").replace("#include transfer.conf", "");
    testbed.write("extensions.conf", &format!("{own}\n#include klinke.conf\n"));
    testbed.write("klinke.conf", dialplan);
    for module in ["app_dial.so", "app_stack.so", "res_clioriginate.so"] {
        let _ = testbed.cli(&format!("module load {module}"));
    }
    let answer = testbed.cli("dialplan reload");
    assert!(answer.contains("reloaded"), "{answer}");
}

/// Words of docs/dialplan.md.
fn reasons() -> Vec<&'static str> {
    let lines = include_str!("../docs/dialplan.md").lines();
    lines.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect()
}

/// Lines with which a test gets into the printed dialplan: a number of the trunk, and a call that Klinke let go of
/// for any reason.
const WAYS_IN: &str = "
[callers](+)
exten => 4711,1,Goto(klinke-site-heating,${EXTEN},1)
[let-go]
exten => _w_!,1,Set(KLINKE_PEOPLE=klinke-people-heating)
 same => n,Set(KLINKE_REASON=${EXTEN:2})
 same => n,Goto(klinke-fallback,why_${KLINKE_REASON},1)
";

fn let_go(after_frames: u64, destination: Destination) -> impl Fn(u64) -> Option<LineCommand> + Send {
    move |frames| {
        let (destination, screen) = (destination.clone(), ScreenPop::default());
        (frames == after_frames).then_some(LineCommand::Release {
            destination,
            reason: "nothing_free",
            screen,
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plain_dialplan_brings_callers_to_klinke_and_to_people() {
    let Some(testbed) = Testbed::start("dialplan") else { return };
    let dir = folder(&testbed, "dialplan", &Settings::default());
    let text = printed(&dir, &["--language", "de"]);
    load(&testbed, &format!("{text}{WAYS_IN}"));
    let shown = testbed.cli("dialplan show klinke-site-heating");
    assert!(shown.contains("Stasis(klinke,site=heating,lang=de)"), "{shown}");

    // Klinke is there: the number that was dialled is known, and whom it lets go of reaches people
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for destination in [Destination::Fallback, Destination::Extension("201".into())] {
        let call = dial(&testbed, "4711", listens(2_500));
        let line = klinke.line().await;
        assert_eq!((line.arrival.called.as_deref(), line.site.as_str()), (Some("4711"), "heating"));
        converse(line, silence, let_go(20, destination)).await.unwrap();
        let report = call.await.unwrap();
        let tone = sound::share_of_tone(&report.heard[8_000..], COLLEAGUE_HZ);
        assert!(tone > 0.5, "a colleague is heard: {tone}");
    }
    assert_eq!(testbed.variable("TRANSFERS"), "200:nothing_free 201:nothing_free");
    klinke.detach().await;

    // Klinke is not there
    let report = dial(&testbed, "4711", listens(2_000)).await.unwrap();
    assert!(sound::share_of_tone(&report.heard[4_000..], COLLEAGUE_HZ) > 0.5);
    assert!(testbed.variable("TRANSFERS").ends_with(" 200:unreachable"), "{}", testbed.variable("TRANSFERS"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reason_ends_at_people_and_a_site_without_extensions_rings_its_telephone() {
    let Some(testbed) = Testbed::start("reasons") else { return };
    let dir = folder(&testbed, "reasons", &Settings::default());
    let text = printed(&dir, &["--site", "heating"]);
    load(&testbed, &format!("{text}{WAYS_IN}"));
    let mut words = reasons();
    words.extend(["a_word_of_tomorrow", ""]);
    for word in &words {
        let answer = testbed.cli(&format!("channel originate Local/w_{word}@let-go application Wait 1"));
        assert!(!answer.contains("No such"), "{answer}");
    }
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    let reached: Vec<String> = testbed.variable("TRANSFERS").split(' ').map(str::to_owned).collect();
    for word in &words {
        assert!(reached.contains(&format!("200:{word}")), "{word:?} did not reach people: {reached:?}");
    }

    // without [hand_over]: the telephone that the administrator has filled in
    let filled = text.replace("colleagues,20", "nowhere,20").replace("«PJSIP/100»", "Local/777@colleagues");
    load(&testbed, &format!("{filled}{WAYS_IN}"));
    let report = dial(&testbed, "4711", listens(2_000)).await.unwrap();
    assert!(sound::share_of_tone(&report.heard[4_000..], COLLEAGUE_HZ) > 0.5);
    assert!(testbed.variable("TRANSFERS").contains(" 777:"), "{}", testbed.variable("TRANSFERS"));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}

/// As FreePBX would have it: `from-internal` includes `from-internal-custom`, and a custom destination with "Return"
/// calls its target and goes on. A stub: this is Asterisk, not FreePBX.
const LIKE_FREEPBX: &str = "
[from-internal]
include => from-internal-custom
exten => _2XX,1,Goto(colleagues,${EXTEN},1)
[customdests]
exten => dest-1,1,Gosub(klinke-site-heating,s,1())
 same => n,Goto(colleagues,400,1)
[callers](+)
exten => 4711,1,Goto(customdests,dest-1,1)
exten => 4712,1,Goto(klinke-site-heating,s,1)
exten => 7100,1,Goto(from-internal,7100,1)
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn freepbx_gets_its_callers_back() {
    let Some(testbed) = Testbed::start("freepbx") else { return };
    let dir = folder(&testbed, "freepbx", &Settings::default());
    let config = std::fs::read_to_string(dir.join("klinke.toml")).unwrap();
    std::fs::write(dir.join("klinke.toml"), config.replace("\"colleagues\"", "\"from-internal\"")).unwrap();
    let text = printed(&dir, &["--style", "freepbx", "--language", "en"]);
    load(&testbed, &format!("{}{LIKE_FREEPBX}", text.replace("«7100»", "7100")));

    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    let call = dial(&testbed, "4711", listens(2_500));
    let line = klinke.line().await;
    converse(line, silence, let_go(20, Destination::Fallback)).await.unwrap();
    assert!(sound::share_of_tone(&call.await.unwrap().heard[8_000..], COLLEAGUE_HZ) > 0.5);
    assert_eq!(testbed.variable("TRANSFERS"), "400:nothing_free");
    klinke.detach().await;

    // Klinke is not there: by the custom destination, by one without "Return", and from a telephone of the house
    for (number, reached) in [("4711", "400"), ("4712", "200"), ("7100", "200")] {
        let report = dial(&testbed, number, listens(2_000)).await.unwrap();
        let transfers = testbed.variable("TRANSFERS");
        assert!(sound::share_of_tone(&report.heard[4_000..], COLLEAGUE_HZ) > 0.5, "{number}: {transfers}");
        assert!(transfers.ends_with(&format!(" {reached}:unreachable")), "{number}: {transfers}");
    }
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
}
