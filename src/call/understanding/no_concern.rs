//! What callers say that is no concern at any site: examples of "none of these".

use crate::config::site::Language;

const GERMAN: &[&str] = &[
    "ich möchte mit einem Mitarbeiter sprechen",
    "geben Sie mir bitte einen Menschen",
    "kann ich mit jemandem reden",
    "verbinden Sie mich bitte weiter",
    "sind Sie ein Computer oder ein Mensch",
    "wird das Gespräch aufgezeichnet",
    "was passiert mit meinen Daten",
    "hallo ist da jemand",
    "können Sie das bitte wiederholen",
    "das habe ich nicht verstanden",
    "sprechen Sie bitte etwas langsamer",
    "einen Moment bitte ich muss kurz schauen",
    "ja genau das stimmt",
    "nein das ist falsch",
    "das weiß ich jetzt nicht genau",
    "mein Name ist Müller",
    "ich wohne in der Hauptstraße fünf",
    "am Montag um zehn wäre gut",
    "vielen Dank und auf Wiederhören",
    "ich habe mich verwählt",
    "wer ist denn da am Apparat",
    "das ist mir egal",
    "das dauert mir zu lange",
    "jetzt hören Sie mir doch mal zu",
    "schatz mach mal den Fernseher leiser",
];

const ENGLISH: &[&str] = &[
    "I want to speak to a person",
    "can I talk to somebody please",
    "please put me through",
    "are you a computer or a human",
    "is this call being recorded",
    "what happens to my data",
    "hello is anybody there",
    "could you say that again please",
    "I did not understand that",
    "please speak a bit more slowly",
    "one moment please I have to look",
    "yes that is right",
    "no that is wrong",
    "I am not sure about that",
    "my name is Miller",
    "I live at five Church Street",
    "Monday at ten would be fine",
    "thank you very much goodbye",
    "sorry wrong number",
    "I do not mind",
    "this is taking too long",
];

/// Sentences of a language.
pub(super) const fn no_concern(language: Language) -> &'static [&'static str] {
    match language {
        Language::German => GERMAN,
        Language::English => ENGLISH,
    }
}
