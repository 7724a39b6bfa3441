//! Consulting: a colleague is called and asked before he gets the caller, who waits meanwhile. The colleague hears in
//! one sentence what it is about and answers with a key, so that no answering machine ever takes a call. Where nobody
//! takes it, the next colleague is asked; after the last one the caller is offered a call-back, or goes to the
//! dialplan's fallback.
//!
//! Unannounced by rule: danger to life, which waits for nobody, and what ends a call that does not work (silence, a
//! fault, the longest call).

use std::collections::VecDeque;

use super::leaving::Exit;
use super::open::Open;
use super::topic::Topic;
use super::turn::Turn;
use super::wording::{fill, spoken, written};
use super::{Dialogue, DialogueOutput, Move};
use crate::call::line::{Absence, ColleagueEvent, Destination, Digit, ScreenPop};
use crate::call::understanding::{SlotKind, Value};
use crate::config::site::{Action, Then};
use crate::record::Answer;

/// How often the colleagues of a call are asked, from the first to the last; after that it goes to the fallback.
const ROUNDS_MAX: u8 = 2;
/// How often a colleague hears what it is about if he presses no key.
const BRIEFINGS_MAX: u8 = 2;
/// How often he hears it if he asks for it again and again.
const BRIEFINGS_ASKED_MAX: u8 = 5;
/// Wrong keys that are answered with the right ones.
const WRONG_KEYS_MAX: u8 = 3;

/// What the caller wants, as colleagues are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Concern {
    pub intent: String,
    pub title: String,
    pub emergency: bool,
    /// Whether its intent says that a colleague is asked first, or is not.
    pub announced: Option<bool>,
}

/// Whose telephone is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub destination: Destination,
    /// As callers hear it. Only of those on call, who are asked to take a job and not a caller.
    pub name: Option<String>,
}

impl From<Destination> for Asked {
    fn from(destination: Destination) -> Self {
        Self { destination, name: None }
    }
}

/// A colleague who is being asked.
#[derive(Debug)]
pub(super) struct Consulting {
    pub asked: Asked,
    /// Who is asked after him.
    pub others: VecDeque<Asked>,
    pub reason: &'static str,
    /// How often he has heard what it is about; 0: he has not answered yet.
    briefings: u8,
    wrong_keys: u8,
    /// Whether he was let go of.
    returning: bool,
    /// What he answered, where it is known.
    pub answer: Option<Answer>,
    /// Whether the caller asked for a human meanwhile.
    pub wants_human: bool,
}

impl Dialogue {
    /// Whether a colleague is asked first when a call is handed over for this reason.
    pub(super) fn is_announced(&self, reason: &str) -> bool {
        let wanted =
            self.concern.as_ref().and_then(|it| it.announced).unwrap_or(self.site.hand_over.announced);
        wanted && ["caller_asked", "not_understood", "nothing_free"].contains(&reason)
    }

    /// Whether that may be done once more in this call.
    pub(super) const fn may_consult(&self) -> bool {
        self.rounds < ROUNDS_MAX
    }

    /// The floor is free and the caller knows that he is being connected: the first colleague is called.
    pub(super) fn consult(
        &mut self,
        (asked, others): (Asked, VecDeque<Asked>),
        reason: &'static str,
        turn: &mut Turn<'_>,
    ) {
        turn.decide(Move::Consult);
        let on_call = self.site.on_call.as_ref().filter(|_| asked.name.is_some());
        let ring_s = on_call.map_or(self.site.hand_over.ring_s_max, |on_call| on_call.ring_s_max);
        turn.push(DialogueOutput::Consult { destination: asked.destination.clone(), ring_s });
        self.consulting = Some(Consulting {
            asked,
            others,
            reason,
            briefings: 0,
            wrong_keys: 0,
            returning: false,
            answer: None,
            wants_human: false,
        });
    }

