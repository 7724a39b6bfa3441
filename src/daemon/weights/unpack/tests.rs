//! Archives that mean well and archives that do not.

use std::io::Cursor;

use proptest::prelude::*;
use rawzip::ZipArchiveWriter;
use tar::{Builder, Header};

use super::*;

/// A tar archive of these files, written byte by byte so that names may be anything.
fn tar_of(files: &[(&str, EntryKind, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, content) in files {
        let mut header = Header::new_gnu();
        header.set_entry_type(match kind {
            EntryKind::File => tar::EntryType::Regular,
            EntryKind::Link => tar::EntryType::Symlink,
            EntryKind::HardLink => tar::EntryType::Link,
            EntryKind::Device => tar::EntryType::Block,
        });
        let bytes = name.as_bytes();
        header.as_old_mut().name[..bytes.len()].copy_from_slice(bytes);
        header.set_size(content.len() as u64);
        header.set_mode(0o777);
        header.set_cksum();
        builder.append(&header, Cursor::new(content)).unwrap();
    }
    builder.into_inner().unwrap()
}

#[derive(Clone, Copy)]
enum EntryKind {
    File,
    Link,
    HardLink,
    Device,
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut out);
    for (name, content) in files {
        let raw = rawzip::path::EntryPath::verbatim(name.as_bytes());
        let file = archive.new_file(raw).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer =
            config.wrap(flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::best()));
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

use rawzip::CompressionMethod;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Unpacks these bytes beside a witness that must never change.
fn unpacked(bytes: &[u8]) -> (tempfile::TempDir, Result<(), WeightsError>) {
    let folder = tempfile::tempdir().unwrap();
    let (archive, target) = (folder.path().join("archive"), folder.path().join("deep/target"));
    fs::create_dir_all(&target).unwrap();
    fs::write(&archive, bytes).unwrap();
    fs::write(folder.path().join("witness"), "untouched").unwrap();
    let outcome = unpack(&archive, &target);
    assert_eq!(fs::read_to_string(folder.path().join("witness")).unwrap(), "untouched");
    let outside: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside.len(), 3, "something was written outside: {outside:?}");
    (folder, outcome)
}

fn refusal(bytes: &[u8]) -> String {
    unpacked(bytes).1.expect_err("must be refused").to_string()
}

const GOOD: [(&str, EntryKind, &[u8]); 2] =
    [("m/am/final.mdl", EntryKind::File, b"weights"), ("./m/README", EntryKind::File, b"words")];

#[test]
fn each_form_unpacks() {
    let tar = tar_of(&GOOD);
    let zip = zip_of(&[("m/am/final.mdl", b"weights"), ("m/README", b"words")]);
    for bytes in [gzip(&tar), bzip(&tar), tar, zip] {
        let (folder, outcome) = unpacked(&bytes);
        outcome.unwrap();
        let target = folder.path().join("deep/target");
        assert_eq!(fs::read(target.join("m/am/final.mdl")).unwrap(), b"weights");
        assert_eq!(fs::read(target.join("m/README")).unwrap(), b"words");
    }
}

#[test]
fn long_names_unpack() {
    let long = format!("m/{}/{}", "a".repeat(80), "b".repeat(80));
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    builder.append_data(&mut header, &long, &b"x"[..]).unwrap();
    let (folder, outcome) = unpacked(&builder.into_inner().unwrap());
    outcome.unwrap();
    assert!(folder.path().join("deep/target").join(long).is_file());
}

#[test]
fn ways_out_are_refused() {
    for name in ["../witness", "../../witness", "/tmp/klinke-witness", "m/../../../witness", "m\\..\\witness"]
    {
        assert!(refusal(&tar_of(&[(name, EntryKind::File, b"x")])).contains("leads out"), "{name}");
        assert!(refusal(&zip_of(&[(name, b"x")])).contains("leads out"), "{name}");
    }
    assert!(!Path::new("/tmp/klinke-witness").exists());
}

#[test]
fn links_and_devices_are_refused() {
    for kind in [EntryKind::Link, EntryKind::HardLink, EntryKind::Device] {
        assert!(refusal(&tar_of(&[("m/x", kind, b"")])).contains("link or a device"));
    }
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::create_dir(&from).unwrap();
    fs::create_dir(&to).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", from.join("x")).unwrap();
    assert!(unpack(&from, &to).unwrap_err().to_string().contains("cp -rL"));
}

#[test]
fn a_file_that_comes_twice_is_refused() {
    let twice = [("m/x", EntryKind::File, &b"a"[..]), ("m/x", EntryKind::File, b"b")];
    assert!(refusal(&tar_of(&twice)).contains("twice"));
    assert!(refusal(&zip_of(&[("m/x", b"a"), ("m/x", b"b")])).contains("twice"));
}

#[test]
fn bombs_are_refused_before_they_fill_the_disk() {
    let zeros = vec![0; 80 << 20];
    let bomb = tar_of(&[("m/x", EntryKind::File, &zeros)]);
    assert!(refusal(&gzip(&bomb)).contains("more than any model"));
    assert!(refusal(&bzip(&bomb)).contains("more than any model"));
    assert!(refusal(&zip_of(&[("m/x", &zeros)])).contains("more than any model"));
    let many: Vec<(String, EntryKind, &[u8])> =
        (0..=FILES_MAX).map(|n| (format!("m/{n}"), EntryKind::File, &b""[..])).collect();
    let many: Vec<_> = many.iter().map(|(name, kind, content)| (&**name, *kind, *content)).collect();
    assert!(refusal(&gzip(&tar_of(&many))).contains("more than 2000 files"));
}

#[test]
fn what_is_cut_off_is_damaged() {
    let tar = tar_of(&[("m/x", EntryKind::File, &vec![7; 100_000])]);
    let zip = zip_of(&[("m/x", &(0..100_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>())]);
    for bytes in [gzip(&tar), bzip(&tar), tar, zip] {
        let error = refusal(&bytes[..bytes.len() / 2]);
        assert!(error.contains("damaged"), "{error}");
    }
    assert!(refusal(b"hello").contains("no .tar"));
    assert!(refusal(b"").contains("no .tar"));
}

#[test]
fn a_changed_byte_in_a_zip_is_found() {
    let mut zip = zip_of(&[("m/x", &[9; 1000])]);
    let at = zip.windows(3).position(|window| window == b"m/x").unwrap() + 5;
    zip[at] ^= 1;
    refusal(&zip);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_makes_it_panic_or_leave_its_folder(at in 0usize..4096, to in any::<u8>(), form in 0usize..3) {
        let tar = tar_of(&GOOD);
        let mut bytes = match form {
            0 => tar,
            1 => gzip(&tar),
            _ => zip_of(&[("m/am/final.mdl", b"weights"), ("m/README", b"words")]),
        };
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = unpacked(&bytes);
    }
}
