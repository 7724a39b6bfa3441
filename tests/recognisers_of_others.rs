//! Recognisers in the layouts of sherpa-onnx and NeMo put out the same pieces at the same steps as sherpa-onnx does,
//! from features that are kaldi-native-fbank's; damaged ones are refused in words.
//!
//! `tests/others/make.py` made the tiny models and ran the references. `KLINKE_OTHERS` names another folder that it
//! wrote to. Needs build/runtime (`scripts/fetch-runtime.sh`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use klinke::call::audio::halfband::Doubler;
use klinke::call::hearing::Ask;
use klinke::config::Device;
use klinke::models::kaldi::{Fbank, Flavour, Waiting};
use klinke::models::{Fed, Lexicon, Nemo, Recognise, Recogniser, Transducer, TransducerStream, runtime};
use serde_json::Value;

fn folder() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/others");
    std::env::var_os("KLINKE_OTHERS").map_or_else(own, PathBuf::from)
}

fn runs() -> bool {
    runtime::open(None).inspect_err(|error| println!("SKIPPED: {error}")).is_ok()
}

fn expected() -> Value {
    let text = std::fs::read_to_string(folder().join("expected.json")).expect("expected.json");
    serde_json::from_str(&text).expect("JSON")
}

fn sound() -> Vec<i16> {
    let mut reader = hound::WavReader::open(folder().join("sound.wav")).expect("sound.wav");
    reader.samples::<i16>().map(|sample| sample.expect("whole")).collect()
}

/// The parts of the sound that were recognised, by name.
fn parts() -> Vec<(String, Vec<i16>)> {
    let (expected, sound) = (expected(), sound());
    let parts = expected["parts"].as_object().expect("parts");
    let bound = |value: &Value| value.as_u64().expect("a sample") as usize;
    parts.iter().map(|(name, it)| (name.clone(), sound[bound(&it[0])..bound(&it[1])].to_vec())).collect()
}

fn pieces(value: &Value) -> Vec<(u32, u32)> {
    let list = |index: usize| {
        value[index].as_array().expect("a list").iter().map(|it| it.as_u64().expect("a number"))
    };
    list(0).zip(list(1)).map(|(piece, step)| (piece as u32, step as u32)).collect()
}

fn lexicon(words: &[String]) -> Arc<Lexicon> {
    Arc::new(Lexicon::new(None, words).expect("words"))
}

fn hotwords() -> Arc<Lexicon> {
    let text = std::fs::read_to_string(folder().join("hotwords.txt")).expect("hotwords.txt");
    lexicon(&text.lines().map(str::to_owned).collect::<Vec<_>>())
}

#[test]
fn features_are_those_of_kaldi_and_nemo() {
    let mut wide = vec![0; 2 * sound().len()];
    Doubler::new().double(&sound(), &mut wide);
    for (name, flavour) in [("kaldi", Flavour::Kaldi), ("nemo", Flavour::Nemo)] {
        let expected = &expected()["features"][name];
        let (mut waiting, mut frames) = (Waiting::default(), Vec::new());
        waiting.push(&wide);
        Fbank::new(flavour, 80).frames(&mut waiting, true, &mut frames);
        assert_eq!(frames.len() / 80, expected["count"].as_u64().expect("a number") as usize);
        let mut worst = 0.0f64;
        for (at, values) in expected["frames"].as_object().expect("frames") {
            let at: usize = at.parse().expect("a frame");
            for (band, value) in values.as_array().expect("bands").iter().enumerate() {
                worst =
                    worst.max((f64::from(frames[at * 80 + band]) - value.as_f64().expect("a number")).abs());
            }
        }
        println!("{name}: largest difference {worst:.5}");
        assert!(worst < 0.002, "{name}: a band is {worst} off");
    }
}

