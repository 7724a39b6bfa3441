//! Contexts, extensions and the test call: facts → findings.

use std::time::Duration;

use super::finding::{Check, Finding, Fix};
use crate::call::line::Destination;
use crate::commands::tongue::{Both, both};
use crate::config::Config;
use crate::config::site::Site;
use crate::daemon::pbx::asterisk::AsteriskError;
use crate::daemon::pbx::asterisk::examination::{Sound, Stage, Way};

/// Sound that is less like what was sent is another one, or broken up.
const LIKENESS_MIN: f64 = 0.8;
/// Sound that is less like it is something else altogether.
const LIKENESS_NONE: f64 = 0.4;
/// Sound that is louder or quieter by more is heard to be.
const GAIN_DB_MAX: f64 = 6.0;
/// Sound that takes longer makes people talk over each other.
const DELAY_MAX: Duration = Duration::from_millis(250);

/// A place of the dialplan that calls are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its context.
    pub context: String,
    /// Its extension; `None`: only the context counts.
    pub extension: Option<String>,
}

impl Place {
    fn new(context: &str, extension: Option<&str>) -> Self {
        Self { context: context.to_owned(), extension: extension.map(str::to_owned) }
    }

    fn shown(&self) -> String {
        self.extension
            .as_ref()
            .map_or_else(|| self.context.clone(), |extension| format!("{extension}@{}", self.context))
    }
}

