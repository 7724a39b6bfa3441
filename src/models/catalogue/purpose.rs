//! What a model is for, and so where the configuration names it and which files it needs.

use serde::{Deserialize, Serialize};

use crate::models::Kind;

/// What a model does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Our own recogniser's layout: one `.onnx` file.
    Letters,
    /// A recogniser: streaming transducer as sherpa-onnx lays it out.
    Transducer,
    /// A recogniser: CTC as sherpa-onnx lays out NeMo's.
    NemoCtc,
    /// A recogniser: Vosk's folder.
    Vosk,
    /// Tells speech from the rest: one `.onnx` file.
    Speech,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Letters, Self::Transducer, Self::NemoCtc, Self::Vosk, Self::Speech];

    /// As files and the command line write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Letters => "letters",
            Self::Transducer => "transducer",
            Self::NemoCtc => "nemo-ctc",
            Self::Vosk => "vosk",
            Self::Speech => "speech",
        }
    }

    /// The key under `[models]` that names a model of this purpose.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            _ => "recogniser",
        }
    }

    /// The kind of recogniser; `None`: it is none.
    #[must_use]
    pub const fn recogniser(self) -> Option<Kind> {
        match self {
            Self::Letters => Some(Kind::Embedded),
            Self::Transducer => Some(Kind::Transducer),
            Self::NemoCtc => Some(Kind::Nemo),
            Self::Vosk => Some(Kind::Vosk),
            Self::Speech => None,
        }
    }

    /// What a folder with these files (paths below it, `/` between) is for; `None`: nothing that we know. A single
    /// `.onnx` file looks like [`Letters`](Self::Letters), a speech scorer's too.
    #[must_use]
    pub fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let files: Vec<&str> = files.into_iter().collect();
        let top: Vec<String> =
            files.iter().filter_map(|path| Some(path.split('/').next()?.to_owned())).collect();
        match Kind::by_names(&top) {
            Some(Kind::Transducer) => Some(Self::Transducer),
            Some(Kind::Nemo) => Some(Self::NemoCtc),
            Some(Kind::Vosk) => Some(Self::Vosk),
            Some(Kind::Embedded) | None => only_weights(&files).map(|_| Self::Letters),
        }
    }

    /// What the configuration names in a model's folder: `None`: the folder itself.
    #[must_use]
    pub fn file<'a>(self, files: &[&'a str]) -> Option<&'a str> {
        match self {
            Self::Letters | Self::Speech => only_weights(files),
            Self::Transducer | Self::NemoCtc | Self::Vosk => None,
        }
    }
}

impl std::str::FromStr for Purpose {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|purpose| purpose.name()).collect();
            format!("unknown kind {name:?}; one of {}", known.join(", "))
        })
    }
}

/// The only `.onnx` file.
fn only_weights<'a>(files: &[&'a str]) -> Option<&'a str> {
    let mut weights = files.iter().filter(|path| path.ends_with(".onnx"));
    weights.next().copied().filter(|_| weights.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_tell_what_a_model_is_for() {
        let transducer = ["encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt", "test_wavs/0.wav"];
        assert_eq!(Purpose::of(transducer), Some(Purpose::Transducer));
        assert_eq!(Purpose::of(["model.int8.onnx", "tokens.txt"]), Some(Purpose::NemoCtc));
        assert_eq!(Purpose::of(["am/final.mdl", "conf/model.conf", "graph/HCLG.fst"]), Some(Purpose::Vosk));
        assert_eq!(Purpose::of(["de.onnx", "CARD.md"]), Some(Purpose::Letters));
        assert_eq!(Purpose::of(["a.onnx", "b.onnx"]), None);
        assert_eq!(Purpose::of(["README"]), None);
        assert_eq!(Purpose::Letters.file(&["CARD.md", "x/de.onnx"]), Some("x/de.onnx"));
        assert_eq!(Purpose::Vosk.file(&["am/final.mdl"]), None);
    }

    #[test]
    fn every_name_reads_back() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.name().parse(), Ok(purpose));
        }
        assert!("whisper".parse::<Purpose>().unwrap_err().contains("nemo-ctc"));
    }
}
