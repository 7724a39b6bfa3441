//! Promise: a job that cannot wait is written down before anybody is rung, those on call are rung in the site's order
//! until one of them takes it, and the caller hears the truth about it, whatever happens meanwhile.

use crate::demo::{self, Held};
use crate::waiting::key;
use klinke::call::SiteRooms;
use klinke::call::actions::Attendance;
use klinke::call::line::{Absence, Destination, LineCommand};
use klinke::config::site::{Accepted, Action, OnCall, OnCallPerson, Site};
use klinke::record::{Answer, CallSummary, Ending};
use klinke::sim::pretend::Colleague;
use klinke::sim::world::Left;

/// As long as anything in these tests takes to be said, in frames.
const SPEECH_FRAMES: u32 = 1_500;
const CALLER: &str = "Unsere Heizung ist ausgefallen.\n\
    @ Wohin: Lindenstraße vier\n\
    @ Ihr Name | heißen: Mein Name ist Weber\n\
    @ Welche Nummer | Unter welcher | Telefonnummer: null sieben eins eins vier fünf sechs sieben acht neun\n\
    @ Stimmt das: Ja das stimmt\n";

/// The demonstration with two people on call.
fn firm(site: &mut Site) {
    let person =
        |name: &str, device: &str| OnCallPerson::always(name.into(), Destination::Device(device.into()));
    site.on_call = Some(OnCall {
        people: vec![person("Herr Yilmaz", "PJSIP/yilmaz"), person("Frau Brandt", "PJSIP/brandt")],
        rota: Vec::new(),
        rota_from: jiff::civil::date(2026, 11, 23),
        day_begins: jiff::civil::time(7, 0, 0, 0),
        ring_s_max: 25,
        rounds: 2,
        accepted: Accepted::Tell,
        way_out: None,
    });
    let visit = site.intent("heating_failure").map(|intent| intent.then.clone());
    for form in &mut site.forms {
        if visit == Some(klinke::config::site::Then::Form(form.name.clone())) {
            form.action = Action::OnCall;
            form.read_back = "{name}, {address}, {telephone}. Stimmt das?".to_owned();
        }
    }
}

fn site() -> SiteRooms {
    demo::site_with(firm)
}

fn hold(rooms: &SiteRooms, then: &str, colleagues: Vec<Colleague>) -> Held {
    demo::hold_among(rooms, &demo::script(&format!("{CALLER}{then}")), colleagues)
}

fn accepts() -> Colleague {
    Colleague::who_answers(150, &[(SPEECH_FRAMES, key('1'))])
}

fn no_answer() -> Colleague {
    Colleague::absent(500, Absence::NoAnswer)
}

fn asked(held: &Held) -> Vec<(String, Answer)> {
    let device = |destination: Destination| match destination {
        Destination::Device(device) => device,
        other => format!("{other:?}"),
    };
    held.record().consulted.into_iter().map(|asked| (device(asked.destination), asked.answer)).collect()
}

fn attendance(held: &Held) -> Attendance {
    let ticket = held.record().ticket.expect("the job is written down");
    let value = |slot: &str| {
        let mut fields = ticket.job.fields.iter();
        fields.find(|(name, _)| name == slot).map(|(_, value)| value.reveal().clone())
    };
    assert_eq!(value("address").as_deref(), Some("Lindenstraße 4"), "with all that was said");
    *ticket.job.on_call.expect("with what has come of ringing")
}

