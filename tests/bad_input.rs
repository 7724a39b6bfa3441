//! Promise: whatever is put in, there is a clear error or a spoken way out; nothing that is stored is lost, nothing
//! panics, nothing is left behind. The program as an administrator runs it, at two in the morning.

use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use hound::{SampleFormat, WavSpec, WavWriter};

#[path = "shared/machine.rs"]
mod machine;

use machine::{LIBRARY, Machine, SPEECH, Told, project};

const HEATING: &str = "Guten Tag, unsere Heizung ist ausgefallen.\n[hang up]\n";

/// A sound file of `seconds`; `sample` makes each of its samples from its number, at full scale 1.
fn wav(spec: (u16, u32, u16, SampleFormat), seconds: u32, sample: impl Fn(u32) -> f32) -> Vec<u8> {
    let (channels, sample_rate, bits_per_sample, sample_format) = spec;
    let mut bytes = Cursor::new(Vec::new());
    let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format };
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    for at in 0..seconds * sample_rate {
        for _ in 0..channels {
            match sample_format {
                SampleFormat::Float => writer.write_sample(sample(at)).unwrap(),
                SampleFormat::Int => {
                    let full_scale = (1_i64 << (bits_per_sample - 1)) as f32 - 1.0;
                    writer.write_sample((sample(at) * full_scale) as i32).unwrap();
                }
            }
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

const TELEPHONE: (u16, u32, u16, SampleFormat) = (1, 8_000, 16, SampleFormat::Int);

fn tone(at: u32) -> f32 {
    0.3 * (at as f32 * 0.35).sin()
}

/// The same noise every time.
fn noise(at: u32) -> f32 {
    let mixed = at.wrapping_mul(2_654_435_761).rotate_left(15).wrapping_mul(2_246_822_519);
    0.6 * ((mixed >> 8) as f32 / (1 << 24) as f32 - 0.5)
}

/// The call ended with a sentence and a human, for that reason.
fn assert_spoken_way_out(told: &Told, reasons: &[&str]) {
    let record = told.record();
    assert_eq!(record["ending"], "handed_over", "{record}");
    assert!(reasons.contains(&record["reason"].as_str().unwrap()), "{record}");
    assert!(told.said().last().unwrap().contains("Menschen"), "{:?}", told.said());
}

#[test]
fn sound_of_every_usual_make_is_a_caller() {
    let Some(machine) = Machine::new() else { return };
    for (name, make) in [
        ("8-bit.wav", (1, 8_000, 8, SampleFormat::Int)),
        ("24-bit-stereo.wav", (2, 44_100, 24, SampleFormat::Int)),
        ("float.wav", (1, 48_000, 32, SampleFormat::Float)),
    ] {
        let file = machine.put(name, wav(make, 1, tone));
        let told = machine.klinke(&["try", "--fast", "--json", &file]);
        assert_eq!(told.record()["disclosed"], true, "{name}");
    }
}

#[test]
fn a_sound_file_that_cannot_be_heard_is_refused_with_what_to_do() {
    let Some(machine) = Machine::new() else { return };
    let good = wav(TELEPHONE, 1, tone);
    let mut mu_law = good.clone();
    mu_law[20] = 7;
    let mut adpcm = good.clone();
    adpcm[20] = 0x11;
    let mp3 = b"ID3\x03\0\0\0\0\0\x21\xff\xfb\x90\0MP3 and not a WAV, whatever it is called".to_vec();
    let none = wav(TELEPHONE, 0, tone);
    for (name, bytes, word) in [
        ("mu-law.wav", mu_law, "sox"),
        ("adpcm.wav", adpcm, "sox"),
        ("mp3.wav", mp3, "sox"),
        ("cut.wav", good[..5_000].to_vec(), "of 8000 samples"),
        ("header.wav", good[..30].to_vec(), "neither WAV nor FLAC"),
        ("empty.wav", vec![], "neither WAV nor FLAC"),
        ("none.wav", none, "empty"),
        ("three.wav", wav((3, 8_000, 16, SampleFormat::Int), 1, tone), "3 channels"),
    ] {
        let file = machine.put(name, bytes);
        machine.refuses(&["try", "--fast", "--json", &file], &["cannot use", name, word]);
    }
    let folder = machine.path("tmp").display().to_string();
    machine.refuses(&["try", &folder], &["cannot use", "irectory"]);
    machine.refuses(&["try", "--json", "nowhere.wav"], &["nowhere.wav", "No such file"]);
    machine.refuses(&["try", "/dev/null"], &["neither WAV nor FLAC"]);
    machine.refuses(&["try", "/dev/zero"], &["neither WAV nor FLAC"]);
}

#[test]
fn noise_silence_and_nonsense_have_a_way_out() {
    let Some(machine) = Machine::new() else { return };
    let noise = machine.put("noise.wav", wav(TELEPHONE, 60, noise));
    let told = machine.klinke(&["try", "--fast", "--json", &noise]);
    // what never says a word is taken for music, and no human is rung for it
    let record = told.record();
    assert_eq!((&record["ending"], &record["reason"]), (&"handed_over".into(), &"music".into()), "{record}");
    assert!(told.said().last().unwrap().contains("Ich höre nur Geräusche"), "{:?}", told.said());

    let silence = machine.put("silence.wav", wav((1, 16_000, 16, SampleFormat::Int), 600, |_| 0.0));
    let told = machine.klinke(&["try", "--fast", "--json", &silence]);
    assert_spoken_way_out(&told, &["silence"]);
    assert!(told.record()["length_ms"].as_u64().unwrap() < 60_000, "ten minutes are not waited for");

    let nonsense =
        machine.put("nonsense.txt", "Blau wirft Gurke.\nKakadu!\nBlubb?\n%&$ 🦜 ß\nBlubb.\nBlubb.\n");
    let told = machine.klinke(&["try", "--fast", "--json", "--text", &nonsense]);
    assert_spoken_way_out(&told, &["not_understood"]);
}

#[test]
fn a_broken_script_is_refused_with_its_line() {
    let Some(machine) = Machine::new() else { return };
    let long = "Ja. ".repeat(300);
    let many = "Ja.\n".repeat(1_001);
    for (name, content, words) in [
        ("key.txt", &b"Hallo\n[digit 77]\n"[..], &["line 2", "no key"][..]),
        ("bracket.txt", b"[digt 3]\n", &["line 1", "is not known", "[hang up]"]),
        ("open.txt", b"[silence 4s\n", &["line 1", "not closed"]),
        ("for-ever.txt", b"[silence 1e300s]\n", &["line 1", "no time"]),
        ("never.txt", b"[silence NaNs]\n", &["line 1", "no time"]),
        ("reply.txt", b"Ja.\n@ Adresse Lindenweg\n", &["line 2", "@ word"]),
        ("empty.txt", b"", &["nothing is said"]),
        ("latin-1.txt", b"Stra\xdfe 4\n", &["not UTF-8"]),
        ("binary.txt", b"\x7fELF\0\xff\xfe", &["not UTF-8"]),
        ("long.txt", long.as_bytes(), &["line 1", "bytes at most"]),
        ("many.txt", many.as_bytes(), &["line 1001", "lines at most"]),
    ] {
        let file = machine.put(name, content);
        let words = [words, &["cannot use the script", name]].concat();
        machine.refuses(&["try", "--fast", "--json", "--text", &file], &words);
    }
    machine.refuses(&["try", "--text", "nowhere.txt"], &["nowhere.txt", "No such file"]);
    machine.refuses(&["try", "--text", "/"], &["cannot use the script", "irectory"]);
    machine.refuses(&["try", "--text", "/dev/zero"], &["/dev/zero", "more than"]);
    // As an editor on Windows writes it.
    let file = machine.put("windows.txt", "\u{feff}# Ein Anrufer\r\n[hang up]\r\n");
    let told = machine.klinke(&["try", "--fast", "--json", "--text", &file]);
    assert_eq!(told.events("heard").len(), 0, "{}", told.out);
}

#[test]
fn a_file_to_recognise_that_is_none_is_told_in_its_place_and_the_others_are_heard() {
    let Some(machine) = Machine::new() else { return };
    let good = machine.put("good.wav", wav(TELEPHONE, 1, tone));
    let bad = machine.put("bad.wav", "no sound");
    let told = machine.klinke(&["recognise", "--json", &good, &bad, "/nowhere.flac", &good]);
    let lines: Vec<serde_json::Value> =
        told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let files: Vec<_> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, [&good, &bad, "/nowhere.flac", &good]);
    assert!(lines[1]["error"].as_str().unwrap().contains("neither WAV nor FLAC"), "{}", lines[1]);
    assert!(lines[2]["error"].as_str().unwrap().contains("No such file"), "{}", lines[2]);
    assert!(lines[1].get("text").is_none());
    for heard in [&lines[0], &lines[3]] {
        assert!(heard["text"].is_string() && heard.get("error").is_none(), "{heard}");
    }
    assert_eq!(told.code, 1);
    assert!(told.err.contains("cannot use 2 of 4 files") && told.err.contains("bad.wav"), "{}", told.err);
    let told = machine.klinke(&["recognise", &bad, &good]);
    assert!(told.code == 1 && told.out.lines().count() == 2, "{}", told.out);
    let latin_1 = machine.put("phrases.txt", b"Stra\xdfe\n");
    for (phrases, word) in
        [("/dev/zero", "more than"), (&latin_1, "not UTF-8"), ("/nowhere/phrases", "No such file")]
    {
        let arguments = ["recognise", "--phrases", phrases, &good];
        machine.refuses(&arguments, &["cannot use the phrases", phrases, word]);
    }
}

#[test]
fn a_broken_configuration_is_refused_by_every_command() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", HEATING);
    let good = fs::read_to_string(machine.path("klinke.toml")).unwrap();
    for (from, to, words) in [
        ("calls_max = 2", "calls_max = \"two\"\ncals = 3", &["calls_max", "cals", "2 mistakes"][..]),
        ("heating.toml", "cooling.toml", &["cooling.toml", "no such file"]),
        ("[limits]", "[limits", &["klinke.toml"]),
    ] {
        fs::write(machine.path("klinke.toml"), good.replace(from, to)).unwrap();
        for command in [
            &["try", "--json", "--text", &script][..],
            &["check"],
            &["serve"],
            &["calls", "list", "--json"],
            &["keys", "init"],
        ] {
            machine.refuses(command, words);
        }
    }
    fs::write(machine.path("klinke.toml"), good).unwrap();
    machine.refuses(&["serve"], &["cannot serve", "[asterisk]", "klinke try"]);
    machine.refuses(&["try", "--site", "cooling", "--text", &script], &["\"cooling\"", "heating"]);
}

