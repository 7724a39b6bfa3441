//! Files in a folder of weights, as they were brought in: read with a limit, found by how their names begin.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::ModelError;

/// Reads a file of at most `bytes_max` bytes.
///
/// # Errors
/// It is not there, cannot be read, or is longer.
pub fn read(model: &'static str, path: &Path, bytes_max: u64) -> Result<Vec<u8>, ModelError> {
    let unusable = |cause: String| ModelError::WeightsUnusable { model, path: path.to_owned(), cause };
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ModelError::WeightsMissing { model, path: path.to_owned() });
        }
        other => other.map_err(|error| unusable(error.to_string()))?,
    };
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| unusable(error.to_string()))?;
    if bytes.len() as u64 > bytes_max {
        return Err(unusable(format!("it is longer than {bytes_max} bytes")));
    }
    Ok(bytes)
}

/// The file of `folder` whose name begins so and ends with `.onnx`; of several the one with the fewest bits
/// (`.int8.`), then the first by name.
///
/// # Errors
/// The folder cannot be read or has none.
pub fn weights(model: &'static str, folder: &Path, begins: &str) -> Result<PathBuf, ModelError> {
    let missing = || ModelError::WeightsMissing { model, path: folder.join(format!("{begins}*.onnx")) };
    let entries = std::fs::read_dir(folder).map_err(|_| missing())?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let fitting = names.filter(|name| name.starts_with(begins) && name.ends_with(".onnx"));
    let best = fitting.min_by_key(|name| (!name.contains(".int8."), name.clone()));
    best.map(|name| folder.join(name)).ok_or_else(missing)
}
