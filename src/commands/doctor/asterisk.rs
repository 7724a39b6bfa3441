//! ARI, its user, and the version of Asterisk: facts → findings.

use super::finding::{Check, Finding, Fix};
use crate::commands::tongue::{Both, both};
use crate::config;
use crate::daemon::pbx::asterisk::AsteriskError;
use crate::daemon::pbx::asterisk::examination::{Leftovers, Reach, Registered};

/// Major versions that Klinke has been tried on, or that differ from those in nothing that it uses.
const KNOWN: std::ops::RangeInclusive<u32> = 18..=23;
/// The oldest that can work: ARI's external media came with it.
const OLDEST: u32 = 16;
/// A clock that is off by more makes records and logs disagree.
const CLOCK_MS_MAX: i64 = 2_000;

/// Whether ARI is there. `answer`: what asking for the version gave, where a connection could be made; `file`: the
/// configuration's.
#[must_use]
pub fn ari(
    host: (&str, u16),
    at: &str,
    reach: &Reach,
    answer: Option<Result<(), &AsteriskError>>,
    file: &str,
) -> Finding {
    let check = Check::Ari;
    let (host, port) = host;
    let section = format!("{file}, [asterisk]");
    let url = || Fix::write(section.clone(), "url = \"http://…:8088\"");
    let (found, fixes) = match reach {
        Reach::NoSuchHost(words) => (
            both!("der Name {host} hat keine Adresse ({words})", "the name {host} has no address ({words})"),
            vec![url(), Fix::run(format!("getent hosts {host}"))],
        ),
        Reach::Refused => (
            both!(
                "auf {host} lauscht niemand an Port {port}: läuft Asterisk?",
                "nobody listens at port {port} of {host}: is Asterisk running?"
            ),
            vec![
                Fix::run("systemctl start asterisk"),
                Fix::write("/etc/asterisk/http.conf, [general]", format!("enabled = yes, bindport = {port}")),
                Fix::run("asterisk -rx 'http show status'"),
            ],
        ),
        Reach::Silent => (
            both!(
                "{host} antwortet an Port {port} nicht: eine Firewall, oder die Maschine ist aus",
                "{host} does not answer at port {port}: a firewall, or the machine is off"
            ),
            vec![
                Fix::run(format!("ping -c 3 {host}")),
                Fix::Do(both!(
                    "auf der Maschine von Asterisk TCP-Port {port} für diese hier öffnen",
                    "on Asterisk's machine, open TCP port {port} for this one"
                )),
            ],
        ),
        Reach::Network(words) => (
            both!("kein Weg zu {host}, Port {port}: {words}", "no way to {host}, port {port}: {words}"),
            vec![url(), Fix::run(format!("ip route get {host}"))],
        ),
        Reach::Ok => match answer {
            None | Some(Ok(()) | Err(AsteriskError::Unauthorised { .. })) => {
                return Finding::ok(check, both!("{at} antwortet", "{at} answers"));
            }
            Some(Err(error)) => answered(at, error, &section),
        },
    };
    Finding::failed(check, found, fixes)
}

/// A connection was made, and then it was not ARI.
fn answered(at: &str, error: &AsteriskError, section: &str) -> (Both, Vec<Fix>) {
    match error {
        AsteriskError::Tls { cause, hint, .. } => (
            both!("keine TLS-Verbindung mit {at}: {cause}", "no TLS with {at}: {cause}"),
            vec![Fix::Do(both!("{hint}", "{hint}")), Fix::write(section, "ca_file = \"…\"")],
        ),
        AsteriskError::Trust { cause } => (
            both!(
                "kein Zertifikat, dem zu trauen ist: {cause}",
                "nobody's certificate can be believed: {cause}"
            ),
            vec![Fix::write(section, "ca_file = \"…\"")],
        ),
        AsteriskError::Gone { .. } => (
            both!("{at} ist ein HTTP-Server ohne ARI", "{at} is an HTTP server without ARI"),
            vec![
                Fix::write("/etc/asterisk/ari.conf, [general]", "enabled = yes"),
                Fix::run(
                    "asterisk -rx 'module load res_ari.so'; asterisk -rx 'module load res_ari_asterisk.so'",
                ),
                Fix::Do(both!(
                    "steht in http.conf ein prefix, gehört er ans Ende von url",
                    "where http.conf has a prefix, it belongs at the end of url"
                )),
            ],
        ),
        AsteriskError::TooSlow { limit_ms, .. } => (
            both!(
                "{at} nimmt an, antwortet aber nicht in {limit_ms} ms: Asterisk steht oder ist überlastet",
                "{at} accepts and gives no answer within {limit_ms} ms: Asterisk hangs or is overloaded"
            ),
            vec![Fix::run("asterisk -rx 'core show taskprocessors'"), Fix::run("systemctl restart asterisk")],
        ),
        other => (
            both!("unter {at} antwortet kein ARI: {other}", "what answers at {at} is not ARI: {other}"),
            vec![Fix::write(section, "url = \"http://…:8088\"")],
        ),
    }
}

