//! The unit of systemd, as far as secrets go: whom the daemon runs as, and which credentials it is handed.
//!
//! Source: systemd.exec(5), systemd.unit(5).

use std::fs;
use std::path::{Path, PathBuf};

/// Name of the unit.
pub const UNIT: &str = "klinke.service";
/// Where units lie, the first one that has it wins.
const FOLDERS: [&str; 4] =
    ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
/// Where systemd looks for a credential that is named without a file.
const STORES: [&str; 3] = ["/etc/credstore", "/run/credstore", "/usr/lib/credstore"];
/// What is appended to them for encrypted ones.
const ENCRYPTED: &str = ".encrypted";

/// A unit with its drop-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its file.
    pub file: PathBuf,
    /// Whether it runs as anybody but root.
    pub unprivileged: bool,
    /// What it is handed.
    pub credentials: Vec<Credential>,
}

/// A secret that systemd hands to the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its name.
    pub name: String,
    /// Where it comes from; `None`: from the system's stores of credentials.
    pub source: Option<PathBuf>,
    /// Whether it is decrypted on the way.
    pub encrypted: bool,
}

impl Unit {
    /// The credential of that name.
    #[must_use]
    pub fn credential(&self, name: &str) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.name == name)
    }
}

impl Credential {
    /// The file that systemd would take it from, where there is one.
    #[must_use]
    pub fn found(&self) -> Option<PathBuf> {
        if let Some(source) = &self.source {
            return source.exists().then(|| source.clone());
        }
        let ending = if self.encrypted { ENCRYPTED } else { "" };
        let stores = STORES.iter().map(|store| PathBuf::from(format!("{store}{ending}")));
        stores.map(|store| store.join(&self.name)).find(|file| file.exists())
    }
}

/// Whether systemd runs this machine.
#[must_use]
pub fn is_systemd() -> bool {
    Path::new("/run/systemd/system").is_dir()
        && fs::read_to_string("/proc/1/comm").is_ok_and(|name| name.trim() == "systemd")
}

/// The unit as it is installed, with its drop-ins.
#[must_use]
pub fn installed() -> Option<Unit> {
    find(&FOLDERS.map(PathBuf::from))
}

fn find(folders: &[PathBuf]) -> Option<Unit> {
    let file = folders.iter().map(|folder| folder.join(UNIT)).find(|file| file.is_file())?;
    let mut texts = vec![fs::read_to_string(&file).ok()?];
    let mut drop_ins: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let files = fs::read_dir(folder.join(format!("{UNIT}.d"))).into_iter().flatten().flatten();
        drop_ins.extend(
            files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "conf")),
        );
    }
    // by name, whichever folder they lie in
    drop_ins.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    texts.extend(drop_ins.iter().filter_map(|file| fs::read_to_string(file).ok()));
    Some(Unit { file, ..read(&texts) })
}

/// Reads a unit and its drop-ins, in their order.
fn read(texts: &[String]) -> Unit {
    let mut unit = Unit::default();
    let (mut dynamic, mut user) = (false, String::new());
    for line in texts.iter().flat_map(|text| text.lines()) {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let value = value.trim();
        match key.trim() {
            "DynamicUser" => dynamic = ["yes", "true", "1", "on"].contains(&value),
            "User" => value.clone_into(&mut user),
            "LoadCredential" | "LoadCredentialEncrypted" if value.is_empty() => unit.credentials.clear(),
            key @ ("LoadCredential" | "LoadCredentialEncrypted") => {
                let (name, source) =
                    value.split_once(':').map_or((value, None), |(name, source)| (name, Some(source)));
                unit.credentials.retain(|credential| credential.name != name);
                unit.credentials.push(Credential {
                    name: name.to_owned(),
                    source: source.filter(|source| source.starts_with('/')).map(PathBuf::from),
                    encrypted: key == "LoadCredentialEncrypted",
                });
            }
            _ => {}
        }
    }
    unit.unprivileged = dynamic || !["", "root", "0"].contains(&user.as_str());
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_unit_runs_as_nobody_and_is_handed_its_secrets() {
        let unit = read(&[include_str!("../../../systemd/klinke.service").to_owned()]);
        assert!(unit.unprivileged);
        for name in [crate::daemon::credentials::CREDENTIAL, crate::config::PASSWORD_CREDENTIAL] {
            assert!(unit.credential(name).is_some_and(|credential| credential.encrypted), "{name}");
        }
    }

    #[test]
    fn drop_ins_go_over_the_unit() {
        let folder = tempfile::tempdir().unwrap();
        let (own, package) = (folder.path().join("etc"), folder.path().join("lib"));
        for folder in [&own, &package] {
            fs::create_dir_all(folder.join("klinke.service.d")).unwrap();
        }
        assert_eq!(find(&[own.clone(), package.clone()]), None);
        fs::write(package.join(UNIT), "[Service]\nUser=klinke\nLoadCredentialEncrypted=a\n").unwrap();
        fs::write(own.join("klinke.service.d/b.conf"), "[Service]\nLoadCredential=b:/etc/b\n").unwrap();
        fs::write(package.join("klinke.service.d/a.conf"), "[Service]\nLoadCredential=\nUser=root\n")
            .unwrap();
        let unit = find(&[own, package.clone()]).unwrap();
        assert_eq!(unit.file, package.join(UNIT));
        assert!(!unit.unprivileged && unit.credential("a").is_none());
        assert_eq!(unit.credential("b").unwrap().source.as_deref(), Some(Path::new("/etc/b")));
    }
}