#[test]
fn transducers_put_out_the_pieces_of_sherpa_onnx() {
    if !runs() {
        return;
    }
    for kind in ["zipformer2", "lstm", "conformer"] {
        for (way, paths, lexicon) in
            [("greedy", 1, lexicon(&[])), ("beam", 4, lexicon(&[])), ("hotwords", 4, hotwords())]
        {
            let mut recogniser = Transducer::load(&folder().join(kind), paths, Device::Cpu).expect("loads");
            for (name, sound) in parts() {
                let mut stream = recogniser.begin(&lexicon, &[]).expect("begins");
                for samples in sound.chunks(480) {
                    recogniser.hear(&mut [Fed { stream: &mut stream, samples }]).expect("hears");
                }
                let ended = recogniser.ended(&stream).expect("ends");
                let expected = pieces(&expected()["pieces"][kind][&name][way]);
                assert!(expected.len() > 10, "{kind} {name} {way}: nothing to compare");
                assert_eq!(recogniser.pieces(&ended), expected, "{kind} {name} {way}");
            }
        }
    }
}

#[test]
fn many_streams_in_one_run_keep_apart() {
    if !runs() {
        return;
    }
    for kind in ["zipformer2", "conformer"] {
        let mut recogniser = Transducer::load(&folder().join(kind), 4, Device::Cpu).expect("loads");
        let parts = parts();
        let begun = |recogniser: &Transducer| recogniser.begin(&lexicon(&[]), &[]).expect("begins");
        let mut streams: Vec<TransducerStream> = parts.iter().map(|_| begun(&recogniser)).collect();
        for at in 0..sound().len() / 800 {
            let batch = streams.iter_mut().zip(&parts).map(|(stream, (_, sound))| {
                let end = sound.len();
                Fed { stream, samples: &sound[(at * 800).min(end)..(at * 800 + 800).min(end)] }
            });
            recogniser.hear(&mut batch.collect::<Vec<_>>()).expect("hears");
        }
        for (stream, (name, _)) in streams.iter().zip(&parts) {
            let ended = recogniser.ended(stream).expect("ends");
            let expected = pieces(&expected()["pieces"][kind][name]["beam"]);
            assert_eq!(recogniser.pieces(&ended), expected, "{kind} {name}");
        }
    }
}

#[test]
fn nemo_puts_out_the_pieces_of_sherpa_onnx() {
    if !runs() {
        return;
    }
    let mut recogniser = Nemo::load(&folder().join("nemo"), 1, Device::Cpu).expect("loads");
    for (name, sound) in parts() {
        let mut stream = recogniser.begin(&lexicon(&[]), &[]).expect("begins");
        for samples in sound.chunks(800) {
            recogniser.hear(&mut [Fed { stream: &mut stream, samples }]).expect("hears");
        }
        let expected = pieces(&expected()["pieces"]["nemo"][&name]["greedy"]);
        assert!(expected.len() > 10, "{name}: nothing to compare");
        assert_eq!(recogniser.pieces(&stream).expect("runs"), expected, "{name}");
    }
}

/// Behind the one interface: words in order with times and confidences, several readings, the same when asked again.
#[test]
fn both_are_recognisers_like_ours() {
    if !runs() {
        return;
    }
    for kind in ["zipformer2", "nemo"] {
        let recogniser = Recogniser::load(&folder().join(kind), Device::Cpu).expect("loads");
        let mut recogniser = recogniser.another().expect("loads again");
        let mut stream = recogniser.begin(&hotwords(), &[]).expect("begins");
        recogniser.hear(&mut [Fed { stream: &mut stream, samples: &sound() }]).expect("hears");
        let so_far = recogniser.transcript(&mut stream, Ask::SoFar).expect("answers");
        let ended = recogniser.transcript(&mut stream, Ask::AsIfEnded).expect("answers");
        assert_eq!(recogniser.transcript(&mut stream, Ask::AsIfEnded).expect("answers"), ended, "{kind}");
        let best = ended.best().expect("a reading");
        assert!(!so_far.is_empty() && best.words.len() > 3, "{kind}: {ended:?}");
        assert!(ended.hypotheses.len() > 1, "{kind}");
        for word in &best.words {
            assert!(word.start_ms < word.end_ms && word.end_ms <= 5000, "{kind}: {word:?}");
            assert!((0.0..=1.0).contains(&word.confidence), "{kind}: {word:?}");
        }
        assert!(best.words.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms), "{kind}");
    }
}

