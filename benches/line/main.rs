//! What the line of a call costs on the wire: processor time and memory a call, A-law RTP both ways.
//!
//! `cargo bench --bench line`. Klinke's side is a process of its own and the only one that is measured: the
//! adapter as the daemon runs it, with its tasks, its clock of 20 ms and a real UDP socket a call, and behind it
//! a call that answers each frame at once and does nothing else (no models, no voice). The PBX is this process: it
//! hands the calls over by ARI and sends and takes a packet every 20 ms for each (`pbx`).
//!
//! The aim is 0.4 % of a core and 0.4 MB a call, at 50 and at 200 calls.

#[path = "../../tests/asterisk/fake_ari.rs"]
mod fake_ari;
mod klinke_side;
mod pbx;

use std::process::{Command, Stdio};

/// Calls at a time.
const LOADS: [u32; 2] = [50, 200];
/// Names the address of ARI to Klinke's side.
const ARI_VARIABLE: &str = "KLINKE_BENCH_ARI";
/// Tells Klinke's side the number of calls.
const CALLS_VARIABLE: &str = "KLINKE_BENCH_CALLS";
/// Calls before the memory is looked at for the first time: what is made once is there by then.
const FIRST_CALLS: u32 = 4;

fn main() {
    if let (Ok(ari), Ok(calls)) = (std::env::var(ARI_VARIABLE), std::env::var(CALLS_VARIABLE)) {
        klinke_side::measure(ari.parse().expect("an address"), calls.parse().expect("a number"));
        return;
    }
    println!("the line, a call: processor time as a share of one core, resident memory");
    for calls in LOADS {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let _inside = runtime.enter();
        let pbx = runtime.block_on(pbx::Pbx::start(calls));
        let status = Command::new(std::env::current_exe().expect("this program"))
            .env(ARI_VARIABLE, pbx.at().to_string())
            .env(CALLS_VARIABLE, calls.to_string())
            .stdin(Stdio::null())
            .status()
            .expect("this program runs");
        assert!(status.success(), "Klinke's side failed");
        pbx.report();
    }
}