/// What is asked of the dialplan: the context and the extensions of hand-overs, and the entry of each site in the
/// dialplan that `klinke dialplan` prints.
#[must_use]
pub fn places(config: &Config) -> Vec<Place> {
    let mut places = Vec::new();
    if let Some(context) = config.asterisk.as_ref().and_then(|pbx| pbx.context.as_deref()) {
        places.push(Place::new(context, None));
        for to in config.sites.iter().flat_map(Site::destinations) {
            if let Destination::Extension(extension) = to {
                let place = Place::new(context, Some(extension));
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }
    places.extend(transfers(config).into_iter().map(|context| Place::new(context, Some("s"))));
    places.extend(config.sites.iter().map(|site| Place::new(&entry(&site.id), Some("s"))));
    places.dedup();
    places
}

/// The contexts of `klinke dialplan` by which callers get to telephones, to queues, and to colleagues who were asked
/// first: those that some site needs.
fn transfers(config: &Config) -> Vec<&'static str> {
    let any =
        |wanted: fn(&Destination) -> bool| config.sites.iter().any(|site| site.destinations().any(wanted));
    let announced = config.sites.iter().any(Site::asks_first);
    let wanted = [
        (any(|to| matches!(to, Destination::Device(_))), "klinke-device"),
        (any(|to| matches!(to, Destination::Queue(_))), "klinke-queue"),
        (announced, "klinke-connect"),
    ];
    wanted.into_iter().filter_map(|(wanted, context)| wanted.then_some(context)).collect()
}

fn entry(site: &str) -> String {
    format!("klinke-site-{site}")
}

/// Whether callers arrive where they are sent. `None`: Asterisk cannot say.
#[must_use]
pub fn dialplan(config: &Config, answers: &[(Place, Option<bool>)]) -> Finding {
    let check = Check::Dialplan;
    let file = config.file.display();
    if answers.iter().all(|(_, there)| there.is_none()) {
        return Finding::unchecked(
            check,
            both!(
                "ohne func_dialplan kann Asterisk es nicht sagen",
                "without func_dialplan Asterisk cannot say"
            ),
        );
    }
    let is_entry = |place: &Place| config.sites.iter().any(|site| place.context == entry(&site.id));
    let missing = |entries: bool| {
        let missing =
            answers.iter().filter(|(place, there)| *there == Some(false) && is_entry(place) == entries);
        missing.map(|(place, _)| place).collect::<Vec<_>>()
    };
    let lost = missing(false);
    if let Some(context) = lost.iter().find(|place| place.extension.is_none()) {
        let context = &context.context;
        return Finding::failed(
            check,
            both!(
                "den Kontext {context} gibt es nicht: Anrufer, die einen Menschen wollen, landen im Rückfall",
                "there is no context {context}: callers who want a human end in the fallback"
            ),
            vec![
                Fix::run("asterisk -rx 'dialplan show' | grep \"^\\[ Context\""),
                Fix::write(format!("{file}, [asterisk]"), "context = \"…\""),
            ],
        );
    }
    let printed: Vec<&str> = transfers(config)
        .into_iter()
        .filter(|context| lost.iter().any(|place| place.context == *context))
        .collect();
    if !printed.is_empty() {
        let shown = printed.join(", ");
        return Finding::failed(
            check,
            both!(
                "nicht im Wählplan: {shown}; ohne sie erreicht niemand die Telefone und Warteschlangen aus [hand_over]",
                "not in the dialplan: {shown}; without them nobody reaches the telephones and queues of [hand_over]"
            ),
            install(),
        );
    }
    if !lost.is_empty() {
        let shown: Vec<String> = lost.iter().map(|place| place.shown()).collect();
        let (shown, context) = (shown.join(", "), &lost[0].context);
        return Finding::failed(
            check,
            both!(
                "nicht im Wählplan: {shown}; wer dorthin soll, landet im Rückfall",
                "not in the dialplan: {shown}; whoever is sent there ends in the fallback"
            ),
            vec![
                Fix::run(format!("asterisk -rx 'dialplan show {context}'")),
                Fix::Do(both!(
                    "[hand_over] in der Datei des Standorts berichtigen",
                    "put [hand_over] in the site's file right"
                )),
            ],
        );
    }
    let absent = missing(true);
    if !absent.is_empty() {
        let shown: Vec<String> = absent.iter().map(|place| place.context.clone()).collect();
        let shown = shown.join(", ");
        return Finding::warning(
            check,
            both!(
                "{shown} nicht geladen: kommen Anrufe auf anderem Weg zu Klinke?",
                "{shown} not loaded: do calls come to Klinke another way?"
            ),
            install(),
        );
    }
    let extensions = config.sites.iter().any(|site| site.hand_over.extensions().next().is_some());
    if extensions && config.asterisk.as_ref().is_some_and(|pbx| pbx.context.is_none()) {
        return Finding::ok(
            check,
            both!(
                "Standorte geladen; Nebenstellen liegen im Kontext, aus dem der Anruf kommt",
                "sites loaded; extensions lie in the context that the call comes from"
            ),
        );
    }
    let count = answers.len();
    Finding::ok(
        check,
        both!(
            "Standorte, Kontext und Nebenstellen gefunden ({count})",
            "sites, context and extensions found ({count})"
        ),
    )
}

/// Steps that load the printed dialplan.
fn install() -> Vec<Fix> {
    vec![
        Fix::run("klinke dialplan asterisk > /etc/asterisk/klinke.conf"),
        Fix::write("/etc/asterisk/extensions.conf", "#include klinke.conf"),
        Fix::run("asterisk -rx 'dialplan reload'"),
    ]
}

/// How the test call went.
#[must_use]
pub fn test_call(config: &Config, went: Result<&Sound, &(Stage, AsteriskError)>) -> Finding {
    let check = Check::TestCall;
    let sound = match went {
        Ok(sound) => sound,
        Err((stage, error)) => {
            let fixes = broken_off(config, *stage, error);
            let (at, why) = (stage_name(*stage), short(error));
            return Finding::failed(
                check,
                Both {
                    german: format!("abgebrochen {}: {}", at.german, why.german),
                    english: format!("broken off {}: {}", at.english, why.english),
                },
                fixes,
            );
        }
    };
    let missing = |way: &Option<Way>| way.is_none_or(|way| way.arrived.likeness < LIKENESS_NONE);
    if missing(&sound.there) || missing(&sound.back) {
        return Finding::failed(
            check,
            both!("die Verbindung steht, aber es kommt kein Ton an", "the call stands, but no sound arrives"),
            unheard(config),
        );
    }
    let (Some(there), Some(back)) = (sound.there, sound.back) else {
        return Finding::unchecked(check, both!("kein Ton", "no sound"));
    };
    let likeness = 100.0 * there.arrived.likeness.min(back.arrived.likeness);
    let (delay, gain) = (there.delay.max(back.delay), louder(there.arrived.gain_db, back.arrived.gain_db));
    let (wire, ms) = (&sound.wire, delay.as_millis());
    let (german, english) =
        if sound.local { ("Local-Kanal", "Local channel") } else { ("Brücke", "bridge") };
    let found = both!(
        "Ton in beide Richtungen ({wire}, {german}): {likeness:.0} % gleich, {ms} ms, {gain:+.1} dB",
        "sound both ways ({wire}, {english}): {likeness:.0} % alike, {ms} ms, {gain:+.1} dB"
    );
    if likeness < 100.0 * LIKENESS_MIN {
        let fix = Fix::Do(both!(
            "der Ton kommt zerhackt an: ist die Maschine oder das Netz überlastet?",
            "the sound arrives broken up: is the machine or the network overloaded?"
        ));
        return Finding::warning(check, found, vec![fix, Fix::run("top -b -n 1 | head -20")]);
    }
    if delay > DELAY_MAX {
        let fix = Fix::Do(both!(
            "Klinke so nah wie möglich an Asterisk betreiben: dieselbe Maschine, dasselbe Netz",
            "run Klinke as close to Asterisk as can be: the same machine, the same network"
        ));
        return Finding::warning(check, found, vec![fix]);
    }
    if gain.abs() > GAIN_DB_MAX {
        let fix = Fix::Do(both!(
            "etwas verändert die Lautstärke: VOLUME() oder AGC() im Wählplan?",
            "something changes the level: VOLUME() or AGC() in the dialplan?"
        ));
        return Finding::warning(check, found, vec![fix]);
    }
    Finding::ok(check, found)
}

/// The one of two changes of level that is heard more.
fn louder(a: f64, b: f64) -> f64 {
    if a.abs() > b.abs() { a } else { b }
}

fn stage_name(stage: Stage) -> Both {
    match stage {
        Stage::Events => both!("beim Lauschen auf Ereignisse", "while listening to events"),
        Stage::Port => both!("bei der Suche nach einem Port", "while looking for a port"),
        Stage::Media => both!("beim Medienkanal", "at the media channel"),
        Stage::Local => both!("beim Local-Kanal", "at the Local channel"),
        Stage::Bridge => both!("beim Verbinden", "while putting channels together"),
    }
}

/// An error without what its stage says already.
fn short(error: &AsteriskError) -> Both {
    match error {
        AsteriskError::Refused { status, cause, .. } => {
            both!("Asterisk antwortet {status} ({cause})", "Asterisk answers {status} ({cause})")
        }
        AsteriskError::TooSlow { limit_ms, .. } => {
            both!("keine Antwort in {limit_ms} ms", "no answer within {limit_ms} ms")
        }
        AsteriskError::NoPort { cause, .. } => both!("keiner ist frei ({cause})", "none is free ({cause})"),
        other => both!("{other}", "{other}"),
    }
}

fn broken_off(config: &Config, stage: Stage, error: &AsteriskError) -> Vec<Fix> {
    match stage {
        Stage::Events => vec![Fix::run("asterisk -rx 'module show like res_ari_events'")],
        Stage::Port => vec![Fix::Do(both!("siehe Medienports", "see media ports"))],
        Stage::Media if matches!(error, AsteriskError::Refused { .. }) => {
            vec![Fix::run(
                "asterisk -rx 'module load res_rtp_multicast.so'; asterisk -rx 'module load chan_rtp.so'",
            )]
        }
        Stage::Local => vec![
            Fix::run("asterisk -rx 'dialplan show klinke-doctor'"),
            Fix::run(format!(
                "klinke dialplan asterisk --config {} > /etc/asterisk/klinke.conf",
                config.file.display()
            )),
        ],
        Stage::Media | Stage::Bridge => vec![
            Fix::run("asterisk -rx 'core show channels'"),
            Fix::run("tail -n 50 /var/log/asterisk/messages.log"),
        ],
    }
}

fn unheard(config: &Config) -> Vec<Fix> {
    let Some(pbx) = &config.asterisk else { return Vec::new() };
    let (address, (first, last)) = (pbx.media_address, pbx.media_ports);
    vec![
        Fix::Do(both!(
            "Asterisk muss {address} erreichen und diese Maschine Asterisk: UDP {first} bis {last} hier, UDP rtpstart bis rtpend (rtp.conf) dort öffnen",
            "Asterisk must reach {address}, and this machine Asterisk: open UDP {first} to {last} here, UDP rtpstart to rtpend (rtp.conf) there"
        )),
        Fix::write(format!("{}, [asterisk]", config.file.display()), "media_address = \"…\""),
        Fix::run(format!("tcpdump -ni any 'udp portrange {first}-{last}'")),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::finding::Verdict;
    use super::*;
    use crate::daemon::pbx::asterisk::examination::Arrived;

    fn config() -> Config {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/klinke.toml");
        let mut config = crate::config::load(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        config.asterisk = Some(crate::config::Asterisk {
            url: String::new(),
            user: String::new(),
            password: "".into(),
            app: "klinke".into(),
            context: Some("colleagues".into()),
            media: None,
            codec: None,
            media_address: [127, 0, 0, 1].into(),
            media_ports: (30_000, 30_010),
            requests: crate::config::Requests::Http,
            authorities: None,
        });
        config
    }

    #[test]
    fn missing_places_are_told_by_what_they_cost() {
        let config = config();
        let places = places(&config);
        assert_eq!(
            places.iter().map(Place::shown).collect::<Vec<_>>(),
            ["colleagues", "200@colleagues", "201@colleagues", "s@klinke-site-heating"]
        );
        let verdict = |lost: &str| {
            let answers: Vec<_> =
                places.iter().map(|place| (place.clone(), Some(place.shown() != lost))).collect();
            dialplan(&config, &answers).verdict
        };
        assert_eq!(verdict("nothing"), Verdict::Ok);
        assert_eq!(verdict("colleagues"), Verdict::Failed);
        assert_eq!(verdict("201@colleagues"), Verdict::Failed);
        assert_eq!(verdict("s@klinke-site-heating"), Verdict::Warning);
        let unknown: Vec<_> = places.iter().map(|place| (place.clone(), None)).collect();
        assert_eq!(dialplan(&config, &unknown).verdict, Verdict::Unchecked);
    }

    #[test]
    fn telephones_and_queues_need_the_printed_contexts() {
        let mut config = config();
        config.sites[0].hand_over.open = vec![Destination::Device("PJSIP/anna".into())];
        config.sites[0].hand_over.announced = true;
        assert_eq!(transfers(&config), ["klinke-device", "klinke-connect"]);
        let answers = |lost: &str| -> Vec<_> {
            let there = |place: &Place| Some(place.context != lost);
            places(&config).into_iter().map(|place| (place.clone(), there(&place))).collect()
        };
        assert_eq!(dialplan(&config, &answers("nothing")).verdict, Verdict::Ok);
        let finding = dialplan(&config, &answers("klinke-connect"));
        assert_eq!((finding.verdict, finding.fixes), (Verdict::Failed, install()));
    }

    #[test]
    fn sound_is_judged_by_likeness_delay_and_level() {
        let verdict = |likeness: f64, delay_ms: u64, gain_db: f64| {
            let arrived = Arrived { at: 0, likeness, gain_db };
            let way = Some(Way { arrived, delay: Duration::from_millis(delay_ms) });
            let sound = Sound { wire: "rtp alaw".into(), local: true, there: way, back: way };
            test_call(&config(), Ok(&sound)).verdict
        };
        assert_eq!(verdict(0.99, 60, -0.1), Verdict::Ok);
        assert_eq!(verdict(0.6, 60, 0.0), Verdict::Warning);
        assert_eq!(verdict(0.1, 60, 0.0), Verdict::Failed);
        assert_eq!(verdict(0.99, 400, 0.0), Verdict::Warning);
        assert_eq!(verdict(0.99, 60, 12.0), Verdict::Warning);
        let one_way = Sound { wire: String::new(), local: false, there: None, back: None };
        assert_eq!(test_call(&config(), Ok(&one_way)).verdict, Verdict::Failed);
    }
}