/// Whether the user is taken, also for what changes something.
#[must_use]
pub fn user(
    config: &config::Asterisk,
    read: Result<(), &AsteriskError>,
    write: Option<Result<(), &AsteriskError>>,
) -> Finding {
    let check = Check::User;
    let user = &config.user;
    let section = format!("/etc/asterisk/ari.conf, [{user}]");
    let reload = || Fix::run("asterisk -rx 'module reload res_ari.so'");
    match (read, write) {
        (Err(AsteriskError::Unauthorised { .. }), _) => Finding::failed(
            check,
            both!(
                "Asterisk weist {user} ab: Name oder Passwort stimmen nicht",
                "Asterisk refuses {user}: name or password are wrong"
            ),
            vec![
                Fix::write(section.clone(), "type = user"),
                Fix::write(section, "password = «…»"),
                Fix::Do(both!(
                    "dasselbe Passwort, allein, in die Datei von password_file (oder das Credential klinke-asterisk-password)",
                    "the same password, alone, in the file of password_file (or the credential klinke-asterisk-password)"
                )),
                reload(),
            ],
        ),
        (Ok(()), Some(Err(AsteriskError::Unauthorised { .. }))) => Finding::failed(
            check,
            both!(
                "{user} darf nur lesen: Klinke kann nicht einmal abnehmen",
                "{user} may only read: Klinke cannot even answer"
            ),
            vec![Fix::write(section, "read_only = no"), reload()],
        ),
        (Ok(()), Some(Ok(()))) => {
            Finding::ok(check, both!("{user} darf lesen und schreiben", "{user} may read and write"))
        }
        (Err(error), _) | (_, Some(Err(error))) => {
            Finding::failed(check, both!("{error}", "{error}"), Vec::new())
        }
        (Ok(()), None) => Finding::unchecked(check, both!("ARI antwortet nicht", "ARI does not answer")),
    }
}

/// Whether Klinke knows this Asterisk.
#[must_use]
pub fn version(version: &str, requests: config::Requests) -> Finding {
    let check = Check::Version;
    let number = version.trim_start_matches("certified/").split(['.', '-', '~']).next();
    let Some(major) = number.and_then(|major| major.parse::<u32>().ok()) else {
        return Finding::ok(check, both!("{version}", "{version}"));
    };
    if major < OLDEST {
        let fix = Fix::Do(both!(
            "Asterisk 20 oder 22 (beide mit langer Pflege) installieren",
            "install Asterisk 20 or 22 (both with long-term support)"
        ));
        return Finding::failed(check, both!("{version} ist zu alt", "{version} is too old"), vec![fix]);
    }
    if requests == config::Requests::WebSocket && major < 20 {
        return Finding::failed(
            check,
            both!(
                "{version} nimmt keine Anfragen über den Event-Socket",
                "{version} takes no requests over its event socket"
            ),
            vec![Fix::write("klinke.toml, [asterisk]", "requests = \"http\"")],
        );
    }
    if KNOWN.contains(&major) {
        return Finding::ok(check, both!("{version}", "{version}"));
    }
    let (found, fix) = if major < *KNOWN.start() {
        (
            both!(
                "{version} wird nicht mehr gepflegt; Ton geht nur über RTP",
                "{version} is not maintained any more; sound goes by RTP only"
            ),
            both!("auf Asterisk 20 oder 22 gehen", "move to Asterisk 20 or 22"),
        )
    } else {
        (
            both!(
                "{version} ist neuer als alles, womit dieses Klinke erprobt ist",
                "{version} is newer than anything that this Klinke was tried on"
            ),
            both!("auf den Testanruf unten achten", "mind the test call below"),
        )
    };
    Finding::warning(check, found, vec![Fix::Do(fix)])
}

/// Whether a Klinke listens.
#[must_use]
pub fn application(app: &str, registered: &Registered) -> Finding {
    let check = Check::Application;
    match registered {
        Registered::With { calls } => Finding::ok(
            check,
            both!(
                "ein Klinke lauscht als {app}; Gespräche jetzt: {calls}",
                "a Klinke listens as {app}; calls now: {calls}"
            ),
        ),
        Registered::Nobody => Finding::warning(
            check,
            both!(
                "niemand lauscht als {app}: Anrufe gehen in den Rückfall des Wählplans",
                "nobody listens as {app}: calls go to the dialplan's fallback"
            ),
            vec![Fix::run("systemctl start klinke"), Fix::run("journalctl -u klinke -n 50")],
        ),
    }
}

