//! The fixed sentences of a site: its own, or the ones that come with Klinke, each checked for what it has to
//! say.

use std::collections::BTreeMap;

use super::shipped_texts::{shipped, shipped_short};
use super::site::Language;
use super::spoken::{check_placeholders, names_the_ai, seconds};
use super::tree::{Table, Written};

/// Longest disclosure, in seconds of speech (GDPR Art. 13: a first layer that people listen to).
const DISCLOSURE_S_MAX: f64 = 8.0;
/// Longest second layer of the privacy notice, in seconds of speech.
const PRIVACY_S_MAX: f64 = 45.0;

/// Sentences of the site. Every one has a default in its language but the first two.
///
/// `{name}` stands for a value; which ones a text may hold is in the manual and checked.
#[derive(Clone, Debug)]
pub struct Texts {
    /// First thing said; names the AI.
    pub disclosure: String,
    /// Second layer of the privacy notice.
    pub privacy: String,
    /// Asks what the caller wants.
    pub concern: String,
    /// Asks again, in other words.
    pub concern_again: String,
    /// Before the first question of an emergency.
    pub emergency: String,
    /// While the calendar is looked at.
    pub look_up: String,
    /// Offers an appointment: `{technician}`, `{start}`.
    pub offer: String,
    /// Nothing is free.
    pub nothing_free: String,
    /// Asks whether a value is right: `{value}`.
    pub confirm: String,
    /// Asks what is wrong in what was read back.
    pub what_is_wrong: String,
    /// Something was booked: `{technician}`, `{start}`.
    pub booked: String,
    /// The code by which the caller can change what was booked: `{code}`. Said where the site has a form for that.
    pub appointment_code: String,
    /// An appointment was cancelled: `{technician}`, `{start}`.
    pub cancelled: String,
    /// An appointment was moved: `{technician}`, `{start}`.
    pub moved: String,
    /// No appointment was found that is the caller's.
    pub not_found: String,
    /// A ticket was opened: `{number}`.
    pub ticket: String,
    /// A call-back was noted.
    pub noted: String,
    /// A message was written down: `{recipient}`.
    pub message: String,
    /// Before those on call are rung.
    pub on_call: String,
    /// Somebody on call has taken the job: `{technician}`, `{number}`.
    pub on_call_accepted: String,
    /// Nobody on call was reached: `{number}`.
    pub on_call_nobody: String,
    /// Says that this is an AI.
    pub is_ai: String,
    /// Confirms that no sound is kept.
    pub not_recorded: String,
    /// Danger to life: 112, and a human now.
    pub danger: String,
    /// Gives time.
    pub wait: String,
    /// Nobody was heard.
    pub presence: String,
    /// Nothing was understood.
    pub not_understood: String,
    /// Before a hand-over.
    pub hand_over: String,
    /// Before the dialplan's fallback where something is broken.
    pub fault: String,
    /// Said when the caller's telephone has taken the call back from hold; the question follows again.
    pub resumed: String,
    /// On hold for too long, before the dialplan's fallback.
    pub hold: String,
    /// Nothing but sound without words, before the dialplan's fallback.
    pub music: String,
    /// The caller is a machine, before the dialplan's fallback.
    pub machine: String,
    /// The caller is a fax, before the dialplan's fallback.
    pub fax: String,
    /// Whether there is anything else.
    pub anything_else: String,
    /// Last thing said.
    pub goodbye: String,
}

impl Texts {
    /// All of them, in the order of `RULES`.
    #[must_use]
    pub fn all(&self) -> [&str; 36] {
        [
            &self.disclosure,
            &self.privacy,
            &self.concern,
            &self.concern_again,
            &self.emergency,
            &self.look_up,
            &self.offer,
            &self.nothing_free,
            &self.confirm,
            &self.what_is_wrong,
            &self.booked,
            &self.appointment_code,
            &self.cancelled,
            &self.moved,
            &self.not_found,
            &self.ticket,
            &self.noted,
            &self.message,
            &self.on_call,
            &self.on_call_accepted,
            &self.on_call_nobody,
            &self.is_ai,
            &self.not_recorded,
            &self.danger,
            &self.wait,
            &self.presence,
            &self.not_understood,
            &self.hand_over,
            &self.fault,
            &self.resumed,
            &self.hold,
            &self.music,
            &self.machine,
            &self.fax,
            &self.anything_else,
            &self.goodbye,
        ]
    }
}

