//! Folders: copied as an archive would be unpacked.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Target;
use crate::daemon::weights::WeightsError;

/// Copies all files of `folder`.
pub fn copy(folder: &Path, target: &mut Target<'_>) -> Result<(), WeightsError> {
    let mut folders: Vec<PathBuf> = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        let unreadable = |cause| WeightsError::file("read", &here, cause);
        for entry in fs::read_dir(&here).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = below.join(entry.file_name());
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                target.make_folder(path.as_os_str().as_bytes())?;
                folders.push(path);
            } else if kind.is_file() {
                let file = entry.path();
                let mut content =
                    File::open(&file).map_err(|cause| WeightsError::file("read", file, cause))?;
                target.write(path.as_os_str().as_bytes(), &mut content)?;
            } else {
                let cause =
                    format!("{path:?} in it is a link or a device, not a file (copy it with cp -rL first)");
                return Err(target.refuse(cause));
            }
        }
    }
    Ok(())
}