#[test]
fn models_that_are_missing_damaged_or_of_another_kind_are_refused_by_name() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", HEATING);
    let scorer = fs::read(project(SPEECH)).unwrap();
    let half = machine.put("half.onnx", &scorer[..scorer.len() / 2]);
    let empty = machine.put("empty.onnx", "");
    let recogniser = project("models/de-telephone/de-telephone.onnx");
    let refused = |key: &str, file: &str, words: &[&str]| {
        let kept = fs::read(machine.path("klinke.toml")).unwrap();
        machine.set(key, file);
        let words = [words, &["cannot hear", file]].concat();
        machine.refuses(&["try", "--fast", "--json", "--text", &script], &words);
        fs::write(machine.path("klinke.toml"), kept).unwrap();
    };
    for (key, model) in [("speech", "speech scorer"), ("recogniser", "recogniser")] {
        refused(key, "/nowhere/weights.onnx", &["cannot find", model]);
        for file in [&script, &half, &empty, &machine.path("tmp").display().to_string()] {
            // Half a scorer is no recogniser either.
            refused(key, file, &["cannot load", model, "`models`"]);
        }
    }
    refused("speech", &recogniser.display().to_string(), &["inputs"]);
    refused("recogniser", &project(SPEECH).display().to_string(), &["inputs"]);
    refused("onnx_runtime", "/nowhere/libonnxruntime.so", &["cannot find ONNX Runtime", "onnx_runtime"]);
    refused("onnx_runtime", &script, &["cannot load ONNX Runtime"]);
    let library = fs::read(project(LIBRARY)).unwrap();
    let cut = machine.put("cut.so", &library[..library.len() / 3]);
    refused("onnx_runtime", &cut, &["cannot load ONNX Runtime"]);
}