/// A sentence: its key, the values it may hold, those it must hold.
pub type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Sentences that every site has to write itself.
const OWN: [&str; 2] = ["disclosure", "privacy"];
/// All sentences.
pub const RULES: [Rule; 36] = [
    ("disclosure", &[], &[]),
    ("privacy", &[], &[]),
    ("concern", &[], &[]),
    ("concern_again", &[], &[]),
    ("emergency", &[], &[]),
    ("look_up", &[], &[]),
    ("offer", &["technician", "start"], &["start"]),
    ("nothing_free", &[], &[]),
    ("confirm", &["value"], &["value"]),
    ("what_is_wrong", &[], &[]),
    ("booked", &["technician", "start"], &["start"]),
    ("appointment_code", &["code"], &["code"]),
    ("cancelled", &["technician", "start"], &["start"]),
    ("moved", &["technician", "start"], &["start"]),
    ("not_found", &[], &[]),
    ("ticket", &["number"], &["number"]),
    ("noted", &[], &[]),
    ("message", &["recipient"], &["recipient"]),
    ("on_call", &[], &[]),
    ("on_call_accepted", &["technician", "number"], &["technician"]),
    ("on_call_nobody", &["number"], &[]),
    ("is_ai", &[], &[]),
    ("not_recorded", &[], &[]),
    ("danger", &[], &[]),
    ("wait", &[], &[]),
    ("presence", &[], &[]),
    ("not_understood", &[], &[]),
    ("hand_over", &[], &[]),
    ("fault", &[], &[]),
    ("resumed", &[], &[]),
    ("hold", &[], &[]),
    ("music", &[], &[]),
    ("machine", &[], &[]),
    ("fax", &[], &[]),
    ("anything_else", &[], &[]),
    ("goodbye", &[], &[]),
];

/// Sentences that are the same for everybody: what the law wants said, and what is said where nobody is impatient.
const NEVER_SHORT: [&str; 11] = [
    "disclosure",
    "privacy",
    "is_ai",
    "not_recorded",
    "danger",
    "fault",
    "resumed",
    "hold",
    "music",
    "machine",
    "fax",
];

/// What a site says: its texts, and the same for someone in a hurry.
pub struct Read {
    /// To everybody.
    pub texts: Texts,
    /// To someone in a hurry, as far as there are short ones.
    pub short: Texts,
}

/// Reads `[texts]`.
pub fn read(table: Option<Table<'_>>, language: Language, words_per_minute: u16) -> Option<Read> {
    let table = table?;
    let mut said: BTreeMap<&str, String> = BTreeMap::new();
    let short_table = table.get("short").and_then(|item| item.table());
    let mut short: BTreeMap<&str, String> = BTreeMap::new();
    for (key, known, needed) in RULES {
        let item = if OWN.contains(&key) { table.need(key, &example(key, language)) } else { table.get(key) };
        let text = match item {
            Some(item) => item
                .written()
                .inspect(|own| {
                    check_placeholders(own, known, needed, item.found);
                    check_law(key, own, language, words_per_minute, &table);
                })
                .map(|own| own.text),
            None => shipped(language, key),
        };
        let is_own = table.has(key);
        let may_be_short = !NEVER_SHORT.contains(&key);
        let own = short_table.as_ref().filter(|_| may_be_short).and_then(|short| short.get(key));
        let brief = match own {
            Some(item) => item
                .written()
                .inspect(|own| check_placeholders(own, known, needed, item.found))
                .map(|own| own.text),
            // the site's own words go before shipped ones, short or not
            None => shipped_short(language, key).filter(|_| !is_own).or_else(|| text.clone()),
        };
        short.extend(brief.map(|text| (key, text)));
        said.extend(text.map(|text| (key, text)));
    }
    if let Some(short_table) = short_table {
        short_table.close();
    }
    table.close();
    Some(Read { texts: gather(said)?, short: gather(short)? })
}

