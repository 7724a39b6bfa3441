//! Models that a site brings in: fetched or imported, checked, tried out, kept in a folder of their own.
//!
//! A model arrives in a draft (`.arriving/ID`), where its sums are checked and where it is tried out, and is moved
//! to its place (`ID/`) only then, in one step; so a model that stands there was whole when it came. What is being
//! fetched lies in `.arriving/SUM.part` and is kept when the fetching is cut off. The daemon only reads; one command
//! at a time writes.

mod error;
mod fetch;
mod sums;
pub mod trial;
mod unpack;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use error::WeightsError;
pub use fetch::{Fetcher, Wanted};
pub use sums::{check as check_sum, of as sum_of};
pub use unpack::{is_archive, unpack};

use crate::models::catalogue::{FILES_MAX, Kept, Purpose, RECEIPT, Receipt, Sum, is_id};

/// Folder of what is on its way.
const ARRIVING: &str = ".arriving";
/// Held while a command writes.
const LOCK: &str = ".lock";
/// Longest receipt, in bytes.
const RECEIPT_BYTES_MAX: u64 = 1024 * 1024;

/// The folder of models.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
}

/// The same, while nobody else writes.
pub struct Open {
    shelf: Shelf,
    _lock: File,
}

/// A model on its way. It is gone with this value, unless it was placed.
pub struct Draft {
    folder: PathBuf,
}

impl Shelf {
    /// Of that folder, which need not be there.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder where it is missing, and keeps others from writing.
    ///
    /// # Errors
    /// It cannot be written, or another command is at it.
    pub fn open(&self) -> Result<Open, WeightsError> {
        let arriving = self.folder.join(ARRIVING);
        fs::create_dir_all(&arriving).map_err(|cause| WeightsError::file("make", &arriving, cause))?;
        let path = self.folder.join(LOCK);
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(|cause| WeightsError::file("open", &path, cause))?;
        match lock.try_lock() {
            Ok(()) => Ok(Open { shelf: self.clone(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(WeightsError::Busy { folder: self.folder.clone() }),
            Err(TryLockError::Error(cause)) => Err(WeightsError::file("lock", path, cause)),
        }
    }

    /// The names of the models that were brought in.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let with_receipt = entries.filter(|entry| entry.path().join(RECEIPT).is_file());
        let names = with_receipt.filter_map(|entry| entry.file_name().into_string().ok());
        let mut ids: Vec<String> = names.filter(|name| is_id(name)).collect();
        ids.sort();
        ids
    }

    /// What was brought in under that name.
    ///
    /// # Errors
    /// Nothing was, or its receipt is damaged.
    pub fn receipt(&self, id: &str) -> Result<Receipt, WeightsError> {
        let missing = || WeightsError::Missing { id: id.to_owned(), folder: self.folder.clone() };
        if !is_id(id) {
            return Err(missing());
        }
        let path = self.folder.join(id).join(RECEIPT);
        let text = match read_text(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing()),
            other => other.map_err(|cause| WeightsError::file("read", &path, cause))?,
        };
        let receipt = Receipt::parse(&text).and_then(|receipt| match receipt.id == id {
            true => Ok(receipt),
            false => Err(format!("it is of {:?}", receipt.id)),
        });
        receipt.map_err(|cause| WeightsError::Receipt { path, cause })
    }

    /// What the configuration names to have that model used.
    #[must_use]
    pub fn path(&self, receipt: &Receipt) -> PathBuf {
        let folder = self.folder.join(&receipt.id);
        receipt.named().map_or(folder.clone(), |file| folder.join(file))
    }

    /// Whether all files of a model are as they came.
    ///
    /// # Errors
    /// One is not.
    pub fn check(&self, receipt: &Receipt) -> Result<(), WeightsError> {
        receipt.files.iter().try_for_each(|file| {
            let path = self.folder.join(&receipt.id).join(&file.path);
            sums::check(&path, &path.display().to_string(), file.sha256, Some(file.bytes))
        })
    }
}

impl Open {
    /// Where a file with that sum arrives; its beginning may be there.
    #[must_use]
    pub fn part(&self, sum: Sum) -> PathBuf {
        self.shelf.folder.join(ARRIVING).join(format!("{sum}.part"))
    }

    /// An empty draft of a model of that name.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn draft(&self, id: &str) -> Result<Draft, WeightsError> {
        let folder = self.shelf.folder.join(ARRIVING).join(id);
        remove(&folder)?;
        fs::create_dir_all(&folder).map_err(|cause| WeightsError::file("make", &folder, cause))?;
        Ok(Draft { folder })
    }

