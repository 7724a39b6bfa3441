//! Takes the files of a model out of an archive (`.tar`, `.tar.gz`, `.tar.bz2`, `.zip`) or a folder.
//!
//! Whoever packed it may mean harm, so nothing is taken on trust: only plain files and folders below the target
//! come out, never over one another; links, devices, ways out and encryption end it; so do more files, more bytes or
//! more gain by unpacking than any model has. Half of an archive is never left to be used: the caller throws the
//! target away where this fails.

mod folder;
mod tape;
mod zip;

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::WeightsError;
use crate::models::catalogue::{FILES_MAX, MODEL_BYTES_MAX, is_plain};

/// What unpacking may gain over this for each byte of the archive; models gain less than 10.
const GAIN_MAX: u64 = 100;
/// Bytes that any archive may unpack to, however small it is.
const BYTES_FREE: u64 = 64 << 20;
/// Bytes that are copied at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Bytes of the beginning that tell what an archive is.
const BEGINNING_BYTES: u64 = 512;

/// Unpacks `archive`, or copies it where it is a folder, into `target`, which is there and empty.
///
/// # Errors
/// It is no archive that we know, damaged, or wants what no model wants.
pub fn unpack(archive: &Path, target: &Path) -> Result<(), WeightsError> {
    let unreadable = |cause| WeightsError::file("read", archive, cause);
    let found = fs::metadata(archive).map_err(unreadable)?;
    if found.is_dir() {
        return folder::copy(archive, &mut Target::new(archive, target, MODEL_BYTES_MAX));
    }
    let bytes_max = found.len().saturating_mul(GAIN_MAX).saturating_add(BYTES_FREE).min(MODEL_BYTES_MAX);
    let mut target = Target::new(archive, target, bytes_max);
    let mut beginning = Vec::new();
    let file = File::open(archive).map_err(unreadable)?;
    (&file).take(BEGINNING_BYTES).read_to_end(&mut beginning).map_err(unreadable)?;
    let whole = || File::open(archive).map(BufReader::new).map_err(unreadable);
    match Form::of(&beginning) {
        Some(Form::Tar) => tape::unpack(whole()?, &mut target),
        Some(Form::Gzip) => tape::unpack(flate2::bufread::MultiGzDecoder::new(whole()?), &mut target),
        Some(Form::Bzip2) => tape::unpack(bzip2::bufread::MultiBzDecoder::new(whole()?), &mut target),
        Some(Form::Zip) => zip::unpack(file, &mut target),
        None => Err(target.refuse("it is no .tar, .tar.gz, .tar.bz2 or .zip")),
    }
}

/// Whether a file is an archive that can be unpacked.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING_BYTES).read_to_end(&mut beginning));
    read.is_ok() && Form::of(&beginning).is_some()
}

#[derive(Debug, PartialEq, Eq)]
enum Form {
    Tar,
    Gzip,
    Bzip2,
    Zip,
}

impl Form {
    /// By its first bytes; names lie.
    fn of(beginning: &[u8]) -> Option<Self> {
        match beginning {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            // POSIX 1003.1, ustar: magic at 257
            _ if beginning.get(257..262) == Some(b"ustar") => Some(Self::Tar),
            _ => None,
        }
    }
}

/// Where files go, and how much may still come.
struct Target<'a> {
    archive: &'a Path,
    folder: &'a Path,
    bytes_left: u64,
    entries_left: usize,
    written: HashSet<String>,
}

impl<'a> Target<'a> {
    fn new(archive: &'a Path, folder: &'a Path, bytes_max: u64) -> Self {
        let written = HashSet::new();
        Self { archive, folder, bytes_left: bytes_max, entries_left: FILES_MAX, written }
    }

    fn refuse(&self, cause: impl Into<String>) -> WeightsError {
        WeightsError::Archive { path: self.archive.to_owned(), cause: cause.into() }
    }

    fn damaged(&self, error: &dyn std::fmt::Display) -> WeightsError {
        self.refuse(format!("it is damaged ({error})"))
    }

    /// Counts an entry, and says where it goes. `None`: the archive's own top folder.
    fn place(&mut self, path: &[u8]) -> Result<Option<PathBuf>, WeightsError> {
        self.entries_left = match self.entries_left.checked_sub(1) {
            Some(left) => left,
            None => return Err(self.refuse(format!("it has more than {FILES_MAX} files"))),
        };
        let refused = || String::from_utf8_lossy(path).chars().take(80).collect::<String>();
        let Ok(text) = std::str::from_utf8(path) else {
            return Err(self.refuse(format!("{:?} in it is no UTF-8", refused())));
        };
        let text = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        if matches!(text, "" | ".") {
            return Ok(None);
        }
        if !is_plain(text) {
            return Err(self.refuse(format!("{:?} in it leads out of the model's folder", refused())));
        }
        Ok(Some(self.folder.join(text)))
    }

    fn make_folder(&mut self, path: &[u8]) -> Result<(), WeightsError> {
        match self.place(path)? {
            Some(folder) => {
                fs::create_dir_all(&folder).map_err(|cause| WeightsError::file("make", folder, cause))
            }
            None => Ok(()),
        }
    }

    /// Writes one file, as long as `content` brings something.
    fn write(&mut self, path: &[u8], content: &mut dyn Read) -> Result<(), WeightsError> {
        let Some(place) = self.place(path)? else { return Err(self.refuse("a file in it has no name")) };
        if !self.written.insert(place.to_string_lossy().into_owned()) {
            return Err(self.refuse(format!("{:?} is in it twice", String::from_utf8_lossy(path))));
        }
        let unwritable = |cause| WeightsError::file("write", &place, cause);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o644).open(&place).map_err(unwritable)?;
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = match content.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.damaged(&error)),
            };
            self.bytes_left = match self.bytes_left.checked_sub(count as u64) {
                Some(left) => left,
                None => return Err(self.refuse("it unpacks to more than any model has")),
            };
            file.write_all(&piece[..count]).map_err(unwritable)?;
        }
        file.sync_all().map_err(unwritable)
    }
}

#[cfg(test)]
mod tests;
