//! The disk, as the rest of the room sees it.

use std::path::{Path, PathBuf};

/// Longest configuration file, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Longest secret, in bytes.
pub const SECRET_BYTES_MAX: usize = 4096;

/// Where configuration is read from: the disk, or a test's memory.
pub trait Files {
    /// What is in the file, at most `bytes_max`.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &Path, bytes_max: usize) -> Result<Vec<u8>, Unreadable>;

    /// The same for a secret: nobody but its owner may read the file.
    ///
    /// # Errors
    /// Why it cannot or must not be read.
    fn read_secret(&self, path: &Path) -> Result<Vec<u8>, Unreadable>;

    /// The folder of systemd credentials, where there is one.
    fn credentials(&self) -> Option<PathBuf>;

    /// The absolute folder of a file, without links.
    fn folder(&self, path: &Path) -> PathBuf;
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// A folder, a pipe, a device.
    #[error("is not a file")]
    NotAFile,
    /// Too long to be one of ours.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// A secret that others can read; holds the mode.
    #[error("is a secret that others on this machine can read (mode {0:04o})")]
    Open(u32),
    /// The system says no.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
}
