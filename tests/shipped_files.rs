//! Promise: the configuration that is installed is right as it is, and stays right when its commented lines are
//! switched on.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use klinke::config::{self, Config};

fn shipped(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn load(file: &Path) -> Config {
    config::load(file).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

#[test]
fn the_demonstration_has_no_mistakes() {
    let config = load(&shipped("etc/demo/klinke.toml"));
    let root = shipped("").canonicalize().unwrap();
    assert_eq!(config.data_dir, root.join("build/demo"));
    assert_eq!(config.models.speech, root.join("build/runtime/silero_vad.onnx"));
    let site = &config.sites[0];
    assert_eq!(site.name, "Heizung Wagner");
    assert!(site.intent("heating_failure").unwrap().emergency);
    for intent in &site.intents {
        assert!(intent.examples.len() >= 8, "{} has few examples", intent.name);
    }
    let slots: Vec<_> = site.form("visit").unwrap().slots.iter().map(|slot| slot.name.as_str()).collect();
    assert_eq!(slots, ["address", "name", "telephone"]);
}

/// The demonstration has to find somebody at whatever hour it is held.
#[test]
fn somebody_can_always_be_sent_in_the_demonstration() {
    use jiff::civil::{Time, Weekday};
    let config = load(&shipped("etc/demo/klinke.toml"));
    let whole_day = [(Time::midnight(), Time::MAX)];
    for skill in ["heating", "water"] {
        let mut able =
            config.sites[0].technicians.iter().filter(|who| who.skills.iter().any(|has| has == skill));
        assert!(able.any(|who| {
            Weekday::Monday.cycle_forward().take(7).all(|day| who.emergency_hours.on(day) == whole_day)
        }));
    }
}

#[test]
fn the_installed_configuration_has_no_mistakes() {
    let config = load(&shipped("etc/klinke.toml"));
    assert!(config.asterisk.is_none(), "a fresh machine has no Asterisk yet");
    assert_eq!(config.data_dir, Path::new("/var/lib/klinke"));
    assert_eq!(config::departures(&config), []);
    // nobody should hear them as they are
    assert!(config::unwritten(&config).iter().any(|key| key.contains("disclosure")));
}

/// Commented settings show the default or an example: with `#` gone, they are read.
#[test]
fn commented_settings_are_right_once_they_are_switched_on() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sites")).unwrap();
    let mut switched_on = 0;
    for file in ["klinke.toml", "sites/trade.toml"] {
        let text = std::fs::read_to_string(shipped("etc").join(file)).unwrap();
        let mut switch_on = |line: &str| match line.strip_prefix('#') {
            Some(setting) if setting.starts_with(|c: char| c.is_alphabetic() || c == '[') => {
                switched_on += 1;
                setting.to_owned()
            }
            _ => line.to_owned(),
        };
        let text = text.lines().map(&mut switch_on).collect::<Vec<_>>().join("\n");
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    assert!(switched_on > 20, "{switched_on}");
    let password = folder.path().join("asterisk.password");
    std::fs::write(&password, "secret\n").unwrap();
    std::fs::set_permissions(&password, PermissionsExt::from_mode(0o600)).unwrap();

    let (before, after) = (load(&shipped("etc/klinke.toml")), load(&folder.path().join("klinke.toml")));
    assert!(after.asterisk.is_some());
    assert_eq!(after.data_dir, before.data_dir);
    assert_eq!(after.root_key_file, before.root_key_file);
    assert_eq!(after.models.speech, before.models.speech);
    assert_eq!(after.models.recogniser, before.models.recogniser);
    assert_eq!(after.models.threads, before.models.threads);
    assert_eq!(after.voice.pitch, before.voice.pitch);
    assert_eq!(after.sites[0].texts.goodbye, before.sites[0].texts.goodbye);
    assert_eq!(after.sites[0].texts.concern, before.sites[0].texts.concern);
}

#[test]
fn check_says_so_and_lists_what_the_machine_lacks() {
    let klinke = |config: &Path| {
        Command::new(env!("CARGO_BIN_EXE_klinke")).arg("check").arg("--config").arg(config).output().unwrap()
    };
    let right = klinke(&shipped("etc/klinke.toml"));
    let told = String::from_utf8(right.stdout).unwrap();
    assert!(right.status.success(), "{told}");
    assert!(told.contains("all in order") && told.contains("6 intents"), "{told}");
    assert!(told.contains("warning: `trade: texts.disclosure`"), "{told}");

    let wrong = klinke(&shipped("tests/config_mistakes/klinke.toml"));
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(!wrong.status.success());
    assert!(told.contains("mistakes in the configuration") && told.contains("klinke.toml:9:10"), "{told}");
}

/// The words of the enum of that name in a file of ours, as JSON has them.
fn words_of(file: &str, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(shipped(file)).unwrap();
    let (_, body) = text.split_once(&format!("pub enum {name} {{\n")).unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    variants
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| {
            let variant = line.split(|c: char| !c.is_alphanumeric()).next().unwrap();
            let snake = variant.chars().map(|c| match c {
                'A'..='Z' => format!("_{}", c.to_ascii_lowercase()),
                c => c.to_string(),
            });
            snake.collect::<String>().trim_start_matches('_').to_owned()
        })
        .collect()
}

#[test]
fn the_manual_of_the_json_has_every_word() {
    let manual = std::fs::read_to_string(shipped("docs/json.md")).unwrap();
    let mut count = 0;
    for (file, name) in [
        ("src/call/output.rs", "Event"),
        ("src/call/dialogue/moves.rs", "Move"),
        ("src/call/actions/mod.rs", "Order"),
        ("src/call/actions/mod.rs", "Outcome"),
        ("src/call/understanding/understood.rs", "Signal"),
        ("src/call/understanding/understood.rs", "SlotKind"),
        ("src/call/line.rs", "HangUp"),
        ("src/record/entry.rs", "Ending"),
    ] {
        for word in words_of(file, name) {
            assert!(manual.contains(&format!("`{word}`")), "docs/json.md lacks `{word}` ({name})");
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// Whoever writes the dialplan has to know each word that can reach it.
#[test]
fn the_manual_of_the_dialplan_has_every_reason() {
    let manual = std::fs::read_to_string(shipped("docs/dialplan.md")).unwrap();
    let read = |file: &str| std::fs::read_to_string(shipped(file)).unwrap();
    let pbx = read("src/daemon/pbx/mod.rs");
    let (_, reasons) = pbx.split_once("pub mod reason {").unwrap();
    let mut words: Vec<String> = reasons.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    for file in std::fs::read_dir(shipped("src/call/dialogue")).unwrap() {
        let path = file.unwrap().path();
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let hand_overs = text.split("hand_over(\"").skip(1).filter_map(|rest| rest.split('"').next());
        words.extend(hand_overs.map(str::to_owned));
    }
    words.extend(["danger", "fault"].map(str::to_owned));
    assert!(words.len() > 12, "{words:?}");
    for word in words {
        assert!(manual.contains(&format!("| `{word}` |")), "docs/dialplan.md lacks `{word}`");
    }
}

/// The value of a key in the unit that is installed.
fn unit(key: &str) -> String {
    let unit = std::fs::read_to_string(shipped("systemd/klinke.service")).unwrap();
    let found: Vec<_> = unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect();
    let [value] = found[..] else { panic!("{key} stands there {} times", found.len()) };
    value.to_owned()
}

fn ms(key: &str) -> u64 {
    let value = unit(key);
    match value.strip_suffix("ms") {
        Some(ms) => ms.parse().unwrap(),
        None => value.strip_suffix('s').unwrap().parse::<u64>().unwrap() * 1000,
    }
}

/// A caller in a call that lost its daemon hears nothing until the daemon is back.
#[test]
fn a_daemon_that_ended_or_is_frozen_is_soon_started_again_however_often() {
    assert_eq!((unit("Type").as_str(), unit("Restart").as_str()), ("notify", "always"));
    assert_eq!(unit("StartLimitIntervalSec"), "0");
    assert!(ms("RestartSec") <= 1_000);
    assert!(ms("WatchdogSec") + ms("TimeoutAbortSec") + ms("RestartSec") <= 8_000);
    // it ends itself, and says what stands still, before systemd does
    assert!(klinke::daemon::watchdog::FROZEN_MS_MAX + 1_000 <= ms("WatchdogSec"));
}
