//! Two small sites: a German heating firm and an English one.

use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use klinke::call::line::Destination;
use klinke::call::understanding::SlotKind;
use klinke::config::site::{
    Action, Answer, Calendar, Form, HandOver, Intent, Language, Profile, Site, Slot, Technician, Texts, Then,
    WeekHours, Words,
};

/// Heizung Brandt, Stuttgart: a heating emergency, an appointment, a call-back, a human, an approved answer.
pub fn german() -> Site {
    Site {
        id: "heating".to_owned(),
        name: "Heizung Brandt".to_owned(),
        language: Language::German,
        time_zone: TimeZone::get("Europe/Berlin").expect("the bundled time zones"),
        land: None,
        profile: Profile::Trade,
        texts: german_texts(),
        short: Texts { offer: "{technician} {start}?".to_owned(), ..german_texts() },
        recordings: None,
        opening_hours: office_hours(),
        closed_on_holidays: false,
        hand_over: HandOver {
            open: vec![Destination::Extension("200".to_owned())],
            closed: vec![Destination::Extension("299".to_owned())],
            ..HandOver::default()
        },
        on_call: None,
        intents: vec![
            intent("heizung", "Heizung ausgefallen", true, form("besuch")),
            intent("wartung", "Wartung", false, form("besuch")),
            intent("rueckruf", "Rückruf", false, form("rueckruf")),
            intent("buchhaltung", "Buchhaltung", false, Then::HandOver(Vec::new())),
        ],
        answers: vec![Answer {
            id: "kosten".to_owned(),
            examples: Vec::new(),
            text: "Die Anfahrt kostet 49 Euro.".to_owned(),
        }],
        forms: vec![
            Form {
                name: "besuch".to_owned(),
                slots: vec![
                    slot(
                        "address",
                        SlotKind::Address,
                        &["Wo ist das?", "Welche Straße?", "Bitte die Anschrift."],
                    ),
                    slot("name", SlotKind::Name, &["Wie heißen Sie?", "Ihr Name, bitte?"]),
                    slot(
                        "telephone",
                        SlotKind::Telephone,
                        &["Ihre Nummer?", "Die Nummer, Ziffer für Ziffer?"],
                    ),
                ],
                action: Action::Appointment { skill: "heating".to_owned() },
                read_back: "{technician} kommt {start} zu {name}, {address}, Telefon {telephone}. Richtig?"
                    .to_owned(),
            },
            Form {
                name: "rueckruf".to_owned(),
                slots: vec![
                    slot("name", SlotKind::Name, &["Wie heißen Sie?"]),
                    slot("telephone", SlotKind::Telephone, &["Ihre Nummer?"]),
                ],
                action: Action::CallBack,
                read_back: "Wir rufen {name} zurück, Telefon {telephone}. Richtig?".to_owned(),
            },
        ],
        technicians: vec![technician("Herr Yilmaz")],
        calendar: calendar(),
        words: Words::default(),
    }
}

/// Heizung Brandt, where callers cancel and move what they have booked: known by their number and name, or by code.
pub fn changing() -> Site {
    let mut site = german();
    site.calendar.trust_caller_number = true;
    site.intents.push(intent("absagen", "Termin absagen", false, form("absagen")));
    site.intents.push(intent("verlegen", "Termin verlegen", false, form("verlegen")));
    let code = || slot("code", SlotKind::Digits, &["Wie ist die Terminnummer?"]);
    let name = || slot("name", SlotKind::Name, &["Auf welchen Namen?"]);
    site.forms.push(Form {
        name: "absagen".to_owned(),
        slots: vec![code(), name()],
        action: Action::CancelAppointment,
        read_back: "Ihr Termin ist {start}. Absagen?".to_owned(),
    });
    site.forms.push(Form {
        name: "verlegen".to_owned(),
        slots: vec![code(), name()],
        action: Action::MoveAppointment,
        read_back: "Von {old_start} auf {start}, {technician}. Richtig?".to_owned(),
    });
    site
}

/// Heizung Brandt, where complaints get a number.
pub fn ticketing() -> Site {
    let mut site = german();
    site.intents.push(intent("reklamation", "Reklamation", false, form("reklamation")));
    site.forms.push(Form {
        name: "reklamation".to_owned(),
        slots: vec![slot("name", SlotKind::Name, &["Wie heißen Sie?"])],
        action: Action::Ticket,
        read_back: "Eine Reklamation von {name}. Richtig?".to_owned(),
    });
    site
}

/// Brandt Heating: the same in English, the visit only.
pub fn english() -> Site {
    let mut site = german();
    site.language = Language::English;
    site.time_zone = TimeZone::get("Europe/London").expect("the bundled time zones");
    site.texts = english_texts();
    site.short = english_texts();
    site.intents = vec![intent("heizung", "Heating broken", true, form("besuch"))];
    site.answers.clear();
    site.forms = vec![Form {
        name: "besuch".to_owned(),
        slots: vec![
            slot("address", SlotKind::Address, &["Where is it?"]),
            slot("name", SlotKind::Name, &["What is your name?"]),
            slot("telephone", SlotKind::Telephone, &["Your number?"]),
        ],
        action: Action::Appointment { skill: "heating".to_owned() },
        read_back: "{technician} comes {start} to {name}, {address}, telephone {telephone}. Right?"
            .to_owned(),
    }];
    site
}

