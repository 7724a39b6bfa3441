//! The folder of records: whether it can be written, and how much room is left.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// Longest `df` may take; a network disk that is gone never answers.
const DF_MS_MAX: u64 = 2_000;

/// What was found.
#[derive(Debug)]
pub struct Folder {
    /// The folder itself, or the nearest one above it that is there.
    pub there: PathBuf,
    /// Whether that is the folder itself.
    pub whole: bool,
    /// Whether a file can be made in it.
    pub writable: io::Result<()>,
    /// Room for who is no root, in bytes; `None`: the system did not say.
    pub free_bytes: Option<u64>,
}

/// Looks at a folder: makes a file in it and removes it.
pub async fn folder(wanted: &Path) -> Folder {
    let there = wanted.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/")).to_owned();
    Folder {
        whole: there == wanted,
        writable: try_to_write(&there),
        free_bytes: free_bytes(&there).await,
        there,
    }
}

fn try_to_write(folder: &Path) -> io::Result<()> {
    if !fs::metadata(folder)?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    let file = folder.join(format!(".klinke-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
    fs::remove_file(&file)
}

/// Asks `df`, because the standard library cannot say.
async fn free_bytes(folder: &Path) -> Option<u64> {
    let df = Command::new("df")
        .args(["-P", "-k", "--"])
        .arg(folder)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(Duration::from_millis(DF_MS_MAX), df).await.ok()?.ok()?;
    available(&String::from_utf8_lossy(&answer.stdout))
}

/// The fourth column of the last line (POSIX `df -P -k`): kibibytes that are available.
fn available(answer: &str) -> Option<u64> {
    let kibibytes: u64 = answer.lines().skip(1).last()?.split_whitespace().nth(3)?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn df_is_read() {
        let answer =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 40 60 40% /var\n";
        assert_eq!(available(answer), Some(61_440));
        for nonsense in ["", "df: x", "a\nb c d", "a\nb c d -1 e"] {
            assert_eq!(available(nonsense), None, "{nonsense:?}");
        }
    }

    #[tokio::test]
    async fn a_folder_is_looked_at_and_left_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let found = folder(&directory.path().join("not/yet")).await;
        assert_eq!((found.there.as_path(), found.whole), (directory.path(), false));
        found.writable.unwrap();
        assert!(found.free_bytes.unwrap() > 0);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(folder(&file).await.writable.unwrap_err().kind(), io::ErrorKind::NotADirectory);
    }
}
