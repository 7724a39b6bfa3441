//! The conversations of the shipped sites, as `klinke test --json` holds them: how many reach what the caller wanted,
//! in how many turns, and whether anything was told to colleagues otherwise than the caller meant it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A site's conversations, summed up.
struct Site {
    name: String,
    sum: Value,
    /// Why some are known to fail.
    known: Vec<String>,
}

/// The section of the report, of all sites below `etc/sites`.
pub fn report() -> String {
    let sites: Vec<Site> = names().into_iter().map(held).collect();
    let mut told = String::from(
        "\n## Conversations\n\n\
         The conversations in `etc/sites/*/tests`, held by `klinke test`: corrections, questions in between, hesitation, noise,\n\
         silence, keys, changes of mind, wishes for a human. Words reach understanding as they are typed; what hearing makes of\n\
         them is measured in `hearing.md`. They were written for this project, with the product at hand: callers will say\n\
         what nobody thought of. A conversation succeeds where every line of it holds. Values told are those that colleagues\n\
         get with what was booked or noted; one is wrong where it is not what the caller finally said.\n\n\
         | site | conversations | succeed | known to fail | caller's turns, mean | values told | wrong |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let count = |site: &Site, key: &str| site.sum[key].as_u64().unwrap_or_default();
    let mut row = |name: &str, sites: &[Site]| {
        let total = |key: &str| sites.iter().map(|site| count(site, key)).sum::<u64>();
        let (all, passed, known) = (total("conversations"), total("passed"), total("known_failing"));
        let turns = total("caller_turns") as f64 / all.max(1) as f64;
        let (values, wrong) = (total("values_told"), total("values_wrong"));
        let _ = writeln!(told, "| {name} | {all} | {passed} | {known} | {turns:.1} | {values} | {wrong} |");
    };
    for at in 0..sites.len() {
        row(&format!("`{}`", sites[at].name), &sites[at..=at]);
    }
    row("all", &sites);
    let known: Vec<&String> = sites.iter().flat_map(|site| &site.known).collect();
    if !known.is_empty() {
        told.push_str("\nKnown to fail:\n\n");
        for why in known {
            let _ = writeln!(told, "- {why}");
        }
    }
    told
}

/// Folders with a site in it.
pub fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/sites");
    let entries = std::fs::read_dir(folder).expect("the sites are there");
    let folders = entries.filter_map(Result::ok).filter(|entry| entry.path().join("site.toml").is_file());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn held(name: String) -> Site {
    let mut klinke = Command::new(env!("CARGO_BIN_EXE_klinke"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/sites").join(&name);
    let output = klinke.args(["test", "--json"]).arg(folder).output().expect("klinke runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let sum = lines.pop().expect("a last line that sums up");
    let known = lines.iter().filter_map(|line| {
        let why = line["known_failing"].as_str()?;
        Some(format!("`{name}`, {}: {why}", line["title"].as_str().unwrap_or_default()))
    });
    let known = known.collect();
    Site { name, sum, known }
}
