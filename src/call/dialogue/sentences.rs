//! Fixed sentences for turns that the site's file has no text for: how to use the keys, what part of an address
//! is missing, that something was changed, an apology. Fixed and few; everything else is the site's.

use crate::config::site::Language;

/// The sentences of one language. `{value}`, `{title}` and `{key}` are filled in.
pub(super) struct Sentences {
    /// A value was replaced: `{value}`.
    pub corrected: &'static str,
    /// A value that Klinke had heard wrongly was replaced: `{value}`.
    pub corrected_sorry: &'static str,
    /// The caller has nothing for a slot.
    pub all_right: &'static str,
    /// A slot that the form does without was not understood.
    pub left_open: &'static str,
    /// Another concern is taken up in mid-form: `{title}`.
    pub instead: &'static str,
    /// The caller went back to the question before.
    pub back: &'static str,
    /// The same where something was dropped: `{value}`.
    pub dropped: &'static str,
    /// The caller went back past the first question of a form.
    pub from_the_start: &'static str,
    /// There is no question before this one.
    pub first: &'static str,
    /// What was not understood is noted as it was heard.
    pub words_kept: &'static str,
    /// How colleagues read that: `{value}`.
    pub as_heard: &'static str,
    /// After a correction of what was read back.
    pub right_now: &'static str,
    /// Whether the number the PBX shows may be taken: `{value}`.
    pub your_number: &'static str,
    /// An address came without its house number.
    pub house_number: &'static str,
    /// An address came without its street.
    pub street: &'static str,
    /// Someone else took the appointment in the meantime.
    pub taken: &'static str,
    /// Asks for a time after several offers were declined.
    pub when: &'static str,
    /// Offers a human.
    pub human: &'static str,
    /// How to key a number.
    pub key_number: &'static str,
    /// How to key yes and no.
    pub key_yes_no: &'static str,
    /// How to go back by key.
    pub key_back: &'static str,
    /// How to reach a human by key.
    pub key_human: &'static str,
    /// How to choose a concern by key: `{title}`, `{key}`.
    pub key_concern: &'static str,
    /// To a colleague: `{what}` it is about.
    pub briefing: &'static str,
    /// To a colleague: what to press.
    pub briefing_keys: &'static str,
    /// To a colleague: that it is urgent.
    pub emergency: &'static str,
    /// To whoever is on call: `{what}` is to be done.
    pub job: &'static str,
    /// To whoever is on call: the number to call back on, `{value}`.
    pub job_number: &'static str,
    /// To whoever is on call: that the job is his.
    pub job_taken: &'static str,
    /// To a colleague: that the caller has not said what he wants.
    pub unknown_concern: &'static str,
    /// While a colleague is called and there is no music.
    pub still_trying: &'static str,
    /// One colleague did not take the call, the next one is called.
    pub next_colleague: &'static str,
    /// Nobody took the call.
    pub nobody_free: &'static str,
    /// Offers a call-back.
    pub call_back: &'static str,
    /// Before the dialplan's fallback, where nobody took the call.
    pub going_on: &'static str,
    /// The appointment that is to be moved: `{value}`.
    pub your_appointment: &'static str,
    /// It is not moved.
    pub stays: &'static str,
    /// Offers to take up another concern that the caller named: `{title}`.
    pub further: &'static str,
    /// That may not be done in this call.
    pub cannot: &'static str,
    /// Klinke heard something wrongly.
    pub apology: &'static str,
    /// Nothing was understood, once more.
    pub not_understood_again: &'static str,
    /// To someone in distress.
    pub comfort: &'static str,
    /// Asks for the street alone.
    pub street_first: &'static str,
}

const GERMAN: Sentences = Sentences {
    corrected: "Gut, ich ändere das: {value}.",
    corrected_sorry: "Entschuldigung, ich ändere das: {value}.",
    all_right: "In Ordnung.",
    left_open: "Das lassen wir offen.",
    instead: "Gut, also: {title}.",
    back: "Gut, eine Frage zurück.",
    dropped: "Gut, ich streiche {value}.",
    from_the_start: "Gut, noch einmal von vorn.",
    first: "Das ist schon die erste Frage.",
    words_kept: "Ich notiere es so, wie ich es gehört habe.",
    as_heard: "wie gehört: {value}",
    right_now: "Stimmt jetzt alles?",
    your_number: "Erreichen wir Sie unter der Nummer {value}?",
    house_number: "Und welche Hausnummer, bitte?",
    street: "Und in welcher Straße, bitte?",
    taken: "Dieser Termin ist leider gerade vergeben worden.",
    when: "Wann würde es Ihnen passen?",
    human: "Möchten Sie mit einem Menschen sprechen?",
    key_number: "Sie können die Nummer auch mit den Tasten eingeben, am Ende mit Raute.",
    key_yes_no: "Sie können auch die Tasten benutzen: 1 für ja, 2 für nein.",
    key_back: "Mit der Raute-Taste gehen Sie eine Frage zurück.",
    key_human: "Mit der Taste 0 erreichen Sie einen Menschen.",
    key_concern: "Für {title} drücken Sie die {key}.",
    briefing: "Hier ist die KI mit einem Anruf: {what}.",
    briefing_keys: "Annehmen: eins, ablehnen: zwei, nochmal: drei.",
    emergency: "Notfall",
    job: "Hier ist die KI mit einem Auftrag für den Notdienst: {what}.",
    job_number: "Rückruf unter {value}",
    job_taken: "Danke, der Auftrag ist bei Ihnen. Ich sage es dem Anrufer.",
    unknown_concern: "Das Anliegen ist nicht bekannt",
    still_trying: "Ich versuche noch, jemanden zu erreichen.",
    next_colleague: "Ich versuche es bei jemand anderem. Einen Moment bitte.",
    nobody_free: "Leider konnte ich gerade niemanden erreichen.",
    call_back: "Darf ich einen Rückruf notieren?",
    going_on: "Ich verbinde Sie weiter.",
    your_appointment: "Ihr Termin ist {value}.",
    stays: "Ihr Termin bleibt, wie er ist.",
    further: "Sie haben noch etwas genannt: {title}. Soll ich das auch aufnehmen?",
    cannot: "Das kann ich leider nicht für Sie tun.",
    apology: "Entschuldigung.",
    not_understood_again: "Entschuldigung, ich habe es wieder nicht verstanden.",
    comfort: "Ich helfe Ihnen, eins nach dem anderen.",
    street_first: "In welcher Straße ist das?",
};