#[test]
fn a_voice_that_is_missing_or_unknown_is_told() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", HEATING);
    let mut command = machine.command(&["try", "--fast", "--json", "--text", &script]);
    let output = command.env("PATH", "/nowhere").output().unwrap();
    let told = machine.told(&output, &["try", "--json"]);
    assert!(told.code == 1 && told.out.is_empty(), "{}", told.out);
    assert_eq!(
        told.err.trim(),
        "klinke: cannot speak: espeak-ng is not installed; install it: apt install espeak-ng"
    );
    machine.refuses(
        &["try", "--text", &script, "--speak", "nobodys-voice"],
        &["the caller cannot speak", "\"nobodys-voice\""],
    );
    machine.set("voice", "nobodys-voice");
    machine.refuses(&["try", "--text", &script], &["voice.voice", "nobodys-voice"]);
}

#[test]
fn a_wrong_key_and_a_damaged_store_are_told_and_not_touched() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", HEATING);
    let keep = ["try", "--fast", "--json", "--keep", "--text", &script];
    let first = machine.klinke(&keep).record()["id"].as_str().unwrap().to_owned();
    let (key, store) = (machine.path("data/root.key"), machine.path("data/klinke.db"));
    let (good_key, good_store) = (fs::read(&key).unwrap(), fs::read(&store).unwrap());

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    machine.refuses(&keep, &["root.key", "644", "chmod 600"]);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, [b'a'; 64]).unwrap();
    machine.refuses(&keep, &["does not fit", "not touched"]);
    let message = machine.put("data/root.key", "geheim0815\n");
    let message = machine.refuses(&keep, &[&message, "64 hex digits"]);
    assert!(!message.contains("geheim"), "{message}");
    fs::remove_file(&key).unwrap();
    machine.refuses(&keep, &["no root key", "keys init"]);
    machine.put("data/root.key", &good_key);
    assert!(fs::read(&store).unwrap() == good_store, "the store was touched");

    let mut damaged = good_store.clone();
    damaged[5_000..].iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 31 % 251) as u8);
    for (what, bytes, word) in [
        ("garbage", noise_bytes(20_000), "not a store of Klinke's"),
        ("nothing", vec![], "is empty"),
        ("damaged", damaged, "damaged"),
        ("half", good_store[..good_store.len() / 2].to_vec(), "damaged"),
        ("text", b"SELECT * FROM caller;".to_vec(), "not a store of Klinke's"),
    ] {
        fs::write(&store, &bytes).unwrap();
        machine.refuses(&keep, &[word, "backup"]);
        machine.refuses(&["calls", "list", "--json"], &[word]);
        assert!(fs::read(&store).unwrap() == bytes, "{what} was touched; somebody may want to repair it");
    }
    fs::write(&store, good_store).unwrap();
    let listed = machine.klinke(&["calls", "list", "--json"]).out;
    assert!(listed.contains(&first) && listed.lines().count() == 1, "{listed}");
}

