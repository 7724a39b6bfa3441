//! Root key, ARI's password and the unit that hands them to the daemon: facts → findings.

use std::path::{Path, PathBuf};

use super::finding::{Check, Finding, Fix};
use crate::commands::tongue::{Both, both};
use crate::config::PASSWORD_CREDENTIAL;
use crate::daemon::credentials::{CREDENTIAL, CredentialError};
use crate::daemon::examination::unit::{UNIT, Unit};

/// A drop-in of the unit that hands over what it lacks.
const DROP_IN: &str = "/etc/systemd/system/klinke.service.d/secrets.conf";
/// Where encrypted credentials are found by systemd.
const STORE: &str = "/etc/credstore.encrypted";

/// What is known of the unit.
#[derive(Debug)]
pub struct Started {
    /// Whether systemd runs this machine.
    pub systemd: bool,
    /// The unit, where it is installed.
    pub unit: Option<Unit>,
    /// Name of each secret, the file that the configuration names for it, and where the unit would take it from.
    pub secrets: Vec<Secret>,
}

/// A secret and its ways to the daemon.
#[derive(Debug)]
pub struct Secret {
    /// Of the credential.
    pub name: &'static str,
    /// The file that the configuration names.
    pub file: Option<PathBuf>,
    /// The file that systemd would hand over.
    pub handed: Option<PathBuf>,
}

impl Secret {
    /// A secret of this name, as that unit hands it over.
    #[must_use]
    pub fn of(unit: Option<&Unit>, name: &'static str, file: Option<PathBuf>) -> Self {
        let handed = unit.and_then(|unit| unit.credential(name)).and_then(|credential| credential.found());
        Self { name, file, handed }
    }
}

/// Whether the daemon, started by systemd, gets its secrets.
#[must_use]
pub fn service(facts: &Started) -> Finding {
    let check = Check::Service;
    let Some(unit) = &facts.unit else {
        if !facts.systemd {
            return Finding::ok(
                check,
                both!(
                    "kein systemd auf dieser Maschine; Klinke wird von Hand gestartet",
                    "no systemd on this machine; Klinke is started by hand"
                ),
            );
        }
        return Finding::warning(
            check,
            both!(
                "{UNIT} ist nicht installiert: nach einem Neustart nimmt niemand ab",
                "{UNIT} is not installed: nobody answers after a reboot"
            ),
            vec![Fix::run(format!(
                "install -m 644 systemd/{UNIT} /etc/systemd/system/ && systemctl enable --now {UNIT}"
            ))],
        );
    };
    let file = unit.file.display();
    let mut fixes = Vec::new();
    let missing: Vec<&Secret> =
        facts.secrets.iter().filter(|secret| unit.unprivileged && secret.handed.is_none()).collect();
    for secret in &missing {
        fixes.extend(hand_over(unit, secret));
    }
    if missing.is_empty() {
        return Finding::ok(
            check,
            both!("{file} gibt dem Dienst seine Geheimnisse", "{file} hands its secrets to the daemon"),
        );
    }
    fixes.push(Fix::run(format!("systemctl daemon-reload && systemctl restart {UNIT}")));
    let names: Vec<&str> = missing.iter().map(|secret| secret.name).collect();
    let names = names.join(", ");
    Finding::failed(
        check,
        both!(
            "{UNIT} läuft nicht als root und bekommt {names} nicht: eine Datei mit Modus 0600 kann er nicht lesen",
            "{UNIT} does not run as root and is not handed {names}: it cannot read a file of mode 0600"
        ),
        fixes,
    )
}

/// Steps by which systemd hands that secret to the daemon.
fn hand_over(unit: &Unit, secret: &Secret) -> Vec<Fix> {
    let Secret { name, file, .. } = secret;
    let file = file.as_deref().map_or_else(|| "FILE".into(), |file| file.display().to_string());
    let mut fixes = Vec::new();
    if unit.credential(name).is_none_or(|credential| !credential.encrypted) {
        fixes.push(Fix::write(DROP_IN, "[Service]"));
        fixes.push(Fix::write(DROP_IN, format!("LoadCredentialEncrypted={name}")));
    }
    fixes.push(Fix::run(format!(
        "install -d -m 700 {STORE} && systemd-creds encrypt --name={name} {file} {STORE}/{name}"
    )));
    fixes
}

