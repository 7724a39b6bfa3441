//! The report: figures as they come, then docs/measurements/hearing.md and hearing.json.

use std::fmt::Write as _;

use serde::Serialize;

use super::ground::project;

/// What a figure counts.
#[derive(Clone, Copy, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Share of all, 0 to 1; more is better.
    Right,
    /// Share of errors, 0 to 1; less is better.
    Wrong,
    /// Area under the curve.
    Auc,
    /// Milliseconds.
    Ms,
    /// So many; more is better.
    Count,
    /// So many times; less is better.
    Times,
    /// Microseconds of computing a second of sound.
    UsPerSecond,
    /// Megabytes.
    Megabytes,
}

/// One measured value.
#[derive(Clone, Serialize)]
pub struct Figure {
    pub section: &'static str,
    pub task: String,
    /// `clean`, `rough`, or what else it was measured under.
    pub condition: String,
    pub unit: Unit,
    pub value: f64,
    /// Of so many; 0: that is no count.
    pub of: usize,
    /// The line.
    pub goal: Option<f64>,
}

impl Figure {
    /// Whether it is as it should be.
    pub fn passes(&self) -> Option<bool> {
        let goal = self.goal?;
        Some(match self.unit {
            Unit::Right | Unit::Auc | Unit::Count => self.value >= goal,
            Unit::Wrong | Unit::Ms | Unit::Times | Unit::UsPerSecond | Unit::Megabytes => self.value <= goal,
        })
    }

    fn told(&self) -> String {
        let value = number(self.unit, self.value);
        match (self.unit, self.of) {
            (_, 0) => value,
            (Unit::Right, of) => format!("{value} ({} of {of})", (self.value * of as f64).round()),
            (_, of) => format!("{value} (of {of})"),
        }
    }
}

fn number(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Right | Unit::Wrong => format!("{:.1} %", value * 100.0),
        Unit::Auc => format!("{value:.4}"),
        Unit::Ms => format!("{value:.0} ms"),
        Unit::Count | Unit::Times => format!("{value:.0}"),
        Unit::UsPerSecond => format!("{value:.0} µs"),
        Unit::Megabytes => format!("{value:.2} MB"),
    }
}

/// Everything measured.
#[derive(Serialize)]
pub struct Report {
    pub date: String,
    pub machine: String,
    pub weights: String,
    pub split: String,
    pub figures: Vec<Figure>,
    pub notes: Vec<String>,
}

impl Report {
    /// Takes a figure in, and tells it at once.
    pub fn add(&mut self, figure: Figure) {
        let goal =
            figure.goal.map(|goal| format!(", wanted {}", number(figure.unit, goal))).unwrap_or_default();
        let mark = match figure.passes() {
            Some(false) => "  ← missed",
            _ => "",
        };
        println!("{:8} {}: {}{goal}{mark}", figure.condition, figure.task, figure.told());
        self.figures.push(figure);
    }

    /// Writes both files.
    pub fn write(&self, folder: &str) {
        let folder = project(folder);
        std::fs::create_dir_all(&folder).expect("a folder for the report");
        std::fs::write(folder.join("hearing.md"), self.told()).expect("the report is written");
        let json = serde_json::to_string_pretty(self).expect("figures are JSON");
        std::fs::write(folder.join("hearing.json"), json + "\n").expect("the figures are written");
        println!("\nwritten: {}", folder.join("hearing.{md,json}").display());
    }

    fn told(&self) -> String {
        let mut told = format!(
            "# Hearing\n\n{}; {}. Weights: {}. Made by `make bench-hearing`; all figures are in \
             [hearing.json](hearing.json).\n\nNever trained on: {}.\n\n{}\n",
            self.date,
            self.machine,
            self.weights,
            self.split,
            include_str!("how.md")
        );
        let mut sections: Vec<&str> = Vec::new();
        for figure in &self.figures {
            if !sections.contains(&figure.section) {
                sections.push(figure.section);
            }
        }
        for section in sections {
            let _ = write!(
                told,
                "\n## {section}\n\n| what | under | measured | wanted | |\n|---|---|---|---|---|\n"
            );
            for figure in self.figures.iter().filter(|f| f.section == section) {
                let goal = figure.goal.map(|goal| number(figure.unit, goal)).unwrap_or_default();
                let mark = match figure.passes() {
                    None => "",
                    Some(true) => "✓",
                    Some(false) => "missed",
                };
                let _ = writeln!(
                    told,
                    "| {} | {} | {} | {goal} | {mark} |",
                    figure.task,
                    figure.condition,
                    figure.told()
                );
            }
        }
        if !self.notes.is_empty() {
            told.push_str("\n## Notes\n\n");
            self.notes.iter().for_each(|note| {
                let _ = writeln!(told, "- {note}");
            });
        }
        told
    }
}

/// What machine this is.
pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": an unknown CPU");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let busy = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').next().unwrap_or("?").to_owned();
    format!("{cores} cores ({}), load {busy} when it began", name.trim_start_matches([' ', '\t', ':']))
}
