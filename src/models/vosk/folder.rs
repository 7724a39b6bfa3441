//! Looks at a Vosk model before libvosk does: what is missing or cut off is told in our words, and damage that
//! would end the process is kept away from it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::models::catalogue::{RECEIPT, Receipt};

/// First bytes of an OpenFst file: 2,125,659,606, little-endian.
const FST: [u8; 4] = [0xd6, 0xfd, 0xb2, 0x7e];
/// First bytes of a Kaldi file in binary form.
const KALDI: [u8; 2] = [0, b'B'];
/// What belongs to the speaker's vector where there is one.
const IVECTOR: [&str; 6] = [
    "ivector/final.ie",
    "ivector/final.dubm",
    "ivector/final.mat",
    "ivector/global_cmvn.stats",
    "ivector/online_cmvn.conf",
    "ivector/splice.conf",
];
/// Longest receipt, in bytes.
const RECEIPT_BYTES_MAX: u64 = 1024 * 1024;

/// What a model can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// It takes a grammar (`HCLr.fst` and `Gr.fst`; not `HCLG.fst`).
    pub grammar: bool,
}

/// Whether everything is there.
///
/// # Errors
/// What is not.
pub fn look_at(folder: &Path) -> Result<Layout, String> {
    begins(folder, "am/final.mdl", &KALDI)?;
    for file in ["conf/model.conf", "conf/mfcc.conf"] {
        begins(folder, file, b"")?;
    }
    let grammar = !folder.join("graph/HCLG.fst").is_file();
    if grammar {
        begins(folder, "graph/HCLr.fst", &FST)?;
        begins(folder, "graph/Gr.fst", &FST)?;
        begins(folder, "graph/disambig_tid.int", b"")?;
    } else {
        begins(folder, "graph/HCLG.fst", &FST)?;
    }
    if folder.join("ivector").is_dir() {
        IVECTOR.iter().try_for_each(|file| begins(folder, file, b"").map(|_| ()))?;
    }
    lengths(folder)?;
    Ok(Layout { grammar })
}

/// Whether a file is there, is not empty and begins so.
fn begins(folder: &Path, file: &str, with: &[u8]) -> Result<(), String> {
    let mut first = [0; 4];
    let count = File::open(folder.join(file)).and_then(|mut open| open.read(&mut first));
    match count {
        Err(error) => Err(format!("{file} cannot be read ({error})")),
        Ok(0) => Err(format!("{file} is empty")),
        Ok(count) if first[..count].starts_with(with) => Ok(()),
        Ok(_) => Err(format!("{file} is damaged: it does not begin as such a file does")),
    }
}

/// Whether files have the lengths that the receipt names, where there is one.
fn lengths(folder: &Path) -> Result<(), String> {
    let Ok(file) = File::open(folder.join(RECEIPT)) else { return Ok(()) };
    let mut text = String::new();
    let unreadable = |error| format!("{RECEIPT} cannot be read ({error})");
    file.take(RECEIPT_BYTES_MAX).read_to_string(&mut text).map_err(|error| unreadable(error.to_string()))?;
    for kept in Receipt::parse(&text).map_err(unreadable)?.files {
        let length = folder.join(&kept.path).metadata().map_or(0, |found| found.len());
        if length != kept.bytes {
            return Err(format!("{} has {length} bytes and had {} when it came", kept.path, kept.bytes));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn whole() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for below in ["am", "conf", "graph"] {
            fs::create_dir(folder.path().join(below)).unwrap();
        }
        let put = |file: &str, content: &[u8]| fs::write(folder.path().join(file), content).unwrap();
        put("am/final.mdl", b"\0B<TransitionModel>");
        put("conf/model.conf", b"--beam=10");
        put("conf/mfcc.conf", b"--num-ceps=40");
        put("graph/HCLr.fst", b"\xd6\xfd\xb2\x7e....");
        put("graph/Gr.fst", b"\xd6\xfd\xb2\x7e....");
        put("graph/disambig_tid.int", b"1\n");
        folder
    }

    #[test]
    fn a_whole_one_is_told_from_one_that_is_not() {
        let folder = whole();
        assert_eq!(look_at(folder.path()), Ok(Layout { grammar: true }));
        for file in
            ["am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int"]
        {
            let path = folder.path().join(file);
            let content = fs::read(&path).unwrap();
            fs::write(&path, b"").unwrap();
            assert!(look_at(folder.path()).unwrap_err().contains(&format!("{file} is empty")));
            fs::remove_file(&path).unwrap();
            assert!(look_at(folder.path()).unwrap_err().contains(file));
            fs::write(&path, content).unwrap();
        }
        fs::write(folder.path().join("graph/Gr.fst"), "<html>").unwrap();
        assert!(look_at(folder.path()).unwrap_err().contains("damaged"));
    }

    #[test]
    fn a_graph_in_one_piece_takes_no_grammar() {
        let folder = whole();
        fs::rename(folder.path().join("graph/HCLr.fst"), folder.path().join("graph/HCLG.fst")).unwrap();
        assert_eq!(look_at(folder.path()), Ok(Layout { grammar: false }));
        fs::create_dir(folder.path().join("ivector")).unwrap();
        assert!(look_at(folder.path()).unwrap_err().contains("ivector/final.ie"));
    }
}