/// Whether there is a root key. `Ok`: it was read.
#[must_use]
pub fn root_key(read: Result<(), &CredentialError>, file: &Path, facts: &Started, again: &str) -> Finding {
    let check = Check::RootKey;
    let shown = file.display();
    let error = match read {
        Ok(()) => {
            return Finding::ok(
                check,
                both!("gelesen; nur sein Besitzer kann es", "read; nobody but its owner can"),
            );
        }
        Err(error) => error,
    };
    let handed = facts
        .secrets
        .iter()
        .find(|secret| secret.name == CREDENTIAL)
        .and_then(|secret| secret.handed.as_ref());
    let (found, fixes) = match error {
        CredentialError::Missing { .. } if let Some(handed) = handed => {
            let handed = handed.display();
            return Finding::ok(
                check,
                both!(
                    "verwahrt von systemd in {handed}; hier nicht geöffnet",
                    "kept by systemd in {handed}; not opened here"
                ),
            );
        }
        CredentialError::Missing { .. } => (
            both!(
                "{shown} gibt es nicht: nichts kann aufgezeichnet werden",
                "{shown} does not exist: nothing can be kept"
            ),
            vec![Fix::run("klinke keys init")],
        ),
        CredentialError::Open { mode, .. } => (
            both!("{shown} können andere lesen (Modus {mode:o})", "others can read {shown} (mode {mode:o})"),
            vec![Fix::run(format!("chmod 600 {shown}"))],
        ),
        CredentialError::NotAFile { .. } => (
            both!("{shown} ist keine gewöhnliche Datei", "{shown} is not a plain file"),
            vec![Fix::write("klinke.toml", "root_key_file = \"…\"")],
        ),
        CredentialError::NotAKey { .. } => (
            both!("{shown} enthält keinen Schlüssel (64 Hexziffern)", "{shown} holds no key (64 hex digits)"),
            vec![Fix::Do(both!(
                "die Kopie zurückspielen, die bei `klinke keys init` angelegt wurde; mit einem neuen Schlüssel bleibt unlesbar, was aufgezeichnet ist",
                "restore the copy that was made at `klinke keys init`; under a new key, what is kept stays unreadable"
            ))],
        ),
        CredentialError::File { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => (
            both!("{shown} darf dieser Benutzer nicht lesen", "this user may not read {shown}"),
            vec![Fix::run(format!("sudo {again}"))],
        ),
        other => (both!("{shown}: {other}", "{shown}: {other}"), Vec::new()),
    };
    Finding::failed(check, found, fixes)
}

/// How the doctor is run with the secrets that systemd keeps, where the configuration is not whole without them.
#[must_use]
pub fn in_the_units_shoes(again: &str) -> Fix {
    Fix::run(format!(
        "systemd-run --pipe --wait --quiet --collect -p LoadCredentialEncrypted={CREDENTIAL} \
         -p LoadCredentialEncrypted={PASSWORD_CREDENTIAL} {again}"
    ))
}

/// The word for a failed reading of the configuration that only lacks what systemd keeps.
#[must_use]
pub fn password_is_systemds() -> Both {
    both!(
        "das Passwort verwahrt systemd; die Prüfung braucht es wie der Dienst:",
        "systemd keeps the password; the examination needs it as the daemon does:"
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use crate::daemon::examination::unit::Credential;

    fn unit(names: &[&str]) -> Unit {
        let credentials = names
            .iter()
            .map(|name| Credential { name: (*name).to_owned(), source: None, encrypted: true })
            .collect();
        Unit { file: "/etc/systemd/system/klinke.service".into(), unprivileged: true, credentials }
    }

    fn facts(unit: Option<Unit>, handed: Option<&str>) -> Started {
        let secret =
            |name| Secret { name, file: Some("/etc/klinke/a".into()), handed: handed.map(PathBuf::from) };
        Started { systemd: true, unit, secrets: vec![secret(CREDENTIAL), secret(PASSWORD_CREDENTIAL)] }
    }

    #[test]
    fn a_daemon_that_cannot_read_its_secrets_is_told_with_the_way_out() {
        let finding = service(&facts(Some(unit(&[CREDENTIAL])), None));
        assert_eq!(finding.verdict, Verdict::Failed);
        insta::assert_debug_snapshot!(finding.fixes);
        assert_eq!(service(&facts(Some(unit(&[])), Some("/x"))).verdict, Verdict::Ok);
        let root = Unit { unprivileged: false, ..unit(&[]) };
        assert_eq!(service(&facts(Some(root), None)).verdict, Verdict::Ok);
        assert_eq!(service(&facts(None, None)).verdict, Verdict::Warning);
        assert_eq!(service(&Started { systemd: false, ..facts(None, None) }).verdict, Verdict::Ok);
    }

    #[test]
    fn a_root_key_that_cannot_be_used_is_told_with_the_way_out() {
        let file = Path::new("/etc/klinke/root.key");
        let key = |error: CredentialError, handed| {
            root_key(Err(&error), file, &facts(None, handed), "klinke doctor")
        };
        let missing = || CredentialError::Missing { file: file.into() };
        assert_eq!(key(missing(), None).fixes, [Fix::run("klinke keys init")]);
        assert_eq!(key(missing(), Some("/etc/credstore.encrypted/klinke-root-key")).verdict, Verdict::Ok);
        let open = CredentialError::Open { file: file.into(), mode: 0o644 };
        assert_eq!(key(open, None).fixes, [Fix::run("chmod 600 /etc/klinke/root.key")]);
        let source = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let denied = CredentialError::File { doing: "open", file: file.into(), source };
        assert_eq!(key(denied, None).fixes, [Fix::run("sudo klinke doctor")]);
        assert_eq!(root_key(Ok(()), file, &facts(None, None), "").verdict, Verdict::Ok);
    }
}
