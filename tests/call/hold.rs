//! Promise: whoever puts Klinke on hold finds the conversation where he left it, and nobody is on hold for ever.

use std::time::Duration;

use crate::demo;
use klinke::call::Event;
use klinke::call::line::{Destination, Frame, LineCommand};
use klinke::record::Ending;
use klinke::sim::caller::{Act, Caller, Telephone};
use klinke::sim::pretend::{Faults, voice};
use klinke::sim::trace::Trace;
use klinke::sim::world::Left;

/// A caller whose telephone puts Klinke on hold at a frame, for so many frames. He himself waits meanwhile.
struct Holds {
    caller: Caller,
    from: u64,
    frames: u64,
    at: u64,
}

impl Telephone for Holds {
    fn frame(&mut self, heard: &[i16]) -> Act {
        self.at += 1;
        match self.at {
            at if at == self.from => Act::Hold,
            at if at == self.from + self.frames => Act::TakeBack,
            at if (self.from..self.from + self.frames).contains(&at) => Act::Sound(Frame::SILENCE),
            _ => self.caller.frame(heard),
        }
    }

    fn told(&mut self, text: &str) {
        self.caller.told(text);
    }
}

fn reason(left: &Left) -> &str {
    match left {
        Left::Klinke(LineCommand::Release { reason, .. }) => reason,
        Left::Klinke(_) => "hung up",
        Left::Caller => "caller",
    }
}

#[test]
fn taken_back_the_question_is_asked_again_and_the_call_goes_on_to_its_end() {
    let text =
        std::fs::read_to_string(demo::file("etc/demo/caller.txt")).expect("the demonstration's caller");
    let held = demo::hold(&demo::site(), &demo::script(&format!("[hold 60s]\n{text}")), Faults::default());
    let said: Vec<String> = held.said().into_iter().map(|(text, _)| text).collect();
    let texts = &demo::site().site.texts;
    assert_eq!(
        said[..4],
        [&texts.disclosure, &texts.concern, &texts.resumed, &texts.disclosure].map(String::clone)
    );
    assert_eq!(held.record().ending, Ending::Completed, "{said:#?}");
}

#[test]
fn at_whatever_moment_it_is_the_voice_waits_within_a_frame_and_the_caller_gets_what_he_wants() {
    let (site, script) = (demo::site(), demo::caller());
    let plain = demo::hold(&site, &script, Faults::default());
    let heard = plain.world.events.iter().filter_map(|event| match event {
        Event::Heard { began_ms, ended_ms, .. } => Some((*began_ms, *ended_ms)),
        _ => None,
    });
    let spoken: Vec<(u64, u64)> = heard.collect();
    let mut booked = 0;
    for from in (10..plain.world.audible.len() as u64).step_by(61) {
        let caller = Caller::speaking(script.clone(), voice(&script));
        let telephone = Holds { caller, from, frames: 250, at: 0 };
        let held = demo::hold_with(&site, &script, Box::new(telephone), Faults::default());
        let ms = from * 20;
        // the frame of the hold itself, and the one that fades
        let from = from as usize + 2;
        let on_hold = &held.world.audible[from..(from + 245).min(held.world.audible.len())];
        assert!(
            on_hold.iter().all(|audible| !audible),
            "held at frame {from}: Klinke goes on talking: {:?} {:#?}",
            on_hold.iter().position(|audible| *audible),
            held.world.events.iter().rev().take(14).collect::<Vec<_>>()
        );
        let record = held.record();
        assert!(record.disclosed, "held at frame {from}: the disclosure was not heard to its end");
        let way_out = matches!(record.ending, Ending::Completed | Ending::HandedOver { .. });
        assert!(way_out, "held at {ms} ms: {:?} {:#?}", record.ending, held.said());
        // Whoever holds in mid-sentence has to say it again, which a script does not know.
        if spoken.iter().any(|(began, ended)| (began.saturating_sub(100)..=ended + 100).contains(&ms)) {
            continue;
        }
        booked += 1;
        let as_wished = record.ending == Ending::Completed && record.appointment.is_some();
        assert!(as_wished, "held at {ms} ms: {:?} {:#?}", record.ending, held.said());
    }
    println!("{booked} calls that were held once ended with a booking");
    assert!(booked >= 30);
}

#[test]
fn a_hold_without_an_end_is_ended_with_a_sentence_and_a_word_for_the_dialplan() {
    let (site, script) = (demo::site(), demo::caller());
    for from in [10, 300, 900] {
        let caller = Caller::speaking(script.clone(), voice(&script));
        let telephone = Holds { caller, from, frames: 1_000_000, at: 0 };
        let held = demo::hold_with(&site, &script, Box::new(telephone), Faults::default());
        let fallback = matches!(
            &held.left,
            Left::Klinke(LineCommand::Release { destination: Destination::Fallback, .. })
        );
        assert!(fallback && reason(&held.left) == "hold", "held at frame {from}: {:?}", held.left);
        let said = held.said();
        assert_eq!(
            said.last().map(|(text, cut)| (text, *cut)),
            Some((&site.site.texts.hold, false)),
            "{said:#?}"
        );
        let ms = held.world.audible.len() as u64 * 20 - from * 20;
        let limit = u64::from(demo::LIMITS.hold_s_max) * 1000;
        assert!((limit..limit + 20_000).contains(&ms), "held at frame {from}: let go after {ms} ms");
    }
}

#[test]
fn nobody_is_asked_whether_he_is_there_while_he_holds() {
    let held = demo::hold(&demo::site(), &demo::script("[hold 100s]\n[hang up]\n"), Faults::default());
    let presence = &demo::site().site.texts.presence;
    assert!(held.said().iter().all(|(text, _)| text != presence), "{:#?}", held.said());
    assert!(Duration::from_millis(held.record().length_ms) > Duration::from_secs(100));
}

#[test]
fn a_trace_of_it_replays() {
    let site = demo::site();
    let held = demo::hold(&site, &demo::script("[hold 20s]\n[fax 9s]\n"), Faults::default());
    assert_eq!(reason(&held.left), "fax");
    let trace = Trace::parse(&held.world.trace.expect("a trace").to_json_lines()).expect("it can be read");
    assert_eq!(trace.replay(&site, demo::LIMITS), held.world.events);
}
