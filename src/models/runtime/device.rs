//! CPU or GPU: what the library can use here.

use std::sync::OnceLock;

use super::{builder, on_gpu};
use crate::config::Device;

/// Longest reason that is told why there is no GPU.
const CAUSE_CHARS_MAX: usize = 160;

/// What runs the recogniser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsOn {
    /// The CPU, as configured.
    Cpu,
    /// The CPU, because there is no GPU that can be used.
    CpuWithoutGpu {
        /// Why, in the words of ONNX Runtime, one line.
        cause: String,
    },
    /// The GPU.
    Gpu,
}

/// What a recogniser that ONNX Runtime runs is run on, where the configuration says `device`. The library must be
/// [`open`](super::open).
#[must_use]
pub fn runs_on(device: Device) -> RunsOn {
    match (device, gpu()) {
        (Device::Cpu, _) => RunsOn::Cpu,
        (_, Ok(())) => RunsOn::Gpu,
        (_, Err(cause)) => {
            let line = cause.lines().next().unwrap_or_default();
            RunsOn::CpuWithoutGpu { cause: line.chars().take(CAUSE_CHARS_MAX).collect() }
        }
    }
}

/// Whether the library can use a GPU here, and why not. Found out once a process: without one, every try costs the
/// search for its libraries.
///
/// # Errors
/// The reason, in the words of ONNX Runtime. The library must be [`open`](super::open).
pub fn gpu() -> Result<(), String> {
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    FOUND.get_or_init(|| builder().and_then(on_gpu).map(|_| ())).clone()
}