fn said(held: &Held) -> String {
    held.said().into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_second_one_takes_what_the_first_one_does_not_hear() {
    let held = hold(&site(), "@ sonst noch: Nein danke\n", vec![no_answer(), accepts()]);
    let rung = [("PJSIP/yilmaz".to_owned(), Answer::NoAnswer), ("PJSIP/brandt".to_owned(), Answer::Accepted)];
    assert_eq!(asked(&held), rung, "{}", said(&held));
    let said = said(&held);
    for part in [
        "Bitte bleiben Sie am Telefon",
        "Ich versuche es bei jemand anderem",
        "Auftrag für den Notdienst: Notfall, Heizung ausgefallen",
        "Rückruf unter 0 7 1 1",
        "Danke, der Auftrag ist bei Ihnen",
        "Frau Brandt hat Ihren Auftrag angenommen",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let attendance = attendance(&held);
    assert_eq!(attendance.taken_by.expect("taken").name, "Frau Brandt");
    assert_eq!(
        (attendance.tried[0].name.as_str(), attendance.tried[0].answer),
        ("Herr Yilmaz", Answer::NoAnswer)
    );
    let record = held.record();
    assert_eq!(record.ending, Ending::Completed);
    assert!(!CallSummary::from(&record).open_job);
}

#[test]
fn whoever_said_no_is_not_woken_again_and_the_caller_hears_that_nobody_comes() {
    let declines = Colleague::who_answers(150, &[(200, key('2'))]);
    let voice_mail = Colleague::who_answers(100, &[]);
    let held =
        hold(&site(), "@ sonst noch: Nein danke\n", vec![declines, voice_mail, no_answer(), accepts()]);
    let answers: Vec<_> = asked(&held).into_iter().map(|(_, answer)| answer).collect();
    assert_eq!(answers, [Answer::Declined, Answer::NoKey, Answer::NoAnswer]);
    assert!(said(&held).contains("Leider habe ich niemanden erreicht"), "{}", said(&held));
    let attendance = attendance(&held);
    assert_eq!((attendance.taken_by, attendance.tried.len()), (None, 3));
    assert!(CallSummary::from(&held.record()).open_job);
    assert_eq!(held.record().ending, Ending::Completed);
}

#[test]
fn after_the_last_one_the_site_may_name_a_way_out() {
    let rooms = demo::site_with(|site| {
        firm(site);
        let on_call = site.on_call.as_mut().expect("just set");
        (on_call.rounds, on_call.way_out) = (1, Some(Destination::Extension("290".into())));
    });
    let held = hold(&rooms, "[silence 60s]\n", vec![no_answer(), no_answer()]);
    let handed_over =
        Ending::HandedOver { destination: Destination::Extension("290".into()), reason: "on_call".into() };
    assert_eq!(held.record().ending, handed_over);
}

#[test]
fn whoever_hangs_up_while_it_rings_leaves_an_open_job() {
    let held = hold(&site(), "[hang up 14s]\n", vec![no_answer(), accepts()]);
    assert_eq!(held.left, Left::Caller);
    assert_eq!(asked(&held), [("PJSIP/yilmaz".to_owned(), Answer::BrokenOff)]);
    assert_eq!(attendance(&held), Attendance::default());
    assert!(CallSummary::from(&held.record()).open_job);
}

#[test]
fn a_job_that_was_taken_stays_taken_whoever_hangs_up_then() {
    // he presses 1 and hangs up before he has heard that the job is his
    let gone = klinke::call::line::ColleagueEvent::Gone(Absence::HungUp);
    let hasty = Colleague::who_answers(50, &[(SPEECH_FRAMES, key('1')), (5, gone)]);
    let held = hold(&site(), "@ sonst noch: Nein danke\n", vec![hasty]);
    assert_eq!(asked(&held), [("PJSIP/yilmaz".to_owned(), Answer::Accepted)]);
    assert!(said(&held).contains("Herr Yilmaz hat Ihren Auftrag angenommen"));
    assert_eq!(attendance(&held).taken_by.expect("taken").name, "Herr Yilmaz");
}

#[test]
fn the_caller_may_be_put_through_instead() {
    let rooms = demo::site_with(|site| {
        firm(site);
        site.on_call.as_mut().expect("just set").accepted = Accepted::Connect;
    });
    let held = hold(&rooms, "[silence 60s]\n", vec![accepts()]);
    assert_eq!(held.left, Left::Klinke(LineCommand::Connect { reason: "on_call" }));
    assert_eq!(attendance(&held).taken_by.expect("taken").name, "Herr Yilmaz");
}

#[test]
fn a_human_can_be_had_while_it_rings() {
    let ringing = Colleague { music: false, ..Colleague::absent(1_000, Absence::NoAnswer) };
    let held = hold(&site(), "[digit 0]\n[silence 60s]\n", vec![ringing]);
    assert_eq!(asked(&held), [("PJSIP/yilmaz".to_owned(), Answer::BrokenOff)]);
    let handed_over = Ending::HandedOver {
        destination: Destination::Extension("201".into()),
        reason: "caller_asked".into(),
    };
    assert_eq!(held.record().ending, handed_over);
    assert!(CallSummary::from(&held.record()).open_job, "and the job is not lost");
}

#[test]
fn where_nobody_can_be_asked_first_the_first_one_gets_the_call() {
    let held = hold(&site(), "[silence 60s]\n", Vec::new());
    let handed_over = Ending::HandedOver {
        destination: Destination::Device("PJSIP/yilmaz".into()),
        reason: "on_call".into(),
    };
    assert_eq!(held.record().ending, handed_over);
}

#[test]
fn where_nobody_is_on_call_the_caller_hears_so_at_once() {
    let nobody = demo::site_with(|site| {
        firm(site);
        site.on_call.as_mut().expect("just set").people.clear();
    });
    let held = hold(&nobody, "@ sonst noch: Nein danke\n", Vec::new());
    assert_eq!(asked(&held), []);
    assert!(said(&held).contains("Leider habe ich niemanden erreicht"));
}
