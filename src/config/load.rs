//! Reading the files: the only file of this room that touches the disk.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::files::{FILE_BYTES_MAX, Files, SECRET_BYTES_MAX, Unreadable};
use super::place::{Findings, Source};
use super::site::Language;
use super::tree::Written;
use super::{Config, Mistakes, daemon_file, site, site_file, tree};

/// How fast a voice is that nobody has chosen.
const WORDS_PER_MINUTE: u16 = 160;

/// Reads the daemon's file and all that it names.
///
/// # Errors
/// Every mistake in all of them.
pub fn load(file: &Path) -> Result<Config, Mistakes> {
    load_from(file, &Disk)
}

/// The same from another place than the disk.
///
/// # Errors
/// Every mistake in all of them.
pub fn load_from(file: &Path, files: &dyn Files) -> Result<Config, Mistakes> {
    let found = Findings::default();
    let config = read(file, files, &found);
    let mistakes = found.close();
    match config {
        Some(config) if mistakes.is_empty() => Ok(config),
        _ => Err(Mistakes::new(mistakes, file)),
    }
}

/// Reads one site's file, for which no daemon is needed.
///
/// # Errors
/// Every mistake in it.
pub fn load_site(file: &Path) -> Result<site::Site, Mistakes> {
    let found = Findings::default();
    let site = open(file, &Disk, &found).and_then(|source| {
        let tree = tree::parse(&source, &found)?;
        site_file::read(&source, tree.get_ref(), WORDS_PER_MINUTE, &found)
    });
    let mistakes = found.close();
    match site {
        Some((_, site)) if mistakes.is_empty() => Ok(site),
        _ => Err(Mistakes::new(mistakes, file)),
    }
}

fn read(file: &Path, files: &dyn Files, found: &Findings) -> Option<Config> {
    let source = open(file, files, found)?;
    let tree = tree::parse(&source, found)?;
    let daemon = daemon_file::read(&source, tree.get_ref(), files, found);
    let words_per_minute = daemon.voice.as_ref().map_or(WORDS_PER_MINUTE, |voice| voice.words_per_minute);
    let sites: Vec<_> =
        daemon.sites.iter().map(|written| read_site(written, words_per_minute, files, found)).collect();
    check_names(&sites, found);
    let languages: Vec<_> = sites.iter().flatten().map(|(_, site)| site.language).collect();
    daemon_file::check_voice(&daemon, &languages, found);
    let name = file.file_name().unwrap_or(file.as_os_str());
    Some(Config {
        file: source.folder.join(name),
        data_dir: daemon.data_dir?,
        root_key_file: daemon.root_key_file?,
        models: daemon.models?,
        voice: daemon.voice?,
        asterisk: daemon.asterisk?,
        limits: daemon.limits?,
        sites: sites.into_iter().map(|site| Some(site?.1)).collect::<Option<_>>()?,
    })
}

/// A site may be there in several languages, each in a file of its own.
fn check_names(sites: &[Option<(Written, site::Site)>], found: &Findings) {
    let mut seen: Vec<(&str, Language)> = Vec::new();
    for (id, site) in sites.iter().flatten() {
        let name = (site.id.as_str(), site.language);
        if seen.contains(&name) {
            let why = format!(
                "another site is already called \"{}\" and speaks \"{}\"",
                site.id,
                site.language.code()
            );
            found.mistake(&id.place, why, "another name, or another language".to_owned());
        }
        seen.push(name);
    }
}

/// A mistake in opening a site's file stands where the file is named.
fn read_site(
    written: &Written,
    words_per_minute: u16,
    files: &dyn Files,
    found: &Findings,
) -> Option<(Written, site::Site)> {
    let parent = &written.place.source;
    let path = parent.resolve(&written.text);
    let shown = parent.shown.parent().map_or_else(|| path.clone(), |folder| folder.join(&written.text));
    let source = match decode(&path, shown, files) {
        Ok(source) => source,
        Err((why, instead)) => {
            found.mistake(&written.place, format!("{} {why}", path.display()), instead);
            return None;
        }
    };
    let tree = tree::parse(&source, found)?;
    site_file::read(&source, tree.get_ref(), words_per_minute, found)
}

fn open(file: &Path, files: &dyn Files, found: &Findings) -> Option<Rc<Source>> {
    decode(file, file.to_owned(), files)
        .inspect_err(|(why, instead)| found.file(file, format!("the file {why}"), instead.clone()))
        .ok()
}

