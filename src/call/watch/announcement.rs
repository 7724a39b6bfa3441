//! Announcements: what queues, answering machines and other assistants say, and hardly a caller does. Some words are
//! theirs alone, others are said by callers too ("sagen Sie mir bitte Ihre Öffnungszeiten"); one of the former and
//! any second mark make an announcement.

/// Words in a row that no caller says, as a recogniser writes them.
#[rustfmt::skip]
const MACHINES: &[&[&str]] = &[
    &["einen", "moment", "geduld"], &["legen", "sie", "nicht", "auf"],
    &["unsere", "mitarbeiter"], &["alle", "mitarbeiter"], &["nächste", "freie"], &["nächster", "freier"],
    &["alle", "leitungen"], &["alle", "plätze"], &["sind", "belegt"], &["gleich", "für", "sie"],
    &["sie", "sind", "verbunden"], &["sie", "werden", "verbunden"],
    &["hinterlassen", "sie"], &["signalton"], &["nach", "dem", "ton"], &["piepton"], &["nachricht", "hinterlassen"],
    &["teilnehmer"], &["kein", "anschluss"],
    &["herzlich", "willkommen"], &["willkommen", "bei"], &["drücken", "sie"], &["wählen", "sie"],
    &["für", "sie", "tun"], &["ihnen", "helfen"],
    &["stay", "on", "the", "line"], &["our", "agents"], &["our", "colleagues"],
    &["next", "available"], &["are", "busy"], &["leave", "a", "message"], &["after", "the", "tone"], &["after", "the", "beep"],
    &["thank", "you", "for", "calling"], &["welcome", "to"], &["press", "one"], &["press", "two"], &["how", "can", "i", "help"],
];
/// Words in a row that callers say as well.
#[rustfmt::skip]
const ANYBODYS: &[&[&str]] = &[
    &["haben", "sie", "einen", "moment"], &["bleiben", "sie"], &["im", "gespräch"], &["ihr", "anruf"], &["ihren", "anruf"],
    &["nicht", "erreichbar"], &["rufnummer"], &["öffnungszeiten"], &["ich", "bin", "eine"], &["assistent"], &["assistentin"],
    &["nicht", "verstanden"], &["sagen", "sie", "mir"],
    &["please", "hold"], &["your", "call"], &["the", "number", "you"], &["is", "not", "available"], &["opening", "hours"],
    &["assistant"], &["did", "not", "understand"], &["please", "tell", "me"],
];

/// Whether these words are an announcement.
pub fn is_one(words: &[String]) -> bool {
    let found =
        |mark: &&&[&str]| words.windows(mark.len()).any(|some| some.iter().zip(**mark).all(|(a, b)| a == b));
    let machines = MACHINES.iter().filter(found).take(2).count();
    machines == 2 || (machines == 1 && ANYBODYS.iter().any(|mark| found(&mark)))
}

#[cfg(test)]
mod tests {

    fn is_one(text: &str) -> bool {
        super::is_one(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn queues_answering_machines_and_assistants_are_known_by_two_marks() {
        // as the recogniser heard a queue's announcement over a telephone
        assert!(is_one("bitte haben sie einen moment gut hallo unsere mitarbeiter sind im gestern"));
        assert!(is_one("alle leitungen sind belegt bitte legen sie nicht auf"));
        assert!(is_one("hinterlassen sie eine nachricht nach dem signalton"));
        assert!(is_one("das habe ich leider nicht verstanden was kann ich für sie tun"));
        assert!(is_one("thank you for calling please hold"));
    }

    #[test]
    fn callers_are_not() {
        for text in [
            "unsere mitarbeiter frieren die heizung ist ausgefallen",
            "haben sie einen moment zeit für mich",
            "was sind ihre öffnungszeiten",
            "können sie mir sagen ob der techniker gleich kommt",
            "ich habe sie nicht verstanden",
            "ich möchte einen termin am donnerstag",
            "moment bitte ich muss nachsehen",
            "sagen sie mir bitte ihre öffnungszeiten",
            "ich bin eine kundin und wollte ihre öffnungszeiten wissen",
            "sie haben mich nicht verstanden meine rufnummer ist null sieben elf",
            "ich habe ihren anruf verpasst sagen sie mir worum es ging",
            "ich bin eine nachbarin bleiben sie bitte dran",
            "i missed your call what are your opening hours",
            "you did not understand me please tell me when you can come",
            "",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
