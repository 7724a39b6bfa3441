//! Promise: the sites that are shipped work as they are, and their conversations go as they are written; whoever
//! writes tests for his own site is told which line failed and why.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Folders below `etc/sites` with a site to start from, and how many conversations each has at least.
const SITES: [(&str, usize); 6] =
    [("heating", 50), ("practice", 40), ("law", 38), ("town_hall", 38), ("shop", 36), ("heating_en", 15)];

fn folder(site: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/sites").join(site)
}

fn klinke(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klinke"));
    command.arg("test").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env("LC_ALL", "C");
    command.output().expect("klinke runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Every conversation of the site, and the sum.
fn tested(site: &str) -> (Vec<Value>, Value) {
    let output = klinke(&["--json", &folder(site).to_string_lossy()]);
    let mut lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let sum = lines.pop().unwrap_or_else(|| panic!("{}", text(&output.stderr)));
    (lines, sum)
}

#[test]
fn every_conversation_that_is_shipped_goes_as_it_is_written() {
    let (mut conversations, mut known) = (0, 0);
    for (site, least) in SITES {
        let (lines, sum) = tested(site);
        for line in &lines {
            let result = line["result"].as_str().expect("a result");
            assert!(
                result == "passed" || result == "known_failing",
                "{result}: {:#}\n`klinke test etc/sites/{site}` shows the conversation",
                line
            );
            known += usize::from(result == "known_failing");
            // what colleagues are told is what the test has stored, all of it
            if result == "passed" {
                assert_eq!(
                    (&line["values_wrong"], &line["values_unchecked"]),
                    (&0.into(), &0.into()),
                    "{line:#}"
                );
            }
        }
        assert!(lines.len() >= least, "{site} has only {} conversations", lines.len());
        assert_eq!(sum["conversations"], lines.len());
        conversations += lines.len();
    }
    assert!(conversations >= 200, "only {conversations} conversations");
    assert!(known * 20 <= conversations, "{known} of {conversations} are known to fail");
}

#[test]
fn every_site_that_is_shipped_is_complete() {
    for (site, _) in SITES {
        let site =
            klinke::config::load_site(&folder(site).join("site.toml")).unwrap_or_else(|it| panic!("{it}"));
        for intent in &site.intents {
            assert!((5..=20).contains(&intent.examples.len()), "{}: {}", site.id, intent.name);
        }
        assert!(site.intents.len() >= 8 && site.answers.len() >= 5, "{}", site.id);
        assert!(!site.technicians.is_empty() && site.forms.len() >= 3, "{}", site.id);
        assert!(!site.hand_over.open.is_empty(), "{}", site.id);
    }
}

/// The heating firm's site with one conversation.
fn own(conversation: &str) -> tempfile::TempDir {
    let own = tempfile::tempdir().expect("a folder");
    std::fs::copy(folder("heating").join("site.toml"), own.path().join("site.toml")).expect("a site");
    std::fs::write(own.path().join("own.txt"), conversation).expect("a conversation");
    own
}

#[test]
fn a_line_that_does_not_come_true_is_shown_in_its_conversation() {
    let own =
        own("# Own words\nUnsere Heizung ist ausgefallen.\n> understood intent invoice\n> asked address\n");
    let output = klinke(&[&own.path().to_string_lossy()]);
    let told = text(&output.stdout);
    assert!(!output.status.success());
    assert!(told.contains("FAILED: ") && told.contains("own.txt (Own words)"), "{told}");
    assert!(told.contains("✗     3  > understood intent invoice"), "{told}");
    assert!(told.contains("instead: intent heating_failure"), "{told}");
    assert!(told.contains("      4  > asked address") && told.contains("Straße und Hausnummer"), "{told}");
    assert!(told.contains("0 of 1 conversations went as written, 1 did not"), "{told}");
    assert!(!told.contains('\x1b'), "colours are for terminals");
    assert!(text(&output.stderr).contains("1 of 1 conversations did not go as written"));
}

#[test]
fn the_example_of_the_manual_goes_as_it_is_written() {
    let manual = include_str!("../docs/conversations.md");
    let example =
        manual.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let own = own(example);
    let output = klinke(&[&own.path().to_string_lossy()]);
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn a_caller_who_does_not_come_to_say_everything_is_a_failure() {
    let own = own("Mitarbeiter bitte.\nDanke.\n");
    let told = text(&klinke(&[&own.path().to_string_lossy()]).stdout);
    assert!(told.contains("✗     2  Danke.") && told.contains("handed over 200 caller_asked"), "{told}");
}

#[test]
fn what_is_known_to_fail_is_counted_and_told_when_it_is_mended() {
    let fails = own("[known failing: nobody asked]\nMitarbeiter bitte.\n> asked address\n");
    let output = klinke(&[&fails.path().to_string_lossy()]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("1 are known to fail"), "{}", text(&output.stdout));
    let mended = own("[known failing: nobody asked]\nMitarbeiter bitte.\n> handed over 200\n");
    let output = klinke(&[&mended.path().to_string_lossy()]);
    assert!(!output.status.success());
    assert!(text(&output.stdout).contains("passes now"), "{}", text(&output.stdout));
}

#[test]
fn a_wrong_line_is_told_with_its_number_and_what_to_write() {
    for (conversation, told) in [
        ("Hallo\n> understand intent x\n", "line 2: \"understand\" is not known; one of understood,"),
        (
            "Hallo\n> concern heatingfailure\n",
            "line 2: the site has no intent \"heatingfailure\"; there are: call_back",
        ),
        ("Hallo\n> stored adress x\n", "line 2: the site has no slot \"adress\"; there are: address"),
        ("[at monday]\nHallo\n", "line 1: a moment is written [at 2026-11-23 09:05]"),
    ] {
        let own = own(conversation);
        let output = klinke(&[&own.path().to_string_lossy()]);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
}

#[test]
fn a_conversation_finds_its_site_and_a_folder_that_is_none_says_so() {
    let one = folder("law").join("tests/first_consultation.txt");
    let output = klinke(&[&one.to_string_lossy()]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    // the short way to a site that is installed
    let short = klinke(&["etc/shop"]);
    assert!(text(&short.stdout).contains("conversations went as written"), "{}", text(&short.stderr));
    let none = klinke(&["etc/nowhere"]);
    assert!(text(&none.stderr).contains("there is no etc/nowhere: name a folder"), "{}", text(&none.stderr));
}

/// The same conversation is the same call, whenever it is held.
#[test]
fn a_conversation_goes_the_same_way_twice() {
    let held = || {
        let (mut lines, _) = tested("shop");
        lines.sort_by_key(|line| line["file"].to_string());
        lines
    };
    assert_eq!(held(), held());
}

/// What `klinke check` says of these sites.
fn checked(sites: &[&Path]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("klinke.toml");
    std::fs::write(&config, format!("sites = {sites:?}\n")).expect("a configuration");
    let mut command = Command::new(env!("CARGO_BIN_EXE_klinke"));
    let output = command.arg("check").arg("--config").arg(&config).output().expect("klinke runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn nothing_in_the_sites_that_are_shipped_can_never_come_to_pass() {
    let files: Vec<PathBuf> = SITES.iter().map(|(site, _)| folder(site).join("site.toml")).collect();
    let told = checked(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    for warning in told.lines().filter(|line| line.starts_with("warning: ")) {
        assert!(!SITES.iter().any(|(site, _)| warning.contains(&format!("`{site}: "))), "{warning}");
    }
}

#[test]
fn what_can_never_come_to_pass_is_found() {
    let own = own("");
    let file = own.path().join("site.toml");
    let site = std::fs::read_to_string(&file).expect("a site");
    let asks = "ask = [\"Wie ist Ihr Name?\", \"Bitte sagen Sie noch einmal Ihren Nachnamen.\"]";
    let many = "ask = [\"Ihr Name?\", \"Wie heißen Sie?\", \"Ihr Nachname?\", \"Der Name, bitte?\", \"Wer sind Sie?\"]";
    assert!(site.contains(asks));
    let site = site.replace(asks, many).replace("skills = [\"water\"]", "skills = [\"roofs\"]").replace(
        "[forms.call_back]",
        "[forms.survey]\naction = \"call_back\"\nslots = [\"name\"]\nread_back = \"{name}?\"\n\n[forms.call_back]",
    );
    std::fs::write(&file, site).expect("a site");
    let told = checked(&[&file]);
    for warning in [
        "warning: `heating: forms.visit.name.ask`: has 5 ways to ask; the last 2 are never heard",
        "warning: `heating: forms.survey`: no intent leads to it: none of its 2 questions is ever asked",
        "warning: `heating: technicians.Herr Brandt.skills`: no appointment that callers can ask for needs any of these",
    ] {
        assert!(told.contains(warning), "{told}");
    }
}

#[test]
fn recordings_that_are_missing_or_old_are_told() {
    let own = own("");
    let (file, folder) = (own.path().join("site.toml"), own.path().join("read"));
    let site = std::fs::read_to_string(&file).expect("a site");
    std::fs::write(&file, format!("recordings = \"read\"\n{site}")).expect("a site");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, words) in [("texts.concern", "Was darf es sein?"), ("texts.welcome", "Willkommen.")] {
        std::fs::write(folder.join(format!("{name}.wav")), b"").expect("a recording");
        std::fs::write(folder.join(format!("{name}.txt")), words).expect("its words");
    }
    let told = checked(&[&file]);
    for (key, what) in [
        ("texts.concern", "the text has changed since it was recorded, so it is not played"),
        ("texts.welcome", "the site has no text without values under this key"),
        ("texts.disclosure", "nobody has recorded this text"),
        ("texts.short.goodbye", "nobody has recorded this text"),
        ("answers.opening_hours", "nobody has recorded this text"),
        ("forms.visit.name.ask.1", "nobody has recorded this text"),
    ] {
        let warning =
            format!("warning: `heating: {key}`: {}: {what}", folder.join(format!("{key}.wav")).display());
        assert!(told.contains(&warning), "{warning} is not in\n{told}");
    }
    assert!(!told.contains("`heating: texts.offer`"), "what holds values is never recorded: {told}");
}
