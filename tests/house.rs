//! Promise to whoever works here: the house stays as `ARCHITECTURE.md` draws it. Imports point upstream, pure
//! rooms have no clock and touch nothing, files say what they are and can be read in one sitting, names say
//! something.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order in which the sound travels. A room may import from itself and from rooms above it.
const ORDER: [&str; 23] = [
    "private",
    "call/line",
    "clock",
    "call/audio",
    "call/actions",
    "config",
    "call/hearing",
    "call/understanding",
    "record",
    "call/speech",
    "call/dialogue",
    "call",
    "models",
    "sim",
    "daemon/clock",
    "daemon/vitals",
    "daemon/store",
    "daemon/voice",
    "daemon/inference",
    "daemon/pbx",
    "daemon/connectors",
    "daemon",
    "commands",
];

/// What goes against the flow, by name: closed lists of kinds that a site's file speaks of and a later room owns.
const AGAINST_THE_FLOW: [(&str, &str); 3] = [
    ("config", "crate::call::hearing::Expect"),
    ("config", "crate::call::understanding::Land"),
    ("config", "crate::call::understanding::SlotKind"),
];

/// Rooms without a clock, without I/O, without chance.
const PURE: [&str; 13] = [
    "private",
    "call/line",
    "clock",
    "call/audio",
    "call/actions",
    "config",
    "call/hearing",
    "call/understanding",
    "record",
    "call/speech",
    "call/dialogue",
    "call",
    "sim",
];

/// What a pure room does not mention. (`std::net` has addresses, which are values.)
const IMPURE: [&str; 17] = [
    "std::time::Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "TcpStream",
    "UdpSocket",
    "tokio::",
    "reqwest::",
    "rusqlite::",
    "getrandom",
    "thread_rng",
    "println!",
    "ort::",
];

/// Files of pure rooms that read what others then check: path, what they may mention.
const LOADING: [(&str, &str); 2] = [("config/load.rs", "std::fs"), ("config/load.rs", "std::env")];

/// Most lines of a file.
const LINES_MAX: usize = 400;

/// Words that say nothing in the name of a type.
const EMPTY_WORDS: [&str; 13] = [
    "Manager",
    "Handler",
    "Processor",
    "Engine",
    "Service",
    "Context",
    "Util",
    "Utils",
    "Helper",
    "Helpers",
    "Data",
    "Info",
    "Session",
];

/// Types that have one of them for a reason.
const NAMED_WITH_REASON: [(&str, &str); 2] = [
    ("config/mod.rs", "VoiceEngine"), // as every synthesizer's manual calls itself
    ("models/ngram.rs", "Context"),   // of an n-gram: the words before
];

struct Source {
    /// Relative to `src`.
    path: String,
    /// Everything.
    text: String,
    /// Without comments and without the file's own tests.
    code: String,
}

impl Source {
    /// The path of its module, from `src` on.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/').collect()
    }

    fn room(&self) -> Option<&'static str> {
        room(&self.module())
    }
}

/// The room that a module belongs to: the longest one of [`ORDER`] that its path begins with.
fn room(module: &[&str]) -> Option<&'static str> {
    let within = |room: &&&str| room.split('/').eq(module.iter().copied().take(room.split('/').count()));
    ORDER.iter().filter(within).max_by_key(|room| room.len()).copied()
}

fn rank(room: &str) -> usize {
    ORDER.iter().position(|&other| other == room).expect("a room of the list")
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found): (Vec<PathBuf>, Vec<Source>) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                found.push(Source { path: name, code: code(&text), text });
            }
        }
    }
    assert!(found.len() > 30, "only {} files found", found.len());
    found
}

/// Without comments, and without what follows the first module of tests (it stands last in our files).
fn code(text: &str) -> String {
    let text = text.find("\n#[cfg(test)]\nmod ").map_or(text, |at| &text[..at]);
    text.lines().map(|line| line.find("//").map_or(line, |at| &line[..at])).collect::<Vec<_>>().join("\n")
}

/// Every path in `code` that begins with `crate` or `super`, groups of `use` taken apart.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let inside = code[..at].chars().next_back().is_some_and(|before| before == ':' || before == '_');
            if !inside {
                expand("", &code[at..], &mut found);
            }
        }
    }
    found
}

