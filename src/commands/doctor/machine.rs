//! Folder of records and ports for sound: facts → findings.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::Path;

use super::finding::{Check, Finding, Fix};
use crate::commands::tongue::both;
use crate::daemon::examination::disk::Folder;
use crate::daemon::examination::ports::Range;
use crate::daemon::store::StoreError;

/// Room below which nothing can be kept for long.
const FREE_BYTES_MIN: u64 = 64 << 20;
/// Room below which somebody should look: years of records, or a log that grows.
const FREE_BYTES_GOOD: u64 = 1 << 30;

/// Whether records can be kept. `store`: what opening it gave, where it could be tried.
#[must_use]
pub fn store(
    data_dir: &Path,
    folder: &Folder,
    store: Option<Result<(), &StoreError>>,
    again: &str,
) -> Finding {
    let check = Check::Store;
    let shown = data_dir.display();
    if let Err(error) = &folder.writable {
        let there = folder.there.display();
        let (found, fix) = match error.kind() {
            ErrorKind::NotADirectory => (
                both!("{there} ist kein Ordner", "{there} is not a folder"),
                Fix::write("klinke.toml", "data_dir = \"/var/lib/klinke\""),
            ),
            ErrorKind::PermissionDenied => (
                both!(
                    "in {there} darf dieser Benutzer nicht schreiben",
                    "this user may not write in {there}"
                ),
                Fix::run(format!("sudo {again}")),
            ),
            _ => (
                both!(
                    "in {there} kann nicht geschrieben werden: {error}",
                    "{there} cannot be written: {error}"
                ),
                Fix::run(format!("df -h {there}; mount | grep ' ro,'")),
            ),
        };
        return Finding::failed(check, found, vec![fix]);
    }
    match store {
        Some(Err(StoreError::Missing { .. })) | Some(Ok(())) | None => {}
        Some(Err(StoreError::WrongRootKey { .. })) => {
            return Finding::failed(
                check,
                both!(
                    "der Hauptschlüssel passt nicht zu den Aufzeichnungen in {shown}",
                    "the root key does not fit the records in {shown}"
                ),
                vec![
                    Fix::Do(both!(
                        "den Schlüssel zurückspielen, unter dem sie verschlüsselt sind; oder neu anfangen und sie wegräumen:",
                        "restore the key that they are sealed under; or begin anew and move them away:"
                    )),
                    Fix::run(format!("mv {shown}/klinke.db {shown}/klinke.db.old")),
                ],
            );
        }
        Some(Err(error)) => {
            return Finding::failed(check, both!("{shown}: {error}", "{shown}: {error}"), Vec::new());
        }
    }
    let Some(free) = folder.free_bytes else {
        return Finding::ok(check, both!("{shown} ist beschreibbar", "{shown} can be written"));
    };
    let free_mib = free >> 20;
    let found = match free >> 30 {
        0 => both!("{shown}: noch {free_mib} MiB frei", "{shown}: {free_mib} MiB left"),
        free_gib => both!("{shown}: noch {free_gib} GiB frei", "{shown}: {free_gib} GiB left"),
    };
    let fixes =
        || vec![Fix::run(format!("du -xh --max-depth=2 {} | sort -h | tail", folder.there.display()))];
    match free {
        0..FREE_BYTES_MIN => Finding::failed(check, found, fixes()),
        FREE_BYTES_MIN..FREE_BYTES_GOOD => Finding::warning(check, found, fixes()),
        FREE_BYTES_GOOD.. => Finding::ok(check, found),
    }
}

