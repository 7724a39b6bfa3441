//! Tar archives (POSIX 1003.1 ustar, with GNU's and pax's long names).

use std::io::Read;

use tar::{Archive, EntryType, PaxExtensions};

use super::Target;
use crate::daemon::weights::WeightsError;

/// Longest note before an entry (a long name, pax records), in bytes.
const NOTE_BYTES_MAX: u64 = 64 * 1024;

/// Unpacks what `reader` brings.
pub fn unpack(reader: impl Read, target: &mut Target<'_>) -> Result<(), WeightsError> {
    let mut archive = Archive::new(reader);
    // raw: the notes before an entry come as entries, so that their length is ours to bound
    let entries = archive.entries().map_err(|error| target.damaged(&error))?.raw(true);
    let mut long_name = None;
    for entry in entries {
        let mut entry = entry.map_err(|error| target.damaged(&error))?;
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
                target.write(&name, &mut entry)?;
            }
            EntryType::Directory => {
                let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
                target.make_folder(&name)?;
            }
            kind @ (EntryType::GNULongName | EntryType::XHeader) => {
                let mut note = Vec::new();
                if entry.header().size().map_err(|error| target.damaged(&error))? > NOTE_BYTES_MAX {
                    return Err(target.refuse("a name in it is longer than any"));
                }
                entry.read_to_end(&mut note).map_err(|error| target.damaged(&error))?;
                match kind {
                    EntryType::GNULongName => {
                        note.truncate(note.iter().position(|byte| *byte == 0).unwrap_or(note.len()));
                        long_name = Some(note);
                    }
                    _ => long_name = pax_name(&note, target)?.or(long_name),
                }
            }
            // of the whole archive: dates, comments
            EntryType::XGlobalHeader => {}
            _ => {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                return Err(target.refuse(format!("{name:?} in it is a link or a device, not a file")));
            }
        }
    }
    Ok(())
}

/// The path that pax records give the next entry. A size of their own would be of a file over 8 GiB.
fn pax_name(note: &[u8], target: &Target<'_>) -> Result<Option<Vec<u8>>, WeightsError> {
    let mut name = None;
    for record in PaxExtensions::new(note) {
        let record = record.map_err(|error| target.damaged(&error))?;
        match record.key_bytes() {
            b"path" => name = Some(record.value_bytes().to_owned()),
            b"size" | b"linkpath" => return Err(target.refuse("it has a link, or a file over 8 GiB")),
            key if key.starts_with(b"GNU.sparse") => return Err(target.refuse("it has a sparse file")),
            _ => {}
        }
    }
    Ok(name)
}
