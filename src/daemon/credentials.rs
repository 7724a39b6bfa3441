//! Credentials: where the root key comes from.
//!
//! 1. A systemd credential named `klinke-root-key` (`LoadCredentialEncrypted=`, `LoadCredential=`). systemd keeps
//!    it from others; its mode is not ours to judge.
//! 2. A file that only its owner can read: 64 hex digits and a line end, mode 0600 or stricter, no symbolic link.
//!    `klinke keys init` makes it and never replaces one.
//!
//! Whoever loses the key loses every record; whoever has key and store can read them all.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::record::envelope::{KEY_BYTES, RootKey};

/// Name of the systemd credential.
pub const CREDENTIAL: &str = "klinke-root-key";
/// Digits in a key file.
const DIGITS: usize = 2 * KEY_BYTES;
/// Bytes read of a key file at most: more than a key has, so that a longer one is seen.
const READ_BYTES_MAX: u64 = 256;

/// Why there is no root key.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// There is none.
    #[error("no root key: {} does not exist; make it once with `klinke keys init`, or give Klinke the systemd credential {CREDENTIAL}", file.display())]
    Missing {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// Others may read it.
    #[error("cannot use the root key {}: its mode {mode:o} lets others read it; if nobody did: chmod 600 {}", file.display(), file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Not a plain file of its own.
    #[error("cannot use the root key {}: it is {what}; name the file itself in root_key_file", file.display())]
    NotAFile {
        /// The file.
        file: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Its content is no key.
    #[error("cannot use the root key {}: {cause}; restore it from its copy ({DIGITS} hex digits)", file.display())]
    NotAKey {
        /// The file.
        file: PathBuf,
        /// What is wrong with it. Never any of its content.
        cause: String,
    },
    /// One exists already.
    #[error("{} exists already and was not touched: a new root key cannot read the records of the old one", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The file system refuses.
    #[error("cannot {doing} the root key {}: {source}", file.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On what.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The system gives no randomness.
    #[error("cannot draw a root key: the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
}

/// The root key: out of `$CREDENTIALS_DIRECTORY` where systemd has put one there, otherwise out of `file`.
///
/// # Errors
/// [`CredentialError`].
pub fn root_key(file: &Path) -> Result<RootKey, CredentialError> {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    root_key_from(directory.as_deref(), file)
}

/// The root key out of the directory of systemd's credentials where one is there, otherwise out of `file`.
///
/// # Errors
/// [`CredentialError`]. A credential that is there and wrong is an error, not a reason to go on to the file.
pub fn root_key_from(credentials: Option<&Path>, file: &Path) -> Result<RootKey, CredentialError> {
    if let Some(credential) = credentials.map(|directory| directory.join(CREDENTIAL))
        && credential.exists()
    {
        let opened = File::open(&credential).map_err(|source| failed("open", &credential, source))?;
        return read(opened, &credential);
    }
    read(open_private(file)?, file)
}

/// Makes a root key in `file`, durably. Never replaces one.
///
/// # Errors
/// [`CredentialError::Exists`] above all.
pub fn make_root_key(file: &Path) -> Result<(), CredentialError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(CredentialError::Randomness)?;
    let mut text = Zeroizing::new(String::with_capacity(DIGITS + 1));
    for byte in &*key {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text.push('\n');

    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|source| failed("make the directory of", file, source))?;
    // O_EXCL: neither a file nor a link that stands there is followed or replaced.
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut opened = opened.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CredentialError::Exists { file: file.to_owned() },
        _ => failed("make", file, error),
    })?;
    let written = opened
        .write_all(text.as_bytes())
        .and_then(|()| opened.sync_all())
        .and_then(|()| File::open(directory)?.sync_all());
    written.map_err(|source| {
        // Ours and without a whole key: not left behind.
        let _ = std::fs::remove_file(file);
        failed("write", file, source)
    })
}

/// Opens `file` if it is a plain file that only its owner may read.
fn open_private(file: &Path) -> Result<File, CredentialError> {
    let of = |doing: &'static str| move |source| failed(doing, file, source);
    let named = match file.symlink_metadata() {
        Ok(named) => named,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CredentialError::Missing { file: file.to_owned() });
        }
        Err(error) => return Err(failed("look at", file, error)),
    };
    let not_a_file = |what| Err(CredentialError::NotAFile { file: file.to_owned(), what });
    if named.is_symlink() {
        return not_a_file("a symbolic link");
    }
    if !named.is_file() {
        return not_a_file("not a plain file");
    }
    let opened = File::open(file).map_err(of("open"))?;
    let found = opened.metadata().map_err(of("look at"))?;
    let same = |a: &Metadata, b: &Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    if !same(&named, &found) {
        return not_a_file("being replaced by somebody at this moment");
    }
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(CredentialError::Open { file: file.to_owned(), mode });
    }
    Ok(opened)
}

