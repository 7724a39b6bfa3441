//! Where weights and libraries lie when the configuration does not say.

use std::path::{Path, PathBuf};

use super::ModelError;
use crate::config::MODELS_FOLDER;

/// Weights of the recogniser, below a folder of [`models`].
pub use crate::config::RECOGNISER_FILE as RECOGNISER;
/// Weights of the speech scorer, below a folder of [`models`].
pub use crate::config::SPEECH_FILE as SPEECH;

/// Where packages put libraries of ours.
const LIB: &str = "/usr/lib/klinke";

/// Folders that may hold weights, the nearest first: the source tree (where there is one), the package's.
#[must_use]
pub fn models() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = source_trees().map(|tree| tree.join("models")).collect();
    folders.extend(source_trees().map(|tree| tree.join("build/runtime")));
    folders.push(MODELS_FOLDER.into());
    folders
}

/// The first of the usual folders that holds `file`; the package's where none does, so that errors name it.
#[must_use]
pub fn weights(file: &str) -> PathBuf {
    let mut candidates = models().into_iter().map(|folder| folder.join(file));
    candidates.find(|path| path.is_file()).unwrap_or_else(|| Path::new(MODELS_FOLDER).join(file))
}

/// The library that runs models: `configured` where given, else the first found.
///
/// # Errors
/// [`ModelError::LibraryMissing`] with every place that was looked at.
pub fn library(configured: Option<&Path>) -> Result<PathBuf, ModelError> {
    if let Some(path) = configured {
        return path
            .is_file()
            .then(|| path.to_owned())
            .ok_or_else(|| ModelError::LibraryMissing { searched: vec![path.to_owned()] });
    }
    let folders = library_folders();
    folders
        .iter()
        .find_map(|folder| library_in(folder))
        .ok_or(ModelError::LibraryMissing { searched: folders })
}

/// libvosk: `given` where given, else the first found.
///
/// # Errors
/// [`ModelError::VoskMissing`] with every place that was looked at.
pub fn vosk(given: Option<&Path>) -> Result<PathBuf, ModelError> {
    let searched: Vec<PathBuf> = match given {
        Some(path) => vec![path.to_owned()],
        None => library_folders().into_iter().map(|folder| folder.join("libvosk.so")).collect(),
    };
    searched.iter().find(|path| path.is_file()).cloned().ok_or(ModelError::VoskMissing { searched })
}

fn library_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = source_trees().map(|tree| tree.join("build/runtime")).collect();
    folders.push(LIB.into());
    if let Some(path) = std::env::var_os("LD_LIBRARY_PATH") {
        folders.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    }
    folders
        .extend(["/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"].map(PathBuf::from));
    folders
}

/// `libonnxruntime.so` or, failing that, the highest `libonnxruntime.so.*` of a folder.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let plain = folder.join("libonnxruntime.so");
    if plain.is_file() {
        return Some(plain);
    }
    let entries = std::fs::read_dir(folder).ok()?;
    let versioned = entries.flatten().map(|entry| entry.path()).filter(|path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with("libonnxruntime.so."))
    });
    versioned.max()
}

/// The source tree that the program was built in, where it still stands there: a folder at most four levels above
/// the executable (`target/debug/deps`) that holds the weights' card. The working folder is never looked at, so
/// that an installed program takes nothing from a stranger's.
fn source_trees() -> impl Iterator<Item = PathBuf> {
    let executable = std::env::current_exe().ok();
    let above: Vec<PathBuf> =
        executable.iter().flat_map(|path| path.ancestors().skip(1).take(4).map(Path::to_owned)).collect();
    above.into_iter().filter(|tree| tree.join("models/de-telephone/CARD.md").is_file())
}
