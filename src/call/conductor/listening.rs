//! Listening: frames, utterances and keys on their way to the dialogue, and who has the floor meanwhile.

use std::time::Duration;

use super::Call;
use crate::call::dialogue::DialogueInput;
use crate::call::floor::Verdict;
use crate::call::hearing::{Heard, Utterance};
use crate::call::line::{Digit, Frame, LineCommand};
use crate::call::speech::Spoken;
use crate::call::understanding::Understood;
use crate::call::watch::Sign;
use crate::call::{Event, Output};
use crate::clock::Instant;
use crate::record::Entry;

impl Call {
    pub(super) fn frame(&mut self, now: Instant, frame: &Frame, out: &mut Vec<Output>) {
        let (voice, spoken) = self.mouth.frame(self.media);
        out.push(Output::Line(LineCommand::Frame(voice)));
        self.ear.over_voice(self.mouth.is_audible());
        let mut heard = std::mem::take(&mut self.heard);
        if self.consulting.is_some() {
            // a colleague's words are nobody's business
            self.ear.rest_frame();
        } else {
            let deaf = Frame::SILENCE;
            self.ear.frame(if self.listens() { frame } else { &deaf }, &mut heard);
        }
        self.media = self.media.next_frame();
        if let Some(spoken) = spoken {
            self.spoke(now, spoken, out);
        }
        self.listen(now, &mut heard, out);
    }

    /// Carries what the ear noticed on, and gives the buffer back.
    pub(super) fn listen(&mut self, now: Instant, heard: &mut Vec<Heard>, out: &mut Vec<Output>) {
        // What is noticed may lead to more being noticed.
        while !self.over && !heard.is_empty() {
            match heard.remove(0) {
                Heard::Job(job) => out.push(Output::Job(job)),
                Heard::Began => {
                    self.silence_due = None;
                    if self.mouth.is_busy() && self.mouth.is_interruptible() {
                        self.mouth.pause();
                    }
                    self.sign(now, Sign::Sound, out);
                }
                Heard::Partial(transcript) => {
                    let understood = self.understander.understand(&transcript, &self.wall(now), &self.expect);
                    if understood != Understood::default() {
                        self.sign(now, Sign::Answered, out);
                    }
                    self.ear.complete(understood.is_whole_answer(&self.expect), heard);
                }
                Heard::Nothing => {
                    self.sign(now, Sign::Sound, out);
                    self.carry_on(now);
                }
                Heard::Utterance(utterance) => self.utterance(now, utterance, out),
                Heard::Failed(cause) => {
                    log::error!("hearing failed in mid-call: {cause}; the call goes to its way out");
                    self.fault(now, out);
                }
            }
        }
        heard.clear();
        self.heard = std::mem::take(heard);
    }

    /// Something of ours is broken: say so where possible, and out. Once.
    pub(super) fn fault(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.consulting.is_some() {
            return self.release_unannounced(now, out);
        }
        if !std::mem::replace(&mut self.faulty, true) {
            self.interrupt(now, out);
            self.converse(now, DialogueInput::Fault, out);
        }
    }

    /// The caller only made a noise: go on with what was being said, or with waiting.
    fn carry_on(&mut self, now: Instant) {
        if self.mouth.is_paused() && self.listens() {
            self.mouth.resume();
        }
        self.watch_silence(now);
    }

    pub(super) fn utterance(&mut self, now: Instant, utterance: Utterance, out: &mut Vec<Output>) {
        let heard = self.heard_event(&utterance);
        match self.floor.take(&self.mouth, utterance) {
            Verdict::CarryOn => {
                out.extend(heard);
                self.carry_on(now);
            }
            Verdict::Hold => {
                out.extend(heard);
                self.mouth.stop(self.media);
            }
            Verdict::Hear(utterance) => {
                self.interrupt(now, out);
                if !self.over && self.consulting.is_none() {
                    out.extend(heard);
                    self.said(now, &utterance, out);
                }
            }
        }
    }

