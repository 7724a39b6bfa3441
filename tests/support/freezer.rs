//! Freezes single threads of a process, as a debugger does, so that a test can see who notices. By Python's own
//! `ctypes`: the project has no unsafe code, and Rust's standard library does not know ptrace.

#![allow(dead_code, reason = "not every test freezes threads")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Stops every thread of process `argv[1]` that is called `argv[2]`, until the process is gone.
const PTRACE: &str = r#"
import ctypes, os, sys
SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes, ptrace.restype = [ctypes.c_long] * 4, ctypes.c_long
tasks, stopped = f"/proc/{sys.argv[1]}/task", 0
for thread in map(int, os.listdir(tasks)):
    if open(f"{tasks}/{thread}/comm").read().strip() == sys.argv[2]:
        if ptrace(SEIZE, thread, 0, 0) or ptrace(INTERRUPT, thread, 0, 0):
            sys.exit(print("refused: " + os.strerror(ctypes.get_errno())))
        stopped += 1
print(f"stopped {stopped}", flush=True)
try:
    while True:
        os.waitpid(-1, WALL)
except ChildProcessError:
    pass
"#;

/// Threads that stand still, until this is dropped.
pub struct Frozen(Child);

/// Freezes the threads of that name in that process. `None`, with a word about it, where this machine does not
/// let a process do that to another.
pub fn freeze(process: u32, thread: &str) -> Option<Frozen> {
    let mut python = Command::new("python3")
        .args(["-c", PTRACE, &process.to_string(), thread])
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut word = String::new();
    BufReader::new(python.stdout.take().expect("piped")).read_line(&mut word).expect("it says something");
    let frozen = Frozen(python);
    if word.starts_with("refused") {
        eprintln!("skipped: threads cannot be stopped one by one here: {}", word.trim());
        return None;
    }
    assert!(word.starts_with("stopped ") && word.trim() != "stopped 0", "{thread}: {word:?}");
    println!("threads named {thread}: {}", word.trim());
    Some(frozen)
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