/// The text of a file; else why not, and what to do.
fn decode(path: &Path, shown: PathBuf, files: &dyn Files) -> Result<Rc<Source>, (String, Option<String>)> {
    let bytes = files.read(path, FILE_BYTES_MAX).map_err(|error| {
        let hint = match &error {
            Unreadable::Missing => Some("the path of a file that is there".to_owned()),
            Unreadable::TooLong(_) => Some("less, or a second site with a file of its own".to_owned()),
            _ => None,
        };
        (format!("cannot be used: {error}"), hint)
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        (format!("is not text in UTF-8 (byte {at} is not)"), Some("the same, saved as UTF-8".to_owned()))
    })?;
    Ok(Rc::new(Source { shown, folder: files.folder(path), text }))
}

/// The disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, bytes_max: usize) -> Result<Vec<u8>, Unreadable> {
        let file = std::fs::metadata(path).map_err(missing_or_io)?;
        if !file.is_file() {
            return Err(Unreadable::NotAFile);
        }
        let mut bytes = Vec::new();
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
        std::fs::File::open(path).map_err(missing_or_io)?.take(limit).read_to_end(&mut bytes)?;
        if bytes.len() > bytes_max { Err(Unreadable::TooLong(bytes_max)) } else { Ok(bytes) }
    }

    fn read_secret(&self, path: &Path) -> Result<Vec<u8>, Unreadable> {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(missing_or_io)?.permissions().mode() & 0o7777;
        // systemd hands credentials over as 0400 or, with an access list, as 0440
        let credential = self.credentials().is_some_and(|folder| path.starts_with(folder));
        if mode & 0o077 != 0 && !credential {
            return Err(Unreadable::Open(mode));
        }
        self.read(path, SECRET_BYTES_MAX)
    }

    fn credentials(&self) -> Option<PathBuf> {
        std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
    }

    fn folder(&self, path: &Path) -> PathBuf {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        std::fs::canonicalize(folder)
            .or_else(|_| std::path::absolute(folder))
            .unwrap_or_else(|_| folder.to_owned())
    }
}

fn missing_or_io(error: std::io::Error) -> Unreadable {
    match error.kind() {
        std::io::ErrorKind::NotFound => Unreadable::Missing,
        _ => Unreadable::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The shipped files with every commented setting switched on, so that every table is looked into.
    struct SwitchedOn;

    impl Files for SwitchedOn {
        fn read(&self, path: &Path, bytes_max: usize) -> Result<Vec<u8>, Unreadable> {
            let text = String::from_utf8(Disk.read(path, bytes_max)?).expect("ours");
            let switch_on = |line: &str| match line.strip_prefix('#') {
                Some(setting) if setting.starts_with(|c: char| c.is_alphabetic() || c == '[') => {
                    setting.to_owned()
                }
                _ => line.to_owned(),
            };
            Ok(text.lines().map(switch_on).collect::<Vec<_>>().join("\n").into_bytes())
        }

        fn read_secret(&self, _: &Path) -> Result<Vec<u8>, Unreadable> {
            Ok(b"secret\n".to_vec())
        }

        fn credentials(&self) -> Option<PathBuf> {
            None
        }

        fn folder(&self, path: &Path) -> PathBuf {
            Disk.folder(path)
        }
    }

    /// Tables written in the same way are explained once; a form's name is the site's own.
    fn as_in_the_manual(path: &str) -> String {
        let path = path
            .replace("technicians.working_hours.", "opening_hours.")
            .replace("technicians.emergency_hours.", "opening_hours.")
            .replace("on_call.people.hours.", "opening_hours.");
        let mut parts: Vec<&str> = path.split('.').collect();
        if parts[0] == "forms" && parts.len() > 2 {
            parts[1] = "NAME";
        }
        parts.join(".")
    }

    fn manual() -> BTreeSet<String> {
        let mut table = String::new();
        let mut keys = BTreeSet::new();
        for line in include_str!("../../docs/configuration.md").lines() {
            if let Some(header) = line.strip_prefix("### ") {
                table = header.trim_matches(['`', '[', ']']).replace("Top", "");
            } else if let Some(key) = line.strip_prefix("| `").and_then(|row| row.split('`').next()) {
                keys.insert(if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") });
            }
        }
        keys
    }

    #[test]
    fn the_manual_has_every_key_and_no_other() {
        let found = Findings::default();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/klinke.toml");
        assert!(read(&file, &SwitchedOn, &found).is_some(), "{:#?}", found.close());
        let known: BTreeSet<String> = found.known().iter().map(|path| as_in_the_manual(path)).collect();
        let manual = manual();
        let missing: Vec<_> = known.difference(&manual).collect();
        let stale: Vec<_> = manual.difference(&known).collect();
        assert!(missing.is_empty() && stale.is_empty(), "missing: {missing:?}, not read: {stale:?}");
    }
}