    /// Something happened on the colleague's side.
    pub(super) fn colleague(&mut self, event: ColleagueEvent, turn: &mut Turn<'_>) {
        let Some(consulting) = &mut self.consulting else { return };
        if matches!(event, ColleagueEvent::Answered | ColleagueEvent::Gone(_)) {
            // what was being said was for the other one of the two, and is not said to its end
            self.speaking = false;
        }
        match event {
            ColleagueEvent::Calling { .. } => {}
            ColleagueEvent::Answered if !consulting.returning => self.brief(turn),
            ColleagueEvent::Digit(digit) if !consulting.returning => self.colleague_pressed(digit, turn),
            ColleagueEvent::Answered | ColleagueEvent::Digit(_) => {}
            ColleagueEvent::Gone(absence) => self.colleague_gone(absence, turn),
        }
    }

    /// The caller still waits, and hears no music.
    pub(super) fn still_trying(&self, turn: &mut Turn<'_>) {
        turn.say(self.sentences().still_trying);
    }

    /// Nobody answered, or whoever did pressed no key.
    pub(super) fn colleague_overdue(&mut self, turn: &mut Turn<'_>) {
        match &self.consulting {
            Some(Consulting { answer: Some(answer), .. }) => self.let_go(*answer, turn),
            Some(consulting) if consulting.briefings == 0 => self.let_go(Answer::NoAnswer, turn),
            Some(consulting) if consulting.briefings < BRIEFINGS_MAX => self.brief(turn),
            Some(_) => self.let_go(Answer::NoKey, turn),
            None => {}
        }
    }

    fn brief(&mut self, turn: &mut Turn<'_>) {
        let briefing = self.briefing(turn);
        let Some(consulting) = &mut self.consulting else { return };
        consulting.briefings = consulting.briefings.saturating_add(1);
        if consulting.briefings > BRIEFINGS_ASKED_MAX {
            return self.let_go(Answer::NoKey, turn);
        }
        turn.decide(Move::Brief);
        turn.say(&briefing);
    }

    fn colleague_pressed(&mut self, digit: Digit, turn: &mut Turn<'_>) {
        let Some(consulting) = &mut self.consulting else { return };
        if let Some(answer) = consulting.answer {
            return self.let_go(answer, turn);
        }
        match digit.symbol() {
            '1' if consulting.asked.name.is_some() => self.job_taken(turn),
            '1' => {
                let reason = consulting.reason;
                turn.decide(Move::Connect);
                turn.push(DialogueOutput::Connect { reason });
                self.ended = true;
            }
            '2' => self.let_go(Answer::Declined, turn),
            '3' => self.brief(turn),
            _ => {
                consulting.wrong_keys = consulting.wrong_keys.saturating_add(1);
                if consulting.wrong_keys > WRONG_KEYS_MAX {
                    return self.let_go(Answer::NoKey, turn);
                }
                turn.say(self.sentences().briefing_keys);
            }
        }
    }

    /// Lets go of him.
    pub(super) fn let_go(&mut self, answer: Answer, turn: &mut Turn<'_>) {
        if let Some(consulting) = &mut self.consulting
            && !std::mem::replace(&mut consulting.returning, true)
        {
            consulting.answer = Some(answer);
            turn.push(DialogueOutput::Return { answer });
        }
    }

    /// The caller has us back.
    fn colleague_gone(&mut self, absence: Absence, turn: &mut Turn<'_>) {
        let Some(consulting) = self.consulting.take() else { return };
        let reason = consulting.reason;
        if consulting.asked.name.is_some() {
            return self.on_call_gone(consulting, absence, turn);
        }
        if absence == Absence::Unsupported {
            self.exit = Some(Exit::HandOver { destination: consulting.asked.destination, reason });
            return;
        }
        turn.decide(Move::ComeBack);
        let mut others = consulting.others;
        let Some(first) = others.pop_front() else { return self.nobody_free(reason, turn) };
        turn.say(self.sentences().next_colleague);
        self.exit = Some(Exit::Consult { first, others, reason });
    }

    /// Everybody was asked. A call-back, where the site notes some and nothing is urgent; else the fallback.
    fn nobody_free(&mut self, reason: &'static str, turn: &mut Turn<'_>) {
        self.rounds = self.rounds.saturating_add(1);
        turn.say(self.sentences().nobody_free);
        let noted = self.topic.as_ref().is_some_and(Topic::is_done);
        let urgent = self.concern.as_ref().is_some_and(|concern| concern.emergency);
        if noted || urgent || self.call_back_form().is_none() {
            let text = self.sentences().going_on;
            return self.leave_to(Destination::Fallback, reason, text, turn);
        }
        self.put(Open::CallBack);
        self.ask_open(turn);
    }

