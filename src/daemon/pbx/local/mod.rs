//! Calls without a PBX: sound files and the machine's own microphone and loudspeaker.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

mod flac;
pub mod scripted;
pub mod sound_card;
pub mod tracks;
pub mod wav;

/// Begins a file that holds what was said: for its owner only. One that is there is replaced.
///
/// # Errors
/// What the file system says.
pub fn private_file(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    if file.metadata()?.is_file() {
        // It may have been there before, open to everybody.
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}
