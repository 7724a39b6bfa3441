//! How far fetching has come, on a terminal.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use super::size;

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(200);

/// One file's way. Where standard error is no terminal, nothing is written.
pub struct Progress {
    name: String,
    bytes: u64,
    began: Instant,
    shown: Option<Instant>,
    first: Option<u64>,
    on_terminal: bool,
}

impl Progress {
    /// Of a file of that name and length.
    pub fn new(name: &str, bytes: u64) -> Self {
        let on_terminal = stderr().is_terminal();
        Self { name: name.to_owned(), bytes, began: Instant::now(), shown: None, first: None, on_terminal }
    }

    /// So many bytes are there.
    pub fn seen(&mut self, bytes: u64) {
        let first = *self.first.get_or_insert(bytes);
        let due = self.shown.is_none_or(|shown| shown.elapsed() >= EVERY) || bytes == self.bytes;
        if !self.on_terminal || !due {
            return;
        }
        self.shown = Some(Instant::now());
        let line = line(&self.name, bytes, self.bytes, bytes.saturating_sub(first), self.began.elapsed());
        // a terminal that is gone takes nothing away from the fetching
        let _ = write!(stderr(), "\r\x1b[K{line}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.on_terminal && self.shown.is_some() {
            let _ = writeln!(stderr());
        }
    }
}

/// `encoder.onnx  45 %  31 MB of 70 MB  12.3 MB/s`.
fn line(name: &str, bytes: u64, of: u64, fetched: u64, took: Duration) -> String {
    let percent = bytes * 100 / of.max(1);
    let speed = fetched as f64 / 1e6 / took.as_secs_f64().max(0.001);
    format!("{name}  {percent} %  {} / {}  {speed:.1} MB/s", size(bytes), size(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_fast() {
        let line = line("encoder.onnx", 31_500_000, 70_000_000, 20_000_000, Duration::from_secs(2));
        assert_eq!(line, "encoder.onnx  45 %  31 MB / 70 MB  10.0 MB/s");
    }
}