fn read(opened: File, file: &Path) -> Result<RootKey, CredentialError> {
    let not_a_key = |cause: String| CredentialError::NotAKey { file: file.to_owned(), cause };
    // Whole at once, so that no copy is left behind by a buffer that grows.
    let mut text = Zeroizing::new(Vec::with_capacity(2 * READ_BYTES_MAX as usize));
    opened.take(READ_BYTES_MAX).read_to_end(&mut text).map_err(|source| failed("read", file, source))?;
    let digits = text.trim_ascii();
    if digits.len() != DIGITS {
        return Err(not_a_key(format!("it has {} characters where {DIGITS} are expected", digits.len())));
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(not_a_key("it holds something other than hex digits".into()));
        };
        *byte = (high << 4 | low) as u8;
    }
    Ok(RootKey::new(&key))
}

fn failed(doing: &'static str, file: &Path, source: io::Error) -> CredentialError {
    CredentialError::File { doing, file: file.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn proof(key: &RootKey) -> [u8; 32] {
        key.proof(&[0; 16])
    }

    fn write(file: &Path, text: &str, mode: u32) {
        fs::write(file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("made/for/it/root.key");
        assert!(matches!(root_key_from(None, &file), Err(CredentialError::Missing { .. })));
        make_root_key(&file).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(file.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(make_root_key(&file), Err(CredentialError::Exists { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(proof(&root_key_from(None, &file).unwrap()), proof(&root_key_from(None, &file).unwrap()));

        let other = directory.path().join("other.key");
        make_root_key(&other).unwrap();
        assert_ne!(fs::read_to_string(&other).unwrap(), text);
    }

    #[test]
    fn looser_modes_wrong_lengths_and_links_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("root.key");
        let key = "0f".repeat(32);
        for mode in [0o640, 0o604, 0o660, 0o644, 0o601] {
            write(&file, &key, mode);
            let error = root_key_from(None, &file).unwrap_err();
            assert!(matches!(error, CredentialError::Open { mode: found, .. } if found == mode), "{error}");
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        for wrong in ["", "0f", &key[1..], &format!("{key}0f"), &"zz".repeat(32), &"0f".repeat(5000)] {
            write(&file, wrong, 0o600);
            let error = root_key_from(None, &file).unwrap_err();
            assert!(matches!(error, CredentialError::NotAKey { .. }), "{error}");
            assert!(wrong.is_empty() || !error.to_string().contains(wrong), "the error shows the key");
        }
        for right in [key.clone(), format!("{key}\n"), key.to_uppercase()] {
            write(&file, &right, 0o600);
            root_key_from(None, &file).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
            root_key_from(None, &file).unwrap();
        }
        let link = directory.path().join("link.key");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(matches!(root_key_from(None, &link), Err(CredentialError::NotAFile { .. })));
        assert!(matches!(make_root_key(&link), Err(CredentialError::Exists { .. })));
        assert!(matches!(root_key_from(None, directory.path()), Err(CredentialError::NotAFile { .. })));
        let dangling = directory.path().join("dangling.key");
        std::os::unix::fs::symlink(directory.path().join("elsewhere"), &dangling).unwrap();
        assert!(matches!(make_root_key(&dangling), Err(CredentialError::Exists { .. })));
        assert!(!directory.path().join("elsewhere").exists(), "the key was written through a link");
    }

    #[test]
    fn systemds_credential_goes_before_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("root.key");
        make_root_key(&file).unwrap();
        let from_file = proof(&root_key_from(Some(directory.path()), &file).unwrap());
        let credential = directory.path().join(CREDENTIAL);
        write(&credential, &"0f".repeat(32), 0o440);
        assert_ne!(proof(&root_key_from(Some(directory.path()), &file).unwrap()), from_file);
        write(&credential, "nonsense", 0o440);
        assert!(matches!(root_key_from(Some(directory.path()), &file), Err(CredentialError::NotAKey { .. })));
    }
}