fn gather(mut said: BTreeMap<&str, String>) -> Option<Texts> {
    let mut take = |key| said.remove(key);
    Some(Texts {
        disclosure: take("disclosure")?,
        privacy: take("privacy")?,
        concern: take("concern")?,
        concern_again: take("concern_again")?,
        emergency: take("emergency")?,
        look_up: take("look_up")?,
        offer: take("offer")?,
        nothing_free: take("nothing_free")?,
        confirm: take("confirm")?,
        what_is_wrong: take("what_is_wrong")?,
        booked: take("booked")?,
        appointment_code: take("appointment_code")?,
        cancelled: take("cancelled")?,
        moved: take("moved")?,
        not_found: take("not_found")?,
        ticket: take("ticket")?,
        noted: take("noted")?,
        message: take("message")?,
        on_call: take("on_call")?,
        on_call_accepted: take("on_call_accepted")?,
        on_call_nobody: take("on_call_nobody")?,
        is_ai: take("is_ai")?,
        not_recorded: take("not_recorded")?,
        danger: take("danger")?,
        wait: take("wait")?,
        presence: take("presence")?,
        not_understood: take("not_understood")?,
        hand_over: take("hand_over")?,
        fault: take("fault")?,
        resumed: take("resumed")?,
        hold: take("hold")?,
        music: take("music")?,
        machine: take("machine")?,
        fax: take("fax")?,
        anything_else: take("anything_else")?,
        goodbye: take("goodbye")?,
    })
}

/// What the law wants of a sentence.
fn check_law(key: &str, own: &Written, language: Language, words_per_minute: u16, table: &Table<'_>) {
    if ["disclosure", "is_ai"].contains(&key) && !names_the_ai(&own.text, language) {
        let words = match language {
            Language::German => "\"KI\" or \"künstliche Intelligenz\"",
            Language::English => "\"AI\" or \"artificial intelligence\"",
        };
        let why = format!(
            "does not tell callers that they speak with an AI, and the law wants them to know (EU AI Act, Art. 50(1)); \
             {words} say it, \"digital assistant\" or \"computer\" do not"
        );
        table.found.mistake(&own.place, why, example("disclosure", language));
    }
    if key == "danger" && !names_112(&own.text) {
        let why = "does not tell callers to dial 112, and it is said where life is in danger";
        table.found.mistake(&own.place, why, shipped(language, key).map(|text| format!("\"{text}\"")));
    }
    let longest = match key {
        "disclosure" => DISCLOSURE_S_MAX,
        "privacy" => PRIVACY_S_MAX,
        _ => return,
    };
    let length = seconds(&own.text, words_per_minute);
    if length > longest {
        let why = format!(
            "takes about {length:.0} s to say; at most {longest:.0} s are allowed, because nobody listens longer \
             (GDPR Art. 12(1): concise and intelligible)"
        );
        table.found.mistake(&own.place, why, "a shorter text".to_owned());
    }
}

fn names_112(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let spelled = |three: &[String]| {
        matches!(
            [&*three[0], &*three[1], &*three[2]],
            ["eins", "eins", "zwei" | "zwo"] | ["one", "one", "two"] | ["1", "1", "2"]
        )
    };
    words.iter().any(|word| word == "112") || words.windows(3).any(spelled)
}

fn example(key: &str, language: Language) -> String {
    match (key, language) {
        ("disclosure", Language::German) => "disclosure = \"Guten Tag, hier ist die KI von …\"",
        ("disclosure", Language::English) => "disclosure = \"Hello, this is the AI assistant of …\"",
        (_, Language::German) => "privacy = \"Verantwortlich ist …\" (who, why, on which ground, how long, rights, contact)",
        (_, Language::English) => "privacy = \"Responsible for this call is …\" (who, why, on which ground, how long, rights, contact)",
    }
    .to_owned()
}

#[cfg(test)]
mod tests;
