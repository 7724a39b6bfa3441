//! Which recogniser a path holds, by the files in it.

use std::path::Path;

use super::ModelError;

/// The kinds of recognisers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Our own weights: one `.onnx` file.
    Embedded,
    /// A streaming transducer as sherpa-onnx lays it out: `encoder*.onnx`, `decoder*.onnx`, `joiner*.onnx`,
    /// `tokens.txt`.
    Transducer,
    /// A CTC model of NeMo as sherpa-onnx lays it out: `model*.onnx`, `tokens.txt`.
    Nemo,
    /// Vosk: the folders `am`, `conf`, `graph`.
    Vosk,
}

impl Kind {
    /// What lies at `path`.
    ///
    /// # Errors
    /// Nothing, or a folder of no kind that is known.
    pub fn of(path: &Path) -> Result<Self, ModelError> {
        const MODEL: &str = "recogniser";
        // what is there and no folder is read as weights, and says itself what is wrong with it
        if path.exists() && !path.is_dir() {
            return Ok(Self::Embedded);
        }
        let names = match std::fs::read_dir(path) {
            Err(_) => return Err(ModelError::WeightsMissing { model: MODEL, path: path.to_owned() }),
            Ok(entries) => entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()),
        };
        Self::by_names(&names.collect::<Vec<_>>()).ok_or_else(|| ModelError::WeightsUnusable {
            model: MODEL,
            path: path.to_owned(),
            cause: "the folder has neither encoder*.onnx, decoder*.onnx, joiner*.onnx and tokens.txt, nor \
                    model*.onnx and tokens.txt, nor am, conf and graph"
                .to_owned(),
        })
    }

    /// The kind of a folder with files and folders of these names.
    #[must_use]
    pub(super) fn by_names(names: &[String]) -> Option<Self> {
        let has = |name: &str| names.iter().any(|other| other == name);
        let weights = |begin: &str| names.iter().any(|it| it.starts_with(begin) && it.ends_with(".onnx"));
        match () {
            () if ["encoder", "decoder", "joiner"].into_iter().all(weights) && has("tokens.txt") => {
                Some(Self::Transducer)
            }
            () if weights("model") && has("tokens.txt") => Some(Self::Nemo),
            () if ["am", "conf", "graph"].into_iter().all(has) => Some(Self::Vosk),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(names: &[&str]) -> Option<Kind> {
        Kind::by_names(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn files_tell_the_kind() {
        let transducer =
            ["encoder.int8.onnx", "decoder.onnx", "joiner-epoch-3.onnx", "tokens.txt", "README.md"];
        assert_eq!(kind(&transducer), Some(Kind::Transducer));
        assert_eq!(kind(&transducer[1..]), None, "without its encoder");
        assert_eq!(kind(&["model.int8.onnx", "tokens.txt"]), Some(Kind::Nemo));
        assert_eq!(kind(&["model.onnx"]), None, "nobody knows its letters");
        assert_eq!(kind(&["am", "conf", "graph", "ivector"]), Some(Kind::Vosk));
        assert_eq!(kind(&[]), None);
    }

    #[test]
    fn a_path_with_nothing_is_named() {
        let error = Kind::of(Path::new("/nowhere/at-all")).expect_err("nothing there").to_string();
        assert!(error.contains("/nowhere/at-all"), "{error}");
    }
}