    /// Puts a draft in its place, instead of what stood there under that name.
    ///
    /// # Errors
    /// It cannot be moved; what stood there stays.
    pub fn place(&self, draft: Draft, receipt: &Receipt) -> Result<PathBuf, WeightsError> {
        let root = draft.root()?;
        let paper = root.join(RECEIPT);
        let text = receipt.to_text().map_err(|cause| WeightsError::Receipt { path: paper.clone(), cause })?;
        fs::write(&paper, text).map_err(|cause| WeightsError::file("write", &paper, cause))?;
        let place = self.shelf.folder.join(&receipt.id);
        let old = self.shelf.folder.join(ARRIVING).join(format!("{}.old", receipt.id));
        remove(&old)?;
        let moved = |cause| WeightsError::file("move a model to", &place, cause);
        let there = match fs::rename(&place, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(moved(error)),
        };
        if let Err(error) = fs::rename(&root, &place) {
            if there {
                fs::rename(&old, &place).map_err(moved)?;
            }
            return Err(moved(error));
        }
        remove(&old)?;
        Ok(self.shelf.path(receipt))
    }
}

impl Draft {
    /// Where its files go.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the model begins: archives often have one folder that holds everything.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn root(&self) -> Result<PathBuf, WeightsError> {
        let mut root = self.folder.clone();
        loop {
            let unreadable = |cause| WeightsError::file("read", &root, cause);
            let entries: Result<Vec<_>, _> = fs::read_dir(&root).map_err(unreadable)?.collect();
            match &entries.map_err(unreadable)?[..] {
                [only] if only.path().is_dir() => root = only.path(),
                _ => return Ok(root),
            }
        }
    }

    /// Its files with their sums, sorted, and what it is for by their names.
    ///
    /// # Errors
    /// They cannot be read, or are no model's.
    pub fn files(&self) -> Result<(Purpose, Vec<Kept>), WeightsError> {
        let root = self.root()?;
        let (mut folders, mut files) = (vec![root.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            let unreadable = |cause| WeightsError::file("read", &folder, cause);
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let (sha256, bytes) = sums::of(&path)?;
                let below = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
                // one that another Klinke has written stands for nothing here
                if below != RECEIPT && files.len() < FILES_MAX {
                    files.push(Kept { path: below, sha256, bytes });
                }
            }
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let purpose = Purpose::of(files.iter().map(|file| file.path.as_str()));
        Ok((purpose.ok_or(WeightsError::Unknown { path: root })?, files))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) -> Result<(), WeightsError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(WeightsError::file("remove", folder, error))
        }
        _ => Ok(()),
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    io::Read::read_to_string(&mut io::Read::take(File::open(path)?, RECEIPT_BYTES_MAX), &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> (tempfile::TempDir, Shelf) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("models"));
        (folder, shelf)
    }

    fn put(open: &Open, id: &str, content: &str) -> PathBuf {
        let draft = open.draft(id).unwrap();
        fs::create_dir(draft.folder().join("top")).unwrap();
        fs::write(draft.folder().join("top/x.onnx"), content).unwrap();
        let (kind, files) = draft.files().unwrap();
        let words = String::new;
        let receipt = Receipt {
            id: id.into(),
            kind,
            language: words(),
            licence: words(),
            from: words(),
            vouched: false,
            files,
        };
        open.place(draft, &receipt).unwrap()
    }

    #[test]
    fn a_model_is_placed_found_and_replaced() {
        let (_folder, shelf) = shelf();
        let open = shelf.open().unwrap();
        put(&open, "x", "old");
        let path = put(&open, "x", "new");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(shelf.ids(), ["x"]);
        let receipt = shelf.receipt("x").unwrap();
        assert_eq!(shelf.path(&receipt), path);
        shelf.check(&receipt).unwrap();
        let left: Vec<_> = fs::read_dir(shelf.folder().join(ARRIVING)).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_file_that_changed_is_found() {
        let (_folder, shelf) = shelf();
        let path = put(&shelf.open().unwrap(), "x", "weights");
        let receipt = shelf.receipt("x").unwrap();
        fs::write(&path, "weightz").unwrap();
        assert!(matches!(shelf.check(&receipt), Err(WeightsError::Sum { .. })));
        fs::write(&path, "weight").unwrap();
        assert!(matches!(shelf.check(&receipt), Err(WeightsError::Length { wanted: 7, got: 6, .. })));
        fs::remove_file(&path).unwrap();
        assert!(matches!(shelf.check(&receipt), Err(WeightsError::File { .. })));
    }

    #[test]
    fn one_command_writes_at_a_time() {
        let (_folder, shelf) = shelf();
        let open = shelf.open().unwrap();
        assert!(matches!(shelf.open(), Err(WeightsError::Busy { .. })));
        drop(open);
        shelf.open().unwrap();
    }

    #[test]
    fn a_draft_that_is_given_up_leaves_nothing() {
        let (_folder, shelf) = shelf();
        let open = shelf.open().unwrap();
        let draft = open.draft("x").unwrap();
        fs::write(draft.folder().join("README"), "").unwrap();
        assert!(matches!(draft.files(), Err(WeightsError::Unknown { .. })));
        let folder = draft.folder().to_owned();
        drop(draft);
        assert!(!folder.exists());
        assert!(matches!(shelf.receipt("x"), Err(WeightsError::Missing { .. })));
        assert!(matches!(shelf.receipt("../x"), Err(WeightsError::Missing { .. })));
    }
}