fn noise_bytes(count: u32) -> Vec<u8> {
    (0..count).map(|at| (noise(at) * 400.0) as i32 as u8).collect()
}

#[test]
fn a_place_where_nothing_can_be_written_is_told() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", HEATING);
    let out_of_the_way = machine.put("root.key", fs::read(machine.path("data/root.key")).unwrap());
    machine.set("root_key_file", &out_of_the_way);
    for folder in ["/proc/klinke", "heating.toml", "/dev/null/klinke"] {
        machine.set("data_dir", folder);
        machine.refuses(&["try", "--fast", "--json", "--keep", "--text", &script], &[folder, "data_dir"]);
    }
    for option in ["--out", "--trace"] {
        let arguments = ["try", "--fast", "--json", "--text", &script, option, "/nowhere/file"];
        machine.refuses(&arguments, &["cannot write /nowhere/file"]);
        let arguments = ["try", "--fast", "--json", "--text", &script, option, "/dev/full"];
        machine.refuses(&arguments, &["cannot write the", "o space left"]);
    }
    let mut command = machine.command(&["try", "--fast", "--text", &script]);
    let output = command.env("TMPDIR", "/proc").output().unwrap();
    let told = machine.told(&output, &["try"]);
    assert!(told.code == 1 && told.err.contains("scratch store: cannot make /proc/"), "{}", told.err);
}

