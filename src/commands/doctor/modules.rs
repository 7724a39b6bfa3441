//! Modules and codecs of Asterisk that Klinke needs: what is loaded → findings.

use super::finding::{Check, Finding, Fix};
use crate::call::line::Destination;
use crate::commands::tongue::{Both, both};
use crate::config::site::Site;
use crate::config::{Asterisk, Codec, Config, MediaPath};
use crate::daemon::pbx::asterisk::examination::Module;

/// Without one of these nothing works; in an order in which Asterisk can load them, because each wants those before
/// it. Source: what Asterisk 22 names as dependencies of the modules behind our requests.
const ALWAYS: [&str; 14] = [
    "res_http_websocket",
    "res_stasis",
    "res_stasis_answer",
    "res_stasis_playback",
    "res_stasis_recording",
    "res_stasis_snoop",
    "app_stasis",
    "res_ari",
    "res_ari_model",
    "res_ari_asterisk",
    "res_ari_applications",
    "res_ari_channels",
    "res_ari_bridges",
    "res_ari_events",
];
/// At least one of these reads a dialplan.
const DIALPLANS: [&str; 4] = ["pbx_config", "pbx_realtime", "pbx_ael", "pbx_lua"];
/// At least one of these joins caller and Klinke.
const BRIDGES: [&str; 2] = ["bridge_simple", "bridge_softmix"];
/// Klinke looks by this one whether an extension exists before it sends a caller there.
const EXTENSIONS: &str = "func_dialplan";

/// What hand-overs need, by what the sites' files hand over to.
#[must_use]
pub fn for_hand_overs(config: &Config) -> Vec<&'static str> {
    let destinations = || config.sites.iter().flat_map(Site::destinations);
    let devices = destinations().any(|to| matches!(to, Destination::Device(_)));
    let queues = destinations().any(|to| matches!(to, Destination::Queue(_)));
    let wanted =
        [(true, EXTENSIONS), (devices, "app_dial"), (queues, "app_queue"), (devices || queues, "app_stack")];
    wanted.into_iter().filter_map(|(wanted, module)| wanted.then_some(module)).collect()
}

/// What a path of sound needs, in the order of loading.
const fn of_path(path: MediaPath) -> &'static [&'static str] {
    match path {
        MediaPath::Rtp => &["res_rtp_asterisk", "res_rtp_multicast", "chan_rtp"],
        MediaPath::AudioSocket => &["res_audiosocket", "chan_audiosocket"],
        MediaPath::WebSocket => &["res_http_websocket", "chan_websocket"],
    }
}

/// What a code needs; linear sound needs nothing.
const fn of_codec(codec: Codec) -> Option<&'static str> {
    match codec {
        Codec::Alaw => Some("codec_alaw"),
        Codec::Ulaw => Some("codec_ulaw"),
        Codec::G722 => Some("codec_g722"),
        Codec::Slin | Codec::Slin16 => None,
    }
}

/// The modules that are loaded and run, by name without `.so`.
pub struct Loaded(Vec<String>);

impl Loaded {
    /// As ARI lists them.
    #[must_use]
    pub fn new(modules: &[Module]) -> Self {
        let running = modules.iter().filter(|module| module.status != "Not Running");
        Self(running.map(|module| module.name.trim_end_matches(".so").to_owned()).collect())
    }

    fn has(&self, module: &str) -> bool {
        self.0.iter().any(|loaded| loaded == module)
    }

    fn lack<'a>(&self, wanted: &[&'a str]) -> Vec<&'a str> {
        wanted.iter().copied().filter(|module| !self.has(module)).collect()
    }

    /// The path that calls will take; `None`: none is whole.
    #[must_use]
    pub fn path(&self, config: &Asterisk) -> Option<MediaPath> {
        let paths = MediaPath::WORDS.iter().map(|&(_, path)| path);
        let mut wanted = paths.filter(|path| config.media.is_none_or(|configured| configured == *path));
        wanted.find(|&path| self.lack(of_path(path)).is_empty())
    }
}

/// Steps that load those modules, now and at every start.
fn load(modules: &[&str]) -> Vec<Fix> {
    let mut fixes = Vec::new();
    for module in modules {
        fixes.push(Fix::run(format!("asterisk -rx 'module load {module}.so'")));
        fixes.push(Fix::write("/etc/asterisk/modules.conf, [modules]", format!("load = {module}.so")));
    }
    fixes.push(Fix::Do(both!(
        "eine Zeile noload = … für sie löschen; kennt Asterisk sie nicht: apt install asterisk-modules",
        "delete a line noload = … for them; where Asterisk does not know them: apt install asterisk-modules"
    )));
    fixes
}

/// Whether Asterisk has what Klinke needs.
#[must_use]
pub fn modules(config: &Asterisk, loaded: &Loaded, hand_overs: &[&str]) -> Finding {
    let check = Check::Modules;
    let mut missing = loaded.lack(&ALWAYS);
    for group in [&DIALPLANS[..], &BRIDGES[..]] {
        if loaded.lack(group).len() == group.len() {
            missing.push(group[0]);
        }
    }
    let path = loaded.path(config);
    if path.is_none() {
        missing.extend(loaded.lack(of_path(config.media.unwrap_or(MediaPath::Rtp))));
    }
    if !missing.is_empty() {
        let mut seen = Vec::new();
        missing.retain(|module| {
            !seen.contains(module) && {
                seen.push(*module);
                true
            }
        });
        let names = missing.join(", ");
        let what = what_for(config, path);
        return Finding::failed(
            check,
            Both {
                german: format!("nicht geladen: {names}{}", what.german),
                english: format!("not loaded: {names}{}", what.english),
            },
            load(&missing),
        );
    }
    let lacking = loaded.lack(hand_overs);
    if !lacking.is_empty() {
        let names = lacking.join(", ");
        return Finding::warning(
            check,
            both!(
                "nicht geladen: {names}; Übergaben an Menschen gehen ohne sie in den Rückfall oder verloren",
                "not loaded: {names}; without them callers for humans end in the fallback, or are lost"
            ),
            load(&lacking),
        );
    }
    let path = path.map_or("", MediaPath::word);
    Finding::ok(check, both!("alle geladen; der Ton geht über {path}", "all loaded; sound goes by {path}"))
}

