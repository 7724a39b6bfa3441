//! Which models there are, and what lies where a model was brought in.
//!
//! The [`Catalogue`] says what is known of a model before it is here: what it is good for, its licence, its files
//! with address, SHA-256 and length. Ours is compiled in (`models/catalogue.toml`), a site may add its own. A
//! [`Receipt`] lies beside the files of a model that was brought in and says what was checked then, so that they can
//! be checked again. All of it is text and rules; `daemon::weights` fetches, unpacks and keeps.

mod entry;
mod path;
mod purpose;
mod receipt;
mod sum;

pub use entry::{Catalogue, Entry, Mistake, Remote, Told};
pub use path::is_plain;
pub use purpose::Purpose;
pub use receipt::{Kept, RECEIPT, Receipt};
pub use sum::Sum;

/// Longest model, in bytes: 16 GiB; the largest that is known has 4.4 packed.
pub const MODEL_BYTES_MAX: u64 = 16 << 30;
/// Files of a model.
pub const FILES_MAX: usize = 2_000;
/// Longest name of a model.
pub const ID_BYTES_MAX: usize = 60;

/// Whether a model can be called so: it becomes the name of a folder.
#[must_use]
pub fn is_id(id: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
    (1..=ID_BYTES_MAX).contains(&id.len())
        && id.chars().all(good)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// What a model could be called that came in a file or folder of that name: `vosk-model-small-de-0.15.zip` →
/// `vosk-model-small-de-0.15`. `None` where nothing is left of it.
#[must_use]
pub fn id_of(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let endings = [".tar.bz2", ".tar.gz", ".tbz2", ".tgz", ".tar", ".zip", ".onnx"];
    let name = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    let id: String = name.chars().map(|c| if is_id(&format!("a{c}")) { c } else { '-' }).collect();
    let id = id.trim_start_matches(['-', '.', '_']);
    is_id(id).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_becomes_an_id() {
        assert_eq!(id_of("vosk-model-small-de-0.15.zip").as_deref(), Some("vosk-model-small-de-0.15"));
        assert_eq!(id_of("Mein Modell.tar.bz2").as_deref(), Some("mein-modell"));
        assert_eq!(id_of(".zip"), None);
        assert_eq!(id_of("..").as_deref(), None);
    }

    proptest! {
        #[test]
        fn no_id_leaves_its_folder(name in "\\PC{0,80}") {
            if let Some(id) = id_of(&name) {
                prop_assert!(is_id(&id) && is_plain(&id) && !id.contains('/'));
            }
        }
    }
}