#[test]
fn output_that_nobody_takes_is_no_panic() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", HEATING);
    let sound = machine.put("tone.wav", wav(TELEPHONE, 1, tone));
    for arguments in [
        &["try", "--fast", "--json", "--text", &script][..],
        &["try", "--fast", "--text", &script],
        &["recognise", &sound, &sound],
        &["understand", "Heizung kaputt"],
        &["check"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = machine.command(arguments).stdout(full).output().unwrap();
        let told = machine.told(&output, arguments);
        assert!(told.code == 1 && told.err.contains("cannot write to standard output"), "{}", told.err);

        // `klinke … | true`
        let mut child =
            machine.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert!(child.wait().unwrap().success() && err.is_empty(), "{arguments:?}: {err}");
    }
}

#[test]
fn an_interrupted_call_ends_as_calls_do() {
    let Some(machine) = Machine::new() else { return };
    let script = machine.put("call.txt", "[silence 600s]\n");
    let arguments = ["try", "--json", "--text", &script];
    let mut child =
        machine.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(machine.left_behind().len(), 1, "the scratch store");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    out.read_to_string(&mut line).unwrap();
    let status = child.wait().unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(status.success(), "{status} {err}");
    assert!(line.lines().last().unwrap().contains("\"hung_up\""), "{line}");
    assert_eq!(machine.left_behind(), Vec::<PathBuf>::new());
}

/// A disk of its own, gone with the value.
struct Disk(PathBuf);

impl Disk {
    /// `None`, with a word about it, where this user may not mount one.
    fn new(machine: &Machine, kib: u32) -> Option<Self> {
        let at = machine.path("disk");
        fs::create_dir(&at).unwrap();
        let size = format!("size={kib}k,mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "klinke-test"]).arg(&at).stderr(Stdio::null());
        if mount.status().is_ok_and(|status| status.success()) {
            return Some(Self(at));
        }
        eprintln!("SKIPPED: this user may not mount a small disk (root may)");
        None
    }

    /// Leaves so many pages free.
    fn leave(&self, pages: u64) {
        let _ = fs::remove_file(self.0.join("fill"));
        let output = Command::new("df").args(["-B4096", "--output=avail"]).arg(&self.0).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let free: u64 = text.lines().last().unwrap().trim().parse().unwrap();
        fs::write(self.0.join("fill"), vec![0; (free.saturating_sub(pages) * 4096) as usize]).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_fills_up_loses_nothing_that_was_stored() {
    let Some(machine) = Machine::new() else { return };
    let Some(disk) = Disk::new(&machine, 256) else { return };
    let script = machine.put("call.txt", HEATING);
    let key = machine.put("root.key", fs::read(machine.path("data/root.key")).unwrap());
    machine.set("root_key_file", &key);
    machine.set("data_dir", &disk.0);
    let keep = ["try", "--fast", "--json", "--keep", "--text", &script];
    let mut stored = vec![machine.klinke(&keep).record()["id"].as_str().unwrap().to_owned()];
    let (mut before, mut within) = (0, 0);
    for pages in [0, 4, 8, 9, 10, 11, 12, 14, 40] {
        disk.leave(pages);
        let told = machine.klinke(&keep);
        if told.code == 0 {
            stored.push(told.record()["id"].as_str().unwrap().to_owned());
            continue;
        }
        assert!(told.err.contains("no room left") && told.err.contains("make room"), "{}", told.err);
        if told.out.is_empty() {
            before += 1;
        } else {
            // In mid-call: the caller was told, and let go of properly.
            within += 1;
            assert_eq!(told.events("ended").len(), 1, "{}", told.out);
            assert!(told.said().last().unwrap().contains("verbinde"), "{:?}", told.said());
        }
    }
    assert!(before > 0 && within > 0 && stored.len() > 1, "{before} {within} {stored:?}");

    // The same in real time, through the switchboard.
    disk.leave(9);
    let told = machine.klinke(&["try", "--json", "--keep", "--text", &script]);
    assert!(told.code == 1 && told.err.contains("no room left"), "{} {}", told.code, told.err);
    disk.leave(1_000);
    let listed = machine.klinke(&["calls", "list", "--json"]);
    for id in &stored {
        assert!(listed.out.contains(id), "{id} is lost: {}", listed.out);
        assert_eq!(machine.klinke(&["calls", "show", id, "--json"]).code, 0);
    }
}