/// Why the modules of a path are missed.
fn what_for(config: &Asterisk, path: Option<MediaPath>) -> Both {
    match (path, config.media) {
        (Some(_), _) => Both::default(),
        (None, Some(path)) => {
            let path = path.word();
            both!(" (für media = \"{path}\")", " (for media = \"{path}\")")
        }
        (None, None) => both!(
            " (kein Weg für den Ton; RTP ist der einfachste)",
            " (no path for sound; RTP is the simplest)"
        ),
    }
}

/// Whether Asterisk translates the codes that calls will have.
#[must_use]
pub fn codecs(config: &Asterisk, loaded: &Loaded) -> Finding {
    let check = Check::Codecs;
    if let Some(codec) = config.codec {
        let word = codec.word();
        return match of_codec(codec).filter(|module| !loaded.has(module)) {
            Some(module) => Finding::failed(
                check,
                both!(
                    "codec = \"{word}\", aber {module} ist nicht geladen",
                    "codec = \"{word}\", but {module} is not loaded"
                ),
                load(&[module]),
            ),
            None => Finding::ok(check, both!("{word}, wie konfiguriert", "{word}, as configured")),
        };
    }
    let narrow = [Codec::Alaw, Codec::Ulaw];
    let missing: Vec<&str> =
        narrow.iter().filter_map(|&codec| of_codec(codec)).filter(|module| !loaded.has(module)).collect();
    if missing.len() == narrow.len() {
        let names = missing.join(", ");
        return Finding::failed(
            check,
            both!("nicht geladen: {names}", "not loaded: {names}"),
            load(&missing[..1]),
        );
    }
    if !loaded.has("codec_g722") {
        return Finding::ok(
            check,
            both!("G.711; ohne codec_g722 kein Breitband", "G.711; no wideband without codec_g722"),
        );
    }
    Finding::ok(check, both!("G.711 und G.722", "G.711 and G.722"))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    fn config(media: Option<MediaPath>, codec: Option<Codec>) -> Asterisk {
        Asterisk {
            url: String::new(),
            user: String::new(),
            password: "".into(),
            app: String::new(),
            context: None,
            media,
            codec,
            media_address: [127, 0, 0, 1].into(),
            media_ports: (30_000, 30_010),
            requests: crate::config::Requests::Http,
            authorities: None,
        }
    }

    fn loaded(without: &[&str]) -> Loaded {
        let all = ALWAYS.iter().chain(&DIALPLANS).chain(&BRIDGES).chain(of_path(MediaPath::Rtp)).chain(&[
            EXTENSIONS,
            "codec_alaw",
            "codec_ulaw",
            "codec_g722",
        ]);
        let modules: Vec<Module> = all
            .filter(|module| !without.contains(module))
            .map(|module| Module { name: format!("{module}.so"), status: "Running".into() })
            .collect();
        Loaded::new(&modules)
    }

    #[test]
    fn what_is_missing_is_named_with_the_command_and_the_line() {
        let finding = modules(&config(None, None), &loaded(&["chan_rtp", "res_ari_events"]), &[EXTENSIONS]);
        assert_eq!(finding.verdict, Verdict::Failed);
        for wanted in [
            Fix::run("asterisk -rx 'module load chan_rtp.so'"),
            Fix::write("/etc/asterisk/modules.conf, [modules]", "load = chan_rtp.so"),
            Fix::run("asterisk -rx 'module load res_ari_events.so'"),
        ] {
            assert!(finding.fixes.contains(&wanted), "{finding:#?}");
        }
        assert_eq!(modules(&config(None, None), &loaded(&[]), &[EXTENSIONS]).verdict, Verdict::Ok);
        assert_eq!(
            modules(&config(None, None), &loaded(&["bridge_softmix", "pbx_lua"]), &[EXTENSIONS]).verdict,
            Verdict::Ok
        );
        assert_eq!(
            modules(&config(None, None), &loaded(&["func_dialplan"]), &[EXTENSIONS]).verdict,
            Verdict::Warning
        );
        let audiosocket = config(Some(MediaPath::AudioSocket), None);
        assert!(
            modules(&audiosocket, &loaded(&[]), &[EXTENSIONS]).found.english.contains("chan_audiosocket")
        );
    }

    #[test]
    fn a_module_that_does_not_run_is_not_loaded() {
        let module = Module { name: "chan_rtp.so".into(), status: "Not Running".into() };
        assert!(!Loaded::new(&[module]).has("chan_rtp"));
    }

    #[test]
    fn codecs_are_those_that_calls_have() {
        let verdict = |codec, without: &[&str]| codecs(&config(None, codec), &loaded(without)).verdict;
        assert_eq!(verdict(None, &["codec_g722", "codec_ulaw"]), Verdict::Ok);
        assert_eq!(verdict(None, &["codec_alaw", "codec_ulaw"]), Verdict::Failed);
        assert_eq!(verdict(Some(Codec::G722), &["codec_g722"]), Verdict::Failed);
        assert_eq!(verdict(Some(Codec::Slin), &[]), Verdict::Ok);
    }
}
