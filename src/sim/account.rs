//! The account of a call that follows a script: what was understood, said, done and stored from one thing that the
//! caller did to the next. A test's expectations are held against it (`verdict`).

use serde_json::Value as Json;

use crate::call::Event;
use crate::call::actions::OrderId;
use crate::call::dialogue::Move;
use crate::call::understanding::Understood;
use crate::config::site::Language;
use crate::record::{CallId, CallRecord, Entry};

/// What happened from one thing that the caller did to the next.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// When it began, in ms of the call's sound.
    pub began_ms: u64,
    /// Who said what, in this order.
    pub said: Vec<(Speaker, String)>,
    /// What was understood.
    pub understood: Vec<Understood>,
    /// What Klinke decided.
    pub moves: Vec<Move>,
    /// What was done: the action's name, and everything that belongs to it.
    pub done: Vec<Done>,
    /// The record's slots at its end: name and value.
    pub slots: Vec<(String, String)>,
    /// The record's concern at its end, and whether it is an emergency.
    pub concern: Option<(String, bool)>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The caller.
    Caller,
    /// We.
    Klinke,
}

/// Something that was done in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The form's action: `appointment`, `cancel_appointment`, `move_appointment`, `ticket`, `call_back`, `on_call`,
    /// `message`; else the outcome's own name.
    pub action: String,
    /// Times, names and values that belong to it, as text.
    pub text: String,
    /// The values that colleagues are told: slot and value.
    pub fields: Vec<(String, String)>,
}

/// Everything that is known of a call.
#[derive(Debug)]
pub struct Account {
    /// What the site speaks.
    pub language: Language,
    /// The first one is the greeting, each other one begins with a step of the script.
    pub turns: Vec<Turn>,
    /// What was kept.
    pub entries: Vec<Entry>,
    orders: Vec<(OrderId, Json)>,
    /// What was held, with the words of the offer.
    held: Vec<(Json, String)>,
    /// Appointments that were found, with their words.
    found: Vec<(Json, String)>,
    /// The number by which the caller can change what was booked last.
    pub code: Option<String>,
}

