//! Findings as they are printed: a line each as they come and a sum at the end, for people or as JSON.

use std::fmt::Write as _;
use std::io::{IsTerminal, stdout};
use std::time::Duration;

use serde_json::{Value, json};

use super::finding::{Check, Finding, Fix, Verdict};
use crate::commands::output::print;
use crate::commands::tongue::Both;
use crate::config::site::Language;

/// Prints findings and counts them.
pub struct Report {
    language: Language,
    json: bool,
    colour: bool,
    counts: [usize; 4],
    told: Vec<Check>,
}

impl Report {
    /// Nothing is found yet.
    #[must_use]
    pub fn new(language: Language, json: bool) -> Self {
        Self { language, json, colour: !json && stdout().is_terminal(), counts: [0; 4], told: Vec::new() }
    }

    /// Prints one.
    ///
    /// # Errors
    /// Standard output takes nothing.
    pub fn add(&mut self, finding: &Finding) -> anyhow::Result<()> {
        self.counts[finding.verdict as usize] += 1;
        self.told.push(finding.check);
        if self.json {
            print(&as_json(finding, self.language).to_string())
        } else {
            print(&self.lines(finding))
        }
    }

    /// Says why every check that has no finding yet could not be made.
    ///
    /// # Errors
    /// Standard output takes nothing.
    pub fn rest(&mut self, why: &Both) -> anyhow::Result<()> {
        let rest: Vec<Check> = Check::ALL.into_iter().filter(|check| !self.told.contains(check)).collect();
        if rest.is_empty() {
            return Ok(());
        }
        if self.json {
            return rest.into_iter().try_for_each(|check| self.add(&Finding::unchecked(check, why.clone())));
        }
        self.counts[Verdict::Unchecked as usize] += rest.len();
        let names: Vec<String> =
            rest.iter().map(|check| check.name().in_language(self.language).to_owned()).collect();
        let line = format!("{} ({})", why.in_language(self.language), names.join(", "));
        let verdict = Verdict::Unchecked.name();
        let verdict = format!("{:<10} {:<15} {line}", verdict.in_language(self.language), "");
        print(&self.paint("2", &verdict))
    }

    /// How many checks have failed so far.
    #[must_use]
    pub const fn failed(&self) -> usize {
        self.counts[Verdict::Failed as usize]
    }

    /// Prints the sum.
    ///
    /// # Errors
    /// Standard output takes nothing.
    pub fn sum(&self, took: Duration) -> anyhow::Result<()> {
        let [ok, unchecked, warnings, failed] = self.counts;
        if self.json {
            let sum = json!({
                "ok": ok, "unchecked": unchecked, "warnings": warnings, "failed": failed,
                "took_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            });
            return print(&json!({ "sum": sum }).to_string());
        }
        let seconds = took.as_secs_f64();
        print(&match self.language {
            Language::German => format!(
                "\n{failed} Fehler, {warnings} {}, {ok} in Ordnung{} ({seconds:.1} s)",
                if warnings == 1 { "Warnung" } else { "Warnungen" },
                if unchecked > 0 { format!(", {unchecked} offen") } else { String::new() },
            ),
            Language::English => format!(
                "\n{failed} failed, {warnings} {}, {ok} ok{} ({seconds:.1} s)",
                if warnings == 1 { "warning" } else { "warnings" },
                if unchecked > 0 { format!(", {unchecked} unchecked") } else { String::new() },
            ),
        })
    }

    /// A finding for people: a line, and a line for each step.
    fn lines(&self, finding: &Finding) -> String {
        let colour = match finding.verdict {
            Verdict::Ok => "32",
            Verdict::Unchecked => "2",
            Verdict::Warning => "33",
            Verdict::Failed => "1;31",
        };
        let verdict = finding.verdict.name();
        let verdict = self.paint(colour, &format!("{:<10}", verdict.in_language(self.language)));
        let check = finding.check.name();
        let mut text = format!(
            "{verdict} {:<15} {}",
            check.in_language(self.language),
            finding.found.in_language(self.language)
        );
        for fix in &finding.fixes {
            let _ = write!(text, "\n{:27}{}", "", self.step(fix));
        }
        text
    }

    fn step(&self, fix: &Fix) -> String {
        match fix {
            Fix::Do(what) => format!("→ {}", what.in_language(self.language)),
            Fix::Write { file, line } => format!("→ {file}: {}", self.paint("1", line)),
            Fix::Run(command) => format!("→ $ {}", self.paint("1", command)),
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn as_json(finding: &Finding, language: Language) -> Value {
    let fixes: Vec<Value> = finding
        .fixes
        .iter()
        .map(|fix| match fix {
            Fix::Do(what) => json!({ "do": what.in_language(language) }),
            Fix::Write { file, line } => json!({ "file": file, "write": line }),
            Fix::Run(command) => json!({ "run": command }),
        })
        .collect();
    json!({
        "check": finding.check,
        "verdict": finding.verdict,
        "found": finding.found.in_language(language),
        "fixes": fixes,
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Check;
    use super::*;
    use crate::commands::tongue::both;

    fn findings() -> [Finding; 3] {
        [
            Finding::ok(Check::Voice, both!("spricht", "speaks")),
            Finding::unchecked(Check::TestCall, both!("ohne ARI kein Anruf", "no call without ARI")),
            Finding::failed(
                Check::Modules,
                both!("fehlt: {}", "missing: {}", "chan_rtp"),
                vec![
                    Fix::write("/etc/asterisk/modules.conf", "load = chan_rtp.so"),
                    Fix::run("asterisk -rx 'module load chan_rtp.so'"),
                    Fix::Do(both!("nachsehen", "look")),
                ],
            ),
        ]
    }

    #[test]
    fn findings_line_up() {
        let mut shown = String::new();
        for language in [Language::German, Language::English] {
            let report = Report { language, json: false, colour: false, counts: [0; 4], told: Vec::new() };
            for finding in &findings() {
                shown += &report.lines(finding);
                shown.push('\n');
            }
        }
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn the_json_names_check_verdict_and_steps() {
        let json = as_json(&findings()[2], Language::English);
        assert_eq!(json["check"], "modules");
        assert_eq!(json["verdict"], "failed");
        assert_eq!(json["fixes"][0]["write"], "load = chan_rtp.so");
        assert_eq!(json["fixes"][1]["run"], "asterisk -rx 'module load chan_rtp.so'");
    }
}