/// One path, or all paths of a group, after what stands before it.
fn expand(before: &str, rest: &str, found: &mut Vec<String>) {
    let end =
        rest.find(|sign: char| !(sign.is_alphanumeric() || "_:#*".contains(sign))).unwrap_or(rest.len());
    let path = format!("{before}{}", &rest[..end]);
    let Some(group) = rest[end..].strip_prefix('{').filter(|_| path.ends_with("::")) else {
        found.push(path);
        return;
    };
    let (mut depth, mut from) = (0, 0);
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let item = group[from..at].trim();
                if !item.is_empty() {
                    expand(&path, item, found);
                }
                from = at + 1;
                if sign == '}' {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// The module that a path names, from `src` on.
fn target<'a>(source: &'a Source, path: &'a str) -> Vec<&'a str> {
    let mut module = source.module();
    let mut segments = path.split("::").peekable();
    if segments.next_if_eq(&"crate").is_some() {
        module.clear();
    }
    while segments.next_if_eq(&"super").is_some() {
        module.pop();
    }
    module.extend(segments);
    module
}

/// Fails with all complaints at once.
fn nothing_of(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn imports_point_upstream() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| !["lib.rs", "main.rs"].contains(&source.path.as_str())) {
        let Some(here) = source.room() else {
            complaints.push(format!("{} is in no room: add it to ORDER", source.path));
            continue;
        };
        for path in paths(&source.code) {
            let against = AGAINST_THE_FLOW.contains(&(here, path.as_str()));
            let Some(there) = room(&target(source, &path)).filter(|_| !against) else { continue };
            if rank(there) > rank(here) {
                complaints
                    .push(format!("{} ({here}) imports {path}, which is downstream ({there})", source.path));
            }
        }
    }
    nothing_of(&complaints);
}

#[test]
fn pure_rooms_touch_nothing() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| source.room().is_some_and(|room| PURE.contains(&room))) {
        for word in IMPURE.iter().filter(|&&word| mentions(&source.code, word)) {
            if !LOADING.contains(&(source.path.as_str(), word)) {
                complaints.push(format!("{} is in a pure room and mentions {word}", source.path));
            }
        }
    }
    nothing_of(&complaints);
}

/// Whether the code has the word, and not only as the end of another one.
fn mentions(code: &str, word: &str) -> bool {
    let begins = |at: usize| {
        code[..at].chars().next_back().is_none_or(|before| !(before.is_alphanumeric() || before == '_'))
    };
    code.match_indices(word).any(|(at, _)| begins(at))
}

#[test]
fn one_room_knows_the_inference_library() {
    let knowing: Vec<_> = sources()
        .into_iter()
        .filter(|source| mentions(&source.code, "ort::"))
        .map(|source| source.path)
        .collect();
    assert_eq!(knowing, ["models/runtime.rs", "models/runtime/network.rs"]);
}

/// Everything else is as safe as Rust makes it: `deny` in Cargo.toml, and this.
#[test]
fn one_file_calls_c() {
    let unsafe_code = concat!("unsafe", "_code");
    let lifts = |source: &Source| source.text.contains(unsafe_code) || mentions(&source.code, "unsafe");
    let lifting: Vec<_> = sources().into_iter().filter(lifts).map(|source| source.path).collect();
    assert_eq!(lifting, ["models/vosk/library.rs"]);
    let cargo = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    assert!(cargo.contains(&format!("{unsafe_code} = \"deny\"")));
}

#[test]
fn one_file_reads_the_wall_clock() {
    let complaints: Vec<_> = sources()
        .iter()
        .filter(|source| source.path != "daemon/clock.rs")
        .filter(|source| {
            ["SystemTime::now", "Timestamp::now", "Zoned::now"].iter().any(|now| mentions(&source.code, now))
        })
        .map(|source| format!("{} reads the wall clock; daemon/clock.rs does that", source.path))
        .collect();
    nothing_of(&complaints);
}

#[test]
fn every_file_says_what_it_is_and_can_be_read_in_one_sitting() {
    let mut complaints = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            complaints.push(format!("{} has {lines} lines; {LINES_MAX} are the most", source.path));
        }
        let says = source.text.lines().next().and_then(|line| line.strip_prefix("//! ")).unwrap_or_default();
        if says.split_whitespace().count() < 3 {
            complaints.push(format!("{} does not begin with what it is", source.path));
        }
    }
    nothing_of(&complaints);
}

#[test]
fn names_say_something() {
    let mut complaints = Vec::new();
    for source in sources() {
        let reasoned = |name: &&str| !NAMED_WITH_REASON.contains(&(source.path.as_str(), name));
        for name in types(&source.code).filter(reasoned) {
            if let Some(word) = EMPTY_WORDS.iter().find(|word| words(name).contains(word)) {
                complaints.push(format!("{}: {name} says nothing with {word}", source.path));
            }
        }
    }
    nothing_of(&complaints);
}

/// Names of the types that the code defines.
fn types(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let mut words = line.split(|sign: char| !(sign.is_alphanumeric() || sign == '_'));
        words.find(|word| ["struct", "enum", "trait", "type", "union"].contains(word))?;
        words.find(|word| !word.is_empty()).filter(|name| name.starts_with(char::is_uppercase))
    })
}

/// `ScoreWindow` → `Score`, `Window`.
fn words(name: &str) -> Vec<&str> {
    let starts: Vec<usize> =
        name.char_indices().filter(|(_, sign)| sign.is_uppercase()).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts.iter().zip(ends).map(|(&from, to)| &name[from..to]).collect()
}

#[test]
fn this_test_can_read() {
    let code = code(
        "use crate::{a::b, c::{d, e}}; // use crate::no;\nlet x = super::f();\n#[cfg(test)]\nmod tests {}",
    );
    let mut found = paths(&code);
    found.sort();
    assert_eq!(found, ["crate::a::b", "crate::c::d", "crate::c::e", "super::f"]);
    assert_eq!(room(&["call", "hearing", "jobs"]), Some("call/hearing"));
    assert_eq!(room(&["call", "input"]), Some("call"));
    assert_eq!(words("VoiceEngine"), ["Voice", "Engine"]);
    assert_eq!(types("pub(super) struct CallInfo<T> {").collect::<Vec<_>>(), ["CallInfo"]);
    assert!(mentions("x; std::fs::read", "std::fs") && !mentions("report::x", "ort::"));
}
