//! What keeps a model from coming in.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::models::catalogue::Sum;

/// Why a model does not come in, or is not what it was.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// Nobody answers there.
    #[error(
        "cannot fetch {url}: {cause}; without a network: fetch it elsewhere, then `klinke models import FILE`"
    )]
    Unreachable {
        /// The address.
        url: String,
        /// Why.
        cause: String,
    },
    /// The server says no.
    #[error("cannot fetch {url}: the server answers {status}; has the vendor moved it?")]
    Refused {
        /// The address.
        url: String,
        /// Of HTTP.
        status: u16,
    },
    /// It has another length than it should.
    #[error(
        "will not take {what}: it has {got} bytes and should have {wanted}; it is another file than the catalogue's"
    )]
    Length {
        /// File or address.
        what: String,
        /// As the catalogue or the receipt says.
        wanted: u64,
        /// As it is; where it was still coming, at least.
        got: u64,
    },
    /// It is another file, or damaged.
    #[error("will not take {what}: its SHA-256 is {got} and should be {wanted}")]
    Sum {
        /// File or address.
        what: String,
        /// As the catalogue, the receipt or the administrator says.
        wanted: Sum,
        /// As it is.
        got: Sum,
    },
    /// The disk is full.
    #[error("cannot write {}: no room is left on the disk; what came so far is kept, make room and run it again", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another thing with files went wrong.
    #[error("cannot {operation} {}: {cause}", path.display())]
    File {
        /// What was to be done.
        operation: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// An archive or folder that nothing is taken from.
    #[error("will not unpack {}: {cause}", path.display())]
    Archive {
        /// The archive or folder.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// No model that we know.
    #[error(
        "cannot use {}: there is neither one .onnx file, nor encoder*.onnx, decoder*.onnx, joiner*.onnx and \
         tokens.txt, nor model*.onnx and tokens.txt, nor am, conf and graph", path.display()
    )]
    Unknown {
        /// The folder.
        path: PathBuf,
    },
    /// Nothing of that name was brought in.
    #[error("there is no model {id:?} in {}; `klinke models list` shows what is there", folder.display())]
    Missing {
        /// Its name.
        id: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Its receipt is damaged.
    #[error("cannot read the receipt {}: {cause}; bring the model in again", path.display())]
    Receipt {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// Another command is at it.
    #[error("another `klinke models` is at work in {}; wait for it", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
}

impl WeightsError {
    /// Of a system's answer.
    pub(super) fn file(operation: &'static str, path: impl Into<PathBuf>, cause: io::Error) -> Self {
        let path = path.into();
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::File { operation, path, cause },
        }
    }
}
