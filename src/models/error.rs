//! What can go wrong with models.

use std::path::PathBuf;

use thiserror::Error;

/// Why a model cannot be used. Holds no personal data.
#[derive(Debug, Error)]
pub enum ModelError {
    /// No library to run models with.
    #[error(
        "cannot find ONNX Runtime (libonnxruntime.so, 1.23 to 1.28): looked at {}; name it as \
         `models.onnx_runtime` in the configuration, or get it with \
         scripts/fetch-runtime.sh",
        searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    LibraryMissing {
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// A library that would report to its vendor.
    #[error(
        "will not load ONNX Runtime {version} from {}: releases from 1.29 on upload usage data to their vendor; \
         install 1.28.0, or set ORT_DISABLE_TELEMETRY=1 in the environment of the daemon",
        path.display()
    )]
    LibraryReports {
        /// The file.
        path: PathBuf,
        /// Its version as written in it.
        version: String,
    },
    /// A file that is no library we can use.
    #[error("cannot load ONNX Runtime from {}: {cause}; put libonnxruntime.so 1.28.0 there", path.display())]
    LibraryUnusable {
        /// The file.
        path: PathBuf,
        /// In the words of the loader.
        cause: String,
    },
    /// No libvosk.
    #[error(
        "cannot find libvosk.so (0.3.45, out of the PyPI wheel vosk), which the configured recogniser needs: looked at \
         {}; put it into /usr/lib/klinke, or get it with scripts/fetch-runtime.sh vosk",
        searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    VoskMissing {
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// A file that is no libvosk.
    #[error("cannot load libvosk from {}: {cause}; put libvosk.so 0.3.45 there", path.display())]
    VoskUnusable {
        /// The file.
        path: PathBuf,
        /// In the words of the loader.
        cause: String,
    },
    /// No weights where they should be.
    #[error("cannot find the weights of the {model}: {}; name the file in the configuration under `models`", path.display())]
    WeightsMissing {
        /// Which model.
        model: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Weights that cannot be read or are not those of this model.
    #[error(
        "cannot load the weights of the {model} from {}: {}; if it is the right file it is damaged: install it \
         again; if not, name the right one in the configuration under `models`",
        path.display(), cause.trim_end_matches('.')
    )]
    WeightsUnusable {
        /// Which model.
        model: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A device that is asked for and cannot be used.
    #[error(
        "cannot use the device {device} for the recogniser: {}; install the driver, CUDA and the ONNX Runtime with its \
         CUDA provider, or write device = \"auto\" in [models]",
        cause.trim_end_matches('.')
    )]
    DeviceUnusable {
        /// As it is written.
        device: &'static str,
        /// In the words of ONNX Runtime.
        cause: String,
    },
    /// A run that failed.
    #[error("cannot run the {model}: {cause}")]
    Run {
        /// Which model.
        model: &'static str,
        /// Why.
        cause: String,
    },
    /// A grammar of ours or a list of words that cannot be compiled.
    #[error("cannot compile the grammar at line {line}: {cause}")]
    Grammar {
        /// Line of the grammar, from 1.
        line: usize,
        /// Why.
        cause: String,
    },
    /// The machine did not give us a thread.
    #[error("cannot start a thread for models: {cause}")]
    Thread {
        /// Why.
        cause: String,
    },
}