    /// Whether a call-back is wanted instead.
    pub(super) fn reply_to_call_back(&mut self, yes_no: Option<bool>, turn: &mut Turn<'_>) -> bool {
        match yes_no {
            Some(true) => self.take_call_back(turn),
            Some(false) => self.ask(Open::AnythingElse, turn),
            None => return false,
        }
        true
    }

    /// The site's form for a call-back is filled, with what is known, about what the caller wants.
    fn take_call_back(&mut self, turn: &mut Turn<'_>) {
        let Some((form, slots)) = self.call_back_form() else { return self.failed(turn) };
        self.topic_is_over(turn);
        let concern = self.concern.clone().unwrap_or_default();
        let titled = |it: &&crate::config::site::Intent| it.then == Then::Form(form.clone());
        let (name, title) = match self.site.intents.iter().find(titled) {
            Some(intent) if concern.title.is_empty() => (intent.name.clone(), intent.title.clone()),
            _ => (concern.intent, concern.title),
        };
        self.topic = Some(Topic::new(name, title, false, form, slots));
        self.put(Open::Ordered);
        self.take_known();
        self.proceed(turn);
    }

    fn call_back_form(&self) -> Option<(String, usize)> {
        let form = self.site.forms.iter().find(|form| form.action == Action::CallBack)?;
        Some((form.name.clone(), form.slots.len()))
    }

    /// What it is about, and what to press.
    fn briefing(&self, turn: &Turn<'_>) -> String {
        if self.consulting.as_ref().is_some_and(|it| it.asked.name.is_some()) {
            return self.job_briefing(turn);
        }
        let (sentences, language) = (self.sentences(), self.site.language);
        let mut parts = Vec::new();
        if let Some(concern) = &self.concern {
            parts.extend(concern.emergency.then(|| sentences.emergency.to_owned()));
            parts.push(concern.title.clone());
        }
        let told = |kind| matches!(kind, SlotKind::Name | SlotKind::Address);
        let values = self.told_by_the_caller();
        let values = values.iter().filter(|(_, kind, _)| told(*kind));
        parts.extend(values.map(|(_, _, value)| spoken(value, turn.now, language)));
        let what = if parts.is_empty() { sentences.unknown_concern.to_owned() } else { parts.join(", ") };
        fill(sentences.briefing, &[("what", what)]) + " " + sentences.briefing_keys
    }

    /// What a colleague's telephone or screen may be told.
    #[must_use]
    pub fn screen_pop(&self) -> ScreenPop {
        let concern = self.concern.clone().unwrap_or_default();
        let danger = matches!(self.exit, Some(Exit::HandOver { reason: "danger", .. })) || self.danger;
        let shown = &self.site.hand_over.screen_pop;
        let values = self.told_by_the_caller();
        let values = values.into_iter().filter(|(name, ..)| shown.iter().any(|slot| slot == name));
        ScreenPop {
            call: String::new(),
            site: self.site.id.clone(),
            concern: concern.title,
            emergency: concern.emergency || danger,
            fields: values
                .map(|(name, _, value)| (name.to_owned(), written(value, self.site.language).into()))
                .collect(),
        }
    }

    /// Every value that is known, those of the topic first.
    pub(super) fn told_by_the_caller(&self) -> Vec<(&str, SlotKind, &Value)> {
        let mut told: Vec<(&str, SlotKind, &Value)> = Vec::new();
        if let (Some(topic), Some(form)) = (&self.topic, self.form()) {
            told.extend(
                form.slots.iter().zip(&topic.slots).filter_map(|(slot, filled)| {
                    Some((slot.name.as_str(), slot.kind, &filled.as_ref()?.value))
                }),
            );
        }
        for (name, kind, filled) in &self.known {
            if !told.iter().any(|(known, ..)| known == name) {
                told.push((name, *kind, &filled.value));
            }
        }
        told
    }
}
