//! Replies: what an answer to the open question leads to. Each function says whether it made sense of the answer;
//! where none did, the caller is asked again in other words.

use super::Dialogue;
use super::heard::Heard;
use super::notes::corrects_something;
use super::open::Open;
use super::taking::Taken;
use super::topic::{Filled, Progress, Topic};
use super::turn::Turn;

impl Dialogue {
    /// Makes sense of what was said as an answer to the open question. `aside`: something in it was already
    /// answered.
    pub(super) fn reply(&mut self, heard: &Heard<'_>, aside: bool, turn: &mut Turn<'_>) -> bool {
        match self.open.clone() {
            Open::Concern => self.reply_with_concern(heard, turn),
            Open::CallBack => {
                self.reply_to_call_back(heard.yes_no, turn) || self.goodbye_if_said(heard, turn)
            }
            Open::Human(behind) if heard.steps_back => {
                self.ask(*behind, turn);
                true
            }
            Open::Further(intent) => self.reply_to_further(&intent, heard, aside, turn),
            Open::AnythingElse | Open::Parting => self.reply_to_anything_else(heard, aside, turn),
            Open::Human(behind) => self.reply_to_human(*behind, heard, aside, turn),
            _ if self.open_note().is_none() && self.names_what_is_wrong(heard, turn) => true,
            _ if heard.steps_back && heard.values.is_empty() && self.step_back(turn) => true,
            _ if self.has_nothing(heard) => self.pass_over(self.sentences().all_right, turn),
            Open::Slot(at) if self.open_note() == Some(at) && !corrects_something(heard) => {
                self.reply_with_note(at, heard, aside, turn)
            }
            open => {
                if let Some(intent) = self.other_intent(heard) {
                    self.take_up(intent, &heard.without_unsure_names(), turn);
                    return true;
                }
                let taken = self.take(heard, turn);
                self.own_up(&open, &taken, heard, turn);
                match open {
                    Open::Slot(_) => self.reply_with_slot(heard, &taken, turn),
                    Open::Confirm { slot, doubted, .. } => {
                        self.reply_to_confirm(slot, doubted, heard, &taken, turn)
                    }
                    Open::Offer | Open::When => self.reply_to_offer(heard, &taken, turn),
                    Open::ReadBack => self.reply_to_read_back(heard, &taken, turn),
                    Open::WhatIsWrong => self.reply_with_what_is_wrong(heard, &taken, turn),
                    _ => self.reply_during_order(heard, &taken, turn),
                }
            }
        }
    }

    fn reply_to_human(&mut self, behind: Open, heard: &Heard<'_>, aside: bool, turn: &mut Turn<'_>) -> bool {
        let leads = match behind {
            Open::Concern | Open::AnythingElse | Open::Further(_) => heard.intent.is_some(),
            _ => heard.sure_intent().is_some(),
        };
        match heard.yes_no {
            Some(true) => self.hand_over("caller_asked", turn),
            Some(false) if heard.values.is_empty() && !leads => self.ask(behind, turn),
            _ if heard.has_content() || heard.goodbye => {
                self.put(behind);
                return self.reply(heard, aside, turn);
            }
            _ => return false,
        }
        true
    }

    fn reply_with_slot(&mut self, heard: &Heard<'_>, taken: &Taken, turn: &mut Turn<'_>) -> bool {
        if taken.changed() || taken.wish.is_some() {
            self.wish_for(taken);
            self.misses = 0;
            self.proceed(turn);
        } else if heard.back {
            self.undo(turn);
        } else if heard.goodbye {
            self.say_goodbye(turn);
        } else {
            return heard.no() && self.pass_over_optional(self.sentences().all_right, turn);
        }
        true
    }

    fn reply_to_confirm(
        &mut self,
        slot: usize,
        doubted: Filled,
        heard: &Heard<'_>,
        taken: &Taken,
        turn: &mut Turn<'_>,
    ) -> bool {
        self.wish_for(taken);
        let settled =
            [&taken.filled, &taken.corrected, &taken.doubted].iter().any(|slots| slots.contains(&slot));
        if settled {
            self.proceed(turn);
        } else if heard.yes() {
            self.settle(slot, Filled { confirmed: true, ..doubted }, turn);
            self.proceed(turn);
        } else if heard.no() {
            self.refuse(slot, turn);
        } else if taken.changed() {
            self.ask_open(turn);
        } else {
            return self.goodbye_if_said(heard, turn);
        }
        true
    }

