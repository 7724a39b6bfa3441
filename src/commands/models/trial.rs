//! `klinke models trial`: hidden; one model, tried out in this process for the other commands.

use std::path::PathBuf;

use clap::Args;

use crate::commands::output::print;
use crate::daemon::weights::trial::{Subject, here};
use crate::models::catalogue::Purpose;

/// Arguments of `klinke models trial`.
#[derive(Args)]
pub struct Trial {
    /// What it is for.
    #[arg(long)]
    kind: Purpose,
    /// The callers' language.
    #[arg(long)]
    callers: String,
    /// libonnxruntime.
    #[arg(long)]
    onnx_runtime: Option<PathBuf>,
    /// File or folder.
    path: PathBuf,
}

impl Trial {
    /// Runs it and prints the outcome as JSON.
    ///
    /// # Errors
    /// Standard output takes nothing.
    pub fn run(self) -> anyhow::Result<()> {
        let Self { kind, callers, onnx_runtime, path } = self;
        let outcome = here(&Subject { kind, path, language: callers, onnx_runtime });
        print(&serde_json::to_string(&outcome)?)
    }
}
