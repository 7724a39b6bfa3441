//! A library or weights that are missing, damaged or of another kind are told in words that help, and the daemon
//! does not start with half of its models.

use std::path::Path;

use klinke::config::{Device, Models};
use klinke::daemon::inference::Inference;
use klinke::models::runtime::{self, RunsOn};
use klinke::models::{LetterModel, places};

fn models(folder: &Path) -> Models {
    Models {
        onnx_runtime: None,
        speech: places::weights(places::SPEECH),
        recogniser: folder.join("none.onnx"),
        device: Device::Cpu,
        threads: 1,
    }
}

fn said(models: &Models) -> String {
    Inference::start(models, &[]).err().expect("must not start").to_string()
}

/// A process loads one library for good, so the refusals come first and all of it is one test.
#[test]
fn whatever_is_missing_or_damaged_is_named_and_nothing_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    a_missing_library_names_where_it_was_looked_for(folder.path());
    a_library_that_reports_to_its_vendor_is_refused(folder.path());
    a_file_that_is_no_library_is_refused(folder.path());
    if places::library(None).is_err() || !places::weights(places::SPEECH).is_file() {
        eprintln!(
            "SKIPPED from here: no ONNX Runtime or Silero weights on this machine (scripts/fetch-runtime.sh)"
        );
        return;
    }
    missing_weights_are_named(folder.path());
    damaged_weights_are_refused(folder.path());
    weights_of_another_model_are_refused();
    a_gpu_that_is_not_there_is_a_clear_error_only_where_it_was_asked_for();
}

fn a_missing_library_names_where_it_was_looked_for(folder: &Path) {
    let nowhere = folder.join("libonnxruntime.so");
    let error = said(&Models { onnx_runtime: Some(nowhere.clone()), ..models(folder) });
    assert!(error.contains(&nowhere.display().to_string()), "{error}");
    assert!(error.contains("models.onnx_runtime"), "{error}");
}

fn a_library_that_reports_to_its_vendor_is_refused(folder: &Path) {
    let path = folder.join("reporting.so");
    std::fs::write(&path, b"\x7fELF ... VERS_1.29.1\0").expect("written");
    let error = said(&Models { onnx_runtime: Some(path), ..models(folder) });
    assert!(error.contains("1.29.1") && error.contains("ORT_DISABLE_TELEMETRY=1"), "{error}");
}

fn a_file_that_is_no_library_is_refused(folder: &Path) {
    for (name, content) in [("text.so", &b"hello"[..]), ("empty.so", b""), ("liar.so", b"VERS_1.28.0")] {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("written");
        let error = said(&Models { onnx_runtime: Some(path), ..models(folder) });
        assert!(error.contains("cannot load ONNX Runtime") && error.contains(name), "{error}");
    }
}

fn missing_weights_are_named(folder: &Path) {
    let error = said(&models(folder));
    assert!(error.contains("recogniser") && error.contains("none.onnx"), "{error}");
}

fn damaged_weights_are_refused(folder: &Path) {
    let whole = std::fs::read(places::weights(places::RECOGNISER)).expect("the project's weights");
    let half = whole[..whole.len() / 2].to_vec();
    for (name, content) in [("empty.onnx", &[][..]), ("text.onnx", b"not a model"), ("half.onnx", &half)] {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("written");
        let error = said(&Models { recogniser: path, ..models(folder) });
        assert!(error.contains(name), "{error}");
    }
}

fn weights_of_another_model_are_refused() {
    let speech = places::weights(places::SPEECH);
    let error =
        LetterModel::load(&speech, Device::Cpu).err().expect("the speech scorer's weights are no recogniser");
    assert!(error.to_string().contains("log_mel"), "{error}");
}

fn a_gpu_that_is_not_there_is_a_clear_error_only_where_it_was_asked_for() {
    let own = |device| Models {
        recogniser: places::weights(places::RECOGNISER),
        device,
        ..models(Path::new("/nowhere"))
    };
    let RunsOn::CpuWithoutGpu { cause } = runtime::runs_on(Device::Auto) else {
        eprintln!("SKIPPED from here: this machine has a GPU that the library can use");
        return;
    };
    let error = said(&own(Device::Cuda));
    assert!(
        error.contains("cuda")
            && error.contains(cause.trim_end_matches('.'))
            && error.contains("device = \"auto\""),
        "{error}"
    );
    for device in [Device::Auto, Device::Cpu] {
        assert!(Inference::start(&own(device), &[]).is_ok(), "{device:?}");
    }
    assert_eq!(runtime::runs_on(Device::Cpu), RunsOn::Cpu);
}
