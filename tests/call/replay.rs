//! Promise: a trace replays a call to the last frame, holds no sound, and a broken one is refused with its line.

use crate::demo;
use klinke::sim::pretend::Faults;
use klinke::sim::trace::Trace;
use proptest::prelude::*;

#[test]
fn a_trace_that_went_through_a_file_replays_the_same_call() {
    let site = demo::site();
    let held = demo::hold(&site, &demo::caller(), Faults::default());
    let text = held.world.trace.expect("a trace").to_json_lines();
    let trace = Trace::parse(&text).expect("what was written can be read");
    assert_eq!(trace.replay(&site, demo::LIMITS), held.world.events);
}

#[test]
fn a_broken_line_is_named() {
    let held = demo::hold(&demo::site(), &demo::script("Hallo\n[hang up]\n"), Faults::default());
    let text = held.world.trace.expect("a trace").to_json_lines();
    let broken: String = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 4 { "{\n" } else { line })
        .collect::<Vec<_>>()
        .join("\n");
    let error = Trace::parse(&broken).expect_err("line 5 is broken").to_string();
    assert!(error.starts_with("trace, line 5:"), "{error}");
    assert!(Trace::parse("").is_err());
    let newer = text.replacen("\"trace\":3", "\"trace\":4", 1);
    assert!(Trace::parse(&newer).expect_err("a newer format").to_string().contains("version 4"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,300}") {
        let _ = Trace::parse(&text);
    }
}
