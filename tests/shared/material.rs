//! Recordings, texts and captures that are not part of the project; tests that need them say so and pass without.

use std::path::{Path, PathBuf};

/// The folder they lie in: beside the project, or where `KLINKE_SHARED` says.
pub fn shared() -> PathBuf {
    std::env::var_os("KLINKE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
}
