//! Promise: the configuration that is installed is right as it is, and stays right when its commented lines are
//! switched on.

use std::path::{Path, PathBuf};

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