/// Whether anything was left behind.
#[must_use]
pub fn leftovers(found: &Leftovers, registered: &Registered) -> Finding {
    let check = Check::Leftovers;
    let (calls, own) = (found.calls.len(), found.examinations.len());
    if calls > 0 && *registered == Registered::Nobody {
        return Finding::warning(
            check,
            both!(
                "{calls} Medienkanäle eines Klinke, das nicht mehr läuft",
                "{calls} media channels of a Klinke that does not run any more"
            ),
            vec![
                Fix::Do(both!(
                    "ein Klinke, das startet, räumt sie weg:",
                    "a Klinke that starts takes them away:"
                )),
                Fix::run("systemctl start klinke"),
            ],
        );
    }
    if own > 0 {
        return Finding::ok(
            check,
            both!(
                "{own} Kanäle einer abgebrochenen Prüfung aufgelegt",
                "{own} channels of an examination that was killed, hung up"
            ),
        );
    }
    Finding::ok(check, both!("keine", "none"))
}

/// Whether both clocks agree.
#[must_use]
pub fn clock(ahead_ms: i64) -> Finding {
    let check = Check::Clock;
    let off = ahead_ms.abs() as f64 / 1000.0;
    if ahead_ms.abs() <= CLOCK_MS_MAX {
        return Finding::ok(
            check,
            both!(
                "Asterisks Uhr und diese gehen gleich ({off:.1} s)",
                "Asterisk's clock and this one agree ({off:.1} s)"
            ),
        );
    }
    let (german, english) = if ahead_ms > 0 { ("vor", "ahead of") } else { ("nach", "behind") };
    Finding::warning(
        check,
        both!(
            "Asterisks Uhr geht dieser um {off:.1} s {german}",
            "Asterisk's clock is {off:.1} s {english} this one"
        ),
        vec![Fix::run("timedatectl set-ntp true"), Fix::run("timedatectl timesync-status")],
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use config::Requests;

    fn unauthorised() -> AsteriskError {
        AsteriskError::Unauthorised { operation: "look".into(), at: "here".into(), status: 401 }
    }

    #[test]
    fn every_way_of_not_reaching_ari_has_its_own_word() {
        let of = |reach: Reach| ari(("pbx", 8088), "http://pbx:8088", &reach, None, "klinke.toml");
        let all = [Reach::NoSuchHost("x".into()), Reach::Refused, Reach::Silent, Reach::Network("y".into())];
        let mut words: Vec<_> = all.into_iter().map(of).collect();
        assert!(words.iter().all(|finding| finding.verdict == Verdict::Failed && !finding.fixes.is_empty()));
        words.sort_by(|a, b| a.found.english.cmp(&b.found.english));
        words.dedup_by(|a, b| a.found == b.found);
        assert_eq!(words.len(), 4);
        let gone = AsteriskError::Gone { operation: String::new() };
        let finding = ari(("pbx", 8088), "http://pbx:8088", &Reach::Ok, Some(Err(&gone)), "klinke.toml");
        assert_eq!(finding.verdict, Verdict::Failed);
        let refused = unauthorised();
        let finding = ari(("pbx", 8088), "http://pbx:8088", &Reach::Ok, Some(Err(&refused)), "klinke.toml");
        assert_eq!(finding.verdict, Verdict::Ok, "that is the user's line");
    }

    #[test]
    fn versions_are_judged() {
        let of = |text| version(text, Requests::Http).verdict;
        assert_eq!(of("22.10.1~dfsg+~cs6.16.60671434-1"), Verdict::Ok);
        assert_eq!(of("certified/20.7-cert2"), Verdict::Ok);
        assert_eq!(of("GIT-master-0ab12"), Verdict::Ok);
        assert_eq!(of("16.28.0~dfsg"), Verdict::Warning);
        assert_eq!(of("13.38.3"), Verdict::Failed);
        assert_eq!(of("31.0.0"), Verdict::Warning);
        assert_eq!(version("18.26.4", Requests::WebSocket).verdict, Verdict::Failed);
    }

    #[test]
    fn clocks_that_differ_are_told_with_the_direction() {
        assert_eq!(clock(-300).verdict, Verdict::Ok);
        assert!(clock(4_200).found.english.contains("4.2 s ahead of"));
        assert!(clock(-4_200).found.german.contains("4.2 s nach"));
    }
}
