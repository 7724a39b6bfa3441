//! Sites made by hand, for tests of the store and the calendar.

use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use klinke::call::actions::Capabilities;
use klinke::config::site::{
    Calendar, HandOver, Language, Profile, Site, Technician, Texts, WeekHours, Words,
};

/// The same hours on every day.
pub fn every_day(from: Time, to: Time) -> WeekHours {
    WeekHours::new(std::array::from_fn(|_| vec![(from, to)]))
}

/// Heating; 8 to 12 and 13 to 17 from Monday to Friday; emergencies round the clock.
pub fn technician(name: &str) -> Technician {
    let day = vec![(time(8, 0, 0, 0), time(12, 0, 0, 0)), (time(13, 0, 0, 0), time(17, 0, 0, 0))];
    let week = std::array::from_fn(|weekday| if weekday < 5 { day.clone() } else { Vec::new() });
    Technician {
        name: name.into(),
        skills: vec!["heating".into()],
        working_hours: WeekHours::new(week),
        emergency_hours: every_day(Time::midnight(), Time::MAX),
    }
}

/// A heating firm in Berlin's time: visits of an hour on the half hour, an hour of lead (20 minutes in an
/// emergency), 14 days ahead, holds of five minutes.
pub fn site(technicians: Vec<Technician>) -> Site {
    Site {
        id: "heating".into(),
        name: "Testheizung".into(),
        language: Language::German,
        time_zone: TimeZone::get("Europe/Berlin").unwrap(),
        land: None,
        profile: Profile::Trade,
        texts: texts(),
        short: texts(),
        recordings: None,
        opening_hours: WeekHours::default(),
        closed_on_holidays: false,
        hand_over: HandOver::default(),
        on_call: None,
        intents: Vec::new(),
        answers: Vec::new(),
        forms: Vec::new(),
        technicians,
        calendar: Calendar {
            visit_minutes: 60,
            grid_minutes: 30,
            lead_minutes: 60,
            lead_minutes_emergency: 20,
            horizon_days: 14,
            hold_minutes: 5,
            travel_minutes: 0,
            trust_caller_number: false,
        },
        words: Words::default(),
    }
}

/// A call that may order everything that those technicians can do, with these concerns and fields.
pub fn everything(site: &Site, concerns: &[&str], fields: &[&str]) -> Capabilities {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Capabilities {
        skills: site.technicians.iter().flat_map(|who| who.skills.clone()).collect(),
        concerns: texts(concerns),
        fields: texts(fields),
        notes: true,
        recipients: Vec::new(),
        on_call: Vec::new(),
        tickets: true,
        cancels: true,
        moves: true,
        caller: None,
        trusts_caller: false,
    }
}

fn texts() -> Texts {
    let none = String::new;
    Texts {
        disclosure: none(),
        privacy: none(),
        concern: none(),
        concern_again: none(),
        emergency: none(),
        look_up: none(),
        offer: none(),
        nothing_free: none(),
        confirm: none(),
        what_is_wrong: none(),
        booked: none(),
        appointment_code: none(),
        cancelled: none(),
        moved: none(),
        not_found: none(),
        ticket: none(),
        noted: none(),
        is_ai: none(),
        not_recorded: none(),
        message: none(),
        on_call: none(),
        on_call_accepted: none(),
        on_call_nobody: none(),
        danger: none(),
        wait: none(),
        presence: none(),
        not_understood: none(),
        hand_over: none(),
        fault: none(),
        resumed: none(),
        hold: none(),
        music: none(),
        machine: none(),
        fax: none(),
        anything_else: none(),
        goodbye: none(),
    }
}