/// To someone in a hurry.
const GERMAN_SHORT: Sentences = Sentences {
    corrected: "Geändert: {value}.",
    corrected_sorry: "Entschuldigung: {value}.",
    dropped: "Gestrichen: {value}.",
    all_right: "",
    your_number: "Ihre Nummer: {value}?",
    house_number: "Welche Hausnummer?",
    street: "Welche Straße?",
    taken: "Der Termin ist gerade vergeben worden.",
    when: "Wann passt es?",
    next_colleague: "Ich versuche es bei jemand anderem.",
    call_back: "Sollen wir zurückrufen?",
    cannot: "Das kann ich nicht tun.",
    ..GERMAN
};

const ENGLISH: Sentences = Sentences {
    corrected: "All right, I have changed that: {value}.",
    corrected_sorry: "My apologies, I have changed that: {value}.",
    all_right: "All right.",
    left_open: "We will leave that open.",
    instead: "All right, so: {title}.",
    back: "All right, one question back.",
    dropped: "All right, I have removed {value}.",
    from_the_start: "All right, from the start again.",
    first: "This is already the first question.",
    words_kept: "I will note it as I heard it.",
    as_heard: "as heard: {value}",
    right_now: "Is everything right now?",
    your_number: "Can we reach you on {value}?",
    house_number: "And which house number, please?",
    street: "And in which street, please?",
    taken: "I am sorry, that appointment has just been taken.",
    when: "When would suit you?",
    human: "Would you like to speak to a person?",
    key_number: "You can also use the keys to enter the number, and hash at the end.",
    key_yes_no: "You can also use the keys: 1 for yes, 2 for no.",
    key_back: "Press hash to go one question back.",
    key_human: "Press 0 to speak to a person.",
    key_concern: "For {title}, press {key}.",
    briefing: "This is the AI with a call: {what}.",
    briefing_keys: "Accept: one, decline: two, again: three.",
    emergency: "Emergency",
    job: "This is the AI with an emergency job: {what}.",
    job_number: "call back on {value}",
    job_taken: "Thank you, the job is yours. I will tell the caller.",
    unknown_concern: "The caller has not said what it is about",
    still_trying: "I am still trying to reach somebody.",
    next_colleague: "I am trying somebody else. One moment please.",
    nobody_free: "I am sorry, I could not reach anybody just now.",
    call_back: "May I note that you would like to be called back?",
    going_on: "I am putting you through.",
    your_appointment: "Your appointment is {value}.",
    stays: "Your appointment stays as it is.",
    further: "You mentioned something else: {title}. Shall I take that up as well?",
    cannot: "I am sorry, I cannot do that for you.",
    apology: "My apologies.",
    not_understood_again: "My apologies, I still did not understand that.",
    comfort: "I will help you, one thing at a time.",
    street_first: "Which street is it in?",
};

/// To someone in a hurry.
const ENGLISH_SHORT: Sentences = Sentences {
    corrected: "Changed: {value}.",
    corrected_sorry: "My apologies: {value}.",
    dropped: "Removed: {value}.",
    all_right: "",
    your_number: "Your number: {value}?",
    house_number: "Which house number?",
    street: "Which street?",
    taken: "That appointment has just been taken.",
    when: "When?",
    next_colleague: "I am trying somebody else.",
    nobody_free: "Nobody is free just now.",
    call_back: "Shall we call you back?",
    cannot: "I cannot do that.",
    ..ENGLISH
};

impl Sentences {
    /// `short`: for someone in a hurry.
    pub(super) const fn of(language: Language, short: bool) -> &'static Self {
        match (language, short) {
            (Language::German, false) => &GERMAN,
            (Language::German, true) => &GERMAN_SHORT,
            (Language::English, false) => &ENGLISH,
            (Language::English, true) => &ENGLISH_SHORT,
        }
    }
}
