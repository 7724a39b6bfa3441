//! Promise: a caller who hangs up at any moment leaves a complete record.

use crate::demo;
use klinke::call::line::HangUp;
use klinke::call::line::{Arrival, LineEvent};
use klinke::call::{Call, Input};
use klinke::clock::Instant;
use klinke::record::{Ending, Entry};
use klinke::sim::pretend::Faults;

#[test]
fn at_every_moment_of_the_demonstration_call() {
    let site = demo::site();
    let whole = demo::hold(&site, &demo::caller(), Faults::default());
    let trace = whole.world.trace.expect("a trace");
    // After every 25th input: every 150 ms or so of the whole call.
    for moment in (0..trace.steps.len()).step_by(25) {
        let mut out = Vec::new();
        let at = trace.header.at;
        let mut call = Call::begin(Instant::START, at, &site, demo::LIMITS, Arrival::default(), &mut out);
        for step in &trace.steps[..moment] {
            call.handle(step.ns, step.input.clone().into(), &mut out);
        }
        let now = trace.steps[moment].ns;
        if call.is_over() {
            break;
        }
        out.clear();
        call.handle(now, Input::Line(LineEvent::HungUp(HangUp::Caller)), &mut out);
        let ended = out.iter().any(|output| {
            matches!(output, klinke::call::Output::Entry(Entry::Ended { ending, .. })
                if *ending == Ending::HungUp { by: HangUp::Caller })
        });
        assert!(ended, "no end in the record after input {moment}: {out:?}");
        assert!(call.is_over());
        out.clear();
        call.handle(now, Input::Tick, &mut out);
        assert!(out.is_empty(), "something came after the end: {out:?}");
    }
}
