//! The receipt: what lies beside the files of a model that was brought in, in `klinke-model.toml`.

use serde::{Deserialize, Serialize};

use super::{FILES_MAX, MODEL_BYTES_MAX, Purpose, Sum, is_id, is_plain};

/// Name of its file.
pub const RECEIPT: &str = "klinke-model.toml";

/// What was brought in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The model's name, and that of its folder.
    pub id: String,
    /// What it is for.
    pub kind: Purpose,
    /// `de`, or `any`; `unknown` where nobody said.
    pub language: String,
    /// The licence; `unknown` where nobody said.
    pub licence: String,
    /// Where it came from: an address, or the name of a file or folder.
    pub from: String,
    /// Whether its files, or the archive that they came in, had the sums of a catalogue or of the administrator.
    pub vouched: bool,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<Kept>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Below the model's folder, `/` between its parts.
    pub path: String,
    /// Its sum.
    pub sha256: Sum,
    /// Its length.
    pub bytes: u64,
}

impl Receipt {
    /// Reads one.
    ///
    /// # Errors
    /// It is damaged, or names what no receipt of ours names.
    pub fn parse(text: &str) -> Result<Self, String> {
        let receipt: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        if !is_id(&receipt.id) {
            return Err(format!("{:?} is no name of a model", receipt.id));
        }
        if receipt.files.is_empty() || receipt.files.len() > FILES_MAX {
            return Err(format!("it names {} files; 1 to {FILES_MAX} are allowed", receipt.files.len()));
        }
        if let Some(file) = receipt.files.iter().find(|file| !is_plain(&file.path)) {
            return Err(format!("{:?} does not lie below the model's folder", file.path));
        }
        if receipt
            .files
            .iter()
            .try_fold(0u64, |sum, file| sum.checked_add(file.bytes))
            .is_none_or(|sum| sum > MODEL_BYTES_MAX)
        {
            return Err(format!("its files are longer than {MODEL_BYTES_MAX} bytes"));
        }
        Ok(receipt)
    }

    /// As it is written.
    ///
    /// # Errors
    /// It cannot be written as TOML, which would be a mistake of ours.
    pub fn to_text(&self) -> Result<String, String> {
        let body = toml::to_string(self).map_err(|error| error.to_string())?;
        Ok(format!("# What `klinke models` brought in and checked. Not to be edited.\n{body}"))
    }

    /// How many bytes all files have.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Below the model's folder, what the configuration names; `None`: the folder itself.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        let paths: Vec<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        self.kind.file(&paths)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receipt(path: &str) -> Receipt {
        let file = Kept { path: path.to_owned(), sha256: "0".repeat(64).parse().unwrap(), bytes: 3 };
        Receipt {
            id: "x-1.0".into(),
            kind: Purpose::Letters,
            language: "de".into(),
            licence: "MIT".into(),
            from: "x.zip".into(),
            vouched: false,
            files: vec![file],
        }
    }

    #[test]
    fn it_reads_back() {
        let receipt = receipt("a/de.onnx");
        assert_eq!(Receipt::parse(&receipt.to_text().unwrap()), Ok(receipt.clone()));
        assert_eq!(receipt.named(), Some("a/de.onnx"));
    }

    #[test]
    fn one_that_points_out_of_its_folder_is_refused() {
        assert!(Receipt::parse(&receipt("../../etc/shadow").to_text().unwrap()).is_err());
        let two = receipt("a.onnx").to_text().unwrap().replace("bytes = 3", "bytes = 9223372036854775807");
        assert!(Receipt::parse(&two).unwrap_err().contains("longer than"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,200}") {
            let _ = Receipt::parse(&text);
        }
    }
}
