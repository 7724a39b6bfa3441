//! The demonstration site, and calls to it in the pretend world.

use std::path::{Path, PathBuf};

use klinke::call::line::Arrival;
use klinke::call::{Event, SiteRooms};
use klinke::config::site::Site;
use klinke::config::{self, Limits};
use klinke::record::{CallId, CallRecord};
use klinke::sim::caller::{Caller, Telephone};
use klinke::sim::pretend::{Colleague, Faults, Pretend, voice};
use klinke::sim::script::Script;
use klinke::sim::world::{self, Left};

/// Sunday, 22 November 2026, 14:00 in Stuttgart.
pub const NOW: &str = "2026-11-22T13:00:00Z";

/// As the demonstration's file has them.
pub const LIMITS: Limits = Limits { calls_max: 4, call_s_max: 600, ..Limits::SHIPPED };

/// A file of the project.
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The demonstration site, ready to take calls.
pub fn site() -> SiteRooms {
    let config = config::load(&file("etc/demo/klinke.toml")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    SiteRooms::new(config.sites.into_iter().next().expect("the demonstration has a site"))
}

/// The same after `change`.
pub fn site_with(change: impl FnOnce(&mut Site)) -> SiteRooms {
    let config = config::load(&file("etc/demo/klinke.toml")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut site = config.sites.into_iter().next().expect("the demonstration has a site");
    change(&mut site);
    SiteRooms::new(site)
}

/// The demonstration's caller.
pub fn caller() -> Script {
    let text = std::fs::read_to_string(file("etc/demo/caller.txt")).expect("the demonstration has a caller");
    Script::parse(&text).expect("the demonstration's script is one")
}

/// A call that has been held in the pretend world.
pub struct Held {
    /// Everything that was kept, seen and heard.
    pub world: Pretend,
    /// How it left the line.
    pub left: Left,
}

impl Held {
    /// What is kept of it.
    pub fn record(&self) -> CallRecord {
        CallRecord::from_entries(CallId([7; 16]), &self.world.entries)
    }

    /// Everything Klinke said to its end or to where it was interrupted.
    pub fn said(&self) -> Vec<(String, bool)> {
        let spoke = |event: &Event| match event {
            Event::Spoke { text, interrupted, .. } => Some((text.reveal().clone(), *interrupted)),
            _ => None,
        };
        self.world.events.iter().filter_map(spoke).collect()
    }
}

/// Holds a call with a caller who speaks `script`.
pub fn hold(rooms: &SiteRooms, script: &Script, faults: Faults) -> Held {
    let telephone = Caller::speaking(script.clone(), voice(script));
    hold_with(rooms, script, Box::new(telephone), faults)
}

/// The same with another telephone, at which the texts of `script` are said.
pub fn hold_with(rooms: &SiteRooms, script: &Script, telephone: Box<dyn Telephone>, faults: Faults) -> Held {
    hold_in(rooms, Pretend::new(script, telephone, faults))
}

/// The same with colleagues, in the order in which they are called.
pub fn hold_among(rooms: &SiteRooms, script: &Script, colleagues: Vec<Colleague>) -> Held {
    let telephone = Caller::speaking(script.clone(), voice(script));
    let mut world = Pretend::new(script, Box::new(telephone), Faults::default());
    world.colleagues = colleagues.into();
    hold_in(rooms, world)
}

fn hold_in(rooms: &SiteRooms, mut world: Pretend) -> Held {
    let at = NOW.parse().expect("a timestamp");
    let left = world::hold(rooms, LIMITS, Arrival::default(), at, &mut world);
    Held { world, left }
}

/// A script from its text.
pub fn script(text: &str) -> Script {
    Script::parse(text).expect("a script")
}