    fn reply_to_offer(&mut self, heard: &Heard<'_>, taken: &Taken, turn: &mut Turn<'_>) -> bool {
        let start = self.topic.as_ref().and_then(|topic| topic.held.as_ref()).map(|held| held.start);
        let offered = self.open == Open::Offer;
        let suits = taken.wish.is_some_and(|wish| offered && start.is_some_and(|start| wish.contains(start)));
        if let Some(ruled_out) = taken.ruled_out.filter(|_| taken.wish.is_none()) {
            self.decline(Some(ruled_out.after()), turn);
        } else if suits && heard.no() {
            self.decline(taken.wish.map(|wish| wish.after()), turn);
        } else if let Some(wish) = taken.wish.filter(|_| !suits) {
            self.seek(wish, turn);
        } else if offered && (heard.yes() || suits) {
            if let Some(topic) = &mut self.topic {
                topic.progress = Progress::Accepted;
            }
            self.proceed(turn);
        } else if taken.changed() {
            self.proceed(turn);
        } else if heard.goodbye {
            self.say_goodbye(turn);
        } else if heard.no() && offered {
            self.decline(None, turn);
        } else if heard.no() && self.is_changing() {
            self.leave_as_it_is(turn);
        } else if heard.no() {
            self.hand_over("nothing_free", turn);
        } else {
            return false;
        }
        true
    }

    fn reply_to_read_back(&mut self, heard: &Heard<'_>, taken: &Taken, turn: &mut Turn<'_>) -> bool {
        if self.is_cancelling() {
            return self.reply_to_cancelling(heard, taken, turn);
        }
        let start = self.topic.as_ref().and_then(|topic| topic.held.as_ref()).map(|held| held.start);
        let other_time = taken.wish.filter(|wish| start.is_some_and(|start| !wish.contains(start)));
        if let Some(wish) = other_time {
            self.seek(wish, turn);
        } else if let Some(ruled_out) = taken.ruled_out.filter(|_| start.is_some()) {
            self.decline(Some(ruled_out.after()), turn);
        } else if taken.changed() {
            self.go_on_with_read_back(turn);
        } else if heard.yes() && !heard.hedged {
            self.farewell = heard.goodbye;
            self.carry_out(turn);
        } else if heard.no() && !heard.goodbye {
            self.ask(Open::WhatIsWrong, turn);
        } else {
            // a goodbye without a yes may mean either; it is taken for one when it comes again
            return (heard.no() || self.misses > 0) && self.goodbye_if_said(heard, turn);
        }
        true
    }

    fn reply_with_what_is_wrong(&mut self, heard: &Heard<'_>, taken: &Taken, turn: &mut Turn<'_>) -> bool {
        let done = self.topic.as_ref().is_some_and(Topic::is_done);
        let visit = self.topic.as_ref().is_some_and(|topic| topic.held.is_some());
        match taken.wish.filter(|_| visit) {
            Some(wish) if done => self.note_other_time(wish, turn),
            Some(wish) => self.seek(wish, turn),
            None if taken.changed() || !taken.agreed.is_empty() || heard.yes_no.is_some() => {
                self.proceed(turn)
            }
            None if heard.goodbye => self.say_goodbye(turn),
            None => {
                // a note has no kind by which it could be corrected: it is asked for again
                let note = self.note_read_back().filter(|_| self.misses > 0);
                return note.is_some_and(|at| {
                    self.ask(Open::Slot(at), turn);
                    true
                });
            }
        }
        true
    }

    /// While an order is under way there is nothing to ask; what the caller says is not lost.
    fn reply_during_order(&mut self, heard: &Heard<'_>, taken: &Taken, turn: &mut Turn<'_>) -> bool {
        let searching = self.is_searching();
        match taken.wish {
            Some(wish) if searching => self.seek(wish, turn),
            _ if heard.goodbye && searching => self.say_goodbye(turn),
            _ => self.farewell |= heard.goodbye,
        }
        true
    }

    pub(super) fn goodbye_if_said(&mut self, heard: &Heard<'_>, turn: &mut Turn<'_>) -> bool {
        if heard.goodbye {
            self.say_goodbye(turn);
        }
        heard.goodbye
    }
}