    /// What people see of an utterance; nothing where no words were heard.
    fn heard_event(&self, utterance: &Utterance) -> Option<Output> {
        let best = utterance.transcript.best().filter(|best| !best.words.is_empty())?;
        Some(Output::Event(Event::Heard {
            began_ms: utterance.began.ms(),
            ended_ms: utterance.ended.ms(),
            decided_ms: self.media.ms(),
            text: best.text(),
            confidence: best.confidence,
        }))
    }

    fn said(&mut self, now: Instant, utterance: &Utterance, out: &mut Vec<Output>) {
        self.unanswered = Some(utterance.ended);
        let understood = self.understander.understand(&utterance.transcript, &self.wall(now), &self.expect);
        if !self.is_heeded(now, utterance, &understood, out) {
            if !self.over && !self.mouth.is_busy() {
                // it may have interrupted something all the same
                self.converse(now, DialogueInput::FloorFree { interrupted: false }, out);
            }
            return self.watch_silence(now);
        }
        let confidence = utterance.transcript.best().map_or(0.0, |best| best.confidence);
        out.push(Output::Event(Event::Understood { at_ms: self.media.ms(), understood: understood.clone() }));
        self.converse(now, DialogueInput::Said { understood, confidence }, out);
        self.watch_silence(now);
    }

    pub(super) fn digit(&mut self, now: Instant, digit: Digit, out: &mut Vec<Output>) {
        if self.consulting.is_some() {
            return self.waiting_caller_pressed(now, digit, out);
        }
        self.unanswered = Some(self.media);
        self.is_there();
        self.sign(now, Sign::Answered, out);
        self.interrupt(now, out);
        self.converse(now, DialogueInput::Digit(digit), out);
        self.watch_silence(now);
    }

    /// Stops our voice where it may be stopped.
    pub(super) fn interrupt(&mut self, now: Instant, out: &mut Vec<Output>) {
        if !self.mouth.is_busy() {
            return;
        }
        if let Some(spoken) = self.mouth.stop(self.media) {
            self.report(spoken, out);
        }
        if !self.mouth.is_busy() {
            self.hear_held(now, out);
        }
        if !self.over && !self.mouth.is_busy() {
            self.converse(now, DialogueInput::FloorFree { interrupted: true }, out);
        }
    }

    /// What the caller said under a sentence that had to be heard is heard before what he does next.
    pub(super) fn hear_held(&mut self, now: Instant, out: &mut Vec<Output>) {
        if !self.over
            && let Some(utterance) = self.floor.held()
        {
            self.said(now, &utterance, out);
        }
    }

    /// A phrase was said to its end.
    fn spoke(&mut self, now: Instant, spoken: Spoken, out: &mut Vec<Output>) {
        if !spoken.phrase.interruptible
            && let Some(wording) = self.disclosing.take()
        {
            out.push(Output::Entry(Entry::Disclosed { at: spoken.ended, wording }));
        }
        self.spoke_to = Some(spoken.ended);
        self.watch.handle(now, Sign::Spoke(spoken.phrase.text.reveal()));
        self.report(spoken, out);
        if self.mouth.is_busy() {
            return;
        }
        self.converse(now, DialogueInput::FloorFree { interrupted: self.floor.holds() }, out);
        self.hear_held(now, out);
        self.watch_silence(now);
    }

    pub(super) fn report(&mut self, spoken: Spoken, out: &mut Vec<Output>) {
        let ended_before = self.unanswered.filter(|ended| *ended <= spoken.began);
        if ended_before.is_some() {
            self.unanswered = None;
        }
        out.push(Output::Event(Event::Spoke {
            id: spoken.id,
            began_ms: spoken.began.ms(),
            ended_ms: spoken.ended.ms(),
            reaction_ms: ended_before.map(|ended| spoken.began.ms() - ended.ms()),
            interrupted: spoken.interrupted,
            text: spoken.phrase.text,
        }));
    }

    /// Starts waiting for the caller where he has the floor.
    pub(super) fn watch_silence(&mut self, now: Instant) {
        self.watch_key(now);
        let patience = Duration::from_secs(u64::from(self.limits.silence_s_max));
        self.silence_due = (self.listens() && self.caller_has_floor()).then(|| now + patience);
    }
}
