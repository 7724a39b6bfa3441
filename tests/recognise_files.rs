//! Promise to whoever measures: `klinke recognise` takes thousands of files of any usual rate in one call, lists of
//! thousands of phrases, and a bad telephone that is the same each time.

use std::fs;

use serde_json::Value;

#[path = "shared/machine.rs"]
mod machine;
#[path = "shared/material.rs"]
mod material;

use machine::Machine;

/// What is printed, a line each.
fn lines(machine: &Machine, arguments: &[&str]) -> Vec<Value> {
    let told = machine.klinke(&[&["recognise", "--json"], arguments].concat());
    assert_eq!(told.code, 0, "{}", told.err);
    told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A sentence spoken by espeak-ng, at that rate.
fn spoken(machine: &Machine, name: &str, sentence: &str, rate_hz: u32) -> String {
    let path = machine.path(name).display().to_string();
    let espeak = machine.path("espeak.wav").display().to_string();
    let run = |program: &str, arguments: &[&str]| {
        let done = std::process::Command::new(program).args(arguments).status().expect(program);
        assert!(done.success(), "{program}");
    };
    run("espeak-ng", &["-v", "de", "-w", &espeak, sentence]);
    run("sox", &[&espeak, "-r", &rate_hz.to_string(), &path]);
    path
}

#[test]
fn the_same_words_at_every_rate_in_wav_and_flac() {
    let Some(machine) = Machine::new() else { return };
    let mut files = Vec::new();
    for (rate_hz, form) in [(8_000, "wav"), (16_000, "flac"), (44_100, "wav"), (48_000, "flac")] {
        files.push(spoken(&machine, &format!("{rate_hz}.{form}"), "Am Donnerstag um vierzehn Uhr", rate_hz));
    }
    let mut arguments = vec!["--telephone", "--expect", "date-time"];
    arguments.extend(files.iter().map(String::as_str));
    let heard = lines(&machine, &arguments);
    assert_eq!(heard.len(), 4);
    for line in &heard {
        assert_eq!(line["text"], "am donnerstag um vierzehn uhr", "{line}");
        assert!(line["seconds"].as_f64().unwrap() > 1.0 && line["confidence"].as_f64().unwrap() > 0.5);
        assert!(line["words"].as_array().unwrap().len() == 5 && line.get("line").is_none());
    }
}

#[test]
fn a_bad_line_is_the_same_each_time_and_another_with_another_seed() {
    let Some(machine) = Machine::new() else { return };
    let file = spoken(&machine, "a.wav", "Meine Heizung ist ausgefallen", 16_000);
    let other = spoken(&machine, "b.wav", "Auf Wiederhören", 16_000);
    let rough = ["--telephone", "--telephone-noise", "3", "--telephone-loss", "20"];
    let alone = lines(&machine, &[&rough[..], &[&file]].concat());
    let beside = lines(&machine, &[&rough[..], &[&other, &file]].concat());
    assert_eq!(alone[0], beside[1], "what else is heard does not change it");
    assert_eq!(alone[0]["line"]["loss_percent"], 20.0);
    assert_eq!(alone[0]["line"]["seed"], 1);
    let again = lines(&machine, &[&rough[..], &["--telephone-seed", "2", &file]].concat());
    assert_ne!(alone[0]["confidence"], again[0]["confidence"]);
    let told = machine.klinke(&["recognise", "--telephone-noise", "3", &file]);
    assert!(
        told.out.starts_with("(a telephone with noise 3 dB below the speech, loss 0 %, seed 1)"),
        "{}",
        told.out
    );
}

#[test]
fn five_thousand_phrases_and_which_of_them_it_was() {
    let Some(machine) = Machine::new() else { return };
    let folder = machine::project("src/call/understanding");
    let names = fs::read_to_string(folder.join("family_names_de.txt")).unwrap();
    let given = fs::read_to_string(folder.join("given_names_de.txt")).unwrap();
    let words = |text: &str| -> Vec<String> {
        let known = text.lines().filter(|line| !line.starts_with('#'));
        known
            .flat_map(|line| line.split([',', ' ']))
            .filter(|word| word.len() > 2)
            .map(str::to_owned)
            .collect()
    };
    let (family, given) = (words(&names), words(&given));
    assert!(family.len() * given.len() > 5_000, "{} × {}", family.len(), given.len());
    let mut phrases: Vec<String> = Vec::new();
    'full: for last in &family {
        for first in given.iter().step_by(7) {
            phrases.push(format!("{first} {last}"));
            if phrases.len() == 4_999 {
                break 'full;
            }
        }
    }
    phrases.push("Der Lappen liegt auf dem Eisschrank.".to_owned());
    let list = machine.put("phrases.txt", phrases.join("\r\n"));
    let file = spoken(&machine, "a.wav", "Der Lappen liegt auf dem Eisschrank.", 16_000);
    let heard = lines(&machine, &["--telephone", "--phrases", &list, &file]);
    assert_eq!(heard[0]["phrase"], "Der Lappen liegt auf dem Eisschrank.", "{}", heard[0]);
    let heard = lines(&machine, &["--telephone", "--expect", "name", "--phrases", &list, &file]);
    assert_eq!(heard[0]["phrase"], "Der Lappen liegt auf dem Eisschrank.", "{}", heard[0]);
}

#[test]
fn what_was_heard_when() {
    let Some(machine) = Machine::new() else { return };
    let file = spoken(&machine, "a.wav", "Am Donnerstag um vierzehn Uhr", 16_000);
    let told = lines(&machine, &["--telephone", "--expect", "date-time", "--partials", &file]);
    let (last, partials) = told.split_last().unwrap();
    assert_eq!(last["text"], "am donnerstag um vierzehn uhr");
    assert!(partials.len() >= 3, "{told:?}");
    let times: Vec<u64> = partials.iter().map(|line| line["at_ms"].as_u64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let thursday = partials.iter().find(|line| line["partial"].as_str().unwrap().contains("donnerstag"));
    let at_ms = thursday.expect("heard on the way")["at_ms"].as_u64().unwrap();
    assert!((at_ms as f64) < last["seconds"].as_f64().unwrap() * 1000.0 * 0.8, "only at {at_ms} ms");
}

#[test]
fn a_thousand_files_in_one_call() {
    let Some(machine) = Machine::new() else { return };
    let folder = material::shared().join("speech/heidelberg-digits/06");
    let Ok(files) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no recordings in {}", folder.display());
        return;
    };
    let mut files: Vec<String> = files.flatten().map(|file| file.path().display().to_string()).collect();
    files.sort();
    let many: Vec<&str> = files.iter().cycle().take(1_000).map(String::as_str).collect();
    let heard = lines(&machine, &[&["--telephone", "--expect", "digits"], &many[..]].concat());
    assert_eq!(heard.len(), 1_000);
    for (line, file) in heard.iter().zip(&many) {
        assert_eq!(line["file"], *file);
    }
}