/// Whether every call that is allowed finds a port. `held`: calls that a running daemon holds.
#[must_use]
pub fn media_ports(
    range: &Range,
    (first, last): (u16, u16),
    address: IpAddr,
    calls_max: usize,
    held: usize,
) -> Finding {
    let check = Check::MediaPorts;
    let (all, free) = (range.all, range.free);
    let kind = range.refusal.as_ref().map(std::io::Error::kind);
    if kind == Some(ErrorKind::AddrNotAvailable) {
        return Finding::failed(
            check,
            both!(
                "{address} ist keine Adresse dieser Maschine",
                "{address} is not an address of this machine"
            ),
            vec![
                Fix::write("klinke.toml, [asterisk]", "media_address = \"…\""),
                Fix::run("ip -brief address"),
            ],
        );
    }
    let wanted = calls_max.saturating_sub(held);
    let taken = (all - free).saturating_sub(held);
    if free >= wanted {
        return Finding::ok(
            check,
            both!(
                "{first} bis {last}: {free} von {all} frei, genug für {calls_max} Gespräche",
                "{first} to {last}: {free} of {all} are free, enough for {calls_max} calls"
            ),
        );
    }
    let wider = usize::from(last) + 2 * (wanted - free);
    let wider = if wider > usize::from(u16::MAX) { "…".to_owned() } else { wider.to_string() };
    let fixes = vec![
        Fix::run(format!("ss -lntup 'sport >= :{first} and sport <= :{last}'")),
        Fix::write("klinke.toml, [asterisk]", format!("media_ports = \"{first}-{wider}\"")),
    ];
    let found = both!(
        "{first} bis {last}: {taken} von {all} hält ein anderes Programm, {free} sind frei; {calls_max} Gespräche brauchen {wanted}",
        "{first} to {last}: another program holds {taken} of {all}, {free} are free; {calls_max} calls need {wanted}"
    );
    if free == 0 { Finding::failed(check, found, fixes) } else { Finding::warning(check, found, fixes) }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::Ipv4Addr;

    use super::super::finding::Verdict;
    use super::*;

    fn folder(writable: io::Result<()>, free_bytes: Option<u64>) -> Folder {
        Folder { there: "/var/lib".into(), whole: false, writable, free_bytes }
    }

    #[test]
    fn a_full_disk_and_a_foreign_key_are_told() {
        let verdict = |free| store(Path::new("/d"), &folder(Ok(()), free), None, "").verdict;
        assert_eq!(verdict(None), Verdict::Ok);
        assert_eq!(verdict(Some(100 << 30)), Verdict::Ok);
        assert_eq!(verdict(Some(500 << 20)), Verdict::Warning);
        assert_eq!(verdict(Some(1 << 20)), Verdict::Failed);
        let denied = folder(Err(ErrorKind::PermissionDenied.into()), None);
        assert_eq!(
            store(Path::new("/d"), &denied, None, "klinke doctor").fixes,
            [Fix::run("sudo klinke doctor")]
        );
        let wrong = StoreError::WrongRootKey { file: "/d/klinke.db".into() };
        let finding = store(Path::new("/d"), &folder(Ok(()), None), Some(Err(&wrong)), "");
        assert_eq!(finding.verdict, Verdict::Failed);
    }

    #[test]
    fn ports_of_others_are_told_from_those_of_our_own_calls() {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let of = |all, free, held| {
            let refusal = (free < all).then(|| ErrorKind::AddrInUse.into());
            media_ports(&Range { all, free, refusal }, (30_000, 30_019), here, 8, held)
        };
        assert_eq!(of(10, 10, 0).verdict, Verdict::Ok);
        assert_eq!(of(10, 4, 6).verdict, Verdict::Ok);
        assert_eq!(of(10, 4, 0).verdict, Verdict::Warning);
        assert_eq!(
            of(10, 4, 0).fixes[1],
            Fix::write("klinke.toml, [asterisk]", "media_ports = \"30000-30027\"")
        );
        assert_eq!(of(10, 0, 0).verdict, Verdict::Failed);
        let elsewhere = Range { all: 4, free: 0, refusal: Some(ErrorKind::AddrNotAvailable.into()) };
        let finding = media_ports(&elsewhere, (30_000, 30_007), here, 8, 0);
        assert!(finding.found.english.contains("not an address"), "{finding:?}");
    }
}
