//! A heating firm with a few concerns, answers, streets and places.

use jiff::civil::time;
use klinke::config::site::{Answer, Intent, Site, Then, WeekHours, Words};

#[path = "../shared/sites.rs"]
#[expect(dead_code, reason = "nobody is sent here")]
mod sites;

/// Open Monday to Friday, 8 to 18.
pub fn heating() -> Site {
    let day = vec![(time(8, 0, 0, 0), time(18, 0, 0, 0))];
    Site {
        opening_hours: WeekHours::new(std::array::from_fn(
            |at| if at < 5 { day.clone() } else { Vec::new() },
        )),
        intents: intents(),
        answers: answers(),
        words: Words {
            streets: strings(&["Lindenstraße", "Am Alten Markt", "Theodor-Heuss-Straße", "Rosenweg"]),
            places: strings(&["Stuttgart", "Esslingen am Neckar"]),
            names: strings(&["Yilmaz"]),
            words: Vec::new(),
        },
        ..sites::site(Vec::new())
    }
}

fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|&one| one.to_owned()).collect()
}

fn intents() -> Vec<Intent> {
    let all: &[(&str, bool, &[&str])] = &[
        (
            "heating_down",
            true,
            &[
                "meine Heizung ist ausgefallen",
                "die Heizung geht nicht mehr",
                "bei uns ist es kalt",
                "die Heizkörper werden nicht warm",
                "wir haben kein warmes Wasser",
                "die Therme ist auf Störung gegangen",
                "unsere Heizung springt nicht an",
            ],
        ),
        (
            "water_leak",
            true,
            &[
                "wir haben einen Rohrbruch",
                "das Wasser läuft aus der Leitung",
                "der Heizkörper tropft",
                "bei uns steht der Keller unter Wasser",
                "ein Rohr ist geplatzt",
                "es tropft von der Decke",
            ],
        ),
        (
            "maintenance",
            false,
            &[
                "ich möchte die Heizung warten lassen",
                "ich brauche einen Termin für die Wartung",
                "die jährliche Wartung steht an",
                "können Sie die Therme mal durchsehen",
                "unsere Anlage müsste gewartet werden",
            ],
        ),
        (
            "offer",
            false,
            &[
                "ich hätte gern ein Angebot für eine neue Heizung",
                "was kostet eine Wärmepumpe",
                "wir wollen das Bad sanieren",
                "ich interessiere mich für eine Solaranlage",
                "können Sie mir einen Kostenvoranschlag machen",
            ],
        ),
        (
            "invoice",
            false,
            &[
                "ich habe eine Frage zur Rechnung",
                "mit der Rechnung stimmt etwas nicht",
                "wann muss ich die Rechnung bezahlen",
                "Sie haben mir zu viel berechnet",
                "ich habe eine Mahnung bekommen",
            ],
        ),
    ];
    let made = |&(name, emergency, examples): &(&str, bool, &[&str])| Intent {
        name: name.into(),
        title: name.into(),
        emergency,
        examples: strings(examples),
        then: Then::HandOver(Vec::new()),
        closed: Vec::new(),
        form_closed: None,
        announced: None,
    };
    all.iter().map(made).collect()
}

fn answers() -> Vec<Answer> {
    let examples = ["wann haben Sie geöffnet", "wie sind Ihre Öffnungszeiten", "haben Sie am Samstag auf"];
    vec![Answer { id: "opening_hours".into(), examples: strings(&examples), text: String::new() }]
}
