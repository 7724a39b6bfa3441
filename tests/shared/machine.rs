//! A site's machine of a test's own, and the program as an administrator runs it there: the demonstration's
//! configuration, data and temporary files in a folder that is gone afterwards.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use klinke::daemon::credentials;

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The library that runs models, as `scripts/fetch-runtime.sh` puts it.
pub const LIBRARY: &str = "build/runtime/libonnxruntime.so.1.28.0";
/// The speech scorer, from there too.
pub const SPEECH: &str = "build/runtime/silero_vad.onnx";

/// The machine.
pub struct Machine {
    folder: tempfile::TempDir,
}

/// What came of a run.
pub struct Told {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Machine {
    /// With a root key. `None`, with a word about it, where the models or the synthesizer are not there.
    pub fn new() -> Option<Self> {
        let speaks = Command::new("espeak-ng").arg("--version").stdout(Stdio::null()).status().is_ok();
        if !project(LIBRARY).is_file() || !project(SPEECH).is_file() || !speaks {
            eprintln!("SKIPPED: no ONNX Runtime, speech scorer or espeak-ng here (scripts/fetch-runtime.sh)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let config = fs::read_to_string(project("etc/demo/klinke.toml")).unwrap();
        let config = config
            .replace("../../build/demo", "data")
            .replace("../../build/runtime", &project("build/runtime").display().to_string())
            .replace("../../models", &project("models").display().to_string());
        fs::write(folder.path().join("klinke.toml"), config).unwrap();
        fs::copy(project("etc/demo/heating.toml"), folder.path().join("heating.toml")).unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        let machine = Self { folder };
        credentials::make_root_key(&machine.path("data/root.key")).unwrap();
        Some(machine)
    }

    /// A file of it.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Puts a file there, for its owner only.
    pub fn put(&self, file: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(file);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    }

    /// Writes another value for a key of the configuration.
    pub fn set(&self, key: &str, value: impl AsRef<Path>) {
        let text = fs::read_to_string(self.path("klinke.toml")).unwrap();
        let is = |line: &str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
        assert!(text.lines().any(is), "no {key} in the configuration");
        let lines = text.lines().map(|line| {
            if is(line) { format!("{key} = {:?}\n", value.as_ref()) } else { format!("{line}\n") }
        });
        fs::write(self.path("klinke.toml"), lines.collect::<String>()).unwrap();
    }

    /// `klinke ARGUMENTS --config …`, its temporary files in a folder of their own.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_klinke"));
        command.args(arguments).arg("--config").arg(self.path("klinke.toml"));
        command.env("TMPDIR", self.path("tmp")).env("RUST_BACKTRACE", "1");
        command.env_remove("CREDENTIALS_DIRECTORY").env_remove("JOURNAL_STREAM").env_remove("KLINKE_LOG");
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs it. Whatever happens: no panic, whole lines of JSON where JSON is asked for, nothing left behind.
    pub fn klinke(&self, arguments: &[&str]) -> Told {
        self.told(&self.command(arguments).output().unwrap(), arguments)
    }

    /// Judges a run.
    pub fn told(&self, output: &Output, arguments: &[&str]) -> Told {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("what is printed is text");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was killed: {err}"));
        for word in ["panicked", "backtrace", "RUST_BACKTRACE"] {
            assert!(!err.contains(word), "{arguments:?}: {err}");
        }
        assert_eq!(code == 0, !err.contains("klinke: "), "{arguments:?}: code {code}, {err}");
        if arguments.contains(&"--json") {
            for line in out.lines() {
                let value: serde_json::Value =
                    serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
                assert!(value.is_object(), "{line}");
            }
        }
        assert_eq!(self.left_behind(), Vec::<PathBuf>::new(), "{arguments:?} left something behind");
        Told { code, out, err }
    }

    /// What lies among the temporary files.
    pub fn left_behind(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path("tmp")).unwrap().map(|file| file.unwrap().path()).collect()
    }

    /// Runs it: it must fail and say each of `words`, in one message that says no cause twice.
    pub fn refuses(&self, arguments: &[&str], words: &[&str]) -> String {
        let Told { code, err, .. } = self.klinke(arguments);
        assert_eq!(code, 1, "{arguments:?}: {err}");
        let message = err.lines().find(|line| line.starts_with("klinke: ")).expect("a message").to_owned();
        for word in words {
            assert!(err.contains(word), "{arguments:?}: no {word:?} in: {err}");
        }
        assert!(message.matches("(os error").count() <= 1, "{message}");
        assert!(
            !message.contains(".;") && !message.contains("::") && !message.contains("Some("),
            "{message}"
        );
        println!("{message}");
        message
    }
}

impl Told {
    /// The events of `--json` by that name.
    pub fn events(&self, name: &str) -> Vec<serde_json::Value> {
        let all = self.out.lines().map(|line| serde_json::from_str(line).unwrap());
        all.filter(|event: &serde_json::Value| event["event"] == name).collect()
    }

    /// Everything that Klinke said.
    pub fn said(&self) -> Vec<String> {
        self.events("spoke").iter().map(|spoke| spoke["text"].as_str().unwrap().to_owned()).collect()
    }

    /// The record: the last line, of a run that went well.
    pub fn record(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.err);
        let last: serde_json::Value = serde_json::from_str(self.out.lines().last().expect("a line")).unwrap();
        assert_eq!(last["event"], "call_record", "{last}");
        last
    }
}