fn intent(name: &str, title: &str, emergency: bool, then: Then) -> Intent {
    Intent {
        name: name.to_owned(),
        title: title.to_owned(),
        emergency,
        examples: Vec::new(),
        then,
        closed: Vec::new(),
        form_closed: None,
        announced: None,
    }
}

fn form(name: &str) -> Then {
    Then::Form(name.to_owned())
}

pub fn slot(name: &str, kind: SlotKind, ask: &[&str]) -> Slot {
    Slot::new(name.to_owned(), kind, ask.iter().map(|ask| (*ask).to_owned()).collect())
}

fn technician(name: &str) -> Technician {
    let always = WeekHours::new(std::array::from_fn(|_| vec![(Time::MIN, Time::MAX)]));
    Technician {
        name: name.to_owned(),
        skills: vec!["heating".to_owned()],
        working_hours: office_hours(),
        emergency_hours: always,
    }
}

/// Monday to Friday, eight to five.
fn office_hours() -> WeekHours {
    WeekHours::new(std::array::from_fn(|day| {
        if day < 5 { vec![(time(8, 0, 0, 0), time(17, 0, 0, 0))] } else { vec![] }
    }))
}

fn calendar() -> Calendar {
    Calendar {
        visit_minutes: 120,
        grid_minutes: 30,
        lead_minutes: 1440,
        lead_minutes_emergency: 60,
        horizon_days: 60,
        hold_minutes: 5,
        travel_minutes: 0,
        trust_caller_number: false,
    }
}

fn german_texts() -> Texts {
    let text = str::to_owned;
    Texts {
        disclosure: text("Heizung Brandt, hier spricht eine KI."),
        privacy: text("Wir speichern Ihre Angaben 90 Tage."),
        concern: text("Was kann ich für Sie tun?"),
        concern_again: text("Worum geht es?"),
        emergency: text("Das ist ein Notfall."),
        look_up: text("Ich sehe nach."),
        offer: text("{technician} kann {start} kommen. Passt das?"),
        nothing_free: text("Da ist nichts frei."),
        confirm: text("Ich habe {value} verstanden, stimmt das?"),
        what_is_wrong: text("Was ist falsch?"),
        booked: text("{technician} kommt {start}."),
        appointment_code: text("Terminnummer {code}."),
        cancelled: text("Abgesagt: {start}."),
        moved: text("Verlegt: {technician} kommt {start}."),
        not_found: text("Kein Termin gefunden."),
        ticket: text("Vorgang {number}."),
        noted: text("Wir rufen zurück."),
        is_ai: text("Nein, ich bin eine KI."),
        not_recorded: text("Es wird nichts aufgenommen."),
        message: text("Notiert für {recipient}."),
        on_call: text("Ich rufe den Notdienst an."),
        on_call_accepted: text("{technician} kommt, Vorgang {number}."),
        on_call_nobody: text("Niemand erreicht, Vorgang {number}."),
        danger: text("Wählen Sie 112."),
        wait: text("Gern, ich warte."),
        presence: text("Sind Sie noch da?"),
        not_understood: text("Das habe ich nicht verstanden."),
        hand_over: text("Ich verbinde Sie."),
        fault: text("Hier ist etwas gestört."),
        resumed: text("Da sind Sie ja wieder."),
        hold: text("Niemand da."),
        music: text("Nur Musik."),
        machine: text("Ein Automat."),
        fax: text("Ein Fax."),
        anything_else: text("Sonst noch etwas?"),
        goodbye: text("Auf Wiederhören."),
    }
}

fn english_texts() -> Texts {
    let text = str::to_owned;
    Texts {
        disclosure: text("Brandt Heating, this is an AI."),
        privacy: text("We keep what you tell us for 90 days."),
        concern: text("What can I do for you?"),
        concern_again: text("What is it about?"),
        emergency: text("This is an emergency."),
        look_up: text("Let me see."),
        offer: text("{technician} can come {start}. Does that suit you?"),
        nothing_free: text("Nothing is free then."),
        confirm: text("I understood {value}, is that right?"),
        what_is_wrong: text("What is wrong?"),
        booked: text("{technician} comes {start}."),
        appointment_code: text("Appointment number {code}."),
        cancelled: text("Cancelled: {start}."),
        moved: text("Moved: {technician} comes {start}."),
        not_found: text("No appointment found."),
        ticket: text("Ticket {number}."),
        noted: text("We will call you back."),
        is_ai: text("No, I am an AI."),
        not_recorded: text("Nothing is being recorded."),
        message: text("Noted for {recipient}."),
        on_call: text("I am calling the emergency service."),
        on_call_accepted: text("{technician} is coming, ticket {number}."),
        on_call_nobody: text("Nobody reached, ticket {number}."),
        danger: text("Call 112."),
        wait: text("Take your time."),
        presence: text("Are you still there?"),
        not_understood: text("I did not understand that."),
        hand_over: text("I am putting you through."),
        fault: text("Something is broken here."),
        resumed: text("There you are again."),
        hold: text("Nobody there."),
        music: text("Only music."),
        machine: text("A machine."),
        fax: text("A fax."),
        anything_else: text("Anything else?"),
        goodbye: text("Goodbye."),
    }
}
