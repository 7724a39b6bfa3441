//! The checks in their order: facts are gathered, judged and told one by one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use super::finding::{Check, Finding, Fix, Verdict};
use super::report::Report;
use super::secrets::{Secret, Started};
use super::{asterisk, dialplan, hearing, machine, modules, secrets};
use crate::commands::tongue::both;
use crate::config::{self, Config, MediaPath, PASSWORD_CREDENTIAL};
use crate::daemon::clock::Clock;
use crate::daemon::credentials::{self, CREDENTIAL};
use crate::daemon::examination::{disk, ports, unit};
use crate::daemon::pbx::asterisk::AsteriskError;
use crate::daemon::pbx::asterisk::examination::{Examination, Reach, Registered};
use crate::daemon::store::Store;

/// Longest that loading the models may take.
const MODELS_S_MAX: u64 = 30;

/// An examination, where there can be one.
type Made = Result<Examination, AsteriskError>;

/// Everything that can be looked at.
///
/// # Errors
/// Standard output takes nothing.
pub async fn examine(
    config: &Config,
    report: &mut Report,
    again: &str,
    made: Option<&Made>,
) -> anyhow::Result<()> {
    this_machine(config, report, again).await?;
    let file = config.file.display();
    let (examination, pbx) = match (made, &config.asterisk) {
        (Some(Ok(examination)), Some(pbx)) => (examination, pbx),
        (Some(Err(error)), _) => {
            report.add(&Finding::failed(Check::Ari, both!("{error}", "{error}"), Vec::new()))?;
            return report.rest(&both!("ohne ARI", "without ARI"));
        }
        _ => {
            report.add(&Finding::failed(
                Check::Ari,
                both!("{file} hat keinen Abschnitt [asterisk]", "{file} has no section [asterisk]"),
                vec![
                    Fix::write(file.to_string(), "[asterisk]"),
                    Fix::write(file.to_string(), "url = \"http://127.0.0.1:8088\""),
                    Fix::Do(both!(
                        "und user, password_file, media_address, media_ports: docs/configuration.md",
                        "and user, password_file, media_address, media_ports: docs/configuration.md"
                    )),
                ],
            ))?;
            return report.rest(&both!("ohne ARI", "without ARI"));
        }
    };
    if asterisk_is_there(config, pbx, examination, report).await? {
        calls(config, pbx, examination, report).await
    } else {
        media_ports(config, pbx, report, 0, MediaPath::Rtp)?;
        report.rest(&both!("ohne ARI", "without ARI"))
    }
}

/// The machine without its PBX.
async fn this_machine(config: &Config, report: &mut Report, again: &str) -> anyhow::Result<()> {
    let service = service(config);
    report.add(&secrets::service(&service))?;

    let key = credentials::root_key(&config.root_key_file);
    report.add(&secrets::root_key(key.as_ref().map(|_| ()), &config.root_key_file, &service, again))?;

    let folder = disk::folder(&config.data_dir).await;
    let opened =
        key.ok().filter(|_| folder.whole).map(|key| Store::open_existing(&config.data_dir, key).map(drop));
    let opened = opened.as_ref().map(|opened| opened.as_ref().map(|&()| ()));
    report.add(&machine::store(&config.data_dir, &folder, opened, again))?;

    let spoken = hearing::speak(config).await;
    report.add(&hearing::voice(config, spoken.as_ref()))?;

    let (owned, sound) = (config.clone(), spoken.ok().map(|spoken| spoken.sound));
    let listening = tokio::task::spawn_blocking(move || hearing::listen(&owned, sound.as_ref()));
    match timeout(Duration::from_secs(MODELS_S_MAX), listening).await {
        Ok(Ok(heard)) => report.add(&hearing::models(config, heard.as_ref())),
        Ok(Err(broke)) => {
            report.add(&Finding::failed(Check::Models, both!("{broke}", "{broke}"), Vec::new()))
        }
        Err(_) => report.add(&Finding::failed(
            Check::Models,
            both!("nach {MODELS_S_MAX} s nicht geladen", "not loaded after {MODELS_S_MAX} s"),
            vec![Fix::run("top -b -n 1 | head -20")],
        )),
    }
}

fn service(config: &Config) -> Started {
    let unit = unit::installed();
    let mut secrets = vec![Secret::of(unit.as_ref(), CREDENTIAL, Some(config.root_key_file.clone()))];
    if config.asterisk.is_some() {
        secrets.push(Secret::of(unit.as_ref(), PASSWORD_CREDENTIAL, password_file(&config.file)));
    }
    Started { systemd: unit::is_systemd(), unit, secrets }
}

/// The file that `password_file` names: a configuration that has been read does not keep it.
fn password_file(file: &Path) -> Option<PathBuf> {
    let table: toml::Table = std::fs::read_to_string(file).ok()?.parse().ok()?;
    let named = table.get("asterisk")?.get("password_file")?.as_str()?;
    Some(file.parent()?.join(named))
}

