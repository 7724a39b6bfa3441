//! Zip archives (PKWARE APPNOTE 6.3), stored or deflated.

use std::fs::File;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive};

use super::Target;
use crate::daemon::weights::WeightsError;

/// Unpacks it.
pub fn unpack(file: File, target: &mut Target<'_>) -> Result<(), WeightsError> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|error| target.damaged(&error))?;
    let expected = archive.entries_hint();
    let mut entries = archive.entries(&mut buffer);
    let mut seen = 0;
    while let Some(entry) = entries.next_entry().map_err(|error| target.damaged(&error))? {
        seen += 1;
        let name = entry.file_path().as_bytes().to_owned();
        let shown = || String::from_utf8_lossy(&name).into_owned();
        if entry.flags().is_encrypted() {
            return Err(target.refuse(format!("{:?} in it is encrypted", shown())));
        }
        if entry.mode().is_symlink() {
            return Err(target.refuse(format!("{:?} in it is a link or a device, not a file", shown())));
        }
        if entry.is_dir() {
            target.make_folder(&name)?;
            continue;
        }
        let method = entry.compression_method();
        let there = archive.get_entry(entry.wayfinder()).map_err(|error| target.damaged(&error))?;
        let reader = there.reader();
        match method {
            CompressionMethod::STORE => target.write(&name, &mut there.verifying_reader(reader))?,
            CompressionMethod::DEFLATE => {
                target.write(&name, &mut there.verifying_reader(DeflateDecoder::new(reader)))?;
            }
            _ => {
                return Err(
                    target.refuse(format!("{:?} in it is packed in a way that we do not know", shown()))
                );
            }
        }
    }
    if seen != expected {
        return Err(target.refuse(format!("it says that it has {expected} files and has {seen}")));
    }
    Ok(())
}