/// A folder that is a copy of `kind`, with one file replaced by what `change` makes of it.
fn changed(kind: &str, file: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(folder().join(kind)).expect("the folder").flatten() {
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copies");
    }
    let path = copy.path().join(file);
    std::fs::write(&path, change(std::fs::read(&path).expect("reads"))).expect("writes");
    copy
}

/// The bytes with every `from` made `to`, which is as long.
fn with(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> =
        (0..=bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "{from} is not in it");
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to.as_bytes()));
    bytes
}

#[test]
fn files_that_lie_are_refused_in_words() {
    if !runs() {
        return;
    }
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let cases: [(&str, &str, Change, &str); 12] = [
        ("zipformer2", "encoder.onnx", |bytes| bytes[..bytes.len() / 2].to_vec(), "encoder.onnx"),
        ("zipformer2", "encoder.onnx", |_| Vec::new(), "encoder.onnx"),
        ("zipformer2", "joiner.onnx", |_| b"no network at all".to_vec(), "joiner.onnx"),
        ("zipformer2", "encoder.onnx", |it| with(&it, "model_type", "model_tipe"), "no property model_type"),
        (
            "zipformer2",
            "encoder.onnx",
            |it| with(&it, "decode_chunk_len", "decode_chunk_lem"),
            "decode_chunk_len",
        ),
        (
            "zipformer2",
            "encoder.onnx",
            |it| with(&it, "left_context_len", "left_context_lem"),
            "left_context_len",
        ),
        ("zipformer2", "encoder.onnx", |it| with(&it, "zipformer2", "zipformer9"), "zipformer9"),
        (
            "zipformer2",
            "decoder.onnx",
            |it| with(&it, "context_size", "context_sise"),
            "no property context_size",
        ),
        ("zipformer2", "tokens.txt", |it| it[..it.len() / 2].to_vec(), "tokens.txt"),
        ("zipformer2", "tokens.txt", |_| vec![0xff, 0xfe, b' ', b'0'], "no text in UTF-8"),
        ("nemo", "model.onnx", |it| with(&it, "per_feature", "all_feature"), "normalize_type"),
        ("nemo", "tokens.txt", |it| with(&it, "<blk>", "<bla>"), "<blk>"),
    ];
    for (kind, file, change, told) in cases {
        let folder = changed(kind, file, change);
        match Recogniser::load(folder.path(), Device::Cpu) {
            Ok(_) => panic!("{kind} {file} ({told}) was taken"),
            Err(error) => assert!(error.to_string().contains(told), "{kind} {file}: {error}"),
        }
    }
}

/// Bytes that change in a network: refused, or run to an error or to words; never a panic.
#[test]
fn damaged_networks_never_panic() {
    if !runs() {
        return;
    }
    let (lexicon, sound) = (lexicon(&[]), sound());
    for (kind, file, seed) in
        [("zipformer2", "encoder.onnx", 1u64), ("zipformer2", "joiner.onnx", 2), ("nemo", "model.onnx", 3)]
    {
        for round in 0..12u64 {
            let folder = changed(kind, file, |mut bytes| {
                let mut random = seed * 1000 + round;
                for _ in 0..6 {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let length = bytes.len();
                    bytes[(random >> 33) as usize % length] ^= 1 << (random >> 29 & 7);
                }
                bytes
            });
            if let Ok(mut recogniser) = Recogniser::load(folder.path(), Device::Cpu) {
                let _ = recogniser.recognise(&sound[..8000], &[], &lexicon);
            }
        }
    }
}