/// Whether there is an Asterisk whose user we are.
async fn asterisk_is_there(
    config: &Config,
    pbx: &config::Asterisk,
    examination: &Examination,
    report: &mut Report,
) -> anyhow::Result<bool> {
    let reach = examination.reach().await;
    let version = if reach == Reach::Ok { Some(examination.version().await) } else { None };
    let answer = version.as_ref().map(|version| version.as_ref().map(|_| ()));
    let file = config.file.display().to_string();
    let ari = asterisk::ari(examination.host(), examination.at(), &reach, answer, &file);
    let there = ari.fixes.is_empty();
    report.add(&ari)?;
    let (true, Some(version)) = (there, version) else { return Ok(false) };
    let write = match &version {
        Ok(_) => Some(examination.may_write().await),
        Err(_) => None,
    };
    let user = asterisk::user(
        pbx,
        version.as_ref().map(|_| ()),
        write.as_ref().map(Result::as_ref).map(|w| w.map(|&()| ())),
    );
    let taken = user.fixes.is_empty();
    report.add(&user)?;
    if let Ok(version) = &version {
        report.add(&asterisk::version(version, pbx.requests))?;
    }
    Ok(taken && version.is_ok())
}

/// Everything that an Asterisk is asked which knows us.
async fn calls(
    config: &Config,
    pbx: &config::Asterisk,
    examination: &Examination,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (mut path, mut whole) = (pbx.media, false);
    match examination.modules().await {
        Ok(modules) => {
            let loaded = modules::Loaded::new(&modules);
            path = path.or(loaded.path(pbx));
            let finding = modules::modules(pbx, &loaded, &modules::for_hand_overs(config));
            whole = finding.verdict != Verdict::Failed;
            report.add(&finding)?;
            report.add(&modules::codecs(pbx, &loaded))?;
        }
        Err(error) => {
            let fix = Fix::run("asterisk -rx 'module load res_ari_asterisk.so'");
            report.add(&Finding::failed(Check::Modules, both!("{error}", "{error}"), vec![fix]))?;
        }
    }
    let mut held = 0;
    match examination.registered().await {
        Ok(registered) => {
            if let Registered::With { calls } = registered {
                held = calls;
            }
            report.add(&asterisk::application(&pbx.app, &registered))?;
            match examination.leftovers(Clock::start().wall()).await {
                Ok(found) => report.add(&asterisk::leftovers(&found, &registered))?,
                Err(error) => {
                    report.add(&Finding::unchecked(Check::Leftovers, both!("{error}", "{error}")))?
                }
            }
        }
        Err(error) => {
            let fix = Fix::run("asterisk -rx 'module load res_ari_applications.so'");
            report.add(&Finding::failed(Check::Application, both!("{error}", "{error}"), vec![fix]))?;
        }
    }
    media_ports(config, pbx, report, held, path.unwrap_or(MediaPath::Rtp))?;
    if !whole {
        return report.rest(&both!("ohne die Module oben", "without the modules above"));
    }
    test_call(config, examination, report).await?;
    report.rest(&both!("der Testanruf kam nicht so weit", "the test call did not come so far"))
}

fn media_ports(
    config: &Config,
    pbx: &config::Asterisk,
    report: &mut Report,
    held: usize,
    path: MediaPath,
) -> anyhow::Result<()> {
    let kind = match path {
        MediaPath::Rtp => ports::Kind::Udp,
        MediaPath::AudioSocket => ports::Kind::Tcp,
        MediaPath::WebSocket => {
            return report.add(&Finding::ok(
                Check::MediaPorts,
                both!(
                    "keine nötig: der Ton geht über den WebSocket",
                    "none are needed: sound goes by WebSocket"
                ),
            ));
        }
    };
    let range = ports::range(kind, pbx.media_address, pbx.media_ports);
    report.add(&machine::media_ports(
        &range,
        pbx.media_ports,
        pbx.media_address,
        config.limits.calls_max,
        held,
    ))
}

/// The test call, and what can only be asked of a channel.
async fn test_call(config: &Config, examination: &Examination, report: &mut Report) -> anyhow::Result<()> {
    let call = match examination.begin().await {
        Ok(call) => call,
        Err(broken) => return report.add(&dialplan::test_call(config, Err(&broken))),
    };
    let mut answers = Vec::new();
    for place in dialplan::places(config) {
        let there = call.dialplan_has(&place.context, place.extension.as_deref()).await.ok().flatten();
        answers.push((place, there));
    }
    report.add(&dialplan::dialplan(config, &answers))?;
    let ahead = call.clock_ahead_ms;
    let went = call.sound().await;
    report.add(&dialplan::test_call(config, went.as_ref()))?;
    match ahead {
        Some(ahead) => report.add(&asterisk::clock(ahead)),
        None => Ok(()),
    }
}
