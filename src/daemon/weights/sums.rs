//! Sums of files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::WeightsError;
use crate::models::catalogue::Sum;

/// Bytes that are read at once.
const PIECE_BYTES: usize = 1 << 20;

/// Sum and length of a file.
///
/// # Errors
/// It cannot be read.
pub fn of(path: &Path) -> Result<(Sum, u64), WeightsError> {
    let unreadable = |cause| WeightsError::file("read", path, cause);
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut hash, mut length, mut piece) = (Sha256::new(), 0, vec![0; PIECE_BYTES]);
    loop {
        let count = file.read(&mut piece).map_err(unreadable)?;
        if count == 0 {
            return Ok((Sum::of(hash), length));
        }
        hash.update(&piece[..count]);
        length += count as u64;
    }
}

/// Whether a file has that sum and, where it is known, that length.
///
/// # Errors
/// It has not, or cannot be read. `what`: how the message calls it.
pub fn check(path: &Path, what: &str, wanted: Sum, bytes: Option<u64>) -> Result<(), WeightsError> {
    let (got, length) = of(path)?;
    if let Some(wanted) = bytes.filter(|wanted| *wanted != length) {
        return Err(WeightsError::Length { what: what.to_owned(), wanted, got: length });
    }
    if got != wanted {
        return Err(WeightsError::Sum { what: what.to_owned(), wanted, got });
    }
    Ok(())
}
