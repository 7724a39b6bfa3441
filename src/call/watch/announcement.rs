//! Announcements: what queues, answering machines and other assistants say, and hardly a caller does. One of these
//! may come from anybody; two of them in one utterance do not.

/// Two marks make an announcement.
const MARKS_MIN: usize = 2;

/// Words in a row, as a recogniser writes them.
#[rustfmt::skip]
const MARKS: &[&[&str]] = &[
    &["haben", "sie", "einen", "moment"], &["einen", "moment", "geduld"], &["bleiben", "sie"], &["legen", "sie", "nicht", "auf"],
    &["unsere", "mitarbeiter"], &["alle", "mitarbeiter"], &["nächste", "freie"], &["nächster", "freier"],
    &["im", "gespräch"], &["alle", "leitungen"], &["alle", "plätze"], &["sind", "belegt"], &["gleich", "für", "sie"],
    &["ihr", "anruf"], &["ihren", "anruf"], &["sie", "sind", "verbunden"], &["sie", "werden", "verbunden"],
    &["hinterlassen", "sie"], &["signalton"], &["nach", "dem", "ton"], &["piepton"], &["nachricht", "hinterlassen"],
    &["nicht", "erreichbar"], &["teilnehmer"], &["rufnummer"], &["kein", "anschluss"], &["öffnungszeiten"],
    &["herzlich", "willkommen"], &["willkommen", "bei"], &["drücken", "sie"], &["wählen", "sie"],
    &["für", "sie", "tun"], &["ihnen", "helfen"], &["ich", "bin", "eine"], &["assistent"], &["assistentin"],
    &["nicht", "verstanden"], &["sagen", "sie", "mir"],
    &["please", "hold"], &["stay", "on", "the", "line"], &["our", "agents"], &["our", "colleagues"], &["your", "call"],
    &["next", "available"], &["are", "busy"], &["leave", "a", "message"], &["after", "the", "tone"], &["after", "the", "beep"],
    &["the", "number", "you"], &["is", "not", "available"], &["opening", "hours"], &["thank", "you", "for", "calling"],
    &["welcome", "to"], &["press", "one"], &["press", "two"], &["how", "can", "i", "help"], &["assistant"],
    &["did", "not", "understand"], &["please", "tell", "me"],
];

/// Whether these words are an announcement.
pub fn is_one(words: &[String]) -> bool {
    let found =
        |mark: &[&str]| words.windows(mark.len()).any(|some| some.iter().zip(mark).all(|(a, b)| a == b));
    MARKS.iter().filter(|mark| found(mark)).take(MARKS_MIN).count() == MARKS_MIN
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
            "",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