impl Account {
    /// Of a call that begins.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let turns = vec![Turn::default()];
        Self {
            language,
            turns,
            entries: Vec::new(),
            orders: Vec::new(),
            held: Vec::new(),
            found: Vec::new(),
            code: None,
        }
    }

    /// The caller has begun so many steps of his script, the last of them at `at_ms`.
    pub fn stepped(&mut self, steps: usize, at_ms: u64) {
        while self.turns.len() <= steps {
            let before = self.turns.last().cloned().unwrap_or_default();
            let Turn { slots, concern, .. } = before;
            self.turns.push(Turn { began_ms: at_ms, slots, concern, ..Turn::default() });
        }
    }

    /// Something happened.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Spoke { began_ms, text, .. } => {
                // what was interrupted belongs to where it began
                let turn = self.turns.iter().rposition(|turn| turn.began_ms <= *began_ms).unwrap_or(0);
                self.turns[turn].said.push((Speaker::Klinke, text.reveal().clone()));
            }
            Event::Heard { text, .. } => self.now().said.push((Speaker::Caller, text.reveal().clone())),
            Event::Understood { understood, .. } => self.now().understood.push(understood.clone()),
            Event::Move { decided, .. } => self.now().moves.push(decided.clone()),
            Event::Order { id, order, .. } => {
                self.orders.push((*id, serde_json::to_value(order).unwrap_or_default()));
            }
            Event::Outcome { id, outcome, .. } => {
                self.became(*id, &serde_json::to_value(outcome).unwrap_or_default());
            }
            Event::Ended { .. } => {}
        }
    }

    /// Something is kept.
    pub fn keep(&mut self, entry: Entry) {
        match &entry {
            Entry::Concern { intent, emergency, .. } => {
                self.now().concern = Some((intent.clone(), *emergency))
            }
            Entry::Slot(slot) => {
                let slots = &mut self.now().slots;
                let value = slot.value.reveal().clone();
                match slots.iter_mut().find(|(name, _)| *name == slot.name) {
                    Some((_, known)) => *known = value,
                    None => slots.push((slot.name.clone(), value)),
                }
            }
            _ => {}
        }
        self.entries.push(entry);
    }

    /// What is kept of it.
    #[must_use]
    pub fn record(&self) -> CallRecord {
        CallRecord::from_entries(CallId([0; 16]), &self.entries)
    }

    /// Everything that was done, in order.
    pub fn done(&self) -> impl DoubleEndedIterator<Item = &Done> {
        self.turns.iter().flat_map(|turn| &turn.done)
    }

    /// How often the caller said something.
    #[must_use]
    pub fn utterances(&self) -> usize {
        self.turns.iter().map(|turn| turn.understood.len()).sum()
    }

    fn now(&mut self) -> &mut Turn {
        if self.turns.is_empty() {
            self.turns.push(Turn::default());
        }
        let last = self.turns.len() - 1;
        &mut self.turns[last]
    }

    /// By their JSON, which says of every order and outcome what belongs to it.
    fn became(&mut self, id: OrderId, outcome: &Json) {
        let mut text = String::new();
        words_of(outcome, &mut text);
        let order = self.orders.iter().rev().find(|(known, _)| *known == id).map(|(_, order)| order.clone());
        let order = order.unwrap_or_default();
        let action = match outcome["outcome"].as_str().unwrap_or_default() {
            "held" => {
                self.held.push((outcome["hold"].clone(), text));
                return;
            }
            "found" => {
                self.found.push((outcome["appointment"].clone(), text));
                return;
            }
            "nothing_free" | "hold_expired" | "released" | "not_found" | "refused" | "failed" => return,
            "booked" => "appointment",
            "cancelled" => "cancel_appointment",
            "moved" => "move_appointment",
            "opened" if order["job"]["on_call"].is_object() => {
                text.push_str(attendance(&order));
                "on_call"
            }
            "opened" => "ticket",
            "noted" if order["order"] == "leave_message" => "message",
            "noted" => "call_back",
            other => other,
        };
        words_of(&order, &mut text);
        let hold = self.held.iter().rev().find(|(hold, _)| *hold == order["hold"]);
        // what is moved is where it is moved to
        let found = self.found.iter().rev().find(|(number, _)| *number == order["appointment"]);
        if let Some((_, offer)) = hold.or(found) {
            text.push_str(offer);
        }
        if let Some(code) = outcome["code"].as_str() {
            self.code = Some(code.to_owned());
        }
        let pair = |pair: &Json| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
        let fields = order["job"]["fields"].as_array().into_iter().flatten().filter_map(pair).collect();
        let done = Done { action: action.to_owned(), text: text.trim().to_owned(), fields };
        self.now().done.push(done);
    }
}

/// Whether somebody on call has taken the job.
fn attendance(order: &Json) -> &'static str {
    if order["job"]["on_call"]["taken_by"].is_object() { " taken" } else { " open" }
}

/// What is no word of what was done: our own names and numbers, where was searched, and when it ends.
const UNTOLD: [&str; 7] = ["order", "outcome", "hold", "appointment", "from", "until", "end"];

/// All texts and numbers in it, with a space before each; a moment as `2026-11-24 08:00`.
fn words_of(json: &Json, words: &mut String) {
    match json {
        Json::String(text) => {
            let moment = text.parse::<jiff::civil::DateTime>();
            let text = moment.map_or_else(|_| text.clone(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
            words.push(' ');
            words.push_str(&text);
        }
        Json::Number(number) => {
            words.push(' ');
            words.push_str(&number.to_string());
        }
        Json::Array(items) => items.iter().for_each(|item| words_of(item, words)),
        Json::Object(fields) => {
            let told = fields.iter().filter(|(key, _)| !UNTOLD.contains(&key.as_str()));
            told.for_each(|(_, value)| words_of(value, words));
        }
        Json::Null | Json::Bool(_) => {}
    }
}
