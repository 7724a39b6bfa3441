//! What every state reacts to, before anything else: danger, the wish for a human, questions about Klinke
//! itself, "wie bitte?".

use sha2::{Digest, Sha256};

use super::heard::Heard;
use super::leaving::Exit;
use super::notes::means_only_back;
use super::open::Open;
use super::turn::Turn;
use super::{Dialogue, DialogueOutput, Move};
use crate::call::understanding::{IntentScore, Signal, Understood};
use crate::clock::MediaTime;
use crate::config::site::Then;
use crate::record::Entry;

impl Dialogue {
    /// The first thing in every call: who speaks, that it is an AI. It is heard to its end.
    ///
    /// The entry goes out with the sentence and stands at the start of the call; whoever plays the sentence knows
    /// when it has been heard.
    pub(super) fn begin(&mut self, turn: &mut Turn<'_>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let texts = self.texts();
        turn.decide(Move::Disclose);
        turn.say_to_its_end(&texts.disclosure);
        turn.keep(Entry::Disclosed { at: MediaTime::START, wording: fingerprint(&texts.disclosure) });
        turn.say(&texts.concern);
    }

    /// The caller interrupted what was being said. Who interrupts a goodbye is heard first.
    pub(super) fn interrupted(&mut self) {
        self.speaking = false;
        if self.exit == Some(Exit::HangUp) {
            self.exit = None;
            self.put(Open::Parting);
        }
    }

    /// The caller said something.
    pub(super) fn said(&mut self, understood: &Understood, confidence: f32, turn: &mut Turn<'_>) {
        let told = self.told_freely(understood);
        let understood = told.as_ref().unwrap_or(understood);
        self.silences = 0;
        self.late_hash = false;
        self.given_time = false;
        let signals = |signal: Signal| understood.signals.contains(&signal);
        if signals(Signal::DangerToLife) {
            return self.danger(turn);
        }
        if self.is_handing_over() {
            if signals(Signal::WantsHuman) && self.is_ringing_on_call() {
                self.hand_over("caller_asked", turn);
            }
            return;
        }
        let due = self.attune(understood);
        let mut heard = Heard { confidence, ..Heard::of(understood, &self.site) };
        if self.open_note().is_some() && !means_only_back(heard.words) {
            (heard.back, heard.steps_back) = (false, false);
        }
        if signals(Signal::WantsHuman) && told.is_some() {
            return self.offer_human(turn);
        }
        if signals(Signal::WantsHuman) {
            // "den Chef": the human of that concern, not the first one
            let own = heard.sure_intent().filter(|score| self.has_own_human(score));
            return match own {
                Some(intent) => self.take_up(intent, &heard, turn),
                None => self.hand_over("caller_asked", turn),
            };
        }
        if self.exit.is_some() && !self.comes_back(&heard, understood) {
            return;
        }
        let answered = self.answer_to(&heard);
        let aside = self.asides(answered, understood, turn);
        if signals(Signal::Slower) && heard.values.is_empty() {
            turn.decide(Move::Slower);
            turn.push(DialogueOutput::SpeakSlowly);
            return self.say_again(turn);
        }
        if signals(Signal::Slower) {
            turn.push(DialogueOutput::SpeakSlowly);
        }
        if signals(Signal::Repeat) && heard.values.is_empty() && heard.yes_no.is_none() && !aside {
            turn.decide(Move::Repeat);
            return self.say_again(turn);
        }
        let content = heard.has_content() && self.open_note().is_none();
        if signals(Signal::Wait) && !content && !aside {
            self.given_time = true;
            turn.decide(Move::Wait);
            return turn.say(&self.texts().wait);
        }
        self.meet(due, turn);
        if self.reply(&heard, aside, turn) {
            return;
        }
        if answered.is_some() && self.open == Open::Concern {
            self.ask(Open::AnythingElse, turn);
        } else if aside {
            self.ask_open(turn);
        } else if signals(Signal::Impatient) || signals(Signal::Distressed) {
            self.offer_human(turn);
        } else {
            self.misunderstood(&heard, turn);
        }
    }

    fn has_own_human(&self, score: &IntentScore) -> bool {
        let then = self.site.intent(&score.name).map(|intent| &intent.then);
        matches!(then, Some(Then::HandOver(to)) if !to.is_empty())
    }

    /// Says what was asked about Klinke itself or what an approved answer is for; the open question stays open.
    fn asides(&self, answered: Option<&str>, understood: &Understood, turn: &mut Turn<'_>) -> bool {
        let before = turn.said.len();
        let texts = self.texts();
        for signal in &understood.signals {
            let (decided, text) = match signal {
                Signal::StopRecording => (Move::StopRecording, &texts.not_recorded),
                Signal::AsksWhetherHuman => (Move::SayAi, &texts.is_ai),
                Signal::AsksPrivacy => (Move::SayPrivacy, &texts.privacy),
                _ => continue,
            };
            turn.decide(decided);
            turn.say(text);
        }
        if let Some(answer) = answered.and_then(|id| self.site.answers.iter().find(|answer| answer.id == id))
        {
            turn.decide(Move::Answer { source: answer.id.clone() });
            turn.say(&answer.text);
        }
        turn.said.len() > before
    }

    /// The approved answer that the caller asks for. What Klinke asked goes before what merely sounds like a
    /// question.
    fn answer_to<'a>(&self, heard: &Heard<'a>) -> Option<&'a str> {
        let asked = match &self.open {
            Open::Concern | Open::AnythingElse | Open::Further(_) | Open::Parting => {
                let likelier = heard.intent.map_or(0.0, |intent| intent.confidence);
                return heard
                    .answer
                    .filter(|score| heard.asks_and_wants || score.confidence > likelier)
                    .map(|score| score.name.as_str());
            }
            open => open.slot().and_then(|slot| self.form()?.slots.get(slot)).map(|slot| slot.kind),
        };
        let answered = heard.yes_no.is_some() || asked.is_some_and(|kind| heard.has(kind));
        heard.sure_answer().filter(|_| !answered).map(|score| score.name.as_str())
    }

    /// Says the second layer of the privacy notice; the open question stays open.
    pub(super) fn say_privacy(&mut self, turn: &mut Turn<'_>) {
        turn.decide(Move::SayPrivacy);
        turn.say(&self.texts().privacy);
        self.ask_open(turn);
    }

    /// Whether someone to whom Klinke is saying goodbye wants more than to say goodbye himself. The goodbye is
    /// taken back then.
    fn comes_back(&mut self, heard: &Heard<'_>, understood: &Understood) -> bool {
        let only_tone =
            |signal: &Signal| matches!(signal, Signal::Goodbye | Signal::Impatient | Signal::Distressed);
        let asks = !understood.signals.iter().all(only_tone);
        let comes_back = asks || heard.intent.is_some() || heard.answer.is_some() || !heard.values.is_empty();
        if comes_back {
            self.exit = None;
            self.put(Open::AnythingElse);
        }
        comes_back
    }
}

/// SHA-256 in hex: which wording was said, without keeping it in every record.
fn fingerprint(wording: &str) -> String {
    Sha256::digest(wording.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
