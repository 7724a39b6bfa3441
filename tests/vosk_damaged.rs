//! Promise: whatever is wrong with libvosk or with a model of Vosk is told in words; it never ends the program.

use std::fs;
use std::path::Path;

use klinke::config::Device;
use klinke::models::{Recogniser, places, vosk};

#[path = "shared/machine.rs"]
mod machine;

use machine::{LIBRARY, Machine, project};

/// First bytes of an OpenFst file.
const FST: &[u8] = b"\xd6\xfd\xb2\x7e....";

/// A folder that looks like a model, with nothing behind the files' first bytes.
fn hollow(folder: &Path) {
    for (file, content) in [
        ("am/final.mdl", &b"\0B<TransitionModel>"[..]),
        ("conf/model.conf", b"--beam=10\n"),
        ("conf/mfcc.conf", b"--num-ceps=40\n"),
        ("graph/HCLr.fst", FST),
        ("graph/Gr.fst", FST),
        ("graph/disambig_tid.int", b"1\n"),
    ] {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// A process loads one library for good, so the refusals come first and all of it is one test.
#[test]
fn what_is_wrong_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |library: &Path| vosk::open(Some(library)).expect_err("refused").to_string();
    let nowhere = folder.path().join("libvosk.so");
    let error = refused(&nowhere);
    assert!(error.contains(&nowhere.display().to_string()) && error.contains("/usr/lib/klinke"), "{error}");
    for (name, content) in [("text.so", &b"hello"[..]), ("empty.so", b""), ("cut.so", b"\x7fELF\x02\x01\x01")]
    {
        let library = folder.path().join(name);
        fs::write(&library, content).unwrap();
        let error = refused(&library);
        assert!(error.contains(name) && error.contains("no library"), "{error}");
    }
    let other = project(LIBRARY);
    if other.is_file() {
        let error = refused(&other);
        assert!(error.contains("vosk_model_new"), "{error}");
    }

    let model = folder.path().join("model");
    hollow(&model);
    fs::write(model.join("graph/Gr.fst"), "<html>").unwrap();
    let error = Recogniser::load(&model, Device::Cpu).err().expect("refused").to_string();
    assert!(error.contains("graph/Gr.fst is damaged"), "{error}");
    if places::vosk(None).is_err() {
        eprintln!("SKIPPED from here: no libvosk here (scripts/fetch-runtime.sh vosk)");
        return;
    }
    hollow(&model);
    let error = Recogniser::load(&model, Device::Cpu).err().expect("refused").to_string();
    assert!(error.contains("libvosk refuses it"), "{error}");
}

#[test]
fn a_hollow_model_does_not_come_in() {
    let Some(machine) = Machine::new() else { return };
    if places::vosk(None).is_err() {
        eprintln!("SKIPPED: no libvosk here (scripts/fetch-runtime.sh vosk)");
        return;
    }
    hollow(&machine.path("hollow"));
    let folder = machine.path("hollow").display().to_string();
    machine.refuses(&["models", "import", &folder], &["will not take hollow"]);
    assert!(!machine.path("data/models/hollow").exists());
}
